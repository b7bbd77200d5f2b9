// SPDX-License-Identifier: GPL-2.0
/*
 * recovery.c -- when something is lost and what is sent again. Without SACK every duplicate
 * ACK says that one segment has left the network (left_bytes); with that estimate the pipe
 * is what RFC 6582 expresses by inflating cwnd, and cwnd stays the congestion control's.
 */
#include "tcb.h"

#define DUP_THRESH 3			/* RFC 5681 3.2 */

void hrtcp_recovery_init(struct hrtcp_conn *conn)
{
	memset(&conn->recovery, 0, sizeof(conn->recovery));
	conn->recovery.recover = conn->snd.iss;
}

u32 hrtcp_recovery_pipe(const struct hrtcp_conn *conn)
{
	u32 pipe = conn->txq.pipe_bytes;

	return pipe - min_t(u32, pipe, conn->recovery.left_bytes);
}

static void resend_head(struct hrtcp_conn *conn)
{
	hrtcp_txq_mark_head_lost(&conn->txq);
	conn->snd.force = true;
}

static void enter_recovery(struct hrtcp_conn *conn, u64 now_ns)
{
	struct hrtcp_recovery *rec = &conn->recovery;

	rec->state = HRTCP_R_RECOVERY;
	rec->fast_recoveries++;
	rec->recover = conn->snd.nxt;
	conn->cc.ssthresh_bytes = conn->cc.ops->on_loss(conn, now_ns);
	conn->cc.cwnd_bytes = conn->cc.ssthresh_bytes;
	resend_head(conn);
}

static void on_duplicate(struct hrtcp_conn *conn, u64 now_ns)
{
	struct hrtcp_recovery *rec = &conn->recovery;

	if (rec->state == HRTCP_R_LOSS)
		return;
	rec->left_bytes = min_t(u32, rec->left_bytes + conn->snd.mss, conn->txq.pipe_bytes);
	rec->dupacks = (u8)min_t(u32, rec->dupacks + 1u, 255);
	if (rec->state == HRTCP_R_RECOVERY)
		return;
	rec->state = HRTCP_R_DISORDER;
	/* RFC 6582 3.2 step 2: echoes of what a timeout sent again prove no loss. */
	if (rec->dupacks >= DUP_THRESH && seq_gt(conn->snd.una, rec->recover))
		enter_recovery(conn, now_ns);
}

static void open_again(struct hrtcp_recovery *rec)
{
	rec->state = HRTCP_R_OPEN;
	rec->dupacks = 0;
	rec->left_bytes = 0;
}

/* RFC 6582 3.2 step 3. A partial ACK names the next hole. */
static void advance_in_recovery(struct hrtcp_conn *conn, u32 acked)
{
	struct hrtcp_recovery *rec = &conn->recovery;
	u32 mss = conn->snd.mss, pipe;

	if (seq_ge(conn->snd.una, rec->recover)) {
		pipe = max_t(u32, conn->txq.pipe_bytes, mss) + mss;
		conn->cc.cwnd_bytes = min_t(u32, conn->cc.ssthresh_bytes, pipe);
		rec->recover = seq_sub(conn->snd.una, 1);
		open_again(rec);
		return;
	}
	/* The hole was one segment; the rest of what is acknowledged had left before. */
	if (acked > mss)
		rec->left_bytes -= min_t(u32, rec->left_bytes, acked - mss);
	rec->left_bytes = min_t(u32, rec->left_bytes, conn->txq.pipe_bytes);
	resend_head(conn);
}

void hrtcp_recovery_on_ack(struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	struct hrtcp_recovery *rec = &conn->recovery;
	struct hrtcp_ack told;

	if (ack->duplicate) {
		on_duplicate(conn, ack->now_ns);
		return;
	}
	if (!ack->acked_bytes)
		return;
	if (rec->state == HRTCP_R_RECOVERY) {
		advance_in_recovery(conn, ack->acked_bytes);
		return;
	}
	if (rec->state != HRTCP_R_LOSS || seq_ge(conn->snd.una, rec->recover))
		open_again(rec);
	/* What a hole held back is acknowledged at once: RFC 3465 2.3 counts a segment of it. */
	told = *ack;
	if (rec->state == HRTCP_R_LOSS)
		told.acked_bytes = min_t(u32, told.acked_bytes, conn->snd.mss);
	conn->cc.ops->on_ack(conn, &told);
}

void hrtcp_recovery_on_timeout(struct hrtcp_conn *conn, u64 now_ns)
{
	struct hrtcp_recovery *rec = &conn->recovery;

	/* RFC 5681 3.1: ssthresh is set by the first timeout of a segment only. */
	if (rec->state != HRTCP_R_LOSS || !conn->rtt.backoff)
		conn->cc.ssthresh_bytes = conn->cc.ops->on_loss(conn, now_ns);
	conn->cc.cwnd_bytes = conn->snd.mss;
	open_again(rec);
	rec->state = HRTCP_R_LOSS;
	rec->timeouts++;
	rec->recover = conn->snd.nxt;
	hrtcp_txq_mark_all_lost(&conn->txq);
	conn->snd.fin_lost = conn->snd.fin_sent;
	conn->snd.force = true;
}

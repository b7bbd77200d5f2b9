// SPDX-License-Identifier: GPL-2.0
/*
 * newreno.c -- recovery by duplicate ACKs. Each says that one segment has left the network
 * (left_bytes); with that estimate the pipe is what RFC 6582 expresses by inflating cwnd, and
 * cwnd stays the congestion control's.
 */
#include "newreno.h"
#include "tcb.h"

#define DUP_THRESH 3			/* RFC 5681 3.2 */

static void resend_head(struct hrtcp_conn *conn)
{
	hrtcp_txq_mark_head_lost(&conn->txq);
	conn->snd.force = true;
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
	if (rec->dupacks < DUP_THRESH || seq_le(conn->snd.una, rec->recover))
		return;
	hrtcp_recovery_enter(conn, now_ns);
	if (!conn->cc.ops->control)
		conn->cc.cwnd_bytes = conn->cc.ssthresh_bytes;
	resend_head(conn);
}

/* RFC 6582 3.2 step 3. A partial ACK names the next hole. */
static void advance_in_recovery(struct hrtcp_conn *conn, u32 acked)
{
	struct hrtcp_recovery *rec = &conn->recovery;
	u32 mss = conn->snd.mss, pipe;

	if (seq_ge(conn->snd.una, rec->recover)) {
		pipe = max_t(u32, conn->txq.pipe_bytes, mss) + mss;
		if (!conn->cc.ops->control)
			conn->cc.cwnd_bytes = min_t(u32, conn->cc.ssthresh_bytes, pipe);
		hrtcp_cwv_on_recovered(conn, rec->undo.resent_bytes);
		hrtcp_pace_on_window(conn);
		rec->recover = seq_sub(conn->snd.una, 1);
		hrtcp_recovery_open(conn);
		return;
	}
	rec->partial_acks = (u8)min_t(u32, rec->partial_acks + 1u, 255);
	/* The hole was one segment; the rest of what is acknowledged had left before. */
	if (acked > mss)
		rec->left_bytes -= min_t(u32, rec->left_bytes, acked - mss);
	rec->left_bytes = min_t(u32, rec->left_bytes, conn->txq.pipe_bytes);
	resend_head(conn);
}

void hrtcp_newreno_on_ack(struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	struct hrtcp_recovery *rec = &conn->recovery;
	bool loss = rec->state == HRTCP_R_LOSS;

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
	if (!loss || seq_ge(conn->snd.una, rec->recover))
		hrtcp_recovery_open(conn);
	hrtcp_recovery_grow(conn, ack, loss);
}

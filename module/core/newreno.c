// SPDX-License-Identifier: GPL-2.0
/*
 * newreno.c -- recovery by duplicate ACKs. Each says that one segment has left the network
 * (left_bytes); with that estimate the pipe is what RFC 6582 expresses by inflating cwnd, and
 * cwnd stays the congestion control's.
 */
#include "newreno.h"
#include "steps.h"

#define DUP_THRESH 3			/* RFC 5681 3.2 */

static void resend_head(struct hrtcp_conn *conn)
{
	hrtcp_txq_mark_head_lost(&conn->txq);
	conn->snd.force = true;
}

/*
 * A lone duplicate, while a probe is out, is of the probe: nothing else sent since SND.UNA has
 * arrived, and all of it left before the probe did (RFC 8985 6.2 step 5).
 */
static bool probe_alone_came(const struct hrtcp_conn *conn)
{
	return conn->tlp.out && conn->recovery.dupacks == 1;
}

static void take_for_lost(struct hrtcp_conn *conn, u64 now_ns)
{
	if (probe_alone_came(conn))
		hrtcp_txq_mark_old_lost(&conn->txq, now_ns - conn->tlp.sent_ns + 1, now_ns);
	hrtcp_timer_clear(&conn->timers, HRTCP_T_REORDER);
	hrtcp_recovery_enter(conn, 0, now_ns);
	if (!conn->cc.ops->control)
		conn->cc.cwnd_bytes = conn->cc.ssthresh_bytes;
	resend_head(conn);
}

/* Only what follows the head can draw a duplicate that says that the head is missing. */
static bool head_is_followed(const struct hrtcp_conn *conn)
{
	const struct hrtcp_txnode *head = conn->txq.head;

	return head && (head != conn->txq.last || hrtcp_txnode_len(head) > head->mss ||
			conn->snd.fin_sent);
}

/*
 * Three duplicates prove a loss (RFC 5681 3.2), unless segments are known to overtake each other.
 * Fewer may be all that come, where little is in flight, and then it is time that decides, as with
 * SACK: something sent after the head has arrived, and the head not within the reordering window
 * from then on (RFC 8985 6.2 steps 4 and 5). Where reordering was seen, the window has to pass
 * however many duplicates there are.
 */
static void suspect_head(struct hrtcp_conn *conn, u64 now_ns)
{
	const bool timed = conn->rtt.srtt_ns && head_is_followed(conn);

	if (conn->recovery.dupacks >= DUP_THRESH && !(conn->rack.reordering && timed))
		take_for_lost(conn, now_ns);
	else if (timed && !hrtcp_timer_armed(&conn->timers, HRTCP_T_REORDER))
		hrtcp_timer_set(&conn->timers, HRTCP_T_REORDER,
				now_ns + max_t(u64, hrtcp_rack_window(conn), 1));
}

void hrtcp_newreno_on_late(struct hrtcp_conn *conn, u64 now_ns)
{
	if (conn->recovery.dupacks && conn->recovery.state < HRTCP_R_RECOVERY)
		take_for_lost(conn, now_ns);
}

/* What duplicates said to have left is acknowledged now, and was counted then. RFC 9937 6.2 */
static void advance_in_cwr(struct hrtcp_conn *conn, u32 acked)
{
	struct hrtcp_recovery *rec = &conn->recovery;
	u32 counted = min_t(u32, acked, rec->left_bytes);

	rec->dupacks = 0;
	rec->left_bytes = 0;
	hrtcp_timer_clear(&conn->timers, HRTCP_T_REORDER);
	hrtcp_recovery_reduce(conn, acked - counted, true);
}

static void on_duplicate(struct hrtcp_conn *conn, u64 now_ns)
{
	struct hrtcp_recovery *rec = &conn->recovery;
	u32 left = rec->left_bytes;

	if (rec->state == HRTCP_R_LOSS) {
		if (rec->frto_new && !conn->cc.ops->control)	/* RFC 5682 2.1 step 3 (a) */
			conn->cc.cwnd_bytes = 3 * conn->snd.mss;
		conn->snd.force |= rec->frto_new;	/* or the new segments leave no room for it */
		hrtcp_newreno_give_up_frto(conn);
		return;
	}
	rec->left_bytes = min_t(u32, rec->left_bytes + conn->snd.mss, conn->txq.pipe_bytes);
	rec->dupacks = (u8)min_t(u32, rec->dupacks + 1u, 255);
	if (rec->state == HRTCP_R_RECOVERY)
		return;
	if (rec->state == HRTCP_R_CWR)
		hrtcp_recovery_reduce(conn, rec->left_bytes - left, false);
	else
		rec->state = HRTCP_R_DISORDER;
	/* RFC 6582 3.2 step 2: echoes of what a timeout sent again prove no loss. */
	if (seq_gt(conn->snd.una, rec->recover))
		suspect_head(conn, now_ns);
}

/* The next hole has gone again already, with others that a probe showed, and not too long ago. */
static bool on_its_way(const struct hrtcp_conn *conn)
{
	const struct hrtcp_txnode *head = conn->txq.head;

	return head && head->sends > 1 && !head->lost && head->sent_ns >= conn->rack.newest.at_ns;
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
		hrtcp_rack_recovered(conn);
		rec->recover = seq_sub(conn->snd.una, 1);
		hrtcp_recovery_open(conn);
		return;
	}
	rec->partial_acks = (u8)min_t(u32, rec->partial_acks + 1u, 255);
	/* The hole was one segment; the rest of what is acknowledged had left before. */
	if (acked > mss)
		rec->left_bytes -= min_t(u32, rec->left_bytes, acked - mss);
	rec->left_bytes = min_t(u32, rec->left_bytes, conn->txq.pipe_bytes);
	if (!on_its_way(conn))
		resend_head(conn);
}

void hrtcp_newreno_give_up_frto(struct hrtcp_conn *conn)
{
	conn->recovery.frto = false;
	conn->recovery.frto_new = false;
}

/*
 * RFC 5682 2.1 step 2: the first ACK after the timeout acknowledges all that went again, and not all
 * that was out. New data goes then, whose ACK tells whether the old had arrived. With timestamps
 * the ACK has told that itself (RFC 3522).
 */
static void doubt_timeout(struct hrtcp_conn *conn)
{
	struct hrtcp_recovery *rec = &conn->recovery;

	if (!rec->frto_new && conn->txq.unsent && !conn->ts.on &&
	    seq_ge(conn->snd.una, rec->again_hi))
		rec->frto_new = rec->frto;
	else
		hrtcp_newreno_give_up_frto(conn);
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
	/* The head was only late: RFC 8985 6.2 step 3. */
	conn->rack.reordering |= hrtcp_timer_armed(&conn->timers, HRTCP_T_REORDER);
	if (rec->state == HRTCP_R_CWR && !hrtcp_recovery_ends(conn)) {
		advance_in_cwr(conn, ack->acked_bytes);
		return;
	}
	if (rec->state == HRTCP_R_CWR)
		hrtcp_recovery_leave(conn);
	if (!loss || seq_ge(conn->snd.una, rec->recover))
		hrtcp_recovery_open(conn);
	else
		doubt_timeout(conn);
	hrtcp_recovery_grow(conn, ack, loss);
}

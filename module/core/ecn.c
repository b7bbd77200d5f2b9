// SPDX-License-Identifier: GPL-2.0
#include "ecn.h"
#include "tcb.h"

/* A SYN that was lost may have been dropped for its flags: the next one does not ask. */
u8 hrtcp_ecn_syn_flags(u8 mode, bool repeated)
{
	return mode == HRTCP_ECN_ASK && !repeated ? HRTCP_ECE | HRTCP_CWR : 0;
}

bool hrtcp_ecn_asked(u8 mode, const struct hrtcp_seg *syn)
{
	return mode != HRTCP_ECN_OFF &&
	       (syn->flags & (HRTCP_ECE | HRTCP_CWR)) == (HRTCP_ECE | HRTCP_CWR);
}

void hrtcp_ecn_on_synack(struct hrtcp_conn *conn, const struct hrtcp_seg *seg)
{
	conn->ecn.on = hrtcp_ecn_syn_flags(conn->cfg->ecn, conn->syn_repeated) &&
		       (seg->flags & (HRTCP_ECE | HRTCP_CWR)) == HRTCP_ECE;
}

/*
 * DCTCP counts marks, so every change of the mark closes the delayed ACK before it: what
 * came until now is acknowledged with the old echo.
 */
static void echo_exactly(struct hrtcp_conn *conn, bool ce)
{
	struct hrtcp_rcv *rcv = &conn->rcv;

	if (conn->ecn.echo == ce)
		return;
	if (rcv->unacked_bytes) {
		conn->pending.ack = true;
		conn->pending.ack_ece = conn->ecn.echo;
		conn->pending.ack_nxt = rcv->nxt;
		rcv->unacked_bytes = 0;
	}
	conn->ecn.echo = ce;
}

void hrtcp_ecn_on_data(struct hrtcp_conn *conn, const struct hrtcp_seg *seg)
{
	struct hrtcp_ecn *ecn = &conn->ecn;
	bool ce = seg->ip_ecn == HRTCP_IP_CE;

	if (!ecn->on || !seg->len)
		return;
	if (conn->cc.ops->exact_echo) {
		echo_exactly(conn, ce);
		return;
	}
	if (seg->flags & HRTCP_CWR)
		ecn->echo = false;
	if (ce)
		ecn->echo = true;	/* until the sender says CWR */
}

void hrtcp_ecn_reduced(struct hrtcp_conn *conn)
{
	struct hrtcp_ecn *ecn = &conn->ecn;

	ecn->responded = true;
	ecn->cwr_end = conn->snd.nxt;
	ecn->cwr_due = true;
}

/* One segment in flight is still too much: none, until the retransmission timer would fire. */
static void pause_sending(struct hrtcp_conn *conn, u64 now_ns)
{
	hrtcp_timer_set(&conn->timers, HRTCP_T_TXRETRY,
			now_ns + hrtcp_rtt_timeout(&conn->rtt, conn->cfg));
}

void hrtcp_ecn_on_ack(struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	struct hrtcp_ecn *ecn = &conn->ecn;
	struct hrtcp_cc *cc = &conn->cc;

	if (!ecn->on || !ack->ece)
		return;
	if (cc->cwnd_bytes <= conn->snd.mss)
		pause_sending(conn, ack->now_ns);
	if (ecn->responded && seq_lt(conn->snd.una, ecn->cwr_end))
		return;
	hrtcp_ecn_reduced(conn);
	if (conn->recovery.state >= HRTCP_R_RECOVERY)
		return;			/* a loss was answered in this window */
	cc->ssthresh_bytes = hrtcp_cc_on_mark(conn, ack->now_ns);
	if (cc->ops->control)
		return;
	cc->cwnd_bytes = min_t(u32, cc->cwnd_bytes, cc->ssthresh_bytes);
	hrtcp_cwv_on_recovered(conn, 0);
}

void hrtcp_ecn_mark(struct hrtcp_conn *conn, struct hrtcp_seg *seg, bool again)
{
	struct hrtcp_ecn *ecn = &conn->ecn;
	struct seq edge = seq_add(conn->snd.una, conn->snd.wnd);

	if (!ecn->on || conn->state == HRTCP_TIME_WAIT)
		return;
	if (ecn->echo)
		seg->flags |= HRTCP_ECE;
	if (!seg->len || again || seq_gt(seq_add(seg->seq, seg->len), edge))
		return;			/* the last: a window probe, 6.1.6 */
	if (!conn->cc.ops->no_ect)
		seg->ip_ecn = HRTCP_IP_ECT0;
	if (ecn->cwr_due)
		seg->flags |= HRTCP_CWR;
	ecn->cwr_due = false;
}

// SPDX-License-Identifier: GPL-2.0
/* ecn.c -- who agrees on what, the classic echo, and the response to marks. */
#include "ecn.h"
#include "tcb.h"

static bool accurate(const struct hrtcp_ecn_pact *pact)
{
	return pact->mode == HRTCP_ECN_ACCURATE;
}

static u8 accepts(u8 cfg_ecn)
{
	if (cfg_ecn >= HRTCP_ECN_ACCURATE_ASK)
		return HRTCP_ECN_ACCURATE;
	return cfg_ecn == HRTCP_ECN_OFF ? HRTCP_ECN_NOT : HRTCP_ECN_CLASSIC;
}

static u8 asks(u8 cfg_ecn)
{
	if (cfg_ecn == HRTCP_ECN_ACCURATE_ASK)
		return HRTCP_ECN_ACCURATE;
	return cfg_ecn == HRTCP_ECN_ASK || cfg_ecn == HRTCP_ECN_ACCURATE_ASK_CLASSIC ?
	       HRTCP_ECN_CLASSIC : HRTCP_ECN_NOT;
}

/* How many SYNs ask, by enum hrtcp_ecn_mode. */
static const u8 asks_most[] = { 0, 1, 2 };

/*
 * A SYN that was lost may have been dropped for its flags: the next one does not ask, but for
 * the first after one that asked for accurate feedback (RFC 9768 3.1.4.1). What the first one
 * asks for stands, whatever is set meanwhile: two offers would contradict each other.
 */
void hrtcp_ecn_mark_syn(struct hrtcp_ecn_pact *pact, u8 cfg_ecn, struct hrtcp_seg *seg)
{
	static const u8 offer[] = { 0, 3, 7 };

	if (!pact->asks)
		pact->asked = asks(cfg_ecn);
	if (pact->asks < asks_most[pact->asked])
		hrtcp_seg_set_ace(seg, offer[pact->asked]);
	pact->asks = (u8)min_t(u32, pact->asks + 1u, 255);
}

void hrtcp_ecn_syn_again(struct hrtcp_ecn_pact *pact)
{
	pact->asks -= pact->asks > 0;
}

/* What @syn offers to who accepts @accept. */
static u8 offered(u8 accept, const struct hrtcp_seg *syn)
{
	u8 ace = hrtcp_seg_ace(syn);

	if (accept == HRTCP_ECN_ACCURATE && ace && ace != 3)
		return HRTCP_ECN_ACCURATE;	/* RFC 9768 3.1.3: 7, or what is to come */
	return accept != HRTCP_ECN_NOT && (ace & 3) == 3 ? HRTCP_ECN_CLASSIC : HRTCP_ECN_NOT;
}

void hrtcp_ecn_on_syn(struct hrtcp_ecn_pact *pact, u8 cfg_ecn, const struct hrtcp_seg *syn)
{
	pact->accept = accepts(cfg_ecn);
	pact->mode = offered(pact->accept, syn);
	pact->ip_ecn = syn->ip_ecn;
}

bool hrtcp_ecn_on_syn_again(struct hrtcp_ecn_pact *pact, const struct hrtcp_seg *syn)
{
	u8 offer = offered(pact->accept, syn);

	if (pact->mode == HRTCP_ECN_NOT)
		return true;
	if (offer == HRTCP_ECN_NOT)
		pact->no_ect = true;	/* RFC 3168 6.1.1, RFC 9768 3.1.5 */
	else if (offer != pact->mode)
		return false;
	pact->ip_ecn = syn->ip_ecn;
	pact->answers = (u8)max_t(u32, pact->answers, 1);
	return true;
}

void hrtcp_ecn_synack_timeout(struct hrtcp_ecn_pact *pact)
{
	pact->answers = (u8)min_t(u32, pact->answers + 1u, 255);
}

void hrtcp_ecn_on_held_ack(struct hrtcp_ecn_pact *pact, const struct hrtcp_seg *seg)
{
	if (pact->held || seg->opt.present & HRTCP_OPT_SACK)
		return;
	pact->held = true;
	pact->held_ace = hrtcp_seg_ace(seg);
}

/* The first SYN,ACK has flags and option, the second flags, all others neither. */
void hrtcp_ecn_mark_synack(struct hrtcp_ecn_pact *pact, struct hrtcp_seg *seg)
{
	if (pact->mode == HRTCP_ECN_CLASSIC && !pact->no_ect)
		seg->flags |= HRTCP_ECE;
	if (!accurate(pact))
		return;
	if (pact->answers >= 2) {
		pact->no_ect = true;	/* RFC 9768 3.1.5: the peer may not know */
		return;
	}
	hrtcp_seg_set_ace(seg, hrtcp_accecn_code(pact->ip_ecn));
	if (!pact->answers)
		hrtcp_accecn_put_first(&seg->opt);
}

/* Our SYN was not ECT, so that no router may have changed it: RFC 9768 3.2.2.3. */
static void agree_accurate(struct hrtcp_ecn *ecn, u8 ace)
{
	hrtcp_accecn_init(&ecn->acc);
	ecn->acc.synack_due = true;
	ecn->acc.opt_ack = true;
	ecn->acc.opt_data = true;
	if (ace != hrtcp_accecn_code(HRTCP_IP_NOT_ECT) && ace != 5)
		ecn->pact.no_ect = true;
}

/* Table 2: 0 and 7 are no answer, 1 is RFC 3168's, 5 is yet to be defined. */
void hrtcp_ecn_on_synack(struct hrtcp_conn *conn, const struct hrtcp_seg *seg)
{
	struct hrtcp_ecn_pact *pact = &conn->ecn.pact;
	u8 ace = hrtcp_seg_ace(seg);

	if (pact->asked == HRTCP_ECN_ACCURATE && ace > 1 && ace < 7) {
		pact->mode = HRTCP_ECN_ACCURATE;
		agree_accurate(&conn->ecn, ace);
	} else if (pact->asked != HRTCP_ECN_NOT &&
		   (pact->asked == HRTCP_ECN_ACCURATE ? ace : ace & 3) == 1) {
		pact->mode = HRTCP_ECN_CLASSIC;
		pact->no_ect = pact->asks > asks_most[pact->asked];	/* RFC 3168 6.1.1 */
	}
	pact->ip_ecn = seg->ip_ecn;
	hrtcp_accecn_count(conn, seg);
}

void hrtcp_ecn_on_crossing(struct hrtcp_conn *conn, const struct hrtcp_seg *syn)
{
	struct hrtcp_ecn_pact *pact = &conn->ecn.pact;

	hrtcp_ecn_on_syn(pact, conn->cfg->ecn, syn);
	pact->mode = min_t(u8, pact->mode, pact->asked);
	pact->no_ect = pact->asks > asks_most[pact->asked];	/* one of ours did not ask */
	if (accurate(pact))
		hrtcp_accecn_init(&conn->ecn.acc);
}

/*
 * RFC 9768 3.2.2.1: each that confirms is answered by an ACK that tells how it came. What it
 * says of ECN counts no more, but before ESTABLISHED (3.1.5).
 */
void hrtcp_ecn_on_synack_again(struct hrtcp_conn *conn, const struct hrtcp_seg *seg)
{
	struct hrtcp_ecn_pact *pact = &conn->ecn.pact;
	u8 ace = hrtcp_seg_ace(seg);

	if (conn->state == HRTCP_SYN_RECEIVED && (accurate(pact) ? !ace : !(ace & 1)))
		pact->no_ect = true;
	if (!accurate(pact))
		return;
	pact->ip_ecn = seg->ip_ecn;
	conn->ecn.acc.synack_due |= ace > 1 && ace < 7;
	hrtcp_accecn_count(conn, seg);
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

	if (ecn->pact.mode != HRTCP_ECN_CLASSIC || !seg->len)
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
	ecn->cwr_due = ecn->pact.mode == HRTCP_ECN_CLASSIC;	/* RFC 9768 3.1.5: else never */
}

/* One segment in flight is still too much: none, until the retransmission timer would fire. */
static void pause_sending(struct hrtcp_conn *conn, u64 now_ns)
{
	hrtcp_timer_set(&conn->timers, HRTCP_T_TXRETRY,
			now_ns + hrtcp_rtt_timeout(&conn->rtt, conn->cfg));
}

/* An echo stands for all that it acknowledges, RFC 8257 3.3. */
void hrtcp_ecn_read(struct hrtcp_conn *conn, const struct hrtcp_seg *seg, struct hrtcp_ack *ack)
{
	if (accurate(&conn->ecn.pact)) {
		hrtcp_accecn_read(conn, seg, ack);
		return;
	}
	ack->marked = conn->ecn.pact.mode == HRTCP_ECN_CLASSIC &&
		      (seg->flags & (HRTCP_ECE | HRTCP_SYN)) == HRTCP_ECE;
	if (ack->marked)
		ack->marked_bytes = ack->acked_bytes;
}

/*
 * This window of data was. The ACK that ends it tells of that window, and repeats a classic echo
 * anyhow, since CWR comes behind it; counted marks are complete with it.
 */
static bool answered(const struct hrtcp_conn *conn)
{
	const struct hrtcp_ecn *ecn = &conn->ecn;

	return ecn->responded && (seq_lt(conn->snd.una, ecn->cwr_end) ||
		(seq_eq(conn->snd.una, ecn->cwr_end) && !hrtcp_ecn_counted(conn)));
}

void hrtcp_ecn_on_ack(struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	struct hrtcp_cc *cc = &conn->cc;
	u32 target;

	if (!ack->marked)
		return;
	if (answered(conn))
		return;
	if (cc->cwnd_bytes <= conn->snd.mss)
		pause_sending(conn, ack->now_ns);
	hrtcp_ecn_reduced(conn);
	if (conn->recovery.state >= HRTCP_R_RECOVERY)
		return;			/* a loss was answered in this window */
	target = hrtcp_cc_on_mark(conn, ack->now_ns);
	cc->ssthresh_bytes = max_t(u32, target, 2u * conn->snd.mss);
	if (!cc->ops->control)
		hrtcp_recovery_on_mark(conn, target, ack);
}

/* Without feedback on the extent of the marks nothing could be in proportion, RFC 9331 4.2. */
bool hrtcp_ecn_l4s(const struct hrtcp_conn *conn)
{
	const struct hrtcp_ecn_pact *pact = &conn->ecn.pact;

	return conn->cc.ops->ect1 && accurate(pact) && !pact->no_ect;
}

bool hrtcp_ecn_counted(const struct hrtcp_conn *conn)
{
	return conn->cc.ops->exact_echo || hrtcp_ecn_l4s(conn);
}

void hrtcp_ecn_mark(struct hrtcp_conn *conn, struct hrtcp_seg *seg, bool again)
{
	struct hrtcp_ecn *ecn = &conn->ecn;
	struct seq edge = seq_add(conn->snd.una, conn->snd.wnd);

	if (accurate(&ecn->pact))
		hrtcp_accecn_mark(conn, seg);
	if (ecn->pact.mode == HRTCP_ECN_NOT || conn->state == HRTCP_TIME_WAIT)
		return;
	if (ecn->echo)
		seg->flags |= HRTCP_ECE;
	ecn->echoed = ecn->echo;
	if (!seg->len || again || seq_gt(seq_add(seg->seq, seg->len), edge))
		return;			/* the last: a window probe, 6.1.6 */
	if (!conn->cc.ops->no_ect && !ecn->pact.no_ect)
		seg->ip_ecn = hrtcp_ecn_l4s(conn) ? HRTCP_IP_ECT1 : HRTCP_IP_ECT0;
	if (ecn->cwr_due)
		seg->flags |= HRTCP_CWR;
	ecn->cwr_due = false;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * output.c -- what to send next, and if nothing, when to look again; from the bottom:
 *
 *   hrtcp_conn_poll_tx()   control first: reset, SYN; then data (sender.c); then probes; then
 *                          an ACK
 */
#include "steps.h"

static void put_timestamps(const struct hrtcp_conn *conn, struct hrtcp_opts *opt, u64 now_ns)
{
	opt->present |= HRTCP_OPT_TS;
	opt->tsval = hrtcp_ts_now(conn->ts.offset, conn->ts.in_us, now_ns);
	opt->tsecr = conn->ts.recent;
}

struct seq hrtcp_snd_empty_seq(const struct hrtcp_snd *snd)
{
	const struct seq edge = seq_add(snd->una, snd->wnd);
	const struct seq nxt = snd->probed ? snd->max : snd->nxt;

	/* Where the window is scaled its edge moves back by what the field cannot say. */
	if (snd->probed || seq_diff(nxt, edge) < 1 << snd->wscale)
		return nxt;
	return edge;
}

/* The part common to all but SYN and RST; whatever leaves acknowledges. */
void hrtcp_segment_finish(struct hrtcp_conn *conn, struct hrtcp_tx *tx, u64 now_ns)
{
	struct hrtcp_seg *seg = &tx->seg;
	struct hrtcp_rcv *rcv = &conn->rcv;
	bool bare = hrtcp_accecn_bare(conn);

	seg->flags |= HRTCP_ACK;
	seg->ack = rcv->nxt;
	hrtcp_ecn_mark(conn, seg, tx->retransmit);
	hrtcp_urgent_put(conn, seg);
	seg->wnd = hrtcp_rcv_select_window(conn);
	if (conn->ts.on)
		put_timestamps(conn, &seg->opt, now_ns);
	hrtcp_accecn_put(conn, seg, tx->gso_size ? tx->gso_size : seg->len, tx->retransmit);
	if (!seg->len && !bare)		/* snd.mss has no room for blocks beside data */
		hrtcp_sack_fill(&conn->sack, &seg->opt);
	rcv->acked = rcv->nxt;
	rcv->unacked_bytes = 0;
	rcv->ack_now = false;
	if (!conn->sack.withheld)	/* else it had no room for blocks */
		hrtcp_timer_clear(&conn->timers, HRTCP_T_DELACK);
	seg->hdr_len = (u8)(HRTCP_HDR_MIN + hrtcp_wire_opt_len(&seg->opt));
}

/*
 * RFC 7323 5.2: an abort has timestamps as all else, an answer has those it answers. An abort that overtook
 * data would not have the number that the peer expects, and be challenged: RFC 5961 3.2.
 */
static enum hrtcp_poll poll_rst(struct hrtcp_conn *conn, u64 now_ns, struct hrtcp_tx *tx)
{
	struct hrtcp_pending *pending = &conn->pending;
	struct hrtcp_seg *seg = &tx->seg;
	u64 at_ns = now_ns;

	seg->seq = pending->rst_seq;
	seg->flags = HRTCP_RST;
	if (pending->rst_acks) {
		at_ns = hrtcp_pace_departure(conn, now_ns);
		seg->flags |= HRTCP_ACK;
		seg->ack = conn->rcv.nxt;
		if (conn->ts.on)
			put_timestamps(conn, &seg->opt, at_ns);
		if (conn->ecn.pact.mode == HRTCP_ECN_ACCURATE)
			hrtcp_accecn_mark(conn, seg);
	} else if (pending->rst_echoes) {
		seg->opt.present = HRTCP_OPT_TS;
		seg->opt.tsecr = pending->rst_tsecr;
	}
	seg->hdr_len = (u8)(HRTCP_HDR_MIN + hrtcp_wire_opt_len(&seg->opt));
	pending->rst = false;
	if (at_ns > now_ns)
		tx->depart_ns = at_ns;
	return HRTCP_POLL_SEND;
}

static u32 opt_room(const struct hrtcp_opts *opt)
{
	return HRTCP_HDR_MAX - HRTCP_HDR_MIN - hrtcp_wire_opt_len(opt);
}

/* RFC 7413 4.1.1. A long cookie leaves no room for the hrTCP option, which is only useful. */
static void put_cookie(struct hrtcp_conn *conn, struct hrtcp_opts *opt)
{
	if (!conn->fast.option)
		return;
	opt->fast = conn->fast.cookie;
	if (opt_room(opt) < 4u + opt->fast.len)
		opt->present &= (u8)~HRTCP_OPT_HR;
	if (opt_room(opt) >= 4u + opt->fast.len)
		opt->present |= HRTCP_OPT_FAST;
}

/*
 * Data on the first SYN, RFC 7413 4.2.2. SND.NXT stays, as with a window probe: what the
 * SYN,ACK leaves out is new data still.
 */
static void put_syn_data(struct hrtcp_conn *conn, struct hrtcp_tx *tx)
{
	if (!conn->fast.sent || conn->syn_repeats)
		return;
	tx->node = conn->txq.unsent;
	tx->seg.len = conn->fast.sent;
	conn->snd.max = seq_add(conn->snd.nxt, tx->seg.len);
}

/* What our SYN,ACK acknowledges, and the window it promises, never scaled. */
static void acknowledge_syn(struct hrtcp_conn *conn, struct hrtcp_seg *seg)
{
	struct hrtcp_rcv *rcv = &conn->rcv;

	seg->flags |= HRTCP_ACK;
	seg->ack = rcv->nxt;
	hrtcp_ecn_mark_synack(&conn->ecn.pact, seg);
	rcv->edge = seq_max(rcv->edge, seq_add(rcv->nxt, seg->wnd));
	rcv->acked = rcv->nxt;
	rcv->unacked_bytes = 0;
	rcv->ack_now = false;
	hrtcp_timer_clear(&conn->timers, HRTCP_T_DELACK);
}

/*
 * The first SYN to a peer whose round trip is known may be followed by one probe, the same SYN
 * again. The timeout stays where the SYN put it.
 */
static void arm_syn_probe(struct hrtcp_conn *conn, u64 now_ns)
{
	const u64 at_ns = now_ns + conn->rtt.syn_pto_ns;

	if (conn->rtt.syn_pto_ns && !conn->syn_repeats && !conn->syn_probed &&
	    conn->state == HRTCP_SYN_SENT && at_ns < conn->timers.at_ns[HRTCP_T_RETRANSMIT])
		hrtcp_timer_set(&conn->timers, HRTCP_T_PROBE, at_ns);
}

/* A SYN offers everything; a SYN,ACK (simultaneous open) what the peer offered too. */
static enum hrtcp_poll poll_syn(struct hrtcp_conn *conn, struct hrtcp_tx *tx, u64 now_ns)
{
	const struct hrtcp_cfg *cfg = conn->cfg;
	struct hrtcp_opts *opt = &tx->seg.opt;
	bool first = conn->state == HRTCP_SYN_SENT;

	tx->seg.seq = conn->snd.iss;
	tx->seg.flags = HRTCP_SYN;
	if (first)
		hrtcp_ecn_mark_syn(&conn->ecn.pact, cfg->ecn, &tx->seg);
	tx->seg.wnd = (u16)min_t(u32, hrtcp_rcv_room(conn), 65535);
	tx->retransmit = conn->syn_repeats || conn->syn_probed;
	opt->present = HRTCP_OPT_MSS;
	opt->mss = conn->rcv.mss;
	if (first ? cfg->window_scaling : conn->rcv.wscale || conn->snd.wscale) {
		opt->present |= HRTCP_OPT_WSCALE;
		opt->wscale = conn->rcv.wscale;
	}
	if (first ? cfg->sack : conn->sack.on)
		opt->present |= HRTCP_OPT_SACK_OK;
	if (first ? cfg->timestamps : conn->ts.on)
		put_timestamps(conn, opt, now_ns);
	if (first ? cfg->hr_option : conn->rtt.told) {
		opt->present |= HRTCP_OPT_HR;
		opt->hr_answer = !first;
		opt->hr_delack_us = (u32)div_u64(cfg->hr_delack_ns, 1000);
	}
	put_cookie(conn, opt);
	if (first)
		put_syn_data(conn, tx);
	else
		acknowledge_syn(conn, &tx->seg);
	tx->seg.hdr_len = (u8)(HRTCP_HDR_MIN + hrtcp_wire_opt_len(opt));
	conn->pending.syn = false;
	conn->total_retrans += tx->retransmit;
	conn->last_sent_ns = now_ns;
	if (!hrtcp_timer_armed(&conn->timers, HRTCP_T_RETRANSMIT))
		hrtcp_conn_arm_retransmit(conn, now_ns);
	arm_syn_probe(conn, now_ns);
	return HRTCP_POLL_SEND;
}

/* SEQ = SND.NXT - 1, no data: RFC 9293 SHLD-12. */
static enum hrtcp_poll poll_keepalive(struct hrtcp_conn *conn, u64 now_ns, struct hrtcp_tx *tx)
{
	conn->keepalive.due = false;
	tx->seg.seq = seq_sub(conn->snd.nxt, 1);
	hrtcp_segment_finish(conn, tx, now_ns);
	return HRTCP_POLL_SEND;
}

/* The ACK that DCTCP owes for what came before the mark changed, RFC 8257 3.2. */
static enum hrtcp_poll poll_earlier_ack(struct hrtcp_conn *conn, u64 now_ns,
					struct hrtcp_tx *tx)
{
	struct hrtcp_seg *seg = &tx->seg;

	conn->pending.ack = false;
	seg->seq = hrtcp_snd_empty_seq(&conn->snd);
	seg->ack = conn->pending.ack_nxt;
	seg->flags = HRTCP_ACK | (conn->pending.ack_ece ? HRTCP_ECE : 0);
	seg->wnd = hrtcp_rcv_select_window(conn);
	if (conn->ts.on)
		put_timestamps(conn, &seg->opt, now_ns);
	seg->hdr_len = (u8)(HRTCP_HDR_MIN + hrtcp_wire_opt_len(&seg->opt));
	return HRTCP_POLL_SEND;
}

static bool may_send_data(const struct hrtcp_conn *conn)
{
	if (conn->snd.blocked || hrtcp_timer_armed(&conn->timers, HRTCP_T_TXRETRY))
		return false;
	if (conn->state == HRTCP_SYN_RECEIVED)	/* RFC 7413 4.2.2 */
		return conn->fast.passive && !conn->syn_repeats;
	return conn->state != HRTCP_SYN_SENT &&
	       conn->state != HRTCP_TIME_WAIT && conn->state != HRTCP_FIN_WAIT_2;
}

/*
 * RFC 2018 4: an ACK says what is held beyond a gap, but snd.mss has no room for that beside data:
 * it goes by itself, before them.
 */
static bool sack_first(const struct hrtcp_conn *conn)
{
	return conn->rcv.ack_now && conn->sack.on && (conn->sack.n || conn->sack.dsack_due);
}

enum hrtcp_poll hrtcp_conn_poll_tx(struct hrtcp_conn *conn, u64 now_ns, struct hrtcp_tx *tx)
{
	enum hrtcp_poll poll = HRTCP_POLL_WAIT;

	memset(tx, 0, sizeof(*tx));
	tx->wake_ns = HRTCP_NEVER;
	if (conn->pending.rst)
		return poll_rst(conn, now_ns, tx);
	if (conn->state == HRTCP_CLOSED || conn->state == HRTCP_LISTEN)
		return HRTCP_POLL_WAIT;
	if (conn->pending.syn)
		return poll_syn(conn, tx, now_ns);
	if (conn->pending.ack)
		return poll_earlier_ack(conn, now_ns, tx);
	if (may_send_data(conn) && !hrtcp_accecn_ack_first(conn) && !sack_first(conn))
		poll = hrtcp_sender_poll(conn, now_ns, tx);
	if (poll != HRTCP_POLL_WAIT)
		return poll;
	if (conn->snd.probe)
		return hrtcp_sender_probe(conn, now_ns, tx);
	if (conn->keepalive.due)
		return poll_keepalive(conn, now_ns, tx);
	if (conn->rcv.ack_now && conn->state != HRTCP_SYN_SENT) {
		tx->seg.seq = hrtcp_snd_empty_seq(&conn->snd);
		hrtcp_segment_finish(conn, tx, now_ns);
		return HRTCP_POLL_SEND;
	}
	tx->wake_ns = hrtcp_timers_next(&conn->timers, NULL);
	return HRTCP_POLL_WAIT;
}

void hrtcp_conn_on_tx_failed(struct hrtcp_conn *conn, const struct hrtcp_tx *tx, u64 now_ns)
{
	struct hrtcp_seg const *seg = &tx->seg;

	if (conn->state == HRTCP_CLOSED)
		return;
	hrtcp_timer_set(&conn->timers, HRTCP_T_TXRETRY, now_ns + conn->cfg->tx_retry_ns);
	if (tx->split_len)
		return;			/* nothing was to leave yet */
	if (tx->node && tx->node != conn->txq.unsent) {
		hrtcp_txq_mark_lost(&conn->txq, tx->node);
		conn->snd.force = true;
	}
	if (seg->flags & HRTCP_FIN)
		conn->snd.fin_lost = true;
	if (!tx->node && !(seg->flags & (HRTCP_SYN | HRTCP_FIN | HRTCP_RST)))
		hrtcp_timer_set(&conn->timers, HRTCP_T_DELACK, now_ns + conn->cfg->tx_retry_ns);
}

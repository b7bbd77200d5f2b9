// SPDX-License-Identifier: GPL-2.0
/*
 * input.c -- SEGMENT ARRIVES, RFC 9293 3.10.7, beside which it reads; from the bottom:
 *
 *   hrtcp_conn_on_segment()   by state
 *   on_syn_sent()             3.10.7.3
 *   on_synchronized()         3.10.7.4: timestamps (RFC 7323), steps 1, 2 and 4 here,
 *                             step 5 in ack.c, 6 in urgent.c, 7 and 8 in data.c
 *   on_time_wait()            by the compact record of timewait.c
 */
#include "steps.h"
#include "timewait.h"

/* Tiny segments cost the sender more than they carry; below this an MSS is not believed. */
#define MSS_MIN 48

#define HR_AHEAD_MS 10000		/* no SYN is delayed for longer */

u8 hrtcp_wscale_for(u32 bytes)
{
	u8 scale = 0;

	while (scale < HRTCP_WSCALE_MAX && bytes >> scale > 65535)
		scale++;
	return scale;
}

void hrtcp_conn_sync_mss(struct hrtcp_conn *conn)
{
	u32 mss = min_t(u32, conn->snd.mss_peer, conn->snd.mss_path);

	if (conn->mtup.on)
		mss = min_t(u32, mss, conn->mtup.low);
	mss = max_t(u32, mss, MSS_MIN);
	if (conn->ts.on)
		mss -= HRTCP_TS_SPACE;	/* RFC 9293 3.7.1: options count */
	conn->ecn.acc.reserve = hrtcp_accecn_reserve(conn);
	mss -= conn->ecn.acc.reserve;
	conn->snd.mss = (u16)mss;
}

/* The clock goes on from the value that the peer's PAWS has seen, only faster. */
static void tick_in_us(struct hrtcp_ts *ts, u64 now_ns)
{
	ts->in_us = true;
	ts->us_since_ns = now_ns;
	ts->offset += hrtcp_ts_now(0, false, now_ns) - hrtcp_ts_now(0, true, now_ns);
}

/*
 * A passive end does not know yet whether its answer arrived, and until then its timestamps have
 * to be what the peer believes them to be.
 */
static void negotiate_hr(struct hrtcp_conn *conn, u32 peer_delack_us, u64 now_ns)
{
	conn->rcv.delack_ns = conn->cfg->hr_delack_ns;
	hrtcp_rtt_peer_told(&conn->rtt, conn->cfg, peer_delack_us * 1000ull);
	conn->ts.peer_us = conn->ts.on;
	if (conn->ts.on && !conn->passive)
		tick_in_us(&conn->ts, now_ns);
}

/*
 * The peer ticks in microseconds once it has our answer. A clock of milliseconds is never so far
 * ahead of where its SYN stood, whatever the SYN's delay.
 */
static void confirm_hr(struct hrtcp_conn *conn, const struct hrtcp_seg *seg, u64 now_ns)
{
	struct hrtcp_ts *ts = &conn->ts;
	u64 passed_ms;
	s32 ahead;

	if (likely(ts->in_us || !ts->peer_us))
		return;
	passed_ms = div_u64(now_ns - ts->syn_at_ns, 1000000);
	ahead = (s32)(seg->opt.tsval - ts->syn);
	if (ahead > 0 && (u64)ahead > 2 * passed_ms + HR_AHEAD_MS)
		tick_in_us(ts, now_ns);
}

void hrtcp_conn_negotiate(struct hrtcp_conn *conn, const struct hrtcp_opts *opt, u64 now_ns)
{
	const struct hrtcp_cfg *cfg = conn->cfg;

	if (opt->present & HRTCP_OPT_MSS)
		conn->snd.mss_peer = opt->mss;
	if (cfg->window_scaling && opt->present & HRTCP_OPT_WSCALE)
		conn->snd.wscale = opt->wscale;
	else
		conn->rcv.wscale = 0;	/* both or none, RFC 7323 2.2 */
	conn->ts.on = cfg->timestamps && opt->present & HRTCP_OPT_TS;
	conn->ts.recent = opt->tsval;
	conn->ts.recent_at_ns = now_ns;
	if (cfg->hr_option && opt->present & HRTCP_OPT_HR)
		negotiate_hr(conn, opt->hr_delack_us, now_ns);
	conn->sack.on = cfg->sack && opt->present & HRTCP_OPT_SACK_OK;
	hrtcp_mtup_init(conn, conn->mtup.floor);
	hrtcp_conn_sync_mss(conn);
	hrtcp_cc_begin(conn);
	if (conn->syn_repeats)
		hrtcp_rtt_syn_was_repeated(&conn->rtt);
}

bool hrtcp_conn_syn_was_lost(const struct hrtcp_conn *conn, const struct hrtcp_seg *seg)
{
	const struct hrtcp_ts *ts = &conn->ts;

	if (!(conn->syn_repeats || conn->syn_probed) || !conn->last_sent_ns ||
	    !conn->cfg->timestamps || !(seg->flags & HRTCP_ACK) || !(seg->opt.present & HRTCP_OPT_TS))
		return false;
	return !hrtcp_ts_before(seg->opt.tsecr,
				hrtcp_ts_now(ts->offset, ts->in_us, conn->last_sent_ns));
}

void hrtcp_conn_challenge(struct hrtcp_conn *conn, u64 now_ns)
{
	if (!hrtcp_challenge_may(&conn->challenge, conn->cfg, now_ns))
		return;
	conn->challenges++;
	conn->rcv.ack_now = true;
}

void hrtcp_conn_reset_reply(struct hrtcp_conn *conn, const struct hrtcp_seg *seg)
{
	struct hrtcp_pending *pending = &conn->pending;

	pending->rst = true;
	pending->rst_acks = false;
	pending->rst_seq = seg->ack;
	pending->rst_echoes = seg->opt.present & HRTCP_OPT_TS;
	pending->rst_tsecr = seg->opt.tsval;
}

static void take_syn(struct hrtcp_conn *conn, const struct hrtcp_seg *seg, u64 now_ns)
{
	struct hrtcp_rcv *rcv = &conn->rcv;

	rcv->irs = seg->seq;
	rcv->nxt = seq_add(seg->seq, 1);
	rcv->acked = rcv->nxt;
	rcv->edge = seq_add(rcv->nxt, min_t(u32, hrtcp_rcv_room(conn), 65535));
	conn->snd.wnd = seg->wnd;	/* never scaled on a SYN, RFC 7323 2.2 */
	conn->snd.max_wnd = seg->wnd;
	conn->snd.wl1 = seg->seq;
	hrtcp_conn_negotiate(conn, &seg->opt, now_ns);
}

/* What rode on a SYN. */
static struct hrtcp_seg after_syn(const struct hrtcp_seg *seg)
{
	struct hrtcp_seg rest = *seg;

	rest.seq = seq_add(seg->seq, 1);
	rest.flags &= (u8)~HRTCP_SYN;
	return rest;
}

/* RFC 9293 3.10.7.3, checks in its order. */
static enum hrtcp_drop on_syn_sent(struct hrtcp_conn *conn, const struct hrtcp_seg *seg,
				   struct hrtcp_rxnode *node, u64 now_ns, struct hrtcp_rx *rx)
{
	struct hrtcp_seg rest = after_syn(seg);
	bool ack = seg->flags & HRTCP_ACK, lost = hrtcp_conn_syn_was_lost(conn, seg);

	/* snd.max: the data of our SYN counts, RFC 7413 4.2.2 */
	if (ack && !(seq_gt(seg->ack, conn->snd.iss) && seq_le(seg->ack, conn->snd.max))) {
		if (!(seg->flags & HRTCP_RST))
			hrtcp_conn_reset_reply(conn, seg);
		return HRTCP_DROP_BAD_ACK;
	}
	if (seg->flags & HRTCP_RST) {
		if (!ack)
			return HRTCP_DROP_BAD_RST;
		hrtcp_conn_transition(conn, HRTCP_C_RST_RCVD, seg, now_ns);
		return HRTCP_DROP_NONE;
	}
	if (!(seg->flags & HRTCP_SYN))
		return HRTCP_DROP_UNEXPECTED;
	take_syn(conn, seg, now_ns);
	if (!ack) {
		hrtcp_conn_transition(conn, HRTCP_C_SYN_RCVD, seg, now_ns);
		conn->pending.syn = true;
		hrtcp_timer_clear(&conn->timers, HRTCP_T_PROBE);
		conn->fast.option = false;	/* cookies are for clients */
		hrtcp_ecn_on_crossing(conn, seg);
		hrtcp_data_early(conn, &rest, node, now_ns, rx);
		return rx->drop;
	}
	if (lost)
		hrtcp_cc_begin_small(conn);
	if (!conn->syn_repeats && (!conn->syn_probed || lost))	/* Karn's rule: whose answer is it? */
		hrtcp_rtt_sample(&conn->rtt, conn->cfg, now_ns - conn->last_sent_ns, 0);
	hrtcp_ecn_on_synack(conn, seg);
	hrtcp_ack_take(conn, seg, now_ns);
	hrtcp_fast_on_answer(conn, seg);
	hrtcp_conn_transition(conn, HRTCP_C_SYNACK_RCVD, seg, now_ns);
	conn->rcv.ack_now = true;
	hrtcp_urgent_step(conn, seg);
	hrtcp_data_step(conn, &rest, node, now_ns, rx);
	return rx->drop;
}

/*
 * Data that a window may have held comes from the peer, which needs to know. All else may come
 * from anyone, and two ends that answered each other's empty segments would never stop.
 */
static void answer_unacceptable(struct hrtcp_conn *conn, const struct hrtcp_seg *seg, u64 now_ns)
{
	const struct hrtcp_rcv *rcv = &conn->rcv;
	u32 most = max_t(u32, rcv->buf_bytes, 65535);

	if (hrtcp_seg_len(seg) && !(seg->flags & HRTCP_SYN) &&
	    seq_ge(seg->seq, seq_sub(rcv->nxt, most)) && seq_le(seg->seq, rcv->edge))
		conn->rcv.ack_now = true;
	else
		hrtcp_conn_challenge(conn, now_ns);
}

/*
 * A pure ACK that others have overtaken on the way repeats nothing and moves nothing, but it may
 * have SACK blocks of its own: within an RTO it is no relic of an earlier turn of the clock.
 */
static bool was_overtaken(const struct hrtcp_conn *conn, const struct hrtcp_seg *seg)
{
	const struct hrtcp_snd *snd = &conn->snd;
	u64 late_ns = (u64)(conn->ts.recent - seg->opt.tsval) *
		      (conn->ts.peer_us ? 1000 : 1000000);

	return !hrtcp_seg_len(seg) && seg->flags & HRTCP_ACK && seq_eq(seg->seq, conn->rcv.nxt) &&
	       seq_eq(seg->ack, snd->una) && (u32)seg->wnd << snd->wscale == snd->wnd &&
	       late_ns <= hrtcp_rtt_timeout(&conn->rtt, conn->cfg);
}

/* RFC 7323 5.3 R1: before step 1. */
static enum hrtcp_drop check_timestamps(struct hrtcp_conn *conn, const struct hrtcp_seg *seg,
					u64 now_ns)
{
	const struct hrtcp_ts *ts = &conn->ts;

	if (!ts->on || seg->flags & HRTCP_RST)
		return HRTCP_DROP_NONE;
	if (!(seg->opt.present & HRTCP_OPT_TS))	/* RFC 5961 4.2: any SYN is answered */
		return seg->flags & HRTCP_SYN ? HRTCP_DROP_NONE : HRTCP_DROP_NO_TIMESTAMP;
	if (!hrtcp_ts_before(seg->opt.tsval, ts->recent) ||
	    now_ns - ts->recent_at_ns > hrtcp_ts_life_ns(ts->peer_us) || was_overtaken(conn, seg))
		return HRTCP_DROP_NONE;
	hrtcp_sack_duplicate(&conn->sack, seg->seq,
			     seq_min(seq_add(seg->seq, seg->len), conn->rcv.nxt));
	answer_unacceptable(conn, seg, now_ns);
	return HRTCP_DROP_PAWS;
}

/* The segments of a simultaneous open that step 1 must let through or answer specially. */
static bool handshake_again(struct hrtcp_conn *conn, const struct hrtcp_seg *seg)
{
	if (!(seg->flags & HRTCP_SYN) || seg->flags & HRTCP_RST ||
	    conn->snd.syn_acked || !seq_eq(seg->seq, conn->rcv.irs))
		return false;
	if (!(seg->flags & HRTCP_ACK))
		conn->pending.syn = true;	/* our SYN,ACK was lost */
	return true;
}

/* The peer's SYN,ACK, as it was or after its SYN. */
static bool answers_syn(const struct hrtcp_conn *conn, const struct hrtcp_seg *seg)
{
	return (seg->flags & (HRTCP_SYN | HRTCP_ACK | HRTCP_RST)) == (HRTCP_SYN | HRTCP_ACK) &&
	       !conn->passive && seq_eq(seg->seq, conn->rcv.irs) &&
	       seq_gt(seg->ack, conn->snd.iss) && seq_le(seg->ack, conn->snd.max);
}

/*
 * RFC 9293 A.2: a peer whose window probe is out may count its octet, or may not, whichever of
 * the two we do, and one with data in flight beyond a gap stands at the very edge of our window
 * with nothing to send. Their acknowledgments count, or two ends that probe each other would
 * discard each other's for ever. Nobody but the peer is any more likely to guess such a number.
 */
static bool acknowledges_beside(const struct hrtcp_conn *conn, const struct hrtcp_seg *seg)
{
	return seg->flags & HRTCP_ACK && conn->state != HRTCP_SYN_RECEIVED &&
	       seq_ge(seg->seq, seq_sub(conn->rcv.nxt, 1)) &&
	       seq_le(seg->seq, seq_add(conn->rcv.edge, 1));
}

/* Step 1. */
static enum hrtcp_drop check_sequence(struct hrtcp_conn *conn, const struct hrtcp_seg *seg,
				      u64 now_ns)
{
	const struct hrtcp_rcv *rcv = &conn->rcv;
	u32 wnd = (u32)seq_diff(rcv->edge, rcv->nxt);

	if (hrtcp_seq_acceptable(seg, rcv->nxt, wnd))
		return HRTCP_DROP_NONE;
	if (!wnd && seq_eq(seg->seq, rcv->nxt))
		return HRTCP_DROP_NONE;	/* ACK and RST count, data.c drops the rest */
	if (!hrtcp_seg_len(seg) && seq_eq(seg->seq, rcv->edge) && !(seg->flags & HRTCP_RST))
		return HRTCP_DROP_NONE;	/* RFC 9293 A.2: the peer has filled the window */
	if (seg->flags & HRTCP_RST)
		return HRTCP_DROP_BAD_RST;
	if (seq_lt(seg->seq, rcv->nxt)) {
		hrtcp_sack_duplicate(&conn->sack, seg->seq,
				     seq_min(seq_add(seg->seq, seg->len), rcv->nxt));
		hrtcp_accecn_on_duplicate(conn);
		hrtcp_repath_on_repeat(conn, seg, now_ns);
	}
	answer_unacceptable(conn, seg, now_ns);
	return seq_lt(seg->seq, rcv->nxt) && seg->len ? HRTCP_DROP_DUPLICATE :
							HRTCP_DROP_OUT_OF_WINDOW;
}

/* RFC 7323 5.3 R3: what we will echo comes from the segment that moves Last.ACK.sent. */
static void take_timestamp(struct hrtcp_conn *conn, const struct hrtcp_seg *seg, u64 now_ns)
{
	struct hrtcp_ts *ts = &conn->ts;

	if (!ts->on || !(seg->opt.present & HRTCP_OPT_TS) ||
	    seq_gt(seg->seq, conn->rcv.acked))
		return;
	if (hrtcp_ts_before(seg->opt.tsval, ts->recent) &&
	    now_ns - ts->recent_at_ns <= hrtcp_ts_life_ns(ts->peer_us))
		return;
	ts->recent = seg->opt.tsval;
	ts->recent_at_ns = now_ns;
	confirm_hr(conn, seg, now_ns);
}

/* Step 2, RFC 5961 3.2: only the exact next sequence number resets. */
static enum hrtcp_drop check_rst(struct hrtcp_conn *conn, const struct hrtcp_seg *seg,
				 u64 now_ns)
{
	if (!seq_eq(seg->seq, conn->rcv.nxt)) {
		hrtcp_conn_challenge(conn, now_ns);
		return HRTCP_DROP_BAD_RST;
	}
	hrtcp_conn_transition(conn, HRTCP_C_RST_RCVD, seg, now_ns);
	return HRTCP_DROP_NONE;
}

/* In FIN-WAIT-1, once a FIN that came with the ACK has had its say. */
static void note_fin_acked(struct hrtcp_conn *conn, const struct hrtcp_seg *seg, u64 now_ns)
{
	if (conn->state == HRTCP_FIN_WAIT_1 && hrtcp_ack_covers_fin(conn))
		hrtcp_conn_transition(conn, HRTCP_C_FIN_ACKED, seg, now_ns);
}

/*
 * What counts of an unacceptable segment. If it repeats the last that came and was acknowledged,
 * that ACK was lost, or slow: the echo of the repetition tells the peer that it was not withheld
 * (RFC 7323 4.3). Nothing newer can be on its way that PAWS would then drop.
 */
static void take_beside(struct hrtcp_conn *conn, const struct hrtcp_seg *seg, u64 now_ns)
{
	const u32 len = hrtcp_seg_len(seg);

	if (seg->flags & (HRTCP_SYN | HRTCP_RST))
		return;
	if (len && seq_eq(seq_add(seg->seq, len), conn->rcv.nxt) &&
	    seq_eq(conn->rcv.acked, conn->rcv.nxt))
		take_timestamp(conn, seg, now_ns);
	if (acknowledges_beside(conn, seg) && !hrtcp_ack_step(conn, seg, now_ns))
		note_fin_acked(conn, seg, now_ns);
}

static enum hrtcp_drop on_synchronized(struct hrtcp_conn *conn, const struct hrtcp_seg *seg,
				       struct hrtcp_rxnode *node, u64 now_ns,
				       struct hrtcp_rx *rx)
{
	enum hrtcp_drop drop = check_timestamps(conn, seg, now_ns);
	struct hrtcp_seg rest;
	bool again;

	if (drop)
		return drop;
	again = handshake_again(conn, seg);
	if (again)
		rest = after_syn(seg);
	if (again && !(seg->flags & HRTCP_ACK)) {
		if (hrtcp_timer_armed(&conn->timers, HRTCP_T_RETRANSMIT) &&
		    !hrtcp_ecn_on_syn_again(&conn->ecn.pact, seg)) {
			hrtcp_conn_on_abort(conn, EPROTO, now_ns);
			return HRTCP_DROP_BAD_SYN;
		}
		hrtcp_data_early(conn, &rest, node, now_ns, rx);
		if (!rest.len && hrtcp_timer_armed(&conn->timers, HRTCP_T_RETRANSMIT))
			return HRTCP_DROP_DUPLICATE;
		return rx->drop;
	}
	if (answers_syn(conn, seg))
		hrtcp_ecn_on_synack_again(conn, seg);
	if (!again)
		drop = check_sequence(conn, seg, now_ns);
	if (drop) {
		take_beside(conn, seg, now_ns);
		return drop;
	}
	if (seg->flags & HRTCP_RST)
		return check_rst(conn, seg, now_ns);
	if (seg->flags & HRTCP_SYN && !again) {	/* step 4, RFC 5961 4.2 */
		hrtcp_conn_challenge(conn, now_ns);
		return HRTCP_DROP_BAD_SYN;
	}
	if (!(seg->flags & HRTCP_ACK))
		return HRTCP_DROP_NO_ACK;
	take_timestamp(conn, seg, now_ns);
	drop = hrtcp_ack_step(conn, seg, now_ns);
	if (drop)
		return drop;
	conn->rcv.ack_now |= again;
	if (!again)
		hrtcp_accecn_count(conn, seg);
	hrtcp_urgent_step(conn, seg);
	hrtcp_data_step(conn, again ? &rest : seg, node, now_ns, rx);
	hrtcp_data_release(conn, seg, now_ns);
	note_fin_acked(conn, seg, now_ns);
	return rx->drop;
}

/* A process still holds the socket: the record of TIME-WAIT decides, as it does alone. */
static enum hrtcp_drop on_time_wait(struct hrtcp_conn *conn, const struct hrtcp_seg *seg,
				    u64 now_ns)
{
	struct hrtcp_reply reply;
	struct hrtcp_tw tw;

	hrtcp_tw_init(&tw, conn);
	hrtcp_tw_on_segment(&tw, conn->cfg, seg, false, now_ns, &reply);
	conn->challenge = tw.challenge;
	conn->ts.recent = tw.ts_recent;
	conn->ts.recent_at_ns = tw.ts_recent_at_ns;
	hrtcp_timer_set(&conn->timers, HRTCP_T_LINGER, tw.deadline_ns);
	conn->rcv.ack_now |= reply.send;
	return reply.drop;
}

/* Not while each segment has a tale of its own to tell: a gap, a duplicate, a change of state. */
bool hrtcp_conn_may_batch(const struct hrtcp_conn *conn)
{
	const struct hrtcp_pending *pending = &conn->pending;

	return hrtcp_state_synchronized(conn->state) && !conn->rcv.fin && !conn->reasm.nodes &&
	       !conn->sack.dsack_due && !pending->rst && !pending->syn && !pending->ack &&
	       !conn->ecn.acc.ack_due &&
	       !(conn->events & (u16)~(HRTCP_EV_READABLE | HRTCP_EV_WRITABLE));
}

void hrtcp_conn_on_segment(struct hrtcp_conn *conn, const struct hrtcp_seg *seg,
			   struct hrtcp_rxnode *node, u64 now_ns, struct hrtcp_rx *rx)
{
	memset(rx, 0, sizeof(*rx));
	conn->keepalive.heard_ns = now_ns;
	if (conn->state == HRTCP_SYN_SENT)
		rx->drop = on_syn_sent(conn, seg, node, now_ns, rx);
	else if (conn->state == HRTCP_TIME_WAIT)
		rx->drop = on_time_wait(conn, seg, now_ns);
	else if (conn->state == HRTCP_CLOSED || conn->state == HRTCP_LISTEN)
		rx->drop = HRTCP_DROP_NO_CONN;
	else
		rx->drop = on_synchronized(conn, seg, node, now_ns, rx);
}

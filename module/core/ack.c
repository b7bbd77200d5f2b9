// SPDX-License-Identifier: GPL-2.0
/* ack.c -- the acknowledgment field, RFC 9293 3.10.7.4 step 5; writes snd.una and snd.wnd. */
#include "scoreboard.h"
#include "steps.h"

#define CWND_MAX (1u << 30)		/* what a scaled window can reach, RFC 7323 2.3 */

bool hrtcp_ack_covers_fin(const struct hrtcp_conn *conn)
{
	return conn->snd.fin_sent && seq_gt(conn->snd.una, conn->snd.end);
}

/*
 * RFC 9293 3.10.7.4: SND.WL1 keeps an old segment from setting the window. One that acknowledges
 * more is newer than all before it, though it may repeat an old number: to go by that alone would
 * move the right edge on with SND.UNA, beyond what was offered. SND.WL2 is then never behind.
 */
static bool update_window(struct hrtcp_conn *conn, const struct hrtcp_seg *seg, u64 now_ns)
{
	struct hrtcp_snd *snd = &conn->snd;
	u32 old = snd->wnd;

	if (seq_lt(seg->ack, snd->una) ||
	    (seq_eq(seg->ack, snd->una) && seq_gt(snd->wl1, seg->seq)))
		return false;
	snd->wnd = (u32)seg->wnd << (seg->flags & HRTCP_SYN ? 0 : snd->wscale);
	snd->wl1 = seq_max(snd->wl1, seg->seq);
	snd->max_wnd = max_t(u32, snd->max_wnd, snd->wnd);
	if (snd->wnd > old)
		conn->advance_ns = now_ns;
	return snd->wnd != old;
}

/*
 * RFC 7323 4.1: the echo tells the round trip even of what was sent again, where Karn's rule has
 * none, and without any the timeouts of a path grown longer would never end. Less than a
 * tick is within its error; a SYN's clock may have been another.
 */
static u64 echoed_rtt(const struct hrtcp_conn *conn, const struct hrtcp_seg *seg,
		      u64 echo_end_ns, u64 now_ns)
{
	const u64 tick_ns = conn->ts.in_us ? 1000 : 1000000;

	if (seg->flags & HRTCP_SYN || echo_end_ns == HRTCP_NEVER ||
	    echo_end_ns + tick_ns > now_ns)
		return 0;
	return now_ns - echo_end_ns + tick_ns;
}

static void advance_una(struct hrtcp_conn *conn, const struct hrtcp_seg *seg,
			struct hrtcp_ack *ack, struct hrtcp_delivered *d)
{
	struct hrtcp_snd *snd = &conn->snd;
	const struct seq una = seg->ack, before = snd->una;
	const u64 echo_end_ns = d->echo_end_ns;		/* which txq_ack() judges away */
	u64 flight_ns = conn->progress_ns;

	ack->acked_bytes = (u32)seq_diff(una, snd->una);
	snd->una = una;
	snd->syn_acked = true;
	snd->nxt = seq_max(snd->nxt, una);	/* a window probe was taken */
	snd->max = seq_max(snd->max, snd->nxt);
	snd->probes = 0;
	conn->recovery.unanswered = 0;
	snd->urgent = snd->urgent && seq_lt(una, snd->up);
	conn->progress_ns = ack->now_ns;
	conn->advance_ns = ack->now_ns;
	conn->soft_err = 0;		/* whatever ICMP said, the path works */
	hrtcp_txq_ack(&conn->txq, una, d);
	hrtcp_mtup_on_ack(conn, d, ack->now_ns);
	if (d->repeated)
		ack->rtt_ns = echoed_rtt(conn, seg, echo_end_ns, ack->now_ns);
	else if (d->rtt_sent_ns && d->rtt_sent_ns < ack->now_ns)
		ack->rtt_ns = ack->now_ns - d->rtt_sent_ns;
	ack->lone = d->rtt_sent_ns == flight_ns && ack->prior_pipe_bytes <= snd->mss &&
		    seq_eq(una, snd->nxt);
	if (conn->txq.acked)
		conn->events |= HRTCP_EV_WRITABLE;
	hrtcp_conn_age_marks(conn, before);
}

/*
 * RFC 5681 2: what counts as a duplicate acknowledgment. One that a tail loss probe drew without
 * SACK may move the window: in all the time before it the peer's user has read.
 */
static bool is_duplicate(const struct hrtcp_conn *conn, const struct hrtcp_seg *seg,
			 const struct hrtcp_ack *ack)
{
	return !ack->acked_bytes && !hrtcp_seg_len(seg) && seq_eq(seg->ack, conn->snd.una) &&
	       seq_lt(conn->snd.una, conn->snd.nxt) &&
	       (!ack->window_moved || hrtcp_tlp_has_arrived(conn, ack));
}

u64 hrtcp_echo_end_ns(const struct hrtcp_conn *conn, const struct hrtcp_seg *seg, u64 now_ns)
{
	const struct hrtcp_ts *ts = &conn->ts;
	u32 tick_ns = ts->in_us ? 1000 : 1000000;
	u64 ticks = div_u64(now_ns, tick_ns);
	u64 end_ns;
	s32 ago = (s32)(hrtcp_ts_now(ts->offset, ts->in_us, now_ns) - seg->opt.tsecr);

	if (!ts->on || !(seg->opt.present & HRTCP_OPT_TS) || ago < 0 || (u32)ago > ticks)
		return HRTCP_NEVER;
	end_ns = (ticks - (u32)ago + 1) * tick_ns;
	/* What left before the clock became faster cannot be told from what left just after. */
	return end_ns > ts->us_since_ns ? end_ns : HRTCP_NEVER;
}

/*
 * RFC 6298 5.2, 5.3. Karn's rule keeps the backoff until a sample; with timestamps the ACK
 * says which transmission it answers, and the backoff may go (RFC 7323 4.1).
 */
static void settle_retransmit(struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	/* RFC 8985 7.2: RACK's business from here, or without SACK that of duplicate ACKs */
	if (conn->txq.sacked_bytes || hrtcp_timer_armed(&conn->timers, HRTCP_T_REORDER))
		hrtcp_timer_clear(&conn->timers, HRTCP_T_PROBE);
	if (!ack->acked_bytes)
		return;
	if (conn->ts.on)
		conn->rtt.backoff = 0;
	if (seq_eq(conn->snd.una, conn->snd.nxt))
		hrtcp_timer_clear(&conn->timers, HRTCP_T_RETRANSMIT);
	else if (conn->recovery.partial_acks <= 1)	/* RFC 6582 3.2 step 3 */
		hrtcp_conn_arm_retransmit(conn, ack->now_ns);
	hrtcp_tlp_arm(conn, ack->now_ns);
}

/* The round trip that the ACK tells, one of those that @flight_bytes bring. */
static void take_sample(struct hrtcp_conn *conn, const struct hrtcp_ack *ack, u32 flight_bytes)
{
	struct hrtcp_rtt *rtt = &conn->rtt;

	if (!ack->rtt_ns)
		return;
	hrtcp_rtt_note_min(rtt, ack->rtt_ns, ack->lone, ack->now_ns);
	hrtcp_rtt_sample(rtt, conn->cfg, ack->rtt_ns,
			 hrtcp_rtt_share(flight_bytes, ack->acked_bytes));
	if (ack->lone)
		hrtcp_rtt_lone(rtt, conn->cfg, ack->rtt_ns, ack->bare, ack->now_ns);
}

void hrtcp_ack_take(struct hrtcp_conn *conn, const struct hrtcp_seg *seg, u64 now_ns)
{
	struct hrtcp_ack ack = {
		.now_ns = now_ns,
		.prior_pipe_bytes = conn->txq.pipe_bytes,
		.cwnd_limited = conn->snd.cwnd_limited,
		.has_ts = conn->ts.on && seg->opt.present & HRTCP_OPT_TS,
		.tsecr = seg->opt.tsecr,
		.cwnd_was_limited = hrtcp_rate_cwnd_limited(conn),
		.sacked = seg->opt.present & HRTCP_OPT_SACK,
		.bare = !hrtcp_seg_len(seg),
	};
	struct hrtcp_delivered d = {
		.now_ns = now_ns,
		.min_rtt_ns = conn->rtt.min_ns,
		.echo_end_ns = HRTCP_NEVER,
		.before_ns = conn->recovery.timeout_ns,
	};
	const u32 flight_bytes = (u32)seq_diff(conn->snd.nxt, conn->snd.una);

	if (seq_ge(seg->ack, conn->snd.una))
		conn->snd.probed = false;	/* taken, and SND.NXT moves past it, or not */
	hrtcp_rate_check_app_limited(conn);
	ack.window_moved = update_window(conn, seg, now_ns);
	if (seq_gt(seg->ack, conn->snd.una)) {
		if (seq_lt(conn->snd.una, conn->recovery.again_hi))	/* else nobody asks */
			d.echo_end_ns = hrtcp_echo_end_ns(conn, seg, now_ns);
		advance_una(conn, seg, &ack, &d);
	} else if (!conn->snd.wnd) {
		conn->progress_ns = now_ns;	/* a shut window, but someone is there */
	}
	if (conn->snd.wnd) {
		hrtcp_timer_clear(&conn->timers, HRTCP_T_PERSIST);
		conn->snd.probe = false;
	}
	take_sample(conn, &ack, flight_bytes);
	ack.duplicate = is_duplicate(conn, seg, &ack);
	ack.original = d.original;	/* what is SACKed may be old news, whose ACK was lost */
	hrtcp_scoreboard_on_segment(conn, seg, &d, &ack);
	ack.delivered_bytes = d.bytes;
	ack.delivered_pkts = d.units;
	hrtcp_ecn_read(conn, seg, &ack);
	if (unlikely(d.early))
		hrtcp_pace_disprove(conn);
	hrtcp_rate_on_delivered(conn, &d, &ack.sample);
	hrtcp_rack_on_delivered(conn, &d, &ack);
	ack.duplicate &= !hrtcp_tlp_on_ack(conn, seg->ack, &ack);
	if (conn->cc.ops->on_delivered)
		conn->cc.ops->on_delivered(conn, &ack);
	hrtcp_recovery_on_ack(conn, &ack);
	hrtcp_ecn_on_ack(conn, &ack);
	hrtcp_cwv_on_ack(conn, &ack);
	if (conn->cc.ops->control)
		conn->cc.ops->control(conn, &ack);
	conn->cc.cwnd_bytes = min_t(u32, conn->cc.cwnd_bytes, CWND_MAX);
	if (ack.acked_bytes)
		hrtcp_pace_on_ack(conn);
	settle_retransmit(conn, &ack);
}

/* RFC 5961 5.2: old acknowledgments are believed only within one window. */
static bool ack_in_range(const struct hrtcp_snd *snd, struct seq ack)
{
	return seq_ge(ack, seq_sub(snd->una, snd->max_wnd)) && seq_le(ack, snd->max);
}

static enum hrtcp_drop syn_received(struct hrtcp_conn *conn, const struct hrtcp_seg *seg,
				    u64 now_ns)
{
	if (!seq_gt(seg->ack, conn->snd.una) || !seq_le(seg->ack, conn->snd.max)) {
		hrtcp_conn_reset_reply(conn, seg);
		return HRTCP_DROP_BAD_ACK;
	}
	/* Else our SYN left twice, Karn's rule, or by a cookie, nobody knows when. */
	if (conn->passive && !conn->syn_repeats && conn->last_sent_ns &&
	    (!conn->syn_probed || hrtcp_conn_syn_was_lost(conn, seg)))
		hrtcp_rtt_sample(&conn->rtt, conn->cfg, now_ns - conn->last_sent_ns, 0);
	if (conn->passive && !conn->fast.passive && hrtcp_conn_syn_was_lost(conn, seg))
		hrtcp_cc_begin_small(conn);
	hrtcp_ack_take(conn, seg, now_ns);
	if (!conn->passive)
		hrtcp_fast_on_answer(conn, seg);
	hrtcp_conn_transition(conn, HRTCP_C_SYN_ACKED, seg, now_ns);
	if (conn->close_pending)
		hrtcp_conn_on_close(conn, now_ns);
	return HRTCP_DROP_NONE;
}

enum hrtcp_drop hrtcp_ack_step(struct hrtcp_conn *conn, const struct hrtcp_seg *seg,
			       u64 now_ns)
{
	if (conn->state == HRTCP_SYN_RECEIVED)
		return syn_received(conn, seg, now_ns);
	if (!ack_in_range(&conn->snd, seg->ack)) {
		if (hrtcp_seg_len(seg))
			conn->rcv.ack_now = true;
		else
			hrtcp_conn_challenge(conn, now_ns);
		return HRTCP_DROP_BAD_ACK;
	}
	hrtcp_ack_take(conn, seg, now_ns);
	if (!hrtcp_ack_covers_fin(conn))
		return HRTCP_DROP_NONE;
	if (conn->state == HRTCP_CLOSING || conn->state == HRTCP_LAST_ACK)
		hrtcp_conn_transition(conn, HRTCP_C_FIN_ACKED, seg, now_ns);
	return HRTCP_DROP_NONE;
}

// SPDX-License-Identifier: GPL-2.0
/* bbr.c -- BBR's entry points, Startup and Drain, and what it sets: rate and cwnd. */
#include "bbr.h"

#define PACING_MARGIN_PCT 1
#define STARTUP_FULL_LOSSES 6		/* BBRStartupFullLossCnt */
#define DRAIN_ROUNDS 3

/* 5.6.1 */
static const struct {
	u16 pacing, cwnd;
} gains[] = {
	[BBR_STARTUP]	= { 277, 200 },
	[BBR_DRAIN]	= { 50, 200 },
	[BBR_DOWN]	= { 90, 200 },
	[BBR_CRUISE]	= { 100, 200 },
	[BBR_REFILL]	= { 100, 200 },
	[BBR_UP]	= { 125, 225 },
	[BBR_PROBE_RTT]	= { 100, 50 },
};

/* -- startup and drain, 5.3.1, 5.3.2 */

void bbr_enter_startup(struct bbr *bbr)
{
	bbr->state = BBR_STARTUP;
}

/*
 * CheckStartupHighLoss(): a round of recovery in which too much was lost, in several places;
 * without SACK a place a round is all that shows.
 */
static void check_startup_loss(struct hrtcp_conn *conn, const struct hrtcp_sample *rs)
{
	struct bbr *bbr = bbr_of(conn);
	u32 least = conn->sack.on ? STARTUP_FULL_LOSSES : 1;
	bool lossy = bbr->loss_events >= least &&
		     bbr_loss_too_high(conn, rs->lost_bytes, rs->flight_bytes);

	if (!bbr->loss_round_start)
		return;
	bbr->loss_events = 0;
	if (!lossy || bbr->state != BBR_STARTUP || !hrtcp_cc_recovering(conn) ||
	    bbr->full_bw_reached)
		return;
	bbr->undo_state = BBR_STARTUP;
	bbr->full_bw_reached = true;
	bbr->inflight_longterm = max_t(u32, bbr_bdp(conn, bbr->bw, 100), bbr->inflight_latest);
}

static void check_startup_and_drain(struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	struct bbr *bbr = bbr_of(conn);

	check_startup_loss(conn, &ack->sample);
	if (bbr->state == BBR_STARTUP && bbr->full_bw_reached) {
		bbr->state = BBR_DRAIN;
		bbr->drain_round = bbr->round_count;
	}
	if (bbr->state == BBR_DRAIN &&
	    (hrtcp_cc_inflight(conn) <= bbr_inflight(conn, bbr->bw, 100) ||
	     bbr->round_count > bbr->drain_round + DRAIN_ROUNDS))
		bbr_start_down(conn, ack->now_ns);
}

/* -- control, 5.6 */

/* InitPacingRate(), as soon as there is a round trip to go by. */
static void init_rate(struct hrtcp_conn *conn)
{
	u64 rtt_ns = conn->rtt.srtt_ns, iw = hrtcp_cc_restart_window(conn);

	bbr_of(conn)->seen_rtt = rtt_ns > 0;
	hrtcp_pace_set_wanted(conn, div64_u64(iw * BBR_SEC * gains[BBR_STARTUP].pacing / 100,
					      rtt_ns ? rtt_ns : BBR_SEC / 1000));
}

void bbr_set_pacing_rate(struct hrtcp_conn *conn, u32 gain)
{
	struct bbr *bbr = bbr_of(conn);
	u64 rate = div_u64(div_u64(bbr->bw, 100) * gain, 100) * (100 - PACING_MARGIN_PCT);

	if (!bbr->seen_rtt && conn->rtt.srtt_ns)
		init_rate(conn);
	rate = max_t(u64, rate, conn->snd.mss);		/* a segment a second goes anyway */
	if (bbr->full_bw_reached || rate > conn->cc.pace.wanted)
		hrtcp_pace_set_wanted(conn, rate);
}

/* BoundCwndForModel(), 5.6.4.7 */
static u32 cap(const struct hrtcp_conn *conn, const struct bbr *bbr)
{
	u32 most = BBR_INF32;

	if (bbr->state == BBR_CRUISE || bbr->state == BBR_PROBE_RTT)
		most = bbr_with_headroom(conn, bbr);
	else if (bbr_in_probe_bw(bbr))
		most = bbr->inflight_longterm;
	return max_t(u32, min_t(u32, most, bbr->inflight_shortterm), bbr_min_pipe(conn));
}

/* SetCwnd(), 5.6.4.6 */
static void set_cwnd(struct hrtcp_conn *conn, u32 delivered)
{
	struct bbr *bbr = bbr_of(conn);
	u32 *cwnd = &conn->cc.cwnd_bytes, most;

	most = bbr_quantize(conn, bbr_bdp(conn, bbr->bw, gains[bbr->state].cwnd) +
			    max_t(u32, bbr->extra[0], bbr->extra[1]));
	if (bbr->full_bw_reached)
		*cwnd = min_t(u32, *cwnd + delivered, most);
	else if (*cwnd < most || conn->rate.delivered < hrtcp_cc_restart_window(conn))
		*cwnd += delivered;
	*cwnd = max_t(u32, *cwnd, bbr_min_pipe(conn));
	if (bbr->state == BBR_PROBE_RTT)
		*cwnd = min_t(u32, *cwnd, bbr_probe_rtt_cwnd(conn));
	*cwnd = min_t(u32, *cwnd, cap(conn, bbr));
}

static void bbr_control(struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	struct bbr *bbr = bbr_of(conn);
	bool recovering = hrtcp_cc_recovering(conn);

	if (!bbr->min_rtt_at_ns) {	/* init() has no clock */
		bbr->min_rtt_at_ns = ack->now_ns;
		bbr->probe_rtt_at_ns = ack->now_ns;
		bbr->extra_begun_ns = ack->now_ns;
	}
	if (bbr->recovering && !recovering)
		bbr_restore_cwnd(conn);
	bbr->recovering = recovering;
	bbr->round_start = false;
	if (ack->sample.delivered_bytes) {
		bbr_model_before(conn, ack);
		check_startup_and_drain(conn, ack);
		bbr_update_cycle(conn, ack);
	}
	bbr_update_min_rtt(conn, ack);
	bbr_check_probe_rtt(conn, ack);
	if (ack->sample.delivered_bytes)
		bbr_model_after(bbr, ack);
	bbr_set_pacing_rate(conn, gains[bbr->state].pacing);
	set_cwnd(conn, ack->delivered_bytes);
}

/* -- the other hooks */

static void bbr_init(struct hrtcp_conn *conn)
{
	struct bbr *bbr = bbr_of(conn);

	_Static_assert(sizeof(*bbr) <= sizeof(conn->cc.priv), "private room");
	memset(bbr, 0, sizeof(*bbr));
	bbr->min_rtt_ns = conn->rtt.srtt_ns ? conn->rtt.srtt_ns : BBR_INF64;
	bbr->probe_rtt_min_ns = bbr->min_rtt_ns;
	bbr->inflight_longterm = BBR_INF32;
	bbr->probe_up_acked_per_inc = BBR_INF32;
	bbr->undo_state = BBR_NO_STATE;
	bbr->next_round_delivered = conn->rate.delivered;
	bbr->loss_round_delivered = conn->rate.delivered;
	bbr_reset_shortterm(bbr);
	bbr_enter_startup(bbr);
	init_rate(conn);
}

/* The window is saved, and control() goes on: ssthresh means nothing here. */
static u32 bbr_on_loss(struct hrtcp_conn *conn, enum hrtcp_loss how, u64 now_ns)
{
	(void)how;
	(void)now_ns;
	bbr_save_cwnd(conn);
	bbr_note_loss(conn);
	return conn->cc.ssthresh_bytes;
}

/* Only marks of data sent before a change to BBR come: it sends no ECT. */
static u32 bbr_on_ecn(struct hrtcp_conn *conn, u64 now_ns)
{
	(void)now_ns;
	bbr_note_loss(conn);
	return conn->cc.ssthresh_bytes;
}

/* HandleSpuriousLossDetection(), 5.5.11.2 */
static void bbr_on_undo(struct hrtcp_conn *conn)
{
	struct bbr *bbr = bbr_of(conn);
	u8 before = bbr->undo_state;

	bbr_restore_cwnd(conn);
	bbr->loss_in_round = false;
	bbr_reset_full_bw(bbr, 0);
	bbr->bw_shortterm = max_t(u64, bbr->bw_shortterm, bbr->undo_bw_shortterm);
	bbr->inflight_shortterm = max_t(u32, bbr->inflight_shortterm,
					bbr->undo_inflight_shortterm);
	bbr->inflight_longterm = max_t(u32, bbr->inflight_longterm,
				       bbr->undo_inflight_longterm);
	bbr->undo_state = BBR_NO_STATE;
	if (before == BBR_STARTUP && bbr->state != BBR_STARTUP) {
		bbr->full_bw_reached = false;
		if (bbr->state != BBR_PROBE_RTT)
			bbr_enter_startup(bbr);
	} else if (before == BBR_UP && bbr->state != BBR_UP && bbr->state != BBR_PROBE_RTT) {
		bbr_start_refill(conn);
	}
}

/* HandleRestartFromIdle(), 5.4.1 */
static void bbr_on_restart(struct hrtcp_conn *conn, u64 now_ns)
{
	struct bbr *bbr = bbr_of(conn);

	if (!conn->rate.app_limited)
		return;
	bbr->idle_restart = true;
	bbr->extra_begun_ns = now_ns;
	if (bbr_in_probe_bw(bbr))
		bbr_set_pacing_rate(conn, 100);
	else if (bbr->state == BBR_PROBE_RTT)
		bbr_check_probe_rtt_done(conn, now_ns);
}

const struct hrtcp_cc_ops hrtcp_cc_bbr = {
	.name = "bbr",
	.no_ect = true,
	.init = bbr_init,
	.on_loss = bbr_on_loss,
	.on_ecn = bbr_on_ecn,
	.on_undo = bbr_on_undo,
	.on_marked_lost = bbr_on_marked_lost,
	.on_restart = bbr_on_restart,
	.control = bbr_control,
};

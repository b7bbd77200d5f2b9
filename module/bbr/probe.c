// SPDX-License-Identifier: GPL-2.0
/* probe.c -- ProbeBW, 5.3.3, and ProbeRTT, 5.3.4. */
#include "bbr.h"

#define HEADROOM_PCT 15
#define RENO_ROUNDS_MAX 63		/* 5.3.3.8.2 */
#define MIN_RTT_LIFE_NS (10 * BBR_SEC)	/* MinRTTFilterLen */
#define PROBE_RTT_EVERY_NS (5 * BBR_SEC)	/* ProbeRTTInterval */
#define PROBE_RTT_NS (BBR_SEC / 5)	/* ProbeRTTDuration */
#define PROBE_RTT_GAIN 50

/* The core has no randomness: the clock's offset is some, and the moment differs by flow. */
static u32 dice(const struct hrtcp_conn *conn, u64 now_ns)
{
	u64 x = (now_ns ^ (u64)conn->ts.offset << 32 ^ conn->rate.delivered) *
		0x9e3779b97f4a7c15ull;

	return (u32)(x >> 32);
}

/* -- bounds of what is in flight */

u32 bbr_with_headroom(const struct hrtcp_conn *conn, const struct bbr *bbr)
{
	u32 most = bbr->inflight_longterm, headroom;

	if (most == BBR_INF32)
		return most;
	headroom = max_t(u32, (u32)div_u64((u64)most * HEADROOM_PCT, 100), conn->snd.mss);
	return max_t(u32, most - min_t(u32, headroom, most), bbr_min_pipe(conn));
}

static void raise_slope(struct hrtcp_conn *conn)
{
	struct bbr *bbr = bbr_of(conn);
	u32 growth = 1u << bbr->probe_up_rounds;

	bbr->probe_up_rounds = (u8)min_t(u32, bbr->probe_up_rounds + 1u, 30);
	bbr->probe_up_acked_per_inc = max_t(u32, conn->cc.cwnd_bytes / growth, conn->snd.mss);
}

/* ProbeInflightLongtermUpward() */
static void probe_upward(struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	struct bbr *bbr = bbr_of(conn);
	u32 n;

	if (!ack->cwnd_was_limited || conn->cc.cwnd_bytes < bbr->inflight_longterm)
		return;
	bbr->probe_up_acked += ack->delivered_bytes;
	n = bbr->probe_up_acked / bbr->probe_up_acked_per_inc;
	bbr->probe_up_acked -= n * bbr->probe_up_acked_per_inc;
	bbr->inflight_longterm = (u32)min_t(u64, bbr->inflight_longterm +
					    (u64)n * conn->snd.mss, 1u << 30);
	if (bbr->round_start)
		raise_slope(conn);
}

/* -- the phases */

void bbr_start_down(struct hrtcp_conn *conn, u64 now_ns)
{
	struct bbr *bbr = bbr_of(conn);
	u32 random = dice(conn, now_ns);

	bbr_reset_signals(bbr);
	bbr->probe_up_acked_per_inc = BBR_INF32;
	bbr->rounds_since_probe_up = random & 1;
	bbr->probe_wait_ns = 2 * BBR_SEC + ((u64)(random >> 1) * BBR_SEC >> 31);
	bbr->cycle_ns = now_ns;
	bbr->ack_phase = BBR_ACKS_PROBE_STOPPING;
	bbr_start_round(conn);
	bbr->state = BBR_DOWN;
}

void bbr_start_refill(struct hrtcp_conn *conn)
{
	struct bbr *bbr = bbr_of(conn);

	bbr_reset_shortterm(bbr);
	bbr->probe_up_rounds = 0;
	bbr->probe_up_acked = 0;
	bbr->prev_probe_precautionary = false;
	bbr->ack_phase = BBR_ACKS_REFILLING;
	bbr_start_round(conn);
	bbr->state = BBR_REFILL;
}

static void start_up(struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	struct bbr *bbr = bbr_of(conn);

	bbr->probe_sample = true;
	bbr->ack_phase = BBR_ACKS_PROBE_STARTING;
	bbr_start_round(conn);
	bbr_reset_full_bw(bbr, bbr_sample_rate(&ack->sample));
	bbr->state = BBR_UP;
	raise_slope(conn);
}

/* IsTimeToProbeBW(): by the clock, or where Reno would have grown as far. */
static bool time_to_probe(struct hrtcp_conn *conn, u64 now_ns)
{
	struct bbr *bbr = bbr_of(conn);
	u32 rounds = min_t(u32, bbr_target_inflight(conn) / conn->snd.mss, RENO_ROUNDS_MAX);

	if (now_ns <= bbr->cycle_ns + bbr->probe_wait_ns && bbr->rounds_since_probe_up < rounds)
		return false;
	bbr_start_refill(conn);
	return true;
}

static bool time_to_cruise(struct hrtcp_conn *conn)
{
	struct bbr *bbr = bbr_of(conn);
	u32 inflight = hrtcp_cc_inflight(conn);

	return inflight <= bbr_with_headroom(conn, bbr) &&
	       inflight <= bbr_inflight(conn, bbr_max_bw(bbr), 100);
}

static bool time_to_go_down(struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	struct bbr *bbr = bbr_of(conn);

	if (bbr->prev_probe_too_high && hrtcp_cc_inflight(conn) >= bbr->inflight_longterm) {
		bbr->prev_probe_precautionary = true;
		return true;
	}
	if (!ack->cwnd_was_limited || conn->cc.cwnd_bytes < bbr->inflight_longterm)
		return bbr->full_bw_now;
	bbr_reset_full_bw(bbr, bbr_sample_rate(&ack->sample));
	return false;
}

/* AdaptLongTermModel(). Return: it decided on a transition. */
static bool adapt_longterm(struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	const struct hrtcp_sample *rs = &ack->sample;
	struct bbr *bbr = bbr_of(conn);

	if (bbr->ack_phase == BBR_ACKS_PROBE_STARTING && bbr->round_start)
		bbr->ack_phase = BBR_ACKS_PROBE_FEEDBACK;
	if (bbr->ack_phase == BBR_ACKS_PROBE_STOPPING && bbr->round_start) {
		bbr->probe_sample = false;
		bbr->ack_phase = BBR_ACKS_INIT;
		if (bbr_in_probe_bw(bbr) && !rs->app_limited)
			bbr_advance_max_bw(bbr);
		if (bbr_in_probe_bw(bbr) && bbr->prev_probe_precautionary &&
		    !bbr->prev_probe_too_high) {
			bbr_start_refill(conn);
			return true;
		}
	}
	if (bbr_loss_too_high(conn, rs->lost_bytes, rs->flight_bytes) ||
	    bbr->inflight_longterm == BBR_INF32)
		return false;
	bbr->inflight_longterm = max_t(u32, bbr->inflight_longterm, rs->flight_bytes);
	if (bbr->state == BBR_UP)
		probe_upward(conn, ack);
	return false;
}

void bbr_update_cycle(struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	struct bbr *bbr = bbr_of(conn);

	if (!bbr->full_bw_reached || adapt_longterm(conn, ack))
		return;
	switch (bbr->state) {
	case BBR_DOWN:
		if (!time_to_probe(conn, ack->now_ns) && time_to_cruise(conn))
			bbr->state = BBR_CRUISE;
		break;
	case BBR_CRUISE:
		time_to_probe(conn, ack->now_ns);
		break;
	case BBR_REFILL:
		if (bbr->round_start)
			start_up(conn, ack);
		break;
	case BBR_UP:
		if (time_to_go_down(conn, ack)) {
			bbr->prev_probe_too_high = false;
			bbr_start_down(conn, ack->now_ns);
		}
		break;
	default:
		break;
	}
}

/* -- ProbeRTT */

void bbr_update_min_rtt(struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	struct bbr *bbr = bbr_of(conn);
	u64 rtt_ns = ack->sample.rtt_ns, now_ns = ack->now_ns;

	bbr->probe_rtt_expired = now_ns > bbr->probe_rtt_at_ns + PROBE_RTT_EVERY_NS;
	if (rtt_ns && (rtt_ns < bbr->probe_rtt_min_ns || bbr->probe_rtt_expired)) {
		bbr->probe_rtt_min_ns = rtt_ns;
		bbr->probe_rtt_at_ns = now_ns;
	}
	if (bbr->probe_rtt_min_ns < bbr->min_rtt_ns ||
	    now_ns > bbr->min_rtt_at_ns + MIN_RTT_LIFE_NS) {
		bbr->min_rtt_ns = bbr->probe_rtt_min_ns;
		bbr->min_rtt_at_ns = bbr->probe_rtt_at_ns;
	}
}

u32 bbr_probe_rtt_cwnd(struct hrtcp_conn *conn)
{
	return max_t(u32, bbr_bdp(conn, bbr_of(conn)->bw, PROBE_RTT_GAIN), bbr_min_pipe(conn));
}

/* ExitProbeRTT(): what is in flight is less than the path holds, so straight to cruising. */
static void exit_probe_rtt(struct hrtcp_conn *conn, u64 now_ns)
{
	struct bbr *bbr = bbr_of(conn);

	bbr_reset_shortterm(bbr);
	if (!bbr->full_bw_reached) {
		bbr_enter_startup(bbr);
		return;
	}
	bbr_start_down(conn, now_ns);
	bbr->state = BBR_CRUISE;
}

void bbr_check_probe_rtt_done(struct hrtcp_conn *conn, u64 now_ns)
{
	struct bbr *bbr = bbr_of(conn);

	if (!bbr->probe_rtt_done_ns || now_ns <= bbr->probe_rtt_done_ns)
		return;
	bbr->probe_rtt_at_ns = now_ns;
	bbr_restore_cwnd(conn);
	exit_probe_rtt(conn, now_ns);
}

static void handle_probe_rtt(struct hrtcp_conn *conn, u64 now_ns)
{
	struct bbr *bbr = bbr_of(conn);

	hrtcp_rate_mark_app_limited(conn);	/* the low rate is our own doing */
	if (!bbr->probe_rtt_done_ns) {
		if (hrtcp_cc_inflight(conn) > bbr_probe_rtt_cwnd(conn))
			return;
		bbr->probe_rtt_done_ns = now_ns + PROBE_RTT_NS;
		bbr->probe_rtt_round_done = false;
		bbr_start_round(conn);
		return;
	}
	bbr->probe_rtt_round_done |= bbr->round_start;
	if (bbr->probe_rtt_round_done)
		bbr_check_probe_rtt_done(conn, now_ns);
}

void bbr_check_probe_rtt(struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	struct bbr *bbr = bbr_of(conn);

	if (bbr->state != BBR_PROBE_RTT && bbr->probe_rtt_expired && !bbr->idle_restart) {
		bbr_save_cwnd(conn);
		bbr->state = BBR_PROBE_RTT;
		bbr->probe_rtt_done_ns = 0;
		bbr->ack_phase = BBR_ACKS_PROBE_STOPPING;
		bbr_start_round(conn);
	}
	if (bbr->state == BBR_PROBE_RTT)
		handle_probe_rtt(conn, ack->now_ns);
	if (ack->sample.delivered_bytes)
		bbr->idle_restart = false;
}

// SPDX-License-Identifier: GPL-2.0
/* model.c -- the path: its bandwidth, its round trip, what it holds; 5.5. */
#include "bbr.h"

#define LOSS_THRESH_PCT 2
#define BETA_NUM 7
#define BETA_DEN 10
#define FULL_BW_ROUNDS 3
#define EXTRA_ROUNDS 10			/* ExtraAckedFilterLen */
#define MIN_PIPE_SEGS 4

/* @bw for @ns. Neither product overflows up to 10 s and 10^12 octets a second. */
static u64 volume(u64 bw, u64 ns)
{
	ns = min_t(u64, ns, 10 * BBR_SEC);
	if (bw < 1u << 30)
		return div_u64(bw * ns, 1000000000);
	return div_u64(div_u64(bw, 1000) * ns, 1000000);
}

static u32 beta(u32 x)
{
	return (u32)div_u64((u64)x * BETA_NUM, BETA_DEN);
}

u64 bbr_max_bw(const struct bbr *bbr)
{
	return max_t(u64, bbr->max_bw[0], bbr->max_bw[1]);
}

u64 bbr_sample_rate(const struct hrtcp_sample *rs)
{
	return rs->interval_ns ? div64_u64(rs->delivered_bytes * BBR_SEC, rs->interval_ns) : 0;
}

u32 bbr_min_pipe(const struct hrtcp_conn *conn)
{
	return MIN_PIPE_SEGS * conn->snd.mss;
}

/* 5.6.4.2 */
u32 bbr_bdp(struct hrtcp_conn *conn, u64 bw, u32 gain)
{
	const struct bbr *bbr = bbr_of(conn);
	u64 bytes;

	if (bbr->min_rtt_ns == BBR_INF64)
		return hrtcp_cc_restart_window(conn);
	bytes = min_t(u64, volume(bw, bbr->min_rtt_ns), 1u << 30);
	return (u32)div_u64(bytes * gain, 100);
}

u32 bbr_quantize(struct hrtcp_conn *conn, u32 inflight)
{
	u32 mss = conn->snd.mss;
	u32 quantum = min_t(u32, max_t(u32, conn->cc.pace.quantum_bytes, 2 * mss),
			    conn->snd.gso_max);

	inflight = max_t(u32, inflight, max_t(u32, 3 * quantum, bbr_min_pipe(conn)));
	if (bbr_of(conn)->state == BBR_UP)
		inflight += 2 * mss;
	return inflight;
}

u32 bbr_inflight(struct hrtcp_conn *conn, u64 bw, u32 gain)
{
	return bbr_quantize(conn, bbr_bdp(conn, bw, gain));
}

u32 bbr_target_inflight(struct hrtcp_conn *conn)
{
	return min_t(u32, bbr_bdp(conn, bbr_of(conn)->bw, 100), conn->cc.cwnd_bytes);
}

void bbr_start_round(struct hrtcp_conn *conn)
{
	bbr_of(conn)->next_round_delivered = conn->rate.delivered;
}

void bbr_reset_full_bw(struct bbr *bbr, u64 full_bw)
{
	bbr->full_bw = full_bw;
	bbr->full_bw_count = 0;
	bbr->full_bw_now = false;
}

void bbr_reset_signals(struct bbr *bbr)
{
	bbr->loss_in_round = false;
	bbr->bw_latest = 0;
	bbr->inflight_latest = 0;
}

void bbr_reset_shortterm(struct bbr *bbr)
{
	bbr->bw_shortterm = BBR_INF64;
	bbr->inflight_shortterm = BBR_INF32;
}

/* A cycle without a sample leaves the window as it is: there is nothing else to go by. */
void bbr_advance_max_bw(struct bbr *bbr)
{
	if (!bbr->max_bw[1])
		return;
	bbr->max_bw[0] = bbr->max_bw[1];
	bbr->max_bw[1] = 0;
}

/* -- loss, 5.5.10 */

void bbr_save_cwnd(struct hrtcp_conn *conn)
{
	struct bbr *bbr = bbr_of(conn);

	if (!hrtcp_cc_recovering(conn) && bbr->state != BBR_PROBE_RTT)
		bbr->prior_cwnd = conn->cc.cwnd_bytes;
	else
		bbr->prior_cwnd = max_t(u32, bbr->prior_cwnd, conn->cc.cwnd_bytes);
}

void bbr_restore_cwnd(struct hrtcp_conn *conn)
{
	conn->cc.cwnd_bytes = max_t(u32, conn->cc.cwnd_bytes, bbr_of(conn)->prior_cwnd);
}

/* The first loss of a round saves what an undo restores, 5.5.11.1. */
void bbr_note_loss(struct hrtcp_conn *conn)
{
	struct bbr *bbr = bbr_of(conn);

	if (!bbr->loss_in_round) {
		bbr->loss_round_delivered = conn->rate.delivered;
		bbr_save_cwnd(conn);
		bbr->undo_state = BBR_NO_STATE;
		bbr->undo_bw_shortterm = bbr->bw_shortterm;
		bbr->undo_inflight_shortterm = bbr->inflight_shortterm;
		bbr->undo_inflight_longterm = bbr->inflight_longterm;
	}
	bbr->loss_in_round = true;
}

bool bbr_loss_too_high(const struct hrtcp_conn *conn, u32 lost, u32 flight)
{
	if (!conn->sack.on)
		return lost > 0;
	return (u64)lost * 100 > (u64)flight * LOSS_THRESH_PCT;
}

/* InflightAtLoss(): how much of this run could be in flight before the loss was too high. */
static u32 inflight_at_loss(const struct hrtcp_lost *lost)
{
	u32 flight = lost->flight_bytes - min_t(u32, lost->bytes, lost->flight_bytes);
	u64 allowed = (u64)flight * LOSS_THRESH_PCT, before = lost->lost_bytes - lost->bytes;

	if (allowed <= before * 100)
		return flight;
	return flight + (u32)div_u64(allowed - before * 100, 100 - LOSS_THRESH_PCT);
}

/* HandleLostPacket(); once a probe */
void bbr_on_marked_lost(struct hrtcp_conn *conn, const struct hrtcp_lost *lost)
{
	struct bbr *bbr = bbr_of(conn);

	bbr_note_loss(conn);
	bbr->loss_events++;
	if (!bbr->probe_sample ||
	    !bbr_loss_too_high(conn, lost->lost_bytes, lost->flight_bytes))
		return;
	bbr->prev_probe_too_high = true;
	bbr->probe_sample = false;
	if (!lost->app_limited)
		bbr->inflight_longterm = max_t(u32, inflight_at_loss(lost),
					       beta(bbr_target_inflight(conn)));
	if (bbr->state != BBR_UP)
		return;
	bbr->undo_state = BBR_UP;
	bbr_start_down(conn, conn->rate.delivered_ns);
}

/* AdaptLowerBoundsFromCongestion() */
static void adapt_shortterm(struct hrtcp_conn *conn)
{
	struct bbr *bbr = bbr_of(conn);

	if (!bbr->loss_in_round || bbr->state == BBR_STARTUP || bbr->state == BBR_REFILL ||
	    bbr->state == BBR_UP)
		return;
	if (bbr->bw_shortterm == BBR_INF64)
		bbr->bw_shortterm = bbr_max_bw(bbr);
	if (bbr->inflight_shortterm == BBR_INF32)
		bbr->inflight_shortterm = conn->cc.cwnd_bytes;
	bbr->bw_shortterm = max_t(u64, bbr->bw_latest,
				  div_u64(bbr->bw_shortterm, BETA_DEN) * BETA_NUM);
	bbr->inflight_shortterm = max_t(u32, bbr->inflight_latest,
					beta(bbr->inflight_shortterm));
}

/* -- every ACK */

/* UpdateRound() and UpdateMaxBw() */
static void update_max_bw(struct hrtcp_conn *conn, const struct hrtcp_sample *rs)
{
	struct bbr *bbr = bbr_of(conn);
	u64 rate = bbr_sample_rate(rs);

	bbr->round_start = rs->prior_delivered >= bbr->next_round_delivered;
	if (bbr->round_start) {
		bbr_start_round(conn);
		bbr->round_count++;
		bbr->rounds_since_probe_up++;
	}
	if (rate && (!rs->app_limited || rate >= bbr_max_bw(bbr)))
		bbr->max_bw[1] = max_t(u64, bbr->max_bw[1], rate);
}

/* UpdateACKAggregation(); the window of the filter is two halves. */
static void update_aggregation(struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	struct bbr *bbr = bbr_of(conn);
	u64 expected = volume(bbr->bw, ack->now_ns - bbr->extra_begun_ns);
	u32 half = bbr->full_bw_reached ? EXTRA_ROUNDS / 2 : 1;

	if (bbr->extra_delivered <= expected) {
		bbr->extra_delivered = 0;
		bbr->extra_begun_ns = ack->now_ns;
		expected = 0;
	}
	bbr->extra_delivered += ack->delivered_bytes;
	if (bbr->round_count - bbr->extra_round >= half) {
		bbr->extra[0] = bbr->full_bw_reached ? bbr->extra[1] : 0;
		bbr->extra[1] = 0;
		bbr->extra_round = bbr->round_count;
	}
	bbr->extra[1] = (u32)max_t(u64, bbr->extra[1],
				   min_t(u64, bbr->extra_delivered - expected,
					 conn->cc.cwnd_bytes));
}

/* CheckFullBWReached(), 5.3.1.2 */
static void check_full_bw(struct bbr *bbr, const struct hrtcp_sample *rs)
{
	u64 rate = bbr_sample_rate(rs);

	if (bbr->full_bw_now || !bbr->round_start || rs->app_limited)
		return;
	if (rate >= bbr->full_bw + bbr->full_bw / 4) {
		bbr_reset_full_bw(bbr, rate);
		return;
	}
	bbr->full_bw_now = ++bbr->full_bw_count >= FULL_BW_ROUNDS;
	bbr->full_bw_reached |= bbr->full_bw_now;
}

void bbr_model_before(struct hrtcp_conn *conn, const struct hrtcp_ack *ack)
{
	const struct hrtcp_sample *rs = &ack->sample;
	struct bbr *bbr = bbr_of(conn);

	bbr->bw_latest = max_t(u64, bbr->bw_latest, bbr_sample_rate(rs));
	bbr->inflight_latest = max_t(u32, bbr->inflight_latest, rs->delivered_bytes);
	bbr->loss_round_start = rs->prior_delivered >= bbr->loss_round_delivered;
	if (bbr->loss_round_start)
		bbr->loss_round_delivered = conn->rate.delivered;
	update_max_bw(conn, rs);
	if (bbr->loss_round_start) {
		adapt_shortterm(conn);
		bbr->loss_in_round = false;
	}
	update_aggregation(conn, ack);
	check_full_bw(bbr, rs);
}

void bbr_model_after(struct bbr *bbr, const struct hrtcp_ack *ack)
{
	if (bbr->loss_round_start) {
		bbr->bw_latest = bbr_sample_rate(&ack->sample);
		bbr->inflight_latest = ack->sample.delivered_bytes;
	}
	bbr->bw = min_t(u64, bbr_max_bw(bbr), bbr->bw_shortterm);
}

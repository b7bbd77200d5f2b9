/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bbr.h -- BBR, draft-ietf-ccwg-bbr-06, which all section numbers here and in bbr*.c mean; what
 * the files share. Names are the draft's, without its prefix.
 *
 *   bbr.c        the table, startup and drain, the pacing rate and cwnd
 *   model.c      what the path is believed to be
 *   probe.c      ProbeBW and ProbeRTT
 *
 * Rates are octets a second, volumes octets, gains hundredths.
 */
#ifndef HRTCP_CONG_BBR_H
#define HRTCP_CONG_BBR_H

#include "../core/algorithm.h"

#define BBR_INF32 (~0u)
#define BBR_INF64 (~0ull)
#define BBR_SEC 1000000000ull

enum bbr_state {
	BBR_STARTUP,
	BBR_DRAIN,
	BBR_DOWN,			/* the four of ProbeBW ... */
	BBR_CRUISE,
	BBR_REFILL,
	BBR_UP,				/* ... up to here */
	BBR_PROBE_RTT,
	BBR_NO_STATE,
};

/* What ACKs tell of the probe, 2.14. */
enum bbr_acks {
	BBR_ACKS_INIT,
	BBR_ACKS_REFILLING,
	BBR_ACKS_PROBE_STARTING,
	BBR_ACKS_PROBE_FEEDBACK,
	BBR_ACKS_PROBE_STOPPING,
};

struct bbr {
	u64 min_rtt_ns, min_rtt_at_ns;
	u64 probe_rtt_min_ns, probe_rtt_at_ns;	/* probe_rtt_min_delay, probe_rtt_min_stamp */
	u64 probe_rtt_done_ns;
	u64 max_bw[2];			/* of the cycle before and of this one */
	u64 bw, bw_shortterm, bw_latest, full_bw;
	u64 cycle_ns, probe_wait_ns;
	u64 next_round_delivered, loss_round_delivered;
	u64 extra_begun_ns, extra_delivered;
	u64 undo_bw_shortterm;
	u32 extra[2], extra_round;	/* two halves of the filter's window; the newer's begin */
	u32 inflight_longterm, inflight_shortterm, inflight_latest;
	u32 undo_inflight_longterm, undo_inflight_shortterm;
	u32 prior_cwnd;
	u32 round_count, drain_round, rounds_since_probe_up;
	u32 probe_up_acked, probe_up_acked_per_inc;
	u32 loss_events;		/* runs lost in this round */
	u8 probe_up_rounds;
	u8 state, undo_state, ack_phase;
	u8 full_bw_count;
	bool full_bw_reached, full_bw_now;
	bool round_start, loss_round_start;
	bool loss_in_round, probe_sample;	/* is_loss_in_round, is_bw_probe_sample */
	bool prev_probe_too_high, prev_probe_precautionary;
	bool idle_restart, probe_rtt_round_done, probe_rtt_expired;
	bool recovering, seen_rtt;
};

static inline struct bbr *bbr_of(struct hrtcp_conn *conn)
{
	return hrtcp_cc_priv(conn);
}

static inline bool bbr_in_probe_bw(const struct bbr *bbr)
{
	return bbr->state >= BBR_DOWN && bbr->state <= BBR_UP;
}

/* -- model.c */
u64 bbr_max_bw(const struct bbr *bbr);
u32 bbr_bdp(struct hrtcp_conn *conn, u64 bw, u32 gain);		/* BDPMultiple() */
u32 bbr_inflight(struct hrtcp_conn *conn, u64 bw, u32 gain);	/* Inflight() */
u32 bbr_quantize(struct hrtcp_conn *conn, u32 inflight);	/* QuantizationBudget() */
u32 bbr_target_inflight(struct hrtcp_conn *conn);
u32 bbr_min_pipe(const struct hrtcp_conn *conn);
u64 bbr_sample_rate(const struct hrtcp_sample *rs);
bool bbr_loss_too_high(const struct hrtcp_conn *conn, u32 lost, u32 flight);
void bbr_start_round(struct hrtcp_conn *conn);
void bbr_reset_full_bw(struct bbr *bbr, u64 full_bw);
void bbr_reset_signals(struct bbr *bbr);
void bbr_reset_shortterm(struct bbr *bbr);
void bbr_advance_max_bw(struct bbr *bbr);
void bbr_save_cwnd(struct hrtcp_conn *conn);
void bbr_restore_cwnd(struct hrtcp_conn *conn);
void bbr_note_loss(struct hrtcp_conn *conn);
void bbr_on_marked_lost(struct hrtcp_conn *conn, const struct hrtcp_lost *lost);
/* The steps of UpdateModelAndState() before and after those of the states. */
void bbr_model_before(struct hrtcp_conn *conn, const struct hrtcp_ack *ack);
void bbr_model_after(struct bbr *bbr, const struct hrtcp_ack *ack);

/* -- probe.c */
void bbr_start_down(struct hrtcp_conn *conn, u64 now_ns);
void bbr_start_refill(struct hrtcp_conn *conn);
void bbr_update_cycle(struct hrtcp_conn *conn, const struct hrtcp_ack *ack);
void bbr_update_min_rtt(struct hrtcp_conn *conn, const struct hrtcp_ack *ack);
void bbr_check_probe_rtt(struct hrtcp_conn *conn, const struct hrtcp_ack *ack);
void bbr_check_probe_rtt_done(struct hrtcp_conn *conn, u64 now_ns);
u32 bbr_probe_rtt_cwnd(struct hrtcp_conn *conn);
u32 bbr_with_headroom(const struct hrtcp_conn *conn, const struct bbr *bbr);

/* -- bbr.c */
void bbr_enter_startup(struct bbr *bbr);
void bbr_set_pacing_rate(struct hrtcp_conn *conn, u32 gain);

#endif

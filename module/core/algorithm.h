/* SPDX-License-Identifier: GPL-2.0 */
/* algorithm.h -- what a congestion control may ask of a connection, and change. */
#ifndef HRTCP_CORE_ALGORITHM_H
#define HRTCP_CORE_ALGORITHM_H

#include "tcb.h"

/* Words of it that CUBIC has; the rest is for who is CUBIC and more. */
#define HRTCP_CC_PRIV_CUBIC 16

/* Room for the algorithm's own, zeroed by whoever had it before only in init(). */
static inline void *hrtcp_cc_priv(struct hrtcp_conn *conn)
{
	return conn->cc.priv;
}

/* C.inflight: octets in the network. */
static inline u32 hrtcp_cc_inflight(const struct hrtcp_conn *conn)
{
	return hrtcp_recovery_pipe(conn);
}

static inline bool hrtcp_cc_recovering(const struct hrtcp_conn *conn)
{
	return conn->recovery.state >= HRTCP_R_RECOVERY;
}

/*
 * FlightSize of RFC 5681, without what limited transmit added to it: where a loss takes the place of
 * a mark in the same window, as it was at the mark.
 */
static inline u32 hrtcp_cc_flight(const struct hrtcp_conn *conn)
{
	const struct hrtcp_recovery *rec = &conn->recovery;
	u32 flight = (u32)seq_diff(conn->snd.nxt, conn->snd.una);

	if (rec->state == HRTCP_R_CWR)
		flight = rec->prr.out_at_mark_bytes;
	return min_t(u32, flight, conn->cc.cwnd_bytes);
}

/*
 * Does a mark reduce by less than a loss? RFC 8511 3 has it so in congestion avoidance: a queue
 * that marks is short, and half a window would leave the path idle. Slow start overshoots by more.
 */
static inline bool hrtcp_cc_mild_on_mark(const struct hrtcp_conn *conn)
{
	return conn->cfg->ecn_abe && conn->cc.cwnd_bytes >= conn->cc.ssthresh_bytes;
}

/*
 * The limit L of RFC 3465 2.2 and RFC 9406 4.3, @segs segments: an ACK that stands for more
 * does not grow the window by more. Where the caller sends super-segments one of these may
 * come at once anyway, and its ACK is often one; where pacing spreads what comes, there is no
 * limit.
 */
static inline u32 hrtcp_cc_slow_start_limit(const struct hrtcp_conn *conn, u32 segs)
{
	if (conn->cc.pace.rate != HRTCP_UNPACED)
		return ~0u;
	return max_t(u32, segs * conn->snd.mss, conn->snd.gso_max);
}

#endif

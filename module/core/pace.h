/* SPDX-License-Identifier: GPL-2.0 */
/*
 * pace.h -- data leaves no faster than a rate: the least of what the algorithm, the user, the
 * validation of the window (cwv.h) and the growth of the window want. Where none wants any it
 * costs a comparison.
 */
#ifndef HRTCP_CORE_PACE_H
#define HRTCP_CORE_PACE_H

#include "seq.h"

struct hrtcp_conn;

#define HRTCP_UNPACED ((u64)-1)

/* What a queue that keeps departure times is given so long before; more would make repairs late. */
#define HRTCP_PACE_AHEAD_NS 5000000ull

/* Rates are octets of payload a second. */
struct hrtcp_pace {
	u64 next_ns;			/* no data leaves before this; 0: at any time */
	u64 rate;			/* the one in force */
	u64 wanted;			/* by the algorithm */
	u64 most;			/* by the user, SO_MAX_PACING_RATE */
	u64 validating;			/* by RFC 7661 4.4.2 */
	u64 growing;			/* by a window that is new, until ... */
	struct seq calm_end;		/* ... more than was out when it became so is acknowledged; */
	bool calming;
	u64 burst_ns;			/* what was not sent in time and may be made up for */
	u32 quantum_bytes;		/* of a super-segment, draft-ietf-ccwg-bbr 5.6.3 */
	bool held;			/* the caller's queue keeps departure times: ... */
	u64 depart_ns;			/* ... the last that it was given */
};

void hrtcp_pace_init(struct hrtcp_conn *conn);

/* HRTCP_UNPACED: as fast as cwnd allows. */
void hrtcp_pace_set_wanted(struct hrtcp_conn *conn, u64 rate);
void hrtcp_pace_set_most(struct hrtcp_conn *conn, u64 rate);
void hrtcp_pace_set_validating(struct hrtcp_conn *conn, u64 rate);

/*
 * The window is new: slow start made it larger, or a recovery is over or was undone. What it lets go
 * at once would overflow a queue long before the path is full, so without control() it is spread
 * over a round trip, at cfg->pacing_ss_ratio or pacing_ca_ratio percent of its rate.
 */
void hrtcp_pace_on_window(struct hrtcp_conn *conn);

/* SND.UNA advanced. */
void hrtcp_pace_on_ack(struct hrtcp_conn *conn);

/*
 * The caller's queue lets a segment go when the core says (hrtcp_tx.depart_ns), or does not. Then data
 * is handed over some time before pacing lets it leave, and counts as sent when it departs: for
 * the round trip, RACK, the delivery rate and the retransmission timeout.
 */
void hrtcp_pace_set_held(struct hrtcp_conn *conn, bool held);

/* May data be handed over now, as far as pacing goes? If not, set the timer for when it may. */
bool hrtcp_pace_allows(struct hrtcp_conn *conn, u64 now_ns);

/* When it departs: now, or where a queue holds it, in its turn. */
u64 hrtcp_pace_departure(struct hrtcp_conn *conn, u64 now_ns);

/* The peer has what was to depart only later than @now_ns: the queue does not hold it after all. */
void hrtcp_pace_disprove(struct hrtcp_conn *conn);

/* @len octets leave now. */
void hrtcp_pace_on_sent(struct hrtcp_conn *conn, u32 len, u64 now_ns);

#endif

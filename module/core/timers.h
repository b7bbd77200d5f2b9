/* SPDX-License-Identifier: GPL-2.0 */
/*
 * timers.h -- the deadlines of a connection, absolute nanoseconds in one array.
 *
 * | slot       | armed by fact                  | cancelled by       | on fire                | length |
 * |------------|--------------------------------|--------------------|------------------------|--------|
 * | RETRANSMIT | SYN, data or FIN outstanding   | all acknowledged   | all lost, back off     | rto, at most up to R2 |
 * | PERSIST    | data waits, window shut, none outstanding | window opens | probe, back off    | rto doubled, at most persist_max |
 * | DELACK     | in-order data or FIN, or what was kept beyond a gap: ACK withheld | any ACK sent; with blocks, if it has them to tell | send the ACK | delack; 1/20 round trip, at most sack_delay |
 * | LINGER     | TIME-WAIT; FIN-WAIT-2 orphaned | gone               | delete the record      | time_wait; fin_timeout |
 * | TXRETRY    | the caller could not transmit; ECN-Echo at one segment | fires | send on    | tx_retry; rto |
 * | PROBE      | new data or FIN sent, data acknowledged, nothing SACKed; first SYN to a known peer | all acknowledged, loss found | tail loss probe | 2 SRTT, RFC 8985 7.2 |
 * | KEEPALIVE  | switched on                    | off, gone          | probe, if all was silent that long | keepalive_time, then keepalive_intvl |
 * | REORDER    | RACK: a unit may be lost or late; without SACK, a duplicate ACK | settled by an ACK | detect again          | what is left of the reordering window |
 * | PACING     | data may leave, but not yet      | fires              | poll again             | what pace.h leaves between two super-segments |
 *
 * RETRANSMIT waits for REORDER and PROBE, RFC 8985 8.
 *
 * A deadline in the past fires at the next on_deadline(); firing early or twice is
 * harmless, so the caller may arm one lazy timer for the earliest.
 */
#ifndef HRTCP_CORE_TIMERS_H
#define HRTCP_CORE_TIMERS_H

#include "env.h"
#include "../uapi/hrtcp.h"

#define HRTCP_NEVER ((u64)-1)

struct hrtcp_conn;

struct hrtcp_timers {
	u64 at_ns[HRTCP_T_COUNT];	/* HRTCP_NEVER where off */
};

void hrtcp_timers_init(struct hrtcp_timers *timers);

static inline void hrtcp_timer_set(struct hrtcp_timers *timers, enum hrtcp_timer slot,
				   u64 at_ns)
{
	timers->at_ns[slot] = at_ns;
}

static inline void hrtcp_timer_clear(struct hrtcp_timers *timers, enum hrtcp_timer slot)
{
	timers->at_ns[slot] = HRTCP_NEVER;
}

static inline bool hrtcp_timer_armed(const struct hrtcp_timers *timers, enum hrtcp_timer slot)
{
	return timers->at_ns[slot] != HRTCP_NEVER;
}

/* The earliest deadline; its slot in @slot if not NULL. HRTCP_NEVER if none is armed. */
u64 hrtcp_timers_next(const struct hrtcp_timers *timers, enum hrtcp_timer *slot);

#endif

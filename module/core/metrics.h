/* SPDX-License-Identifier: GPL-2.0 */
/*
 * metrics.h -- what a connection learned of the way to its peer, for the next one to begin with:
 * the temporal sharing of RFC 9040. The caller keeps a record by pair of addresses.
 */
#ifndef HRTCP_CORE_METRICS_H
#define HRTCP_CORE_METRICS_H

#include "env.h"

struct hrtcp_cfg;
struct hrtcp_conn;

struct hrtcp_metrics {
	u64 taken_ns;			/* when; 0: nothing is known */
	u64 srtt_ns, rttvar_ns;		/* 0: not known */
	u64 delack_ns;			/* how long the peer withholds an ACK, if measured; 0: not */
	u32 ssthresh_bytes;		/* where losses ended slow start; 0: nowhere yet */
	bool reordering;		/* segments overtake each other */
};

/*
 * How long to wait for the answer to a SYN or SYN,ACK before it goes once more, as a tail loss
 * probe does (RFC 8985 7.2): 2 SRTT, and room for what a round trip may differ by, 4 RTTVAR or the ticks
 * of the peer's clock. 0: not known, no probe.
 */
u64 hrtcp_metrics_pto_ns(const struct hrtcp_metrics *m, const struct hrtcp_cfg *cfg, u64 now_ns);

/* @conn ends: what it learned goes into @m, to what those before it did. */
void hrtcp_metrics_take(const struct hrtcp_conn *conn, struct hrtcp_metrics *m, u64 now_ns);

/* @conn was opened just now: it begins with what is known, unless that is too old. */
void hrtcp_metrics_give(struct hrtcp_conn *conn, const struct hrtcp_metrics *m, u64 now_ns);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * mtup.h -- how large segments may be where nobody tells: packetization layer path MTU
 * discovery, RFC 4821, and what RFC 5927 7.2 wants of those who do tell.
 *
 * Sizes are those of hrtcp_snd.mss_path: payload and options. While `on`, segments keep to
 * `low`. A probe is a data segment of up to `high`; if it alone is lost the path does not take
 * it, and that is no congestion. Without an answer for R1 the path may be a black hole.
 */
#ifndef HRTCP_CORE_MTUP_H
#define HRTCP_CORE_MTUP_H

#include "seq.h"

struct hrtcp_conn;
struct hrtcp_delivered;
struct hrtcp_txnode;

struct hrtcp_mtup {
	bool on;
	bool out;			/* a probe is in the network */
	bool resend;			/* it was lost: what it carried leaves once more */
	bool missed;			/* a probe failed: halve what is left of the range */
	bool held;			/* a "too big" waits for a timeout of held_seq */
	u16 low, high;			/* the path takes low; what it takes is at most high */
	u16 size;			/* of the probe */
	u16 floor;			/* every path takes that */
	u16 acked;			/* payload of the largest segment acknowledged */
	struct seq start, end;		/* the octets of the probe */
	struct seq held_seq;
	u64 next_ns;			/* no probe before */
	u32 probes, misses, black_holes; /* counted for the user */
};

/* Both SYNs are known. @floor: what every path takes, 0 for cfg->mtu_probe_floor. */
void hrtcp_mtup_init(struct hrtcp_conn *conn, u16 floor);

/* Payload of the probe that is due, 0: none. Less may be sendable: then wait. */
u32 hrtcp_mtup_probe_len(struct hrtcp_conn *conn, u64 now_ns);

/* @node, which holds just that, leaves now as the probe. */
void hrtcp_mtup_sent(struct hrtcp_conn *conn, const struct hrtcp_txnode *node);

/* The unit in which @node leaves for the first time. */
u16 hrtcp_mtup_unit(const struct hrtcp_conn *conn, const struct hrtcp_txnode *node);

/* Something left: all of a lost probe, too? */
static inline void hrtcp_mtup_resent(struct hrtcp_mtup *mtup, u32 lost_bytes)
{
	mtup->resend = mtup->resend && lost_bytes;
}

/* SND.UNA advanced. */
void hrtcp_mtup_on_ack(struct hrtcp_conn *conn, const struct hrtcp_delivered *d, u64 now_ns);

/* Something is lost. Return: it is the probe alone, no sign of congestion, RFC 4821 7.6.2. */
bool hrtcp_mtup_on_lost(struct hrtcp_conn *conn, u64 now_ns);

/* A retransmission timeout; @full_stop: R1 is over. RFC 4821 7.6.3, 7.7 */
void hrtcp_mtup_on_timeout(struct hrtcp_conn *conn, bool full_stop, u64 now_ns);

/* The path's MTU is known to be another. */
void hrtcp_mtup_on_path(struct hrtcp_conn *conn);

#endif

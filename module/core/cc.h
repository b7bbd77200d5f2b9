/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cc.h -- congestion control: the table an algorithm fills in, and what it is told.
 *
 * Windows are octets. The core owns loss recovery and tells the algorithm three facts:
 * ACKs that advance, losses, and timeouts; the algorithm owns cwnd and ssthresh.
 */
#ifndef HRTCP_CORE_CC_H
#define HRTCP_CORE_CC_H

#include "env.h"

struct hrtcp_conn;

#define HRTCP_CC_NAME_MAX 16
#define HRTCP_CC_PRIV 12

/* What one ACK told; filled once, handed to RTT, recovery and congestion control. */
struct hrtcp_ack {
	u64 now_ns;
	u64 rtt_ns;			/* 0: no sample */
	u32 acked_bytes;		/* SND.UNA moved by this */
	u32 delivered_bytes;		/* acknowledged or SACKed for the first time */
	u32 dsacked_bytes;		/* reported as received twice, RFC 2883 */
	u32 prior_pipe_bytes;		/* in flight before this ACK */
	bool duplicate;			/* RFC 5681 2 */
	bool window_moved;
	bool cwnd_limited;		/* cwnd was what held the sender back */
	bool sacked;			/* carried a SACK option */
	bool ece;			/* the peer echoes a congestion mark */
	bool has_ts;
	u32 tsecr;			/* the TSval that it echoes, RFC 7323 3.2 */
	bool original;			/* acknowledged what no timeout sent again, RFC 5682 */
};

struct hrtcp_cc {
	const struct hrtcp_cc_ops *ops;
	u32 cwnd_bytes;
	u32 ssthresh_bytes;
	u64 priv[HRTCP_CC_PRIV];	/* the algorithm's own */
};

struct hrtcp_cc_ops {
	char name[HRTCP_CC_NAME_MAX];
	/* The connection is synchronized, or changed to this algorithm. */
	void (*init)(struct hrtcp_conn *conn);
	/* SND.UNA advanced outside recovery. */
	void (*on_ack)(struct hrtcp_conn *conn, const struct hrtcp_ack *ack);
	/* Return: the ssthresh in octets after a loss was found, RFC 5681 (4). */
	u32 (*on_loss)(struct hrtcp_conn *conn, u64 now_ns);
	/* The same after a congestion mark, once a window; NULL: on_loss. */
	u32 (*on_ecn)(struct hrtcp_conn *conn, u64 now_ns);
	/* Every ACK, before anything else comes of it; may be NULL. */
	void (*on_delivered)(struct hrtcp_conn *conn, const struct hrtcp_ack *ack);
	bool exact_echo;		/* receive marks as RFC 8257 3.2 wants them */
};

/* NewReno, RFC 5681 and 6582; module/cong/reno.c. */
extern const struct hrtcp_cc_ops hrtcp_cc_reno;

/* CUBIC, RFC 9438, with HyStart++, RFC 9406; module/cong/cubic.c. */
extern const struct hrtcp_cc_ops hrtcp_cc_cubic;

/* DCTCP, RFC 8257; module/cong/dctcp.c. */
extern const struct hrtcp_cc_ops hrtcp_cc_dctcp;

/* The algorithms built in, default first; NULL: past the last. */
const struct hrtcp_cc_ops *hrtcp_cc_built_in(u32 i);

/* One of them; NULL: no such name. */
const struct hrtcp_cc_ops *hrtcp_cc_find(const char *name);

/* IW10 of RFC 6928 2, or one segment where our SYN had to be repeated (RFC 5681 3.1). */
u32 hrtcp_cc_initial_window(u32 mss, u32 pkts, bool syn_repeated);

#endif

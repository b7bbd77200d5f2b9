/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cc.h -- congestion control: the table an algorithm fills in, and what it is told. With
 * algorithm.h, what it may ask, all that an algorithm needs, in this module or in another.
 *
 * Windows are octets, rates octets a second. The core owns loss recovery: it finds what is
 * lost, sends it again, finds out if it was not. Of cwnd there are two kinds of owner:
 *
 *   without control()  the core changes cwnd in recovery (PRR, RFC 9937), on a timeout and
 *                      when it was not used (RFC 7661, 5681 4.1); the algorithm grows it in
 *                      on_ack() and says in on_loss() how far it is to fall
 *   with control()     the algorithm sets cwnd and the pacing rate on every ACK, in recovery,
 *                      too; the core only takes cwnd to one segment on a timeout
 *
 * The caller of a connection owns it for every call (conn.h), so an algorithm needs no lock.
 * A hook may be NULL unless it says otherwise.
 */
#ifndef HRTCP_CORE_CC_H
#define HRTCP_CORE_CC_H

#include "cwv.h"
#include "pace.h"
#include "rate.h"
#include "wire.h"

struct hrtcp_conn;
struct module;

#define HRTCP_CC_NAME_MAX 16
#define HRTCP_CC_PRIV 34

/* What one ACK told; filled once, handed to RTT, recovery and congestion control. */
struct hrtcp_ack {
	u64 now_ns;
	u64 rtt_ns;			/* 0: no sample */
	u32 acked_bytes;		/* SND.UNA moved by this */
	u32 delivered_bytes;		/* acknowledged or SACKed for the first time ... */
	u32 delivered_pkts;		/* ... in so many segments */
	u32 dsacked_bytes;		/* reported as received twice, RFC 2883: ... */
	struct hrtcp_sack_block dsack;	/* ... these, unless there are none */
	u32 prior_pipe_bytes;		/* in flight before this ACK */
	bool duplicate;			/* RFC 5681 2 */
	bool window_moved;
	bool cwnd_limited;		/* cwnd was what held the sender back ... */
	bool cwnd_was_limited;		/* ... or was in the last round trip */
	bool sacked;			/* carried a SACK option */
	bool lone;			/* what rtt_ns is of was all that was in flight */
	bool bare;			/* neither data nor FIN came with it */
	bool marked;			/* the peer tells of congestion marks, ... */
	u32 marked_bytes;		/* ... on so many octets */
	bool has_ts;
	u32 tsecr;			/* the TSval that it echoes, RFC 7323 3.2 */
	bool original;			/* SND.UNA passed what no timeout sent again, RFC 5682 */
	struct hrtcp_sample sample;
};

struct hrtcp_cc {
	const struct hrtcp_cc_ops *ops;
	u32 cwnd_bytes;
	u32 ssthresh_bytes;
	struct hrtcp_pace pace;
	struct hrtcp_cwv cwv;
	struct seq iw_end;		/* the initial or restart window ends here */
	bool small_restart;		/* one was too large: RFC 6928 2 */
	u64 priv[HRTCP_CC_PRIV];	/* the algorithm's own */
};

/* How it was found out. */
enum hrtcp_loss {
	HRTCP_LOSS_FAST,		/* by ACKs */
	HRTCP_LOSS_TIMEOUT,
	HRTCP_LOSS_TAIL,		/* a probe repaired it, RFC 8985 7.4.2 */
};

struct hrtcp_cc_ops {
	char name[HRTCP_CC_NAME_MAX];
	struct module *owner;		/* THIS_MODULE of another module */
	bool exact_echo;		/* receive marks as RFC 8257 3.2 wants them */
	bool no_ect;			/* send without ECT: marks would not be understood */
	bool ect1;			/* send ECT(1) where feedback is accurate, RFC 9331 4.1 */
	bool restricted;		/* for whom administrates the network only, RFC 8257 1 */

	/* The connection is synchronized, or changed to this algorithm. Not NULL. */
	void (*init)(struct hrtcp_conn *conn);
	/* SND.UNA advanced outside recovery. Not NULL without control(). */
	void (*on_ack)(struct hrtcp_conn *conn, const struct hrtcp_ack *ack);
	/* Return: the ssthresh in octets after a loss, RFC 5681 (4). Not NULL. */
	u32 (*on_loss)(struct hrtcp_conn *conn, enum hrtcp_loss how, u64 now_ns);
	/* The same after a congestion mark, once a window, but down to one segment: the cwnd to come
	 * to, and ssthresh, which stays at two. NULL: on_loss. */
	u32 (*on_ecn)(struct hrtcp_conn *conn, u64 now_ns);
	/* The loss was none; without control() the core restores cwnd after this. */
	void (*on_undo)(struct hrtcp_conn *conn);
	/* Every ACK, before anything else comes of it. */
	void (*on_delivered)(struct hrtcp_conn *conn, const struct hrtcp_ack *ack);
	/* A run of units is lost, whoever found it. */
	void (*on_marked_lost)(struct hrtcp_conn *conn, const struct hrtcp_lost *lost);
	/* Data leaves after nothing was in flight. */
	void (*on_restart)(struct hrtcp_conn *conn, u64 now_ns);
	/* Every ACK, after everything else: set cwnd and hrtcp_pace_set_wanted(). */
	void (*control)(struct hrtcp_conn *conn, const struct hrtcp_ack *ack);
};

/* NewReno, RFC 5681 and 6582; module/cong/reno.c. */
extern const struct hrtcp_cc_ops hrtcp_cc_reno;

/* CUBIC, RFC 9438, with HyStart++, RFC 9406; module/cong/cubic.c. */
extern const struct hrtcp_cc_ops hrtcp_cc_cubic;

/* DCTCP, RFC 8257; module/cong/dctcp.c. */
extern const struct hrtcp_cc_ops hrtcp_cc_dctcp;

/* BBR, draft-ietf-ccwg-bbr; module/bbr, in the kernel a module of its own. */
extern const struct hrtcp_cc_ops hrtcp_cc_bbr;

/* Prague, for L4S (RFC 9331); module/prague, in the kernel a module of its own. */
extern const struct hrtcp_cc_ops hrtcp_cc_prague;

/* The algorithms built in, default first; NULL: past the last. */
const struct hrtcp_cc_ops *hrtcp_cc_built_in(u32 i);

/* One of them; NULL: no such name. */
const struct hrtcp_cc_ops *hrtcp_cc_find(const char *name);

/* IW10 of RFC 6928 2, or one segment where our SYN was lost (RFC 5681 3.1). */
u32 hrtcp_cc_initial_window(u32 mss, u32 pkts, bool syn_lost);

/* After idleness: the same, or RFC 3390's where the larger one once lost. RFC 6928 2 */
u32 hrtcp_cc_restart_window(const struct hrtcp_conn *conn);

/* The connection begins to be controlled by @ops, or, with it set already, to be at all. */
void hrtcp_cc_use(struct hrtcp_conn *conn, const struct hrtcp_cc_ops *ops);
void hrtcp_cc_begin(struct hrtcp_conn *conn);

/* Slow start ends no earlier than the initial window. */
void hrtcp_cc_floor_ssthresh(struct hrtcp_conn *conn);

/* It begins with one segment: our SYN turned out to have been lost. */
void hrtcp_cc_begin_small(struct hrtcp_conn *conn);

/* snd.mss was @before. */
void hrtcp_cc_on_mss(struct hrtcp_conn *conn, u16 before);

/* The response to a loss or mark, whichever rule it comes from. */
u32 hrtcp_cc_on_loss(struct hrtcp_conn *conn, enum hrtcp_loss how, u64 now_ns);
u32 hrtcp_cc_on_mark(struct hrtcp_conn *conn, u64 now_ns);

#endif

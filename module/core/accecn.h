/* SPDX-License-Identifier: GPL-2.0 */
/*
 * accecn.h -- Accurate ECN, RFC 9768: marks are counted and the counters fed back, those of
 * packets in the three bits that were AE, CWR and ECE (ACE), those of octets in an option.
 *
 * A super-segment has one ACE. Who cuts it may clear CWR in all but the first segment, as
 * RFC 3168 wants it; unless the caller says that it does not (open->gso_ace), segments
 * leave alone while that bit of ACE is set.
 */
#ifndef HRTCP_CORE_ACCECN_H
#define HRTCP_CORE_ACCECN_H

#include "wire.h"

struct hrtcp_conn;
struct hrtcp_ack;

#define HRTCP_ACE_FIRST 5		/* 3.2.1: not 0, which is what a middlebox would write */

/* The two bits of the IP header. */
#define HRTCP_IP_NOT_ECT 0
#define HRTCP_IP_ECT1 1
#define HRTCP_IP_ECT0 2
#define HRTCP_IP_CE 3

/* The counters of octets, in the order of the option's order 0. */
enum { HRTCP_E0B, HRTCP_CEB, HRTCP_E1B };

struct hrtcp_ecn_count {
	u32 cep;			/* packets marked CE */
	u32 bytes[HRTCP_ACCECN_FIELDS];	/* payload, by HRTCP_E0B ... */
};

struct hrtcp_accecn {
	/* The data receiver's: */
	struct hrtcp_ecn_count r;
	u8 ever, changed;		/* counters, 1 << HRTCP_E0B ...: and since the last option */
	u8 ce_unacked;			/* CE marks since the last ACK */
	bool ce_last;			/* the last packet had one */
	bool ack_due;			/* marks ask for an ACK, ... */
	bool ack_bare;			/* ... those of ACKs alone: without SACK blocks */
	bool synack_ce;			/* a marked SYN,ACK is counted */
	bool synack_due;		/* the next ACK tells how the SYN,ACK came */
	bool opt_off;			/* the path does not seem to take our option */
	bool opt_ack, opt_data;		/* it is to be tried on an ACK, on data */
	bool opt_watch;			/* tried on data that begins at opt_seq */
	bool opt_sent;			/* the last segment had it */
	u8 opt_dups;			/* ... but data came again: how often of late, weighed */
	u8 reserve;			/* octets that snd.mss leaves to it */
	struct seq opt_seq;

	/* The data sender's: */
	struct hrtcp_ecn_count s;
	bool deaf;			/* the peer does not feed back */
	bool opt_heard;			/* its option gets through */
	bool opt_ignore;		/* it does, but zeroed */
	bool ts_known;
	u32 ts;				/* TSval of the last ACK counted */
	u32 guessed_bytes;		/* marked since the last option, by packets */
	u32 opt_cep;			/* s.cep at the last option ... */
	u32 opt_pkts;			/* ... and the segments acknowledged since */
	u32 pkts_x8;			/* those of an ACK in the mean */
};

/* The code of an IP-ECN field in the handshake, RFC 9768 tables 2 and 3. */
u8 hrtcp_accecn_code(u8 ip_ecn);

/* Both directions count from here: RFC 9768 3.2.1. */
void hrtcp_accecn_init(struct hrtcp_accecn *acc);

/* The option that a SYN,ACK tries the path with, if there is room. */
void hrtcp_accecn_put_first(struct hrtcp_opts *opt);

/* @seg is acceptable: count its mark, and see whether that is worth an ACK. */
void hrtcp_accecn_count(struct hrtcp_conn *conn, const struct hrtcp_seg *seg);

/* Data came again that was acknowledged. */
void hrtcp_accecn_on_duplicate(struct hrtcp_conn *conn);

/* Feedback: @ack->marked and @ack->marked_bytes. */
void hrtcp_accecn_read(struct hrtcp_conn *conn, const struct hrtcp_seg *seg,
		       struct hrtcp_ack *ack);

/* The same of the ACK that the request kept, for the connection that it became. */
void hrtcp_accecn_read_held(struct hrtcp_conn *conn, u64 now_ns);

/* Write ACE into what leaves. */
void hrtcp_accecn_mark(struct hrtcp_conn *conn, struct hrtcp_seg *seg);

/*
 * Write the option, if it is due and fits beside @unit octets of payload, which a wire segment
 * of @seg has at the most. @again: it is a retransmission.
 */
void hrtcp_accecn_put(struct hrtcp_conn *conn, struct hrtcp_seg *seg, u32 unit, bool again);

/* The octets of every segment that the option may take, once there is something to tell. */
u8 hrtcp_accecn_reserve(const struct hrtcp_conn *conn);

/* Nothing but an ACK of its own may answer the SYN,ACK. RFC 9768 3.2.2.1 */
bool hrtcp_accecn_ack_first(const struct hrtcp_conn *conn);

/* Would the ACK that leaves now say what SACK blocks may not stand beside? 3.2.2.1, 3.2.2.5.1 */
bool hrtcp_accecn_bare(const struct hrtcp_conn *conn);

/* Does a segment leave alone because who cuts a larger one would spoil ACE? */
bool hrtcp_accecn_alone(const struct hrtcp_conn *conn);

#endif

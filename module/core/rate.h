/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rate.h -- how fast the network delivers, draft-ietf-ccwg-bbr 4.1. Names in comments are the
 * draft's.
 *
 * A node has no room for all the draft notes with each packet. What is sent between two ACKs
 * notes the same, so it stands once in a ring of epochs, and a node has the number of its own.
 * An epoch begins an eighth of a round trip after the one before at the earliest: a sample
 * then counts from an ACK somewhat before the last that preceded the sending, octets and time
 * alike. A node whose epoch has left the ring gives no sample.
 */
#ifndef HRTCP_CORE_RATE_H
#define HRTCP_CORE_RATE_H

#include "txq.h"

struct hrtcp_ack;
struct hrtcp_conn;

#define HRTCP_EPOCHS 16

struct hrtcp_epoch {
	u64 delivered;			/* P.delivered */
	u64 delivered_ns;		/* P.delivered_time */
	u64 first_sent_ns;		/* P.first_send_time */
	u32 lost;			/* P.lost */
	u16 id;
};

struct hrtcp_rate {
	u64 delivered;			/* C.delivered, octets */
	u64 delivered_ns;		/* C.delivered_time */
	u64 first_sent_ns;		/* C.first_send_time */
	u64 app_limited;		/* C.app_limited: until more than this is delivered; 0: not */
	u64 begun_ns;			/* when the newest epoch began */
	u16 id;				/* of the newest epoch */
	bool limited;			/* cwnd held data back, up to SND.NXT at that time: */
	struct seq limited_end;
	struct hrtcp_epoch epochs[HRTCP_EPOCHS];
	u64 told_ns;			/* the last sample, for the user */
	u32 told_bytes;
	bool told_app_limited;
};

/* What one ACK says; all 0 where it delivers nothing that proves anything. */
struct hrtcp_sample {
	u64 prior_delivered;		/* RS.prior_delivered */
	u64 interval_ns;		/* RS.interval; 0: too short to be believed */
	u64 rtt_ns;			/* RS.rtt, of the newest unit; 0: ambiguous */
	u32 delivered_bytes;		/* RS.delivered; 0: there is no sample */
	u32 lost_bytes;			/* RS.lost */
	u32 flight_bytes;		/* RS.tx_in_flight */
	bool app_limited;		/* RS.is_app_limited */
};

/* A run of units that was just marked lost. */
struct hrtcp_lost {
	u32 bytes;
	u32 lost_bytes;			/* C.lost - P.lost, this one counted */
	u32 flight_bytes;		/* P.tx_in_flight */
	bool app_limited;		/* P.is_app_limited */
};

/* @node leaves now: before and after the queue counts it as sent. */
void hrtcp_rate_before_sent(struct hrtcp_conn *conn, struct hrtcp_txnode *node, u64 now_ns);
void hrtcp_rate_after_sent(struct hrtcp_conn *conn, struct hrtcp_txnode *node);

/* @d was delivered: count it, and fill in @s. */
void hrtcp_rate_on_delivered(struct hrtcp_conn *conn, const struct hrtcp_delivered *d,
			     struct hrtcp_sample *s);

/* Before a write, an ACK or a timer: has the sender run out of data? Draft 4.1.2.4 */
void hrtcp_rate_check_app_limited(struct hrtcp_conn *conn);

/* The same, by decision of the algorithm. */
void hrtcp_rate_mark_app_limited(struct hrtcp_conn *conn);

/* cwnd holds data back at this moment. */
void hrtcp_rate_cwnd_limits(struct hrtcp_conn *conn);

/* ... or has since what is being acknowledged was sent: C.is_cwnd_limited. */
bool hrtcp_rate_cwnd_limited(struct hrtcp_conn *conn);

/* txq.on_lost of an algorithm that wants to know. */
void hrtcp_rate_on_lost(struct hrtcp_txq *q, const struct hrtcp_txnode *node, u32 bytes);

#endif

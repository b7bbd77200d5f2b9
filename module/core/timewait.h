/* SPDX-License-Identifier: GPL-2.0 */
/* timewait.h -- TIME-WAIT as a compact record. RFC 9293 3.10.7.4, RFC 1337, RFC 6191. */
#ifndef HRTCP_CORE_TIMEWAIT_H
#define HRTCP_CORE_TIMEWAIT_H

#include "listen.h"

struct hrtcp_conn;

struct hrtcp_tw {
	u8 state;			/* TIME_WAIT; moved by hrtcp_state_move() */
	u8 wscale;			/* of our window fields */
	bool ts_on, ts_us;		/* ts_us: ours tick in microseconds, ... */
	bool peer_us;			/* ... the peer's may */
	u8 ace;				/* of what it sends, 0 without Accurate ECN */
	struct seq snd_nxt, rcv_nxt;
	u32 rcv_wnd;			/* octets */
	u32 snd_max_wnd;		/* how far back an ACK is believed */
	u32 ts_recent, ts_offset;
	u64 ts_recent_at_ns;
	bool ts_syn_known;
	u32 ts_syn;			/* with peer_us: what a SYN of the peer would have had */
	struct hrtcp_challenge challenge;
	u64 time_wait_ns;		/* 2 MSL */
	u64 deadline_ns;		/* it is over */
};

/* Take over from @conn, which is in TIME_WAIT. */
void hrtcp_tw_init(struct hrtcp_tw *tw, const struct hrtcp_conn *conn);

enum hrtcp_tw_verdict {
	HRTCP_TW_KEEP,			/* nothing but the reply; deadline_ns may have moved */
	HRTCP_TW_REUSE,			/* give the SYN to the listener, with an ISS beyond
					 * hrtcp_tw_iss_floor(), and keep the record aside: it
					 * comes back if the SYN opens nothing, RFC 6191 2 */
};

/* @listening: a listener would take a SYN for this address and port. */
enum hrtcp_tw_verdict hrtcp_tw_on_segment(struct hrtcp_tw *tw, const struct hrtcp_cfg *cfg,
					  const struct hrtcp_seg *seg, bool listening,
					  u64 now_ns, struct hrtcp_reply *reply);

/* 2 MSL is over. Return: whether the record is gone (false: too early). */
bool hrtcp_tw_on_deadline(struct hrtcp_tw *tw, u64 now_ns, struct hrtcp_transition *out);

/* The new incarnation is established. Return: whether the record was in TIME-WAIT, as it must be. */
bool __must_check hrtcp_tw_replaced(struct hrtcp_tw *tw, u64 now_ns, struct hrtcp_transition *out);

/* The least ISS of a new incarnation, RFC 6191 2, RFC 9293 3.6.1. */
struct seq hrtcp_tw_iss_floor(const struct hrtcp_tw *tw);

#endif

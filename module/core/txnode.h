/* SPDX-License-Identifier: GPL-2.0 */
/*
 * txnode.h -- what stands for a buffer in the send queue, txq.h.
 *
 * A node is wholly sent or wholly unsent. It is cut in units of its MSS: `lost` and `sacked`
 * have one bit a unit, so that parts of a super-segment can be lost or SACKed without a node
 * of their own; they get one (HRTCP_POLL_SPLIT) only when they are sent again. The last bit
 * stands for its unit and all after it. A unit sent is lost, SACKed or in the pipe; one with
 * both bits was SACKed before a timeout, and counts as lost until it is SACKed again.
 */
#ifndef HRTCP_CORE_TXNODE_H
#define HRTCP_CORE_TXNODE_H

#include "seq.h"

#define HRTCP_UNITS_MAX 64

/* By which tree a node is found; one with units of several kinds is of the last of them. */
enum hrtcp_txkind {
	HRTCP_TX_HELD,			/* in none: the peer holds all of it, or it is unsent */
	HRTCP_TX_OPEN,			/* some of it is in the pipe */
	HRTCP_TX_DOUBTED,		/* lost, but SACKed before a timeout */
	HRTCP_TX_LOST,			/* lost and never SACKed */
	HRTCP_TX_KINDS,
};

struct hrtcp_txtree {
	struct rb_root root;
	struct rb_node *first, *last;
};

struct hrtcp_txnode {
	struct hrtcp_txnode *next;
	struct rb_node by_seq;		/* in q->by_seq, if the peer does not hold all of it */
	struct rb_node by_time;		/* in q->by_time, if some of it is in the pipe */
	struct seq seq, end;		/* [seq, end); seq moves up as units are acknowledged */
	u64 sent_ns;			/* of the last transmission; 0: not sent yet */
	u64 lost;			/* units to send again */
	u64 sacked;			/* units the peer holds beyond a gap */
	u16 mss;			/* octets of a unit, fixed when first sent */
	u8 push : 1;			/* the user's write ended here */
	u8 solid : 1;			/* the caller cannot put more into it */
	u8 kind : 2;			/* enum hrtcp_txkind: where by_seq is */
	u8 timed : 1;			/* by_time is in its tree */
	u8 app_limited : 1;		/* of the last transmission, rate.h: ran dry before it; */
	u8 sends;			/* transmissions, saturating */
	u16 epoch;			/* ... what had been delivered; */
	u16 flight;			/* ... what was in flight with it, hrtcp_txnode_flight() */
};

/* One unit in the network, for hrtcp_txq_detect_lost(). */
struct hrtcp_sent {
	u64 at_ns;
	struct seq end;
};

static inline u32 hrtcp_txnode_len(const struct hrtcp_txnode *node)
{
	return (u32)seq_diff(node->end, node->seq);
}

/* Octets in 16 bits, to one in a thousand: eleven of them, shifted left by the upper five. */
static inline void hrtcp_txnode_set_flight(struct hrtcp_txnode *node, u32 bytes)
{
	u16 shift = 0;

	for (; bytes >> 11; bytes >>= 1)
		shift++;
	node->flight = (u16)(shift << 11 | bytes);
}

static inline u32 hrtcp_txnode_flight(const struct hrtcp_txnode *node)
{
	return (u32)(node->flight & 0x7ff) << (node->flight >> 11);
}

#endif

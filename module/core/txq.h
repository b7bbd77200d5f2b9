/* SPDX-License-Identifier: GPL-2.0 */
/*
 * txq.h -- the send queue: nodes that the caller embeds in its buffers, in sequence order
 * from the oldest unacknowledged octet to the last one written.
 *
 * A node is wholly sent or wholly unsent. It is cut in units of its MSS: `lost` and `sacked`
 * have one bit a unit, so that parts of a super-segment can be lost or SACKed without a node
 * of their own; they get one (HRTCP_POLL_SPLIT) only when they are sent again. The last bit
 * stands for its unit and all after it. A unit sent is lost, SACKed or in the pipe; one with
 * both bits was SACKed before a timeout, and counts as lost until it is SACKed again.
 */
#ifndef HRTCP_CORE_TXQ_H
#define HRTCP_CORE_TXQ_H

#include "seq.h"

#define HRTCP_UNITS_MAX 64
#define HRTCP_SENT_MAX 4096		/* nodes sent, if they are smaller than ... */
#define HRTCP_SENT_SIZE 1024		/* ... this, on the average */

struct hrtcp_txnode {
	struct hrtcp_txnode *next;
	struct seq seq, end;		/* [seq, end); seq moves up as units are acknowledged */
	u64 sent_ns;			/* of the last transmission; 0: not sent yet */
	u64 lost;			/* units to send again */
	u64 sacked;			/* units the peer holds beyond a gap */
	u16 mss;			/* octets of a unit, fixed when first sent */
	u8 push : 1;			/* the user's write ended here */
	u8 solid : 1;			/* the caller cannot put more into it */
	u8 app_limited : 1;		/* of the last transmission, rate.h: ran dry before it; */
	u8 sends;			/* transmissions, saturating */
	u16 epoch;			/* ... what had been delivered; */
	u16 flight;			/* ... what was in flight with it, hrtcp_txnode_flight() */
};

struct hrtcp_txq {
	struct hrtcp_txnode *head, *tail;
	struct hrtcp_txnode *unsent;	/* first node never sent */
	struct hrtcp_txnode *acked;	/* wholly acknowledged, for the caller to free */
	u32 pipe_bytes;			/* sent, neither acknowledged, SACKed nor lost */
	u32 lost_bytes;			/* to be sent again */
	u32 sacked_bytes;
	u32 again_bytes;		/* sent more than once, and not acknowledged */
	u32 sent_nodes;			/* from head up to unsent */
	u32 lost_total;			/* octets ever found lost, modulo 2^32: C.lost, rate.h */
	/* @bytes of @node were found lost just now; may be NULL. */
	void (*on_lost)(struct hrtcp_txq *q, const struct hrtcp_txnode *node, u32 bytes);
};

/* What an ACK tells of the units it acknowledges or SACKs for the first time. */
struct hrtcp_delivered {
	u64 now_ns, min_rtt_ns;		/* given: to tell whose ACK of a repeated unit this is */
	u64 echo_end_ns;		/* given: what it echoes left before this */
	u64 before_ns;			/* given: `original` asks for units sent before this */
	u32 bytes, units;
	u64 sent_ns;			/* of the unit sent last, 0: none that proves anything */
	struct seq end;			/* of that unit */
	u16 epoch;			/* of that unit's node, as are the next three */
	bool app_limited, sent_once;
	u32 flight_bytes;
	struct seq highest;		/* end of the highest unit */
	u16 unit;			/* octets of the largest one acknowledged */
	u64 rtt_sent_ns;		/* Karn's rule, RFC 6298 3: of the oldest, 0: no sample */
	bool repeated;			/* a unit sent more than once was acknowledged */
	bool once;			/* lowest is set */
	struct seq lowest;		/* the lowest unit that was sent only once */
	bool original;			/* a unit sent only once, before before_ns */
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

/* What is sent may not be cut any smaller. */
static inline bool hrtcp_txq_crowded(const struct hrtcp_txq *q)
{
	return q->sent_nodes >= HRTCP_SENT_MAX && q->sent_nodes >=
	       (q->pipe_bytes + q->lost_bytes + q->sacked_bytes) / HRTCP_SENT_SIZE;
}

void hrtcp_txq_append(struct hrtcp_txq *q, struct hrtcp_txnode *node);

/* Cut @node after @len octets; @rest takes the remainder and stands behind it. */
void hrtcp_txq_split(struct hrtcp_txq *q, struct hrtcp_txnode *node,
		     struct hrtcp_txnode *rest, u32 len);

/* May what follows @node go again in one unit with it, of @most octets? */
bool hrtcp_txq_may_join(const struct hrtcp_txq *q, const struct hrtcp_txnode *node, u32 most);

/* @node has taken over the octets of the one behind it, which moves to @q->acked. */
void hrtcp_txq_join(struct hrtcp_txq *q, struct hrtcp_txnode *node);

/* @node leaves now (again): not lost, in the pipe, @mss its unit if this is the first time. */
void hrtcp_txq_sent(struct hrtcp_txq *q, struct hrtcp_txnode *node, u16 mss, u64 now_ns);

/* All units of @node not lost already are to go again, though the network did not lose them. */
void hrtcp_txq_mark_lost(struct hrtcp_txq *q, struct hrtcp_txnode *node);

/* The first unit of the queue is lost, if it was sent. */
void hrtcp_txq_mark_head_lost(struct hrtcp_txq *q);

/* Every unit sent is lost: RFC 6298 5.4 after a timeout. */
void hrtcp_txq_mark_all_lost(struct hrtcp_txq *q);

/* Units larger than @mss do not fit the path any more: cut them anew, all lost. */
void hrtcp_txq_recut(struct hrtcp_txq *q, u16 mss);

/* How many octets of the nodes that begin in [@start, @end) are lost. */
u32 hrtcp_txq_lost_in(const struct hrtcp_txq *q, struct seq start, struct seq end);

/*
 * The next lost run to send again: the left edge, then in order what was never SACKed, then
 * what was SACKed before a timeout, since the peer likely holds it.
 * Return: its node, offset and length in octets.
 */
struct hrtcp_txnode *hrtcp_txq_first_lost(const struct hrtcp_txq *q, u32 *skip, u32 *len);

/* Take the acknowledgment of all before @una; what it retires moves to @q->acked. */
void hrtcp_txq_ack(struct hrtcp_txq *q, struct seq una, struct hrtcp_delivered *d);

/* The peer holds [@start, @end): mark the units wholly in there. */
void hrtcp_txq_sack(struct hrtcp_txq *q, struct seq start, struct seq end,
		    struct hrtcp_delivered *d);

/* The peer may have let go of what it SACKed: it goes again unless SACKed again, RFC 2018 5. */
void hrtcp_txq_doubt_sacked(struct hrtcp_txq *q);

/* The peer has let go of what it SACKed, RFC 2018 8: forget all of it. */
void hrtcp_txq_forget_sacked(struct hrtcp_txq *q);

/* One unit in the network, for hrtcp_txq_detect_lost(). */
struct hrtcp_sent {
	u64 at_ns;
	struct seq end;
};

/**
 * hrtcp_txq_detect_lost() - RFC 8985 6.2 step 5
 * @delivered: the unit delivered that was sent last
 * @age_ns: a unit sent before that one is lost this long after it was sent
 *
 * Return: nanoseconds until the next one is, 0 if none is undecided.
 */
u64 hrtcp_txq_detect_lost(struct hrtcp_txq *q, const struct hrtcp_sent *delivered, u64 age_ns,
			  u64 now_ns);

/* The head, and what was sent @age_ns ago or earlier, is lost: RFC 8985 6.3. */
void hrtcp_txq_mark_old_lost(struct hrtcp_txq *q, u64 age_ns, u64 now_ns);

/* Nothing was lost after all: what is not sent again yet is in the pipe, or SACKed if it was. */
void hrtcp_txq_unmark_lost(struct hrtcp_txq *q);

/* The counters agree with the units, and none is in doubt unless @doubt. For check.c. */
bool hrtcp_txq_adds_up(const struct hrtcp_txq *q, bool doubt);

/* The last node sent, or NULL. */
struct hrtcp_txnode *hrtcp_txq_last_sent(const struct hrtcp_txq *q);

#endif

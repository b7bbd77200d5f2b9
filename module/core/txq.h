/* SPDX-License-Identifier: GPL-2.0 */
/*
 * txq.h -- the send queue: nodes that the caller embeds in its buffers, in sequence order
 * from the oldest unacknowledged octet to the last one written.
 */
#ifndef HRTCP_CORE_TXQ_H
#define HRTCP_CORE_TXQ_H

#include "txnode.h"
#include "wire.h"

#define HRTCP_SENT_MAX 4096		/* nodes sent, if they are smaller than ... */
#define HRTCP_SENT_SIZE 1024		/* ... this, on the average */
#define HRTCP_TOLD 4			/* SACK blocks remembered */

struct hrtcp_txq {
	struct hrtcp_txnode *head, *tail;
	struct hrtcp_txnode *unsent;	/* first node never sent */
	struct hrtcp_txnode *last;	/* the one before: the last that was */
	struct hrtcp_txnode *acked;	/* wholly acknowledged, for the caller to free */
	u32 pipe_bytes;			/* sent, neither acknowledged, SACKed nor lost */
	u32 lost_bytes;			/* to be sent again */
	u32 sacked_bytes;
	u32 again_bytes;		/* sent more than once, and not acknowledged */
	u32 sent_nodes;			/* from head up to unsent */
	u32 lost_total;			/* octets ever found lost, modulo 2^32: C.lost, rate.h */
	struct hrtcp_txtree by_seq[HRTCP_TX_KINDS - 1];	/* of each kind but HRTCP_TX_HELD */
	struct hrtcp_txtree by_time;	/* in order of transmission */
	struct hrtcp_sack_block told[HRTCP_TOLD];		/* SACK blocks of late: what is in them is held */
	u8 n_told, told_at;
#ifdef HRTCP_COUNT_WORK
	u64 looks;			/* nodes looked at */
#endif
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
	bool early;			/* a unit came before it was to depart */
};

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
void hrtcp_txq_recut(struct hrtcp_txq *q, struct seq una, u16 mss);

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
static inline struct hrtcp_txnode *hrtcp_txq_last_sent(const struct hrtcp_txq *q)
{
	return q->last;
}

/* A dead connection gives back the nodes that are not acknowledged. NULL: no more. */
struct hrtcp_txnode *hrtcp_txq_drain(struct hrtcp_txq *q);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * txq.h -- the send queue: nodes that the caller embeds in its buffers, in sequence order
 * from the oldest unacknowledged octet to the last one written.
 *
 * A node is wholly sent or wholly unsent. It is cut in units of its MSS: `lost` has one bit
 * a unit, so that parts of a super-segment can be lost without a node of their own; they
 * get one (HRTCP_POLL_SPLIT) only when they are sent again. The last bit stands for its
 * unit and all after it.
 */
#ifndef HRTCP_CORE_TXQ_H
#define HRTCP_CORE_TXQ_H

#include "seq.h"

#define HRTCP_UNITS_MAX 64

struct hrtcp_txnode {
	struct hrtcp_txnode *next;
	struct seq seq, end;		/* [seq, end); seq moves up as units are acknowledged */
	u64 sent_ns;			/* of the last transmission; 0: not sent yet */
	u64 lost;			/* units to send again */
	u16 mss;			/* octets of a unit, fixed when first sent */
	u8 push;			/* the user's write ended here */
	u8 sends;			/* transmissions, saturating */
};

struct hrtcp_txq {
	struct hrtcp_txnode *head, *tail;
	struct hrtcp_txnode *unsent;	/* first node never sent */
	struct hrtcp_txnode *acked;	/* wholly acknowledged, for the caller to free */
	u32 pipe_bytes;			/* sent, neither acknowledged nor lost */
	u32 lost_bytes;			/* to be sent again */
};

static inline u32 hrtcp_txnode_len(const struct hrtcp_txnode *node)
{
	return (u32)seq_diff(node->end, node->seq);
}

void hrtcp_txq_append(struct hrtcp_txq *q, struct hrtcp_txnode *node);

/* Cut @node after @len octets; @rest takes the remainder and stands behind it. */
void hrtcp_txq_split(struct hrtcp_txq *q, struct hrtcp_txnode *node,
		     struct hrtcp_txnode *rest, u32 len);

/* @node leaves now (again): not lost, in the pipe, @mss its unit if this is the first time. */
void hrtcp_txq_sent(struct hrtcp_txq *q, struct hrtcp_txnode *node, u16 mss, u64 now_ns);

/* All units of @node not lost already are. */
void hrtcp_txq_mark_lost(struct hrtcp_txq *q, struct hrtcp_txnode *node);

/* The first unit of the queue is lost, if it was sent. */
void hrtcp_txq_mark_head_lost(struct hrtcp_txq *q);

/* Every unit sent is lost: RFC 6298 5.4 after a timeout. */
void hrtcp_txq_mark_all_lost(struct hrtcp_txq *q);

/* Units larger than @mss do not fit the path any more: cut them anew, all lost. */
void hrtcp_txq_recut(struct hrtcp_txq *q, u16 mss);

/* The first lost run of the sent part. Return: its node, offset and length in octets. */
struct hrtcp_txnode *hrtcp_txq_first_lost(const struct hrtcp_txq *q, u32 *skip, u32 *len);

/**
 * hrtcp_txq_ack() - take the acknowledgment of all before @una
 * @una: the new SND.UNA
 * @sent_ns: set to the send time of the oldest unit acknowledged by this that was sent
 *	only once (Karn's rule, RFC 6298 3), else to 0
 *
 * Wholly acknowledged nodes move to @q->acked.
 */
void hrtcp_txq_ack(struct hrtcp_txq *q, struct seq una, u64 *sent_ns);

#endif

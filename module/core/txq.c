// SPDX-License-Identifier: GPL-2.0
/*
 * txq.c -- the send queue: what is written, sent, cut and put together. The order of the nodes and
 * what became of each is written here and in the files beside it, tx*.c, alone. Before a node is in
 * the queue conn.c numbers it; rate.c notes in a node that is sent what its sample begins with.
 */
#include "txtree.h"
#include "txunits.h"

void hrtcp_txq_append(struct hrtcp_txq *q, struct hrtcp_txnode *node)
{
	node->next = NULL;
	if (q->tail)
		q->tail->next = node;
	else
		q->head = node;
	q->tail = node;
	if (!q->unsent)
		q->unsent = node;
}

void hrtcp_txq_split(struct hrtcp_txq *q, struct hrtcp_txnode *node,
		     struct hrtcp_txnode *rest, u32 len)
{
	*rest = *node;
	rest->seq = seq_add(node->seq, len);
	node->push = 0;
	node->next = rest;
	if (q->tail == node)
		q->tail = rest;
	if (q->last == node)
		q->last = rest;
	if (node->sends)
		hrtcp_txq_reshape(q, node);
	node->end = rest->seq;
	if (!node->sends)
		return;
	q->sent_nodes++;
	rest->lost = hrtcp_bits_after(node->lost, len / node->mss) & hrtcp_all_units(rest);
	rest->sacked = hrtcp_bits_after(node->sacked, len / node->mss) & hrtcp_all_units(rest);
	node->lost &= hrtcp_all_units(node);
	node->sacked &= hrtcp_all_units(node);
	rest->kind = HRTCP_TX_HELD;	/* the links are those of @node */
	rest->timed = 0;
	hrtcp_txq_place(q, node);
	hrtcp_txq_place(q, rest);
}

bool hrtcp_txq_may_join(const struct hrtcp_txq *q, const struct hrtcp_txnode *node, u32 most)
{
	const struct hrtcp_txnode *next = node->next;

	if (!next || next == q->unsent || node->solid)
		return false;
	most = min_t(u32, most, min_t(u32, node->mss, next->mss));
	return node->lost == 1 && next->lost == 1 && !node->sacked && !next->sacked &&
	       hrtcp_txnode_len(node) + hrtcp_txnode_len(next) <= most;
}

void hrtcp_txq_join(struct hrtcp_txq *q, struct hrtcp_txnode *node)
{
	struct hrtcp_txnode *next = node->next;

	hrtcp_txq_uncount(q, node);
	hrtcp_txq_uncount(q, next);
	hrtcp_txq_displace(q, next);
	node->end = next->end;
	node->push |= next->push;
	node->sends = (u8)max_t(u32, node->sends, next->sends);
	node->sent_ns = min_t(u64, node->sent_ns, next->sent_ns);
	node->next = next->next;
	hrtcp_txq_count(q, node);
	if (q->tail == next)
		q->tail = node;
	if (q->last == next)
		q->last = node;
	q->sent_nodes--;
	next->next = q->acked;
	q->acked = next;
}

void hrtcp_txq_sent(struct hrtcp_txq *q, struct hrtcp_txnode *node, u16 mss, u64 now_ns)
{
	if (node == q->unsent) {
		q->unsent = node->next;
		q->last = node;
		q->sent_nodes++;
		node->mss = mss;
	} else {
		hrtcp_txq_uncount(q, node);
		hrtcp_txq_displace(q, node);
		if (node->sacked)
			q->n_told = 0;	/* it is not held any more */
	}
	node->lost = 0;
	node->sacked = 0;
	node->sent_ns = now_ns;
	node->sends = (u8)min_t(u32, node->sends + 1u, 255);
	hrtcp_txq_count(q, node);
}

void hrtcp_txq_recut(struct hrtcp_txq *q, struct seq una, u16 mss)
{
	struct hrtcp_txnode *node;

	q->n_told = 0;
	for (node = q->head; node != q->unsent; node = node->next) {
		hrtcp_txq_look(q);
		if (min_t(u32, node->mss, hrtcp_txnode_len(node)) <= mss)
			continue;
		hrtcp_txq_uncount(q, node);
		/* Of a unit only a part may be acknowledged; no ACK would retire the new ones before. */
		node->seq = seq_max(node->seq, una);
		node->mss = mss;
		node->sacked = 0;	/* the peer will say again what it holds */
		node->lost = hrtcp_all_units(node);
		hrtcp_txq_count(q, node);
	}
}

struct hrtcp_txnode *hrtcp_txq_drain(struct hrtcp_txq *q)
{
	struct hrtcp_txnode *node = q->head;

	if (!node)
		return NULL;
	q->head = node->next;
	q->unsent = q->head;
	q->last = NULL;
	if (!q->head)
		q->tail = NULL;
	memset(q->by_seq, 0, sizeof(q->by_seq));
	memset(&q->by_time, 0, sizeof(q->by_time));
	return node;
}

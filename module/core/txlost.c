// SPDX-License-Identifier: GPL-2.0
/* txlost.c -- which units of the send queue are lost, and which of them go again first. */
#include "txtree.h"
#include "txunits.h"

/* The units in @fresh, in the pipe until now, were found lost. */
static void lose(struct hrtcp_txq *q, struct hrtcp_txnode *node, u64 fresh)
{
	u32 bytes = hrtcp_mask_bytes(node, fresh);

	if (!bytes)
		return;
	hrtcp_txq_set_bits(q, node, node->lost | fresh, node->sacked);
	q->lost_total += bytes;
	if (q->on_lost)
		q->on_lost(q, node, bytes);
}

static void lose_all(struct hrtcp_txq *q, struct hrtcp_txnode *node)
{
	lose(q, node, hrtcp_open_units(node));
}

void hrtcp_txq_mark_lost(struct hrtcp_txq *q, struct hrtcp_txnode *node)
{
	hrtcp_txq_set_bits(q, node, hrtcp_all_units(node) & ~hrtcp_held_units(node), node->sacked);
}

void hrtcp_txq_mark_head_lost(struct hrtcp_txq *q)
{
	struct hrtcp_txnode *head = q->head;

	if (!head || head == q->unsent)
		return;
	lose(q, head, 1 & ~head->sacked & ~head->lost);
}

void hrtcp_txq_mark_all_lost(struct hrtcp_txq *q)
{
	struct hrtcp_txnode *node;

	while ((node = hrtcp_txq_oldest(q)))
		lose_all(q, node);
}

u32 hrtcp_txq_lost_in(const struct hrtcp_txq *q, struct seq start, struct seq end)
{
	const struct hrtcp_txnode *node = hrtcp_txq_find(q, HRTCP_TX_LOST, start);
	u32 sum = 0;

	for (; node && seq_lt(node->seq, end); node = hrtcp_txq_next(q, node))
		if (seq_ge(node->seq, start))
			sum += hrtcp_mask_bytes(node, node->lost & ~node->sacked);
	return sum;
}

/* The node to send again first, and which of its units are meant. */
static struct hrtcp_txnode *first_of_lost(const struct hrtcp_txq *q, u64 *lost)
{
	struct hrtcp_txnode *node = q->head;

	*lost = node->lost;
	if (node->lost & node->sacked & 1)
		return node;		/* the left edge, though it was SACKed once */
	node = hrtcp_txq_first(q, HRTCP_TX_LOST);
	if (node) {
		*lost = node->lost & ~node->sacked;
		return node;
	}
	node = hrtcp_txq_first(q, HRTCP_TX_DOUBTED);
	*lost = node->lost;
	return node;
}

struct hrtcp_txnode *hrtcp_txq_first_lost(const struct hrtcp_txq *q, u32 *skip, u32 *len)
{
	struct hrtcp_txnode *node;
	u64 lost;
	u32 i;

	if (!q->lost_bytes)
		return NULL;
	node = first_of_lost(q, &lost);
	i = hrtcp_lowest_unit(lost);
	*skip = i * node->mss;
	lost &= ~(lost + (1ull << i));	/* the run from there on */
	*len = hrtcp_mask_bytes(node, lost);
	return node;
}

void hrtcp_txq_doubt_sacked(struct hrtcp_txq *q)
{
	struct hrtcp_txnode *node;

	q->n_told = 0;
	for (node = q->head; node != q->unsent; node = node->next) {
		hrtcp_txq_look(q);
		if (node->sacked)
			hrtcp_txq_set_bits(q, node, node->lost | node->sacked, node->sacked);
	}
}

void hrtcp_txq_forget_sacked(struct hrtcp_txq *q)
{
	struct hrtcp_txnode *node;

	q->n_told = 0;
	for (node = q->head; node != q->unsent; node = node->next) {
		hrtcp_txq_look(q);
		if (node->sacked)
			hrtcp_txq_set_bits(q, node, node->lost, 0);
	}
}

u64 hrtcp_txq_detect_lost(struct hrtcp_txq *q, const struct hrtcp_sent *delivered, u64 age_ns,
			  u64 now_ns)
{
	struct hrtcp_txnode *node;
	u64 before;

	while ((node = hrtcp_txq_oldest(q)) && node->sent_ns + age_ns <= now_ns) {
		before = hrtcp_units_before(node, delivered) & hrtcp_open_units(node);
		if (!before)
			return 0;	/* nor is any unit of those sent later */
		lose(q, node, before);
	}
	node = hrtcp_txq_last_before(q, delivered);
	return node ? node->sent_ns + age_ns - now_ns : 0;
}

void hrtcp_txq_mark_old_lost(struct hrtcp_txq *q, u64 age_ns, u64 now_ns)
{
	struct hrtcp_txnode *node;

	hrtcp_txq_mark_head_lost(q);
	while ((node = hrtcp_txq_oldest(q)) && node->sent_ns + age_ns <= now_ns)
		lose_all(q, node);
}

void hrtcp_txq_unmark_lost(struct hrtcp_txq *q)
{
	struct hrtcp_txnode *node;

	while ((node = hrtcp_txq_first(q, HRTCP_TX_LOST)) ||
	       (node = hrtcp_txq_first(q, HRTCP_TX_DOUBTED)))
		hrtcp_txq_set_bits(q, node, 0, node->sacked);
}

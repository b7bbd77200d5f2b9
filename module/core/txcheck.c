// SPDX-License-Identifier: GPL-2.0
/* txcheck.c -- what holds of the send queue after every call, for check.c. */
#include "txtree.h"
#include "txunits.h"

static const struct hrtcp_txnode *seq_node(const struct rb_node *rb)
{
	return rb ? container_of(rb, struct hrtcp_txnode, by_seq) : NULL;
}

static const struct hrtcp_txnode *time_node(const struct rb_node *rb)
{
	return rb ? container_of(rb, struct hrtcp_txnode, by_time) : NULL;
}

/* @tree has as many nodes as are of @kind, in order, and knows its ends. */
static bool kind_holds(const struct hrtcp_txtree *tree, u32 kind, u32 nodes)
{
	const struct hrtcp_txnode *node, *next;
	u32 n;

	if (rb_first(&tree->root) != tree->first || (!nodes && tree->last))
		return false;
	for (n = 0, node = seq_node(tree->first); node; node = next, n++) {
		next = seq_node(rb_next(&node->by_seq));
		if (node->kind != kind || (next && seq_gt(node->end, next->seq)) ||
		    (!next && tree->last != &node->by_seq))
			return false;
	}
	return n == nodes;
}

static bool times_hold(const struct hrtcp_txtree *tree, u32 nodes)
{
	const struct hrtcp_txnode *node, *next;
	u32 n;

	if (rb_first(&tree->root) != tree->first || (!nodes && tree->last))
		return false;
	for (n = 0, node = time_node(tree->first); node; node = next, n++) {
		next = time_node(rb_next(&node->by_time));
		if (!node->timed || (next && !hrtcp_sent_before(node, next)) ||
		    (!next && tree->last != &node->by_time))
			return false;
	}
	return n == nodes;
}

/* What a block told lately is held. */
static bool told_holds(const struct hrtcp_txq *q, const struct hrtcp_txnode *node)
{
	u32 i;

	for (i = 0; i < q->n_told; i++)
		if (seq_lt(node->seq, q->told[i].end) && seq_gt(node->end, q->told[i].start) &&
		    hrtcp_units_within(node, q->told[i].start, q->told[i].end) &
		    ~hrtcp_held_units(node))
			return false;
	return true;
}

/* The bits of @node make sense, and it is in the trees where they say. */
static bool node_holds(const struct hrtcp_txq *q, const struct hrtcp_txnode *node, bool doubt)
{
	return (doubt || !(node->lost & node->sacked)) &&
	       !((node->lost | node->sacked) & ~hrtcp_all_units(node)) &&
	       node->kind == hrtcp_txnode_kind(node) &&
	       node->timed == !!hrtcp_open_units(node) && told_holds(q, node);
}

bool hrtcp_txq_adds_up(const struct hrtcp_txq *q, bool doubt)
{
	const struct hrtcp_txnode *node, *last = NULL;
	u32 nodes[HRTCP_TX_KINDS] = { 0 }, timed = 0, kind;
	struct hrtcp_txq sum = { 0 };

	for (node = q->head; node && node != q->unsent; node = node->next) {
		if (!node_holds(q, node, doubt))
			return false;
		hrtcp_txq_add(&sum, node);
		sum.sent_nodes++;
		nodes[node->kind]++;
		timed += node->timed;
		last = node;
	}
	for (; node; node = node->next)
		if (node->kind != HRTCP_TX_HELD || node->timed)
			return false;
	for (kind = HRTCP_TX_HELD + 1; kind < HRTCP_TX_KINDS; kind++)
		if (!kind_holds(&q->by_seq[kind - 1], kind, nodes[kind]))
			return false;
	return last == q->last && sum.sent_nodes == q->sent_nodes &&
	       sum.pipe_bytes == q->pipe_bytes && sum.lost_bytes == q->lost_bytes &&
	       sum.sacked_bytes == q->sacked_bytes &&
	       sum.again_bytes == q->again_bytes && times_hold(&q->by_time, timed);
}

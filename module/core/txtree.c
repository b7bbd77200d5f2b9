// SPDX-License-Identifier: GPL-2.0
#include "txtree.h"

#include "txunits.h"

static struct hrtcp_txnode *seq_node(struct rb_node *rb)
{
	return rb ? container_of(rb, struct hrtcp_txnode, by_seq) : NULL;
}

static struct hrtcp_txnode *time_node(struct rb_node *rb)
{
	return rb ? container_of(rb, struct hrtcp_txnode, by_time) : NULL;
}

static struct hrtcp_txtree *tree_of(struct hrtcp_txq *q, u32 kind)
{
	return &q->by_seq[kind - 1];	/* HRTCP_TX_HELD has none */
}

/* @rb takes the free @link of @parent; as a rule it is the last of @tree. */
static void link_in(struct hrtcp_txtree *tree, struct rb_node *rb, struct rb_node *parent,
		    struct rb_node **link)
{
	if (!parent || (parent == tree->first && link == &parent->rb_left))
		tree->first = rb;
	if (!parent || (parent == tree->last && link == &parent->rb_right))
		tree->last = rb;
	rb_link_node(rb, parent, link);
	rb_insert_color(rb, &tree->root);
}

static void take_out(struct hrtcp_txtree *tree, struct rb_node *rb)
{
	if (rb == tree->first)
		tree->first = rb_next(rb);
	if (rb == tree->last)
		tree->last = rb_prev(rb);
	rb_erase(rb, &tree->root);
}

static void insert_by_seq(struct hrtcp_txq *q, struct hrtcp_txtree *tree,
			  struct hrtcp_txnode *node)
{
	struct rb_node **link = &tree->root.rb_node_top, *parent = NULL;

	if (tree->last && seq_lt(seq_node(tree->last)->seq, node->seq)) {
		parent = tree->last;
		link = &parent->rb_right;
	}
	while (*link) {
		hrtcp_txq_look(q);
		parent = *link;
		link = seq_lt(seq_node(parent)->seq, node->seq) ? &parent->rb_right :
								&parent->rb_left;
	}
	link_in(tree, &node->by_seq, parent, link);
}

static void insert_by_time(struct hrtcp_txq *q, struct hrtcp_txnode *node)
{
	struct rb_node **link = &q->by_time.root.rb_node_top, *parent = NULL;

	if (q->by_time.last && hrtcp_sent_before(time_node(q->by_time.last), node)) {
		parent = q->by_time.last;
		link = &parent->rb_right;
	}
	while (*link) {
		hrtcp_txq_look(q);
		parent = *link;
		link = hrtcp_sent_before(time_node(parent), node) ? &parent->rb_right :
							     &parent->rb_left;
	}
	link_in(&q->by_time, &node->by_time, parent, link);
}

static void set_kind(struct hrtcp_txq *q, struct hrtcp_txnode *node, enum hrtcp_txkind kind)
{
	if (node->kind == kind)
		return;
	hrtcp_txq_look(q);
	if (node->kind != HRTCP_TX_HELD)
		take_out(tree_of(q, node->kind), &node->by_seq);
	if (kind != HRTCP_TX_HELD)
		insert_by_seq(q, tree_of(q, kind), node);
	node->kind = kind;
}

static void set_timed(struct hrtcp_txq *q, struct hrtcp_txnode *node, bool open)
{
	if (node->timed == open)
		return;
	hrtcp_txq_look(q);
	if (open)
		insert_by_time(q, node);
	else
		take_out(&q->by_time, &node->by_time);
	node->timed = open;
}

void hrtcp_txq_place(struct hrtcp_txq *q, struct hrtcp_txnode *node)
{
	set_kind(q, node, hrtcp_txnode_kind(node));
	set_timed(q, node, hrtcp_open_units(node) != 0);
}

void hrtcp_txq_displace(struct hrtcp_txq *q, struct hrtcp_txnode *node)
{
	set_kind(q, node, HRTCP_TX_HELD);
	set_timed(q, node, false);
}

void hrtcp_txq_uncount(struct hrtcp_txq *q, const struct hrtcp_txnode *node)
{
	u32 lost = hrtcp_mask_bytes(node, node->lost);
	u32 sacked = hrtcp_mask_bytes(node, hrtcp_held_units(node));

	q->lost_bytes -= lost;
	q->sacked_bytes -= sacked;
	q->pipe_bytes -= hrtcp_txnode_len(node) - lost - sacked;
	q->again_bytes -= node->sends > 1 ? hrtcp_txnode_len(node) : 0;
}

void hrtcp_txq_add(struct hrtcp_txq *q, const struct hrtcp_txnode *node)
{
	u32 lost = hrtcp_mask_bytes(node, node->lost);
	u32 sacked = hrtcp_mask_bytes(node, hrtcp_held_units(node));

	q->lost_bytes += lost;
	q->sacked_bytes += sacked;
	q->pipe_bytes += hrtcp_txnode_len(node) - lost - sacked;
	q->again_bytes += node->sends > 1 ? hrtcp_txnode_len(node) : 0;
}

void hrtcp_txq_count(struct hrtcp_txq *q, struct hrtcp_txnode *node)
{
	hrtcp_txq_add(q, node);
	hrtcp_txq_place(q, node);
}

void hrtcp_txq_set_bits(struct hrtcp_txq *q, struct hrtcp_txnode *node, u64 lost, u64 sacked)
{
	hrtcp_txq_uncount(q, node);
	node->lost = lost;
	node->sacked = sacked;
	hrtcp_txq_count(q, node);
}

void hrtcp_txq_reshape(struct hrtcp_txq *q, const struct hrtcp_txnode *node)
{
	if (hrtcp_units(node) > HRTCP_UNITS_MAX)
		q->n_told = 0;		/* a part of the last bit may have been told */
}

struct hrtcp_txnode *hrtcp_txq_first(const struct hrtcp_txq *q, enum hrtcp_txkind kind)
{
	return seq_node(q->by_seq[kind - 1].first);
}

struct hrtcp_txnode *hrtcp_txq_next(const struct hrtcp_txq *q, const struct hrtcp_txnode *node)
{
	hrtcp_txq_look(q);
	return seq_node(rb_next(&node->by_seq));
}

struct hrtcp_txnode *hrtcp_txq_find(const struct hrtcp_txq *q, enum hrtcp_txkind kind,
				    struct seq seq)
{
	struct rb_node *at = q->by_seq[kind - 1].root.rb_node_top, *found = NULL;

	while (at) {
		hrtcp_txq_look(q);
		if (seq_gt(seq_node(at)->end, seq)) {
			found = at;
			at = at->rb_left;
		} else {
			at = at->rb_right;
		}
	}
	return seq_node(found);
}

struct hrtcp_txnode *hrtcp_txq_oldest(const struct hrtcp_txq *q)
{
	return time_node(q->by_time.first);
}

struct hrtcp_txnode *hrtcp_txq_last_before(const struct hrtcp_txq *q,
					   const struct hrtcp_sent *delivered)
{
	struct rb_node *at = q->by_time.root.rb_node_top, *found = NULL;
	const struct hrtcp_txnode *node;

	while (at) {
		hrtcp_txq_look(q);
		node = time_node(at);
		if (node->sent_ns < delivered->at_ns ||
		    (node->sent_ns == delivered->at_ns && seq_lt(node->seq, delivered->end))) {
			found = at;
			at = at->rb_right;
		} else {
			at = at->rb_left;
		}
	}
	/* Only of the last one may all that was sent before be decided, and something later open. */
	if (found && !(hrtcp_units_before(time_node(found), delivered) &
		       hrtcp_open_units(time_node(found))))
		found = rb_prev(found);
	return time_node(found);
}

// SPDX-License-Identifier: GPL-2.0
#include "reasm.h"

static struct hrtcp_rxnode *rxnode(struct rb_node *rb)
{
	return rb ? container_of(rb, struct hrtcp_rxnode, rb) : NULL;
}

void hrtcp_reasm_init(struct hrtcp_reasm *r)
{
	memset(r, 0, sizeof(*r));
	r->root = RB_ROOT;
}

static void take_out(struct hrtcp_reasm *r, struct hrtcp_rxnode *node)
{
	rb_erase(&node->rb, &r->root);
	r->nodes--;
	r->bytes -= (u32)seq_diff(node->end, node->seq);
}

/* Nothing of @node is needed: it goes back to the caller, first, as an empty one. */
static void discard(struct hrtcp_reasm *r, struct hrtcp_rxnode *node)
{
	node->end = node->seq;
	node->next = r->ready;
	r->ready = node;
	if (!r->ready_tail)
		r->ready_tail = node;
}

/* Find the place of @seq. Return: the last node that begins at or before it, or NULL. */
static struct hrtcp_rxnode *find_place(struct hrtcp_reasm *r, struct seq seq,
				       struct rb_node **parent, struct rb_node ***link)
{
	struct hrtcp_rxnode *before = NULL, *at;

	*parent = NULL;
	*link = &r->root.rb_node_top;
	while (**link) {
		*parent = **link;
		at = rxnode(*parent);
		if (seq_le(at->seq, seq)) {
			before = at;
			*link = &(*parent)->rb_right;
		} else {
			*link = &(*parent)->rb_left;
		}
	}
	return before;
}

/* The end of the run that @node is the first of. */
static struct seq end_of_run(const struct hrtcp_rxnode *node)
{
	const struct hrtcp_rxnode *next = rxnode(rb_next(&node->rb));

	return next && seq_eq(next->seq, node->end) ? node->run : node->end;
}

/* The beginning of the run that @node is the last of. */
static struct seq start_of_run(const struct hrtcp_rxnode *node)
{
	const struct hrtcp_rxnode *prev = rxnode(rb_prev(&node->rb));

	return prev && seq_eq(prev->end, node->seq) ? node->run : node->seq;
}

static struct hrtcp_rxnode *find(const struct hrtcp_reasm *r, struct seq seq)
{
	struct rb_node *at = r->root.rb_node_top;

	while (at && !seq_eq(rxnode(at)->seq, seq))
		at = seq_lt(rxnode(at)->seq, seq) ? at->rb_right : at->rb_left;
	return rxnode(at);
}

/* The node that ends at @end. */
static struct hrtcp_rxnode *find_end(const struct hrtcp_reasm *r, struct seq end)
{
	struct rb_node *at = r->root.rb_node_top;

	while (at && !seq_eq(rxnode(at)->end, end))
		at = seq_lt(rxnode(at)->end, end) ? at->rb_right : at->rb_left;
	return rxnode(at);
}

static bool last_of_run(const struct hrtcp_rxnode *node)
{
	const struct hrtcp_rxnode *next = rxnode(rb_next(&node->rb));

	return !next || !seq_eq(next->seq, node->end);
}

/* The run from r->run_start to r->run_end is one: tell its ends. */
static void tag_run(struct hrtcp_reasm *r, struct hrtcp_rxnode *node)
{
	struct hrtcp_rxnode *first = find(r, r->run_start), *last = find_end(r, r->run_end);

	if (!first || !last) {		/* data after a FIN: there is no such run */
		first = node;
		last = node;
	}
	r->run_start = first->seq;
	r->run_end = last->end;
	first->run = r->run_end;
	if (first != last)
		last->run = r->run_start;
}

/*
 * Free what @node covers behind it, shorten @node where it runs into a longer one. What it
 * meets is the first node of its run, unless @node begins amid one: then the last of that
 * says where it began, and if @node ends amid it too, nothing has changed.
 */
static void trim_behind(struct hrtcp_reasm *r, struct hrtcp_rxnode *node)
{
	struct hrtcp_rxnode *before = rxnode(rb_prev(&node->rb));
	struct hrtcp_rxnode *next = rxnode(rb_next(&node->rb));
	bool touches = before && seq_eq(before->end, node->seq);
	bool amid = touches && next && seq_eq(next->seq, node->seq);

	r->run_start = touches && !amid ? start_of_run(before) : node->seq;
	r->run_end = node->seq;
	for (; next && seq_le(next->seq, node->end); next = rxnode(rb_next(&node->rb))) {
		if (amid && last_of_run(next)) {
			r->run_start = next->run;
			r->run_end = next->end;
			amid = false;
		} else if (!amid && seq_ge(next->seq, r->run_end)) {
			r->run_end = end_of_run(next);
		}
		if (seq_eq(next->seq, node->end))
			break;
		if (seq_gt(next->end, node->end) || (seq_eq(next->end, node->end) && next->fin)) {
			r->bytes -= (u32)seq_diff(node->end, next->seq);
			node->end = next->seq;
			node->fin = false;
			break;
		}
		take_out(r, next);
		discard(r, next);
	}
	if (amid) {
		r->run_start = r->run_end;
		return;
	}
	r->run_end = seq_max(r->run_end, node->end);
	tag_run(r, node);
}

/* Does @held leave nothing new in what @node has from @start on? */
static bool covers(const struct hrtcp_rxnode *held, const struct hrtcp_rxnode *node,
		   struct seq start)
{
	if (!held || seq_gt(held->seq, start))
		return false;
	if (seq_eq(held->end, node->end))
		return held->fin || !node->fin;
	return seq_gt(held->end, node->end);	/* a FIN amid data is none */
}

/* Is there no room for a node that adds @bytes? */
static bool is_full(const struct hrtcp_reasm *r, u32 bytes)
{
	return r->nodes >= HRTCP_REASM_MAX && r->nodes >= (r->bytes + bytes) / HRTCP_REASM_SIZE;
}

enum hrtcp_drop hrtcp_reasm_insert(struct hrtcp_reasm *r, struct hrtcp_rxnode *node)
{
	struct hrtcp_rxnode *before, *after;
	struct rb_node *parent, **link;
	struct seq start = node->seq;

	before = find_place(r, node->seq, &parent, &link);
	after = rxnode(before ? rb_next(&before->rb) : rb_first(&r->root));
	if (before)
		start = seq_max(start, before->end);
	if (covers(before, node, node->seq) || covers(after, node, start))
		return HRTCP_DROP_DUPLICATE;
	if (is_full(r, (u32)seq_diff(node->end, start)))
		return HRTCP_DROP_REASM_FULL;
	node->skip += (u32)seq_diff(start, node->seq);
	node->seq = start;
	node->run = start;
	rb_link_node(&node->rb, parent, link);
	rb_insert_color(&node->rb, &r->root);
	r->nodes++;
	r->bytes += (u32)seq_diff(node->end, node->seq);
	trim_behind(r, node);
	return HRTCP_DROP_NONE;
}

bool hrtcp_reasm_is_last(const struct hrtcp_rxnode *node)
{
	return !rb_next(&node->rb);
}

bool hrtcp_reasm_advance(struct hrtcp_reasm *r, struct seq *nxt)
{
	struct hrtcp_rxnode *first;

	while ((first = rxnode(rb_first(&r->root))) && seq_le(first->seq, *nxt)) {
		take_out(r, first);
		if (seq_lt(first->end, *nxt) || (seq_eq(first->end, *nxt) && !first->fin)) {
			discard(r, first);
			continue;
		}
		first->skip += (u32)seq_diff(*nxt, first->seq);
		first->seq = *nxt;
		*nxt = first->end;
		first->next = NULL;
		if (r->ready_tail)
			r->ready_tail->next = first;
		else
			r->ready = first;
		r->ready_tail = first;
		if (first->fin)
			return true;
	}
	return false;
}

struct hrtcp_rxnode *hrtcp_reasm_ready(struct hrtcp_reasm *r)
{
	struct hrtcp_rxnode *node = r->ready;

	if (!node)
		return NULL;
	r->ready = node->next;
	if (!r->ready)
		r->ready_tail = NULL;
	return node;
}

struct hrtcp_rxnode *hrtcp_reasm_drain(struct hrtcp_reasm *r)
{
	struct hrtcp_rxnode *node = hrtcp_reasm_ready(r);

	if (node)
		return node;
	node = rxnode(rb_first(&r->root));
	if (node)
		take_out(r, node);
	return node;
}

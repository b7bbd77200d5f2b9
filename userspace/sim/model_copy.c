// SPDX-License-Identifier: GPL-2.0
#include "model_copy.h"

#include <stdlib.h>

#include "core/txtree.h"

void hrtcp_model_each_kept(const struct hrtcp_reasm *r,
			   void (*fn)(const struct hrtcp_rxnode *node, void *arg), void *arg)
{
	struct rb_node *rb;

	for (rb = rb_first(&r->root); rb; rb = rb_next(rb))
		fn(container_of(rb, struct hrtcp_rxnode, rb), arg);
}

static void copy_one(const struct hrtcp_rxnode *node, void *arg)
{
	struct hrtcp_rxnode *copy = malloc(sizeof(*copy));

	if (!copy)
		abort();
	*copy = *node;
	hrtcp_reasm_insert(arg, copy);
}

void hrtcp_model_copy_reasm(const struct hrtcp_reasm *from, struct hrtcp_reasm *to)
{
	hrtcp_reasm_init(to);
	hrtcp_model_each_kept(from, copy_one, to);
}

void hrtcp_model_index_txq(struct hrtcp_txq *q)
{
	struct hrtcp_txnode *node;

	memset(q->by_seq, 0, sizeof(q->by_seq));
	memset(&q->by_time, 0, sizeof(q->by_time));
	for (node = q->head; node != q->unsent; node = node->next) {
		node->kind = HRTCP_TX_HELD;
		node->timed = 0;
		hrtcp_txq_place(q, node);
	}
}

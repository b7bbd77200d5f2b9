/* SPDX-License-Identifier: GPL-2.0 */
/* model_copy.h -- the trees of both queues, which are C's business. */
#ifndef HRTCP_SIM_MODEL_COPY_H
#define HRTCP_SIM_MODEL_COPY_H

#include "core/reasm.h"
#include "core/txq.h"

/* Put copies (malloc) of all nodes of @from into the empty @to. */
void hrtcp_model_copy_reasm(const struct hrtcp_reasm *from, struct hrtcp_reasm *to);

/* The nodes of @q are copies: make trees of them. */
void hrtcp_model_index_txq(struct hrtcp_txq *q);

/* Call @fn for each node in order. */
void hrtcp_model_each_kept(const struct hrtcp_reasm *r,
			   void (*fn)(const struct hrtcp_rxnode *node, void *arg), void *arg);

#endif

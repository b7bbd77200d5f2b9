/* SPDX-License-Identifier: GPL-2.0 */
/*
 * txtree.h -- where the nodes that were sent are found without walking over others, and what
 * they add up to. For the files of the send queue.
 *
 * A node that the peer does not hold wholly is in one of three trees by sequence, so that a SACK
 * block passes over what is held already, and what to send again is the first of its tree. One
 * with open units, which are neither lost nor SACKed, is in a tree by time of transmission too:
 * there RACK finds what may be lost.
 */
#ifndef HRTCP_CORE_TXTREE_H
#define HRTCP_CORE_TXTREE_H

#include "txq.h"

/* Take @node out of the counters, before its units change ... */
void hrtcp_txq_uncount(struct hrtcp_txq *q, const struct hrtcp_txnode *node);

/* ... and put it back after: */
void hrtcp_txq_add(struct hrtcp_txq *q, const struct hrtcp_txnode *node);

/* the same, and into the trees where it belongs now. */
void hrtcp_txq_count(struct hrtcp_txq *q, struct hrtcp_txnode *node);

/* Into the trees where @node belongs: what it adds to the counters has not changed. */
void hrtcp_txq_place(struct hrtcp_txq *q, struct hrtcp_txnode *node);

/* Out of all trees, before @node goes or is sent again. */
void hrtcp_txq_displace(struct hrtcp_txq *q, struct hrtcp_txnode *node);

/* @node has other lost and SACKed units now. */
void hrtcp_txq_set_bits(struct hrtcp_txq *q, struct hrtcp_txnode *node, u64 lost, u64 sacked);

/* The bits of @node are about to stand for other units: was there one for several? */
void hrtcp_txq_reshape(struct hrtcp_txq *q, const struct hrtcp_txnode *node);

/* The first node of @kind, but not HRTCP_TX_HELD, or NULL; the one behind it. */
struct hrtcp_txnode *hrtcp_txq_first(const struct hrtcp_txq *q, enum hrtcp_txkind kind);
struct hrtcp_txnode *hrtcp_txq_next(const struct hrtcp_txq *q, const struct hrtcp_txnode *node);

/* The first node of @kind that ends after @seq, or NULL. */
struct hrtcp_txnode *hrtcp_txq_find(const struct hrtcp_txq *q, enum hrtcp_txkind kind,
				    struct seq seq);

/* The node with open units that was sent first, or NULL. */
struct hrtcp_txnode *hrtcp_txq_oldest(const struct hrtcp_txq *q);

/* Of the nodes with units both open and sent before @delivered the one sent last, or NULL. */
struct hrtcp_txnode *hrtcp_txq_last_before(const struct hrtcp_txq *q,
					   const struct hrtcp_sent *delivered);

/* Counts a node that was looked at; nothing but where the work is measured. */
static inline void hrtcp_txq_look(const struct hrtcp_txq *q)
{
#ifdef HRTCP_COUNT_WORK
	((struct hrtcp_txq *)q)->looks++;
#endif
	(void)q;
}

#endif

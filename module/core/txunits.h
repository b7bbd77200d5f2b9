/* SPDX-License-Identifier: GPL-2.0 */
/*
 * txunits.h -- the units of a node that was sent, as bits: which stand for which octets. For
 * the files of the send queue.
 */
#ifndef HRTCP_CORE_TXUNITS_H
#define HRTCP_CORE_TXUNITS_H

#include "txq.h"

#define HRTCP_LAST_UNIT (HRTCP_UNITS_MAX - 1)	/* stands for its unit and all after it */

static inline u32 hrtcp_units(const struct hrtcp_txnode *node)
{
	u32 len = hrtcp_txnode_len(node);

	return len <= node->mss ? 1 : DIV_ROUND_UP(len, node->mss);
}

static inline u64 hrtcp_first_units(u32 n)
{
	return n >= HRTCP_UNITS_MAX ? ~0ull : (1ull << n) - 1;
}

static inline u64 hrtcp_all_units(const struct hrtcp_txnode *node)
{
	return hrtcp_first_units(hrtcp_units(node));
}

static inline u32 hrtcp_unit_bytes(const struct hrtcp_txnode *node, u32 i)
{
	u32 rest = hrtcp_txnode_len(node) - i * node->mss;

	return i == HRTCP_LAST_UNIT ? rest : min_t(u32, rest, node->mss);
}

/* Octets of the units in @mask: all have node->mss of them but for the last. */
static inline u32 hrtcp_mask_bytes(const struct hrtcp_txnode *node, u64 mask)
{
	u32 last;

	if (!mask)
		return 0;
	last = min_t(u32, hrtcp_units(node), HRTCP_UNITS_MAX) - 1;
	if (!(mask >> last & 1))
		return (u32)hweight64(mask) * node->mss;
	return ((u32)hweight64(mask) - 1) * node->mss + hrtcp_unit_bytes(node, last);
}

static inline u32 hrtcp_lowest_unit(u64 mask)
{
	return (u32)__ffs64(mask);
}

static inline u32 hrtcp_highest_unit(u64 mask)
{
	return (u32)fls64(mask) - 1;
}

/* One past the last octet of unit @i. */
static inline struct seq hrtcp_unit_end(const struct hrtcp_txnode *node, u32 i)
{
	return seq_add(node->seq, i * node->mss + hrtcp_unit_bytes(node, i));
}

/* The bits of what remains once the first @n units are gone; the last bit is sticky. */
static inline u64 hrtcp_bits_after(u64 bits, u32 n)
{
	return (u64)((s64)bits >> min_t(u32, n, HRTCP_LAST_UNIT));
}

/* The units that the peer holds as far as is known since the last timeout. */
static inline u64 hrtcp_held_units(const struct hrtcp_txnode *node)
{
	return node->sacked & ~node->lost;
}

/* The units of which nothing is known yet. */
static inline u64 hrtcp_open_units(const struct hrtcp_txnode *node)
{
	return hrtcp_all_units(node) & ~node->sacked & ~node->lost;
}

static inline enum hrtcp_txkind hrtcp_txnode_kind(const struct hrtcp_txnode *node)
{
	if (node->lost & ~node->sacked)
		return HRTCP_TX_LOST;
	if (node->lost)
		return HRTCP_TX_DOUBTED;
	return hrtcp_open_units(node) ? HRTCP_TX_OPEN : HRTCP_TX_HELD;
}

/* The units of @node that lie wholly in [@start, @end). */
static inline u64 hrtcp_units_within(const struct hrtcp_txnode *node, struct seq start,
				     struct seq end)
{
	u64 mask = hrtcp_all_units(node);

	if (seq_lt(end, node->end))
		mask = hrtcp_first_units(min_t(u32, (u32)seq_diff(end, node->seq) / node->mss,
					       HRTCP_LAST_UNIT));
	if (seq_gt(start, node->seq))
		mask &= ~hrtcp_first_units(DIV_ROUND_UP((u32)seq_diff(start, node->seq),
							node->mss));
	return mask;
}

/* Was @a sent before @b? RFC 8985 6.2 step 2: equal times go by sequence. */
static inline bool hrtcp_sent_before(const struct hrtcp_txnode *a, const struct hrtcp_txnode *b)
{
	return a->sent_ns < b->sent_ns || (a->sent_ns == b->sent_ns && seq_lt(a->seq, b->seq));
}

/* The units of @node sent before @delivered; equal times go by sequence. */
static inline u64 hrtcp_units_before(const struct hrtcp_txnode *node,
				     const struct hrtcp_sent *delivered)
{
	u32 n;

	if (node->sent_ns != delivered->at_ns)
		return node->sent_ns < delivered->at_ns ? hrtcp_all_units(node) : 0;
	if (seq_lt(node->end, delivered->end))
		return hrtcp_all_units(node);
	if (seq_le(delivered->end, node->seq))
		return 0;
	n = ((u32)seq_diff(delivered->end, node->seq) - 1) / node->mss;
	return hrtcp_first_units(min_t(u32, n, HRTCP_LAST_UNIT));
}

#endif

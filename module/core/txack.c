// SPDX-License-Identifier: GPL-2.0
/* txack.c -- what an ACK and its SACK blocks say of the send queue. */
#include "txtree.h"
#include "txunits.h"

#define ANY_TIME ((u64)-1)		/* d->echo_end_ns: nothing is ruled out */

static void retire(struct hrtcp_txq *q)
{
	struct hrtcp_txnode *node = q->head;

	q->head = node->next;
	if (!q->head)
		q->tail = NULL;
	if (q->last == node)
		q->last = NULL;
	hrtcp_txq_displace(q, node);
	node->next = q->acked;
	q->acked = node;
}

/* A window probe carried octets of a node that counts as unsent. */
static void ack_probed(struct hrtcp_txq *q, struct seq una)
{
	if (!q->unsent || seq_le(una, q->unsent->seq))
		return;
	q->unsent->seq = una;
	if (hrtcp_txnode_len(q->unsent))
		return;
	q->unsent = q->unsent->next;
	retire(q);
}

/* The units of @mask reached the peer. RFC 8985 6.2 steps 1 and 2. */
static void note_delivered(struct hrtcp_delivered *d, const struct hrtcp_txnode *node, u64 mask)
{
	struct seq end;

	if (!mask)
		return;
	end = hrtcp_unit_end(node, hrtcp_highest_unit(mask));
	d->bytes += hrtcp_mask_bytes(node, mask);
	d->units += DIV_ROUND_UP(hrtcp_mask_bytes(node, mask), node->mss);
	d->highest = seq_gt(end, d->highest) || d->bytes == hrtcp_mask_bytes(node, mask) ? end :
										     d->highest;
	if (unlikely(node->sent_ns > d->now_ns) && node->sends == 1) {
		d->early = true;	/* before it departed: of no use for a sample */
		return;
	}
	if (node->sends == 1) {
		struct seq first = seq_add(node->seq, hrtcp_lowest_unit(mask) * node->mss);

		d->lowest = d->once ? seq_min(d->lowest, first) : first;
		d->once = true;
		d->original |= node->sent_ns < d->before_ns;
	} else if (d->now_ns < node->sent_ns + d->min_rtt_ns ||
		   node->sent_ns >= d->echo_end_ns) {
		return;			/* surely the ACK of an earlier transmission */
	}
	if (node->sent_ns < d->sent_ns || (node->sent_ns == d->sent_ns && seq_lt(end, d->end)))
		return;
	d->sent_ns = node->sent_ns;
	d->end = end;
	d->epoch = node->epoch;
	d->app_limited = node->app_limited;
	d->sent_once = node->sends == 1;
	d->flight_bytes = hrtcp_txnode_flight(node);
}

/*
 * An ACK echoes the first segment that it answers, and nothing beyond a gap (RFC 7323 4.3): so
 * the head decides for all that is acknowledged, and what is SACKed is not judged by it.
 */
static void judge_by_head(const struct hrtcp_txq *q, struct hrtcp_delivered *d)
{
	if (!q->head || q->head->sends < 2 || q->head->sent_ns < d->echo_end_ns)
		d->echo_end_ns = ANY_TIME;
}

/*
 * A part of a unit: of one that small ones went into, or the peer's path cuts segments. A
 * node of several keeps their bounds, and that part goes again with its unit.
 */
static void ack_part(struct hrtcp_txq *q, struct seq una, struct hrtcp_delivered *d)
{
	struct hrtcp_txnode *node = q->head;

	if (node == q->unsent || seq_le(una, node->seq))
		return;
	if (node->sends > 1)
		d->repeated = true;
	else if (!d->rtt_sent_ns)
		d->rtt_sent_ns = node->sent_ns;
	if (hrtcp_units(node) > 1)
		return;
	d->original |= node->sends == 1 && node->sent_ns < d->before_ns;
	if (!node->sacked) {
		d->bytes += (u32)seq_diff(una, node->seq);
		d->highest = una;
	}
	hrtcp_txq_uncount(q, node);
	node->seq = una;
	hrtcp_txq_count(q, node);
}

/* Blocks that begin before SND.UNA do not come again; their numbers may. */
static void forget_told(struct hrtcp_txq *q, struct seq una)
{
	u32 i, n = 0;

	for (i = 0; i < q->n_told; i++)
		if (seq_gt(q->told[i].start, una))
			q->told[n++] = q->told[i];
	q->n_told = (u8)n;
}

void hrtcp_txq_ack(struct hrtcp_txq *q, struct seq una, struct hrtcp_delivered *d)
{
	struct hrtcp_txnode *node;
	u32 n;

	judge_by_head(q, d);
	forget_told(q, una);
	while ((node = q->head) != q->unsent && seq_lt(node->seq, una)) {
		n = min_t(u32, (u32)seq_diff(una, node->seq), hrtcp_txnode_len(node));
		n = n == hrtcp_txnode_len(node) ? hrtcp_units(node) : n / node->mss;
		if (!n)
			break;
		d->unit = max_t(u16, d->unit, min_t(u32, node->mss, hrtcp_txnode_len(node)));
		if (node->sends > 1)
			d->repeated = true;
		else if (!d->rtt_sent_ns && hrtcp_first_units(n) & ~node->sacked)
			d->rtt_sent_ns = node->sent_ns;
		note_delivered(d, node, hrtcp_first_units(n) & hrtcp_all_units(node) & ~node->sacked);
		hrtcp_txq_uncount(q, node);
		if (n == hrtcp_units(node)) {
			retire(q);
			q->sent_nodes--;
			continue;
		}
		hrtcp_txq_reshape(q, node);
		node->lost = hrtcp_bits_after(node->lost, n);
		node->sacked = hrtcp_bits_after(node->sacked, n);
		node->seq = seq_add(node->seq, n * node->mss);
		node->lost &= hrtcp_all_units(node);
		node->sacked &= hrtcp_all_units(node);
		hrtcp_txq_count(q, node);
		break;
	}
	ack_part(q, una, d);
	ack_probed(q, una);
	d->echo_end_ns = ANY_TIME;
}

/* Was all of [@start, @end) told already? If not, it is from now on. */
static bool is_told(struct hrtcp_txq *q, struct seq start, struct seq end)
{
	struct hrtcp_sack_block *told, *grown = NULL;
	u32 i;

	for (i = 0; i < q->n_told; i++) {
		told = &q->told[i];
		if (seq_ge(start, told->start) && seq_le(end, told->end))
			return true;
		if (seq_le(start, told->start) && seq_ge(end, told->end))
			grown = told;
	}
	if (!grown && q->n_told < HRTCP_TOLD)
		grown = &q->told[q->n_told++];
	if (!grown)
		grown = &q->told[q->told_at++ % HRTCP_TOLD];
	grown->start = start;
	grown->end = end;
	return false;
}

/*
 * Of one kind: what the tree has is not wholly held, so a node that the block covers is marked
 * anew, and only those at the block's ends may be looked at for nothing.
 */
static void sack_kind(struct hrtcp_txq *q, enum hrtcp_txkind kind, struct seq start,
		      struct seq end, struct hrtcp_delivered *d)
{
	struct hrtcp_txnode *node = hrtcp_txq_find(q, kind, start), *next;
	u64 mask;

	for (; node && seq_lt(node->seq, end); node = next) {
		next = hrtcp_txq_next(q, node);
		mask = hrtcp_units_within(node, start, end) & ~hrtcp_held_units(node);
		if (!mask)
			continue;
		note_delivered(d, node, mask & ~node->sacked);
		hrtcp_txq_set_bits(q, node, node->lost & ~mask, node->sacked | mask);
	}
}

void hrtcp_txq_sack(struct hrtcp_txq *q, struct seq start, struct seq end,
		    struct hrtcp_delivered *d)
{
	u32 kind;

	if (!q->last)
		return;
	end = seq_min(end, q->last->end);
	if (seq_ge(start, end) || is_told(q, start, end))
		return;
	/* Upwards: what is marked is of a lower kind after, if of any. */
	for (kind = HRTCP_TX_HELD + 1; kind < HRTCP_TX_KINDS; kind++)
		sack_kind(q, kind, start, end, d);
}

// SPDX-License-Identifier: GPL-2.0
/* txq.c -- the only file that writes struct hrtcp_txq and the nodes in it. */
#include "txq.h"

#define LAST_UNIT (HRTCP_UNITS_MAX - 1)
#define ANY_TIME ((u64)-1)		/* d->echo_end_ns: nothing is ruled out */

static u32 units(const struct hrtcp_txnode *node)
{
	return DIV_ROUND_UP(hrtcp_txnode_len(node), node->mss);
}

static u64 first_units(u32 n)
{
	return n >= HRTCP_UNITS_MAX ? ~0ull : (1ull << n) - 1;
}

static u64 all_units(const struct hrtcp_txnode *node)
{
	return first_units(units(node));
}

static u32 unit_bytes(const struct hrtcp_txnode *node, u32 i)
{
	u32 rest = hrtcp_txnode_len(node) - i * node->mss;

	return i == LAST_UNIT ? rest : min_t(u32, rest, node->mss);
}

/* Octets of the units in @mask: all have node->mss of them but for the last. */
static u32 mask_bytes(const struct hrtcp_txnode *node, u64 mask)
{
	u32 last;

	if (!mask)
		return 0;
	last = min_t(u32, units(node), HRTCP_UNITS_MAX) - 1;
	if (!(mask >> last & 1))
		return hweight64(mask) * node->mss;
	return (hweight64(mask) - 1) * node->mss + unit_bytes(node, last);
}

static u32 lowest_unit(u64 mask)
{
	return __ffs64(mask);
}

static u32 highest_unit(u64 mask)
{
	return fls64(mask) - 1;
}

/* One past the last octet of unit @i. */
static struct seq unit_end(const struct hrtcp_txnode *node, u32 i)
{
	return seq_add(node->seq, i * node->mss + unit_bytes(node, i));
}

/* The bits of what remains once the first @n units are gone; the last bit is sticky. */
static u64 bits_after(u64 bits, u32 n)
{
	return (u64)((s64)bits >> min_t(u32, n, LAST_UNIT));
}

/* The units that the peer holds as far as is known since the last timeout. */
static u64 held(const struct hrtcp_txnode *node)
{
	return node->sacked & ~node->lost;
}

/* Take the octets of @node out of the counters, before it changes shape ... */
static void uncount(struct hrtcp_txq *q, const struct hrtcp_txnode *node)
{
	u32 lost = mask_bytes(node, node->lost), sacked = mask_bytes(node, held(node));

	q->lost_bytes -= lost;
	q->sacked_bytes -= sacked;
	q->pipe_bytes -= hrtcp_txnode_len(node) - lost - sacked;
	q->again_bytes -= node->sends > 1 ? hrtcp_txnode_len(node) : 0;
}

/* ... and put them back after. */
static void count(struct hrtcp_txq *q, const struct hrtcp_txnode *node)
{
	u32 lost = mask_bytes(node, node->lost), sacked = mask_bytes(node, held(node));

	q->lost_bytes += lost;
	q->sacked_bytes += sacked;
	q->pipe_bytes += hrtcp_txnode_len(node) - lost - sacked;
	q->again_bytes += node->sends > 1 ? hrtcp_txnode_len(node) : 0;
}

/* @node has other lost and SACKed units now. */
static void set_bits(struct hrtcp_txq *q, struct hrtcp_txnode *node, u64 lost, u64 sacked)
{
	uncount(q, node);
	node->lost = lost;
	node->sacked = sacked;
	count(q, node);
}

/* The units in @fresh, in the pipe until now, were found lost. */
static void lose(struct hrtcp_txq *q, struct hrtcp_txnode *node, u64 fresh)
{
	u32 bytes = mask_bytes(node, fresh);

	if (!bytes)
		return;
	set_bits(q, node, node->lost | fresh, node->sacked);
	q->lost_total += bytes;
	if (q->on_lost)
		q->on_lost(q, node, bytes);
}

static void lose_all(struct hrtcp_txq *q, struct hrtcp_txnode *node)
{
	lose(q, node, all_units(node) & ~node->sacked & ~node->lost);
}

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
	node->end = rest->seq;
	if (!node->sends)
		return;
	q->sent_nodes++;
	rest->lost = bits_after(node->lost, len / node->mss) & all_units(rest);
	rest->sacked = bits_after(node->sacked, len / node->mss) & all_units(rest);
	node->lost &= all_units(node);
	node->sacked &= all_units(node);
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

	uncount(q, node);
	uncount(q, next);
	node->end = next->end;
	node->push |= next->push;
	node->sends = (u8)max_t(u32, node->sends, next->sends);
	node->sent_ns = min_t(u64, node->sent_ns, next->sent_ns);
	node->next = next->next;
	count(q, node);
	if (q->tail == next)
		q->tail = node;
	q->sent_nodes--;
	next->next = q->acked;
	q->acked = next;
}

void hrtcp_txq_sent(struct hrtcp_txq *q, struct hrtcp_txnode *node, u16 mss, u64 now_ns)
{
	if (node == q->unsent) {
		q->unsent = node->next;
		q->sent_nodes++;
		node->mss = mss;
	} else {
		uncount(q, node);
	}
	node->lost = 0;
	node->sacked = 0;
	node->sent_ns = now_ns;
	node->sends = (u8)min_t(u32, node->sends + 1u, 255);
	count(q, node);
}

void hrtcp_txq_mark_lost(struct hrtcp_txq *q, struct hrtcp_txnode *node)
{
	set_bits(q, node, all_units(node) & ~held(node), node->sacked);
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

	for (node = q->head; node != q->unsent; node = node->next)
		lose_all(q, node);
}

void hrtcp_txq_recut(struct hrtcp_txq *q, u16 mss)
{
	struct hrtcp_txnode *node;

	for (node = q->head; node != q->unsent; node = node->next) {
		if (min_t(u32, node->mss, hrtcp_txnode_len(node)) <= mss)
			continue;
		uncount(q, node);
		node->mss = mss;
		node->sacked = 0;	/* the peer will say again what it holds */
		node->lost = all_units(node);
		count(q, node);
	}
}

u32 hrtcp_txq_lost_in(const struct hrtcp_txq *q, struct seq start, struct seq end)
{
	const struct hrtcp_txnode *node;
	u32 sum = 0;

	for (node = q->head; node != q->unsent && seq_lt(node->seq, end); node = node->next)
		if (seq_ge(node->seq, start))
			sum += mask_bytes(node, node->lost & ~node->sacked);
	return sum;
}

/* The first node with units that were lost and never SACKed, unless the left edge was. */
static struct hrtcp_txnode *first_without_doubt(const struct hrtcp_txq *q)
{
	struct hrtcp_txnode *node = q->head;

	if (node->lost & node->sacked & 1)
		return NULL;
	while (node != q->unsent && !(node->lost & ~node->sacked))
		node = node->next;
	return node != q->unsent ? node : NULL;
}

struct hrtcp_txnode *hrtcp_txq_first_lost(const struct hrtcp_txq *q, u32 *skip, u32 *len)
{
	struct hrtcp_txnode *node;
	u32 i, sum = 0;
	u64 lost;

	if (!q->lost_bytes)
		return NULL;
	node = first_without_doubt(q);
	lost = node ? node->lost & ~node->sacked : 0;
	if (!node) {
		for (node = q->head; !node->lost; node = node->next)
			;
		lost = node->lost;
	}
	i = lowest_unit(lost);
	*skip = i * node->mss;
	for (; i < HRTCP_UNITS_MAX && lost >> i & 1; i++)
		sum += unit_bytes(node, i);
	*len = sum;
	return node;
}

static void retire(struct hrtcp_txq *q)
{
	struct hrtcp_txnode *node = q->head;

	q->head = node->next;
	if (!q->head)
		q->tail = NULL;
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
	end = unit_end(node, highest_unit(mask));
	d->bytes += mask_bytes(node, mask);
	d->units += DIV_ROUND_UP(mask_bytes(node, mask), node->mss);
	d->highest = seq_gt(end, d->highest) || d->bytes == mask_bytes(node, mask) ? end :
										     d->highest;
	if (node->sends == 1) {
		struct seq first = seq_add(node->seq, lowest_unit(mask) * node->mss);

		d->lowest = d->once ? seq_min(d->lowest, first) : first;
		d->once = true;
		d->original |= node->sent_ns < d->before_ns;
	} else if (d->now_ns - node->sent_ns < d->min_rtt_ns ||
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
	if (units(node) > 1)
		return;
	d->original |= node->sends == 1 && node->sent_ns < d->before_ns;
	if (!node->sacked) {
		d->bytes += (u32)seq_diff(una, node->seq);
		d->highest = una;
	}
	uncount(q, node);
	node->seq = una;
	count(q, node);
}

void hrtcp_txq_ack(struct hrtcp_txq *q, struct seq una, struct hrtcp_delivered *d)
{
	struct hrtcp_txnode *node;
	u32 n;

	judge_by_head(q, d);
	while ((node = q->head) != q->unsent && seq_lt(node->seq, una)) {
		n = min_t(u32, (u32)seq_diff(una, node->seq), hrtcp_txnode_len(node));
		n = n == hrtcp_txnode_len(node) ? units(node) : n / node->mss;
		if (!n)
			break;
		d->unit = max_t(u16, d->unit, min_t(u32, node->mss, hrtcp_txnode_len(node)));
		if (node->sends > 1)
			d->repeated = true;
		else if (!d->rtt_sent_ns && first_units(n) & ~node->sacked)
			d->rtt_sent_ns = node->sent_ns;
		note_delivered(d, node, first_units(n) & all_units(node) & ~node->sacked);
		uncount(q, node);
		if (n == units(node)) {
			retire(q);
			q->sent_nodes--;
			continue;
		}
		node->lost = bits_after(node->lost, n);
		node->sacked = bits_after(node->sacked, n);
		node->seq = seq_add(node->seq, n * node->mss);
		node->lost &= all_units(node);
		node->sacked &= all_units(node);
		count(q, node);
		break;
	}
	ack_part(q, una, d);
	ack_probed(q, una);
	d->echo_end_ns = ANY_TIME;
}

/* The units of @node that lie wholly in [@start, @end). */
static u64 units_within(const struct hrtcp_txnode *node, struct seq start, struct seq end)
{
	u64 mask = all_units(node);

	if (seq_lt(end, node->end))
		mask = first_units(min_t(u32, (u32)seq_diff(end, node->seq) / node->mss,
					 LAST_UNIT));
	if (seq_gt(start, node->seq))
		mask &= ~first_units(DIV_ROUND_UP((u32)seq_diff(start, node->seq), node->mss));
	return mask;
}

void hrtcp_txq_sack(struct hrtcp_txq *q, struct seq start, struct seq end,
		    struct hrtcp_delivered *d)
{
	struct hrtcp_txnode *node;
	u64 mask;

	for (node = q->head; node != q->unsent && seq_lt(node->seq, end); node = node->next) {
		if (seq_le(node->end, start))
			continue;
		mask = units_within(node, start, end) & ~held(node);
		if (!mask)
			continue;
		note_delivered(d, node, mask & ~node->sacked);
		set_bits(q, node, node->lost & ~mask, node->sacked | mask);
	}
}

void hrtcp_txq_doubt_sacked(struct hrtcp_txq *q)
{
	struct hrtcp_txnode *node;

	for (node = q->head; node != q->unsent; node = node->next)
		set_bits(q, node, node->lost | node->sacked, node->sacked);
}

void hrtcp_txq_forget_sacked(struct hrtcp_txq *q)
{
	struct hrtcp_txnode *node;

	for (node = q->head; node != q->unsent; node = node->next)
		set_bits(q, node, node->lost, 0);
}

/* The units of @node sent before @delivered; equal times go by sequence. */
static u64 sent_before(const struct hrtcp_txnode *node, const struct hrtcp_sent *delivered)
{
	if (node->sent_ns != delivered->at_ns)
		return node->sent_ns < delivered->at_ns ? all_units(node) : 0;
	if (seq_lt(node->end, delivered->end))
		return all_units(node);
	if (seq_le(delivered->end, node->seq))
		return 0;
	return first_units(((u32)seq_diff(delivered->end, node->seq) - 1) / node->mss);
}

u64 hrtcp_txq_detect_lost(struct hrtcp_txq *q, const struct hrtcp_sent *delivered, u64 age_ns,
			  u64 now_ns)
{
	struct hrtcp_txnode *node;
	u64 wait_ns = 0, open;

	for (node = q->head; node != q->unsent; node = node->next) {
		open = sent_before(node, delivered) & ~node->lost & ~node->sacked;
		if (!open)
			continue;
		if (node->sent_ns + age_ns <= now_ns)
			lose(q, node, open);
		else
			wait_ns = max_t(u64, wait_ns, node->sent_ns + age_ns - now_ns);
	}
	return wait_ns;
}

void hrtcp_txq_mark_old_lost(struct hrtcp_txq *q, u64 age_ns, u64 now_ns)
{
	struct hrtcp_txnode *node;

	hrtcp_txq_mark_head_lost(q);
	for (node = q->head; node != q->unsent; node = node->next)
		if (node->sent_ns + age_ns <= now_ns)
			lose_all(q, node);
}

void hrtcp_txq_unmark_lost(struct hrtcp_txq *q)
{
	struct hrtcp_txnode *node;

	for (node = q->head; node != q->unsent; node = node->next)
		set_bits(q, node, 0, node->sacked);
}

struct hrtcp_txnode *hrtcp_txq_last_sent(const struct hrtcp_txq *q)
{
	struct hrtcp_txnode *node, *last = NULL;

	for (node = q->head; node != q->unsent; node = node->next)
		last = node;
	return last;
}

bool hrtcp_txq_adds_up(const struct hrtcp_txq *q, bool doubt)
{
	const struct hrtcp_txnode *node;
	struct hrtcp_txq sum = { 0 };

	for (node = q->head; node && node != q->unsent; node = node->next) {
		if ((node->lost & node->sacked && !doubt) ||
		    (node->lost | node->sacked) & ~all_units(node))
			return false;
		count(&sum, node);
		sum.sent_nodes++;
	}
	return sum.sent_nodes == q->sent_nodes && sum.pipe_bytes == q->pipe_bytes && sum.lost_bytes == q->lost_bytes &&
	       sum.sacked_bytes == q->sacked_bytes && sum.again_bytes == q->again_bytes;
}

// SPDX-License-Identifier: GPL-2.0
/* txq.c -- the only file that writes struct hrtcp_txq and the nodes in it. */
#include "txq.h"

#define LAST_UNIT (HRTCP_UNITS_MAX - 1)

static u32 units(const struct hrtcp_txnode *node)
{
	return DIV_ROUND_UP(hrtcp_txnode_len(node), node->mss);
}

static u64 all_units(const struct hrtcp_txnode *node)
{
	u32 n = units(node);

	return n >= HRTCP_UNITS_MAX ? ~0ull : (1ull << n) - 1;
}

static u32 unit_bytes(const struct hrtcp_txnode *node, u32 i)
{
	u32 rest = hrtcp_txnode_len(node) - i * node->mss;

	return i == LAST_UNIT ? rest : min_t(u32, rest, node->mss);
}

static u32 lost_bytes(const struct hrtcp_txnode *node)
{
	u32 i, sum = 0;

	if (!node->lost)
		return 0;
	if (node->lost == all_units(node))
		return hrtcp_txnode_len(node);
	for (i = 0; i < HRTCP_UNITS_MAX; i++)
		if (node->lost >> i & 1)
			sum += unit_bytes(node, i);
	return sum;
}

/* The bits of what remains once the first @n units are gone; the last bit is sticky. */
static u64 lost_after(const struct hrtcp_txnode *node, u32 n)
{
	return (u64)((s64)node->lost >> min_t(u32, n, LAST_UNIT));
}

/* Take the octets of @node out of the counters, before it changes shape ... */
static void uncount(struct hrtcp_txq *q, const struct hrtcp_txnode *node)
{
	u32 lost = lost_bytes(node);

	q->lost_bytes -= lost;
	q->pipe_bytes -= hrtcp_txnode_len(node) - lost;
}

/* ... and put them back after. */
static void count(struct hrtcp_txq *q, const struct hrtcp_txnode *node)
{
	u32 lost = lost_bytes(node);

	q->lost_bytes += lost;
	q->pipe_bytes += hrtcp_txnode_len(node) - lost;
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
	if (node->sends)
		rest->lost = lost_after(node, len / node->mss);
	node->end = rest->seq;
	if (node->sends) {
		node->lost &= all_units(node);
		rest->lost &= all_units(rest);
	}
}

void hrtcp_txq_sent(struct hrtcp_txq *q, struct hrtcp_txnode *node, u16 mss, u64 now_ns)
{
	if (node == q->unsent) {
		q->unsent = node->next;
		node->mss = mss;
	} else {
		uncount(q, node);
	}
	node->lost = 0;
	node->sent_ns = now_ns;
	node->sends = (u8)min_t(u32, node->sends + 1u, 255);
	count(q, node);
}

void hrtcp_txq_mark_lost(struct hrtcp_txq *q, struct hrtcp_txnode *node)
{
	uncount(q, node);
	node->lost = all_units(node);
	count(q, node);
}

void hrtcp_txq_mark_head_lost(struct hrtcp_txq *q)
{
	struct hrtcp_txnode *head = q->head;

	if (!head || head == q->unsent)
		return;
	uncount(q, head);
	head->lost |= 1;
	count(q, head);
}

void hrtcp_txq_mark_all_lost(struct hrtcp_txq *q)
{
	struct hrtcp_txnode *node;

	for (node = q->head; node != q->unsent; node = node->next)
		hrtcp_txq_mark_lost(q, node);
}

void hrtcp_txq_recut(struct hrtcp_txq *q, u16 mss)
{
	struct hrtcp_txnode *node;

	for (node = q->head; node != q->unsent; node = node->next) {
		if (min_t(u32, node->mss, hrtcp_txnode_len(node)) <= mss)
			continue;
		uncount(q, node);
		node->mss = mss;
		node->lost = all_units(node);
		count(q, node);
	}
}

struct hrtcp_txnode *hrtcp_txq_first_lost(const struct hrtcp_txq *q, u32 *skip, u32 *len)
{
	struct hrtcp_txnode *node;
	u32 i = 0, sum = 0;

	if (!q->lost_bytes)
		return NULL;
	for (node = q->head; !node->lost; node = node->next)
		;
	while (!(node->lost >> i & 1))
		i++;
	*skip = i * node->mss;
	for (; i < HRTCP_UNITS_MAX && node->lost >> i & 1; i++)
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

void hrtcp_txq_ack(struct hrtcp_txq *q, struct seq una, u64 *sent_ns)
{
	bool repeated = false;
	struct hrtcp_txnode *node;
	u32 n;

	*sent_ns = 0;
	while ((node = q->head) != q->unsent && seq_lt(node->seq, una)) {
		n = min_t(u32, (u32)seq_diff(una, node->seq), hrtcp_txnode_len(node));
		n = n == hrtcp_txnode_len(node) ? units(node) : n / node->mss;
		if (!n)
			break;
		if (node->sends > 1)
			repeated = true;
		else if (!*sent_ns)
			*sent_ns = node->sent_ns;
		uncount(q, node);
		if (n == units(node)) {
			retire(q);
			continue;
		}
		node->lost = lost_after(node, n);
		node->seq = seq_add(node->seq, n * node->mss);
		node->lost &= all_units(node);
		count(q, node);
		break;
	}
	if (repeated)
		*sent_ns = 0;
	ack_probed(q, una);
}

/* SPDX-License-Identifier: GPL-2.0 */
/* txq.h -- buffers of data written and not yet acknowledged; their order is the core's. */
#ifndef HRTCP_KERNEL_TXQ_H
#define HRTCP_KERNEL_TXQ_H

#include <linux/skbuff.h>

#include "core/txq.h"

struct hrtcp_sock;
struct sock;

/*
 * The node and its skb, which knows of it by a pointer in its control block. The payload is in the
 * fragments, the linear part is room for headers. The node names what is left of it: as its head
 * is acknowledged node->seq moves and the skb does not.
 */
struct hrtcp_txbuf {
	struct hrtcp_txnode node;
	struct sk_buff *skb;
};

static inline struct sk_buff *hrtcp_txnode_skb(const struct hrtcp_txnode *node)
{
	return container_of(node, struct hrtcp_txbuf, node)->skb;
}

static inline struct hrtcp_txbuf **hrtcp_skb_txbuf(struct sk_buff *skb)
{
	return (struct hrtcp_txbuf **)skb->cb;
}

static inline struct hrtcp_txnode *hrtcp_skb_txnode(struct sk_buff *skb)
{
	return &(*hrtcp_skb_txbuf(skb))->node;
}

/* Where the octet node->seq stands in the payload of its skb. */
static inline u32 hrtcp_txnode_off(const struct hrtcp_txnode *node)
{
	return hrtcp_txnode_skb(node)->len - hrtcp_txnode_len(node);
}

int hrtcp_txq_init(void);
void hrtcp_txq_exit(void);

/* An empty buffer, accounted to the socket. Return: NULL if memory is short. */
struct sk_buff *hrtcp_txq_alloc(struct sock *sk, gfp_t gfp);

/* Free one; the socket is owned for all below. */
void hrtcp_txq_free_skb(struct sock *sk, struct sk_buff *skb);
void hrtcp_txq_free(struct sock *sk, struct hrtcp_txnode *node);

/* Cut @node after @len octets, in the skb and in the core. Return: whether it worked. */
bool hrtcp_txq_split_node(struct sock *sk, struct hrtcp_txnode *node, u32 len);

/* The answer to HRTCP_POLL_JOIN. The socket is owned. */
void hrtcp_txq_join_node(struct sock *sk, struct hrtcp_txnode *node);

/* A header's room and references on the octets [@off, @off + @len) of @skb. */
struct sk_buff *hrtcp_txq_copy_range(const struct sk_buff *skb, u32 off, u32 len, gfp_t gfp);

/* Of a dead connection. */
void hrtcp_txq_purge(struct sock *sk);

/* Let the send buffer follow the congestion window. */
void hrtcp_txq_tune(struct sock *sk);

/* sk_write_space: wake who waits for room. */
void hrtcp_write_space(struct sock *sk);

#endif

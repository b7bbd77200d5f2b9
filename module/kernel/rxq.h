/* SPDX-License-Identifier: GPL-2.0 */
/* rxq.h -- received data: out of order in the core's hands, in order in the user's queue. */
#ifndef HRTCP_KERNEL_RXQ_H
#define HRTCP_KERNEL_RXQ_H

#include <linux/skbuff.h>

#include "core/reasm.h"

struct hrtcp_seg;
struct sock;

/* The part [off, end) of the skb is data; what is before has been read or never was. */
struct hrtcp_rxcb {
	u32 off, end;
};

static inline struct hrtcp_rxnode *hrtcp_skb_rxnode(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct hrtcp_rxnode) > sizeof(skb->cb));
	return (struct hrtcp_rxnode *)skb->cb;
}

static inline struct hrtcp_rxcb *hrtcp_skb_rxcb(struct sk_buff *skb)
{
	return (struct hrtcp_rxcb *)skb->cb;
}

/* Half of SO_RCVBUF is for payload, half for what it is wrapped in. */
static inline u32 hrtcp_rcvbuf_payload(int rcvbuf)
{
	return (u32)rcvbuf / 2;
}

/* What the core may let it grow to. */
u32 hrtcp_rcvbuf_payload_max(const struct sock *sk);

/* May the payload of @seg stay? HRTCP_DROP_NONE, or why not. The socket is owned for this
 * and all below. */
enum hrtcp_drop hrtcp_rxq_admit(struct sock *sk, struct sk_buff *skb,
				const struct hrtcp_seg *seg);

/* The core keeps the skb: charge it. */
void hrtcp_rxq_keep(struct sock *sk, struct sk_buff *skb);

/* Octets [@skip, @skip + @len) of the payload are next for the user. Takes the skb. */
void hrtcp_rxq_deliver(struct sock *sk, struct sk_buff *skb, u32 skip, u32 len);
void hrtcp_rxq_deliver_kept(struct sock *sk, struct hrtcp_rxnode *node, u32 skip, u32 len);

/* Is there enough for SO_RCVLOWAT, or an end? Also without owning the socket. */
bool hrtcp_rxq_readable(const struct sock *sk);

/* Free what the user did not read; what the core of a dead connection holds. */
void hrtcp_rxq_purge(struct sock *sk);
void hrtcp_rxq_purge_core(struct sock *sk);

#endif

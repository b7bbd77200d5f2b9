// SPDX-License-Identifier: GPL-2.0
/*
 * rxq.c -- holding received data within the socket's memory.
 *
 * The window promises payload, sk_rcvbuf bounds buffers, and a peer chooses how much buffer
 * an octet costs. So data in order is never refused for its wrapping: it is merged into the
 * queue's tail, and copied into denser buffers when sk_rmem_alloc outgrows the promise.
 * Data out of order is refused beyond sk_rcvbuf; it comes again.
 */
#include "rxq.h"

#include <net/sock.h>

#include "core/conn.h"

#include "netns.h"
#include "sock.h"
#include "urgent.h"

#define DENSE_SIZE 8192			/* of the buffers that small segments are copied to */

static struct sk_buff *rxnode_skb(const struct hrtcp_rxnode *node)
{
	return (struct sk_buff *)((char *)node - offsetof(struct sk_buff, cb));
}

enum hrtcp_drop hrtcp_rxq_admit(struct sock *sk, struct sk_buff *skb,
				const struct hrtcp_seg *seg)
{
	const u32 rmem = atomic_read(&sk->sk_rmem_alloc);
	const u32 rcvbuf = READ_ONCE(sk->sk_rcvbuf);
	const bool in_order = seq_le(seg->seq, hrtcp_sk(sk)->conn.rcv.nxt);

	sock_owned_by_me(sk);
	/* In order, beyond what dense buffers of a full window and of the gap's rest need. */
	if (rmem + skb->truesize > (in_order ? 3 * rcvbuf : rcvbuf))
		return HRTCP_DROP_RCVBUF;
	if (!sk_rmem_schedule(sk, skb, skb->truesize))
		return HRTCP_DROP_NO_MEMORY;
	return HRTCP_DROP_NONE;
}

void hrtcp_rxq_keep(struct sock *sk, struct sk_buff *skb)
{
	sock_owned_by_me(sk);
	skb_set_owner_r(skb, sk);
}

/* Return: whether @skb is gone, its data in the tail of the queue. */
static bool merge(struct sock *sk, struct sk_buff *skb, u32 off, u32 end)
{
	struct sk_buff *tail = skb_peek_tail(&sk->sk_receive_queue);
	bool stolen;
	int delta;

	if (!tail || off || end != skb->len || hrtcp_skb_rxcb(tail)->end != tail->len)
		return false;
	if (!skb_try_coalesce(tail, skb, &stolen, &delta))
		return false;
	hrtcp_skb_rxcb(tail)->end = tail->len;
	atomic_add(delta, &sk->sk_rmem_alloc);
	sk_mem_charge(sk, delta);
	kfree_skb_partial(skb, stolen);
	return true;
}

/* Copy the payload of a wasteful skb where more fits behind it. Return: which to queue. */
static struct sk_buff *densify(struct sock *sk, struct sk_buff *skb, u32 off, u32 len)
{
	struct sk_buff *dense;

	if (atomic_read(&sk->sk_rmem_alloc) <= READ_ONCE(sk->sk_rcvbuf) / 2 ||
	    len > DENSE_SIZE / 4 || skb->truesize < 2 * len)
		return skb;
	dense = alloc_skb(SKB_WITH_OVERHEAD(DENSE_SIZE), GFP_ATOMIC | __GFP_NOWARN);
	if (!dense)
		return skb;
	if (skb_copy_bits(skb, off, skb_put(dense, len), len) ||
	    !sk_rmem_schedule(sk, dense, dense->truesize)) {
		__kfree_skb(dense);
		return skb;
	}
	__kfree_skb(skb);
	return dense;
}

static void enqueue(struct sock *sk, struct sk_buff *skb, u32 off, u32 end)
{
	struct sk_buff *dense;

	if (merge(sk, skb, off, end))
		return;
	dense = densify(sk, skb, off, end - off);
	if (dense != skb) {
		skb = dense;
		off = 0;
		end = skb->len;
	}
	if (skb->sk != sk)
		skb_set_owner_r(skb, sk);
	hrtcp_skb_rxcb(skb)->off = off;
	hrtcp_skb_rxcb(skb)->end = end;
	__skb_queue_tail(&sk->sk_receive_queue, skb);
}

void hrtcp_rxq_deliver(struct sock *sk, struct sk_buff *skb, u32 skip, u32 len)
{
	sock_owned_by_me(sk);
	enqueue(sk, skb, skip, skip + len);
}

void hrtcp_rxq_deliver_kept(struct sock *sk, struct hrtcp_rxnode *node, u32 skip, u32 len)
{
	struct sk_buff *skb = rxnode_skb(node);

	sock_owned_by_me(sk);
	if (len)
		enqueue(sk, skb, skip, skip + len);
	else
		__kfree_skb(skb);
}

bool hrtcp_rxq_readable(const struct sock *sk)
{
	const struct hrtcp_conn *conn = &hrtcp_sk(sk)->conn;

	if (READ_ONCE(sk->sk_shutdown) & RCV_SHUTDOWN)
		return true;
	return READ_ONCE(conn->rcv.unread_bytes) - hrtcp_urgent_hidden(sk) >=
	       sock_rcvlowat(sk, 0, INT_MAX);
}

u32 hrtcp_rcvbuf_payload_max(const struct sock *sk)
{
	if (sk->sk_userlocks & SOCK_RCVBUF_LOCK)
		return hrtcp_rcvbuf_payload(READ_ONCE(sk->sk_rcvbuf));
	return hrtcp_rcvbuf_payload(READ_ONCE(hrtcp_sk(sk)->hn->bufs.rmem[2]));
}

void hrtcp_rxq_purge(struct sock *sk)
{
	sock_owned_by_me(sk);
	hrtcp_conn_on_discard(&hrtcp_sk(sk)->conn);
	__skb_queue_purge(&sk->sk_receive_queue);
	sk_mem_reclaim(sk);
}

void hrtcp_rxq_purge_core(struct sock *sk)
{
	struct hrtcp_rxnode *node;

	sock_owned_by_me(sk);
	while ((node = hrtcp_conn_drain_rx(&hrtcp_sk(sk)->conn)))
		__kfree_skb(rxnode_skb(node));
	sk_mem_reclaim(sk);
}

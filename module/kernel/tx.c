// SPDX-License-Identifier: GPL-2.0
/*
 * tx.c -- a connection's segments on their way out; from the bottom:
 *
 *   hrtcp_tx_send()          payload, header, GSO marks, accounting, IP
 *   take_payload()           a clone of the node's skb, or a part of it
 *   hrtcp_tx_push_header()   the core writes it
 *   own()                    charge the socket until the device lets go
 *   hrtcp_tx_wfree()         it did: perhaps the core may send again
 *
 * Small queues. What stands between here and the wire is counted in sk_wmem_alloc. Beyond
 * two super-segments the core is told to hold its data back, so that one flow neither fills
 * the qdisc nor learns of loss late. In a qdisc that keeps departure times those are small, as
 * pacing makes them, and what they hold ends before HRTCP_PACE_AHEAD_NS: so what departs calls
 * for more, and not the connection's timer. The destructor runs in any context, even inside our
 * own transmit, so it only schedules a tasklet, with a reference of the socket if it is
 * still alive; the tasklet, or release_cb, unblocks.
 */
#include "tx.h"

#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/tcp.h>

#include "compat.h"
#include "events.h"
#include "netns.h"
#include "settle.h"
#include "sock.h"
#include "stats.h"
#include "txq.h"

#define QUEUED_SUPER_SEGMENTS 2

/* Where departure times are kept, at least so much as departs within about a millisecond ... */
#define QUEUED_RATE_SHIFT 10
#define QUEUED_RATE_MAX SZ_1M		/* ... but not more than this, as of Linux TCP */

/* What the allocator makes of MAX_TCP_HEADER, and the node: of small segments it matters. */
#define HEADER_ROOM SZ_1K

/*
 * Read without the lock, too: whatever is read, the last skb that is let go leaves less than half.
 * A paced super-segment lasts a millisecond, or is of two segments. Two are queued and the one that
 * goes beyond the limit; they depart within HRTCP_PACE_AHEAD_NS from 14 Mbit/s on. Below, each lasts
 * so long that it may be the connection's timer that brings the next.
 */
static int queue_limit(const struct hrtcp_sock *hs)
{
	const struct hrtcp_pace *pace = &hs->conn.cc.pace;
	const u64 rate = READ_ONCE(pace->rate);
	u32 super = hs->conn.snd.gso_max, limit;

	if (!pace->held || rate == HRTCP_UNPACED)
		return QUEUED_SUPER_SEGMENTS * SKB_TRUESIZE(super);
	super = min_t(u32, super, max_t(u32, pace->quantum_bytes, 2 * hs->conn.snd.mss));
	super += HEADER_ROOM;
	limit = min_t(u64, rate >> QUEUED_RATE_SHIFT, QUEUED_RATE_MAX);
	return max_t(u32, limit, QUEUED_SUPER_SEGMENTS * SKB_TRUESIZE(super));
}

static void hrtcp_tx_wfree(struct sk_buff *skb)
{
	struct sock *sk = skb->sk;
	struct hrtcp_sock *hs = hrtcp_sk(sk);

	/* One unit of our charge stays until the end: sk_free() below may be the last. */
	WARN_ON_ONCE(refcount_sub_and_test(skb->truesize - 1, &sk->sk_wmem_alloc));
	smp_mb__after_atomic();		/* the count, then the flag: see check_queue() */
	if (test_bit(HRTCP_SF_BLOCKED, &hs->flags) &&
	    refcount_read(&sk->sk_wmem_alloc) <= queue_limit(hs) / 2 &&
	    !test_and_set_bit(HRTCP_SF_TASKLET, &hs->flags)) {
		if (refcount_inc_not_zero(&sk->sk_refcnt))
			tasklet_schedule(&hs->unblock);
	}
	sk_free(sk);
}

void hrtcp_tx_unblock(struct sock *sk)
{
	struct hrtcp_sock *hs = hrtcp_sk(sk);

	sock_owned_by_me(sk);
	clear_bit(HRTCP_SF_UNBLOCK, &hs->flags);
	if (!test_and_clear_bit(HRTCP_SF_BLOCKED, &hs->flags) || !hs->hashed)
		return;
	hrtcp_conn_set_blocked(&hs->conn, false);
	hrtcp_settle(sk);
}

static void own(struct sock *sk, struct sk_buff *skb)
{
	skb->sk = sk;
	skb->destructor = hrtcp_tx_wfree;
	skb_set_hash_from_sk(skb, sk);
	skb_set_dst_pending_confirm(skb, READ_ONCE(sk->sk_dst_pending_confirm));
	refcount_add(skb->truesize, &sk->sk_wmem_alloc);
}

/* After the send, which may have freed the skb already. */
static void check_queue(struct hrtcp_sock *hs)
{
	struct sock *sk = &hs->inet.sk;

	if (refcount_read(&sk->sk_wmem_alloc) <= queue_limit(hs))
		return;
	set_bit(HRTCP_SF_BLOCKED, &hs->flags);
	smp_mb__after_atomic();		/* the flag, then the count: see hrtcp_tx_wfree() */
	if (refcount_read(&sk->sk_wmem_alloc) <= queue_limit(hs) / 2)
		clear_bit(HRTCP_SF_BLOCKED, &hs->flags);
	else
		hrtcp_conn_set_blocked(&hs->conn, true);
}

void hrtcp_tx_push_header(struct sk_buff *skb, const struct hrtcp_key *key,
			  const struct hrtcp_seg *seg)
{
	struct tcphdr *th;

	skb_push(skb, HRTCP_HDR_MIN + hrtcp_wire_opt_len(&seg->opt));
	skb_reset_transport_header(skb);
	hrtcp_wire_build(skb->data, key->lport, key->rport, seg);
	th = tcp_hdr(skb);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_transport_header(skb) - skb->head;
	skb->csum_offset = offsetof(struct tcphdr, check);
	if (hrtcp_key_v4(key))
		th->check = ~csum_tcpudp_magic(hrtcp_addr_v4(&key->laddr),
					       hrtcp_addr_v4(&key->raddr), skb->len,
					       IPPROTO_TCP, 0);
	else
		th->check = ~csum_ipv6_magic(&key->laddr, &key->raddr, skb->len,
					     IPPROTO_TCP, 0);
}

static struct sk_buff *take_payload(const struct hrtcp_tx *tx, gfp_t gfp)
{
	struct sk_buff *skb = hrtcp_txnode_skb(tx->node);
	const u32 off = hrtcp_txnode_off(tx->node) + tx->skip;

	/* While a clone is out its header stands in the room that another would use. */
	if (off || tx->seg.len != skb->len || skb_cloned(skb))
		return hrtcp_txq_copy_range(skb, off, tx->seg.len, gfp);
	return skb_clone(skb, gfp);
}

static struct sk_buff *take_nothing(gfp_t gfp)
{
	struct sk_buff *skb = alloc_skb(MAX_TCP_HEADER, gfp);

	if (skb)
		skb_reserve(skb, MAX_TCP_HEADER);
	return skb;
}

/* CWR stands in the first segment only, unless it is a bit of ACE: RFC 9768 3.3.4. */
static unsigned int gso_cwr(const struct hrtcp_conn *conn)
{
	return conn->ecn.pact.mode == HRTCP_ECN_ACCURATE ? HRTCP_GSO_ACE : SKB_GSO_TCP_ECN;
}

static void mark_gso(const struct sock *sk, struct sk_buff *skb, const struct hrtcp_tx *tx)
{
	struct skb_shared_info *info = skb_shinfo(skb);

	info->gso_size = tx->gso_size;
	info->gso_type = tx->gso_size ? sk->sk_gso_type : 0;
	if (tx->gso_size && tx->seg.flags & HRTCP_CWR)
		info->gso_type |= gso_cwr(&hrtcp_sk(sk)->conn);
	info->gso_segs = tx->gso_size ? DIV_ROUND_UP(tx->seg.len, tx->gso_size) : 1;
}

static int xmit_v6(struct sock *sk, struct sk_buff *skb, u8 ecn)
{
	struct ipv6_pinfo *np = inet6_sk(sk);
	struct flowi6 *fl6 = &inet_sk(sk)->cork.fl.u.ip6;
	struct dst_entry *dst;
	int err;

	rcu_read_lock();
	dst = __sk_dst_get(sk);
	if (!dst) {
		rcu_read_unlock();
		kfree_skb(skb);
		return -EHOSTUNREACH;
	}
	skb_dst_set_noref(skb, dst);
	err = ip6_xmit(sk, skb, fl6, READ_ONCE(sk->sk_mark), rcu_dereference(np->opt),
		       np->tclass | ecn, READ_ONCE(sk->sk_priority));
	rcu_read_unlock();
	return err;
}

static void note(struct hrtcp_sock *hs, const struct hrtcp_tx *tx, int gso_segs)
{
	hrtcp_count_add(hs->hn, HRTCP_STAT_OUT_SEGS, gso_segs);
	if (tx->retransmit)
		hrtcp_count_add(hs->hn, HRTCP_STAT_RETRANS_SEGS, gso_segs);
	if (tx->seg.flags & HRTCP_RST)
		hrtcp_count(hs->hn, HRTCP_STAT_OUT_RSTS);
	hrtcp_event_seg_sent(hs->hn, &hs->rec, &tx->seg, hs->conn.rcv.wscale, tx->retransmit);
}

bool hrtcp_tx_send(struct sock *sk, const struct hrtcp_tx *tx)
{
	const gfp_t gfp = sk_gfp_mask(sk, GFP_ATOMIC);
	struct hrtcp_sock *hs = hrtcp_sk(sk);
	struct sk_buff *skb;
	int err;

	sock_owned_by_me(sk);
	skb = tx->node ? take_payload(tx, gfp) : take_nothing(gfp);
	if (!skb)
		return false;
	memset(skb->cb, 0, sizeof(skb->cb));
	hrtcp_tx_push_header(skb, &hs->rec.key, &tx->seg);
	mark_gso(sk, skb, tx);
	if (tx->depart_ns)
		skb_set_delivery_time(skb, ns_to_ktime(tx->depart_ns), SKB_CLOCK_MONOTONIC);
	own(sk, skb);
	note(hs, tx, skb_shinfo(skb)->gso_segs);
	if (hrtcp_key_v4(&hs->rec.key))
		err = __ip_queue_xmit(sk, skb, &inet_sk(sk)->cork.fl,
				      READ_ONCE(inet_sk(sk)->tos) | tx->seg.ip_ecn);
	else
		err = xmit_v6(sk, skb, tx->seg.ip_ecn);
	check_queue(hs);
	return !net_xmit_eval(err);
}

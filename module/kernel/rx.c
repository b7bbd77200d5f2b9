// SPDX-License-Identifier: GPL-2.0
/*
 * rx.c -- from IP to the core, in softirq; read the file from the bottom:
 *
 *   hrtcp_rx()        whose? not ours: back to the host's TCP, untouched
 *   dispatch()        socket, half-open request, TIME-WAIT or listener
 *   check()           checksum, TTL, IPsec policy, filters
 *   to_sock()         owned by a process? park it on the backlog, same path later
 *   hrtcp_rx_owned()  wire -> struct hrtcp_seg, hrtcp_conn_on_segment(), settle
 */
#include "rx.h"

#include <net/addrconf.h>
#include <net/busy_poll.h>
#include <net/dsfield.h>
#include <net/inet_ecn.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/route.h>
#include <net/tcp.h>
#include <net/xfrm.h>

#include "events.h"
#include "listen.h"
#include "lookup.h"
#include "netns.h"
#include "request.h"
#include "rxq.h"
#include "settle.h"
#include "sock.h"
#include "srcroute.h"
#include "stats.h"
#include "timewait.h"

#define LOOKUP_TRIES 3
#define BACKLOG_EXTRA 65536		/* a GRO packet, however small the buffers */

void hrtcp_rx_dropped(const struct hrtcp_arrival *a, enum hrtcp_drop drop)
{
	hrtcp_count_drop(a->hn, drop);
}

static u32 segs_of(const struct sk_buff *skb)
{
	return max_t(u32, skb_shinfo(skb)->gso_segs, 1);
}

/* What is left where the payload may not stay: its acknowledgment is still good. */
static void strip_payload(struct hrtcp_seg *seg)
{
	seg->len = 0;
	seg->flags &= ~(HRTCP_FIN | HRTCP_PSH);
}

/* The two bits that routers write. */
static u8 ip_ecn(const struct sk_buff *skb)
{
	if (ip_hdr(skb)->version == 4)
		return ip_hdr(skb)->tos & INET_ECN_MASK;
	return ipv6_get_dsfield(ipv6_hdr(skb)) & INET_ECN_MASK;
}

static enum hrtcp_drop parse(struct sk_buff *skb, struct hrtcp_seg *seg)
{
	const enum hrtcp_drop drop = hrtcp_wire_parse(skb->data, skb_headlen(skb), skb->len,
						      seg);

	seg->ip_ecn = ip_ecn(skb);
	seg->pkts = min_t(u32, segs_of(skb), U16_MAX);	/* GRO merges none that is marked otherwise */
	return drop;
}

/*
 * A route that comes later replaces the one saved, RFC 9293 3.9.2.1, but not what the user
 * wants (MUST-52), and not where the segment could be anybody's.
 */
static void follow(struct hrtcp_sock *hs, const struct hrtcp_srcroute *route,
		   enum hrtcp_drop drop)
{
	if (!drop && hs->hashed && hs->conn.passive && !hs->user.ip_options)
		hrtcp_srcroute_use(&hs->inet.sk, route);
}

/* @batch: more may follow at once, and release_cb settles at the end. */
static void to_core(struct hrtcp_sock *hs, struct sk_buff *skb, struct hrtcp_seg *seg, bool batch)
{
	struct hrtcp_rxnode *node = hrtcp_skb_rxnode(skb);
	struct sock *sk = &hs->inet.sk;
	const u8 wscale = hs->conn.snd.wscale;
	enum hrtcp_drop refused = HRTCP_DROP_NONE;
	struct hrtcp_srcroute route;
	struct hrtcp_rx rx;

	hrtcp_srcroute_of_skb(&route, skb);
	batch = batch && hrtcp_conn_may_batch(&hs->conn);
	if (seg->len) {
		refused = hrtcp_rxq_admit(sk, skb, seg);
		if (refused)
			strip_payload(seg);
	}
	__skb_pull(skb, seg->hdr_len);
	memset(node, 0, sizeof(*node));
	hrtcp_conn_on_segment(&hs->conn, seg, node, ktime_get_ns(), &rx);
	rx.drop = rx.drop ?: refused;
	if (unlikely(route.hops))
		follow(hs, &route, rx.drop);
	hrtcp_count_drop(hs->hn, rx.drop);
	hrtcp_event_seg_rcvd(hs->hn, &hs->rec, seg, wscale, rx.drop);
	switch (rx.take) {
	case HRTCP_TAKE_KEEP:
		hrtcp_rxq_keep(sk, skb);
		break;
	case HRTCP_TAKE_DELIVER:
		hrtcp_rxq_deliver(sk, skb, rx.skip, rx.len);
		break;
	default:
		if (rx.drop)
			kfree_skb(skb);
		else
			consume_skb(skb);
	}
	if (batch && hrtcp_conn_may_batch(&hs->conn))
		set_bit(HRTCP_SF_SETTLE, &hs->flags);
	else
		hrtcp_settle(sk);
}

static int parse_owned(struct sock *sk, struct sk_buff *skb, bool batch)
{
	struct hrtcp_sock *hs = hrtcp_sk(sk);
	struct hrtcp_seg seg;
	enum hrtcp_drop drop;

	sock_owned_by_me(sk);
	if (!hs->hashed) {
		/* Closed since the segment was looked up; hs->hn may be gone, too. */
		kfree_skb(skb);
		return 0;
	}
	skb_dst_drop(skb);
	drop = parse(skb, &seg);
	if (drop) {
		hrtcp_count_drop(hs->hn, drop);
		kfree_skb(skb);
		return 0;
	}
	to_core(hs, skb, &seg, batch);
	return 0;
}

int hrtcp_rx_owned(struct sock *sk, struct sk_buff *skb)
{
	return parse_owned(sk, skb, false);
}

/* RFC 9293 MUST-59: all that waited for the owner, and then an ACK. */
int hrtcp_rx_backlog(struct sock *sk, struct sk_buff *skb)
{
	return parse_owned(sk, skb, true);
}

static void to_sock(struct hrtcp_arrival *a, struct sock *sk)
{
	const int limit = READ_ONCE(sk->sk_rcvbuf) + READ_ONCE(sk->sk_sndbuf) + BACKLOG_EXTRA;
	struct sk_buff *skb = a->skb;

	sk_mark_napi_id(sk, skb);
	skb->dev = NULL;
	bh_lock_sock_nested(sk);
	sk_incoming_cpu_update(sk);
	if (!sock_owned_by_user(sk)) {
		hrtcp_rx_owned(sk, skb);
		a->skb = NULL;
	} else if (!sk_add_backlog(sk, skb, limit)) {
		a->skb = NULL;
	} else {
		hrtcp_rx_dropped(a, HRTCP_DROP_BACKLOG);
	}
	bh_unlock_sock(sk);
}

/* -- is it good? ------------------------------------------------------------------- */

static bool checksum_ok(struct sk_buff *skb, bool v4)
{
	if (v4 ? skb_checksum_init(skb, IPPROTO_TCP, inet_compute_pseudo) :
		 skb_checksum_init(skb, IPPROTO_TCP, ip6_compute_pseudo))
		return false;
	return !skb_checksum_complete(skb);
}

static bool ttl_ok(const struct sock *sk, const struct sk_buff *skb, bool v4)
{
	if (v4)
		return ip_hdr(skb)->ttl >= READ_ONCE(inet_sk(sk)->min_ttl);
	return ipv6_hdr(skb)->hop_limit >= READ_ONCE(inet6_sk(sk)->min_hopcount);
}

/* @sk: whose rules hold: the connection, the listener, or NULL. */
static enum hrtcp_drop check(struct hrtcp_arrival *a, struct sock *sk)
{
	const bool v4 = hrtcp_key_v4(&a->key);
	struct sk_buff *skb = a->skb;
	const u32 hdr_len = tcp_hdr(skb)->doff * 4;

	if (hdr_len < HRTCP_HDR_MIN || !pskb_may_pull(skb, hdr_len))
		return HRTCP_DROP_MALFORMED;
	if (!checksum_ok(skb, v4))
		return HRTCP_DROP_CHECKSUM;
	if (sk && !ttl_ok(sk, skb, v4))
		return HRTCP_DROP_POLICY;
	if (!xfrm_policy_check(sk, XFRM_POLICY_IN, skb, v4 ? AF_INET : AF_INET6))
		return HRTCP_DROP_POLICY;
	nf_reset_ct(skb);
	if (sk && sk_filter_trim_cap(sk, skb, hdr_len))
		return HRTCP_DROP_POLICY;
	return HRTCP_DROP_NONE;
}

/* As check(), for what is no socket's business and so is parsed here. */
static enum hrtcp_drop check_parse(struct hrtcp_arrival *a, struct sock *sk)
{
	const enum hrtcp_drop drop = check(a, sk);

	if (drop)
		return drop;
	return parse(a->skb, &a->seg);
}

/* -- whose is it? ------------------------------------------------------------------ */

static void rx_sock(struct hrtcp_arrival *a, struct sock *sk)
{
	const enum hrtcp_drop drop = check(a, sk);

	if (drop)
		hrtcp_rx_dropped(a, drop);
	else
		to_sock(a, sk);
}

/* Return: false if the request is one no more, so that a new look is due. */
static bool rx_request(struct hrtcp_arrival *a, struct hrtcp_request *req)
{
	const enum hrtcp_drop drop = check_parse(a, req->lst->sk);

	if (drop) {
		hrtcp_rx_dropped(a, drop);
		return true;
	}
	return hrtcp_request_rx(req, a);
}

static void rx_listener(struct hrtcp_arrival *a, struct sock *sk)
{
	const enum hrtcp_drop drop = check_parse(a, sk);

	if (drop)
		hrtcp_rx_dropped(a, drop);
	else
		hrtcp_listen_rx(sk, a, NULL);
}

static void rx_timewait(struct hrtcp_arrival *a, struct hrtcp_timewait *tw)
{
	enum hrtcp_drop drop = check_parse(a, NULL);
	struct sock *sk;

	if (drop) {
		hrtcp_rx_dropped(a, drop);
		return;
	}
	sk = hrtcp_listener_lookup(a->hn, &a->key, &a->in);
	if (hrtcp_timewait_rx(tw, a, sk))
		hrtcp_listen_rx(sk, a, tw);
	if (sk)
		sock_put(sk);
}

static bool dispatch(struct hrtcp_arrival *a)
{
	bool done = true, seen = false;
	struct hrtcp_rec *rec;
	struct sock *sk;
	int tries;

	for (tries = 0; tries < LOOKUP_TRIES; tries++) {
		rec = hrtcp_rec_lookup(a->hn, &a->key);
		if (!rec)
			break;
		seen = true;
		done = true;
		if (rec->kind == HRTCP_REC_SOCK)
			rx_sock(a, hrtcp_rec_sk(rec));
		else if (rec->kind == HRTCP_REC_TW)
			rx_timewait(a, hrtcp_rec_timewait(rec));
		else
			done = rx_request(a, hrtcp_rec_request(rec));
		hrtcp_rec_put(rec);
		if (done)
			return true;
	}
	sk = hrtcp_listener_lookup(a->hn, &a->key, &a->in);
	if (!sk)
		return seen;		/* it was ours a moment ago: checked, so drop it */
	rx_listener(a, sk);
	sock_put(sk);
	return true;
}

/* Broadcast and multicast are nobody's in TCP; the host says so. */
static bool to_unicast(const struct sk_buff *skb)
{
	if (skb->pkt_type != PACKET_HOST)
		return false;
	if (ip_hdr(skb)->version == 4)
		return !skb_rtable(skb) || skb_rtable(skb)->rt_type == RTN_LOCAL;
	return ipv6_unicast_destination(skb);
}

bool hrtcp_rx(struct sk_buff *skb)
{
	struct hrtcp_arrival a = {
		.hn = hrtcp_net(dev_net(skb->dev)),
		.skb = skb,
	};

	/* Early demux or a socket-assigning hook already found a socket: the host's. */
	if (skb->sk || READ_ONCE(a.hn->dying) || !to_unicast(skb))
		return false;
	if (!pskb_may_pull(skb, sizeof(struct tcphdr)))
		return false;
	hrtcp_key_of_skb(&a.key, &a.in, skb, (const struct tcphdr *)skb->data);
	if (!dispatch(&a))
		return false;
	hrtcp_count_add(a.hn, HRTCP_STAT_IN_SEGS, a.skb ? segs_of(a.skb) : 1);
	kfree_skb(a.skb);
	return true;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * route.c -- finding the way, and reading segment sizes off it. A connection caches its
 * route in the socket, its flow in inet->cork.fl, where ip_queue_xmit() wants it.
 */
#include "route.h"

#include <net/flow.h>
#include <net/ip6_route.h>
#include <net/l3mdev.h>
#include <net/route.h>
#include <net/tcp.h>

#include "compat.h"
#include "netns.h"
#include "rxq.h"
#include "secret.h"
#include "settle.h"
#include "sock.h"
#include "srcroute.h"
#include "stats.h"

#define MSS_DEFAULT_V4 536		/* RFC 9293 3.7.1 */
#define MSS_DEFAULT_V6 1220
#define MSS_MIN 48			/* whatever a link or ICMP says */

/* RFC 9293 3.9.1.1, 3.9.2.3: no peer is many, though a segment may come as if from one. */
static struct dst_entry *to_one(struct rtable *rt)
{
	if (IS_ERR(rt))
		return ERR_CAST(rt);
	if (rt->rt_flags & (RTCF_MULTICAST | RTCF_BROADCAST)) {
		ip_rt_put(rt);
		return ERR_PTR(-ENETUNREACH);
	}
	return &rt->dst;
}

static struct dst_entry *route_v4(struct sock *sk)
{
	struct inet_sock *inet = inet_sk(sk);
	struct flowi4 *fl4 = &inet->cork.fl.u.ip4;
	const struct ip_options_rcu *opts;
	__be32 first = inet->inet_daddr;
	struct dst_entry *dst;

	opts = rcu_dereference_protected(inet->inet_opt, lockdep_sock_is_held(sk));
	if (opts && opts->opt.srr)
		first = opts->opt.faddr;
	flowi4_init_output(fl4, sk->sk_bound_dev_if, READ_ONCE(sk->sk_mark),
			   ip_sock_rt_tos(sk), ip_sock_rt_scope(sk), sk->sk_protocol,
			   inet_sk_flowi_flags(sk), first, inet->inet_saddr,
			   inet->inet_dport, inet->inet_sport,
			   sock_net_uid(sock_net(sk), sk));
	security_sk_classify_flow(sk, flowi4_to_flowi_common(fl4));
	dst = to_one(ip_route_output_flow(sock_net(sk), fl4, sk));
	if (!IS_ERR(dst))
		sk_setup_caps(sk, dst);
	return dst;
}

/*
 * Among several next hops: as the policy of the namespace wants it, until another path is to be
 * taken. IPv4 has no such way to choose; there only who hashes the skb takes another path, as
 * tunnels, bonds and the queues of devices do.
 */
static u32 mp_hash(u32 txhash, const struct hrtcp_key *key)
{
	return txhash == hrtcp_txhash(key) ? 0 : txhash >> 1;
}

static struct dst_entry *route_v6(struct sock *sk)
{
	struct inet_sock *inet = inet_sk(sk);
	struct ipv6_pinfo *np = inet6_sk(sk);
	struct flowi6 *fl6 = &inet->cork.fl.u.ip6;
	struct dst_entry *dst;

	memset(fl6, 0, sizeof(*fl6));
	fl6->flowi6_proto = sk->sk_protocol;
	fl6->daddr = sk->sk_v6_daddr;
	fl6->saddr = np->saddr;
	fl6->flowlabel = ip6_make_flowinfo(np->tclass, 0);
	fl6->flowi6_oif = sk->sk_bound_dev_if;
	fl6->flowi6_mark = READ_ONCE(sk->sk_mark);
	fl6->fl6_sport = inet->inet_sport;
	fl6->fl6_dport = inet->inet_dport;
	fl6->flowi6_uid = sock_net_uid(sock_net(sk), sk);
	fl6->mp_hash = mp_hash(sk->sk_txhash, &hrtcp_sk(sk)->rec.key);
	security_sk_classify_flow(sk, flowi6_to_flowi_common(fl6));
	dst = ip6_dst_lookup_flow(sock_net(sk), sk, fl6, NULL);
	if (IS_ERR(dst))
		return dst;
	np->dst_cookie = rt6_get_cookie(dst_rt6_info(dst));
	sk_setup_caps(sk, dst);
	return dst;
}

static bool is_v4(const struct sock *sk)
{
	return ipv6_addr_v4mapped(&sk->sk_v6_daddr);
}

/* The route is cached in the socket, whose reference it is. */
static struct dst_entry *route(struct sock *sk)
{
	return is_v4(sk) ? route_v4(sk) : route_v6(sk);
}

/* IP's, in every segment. */
static u8 opt_len(const struct sock *sk)
{
	return is_v4(sk) ? hrtcp_ip_opt_len(sk) : 0;
}

int hrtcp_route_connect(struct sock *sk, u32 txhash)
{
	struct hrtcp_sock *hs = hrtcp_sk(sk);
	struct inet_sock *inet = inet_sk(sk);
	struct dst_entry *dst;
	struct in6_addr ip;

	sock_owned_by_me(sk);
	sk->sk_gso_type = is_v4(sk) ? SKB_GSO_TCPV4 : SKB_GSO_TCPV6;
	sk->sk_txhash = txhash ?: hrtcp_txhash(&hs->rec.key);
	atomic_set(&inet->inet_id, get_random_u32() & U16_MAX);
	dst = route(sk);
	if (IS_ERR(dst))
		return PTR_ERR(dst);
	if (is_v4(sk))
		ipv6_addr_set_v4mapped(inet->cork.fl.u.ip4.saddr, &ip);
	else
		ip = inet->cork.fl.u.ip6.saddr;
	hrtcp_sock_set_local(hs, &ip, inet->inet_num);
	return 0;
}

/* -- sizes ------------------------------------------------------------------------- */

/* @opt_len: of IP; what we advertise does not know of them, RFC 6691. */
static u16 mss_of(u32 mtu, u32 opt_len, bool v4, u16 user_mss)
{
	const u32 headers = (v4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr)) + opt_len +
			    HRTCP_HDR_MIN;
	u32 mss = mtu > headers ? mtu - headers : 0;

	if (user_mss)
		mss = min_t(u32, mss, user_mss);
	return clamp_t(u32, mss, MSS_MIN, U16_MAX);
}

/* Octets in one super-segment; the IP length field and the device set the limit. */
static u32 gso_max_of(const struct sock *sk, u16 mss)
{
	u32 most = min_t(u32, READ_ONCE(sk->sk_gso_max_size), 65536) - 1 - MAX_TCP_HEADER;
	const u32 segs = min_t(u32, READ_ONCE(sk->sk_gso_max_segs), HRTCP_UNITS_MAX);

	if (!sk_can_gso(sk) || most > 65536)
		return mss;
	most = min_t(u32, most, segs * mss);
	return max_t(u32, most, mss);
}

static void open_over(struct hrtcp_open *open, struct dst_entry *dst, u32 opt_len, bool v4,
		      u16 user_mss)
{
	const u16 advmss = dst_metric_advmss(dst);

	open->mss_path = mss_of(dst_mtu(dst), opt_len, v4, user_mss);
	open->mss_advertise = clamp_t(u16, advmss, MSS_MIN, user_mss ?: U16_MAX);
	open->mss_default = v4 ? MSS_DEFAULT_V4 : MSS_DEFAULT_V6;
	open->gso_max = open->mss_path;
	open->gso_ace = HRTCP_GSO_ACE;
	open->mss_floor = v4 ? 0 : MSS_DEFAULT_V6;	/* RFC 8201 4 */
}

/* The user may want less than there is room for. */
static u32 clamp_window(const struct hrtcp_sock *hs, u32 bytes)
{
	return hs->user.window_clamp ? min(bytes, hs->user.window_clamp) : bytes;
}

void hrtcp_route_open(struct sock *sk, struct hrtcp_open *open, u64 now_ns)
{
	struct hrtcp_sock *hs = hrtcp_sk(sk);
	struct dst_entry *dst = __sk_dst_get(sk);

	sock_owned_by_me(sk);
	hs->mtu = dst_mtu(dst);
	hs->opt_len = opt_len(sk);
	open_over(open, dst, hs->opt_len, is_v4(sk), hs->user.mss);
	open->gso_max = gso_max_of(sk, open->mss_path);
	open->rcvbuf_bytes = hrtcp_rcvbuf_payload(READ_ONCE(sk->sk_rcvbuf));
	open->rcvbuf_max_bytes = hrtcp_rcvbuf_payload_max(sk);
	hs->rcvbuf_seen = READ_ONCE(sk->sk_rcvbuf);
	open->iss = hrtcp_iss(&hs->rec.key, now_ns);
	open->ts_offset = hrtcp_ts_offset(&hs->rec.key);
}

void hrtcp_path_open(const struct hrtcp_path *path, struct dst_entry *dst,
		     struct hrtcp_open *open, u64 now_ns)
{
	struct sock *sk = path->listener;

	open_over(open, dst, hrtcp_srcroute_len(&path->route), hrtcp_key_v4(&path->key),
		  hrtcp_sk(sk)->user.mss);
	open->rcvbuf_bytes = clamp_window(hrtcp_sk(sk),
					  hrtcp_rcvbuf_payload(READ_ONCE(sk->sk_rcvbuf)));
	open->rcvbuf_max_bytes = hrtcp_rcvbuf_payload_max(sk);
	open->iss = hrtcp_iss(&path->key, now_ns);
	open->ts_offset = hrtcp_ts_offset(&path->key);
}

/* -- changes ------------------------------------------------------------------------ */

void hrtcp_route_check(struct sock *sk)
{
	struct hrtcp_sock *hs = hrtcp_sk(sk);
	struct dst_entry *dst;
	u16 mss;

	sock_owned_by_me(sk);
	if (!hs->hashed || hs->conn.state == HRTCP_CLOSED)
		return;
	dst = __sk_dst_check(sk, is_v4(sk) ? 0 : hs->inet6.dst_cookie);
	if (!dst)
		dst = route(sk);
	if (IS_ERR(dst) || (dst_mtu(dst) == hs->mtu && opt_len(sk) == hs->opt_len))
		return;
	hs->mtu = dst_mtu(dst);
	hs->opt_len = opt_len(sk);
	mss = mss_of(hs->mtu, hs->opt_len, is_v4(sk), hs->user.mss);
	hrtcp_conn_on_path(&hs->conn, mss, gso_max_of(sk, mss));
}

void hrtcp_route_pmtu(struct sock *sk)
{
	struct hrtcp_sock *hs = hrtcp_sk(sk);
	const u32 mtu = READ_ONCE(hs->pmtu_told);
	struct dst_entry *dst;

	sock_owned_by_me(sk);
	if (!hs->hashed)
		return;
	dst = __sk_dst_check(sk, is_v4(sk) ? 0 : hs->inet6.dst_cookie);
	/* Nobody may blow up segments or shrink them below what IP guarantees. */
	if (!dst || mtu >= dst_mtu(dst))
		return;
	dst->ops->update_pmtu(dst, sk, NULL, mtu, true);
	hrtcp_settle(sk);
}

void hrtcp_route_pmtu_told(struct sock *sk)
{
	struct hrtcp_sock *hs = hrtcp_sk(sk);
	const u32 mtu = READ_ONCE(hs->pmtu_told);

	sock_owned_by_me(sk);
	clear_bit(HRTCP_SF_PMTU, &hs->flags);
	if (hs->hashed && hrtcp_conn_on_too_big(&hs->conn, hs->pmtu_seq,
						mss_of(mtu, hs->opt_len, is_v4(sk),
						       hs->user.mss)))
		hrtcp_route_pmtu(sk);
}

void hrtcp_route_doubt(struct sock *sk)
{
	sock_owned_by_me(sk);
	if (!hrtcp_sk(sk)->hashed)
		return;
	__dst_negative_advice(sk);	/* the hash is the affair of hrtcp_route_repath() */
	hrtcp_route_check(sk);
}

/* SO_TXREHASH may forbid it, and net.core.txrehash where it is not set. */
static bool may_repath(const struct sock *sk)
{
	return READ_ONCE(sk->sk_txrehash) != SOCK_TXREHASH_DISABLED;
}

void hrtcp_route_repath(struct sock *sk)
{
	struct hrtcp_sock *hs = hrtcp_sk(sk);

	sock_owned_by_me(sk);
	if (!hs->hashed || !may_repath(sk))
		return;
	WRITE_ONCE(sk->sk_txhash, net_tx_rndhash());
	__sk_dst_reset(sk);
	hrtcp_count(hs->hn, HRTCP_STAT_PATH_CHANGES);
}

void hrtcp_route_redirect(struct sock *sk, struct sk_buff *skb)
{
	struct dst_entry *dst;

	sock_owned_by_me(sk);
	dst = __sk_dst_check(sk, is_v4(sk) ? 0 : inet6_sk(sk)->dst_cookie);
	if (dst)
		dst->ops->redirect(dst, sk, skb);
}

/* -- without a socket ------------------------------------------------------------- */

void hrtcp_path_of_skb(struct hrtcp_path *path, struct hrtcp_net *hn,
		       const struct hrtcp_key *key, const struct sk_buff *skb)
{
	memset(path, 0, sizeof(*path));
	path->hn = hn;
	path->key = *key;
	path->oif = key->ifindex;
	path->mark = hrtcp_key_v4(key) ? IP4_REPLY_MARK(hn->net, skb->mark) :
					 IP6_REPLY_MARK(hn->net, skb->mark);
	hrtcp_srcroute_of_skb(&path->route, skb);
}

void hrtcp_path_repath(struct hrtcp_path *path)
{
	if (path->listener && !may_repath(path->listener))
		return;
	WRITE_ONCE(path->txhash, net_tx_rndhash());
	hrtcp_count(path->hn, HRTCP_STAT_PATH_CHANGES);
}

static kuid_t path_uid(const struct hrtcp_path *path)
{
	return sock_net_uid(path->hn->net, path->listener);
}

static struct dst_entry *path_route_v4(const struct hrtcp_path *path, struct flowi4 *fl4)
{
	const struct hrtcp_key *key = &path->key;
	const u8 flags = path->listener ? inet_sk_flowi_flags(path->listener) : 0;
	const __be32 first = hrtcp_srcroute_first(&path->route, hrtcp_addr_v4(&key->raddr));
	struct rtable *rt;

	flowi4_init_output(fl4, path->oif, path->mark, path->tos, RT_SCOPE_UNIVERSE,
			   IPPROTO_TCP, flags, first, hrtcp_addr_v4(&key->laddr),
			   htons(key->rport), htons(key->lport), path_uid(path));
	rt = ip_route_output_flow(path->hn->net, fl4, path->listener);
	if (!IS_ERR(rt) && path->route.hops && path->route.strict && rt->rt_uses_gateway) {
		ip_rt_put(rt);
		return ERR_PTR(-EHOSTUNREACH);
	}
	return to_one(rt);
}

static struct dst_entry *path_route_v6(const struct hrtcp_path *path, struct flowi6 *fl6)
{
	const struct hrtcp_key *key = &path->key;

	memset(fl6, 0, sizeof(*fl6));
	fl6->flowi6_proto = IPPROTO_TCP;
	fl6->daddr = key->raddr;
	fl6->saddr = key->laddr;
	fl6->flowlabel = ip6_make_flowinfo(path->tos, 0);
	fl6->flowi6_oif = path->oif;
	fl6->flowi6_mark = path->mark;
	fl6->fl6_sport = htons(key->lport);
	fl6->fl6_dport = htons(key->rport);
	fl6->flowi6_uid = path_uid(path);
	if (READ_ONCE(path->txhash))
		fl6->mp_hash = mp_hash(READ_ONCE(path->txhash), key);
	return ip6_dst_lookup_flow(path->hn->net, path->listener, fl6, NULL);
}

struct dst_entry *hrtcp_path_route(const struct hrtcp_path *path, struct flowi *fl)
{
	if (hrtcp_key_v4(&path->key))
		return path_route_v4(path, &fl->u.ip4);
	return path_route_v6(path, &fl->u.ip6);
}

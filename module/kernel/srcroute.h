/* SPDX-License-Identifier: GPL-2.0 */
/*
 * srcroute.h -- the source route of IPv4 that a segment came by, turned round for the answers
 * (RFC 9293 3.9.2.1). Whether such segments come in at all says accept_source_route of IP.
 * What a user sets by IP_OPTIONS, a socket keeps in inet_opt, and a route that came goes
 * there, too: from then on IP sees to it. IPv6 has none any more (RFC 5095).
 */
#ifndef HRTCP_KERNEL_SRCROUTE_H
#define HRTCP_KERNEL_SRCROUTE_H

#include <linux/align.h>
#include <linux/types.h>

struct ip_options_rcu;
struct sk_buff;
struct sock;

#define HRTCP_SRCROUTE_HOPS 9		/* as many as IP's header has room for */

struct hrtcp_srcroute {
	__be32 hop[HRTCP_SRCROUTE_HOPS]; /* from us to the peer */
	u8 hops;			/* 0: none */
	bool strict;
};

/* Back to the sender of @skb; IP's control block is still in place. */
void hrtcp_srcroute_of_skb(struct hrtcp_srcroute *route, const struct sk_buff *skb);

/* The one among options of IP, which may be NULL. */
void hrtcp_srcroute_of_opts(struct hrtcp_srcroute *route, const struct ip_options_rcu *opts);

/* Octets that it takes in IP's header. */
static inline u32 hrtcp_srcroute_len(const struct hrtcp_srcroute *route)
{
	return route->hops ? ALIGN(3 + 4 * route->hops, 4) : 0;
}

/* So many octets, as they leave towards hop[0]. */
void hrtcp_srcroute_write(const struct hrtcp_srcroute *route, __be32 peer, u8 *at);

/* Where a segment goes first. */
static inline __be32 hrtcp_srcroute_first(const struct hrtcp_srcroute *route, __be32 peer)
{
	return route->hops ? route->hop[0] : peer;
}

/*
 * All segments of @sk go by @route from now on; without hops, as they did. Return: 0 or -ENOMEM.
 * The caller owns the socket.
 */
int hrtcp_srcroute_use(struct sock *sk, const struct hrtcp_srcroute *route);

/* Octets of IP options in every segment of @sk. The caller owns the socket. */
u8 hrtcp_ip_opt_len(const struct sock *sk);

#endif

// SPDX-License-Identifier: GPL-2.0
#include "srcroute.h"

#include <asm/byteorder.h>
#include <linux/slab.h>
#include <net/inet_sock.h>
#include <net/ip.h>

#define FIRST_POINTER 4			/* of the option: counts from 1, behind its three octets */
#define OPTIONS_MAX 40

static struct ip_options_rcu *opts_of(const struct sock *sk)
{
	return rcu_dereference_protected(inet_sk(sk)->inet_opt, lockdep_sock_is_held(sk));
}

void hrtcp_srcroute_of_skb(struct hrtcp_srcroute *route, const struct sk_buff *skb)
{
	const struct iphdr *iph = ip_hdr(skb);
	const u8 *option;
	int came;

	route->hops = 0;
	if (iph->version != 4 || !IPCB(skb)->opt.srr)
		return;
	/* IP has seen to it that the option lies in the header and the pointer is no less. */
	option = (const u8 *)iph + IPCB(skb)->opt.srr;
	came = (min_t(int, option[2], option[1] + 1) - FIRST_POINTER) / 4;
	while (came-- > 0 && route->hops < HRTCP_SRCROUTE_HOPS)
		memcpy(&route->hop[route->hops++], option + FIRST_POINTER - 1 + 4 * came, 4);
	/* Who put itself at the head of its route is the peer, not a hop to it. */
	if (route->hops && route->hop[route->hops - 1] == iph->saddr)
		route->hops--;
	route->strict = IPCB(skb)->opt.is_strictroute;
}

void hrtcp_srcroute_of_opts(struct hrtcp_srcroute *route, const struct ip_options_rcu *opts)
{
	const u8 *option;

	route->hops = 0;
	if (!opts || !opts->opt.srr)
		return;
	option = opts->opt.__data + opts->opt.srr - sizeof(struct iphdr);
	route->strict = opts->opt.is_strictroute;
	route->hops = min_t(int, (option[1] - 3) / 4, HRTCP_SRCROUTE_HOPS);
	route->hop[0] = opts->opt.faddr;
	memcpy(&route->hop[1], option + FIRST_POINTER - 1, 4 * (route->hops - 1));
}

void hrtcp_srcroute_write(const struct hrtcp_srcroute *route, __be32 peer, u8 *at)
{
	const u32 rest = 4 * (route->hops - 1);

	at[0] = route->strict ? IPOPT_SSRR : IPOPT_LSRR;
	at[1] = 3 + 4 * route->hops;
	at[2] = FIRST_POINTER;
	memcpy(at + 3, &route->hop[1], rest);
	memcpy(at + 3 + rest, &peer, 4);
	at[7 + rest] = IPOPT_END;
}

/* As IP_OPTIONS would have it; IP puts the peer's address in its place. */
static struct ip_options_rcu *make_opts(const struct hrtcp_srcroute *route)
{
	struct ip_options_rcu *opts = kzalloc(sizeof(*opts) + OPTIONS_MAX,
					      GFP_ATOMIC | __GFP_NOWARN);

	if (!opts)
		return NULL;
	hrtcp_srcroute_write(route, 0, opts->opt.__data);
	opts->opt.optlen = hrtcp_srcroute_len(route);
	opts->opt.srr = sizeof(struct iphdr);
	opts->opt.is_strictroute = route->strict;
	opts->opt.faddr = route->hop[0];
	return opts;
}

static bool equal(const struct hrtcp_srcroute *a, const struct hrtcp_srcroute *b)
{
	return a->hops == b->hops && a->strict == b->strict &&
	       !memcmp(a->hop, b->hop, 4 * a->hops);
}

int hrtcp_srcroute_use(struct sock *sk, const struct hrtcp_srcroute *route)
{
	struct ip_options_rcu *old = opts_of(sk), *opts;
	struct hrtcp_srcroute before;

	hrtcp_srcroute_of_opts(&before, old);
	if (!route->hops || equal(&before, route))
		return 0;
	opts = make_opts(route);
	if (!opts)
		return -ENOMEM;
	rcu_assign_pointer(inet_sk(sk)->inet_opt, opts);
	if (old)
		kfree_rcu(old, rcu);
	sk_dst_reset(sk);
	return 0;
}

u8 hrtcp_ip_opt_len(const struct sock *sk)
{
	const struct ip_options_rcu *opts = opts_of(sk);

	return opts ? opts->opt.optlen : 0;
}

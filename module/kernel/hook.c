// SPDX-License-Identifier: GPL-2.0
/*
 * hook.c -- taking the place of the TCP entry in IP's tables of protocols, and keeping the
 * old one: what hrtcp_rx() and the error handlers do not claim goes on to it, so that the
 * host's TCP is as it was, but for the lookup. GRO, defragmentation, firewall, NAT and
 * routing have all been passed by then.
 *
 * The entries are copies of the host's with two functions changed, so members that newer
 * kernels add keep their values.
 */
#include "hook.h"

#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/in.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <net/net_namespace.h>
#include <net/protocol.h>

#include "icmp.h"
#include "rx.h"

static struct net_protocol our_v4;
static struct inet6_protocol our_v6;
static const struct net_protocol *host_v4;
static const struct inet6_protocol *host_v6;

static int hrtcp_rcv_v4(struct sk_buff *skb)
{
	return hrtcp_rx(skb) ? 0 : host_v4->handler(skb);
}

static int hrtcp_rcv_v6(struct sk_buff *skb)
{
	return hrtcp_rx(skb) ? 0 : host_v6->handler(skb);
}

static int hrtcp_err_v4(struct sk_buff *skb, u32 info)
{
	return hrtcp_icmp_v4(skb, info) ? 0 : host_v4->err_handler(skb, info);
}

static int hrtcp_err_v6(struct sk_buff *skb, struct inet6_skb_parm *opt, u8 type, u8 code,
			int offset, __be32 info)
{
	if (hrtcp_icmp_v6(skb, type, code, offset, info))
		return 0;
	return host_v6->err_handler(skb, opt, type, code, offset, info);
}

#define SLOT(table) ((void **)&(table)[IPPROTO_TCP])

/* Somebody may have stacked on us; our functions must stay until he left. */
static void restore(void **slot, void *ours, const void *host)
{
	if (cmpxchg(slot, ours, (void *)host) == ours)
		return;
	pr_warn("another module took over IPPROTO_TCP: waiting for it to leave\n");
	while (cmpxchg(slot, ours, (void *)host) != ours)
		msleep(100);
}

int hrtcp_hook_init(void)
{
	host_v4 = rcu_access_pointer(inet_protos[IPPROTO_TCP]);
	host_v6 = rcu_access_pointer(inet6_protos[IPPROTO_TCP]);
	if (!host_v4)
		return -EPROTONOSUPPORT;
	our_v4 = *host_v4;
	our_v4.handler = hrtcp_rcv_v4;
	our_v4.err_handler = hrtcp_err_v4;
	if (cmpxchg(SLOT(inet_protos), (void *)host_v4, &our_v4) != host_v4)
		return -EBUSY;
	if (!host_v6)
		return 0;		/* ipv6.disable=1 */
	our_v6 = *host_v6;
	our_v6.handler = hrtcp_rcv_v6;
	our_v6.err_handler = hrtcp_err_v6;
	if (cmpxchg(SLOT(inet6_protos), (void *)host_v6, &our_v6) == host_v6)
		return 0;
	restore(SLOT(inet_protos), &our_v4, host_v4);
	synchronize_net();
	return -EBUSY;
}

void hrtcp_hook_exit(void)
{
	if (host_v6)
		restore(SLOT(inet6_protos), &our_v6, host_v6);
	restore(SLOT(inet_protos), &our_v4, host_v4);
	synchronize_net();
}

// SPDX-License-Identifier: GPL-2.0
/*
 * reply.c -- segments without a socket: SYN,ACKs of requests, ACKs of TIME-WAIT, resets.
 * IP's header is built here too, since what Linux has for that wants a socket of its own.
 */
#include "reply.h"

#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/route.h>
#include <net/tcp.h>

#include "core/listen.h"

#include "events.h"
#include "netns.h"
#include "route.h"
#include "secret.h"
#include "stats.h"
#include "tx.h"

static void push_v4(struct sk_buff *skb, const struct hrtcp_path *path, u8 ecn,
		    const struct dst_entry *dst)
{
	const __be32 peer = hrtcp_addr_v4(&path->key.raddr);
	const u32 len = sizeof(struct iphdr) + hrtcp_srcroute_len(&path->route);
	struct iphdr *iph;

	skb_push(skb, len);
	skb_reset_network_header(skb);
	iph = ip_hdr(skb);
	memset(iph, 0, sizeof(*iph));
	iph->version = 4;
	iph->ihl = len / 4;
	iph->tos = path->tos | ecn;
	iph->frag_off = htons(IP_DF);	/* so that no ID is needed, RFC 6864 4.1 */
	iph->ttl = ip4_dst_hoplimit(dst);
	iph->protocol = IPPROTO_TCP;
	iph->saddr = hrtcp_addr_v4(&path->key.laddr);
	iph->daddr = hrtcp_srcroute_first(&path->route, peer);
	if (path->route.hops)
		hrtcp_srcroute_write(&path->route, peer, (u8 *)(iph + 1));
	skb->protocol = htons(ETH_P_IP);
}

static void push_v6(struct sk_buff *skb, const struct hrtcp_path *path, u8 ecn,
		    struct dst_entry *dst, struct flowi6 *fl6)
{
	struct net *net = path->hn->net;
	struct ipv6hdr *hdr;
	__be32 label;

	label = ip6_make_flowlabel(net, skb, 0, ip6_default_np_autolabel(net), fl6);

	skb_push(skb, sizeof(*hdr));
	skb_reset_network_header(skb);
	hdr = ipv6_hdr(skb);
	ip6_flow_hdr(hdr, path->tos | ecn, label);
	hdr->payload_len = htons(skb->len - sizeof(*hdr));
	hdr->nexthdr = IPPROTO_TCP;
	hdr->hop_limit = ip6_dst_hoplimit(dst);
	hdr->saddr = path->key.laddr;
	hdr->daddr = path->key.raddr;
	skb->protocol = htons(ETH_P_IPV6);
}

static void xmit(const struct hrtcp_path *path, const struct hrtcp_seg *seg)
{
	struct net *net = path->hn->net;
	struct dst_entry *dst;
	struct sk_buff *skb;
	struct flowi fl;

	dst = hrtcp_path_route(path, &fl);
	if (IS_ERR(dst))
		return;
	skb = alloc_skb(MAX_TCP_HEADER, GFP_ATOMIC);
	if (!skb) {
		dst_release(dst);
		return;
	}
	skb_reserve(skb, MAX_TCP_HEADER);
	hrtcp_tx_push_header(skb, &path->key, seg);
	skb_dst_set(skb, dst);
	skb->mark = path->mark;
	__skb_set_sw_hash(skb, READ_ONCE(path->txhash) ?: hrtcp_txhash(&path->key), true);
	if (hrtcp_key_v4(&path->key)) {
		push_v4(skb, path, seg->ip_ecn, dst);
		ip_local_out(net, NULL, skb);
	} else {
		push_v6(skb, path, seg->ip_ecn, dst, &fl.u.ip6);
		ip6_local_out(net, NULL, skb);
	}
}

void hrtcp_reply_send(const struct hrtcp_path *path, const struct hrtcp_rec *rec,
		      const struct hrtcp_reply *reply)
{
	struct hrtcp_net *hn = path->hn;
	const struct hrtcp_rec bare = { .key = path->key };

	if (reply->moved && rec)
		hrtcp_event_state(hn, rec, &reply->transition);
	if (reply->impossible)
		hrtcp_impossible(hn);
	hrtcp_count_drop(hn, reply->drop);
	if (!reply->send)
		return;
	hrtcp_count(hn, HRTCP_STAT_OUT_SEGS);
	if (reply->seg.flags & HRTCP_RST)
		hrtcp_count(hn, HRTCP_STAT_OUT_RSTS);
	hrtcp_event_seg_sent(hn, rec ?: &bare, &reply->seg, path->wscale, false);
	xmit(path, &reply->seg);
}

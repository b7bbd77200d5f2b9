// SPDX-License-Identifier: GPL-2.0
/*
 * icmp.c -- ICMP errors to facts for the core: a smaller path MTU, a redirect, an error
 * that is hard or soft by RFC 1122 4.2.3.9. What quotes a request or TIME-WAIT is taken
 * and ignored: their timers know better. A socket in a process's hands misses errors,
 * which the next retransmission provokes again, but not the MTU.
 */
#include "icmp.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/ndisc.h>
#include <net/sock.h>

#include "lookup.h"
#include "netns.h"
#include "route.h"
#include "settle.h"
#include "sock.h"

enum what {
	IGNORE,
	ERROR,
	MTU,
	REDIRECT,
};

struct report {
	enum what what;
	int err;
	bool hard;
	u32 mtu;
	struct hrtcp_key key;		/* of the connection whose segment is quoted */
	struct hrtcp_in in;
	struct seq seq;
};

static void on_error(struct sock *sk, const struct report *r)
{
	struct hrtcp_sock *hs = hrtcp_sk(sk);

	hrtcp_conn_on_icmp(&hs->conn, r->seq, r->err, r->hard, ktime_get_ns());
	hrtcp_settle(sk);
}

static void to_sock(struct sock *sk, struct sk_buff *skb, const struct report *r)
{
	struct hrtcp_sock *hs = hrtcp_sk(sk);
	bool owned;

	bh_lock_sock(sk);
	owned = sock_owned_by_user(sk);
	if (!hs->hashed || !hrtcp_conn_in_flight(&hs->conn, r->seq))
		goto out;
	if (r->what == MTU) {
		WRITE_ONCE(hs->pmtu_told, r->mtu);
		hs->pmtu_seq = r->seq;
		set_bit(HRTCP_SF_PMTU, &hs->flags);
		if (!owned)
			hrtcp_route_pmtu_told(sk);
	} else if (r->what == REDIRECT && !owned) {
		hrtcp_route_redirect(sk, skb);
	} else if (r->what == ERROR && !owned) {
		on_error(sk, r);
	}
out:
	bh_unlock_sock(sk);
}

static bool deliver(struct sk_buff *skb, const struct tcphdr *th, struct report *r)
{
	struct hrtcp_net *hn = hrtcp_net(dev_net(skb->dev));
	struct hrtcp_rec *rec;

	if (READ_ONCE(hn->dying))
		return false;
	r->key.lport = ntohs(th->source);
	r->key.rport = ntohs(th->dest);
	r->key.ifindex = hrtcp_key_scope(&r->key, &r->in);
	r->seq = seq_of(ntohl(th->seq));
	rec = hrtcp_rec_lookup(hn, &r->key);
	if (!rec)
		return false;
	if (rec->kind == HRTCP_REC_SOCK && r->what != IGNORE)
		to_sock(hrtcp_rec_sk(rec), skb, r);
	hrtcp_rec_put(rec);
	return true;
}

static void classify_v4(struct report *r, const struct icmphdr *icmp, u32 info)
{
	switch (icmp->type) {
	case ICMP_REDIRECT:
		r->what = REDIRECT;
		break;
	case ICMP_DEST_UNREACH:
		if (icmp->code > NR_ICMP_UNREACH)
			break;
		r->what = icmp->code == ICMP_FRAG_NEEDED ? MTU : ERROR;
		r->mtu = info;
		r->err = icmp_err_convert[icmp->code].errno;
		r->hard = icmp->code == ICMP_PROT_UNREACH || icmp->code == ICMP_PORT_UNREACH;
		break;
	case ICMP_TIME_EXCEEDED:
		r->what = ERROR;
		r->err = EHOSTUNREACH;
		break;
	case ICMP_PARAMETERPROB:
		r->what = ERROR;
		r->err = EPROTO;
		break;
	}
}

bool hrtcp_icmp_v4(struct sk_buff *skb, u32 info)
{
	const struct iphdr *iph = (const struct iphdr *)skb->data;
	const struct tcphdr *th = (const struct tcphdr *)(skb->data + iph->ihl * 4);
	struct report r = {
		.in = { .dif = inet_iif(skb), .sdif = inet_sdif(skb) },
	};

	ipv6_addr_set_v4mapped(iph->saddr, &r.key.laddr);
	ipv6_addr_set_v4mapped(iph->daddr, &r.key.raddr);
	classify_v4(&r, icmp_hdr(skb), info);
	return deliver(skb, th, &r);
}

bool hrtcp_icmp_v6(struct sk_buff *skb, u8 type, u8 code, int offset, __be32 info)
{
	const struct ipv6hdr *hdr = (const struct ipv6hdr *)skb->data;
	const struct tcphdr *th = (const struct tcphdr *)(skb->data + offset);
	struct report r = {
		.what = ERROR,
		.in = { .dif = inet6_iif(skb), .sdif = inet6_sdif(skb) },
		.key = { .laddr = hdr->saddr, .raddr = hdr->daddr },
	};

	if (type == ICMPV6_PKT_TOOBIG) {
		r.mtu = ntohl(info);
		r.what = r.mtu < IPV6_MIN_MTU ? IGNORE : MTU;	/* RFC 8201 4 */
	} else if (type == NDISC_REDIRECT) {
		r.what = REDIRECT;
	} else {
		icmpv6_err_convert(type, code, &r.err);
		r.hard = type == ICMPV6_DEST_UNREACH &&
			 (code == ICMPV6_ADM_PROHIBITED || code == ICMPV6_PORT_UNREACH);
	}
	return deliver(skb, th, &r);
}

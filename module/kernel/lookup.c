// SPDX-License-Identifier: GPL-2.0
/*
 * lookup.c -- whose is this segment?
 *
 * One rhashtable a namespace holds connections, half-open requests and TIME-WAIT under
 * their addresses and ports. Readers are under RCU and take a reference that may fail; all
 * three kinds are freed by RCU, so a record found in the table can be looked at until the
 * read section ends, and one whose reference was taken may at worst have left the table
 * since, which its own lock tells. Listeners are few: they hang on their port.
 */
#include "lookup.h"

#include <linux/jhash.h>
#include <linux/rhashtable.h>
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/l3mdev.h>

#include "listen.h"
#include "netns.h"
#include "port.h"
#include "request.h"
#include "sock.h"
#include "timewait.h"

static const struct rhashtable_params table_params = {
	.head_offset = offsetof(struct hrtcp_rec, node),
	.key_offset = offsetof(struct hrtcp_rec, key),
	.key_len = sizeof(struct hrtcp_key),
	.automatic_shrinking = true,
};

int hrtcp_table_init(struct hrtcp_net *hn)
{
	BUILD_BUG_ON(sizeof(struct hrtcp_key) != 40);
	return rhashtable_init(&hn->conns, &table_params);
}

void hrtcp_table_exit(struct hrtcp_net *hn)
{
	WARN_ON_ONCE(atomic_read(&hn->conns.nelems));
	rhashtable_destroy(&hn->conns);
}

int hrtcp_rec_insert(struct hrtcp_net *hn, struct hrtcp_rec *rec)
{
	const int err = rhashtable_lookup_insert_fast(&hn->conns, &rec->node, table_params);

	if (!err)
		return 0;
	return err == -EEXIST ? -EADDRINUSE : -ENOMEM;
}

void hrtcp_rec_remove(struct hrtcp_net *hn, struct hrtcp_rec *rec)
{
	rhashtable_remove_fast(&hn->conns, &rec->node, table_params);
}

bool hrtcp_rec_replace(struct hrtcp_net *hn, struct hrtcp_rec *old, struct hrtcp_rec *new)
{
	bool done;

	rcu_read_lock();
	done = !rhashtable_replace_fast(&hn->conns, &old->node, &new->node, table_params);
	rcu_read_unlock();
	return done;
}

static bool rec_get(struct hrtcp_rec *rec)
{
	switch (rec->kind) {
	case HRTCP_REC_SOCK:
		return refcount_inc_not_zero(&hrtcp_rec_sk(rec)->sk_refcnt);
	case HRTCP_REC_REQ:
		return refcount_inc_not_zero(&hrtcp_rec_request(rec)->refs);
	default:
		return refcount_inc_not_zero(&hrtcp_rec_timewait(rec)->refs);
	}
}

void hrtcp_rec_put(struct hrtcp_rec *rec)
{
	switch (rec->kind) {
	case HRTCP_REC_SOCK:
		sock_put(hrtcp_rec_sk(rec));
		break;
	case HRTCP_REC_REQ:
		hrtcp_request_put(hrtcp_rec_request(rec));
		break;
	default:
		hrtcp_timewait_put(hrtcp_rec_timewait(rec));
		break;
	}
}

struct hrtcp_rec *hrtcp_rec_lookup(struct hrtcp_net *hn, const struct hrtcp_key *key)
{
	struct hrtcp_rec *rec;

	rcu_read_lock();
	rec = rhashtable_lookup(&hn->conns, key, table_params);
	if (rec && !rec_get(rec))
		rec = NULL;
	rcu_read_unlock();
	return rec;
}

u32 hrtcp_key_scope(const struct hrtcp_key *key, const struct hrtcp_in *in)
{
	if (hrtcp_key_is_link_local(key))
		return in->sdif ?: in->dif;
	return in->sdif ? in->dif : 0;
}

void hrtcp_key_of_skb(struct hrtcp_key *key, struct hrtcp_in *in, const struct sk_buff *skb,
		      const struct tcphdr *th)
{
	if (ip_hdr(skb)->version == 4) {
		ipv6_addr_set_v4mapped(ip_hdr(skb)->daddr, &key->laddr);
		ipv6_addr_set_v4mapped(ip_hdr(skb)->saddr, &key->raddr);
		in->dif = inet_iif(skb);
		in->sdif = inet_sdif(skb);
	} else {
		key->laddr = ipv6_hdr(skb)->daddr;
		key->raddr = ipv6_hdr(skb)->saddr;
		in->dif = inet6_iif(skb);
		in->sdif = inet6_sdif(skb);
	}
	key->lport = ntohs(th->dest);
	key->rport = ntohs(th->source);
	key->ifindex = hrtcp_key_scope(key, in);
}

/*
 * How well does the listener fit? 0: not at all. A listener for this very address beats one
 * for its family, which beats one for both; a bound device beats none.
 */
static int listener_score(const struct sock *sk, const struct hrtcp_key *key,
			  const struct hrtcp_in *in)
{
	const struct in6_addr *bound = &sk->sk_v6_rcv_saddr;
	const int dev = READ_ONCE(sk->sk_bound_dev_if);
	int score = 1;

	/* One that went to another port just now may still be met in this one's list. */
	if (READ_ONCE(inet_sk(sk)->inet_num) != key->lport ||
	    !inet_sk_bound_dev_eq(sock_net(sk), dev, in->dif, in->sdif))
		return 0;
	if (dev)
		score += 4;
	if (ipv6_addr_equal(bound, &key->laddr))
		return score + 2;
	if (ipv6_addr_any(bound)) {
		if (hrtcp_key_v4(key) && ipv6_only_sock(sk))
			return 0;
		return score;
	}
	if (hrtcp_addr_v4(bound) || !ipv6_addr_v4mapped(bound) || !hrtcp_key_v4(key))
		return 0;
	return score + 1;
}

struct sock *hrtcp_listener_lookup(struct hrtcp_net *hn, const struct hrtcp_key *key,
				   const struct hrtcp_in *in)
{
	struct hrtcp_listener *lst, *best = NULL;
	int score, best_score = 0, equals = 0;
	struct hrtcp_port *port;
	struct sock *sk = NULL;

	rcu_read_lock();
	port = xa_load(&hn->ports.held, key->lport);
	if (!port)
		goto out;
	hlist_for_each_entry_rcu(lst, &port->listeners, node) {
		score = listener_score(lst->sk, key, in);
		if (!score || score < best_score)
			continue;
		/* Equals are there by SO_REUSEPORT: share by the peer's address. */
		equals = score == best_score ? equals + 1 : 1;
		best_score = score;
		if (equals == 1 ||
		    !reciprocal_scale(jhash(&key->raddr, 24, equals), equals))
			best = lst;
	}
	if (best && refcount_inc_not_zero(&best->sk->sk_refcnt))
		sk = best->sk;
out:
	rcu_read_unlock();
	return sk;
}

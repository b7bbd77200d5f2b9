// SPDX-License-Identifier: GPL-2.0
/*
 * metrics.c -- a table of ways, one a namespace: pairs of addresses and the interface where those
 * alone do not say it. Only peers that answered get in, the way unused for longest makes room.
 */
#include "metrics.h"

#include <linux/random.h>
#include <linux/slab.h>

#include "core/metrics.h"

#include "netns.h"
#include "sock.h"

#define WAYS_MAX 1024

struct way {
	struct list_head link;		/* in lru */
	struct hlist_node node;
	struct in6_addr laddr, raddr;
	int ifindex;
	struct hrtcp_metrics metrics;
};

static struct hlist_head *bucket(struct hrtcp_metrics_net *net, const struct hrtcp_key *key)
{
	const struct in6_addr addrs[] = { key->laddr, key->raddr };

	return &net->hash[siphash(addrs, sizeof(addrs), &net->key) % HRTCP_METRICS_HASH];
}

static struct way *look(struct hrtcp_metrics_net *net, const struct hrtcp_key *key)
{
	struct way *way;

	lockdep_assert_held(&net->lock);
	hlist_for_each_entry(way, bucket(net, key), node)
		if (way->ifindex == key->ifindex && ipv6_addr_equal(&way->laddr, &key->laddr) &&
		    ipv6_addr_equal(&way->raddr, &key->raddr))
			return way;
	return NULL;
}

static struct way *find(struct hrtcp_metrics_net *net, const struct hrtcp_key *key)
{
	struct way *way = look(net, key);

	if (way)
		list_move(&way->link, &net->lru);
	return way;
}

static void forget(struct hrtcp_metrics_net *net, struct way *way)
{
	list_del(&way->link);
	hlist_del(&way->node);
	kfree(way);
	net->count--;
}

static struct way *add(struct hrtcp_metrics_net *net, const struct hrtcp_key *key)
{
	struct way *way;

	lockdep_assert_held(&net->lock);
	way = kzalloc(sizeof(*way), GFP_ATOMIC | __GFP_NOWARN | __GFP_ACCOUNT);
	if (!way)
		return NULL;
	if (net->count >= WAYS_MAX)
		forget(net, list_last_entry(&net->lru, struct way, link));
	way->laddr = key->laddr;
	way->raddr = key->raddr;
	way->ifindex = key->ifindex;
	hlist_add_head(&way->node, bucket(net, key));
	list_add(&way->link, &net->lru);
	net->count++;
	return way;
}

void hrtcp_metrics_use(struct hrtcp_sock *hs)
{
	struct hrtcp_metrics_net *net = &hs->hn->metrics;
	struct way *way;

	sock_owned_by_me(&hs->inet.sk);
	if (!READ_ONCE(hs->hn->cfg.metrics_save) || !READ_ONCE(net->count))
		return;
	spin_lock_bh(&net->lock);
	way = find(net, &hs->rec.key);
	if (way)
		hrtcp_metrics_give(&hs->conn, &way->metrics, ktime_get_ns());
	spin_unlock_bh(&net->lock);
}

/* A SYN that anyone may have forged does not count as a use. */
u64 hrtcp_metrics_synack_pto_ns(struct hrtcp_net *hn, const struct hrtcp_key *key,
				const struct hrtcp_cfg *cfg)
{
	struct hrtcp_metrics_net *net = &hn->metrics;
	struct way *way;
	u64 pto_ns = 0;

	if (!READ_ONCE(hn->cfg.metrics_save) || !READ_ONCE(net->count))
		return 0;
	spin_lock_bh(&net->lock);
	way = look(net, key);
	if (way)
		pto_ns = hrtcp_metrics_pto_ns(&way->metrics, cfg, ktime_get_ns());
	spin_unlock_bh(&net->lock);
	return pto_ns;
}

void hrtcp_metrics_save(struct hrtcp_sock *hs)
{
	struct hrtcp_metrics_net *net = &hs->hn->metrics;
	struct way *way;

	sock_owned_by_me(&hs->inet.sk);
	if (!READ_ONCE(hs->hn->cfg.metrics_save) || !hs->conn.rtt.srtt_ns)
		return;
	spin_lock_bh(&net->lock);
	way = find(net, &hs->rec.key) ?: add(net, &hs->rec.key);
	if (way)
		hrtcp_metrics_take(&hs->conn, &way->metrics, ktime_get_ns());
	spin_unlock_bh(&net->lock);
}

void hrtcp_metrics_net_init(struct hrtcp_net *hn)
{
	struct hrtcp_metrics_net *net = &hn->metrics;
	int i;

	spin_lock_init(&net->lock);
	INIT_LIST_HEAD(&net->lru);
	for (i = 0; i < HRTCP_METRICS_HASH; i++)
		INIT_HLIST_HEAD(&net->hash[i]);
	get_random_bytes(&net->key, sizeof(net->key));
}

/* Its sockets are gone. */
void hrtcp_metrics_net_exit(struct hrtcp_net *hn)
{
	struct way *way, *next;

	list_for_each_entry_safe(way, next, &hn->metrics.lru, link)
		forget(&hn->metrics, way);
}

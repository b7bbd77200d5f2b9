// SPDX-License-Identifier: GPL-2.0
/*
 * fastopen.c -- Fast Open's keys and caches, one set a namespace.
 *
 * Cookies are siphashes of both addresses. A key made here is replaced after a day, when the
 * next SYN asks, and is good for one day more; one that the administrator set stays, since
 * other machines may share it.
 */
#include "fastopen.h"

#include <linux/jhash.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "listen.h"
#include "netns.h"
#include "rx.h"
#include "sock.h"
#include "stats.h"

#define KEY_LIFE_NS (24 * 3600 * NSEC_PER_SEC)
#define SERVERS_MAX 4096

/* -- server ------------------------------------------------------------------------ */

static void renew_key(struct hrtcp_fast_net *fast, u64 now_ns)
{
	lockdep_assert_held(&fast->lock);
	if (fast->key_set || now_ns - fast->key_since_ns < KEY_LIFE_NS)
		return;
	fast->key[1] = fast->key[0];
	get_random_bytes(&fast->key[0], sizeof(fast->key[0]));
	fast->key_since_ns = now_ns;
}

static void compute_macs(struct hrtcp_net *hn, const struct hrtcp_key *key, u64 now_ns,
			 struct hrtcp_fast_macs *macs)
{
	const size_t addrs = 2 * sizeof(struct in6_addr);
	siphash_key_t keys[2];

	spin_lock_bh(&hn->fast.lock);
	renew_key(&hn->fast, now_ns);
	memcpy(keys, hn->fast.key, sizeof(keys));
	spin_unlock_bh(&hn->fast.lock);
	macs->now = siphash(key, addrs, &keys[0]);
	macs->before = siphash(key, addrs, &keys[1]);
	memzero_explicit(keys, sizeof(keys));
}

static void count_verdict(struct hrtcp_net *hn, enum hrtcp_fast_verdict verdict)
{
	static const u8 stat[] = {
		[HRTCP_FAST_NO] = HRTCP_STAT_FASTOPEN_COOKIE_REQD,
		[HRTCP_FAST_YES] = HRTCP_STAT_FASTOPEN_PASSIVE,
		[HRTCP_FAST_FULL] = HRTCP_STAT_FASTOPEN_LISTEN_OVERFLOW,
		[HRTCP_FAST_WRONG] = HRTCP_STAT_FASTOPEN_PASSIVE_FAIL,
	};

	hrtcp_count(hn, stat[verdict]);
}

void hrtcp_fast_judge(struct hrtcp_listener *lst, const struct hrtcp_arrival *a,
		      struct hrtcp_fast_open *open)
{
	const u64 now_ns = ktime_get_ns();
	enum hrtcp_fast_verdict verdict;
	struct hrtcp_fast_macs macs;

	memset(open, 0, sizeof(*open));
	if (!hrtcp_fastq_asks(&lst->fastq, &a->hn->cfg, &a->seg))
		return;
	compute_macs(a->hn, &a->key, now_ns, &macs);
	spin_lock_bh(&lst->fast_lock);
	verdict = hrtcp_fastq_on_syn(&lst->fastq, &a->seg, &macs, now_ns, open);
	spin_unlock_bh(&lst->fast_lock);
	count_verdict(a->hn, verdict);
}

void hrtcp_fast_enter(struct hrtcp_sock *hs, struct hrtcp_listener *lst)
{
	sock_hold(lst->sk);
	hs->fast_of = lst;
}

static void leave(struct hrtcp_listener *lst, bool reset)
{
	spin_lock_bh(&lst->fast_lock);
	hrtcp_fastq_leave(&lst->fastq, reset, ktime_get_ns());
	spin_unlock_bh(&lst->fast_lock);
}

void hrtcp_fast_leave(struct hrtcp_sock *hs, bool reset)
{
	struct hrtcp_listener *lst = hs->fast_of;

	if (!lst)
		return;
	hs->fast_of = NULL;
	leave(lst, reset);
	sock_put(lst->sk);
}

void hrtcp_fast_cancel(struct hrtcp_listener *lst)
{
	leave(lst, false);
}

/* -- client ------------------------------------------------------------------------ */

/* A server as seen from one of our addresses: cookies are bound to both. */
struct server {
	struct list_head link;		/* in fast->lru */
	struct hlist_node node;
	struct in6_addr laddr, raddr;
	struct hrtcp_fast_entry entry;
};

static struct hlist_head *bucket(struct hrtcp_fast_net *fast, const struct hrtcp_key *key)
{
	const size_t words = 2 * sizeof(struct in6_addr) / sizeof(u32);

	return &fast->hash[jhash2((const u32 *)key, words, 0) % HRTCP_FAST_HASH];
}

static struct server *find(struct hrtcp_fast_net *fast, const struct hrtcp_key *key)
{
	struct server *server;

	lockdep_assert_held(&fast->lock);
	hlist_for_each_entry(server, bucket(fast, key), node) {
		if (!ipv6_addr_equal(&server->laddr, &key->laddr) ||
		    !ipv6_addr_equal(&server->raddr, &key->raddr))
			continue;
		list_move(&server->link, &fast->lru);
		return server;
	}
	return NULL;
}

static void forget(struct hrtcp_fast_net *fast, struct server *server)
{
	list_del(&server->link);
	hlist_del(&server->node);
	kfree(server);
	fast->count--;
}

/* A new one; where there are too many, in the place of the one unused for longest. */
static struct server *add(struct hrtcp_fast_net *fast, const struct hrtcp_key *key)
{
	struct server *server;

	lockdep_assert_held(&fast->lock);
	server = kzalloc(sizeof(*server), GFP_ATOMIC | __GFP_NOWARN | __GFP_ACCOUNT);
	if (!server)
		return NULL;
	if (fast->count >= SERVERS_MAX)
		forget(fast, list_last_entry(&fast->lru, struct server, link));
	server->laddr = key->laddr;
	server->raddr = key->raddr;
	hlist_add_head(&server->node, bucket(fast, key));
	list_add(&server->link, &fast->lru);
	fast->count++;
	return server;
}

void hrtcp_fast_fill(struct hrtcp_sock *hs, struct hrtcp_fast_open *open)
{
	struct hrtcp_fast_net *fast = &hs->hn->fast;
	struct server *server;

	sock_owned_by_me(&hs->inet.sk);
	spin_lock_bh(&fast->lock);
	server = find(fast, &hs->rec.key);
	hrtcp_fast_entry_use(server ? &server->entry : NULL, &hs->hn->cfg,
			     hs->user.fastopen_no_cookie, ktime_get_ns(), open);
	spin_unlock_bh(&fast->lock);
}

static void count_outcome(struct hrtcp_net *hn, const struct hrtcp_fast *fast)
{
	if (fast->taken)
		hrtcp_count(hn, HRTCP_STAT_FASTOPEN_ACTIVE);
	if (fast->outcome == HRTCP_FAST_REFUSED || fast->outcome == HRTCP_FAST_LOST)
		hrtcp_count(hn, HRTCP_STAT_FASTOPEN_ACTIVE_FAIL);
	if (fast->outcome == HRTCP_FAST_LOST)
		hrtcp_count(hn, HRTCP_STAT_FASTOPEN_BLACKHOLE);
}

void hrtcp_fast_learn(struct hrtcp_sock *hs)
{
	struct hrtcp_fast_net *fast = &hs->hn->fast;
	struct server *server;

	sock_owned_by_me(&hs->inet.sk);
	count_outcome(hs->hn, &hs->conn.fast);
	spin_lock_bh(&fast->lock);
	server = find(fast, &hs->rec.key);
	if (!server)
		server = add(fast, &hs->rec.key);
	if (server)
		hrtcp_fast_entry_learn(&server->entry, &hs->conn, ktime_get_ns());
	spin_unlock_bh(&fast->lock);
}

/* -- keys as text ------------------------------------------------------------------- */

static int print_key(char *text, size_t size, const siphash_key_t *key)
{
	return scnprintf(text, size, "%08x-%08x-%08x-%08x", (u32)(key->key[0] >> 32),
			 (u32)key->key[0], (u32)(key->key[1] >> 32), (u32)key->key[1]);
}

void hrtcp_fast_keys_print(struct hrtcp_net *hn, char *text, size_t size)
{
	int n;

	spin_lock_bh(&hn->fast.lock);
	n = print_key(text, size, &hn->fast.key[0]);
	n += scnprintf(text + n, size - n, ",");
	print_key(text + n, size - n, &hn->fast.key[1]);
	spin_unlock_bh(&hn->fast.lock);
}

int hrtcp_fast_keys_parse(struct hrtcp_net *hn, const char *text)
{
	u32 w[8];
	char end;
	int i, n;

	n = sscanf(text, "%8x-%8x-%8x-%8x,%8x-%8x-%8x-%8x%c", &w[0], &w[1], &w[2], &w[3],
		   &w[4], &w[5], &w[6], &w[7], &end);
	if (n != 4 && n != 8)
		return -EINVAL;
	if (n == 4)
		memcpy(&w[4], &w[0], 4 * sizeof(w[0]));
	spin_lock_bh(&hn->fast.lock);
	for (i = 0; i < 4; i++)
		hn->fast.key[i / 2].key[i % 2] = (u64)w[2 * i] << 32 | w[2 * i + 1];
	hn->fast.key_set = true;
	spin_unlock_bh(&hn->fast.lock);
	return 0;
}

/* ---------------------------------------------------------------------------------- */

void hrtcp_fast_net_init(struct hrtcp_net *hn)
{
	struct hrtcp_fast_net *fast = &hn->fast;
	int i;

	spin_lock_init(&fast->lock);
	INIT_LIST_HEAD(&fast->lru);
	for (i = 0; i < HRTCP_FAST_HASH; i++)
		INIT_HLIST_HEAD(&fast->hash[i]);
	get_random_bytes(fast->key, sizeof(fast->key));
	fast->key_since_ns = ktime_get_ns();
}

/* Its sockets are gone. */
void hrtcp_fast_net_exit(struct hrtcp_net *hn)
{
	struct server *server, *next;

	list_for_each_entry_safe(server, next, &hn->fast.lru, link)
		forget(&hn->fast, server);
	memzero_explicit(hn->fast.key, sizeof(hn->fast.key));
}

// SPDX-License-Identifier: GPL-2.0
/*
 * timewait.c -- TIME-WAIT without a socket. The records of a namespace stand in one queue by
 * their deadlines, and one hrtimer, armed for its head, serves it. Most wait the same time, but a
 * socket can have a 2 MSL of its own: hence a tree, not a list.
 *
 * References: the table's, given back with the place in the queue; lookups'. The queue's
 * lock guards every record's tw; who finds a record out of the queue comes too late.
 */
#include "timewait.h"

#include <linux/slab.h>
#include <net/ip.h>
#include <net/sock.h>

#include "clock.h"
#include "events.h"
#include "lookup.h"
#include "netns.h"
#include "reply.h"
#include "route.h"
#include "rx.h"
#include "sock.h"
#include "stats.h"

#define BATCH 64			/* records ended under one hold of the lock */
#define SLACK_MAX_NS 10000000ull	/* a thousandth of the time is allowed, at most this */

static struct kmem_cache *timewait_cache;

static void free_record(struct hrtcp_timewait *tw)
{
	kfree(tw->opts);
	kmem_cache_free(timewait_cache, tw);
}

static void hrtcp_timewait_free_rcu(struct rcu_head *head)
{
	free_record(container_of(head, struct hrtcp_timewait, rcu));
}

void hrtcp_timewait_put(struct hrtcp_timewait *tw)
{
	if (refcount_dec_and_test(&tw->refs))
		call_rcu(&tw->rcu, hrtcp_timewait_free_rcu);
}

static bool sooner(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct hrtcp_timewait, node)->tw.deadline_ns <
	       rb_entry(b, struct hrtcp_timewait, node)->tw.deadline_ns;
}

static struct hrtcp_timewait *first(const struct hrtcp_net *hn)
{
	return rb_entry_safe(rb_first_cached(&hn->tw.root), struct hrtcp_timewait, node);
}

/* For the head; may be early. */
static void arm(struct hrtcp_net *hn)
{
	const struct hrtcp_timewait *tw = first(hn);
	u64 slack_ns;

	lockdep_assert_held(&hn->tw.lock);
	if (!tw)
		return;
	slack_ns = min_t(u64, tw->tw.time_wait_ns / 1024, SLACK_MAX_NS);
	if (!hrtimer_is_queued(&hn->tw.timer) ||
	    ktime_to_ns(hrtimer_get_softexpires(&hn->tw.timer)) > (s64)tw->tw.deadline_ns)
		hrtimer_start_range_ns(&hn->tw.timer, ns_to_ktime(tw->tw.deadline_ns), slack_ns,
				       HRTIMER_MODE_ABS_SOFT);
}

static void enqueue(struct hrtcp_net *hn, struct hrtcp_timewait *tw)
{
	lockdep_assert_held(&hn->tw.lock);
	rb_add_cached(&tw->node, &hn->tw.root, sooner);
	arm(hn);
}

static void dequeue(struct hrtcp_net *hn, struct hrtcp_timewait *tw)
{
	lockdep_assert_held(&hn->tw.lock);
	rb_erase_cached(&tw->node, &hn->tw.root);
	RB_CLEAR_NODE(&tw->node);
}

/* Its deadline has moved. */
static void requeue(struct hrtcp_net *hn, struct hrtcp_timewait *tw)
{
	dequeue(hn, tw);
	enqueue(hn, tw);
}

/* Out of queue and table, but still a user of its port. */
static void set_aside(struct hrtcp_net *hn, struct hrtcp_timewait *tw)
{
	dequeue(hn, tw);
	hn->tw.count--;
	hrtcp_rec_remove(hn, &tw->rec);
}

/* The caller puts the table's reference. */
static void retire(struct hrtcp_net *hn, struct hrtcp_timewait *tw)
{
	set_aside(hn, tw);
	hrtcp_port_leave(&tw->use);
}

/* End what is due. Return: whether there may be more. */
static bool expire_batch(struct hrtcp_net *hn, u64 now_ns)
{
	struct hrtcp_timewait *tw[BATCH];
	struct hrtcp_transition tr;
	int i, n = 0;

	spin_lock(&hn->tw.lock);
	while (n < BATCH && first(hn)) {
		tw[n] = first(hn);
		if (!hrtcp_tw_on_deadline(&tw[n]->tw, now_ns, &tr))
			break;
		retire(hn, tw[n++]);
	}
	if (n < BATCH)
		arm(hn);
	spin_unlock(&hn->tw.lock);
	for (i = 0; i < n; i++) {
		hrtcp_event_state(hn, &tw[i]->rec, &tr);
		hrtcp_timewait_put(tw[i]);
	}
	return n == BATCH;
}

static enum hrtimer_restart hrtcp_timewait_fired(struct hrtimer *timer)
{
	struct hrtcp_net *hn = container_of(timer, struct hrtcp_net, tw.timer);
	const u64 now_ns = ktime_get_ns();

	while (expire_batch(hn, now_ns))
		;
	return HRTIMER_NORESTART;
}

/* A copy of the socket's, for its route. */
static struct ip_options_rcu *copy_opts(const struct sock *sk)
{
	const struct ip_options_rcu *opts;

	opts = rcu_dereference_protected(inet_sk(sk)->inet_opt, lockdep_sock_is_held(sk));
	if (!opts || !opts->opt.srr)
		return NULL;
	return kmemdup(opts, sizeof(*opts) + opts->opt.optlen, GFP_ATOMIC | __GFP_NOWARN);
}

static struct hrtcp_timewait *create(struct hrtcp_sock *hs)
{
	struct sock *sk = &hs->inet.sk;
	struct hrtcp_timewait *tw;

	tw = kmem_cache_zalloc(timewait_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!tw)
		return NULL;
	tw->rec.kind = HRTCP_REC_TW;
	tw->rec.key = hs->rec.key;
	tw->rec.cookie = hs->rec.cookie;
	tw->uid = sock_net_uid(sock_net(sk), sk);
	tw->mark = READ_ONCE(sk->sk_mark);
	tw->txhash = sk->sk_txhash;
	tw->tos = inet_sk(sk)->tos;
	tw->opts = copy_opts(sk);
	refcount_set(&tw->refs, 1);
	hrtcp_tw_init(&tw->tw, &hs->conn);
	return tw;
}

void hrtcp_timewait_take(struct hrtcp_sock *hs)
{
	struct sock *sk = &hs->inet.sk;
	struct hrtcp_net *hn = hs->hn;
	struct hrtcp_timewait *tw;

	sock_owned_by_me(sk);
	if (!hs->hashed || hs->conn.state != HRTCP_TIME_WAIT)
		return;
	tw = create(hs);
	if (!tw)
		return;			/* the connection waits itself */
	hrtcp_port_inherit(&tw->use, hs->use.port, sk->sk_reuse);
	spin_lock_bh(&hn->tw.lock);
	if (!hrtcp_rec_replace(hn, &hs->rec, &tw->rec)) {
		WARN_ON_ONCE(1);	/* we own the socket, it is hashed: it is there */
		spin_unlock_bh(&hn->tw.lock);
		hrtcp_port_leave(&tw->use);
		free_record(tw);
		return;
	}
	enqueue(hn, tw);
	hn->tw.count++;
	spin_unlock_bh(&hn->tw.lock);

	/* Not a transition: the connection goes on in the record. */
	WRITE_ONCE(sk->sk_state, TCP_CLOSE);
	sock_prot_inuse_add(sock_net(sk), sk->sk_prot, -1);
	hs->hashed = false;
	__sock_put(sk);
	hrtcp_sock_bury(hs);
}

/* What to answer with, IP's part. */
static void answer_path(struct hrtcp_path *path, const struct hrtcp_timewait *tw,
			const struct hrtcp_arrival *a)
{
	hrtcp_path_of_skb(path, a->hn, &a->key, a->skb);
	path->mark = tw->mark ?: path->mark;
	path->txhash = tw->txhash;
	path->tos = tw->tos;
	path->wscale = tw->tw.wscale;
	if (tw->opts && tw->opts->opt.srr)
		hrtcp_srcroute_of_opts(&path->route, tw->opts);
}

bool hrtcp_timewait_rx(struct hrtcp_timewait *tw, struct hrtcp_arrival *a,
		       const struct sock *listener)
{
	struct hrtcp_net *hn = a->hn;
	struct hrtcp_path path;
	struct hrtcp_reply reply = { };
	bool reuse = false, gone = false;
	u64 deadline_ns;

	spin_lock(&hn->tw.lock);
	if (RB_EMPTY_NODE(&tw->node)) {
		gone = true;
		reply.drop = HRTCP_DROP_TIME_WAIT;
	} else {
		deadline_ns = tw->tw.deadline_ns;
		reuse = hrtcp_tw_on_segment(&tw->tw, &hn->cfg, &a->seg, listener != NULL,
					    ktime_get_ns(), &reply) == HRTCP_TW_REUSE;
		if (reuse)
			set_aside(hn, tw);
		else if (tw->tw.deadline_ns != deadline_ns)
			requeue(hn, tw);
	}
	spin_unlock(&hn->tw.lock);

	if (!gone)
		hrtcp_event_seg_rcvd(hn, &tw->rec, &a->seg, 0, reply.drop);
	answer_path(&path, tw, a);
	hrtcp_reply_send(&path, &tw->rec, &reply);
	return reuse;
}

void hrtcp_timewait_replaced(struct hrtcp_net *hn, struct hrtcp_timewait *tw)
{
	struct hrtcp_transition tr;

	if (hrtcp_tw_replaced(&tw->tw, ktime_get_ns(), &tr))
		hrtcp_event_state(hn, &tw->rec, &tr);
	else
		hrtcp_impossible(hn);
	hrtcp_port_leave(&tw->use);
	hrtcp_timewait_put(tw);
}

bool hrtcp_timewait_back(struct hrtcp_net *hn, struct hrtcp_timewait *tw,
			 struct hrtcp_rec *instead_of)
{
	bool back = false;

	spin_lock_bh(&hn->tw.lock);
	if (ktime_get_ns() < tw->tw.deadline_ns && !READ_ONCE(hn->dying))
		back = instead_of ? hrtcp_rec_replace(hn, instead_of, &tw->rec) :
				    !hrtcp_rec_insert(hn, &tw->rec);
	if (back) {
		enqueue(hn, tw);
		hn->tw.count++;
	}
	spin_unlock_bh(&hn->tw.lock);
	return back;
}

void hrtcp_timewait_net_init(struct hrtcp_net *hn)
{
	spin_lock_init(&hn->tw.lock);
	hn->tw.root = RB_ROOT_CACHED;
	hrtimer_setup(&hn->tw.timer, hrtcp_timewait_fired, CLOCK_MONOTONIC,
		      HRTIMER_MODE_ABS_SOFT);
}

/* The namespace receives nothing any more, and its sockets were ended. */
void hrtcp_timewait_net_exit(struct hrtcp_net *hn)
{
	struct hrtcp_timewait *tw;

	hrtimer_cancel(&hn->tw.timer);
	spin_lock_bh(&hn->tw.lock);
	while ((tw = first(hn))) {
		retire(hn, tw);
		hrtcp_timewait_put(tw);
	}
	spin_unlock_bh(&hn->tw.lock);
}

int hrtcp_timewait_init(void)
{
	timewait_cache = KMEM_CACHE(hrtcp_timewait, SLAB_HWCACHE_ALIGN | SLAB_ACCOUNT);
	return timewait_cache ? 0 : -ENOMEM;
}

/* After rcu_barrier(). */
void hrtcp_timewait_exit(void)
{
	kmem_cache_destroy(timewait_cache);
}

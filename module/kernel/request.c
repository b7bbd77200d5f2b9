// SPDX-License-Identifier: GPL-2.0
/*
 * request.c -- half-open connections. A compact record each, in the table of connections
 * and in its listener's list, with a timer for the SYN,ACK to be repeated.
 *
 * References: the table's (until retired and removed), lookups'; the timer has none, as in
 * clock.c. The record keeps the listener's struct sock. All that changes is under the listener's lock;
 * a record found `dead` under it has left the table: look again.
 */
#include "request.h"

#include <linux/slab.h>
#include <net/sock.h>

#include "clock.h"
#include "events.h"
#include "listen.h"
#include "lookup.h"
#include "netns.h"
#include "reply.h"
#include "rx.h"
#include "sock.h"
#include "stats.h"
#include "timewait.h"

static struct kmem_cache *request_cache;

static void hrtcp_request_free_rcu(struct rcu_head *head)
{
	struct hrtcp_request *req = container_of(head, struct hrtcp_request, rcu);

	hrtimer_cancel(&req->timer);
	kmem_cache_free(request_cache, req);
}

void hrtcp_request_put(struct hrtcp_request *req)
{
	if (!refcount_dec_and_test(&req->refs))
		return;
	if (req->before)
		hrtcp_timewait_replaced(req->path.hn, req->before);
	sock_put(req->path.listener);
	call_rcu(&req->rcu, hrtcp_request_free_rcu);
}

void hrtcp_request_retire(struct hrtcp_request *req)
{
	lockdep_assert_held(&req->lst->lock);
	req->dead = true;
	list_del(&req->link);
	hrtimer_try_to_cancel(&req->timer);	/* if it fires all the same: dead */
}

/* The handshake failed. */
static void kill_request(struct hrtcp_request *req)
{
	hrtcp_request_retire(req);
	if (req->before && hrtcp_timewait_back(req->path.hn, req->before, &req->rec))
		req->before = NULL;
	else
		hrtcp_rec_remove(req->path.hn, &req->rec);
	hrtcp_count(req->path.hn, HRTCP_STAT_ATTEMPT_FAILS);
	hrtcp_request_put(req);
}

/* Return: whether there is a next deadline. */
static bool on_deadline(struct hrtcp_request *req, struct hrtcp_reply *reply)
{
	struct hrtcp_listener *lst = req->lst;
	bool alive;

	spin_lock(&lst->lock);
	if (!req->dead && hrtcp_req_on_deadline(&req->req, &lst->core, hrtcp_listener_cfg(lst),
						ktime_get_ns(), reply) == HRTCP_REQ_REMOVE)
		kill_request(req);
	if (reply->repath)
		hrtcp_path_repath(&req->path);
	alive = !req->dead;
	if (alive)
		hrtimer_set_expires(&req->timer, ns_to_ktime(req->req.deadline_ns));
	spin_unlock(&lst->lock);
	return alive;
}

static enum hrtimer_restart hrtcp_request_fired(struct hrtimer *timer)
{
	struct hrtcp_request *req = container_of(timer, struct hrtcp_request, timer);
	struct hrtcp_reply reply = { };
	bool alive;

	if (!refcount_inc_not_zero(&req->refs))
		return HRTIMER_NORESTART;
	alive = on_deadline(req, &reply);
	hrtcp_reply_send(&req->path, &req->rec, &reply);
	hrtcp_request_put(req);
	return alive ? HRTIMER_RESTART : HRTIMER_NORESTART;
}

static struct hrtcp_request *alloc_request(struct hrtcp_listener *lst,
					   const struct hrtcp_path *path)
{
	struct hrtcp_request *req = kmem_cache_zalloc(request_cache, GFP_ATOMIC | __GFP_NOWARN);

	if (!req)
		return NULL;
	req->rec.kind = HRTCP_REC_REQ;
	req->rec.key = path->key;
	req->rec.cookie = hrtcp_cookie_next();
	req->lst = lst;
	req->path = *path;
	hrtimer_setup(&req->timer, hrtcp_request_fired, CLOCK_MONOTONIC,
		      HRTIMER_MODE_ABS_SOFT);
	refcount_set(&req->refs, 1);	/* the table's */
	return req;
}

struct hrtcp_request *hrtcp_request_create(struct hrtcp_listener *lst,
					   const struct hrtcp_arrival *a,
					   const struct hrtcp_path *path,
					   const struct hrtcp_open *open,
					   struct hrtcp_reply *reply)
{
	struct hrtcp_request *req;

	lockdep_assert_held(&lst->lock);
	req = alloc_request(lst, path);
	if (!req)
		return NULL;
	/* Whoever finds it in the table waits for our lock. */
	if (hrtcp_rec_insert(a->hn, &req->rec)) {
		kmem_cache_free(request_cache, req);
		return NULL;
	}
	sock_hold(lst->sk);
	hrtcp_req_init(&req->req, &lst->core, hrtcp_listener_cfg(lst), open, &a->seg, ktime_get_ns(),
		       reply);
	list_add_tail(&req->link, &lst->requests);
	refcount_inc(&req->refs);	/* the caller's */
	hrtimer_start(&req->timer, ns_to_ktime(req->req.deadline_ns), HRTIMER_MODE_ABS_SOFT);
	return req;
}

bool hrtcp_request_rx(struct hrtcp_request *req, struct hrtcp_arrival *a)
{
	struct hrtcp_listener *lst = req->lst;
	struct hrtcp_sock *child = NULL;
	enum hrtcp_req_verdict verdict;
	struct hrtcp_reply reply;

	spin_lock(&lst->lock);
	if (req->dead) {
		spin_unlock(&lst->lock);
		return false;
	}
	verdict = hrtcp_req_on_segment(&req->req, &lst->core, hrtcp_listener_cfg(lst), &a->seg,
				       ktime_get_ns(), &reply);
	if (reply.repath)
		hrtcp_path_repath(&req->path);
	if (verdict == HRTCP_REQ_REMOVE)
		kill_request(req);
	if (verdict == HRTCP_REQ_PROMOTE) {
		child = hrtcp_listen_promote(req);
		if (!child)
			reply.drop = HRTCP_DROP_NO_MEMORY;
	}
	spin_unlock(&lst->lock);

	if (child) {
		hrtcp_listen_feed(lst, child, a);
		return true;
	}
	hrtcp_event_seg_rcvd(a->hn, &req->rec, &a->seg, 0, reply.drop);
	hrtcp_reply_send(&req->path, &req->rec, &reply);
	return true;
}

int hrtcp_request_init(void)
{
	request_cache = KMEM_CACHE(hrtcp_request, SLAB_HWCACHE_ALIGN | SLAB_ACCOUNT);
	return request_cache ? 0 : -ENOMEM;
}

/* After rcu_barrier(). */
void hrtcp_request_exit(void)
{
	kmem_cache_destroy(request_cache);
}

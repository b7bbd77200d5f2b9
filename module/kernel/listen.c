// SPDX-License-Identifier: GPL-2.0
/*
 * listen.c -- listen(), the SYNs that come, the connections that grow from them, accept().
 * Locking: the essay in sock.c; what a listener's lock guards stands in listen.h.
 */
#include "listen.h"

#include <linux/slab.h>
#include <net/ip.h>
#include <net/sock.h>

#include "bind.h"
#include "events.h"
#include "fastopen.h"
#include "lookup.h"
#include "metrics.h"
#include "netns.h"
#include "reply.h"
#include "request.h"
#include "route.h"
#include "rx.h"
#include "settings.h"
#include "settle.h"
#include "sock.h"
#include "stats.h"
#include "syncookie.h"
#include "timewait.h"

const struct hrtcp_cfg *hrtcp_listener_cfg(const struct hrtcp_listener *lst)
{
	return hrtcp_settings_cfg(hrtcp_sk(lst->sk));
}

/* -- from SYN to connection ---------------------------------------------------------- */

/* Give back a clone that nobody saw. */
static void discard_child(struct sock *sk)
{
	__acquire(&sk->sk_lock.slock);	/* sk_clone_lock() does not say so */
	WRITE_ONCE(sk->sk_state, TCP_CLOSE);
	sock_orphan(sk);
	sk_dst_reset(sk);
	bh_unlock_sock(sk);
	__sock_put(sk);
	sock_put(sk);
}

static int open_child(struct hrtcp_sock *hs, const struct hrtcp_path *path,
		      const struct hrtcp_req *req, const struct hrtcp_fast_open *fast)
{
	const struct hrtcp_key *key = &path->key;
	const u64 now_ns = ktime_get_ns();
	struct sock *sk = &hs->inet.sk;
	struct hrtcp_open open = { };
	int err;

	hs->rec.key = *key;
	atomic64_set(&sk->sk_cookie, hs->rec.cookie);
	WRITE_ONCE(sk->sk_mark, path->mark);
	sk->sk_bound_dev_if = path->oif;
	hrtcp_sock_set_local(hs, &key->laddr, key->lport);
	hrtcp_sock_set_peer(hs, &key->raddr, key->rport);
	err = hrtcp_srcroute_use(sk, &path->route) ?: hrtcp_route_connect(sk, path->txhash);
	if (err)
		return err;
	hrtcp_route_open(sk, &open, now_ns);
	if (fast)
		open.fast = *fast;
	hrtcp_conn_open_passive(&hs->conn, req, &open, now_ns);
	hrtcp_metrics_use(hs);
	hrtcp_sock_set_state(sk, hs->conn.state);
	return 0;
}

/* Into the table, in the place of its request if it has one. */
static bool enter_table(struct hrtcp_sock *hs, struct hrtcp_rec *instead_of)
{
	if (instead_of)
		return hrtcp_rec_replace(hs->hn, instead_of, &hs->rec);
	return !hrtcp_rec_insert(hs->hn, &hs->rec);
}

/* Return: the child, owned and in the accept queue, or NULL. */
static struct hrtcp_sock *make_child(struct hrtcp_listener *lst, const struct hrtcp_path *path,
				     const struct hrtcp_req *req,
				     const struct hrtcp_fast_open *fast,
				     struct hrtcp_rec *instead_of)
{
	struct hrtcp_own *own;
	struct hrtcp_sock *hs;
	struct sock *sk;

	lockdep_assert_held(&lst->lock);
	own = hrtcp_settings_inherit(hrtcp_sk(lst->sk));
	if (IS_ERR(own))
		return NULL;
	sk = sk_clone_lock(lst->sk, GFP_ATOMIC | __GFP_NOWARN);
	if (!sk) {
		kfree(own);
		return NULL;
	}
	hs = hrtcp_sk(sk);
	hs->own = own;
	hrtcp_sock_reset(hs);
	hs->rec.cookie = instead_of ? instead_of->cookie : hrtcp_cookie_next();
	hs->hashed = true;
	if (open_child(hs, path, req, fast) || !enter_table(hs, instead_of)) {
		hs->hashed = false;
		discard_child(sk);
		return NULL;
	}
	/* A clone is born with two references: the table's and the accept queue's. */
	sock_prot_inuse_add(sock_net(sk), sk->sk_prot, 1);
	hrtcp_port_inherit(&hs->use, hrtcp_sk(lst->sk)->use.port, sk->sk_reuse);
	hrtcp_listen_queued(&lst->core);
	list_add_tail(&hs->accept_link, &lst->accept);
	return hs;
}

struct hrtcp_sock *hrtcp_listen_promote(struct hrtcp_request *req)
{
	struct hrtcp_listener *lst = req->lst;
	struct hrtcp_sock *hs = make_child(lst, &req->path, &req->req, NULL, &req->rec);

	if (!hs)
		return NULL;
	hrtcp_req_promoted(&req->req, &lst->core);
	hrtcp_request_retire(req);
	hrtcp_request_put(req);
	return hs;
}

void hrtcp_listen_feed(struct hrtcp_listener *lst, struct hrtcp_sock *child,
		       struct hrtcp_arrival *a)
{
	struct sock *sk = &child->inet.sk;

	__acquire(&sk->sk_lock.slock);	/* sk_clone_lock() does not say so */
	a->skb->dev = NULL;
	hrtcp_rx_owned(sk, a->skb);
	a->skb = NULL;
	bh_unlock_sock(sk);
	lst->sk->sk_data_ready(lst->sk);
}

/* -- a segment for a listener --------------------------------------------------------- */

/* What becomes of it; the lock of the listener is held while this is filled. */
struct birth {
	struct hrtcp_listener *lst;
	struct hrtcp_arrival *a;
	struct hrtcp_path path;
	struct hrtcp_open open;
	struct hrtcp_reply reply;
	struct hrtcp_request *req;	/* a reference */
	struct hrtcp_sock *child;	/* owned */
	struct hrtcp_timewait *before;	/* taken over, or NULL */
};

/* The way back, and what a connection over it opens with. */
static int find_path(struct birth *b)
{
	struct sock *lsk = b->lst->sk;
	struct hrtcp_arrival *a = b->a;
	struct dst_entry *dst;
	struct seq floor;
	struct flowi fl;

	b->path.listener = lsk;
	b->path.mark = inet_request_mark(lsk, a->skb);
	b->path.oif = inet_request_bound_dev_if(lsk, a->skb) ?: a->key.ifindex;
	b->path.tos = inet_sk(lsk)->tos;
	dst = hrtcp_path_route(&b->path, &fl);
	if (IS_ERR(dst))
		return PTR_ERR(dst);
	hrtcp_path_open(&b->path, dst, &b->open, ktime_get_ns());
	dst_release(dst);
	if (!b->before)
		return 0;
	floor = hrtcp_tw_iss_floor(&b->before->tw);
	b->open.iss = seq_max(b->open.iss, floor);
	return 0;
}

/* A SYN with a good cookie: its connection begins now. Return: false: as any other SYN. */
static bool open_fast(struct birth *b)
{
	struct hrtcp_listener *lst = b->lst;
	struct hrtcp_req req;

	hrtcp_fast_judge(lst, b->a, &b->open.fast);
	if (!b->open.fast.on)
		return false;
	hrtcp_req_init(&req, &lst->core, hrtcp_listener_cfg(lst), &b->open, &b->a->seg,
		       ktime_get_ns(), &b->reply);
	b->child = make_child(lst, &b->path, &req, &b->open.fast, NULL);
	hrtcp_req_promoted(&req, &lst->core);
	if (b->child) {
		hrtcp_fast_enter(b->child, lst);
		return true;
	}
	hrtcp_fast_cancel(lst);
	b->open.fast.on = false;
	return false;
}

static void on_syn(struct birth *b, bool cookie)
{
	struct hrtcp_arrival *a = b->a;
	struct hrtcp_syncookie hash;
	const u64 now_ns = ktime_get_ns();

	b->reply.drop = HRTCP_DROP_NO_MEMORY;
	if (find_path(b) || open_fast(b))
		return;
	if (!cookie) {
		b->open.synack_pto_ns = hrtcp_metrics_synack_pto_ns(a->hn, &b->path.key,
								    hrtcp_listener_cfg(b->lst));
		b->req = hrtcp_request_create(b->lst, a, &b->path, &b->open, &b->reply);
		if (b->req)
			swap(b->req->before, b->before);
		return;
	}
	hrtcp_syncookie_hash(&a->key, a->seg.seq, now_ns, &hash);
	hrtcp_syncookie_answer(&b->lst->core, hrtcp_listener_cfg(b->lst), &b->open, &a->seg, &hash,
			       now_ns, &b->reply);
	hrtcp_count(a->hn, HRTCP_STAT_SYNCOOKIES_SENT);
}

static void on_cookie_ack(struct birth *b)
{
	struct hrtcp_arrival *a = b->a;
	struct hrtcp_syncookie hash;
	const u64 now_ns = ktime_get_ns();
	struct hrtcp_req req;

	b->reply.drop = HRTCP_DROP_NO_MEMORY;
	if (find_path(b))
		return;
	hrtcp_syncookie_hash(&a->key, seq_sub(a->seg.seq, 1), now_ns, &hash);
	if (!hrtcp_syncookie_check(&req, hrtcp_listener_cfg(b->lst), &b->open, &a->seg, &hash,
				   now_ns, &b->reply)) {
		hrtcp_count(a->hn, HRTCP_STAT_SYNCOOKIES_FAILED);
		return;
	}
	hrtcp_count(a->hn, HRTCP_STAT_SYNCOOKIES_RECV);
	b->child = make_child(b->lst, &b->path, &req, NULL, NULL);
	if (!b->child)
		b->reply = (struct hrtcp_reply){ .drop = HRTCP_DROP_NO_MEMORY };
}

static void judge(struct birth *b)
{
	struct hrtcp_listener *lst = b->lst;
	struct hrtcp_arrival *a = b->a;
	enum hrtcp_listen_verdict verdict;

	lockdep_assert_held(&lst->lock);
	if (lst->closed) {
		b->reply.drop = HRTCP_DROP_NO_CONN;
		return;
	}
	if (hrtcp_key_is_self(&a->key)) {
		b->reply.drop = HRTCP_DROP_BAD_ADDRESS;
		return;
	}
	verdict = hrtcp_listen_on_segment(&lst->core, hrtcp_listener_cfg(lst), &a->seg,
					  b->before != NULL, ktime_get_ns(), &b->reply);
	if (verdict == HRTCP_LISTEN_COOKIE_ACK)
		on_cookie_ack(b);
	else if (verdict != HRTCP_LISTEN_DROP)
		on_syn(b, verdict == HRTCP_LISTEN_COOKIE);
}

/*
 * The TIME-WAIT that no request took over: a connection has its place, or a cookie, of which
 * nobody remembers whether anything comes. A SYN that opens nothing leaves it as it was.
 */
static void settle_before(struct birth *b)
{
	struct hrtcp_net *hn = b->a->hn;

	if (!b->child && !b->reply.send && hrtcp_timewait_back(hn, b->before, NULL))
		return;
	hrtcp_timewait_replaced(hn, b->before);
}

void hrtcp_listen_rx(struct sock *sk, struct hrtcp_arrival *a, struct hrtcp_timewait *before)
{
	struct hrtcp_listener *lst = hrtcp_sk(sk)->listener;
	struct birth b = { .lst = lst, .a = a, .before = before };

	hrtcp_path_of_skb(&b.path, a->hn, &a->key, a->skb);
	spin_lock(&lst->lock);
	judge(&b);
	spin_unlock(&lst->lock);

	if (b.before)
		settle_before(&b);
	if (b.req) {
		hrtcp_event_seg_rcvd(a->hn, &b.req->rec, &a->seg, 0, b.reply.drop);
		hrtcp_reply_send(&b.path, &b.req->rec, &b.reply);
		hrtcp_request_put(b.req);
	} else if (b.child) {
		hrtcp_reply_send(&b.path, &b.child->rec, &b.reply);
		hrtcp_listen_feed(lst, b.child, a);
	} else {
		hrtcp_reply_send(&b.path, NULL, &b.reply);
	}
}

/* -- listen() ---------------------------------------------------------------------- */

static struct hrtcp_listener *listener_create(struct hrtcp_sock *hs)
{
	struct hrtcp_listener *lst = kzalloc(sizeof(*lst), GFP_KERNEL_ACCOUNT);

	if (!lst)
		return NULL;
	lst->sk = &hs->inet.sk;
	spin_lock_init(&lst->lock);
	spin_lock_init(&lst->fast_lock);
	INIT_LIST_HEAD(&lst->requests);
	INIT_LIST_HEAD(&lst->accept);
	smp_store_release(&hs->listener, lst);	/* accept() looks without owning */
	return lst;
}

void hrtcp_listen_set_fast(struct hrtcp_listener *lst, u32 limit)
{
	spin_lock_bh(&lst->fast_lock);
	lst->fastq.limit = limit;
	spin_unlock_bh(&lst->fast_lock);
}

static int start_listening(struct hrtcp_sock *hs, int backlog)
{
	struct hrtcp_listener *lst = hs->listener;
	struct sock *sk = &hs->inet.sk;
	struct hrtcp_port *port;
	int err = 0;

	sock_owned_by_me(sk);
	hrtcp_timewait_take(hs);	/* the last connection waits without the socket */
	if (hs->hashed)
		return -EINVAL;
	if (!hs->use.port)
		err = hrtcp_bind_any(hs);
	if (!err)
		err = hrtcp_bind_may_listen(hs);
	if (err)
		return err;
	if (!lst)
		lst = listener_create(hs);
	if (!lst)
		return -ENOMEM;
	hrtcp_sock_reset_conn(hs);
	err = hrtcp_conn_listen(&hs->conn, ktime_get_ns());
	if (err)
		return err;
	hs->rec.key = (struct hrtcp_key){
		.laddr = sk->sk_v6_rcv_saddr,
		.lport = hs->inet.inet_num,
	};
	WRITE_ONCE(sk->sk_shutdown, 0);
	hrtcp_listen_set_fast(lst, hs->user.fastopen_qlen);
	lst->core.backlog = backlog;
	lst->core.defer_ns = (u64)hs->user.defer_s * NSEC_PER_SEC;
	lst->closed = false;
	hrtcp_settle(sk);
	port = hs->use.port;
	spin_lock_bh(&port->lock);
	hlist_add_head_rcu(&lst->node, &port->listeners);
	spin_unlock_bh(&port->lock);
	return 0;
}

int hrtcp_listen(struct socket *sock, int backlog)
{
	struct sock *sk = sock->sk;
	struct hrtcp_sock *hs = hrtcp_sk(sk);
	int err = -EINVAL;

	lock_sock(sk);
	if (sk->sk_state == TCP_LISTEN) {
		spin_lock_bh(&hs->listener->lock);
		hs->listener->core.backlog = backlog;
		spin_unlock_bh(&hs->listener->lock);
		err = 0;
	} else if (sk->sk_state == TCP_CLOSE && sock->state == SS_UNCONNECTED) {
		err = start_listening(hs, backlog);
	}
	release_sock(sk);
	return err;
}

/* -- the end of listening ---------------------------------------------------------- */

static void abort_requests(struct hrtcp_listener *lst)
{
	struct hrtcp_request *req;
	struct hrtcp_reply reply;

	for (;;) {
		spin_lock_bh(&lst->lock);
		req = list_first_entry_or_null(&lst->requests, struct hrtcp_request, link);
		if (!req) {
			spin_unlock_bh(&lst->lock);
			return;
		}
		hrtcp_req_on_abort(&req->req, &lst->core, ktime_get_ns(), &reply);
		hrtcp_request_retire(req);
		hrtcp_rec_remove(req->path.hn, &req->rec);
		spin_unlock_bh(&lst->lock);
		hrtcp_reply_send(&req->path, &req->rec, &reply);
		hrtcp_request_put(req);
	}
}

static struct hrtcp_sock *pop_child(struct hrtcp_listener *lst)
{
	struct hrtcp_sock *hs;

	spin_lock_bh(&lst->lock);
	hs = list_first_entry_or_null(&lst->accept, struct hrtcp_sock, accept_link);
	if (hs) {
		list_del_init(&hs->accept_link);
		hrtcp_listen_accepted(&lst->core);
	}
	spin_unlock_bh(&lst->lock);
	return hs;
}

static void abort_children(struct hrtcp_listener *lst)
{
	struct hrtcp_sock *hs;
	struct sock *sk;

	while ((hs = pop_child(lst))) {
		sk = &hs->inet.sk;
		local_bh_disable();
		bh_lock_sock(sk);
		sock_orphan(sk);
		hrtcp_conn_on_abort(&hs->conn, 0, ktime_get_ns());
		hrtcp_settle(sk);
		hrtcp_sock_bury(hs);	/* also what had died before, unread data with it */
		bh_unlock_sock(sk);
		local_bh_enable();
		sock_put(sk);
	}
}

void hrtcp_listen_stop(struct hrtcp_sock *hs)
{
	struct hrtcp_listener *lst = hs->listener;
	struct hrtcp_port *port = hs->use.port;

	sock_owned_by_me(&hs->inet.sk);
	spin_lock_bh(&port->lock);
	hlist_del_rcu(&lst->node);
	spin_unlock_bh(&port->lock);
	spin_lock_bh(&lst->lock);
	lst->closed = true;
	spin_unlock_bh(&lst->lock);
	abort_requests(lst);
	abort_children(lst);
	hrtcp_conn_on_close(&hs->conn, ktime_get_ns());
	hrtcp_settle(&hs->inet.sk);
}

/* -- accept() ---------------------------------------------------------------------- */

bool hrtcp_listen_readable(const struct hrtcp_listener *lst)
{
	return !list_empty_careful(&lst->accept);
}

static struct hrtcp_sock *wait_for_child(struct sock *sk, long timeo)
{
	struct hrtcp_listener *lst = smp_load_acquire(&hrtcp_sk(sk)->listener);
	struct hrtcp_sock *child = NULL;
	DEFINE_WAIT(wait);
	int err = 0;

	if (!lst)
		return ERR_PTR(-EINVAL);
	for (;;) {
		prepare_to_wait_exclusive(sk_sleep(sk), &wait, TASK_INTERRUPTIBLE);
		child = pop_child(lst);
		if (child)
			break;
		if (inet_sk_state_load(sk) != TCP_LISTEN)
			err = -EINVAL;
		else if (!timeo)
			err = -EAGAIN;
		else if (signal_pending(current))
			err = sock_intr_errno(timeo);
		if (err)
			break;
		timeo = schedule_timeout(timeo);
	}
	finish_wait(sk_sleep(sk), &wait);
	return err ? ERR_PTR(err) : child;
}

int hrtcp_accept(struct socket *sock, struct socket *newsock, HRTCP_ACCEPT_ARGS)
{
	struct sock *sk = sock->sk, *newsk;
	struct hrtcp_sock *child;

	child = wait_for_child(sk, sock_rcvtimeo(sk, hrtcp_accept_flags & O_NONBLOCK));
	if (IS_ERR(child))
		return PTR_ERR(child);
	newsk = &child->inet.sk;
	lock_sock(newsk);
	sock_graft(newsk, newsock);
	newsock->state = SS_CONNECTED;
	release_sock(newsk);
	return 0;
}

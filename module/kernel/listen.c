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
#include "lookup.h"
#include "netns.h"
#include "reply.h"
#include "request.h"
#include "route.h"
#include "rx.h"
#include "sock.h"
#include "stats.h"
#include "timewait.h"

/* -- a SYN ------------------------------------------------------------------------- */

void hrtcp_listen_rx(struct sock *sk, struct hrtcp_arrival *a, const struct seq *iss_floor)
{
	struct hrtcp_listener *lst = hrtcp_sk(sk)->listener;
	struct hrtcp_request *req = NULL;
	struct hrtcp_reply reply = { };
	struct hrtcp_path path;

	spin_lock(&lst->lock);
	if (lst->closed)
		reply.drop = HRTCP_DROP_NO_CONN;
	else if (hrtcp_key_is_self(&a->key))
		reply.drop = HRTCP_DROP_BAD_ADDRESS;
	else if (hrtcp_listen_on_segment(&lst->core, &a->hn->cfg, &a->seg,
					 &reply) == HRTCP_LISTEN_NEW)
		req = hrtcp_request_create(lst, a, iss_floor, &reply);
	spin_unlock(&lst->lock);

	if (req) {
		hrtcp_event_seg_rcvd(a->hn, &req->rec, &a->seg, 0, reply.drop);
		hrtcp_reply_send(&req->path, &req->rec, &reply);
		hrtcp_request_put(req);
		return;
	}
	if (!reply.drop)
		reply.drop = HRTCP_DROP_NO_MEMORY;
	hrtcp_path_of_skb(&path, a->hn, &a->key, a->skb);
	hrtcp_reply_send(&path, NULL, &reply);
}

/* -- from request to connection ---------------------------------------------------- */

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

static int open_child(struct hrtcp_sock *hs, const struct hrtcp_request *req)
{
	const struct hrtcp_key *key = &req->rec.key;
	const u64 now_ns = ktime_get_ns();
	struct sock *sk = &hs->inet.sk;
	struct hrtcp_open open = { };
	int err;

	hs->rec.key = *key;
	hs->rec.cookie = req->rec.cookie;
	atomic64_set(&sk->sk_cookie, req->rec.cookie);
	WRITE_ONCE(sk->sk_mark, req->path.mark);
	sk->sk_bound_dev_if = req->path.oif;
	hrtcp_sock_set_local(hs, &key->laddr, key->lport);
	hrtcp_sock_set_peer(hs, &key->raddr, key->rport);
	err = hrtcp_route_connect(sk);
	if (err)
		return err;
	hrtcp_route_open(sk, &open, now_ns);
	hrtcp_conn_open_passive(&hs->conn, &req->req, &open, now_ns);
	hrtcp_sock_set_state(sk, hs->conn.state);
	return 0;
}

struct hrtcp_sock *hrtcp_listen_promote(struct hrtcp_request *req, struct hrtcp_arrival *a)
{
	struct hrtcp_listener *lst = req->lst;
	struct hrtcp_sock *hs;
	struct sock *sk;

	lockdep_assert_held(&lst->lock);
	sk = sk_clone_lock(lst->sk, GFP_ATOMIC | __GFP_NOWARN);
	if (!sk)
		return NULL;
	hs = hrtcp_sk(sk);
	hrtcp_sock_reset(hs);
	if (open_child(hs, req) || !hrtcp_rec_replace(a->hn, &req->rec, &hs->rec)) {
		discard_child(sk);
		return NULL;
	}
	/* A clone is born with two references: the table's and the accept queue's. */
	hs->hashed = true;
	sock_prot_inuse_add(sock_net(sk), sk->sk_prot, 1);
	hrtcp_port_inherit(&hs->use, hrtcp_sk(lst->sk)->use.port, sk->sk_reuse);
	hrtcp_req_promoted(&req->req, &lst->core);
	hrtcp_listen_queued(&lst->core);
	list_add_tail(&hs->accept_link, &lst->accept);
	hrtcp_request_retire(req);
	hrtcp_request_put(req);
	return hs;
}

/* -- listen() ---------------------------------------------------------------------- */

static struct hrtcp_listener *listener_create(struct hrtcp_sock *hs)
{
	struct hrtcp_listener *lst = kzalloc(sizeof(*lst), GFP_KERNEL_ACCOUNT);

	if (!lst)
		return NULL;
	lst->sk = &hs->inet.sk;
	spin_lock_init(&lst->lock);
	INIT_LIST_HEAD(&lst->requests);
	INIT_LIST_HEAD(&lst->accept);
	smp_store_release(&hs->listener, lst);	/* accept() looks without owning */
	return lst;
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
	lst->core.backlog = backlog;
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

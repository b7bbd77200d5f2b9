// SPDX-License-Identifier: GPL-2.0
/*
 * dump.c -- GET_CONN: listeners by port, then the table of connections. The table is walked
 * under RCU while it lives: a record may be shown twice if the table is resized meanwhile,
 * and what comes or goes during the dump is shown or not.
 */
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <linux/tcp.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "compat.h"
#include "info.h"
#include "listen.h"
#include "netlink.h"
#include "netns.h"
#include "port.h"
#include "request.h"
#include "sock.h"
#include "sockopt.h"
#include "timewait.h"

struct dump {
	struct hrtcp_net *hn;
	struct rhashtable_iter iter;
	struct user_namespace *user_ns;
	unsigned long port;		/* listeners: the next port */
	u32 states;			/* wanted, 1 << enum hrtcp_state */
	u32 skip;			/* listeners of that port already shown */
	bool listeners_done;
};

/* The common part of a message about something that is not a socket. */
struct row {
	u8 state;
	kuid_t uid;
	u32 inode, ifindex, rqueue, wqueue, retrans;
	u8 timer;
	u64 at_ns;			/* its deadline; HRTCP_NEVER: none */
};

static int put_timer(struct sk_buff *msg, const struct row *row)
{
	const u64 now_ns = ktime_get_ns();

	if (row->at_ns == HRTCP_NEVER)
		return 0;
	return nla_put_u8(msg, HRTCP_A_CONN_TIMER, row->timer) ?:
	       nla_put_u64_64bit(msg, HRTCP_A_CONN_TIMER_NS,
				 row->at_ns > now_ns ? row->at_ns - now_ns : 0, HRTCP_A_PAD);
}

static int put_row(struct sk_buff *msg, const struct dump *d, const struct hrtcp_rec *rec,
		   const struct row *row)
{
	if (hrtcp_netlink_put_rec(msg, rec) ||
	    nla_put_u8(msg, HRTCP_A_CONN_STATE, row->state) ||
	    nla_put_u32(msg, HRTCP_A_CONN_UID, from_kuid_munged(d->user_ns, row->uid)) ||
	    nla_put_u32(msg, HRTCP_A_CONN_INODE, row->inode) ||
	    nla_put_u32(msg, HRTCP_A_CONN_IFINDEX, row->ifindex) ||
	    nla_put_u32(msg, HRTCP_A_CONN_RQUEUE, row->rqueue) ||
	    nla_put_u32(msg, HRTCP_A_CONN_WQUEUE, row->wqueue) ||
	    nla_put_u32(msg, HRTCP_A_CONN_RETRANS, row->retrans) ||
	    put_timer(msg, row))
		return -EMSGSIZE;
	return 0;
}

static void *begin(struct sk_buff *msg, struct netlink_callback *cb)
{
	return genlmsg_put(msg, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			   &hrtcp_genl_family, NLM_F_MULTI, HRTCP_CMD_GET_CONN);
}

static int finish(struct sk_buff *msg, void *head, int err)
{
	if (err)
		genlmsg_cancel(msg, head);
	else
		genlmsg_end(msg, head);
	return err;
}

static bool wanted(const struct dump *d, u8 state)
{
	return d->states & (1u << state);
}

/* -- one record each ---------------------------------------------------------------- */

static void fill_sock(struct row *row, struct sock *sk)
{
	const struct hrtcp_conn *conn = &hrtcp_sk(sk)->conn;
	enum hrtcp_timer slot = 0;

	row->state = conn->state;
	row->uid = sock_net_uid(sock_net(sk), sk);
	row->inode = sock_i_ino(sk);
	row->ifindex = sk->sk_bound_dev_if;
	row->rqueue = conn->rcv.unread_bytes;
	row->wqueue = hrtcp_conn_queued(conn);
	row->retrans = conn->rtt.backoff;
	row->at_ns = hrtcp_timers_next(&conn->timers, &slot);
	row->timer = slot;
}

static int put_details(struct sk_buff *msg, const struct hrtcp_sock *hs)
{
	const struct hrtcp_ecn *ecn = &hs->conn.ecn;
	struct nlattr *attr;

	attr = nla_reserve_64bit(msg, HRTCP_A_CONN_INFO, sizeof(struct tcp_info), HRTCP_A_PAD);
	if (!attr)
		return -EMSGSIZE;
	hrtcp_info_fill(hs, nla_data(attr));
	return nla_put_u8(msg, HRTCP_A_CONN_ECN, ecn->pact.mode) ?:
	       nla_put_u32(msg, HRTCP_A_CONN_CE_IN, ecn->ce_in) ?:
	       nla_put_u32(msg, HRTCP_A_CONN_CE_TOLD, hrtcp_ecn_told(ecn));
}

/* A process may hold the socket; then numbers may be of different moments. */
static int dump_sock(struct sk_buff *msg, struct netlink_callback *cb, const struct dump *d,
		     struct sock *sk)
{
	struct hrtcp_sock *hs = hrtcp_sk(sk);
	struct row row;
	void *head;
	int err;

	if (!wanted(d, READ_ONCE(hs->conn.state)))
		return 0;
	head = begin(msg, cb);
	if (!head)
		return -EMSGSIZE;
	local_bh_disable();
	bh_lock_sock(sk);
	fill_sock(&row, sk);
	err = put_row(msg, d, &hs->rec, &row);
	if (!err)
		err = put_details(msg, hs);
	bh_unlock_sock(sk);
	local_bh_enable();
	return finish(msg, head, err);
}

static int dump_compact(struct sk_buff *msg, struct netlink_callback *cb, const struct dump *d,
			const struct hrtcp_rec *rec, const struct row *row)
{
	void *head;

	if (!wanted(d, row->state))
		return 0;
	head = begin(msg, cb);
	if (!head)
		return -EMSGSIZE;
	return finish(msg, head, put_row(msg, d, rec, row));
}

static int dump_request(struct sk_buff *msg, struct netlink_callback *cb, const struct dump *d,
			struct hrtcp_request *req)
{
	struct row row = { .timer = HRTCP_T_RETRANSMIT };

	row.state = HRTCP_SYN_RECEIVED;
	row.uid = sock_net_uid(d->hn->net, req->path.listener);
	row.ifindex = req->path.oif;
	row.retrans = max_t(u8, READ_ONCE(req->req.sends), 1) - 1;
	row.at_ns = READ_ONCE(req->req.deadline_ns);
	return dump_compact(msg, cb, d, &req->rec, &row);
}

static int dump_timewait(struct sk_buff *msg, struct netlink_callback *cb,
			 const struct dump *d, struct hrtcp_timewait *tw)
{
	struct row row = { .timer = HRTCP_T_LINGER };

	row.state = HRTCP_TIME_WAIT;
	row.uid = tw->uid;
	row.at_ns = READ_ONCE(tw->tw.deadline_ns);
	return dump_compact(msg, cb, d, &tw->rec, &row);
}

/* -- the table ---------------------------------------------------------------------- */

static int dump_rec(struct sk_buff *msg, struct netlink_callback *cb, const struct dump *d,
		    struct hrtcp_rec *rec)
{
	switch (rec->kind) {
	case HRTCP_REC_SOCK:
		return dump_sock(msg, cb, d, hrtcp_rec_sk(rec));
	case HRTCP_REC_REQ:
		return dump_request(msg, cb, d, hrtcp_rec_request(rec));
	default:
		return dump_timewait(msg, cb, d, hrtcp_rec_timewait(rec));
	}
}

/* Return: 0 at the end, -EMSGSIZE when the message is full. */
static int dump_table(struct sk_buff *msg, struct netlink_callback *cb, struct dump *d)
{
	struct hrtcp_rec *rec;
	int err = 0;

	rhashtable_walk_start(&d->iter);
	/* What did not fit the last time comes first. */
	rec = rhashtable_walk_peek(&d->iter);
	while (rec) {
		if (rec != ERR_PTR(-EAGAIN)) {
			err = IS_ERR(rec) ? PTR_ERR(rec) : dump_rec(msg, cb, d, rec);
			if (err)
				break;
		}
		rec = rhashtable_walk_next(&d->iter);
	}
	rhashtable_walk_stop(&d->iter);
	return err;
}

/* -- listeners ---------------------------------------------------------------------- */

static int dump_listener(struct sk_buff *msg, struct netlink_callback *cb,
			 const struct dump *d, const struct hrtcp_listener *lst)
{
	struct row row = { .state = HRTCP_LISTEN, .at_ns = HRTCP_NEVER };
	struct sock *sk = lst->sk;
	void *head = begin(msg, cb);
	int err;

	if (!head)
		return -EMSGSIZE;
	row.uid = sock_net_uid(sock_net(sk), sk);
	row.inode = sock_i_ino(sk);
	row.ifindex = READ_ONCE(sk->sk_bound_dev_if);
	row.rqueue = READ_ONCE(lst->core.n_accept);
	row.wqueue = READ_ONCE(lst->core.backlog);
	err = put_row(msg, d, &hrtcp_sk(sk)->rec, &row);
	if (!err)
		err = nla_put_u32(msg, HRTCP_A_CONN_HALF_OPEN,
				  READ_ONCE(lst->core.n_half_open));
	return finish(msg, head, err);
}

static int dump_port(struct sk_buff *msg, struct netlink_callback *cb, struct dump *d,
		     const struct hrtcp_port *port)
{
	const struct hrtcp_listener *lst;
	u32 i = 0;
	int err;

	hlist_for_each_entry_rcu(lst, &port->listeners, node) {
		if (i++ < d->skip)
			continue;
		err = dump_listener(msg, cb, d, lst);
		if (err)
			return err;
		d->skip++;
	}
	return 0;
}

static int dump_listeners(struct sk_buff *msg, struct netlink_callback *cb, struct dump *d)
{
	struct hrtcp_port *port;
	int err = 0;

	if (d->listeners_done || !wanted(d, HRTCP_LISTEN))
		return 0;
	rcu_read_lock();
	xa_for_each_start(&d->hn->ports.held, d->port, port, d->port) {
		err = dump_port(msg, cb, d, port);
		if (err)
			break;
		d->skip = 0;
	}
	rcu_read_unlock();
	d->listeners_done = !err;
	return err;
}

/* -- a dump ------------------------------------------------------------------------- */

static struct dump **dump_of(struct netlink_callback *cb)
{
	return (struct dump **)cb->ctx;
}

int hrtcp_dump_start(struct netlink_callback *cb)
{
	const struct nlattr *states = hrtcp_genl_dump_attrs(cb) ?
				      hrtcp_genl_dump_attrs(cb)[HRTCP_A_FILTER_STATES] : NULL;
	struct dump *d = kzalloc(sizeof(*d), GFP_KERNEL);

	if (!d)
		return -ENOMEM;
	d->hn = hrtcp_net(sock_net(cb->skb->sk));
	d->user_ns = sk_user_ns(NETLINK_CB(cb->skb).sk);
	d->states = states ? nla_get_u32(states) : U32_MAX;
	rhashtable_walk_enter(&d->hn->conns, &d->iter);
	*dump_of(cb) = d;
	return 0;
}

int hrtcp_dump_conns(struct sk_buff *msg, struct netlink_callback *cb)
{
	struct dump *d = *dump_of(cb);
	int err;

	err = dump_listeners(msg, cb, d);
	if (!err)
		err = dump_table(msg, cb, d);
	if (err == -EMSGSIZE && msg->len)
		return msg->len;	/* go on in the next one */
	return err ?: msg->len;
}

int hrtcp_dump_done(struct netlink_callback *cb)
{
	struct dump *d = *dump_of(cb);

	rhashtable_walk_exit(&d->iter);
	kfree(d);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/* af.c -- the family: socket(), close() and the small operations; the large ones have files. */
#include "af.h"

#include <linux/module.h>
#include <linux/sockios.h>
#include <asm/ioctls.h>
#include <net/sock.h>
#include <net/tcp_states.h>

#include "addr.h"
#include "bind.h"
#include "connect.h"
#include "listen.h"
#include "netns.h"
#include "port.h"
#include "recv.h"
#include "rxq.h"
#include "send.h"
#include "settle.h"
#include "sock.h"
#include "sockopt.h"
#include "urgent.h"

static int family = AF_HRTCP;
module_param(family, int, 0444);
MODULE_PARM_DESC(family, "address family number to register (default 18)");

/* -- close() ----------------------------------------------------------------------- */

/* SO_LINGER with a time: until our FIN is acknowledged. */
static void wait_closed(struct sock *sk)
{
	const int open = TCPF_FIN_WAIT1 | TCPF_CLOSING | TCPF_LAST_ACK;
	DEFINE_WAIT_FUNC(wait, woken_wake_function);
	long timeo = sk->sk_lingertime;

	if (!sock_flag(sk, SOCK_LINGER) || !timeo || (current->flags & PF_EXITING))
		return;
	add_wait_queue(sk_sleep(sk), &wait);
	while (timeo && !signal_pending(current))
		if (sk_wait_event(sk, &timeo, !((1 << READ_ONCE(sk->sk_state)) & open), &wait))
			break;
	remove_wait_queue(sk_sleep(sk), &wait);
}

static void close_locked(struct sock *sk)
{
	struct hrtcp_sock *hs = hrtcp_sk(sk);
	const u64 now_ns = ktime_get_ns();

	sock_owned_by_me(sk);
	WRITE_ONCE(sk->sk_shutdown, SHUTDOWN_MASK);
	if (sk->sk_state == TCP_LISTEN) {
		hrtcp_listen_stop(hs);
		return;
	}
	if (hs->conn.state == HRTCP_CLOSED)
		return;
	if (sock_flag(sk, SOCK_LINGER) && !sk->sk_lingertime)
		hrtcp_conn_on_abort(&hs->conn, 0, now_ns);
	else
		hrtcp_conn_on_release(&hs->conn, now_ns);
	hrtcp_rxq_purge(sk);
	hrtcp_settle(sk);
	wait_closed(sk);
}

static int hrtcp_release(struct socket *sock)
{
	struct sock *sk = sock->sk;

	if (!sk)
		return 0;
	lock_sock(sk);
	close_locked(sk);
	hrtcp_sock_orphan(sk);
	sock->sk = NULL;
	sock_put(sk);
	return 0;
}

/* -- shutdown() -------------------------------------------------------------------- */

static int shutdown_locked(struct socket *sock, int how)
{
	struct sock *sk = sock->sk;
	struct hrtcp_sock *hs = hrtcp_sk(sk);

	sock_owned_by_me(sk);
	switch (sk->sk_state) {
	case TCP_CLOSE:
		return -ENOTCONN;
	case TCP_LISTEN:
		if (how & RCV_SHUTDOWN)
			hrtcp_listen_stop(hs);
		return 0;
	case TCP_SYN_SENT:
		hrtcp_conn_on_abort(&hs->conn, 0, ktime_get_ns());
		sock->state = SS_UNCONNECTED;
		break;
	default:
		WRITE_ONCE(sk->sk_shutdown, sk->sk_shutdown | how);
		if (how & SEND_SHUTDOWN)
			hrtcp_conn_on_close(&hs->conn, ktime_get_ns());
	}
	hrtcp_settle(sk);
	return 0;
}

static int hrtcp_shutdown(struct socket *sock, int how)
{
	struct sock *sk = sock->sk;
	int err;

	how++;				/* SHUT_RD, _WR, _RDWR to RCV_, SEND_SHUTDOWN */
	if (how < RCV_SHUTDOWN || how > SHUTDOWN_MASK)
		return -EINVAL;
	lock_sock(sk);
	err = shutdown_locked(sock, how);
	sk->sk_state_change(sk);
	release_sock(sk);
	return err;
}

/* -- the small ones ---------------------------------------------------------------- */

static int hrtcp_getname(struct socket *sock, struct sockaddr *uaddr, int peer)
{
	struct sock *sk = sock->sk;
	struct hrtcp_sock *hs = hrtcp_sk(sk);
	struct hrtcp_addr addr = { };
	int err = 0;

	lock_sock(sk);
	addr.family = hs->family ?: AF_INET;
	addr.scope = sk->sk_bound_dev_if;
	if (peer) {
		if (!hs->inet.inet_dport ||
		    (peer == 1 && (1 << sk->sk_state) & (TCPF_CLOSE | TCPF_SYN_SENT)))
			err = -ENOTCONN;
		addr.ip = sk->sk_v6_daddr;
		addr.port = ntohs(hs->inet.inet_dport);
	} else {
		addr.ip = sk->sk_v6_rcv_saddr;
		addr.port = hs->inet.inet_num;
	}
	release_sock(sk);
	return err ?: hrtcp_addr_emit(uaddr, &addr);
}

static __poll_t poll_connected(struct sock *sk, struct socket *sock)
{
	__poll_t mask = 0;

	if (hrtcp_rxq_readable(sk))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (hrtcp_urgent_pending(sk))
		mask |= EPOLLPRI;
	if (READ_ONCE(sk->sk_shutdown) & SEND_SHUTDOWN)
		return mask | EPOLLOUT | EPOLLWRNORM;
	if (sk_stream_is_writeable(sk))
		return mask | EPOLLOUT | EPOLLWRNORM;
	sk_set_bit(SOCKWQ_ASYNC_NOSPACE, sk);
	set_bit(SOCK_NOSPACE, &sock->flags);
	smp_mb__after_atomic();		/* room may have come before the flag was seen */
	if (sk_stream_is_writeable(sk))
		mask |= EPOLLOUT | EPOLLWRNORM;
	return mask;
}

static __poll_t hrtcp_poll(struct file *file, struct socket *sock,
			   struct poll_table_struct *wait)
{
	struct sock *sk = sock->sk;
	__poll_t mask = 0;
	u8 shutdown;
	int state;

	sock_poll_wait(file, sock, wait);
	state = inet_sk_state_load(sk);
	if (state == TCP_LISTEN)
		return hrtcp_listen_readable(hrtcp_sk(sk)->listener) ?
		       EPOLLIN | EPOLLRDNORM : 0;
	shutdown = READ_ONCE(sk->sk_shutdown);
	if (shutdown == SHUTDOWN_MASK || state == TCP_CLOSE)
		mask |= EPOLLHUP;
	if (shutdown & RCV_SHUTDOWN)
		mask |= EPOLLIN | EPOLLRDNORM | EPOLLRDHUP;
	if (!((1 << state) & (TCPF_SYN_SENT | TCPF_SYN_RECV)) ||
	    READ_ONCE(hrtcp_sk(sk)->conn.fast.passive))
		mask |= poll_connected(sk, sock);
	else if (READ_ONCE(hrtcp_sk(sk)->conn.fast.deferred))
		mask |= EPOLLOUT | EPOLLWRNORM;	/* a write opens it */
	smp_rmb();			/* sk_err is written before sk_shutdown */
	if (READ_ONCE(sk->sk_err) || !skb_queue_empty_lockless(&sk->sk_error_queue))
		mask |= EPOLLERR;
	return mask;
}

static int hrtcp_ioctl(struct socket *sock, unsigned int cmd, unsigned long arg)
{
	struct sock *sk = sock->sk;
	const struct hrtcp_conn *conn = &hrtcp_sk(sk)->conn;
	int answer;

	switch (cmd) {
	case SIOCINQ:
	case SIOCOUTQ:
	case SIOCOUTQNSD:
	case SIOCATMARK:
		break;
	default:
		return -ENOIOCTLCMD;
	}
	if (sk->sk_state == TCP_LISTEN)
		return -EINVAL;
	lock_sock(sk);
	if (cmd == SIOCINQ)
		answer = hrtcp_urgent_inq(sk);
	else if (cmd == SIOCATMARK)
		answer = !hrtcp_urgent_mark(sk);
	else if (cmd == SIOCOUTQ)
		answer = hrtcp_conn_queued(conn);
	else
		answer = max(seq_diff(conn->snd.end, conn->snd.nxt), 0);
	release_sock(sk);
	return put_user(answer, (int __user *)arg);
}

/* .family is set at init. */
static struct proto_ops hrtcp_ops = {
	.owner		= THIS_MODULE,
	.release	= hrtcp_release,
	.bind		= hrtcp_bind,
	.connect	= hrtcp_connect,
	.socketpair	= sock_no_socketpair,
	.accept		= hrtcp_accept,
	.getname	= hrtcp_getname,
	.poll		= hrtcp_poll,
	.ioctl		= hrtcp_ioctl,
	.gettstamp	= sock_gettstamp,
	.listen		= hrtcp_listen,
	.shutdown	= hrtcp_shutdown,
	.setsockopt	= hrtcp_setsockopt,
	.getsockopt	= hrtcp_getsockopt,
	.sendmsg	= hrtcp_sendmsg,
	.recvmsg	= hrtcp_recvmsg,
	.mmap		= sock_no_mmap,
	HRTCP_OPS_SPLICE_EOF(hrtcp_splice_eof)
};

/* -- socket() ---------------------------------------------------------------------- */

static int hrtcp_create(struct net *net, struct socket *sock, int protocol, int kern)
{
	struct sock *sk;
	int err;

	if (sock->type != SOCK_STREAM)
		return -ESOCKTNOSUPPORT;
	if (protocol && protocol != IPPROTO_TCP)
		return -EPROTONOSUPPORT;
	sk = sk_alloc(net, family, GFP_KERNEL, &hrtcp_proto, kern);
	if (!sk)
		return -ENOMEM;
	sock->ops = &hrtcp_ops;
	sock_init_data(sock, sk);
	err = hrtcp_proto.init(sk);
	if (!err)
		return 0;
	sk_common_release(sk);
	sock->sk = NULL;
	return err;
}

static struct net_proto_family hrtcp_family = {
	.create	= hrtcp_create,
	.owner	= THIS_MODULE,
};

int hrtcp_af_init(void)
{
	int err;

	if (family <= 0 || family >= NPROTO) {
		pr_err("family=%d is outside of 1..%d\n", family, NPROTO - 1);
		return -EINVAL;
	}
	hrtcp_ops.family = family;
	hrtcp_family.family = family;
	err = sock_register(&hrtcp_family);
	if (err == -EEXIST)
		pr_err("address family %d is taken; try another: family=NUMBER\n", family);
	return err;
}

void hrtcp_af_exit(void)
{
	sock_unregister(family);
}

MODULE_ALIAS_NETPROTO(AF_HRTCP);

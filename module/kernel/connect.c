// SPDX-License-Identifier: GPL-2.0
/* connect.c -- connect(): the active OPEN, RFC 9293 3.10.1, and waiting for its end. */
#include "connect.h"

#include <net/ip.h>
#include <net/sock.h>

#include "addr.h"
#include "bind.h"
#include "fastopen.h"
#include "metrics.h"
#include "netns.h"
#include "route.h"
#include "settle.h"
#include "sock.h"
#include "timewait.h"

/* An unspecified peer means this host, as it always did. */
static void any_is_loopback(struct hrtcp_addr *addr, const struct sock *sk)
{
	const bool v4 = ipv6_addr_v4mapped(&addr->ip) ||
			ipv6_addr_v4mapped(&sk->sk_v6_rcv_saddr);

	if (!hrtcp_addr_any(&addr->ip))
		return;
	if (v4)
		ipv6_addr_set_v4mapped(htonl(INADDR_LOOPBACK), &addr->ip);
	else
		addr->ip = in6addr_loopback;
}

static int check_v4(struct sock *sk, const struct hrtcp_addr *addr)
{
	const __be32 ip = hrtcp_addr_v4(&addr->ip);

	if (ipv4_is_multicast(ip) || ipv4_is_lbcast(ip))
		return -ENETUNREACH;
	if (addr->family == AF_INET6 && ipv6_only_sock(sk))
		return -ENETUNREACH;
	return 0;
}

static int check_v6(struct sock *sk, const struct hrtcp_addr *addr)
{
	if (!ipv6_mod_enabled())
		return -EAFNOSUPPORT;
	if (ipv6_addr_is_multicast(&addr->ip))
		return -ENETUNREACH;
	if (!(ipv6_addr_type(&addr->ip) & IPV6_ADDR_LINKLOCAL))
		return 0;
	if (addr->scope && sk->sk_bound_dev_if && sk->sk_bound_dev_if != addr->scope)
		return -EINVAL;
	if (addr->scope)
		sk->sk_bound_dev_if = addr->scope;
	return sk->sk_bound_dev_if ? 0 : -EINVAL;
}

static int check_peer(struct sock *sk, const struct hrtcp_addr *addr)
{
	const struct in6_addr *local = &sk->sk_v6_rcv_saddr;
	const bool v4 = ipv6_addr_v4mapped(&addr->ip);

	if (!ipv6_addr_any(local) && ipv6_addr_v4mapped(local) != v4)
		return -EINVAL;		/* bound to an address of the other family */
	return v4 ? check_v4(sk, addr) : check_v6(sk, addr);
}

/* The part of the key that is known before there is a port. */
static void fill_key(struct hrtcp_sock *hs, const struct hrtcp_addr *addr)
{
	struct sock *sk = &hs->inet.sk;
	struct hrtcp_key *key = &hs->rec.key;
	const int dev = sk->sk_bound_dev_if;

	key->laddr = sk->sk_v6_rcv_saddr;
	key->raddr = addr->ip;
	key->lport = hs->inet.inet_num;
	key->rport = addr->port;
	key->ifindex = 0;
	if (hrtcp_key_is_link_local(key))
		key->ifindex = dev;
	else if (dev)
		key->ifindex = l3mdev_master_ifindex_by_index(sock_net(sk), dev);
}

/* Into the table: with the port of bind(), or one that is free towards this peer. */
static int claim(struct hrtcp_sock *hs)
{
	int err;

	if (hs->use.port)
		return hrtcp_sock_hash(hs) ? -EADDRNOTAVAIL : 0;
	err = hrtcp_bind_connect(hs);
	if (!err)
		hrtcp_sock_set_local(hs, &hs->rec.key.laddr, hs->rec.key.lport);
	return err;
}

static int open_conn(struct hrtcp_sock *hs, bool fast)
{
	const u64 now_ns = ktime_get_ns();
	struct sock *sk = &hs->inet.sk;
	struct hrtcp_open open = { };
	int err;

	hrtcp_route_open(sk, &open, now_ns);
	if (fast)
		hrtcp_fast_fill(hs, &open.fast);
	err = hrtcp_conn_open(&hs->conn, &open, now_ns);
	if (!err)
		hrtcp_metrics_use(hs);
	return err;
}

/* A connection that failed to begin leaves the socket as it was. */
static void undo(struct hrtcp_sock *hs, const struct in6_addr *local)
{
	struct sock *sk = &hs->inet.sk;

	hrtcp_sock_unhash(hs);
	sk_dst_reset(sk);
	if (!(sk->sk_userlocks & SOCK_BINDPORT_LOCK) && hlist_unhashed(&hs->use.node))
		hrtcp_port_leave(&hs->use);
	hrtcp_sock_set_peer(hs, &in6addr_any, 0);
	hrtcp_sock_set_local(hs, local, hs->use.port ? hs->use.port->num : 0);
}

/* What an earlier connection on this socket chose for itself is not the user's wish. */
static void forget_last(struct hrtcp_sock *hs)
{
	struct sock *sk = &hs->inet.sk;
	const bool bound = sk->sk_userlocks & SOCK_BINDADDR_LOCK;
	const struct in6_addr local = bound ? sk->sk_v6_rcv_saddr : in6addr_any;

	if (!ipv6_addr_any(&sk->sk_v6_daddr))
		hrtcp_sock_set_local(hs, &local, hs->use.port ? hs->use.port->num : 0);
}

static int start(struct hrtcp_sock *hs, struct hrtcp_addr *addr, bool fast)
{
	struct sock *sk = &hs->inet.sk;
	struct in6_addr local;
	int err;

	sock_owned_by_me(sk);
	hrtcp_timewait_take(hs);	/* the last connection waits without the socket */
	if (hs->hashed)
		return -EISCONN;
	forget_last(hs);
	local = sk->sk_v6_rcv_saddr;
	any_is_loopback(addr, sk);
	err = check_peer(sk, addr);
	if (err)
		return err;
	if (!addr->port)
		return -EADDRNOTAVAIL;
	hrtcp_sock_reset_conn(hs);
	hrtcp_sock_set_peer(hs, &addr->ip, addr->port);
	err = hrtcp_route_connect(sk, 0);
	if (err)
		goto err_undo;
	fill_key(hs, addr);
	err = claim(hs);
	if (err)
		goto err_undo;
	/* Again, now that the ports are known to policy routing and IPsec. */
	sk_dst_reset(sk);
	err = hrtcp_route_connect(sk, 0) ?: open_conn(hs, fast);
	if (err)
		goto err_undo;
	if (!hs->family)
		hs->family = addr->family;
	sk->sk_shutdown = 0;
	hrtcp_settle(sk);
	return 0;

err_undo:
	undo(hs, &local);
	return err;
}

static int wait_connected(struct sock *sk, long *timeo)
{
	DEFINE_WAIT_FUNC(wait, woken_wake_function);

	add_wait_queue(sk_sleep(sk), &wait);
	while ((1 << sk->sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV)) {
		release_sock(sk);
		*timeo = wait_woken(&wait, TASK_INTERRUPTIBLE, *timeo);
		lock_sock(sk);
		if (signal_pending(current) || !*timeo)
			break;
	}
	remove_wait_queue(sk_sleep(sk), &wait);
	if (!((1 << sk->sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV)))
		return 0;
	return signal_pending(current) ? sock_intr_errno(*timeo) : -EINPROGRESS;
}

/* connect() to AF_UNSPEC: what there is ends, the socket can be used anew. */
static int disconnect(struct socket *sock)
{
	struct sock *sk = sock->sk;

	if (sk->sk_state == TCP_LISTEN)
		return -EINVAL;
	hrtcp_conn_on_abort(&hrtcp_sk(sk)->conn, 0, ktime_get_ns());
	hrtcp_settle(sk);
	sk->sk_err = 0;
	sk->sk_shutdown = 0;
	sock->state = SS_UNCONNECTED;
	if (!(sk->sk_userlocks & SOCK_BINDPORT_LOCK))
		hrtcp_unbind(hrtcp_sk(sk));
	return 0;
}

/* @fast: the SYN waits for hrtcp_conn_send_syn(). */
static int begin(struct socket *sock, struct hrtcp_addr *addr, bool fast)
{
	int err;

	if (sock->state == SS_CONNECTED || hrtcp_sk(sock->sk)->conn.fast.deferred)
		return -EISCONN;
	if (sock->state == SS_CONNECTING)
		return -EALREADY;
	if (sock->sk->sk_state != TCP_CLOSE)
		return -EISCONN;
	err = start(hrtcp_sk(sock->sk), addr, fast);
	if (err)
		return err;
	sock->state = SS_CONNECTING;
	return -EINPROGRESS;
}

/* TCP_FASTOPEN_CONNECT: with something to send on the SYN it waits for the first write. */
static bool wait_for_write(struct hrtcp_sock *hs)
{
	if (hrtcp_conn_syn_room(&hs->conn))
		return true;
	hrtcp_conn_send_syn(&hs->conn, ktime_get_ns());
	hrtcp_settle(&hs->inet.sk);
	return false;
}

static int connect_locked(struct socket *sock, struct hrtcp_addr *addr, int flags)
{
	struct sock *sk = sock->sk;
	struct hrtcp_sock *hs = hrtcp_sk(sk);
	long timeo = sock_sndtimeo(sk, flags & O_NONBLOCK);
	int err = begin(sock, addr, hs->user.fastopen_connect), waited;

	if (err != -EINPROGRESS && err != -EALREADY)
		return err;
	if (hs->conn.fast.deferred && wait_for_write(hs))
		return 0;
	if ((1 << sk->sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV)) {
		if (!timeo)
			return err;
		waited = wait_connected(sk, &timeo);
		if (waited)
			return waited == -EINPROGRESS ? err : waited;
	}
	if (sk->sk_state == TCP_CLOSE) {
		sock->state = SS_UNCONNECTED;
		return sock_error(sk) ?: -ECONNABORTED;
	}
	sock->state = SS_CONNECTED;
	return 0;
}

int hrtcp_connect_fast(struct socket *sock, const struct msghdr *msg)
{
	struct hrtcp_sock *hs = hrtcp_sk(sock->sk);
	struct hrtcp_addr addr;
	int err;

	sock_owned_by_me(sock->sk);
	if (!(hs->hn->cfg.fastopen & HRTCP_FAST_CLIENT))
		return -EOPNOTSUPP;
	if (!msg->msg_name)
		return -EINVAL;
	err = hrtcp_addr_parse(&addr, msg->msg_name, msg->msg_namelen);
	if (err)
		return err;
	err = begin(sock, &addr, true);
	return err == -EINPROGRESS ? 0 : err;
}

int hrtcp_connect(struct socket *sock, hrtcp_sockaddr *uaddr, int len, int flags)
{
	const struct sockaddr *sa = (const struct sockaddr *)uaddr;
	struct sock *sk = sock->sk;
	struct hrtcp_addr addr;
	int err;

	if (len < (int)offsetofend(struct sockaddr, sa_family))
		return -EINVAL;
	lock_sock(sk);
	if (sa->sa_family == AF_UNSPEC) {
		err = disconnect(sock);
	} else {
		err = hrtcp_addr_parse(&addr, uaddr, len);
		if (!err)
			err = connect_locked(sock, &addr, flags);
	}
	release_sock(sk);
	return err;
}

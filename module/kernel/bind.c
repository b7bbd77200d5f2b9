// SPDX-License-Identifier: GPL-2.0
/*
 * bind.c -- local addresses and ports as users see them: who may share one, and which is
 * chosen for whom does not care. The holding of ports against the host's TCP is port.c.
 */
#include "bind.h"

#include <linux/capability.h>
#include <net/addrconf.h>
#include <net/inet_common.h>
#include <net/ip.h>
#include <net/ip_fib.h>
#include <net/l3mdev.h>

#include "core/port.h"

#include "addr.h"
#include "lookup.h"
#include "netns.h"
#include "port.h"
#include "secret.h"
#include "sock.h"

/* connect() shares ports once it holds this many, so that a client with many peers does
 * not use up the range, while a choice of few ports stays hard to guess (RFC 6056 1). */
#define SHARE_FROM 1024
#define SHARE_SEARCH 128		/* ports looked at for that: each connection pays for them */

#define FAMILY_V4 1
#define FAMILY_V6 2

/* The families whose segments a socket bound to @ip sees. */
static int families_of(const struct sock *sk, const struct in6_addr *ip)
{
	if (ipv6_addr_v4mapped(ip))
		return FAMILY_V4;
	if (!ipv6_addr_any(ip) || ipv6_only_sock(sk))
		return FAMILY_V6;
	return FAMILY_V4 | FAMILY_V6;
}

static bool addrs_overlap(const struct sock *a, const struct in6_addr *ip, const struct sock *b)
{
	const struct in6_addr *other = &b->sk_v6_rcv_saddr;

	if (a->sk_bound_dev_if && b->sk_bound_dev_if &&
	    a->sk_bound_dev_if != b->sk_bound_dev_if)
		return false;
	if (!(families_of(a, ip) & families_of(b, other)))
		return false;
	return hrtcp_addr_any(ip) || hrtcp_addr_any(other) || ipv6_addr_equal(ip, other);
}

/* May two sockets be bound to overlapping addresses? As Linux has it. */
static bool may_share(struct sock *a, struct sock *b)
{
	if (a->sk_reuseport && b->sk_reuseport &&
	    uid_eq(sock_net_uid(sock_net(a), a), sock_net_uid(sock_net(b), b)))
		return true;
	return a->sk_reuse && b->sk_reuse && b->sk_state != TCP_LISTEN;
}

static bool port_conflicts(struct hrtcp_port *port, struct hrtcp_sock *hs,
			   const struct in6_addr *ip)
{
	struct sock *sk = &hs->inet.sk;
	struct hrtcp_port_use *use;

	lockdep_assert_held(&port->lock);
	if (sk->sk_reuse ? port->n_conns_noreuse : port->n_conns)
		return true;
	hlist_for_each_entry(use, &port->bound, node) {
		struct sock *other = &hrtcp_use_sock(use)->inet.sk;

		if (other != sk && addrs_overlap(sk, ip, other) && !may_share(sk, other))
			return true;
	}
	return false;
}

/* Return: whether the socket is now a user of @port by bind(); the reference is its own. */
static bool port_bind(struct hrtcp_port *port, struct hrtcp_sock *hs, const struct in6_addr *ip)
{
	bool conflicts;

	spin_lock_bh(&port->lock);
	conflicts = port_conflicts(port, hs, ip);
	if (!conflicts) {
		hs->use.port = port;
		hlist_add_head(&hs->use.node, &port->bound);
	}
	spin_unlock_bh(&port->lock);
	return !conflicts;
}

/* Linux's own answer where the host's TCP has the port is EADDRINUSE as well. */
static int bind_port(struct hrtcp_sock *hs, const struct in6_addr *ip, u16 num)
{
	struct hrtcp_net *hn = hs->hn;
	struct hrtcp_port *port;
	int err = 0;

	mutex_lock(&hn->ports.lock);
	port = num ? hrtcp_port_hold(hn, num) : ERR_PTR(-ENOENT);
	if (port == ERR_PTR(-ENOENT))
		port = hrtcp_port_hold_new(hn, hs, num);
	if (IS_ERR(port)) {
		err = PTR_ERR(port);
	} else if (!port_bind(port, hs, ip)) {
		hrtcp_port_put(port);
		err = -EADDRINUSE;
	}
	mutex_unlock(&hn->ports.lock);
	return err;
}

static int check_v4(struct sock *sk, __be32 ip)
{
	struct net *net = sock_net(sk);
	u32 table = l3mdev_fib_table_by_index(net, sk->sk_bound_dev_if) ?: RT_TABLE_LOCAL;

	if (!ip || inet_can_nonlocal_bind(net, inet_sk(sk)))
		return 0;
	return inet_addr_type_table(net, ip, table) == RTN_LOCAL ? 0 : -EADDRNOTAVAIL;
}

static int check_v6(struct sock *sk, const struct hrtcp_addr *addr)
{
	const int type = ipv6_addr_type(&addr->ip);
	struct net *net = sock_net(sk);
	struct net_device *dev = NULL;
	int err = 0;

	if (type & IPV6_ADDR_MULTICAST)
		return -EINVAL;
	if (type == IPV6_ADDR_ANY)
		return 0;
	if ((type & IPV6_ADDR_LINKLOCAL) && !sk->sk_bound_dev_if)
		return -EINVAL;
	rcu_read_lock();
	if (sk->sk_bound_dev_if) {
		dev = dev_get_by_index_rcu(net, sk->sk_bound_dev_if);
		if (!dev)
			err = -ENODEV;
	}
	if (!err && !READ_ONCE(net->ipv6.sysctl.ip_nonlocal_bind) &&
	    !inet_can_nonlocal_bind(net, inet_sk(sk)) && !ipv6_chk_addr(net, &addr->ip, dev, 0))
		err = -EADDRNOTAVAIL;
	rcu_read_unlock();
	return err;
}

static int check_addr(struct sock *sk, const struct hrtcp_addr *addr)
{
	if (ipv6_addr_v4mapped(&addr->ip)) {
		if (addr->family == AF_INET6 && ipv6_only_sock(sk))
			return -EINVAL;
		return check_v4(sk, hrtcp_addr_v4(&addr->ip));
	}
	if (!ipv6_mod_enabled())
		return -EAFNOSUPPORT;
	return check_v6(sk, addr);
}

static int bind_locked(struct hrtcp_sock *hs, const struct hrtcp_addr *addr)
{
	struct sock *sk = &hs->inet.sk;
	int err;

	sock_owned_by_me(sk);
	if (addr->port && inet_port_requires_bind_service(sock_net(sk), addr->port) &&
	    !ns_capable(sock_net(sk)->user_ns, CAP_NET_BIND_SERVICE))
		return -EACCES;
	if (sk->sk_state != TCP_CLOSE || hs->use.port)
		return -EINVAL;
	if (addr->scope) {
		if (sk->sk_bound_dev_if && sk->sk_bound_dev_if != addr->scope)
			return -EINVAL;
		sk->sk_bound_dev_if = addr->scope;
	}
	err = check_addr(sk, addr);
	if (!err)
		err = bind_port(hs, &addr->ip, addr->port);
	if (err)
		return err;
	hs->family = addr->family;
	hrtcp_sock_set_local(hs, &addr->ip, hs->use.port->num);
	sk->sk_userlocks |= hrtcp_addr_any(&addr->ip) ? 0 : SOCK_BINDADDR_LOCK;
	sk->sk_userlocks |= addr->port ? SOCK_BINDPORT_LOCK : 0;
	return 0;
}

int hrtcp_bind(struct socket *sock, hrtcp_sockaddr *uaddr, int len)
{
	struct sock *sk = sock->sk;
	struct hrtcp_addr addr;
	int err = hrtcp_addr_parse(&addr, uaddr, len);

	if (err)
		return err;
	lock_sock(sk);
	err = bind_locked(hrtcp_sk(sk), &addr);
	release_sock(sk);
	return err;
}

int hrtcp_bind_any(struct hrtcp_sock *hs)
{
	struct hrtcp_addr addr = { .family = AF_INET6 };

	if (!ipv6_mod_enabled()) {
		addr.family = AF_INET;
		ipv6_addr_set_v4mapped(0, &addr.ip);
	}
	return bind_locked(hs, &addr);
}

int hrtcp_bind_may_listen(struct hrtcp_sock *hs)
{
	const struct in6_addr *ip = &hs->inet.sk.sk_v6_rcv_saddr;
	struct hrtcp_port *port = hs->use.port;
	struct hrtcp_port_use *use;
	int err = 0;

	spin_lock_bh(&port->lock);
	hlist_for_each_entry(use, &port->bound, node) {
		struct sock *other = &hrtcp_use_sock(use)->inet.sk;

		if (use == &hs->use || other->sk_state != TCP_LISTEN)
			continue;
		if (addrs_overlap(&hs->inet.sk, ip, other) && !may_share(&hs->inet.sk, other))
			err = -EADDRINUSE;
	}
	spin_unlock_bh(&port->lock);
	return err;
}

/* Enter the table under @port, whose reference is taken over on success. */
static bool connect_from(struct hrtcp_sock *hs, struct hrtcp_port *port)
{
	hs->rec.key.lport = port->num;
	if (hrtcp_sock_hash(hs))
		return false;
	hrtcp_port_join(&hs->use, port, hs->inet.sk.sk_reuse);
	return true;
}

/* A search through the range in the order of RFC 6056 3.3.4. */
struct choice {
	u32 f, *counter;
	int low, high;
};

static void choice_begin(struct choice *c, struct hrtcp_sock *hs)
{
	u32 g;

	inet_sk_get_local_port_range(&hs->inet.sk, &c->low, &c->high);
	hrtcp_port_hashes(&hs->rec.key, &c->f, &g);
	c->counter = &hs->hn->ports.counters[hrtcp_port_counter(g)];
}

/* The port at @step, unless the administrator reserved it (ip_local_reserved_ports). */
static u16 choice_port(const struct choice *c, struct hrtcp_sock *hs, u32 step)
{
	const u16 num = hrtcp_port_at(c->f, *c->counter, step, c->low, c->high);

	return inet_is_local_reserved_port(sock_net(&hs->inet.sk), num) ? 0 : num;
}

/* A port that other connections use, from which the peer is not yet connected. */
static bool connect_shared(struct hrtcp_sock *hs, u16 num)
{
	struct hrtcp_port *port = xa_load(&hs->hn->ports.held, num);

	if (!port || !port->shared)
		return false;
	atomic_inc(&port->users);
	if (connect_from(hs, port))
		return true;
	hrtcp_port_put(port);
	return false;
}

/* A port that nobody uses, the host's TCP included. Return: 0, or why not. */
static int connect_fresh(struct hrtcp_sock *hs, u16 num)
{
	struct hrtcp_net *hn = hs->hn;
	struct hrtcp_port *port;

	if (xa_load(&hn->ports.held, num))
		return -EADDRINUSE;
	port = hrtcp_port_hold_new(hn, hs, num);
	if (IS_ERR(port))
		return PTR_ERR(port);
	port->shared = true;
	hn->ports.n_shared++;
	if (connect_from(hs, port))
		return 0;
	hrtcp_port_put(port);
	return -EADDRNOTAVAIL;
}

/* @fresh: also ports that are not held yet. */
static int search(struct hrtcp_sock *hs, const struct choice *c, u32 steps, bool fresh)
{
	u32 step;
	u16 num;
	int err;

	for (step = 0; step < steps; step++) {
		num = choice_port(c, hs, step);
		if (!num)
			continue;
		err = connect_shared(hs, num) ? 0 : -EADDRNOTAVAIL;
		if (err && fresh)
			err = connect_fresh(hs, num);
		if (err == -ENOMEM)
			return err;
		if (!err) {
			*c->counter += step + 1;
			return 0;
		}
		cond_resched();
	}
	return -EADDRNOTAVAIL;
}

int hrtcp_bind_connect(struct hrtcp_sock *hs)
{
	struct hrtcp_net *hn = hs->hn;
	struct choice c;
	int err = -EADDRNOTAVAIL;
	u32 all;

	sock_owned_by_me(&hs->inet.sk);
	choice_begin(&c, hs);
	all = c.high - c.low + 1;
	mutex_lock(&hn->ports.lock);
	/* Once many are held they are shared, if there is a free one among the next. */
	if (hn->ports.n_shared >= SHARE_FROM)
		err = search(hs, &c, min_t(u32, SHARE_SEARCH, all), false);
	if (err == -EADDRNOTAVAIL)
		err = search(hs, &c, all, true);
	mutex_unlock(&hn->ports.lock);
	return err;
}

void hrtcp_unbind(struct hrtcp_sock *hs)
{
	hrtcp_port_leave(&hs->use);
	hrtcp_sock_set_local(hs, &in6addr_any, 0);
	hs->inet.sk.sk_userlocks &= ~(SOCK_BINDADDR_LOCK | SOCK_BINDPORT_LOCK);
}

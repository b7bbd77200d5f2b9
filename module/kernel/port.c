// SPDX-License-Identifier: GPL-2.0
/*
 * port.c -- ports and the sockets that hold them against the host's TCP.
 *
 * A port lives from the first hold to the reaper. Users come and go in any context; the
 * first one and the reaper meet under the mutex, so that a port seen with users does not
 * go away under them. A port of bind() is given back as soon as it is unused: the next
 * program to bind it may be one of the host's TCP. A port that connect() chose stays for a
 * minute, since the next connection can use it too.
 */
#include "port.h"

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/net.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "compat.h"
#include "netns.h"
#include "sock.h"

#define SHARED_KEPT (60 * HZ)

/* Dual-stack, so that both of the host's families see the port taken. */
static struct socket *shadow_create(struct hrtcp_net *hn)
{
	struct socket *shadow;
	int err;

	err = sock_create_kern(hn->net, AF_INET6, SOCK_STREAM, IPPROTO_TCP, &shadow);
	if (!err) {
		shadow->sk->sk_ipv6only = 0;
		return shadow;
	}
	err = sock_create_kern(hn->net, AF_INET, SOCK_STREAM, IPPROTO_TCP, &shadow);
	return err ? ERR_PTR(err) : shadow;
}

static int shadow_bind(struct socket *shadow, u16 num)
{
	struct sockaddr_in6 sin6 = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(num),
	};
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_port = htons(num),
	};

	if (shadow->sk->sk_family == AF_INET6)
		return kernel_bind(shadow, (hrtcp_sockaddr *)&sin6, sizeof(sin6));
	return kernel_bind(shadow, (hrtcp_sockaddr *)&sin, sizeof(sin));
}

struct hrtcp_port *hrtcp_port_hold(struct hrtcp_net *hn, u16 num)
{
	struct hrtcp_port *port;

	lockdep_assert_held(&hn->ports.lock);
	port = xa_load(&hn->ports.held, num);
	if (!port)
		return ERR_PTR(-ENOENT);
	atomic_inc(&port->users);
	return port;
}

/* @num 0: the host chooses, as it does for its own sockets. */
static struct socket *shadow_open(struct hrtcp_net *hn, const struct hrtcp_sock *hs, u16 num)
{
	struct socket *shadow = shadow_create(hn);
	int err;

	if (IS_ERR(shadow))
		return shadow;
	inet_sk(shadow->sk)->local_port_range = hs->inet.local_port_range;
	err = shadow_bind(shadow, num);
	if (!err)
		return shadow;
	sock_release(shadow);
	return ERR_PTR(err);
}

struct hrtcp_port *hrtcp_port_hold_new(struct hrtcp_net *hn, const struct hrtcp_sock *hs,
				       u16 num)
{
	struct hrtcp_port *port;
	struct socket *shadow;
	int err;

	lockdep_assert_held(&hn->ports.lock);
	port = kzalloc(sizeof(*port), GFP_KERNEL);
	if (!port)
		return ERR_PTR(-ENOMEM);
	shadow = shadow_open(hn, hs, num);
	if (IS_ERR(shadow)) {
		err = PTR_ERR(shadow);
		goto err_port;
	}
	port->hn = hn;
	port->shadow = shadow;
	port->num = inet_sk(shadow->sk)->inet_num;
	atomic_set(&port->users, 1);
	spin_lock_init(&port->lock);
	err = xa_err(xa_store(&hn->ports.held, port->num, port, GFP_KERNEL));
	if (err)
		goto err_shadow;
	return port;

err_shadow:
	sock_release(shadow);
err_port:
	kfree(port);
	return ERR_PTR(err);
}

void hrtcp_port_put(struct hrtcp_port *port)
{
	struct hrtcp_net *hn = port->hn;
	const bool shared = READ_ONCE(port->shared);

	/* The reaper may free the port as soon as the count is 0. */
	WRITE_ONCE(port->idle_since, jiffies);
	if (!atomic_dec_and_test(&port->users))
		return;
	if (shared)
		queue_delayed_work(system_wq, &hn->ports.reaper, SHARED_KEPT);
	else
		mod_delayed_work(system_wq, &hn->ports.reaper, 0);
}

void hrtcp_port_join(struct hrtcp_port_use *use, struct hrtcp_port *port, bool reuse)
{
	INIT_HLIST_NODE(&use->node);
	use->reuse = reuse;
	use->port = port;
	spin_lock_bh(&port->lock);
	port->n_conns++;
	port->n_conns_noreuse += !reuse;
	spin_unlock_bh(&port->lock);
}

void hrtcp_port_inherit(struct hrtcp_port_use *use, struct hrtcp_port *port, bool reuse)
{
	atomic_inc(&port->users);
	hrtcp_port_join(use, port, reuse);
}

void hrtcp_port_leave(struct hrtcp_port_use *use)
{
	struct hrtcp_port *port = use->port;

	if (!port)
		return;
	spin_lock_bh(&port->lock);
	if (!hlist_unhashed(&use->node)) {
		hlist_del_init(&use->node);
	} else {
		port->n_conns--;
		port->n_conns_noreuse -= !use->reuse;
	}
	spin_unlock_bh(&port->lock);
	use->port = NULL;
	hrtcp_port_put(port);
}

static void port_destroy(struct hrtcp_net *hn, struct hrtcp_port *port)
{
	xa_erase(&hn->ports.held, port->num);
	if (port->shared)
		hn->ports.n_shared--;
	sock_release(port->shadow);
	kfree_rcu(port, rcu);
}

/* Jiffies until the port may go; 0: now. */
static unsigned long port_kept_for(const struct hrtcp_port *port)
{
	const unsigned long until = READ_ONCE(port->idle_since) + SHARED_KEPT;

	if (!port->shared || time_after_eq(jiffies, until))
		return 0;
	return until - jiffies;
}

void hrtcp_ports_reap(struct hrtcp_net *hn)
{
	unsigned long num, kept, next = 0;
	struct hrtcp_port *port;

	mutex_lock(&hn->ports.lock);
	xa_for_each(&hn->ports.held, num, port) {
		if (atomic_read(&port->users))
			continue;
		kept = port_kept_for(port);
		if (!kept)
			port_destroy(hn, port);
		else if (!next || kept < next)
			next = kept;
		cond_resched();
	}
	mutex_unlock(&hn->ports.lock);
	if (next)
		queue_delayed_work(system_wq, &hn->ports.reaper, next);
}

static void hrtcp_ports_work(struct work_struct *work)
{
	hrtcp_ports_reap(container_of(work, struct hrtcp_net, ports.reaper.work));
}

void hrtcp_ports_init(struct hrtcp_net *hn)
{
	mutex_init(&hn->ports.lock);
	xa_init(&hn->ports.held);
	get_random_bytes(hn->ports.counters, sizeof(hn->ports.counters));
	INIT_DELAYED_WORK(&hn->ports.reaper, hrtcp_ports_work);
}

/* The last user is gone: sockets, requests and TIME-WAIT were ended before. */
void hrtcp_ports_exit(struct hrtcp_net *hn)
{
	struct hrtcp_port *port;
	unsigned long num;

	cancel_delayed_work_sync(&hn->ports.reaper);
	xa_for_each(&hn->ports.held, num, port) {
		WARN_ON_ONCE(atomic_read(&port->users));
		port_destroy(hn, port);
	}
	xa_destroy(&hn->ports.held);
}

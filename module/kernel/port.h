/* SPDX-License-Identifier: GPL-2.0 */
/*
 * port.h -- local ports, shared honestly with the host's TCP: each one that hrTCP uses is
 * held by a bound, never listening kernel TCP socket, so that bind() fails on either side
 * with EADDRINUSE as it should and neither stack chooses a port of the other.
 */
#ifndef HRTCP_KERNEL_PORT_H
#define HRTCP_KERNEL_PORT_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct hrtcp_net;
struct hrtcp_sock;
struct socket;

struct hrtcp_port {
	struct hrtcp_net *hn;
	struct socket *shadow;
	u16 num;
	bool shared;			/* chosen by connect(): kept a while when unused */
	atomic_t users;			/* from 0 to 1 only under the mutex of the ports */
	unsigned long idle_since;	/* jiffies, when users became 0 */
	spinlock_t lock;		/* all below; taken with softirqs off */
	struct hlist_head bound;	/* of struct hrtcp_port_use: sockets that called bind() */
	struct hlist_head listeners;	/* of struct hrtcp_listener; read under RCU */
	u32 n_conns;			/* other users: connections and TIME-WAIT */
	u32 n_conns_noreuse;		/* of them without SO_REUSEADDR */
	struct rcu_head rcu;
};

/* What makes a socket or a TIME-WAIT record a user of a port. */
struct hrtcp_port_use {
	struct hrtcp_port *port;	/* NULL: of none */
	struct hlist_node node;		/* in port->bound, or unhashed */
	bool reuse;			/* as counted in n_conns_noreuse */
};

void hrtcp_ports_init(struct hrtcp_net *hn);
void hrtcp_ports_exit(struct hrtcp_net *hn);

/* Release ports without user whose time is over; at once those chosen by bind(). Sleeps. */
void hrtcp_ports_reap(struct hrtcp_net *hn);

/* The mutex is held for these. Return: the port with one user more, or an ERR_PTR. */
struct hrtcp_port *hrtcp_port_hold(struct hrtcp_net *hn, u16 num);
struct hrtcp_port *hrtcp_port_hold_new(struct hrtcp_net *hn, const struct hrtcp_sock *hs,
				       u16 num);

void hrtcp_port_put(struct hrtcp_port *port);

/* @use becomes a user that is not bound; the reference on @port is its own from now on. */
void hrtcp_port_join(struct hrtcp_port_use *use, struct hrtcp_port *port, bool reuse);
/* As above, @port being in use already. */
void hrtcp_port_inherit(struct hrtcp_port_use *use, struct hrtcp_port *port, bool reuse);
void hrtcp_port_leave(struct hrtcp_port_use *use);

#endif

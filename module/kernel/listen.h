/* SPDX-License-Identifier: GPL-2.0 */
/* listen.h -- listeners: requests in, connections out. */
#ifndef HRTCP_KERNEL_LISTEN_H
#define HRTCP_KERNEL_LISTEN_H

#include <linux/list.h>
#include <linux/spinlock.h>

#include "core/listen.h"

#include "compat.h"

struct hrtcp_arrival;
struct hrtcp_request;
struct hrtcp_sock;

struct hrtcp_listener {
	struct sock *sk;
	struct hlist_node node;		/* in port->listeners */
	spinlock_t lock;		/* all below; softirqs off. See the essay in sock.c */
	struct hrtcp_listen core;
	struct list_head requests;	/* of struct hrtcp_request */
	struct list_head accept;	/* of struct hrtcp_sock by accept_link */
	bool closed;
};

/* proto_ops.listen and proto_ops.accept */
int hrtcp_listen(struct socket *sock, int backlog);
int hrtcp_accept(struct socket *sock, struct socket *newsock, HRTCP_ACCEPT_ARGS);

/* Nothing more comes in: requests and unaccepted connections are reset. Socket owned. */
void hrtcp_listen_stop(struct hrtcp_sock *hs);

/* A segment that matches no connection came for the listener. @iss_floor: NULL, or what
 * the TIME-WAIT before this demands. */
void hrtcp_listen_rx(struct sock *sk, struct hrtcp_arrival *a, const struct seq *iss_floor);

/* @req was acknowledged by @a->skb: it becomes a connection in the accept queue. lst->lock
 * is held. Return: the child, owned, to be fed; or NULL for want of memory. */
struct hrtcp_sock *hrtcp_listen_promote(struct hrtcp_request *req, struct hrtcp_arrival *a);

/* Anything to accept()? Any context. */
bool hrtcp_listen_readable(const struct hrtcp_listener *lst);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/* listen.h -- listeners: requests in, connections out. */
#ifndef HRTCP_KERNEL_LISTEN_H
#define HRTCP_KERNEL_LISTEN_H

#include <linux/list.h>
#include <linux/spinlock.h>

#include "core/fastopen.h"
#include "core/listen.h"

#include "compat.h"

struct hrtcp_arrival;
struct hrtcp_request;
struct hrtcp_sock;
struct hrtcp_timewait;

struct hrtcp_listener {
	struct sock *sk;
	struct hlist_node node;		/* in port->listeners */
	spinlock_t lock;		/* all below; softirqs off. See the essay in sock.c */
	struct hrtcp_listen core;
	struct list_head requests;	/* of struct hrtcp_request */
	struct list_head accept;	/* of struct hrtcp_sock by accept_link */
	bool closed;
	spinlock_t fast_lock;		/* fastq; taken by the connections that hold a place */
	struct hrtcp_fastq fastq;
};

/* What its user has set holds for its connections from the SYN on. */
const struct hrtcp_cfg *hrtcp_listener_cfg(const struct hrtcp_listener *lst);

/* proto_ops.listen and proto_ops.accept */
int hrtcp_listen(struct socket *sock, int backlog);
int hrtcp_accept(struct socket *sock, struct socket *newsock, HRTCP_ACCEPT_ARGS);

/* Nothing more comes in: requests and unaccepted connections are reset. Socket owned. */
void hrtcp_listen_stop(struct hrtcp_sock *hs);

/* A segment that matches no connection came for the listener. @before: NULL, or the TIME-WAIT
 * that it may end, taken over as it is by hrtcp_timewait_rx(). */
void hrtcp_listen_rx(struct sock *sk, struct hrtcp_arrival *a, struct hrtcp_timewait *before);

/* @req was acknowledged: it becomes a connection in the accept queue. lst->lock is held.
 * Return: the child, owned, for hrtcp_listen_feed(); or NULL for want of memory. */
struct hrtcp_sock *hrtcp_listen_promote(struct hrtcp_request *req);

/* Once lst->lock was dropped: @a->skb is the first thing that @child sees. */
void hrtcp_listen_feed(struct hrtcp_listener *lst, struct hrtcp_sock *child,
		       struct hrtcp_arrival *a);

/* TCP_FASTOPEN; 0: none. */
void hrtcp_listen_set_fast(struct hrtcp_listener *lst, u32 limit);

/* Anything to accept()? Any context. */
bool hrtcp_listen_readable(const struct hrtcp_listener *lst);

#endif

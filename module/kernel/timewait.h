/* SPDX-License-Identifier: GPL-2.0 */
/* timewait.h -- connections in TIME-WAIT that no process owns, as compact records. */
#ifndef HRTCP_KERNEL_TIMEWAIT_H
#define HRTCP_KERNEL_TIMEWAIT_H

#include <linux/rbtree.h>
#include <linux/refcount.h>

#include "core/timewait.h"

#include "key.h"
#include "port.h"

struct hrtcp_arrival;
struct hrtcp_net;
struct hrtcp_sock;
struct sock;

struct hrtcp_timewait {
	struct hrtcp_rec rec;
	struct hrtcp_tw tw;		/* this and node under hn->tw.lock */
	struct rb_node node;		/* in hn->tw.root, or empty: gone */
	struct hrtcp_port_use use;
	refcount_t refs;
	kuid_t uid;			/* of the process that was */
	u32 mark;
	u32 txhash;			/* of the path that worked last */
	u8 tos;
	struct ip_options_rcu *opts;	/* that the socket had, or NULL */
	struct rcu_head rcu;
};

static inline struct hrtcp_timewait *hrtcp_rec_timewait(struct hrtcp_rec *rec)
{
	return container_of(rec, struct hrtcp_timewait, rec);
}

int hrtcp_timewait_init(void);
void hrtcp_timewait_exit(void);

void hrtcp_timewait_net_init(struct hrtcp_net *hn);
void hrtcp_timewait_net_exit(struct hrtcp_net *hn);

/* If @hs is in TIME-WAIT a record takes its place, if there is memory. Owned. */
void hrtcp_timewait_take(struct hrtcp_sock *hs);

void hrtcp_timewait_put(struct hrtcp_timewait *tw);

/*
 * @listener: who would take a SYN, or NULL. Return: whether the SYN in @a seems a new incarnation:
 * the listener's. Then @tw is out of table and queue, and the table's reference the caller's,
 * to end in one of the next two.
 */
bool hrtcp_timewait_rx(struct hrtcp_timewait *tw, struct hrtcp_arrival *a,
		       const struct sock *listener);

/* It was one. No lock is held. */
void hrtcp_timewait_replaced(struct hrtcp_net *hn, struct hrtcp_timewait *tw);

/* It was none: @tw waits on, @instead_of that record or in a free place. Return: false: no more. */
bool hrtcp_timewait_back(struct hrtcp_net *hn, struct hrtcp_timewait *tw,
			 struct hrtcp_rec *instead_of);

#endif

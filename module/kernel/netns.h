/* SPDX-License-Identifier: GPL-2.0 */
/* netns.h -- all that hrTCP keeps for one network namespace. */
#ifndef HRTCP_KERNEL_NETNS_H
#define HRTCP_KERNEL_NETNS_H

#include <linux/hrtimer.h>
#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/rhashtable-types.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "core/config.h"
#include "core/port.h"

#include "fastopen.h"
#include "metrics.h"

struct ctl_table;
struct ctl_table_header;
struct hrtcp_counters;

/* Local ports held; port.c. */
struct hrtcp_ports {
	struct mutex lock;		/* creation, destruction, choice of ports */
	struct xarray held;		/* of struct hrtcp_port by number; read under RCU */
	u32 n_shared;			/* of them chosen by connect() */
	u32 counters[HRTCP_PORT_COUNTERS]; /* RFC 6056 3.3.4, each begins anywhere */
	struct delayed_work reaper;
};

/* TIME-WAIT; timewait.c. One queue and one timer for all. */
struct hrtcp_tw_queue {
	spinlock_t lock;		/* the queue and every record in it */
	struct rb_root_cached root;	/* by deadline */
	struct hrtimer timer;
	u32 count;
};

/* Buffer sizes as min, default, max; sysctl.c. */
struct hrtcp_bufs {
	int rmem[3], wmem[3];
};

struct hrtcp_net {
	struct net *net;
	struct hrtcp_cfg cfg;
	struct hrtcp_bufs bufs;
	struct rhashtable conns;	/* of struct hrtcp_rec by key; lookup.c */
	struct hrtcp_ports ports;
	struct hrtcp_tw_queue tw;
	struct hrtcp_fast_net fast;
	struct hrtcp_metrics_net metrics;
	struct hrtcp_counters __percpu *counters;
	struct ctl_table_header *sysctl_header;
	struct ctl_table *sysctl_table;
	char *allowed_cc;		/* as the administrator says, NULL: did not; cc.c */
	bool dying;			/* receives nothing any more */
};

extern unsigned int hrtcp_net_id;

static inline struct hrtcp_net *hrtcp_net(const struct net *net)
{
	return net_generic(net, hrtcp_net_id);
}

int hrtcp_netns_init(void);
void hrtcp_netns_exit(void);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/* metrics.h -- what a namespace knows of the ways to its peers, core/metrics.h. */
#ifndef HRTCP_KERNEL_METRICS_H
#define HRTCP_KERNEL_METRICS_H

#include <linux/list.h>
#include <linux/siphash.h>
#include <linux/spinlock.h>

struct hrtcp_cfg;
struct hrtcp_key;
struct hrtcp_net;
struct hrtcp_sock;

#define HRTCP_METRICS_HASH 256

/* In struct hrtcp_net. */
struct hrtcp_metrics_net {
	spinlock_t lock;		/* all below; taken with softirqs off, no other inside */
	siphash_key_t key;
	struct list_head lru;		/* of ways, the last used one first */
	struct hlist_head hash[HRTCP_METRICS_HASH];
	u32 count;
};

void hrtcp_metrics_net_init(struct hrtcp_net *hn);
void hrtcp_metrics_net_exit(struct hrtcp_net *hn);

/* The connection of @hs, owned, was opened just now: it begins with what is known. */
void hrtcp_metrics_use(struct hrtcp_sock *hs);

/* A request for @key: when to probe for its SYN,ACK, struct hrtcp_open. */
u64 hrtcp_metrics_synack_pto_ns(struct hrtcp_net *hn, const struct hrtcp_key *key,
				const struct hrtcp_cfg *cfg);

/* It sends no more: keep what it learned. */
void hrtcp_metrics_save(struct hrtcp_sock *hs);

#endif

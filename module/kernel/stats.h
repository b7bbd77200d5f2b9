/* SPDX-License-Identifier: GPL-2.0 */
/* stats.h -- counters of a namespace, one set a processor. */
#ifndef HRTCP_KERNEL_STATS_H
#define HRTCP_KERNEL_STATS_H

#include <linux/bug.h>
#include <linux/percpu.h>

#include "netns.h"
#include "uapi/hrtcp.h"

struct hrtcp_counters {
	u64 stat[HRTCP_STAT_COUNT];
	u64 drop[HRTCP_DROP_COUNT];
};

int hrtcp_stats_init(struct hrtcp_net *hn);
void hrtcp_stats_exit(struct hrtcp_net *hn);

/* Sum over the processors. */
void hrtcp_stats_read(struct hrtcp_net *hn, struct hrtcp_counters *sum);

static inline void hrtcp_count(struct hrtcp_net *hn, enum hrtcp_stat stat)
{
	this_cpu_inc(hn->counters->stat[stat]);
}

static inline void hrtcp_count_add(struct hrtcp_net *hn, enum hrtcp_stat stat, u32 n)
{
	this_cpu_add(hn->counters->stat[stat], n);
}

static inline void hrtcp_count_drop(struct hrtcp_net *hn, enum hrtcp_drop drop)
{
	if (drop != HRTCP_DROP_NONE)
		this_cpu_inc(hn->counters->drop[drop]);
}

/* A request or TIME-WAIT record was to move as the table of states does not know: a fault of ours. */
static inline void hrtcp_impossible(struct hrtcp_net *hn)
{
	hrtcp_count(hn, HRTCP_STAT_IMPOSSIBLE);
#ifdef HRTCP_DEBUG
	WARN_ONCE(1, "hrtcp: a record cannot move like that\n");
#endif
}

#endif

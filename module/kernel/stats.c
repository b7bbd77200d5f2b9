// SPDX-License-Identifier: GPL-2.0
/* stats.c -- counters; every dropped segment has one. */
#include "stats.h"

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/string.h>

int hrtcp_stats_init(struct hrtcp_net *hn)
{
	hn->counters = alloc_percpu(struct hrtcp_counters);
	return hn->counters ? 0 : -ENOMEM;
}

void hrtcp_stats_exit(struct hrtcp_net *hn)
{
	free_percpu(hn->counters);
}

void hrtcp_stats_read(struct hrtcp_net *hn, struct hrtcp_counters *sum)
{
	const struct hrtcp_counters *one;
	int cpu, i;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		one = per_cpu_ptr(hn->counters, cpu);
		for (i = 0; i < HRTCP_STAT_COUNT; i++)
			sum->stat[i] += READ_ONCE(one->stat[i]);
		for (i = 0; i < HRTCP_DROP_COUNT; i++)
			sum->drop[i] += READ_ONCE(one->drop[i]);
	}
}

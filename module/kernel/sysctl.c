// SPDX-License-Identifier: GPL-2.0
/*
 * sysctl.c -- net.hrtcp.*: the core's configuration and the buffer sizes. Names are those of
 * net.ipv4.tcp_* where the meaning is; times are in microseconds, hence named *_us.
 */
#include "sysctl.h"

#include <linux/slab.h>

#include "compat.h"
#include "netns.h"
#include "proto.h"

#define SEC 1000000u			/* in microseconds; an hour fits in 32 bits */
#define HOUR (3600 * SEC)

enum what {
	BOOL,
	NUMBER,
	TIME,
	BUFS,
	PAGES,				/* of the whole machine, not of the namespace */
};

struct setting {
	const char *name;
	enum what what;
	size_t offset;			/* in struct hrtcp_net */
	unsigned int min, max;
};

#define CFG(name) offsetof(struct hrtcp_net, cfg.name)

/* The bounds of times are what the RFCs allow, where they say something. */
static const struct setting settings[] = {
	{ "sack",		BOOL,	CFG(sack) },
	{ "timestamps",		BOOL,	CFG(timestamps) },
	{ "window_scaling",	BOOL,	CFG(window_scaling) },
	{ "max_syn_backlog",	NUMBER,	CFG(max_syn_backlog),	 1, 1 << 20 },
	{ "init_cwnd",		NUMBER,	CFG(init_cwnd_pkts),	 1, 64 },
	{ "rto_init_us",	TIME,	CFG(rto_init_ns),	 1000, 60 * SEC },
	{ "rto_max_us",		TIME,	CFG(rto_max_ns),	 SEC, HOUR },
	{ "rto_granularity_us",	TIME,	CFG(rto_granularity_ns), 0, SEC },
	{ "peer_delack_us",	TIME,	CFG(peer_delack_ns),	 0, SEC },
	{ "delack_us",		TIME,	CFG(delack_ns),		 0, SEC / 2 },
	{ "r2_us",		TIME,	CFG(r2_ns),		 SEC, HOUR },
	{ "syn_r2_us",		TIME,	CFG(syn_r2_ns),		 SEC, HOUR },
	{ "synack_r2_us",	TIME,	CFG(synack_r2_ns),	 SEC, HOUR },
	{ "orphan_r2_us",	TIME,	CFG(orphan_r2_ns),	 SEC, HOUR },
	{ "fin_timeout_us",	TIME,	CFG(fin_timeout_ns),	 0, HOUR },
	{ "time_wait_us",	TIME,	CFG(time_wait_ns),	 0, HOUR },
	{ "tx_retry_us",	TIME,	CFG(tx_retry_ns),	 1, SEC },
	{ "challenge_us",	TIME,	CFG(challenge_ns),	 0, 10 * SEC },
	{ "rmem",		BUFS,	offsetof(struct hrtcp_net, bufs.rmem) },
	{ "wmem",		BUFS,	offsetof(struct hrtcp_net, bufs.wmem) },
	{ "mem",		PAGES },
};

static const struct hrtcp_bufs default_bufs = {
	.rmem = { 4096, 4 << 20, 8 << 20 },
	.wmem = { 4096, 256 << 10, 4 << 20 },
};

/* The core has nanoseconds in a u64. */
static int hrtcp_sysctl_time(hrtcp_ctl_table *table, int write, void *buffer, size_t *lenp,
			     loff_t *ppos)
{
	u64 *ns = table->data;
	unsigned int us = (unsigned int)div_u64(READ_ONCE(*ns), NSEC_PER_USEC);
	struct ctl_table row = {
		.data = &us,
		.maxlen = sizeof(us),
		.mode = table->mode,
		.extra1 = table->extra1,
		.extra2 = table->extra2,
	};
	const int err = proc_douintvec_minmax(&row, write, buffer, lenp, ppos);

	if (write && !err)
		WRITE_ONCE(*ns, (u64)us * NSEC_PER_USEC);
	return err;
}

static void fill_row(struct ctl_table *row, const struct setting *setting,
		     struct hrtcp_net *hn)
{
	row->procname = setting->name;
	row->mode = 0644;
	row->data = (u8 *)hn + setting->offset;
	switch (setting->what) {
	case BOOL:
		BUILD_BUG_ON(sizeof(bool) != sizeof(u8));
		row->maxlen = sizeof(u8);
		row->proc_handler = proc_dou8vec_minmax;
		row->extra1 = SYSCTL_ZERO;
		row->extra2 = SYSCTL_ONE;
		break;
	case NUMBER:
		row->maxlen = sizeof(u32);
		row->proc_handler = proc_douintvec_minmax;
		row->extra1 = (void *)&setting->min;
		row->extra2 = (void *)&setting->max;
		break;
	case TIME:
		row->maxlen = sizeof(u64);
		row->proc_handler = hrtcp_sysctl_time;
		row->extra1 = (void *)&setting->min;
		row->extra2 = (void *)&setting->max;
		break;
	case BUFS:
		row->maxlen = 3 * sizeof(int);
		row->proc_handler = proc_dointvec_minmax;
		row->extra1 = SYSCTL_ONE;
		break;
	case PAGES:
		row->data = hrtcp_sysctl_mem;
		row->maxlen = sizeof(hrtcp_sysctl_mem);
		row->mode = net_eq(hn->net, &init_net) ? 0644 : 0444;
		row->proc_handler = proc_doulongvec_minmax;
		break;
	}
}

int hrtcp_sysctl_init(struct hrtcp_net *hn)
{
	const size_t n = ARRAY_SIZE(settings);
	size_t i;

	hn->bufs = default_bufs;
	hn->sysctl_table = kcalloc(n + HRTCP_SYSCTL_END, sizeof(*hn->sysctl_table),
				   GFP_KERNEL_ACCOUNT);
	if (!hn->sysctl_table)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		fill_row(&hn->sysctl_table[i], &settings[i], hn);
	hn->sysctl_header = register_net_sysctl_sz(hn->net, "net/hrtcp", hn->sysctl_table, n);
	if (hn->sysctl_header)
		return 0;
	kfree(hn->sysctl_table);
	return -ENOMEM;
}

void hrtcp_sysctl_exit(struct hrtcp_net *hn)
{
	unregister_net_sysctl_table(hn->sysctl_header);
	kfree(hn->sysctl_table);
}

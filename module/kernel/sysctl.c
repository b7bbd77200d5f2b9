// SPDX-License-Identifier: GPL-2.0
/*
 * sysctl.c -- net.hrtcp.*: the core's configuration and the buffer sizes. Names are those of
 * net.ipv4.tcp_* where the meaning is; times are in microseconds, hence named *_us.
 */
#include "sysctl.h"

#include <linux/slab.h>

#include "cc.h"
#include "compat.h"
#include "netns.h"
#include "proto.h"

#define SEC 1000000ull			/* in microseconds */
#define HOUR (3600 * SEC)

enum what {
	BOOL,
	CONGESTION,
	FAST_KEYS,
	AVAILABLE,
	BYTE,
	NUMBER,
	TIME,
	BUFS,
	PAGES,				/* of the whole machine, not of the namespace */
};

struct setting {
	const char *name;
	enum what what;
	size_t offset;			/* in struct hrtcp_net */
	u64 min, max;
};

#define CFG(name) offsetof(struct hrtcp_net, cfg.name)

/* The bounds of times are what the RFCs allow, where they say something. */
static const struct setting settings[] = {
	{ "sack",		BOOL,	CFG(sack) },
	{ "timestamps",		BOOL,	CFG(timestamps) },
	{ "window_scaling",	BOOL,	CFG(window_scaling) },
	{ "ecn",		BYTE,	CFG(ecn),		 0, 2 },
	{ "hr_option",		BOOL,	CFG(hr_option) },
	{ "congestion_control",	CONGESTION, CFG(cc) },
	{ "available_congestion_control", AVAILABLE },
	{ "max_syn_backlog",	NUMBER,	CFG(max_syn_backlog),	 1, 1 << 20 },
	{ "syncookies",		BYTE,	CFG(syncookies),	 0, 2 },
	{ "fastopen",		BYTE,	CFG(fastopen),		 0, 7 },
	{ "fastopen_key",	FAST_KEYS },
	{ "fastopen_blackhole_timeout_us", TIME, CFG(fastopen_blackhole_ns), 0, 24 * HOUR },
	{ "slow_start_after_idle", BOOL, CFG(slow_start_after_idle) },
	{ "init_cwnd",		NUMBER,	CFG(init_cwnd_pkts),	 1, 64 },
	{ "mtu_probing",	BYTE,	CFG(mtu_probing),	 0, 2 },
	{ "base_mss",		NUMBER,	CFG(base_mss),		 48, 65535 },
	{ "mtu_probe_floor",	NUMBER,	CFG(mtu_probe_floor),	 48, 65535 },
	{ "probe_threshold",	NUMBER,	CFG(probe_threshold),	 1, 65535 },
	{ "probe_interval_us",	TIME,	CFG(probe_interval_ns),	 300 * SEC, 24 * HOUR },
	{ "retries1",		NUMBER,	CFG(retries1),		 3, 255 },
	{ "rto_init_us",	TIME,	CFG(rto_init_ns),	 1000, 60 * SEC },
	{ "rto_max_us",		TIME,	CFG(rto_max_ns),	 SEC, HOUR },
	{ "rto_granularity_us",	TIME,	CFG(rto_granularity_ns), 0, SEC },
	{ "peer_delack_us",	TIME,	CFG(peer_delack_ns),	 0, SEC },
	{ "delack_us",		TIME,	CFG(delack_ns),		 0, SEC / 2 },
	{ "hr_delack_us",	TIME,	CFG(hr_delack_ns),	 0, SEC / 2 },
	{ "hr_granularity_us",	TIME,	CFG(hr_granularity_ns),	 0, SEC },
	{ "keepalive_time_us",	TIME,	CFG(keepalive_time_ns),	 SEC, 24 * HOUR },
	{ "keepalive_intvl_us",	TIME,	CFG(keepalive_intvl_ns), SEC, HOUR },
	{ "keepalive_probes",	NUMBER,	CFG(keepalive_probes),	 1, 127 },
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
	.rmem = { 4096, 128 << 10, 6 << 20 },
	.wmem = { 4096, 128 << 10, 4 << 20 },
};

/* The core has nanoseconds in a u64. Bounds beyond a small machine's long are its largest. */
static int hrtcp_sysctl_time(hrtcp_ctl_table *table, int write, void *buffer, size_t *lenp,
			     loff_t *ppos)
{
	const struct setting *setting = table->extra1;
	u64 *ns = table->data;
	unsigned long us = min_t(u64, div_u64(READ_ONCE(*ns), NSEC_PER_USEC), ULONG_MAX);
	unsigned long least = setting->min;
	unsigned long most = min_t(u64, setting->max, ULONG_MAX);
	struct ctl_table row = {
		.data = &us,
		.maxlen = sizeof(us),
		.mode = table->mode,
		.extra1 = &least,
		.extra2 = &most,
	};
	const int err = proc_doulongvec_minmax(&row, write, buffer, lenp, ppos);

	if (write && !err)
		WRITE_ONCE(*ns, (u64)us * NSEC_PER_USEC);
	return err;
}

static int hrtcp_sysctl_number(hrtcp_ctl_table *table, int write, void *buffer, size_t *lenp,
			       loff_t *ppos)
{
	const struct setting *setting = table->extra1;
	const bool byte = setting->what == BYTE;
	unsigned int val = byte ? READ_ONCE(*(u8 *)table->data) : READ_ONCE(*(u32 *)table->data);
	unsigned int least = setting->min, most = setting->max;
	struct ctl_table row = {
		.data = &val,
		.maxlen = sizeof(val),
		.mode = table->mode,
		.extra1 = &least,
		.extra2 = &most,
	};
	const int err = proc_douintvec_minmax(&row, write, buffer, lenp, ppos);

	if (!write || err)
		return err;
	if (byte)
		WRITE_ONCE(*(u8 *)table->data, (u8)val);
	else
		WRITE_ONCE(*(u32 *)table->data, val);
	return 0;
}

static int hrtcp_sysctl_congestion(hrtcp_ctl_table *table, int write, void *buffer,
				   size_t *lenp, loff_t *ppos)
{
	const struct hrtcp_cc_ops **cc = table->data, *chosen;
	char name[HRTCP_CC_NAME_MAX];
	struct ctl_table row = {
		.data = name,
		.maxlen = sizeof(name),
		.mode = table->mode,
	};
	int err;

	rcu_read_lock();
	chosen = READ_ONCE(*cc);
	strscpy(name, (chosen ?: &hrtcp_cc_cubic)->name, sizeof(name));
	rcu_read_unlock();
	err = proc_dostring(&row, write, buffer, lenp, ppos);
	if (!write || err)
		return err;
	chosen = hrtcp_cc_get(name);
	if (!chosen)
		return -ENOENT;
	hrtcp_cc_put(xchg(cc, chosen));
	return 0;
}

/* The keys are nobody's to read but the administrator's. */
static int hrtcp_sysctl_fast_keys(hrtcp_ctl_table *table, int write, void *buffer,
				  size_t *lenp, loff_t *ppos)
{
	struct hrtcp_net *hn = table->data;
	char text[HRTCP_FAST_KEYS_TEXT + 1] = { };
	struct ctl_table row = {
		.data = text,
		.maxlen = sizeof(text),
		.mode = table->mode,
	};
	int err;

	if (!write)
		hrtcp_fast_keys_print(hn, text, sizeof(text));
	err = proc_dostring(&row, write, buffer, lenp, ppos);
	if (write && !err)
		err = hrtcp_fast_keys_parse(hn, text);
	memzero_explicit(text, sizeof(text));
	return err;
}

static int hrtcp_sysctl_available(hrtcp_ctl_table *table, int write, void *buffer,
				  size_t *lenp, loff_t *ppos)
{
	char names[256];
	struct ctl_table row = {
		.data = names,
		.maxlen = sizeof(names),
		.mode = table->mode,
	};

	hrtcp_cc_names(names, sizeof(names));
	return proc_dostring(&row, write, buffer, lenp, ppos);
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
	case CONGESTION:
		row->maxlen = HRTCP_CC_NAME_MAX;
		row->proc_handler = hrtcp_sysctl_congestion;
		break;
	case FAST_KEYS:
		row->data = hn;
		row->mode = 0600;
		row->maxlen = HRTCP_FAST_KEYS_TEXT + 1;
		row->proc_handler = hrtcp_sysctl_fast_keys;
		break;
	case AVAILABLE:
		row->maxlen = 256;
		row->mode = 0444;
		row->proc_handler = hrtcp_sysctl_available;
		break;
	case BYTE:
	case NUMBER:
		row->maxlen = sizeof(u32);
		row->proc_handler = hrtcp_sysctl_number;
		row->extra1 = (void *)setting;
		break;
	case TIME:
		row->maxlen = sizeof(u64);
		row->proc_handler = hrtcp_sysctl_time;
		row->extra1 = (void *)setting;
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
	hrtcp_cc_put(hn->cfg.cc);
	kfree(hn->sysctl_table);
}

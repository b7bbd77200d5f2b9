// SPDX-License-Identifier: GPL-2.0
/*
 * sysctl.c -- net.hrtcp.*: the core's configuration and the buffer sizes. Names are those of
 * net.ipv4.tcp_* where the meaning is; times are in microseconds, hence named *_us.
 */
#include "sysctl.h"

#include <linux/slab.h>

#include "cc.h"
#include "compat.h"
#include "fastopen.h"
#include "netns.h"
#include "proto.h"
#include "settings.h"

/* Beside those of settings_list.h. */
enum other {
	CONGESTION,
	FAST_KEYS,
	AVAILABLE,
	ALLOWED,
	RMEM,
	WMEM,
	MEM,				/* of the whole machine, not of the namespace */
	N_OTHERS
};

static const char *const others[] = {
	[CONGESTION] = "congestion_control",
	[AVAILABLE] = "available_congestion_control",
	[ALLOWED] = "allowed_congestion_control",
	[FAST_KEYS] = "fastopen_key",
	[RMEM] = "rmem",
	[WMEM] = "wmem",
	[MEM] = "mem",
};

static const struct hrtcp_bufs default_bufs = {
	.rmem = { 4096, 128 << 10, 6 << 20 },
	.wmem = { 4096, 128 << 10, 4 << 20 },
};

/* Bounds beyond a small machine's long are its largest. */
static int hrtcp_sysctl_setting(hrtcp_ctl_table *table, int write, void *buffer, size_t *lenp,
				loff_t *ppos)
{
	const struct hrtcp_setting *setting = table->extra1;
	unsigned long val = min_t(u64, hrtcp_setting_read(setting, table->data), ULONG_MAX);
	unsigned long least = setting->min;
	unsigned long most = min_t(u64, setting->max, ULONG_MAX);
	struct ctl_table row = {
		.data = &val,
		.maxlen = sizeof(val),
		.mode = table->mode,
		.extra1 = &least,
		.extra2 = &most,
	};
	const int err = proc_doulongvec_minmax(&row, write, buffer, lenp, ppos);

	if (write && !err)
		hrtcp_setting_write(setting, table->data, val);
	return err;
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

	hrtcp_cc_names(NULL, names, sizeof(names));
	return proc_dostring(&row, write, buffer, lenp, ppos);
}

static int hrtcp_sysctl_allowed(hrtcp_ctl_table *table, int write, void *buffer,
				size_t *lenp, loff_t *ppos)
{
	struct hrtcp_net *hn = table->data;
	char names[256] = { };
	struct ctl_table row = {
		.data = names,
		.maxlen = sizeof(names),
		.mode = table->mode,
	};
	int err;

	if (!write)
		hrtcp_cc_names(hn, names, sizeof(names));
	err = proc_dostring(&row, write, buffer, lenp, ppos);
	if (write && !err)
		err = hrtcp_cc_allow(hn, names);
	return err;
}

static void fill_other(struct ctl_table *row, enum other other, struct hrtcp_net *hn)
{
	row->procname = others[other];
	row->mode = 0644;
	switch (other) {
	case CONGESTION:
		row->data = &hn->cfg.cc;
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
	case ALLOWED:
		row->data = hn;
		row->maxlen = 256;
		row->proc_handler = hrtcp_sysctl_allowed;
		break;
	case RMEM:
	case WMEM:
		row->data = other == RMEM ? hn->bufs.rmem : hn->bufs.wmem;
		row->maxlen = 3 * sizeof(int);
		row->proc_handler = proc_dointvec_minmax;
		row->extra1 = SYSCTL_ONE;
		break;
	default:
		row->data = hrtcp_sysctl_mem;
		row->maxlen = sizeof(hrtcp_sysctl_mem);
		row->mode = net_eq(hn->net, &init_net) ? 0644 : 0444;
		row->proc_handler = proc_doulongvec_minmax;
		break;
	}
}

static void fill_row(struct ctl_table *row, const struct hrtcp_setting *setting,
		     struct hrtcp_net *hn)
{
	row->procname = setting->name;
	row->mode = 0644;
	row->data = &hn->cfg;
	row->maxlen = sizeof(unsigned long);
	row->proc_handler = hrtcp_sysctl_setting;
	row->extra1 = (void *)setting;
}

int hrtcp_sysctl_init(struct hrtcp_net *hn)
{
	const size_t n = HRTCP_N_SETTINGS + N_OTHERS;
	size_t i;

	hn->bufs = default_bufs;
	hn->sysctl_table = kcalloc(n + HRTCP_SYSCTL_END, sizeof(*hn->sysctl_table),
				   GFP_KERNEL_ACCOUNT);
	if (!hn->sysctl_table)
		return -ENOMEM;
	for (i = 0; i < HRTCP_N_SETTINGS; i++)
		fill_row(&hn->sysctl_table[i], &hrtcp_settings[i], hn);
	for (; i < n; i++)
		fill_other(&hn->sysctl_table[i], i - HRTCP_N_SETTINGS, hn);
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
	kfree(hn->allowed_cc);
	kfree(hn->sysctl_table);
}

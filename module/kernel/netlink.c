// SPDX-License-Identifier: GPL-2.0
/* netlink.c -- the generic netlink family: policies, counters, multicast groups. */
#include "netlink.h"

#include <linux/module.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "compat.h"
#include "key.h"
#include "netns.h"
#include "stats.h"

#define ALL_STATES GENMASK(HRTCP_STATE_MAX - 1, 1)

/* For what takes no attribute: with none in its policy genetlink would not look at all. */
static const struct nla_policy none_policy[HRTCP_A_PAD + 1] = {
	[HRTCP_A_PAD] = { .type = NLA_REJECT },
};

static const struct nla_policy conn_policy[HRTCP_A_FILTER_STATES + 1] = {
	[HRTCP_A_FILTER_STATES] = NLA_POLICY_MASK(NLA_U32, ALL_STATES),
};

int hrtcp_netlink_put_rec(struct sk_buff *msg, const struct hrtcp_rec *rec)
{
	const struct hrtcp_key *key = &rec->key;
	const bool v4 = ipv6_addr_v4mapped(&key->laddr);
	const size_t skip = v4 ? 12 : 0;
	const int len = v4 ? 4 : 16;

	if (nla_put_u64_64bit(msg, HRTCP_A_CONN_COOKIE, rec->cookie, HRTCP_A_PAD) ||
	    nla_put_u8(msg, HRTCP_A_CONN_FAMILY, v4 ? AF_INET : AF_INET6) ||
	    nla_put(msg, HRTCP_A_CONN_SADDR, len, key->laddr.s6_addr + skip) ||
	    nla_put(msg, HRTCP_A_CONN_DADDR, len, key->raddr.s6_addr + skip) ||
	    nla_put_u16(msg, HRTCP_A_CONN_SPORT, key->lport) ||
	    nla_put_u16(msg, HRTCP_A_CONN_DPORT, key->rport))
		return -EMSGSIZE;
	return 0;
}

static int put_counters(struct sk_buff *msg, int type, const u64 *value, int count)
{
	struct nlattr *nest = nla_nest_start(msg, type);
	int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = 1; i < count; i++)	/* 0 is "none" in both */
		if (nla_put_u64_64bit(msg, i, value[i], count))
			return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int put_stats(struct sk_buff *msg, const struct hrtcp_counters *sum)
{
	return put_counters(msg, HRTCP_A_STATS, sum->stat, HRTCP_STAT_COUNT) ?:
	       put_counters(msg, HRTCP_A_DROPS, sum->drop, HRTCP_DROP_COUNT);
}

static int hrtcp_get_stats(struct sk_buff *request, struct genl_info *info)
{
	struct hrtcp_counters sum;
	struct sk_buff *msg;
	void *head;

	hrtcp_stats_read(hrtcp_net(genl_info_net(info)), &sum);
	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	head = genlmsg_put_reply(msg, info, &hrtcp_genl_family, 0, HRTCP_CMD_GET_STATS);
	if (!head || put_stats(msg, &sum)) {
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, head);
	return genlmsg_reply(msg, info);
}

static const struct genl_ops ops[] = {
	{
		.cmd = HRTCP_CMD_GET_CONN,
		.start = hrtcp_dump_start,
		.dumpit = hrtcp_dump_conns,
		.done = hrtcp_dump_done,
		.policy = conn_policy,
		.maxattr = ARRAY_SIZE(conn_policy) - 1,
	},
	{
		.cmd = HRTCP_CMD_GET_STATS,
		.doit = hrtcp_get_stats,
		.policy = none_policy,
		.maxattr = ARRAY_SIZE(none_policy) - 1,
	},
};

/* Segments carry sequence numbers: who knows them can break into a connection. */
static const struct genl_multicast_group groups[] = {
	[HRTCP_MCGRP_STATE] = { .name = HRTCP_GENL_MCGRP_STATE },
	[HRTCP_MCGRP_SEGMENT] = {
		.name = HRTCP_GENL_MCGRP_SEGMENT,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
};

struct genl_family hrtcp_genl_family __ro_after_init = {
	.name = HRTCP_GENL_NAME,
	.version = HRTCP_GENL_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

int hrtcp_netlink_init(void)
{
	return genl_register_family(&hrtcp_genl_family);
}

void hrtcp_netlink_exit(void)
{
	genl_unregister_family(&hrtcp_genl_family);
}

MODULE_ALIAS_GENL_FAMILY(HRTCP_GENL_NAME);

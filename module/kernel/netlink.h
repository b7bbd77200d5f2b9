/* SPDX-License-Identifier: GPL-2.0 */
/* netlink.h -- the generic netlink family; its messages are described in uapi/hrtcp.h. */
#ifndef HRTCP_KERNEL_NETLINK_H
#define HRTCP_KERNEL_NETLINK_H

#include <linux/types.h>

struct genl_family;
struct hrtcp_rec;
struct netlink_callback;
struct sk_buff;

enum hrtcp_mcgrp {
	HRTCP_MCGRP_STATE,
	HRTCP_MCGRP_SEGMENT,
};

extern struct genl_family hrtcp_genl_family;

int hrtcp_netlink_init(void);
void hrtcp_netlink_exit(void);

/* HRTCP_A_CONN_{FAMILY,*ADDR,*PORT,COOKIE}. Return: 0 or -EMSGSIZE. */
int hrtcp_netlink_put_rec(struct sk_buff *msg, const struct hrtcp_rec *rec);

/* GET_CONN; dump.c. */
int hrtcp_dump_start(struct netlink_callback *cb);
int hrtcp_dump_conns(struct sk_buff *msg, struct netlink_callback *cb);
int hrtcp_dump_done(struct netlink_callback *cb);

#endif

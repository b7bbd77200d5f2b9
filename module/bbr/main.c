// SPDX-License-Identifier: GPL-2.0
/* main.c -- BBR as a module of its own, by what any outsider's algorithm has: kernel/cc.h. */
#include <linux/module.h>

#include "kernel/cc.h"

static struct hrtcp_cc_ops ops;

static int __init hrtcp_bbr_init(void)
{
	ops = hrtcp_cc_bbr;
	ops.owner = THIS_MODULE;
	return hrtcp_cc_register(&ops);
}

static void __exit hrtcp_bbr_exit(void)
{
	hrtcp_cc_unregister(&ops);
}

module_init(hrtcp_bbr_init);
module_exit(hrtcp_bbr_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("hrTCP: BBR congestion control, draft-ietf-ccwg-bbr");
MODULE_VERSION(HRTCP_VERSION);
MODULE_ALIAS("hrtcp-cc-bbr");

// SPDX-License-Identifier: GPL-2.0
/* main.c -- Prague as a module of its own, by what any outsider's algorithm has: kernel/cc.h. */
#include <linux/module.h>

#include "kernel/cc.h"

static struct hrtcp_cc_ops ops;

static int __init hrtcp_prague_init(void)
{
	ops = hrtcp_cc_prague;
	ops.owner = THIS_MODULE;
	return hrtcp_cc_register(&ops);
}

static void __exit hrtcp_prague_exit(void)
{
	hrtcp_cc_unregister(&ops);
}

module_init(hrtcp_prague_init);
module_exit(hrtcp_prague_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("hrTCP: Prague congestion control for L4S, RFC 9331");
MODULE_VERSION(HRTCP_VERSION);
MODULE_ALIAS("hrtcp-cc-prague");

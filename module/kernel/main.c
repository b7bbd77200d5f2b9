// SPDX-License-Identifier: GPL-2.0
/*
 * main.c -- the module's beginning and end: one list, from what others build on to the door
 * that users come through; the end is the list backwards.
 */
#include <linux/module.h>

#include "af.h"
#include "hook.h"
#include "netlink.h"
#include "netns.h"
#include "proto.h"
#include "request.h"
#include "secret.h"
#include "timewait.h"
#include "txq.h"

#ifdef HRTCP_DEBUG
/* Tests load the module once for each step, and look for what it leaves behind. */
static int fail_step;
module_param(fail_step, int, 0444);
MODULE_PARM_DESC(fail_step, "let this step of the initialization fail (1 to 9)");
#else
static const int fail_step;
#endif

/*
 * On the way back: no new sockets (af), no new dumps (netlink), no new segments (hook); then
 * what lives on without a process is ended (netns); then the last memory is waited for
 * (proto, which waits for RCU on behalf of the caches, too).
 */
static const struct step {
	int (*init)(void);
	void (*exit)(void);
} steps[] = {
	{ hrtcp_secret_init,	hrtcp_secret_exit },
	{ hrtcp_request_init,	hrtcp_request_exit },
	{ hrtcp_timewait_init,	hrtcp_timewait_exit },
	{ hrtcp_txq_init,	hrtcp_txq_exit },
	{ hrtcp_proto_init,	hrtcp_proto_exit },
	{ hrtcp_netns_init,	hrtcp_netns_exit },
	{ hrtcp_hook_init,	hrtcp_hook_exit },
	{ hrtcp_netlink_init,	hrtcp_netlink_exit },
	{ hrtcp_af_init,	hrtcp_af_exit },
};

static void undo_steps(int n)
{
	while (n--)
		steps[n].exit();
}

static int __init hrtcp_init(void)
{
	int err, n;

	for (n = 0; n < (int)ARRAY_SIZE(steps); n++) {
		err = fail_step == n + 1 ? -ECANCELED : steps[n].init();
		if (err) {
			undo_steps(n);
			return err;
		}
	}
	return 0;
}

static void __exit hrtcp_exit(void)
{
	undo_steps(ARRAY_SIZE(steps));
}

module_init(hrtcp_init);
module_exit(hrtcp_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("hrTCP: a second TCP, as an address family of its own");
MODULE_VERSION(HRTCP_VERSION);

// SPDX-License-Identifier: GPL-2.0
/*
 * netns.c -- a network namespace begins and ends.
 *
 * The end: pre_exit stops receiving, a grace period passes, exit ends what is left. That is
 * orphans and TIME-WAIT, since sockets of processes keep the namespace. An orphan that is in
 * a softirq's hands at this moment is waited for by its lock; one that left the table just
 * before, by the grace period at the end.
 */
#include "netns.h"

#include <linux/rhashtable.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "lookup.h"
#include "port.h"
#include "settle.h"
#include "sock.h"
#include "stats.h"
#include "sysctl.h"
#include "timewait.h"

unsigned int hrtcp_net_id __read_mostly;

static int __net_init hrtcp_net_init(struct net *net)
{
	struct hrtcp_net *hn = hrtcp_net(net);
	int err;

	hn->net = net;
	hn->cfg = hrtcp_cfg_default;
	hrtcp_ports_init(hn);
	hrtcp_timewait_net_init(hn);
	hrtcp_fast_net_init(hn);
	hrtcp_metrics_net_init(hn);
	err = hrtcp_stats_init(hn);
	if (err)
		return err;
	err = hrtcp_table_init(hn);
	if (err)
		goto err_stats;
	err = hrtcp_sysctl_init(hn);
	if (err)
		goto err_table;
	return 0;

err_table:
	hrtcp_table_exit(hn);
err_stats:
	hrtcp_stats_exit(hn);
	return err;
}

static void __net_exit hrtcp_net_pre_exit(struct net *net)
{
	WRITE_ONCE(hrtcp_net(net)->dying, true);
}

static void end_sock(struct sock *sk)
{
	lock_sock(sk);
	hrtcp_conn_on_abort(&hrtcp_sk(sk)->conn, 0, ktime_get_ns());
	if (hrtcp_sk(sk)->hashed)
		hrtcp_settle(sk);
	if (WARN_ON_ONCE(hrtcp_sk(sk)->hashed))
		hrtcp_sock_bury(hrtcp_sk(sk));
	release_sock(sk);
}

/* Any socket in the table, with a reference. */
static struct sock *any_sock(struct hrtcp_net *hn)
{
	struct rhashtable_iter iter;
	struct sock *sk = NULL;
	struct hrtcp_rec *rec;

	rhashtable_walk_enter(&hn->conns, &iter);
	rhashtable_walk_start(&iter);
	while ((rec = rhashtable_walk_next(&iter))) {
		if (rec == ERR_PTR(-EAGAIN) || rec->kind != HRTCP_REC_SOCK)
			continue;
		sk = hrtcp_rec_sk(rec);
		if (refcount_inc_not_zero(&sk->sk_refcnt))
			break;
		sk = NULL;
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	return sk;
}

static void __net_exit hrtcp_net_exit(struct net *net)
{
	struct hrtcp_net *hn = hrtcp_net(net);
	struct sock *sk;

	while ((sk = any_sock(hn))) {
		end_sock(sk);
		sock_put(sk);
	}
	hrtcp_timewait_net_exit(hn);
	synchronize_net();
	hrtcp_ports_exit(hn);
	hrtcp_sysctl_exit(hn);
	hrtcp_fast_net_exit(hn);
	hrtcp_metrics_net_exit(hn);
	hrtcp_table_exit(hn);
	hrtcp_stats_exit(hn);
}

static struct pernet_operations net_ops = {
	.init = hrtcp_net_init,
	.pre_exit = hrtcp_net_pre_exit,
	.exit = hrtcp_net_exit,
	.id = &hrtcp_net_id,
	.size = sizeof(struct hrtcp_net),
};

int hrtcp_netns_init(void)
{
	return register_pernet_subsys(&net_ops);
}

void hrtcp_netns_exit(void)
{
	unregister_pernet_subsys(&net_ops);
}

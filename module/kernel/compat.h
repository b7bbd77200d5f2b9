/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compat.h -- the kernels that hrTCP builds on, seen as one. The code is written against
 * the newest interface; what an older kernel lacks is made here. The HRTCP_HAVE_* come
 * from ./probe. No other file tests them.
 */
#ifndef HRTCP_KERNEL_COMPAT_H
#define HRTCP_KERNEL_COMPAT_H

#include <linux/hrtimer.h>
#include <linux/net.h>
#include <linux/skbuff.h>
#include <linux/socket.h>
#include <linux/sysctl.h>
#include <linux/tcp.h>
#include <net/genetlink.h>
#include <net/inet_sock.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#if !IS_ENABLED(CONFIG_IPV6)
#error "hrTCP needs a kernel with CONFIG_IPV6 (it may be switched off at boot)"
#endif

/* 6.19: addresses of unknown length have a type of their own. */
#ifdef HRTCP_HAVE_SOCKADDR_UNSIZED
typedef struct sockaddr_unsized hrtcp_sockaddr;
#else
typedef struct sockaddr hrtcp_sockaddr;
#endif

/* 6.10: accept() takes its arguments in a struct. */
#ifdef HRTCP_HAVE_PROTO_ACCEPT_ARG
#define HRTCP_ACCEPT_ARGS struct proto_accept_arg *arg
#define hrtcp_accept_flags (arg->flags)
#else
#define HRTCP_ACCEPT_ARGS int flags, bool kern
#define hrtcp_accept_flags flags
#endif

/* 6.13: a timer is set up with its function. */
#ifndef HRTCP_HAVE_HRTIMER_SETUP
static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*function)(struct hrtimer *),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

/* 6.6: sysctl tables have a length; before, an empty row ends them. */
#ifdef HRTCP_HAVE_NET_SYSCTL_SZ
#define HRTCP_SYSCTL_END 0
#else
#define HRTCP_SYSCTL_END 1
#define register_net_sysctl_sz(net, path, table, size) \
	register_net_sysctl(net, path, table)
#endif

/* 6.11: handlers must not write to their row. */
#ifdef HRTCP_HAVE_CTL_TABLE_CONST
typedef const struct ctl_table hrtcp_ctl_table;
#else
typedef struct ctl_table hrtcp_ctl_table;
#endif

/* 6.11: a departure time comes with the name of its clock; before, with whether it is this one. */
#ifndef HRTCP_HAVE_SKB_TSTAMP_TYPE
#define SKB_CLOCK_MONOTONIC true
#endif

/* 6.5: a dump's attributes are reached as those of a request are. */
#ifdef HRTCP_HAVE_GENL_INFO_DUMP
#define hrtcp_genl_dump_attrs(cb) (genl_info_dump(cb)->attrs)
#else
#define hrtcp_genl_dump_attrs(cb) (genl_dumpit_info(cb)->attrs)
#endif

/* 6.6: where a socket's IPv6 options start must be told. */
#ifdef HRTCP_HAVE_IPV6_PINFO_OFFSET
#define HRTCP_PROTO_IPV6(offset) .ipv6_pinfo_offset = (offset),
#else
#define HRTCP_PROTO_IPV6(offset)
#endif

/* 6.5, and 6.1.y after it: the end of a sendfile() is told. */
#ifdef HRTCP_HAVE_SPLICE_EOF
#define HRTCP_OPS_SPLICE_EOF(function) .splice_eof = (function),
#else
#define HRTCP_OPS_SPLICE_EOF(function)
#endif

/* 6.18: tcp_info tells of Accurate ECN; octets are those of ECT(0), CE, ECT(1), in this order. */
#ifdef HRTCP_HAVE_TCPI_ECN_MODE
static inline void hrtcp_info_set_ecn(struct tcp_info *info, u32 mode, u32 received_ce)
{
	info->tcpi_ecn_mode = mode;
	info->tcpi_received_ce = received_ce;
}

static inline void hrtcp_info_set_accecn(struct tcp_info *info, const u32 *delivered,
					 const u32 *received, bool option_seen)
{
	info->tcpi_delivered_e0_bytes = delivered[0] - 1;
	info->tcpi_delivered_ce_bytes = delivered[1];
	info->tcpi_delivered_e1_bytes = delivered[2] - 1;
	info->tcpi_received_e0_bytes = received[0] - 1;
	info->tcpi_received_ce_bytes = received[1];
	info->tcpi_received_e1_bytes = received[2] - 1;
	info->tcpi_accecn_opt_seen = option_seen ? TCP_ACCECN_OPT_COUNTER_SEEN :
						   TCP_ACCECN_OPT_NOT_SEEN;
}
#else
static inline void hrtcp_info_set_ecn(struct tcp_info *info, u32 mode, u32 received_ce)
{
}

static inline void hrtcp_info_set_accecn(struct tcp_info *info, const u32 *delivered,
					 const u32 *received, bool option_seen)
{
}
#endif

/* 6.15: who cuts a super-segment keeps CWR in all of it, if told. 0: nobody does. */
#ifdef HRTCP_HAVE_GSO_ACCECN
#define HRTCP_GSO_ACE SKB_GSO_TCP_ACCECN
#else
#define HRTCP_GSO_ACE 0
#endif

/*
 * A socket that lives on without keeping its namespace. From 6.12.y on such a one holds the
 * memory of struct net by a passive reference; before, it holds nothing, and has to move to
 * the namespace that never ends when its own does.
 */
#ifdef HRTCP_HAVE_NET_PASSIVE
static inline void hrtcp_sock_track_net(struct sock *sk, struct net *net)
{
	__netns_tracker_free(net, &sk->ns_tracker, true);
	__netns_tracker_alloc(net, &sk->ns_tracker, false, GFP_ATOMIC);
	net_passive_inc(net);
}

static inline void hrtcp_sock_leave_net(struct sock *sk)
{
}
#else
static inline void hrtcp_sock_track_net(struct sock *sk, struct net *net)
{
	netns_tracker_free(net, &sk->ns_tracker);
}

static inline void hrtcp_sock_leave_net(struct sock *sk)
{
	sock_net_set(sk, &init_net);
}
#endif

/* The reference is the caller's to put. */
static inline void hrtcp_sock_unref_net(struct sock *sk)
{
	sk->sk_net_refcnt = 0;
	sock_inuse_add(sock_net(sk), -1);
	hrtcp_sock_track_net(sk, sock_net(sk));
}

#endif

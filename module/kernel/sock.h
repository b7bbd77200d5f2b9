/* SPDX-License-Identifier: GPL-2.0 */
/* sock.h -- the socket: struct sock and inet_sock for Linux, a connection for the core. */
#ifndef HRTCP_KERNEL_SOCK_H
#define HRTCP_KERNEL_SOCK_H

#include <linux/interrupt.h>
#include <linux/ipv6.h>

#include "core/conn.h"

#include "clock.h"
#include "compat.h"
#include "key.h"
#include "port.h"

struct hrtcp_listener;
struct hrtcp_own;

/* Bits of hs->flags; all but BLOCKED are work left for whoever owns the socket. */
enum hrtcp_sock_flag {
	HRTCP_SF_SETTLE,		/* segments of the backlog were taken */
	HRTCP_SF_DEADLINE,		/* the timer fired */
	HRTCP_SF_UNBLOCK,		/* the device took what was queued */
	HRTCP_SF_PMTU,			/* hs->pmtu_told holds a smaller MTU */
	HRTCP_SF_BLOCKED,		/* too much stands in the device's queue */
	HRTCP_SF_TASKLET,		/* hs->unblock is on its way, with a reference */
};

/* What the user asked for, kept beside the connection, which may begin anew; 0: default. */
struct hrtcp_user {
	bool nodelay, cork;		/* TCP_NODELAY, TCP_CORK */
	bool quickack;			/* TCP_QUICKACK */
	u16 mss;			/* TCP_MAXSEG */
	u32 defer_s;			/* TCP_DEFER_ACCEPT */
	u32 window_clamp;		/* TCP_WINDOW_CLAMP, octets */
	u32 notsent_lowat;		/* TCP_NOTSENT_LOWAT, octets */
	u64 timeout_us;			/* TCP_USER_TIMEOUT, HRTCP_SO_USER_TIMEOUT */
	const struct hrtcp_cc_ops *cc;
	bool fastopen_connect, fastopen_no_cookie;
	bool ip_options;		/* IP_OPTIONS: no route that comes in replaces them */
	u32 fastopen_qlen;		/* TCP_FASTOPEN, for listen() */
};

/* The core's counts as far as they are in the namespace's. */
struct hrtcp_counted {
	u32 fast_recoveries, timeouts, challenges, tail_probes, undos;
	u32 mtu_probes, mtu_misses, black_holes;
	u32 ce_in, ce_told;
	u32 impossible;
};

struct hrtcp_sock {
	struct inet_sock inet;		/* first: this is what Linux sees */
	struct hrtcp_conn conn;
	struct hrtcp_net *hn;		/* not to be touched once out of the table and orphaned */
	struct hrtcp_rec rec;		/* in hn->conns while `hashed` */
	struct hrtcp_port_use use;
	struct hrtcp_clock clock;
	struct tasklet_struct unblock;
	unsigned long flags;		/* enum hrtcp_sock_flag, atomic */
	struct hrtcp_listener *listener; /* from the first listen() to the end */
	struct list_head accept_link;	/* unaccepted: in listener->accept */
	struct hrtcp_listener *fast_of;	/* whose Fast Open place it takes; a reference */
	u32 pmtu_told;
	struct seq pmtu_seq;		/* of the segment that was too big */
	u32 mtu;			/* of the path, as the core knows it ... */
	u8 opt_len;			/* ... and what IP's options take of it */
	int rcvbuf_seen;		/* sk_rcvbuf, as the core knows it */
	bool held_told;			/* that the queue keeps departure times, to the core */
	u8 family;			/* of addresses told to the user; 0: not known yet */
	bool hashed;
	bool oob_taken;			/* by MSG_OOB: the octet before ... */
	struct seq oob_up;		/* ... this urgent pointer */
	struct hrtcp_user user;
	const struct hrtcp_cc_ops *cc;	/* of conn, whose module this holds; cc.c */
	struct hrtcp_own *own;		/* what the user set of the configuration, or NULL */
	struct hrtcp_counted counted;
	struct ipv6_pinfo inet6;	/* for ip6_xmit() and the IPV6_* options */
};

#define hrtcp_sk(ptr) container_of(ptr, struct hrtcp_sock, inet.sk)

static inline struct sock *hrtcp_rec_sk(struct hrtcp_rec *rec)
{
	return &container_of(rec, struct hrtcp_sock, rec)->inet.sk;
}

static inline struct hrtcp_sock *hrtcp_use_sock(struct hrtcp_port_use *use)
{
	return container_of(use, struct hrtcp_sock, use);
}

extern struct proto hrtcp_proto;

/* The first part of a socket's life, for a new one and for one cloned from a listener. */
int hrtcp_sock_init(struct sock *sk);
void hrtcp_sock_reset(struct hrtcp_sock *hs);
void hrtcp_sock_destruct(struct sock *sk);

/* A connection not yet begun, with the user's options. */
void hrtcp_sock_reset_conn(struct hrtcp_sock *hs);

/* Names a connection for its life, from request to TIME-WAIT. */
u64 hrtcp_cookie_next(void);

/* Return: 0 or -EADDRINUSE or -ENOMEM. The caller owns the socket for all below. */
int hrtcp_sock_hash(struct hrtcp_sock *hs);
void hrtcp_sock_unhash(struct hrtcp_sock *hs);

void hrtcp_sock_set_local(struct hrtcp_sock *hs, const struct in6_addr *ip, u16 port);
void hrtcp_sock_set_peer(struct hrtcp_sock *hs, const struct in6_addr *ip, u16 port);

/* sk_state follows the core, but is TCP_CLOSE in TIME-WAIT. */
void hrtcp_sock_set_state(struct sock *sk, u8 state);

/* The process went away; what is left of the connection goes on alone. */
void hrtcp_sock_orphan(struct sock *sk);

/* Free what a dead connection holds, and leave the table and the port. */
void hrtcp_sock_bury(struct hrtcp_sock *hs);

#endif

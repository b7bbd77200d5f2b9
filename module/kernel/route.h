/* SPDX-License-Identifier: GPL-2.0 */
/* route.h -- the way to the peer, and what it allows. */
#ifndef HRTCP_KERNEL_ROUTE_H
#define HRTCP_KERNEL_ROUTE_H

#include "key.h"
#include "srcroute.h"

struct dst_entry;
struct flowi;
struct hrtcp_open;
struct hrtcp_sock;
struct sock;

/*
 * A first route for @sk to its peer. Without a local address (::, 0.0.0.0) the route
 * chooses one. @txhash: what its request was answered with; 0: the one of the addresses. Return: 0
 * or a negative errno. The caller owns the socket for all below.
 */
int hrtcp_route_connect(struct sock *sk, u32 txhash);

/* Is the cached route still good? If not, find another; tell the core of a new MTU. */
void hrtcp_route_check(struct sock *sk);

/* An ICMP error told a smaller MTU, hs->pmtu_told. */
void hrtcp_route_pmtu_told(struct sock *sk);

/* The core believes it: tell the route, and settle. */
void hrtcp_route_pmtu(struct sock *sk);

/* R1: let IP look for another way, RFC 9293 3.8.3. */
void hrtcp_route_doubt(struct sock *sk);

/* The path seems to have failed: take another of several, core/repath.h. */
void hrtcp_route_repath(struct sock *sk);

/* An ICMP redirect. */
void hrtcp_route_redirect(struct sock *sk, struct sk_buff *skb);

/* What a connection opens with: segment sizes by the route, numbers by secret. */
void hrtcp_route_open(struct sock *sk, struct hrtcp_open *open, u64 now_ns);

/* Without a socket of one's own: replies, requests. */
struct hrtcp_path {
	struct hrtcp_net *hn;
	struct hrtcp_key key;
	struct sock *listener;		/* for its options, or NULL */
	u32 mark;
	int oif;
	u32 txhash;			/* 0: that of the key, hrtcp_txhash() */
	u8 tos;
	u8 wscale;			/* of the window fields in answers, for events */
	struct hrtcp_srcroute route;	/* IPv4 only */
};

void hrtcp_path_of_skb(struct hrtcp_path *path, struct hrtcp_net *hn,
		       const struct hrtcp_key *key, const struct sk_buff *skb);

/* Answers take another of several paths from now on. */
void hrtcp_path_repath(struct hrtcp_path *path);

/* Return: a route with a reference or an ERR_PTR; @fl holds its addresses. */
struct dst_entry *hrtcp_path_route(const struct hrtcp_path *path, struct flowi *fl);

/* As hrtcp_route_open(), over @dst. */
void hrtcp_path_open(const struct hrtcp_path *path, struct dst_entry *dst,
		     struct hrtcp_open *open, u64 now_ns);

#endif

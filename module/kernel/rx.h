/* SPDX-License-Identifier: GPL-2.0 */
/* rx.h -- from IP to the core. */
#ifndef HRTCP_KERNEL_RX_H
#define HRTCP_KERNEL_RX_H

#include "core/wire.h"

#include "key.h"

struct sock;

/* A segment that is for us, on its way from IP to whom it concerns. */
struct hrtcp_arrival {
	struct hrtcp_net *hn;
	struct sk_buff *skb;		/* NULL once somebody took it */
	struct hrtcp_key key;
	struct hrtcp_in in;
	struct hrtcp_seg seg;		/* where there is no socket; sockets parse for themselves */
};

/* Called by IP with the skb at the TCP header, in softirq, under RCU. Return: whether the
 * segment was one of ours and is taken; if not, it is the host's. */
bool hrtcp_rx(struct sk_buff *skb);

/* A segment for a socket that is owned. Takes the skb. Return: 0. */
int hrtcp_rx_owned(struct sock *sk, struct sk_buff *skb);

/* proto.backlog_rcv: the same, and release_cb settles when all of the backlog is taken. */
int hrtcp_rx_backlog(struct sock *sk, struct sk_buff *skb);

/* The segment is discarded: count, tell. */
void hrtcp_rx_dropped(const struct hrtcp_arrival *a, enum hrtcp_drop drop);

#endif

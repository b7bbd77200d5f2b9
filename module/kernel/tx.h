/* SPDX-License-Identifier: GPL-2.0 */
/* tx.h -- from the core to IP. */
#ifndef HRTCP_KERNEL_TX_H
#define HRTCP_KERNEL_TX_H

#include <linux/types.h>

struct hrtcp_key;
struct hrtcp_seg;
struct hrtcp_tx;
struct sk_buff;
struct sock;

/* Return: whether the segment left. The socket is owned. */
bool hrtcp_tx_send(struct sock *sk, const struct hrtcp_tx *tx);

/* The device's queue has room again, HRTCP_SF_UNBLOCK. The socket is owned. */
void hrtcp_tx_unblock(struct sock *sk);

/* Put the header before the payload, the checksum left to the device. */
void hrtcp_tx_push_header(struct sk_buff *skb, const struct hrtcp_key *key,
			  const struct hrtcp_seg *seg);

#endif

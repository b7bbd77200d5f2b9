/* SPDX-License-Identifier: GPL-2.0 */
/* icmp.h -- errors that routers and hosts report about our segments. */
#ifndef HRTCP_KERNEL_ICMP_H
#define HRTCP_KERNEL_ICMP_H

#include <linux/types.h>

struct sk_buff;

/* Called by IP with the skb at the quoted IP header (v4), the quoted TCP header @offset
 * behind it (v6). Return: whether the segment was one of ours. */
bool hrtcp_icmp_v4(struct sk_buff *skb, u32 info);
bool hrtcp_icmp_v6(struct sk_buff *skb, u8 type, u8 code, int offset, __be32 info);

#endif

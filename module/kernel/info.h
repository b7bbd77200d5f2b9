/* SPDX-License-Identifier: GPL-2.0 */
/* info.h -- struct tcp_info, as far as the core knows what Linux asks for. */
#ifndef HRTCP_KERNEL_INFO_H
#define HRTCP_KERNEL_INFO_H

struct hrtcp_sock;
struct tcp_info;

/* What TCP_INFO tells. The socket is owned, or a torn value does no harm. */
void hrtcp_info_fill(const struct hrtcp_sock *hs, struct tcp_info *info);

#endif

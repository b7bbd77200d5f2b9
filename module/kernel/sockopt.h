/* SPDX-License-Identifier: GPL-2.0 */
/* sockopt.h -- socket options of SOL_TCP, SOL_IP and SOL_IPV6. */
#ifndef HRTCP_KERNEL_SOCKOPT_H
#define HRTCP_KERNEL_SOCKOPT_H

#include <linux/sockptr.h>
#include <linux/types.h>

struct hrtcp_sock;
struct socket;
struct tcp_info;

int hrtcp_setsockopt(struct socket *sock, int level, int name, sockptr_t val,
		     unsigned int len);
int hrtcp_getsockopt(struct socket *sock, int level, int name, char __user *val,
		     int __user *len);

#endif

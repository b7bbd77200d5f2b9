/* SPDX-License-Identifier: GPL-2.0 */
/* addr.h -- the socket addresses of users: sockaddr_in and sockaddr_in6 alike. */
#ifndef HRTCP_KERNEL_ADDR_H
#define HRTCP_KERNEL_ADDR_H

#include <linux/in6.h>

#include "compat.h"

struct hrtcp_addr {
	struct in6_addr ip;		/* IPv4 mapped */
	u32 scope;			/* interface of a link-local address, or 0 */
	u16 port;			/* host order */
	u8 family;			/* what the user wrote: AF_INET or AF_INET6 */
};

/* Return: 0, -EINVAL or -EAFNOSUPPORT. */
int hrtcp_addr_parse(struct hrtcp_addr *addr, const hrtcp_sockaddr *uaddr, int len);

/* Return: the length written; @uaddr has the room of a sockaddr_storage. */
int hrtcp_addr_emit(struct sockaddr *uaddr, const struct hrtcp_addr *addr);

/* 0.0.0.0 or :: */
bool hrtcp_addr_any(const struct in6_addr *ip);

#endif

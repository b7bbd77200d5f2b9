/* SPDX-License-Identifier: GPL-2.0 */
/* connect.h -- connect(), with and without an address of its own. */
#ifndef HRTCP_KERNEL_CONNECT_H
#define HRTCP_KERNEL_CONNECT_H

#include "compat.h"

int hrtcp_connect(struct socket *sock, hrtcp_sockaddr *uaddr, int len, int flags);

/* The connect() of MSG_FASTOPEN; the SYN is held back. The socket is owned. */
int hrtcp_connect_fast(struct socket *sock, const struct msghdr *msg);

#endif

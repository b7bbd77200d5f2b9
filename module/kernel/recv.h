/* SPDX-License-Identifier: GPL-2.0 */
/* recv.h -- RECEIVE, RFC 9293 3.10.3. */
#ifndef HRTCP_KERNEL_RECV_H
#define HRTCP_KERNEL_RECV_H

#include "compat.h"

int hrtcp_recvmsg(struct socket *sock, struct msghdr *msg, size_t len, int flags);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/* io.h -- what proto_ops points at for data and for connecting. */
#ifndef HRTCP_KERNEL_IO_H
#define HRTCP_KERNEL_IO_H

#include "compat.h"

int hrtcp_connect(struct socket *sock, hrtcp_sockaddr *uaddr, int len, int flags);
/* The connect() of MSG_FASTOPEN; the SYN is held back. The socket is owned. */
int hrtcp_connect_fast(struct socket *sock, const struct msghdr *msg);

int hrtcp_sendmsg(struct socket *sock, struct msghdr *msg, size_t len);
/* sendfile() met the end of the file after it had promised more. */
void hrtcp_splice_eof(struct socket *sock);
int hrtcp_recvmsg(struct socket *sock, struct msghdr *msg, size_t len, int flags);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/* send.h -- SEND, RFC 9293 3.10.2. */
#ifndef HRTCP_KERNEL_SEND_H
#define HRTCP_KERNEL_SEND_H

#include "compat.h"

int hrtcp_sendmsg(struct socket *sock, struct msghdr *msg, size_t len);

/* sendfile() met the end of the file after it had promised more. */
void hrtcp_splice_eof(struct socket *sock);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/* bind.h -- giving a socket its local address and port. */
#ifndef HRTCP_KERNEL_BIND_H
#define HRTCP_KERNEL_BIND_H

#include "compat.h"

struct hrtcp_sock;

/* proto_ops.bind */
int hrtcp_bind(struct socket *sock, hrtcp_sockaddr *uaddr, int len);

/* listen() without bind(): any address, a port of the host's choice. The caller owns the
 * socket for this and the following. */
int hrtcp_bind_any(struct hrtcp_sock *hs);

/* listen(): no other socket may listen there. */
int hrtcp_bind_may_listen(struct hrtcp_sock *hs);

/* connect() without bind(): hs->rec.key is filled but for lport; the socket enters the
 * table of connections under a port of its own choice. */
int hrtcp_bind_connect(struct hrtcp_sock *hs);

/* Give the port back. */
void hrtcp_unbind(struct hrtcp_sock *hs);

#endif

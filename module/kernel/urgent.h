/* SPDX-License-Identifier: GPL-2.0 */
/*
 * urgent.h -- urgent data as sockets show it. The octet before the urgent pointer is the mark's:
 * with SO_OOBINLINE it is read in its place, else by MSG_OOB, and left out of the stream. A read
 * never passes the mark in one call.
 */
#ifndef HRTCP_KERNEL_URGENT_H
#define HRTCP_KERNEL_URGENT_H

#include <linux/types.h>

struct msghdr;
struct sock;

/* Octets to read until the mark, arrived or not; U32_MAX: no mark is ahead. */
u32 hrtcp_urgent_mark(const struct sock *sk);

/* Octets of what is unread that only MSG_OOB gives, 0 or 1; of those before it: FIONREAD. */
u32 hrtcp_urgent_hidden(const struct sock *sk);
u32 hrtcp_urgent_inq(const struct sock *sk);

/* The octet has arrived and was not taken: POLLPRI. Also without owning the socket. */
bool hrtcp_urgent_pending(const struct sock *sk);

/* MSG_OOB. Return: octets, or a negative errno. The socket is owned. */
int hrtcp_urgent_recv(struct sock *sk, struct msghdr *msg, size_t len, int flags);

/* An urgent pointer came, or advanced: SIGURG. */
void hrtcp_urgent_tell(struct sock *sk);

#endif

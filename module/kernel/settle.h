/* SPDX-License-Identifier: GPL-2.0 */
/* settle.h -- after every fact: what the core has to give is handed to Linux. */
#ifndef HRTCP_KERNEL_SETTLE_H
#define HRTCP_KERNEL_SETTLE_H

struct sock;

/* The caller owns the socket. */
void hrtcp_settle(struct sock *sk);

/* proto.release_cb: what timers and interrupts left to the owner. */
void hrtcp_release_cb(struct sock *sk);

#endif

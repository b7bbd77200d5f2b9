/* SPDX-License-Identifier: GPL-2.0 */
/* clock.h -- the one hrtimer of a connection. */
#ifndef HRTCP_KERNEL_CLOCK_H
#define HRTCP_KERNEL_CLOCK_H

#include <linux/hrtimer.h>

struct sock;

struct hrtcp_clock {
	struct hrtimer timer;
	u64 at_ns;			/* armed for; HRTCP_NEVER: not armed */
};

void hrtcp_clock_init(struct hrtcp_clock *clock);
void hrtcp_clock_destroy(struct hrtcp_clock *clock);

/* Wake at @at_ns or earlier. The caller owns the socket for both. */
void hrtcp_clock_arm(struct sock *sk, u64 at_ns);
void hrtcp_clock_stop(struct sock *sk);

/* The owner takes the deadline over from a timer that fired meanwhile. */
void hrtcp_clock_on_deadline(struct sock *sk);

#endif

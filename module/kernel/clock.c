// SPDX-License-Identifier: GPL-2.0
/*
 * clock.c -- the one hrtimer of a connection, armed for the earliest of its deadlines.
 *
 * Lazy: a deadline that moves later leaves the hrtimer where it is, since firing early is
 * harmless to the core; so the common case, each ACK moving the retransmission deadline,
 * costs nothing here.
 *
 * A queued hrtimer owns no reference: counting would race with a callback that is between
 * its end and the return to the hrtimer code, where the timer counts as running and may be
 * queued anew. Instead, since memory is freed by RCU and the callback runs in softirq, it may
 * look at the socket and take a reference if there is one to take; and the destructor, which
 * RCU runs, cancels for good.
 *
 * at_ns belongs to the owner of the socket. The callback is an owner only where no process
 * is; otherwise it leaves HRTCP_SF_DEADLINE to release_cb, which clears at_ns. It sets the
 * bit under the spinlock that release_sock() takes before release_cb, so the bit is seen.
 */
#include "clock.h"

#include "core/conn.h"

#include "settle.h"
#include "sock.h"

#define SLACK_SHIFT 10			/* a thousandth of the time to go ... */
#define SLACK_MAX_NS 1000000ull		/* ... at most 1 ms */

static enum hrtimer_restart hrtcp_clock_fired(struct hrtimer *timer)
{
	struct hrtcp_sock *hs = container_of(timer, struct hrtcp_sock, clock.timer);
	struct sock *sk = &hs->inet.sk;

	if (!refcount_inc_not_zero(&sk->sk_refcnt))
		return HRTIMER_NORESTART;
	bh_lock_sock(sk);
	set_bit(HRTCP_SF_DEADLINE, &hs->flags);
	if (!sock_owned_by_user(sk))
		hrtcp_clock_on_deadline(sk);
	bh_unlock_sock(sk);
	sock_put(sk);
	return HRTIMER_NORESTART;
}

void hrtcp_clock_init(struct hrtcp_clock *clock)
{
	hrtimer_setup(&clock->timer, hrtcp_clock_fired, CLOCK_MONOTONIC,
		      HRTIMER_MODE_ABS_PINNED_SOFT);
	clock->at_ns = HRTCP_NEVER;
}

void hrtcp_clock_on_deadline(struct sock *sk)
{
	struct hrtcp_sock *hs = hrtcp_sk(sk);

	sock_owned_by_me(sk);
	if (!test_and_clear_bit(HRTCP_SF_DEADLINE, &hs->flags))
		return;
	hs->clock.at_ns = HRTCP_NEVER;
	if (!hs->hashed)
		return;
	hrtcp_conn_on_deadline(&hs->conn, ktime_get_ns());
	hrtcp_settle(sk);
}

void hrtcp_clock_arm(struct sock *sk, u64 at_ns)
{
	struct hrtcp_clock *clock = &hrtcp_sk(sk)->clock;
	const u64 now_ns = ktime_get_ns();
	u64 slack_ns = 0;

	sock_owned_by_me(sk);
	if (at_ns == HRTCP_NEVER || clock->at_ns <= at_ns)
		return;
	if (at_ns > now_ns)
		slack_ns = min((at_ns - now_ns) >> SLACK_SHIFT, SLACK_MAX_NS);
	clock->at_ns = at_ns;
	hrtimer_start_range_ns(&clock->timer, ns_to_ktime(at_ns), slack_ns,
			       HRTIMER_MODE_ABS_PINNED_SOFT);
}

void hrtcp_clock_stop(struct sock *sk)
{
	struct hrtcp_clock *clock = &hrtcp_sk(sk)->clock;

	sock_owned_by_me(sk);
	clock->at_ns = HRTCP_NEVER;
	hrtimer_try_to_cancel(&clock->timer);	/* if it fires all the same: nothing is due */
}

void hrtcp_clock_destroy(struct hrtcp_clock *clock)
{
	hrtimer_cancel(&clock->timer);
}

/* SPDX-License-Identifier: GPL-2.0 */
/* timed.h -- segments at their times. Times are in milliseconds since MARK(). */
#ifndef HRTCP_SELFTESTS_TIMED_H
#define HRTCP_SELFTESTS_TIMED_H

#include "harness.h"

#define SEC 1000
#define MIN (60 * SEC)
#define HOUR (60 * MIN)
#define FOREVER 10000000	/* seconds: a test's own timeout */

/* Of the guest's scheduling, and of our own look at the clock. */
#define SLACK_MS 30

FIXTURE(timed)
{
	struct peer peer;
	uint64_t mark;
};

FIXTURE_VARIANT(timed)
{
	int ipv;
};

FIXTURE_VARIANT_ADD(timed, v4) { .ipv = 4 };
FIXTURE_VARIANT_ADD(timed, v6) { .ipv = 6 };

FIXTURE_SETUP(timed)
{
	ASSERT_EQ(0, peer_open(&self->peer, HR, variant->ipv));
}

FIXTURE_TEARDOWN(timed)
{
}

#define TIMED_TEST(name) TEST_F_TIMEOUT(timed, name, FOREVER)

#define MARK() (self->mark = now_ms())

#define EXPECT_NEAR(ms, seen)								\
	do {										\
		EXPECT_LE((int64_t)(ms) - SLACK_MS, seen);				\
		EXPECT_GE((int64_t)(ms) + SLACK_MS, seen);				\
	} while (0)

/* When the last segment came. */
#define SEEN_MS() ((int64_t)(self->peer.seen_ms - self->mark))

/* The next segment is this one and comes at this time. */
#define SEES_AT(ms, line)								\
	do {										\
		ASSERT_TRUE(peer_sees(&self->peer, line, 2 * HOUR)) {			\
			TH_LOG("%s", self->peer.said);					\
		}									\
		EXPECT_NEAR(ms, SEEN_MS());						\
	} while (0)

#define SLEEP_UNTIL(ms)									\
	do {										\
		int64_t _left = (int64_t)(self->mark + (ms) - now_ms());		\
											\
		if (_left > 0)								\
			pause_ms(_left);						\
	} while (0)

/* The connection is still in this state just before, and gone just after. */
#define ENDS_AT(ms, state)								\
	do {										\
		SLEEP_UNTIL((ms) - SLACK_MS);						\
		ASSERT_EQ(state, peer_state(&self->peer));				\
		SLEEP_UNTIL((ms) + SLACK_MS);						\
		ASSERT_EQ(0, peer_state(&self->peer));					\
	} while (0)

#endif

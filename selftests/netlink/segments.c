// SPDX-License-Identifier: GPL-2.0
/* segments.c -- the segment group, and that it is kept from those who may not see it. */
#include <sched.h>

#include "harness.h"

struct sight {
	int dir, flags, drop;
	uint32_t seq, ack, len;
	bool retransmit;
};

static void take(struct nlattr *const *attrs, int cmd, void *ctx)
{
	struct sight *sight = ctx;

	if (cmd != HRTCP_CMD_EVENT_SEG)
		return;
	sight->dir = genl_number(attrs[HRTCP_A_SEG_DIR]);
	sight->flags = genl_number(attrs[HRTCP_A_SEG_FLAGS]);
	sight->seq = genl_number(attrs[HRTCP_A_SEG_SEQ]);
	sight->ack = genl_number(attrs[HRTCP_A_SEG_ACK]);
	sight->len = genl_number(attrs[HRTCP_A_SEG_LEN]);
	sight->drop = genl_number(attrs[HRTCP_A_SEG_DROP]);
	sight->retransmit = attrs[HRTCP_A_SEG_RETRANS];
}

FIXTURE(segments)
{
	struct peer peer;
	struct genl genl;
};

FIXTURE_VARIANT(segments)
{
	int ipv;
};

FIXTURE_VARIANT_ADD(segments, v4) { .ipv = 4 };
FIXTURE_VARIANT_ADD(segments, v6) { .ipv = 6 };

FIXTURE_SETUP(segments)
{
	ASSERT_EQ(0, peer_open(&self->peer, HR, variant->ipv));
	ASSERT_EQ(0, genl_open(&self->genl));
}

FIXTURE_TEARDOWN(segments)
{
}

#define SIGHT(direction, f, s, l)							\
	do {										\
		struct sight sight = {};						\
											\
		ASSERT_EQ(1, genl_next(&self->genl, WAIT_MS, take, &sight));		\
		EXPECT_EQ(direction, sight.dir);					\
		EXPECT_EQ(f, sight.flags);						\
		EXPECT_EQ((uint32_t)(s), sight.seq);					\
		EXPECT_EQ((uint32_t)(l), sight.len);					\
		EXPECT_EQ(0, sight.drop);						\
	} while (0)

TEST_F(segments, every_segment_is_seen_both_ways)
{
	struct peer *peer = &self->peer;
	int fd;

	ASSERT_EQ(0, genl_join(&self->genl, self->genl.group_segment));
	fd = peer_connects(peer, PEER_SYNACK);
	ASSERT_LE(0, fd);
	SIGHT(1, F_SYN, peer->irs, 0);
	SIGHT(0, F_SYN | F_ACK, peer->iss, 0);
	SIGHT(1, F_ACK, peer->irs + 1, 0);
	ASSERT_EQ(0, send_all(fd, 0, 100));
	SIGHT(1, F_ACK | F_PSH, peer->irs + 1, 100);
	SENDS("P. 1:51(50) ack 101");
	SIGHT(0, F_ACK | F_PSH, peer->iss + 1, 50);
}

TEST_F(segments, a_dropped_segment_is_seen_with_its_reason)
{
	struct sight sight = {};
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, genl_join(&self->genl, self->genl.group_segment));
	SENDS("R 100:100(0)");
	ASSERT_EQ(1, genl_next(&self->genl, WAIT_MS, take, &sight));
	EXPECT_EQ(F_RST, sight.flags);
	EXPECT_EQ(HRTCP_DROP_BAD_RST, sight.drop);
}

TEST_F(segments, a_repeated_segment_is_marked)
{
	struct sight sight = {};
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, genl_join(&self->genl, self->genl.group_segment));
	ASSERT_EQ(0, send_all(fd, 0, 100));
	SIGHT(1, F_ACK | F_PSH, self->peer.irs + 1, 100);
	ASSERT_EQ(1, genl_next(&self->genl, WAIT_MS, take, &sight));
	EXPECT_EQ(self->peer.irs + 1, sight.seq);
	EXPECT_TRUE(sight.retransmit);
}

TEST_F(segments, without_the_capability_joining_is_refused)
{
	ASSERT_EQ(0, setuid(65534));
	EXPECT_EQ(-EPERM, genl_join(&self->genl, self->genl.group_segment));
}

/* Root in a user namespace of one's own has no say over a network namespace of others. */
TEST_F(segments, root_of_a_user_namespace_is_refused_outside_its_own_network)
{
	ASSERT_EQ(0, unshare(CLONE_NEWUSER));
	EXPECT_EQ(-EPERM, genl_join(&self->genl, self->genl.group_segment));
}

TEST_F(segments, and_allowed_inside_it)
{
	struct genl genl;

	ASSERT_EQ(0, unshare(CLONE_NEWUSER | CLONE_NEWNET));
	ASSERT_EQ(0, genl_open(&genl));
	EXPECT_EQ(0, genl_join(&genl, genl.group_segment));
}

TEST_HARNESS_MAIN

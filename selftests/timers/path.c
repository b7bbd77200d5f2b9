// SPDX-License-Identifier: GPL-2.0
/* path.c -- how long what a router said of the path is believed. */
#include "timed.h"

/* @total octets from @offset on leave; returns the longest segment, all is acknowledged. */
static uint32_t longest(struct peer *peer, int fd, uint32_t offset, uint32_t total)
{
	uint32_t most = 0, seen = 0;

	if (send_all(fd, offset, total))
		return 0;
	while (seen < total) {
		if (peer_get(peer, &peer->seen, 5 * SEC) != 1)
			return 0;
		if (!peer->seen.len)
			continue;
		if (peer->seen.len > most)
			most = peer->seen.len;
		seen = peer->seen.seq + peer->seen.len - (peer->irs + 1 + offset);
	}
	return peer_sends(peer, ". 1:1(0) ack nxt") ? most : 0;
}

/* RFC 1191 6.3, 8201 5.3: not before five minutes, and ten are recommended. */
TIMED_TEST(R1191_R8201_a_smaller_mtu_is_believed_for_ten_minutes_and_no_longer)
{
	const uint32_t limit = variant->ipv == 4 ? 1000 - 40 : 1280 - 60;
	int listener = sock_listen(&self->peer.host, 80, 1), fd, i;
	const int still[] = { 1, 299, 590 };
	uint32_t offset = 0;

	ONLY_VIRTUAL_CLOCK();
	SENDS("S 0:0(0) <mss 1400>");
	SEES("S. 0:0(0) ack 1");
	SENDS(". 1:1(0) ack 1");
	fd = sock_accept(listener);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, send_all(fd, offset, 1400));
	ASSERT_EQ(1, peer_get(&self->peer, &self->peer.seen, WAIT_MS));
	ASSERT_EQ(1400, self->peer.seen.len);
	ASSERT_EQ(0, variant->ipv == 4 ? peer_icmp(&self->peer, 3, 4, 1000) :
					 peer_icmp(&self->peer, 2, 0, 1280));
	MARK();
	ASSERT_EQ(1, peer_get(&self->peer, &self->peer.seen, WAIT_MS));
	EXPECT_EQ(limit, self->peer.seen.len);
	ASSERT_EQ(1, peer_get(&self->peer, &self->peer.seen, WAIT_MS));
	SENDS(". 1:1(0) ack nxt");
	for (i = 0; i < 3; i++) {
		offset += 1400;
		SLEEP_UNTIL(still[i] * SEC);
		EXPECT_EQ(limit, longest(&self->peer, fd, offset, 1400));
	}
	SLEEP_UNTIL(610 * SEC);
	EXPECT_EQ(1400, longest(&self->peer, fd, offset + 1400, 1400));
	STATE(HRTCP_ESTABLISHED);
}

TEST_HARNESS_MAIN

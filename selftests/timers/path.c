// SPDX-License-Identifier: GPL-2.0
/* path.c -- how long what a router said of the path is believed, and when another is taken. */
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

/* The flow label of the next segment, which is to be this one; -1: it is another. */
static int next_label(struct peer *peer, const char *line)
{
	return peer_sees(peer, line, HOUR) ? peer_flow_label(peer) : -1;
}

TIMED_TEST(R4987_04_data_takes_another_path_from_the_second_timeout_on)
{
	int fd = peer_accepts(&self->peer), first, second, i;

	ONLY_VIRTUAL_CLOCK();
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, send_all(fd, 0, 40));
	first = next_label(&self->peer, "P. 1:41(40) ack 1");
	ASSERT_EQ(variant->ipv == 6, first > 0);
	EXPECT_EQ(first, next_label(&self->peer, "P. 1:41(40) ack 1"));
	for (i = 1; i <= 3; i++) {
		second = next_label(&self->peer, "P. 1:41(40) ack 1");
		ASSERT_LE(0, second);
		EXPECT_EQ(variant->ipv == 6, first != second);
		EXPECT_EQ(i, diag_counter(&self->peer.host, "path_changes"));
		first = second;
	}
	SENDS("P. 1:101(100) ack 41");
	EXPECT_EQ(first, next_label(&self->peer, ". 41:41(0) ack 101"));
}

TIMED_TEST(a_user_may_forbid_it)
{
	int fd = peer_accepts(&self->peer), first, i;

	ONLY_VIRTUAL_CLOCK();
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, sock_set(fd, SOL_SOCKET, SO_TXREHASH, 0));
	ASSERT_EQ(0, send_all(fd, 0, 40));
	first = next_label(&self->peer, "P. 1:41(40) ack 1");
	ASSERT_LE(0, first);
	for (i = 0; i < 4; i++)
		EXPECT_EQ(first, next_label(&self->peer, "P. 1:41(40) ack 1"));
	EXPECT_EQ(0, diag_counter(&self->peer.host, "path_changes"));
}

TIMED_TEST(a_syn_takes_another_path_each_time)
{
	int fd = sock_new(&self->peer.host), first, second, i;

	ONLY_VIRTUAL_CLOCK();
	ASSERT_EQ(0, sock_nonblock(fd, true));
	self->peer.host_port = 5000;
	ASSERT_EQ(0, sock_bind(fd, &self->peer.host, 5000));
	ASSERT_EQ(-EINPROGRESS, sock_connect(fd, &self->peer.self, self->peer.port));
	first = next_label(&self->peer, "S 0:0(0)");
	ASSERT_EQ(variant->ipv == 6, first > 0);
	for (i = 0; i < 3; i++) {
		second = next_label(&self->peer, "S 0:0(0)");
		ASSERT_LE(0, second);
		EXPECT_EQ(variant->ipv == 6, first != second);
		first = second;
	}
}

TIMED_TEST(acknowledgments_take_another_path_at_the_third_arrival_of_the_same_data)
{
	int fd = peer_accepts(&self->peer), first;

	ONLY_VIRTUAL_CLOCK();
	ASSERT_LE(0, fd);
	SENDS("P. 1:101(100) ack 1");
	first = next_label(&self->peer, ". 1:1(0) ack 101");
	ASSERT_EQ(variant->ipv == 6, first > 0);
	pause_ms(SEC);
	SENDS("P. 1:101(100) ack 1");
	EXPECT_EQ(first, next_label(&self->peer, ". 1:1(0) ack 101"));
	pause_ms(SEC);
	SENDS("P. 1:101(100) ack 1");
	EXPECT_EQ(variant->ipv == 6, first != next_label(&self->peer, ". 1:1(0) ack 101"));
	EXPECT_EQ(1, diag_counter(&self->peer.host, "path_changes"));
}

TEST_HARNESS_MAIN

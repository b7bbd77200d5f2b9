// SPDX-License-Identifier: GPL-2.0
/* transfer.c -- retransmission, window probes and delayed acknowledgements. */
#include "timed.h"

TIMED_TEST(X09_an_idle_connection_is_probed_after_two_hours_if_asked)
{
	int fd, i;

	ONLY_VIRTUAL_CLOCK();
	fd = peer_accepts(&self->peer);
	ASSERT_EQ(0, sock_set(fd, SOL_SOCKET, SO_KEEPALIVE, 1));
	MARK();
	for (i = 1; i <= 3; i++) {
		ASSERT_EQ(1, peer_get(&self->peer, &self->peer.seen, 3 * HOUR));
		EXPECT_EQ(self->peer.irs, self->peer.seen.seq);
		EXPECT_NEAR(2 * HOUR, SEEN_MS());
		SENDS(". 1:1(0) ack 1");
		MARK();
	}
	EXPECT_EQ(HRTCP_ESTABLISHED, peer_state(&self->peer));
}

TIMED_TEST(X09_a_dead_peer_is_found_by_nine_probes_75_s_apart)
{
	int fd, i;

	ONLY_VIRTUAL_CLOCK();
	fd = peer_accepts(&self->peer);
	ASSERT_EQ(0, sock_set(fd, SOL_SOCKET, SO_KEEPALIVE, 1));
	MARK();
	for (i = 0; i < 9; i++) {
		ASSERT_EQ(1, peer_get(&self->peer, &self->peer.seen, 3 * HOUR));
		EXPECT_NEAR(2 * HOUR + i * 75 * SEC, SEEN_MS());
	}
	STATE(HRTCP_ESTABLISHED);
	ASSERT_NE(0, sock_poll(fd, POLLIN, HOUR) & POLLERR);
	EXPECT_EQ(ETIMEDOUT, sock_error(fd));
	EXPECT_NEAR(2 * HOUR + 9 * 75 * SEC, (int64_t)(now_ms() - self->mark));
}

TIMED_TEST(X02_X06_data_without_answer_backs_off_to_120_s_and_gives_up_after_900_s)
{
	uint64_t gap = 0, before;
	int fd, n = 0;

	ONLY_VIRTUAL_CLOCK();
	fd = peer_accepts(&self->peer);
	ASSERT_EQ(0, send_all(fd, 0, 40));	/* too few to be cut, whatever the path's MTU */
	SEES("P. 1:41(40) ack 1");
	self->mark = before = self->peer.seen_ms;
	while (peer_sees(&self->peer, "P. 1:41(40) ack 1", 200 * SEC)) {
		uint64_t now = self->peer.seen_ms - before;

		EXPECT_GE(120 * SEC + SLACK_MS, now);
		if (n > 1 && gap < 59 * SEC) {
			EXPECT_LE(2 * gap, now + SLACK_MS);
			EXPECT_GE(2 * gap + SLACK_MS, now);
		}
		gap = now;
		before = self->peer.seen_ms;
		n++;
	}
	EXPECT_LE(10, n);
	EXPECT_EQ(ETIMEDOUT, sock_error(fd));
	EXPECT_EQ(0, peer_state(&self->peer));
	EXPECT_GT(self->mark + 900 * SEC, before);
}

TIMED_TEST(X06_the_end_comes_at_900_s)
{
	int fd;

	ONLY_VIRTUAL_CLOCK();
	fd = peer_accepts(&self->peer);
	ASSERT_EQ(0, send_all(fd, 0, 100));
	MARK();
	ENDS_AT(900 * SEC, HRTCP_ESTABLISHED);
}

TIMED_TEST(X01_the_user_decides_how_long_is_too_long)
{
	int fd;

	ONLY_VIRTUAL_CLOCK();
	fd = peer_accepts(&self->peer);
	ASSERT_EQ(0, sock_set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 30 * SEC));
	ASSERT_EQ(0, send_all(fd, 0, 100));
	MARK();
	ENDS_AT(30 * SEC, HRTCP_ESTABLISHED);
	EXPECT_EQ(ETIMEDOUT, sock_error(fd));
}

TIMED_TEST(X07_a_shut_window_is_probed_with_doubling_intervals_while_answered)
{
	uint64_t gap = 0, before = 0;
	int fd, n;

	ONLY_VIRTUAL_CLOCK();
	self->peer.win = 500;
	fd = peer_accepts(&self->peer);
	ASSERT_EQ(0, send_all(fd, 0, 2000));
	ASSERT_EQ(1, peer_get(&self->peer, &self->peer.seen, WAIT_MS));
	self->peer.win = 0;
	SENDS(". 1:1(0) ack 501");
	MARK();
	for (n = 0; now_ms() < self->mark + 3 * HOUR; n++) {
		ASSERT_EQ(1, peer_get(&self->peer, &self->peer.seen, 200 * SEC));
		EXPECT_GE(1u, self->peer.seen.len);
		if (n > 1 && gap < 50 * SEC)
			EXPECT_LE(2 * gap, self->peer.seen_ms - before + SLACK_MS);
		gap = self->peer.seen_ms - before;
		before = self->peer.seen_ms;
		SENDS(". 1:1(0) ack 501");
	}
	EXPECT_LE(3 * 30, n);		/* no less often than every 120 s */
	EXPECT_EQ(HRTCP_ESTABLISHED, peer_state(&self->peer));
	self->peer.win = 65535;
	SENDS(". 1:1(0) ack 501");
	SEES(". 501:1501(1000) ack 1");
	SENDS(". 1:1(0) ack 1501");
	SEES("P. 1501:2001(500) ack 1");
}

TIMED_TEST(X07_a_dead_peer_with_a_shut_window_is_given_up)
{
	int fd;

	ONLY_VIRTUAL_CLOCK();
	self->peer.win = 500;
	fd = peer_accepts(&self->peer);
	ASSERT_EQ(0, send_all(fd, 0, 2000));
	ASSERT_EQ(1, peer_get(&self->peer, &self->peer.seen, WAIT_MS));
	self->peer.win = 0;
	SENDS(". 1:1(0) ack 501");
	MARK();
	SLEEP_UNTIL(800 * SEC);
	EXPECT_EQ(HRTCP_ESTABLISHED, peer_state(&self->peer));
	SLEEP_UNTIL(1100 * SEC);
	EXPECT_EQ(0, peer_state(&self->peer));
	EXPECT_EQ(ETIMEDOUT, sock_error(fd));
}

TIMED_TEST(X08_T19_a_lone_segment_is_acknowledged_after_the_delay)
{
	int fd;

	ONLY_VIRTUAL_CLOCK();
	fd = peer_accepts(&self->peer);
	ASSERT_LE(0, fd);
	MARK();
	SENDS("P. 1:2(1) ack 1");
	SEES_AT(40, ". 1:1(0) ack 2");
	ASSERT_EQ(0, net_sysctl("hrtcp/delack_us", "200000"));
	peer_renew(&self->peer, 4001, 0, 0);
	fd = peer_accepts(&self->peer);
	ASSERT_LE(0, fd);
	MARK();
	SENDS("P. 1:2(1) ack 1");
	SEES_AT(200, ". 1:1(0) ack 2");
}

TIMED_TEST(T19_a_fin_is_acknowledged_within_half_a_second)
{
	int fd;

	ONLY_VIRTUAL_CLOCK();
	fd = peer_accepts(&self->peer);
	ASSERT_LE(0, fd);
	MARK();
	SENDS("F. 1:1(0) ack 1");
	SEES(". 1:1(0) ack 2");
	EXPECT_GT(self->mark + 500, self->peer.seen_ms);
}

TIMED_TEST(an_idle_connection_needs_nothing_for_a_day)
{
	int fd;

	ONLY_VIRTUAL_CLOCK();
	fd = peer_accepts(&self->peer);
	ASSERT_LE(0, fd);
	SILENCE(24 * HOUR);
	ASSERT_EQ(0, send_all(fd, 0, 100));
	SEES("P. 1:101(100) ack 1");
	SENDS("P. 1:101(100) ack 101");
	EXPECT_EQ(0, recv_all(fd, 0, 100));
}

TEST_HARNESS_MAIN

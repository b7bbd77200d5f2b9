// SPDX-License-Identifier: GPL-2.0
/* teardown.c -- TIME-WAIT, FIN-WAIT-2 and what waits for an acknowledgement at the end. */
#include "timed.h"

#define TO_TIME_WAIT()						\
	do {							\
		int _fd = peer_accepts(&self->peer);		\
								\
		ASSERT_LE(0, _fd);				\
		ASSERT_EQ(0, sock_close(_fd));			\
		SEES("F. 1:1(0) ack 1");			\
		SENDS("F. 1:1(0) ack 2");			\
		SEES(". 2:2(0) ack 2");				\
		MARK();						\
	} while (0)

TIMED_TEST(T27_X10_time_wait_lasts_120_s_and_ends)
{
	struct row row;

	ONLY_VIRTUAL_CLOCK();
	TO_TIME_WAIT();
	ASSERT_TRUE(diag_find(&self->peer.host, 80, PEER_PORT, &row));
	EXPECT_EQ(HRTCP_TIME_WAIT, row.state);
	EXPECT_EQ(HRTCP_T_LINGER, row.timer);
	EXPECT_LT(119000000000u, row.timer_ns);
	ENDS_AT(120 * SEC, HRTCP_TIME_WAIT);
}

TIMED_TEST(T27_the_same_while_a_process_holds_the_socket)
{
	int fd;

	ONLY_VIRTUAL_CLOCK();
	fd = peer_accepts(&self->peer);
	ASSERT_EQ(0, shutdown(fd, SHUT_WR));
	SEES("F. 1:1(0) ack 1");
	SENDS("F. 1:1(0) ack 2");
	SEES(". 2:2(0) ack 2");
	MARK();
	ENDS_AT(120 * SEC, HRTCP_TIME_WAIT);
	EXPECT_EQ(0, recv_end(fd));
}

TIMED_TEST(T27_its_length_is_a_setting)
{
	ONLY_VIRTUAL_CLOCK();
	ASSERT_EQ(0, net_sysctl("hrtcp/time_wait_us", "30000000"));
	TO_TIME_WAIT();
	ENDS_AT(30 * SEC, HRTCP_TIME_WAIT);
}

TIMED_TEST(T26_A42_a_repeated_fin_restarts_it)
{
	ONLY_VIRTUAL_CLOCK();
	TO_TIME_WAIT();
	SLEEP_UNTIL(100 * SEC);
	SENDS("F. 1:1(0) ack 2");
	SEES(". 2:2(0) ack 2");
	ENDS_AT(220 * SEC, HRTCP_TIME_WAIT);
}

TIMED_TEST(T29_nothing_else_does)
{
	ONLY_VIRTUAL_CLOCK();
	TO_TIME_WAIT();
	SLEEP_UNTIL(100 * SEC);
	SENDS("P. 1:101(100) ack 2");
	SENDS(". 2:2(0) ack 2");
	SENDS("R 2:2(0)");
	SENDS("R. 2:2(0) ack 2");
	ENDS_AT(120 * SEC, HRTCP_TIME_WAIT);
}

TIMED_TEST(T28_a_fin_after_it_draws_a_reset)
{
	ONLY_VIRTUAL_CLOCK();
	TO_TIME_WAIT();
	SLEEP_UNTIL(121 * SEC);
	SENDS("F. 1:1(0) ack 2");
	SEES("R 2:2(0)");
}

TIMED_TEST(T30_the_pair_of_ports_is_free_afterwards)
{
	int fd;

	ONLY_VIRTUAL_CLOCK();
	fd = peer_connects(&self->peer, PEER_SYNACK);
	ASSERT_EQ(0, sock_close(fd));
	SEES("F. 1:1(0) ack 1");
	SENDS("F. 1:1(0) ack 2");
	SEES(". 2:2(0) ack 2");
	MARK();
	fd = sock_new(&self->peer.host);
	EXPECT_EQ(-EADDRINUSE, sock_bind(fd, &self->peer.host, 5000));
	SLEEP_UNTIL(121 * SEC);
	peer_renew(&self->peer, 0, 0, PEER_ISS);
	EXPECT_LE(0, peer_connects(&self->peer, PEER_SYNACK));
}

/* RFC 6429: a bound only for what no process owns. */
TIMED_TEST(an_orphan_in_fin_wait_2_is_ended_after_60_s)
{
	int fd;

	ONLY_VIRTUAL_CLOCK();
	fd = peer_accepts(&self->peer);
	ASSERT_EQ(0, sock_close(fd));
	SEES("F. 1:1(0) ack 1");
	SENDS(". 1:1(0) ack 2");
	MARK();
	ENDS_AT(60 * SEC, HRTCP_FIN_WAIT_2);
}

TIMED_TEST(T21_an_owned_fin_wait_2_stays_and_becomes_an_orphan_when_closed)
{
	int fd;

	ONLY_VIRTUAL_CLOCK();
	fd = peer_accepts(&self->peer);
	ASSERT_EQ(0, shutdown(fd, SHUT_WR));
	SEES("F. 1:1(0) ack 1");
	SENDS(". 1:1(0) ack 2");
	MARK();
	SLEEP_UNTIL(10 * HOUR);
	EXPECT_EQ(HRTCP_FIN_WAIT_2, peer_state(&self->peer));
	SENDS("P. 1:101(100) ack 2");
	EXPECT_EQ(0, recv_all(fd, 0, 100));
	ASSERT_EQ(0, sock_close(fd));
	MARK();
	ENDS_AT(60 * SEC, HRTCP_FIN_WAIT_2);
}

TIMED_TEST(T22_close_wait_stays_however_long)
{
	int fd;

	ONLY_VIRTUAL_CLOCK();
	fd = peer_accepts(&self->peer);
	MARK();
	SENDS("F. 1:1(0) ack 1");
	SEES(". 1:1(0) ack 2");
	SLEEP_UNTIL(10 * HOUR);
	EXPECT_EQ(HRTCP_CLOSE_WAIT, peer_state(&self->peer));
	ASSERT_EQ(0, send_all(fd, 0, 100));
	SEES("P. 1:101(100) ack 2");
	SENDS(". 2:2(0) ack 101");
	ASSERT_EQ(0, sock_close(fd));
	SEES("F. 101:101(0) ack 2");
	SENDS(". 2:2(0) ack 102");
	STATE(0);
}

/* Repeats with doubling intervals; an orphan's patience is 100 s. */
static int count_repeats(struct peer *peer, const char *line, uint64_t *last_ms)
{
	uint64_t gap = 0, before = peer->seen_ms;
	int n = 0;

	while (peer_sees(peer, line, 130 * SEC)) {
		uint64_t now = peer->seen_ms - before;

		if (n && (now + SLACK_MS < 2 * gap || now > 2 * gap + SLACK_MS))
			return -n;
		gap = now;
		before = peer->seen_ms;
		n++;
	}
	*last_ms = before;
	return n;
}

TIMED_TEST(T25_X02_X06_last_ack_repeats_its_fin_and_gives_up_after_100_s)
{
	uint64_t last = 0;
	int fd;

	ONLY_VIRTUAL_CLOCK();
	fd = peer_accepts(&self->peer);
	SENDS("F. 1:1(0) ack 1");
	SEES(". 1:1(0) ack 2");
	ASSERT_EQ(0, sock_close(fd));
	MARK();
	SEES_AT(0, "F. 1:1(0) ack 2");
	EXPECT_LE(5, count_repeats(&self->peer, "F. 1:1(0) ack 2", &last));
	EXPECT_GT(self->mark + 100 * SEC, last);
	EXPECT_LE(self->mark + 100 * SEC, now_ms());
	EXPECT_EQ(0, peer_state(&self->peer));
}

TIMED_TEST(X06_an_orphan_in_fin_wait_1_gives_up_after_100_s)
{
	int fd;

	ONLY_VIRTUAL_CLOCK();
	fd = peer_accepts(&self->peer);
	ASSERT_EQ(0, sock_close(fd));
	MARK();
	ENDS_AT(100 * SEC, HRTCP_FIN_WAIT_1);
}

TIMED_TEST(X06_an_owned_fin_wait_1_gives_up_after_900_s)
{
	int fd;

	ONLY_VIRTUAL_CLOCK();
	fd = peer_accepts(&self->peer);
	ASSERT_EQ(0, shutdown(fd, SHUT_WR));
	MARK();
	ENDS_AT(900 * SEC, HRTCP_FIN_WAIT_1);
	EXPECT_EQ(ETIMEDOUT, sock_error(fd));
}

TIMED_TEST(T26_last_ack_ends_when_time_wait_answers_again)
{
	int fd;

	ONLY_VIRTUAL_CLOCK();
	fd = peer_accepts(&self->peer);
	SENDS("F. 1:1(0) ack 1");
	SEES(". 1:1(0) ack 2");
	ASSERT_EQ(0, sock_close(fd));
	SEES("F. 1:1(0) ack 2");
	SEES("F. 1:1(0) ack 2");
	SENDS(". 2:2(0) ack 2");
	STATE(0);
	SILENCE(HOUR);
}

TIMED_TEST(X06_closing_gives_up_too)
{
	int fd;

	ONLY_VIRTUAL_CLOCK();
	fd = peer_accepts(&self->peer);
	ASSERT_EQ(0, sock_close(fd));
	SEES("F. 1:1(0) ack 1");
	MARK();
	SENDS("F. 1:1(0) ack 1");
	STATE(HRTCP_CLOSING);
	SLEEP_UNTIL(99 * SEC);
	EXPECT_EQ(HRTCP_CLOSING, peer_state(&self->peer));
	SLEEP_UNTIL(130 * SEC);
	EXPECT_EQ(0, peer_state(&self->peer));
}

TEST_HARNESS_MAIN

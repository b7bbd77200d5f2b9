// SPDX-License-Identifier: GPL-2.0
/* linger.c -- how long close() waits, the peer being the test. */
#include "harness.h"

PEER_FIXTURE(linger);

TEST_F(linger, without_it_close_does_not_wait)
{
	int fd = peer_accepts(&self->peer);
	uint64_t start = now_ms();

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, send_all(fd, 0, 500));
	ASSERT_EQ(0, sock_close(fd));
	EXPECT_GT(start + 1000, now_ms());
	STATE(HRTCP_FIN_WAIT_1);
}

TEST_F(linger, close_returns_when_the_end_is_acknowledged)
{
	int fd = peer_accepts(&self->peer), status, closed[2];
	pid_t pid;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, pipe(closed));
	pid = fork();
	if (!pid) {
		uint64_t start;
		char end;

		close(closed[1]);
		if (read(closed[0], &end, 1))
			_exit(2);
		start = now_ms();
		sock_linger(fd, 20);
		sock_close(fd);
		_exit(now_ms() - start < 100 || now_ms() - start > 10000);
	}
	/* The child's descriptor is the last one: only then does it close that. */
	ASSERT_EQ(0, sock_close(fd));
	close(closed[1]);
	SEES("F. 1:1(0) ack 1");
	pause_ms(200);		/* the time that close() is to wait */
	SENDS(". 1:1(0) ack 2");
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_F(linger, close_returns_after_its_time_and_the_connection_goes_on)
{
	int fd = peer_accepts(&self->peer);
	uint64_t start = now_ms();

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, sock_linger(fd, 1));
	ASSERT_EQ(0, sock_close(fd));
	EXPECT_LE(start + 1000, now_ms() + TICK_MS);
	EXPECT_GT(start + 5000, now_ms());
	EXPECT_EQ(HRTCP_FIN_WAIT_1, peer_state(&self->peer));
	do {
		ASSERT_EQ(1, peer_get(&self->peer, &self->peer.seen, WAIT_MS));
	} while (!(self->peer.seen.flags & F_FIN));
	SENDS(". 1:1(0) ack 2");
	STATE(HRTCP_FIN_WAIT_2);
}

TEST_F(linger, zero_throws_away_what_was_not_acknowledged)
{
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, send_all(fd, 0, 500));
	SEES("P. 1:501(500) ack 1");
	ASSERT_EQ(0, sock_linger(fd, 0));
	ASSERT_EQ(0, sock_close(fd));
	SEES("R. 501:501(0) ack 1");
	EXPECT_EQ(0, peer_state(&self->peer));
}

TEST_F(linger, the_option_reads_back)
{
	struct linger linger = {};
	socklen_t len = sizeof(linger);
	int fd = sock_new(&self->peer.host);

	ASSERT_EQ(0, sock_linger(fd, 7));
	ASSERT_EQ(0, getsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, &len));
	EXPECT_EQ(1, linger.l_onoff);
	EXPECT_EQ(7, linger.l_linger);
}

TEST_HARNESS_MAIN

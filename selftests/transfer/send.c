// SPDX-License-Identifier: GPL-2.0
/* send.c -- writing when there is no room, and what waits to be sent. */
#include <linux/sockios.h>

#include "harness.h"

FIXTURE(send)
{
	struct pair pair;
	struct link link;
};

PAIR_VARIANTS(send)

FIXTURE_SETUP(send)
{
	ASSERT_EQ(0, pair_up(&self->pair, variant->client, variant->server, variant->ipv));
	ASSERT_EQ(0, link_up(&self->link, &self->pair, 80));
}

FIXTURE_TEARDOWN(send)
{
}

/* Write until no more is taken. Returns the octets taken. */
static uint32_t fill(int fd)
{
	uint8_t data[4096];
	uint32_t sent = 0;
	int idle = 0;

	for (;;) {
		ssize_t n;

		pattern_fill(data, sent, sizeof(data));
		n = send(fd, data, sizeof(data), MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n > 0)
			idle = 0;
		sent += n > 0 ? n : 0;
		/* What is on its way may still make room, though not enough for poll(). */
		if (n < 0 && !(sock_poll(fd, POLLOUT, 200) & POLLOUT) && idle++)
			return sent;
	}
}

TEST_F(send, a_full_buffer_would_block_and_reading_frees_it)
{
	uint32_t sent = fill(self->link.client);
	uint8_t octet = pattern_at(sent);

	EXPECT_EQ(-1, send(self->link.client, &octet, 1, MSG_DONTWAIT));
	EXPECT_EQ(EAGAIN, errno);
	ASSERT_EQ(0, recv_all(self->link.server, 0, sent));
	EXPECT_EQ(POLLOUT, sock_poll(self->link.client, POLLOUT, WAIT_MS));
	ASSERT_EQ(1, send(self->link.client, &octet, 1, 0));
	EXPECT_EQ(0, recv_all(self->link.server, sent, 1));
}

TEST_F(send, a_blocked_writer_goes_on_when_there_is_room)
{
	uint32_t len = fill(self->link.client) + 500000;
	int status;
	pid_t pid = fork();

	if (!pid) {
		sock_keep_only(self->link.client);
		_exit(send_all(self->link.client, len - 500000, 500000) != 0);
	}
	EXPECT_EQ(0, recv_all(self->link.server, 0, len));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_F(send, a_timeout_ends_waiting)
{
	uint64_t start;

	fill(self->link.client);
	ASSERT_EQ(0, sock_timeout(self->link.client, SO_SNDTIMEO, 200));
	start = now_ms();
	EXPECT_EQ(-EAGAIN, send_all(self->link.client, 0, 1 << 20));
	EXPECT_LE(start + 200, now_ms() + TICK_MS);
	EXPECT_GT(start + 5000, now_ms());
}

TEST_F(send, the_buffer_size_bounds_what_is_taken)
{
	struct link link;
	uint32_t small, large;

	ASSERT_EQ(0, sock_set(self->link.client, SOL_SOCKET, SO_SNDBUF, 20000));
	small = fill(self->link.client);
	ASSERT_EQ(0, link_up(&link, &self->pair, 81));
	ASSERT_EQ(0, sock_set(link.client, SOL_SOCKET, SO_SNDBUF, 150000));
	large = fill(link.client);
	EXPECT_GT(large, small);
}

TEST_F(send, siocoutq_counts_what_is_not_acknowledged)
{
	int queued = -1;

	ASSERT_EQ(0, send_all(self->link.client, 0, 1000));
	ASSERT_TRUE(WAIT_FOR(!ioctl(self->link.client, SIOCOUTQ, &queued) && !queued));
	fill(self->link.client);
	ASSERT_EQ(0, ioctl(self->link.client, SIOCOUTQ, &queued));
	EXPECT_LT(0, queued);
}

TEST_F(send, zero_window_nothing_is_lost_when_the_reader_stops_for_a_while)
{
	uint32_t sent = fill(self->link.client);

	pause_ms(700);		/* long enough for window probes */
	EXPECT_EQ(0, recv_all(self->link.server, 0, sent));
	EXPECT_EQ(0, exchange(self->link.server, self->link.client, 100000, 65536));
}

TEST_F(send, zero_window_then_close_still_delivers_all)
{
	uint32_t sent = fill(self->link.client);

	ASSERT_EQ(0, sock_close(self->link.client));
	pause_ms(300);
	EXPECT_EQ(0, recv_all(self->link.server, 0, sent));
	EXPECT_EQ(0, recv_end(self->link.server));
}

TEST_HARNESS_MAIN

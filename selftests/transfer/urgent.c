// SPDX-License-Identifier: GPL-2.0
/* urgent.c -- urgent data between stacks: apart by MSG_OOB, or in its place. */
#include <linux/sockios.h>
#include <poll.h>

#include "harness.h"

FIXTURE(urgent)
{
	struct pair pair;
	struct link link;
};

PAIR_VARIANTS(urgent)

static volatile sig_atomic_t signals;

static void on_signal(int sig)
{
	(void)sig;
	signals++;
}

FIXTURE_SETUP(urgent)
{
	ASSERT_EQ(0, pair_up(&self->pair, variant->client, variant->server, variant->ipv));
	ASSERT_EQ(0, link_up(&self->link, &self->pair, 80));
	ASSERT_EQ(0, sock_timeout(self->link.server, SO_RCVTIMEO, WAIT_MS));
}

FIXTURE_TEARDOWN(urgent)
{
}

static int at_mark(int fd)
{
	int mark = -1;

	return ioctl(fd, SIOCATMARK, &mark) ? -errno : mark;
}

/* "abcd" with d urgent, then "ef", and all of it there. */
static int send_six(const struct link *link)
{
	if (send(link->client, "abcd", 4, MSG_OOB) != 4 || send(link->client, "ef", 2, 0) != 2)
		return -errno;
	return sock_poll(link->server, POLLPRI, WAIT_MS) & POLLPRI ? 0 : -ETIMEDOUT;
}

TEST_F(urgent, apart_it_is_read_by_MSG_OOB_and_not_in_the_stream)
{
	int fd = self->link.server;
	char data[10] = {};

	ASSERT_EQ(0, send_six(&self->link));
	ASSERT_EQ(1, recv(fd, data, sizeof(data), MSG_OOB | MSG_PEEK));
	ASSERT_EQ(1, recv(fd, data, sizeof(data), MSG_OOB));
	EXPECT_EQ('d', data[0]);
	EXPECT_EQ(-1, recv(fd, data, sizeof(data), MSG_OOB));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(0, at_mark(fd));
	ASSERT_EQ(3, recv(fd, data, sizeof(data), 0));	/* a read stops at the mark */
	EXPECT_EQ(0, memcmp(data, "abc", 3));
	EXPECT_EQ(1, at_mark(fd));
	ASSERT_EQ(2, recv(fd, data, 2, MSG_WAITALL));
	EXPECT_EQ(0, memcmp(data, "ef", 2));
	EXPECT_EQ(0, at_mark(fd));
}

TEST_F(urgent, apart_and_not_asked_for_it_is_left_out)
{
	int fd = self->link.server;
	char data[10] = {};

	ASSERT_EQ(0, send_six(&self->link));
	ASSERT_EQ(3, recv(fd, data, sizeof(data), MSG_PEEK));
	ASSERT_EQ(3, recv(fd, data, sizeof(data), 0));
	ASSERT_EQ(2, recv(fd, data, 2, MSG_WAITALL));
	EXPECT_EQ(0, memcmp(data, "ef", 2));
	EXPECT_EQ(-1, recv(fd, data, sizeof(data), MSG_OOB));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(0, sock_poll(fd, POLLPRI, 0));
}

TEST_F(urgent, R6093_01_in_line_it_stays_in_its_place)
{
	int fd = self->link.server;
	char data[10] = {};

	ASSERT_EQ(0, sock_set(fd, SOL_SOCKET, SO_OOBINLINE, 1));
	ASSERT_EQ(0, send_six(&self->link));
	EXPECT_EQ(-1, recv(fd, data, sizeof(data), MSG_OOB));
	EXPECT_EQ(EINVAL, errno);
	ASSERT_EQ(3, recv(fd, data, sizeof(data), 0));
	EXPECT_EQ(1, at_mark(fd));
	ASSERT_EQ(3, recv(fd, data, 3, MSG_WAITALL));
	EXPECT_EQ(0, memcmp(data, "def", 3));
	EXPECT_EQ(0, at_mark(fd));
}

TEST_F(urgent, MUST_32_the_owner_is_told_by_a_signal)
{
	struct sigaction action = { .sa_handler = on_signal };
	int fd = self->link.server;

	signals = 0;
	ASSERT_EQ(0, sigaction(SIGURG, &action, NULL));
	ASSERT_EQ(0, fcntl(fd, F_SETOWN, getpid()));
	ASSERT_EQ(1, send(self->link.client, "!", 1, MSG_OOB));
	ASSERT_TRUE(WAIT_FOR(signals == 1));
	EXPECT_EQ(POLLPRI, sock_poll(fd, POLLPRI, WAIT_MS));
}

TEST_F(urgent, nothing_urgent_there_is_no_octet_to_take)
{
	int fd = self->link.server;
	char octet;

	EXPECT_EQ(-1, recv(fd, &octet, 1, MSG_OOB));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(0, at_mark(fd));
	ASSERT_EQ(3, send(self->link.client, "abc", 3, 0));
	EXPECT_EQ(0, sock_poll(fd, POLLPRI, 50));
	EXPECT_EQ(-1, recv(fd, &octet, 1, MSG_OOB));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F(urgent, one_octet_alone_wakes_POLLPRI_but_not_a_reader)
{
	int fd = self->link.server;

	ASSERT_EQ(1, send(self->link.client, "!", 1, MSG_OOB));
	ASSERT_EQ(POLLPRI, sock_poll(fd, POLLPRI, WAIT_MS));
	EXPECT_EQ(0, sock_poll(fd, POLLIN, 0));
	EXPECT_EQ(0, sock_unread(fd));
	ASSERT_EQ(0, sock_set(fd, SOL_SOCKET, SO_OOBINLINE, 1));
	EXPECT_EQ(POLLIN, sock_poll(fd, POLLIN, 0));
}

/* Segment by segment. */
PEER_FIXTURE(urgent_wire);

TEST_F(urgent_wire, MUST_62_the_pointer_is_one_past_the_octet)
{
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	ASSERT_EQ(3, send(fd, (uint8_t[]){ pattern_at(0), pattern_at(1), pattern_at(2) }, 3,
			  MSG_OOB));
	SEES("P.U 1:4(3) ack 1 urg 3");
	SENDS(". 1:1(0) ack 4");
	ASSERT_EQ(0, send_all(fd, 3, 10));
	SEES("P. 4:14(10) ack 1");
}

TEST_F(urgent_wire, MUST_32_a_pointer_ahead_of_its_octet)
{
	int fd = peer_accepts(&self->peer);
	char octet;

	ASSERT_LE(0, fd);
	SENDS("U. 1:11(10) ack 1 urg 20");
	SEES(". 1:1(0) ack 11");
	EXPECT_EQ(-1, recv(fd, &octet, 1, MSG_OOB));	/* it is not here yet */
	EXPECT_EQ(EAGAIN, errno);
	SENDS(". 11:21(10) ack 1");
	ASSERT_EQ(POLLPRI, sock_poll(fd, POLLPRI, WAIT_MS));
	ASSERT_EQ(1, recv(fd, &octet, 1, MSG_OOB));
	EXPECT_EQ((char)pattern_at(19), octet);
}

TEST_F(urgent_wire, MUST_66_heard_while_the_window_is_shut)
{
	struct sigaction action = { .sa_handler = on_signal };
	int fd;

	self->peer.rcvbuf = 4000;
	fd = peer_accepts(&self->peer);
	ASSERT_LE(0, fd);
	signals = 0;
	ASSERT_EQ(0, sigaction(SIGURG, &action, NULL));
	ASSERT_EQ(0, fcntl(fd, F_SETOWN, getpid()));
	SENDS(". 1:1001(1000) ack 1");
	SEES(". 1:1(0) ack 1001");
	SENDS(". 1001:2001(1000) ack 1");
	SEES(". 1:1(0) ack 2001");
	while (self->peer.seen.win && self->peer.nxt - PEER_ISS < 20000) {
		SENDS(". nxt(1000) ack 1");
		ASSERT_EQ(1, peer_get(&self->peer, &self->peer.seen, WAIT_MS));
	}
	SENDS("U. nxt(0) ack 1 urg 1");
	ASSERT_TRUE(WAIT_FOR(signals == 1));
}

TEST_HARNESS_MAIN

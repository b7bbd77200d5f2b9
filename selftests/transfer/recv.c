// SPDX-License-Identifier: GPL-2.0
/* recv.c -- the ways to read. */
#include <sys/epoll.h>

#include "harness.h"

FIXTURE(recv)
{
	struct pair pair;
	struct link link;
};

PAIR_VARIANTS(recv)

FIXTURE_SETUP(recv)
{
	ASSERT_EQ(0, pair_up(&self->pair, variant->client, variant->server, variant->ipv));
	ASSERT_EQ(0, link_up(&self->link, &self->pair, 80));
}

FIXTURE_TEARDOWN(recv)
{
}

TEST_F(recv, peek_takes_nothing)
{
	uint8_t data[100];

	ASSERT_EQ(0, send_all(self->link.client, 0, 100));
	ASSERT_TRUE(WAIT_FOR(sock_unread(self->link.server) == 100));
	ASSERT_EQ(60, recv(self->link.server, data, 60, MSG_PEEK));
	EXPECT_EQ(-1, pattern_check(data, 0, 60));
	ASSERT_EQ(100, recv(self->link.server, data, 100, MSG_PEEK));
	EXPECT_EQ(100, sock_unread(self->link.server));
	EXPECT_EQ(0, recv_all(self->link.server, 0, 100));
}

TEST_F(recv, peek_crosses_segments)
{
	uint8_t data[3000];

	ASSERT_EQ(0, sock_set(self->link.client, IPPROTO_TCP, TCP_NODELAY, 1));
	ASSERT_EQ(0, send_all(self->link.client, 0, 1000));
	ASSERT_EQ(0, send_all(self->link.client, 1000, 2000));
	ASSERT_TRUE(WAIT_FOR(sock_unread(self->link.server) == 3000));
	ASSERT_EQ(3000, recv(self->link.server, data, sizeof(data), MSG_PEEK));
	EXPECT_EQ(-1, pattern_check(data, 0, 3000));
	EXPECT_EQ(0, recv_all(self->link.server, 0, 3000));
}

TEST_F(recv, waitall_waits_for_all)
{
	uint8_t data[3000];
	pid_t pid = fork();

	if (!pid) {
		sock_keep_only(self->link.client);
		send_all(self->link.client, 0, 1000);
		pause_ms(50);	/* two segments, not one */
		_exit(send_all(self->link.client, 1000, 2000) != 0);
	}
	EXPECT_EQ(3000, recv(self->link.server, data, 3000, MSG_WAITALL));
	EXPECT_EQ(-1, pattern_check(data, 0, 3000));
	waitpid(pid, NULL, 0);
}

TEST_F(recv, waitall_gives_what_there_is_at_the_end)
{
	uint8_t data[3000];

	ASSERT_EQ(0, send_all(self->link.client, 0, 1000));
	ASSERT_EQ(0, shutdown(self->link.client, SHUT_WR));
	EXPECT_EQ(1000, recv(self->link.server, data, 3000, MSG_WAITALL));
	EXPECT_EQ(0, recv(self->link.server, data, 3000, MSG_WAITALL));
}

TEST_F(recv, dontwait_does_not_wait)
{
	uint8_t octet;

	EXPECT_EQ(-1, recv(self->link.server, &octet, 1, MSG_DONTWAIT));
	EXPECT_EQ(EAGAIN, errno);
}

TEST_F(recv, trunc_throws_away)
{
	ASSERT_EQ(0, send_all(self->link.client, 0, 1000));
	ASSERT_TRUE(WAIT_FOR(sock_unread(self->link.server) == 1000));
	EXPECT_EQ(600, recv(self->link.server, NULL, 600, MSG_TRUNC));
	EXPECT_EQ(0, recv_all(self->link.server, 600, 400));
}

TEST_F(recv, urgent_reading_is_refused_plainly)
{
	uint8_t octet;

	EXPECT_EQ(-1, recv(self->link.server, &octet, 1, MSG_OOB));
	EXPECT_TRUE(errno == EINVAL || errno == EOPNOTSUPP);
}

TEST_F(recv, a_timeout_ends_waiting)
{
	uint64_t start = now_ms();
	uint8_t octet;

	ASSERT_EQ(0, sock_timeout(self->link.server, SO_RCVTIMEO, 200));
	EXPECT_EQ(-1, recv(self->link.server, &octet, 1, 0));
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_LE(start + 200, now_ms() + TICK_MS);
	EXPECT_GT(start + 3000, now_ms());
}

TEST_F(recv, rcvlowat_holds_back_poll_and_recv)
{
	uint8_t data[100];

	ASSERT_EQ(0, sock_set(self->link.server, SOL_SOCKET, SO_RCVLOWAT, 50));
	ASSERT_EQ(0, send_all(self->link.client, 0, 49));
	ASSERT_TRUE(WAIT_FOR(sock_unread(self->link.server) == 49));
	EXPECT_EQ(0, sock_poll(self->link.server, POLLIN, 50));
	ASSERT_EQ(0, send_all(self->link.client, 49, 1));
	EXPECT_EQ(POLLIN, sock_poll(self->link.server, POLLIN, WAIT_MS));
	EXPECT_EQ(50, recv(self->link.server, data, sizeof(data), 0));
}

TEST_F(recv, fionread_counts_what_is_unread)
{
	EXPECT_EQ(0, sock_unread(self->link.server));
	ASSERT_EQ(0, send_all(self->link.client, 0, 5000));
	ASSERT_TRUE(WAIT_FOR(sock_unread(self->link.server) == 5000));
	ASSERT_EQ(0, recv_all(self->link.server, 0, 1234));
	EXPECT_EQ(5000 - 1234, sock_unread(self->link.server));
}

static void on_alarm(int signal)
{
	(void)signal;
}

TEST_F(recv, a_signal_interrupts_and_what_came_stays)
{
	struct itimerval timer = { .it_value = { .tv_usec = 50000 } };
	struct sigaction action = { .sa_handler = on_alarm };
	uint8_t octet;

	ASSERT_EQ(0, sigaction(SIGALRM, &action, NULL));
	ASSERT_EQ(0, setitimer(ITIMER_REAL, &timer, NULL));
	EXPECT_EQ(-1, recv(self->link.server, &octet, 1, 0));
	EXPECT_EQ(EINTR, errno);
	EXPECT_EQ(0, exchange(self->link.client, self->link.server, 100, 100));
}

TEST_F(recv, edge_triggered_epoll_tells_of_each_arrival)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	int ep = epoll_create1(EPOLL_CLOEXEC), i;

	ASSERT_EQ(0, epoll_ctl(ep, EPOLL_CTL_ADD, self->link.server, &event));
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, send_all(self->link.client, 100 * i, 100));
		ASSERT_EQ(1, epoll_wait(ep, &event, 1, WAIT_MS));
		EXPECT_EQ((uint32_t)EPOLLIN, event.events);
		EXPECT_EQ(0, epoll_wait(ep, &event, 1, 20));
	}
	EXPECT_EQ(0, recv_all(self->link.server, 0, 300));
}

TEST_F(recv, two_readers_lose_nothing_between_them)
{
	int out[2], i, total = 0;

	ASSERT_EQ(0, pipe(out));
	for (i = 0; i < 2; i++) {
		uint8_t data[512];
		int sum = 0, n;

		if (fork())
			continue;
		while ((n = recv(self->link.server, data, sizeof(data), 0)) > 0)
			sum += n;
		_exit(write(out[1], &sum, sizeof(sum)) != sizeof(sum));
	}
	ASSERT_EQ(0, send_all(self->link.client, 0, 300000));
	ASSERT_EQ(0, shutdown(self->link.client, SHUT_WR));
	for (i = 0; i < 2; i++) {
		int sum;

		ASSERT_EQ((ssize_t)sizeof(sum), read(out[0], &sum, sizeof(sum)));
		total += sum;
	}
	EXPECT_EQ(300000, total);
	while (wait(NULL) > 0)
		;
}

TEST_HARNESS_MAIN

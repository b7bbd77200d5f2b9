// SPDX-License-Identifier: GPL-2.0
/* poll.c -- what poll() and epoll say at every stage of an end. */
#include <sys/epoll.h>

#include "harness.h"

#define ALL (POLLIN | POLLOUT | POLLRDHUP | POLLPRI)

PAIR_FIXTURE(poll);

TEST_F(poll, an_idle_connection_is_writable_only)
{
	struct link link;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	EXPECT_EQ(POLLOUT, sock_poll(link.client, ALL, 0));
	EXPECT_EQ(POLLOUT, sock_poll(link.server, ALL, 0));
}

TEST_F(poll, the_peers_end_is_readable_and_rdhup)
{
	struct link link;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	ASSERT_EQ(0, shutdown(link.client, SHUT_WR));
	ASSERT_TRUE(WAIT_FOR(sock_poll(link.server, POLLRDHUP, 0)));
	EXPECT_EQ(POLLIN | POLLOUT | POLLRDHUP, sock_poll(link.server, ALL, 0));
}

TEST_F(poll, ones_own_end_stays_writable_so_that_epipe_is_seen)
{
	struct link link;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	ASSERT_EQ(0, shutdown(link.client, SHUT_WR));
	EXPECT_EQ(POLLOUT, sock_poll(link.client, ALL, 0));
}

TEST_F(poll, both_ends_are_a_hangup)
{
	struct link link;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	ASSERT_EQ(0, shutdown(link.client, SHUT_WR));
	ASSERT_TRUE(WAIT_FOR(sock_poll(link.server, POLLRDHUP, 0)));
	ASSERT_EQ(0, shutdown(link.server, SHUT_WR));
	EXPECT_EQ(ALL - POLLPRI + POLLHUP, sock_poll(link.server, ALL, 0));
	ASSERT_TRUE(WAIT_FOR(sock_poll(link.client, POLLRDHUP, 0) & POLLHUP));
	EXPECT_EQ(ALL - POLLPRI + POLLHUP, sock_poll(link.client, ALL, 0));
}

TEST_F(poll, a_reset_is_error_and_hangup)
{
	struct link link;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	ASSERT_EQ(0, sock_linger(link.client, 0));
	ASSERT_EQ(0, sock_close(link.client));
	ASSERT_TRUE(WAIT_FOR(sock_poll(link.server, POLLIN, 0) & POLLERR));
	EXPECT_EQ(ALL - POLLPRI + POLLHUP + POLLERR, sock_poll(link.server, ALL, 0));
	EXPECT_EQ(ECONNRESET, sock_error(link.server));
	EXPECT_EQ(ALL - POLLPRI + POLLHUP, sock_poll(link.server, ALL, 0));
}

TEST_F(poll, reading_given_up_is_readable)
{
	struct link link;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	ASSERT_EQ(0, shutdown(link.client, SHUT_RD));
	EXPECT_EQ(POLLIN | POLLOUT | POLLRDHUP, sock_poll(link.client, ALL, 0));
}

TEST_F(poll, a_waiting_poll_is_woken_by_the_peers_end)
{
	struct link link;
	int status;
	pid_t pid;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	pid = fork();
	if (!pid)
		_exit(sock_poll(link.server, POLLIN, WAIT_MS) != POLLIN);
	pause_ms(20);
	ASSERT_EQ(0, shutdown(link.client, SHUT_WR));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

static int epoll_of(int fd, uint32_t events)
{
	struct epoll_event event = { .events = events };
	int ep = epoll_create1(EPOLL_CLOEXEC);

	return epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event) ? -errno : ep;
}

static uint32_t epoll_next(int ep, int ms)
{
	struct epoll_event event;

	return epoll_wait(ep, &event, 1, ms) == 1 ? event.events : 0;
}

TEST_F(poll, edge_triggered_epoll_tells_each_stage_once)
{
	struct link link;
	int ep;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	ep = epoll_of(link.server, EPOLLIN | EPOLLRDHUP | EPOLLET);
	ASSERT_LE(0, ep);
	EXPECT_EQ(0u, epoll_next(ep, 0));
	ASSERT_EQ(0, send_all(link.client, 0, 100));
	EXPECT_EQ((uint32_t)EPOLLIN, epoll_next(ep, WAIT_MS));
	EXPECT_EQ(0u, epoll_next(ep, 50));
	ASSERT_EQ(0, shutdown(link.client, SHUT_WR));
	EXPECT_EQ((uint32_t)EPOLLIN | EPOLLRDHUP, epoll_next(ep, WAIT_MS));
	EXPECT_EQ(0u, epoll_next(ep, 50));
}

TEST_F(poll, epoll_of_a_connecting_socket_tells_when_it_is_up)
{
	int listener = sock_listen(&self->pair.server, 80, 1);
	int client = sock_new(&self->pair.client), ep, error;

	ASSERT_LE(0, listener);
	ASSERT_EQ(0, sock_nonblock(client, true));
	ep = epoll_of(client, EPOLLOUT | EPOLLET);
	epoll_next(ep, 0);	/* a new socket shows a hangup */
	error = sock_connect(client, &self->pair.server, 80);
	ASSERT_EQ(-EINPROGRESS, error);
	EXPECT_EQ((uint32_t)EPOLLOUT, epoll_next(ep, WAIT_MS));
	EXPECT_EQ(0, sock_error(client));
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0
/* shutdown.c -- shutdown() in every state a socket may be in. */
#include "harness.h"

PAIR_FIXTURE(shutdown);

TEST_F(shutdown, of_an_unconnected_socket_is_not_connected)
{
	EXPECT_EQ(-1, shutdown(sock_new(&self->pair.client), SHUT_WR));
	EXPECT_EQ(ENOTCONN, errno);
}

TEST_F(shutdown, of_an_unknown_kind_is_invalid)
{
	struct link link;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	EXPECT_EQ(-1, shutdown(link.client, 3));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(HRTCP_ESTABLISHED, diag_state(&self->pair.client, link.client_port, 80));
}

TEST_F(shutdown, U36_twice_is_once)
{
	struct link link;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	ASSERT_EQ(0, shutdown(link.client, SHUT_WR));
	EXPECT_EQ(0, shutdown(link.client, SHUT_WR));
	EXPECT_EQ(0, recv_end(link.server));
	REACHES(&self->pair.client, link.client_port, 80, HRTCP_FIN_WAIT_2);
	EXPECT_EQ(0, shutdown(link.client, SHUT_WR));
}

TEST_F(shutdown, of_reading_ends_reading_and_sends_nothing)
{
	struct link link;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	ASSERT_EQ(0, shutdown(link.client, SHUT_RD));
	EXPECT_EQ(0, recv_end(link.client));
	EXPECT_EQ(HRTCP_ESTABLISHED, diag_state(&self->pair.client, link.client_port, 80));
	ASSERT_EQ(0, send_all(link.client, 0, 1000));
	EXPECT_EQ(0, recv_all(link.server, 0, 1000));
}

TEST_F(shutdown, of_reading_keeps_what_had_come)
{
	struct link link;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	ASSERT_EQ(0, send_all(link.server, 0, 1000));
	ASSERT_TRUE(WAIT_FOR(sock_unread(link.client) == 1000));
	ASSERT_EQ(0, shutdown(link.client, SHUT_RD));
	EXPECT_EQ(0, recv_all(link.client, 0, 1000));
	EXPECT_EQ(0, recv_end(link.client));
}

TEST_F(shutdown, of_both_closes_both)
{
	struct link link;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	ASSERT_EQ(0, shutdown(link.client, SHUT_RDWR));
	EXPECT_EQ(0, recv_end(link.client));
	EXPECT_EQ(-1, send(link.client, "x", 1, MSG_NOSIGNAL));
	EXPECT_EQ(EPIPE, errno);
	EXPECT_EQ(0, recv_end(link.server));
}

TEST_F(shutdown, wakes_a_reader_of_the_same_socket)
{
	struct link link;
	int status;
	pid_t pid;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	pid = fork();
	if (!pid)
		_exit(recv_end(link.client) != 0);
	pause_ms(20);
	ASSERT_EQ(0, shutdown(link.client, SHUT_RD));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_F(shutdown, of_a_listener_ends_listening)
{
	int listener = sock_listen(&self->pair.server, 80, 1), status;
	pid_t pid = fork();

	if (!pid)
		_exit(sock_accept(listener) != -EINVAL);
	pause_ms(20);
	ASSERT_EQ(0, shutdown(listener, SHUT_RD));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(-ECONNREFUSED, sock_dial(&self->pair.client, &self->pair.server, 80));
}

TEST_F(shutdown, after_a_reset_is_not_connected)
{
	struct link link;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	ASSERT_EQ(0, sock_linger(link.client, 0));
	ASSERT_EQ(0, sock_close(link.client));
	ASSERT_TRUE(WAIT_FOR(sock_poll(link.server, POLLIN, 0) & POLLERR));
	EXPECT_EQ(-1, shutdown(link.server, SHUT_WR));
	EXPECT_EQ(ENOTCONN, errno);
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0
/* reset.c -- disorderly ends: who is told what, and by which signal. */
#include "harness.h"

PAIR_FIXTURE(reset);

TEST_F(reset, T31_linger_zero_resets_both_ends_at_once)
{
	struct link link;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	ASSERT_EQ(0, sock_linger(link.client, 0));
	ASSERT_EQ(0, sock_close(link.client));
	EXPECT_EQ(-ECONNRESET, recv_end(link.server));
	EXPECT_EQ(0, diag_state(&self->pair.client, link.client_port, 80));
	EXPECT_EQ(0, diag_state(&self->pair.server, 80, link.client_port));
}

TEST_F(reset, T31_linger_zero_by_the_server)
{
	struct link link;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	ASSERT_EQ(0, sock_linger(link.server, 0));
	ASSERT_EQ(0, sock_close(link.server));
	EXPECT_EQ(-ECONNRESET, recv_end(link.client));
	EXPECT_EQ(0, diag_state(&self->pair.client, link.client_port, 80));
}

TEST_F(reset, T31_closing_with_unread_data_resets)
{
	struct link link;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	ASSERT_EQ(0, send_all(link.client, 0, 1000));
	ASSERT_TRUE(WAIT_FOR(sock_unread(link.server) == 1000));
	ASSERT_EQ(0, sock_close(link.server));
	EXPECT_EQ(-ECONNRESET, recv_end(link.client));
	REACHES(&self->pair.server, 80, link.client_port, 0);
}

TEST_F(reset, T31_data_for_a_closed_receiver_resets)
{
	struct link link;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	ASSERT_EQ(0, sock_close(link.server));
	REACHES(&self->pair.client, link.client_port, 80, HRTCP_CLOSE_WAIT);
	ASSERT_EQ(1, send(link.client, "x", 1, MSG_NOSIGNAL));
	ASSERT_TRUE(WAIT_FOR(sock_poll(link.client, POLLIN, 0) & POLLERR));
	REACHES(&self->pair.server, 80, link.client_port, 0);
	REACHES(&self->pair.client, link.client_port, 80, 0);
}

TEST_F(reset, the_error_is_told_once)
{
	struct link link;
	char octet;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	ASSERT_EQ(0, sock_linger(link.client, 0));
	ASSERT_EQ(0, sock_close(link.client));
	ASSERT_TRUE(WAIT_FOR(sock_poll(link.server, POLLIN, 0) & POLLERR));
	EXPECT_EQ(-1, recv(link.server, &octet, 1, 0));
	EXPECT_EQ(ECONNRESET, errno);
	EXPECT_EQ(0, recv(link.server, &octet, 1, 0));
	EXPECT_EQ(0, sock_error(link.server));
	EXPECT_EQ(-1, send(link.server, "x", 1, MSG_NOSIGNAL));
	EXPECT_EQ(EPIPE, errno);
}

TEST_F(reset, or_once_by_so_error)
{
	struct link link;
	char octet;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	ASSERT_EQ(0, sock_linger(link.client, 0));
	ASSERT_EQ(0, sock_close(link.client));
	ASSERT_TRUE(WAIT_FOR(sock_poll(link.server, POLLIN, 0) & POLLERR));
	EXPECT_EQ(ECONNRESET, sock_error(link.server));
	EXPECT_EQ(0, recv(link.server, &octet, 1, 0));
}

TEST_F(reset, or_once_by_send)
{
	struct link link;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	ASSERT_EQ(0, sock_linger(link.client, 0));
	ASSERT_EQ(0, sock_close(link.client));
	ASSERT_TRUE(WAIT_FOR(sock_poll(link.server, POLLIN, 0) & POLLERR));
	EXPECT_EQ(-1, send(link.server, "x", 1, MSG_NOSIGNAL));
	EXPECT_EQ(ECONNRESET, errno);
	EXPECT_EQ(-1, send(link.server, "x", 1, MSG_NOSIGNAL));
	EXPECT_EQ(EPIPE, errno);
}

TEST_F(reset, a_blocked_reader_is_woken)
{
	struct link link;
	int status;
	pid_t pid;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	pid = fork();
	if (!pid) {
		sock_keep_only(link.server);
		_exit(recv_end(link.server) != -ECONNRESET);
	}
	pause_ms(50);		/* let it block; too short a pause only weakens the test */
	ASSERT_EQ(0, sock_linger(link.client, 0));
	ASSERT_EQ(0, sock_close(link.client));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_F(reset, a_blocked_writer_is_woken)
{
	struct link link;
	int status, error;
	pid_t pid;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	pid = fork();
	if (!pid) {
		sock_keep_only(link.server);
		error = send_all(link.server, 0, 100 << 20);
		_exit(error != -ECONNRESET && error != -EPIPE);
	}
	ASSERT_TRUE(WAIT_FOR(!(sock_poll(link.server, POLLOUT, 0) & POLLOUT)));
	ASSERT_EQ(0, sock_linger(link.client, 0));
	ASSERT_EQ(0, sock_close(link.client));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_F(reset, writing_after_ones_own_end_fails)
{
	struct link link;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	ASSERT_EQ(0, shutdown(link.client, SHUT_WR));
	EXPECT_EQ(-1, send(link.client, "x", 1, MSG_NOSIGNAL));
	EXPECT_EQ(EPIPE, errno);
}

TEST_F_SIGNAL(reset, and_raises_sigpipe_unless_told_not_to, SIGPIPE)
{
	struct link link;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	ASSERT_EQ(0, shutdown(link.client, SHUT_WR));
	ASSERT_EQ(1, write(link.client, "x", 1));
}

TEST_F(reset, unread_data_of_the_peer_does_not_outlive_a_reset_of_ours)
{
	struct link link;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	ASSERT_EQ(0, send_all(link.client, 0, 100));
	ASSERT_EQ(0, sock_linger(link.client, 0));
	ASSERT_EQ(0, sock_close(link.client));
	ASSERT_TRUE(WAIT_FOR(sock_poll(link.server, POLLIN, 0) & POLLERR));
	EXPECT_EQ(ECONNRESET, sock_error(link.server));
}

TEST_HARNESS_MAIN

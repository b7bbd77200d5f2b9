// SPDX-License-Identifier: GPL-2.0
/* listen.c -- listen() and accept(): states, queues and their limits. */
#include "harness.h"

FIXTURE(listen)
{
	struct end host;
};

FIXTURE_VARIANT(listen)
{
	int ipv;
};

FIXTURE_VARIANT_ADD(listen, v4) { .ipv = 4 };
FIXTURE_VARIANT_ADD(listen, v6) { .ipv = 6 };

FIXTURE_SETUP(listen)
{
	ASSERT_EQ(0, host_up(&self->host, HR, variant->ipv));
}

FIXTURE_TEARDOWN(listen)
{
}

TEST_F(listen, a_listener_is_listed_and_gone_when_closed)
{
	int listener = sock_listen(&self->host, 80, 1);

	ASSERT_LE(0, listener);
	EXPECT_EQ(HRTCP_LISTEN, diag_state(&self->host, 80, 0));
	EXPECT_EQ(1, sock_get(listener, SOL_SOCKET, SO_ACCEPTCONN));
	ASSERT_EQ(0, sock_close(listener));
	EXPECT_EQ(0, diag_state(&self->host, 80, 0));
}

TEST_F(listen, without_bind_a_port_is_chosen)
{
	int listener = sock_new(&self->host), client;

	ASSERT_EQ(0, listen(listener, 1));
	ASSERT_LT(0, sock_port(listener));
	client = sock_dial(&self->host, &self->host, sock_port(listener));
	EXPECT_LE(0, client);
	EXPECT_LE(0, sock_accept(listener));
}

TEST_F(listen, accept_of_no_listener_is_invalid)
{
	EXPECT_EQ(-EINVAL, sock_accept(sock_new(&self->host)));
}

TEST_F(listen, a_connected_socket_cannot_listen)
{
	int listener = sock_listen(&self->host, 80, 1);
	int client = sock_dial(&self->host, &self->host, 80);

	ASSERT_LE(0, listener);
	ASSERT_LE(0, client);
	EXPECT_EQ(-1, listen(client, 1));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F(listen, a_listener_cannot_connect_send_or_receive)
{
	int listener = sock_listen(&self->host, 80, 1);
	char octet;

	ASSERT_LE(0, listener);
	EXPECT_EQ(-EISCONN, sock_connect(listener, &self->host, 80));
	EXPECT_EQ(-1, send(listener, "x", 1, MSG_NOSIGNAL));
	EXPECT_TRUE(errno == EPIPE || errno == ENOTCONN);
	EXPECT_EQ(-1, recv(listener, &octet, 1, 0));
	EXPECT_EQ(ENOTCONN, errno);
}

TEST_F(listen, nonblocking_accept_of_nothing_would_block)
{
	int listener = sock_listen(&self->host, 80, 1);

	ASSERT_EQ(0, sock_nonblock(listener, true));
	EXPECT_EQ(-EAGAIN, sock_accept(listener));
	EXPECT_EQ(0, sock_poll(listener, POLLIN, 0));
}

TEST_F(listen, a_waiting_connection_makes_the_listener_readable)
{
	int listener = sock_listen(&self->host, 80, 1);
	int client = sock_dial(&self->host, &self->host, 80);

	ASSERT_LE(0, client);
	EXPECT_EQ(POLLIN, sock_poll(listener, POLLIN, WAIT_MS));
	EXPECT_LE(0, sock_accept(listener));
	EXPECT_EQ(0, sock_poll(listener, POLLIN, 0));
}

TEST_F(listen, accept_waits_no_longer_than_its_timeout)
{
	int listener = sock_listen(&self->host, 80, 1);
	uint64_t start = now_ms();

	ASSERT_EQ(0, sock_timeout(listener, SO_RCVTIMEO, 200));
	EXPECT_EQ(-EAGAIN, sock_accept(listener));
	EXPECT_LE(start + 200, now_ms() + TICK_MS);
}

TEST_F(listen, accept4_sets_the_flags)
{
	int listener = sock_listen(&self->host, 80, 1);
	int client = sock_dial(&self->host, &self->host, 80), server;

	ASSERT_LE(0, client);
	server = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	ASSERT_LE(0, server);
	EXPECT_TRUE(fcntl(server, F_GETFL) & O_NONBLOCK);
	EXPECT_TRUE(fcntl(server, F_GETFD) & FD_CLOEXEC);
}

TEST_F(listen, accepted_sockets_inherit_options)
{
	int listener = sock_listen(&self->host, 80, 1), client, server;

	ASSERT_EQ(0, sock_set(listener, SOL_SOCKET, SO_KEEPALIVE, 1));
	ASSERT_EQ(0, sock_set(listener, SOL_SOCKET, SO_SNDBUF, 40000));
	ASSERT_EQ(0, sock_set(listener, IPPROTO_TCP, TCP_NODELAY, 1));
	client = sock_dial(&self->host, &self->host, 80);
	ASSERT_LE(0, client);
	server = sock_accept(listener);
	ASSERT_LE(0, server);
	EXPECT_EQ(1, sock_get(server, SOL_SOCKET, SO_KEEPALIVE));
	EXPECT_EQ(80000, sock_get(server, SOL_SOCKET, SO_SNDBUF));
	EXPECT_EQ(1, sock_get(server, IPPROTO_TCP, TCP_NODELAY));
	EXPECT_EQ(0, sock_get(server, SOL_SOCKET, SO_ACCEPTCONN));
}

/* The queue takes one more than the backlog; what is over stays with its SYN unanswered. */
TEST_F(listen, T08_the_accept_queue_is_bounded_and_goes_on_when_emptied)
{
	int listener = sock_listen(&self->host, 80, 2), late, i;
	struct row row = {};

	for (i = 0; i < 3; i++)
		ASSERT_LE(0, sock_dial(&self->host, &self->host, 80));
	ASSERT_TRUE(WAIT_FOR(diag_find(&self->host, 80, 0, &row) && row.rqueue == 3));
	late = sock_new(&self->host);
	ASSERT_EQ(0, sock_nonblock(late, true));
	ASSERT_EQ(-EINPROGRESS, sock_connect(late, &self->host, 80));
	EXPECT_EQ(0, sock_poll(late, POLLOUT, 300));
	EXPECT_EQ(HRTCP_SYN_SENT, diag_state(&self->host, sock_port(late), 80));
	for (i = 0; i < 3; i++)
		ASSERT_LE(0, sock_accept(listener));
	EXPECT_EQ(POLLOUT, sock_poll(late, POLLOUT, WAIT_MS));
	EXPECT_EQ(0, sock_error(late));
	EXPECT_LE(0, sock_accept(listener));
}

TEST_F(listen, listen_again_changes_the_backlog)
{
	int listener = sock_listen(&self->host, 80, 0), late;

	ASSERT_LE(0, sock_dial(&self->host, &self->host, 80));
	late = sock_new(&self->host);
	ASSERT_EQ(0, sock_nonblock(late, true));
	ASSERT_EQ(-EINPROGRESS, sock_connect(late, &self->host, 80));
	EXPECT_EQ(0, sock_poll(late, POLLOUT, 300));
	ASSERT_EQ(0, listen(listener, 5));
	EXPECT_EQ(POLLOUT, sock_poll(late, POLLOUT, WAIT_MS));
}

TEST_F(listen, several_acceptors_get_one_connection_each)
{
	int listener = sock_listen(&self->host, 80, 8), pipe_fds[2], i;

	ASSERT_EQ(0, pipe(pipe_fds));
	for (i = 0; i < 4; i++) {
		int fd;

		if (fork())
			continue;
		fd = sock_accept(listener);
		_exit(write(pipe_fds[1], &fd, sizeof(fd)) != sizeof(fd));
	}
	for (i = 0; i < 4; i++) {
		int fd = -1;

		ASSERT_LE(0, sock_dial(&self->host, &self->host, 80));
		ASSERT_EQ(sizeof(fd), read(pipe_fds[0], &fd, sizeof(fd)));
		EXPECT_LE(0, fd);
	}
	while (wait(NULL) > 0)
		;
}

TEST_HARNESS_MAIN

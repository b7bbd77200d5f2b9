// SPDX-License-Identifier: GPL-2.0
/* connect.c -- what connect() says, blocking and not, and what the socket can do meanwhile. */
#include "harness.h"

PAIR_FIXTURE(connect);

TEST_F(connect, nonblocking_is_in_progress_then_writable_without_error)
{
	int listener = sock_listen(&self->pair.server, 80, 1);
	int client = sock_new(&self->pair.client);

	ASSERT_LE(0, listener);
	ASSERT_EQ(0, sock_nonblock(client, true));
	ASSERT_EQ(-EINPROGRESS, sock_connect(client, &self->pair.server, 80));
	EXPECT_EQ(POLLOUT, sock_poll(client, POLLOUT, WAIT_MS));
	EXPECT_EQ(0, sock_error(client));
	EXPECT_EQ(0, sock_connect(client, &self->pair.server, 80));	/* the first: done */
	EXPECT_EQ(-EISCONN, sock_connect(client, &self->pair.server, 80));
	EXPECT_LE(0, sock_accept(listener));
}

TEST_F(connect, nonblocking_refusal_is_told_by_poll_and_so_error_once)
{
	int client = sock_new(&self->pair.client);

	ASSERT_EQ(0, sock_nonblock(client, true));
	ASSERT_EQ(-EINPROGRESS, sock_connect(client, &self->pair.server, 80));
	EXPECT_TRUE(sock_poll(client, POLLOUT, WAIT_MS) & POLLERR);
	EXPECT_EQ(ECONNREFUSED, sock_error(client));
	EXPECT_EQ(0, sock_error(client));
}

TEST_F(connect, nonblocking_refusal_is_told_by_the_second_connect)
{
	int client = sock_new(&self->pair.client);

	ASSERT_EQ(0, sock_nonblock(client, true));
	ASSERT_EQ(-EINPROGRESS, sock_connect(client, &self->pair.server, 80));
	ASSERT_TRUE(sock_poll(client, POLLOUT, WAIT_MS) & POLLERR);
	EXPECT_EQ(-ECONNREFUSED, sock_connect(client, &self->pair.server, 80));
}

TEST_F(connect, a_connected_socket_is_connected)
{
	struct link link;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	EXPECT_EQ(-EISCONN, sock_connect(link.client, &self->pair.server, 80));
	EXPECT_EQ(-EISCONN, sock_connect(link.server, &self->pair.client, 80));
}

TEST_F(connect, poll_of_a_new_socket_shows_hangup)
{
	EXPECT_EQ(POLLOUT | POLLHUP,
		  sock_poll(sock_new(&self->pair.client), POLLIN | POLLOUT, 0));
}

TEST_F(connect, U10_U20_U30_U50_a_new_socket_is_no_connection)
{
	int fd = sock_new(&self->pair.client);
	struct sockaddr_storage name;
	socklen_t len = sizeof(name);
	char octet;

	EXPECT_EQ(-1, send(fd, "x", 1, MSG_NOSIGNAL));
	EXPECT_EQ(EPIPE, errno);
	EXPECT_EQ(-1, recv(fd, &octet, 1, 0));
	EXPECT_EQ(ENOTCONN, errno);
	EXPECT_EQ(-1, shutdown(fd, SHUT_WR));
	EXPECT_EQ(ENOTCONN, errno);
	EXPECT_EQ(-1, getpeername(fd, (struct sockaddr *)&name, &len));
	EXPECT_EQ(ENOTCONN, errno);
}

/* The scripted peer says nothing unless told to: connect() has to wait for it. */
PEER_FIXTURE(waiting);

TEST_F(waiting, a_second_connect_is_already_under_way)
{
	int client = sock_new(&self->peer.host);

	ASSERT_EQ(0, sock_nonblock(client, true));
	ASSERT_EQ(-EINPROGRESS, sock_connect(client, &self->peer.self, PEER_PORT));
	EXPECT_EQ(-EALREADY, sock_connect(client, &self->peer.self, PEER_PORT));
	EXPECT_EQ(0, sock_poll(client, POLLIN | POLLOUT, 0));
	EXPECT_EQ(HRTCP_SYN_SENT, diag_state(&self->peer.host, sock_port(client), PEER_PORT));
}

TEST_F(waiting, reading_waits_and_writing_does_not_block)
{
	int client = sock_new(&self->peer.host);
	char octet;

	ASSERT_EQ(0, sock_nonblock(client, true));
	ASSERT_EQ(-EINPROGRESS, sock_connect(client, &self->peer.self, PEER_PORT));
	EXPECT_EQ(-1, recv(client, &octet, 1, 0));
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_EQ(-1, send(client, "x", 1, 0));
	EXPECT_EQ(EAGAIN, errno);
}

TEST_F(waiting, closing_meanwhile_ends_the_attempt)
{
	int client = sock_new(&self->peer.host), port;

	ASSERT_EQ(0, sock_nonblock(client, true));
	ASSERT_EQ(-EINPROGRESS, sock_connect(client, &self->peer.self, PEER_PORT));
	port = sock_port(client);
	ASSERT_EQ(0, sock_close(client));
	REACHES(&self->peer.host, port, PEER_PORT, 0);
}

TEST_F(waiting, U32_of_closing_meanwhile_the_peer_hears_nothing)
{
	int client = sock_new(&self->peer.host);

	self->peer.host_port = 5000;
	ASSERT_EQ(0, sock_bind(client, &self->peer.host, 5000));
	ASSERT_EQ(0, sock_nonblock(client, true));
	ASSERT_EQ(-EINPROGRESS, sock_connect(client, &self->peer.self, PEER_PORT));
	SEES("S 0:0(0)");
	ASSERT_EQ(0, sock_close(client));
	SILENCE(100);
}

TEST_F(waiting, U03_U06_a_peer_without_a_port_is_refused_and_nothing_sent)
{
	int client = sock_new(&self->peer.host), listener;

	self->peer.host_port = 5000;
	ASSERT_EQ(0, sock_bind(client, &self->peer.host, 5000));
	ONLY_HRTCP();		/* Linux tries port 0 */
	EXPECT_EQ(-EADDRNOTAVAIL, sock_connect(client, &self->peer.self, 0));
	listener = sock_listen(&self->peer.host, 80, 1);
	EXPECT_GT(0, sock_connect(listener, &self->peer.self, 0));
	EXPECT_EQ(HRTCP_LISTEN, diag_state(&self->peer.host, 80, 0));
	SILENCE(100);
}

TEST_F(waiting, U04_without_a_free_port_nothing_is_sent)
{
	int client[2] = { sock_new(&self->peer.host), sock_new(&self->peer.host) };

	self->peer.host_port = 5000;
	ASSERT_EQ(0, net_sysctl("ipv4/ip_local_port_range", "5000 5000"));
	ASSERT_EQ(0, sock_nonblock(client[0], true));
	ASSERT_EQ(-EINPROGRESS, sock_connect(client[0], &self->peer.self, PEER_PORT));
	SEES("S 0:0(0)");
	EXPECT_EQ(-EADDRNOTAVAIL, sock_connect(client[1], &self->peer.self, PEER_PORT));
	SILENCE(100);
}

TEST_F(waiting, a_send_timeout_bounds_a_blocking_connect)
{
	int client = sock_new(&self->peer.host);
	uint64_t start = now_ms();

	ASSERT_EQ(0, sock_timeout(client, SO_SNDTIMEO, 300));
	EXPECT_EQ(-EINPROGRESS, sock_connect(client, &self->peer.self, PEER_PORT));
	EXPECT_LE(start + 300, now_ms() + TICK_MS);
	EXPECT_GT(start + 2000, now_ms());
}

static void on_alarm(int signal)
{
	(void)signal;
}

TEST_F(waiting, a_signal_interrupts_connect_and_the_attempt_goes_on)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval timer = { .it_value = { .tv_usec = 100000 } };
	int client = sock_new(&self->peer.host);

	self->peer.host_port = 5000;
	ASSERT_EQ(0, sock_bind(client, &self->peer.host, 5000));
	ASSERT_EQ(0, sigaction(SIGALRM, &action, NULL));
	ASSERT_EQ(0, setitimer(ITIMER_REAL, &timer, NULL));
	ASSERT_EQ(-EINTR, sock_connect(client, &self->peer.self, PEER_PORT));
	SEES("S 0:0(0)");
	SENDS("S. 0:0(0) ack 1");
	SEES(". 1:1(0) ack 1");
	EXPECT_EQ(POLLOUT, sock_poll(client, POLLOUT, WAIT_MS));
	EXPECT_EQ(0, sock_error(client));
}

TEST_F(waiting, no_route_is_told_at_once)
{
	struct end nowhere = self->peer.self;
	int client = sock_new(&self->peer.host);

	nowhere.addr = addr_parse(variant->ipv == 4 ? "192.0.2.1" : "2001:db8::1", 0);
	EXPECT_EQ(-ENETUNREACH, sock_connect(client, &nowhere, 80));
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0
/* open.c -- connections between two hosts come up, on either stack in either role. */
#include "harness.h"

PAIR_FIXTURE(open);

TEST_F(open, T01_three_way_handshake_establishes_both_ends)
{
	struct link link;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	EXPECT_EQ(HRTCP_ESTABLISHED, diag_state(&self->pair.client, link.client_port, 80));
	EXPECT_EQ(HRTCP_ESTABLISHED, diag_state(&self->pair.server, 80, link.client_port));
	EXPECT_EQ(0, exchange(link.client, link.server, 1000, 1000));
}

TEST_F(open, accept_and_names_tell_the_true_addresses)
{
	struct sockaddr_storage want, seen = {};
	socklen_t len = sizeof(seen);
	int listener = sock_listen(&self->pair.server, 80, 1);
	int client = sock_dial(&self->pair.client, &self->pair.server, 80), server;

	ASSERT_LE(0, client);
	want = addr_of(&self->pair.client, sock_port(client));
	server = accept(listener, (struct sockaddr *)&seen, &len);
	ASSERT_LE(0, server);
	EXPECT_EQ(addr_len(&want), len);
	EXPECT_EQ(0, memcmp(&want, &seen, len));

	len = sizeof(seen);
	ASSERT_EQ(0, getpeername(server, (struct sockaddr *)&seen, &len));
	EXPECT_EQ(0, memcmp(&want, &seen, len));

	want = addr_of(&self->pair.server, 80);
	len = sizeof(seen);
	ASSERT_EQ(0, getsockname(server, (struct sockaddr *)&seen, &len));
	EXPECT_EQ(0, memcmp(&want, &seen, len));
	len = sizeof(seen);
	ASSERT_EQ(0, getpeername(client, (struct sockaddr *)&seen, &len));
	EXPECT_EQ(0, memcmp(&want, &seen, len));
}

TEST_F(open, a_bound_client_keeps_its_port)
{
	int listener = sock_listen(&self->pair.server, 80, 1);
	int client = sock_new(&self->pair.client);
	struct sockaddr_storage seen;
	socklen_t len = sizeof(seen);

	ASSERT_EQ(0, sock_bind(client, &self->pair.client, 5000));
	ASSERT_EQ(0, sock_connect(client, &self->pair.server, 80));
	ASSERT_LE(0, accept(listener, (struct sockaddr *)&seen, &len));
	EXPECT_EQ(5000, addr_port(&seen));
}

TEST_F(open, T08_connections_wait_in_the_accept_queue_in_order)
{
	int listener = sock_listen(&self->pair.server, 80, 8);
	int clients[5], i;

	for (i = 0; i < 5; i++) {
		clients[i] = sock_dial(&self->pair.client, &self->pair.server, 80);
		ASSERT_LE(0, clients[i]);
	}
	for (i = 0; i < 5; i++) {
		struct sockaddr_storage seen;
		socklen_t len = sizeof(seen);

		ASSERT_LE(0, accept(listener, (struct sockaddr *)&seen, &len));
		EXPECT_EQ(sock_port(clients[i]), addr_port(&seen));
	}
}

TEST_F(open, data_sent_before_accept_is_kept)
{
	int listener = sock_listen(&self->pair.server, 80, 1);
	int client = sock_dial(&self->pair.client, &self->pair.server, 80), server;

	ASSERT_LE(0, client);
	ASSERT_EQ(0, send_all(client, 0, 5000));
	ASSERT_EQ(0, shutdown(client, SHUT_WR));
	server = sock_accept(listener);
	ASSERT_LE(0, server);
	EXPECT_EQ(0, recv_all(server, 0, 5000));
	EXPECT_EQ(0, recv_end(server));
}

TEST_F(open, many_at_once_are_kept_apart)
{
	int listener = sock_listen(&self->pair.server, 80, 64);
	int clients[40], i;

	for (i = 0; i < 40; i++) {
		uint32_t mark = i;

		clients[i] = sock_dial(&self->pair.client, &self->pair.server, 80);
		ASSERT_LE(0, clients[i]);
		ASSERT_EQ(sizeof(mark), send(clients[i], &mark, sizeof(mark), 0));
	}
	for (i = 0; i < 40; i++) {
		int server = sock_accept(listener);
		uint32_t mark = 0;

		ASSERT_LE(0, server);
		ASSERT_EQ(sizeof(mark), recv(server, &mark, sizeof(mark), MSG_WAITALL));
		ASSERT_EQ(sizeof(mark), send(server, &mark, sizeof(mark), 0));
	}
	for (i = 0; i < 40; i++) {
		uint32_t mark = 0;

		ASSERT_EQ(sizeof(mark), recv(clients[i], &mark, sizeof(mark), MSG_WAITALL));
		EXPECT_EQ((uint32_t)i, mark);
	}
}

TEST_F(open, T13_a_closed_port_refuses)
{
	EXPECT_EQ(-ECONNREFUSED, sock_dial(&self->pair.client, &self->pair.server, 81));
}

TEST_F(open, a_refused_socket_can_try_again)
{
	int client = sock_new(&self->pair.client), listener;

	EXPECT_EQ(-ECONNREFUSED, sock_connect(client, &self->pair.server, 80));
	listener = sock_listen(&self->pair.server, 80, 1);
	ASSERT_LE(0, listener);
	ASSERT_EQ(0, net_enter(self->pair.client.ns));
	EXPECT_EQ(0, sock_connect(client, &self->pair.server, 80));
	EXPECT_LE(0, sock_accept(listener));
}

TEST_F(open, closing_a_listener_resets_what_was_not_accepted)
{
	int listener = sock_listen(&self->pair.server, 80, 4);
	int client = sock_dial(&self->pair.client, &self->pair.server, 80);

	ASSERT_LE(0, client);
	ASSERT_TRUE(WAIT_FOR(sock_poll(listener, POLLIN, 0) & POLLIN));
	ASSERT_EQ(0, sock_close(listener));
	EXPECT_EQ(-ECONNRESET, recv_end(client));
	EXPECT_EQ(-ECONNREFUSED, sock_dial(&self->pair.client, &self->pair.server, 80));
}

TEST_F(open, an_accepted_connection_outlives_its_listener)
{
	struct link link;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	EXPECT_EQ(-ECONNREFUSED, sock_dial(&self->pair.client, &self->pair.server, 80));
	EXPECT_EQ(0, exchange(link.client, link.server, 100, 100));
}

TEST_HARNESS_MAIN

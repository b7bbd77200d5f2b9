// SPDX-License-Identifier: GPL-2.0
/* close.c -- orderly ends between two hosts, on either stack in either role. */
#include "harness.h"

PAIR_FIXTURE(close);

/* The states of the side that closes first and of the other, step by step. */
#define FOUR_SEGMENTS(first, first_fd, first_port, other, other_fd, other_port)		\
	do {										\
		ASSERT_EQ(0, shutdown(first_fd, SHUT_WR));				\
		REACHES(first, first_port, other_port, HRTCP_FIN_WAIT_2);		\
		REACHES(other, other_port, first_port, HRTCP_CLOSE_WAIT);		\
		EXPECT_EQ(0, recv_end(other_fd));					\
		ASSERT_EQ(0, sock_close(other_fd));					\
		REACHES(first, first_port, other_port, HRTCP_TIME_WAIT);		\
		REACHES(other, other_port, first_port, 0);				\
		EXPECT_EQ(0, recv_end(first_fd));					\
		ASSERT_EQ(0, sock_close(first_fd));					\
		EXPECT_EQ(HRTCP_TIME_WAIT, diag_state(first, first_port, other_port));	\
	} while (0)

TEST_F(close, T14_four_segments_client_first)
{
	struct link link;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	FOUR_SEGMENTS(&self->pair.client, link.client, link.client_port, &self->pair.server,
		      link.server, 80);
}

TEST_F(close, T14_four_segments_server_first)
{
	struct link link;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	FOUR_SEGMENTS(&self->pair.server, link.server, 80, &self->pair.client, link.client,
		      link.client_port);
}

TEST_F(close, T14_close_without_shutdown_ends_the_same)
{
	struct link link;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	ASSERT_EQ(0, sock_close(link.client));
	EXPECT_EQ(0, recv_end(link.server));
	ASSERT_EQ(0, sock_close(link.server));
	REACHES(&self->pair.client, link.client_port, 80, HRTCP_TIME_WAIT);
	REACHES(&self->pair.server, 80, link.client_port, 0);
}

TEST_F(close, T16_all_data_comes_before_the_end)
{
	struct link link;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	ASSERT_EQ(0, send_all(link.client, 0, 100000));
	ASSERT_EQ(0, sock_close(link.client));
	EXPECT_EQ(0, recv_all(link.server, 0, 100000));
	EXPECT_EQ(0, recv_end(link.server));
	EXPECT_EQ(0, recv_end(link.server));
}

/* One direction ended, 1 MB goes the other way; the sender is a process of its own. */
#define HALF_CLOSE(closer, closer_fd, closer_port, other_fd, other_port)			\
	do {										\
		pid_t pid;								\
		int status;								\
											\
		ASSERT_EQ(0, send_all(closer_fd, 0, 1000));				\
		ASSERT_EQ(0, shutdown(closer_fd, SHUT_WR));				\
		ASSERT_EQ(0, recv_all(other_fd, 0, 1000));				\
		ASSERT_EQ(0, recv_end(other_fd));					\
		REACHES(closer, closer_port, other_port, HRTCP_FIN_WAIT_2);		\
		EXPECT_EQ(-1, send(closer_fd, "x", 1, MSG_NOSIGNAL));			\
		EXPECT_EQ(EPIPE, errno);						\
		pid = fork();								\
		if (!pid) {								\
			sock_keep_only(other_fd);					\
			_exit(send_all(other_fd, 0, 1 << 20) != 0);			\
		}									\
		EXPECT_EQ(0, recv_all(closer_fd, 0, 1 << 20));				\
		ASSERT_EQ(pid, waitpid(pid, &status, 0));				\
		EXPECT_EQ(0, status);							\
		EXPECT_EQ(HRTCP_FIN_WAIT_2, diag_state(closer, closer_port, other_port)); \
		ASSERT_EQ(0, sock_close(other_fd));					\
		EXPECT_EQ(0, recv_end(closer_fd));					\
		REACHES(closer, closer_port, other_port, HRTCP_TIME_WAIT);		\
	} while (0)

TEST_F(close, T20_half_close_by_the_client)
{
	struct link link;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	HALF_CLOSE(&self->pair.client, link.client, link.client_port, link.server, 80);
}

TEST_F(close, T20_half_close_by_the_server)
{
	struct link link;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	HALF_CLOSE(&self->pair.server, link.server, 80, link.client, link.client_port);
}

/* With 200 ms on the wire, what is done at once on both sides crosses. */
TEST_F(close, T23_simultaneous_close_leaves_time_wait_on_both_sides)
{
	struct link link;
	int there;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	ASSERT_EQ(0, net_enter(self->pair.client.ns));
	ASSERT_EQ(0, system("tc qdisc add dev eth0 root netem delay 200ms"));
	ASSERT_EQ(0, net_enter(self->pair.server.ns));
	ASSERT_EQ(0, system("tc qdisc add dev eth0 root netem delay 200ms"));
	ASSERT_EQ(0, shutdown(link.client, SHUT_WR));
	ASSERT_EQ(0, shutdown(link.server, SHUT_WR));
	REACHES(&self->pair.client, link.client_port, 80, HRTCP_CLOSING);
	there = diag_state(&self->pair.server, 80, link.client_port);
	EXPECT_TRUE(there == HRTCP_CLOSING || there == HRTCP_TIME_WAIT);
	REACHES(&self->pair.client, link.client_port, 80, HRTCP_TIME_WAIT);
	REACHES(&self->pair.server, 80, link.client_port, HRTCP_TIME_WAIT);
}

TEST_F(close, T22_close_wait_stays_until_the_application_closes)
{
	struct link link;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	ASSERT_EQ(0, shutdown(link.client, SHUT_WR));
	REACHES(&self->pair.server, 80, link.client_port, HRTCP_CLOSE_WAIT);
	ASSERT_EQ(0, send_all(link.server, 0, 5000));
	EXPECT_EQ(0, recv_all(link.client, 0, 5000));
	EXPECT_EQ(HRTCP_CLOSE_WAIT, diag_state(&self->pair.server, 80, link.client_port));
}

TEST_F(close, T27_T30_the_pair_of_ports_is_taken_while_in_time_wait)
{
	int listener = sock_listen(&self->pair.server, 80, 4);
	int client = sock_new(&self->pair.client), again, server;

	ASSERT_EQ(0, sock_set(client, SOL_SOCKET, SO_REUSEADDR, 1));
	ASSERT_EQ(0, sock_bind(client, &self->pair.client, 5000));
	ASSERT_EQ(0, sock_connect(client, &self->pair.server, 80));
	server = sock_accept(listener);
	ASSERT_LE(0, server);
	ASSERT_EQ(0, sock_close(client));
	ASSERT_EQ(0, recv_end(server));
	ASSERT_EQ(0, sock_close(server));
	REACHES(&self->pair.client, 5000, 80, HRTCP_TIME_WAIT);

	again = sock_new(&self->pair.client);
	EXPECT_EQ(-EADDRINUSE, sock_bind(again, &self->pair.client, 5000));
	ASSERT_EQ(0, sock_set(again, SOL_SOCKET, SO_REUSEADDR, 1));
	ASSERT_EQ(0, sock_bind(again, &self->pair.client, 5000));
	if (testing_hrtcp() && self->pair.client.stack == HR)	/* Linux reuses it after a second */
		EXPECT_EQ(-EADDRNOTAVAIL, sock_connect(again, &self->pair.server, 80));
}

TEST_F(close, a_server_restarts_beside_its_own_time_wait)
{
	struct link link;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	ASSERT_EQ(0, sock_close(link.server));
	ASSERT_EQ(0, recv_end(link.client));
	ASSERT_EQ(0, sock_close(link.client));
	REACHES(&self->pair.server, 80, link.client_port, HRTCP_TIME_WAIT);
	EXPECT_EQ(0, link_up(&link, &self->pair, 80));
	EXPECT_EQ(0, exchange(link.client, link.server, 1000, 1000));
}

TEST_F(close, a_process_that_dies_closes_in_order)
{
	struct link link;
	pid_t pid;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	pid = fork();
	if (!pid) {
		send_all(link.client, 0, 5000);
		raise(SIGKILL);
	}
	ASSERT_EQ(0, sock_close(link.client));
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	EXPECT_EQ(0, recv_all(link.server, 0, 5000));
	EXPECT_EQ(0, recv_end(link.server));
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0
/* isolation.c -- two namespaces know nothing of each other but what comes over the wire. */
#include "harness.h"

PAIR_FIXTURE(isolation);

/* Linux TCP's own isolation is not ours to test: both ends are hrTCP's here. */
#define BOTH_HR()									\
	do {										\
		ONLY_HRTCP();								\
		if (variant->client != HR || variant->server != HR)			\
			return;								\
	} while (0)

TEST_F(isolation, one_port_is_free_in_each)
{
	int a = sock_listen(&self->pair.client, 80, 1);
	int b = sock_listen(&self->pair.server, 80, 1);

	EXPECT_LE(0, a);
	EXPECT_LE(0, b);
	EXPECT_EQ(HRTCP_LISTEN, diag_state(&self->pair.client, 80, 0));
	EXPECT_EQ(HRTCP_LISTEN, diag_state(&self->pair.server, 80, 0));
}

TEST_F(isolation, a_listener_elsewhere_does_not_answer)
{
	struct end loopback = self->pair.client;

	loopback.addr = addr_parse(variant->ipv == 4 ? "127.0.0.1" : "::1", 0);
	ASSERT_LE(0, sock_listen(&self->pair.server, 80, 1));
	EXPECT_EQ(-ECONNREFUSED, sock_dial(&loopback, &loopback, 80));
}

TEST_F(isolation, a_dump_shows_its_own_connections_only)
{
	struct row rows[DIAG_ROWS];
	struct link link;
	int n;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	n = diag_rows(&self->pair.client, rows, 0);
	ASSERT_EQ(1, n);
	EXPECT_EQ(80, rows[0].remote_port);
	n = diag_rows(&self->pair.server, rows, 0);
	ASSERT_EQ(1, n);
	EXPECT_EQ(80, rows[0].local_port);
}

TEST_F(isolation, counters_are_kept_apart)
{
	struct link link;

	BOTH_HR();
	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	EXPECT_EQ(1, diag_counter(&self->pair.client, "active_opens"));
	EXPECT_EQ(0, diag_counter(&self->pair.client, "passive_opens"));
	EXPECT_EQ(0, diag_counter(&self->pair.server, "active_opens"));
	EXPECT_EQ(1, diag_counter(&self->pair.server, "passive_opens"));
}

TEST_F(isolation, events_stay_where_they_happen)
{
	struct event event;
	struct genl genl;

	BOTH_HR();
	ASSERT_EQ(0, net_enter(self->pair.client.ns));
	ASSERT_EQ(0, genl_open(&genl));
	ASSERT_EQ(0, genl_join(&genl, genl.group_state));
	ASSERT_LE(0, sock_listen(&self->pair.server, 80, 1));
	EXPECT_EQ(0, diag_event(&genl, 100, &event));
	ASSERT_LE(0, sock_listen(&self->pair.client, 81, 1));
	ASSERT_EQ(1, diag_event(&genl, WAIT_MS, &event));
	EXPECT_EQ(81, event.local_port);
}

TEST_F(isolation, settings_are_kept_apart)
{
	struct link link;
	struct row row = {};

	BOTH_HR();
	ASSERT_EQ(0, net_enter(self->pair.client.ns));
	ASSERT_EQ(0, net_sysctl("hrtcp/time_wait_us", "7000000"));
	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	ASSERT_EQ(0, sock_close(link.client));
	ASSERT_EQ(0, sock_close(link.server));
	REACHES(&self->pair.client, link.client_port, 80, HRTCP_TIME_WAIT);
	ASSERT_TRUE(diag_find(&self->pair.client, link.client_port, 80, &row));
	EXPECT_GE(7000000000u, row.timer_ns);

	ASSERT_EQ(0, link_up(&link, &self->pair, 81));
	ASSERT_EQ(0, sock_close(link.server));
	ASSERT_EQ(0, sock_close(link.client));
	REACHES(&self->pair.server, 81, link.client_port, HRTCP_TIME_WAIT);
	ASSERT_TRUE(diag_find(&self->pair.server, 81, link.client_port, &row));
	EXPECT_LT(100000000000u, row.timer_ns);
}

TEST_F(isolation, a_socket_stays_in_its_namespace_when_its_owner_moves)
{
	int fd;

	ASSERT_LE(0, sock_listen(&self->pair.server, 80, 1));
	fd = sock_new(&self->pair.client);
	ASSERT_EQ(0, net_enter(self->pair.server.ns));
	ASSERT_EQ(0, sock_connect(fd, &self->pair.server, 80));
	EXPECT_EQ(HRTCP_ESTABLISHED, diag_state(&self->pair.client, sock_port(fd), 80));
}

TEST_HARNESS_MAIN

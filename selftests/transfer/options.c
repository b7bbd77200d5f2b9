// SPDX-License-Identifier: GPL-2.0
/* options.c -- socket options and what TCP_INFO says. */
#include "harness.h"

FIXTURE(options)
{
	struct pair pair;
};

PAIR_VARIANTS(options)

FIXTURE_SETUP(options)
{
	ASSERT_EQ(0, pair_up(&self->pair, variant->client, variant->server, variant->ipv));
}

FIXTURE_TEARDOWN(options)
{
}

TEST_F(options, tcp_info_describes_a_connection)
{
	struct tcp_info info = {};
	socklen_t len = sizeof(info);
	struct link link;

	ASSERT_EQ(0, link_up(&link, &self->pair, 80));
	ASSERT_EQ(0, exchange(link.client, link.server, 200000, 65536));
	ASSERT_EQ(0, getsockopt(link.client, IPPROTO_TCP, TCP_INFO, &info, &len));
	EXPECT_EQ(TCP_ESTABLISHED, info.tcpi_state);
	EXPECT_EQ(variant->ipv == 4 ? 1448u : 1428u, info.tcpi_snd_mss);
	EXPECT_LE(2u, info.tcpi_snd_cwnd);
	EXPECT_LT(0u, info.tcpi_rtt);
	EXPECT_GT(2000000u, info.tcpi_rtt);
	EXPECT_LT(0u, info.tcpi_rto);
	EXPECT_TRUE(info.tcpi_options & TCPI_OPT_TIMESTAMPS);
	EXPECT_TRUE(info.tcpi_options & TCPI_OPT_SACK);
	EXPECT_TRUE(info.tcpi_options & TCPI_OPT_WSCALE);
	EXPECT_EQ(0u, info.tcpi_retransmits);
}

TEST_F(options, tcp_info_of_a_new_socket_and_of_a_listener)
{
	struct tcp_info info = {};
	socklen_t len = sizeof(info);

	ASSERT_EQ(0, getsockopt(sock_new(&self->pair.client), IPPROTO_TCP, TCP_INFO, &info, &len));
	EXPECT_EQ(TCP_CLOSE, info.tcpi_state);
	len = sizeof(info);
	ASSERT_EQ(0, getsockopt(sock_listen(&self->pair.server, 80, 1), IPPROTO_TCP, TCP_INFO,
				&info, &len));
	EXPECT_EQ(TCP_LISTEN, info.tcpi_state);
	len = 1;
	EXPECT_EQ(0, getsockopt(sock_new(&self->pair.client), IPPROTO_TCP, TCP_INFO, &info, &len));
	EXPECT_EQ(1u, len);
}

TEST_F(options, maxseg_bounds_segments_both_ways)
{
	struct tcp_info info = {};
	socklen_t len = sizeof(info);
	int listener = sock_listen(&self->pair.server, 80, 1);
	int client = sock_new(&self->pair.client), server;

	ASSERT_EQ(0, sock_set(client, IPPROTO_TCP, TCP_MAXSEG, 600));
	ASSERT_EQ(0, sock_connect(client, &self->pair.server, 80));
	server = sock_accept(listener);
	ASSERT_EQ(0, exchange(client, server, 50000, 50000));
	ASSERT_EQ(0, getsockopt(client, IPPROTO_TCP, TCP_INFO, &info, &len));
	EXPECT_GE(600u, info.tcpi_snd_mss);
	ASSERT_EQ(0, getsockopt(server, IPPROTO_TCP, TCP_INFO, &info, &len));
	EXPECT_GE(600u, info.tcpi_snd_mss);
}

TEST_F(options, values_out_of_range_are_invalid)
{
	int fd = sock_new(&self->pair.client);

	EXPECT_EQ(-EINVAL, sock_set(fd, IPPROTO_TCP, TCP_MAXSEG, 1));
	EXPECT_EQ(-EINVAL, sock_set(fd, IPPROTO_TCP, TCP_MAXSEG, 100000));
	EXPECT_EQ(-1, setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, "", 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, (void *)8, 4));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-ENOPROTOOPT, sock_set(fd, IPPROTO_TCP, 200, 1));
	EXPECT_EQ(-ENOPROTOOPT, sock_get(fd, IPPROTO_TCP, 200));
}

TEST_F(options, flags_read_back)
{
	static const int name[] = { TCP_NODELAY, TCP_CORK };
	int fd = sock_new(&self->pair.client);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(name); i++) {
		EXPECT_EQ(0, sock_get(fd, IPPROTO_TCP, name[i]));
		EXPECT_EQ(0, sock_set(fd, IPPROTO_TCP, name[i], 1));
		EXPECT_EQ(1, sock_get(fd, IPPROTO_TCP, name[i]));
		EXPECT_EQ(0, sock_set(fd, IPPROTO_TCP, name[i], 0));
		EXPECT_EQ(0, sock_get(fd, IPPROTO_TCP, name[i]));
	}
}

TEST_F(options, socket_level_options_answer)
{
	int fd = sock_new(&self->pair.client);

	EXPECT_EQ(SOCK_STREAM, sock_get(fd, SOL_SOCKET, SO_TYPE));
	EXPECT_EQ(IPPROTO_TCP, sock_get(fd, SOL_SOCKET, SO_PROTOCOL));
	EXPECT_EQ(stack_family(self->pair.client.stack, variant->ipv),
		  sock_get(fd, SOL_SOCKET, SO_DOMAIN));
	EXPECT_EQ(0, sock_get(fd, SOL_SOCKET, SO_ACCEPTCONN));
	EXPECT_EQ(0, sock_set(fd, SOL_SOCKET, SO_RCVBUF, 30000));
	EXPECT_EQ(60000, sock_get(fd, SOL_SOCKET, SO_RCVBUF));
	EXPECT_EQ(0, sock_set(fd, SOL_SOCKET, SO_KEEPALIVE, 1));
	EXPECT_EQ(1, sock_get(fd, SOL_SOCKET, SO_KEEPALIVE));
}

TEST_F(options, ip_level_options_answer)
{
	int fd = sock_new(&self->pair.client);

	if (variant->ipv == 4) {
		EXPECT_EQ(0, sock_set(fd, IPPROTO_IP, IP_TOS, 0x10));
		EXPECT_EQ(0x10, sock_get(fd, IPPROTO_IP, IP_TOS));
		EXPECT_EQ(0, sock_set(fd, IPPROTO_IP, IP_TTL, 9));
		EXPECT_EQ(9, sock_get(fd, IPPROTO_IP, IP_TTL));
	} else {
		EXPECT_EQ(0, sock_set(fd, IPPROTO_IPV6, IPV6_TCLASS, 0x10));
		EXPECT_EQ(0x10, sock_get(fd, IPPROTO_IPV6, IPV6_TCLASS));
		EXPECT_EQ(0, sock_set(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 9));
		EXPECT_EQ(9, sock_get(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS));
	}
}

TEST_F(options, a_small_receive_buffer_still_delivers_all)
{
	int listener = sock_new(&self->pair.server), client, server;

	ASSERT_EQ(0, sock_set(listener, SOL_SOCKET, SO_RCVBUF, 4096));
	ASSERT_EQ(0, sock_bind(listener, &self->pair.server, 80));
	ASSERT_EQ(0, listen(listener, 1));
	client = sock_dial(&self->pair.client, &self->pair.server, 80);
	ASSERT_LE(0, client);
	server = sock_accept(listener);
	EXPECT_EQ(0, exchange(client, server, 100000, 65536));
}

TEST_F(options, device_binding_is_kept_to)
{
	int fd = sock_new(&self->pair.client);

	ASSERT_LE(0, sock_listen(&self->pair.server, 80, 1));
	ASSERT_EQ(0, net_enter(self->pair.client.ns));
	ASSERT_EQ(0, setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3));
	ASSERT_EQ(0, sock_timeout(fd, SO_SNDTIMEO, 300));
	EXPECT_GT(0, sock_connect(fd, &self->pair.server, 80));
	fd = sock_new(&self->pair.client);
	ASSERT_EQ(0, setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "eth0", 5));
	EXPECT_EQ(0, sock_connect(fd, &self->pair.server, 80));
}

TEST_HARNESS_MAIN

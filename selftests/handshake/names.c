// SPDX-License-Identifier: GPL-2.0
/* names.c -- one socket for both versions of IP: addresses of either, and mapped ones. */
#include "harness.h"

FIXTURE(names)
{
	struct end v4, v6, any6;
};

FIXTURE_SETUP(names)
{
	ASSERT_EQ(0, host_up(&self->v4, HR, 4));
	self->v6 = self->v4;
	self->v6.ipv = 6;
	self->v6.addr = addr_parse("::1", 0);
	self->any6 = self->v6;
	self->any6.addr = addr_parse("::", 0);
}

FIXTURE_TEARDOWN(names)
{
}

TEST_F(names, a_listener_on_any_ipv6_takes_both)
{
	int listener = sock_listen(&self->any6, 80, 4);

	ASSERT_LE(0, listener);
	EXPECT_LE(0, sock_dial(&self->v4, &self->v4, 80));
	EXPECT_LE(0, sock_dial(&self->v6, &self->v6, 80));
}

TEST_F(names, with_v6only_it_takes_ipv6_alone)
{
	int listener = sock_new(&self->any6);

	ASSERT_EQ(0, sock_set(listener, IPPROTO_IPV6, IPV6_V6ONLY, 1));
	ASSERT_EQ(0, sock_bind(listener, &self->any6, 80));
	ASSERT_EQ(0, listen(listener, 4));
	EXPECT_EQ(-ECONNREFUSED, sock_dial(&self->v4, &self->v4, 80));
	EXPECT_LE(0, sock_dial(&self->v6, &self->v6, 80));
}

TEST_F(names, a_listener_on_any_ipv4_refuses_ipv6)
{
	struct end any4 = self->v4;
	int listener;

	any4.addr = addr_parse("0.0.0.0", 0);
	listener = sock_listen(&any4, 80, 4);
	ASSERT_LE(0, listener);
	EXPECT_LE(0, sock_dial(&self->v4, &self->v4, 80));
	EXPECT_EQ(-ECONNREFUSED, sock_dial(&self->v6, &self->v6, 80));
}

TEST_F(names, an_ipv6_listener_names_ipv4_peers_as_mapped)
{
	int listener = sock_listen(&self->any6, 80, 4);
	int client = sock_dial(&self->v4, &self->v4, 80);
	struct sockaddr_in6 want = { .sin6_family = AF_INET6 }, seen = {};
	socklen_t len = sizeof(seen);

	ASSERT_LE(0, client);
	want.sin6_port = htons(sock_port(client));
	inet_pton(AF_INET6, "::ffff:127.0.0.1", &want.sin6_addr);
	ASSERT_LE(0, accept(listener, (struct sockaddr *)&seen, &len));
	EXPECT_EQ(sizeof(seen), len);
	EXPECT_EQ(0, memcmp(&want, &seen, sizeof(seen)));
}

TEST_F(names, connecting_to_a_mapped_address_speaks_ipv4)
{
	struct end mapped = self->v6;
	struct row row = {};
	int listener = sock_listen(&self->v4, 80, 4), client;

	ASSERT_LE(0, listener);
	mapped.addr = addr_parse("::ffff:127.0.0.1", 0);
	client = sock_dial(&self->v6, &mapped, 80);
	ASSERT_LE(0, client);
	EXPECT_LE(0, sock_accept(listener));
	ONLY_HRTCP();
	ASSERT_TRUE(diag_find(&self->v4, sock_port(client), 80, &row));
	EXPECT_EQ(4, row.ipv);
}

TEST_F(names, one_new_socket_may_go_either_way)
{
	ONLY_HRTCP();
	ASSERT_LE(0, sock_listen(&self->v4, 80, 4));
	ASSERT_LE(0, sock_listen(&self->v6, 80, 4));
	EXPECT_LE(0, sock_dial(&self->v4, &self->v4, 80));
	EXPECT_LE(0, sock_dial(&self->v4, &self->v6, 80));
}

TEST_F(names, the_buffer_of_a_name_is_not_overrun)
{
	uint8_t room[64];
	socklen_t len = 4;
	int fd = sock_new(&self->v4);

	ASSERT_EQ(0, sock_bind(fd, &self->v4, 5000));
	memset(room, 0xee, sizeof(room));
	ASSERT_EQ(0, getsockname(fd, (struct sockaddr *)room, &len));
	EXPECT_EQ(sizeof(struct sockaddr_in), len);
	EXPECT_EQ(0xee, room[4]);
}

TEST_F(names, connect_to_any_address_means_this_host)
{
	struct end any = self->v4;
	int listener = sock_listen(&self->v4, 80, 1);

	any.addr = addr_parse("0.0.0.0", 0);
	ASSERT_LE(0, listener);
	EXPECT_LE(0, sock_dial(&self->v4, &any, 80));
}

TEST_F(names, broadcast_and_multicast_cannot_be_connected_to)
{
	struct end to = self->v4;

	ASSERT_EQ(0, net_addr("lo", "10.1.0.1", 24));
	to.addr = addr_parse("224.0.0.1", 0);
	EXPECT_GT(0, sock_dial(&self->v4, &to, 80));
	to.addr = addr_parse("10.1.0.255", 0);
	EXPECT_GT(0, sock_dial(&self->v4, &to, 80));
}

TEST_F(names, link_local_addresses_need_their_interface)
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6, .sin6_port = htons(80) };
	struct pair pair;
	int fd;

	ASSERT_EQ(0, pair_up(&pair, HR, HR, 6));
	inet_pton(AF_INET6, "fe80::1", &to.sin6_addr);
	fd = sock_new(&pair.client);
	EXPECT_EQ(-1, connect(fd, (struct sockaddr *)&to, sizeof(to)));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F(names, only_streams_of_protocol_0_or_6_are_made)
{
	int family = stack_family(HR, 4);

	ASSERT_EQ(0, net_enter(self->v4.ns));
	EXPECT_LE(0, socket(family, SOCK_STREAM, IPPROTO_TCP));
	EXPECT_EQ(-1, socket(family, SOCK_STREAM, IPPROTO_UDP));
	EXPECT_EQ(EPROTONOSUPPORT, errno);
	ONLY_HRTCP();
	EXPECT_EQ(-1, socket(family, SOCK_DGRAM, 0));
	EXPECT_EQ(ESOCKTNOSUPPORT, errno);
}

TEST_HARNESS_MAIN

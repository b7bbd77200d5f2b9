// SPDX-License-Identifier: GPL-2.0
/* ip.c -- what users may say of the IP header, and what TCP does not care for in it. */
#include "harness.h"

PEER_FIXTURE(ip);

static int set_dsfield(const struct peer *peer, int fd, int value)
{
	return peer->host.ipv == 4 ? sock_set(fd, IPPROTO_IP, IP_TOS, value) :
				     sock_set(fd, IPPROTO_IPV6, IPV6_TCLASS, value);
}

/* Of the last packet seen. */
static int dsfield(const struct peer *peer)
{
	if (peer->host.ipv == 4)
		return peer->packet[1];
	return (peer->packet[0] & 15) << 4 | peer->packet[1] >> 4;
}

static int hops(const struct peer *peer)
{
	return peer->packet[peer->host.ipv == 4 ? 8 : 7];
}

static int begin(struct peer *peer)
{
	int fd = sock_new(&peer->host);

	peer->host_port = 5000;
	if (sock_bind(fd, &peer->host, 5000) || sock_nonblock(fd, true))
		return -1;
	return fd;
}

TEST_F(ip, the_user_says_how_far_segments_go)
{
	int fd = begin(&self->peer);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, variant->ipv == 4 ? sock_set(fd, IPPROTO_IP, IP_TTL, 9) :
					 sock_set(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 9));
	ASSERT_EQ(-EINPROGRESS, sock_connect(fd, &self->peer.self, PEER_PORT));
	SEES("S 0:0(0)");
	EXPECT_EQ(9, hops(&self->peer));
	SENDS(PEER_SYNACK);
	SEES(". 1:1(0) ack 1");
	EXPECT_EQ(9, hops(&self->peer));
	ASSERT_EQ(0, variant->ipv == 4 ? sock_set(fd, IPPROTO_IP, IP_TTL, 77) :
					 sock_set(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 77));
	ASSERT_EQ(0, send_all(fd, 0, 100));
	SEES("P. 1:101(100) ack 1");
	EXPECT_EQ(77, hops(&self->peer));
}

TEST_F(ip, the_user_says_the_diffserv_field_and_changes_it)
{
	int fd = begin(&self->peer);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, set_dsfield(&self->peer, fd, 0x48));
	ASSERT_EQ(-EINPROGRESS, sock_connect(fd, &self->peer.self, PEER_PORT));
	SEES("S 0:0(0)");
	EXPECT_EQ(0x48, dsfield(&self->peer));
	SENDS(PEER_SYNACK);
	SEES(". 1:1(0) ack 1");
	EXPECT_EQ(0x48, dsfield(&self->peer));
	ASSERT_EQ(0, send_all(fd, 0, 100));
	SEES("P. 1:101(100) ack 1");
	EXPECT_EQ(0x48, dsfield(&self->peer));
	SENDS(". 1:1(0) ack 101");
	ASSERT_EQ(0, set_dsfield(&self->peer, fd, 0xb8));
	ASSERT_EQ(0, send_all(fd, 100, 100));
	do {		/* on a busy machine the first one goes twice */
		ASSERT_EQ(1, peer_get(&self->peer, &self->peer.seen, WAIT_MS));
	} while (self->peer.seen.seq != self->peer.irs + 101);
	EXPECT_EQ(0xb8, dsfield(&self->peer));
}

/* One segment of @line, with its IP header as @seg says. */
#define SENDS_WITH(line, change)							\
	do {										\
		struct seg seg;								\
											\
		ASSERT_EQ(0, peer_parse(&self->peer, line, &seg));			\
		change;									\
		ASSERT_EQ(0, peer_put(&self->peer, &seg));				\
	} while (0)

TEST_F(ip, the_diffserv_field_of_what_arrives_is_nobodys_business)
{
	int listener = sock_listen(&self->peer.host, 80, 1), fd, i;

	ASSERT_LE(0, listener);
	SENDS_WITH("S 0:0(0) <mss 1000>", seg.tos = 0xe0);
	SEES("S. 0:0(0) ack 1");
	SENDS_WITH(". 1:1(0) ack 1", seg.tos = 0);
	fd = sock_accept(listener);
	ASSERT_LE(0, fd);
	for (i = 0; i < 64; i++) {
		SENDS_WITH("P. nxt(10) ack 1", seg.tos = i << 2);
		ASSERT_EQ(0, recv_all(fd, 10 * i, 10));
	}
	STATE(HRTCP_ESTABLISHED);
	SENDS_WITH("F. nxt(0) ack 1", seg.tos = 0x48);
	EXPECT_EQ(0, recv_end(fd));
}

/* Router alert, timestamp, record route, no-operations, an experiment and an unknown one. */
TEST_F(ip, ip_options_are_passed_over)
{
	static const uint8_t options[][8] = {
		{ 148, 4, 0, 0 }, { 68, 8, 5, 0 }, { 7, 7, 4 }, { 1, 1, 1, 1 },
		{ 94, 4, 1, 2 }, { 25, 8, 1, 2, 3, 4, 5, 6 },
	};
	int listener, fd;
	unsigned int i;

	if (variant->ipv == 6)
		return;		/* its extension headers never reach TCP */
	listener = sock_listen(&self->peer.host, 80, 1);
	SENDS_WITH("S 0:0(0) <mss 1000>", (seg.ip_options = options[0], seg.ip_options_len = 8));
	SEES("S. 0:0(0) ack 1");
	SENDS_WITH(". 1:1(0) ack 1", (seg.ip_options = options[1], seg.ip_options_len = 8));
	fd = sock_accept(listener);
	ASSERT_LE(0, fd);
	for (i = 0; i < ARRAY_SIZE(options); i++) {
		SENDS_WITH("P. nxt(100) ack 1", (seg.ip_options = options[i],
						 seg.ip_options_len = 8));
		ASSERT_EQ(0, recv_all(fd, 100 * i, 100));
	}
	STATE(HRTCP_ESTABLISHED);
	EXPECT_EQ(0, sock_error(fd));
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0
/*
 * srcroute.c -- source routes and other options of IPv4 that a user sets or a segment brings,
 * RFC 9293 3.9.2. The peer stands for all hosts on the way.
 */
#include "harness.h"
#include "wire.h"

#define LSRR 131
#define SSRR 137

FIXTURE(srcroute)
{
	struct peer peer;
};

FIXTURE_SETUP(srcroute)
{
	ASSERT_EQ(0, peer_open(&self->peer, HR, 4));
	ASSERT_EQ(0, net_sysctl("ipv4/conf/all/accept_source_route", "1"));
	ASSERT_EQ(0, net_sysctl("ipv4/conf/tun0/accept_source_route", "1"));
}

FIXTURE_TEARDOWN(srcroute)
{
}

/* What a user says: the hops; connect() tells the peer. */
static const uint8_t wished[] = { 1, LSRR, 11, 4, 10, 9, 0, 3, 10, 9, 0, 4 };

/* What has come by 10.9.0.7 and then 10.9.0.8, or by others. */
static const uint8_t came[] = { 1, LSRR, 11, 12, 10, 9, 0, 7, 10, 9, 0, 8 };
static const uint8_t came_strictly[] = { 1, SSRR, 7, 8, 10, 9, 0, 9 };

/* Did the last segment seen go by @first towards @option, in octets of IP's header? */
static bool went(const struct peer *peer, const char *first, const uint8_t *option)
{
	const uint8_t *seen = wire_source_route(peer->packet);
	char to[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, peer->packet + 16, to, sizeof(to));
	return seen && !strcmp(to, first) && !memcmp(seen, option, option[1]);
}

static const uint8_t by_wish[] = { LSRR, 11, 4, 10, 9, 0, 4, 10, 9, 0, 2 };
static const uint8_t back[] = { LSRR, 11, 4, 10, 9, 0, 7, 10, 9, 0, 2 };
static const uint8_t back_strictly[] = { SSRR, 7, 4, 10, 9, 0, 2 };

#define WENT(first, option) EXPECT_TRUE(went(&self->peer, first, option))

#define SENDS_BY(route, line)								\
	do {										\
		struct seg seg;								\
											\
		ASSERT_EQ(0, peer_parse(&self->peer, line, &seg));			\
		seg.ip_options = route;							\
		seg.ip_options_len = sizeof(route);					\
		ASSERT_EQ(0, peer_put(&self->peer, &seg));				\
	} while (0)

static int begin(struct peer *peer, const uint8_t *options, int len)
{
	int fd = sock_new(&peer->host);

	peer->host_port = 5000;
	if (sock_bind(fd, &peer->host, 5000) || sock_nonblock(fd, true) ||
	    setsockopt(fd, IPPROTO_IP, IP_OPTIONS, options, len))
		return -1;
	return fd;
}

TEST_F(srcroute, MUST51_an_active_open_goes_the_way_that_the_user_says)
{
	int fd = begin(&self->peer, wished, sizeof(wished));

	ASSERT_LE(0, fd);
	ASSERT_EQ(-EINPROGRESS, sock_connect(fd, &self->peer.self, PEER_PORT));
	SEES("S 0:0(0)");
	WENT("10.9.0.3", by_wish);
	SENDS(PEER_SYNACK);
	SEES(". 1:1(0) ack 1");
	WENT("10.9.0.3", by_wish);
	ASSERT_EQ(0, send_all(fd, 0, 100));
	SEES("P. 1:101(100) ack 1");
	WENT("10.9.0.3", by_wish);
	SEES("P. 1:101(100) ack 1");	/* again, nobody answered */
	WENT("10.9.0.3", by_wish);
	SENDS(". 1:1(0) ack 101");
	ASSERT_EQ(0, shutdown(fd, SHUT_WR));
	SEES("F. 101:101(0) ack 1");
	WENT("10.9.0.3", by_wish);
	SENDS("F. 1:1(0) ack 102");
	SEES(". 102:102(0) ack 2");
	WENT("10.9.0.3", by_wish);
	close(fd);
	SENDS("F. 1:1(0) ack 102");	/* to TIME-WAIT */
	SEES(". 102:102(0) ack 2");
	WENT("10.9.0.3", by_wish);
}

TEST_F(srcroute, MUST52_the_users_way_stays_whatever_arrives)
{
	int fd = begin(&self->peer, wished, sizeof(wished));

	ASSERT_LE(0, fd);
	ASSERT_EQ(-EINPROGRESS, sock_connect(fd, &self->peer.self, PEER_PORT));
	SEES("S 0:0(0)");
	SENDS_BY(came, PEER_SYNACK);
	SEES(". 1:1(0) ack 1");
	WENT("10.9.0.3", by_wish);
	SENDS_BY(came, "P. 1:11(10) ack 1");
	SEES(". 1:1(0) ack 11");
	WENT("10.9.0.3", by_wish);
}

TEST_F(srcroute, MUST16_options_of_ip_take_room_from_the_payload)
{
	int fd = begin(&self->peer, wished, sizeof(wished));

	ASSERT_LE(0, fd);
	ASSERT_EQ(-EINPROGRESS, sock_connect(fd, &self->peer.self, PEER_PORT));
	SEES("S 0:0(0) <mss 1460>");
	SENDS("S. 0:0(0) ack 1 <mss 1460>");
	SEES(". 1:1(0) ack 1");
	ASSERT_EQ(0, send_all(fd, 0, 3000));
	SEES(". 1:1449(1448) ack 1");
	EXPECT_EQ(1500, self->peer.packet_len);
	SEES(". 1449:2897(1448) ack 1");
	SEES("P. 2897:3001(104) ack 1");
	SENDS(". 1:1(0) ack 3001");
	ASSERT_EQ(0, setsockopt(fd, IPPROTO_IP, IP_OPTIONS, NULL, 0));
	ASSERT_EQ(0, send_all(fd, 3000, 2000));
	SEES(". 3001:4461(1460) ack 1");
	EXPECT_EQ(NULL, wire_source_route(self->peer.packet));
}

TEST_F(srcroute, MUST53_a_passive_connection_answers_by_the_way_that_the_syn_came)
{
	int listener = sock_listen(&self->peer.host, HOST_PORT, 1), fd;

	ASSERT_LE(0, listener);
	SENDS_BY(came, "S 0:0(0) <mss 1460>");
	SEES("S. 0:0(0) ack 1 <mss 1460>");
	WENT("10.9.0.8", back);
	SENDS(". 1:1(0) ack 1");
	fd = sock_accept(listener);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, send_all(fd, 0, 1500));
	SEES(". 1:1449(1448) ack 1");
	WENT("10.9.0.8", back);
	SEES("P. 1449:1501(52) ack 1");
	SENDS("P. 1:101(100) ack 1501");
	SEES(". 1501:1501(0) ack 101");
	WENT("10.9.0.8", back);
	close(fd);
	SEES("R. 1501:1501(0) ack 101");	/* what came was not read */
	WENT("10.9.0.8", back);
}

TEST_F(srcroute, MUST53_what_is_repeated_goes_that_way_too)
{
	int listener = sock_listen(&self->peer.host, HOST_PORT, 1), fd;

	ASSERT_LE(0, listener);
	SENDS_BY(came, "S 0:0(0) <mss 1000>");
	SEES("S. 0:0(0) ack 1");
	SEES("S. 0:0(0) ack 1");	/* nobody answered */
	WENT("10.9.0.8", back);
	SENDS(". 1:1(0) ack 1");
	fd = sock_accept(listener);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, send_all(fd, 0, 100));
	SEES("P. 1:101(100) ack 1");
	SEES("P. 1:101(100) ack 1");
	WENT("10.9.0.8", back);
}

TEST_F(srcroute, SHLD24_a_later_way_replaces_it_unless_anybody_could_have_sent_it)
{
	int listener = sock_listen(&self->peer.host, HOST_PORT, 1), fd;

	ASSERT_LE(0, listener);
	SENDS_BY(came, "S 0:0(0) <mss 1000>");
	SEES("S. 0:0(0) ack 1");
	SENDS(". 1:1(0) ack 1");
	fd = sock_accept(listener);
	ASSERT_LE(0, fd);
	SENDS_BY(came_strictly, "P. 200001:200011(10) ack 1");	/* outside the window */
	SEES(". 1:1(0) ack 1");
	WENT("10.9.0.8", back);
	SENDS_BY(came_strictly, "P. 1:11(10) ack 1");
	SEES(". 1:1(0) ack 11");
	WENT("10.9.0.9", back_strictly);
	ASSERT_EQ(0, send_all(fd, 0, 100));
	SEES("P. 1:101(100) ack 11");
	WENT("10.9.0.9", back_strictly);
	SENDS(". 11:11(0) ack 101");	/* without one: it stays */
	ASSERT_EQ(0, send_all(fd, 100, 100));
	SEES("P. 101:201(100) ack 11");
	WENT("10.9.0.9", back_strictly);
}

TEST_F(srcroute, a_way_that_comes_to_an_active_open_is_not_taken)
{
	int fd = begin(&self->peer, NULL, 0);

	ASSERT_LE(0, fd);
	ASSERT_EQ(-EINPROGRESS, sock_connect(fd, &self->peer.self, PEER_PORT));
	SEES("S 0:0(0)");
	SENDS_BY(came, PEER_SYNACK);
	SEES(". 1:1(0) ack 1");
	EXPECT_EQ(NULL, wire_source_route(self->peer.packet));
}

/* The user's record route and timestamp options: IP fills them in. */
TEST_F(srcroute, MAY10_MAY11_a_user_may_have_the_way_and_the_times_recorded)
{
	static const uint8_t options[] = { 7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0, 1,
					   68, 12, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
	int fd = begin(&self->peer, options, sizeof(options));
	const uint8_t *seen = self->peer.packet + 20;

	ASSERT_LE(0, fd);
	ASSERT_EQ(-EINPROGRESS, sock_connect(fd, &self->peer.self, PEER_PORT));
	SEES("S 0:0(0)");
	EXPECT_EQ(20 + sizeof(options), (self->peer.packet[0] & 15) * 4);
	EXPECT_EQ(7, seen[0]);
	EXPECT_EQ(8, seen[2]);
	EXPECT_EQ(0, memcmp(seen + 3, "\x0a\x09\x00\x01", 4));
	EXPECT_EQ(68, seen[12]);
	EXPECT_EQ(9, seen[14]);
	SENDS(PEER_SYNACK);
	SEES(". 1:1(0) ack 1");
	EXPECT_EQ(7, self->peer.packet[20]);
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0
/* fastpeer.c -- Fast Open segment by segment. */
#include "harness.h"

FIXTURE(fastpeer)
{
	struct peer peer;
	int listener;
	uint8_t cookie[16];
	int cookie_len;
};

FIXTURE_VARIANT(fastpeer)
{
	int ipv;
};

FIXTURE_VARIANT_ADD(fastpeer, v4) { .ipv = 4 };
FIXTURE_VARIANT_ADD(fastpeer, v6) { .ipv = 6 };

FIXTURE_SETUP(fastpeer)
{
	ASSERT_EQ(0, peer_open(&self->peer, HR, variant->ipv));
	if (!testing_hrtcp())
		SKIP(return, "its counters and limits are hrTCP's");
	ASSERT_EQ(0, net_sysctl("hrtcp/fastopen", "3"));
	self->listener = sock_listen(&self->peer.host, 80, 16);
	ASSERT_LE(0, self->listener);
	ASSERT_EQ(0, sock_set(self->listener, IPPROTO_TCP, TCP_FASTOPEN, 2));
}

FIXTURE_TEARDOWN(fastpeer)
{
}

/* As the line says, with the cookie that the server gave. */
#define SENDS_COOKIE(line)							\
	do {									\
		struct seg _seg;						\
										\
		ASSERT_EQ(0, peer_parse(&self->peer, line, &_seg));		\
		_seg.cookie_len = self->cookie_len;				\
		memcpy(_seg.cookie, self->cookie, self->cookie_len);		\
		ASSERT_EQ(0, peer_put(&self->peer, &_seg));			\
	} while (0)

/* Ask for a cookie, end that connection, and begin another. */
#define GET_COOKIE()								\
	do {									\
		SENDS("S 0:0(0) <mss 1000,FO>");				\
		SEES("S. 0:0(0) ack 1 <FO>");					\
		ASSERT_EQ(8, self->peer.seen.cookie_len);			\
		self->cookie_len = 8;						\
		memcpy(self->cookie, self->peer.seen.cookie, 8);		\
		SENDS("R 1:1(0)");						\
		ASSERT_TRUE(WAIT_FOR(!peer_state(&self->peer)));		\
		peer_renew(&self->peer, 4001, 80, PEER_ISS);			\
	} while (0)

TEST_F(fastpeer, R7413_06_R7413_07_data_is_read_and_answered_before_the_handshake_ends)
{
	int server;

	GET_COOKIE();
	SENDS_COOKIE("S 0:100(100) <mss 1000,FO>");
	SEES("S. 0:0(0) ack 101");
	EXPECT_FALSE(self->peer.seen.options & OPT_FAST);
	EXPECT_EQ(HRTCP_SYN_RECEIVED, peer_state(&self->peer));
	ASSERT_EQ(POLLIN, sock_poll(self->listener, POLLIN, WAIT_MS));
	server = sock_accept(self->listener);
	ASSERT_LE(0, server);
	EXPECT_EQ(POLLIN | POLLOUT, sock_poll(server, POLLIN | POLLOUT, WAIT_MS));
	EXPECT_EQ(0, recv_all(server, 0, 100));
	ASSERT_EQ(0, send_all(server, 0, 50));
	SEES("P. 1:51(50) ack 101");
	EXPECT_EQ(HRTCP_SYN_RECEIVED, peer_state(&self->peer));
	SENDS(". 101:101(0) ack 51");
	STATE(HRTCP_ESTABLISHED);
}

TEST_F(fastpeer, R7413_06_a_wrong_cookie_gets_another_and_its_data_is_not_taken)
{
	GET_COOKIE();
	self->cookie[0] ^= 1;
	SENDS_COOKIE("S 0:100(100) <mss 1000,FO>");
	SEES("S. 0:0(0) ack 1 <FO>");
	self->cookie[0] ^= 1;
	EXPECT_EQ(0, memcmp(self->cookie, self->peer.seen.cookie, 8));
	EXPECT_EQ(0, sock_poll(self->listener, POLLIN, 0));
	EXPECT_EQ(1, diag_counter(&self->peer.host, "fastopen_passive_fail"));
}

TEST_F(fastpeer, R7413_03_another_key_makes_another_cookie)
{
	GET_COOKIE();
	ASSERT_EQ(0, net_sysctl("hrtcp/fastopen_key", "1-2-3-4"));
	SENDS_COOKIE("S 0:100(100) <mss 1000,FO>");
	SEES("S. 0:0(0) ack 1 <FO>");
	EXPECT_NE(0, memcmp(self->cookie, self->peer.seen.cookie, 8));
	EXPECT_EQ(-EINVAL, net_sysctl("hrtcp/fastopen_key", "1-2-3"));
}

TEST_F(fastpeer, R7413_08_above_the_limit_the_handshake_is_normal_and_resets_do_not_lift_it)
{
	int i;

	GET_COOKIE();
	for (i = 0; i < 4; i++) {
		peer_renew(&self->peer, 5000 + i, 80, PEER_ISS);
		SENDS_COOKIE("S 0:100(100) <mss 1000,FO>");
		if (i < 2) {
			SEES("S. 0:0(0) ack 101");
			SENDS("R 101:101(0)");
			ASSERT_TRUE(WAIT_FOR(!peer_state(&self->peer)));
		} else {
			SEES("S. 0:0(0) ack 1");
		}
	}
	EXPECT_EQ(2, diag_counter(&self->peer.host, "fastopen_listen_overflow"));
}

TEST_F(fastpeer, a_reset_before_accept_leaves_an_error_to_be_read)
{
	int server;
	char octet;

	GET_COOKIE();
	SENDS_COOKIE("S 0:0(0) <mss 1000,FO>");
	SEES("S. 0:0(0) ack 1");
	SENDS("R 1:1(0)");
	ASSERT_TRUE(WAIT_FOR(!peer_state(&self->peer)));
	server = sock_accept(self->listener);
	ASSERT_LE(0, server);
	EXPECT_EQ(-1, recv(server, &octet, 1, 0));
	EXPECT_EQ(ECONNRESET, errno);
}

TEST_F(fastpeer, a_closing_listener_resets_what_was_opened_fast)
{
	GET_COOKIE();
	SENDS_COOKIE("S 0:100(100) <mss 1000,FO>");
	SEES("S. 0:0(0) ack 101");
	ASSERT_EQ(0, sock_close(self->listener));
	SEES("R. 1:1(0) ack 101");
}

/* The server side refuses, loses and gives: what the client makes of it. */
static int dial(struct peer *peer, int host_port)
{
	struct sockaddr_storage addr = addr_of(&peer->self, peer->port);
	int fd = sock_new(&peer->host), error;
	uint8_t data[100];

	peer->host_port = host_port;
	pattern_fill(data, 0, sizeof(data));
	error = sock_bind(fd, &peer->host, host_port);
	if (!error)
		error = sock_nonblock(fd, true);
	if (error)
		return error;
	if (sendto(fd, data, sizeof(data), MSG_FASTOPEN, (struct sockaddr *)&addr,
		   addr_len(&addr)) < 0 && errno != EINPROGRESS)
		return -errno;
	return fd;
}

TEST_F(fastpeer, R7413_04_R7413_05_R7413_10_a_client_asks_shows_and_gives_up)
{
	struct seg synack;
	int i;

	ASSERT_LE(0, dial(&self->peer, 6000));
	SEES("S 0:0(0) <FO>");
	EXPECT_EQ(0, self->peer.seen.cookie_len);
	ASSERT_EQ(0, peer_parse(&self->peer, "S. 0:0(0) ack 1 <mss 1000,FO>", &synack));
	synack.cookie_len = 6;
	memcpy(synack.cookie, "cookie", 6);
	ASSERT_EQ(0, peer_put(&self->peer, &synack));
	SEES(". 1:1(0) ack 1");

	for (i = 1; i <= 2; i++) {	/* one loss is chance */
		peer_renew(&self->peer, 0, 0, PEER_ISS + 1000 * i);
		ASSERT_LE(0, dial(&self->peer, 6000 + i));
		SEES("S 0:100(100) <FO>");
		EXPECT_EQ(6, self->peer.seen.cookie_len);
		EXPECT_EQ(0, memcmp("cookie", self->peer.seen.cookie, 6));
		SEES("S 0:0(0)");	/* a second later: nobody answered */
		EXPECT_FALSE(self->peer.seen.options & OPT_FAST);
		SENDS("S. 0:0(0) ack 1");
		SEES("P. 1:101(100) ack 1");
		EXPECT_EQ(i, diag_counter(&self->peer.host, "fastopen_blackhole"));
	}

	peer_renew(&self->peer, 0, 0, PEER_ISS + 3000);
	ASSERT_LE(0, dial(&self->peer, 6003));
	SEES("S 0:0(0)");		/* not on this path, for an hour */
	EXPECT_FALSE(self->peer.seen.options & OPT_FAST);
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0
/* handshake.c -- SYN and SYN,ACK: how often, how long. */
#include "timed.h"

static int begin_connect(struct peer *peer)
{
	int fd = sock_new(&peer->host);

	peer->host_port = 5000;
	if (sock_bind(fd, &peer->host, 5000) || sock_nonblock(fd, true))
		return -EPROTO;
	return sock_connect(fd, &peer->self, peer->port) == -EINPROGRESS ? fd : -EPROTO;
}

/* RFC 9293 MUST-23: at least three minutes. RFC 6298: 1 s, doubled. */
TIMED_TEST(X02_X04_a_syn_without_answer_is_repeated_and_given_up_after_180_s)
{
	int fd, at;

	ONLY_VIRTUAL_CLOCK();
	MARK();
	fd = begin_connect(&self->peer);
	ASSERT_LE(0, fd);
	SEES_AT(0, "S 0:0(0)");
	for (at = 1; at < 180; at = 2 * at + 1)
		SEES_AT(at * SEC, "S 0:0(0)");
	ENDS_AT(180 * SEC, HRTCP_SYN_SENT);
	EXPECT_EQ(ETIMEDOUT, sock_error(fd));
	SILENCE(HOUR);
}

TIMED_TEST(X04_a_blocking_connect_returns_etimedout)
{
	int fd;

	ONLY_VIRTUAL_CLOCK();
	fd = sock_new(&self->peer.host);
	MARK();
	EXPECT_EQ(-ETIMEDOUT, sock_connect(fd, &self->peer.self, PEER_PORT));
	EXPECT_LE(self->mark + 180 * SEC, now_ms());
	EXPECT_GE(self->mark + 180 * SEC + 100, now_ms());
}

TIMED_TEST(a_late_answer_still_connects)
{
	int fd, at;

	ONLY_VIRTUAL_CLOCK();
	MARK();
	fd = begin_connect(&self->peer);
	SEES_AT(0, "S 0:0(0)");
	for (at = 1; at < 128; at = 2 * at + 1)
		SEES_AT(at * SEC, "S 0:0(0)");
	SLEEP_UNTIL(170 * SEC);
	SENDS("S. 0:0(0) ack 1");
	SEES(". 1:1(0) ack 1");
	EXPECT_EQ(0, sock_error(fd));
	SLEEP_UNTIL(HOUR);
	EXPECT_EQ(HRTCP_ESTABLISHED, peer_state(&self->peer));
}

TIMED_TEST(T05_T07_X05_a_half_open_request_repeats_its_synack_and_is_reset_after_63_s)
{
	int listener, at;

	ONLY_VIRTUAL_CLOCK();
	listener = sock_listen(&self->peer.host, 80, 1);
	MARK();
	SENDS("S 0:0(0)");
	SEES_AT(0, "S. 0:0(0) ack 1");
	for (at = 1; at < 63; at = 2 * at + 1)
		SEES_AT(at * SEC, "S. 0:0(0) ack 1");
	EXPECT_EQ(HRTCP_SYN_RECEIVED, peer_state(&self->peer));
	SEES_AT(63 * SEC, "R. 1:1(0) ack 1");
	STATE(0);
	EXPECT_EQ(0, sock_poll(listener, POLLIN, 0));
	SENDS("P. 1:101(100) ack 1");
	SEES("R 1:1(0)");
	EXPECT_EQ(HRTCP_LISTEN, diag_state(&self->peer.host, 80, 0));
}

TIMED_TEST(T06_data_completes_a_handshake_whose_third_segment_was_lost)
{
	int listener, server;

	ONLY_VIRTUAL_CLOCK();
	listener = sock_listen(&self->peer.host, 80, 1);
	MARK();
	SENDS("S 0:0(0)");
	SEES_AT(0, "S. 0:0(0) ack 1");
	SEES_AT(1 * SEC, "S. 0:0(0) ack 1");
	SENDS("P. 1:101(100) ack 1");
	server = sock_accept(listener);
	ASSERT_LE(0, server);
	EXPECT_EQ(0, recv_all(server, 0, 100));
}

/* The client side of it: a peer that got no third segment repeats its SYN,ACK. */
TIMED_TEST(T06_each_repeated_synack_is_answered)
{
	int fd, at;

	ONLY_VIRTUAL_CLOCK();
	fd = peer_connects(&self->peer, PEER_SYNACK);
	ASSERT_LE(0, fd);
	MARK();
	for (at = 1; at < 63; at = 2 * at + 1) {
		SLEEP_UNTIL(at * SEC);
		SENDS("S. 0:0(0) ack 1 <mss 1000>");
		SEES_AT(at * SEC, ". 1:1(0) ack 1");
	}
	EXPECT_EQ(HRTCP_ESTABLISHED, peer_state(&self->peer));
}

TIMED_TEST(T10_a_simultaneous_open_without_answer_is_given_up_too)
{
	int fd;

	ONLY_VIRTUAL_CLOCK();
	fd = begin_connect(&self->peer);
	MARK();
	SEES_AT(0, "S 0:0(0)");
	SENDS("S 0:0(0)");
	SEES("S. 0:0(0) ack 1");
	STATE(HRTCP_SYN_RECEIVED);
	ASSERT_EQ(POLLOUT | POLLERR | POLLHUP,
		  sock_poll(fd, POLLOUT, HOUR) & (POLLOUT | POLLERR | POLLHUP));
	EXPECT_EQ(ETIMEDOUT, sock_error(fd));
	EXPECT_LE(self->mark + 180 * SEC - SLACK_MS, now_ms());
}

/* 4.77 h by RFC 9293's clock of 4 us: the numbers wrap, and go on. */
TIMED_TEST(T11_initial_numbers_rise_by_one_in_four_microseconds)
{
	uint32_t first;

	ONLY_VIRTUAL_CLOCK();
	ASSERT_LE(0, sock_listen(&self->peer.host, 80, 1));
	MARK();
	SENDS("S 0:0(0)");
	SEES("S. 0:0(0) ack 1");
	first = self->peer.irs;
	SENDS("R 1:1(0)");
	SLEEP_UNTIL(6 * HOUR);
	peer_renew(&self->peer, 0, 0, PEER_ISS);
	SENDS("S 0:0(0)");
	SEES("S. 0:0(0) ack 1");
	EXPECT_LE((uint32_t)(6ull * HOUR * 250) - SLACK_MS * 250,
		  (uint32_t)(self->peer.irs - first));
	EXPECT_GE((uint32_t)(6ull * HOUR * 250) + SLACK_MS * 250,
		  (uint32_t)(self->peer.irs - first));
}

TEST_HARNESS_MAIN

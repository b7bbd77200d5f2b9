// SPDX-License-Identifier: GPL-2.0
/* sockopt.c -- waits that a socket was given for itself. */
#include "timed.h"

#include <time.h>

#include "uapi/sockopt.h"

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000ll + t.tv_nsec / 1000;
}

static int set_us(int fd, int opt, uint64_t value)
{
	return setsockopt(fd, SOL_HRTCP, opt, &value, sizeof(value)) ? -errno : 0;
}

/* A socket that connects once it was told how. */
static int new_client(struct peer *peer)
{
	int fd = sock_new(&peer->host);

	peer->host_port = 5000;
	if (sock_bind(fd, &peer->host, 5000) || sock_nonblock(fd, true))
		return -EPROTO;
	return fd;
}

TIMED_TEST(a_syn_is_repeated_after_500_us_and_given_up_after_200_ms)
{
	int64_t begun, before, gap = 0;
	int fd, n;

	ONLY_VIRTUAL_CLOCK();
	fd = new_client(&self->peer);
	ASSERT_EQ(0, set_us(fd, HRTCP_SO_RTO_INIT, 500));
	ASSERT_EQ(0, set_us(fd, HRTCP_SO_SYN_R2, 200000));
	ASSERT_EQ(-EINPROGRESS, sock_connect(fd, &self->peer.self, PEER_PORT));
	begun = before = now_us();
	for (n = 0; peer_sees(&self->peer, "S 0:0(0)", 1000); n++) {
		if (n > 3)
			EXPECT_LE(2 * gap - 300, now_us() - before);
		gap = now_us() - before;
		before = now_us();
	}
	/* At 0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 63.5 and 127.5 ms. */
	EXPECT_EQ(9, n);
	EXPECT_LE(127000, before - begun);
	EXPECT_GE(127500 + 5000, before - begun);
	EXPECT_EQ(ETIMEDOUT, sock_error(fd));
}

TIMED_TEST(MUST22_tcp_syncnt_bounds_the_repeats)
{
	int fd;

	ONLY_VIRTUAL_CLOCK();
	fd = new_client(&self->peer);
	ASSERT_EQ(0, sock_set(fd, IPPROTO_TCP, TCP_SYNCNT, 2));
	MARK();
	ASSERT_EQ(-EINPROGRESS, sock_connect(fd, &self->peer.self, PEER_PORT));
	SEES_AT(0, "S 0:0(0)");
	SEES_AT(1 * SEC, "S 0:0(0)");
	SEES_AT(3 * SEC, "S 0:0(0)");
	ENDS_AT(7 * SEC, HRTCP_SYN_SENT);
	EXPECT_EQ(ETIMEDOUT, sock_error(fd));
}

TIMED_TEST(MUST27_keepalive_after_10_ms)
{
	int64_t begun;
	int fd, i;

	ONLY_VIRTUAL_CLOCK();
	fd = peer_accepts(&self->peer);
	ASSERT_EQ(0, set_us(fd, HRTCP_SO_KEEPALIVE_TIME, 10000));
	ASSERT_EQ(0, set_us(fd, HRTCP_SO_KEEPALIVE_INTVL, 20000));
	ASSERT_EQ(0, set_us(fd, HRTCP_SO_KEEPALIVE_PROBES, 3));
	SENDS("P. 1:101(100) ack 1");
	begun = now_us();
	ASSERT_EQ(0, sock_set(fd, SOL_SOCKET, SO_KEEPALIVE, 1));
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(1, peer_get(&self->peer, &self->peer.seen, SEC));
		EXPECT_EQ(self->peer.irs, self->peer.seen.seq);
		EXPECT_LE(10000 + i * 20000 - 500, now_us() - begun);
		EXPECT_GE(10000 + i * 20000 + 5000, now_us() - begun);
	}
	ASSERT_NE(0, sock_poll(fd, POLLERR, SEC) & POLLERR);
	EXPECT_LE(70000 - 500, now_us() - begun);
	EXPECT_GE(70000 + 5000, now_us() - begun);
	EXPECT_EQ(ETIMEDOUT, sock_error(fd));
}

TIMED_TEST(MUST27_keepalive_by_its_tcp_options)
{
	int fd, i;

	ONLY_VIRTUAL_CLOCK();
	fd = peer_accepts(&self->peer);
	ASSERT_EQ(0, sock_set(fd, IPPROTO_TCP, TCP_KEEPIDLE, 30));
	ASSERT_EQ(0, sock_set(fd, IPPROTO_TCP, TCP_KEEPINTVL, 4));
	ASSERT_EQ(0, sock_set(fd, IPPROTO_TCP, TCP_KEEPCNT, 2));
	ASSERT_EQ(0, sock_set(fd, SOL_SOCKET, SO_KEEPALIVE, 1));
	MARK();
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(1, peer_get(&self->peer, &self->peer.seen, HOUR));
		EXPECT_NEAR(30 * SEC + i * 4 * SEC, SEEN_MS());
	}
	ENDS_AT(38 * SEC, HRTCP_ESTABLISHED);
}

#define TO_TIME_WAIT(us)						\
	do {								\
		int _fd = peer_accepts(&self->peer);			\
									\
		ASSERT_LE(0, _fd);					\
		if (us)							\
			ASSERT_EQ(0, set_us(_fd, HRTCP_SO_TIME_WAIT, us)); \
		ASSERT_EQ(0, sock_close(_fd));				\
		SEES("F. 1:1(0) ack 1");				\
		SENDS("F. 1:1(0) ack 2");				\
		SEES(". 2:2(0) ack 2");					\
	} while (0)

TIMED_TEST(MUST13_2_msl_of_a_socket_beside_those_of_others)
{
	ONLY_VIRTUAL_CLOCK();
	MARK();
	TO_TIME_WAIT(0);
	peer_renew(&self->peer, 4001, 0, 0);
	TO_TIME_WAIT(1000000);
	SLEEP_UNTIL(500);
	SENDS("F. 1:1(0) ack 2");	/* again: 2 MSL of its own once more */
	SEES(". 2:2(0) ack 2");
	ENDS_AT(1500, HRTCP_TIME_WAIT);
	EXPECT_EQ(HRTCP_TIME_WAIT, diag_state(&self->peer.host, 80, 4000));
	SLEEP_UNTIL(120 * SEC - SLACK_MS);
	EXPECT_EQ(HRTCP_TIME_WAIT, diag_state(&self->peer.host, 80, 4000));
	SLEEP_UNTIL(120 * SEC + SLACK_MS);
	EXPECT_EQ(0, diag_state(&self->peer.host, 80, 4000));
}

TIMED_TEST(tcp_linger2_bounds_fin_wait_2)
{
	int fd;

	ONLY_VIRTUAL_CLOCK();
	fd = peer_accepts(&self->peer);
	ASSERT_EQ(0, sock_set(fd, IPPROTO_TCP, TCP_LINGER2, 2));
	ASSERT_EQ(0, sock_close(fd));
	SEES("F. 1:1(0) ack 1");
	MARK();
	SENDS(". 1:1(0) ack 2");
	ENDS_AT(2 * SEC, HRTCP_FIN_WAIT_2);
}

TIMED_TEST(X01_MUST21_user_timeout_ends_a_connection_whose_data_is_not_acknowledged)
{
	int fd;

	ONLY_VIRTUAL_CLOCK();
	fd = peer_accepts(&self->peer);
	ASSERT_EQ(0, sock_set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 3700));
	ASSERT_EQ(0, send_all(fd, 0, 100));
	MARK();
	ENDS_AT(3700, HRTCP_ESTABLISHED);
	EXPECT_EQ(ETIMEDOUT, sock_error(fd));
}

TIMED_TEST(MUST21_r2_without_end)
{
	int fd;

	ONLY_VIRTUAL_CLOCK();
	fd = peer_accepts(&self->peer);
	ASSERT_EQ(0, set_us(fd, HRTCP_SO_R2, HRTCP_FOREVER));
	ASSERT_EQ(0, send_all(fd, 0, 100));
	MARK();
	SLEEP_UNTIL(10 * HOUR);
	EXPECT_EQ(HRTCP_ESTABLISHED, peer_state(&self->peer));
	ASSERT_TRUE(peer_sends(&self->peer, ". 1:1(0) ack 101"));
	EXPECT_EQ(0, sock_error(fd));
}

TIMED_TEST(MUST20_R1_the_user_learns_of_three_timeouts_if_it_asks)
{
	int fd, i;

	ONLY_VIRTUAL_CLOCK();
	fd = peer_accepts(&self->peer);
	ASSERT_EQ(0, send_all(fd, 0, 100));
	for (i = 0; i < 4; i++)
		SEES("P. 1:101(100) ack 1");
	EXPECT_EQ(0, sock_error(fd));
	SEES("P. 1:101(100) ack 1");
	EXPECT_EQ(ETIMEDOUT, sock_error(fd));
	EXPECT_EQ(HRTCP_ESTABLISHED, peer_state(&self->peer));
	SENDS(". 1:1(0) ack 101");
	EXPECT_EQ(0, sock_error(fd));
	ASSERT_EQ(0, send_all(fd, 100, 100));
	SEES("P. 101:201(100) ack 1");
}

TIMED_TEST(our_ack_is_delayed_as_set_on_a_live_connection)
{
	int64_t begun;
	int fd;

	ONLY_VIRTUAL_CLOCK();
	fd = peer_accepts(&self->peer);
	ASSERT_EQ(0, set_us(fd, HRTCP_SO_DELACK, 300000));
	MARK();
	SENDS("P. 1:2(1) ack 1");
	SEES_AT(300, ". 1:1(0) ack 2");
	ASSERT_EQ(0, sock_set(fd, IPPROTO_TCP, TCP_QUICKACK, 1));
	begun = now_us();
	SENDS("P. 2:3(1) ack 1");
	SEES(". 1:1(0) ack 3");
	EXPECT_GE(5000, now_us() - begun);
}

TIMED_TEST(probes_of_a_shut_window_keep_to_their_longest_interval)
{
	int fd, i;

	ONLY_VIRTUAL_CLOCK();
	self->peer.win = 0;
	fd = peer_accepts(&self->peer);
	ASSERT_EQ(0, set_us(fd, HRTCP_SO_PERSIST_MAX, 100000));
	ASSERT_EQ(0, send_all(fd, 0, 100));
	ASSERT_EQ(1, peer_get(&self->peer, &self->peer.seen, SEC));
	for (i = 0; i < 20; i++) {
		SENDS(". 1:1(0) ack 1");
		self->mark = self->peer.seen_ms;
		ASSERT_EQ(1, peer_get(&self->peer, &self->peer.seen, SEC));
		EXPECT_GE(100 + SLACK_MS, SEEN_MS());
	}
	EXPECT_LE(100 - SLACK_MS, SEEN_MS());
}

TIMED_TEST(defer_accept_waits_for_data)
{
	int listener, server;

	ONLY_VIRTUAL_CLOCK();
	listener = sock_new(&self->peer.host);
	ASSERT_EQ(0, sock_set(listener, IPPROTO_TCP, TCP_DEFER_ACCEPT, 20));
	EXPECT_EQ(20, sock_get(listener, IPPROTO_TCP, TCP_DEFER_ACCEPT));
	ASSERT_EQ(0, sock_bind(listener, &self->peer.host, 80));
	ASSERT_EQ(0, listen(listener, 2));
	SENDS("S 0:0(0)");
	SEES("S. 0:0(0) ack 1");
	SENDS(". 1:1(0) ack 1");
	EXPECT_EQ(0, sock_poll(listener, POLLIN, 10 * SEC));
	SENDS("P. 1:101(100) ack 1");
	server = sock_accept(listener);
	ASSERT_LE(0, server);
	EXPECT_EQ(0, recv_all(server, 0, 100));
}

TIMED_TEST(a_window_clamp_bounds_what_is_advertised)
{
	int listener = sock_new(&self->peer.host);

	ASSERT_EQ(0, sock_set(listener, IPPROTO_TCP, TCP_WINDOW_CLAMP, 5000));
	ASSERT_EQ(0, sock_bind(listener, &self->peer.host, 80));
	ASSERT_EQ(0, listen(listener, 2));
	SENDS("S 0:0(0) <mss 1000>");
	SEES("S. 0:0(0) ack 1 win 5000");
	SENDS(". 1:1(0) ack 1");
	listener = sock_accept(listener);
	ASSERT_LE(0, listener);
	SENDS("P. 1:1001(1000) ack 1");
	EXPECT_EQ(0, recv_all(listener, 0, 1000));
	SENDS("P. 1001:2001(1000) ack 1");
	ASSERT_EQ(1, peer_get(&self->peer, &self->peer.seen, WAIT_MS));
	EXPECT_GE(5000u, self->peer.seen.win);
}

TIMED_TEST(defer_accept_ends_after_its_time)
{
	int listener;

	ONLY_VIRTUAL_CLOCK();
	listener = sock_listen(&self->peer.host, 80, 2);
	ASSERT_EQ(0, sock_set(listener, IPPROTO_TCP, TCP_DEFER_ACCEPT, 20));
	MARK();
	SENDS("S 0:0(0)");
	SEES("S. 0:0(0) ack 1");
	SENDS(". 1:1(0) ack 1");
	SEES_AT(20 * SEC, "S. 0:0(0) ack 1");
	EXPECT_EQ(0, sock_poll(listener, POLLIN, 0));
	SENDS(". 1:1(0) ack 1");
	EXPECT_LE(0, sock_accept(listener));
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0
/* metrics.c -- what a connection learned, and with what the next one to that peer begins. */
#include "harness.h"

PEER_FIXTURE(metrics);

#define NO_THRESHOLD 0x7fffffffu		/* as Linux tells it */

static struct tcp_info info_of(int fd)
{
	struct tcp_info info = {};
	socklen_t len = sizeof(info);

	getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len);
	return info;
}

/* A connection that loses a window to a timeout, and ends. */
static bool suffer(struct peer *peer)
{
	int fd = peer_accepts(peer), i;
	bool good;

	if (fd < 0 || send_all(fd, 0, 10000))
		return false;
	for (i = 0; i < 11; i++)	/* the eleventh is the first once more */
		if (peer_get(peer, &peer->seen, WAIT_MS) != 1)
			return false;
	good = peer->seen.seq == peer->irs + 1 && peer_sends(peer, ". 1:1(0) ack 10001") &&
	       WAIT_FOR(info_of(fd).tcpi_unacked == 0) &&
	       peer_sends(peer, "R. 1:1(0) ack 10001") && WAIT_FOR(!peer_state(peer));
	sock_close(fd);
	return good;
}

TEST_F(metrics, the_threshold_of_slow_start_is_passed_on_if_wanted)
{
	int fd;

	ONLY_HRTCP();
	ASSERT_EQ(0, net_sysctl("hrtcp/ssthresh_save", "1"));
	ASSERT_TRUE(suffer(&self->peer)) { TH_LOG("%s", self->peer.said); }
	peer_renew(&self->peer, PEER_PORT + 1, 0, 0);
	fd = peer_accepts(&self->peer);
	ASSERT_LE(0, fd);
	EXPECT_EQ(10u, info_of(fd).tcpi_snd_ssthresh);	/* the initial window: less it never is */

	ASSERT_EQ(0, net_sysctl("hrtcp/metrics_save", "0"));
	peer_renew(&self->peer, PEER_PORT + 2, 0, 0);
	fd = peer_accepts(&self->peer);
	ASSERT_LE(0, fd);
	EXPECT_EQ(NO_THRESHOLD, info_of(fd).tcpi_snd_ssthresh);
}

TEST_F(metrics, a_connection_opened_by_this_end_has_it_too)
{
	int fd;

	ONLY_HRTCP();
	ASSERT_EQ(0, net_sysctl("hrtcp/ssthresh_save", "1"));
	ASSERT_TRUE(suffer(&self->peer)) { TH_LOG("%s", self->peer.said); }
	peer_renew(&self->peer, PEER_PORT + 1, 0, 0);
	fd = peer_connects(&self->peer, PEER_SYNACK);
	ASSERT_LE(0, fd);
	EXPECT_EQ(10u, info_of(fd).tcpi_snd_ssthresh);
}

TEST_F(metrics, the_threshold_is_not_passed_on_unless_wanted)
{
	int fd;

	ONLY_HRTCP();
	ASSERT_TRUE(suffer(&self->peer)) { TH_LOG("%s", self->peer.said); }
	peer_renew(&self->peer, PEER_PORT + 1, 0, 0);
	fd = peer_accepts(&self->peer);
	ASSERT_LE(0, fd);
	EXPECT_EQ(NO_THRESHOLD, info_of(fd).tcpi_snd_ssthresh);
}

/* The round trip of the slow connection, 200 ms, makes the timeout of the fast one longer. */
TEST_F(metrics, a_long_round_trip_is_remembered)
{
	uint32_t fast;
	int fd;

	ONLY_HRTCP();
	ASSERT_EQ(0, net_sysctl("hrtcp/metrics_save", "0"));
	fd = peer_accepts(&self->peer);
	ASSERT_LE(0, fd);
	fast = info_of(fd).tcpi_rto;
	ASSERT_EQ(0, net_sysctl("hrtcp/metrics_save", "1"));

	peer_renew(&self->peer, PEER_PORT + 1, 0, 0);
	ASSERT_LE(0, sock_listen(&self->peer.host, 80, 1));
	SENDS("S 0:0(0) <mss 1000>");
	SEES("S. 0:0(0) ack 1");
	pause_ms(200);
	SENDS(". 1:1(0) ack 1");
	STATE(HRTCP_ESTABLISHED);
	SENDS("R. 1:1(0) ack 1");
	STATE(0);

	peer_renew(&self->peer, PEER_PORT + 2, 81, 0);
	fd = peer_accepts(&self->peer);
	ASSERT_LE(0, fd);
	EXPECT_LE(200000u + 4 * 100000, info_of(fd).tcpi_rto);
	EXPECT_GT(200000u + 4 * 100000, fast);
}

TEST_HARNESS_MAIN

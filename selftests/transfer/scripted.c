// SPDX-License-Identifier: GPL-2.0
/* scripted.c -- data segment by segment, the peer being the test. */
#include "harness.h"

PEER_FIXTURE(scripted);

/* A connection with these options offered by the peer, who opens it. Returns the socket. */
static int opened(struct peer *peer, const char *syn, const char *ack)
{
	int listener = sock_listen(&peer->host, 80, 1), fd = -EPROTO;

	if (peer_sends(peer, syn) && peer_sees(peer, "S. 0:0(0) ack 1", WAIT_MS) &&
	    peer_sends(peer, ack))
		fd = sock_accept(listener);
	sock_close(listener);
	return fd;
}

/* Segments of payload until @end has come; what else comes is passed over. */
static int collect(struct peer *peer, uint32_t end)
{
	uint32_t next = peer->irs + 1;

	while (next != peer->irs + 1 + end) {
		struct seg seg;

		if (peer_get(peer, &seg, WAIT_MS) != 1)
			return -ETIMEDOUT;
		if (seg.len && seg.seq != next)
			return -EPROTO;
		next += seg.len;
	}
	return 0;
}

TEST_F(scripted, segments_are_cut_to_the_peers_mss)
{
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, send_all(fd, 0, 2500));
	SEES(". 1:1001(1000) ack 1");
	SEES(". 1001:2001(1000) ack 1");
	SENDS(". 1:1(0) ack 2001");
	SEES("P. 2001:2501(500) ack 1");
}

TEST_F(scripted, the_initial_window_is_ten_segments)
{
	int fd = peer_accepts(&self->peer), i;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, send_all(fd, 0, 16000));
	for (i = 0; i < 10; i++) {
		ASSERT_EQ(1, peer_get(&self->peer, &self->peer.seen, WAIT_MS));
		EXPECT_EQ(1000u, self->peer.seen.len);
		EXPECT_EQ(self->peer.irs + 1 + 1000 * i, self->peer.seen.seq);
	}
	SILENCE(20);
	SENDS(". 1:1(0) ack 10001");
	SEES(". 10001:11001(1000) ack 1");
}

TEST_F(scripted, the_window_of_the_peer_is_never_exceeded)
{
	int fd;

	self->peer.win = 2500;
	fd = peer_accepts(&self->peer);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, send_all(fd, 0, 5000));
	SEES(". 1:1001(1000) ack 1");
	SEES(". 1001:2001(1000) ack 1");
	SILENCE(20);
	SENDS(". 1:1(0) ack 2001");
	SEES(". 2001:3001(1000) ack 1");
}

TEST_F(scripted, nagle_holds_a_short_segment_until_all_is_acknowledged)
{
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, send_all(fd, 0, 100));
	SEES("P. 1:101(100) ack 1");
	ASSERT_EQ(0, send_all(fd, 100, 100));
	SILENCE(20);
	ASSERT_EQ(0, send_all(fd, 200, 100));
	SENDS(". 1:1(0) ack 101");
	SEES("P. 101:301(200) ack 1");
}

TEST_F(scripted, nodelay_does_not_hold_it)
{
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, sock_set(fd, IPPROTO_TCP, TCP_NODELAY, 1));
	ASSERT_EQ(0, send_all(fd, 0, 100));
	SEES("P. 1:101(100) ack 1");
	ASSERT_EQ(0, send_all(fd, 100, 100));
	SEES("P. 101:201(100) ack 1");
}

TEST_F(scripted, cork_holds_all_but_full_segments_until_pulled)
{
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, sock_set(fd, IPPROTO_TCP, TCP_CORK, 1));
	ASSERT_EQ(0, send_all(fd, 0, 1300));
	SEES(". 1:1001(1000) ack 1");
	SENDS(". 1:1(0) ack 1001");
	SILENCE(20);
	ASSERT_EQ(0, sock_set(fd, IPPROTO_TCP, TCP_CORK, 0));
	SEES("P. 1001:1301(300) ack 1");
}

TEST_F(scripted, msg_more_joins_what_follows)
{
	uint8_t data[200];
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	pattern_fill(data, 0, sizeof(data));
	ASSERT_EQ(100, send(fd, data, 100, MSG_MORE));
	SILENCE(20);
	ASSERT_EQ(100, send(fd, data + 100, 100, 0));
	SEES("P. 1:201(200) ack 1");
}

TEST_F(scripted, A82_every_second_full_segment_is_acknowledged_at_once)
{
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	ONLY_HRTCP();		/* both begin by acknowledging every one; Linux cannot be kept from it */
	ASSERT_EQ(0, net_sysctl("hrtcp/quick_acks", "0"));
	SENDS(". 1:1001(1000) ack 1");
	SENDS(". 1001:2001(1000) ack 1");
	SEES(". 1:1(0) ack 2001");
	EXPECT_EQ(0, recv_all(fd, 0, 2000));
}

TEST_F(scripted, SHLD18_the_first_full_segments_are_acknowledged_one_by_one)
{
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	SENDS(". 1:1001(1000) ack 1");
	SEES(". 1:1(0) ack 1001");
	SENDS(". 1001:2001(1000) ack 1");
	SEES(". 1:1(0) ack 2001");
	EXPECT_EQ(0, recv_all(fd, 0, 2000));
}

TEST_F(scripted, A83_a_gap_is_told_at_once_and_closed_by_what_was_kept)
{
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	SENDS(". 1001:2001(1000) ack 1");
	SEES(". 1:1(0) ack 1");
	SENDS(". 2001:3001(1000) ack 1");
	SEES(". 1:1(0) ack 1");
	EXPECT_EQ(0, sock_unread(fd));
	SENDS(". 1:1001(1000) ack 1");
	SEES(". 1:1(0) ack 3001");
	EXPECT_EQ(0, recv_all(fd, 0, 3000));
}

TEST_F(scripted, A83_sack_names_what_was_kept_the_latest_first)
{
	int fd = opened(&self->peer, "S 0:0(0) <mss 1000,sackOK>", ". 1:1(0) ack 1");

	ASSERT_LE(0, fd);
	SENDS(". 1001:2001(1000) ack 1");
	SEES(". 1:1(0) ack 1 <sack 1001:2001>");
	SENDS(". 3001:4001(1000) ack 1");
	SEES(". 1:1(0) ack 1 <sack 3001:4001 1001:2001>");
	SENDS(". 1:1001(1000) ack 1");
	SEES(". 1:1(0) ack 2001 <sack 3001:4001>");
	SENDS(". 2001:3001(1000) ack 1");
	SEES(". 1:1(0) ack 4001");
	EXPECT_EQ(0, recv_all(fd, 0, 4000));
}

TEST_F(scripted, overlapping_segments_are_delivered_once)
{
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	SENDS(". 501:1001(500) ack 1");
	SENDS(". 301:801(500) ack 1");
	SENDS(". 1:401(400) ack 1");
	SENDS(". 1:1001(1000) ack 1");
	ASSERT_TRUE(WAIT_FOR(sock_unread(fd) == 1000));
	EXPECT_EQ(0, recv_all(fd, 0, 1000));
	EXPECT_EQ(0, sock_unread(fd));
}

TEST_F(scripted, a_duplicate_is_acknowledged_and_not_delivered)
{
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	SENDS("P. 1:1001(1000) ack 1");
	SEES(". 1:1(0) ack 1001");
	SENDS("P. 1:1001(1000) ack 1");
	SEES(". 1:1(0) ack 1001");
	EXPECT_EQ(1000, sock_unread(fd));
}

TEST_F(scripted, three_duplicate_acks_repeat_the_segment)
{
	int fd = peer_accepts(&self->peer), i;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, send_all(fd, 0, 5000));
	ASSERT_EQ(0, collect(&self->peer, 5000));
	for (i = 0; i < 3; i++)
		SENDS(". 1:1(0) ack 1");
	do {
		ASSERT_EQ(1, peer_get(&self->peer, &self->peer.seen, WAIT_MS));
	} while (self->peer.seen.seq != self->peer.irs + 1);
	EXPECT_EQ(1000u, self->peer.seen.len);
	SENDS(". 1:1(0) ack 5001");
}

TEST_F(scripted, a_lost_segment_is_repeated_until_acknowledged)
{
	int fd = peer_accepts(&self->peer), i;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, send_all(fd, 0, 500));
	for (i = 0; i < 3; i++)
		SEES("P. 1:501(500) ack 1");
	SENDS(". 1:1(0) ack 501");
	SILENCE(50);
	EXPECT_EQ(0, sock_error(fd));
}

TEST_F(scripted, small_segments_that_were_lost_go_again_as_one)
{
	int fd = peer_accepts(&self->peer), i;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, sock_set(fd, IPPROTO_TCP, TCP_NODELAY, 1));
	for (i = 0; i < 10; i++)
		ASSERT_EQ(0, send_all(fd, 90 * i, 90));
	ASSERT_EQ(0, collect(&self->peer, 900));
	do {
		ASSERT_EQ(1, peer_get(&self->peer, &self->peer.seen, WAIT_MS));
	} while (self->peer.seen.seq != self->peer.irs + 1 || self->peer.seen.len == 90);
	EXPECT_EQ(900u, self->peer.seen.len);
	EXPECT_GT(0, pattern_check(self->peer.packet + self->peer.packet_len - 900, 0, 900));
	SENDS(". 1:1(0) ack 901");
	SILENCE(50);
}

TEST_F(scripted, T33_a_push_is_acknowledged_within_half_a_second)
{
	int fd = peer_accepts(&self->peer);
	uint64_t start = now_ms();

	ASSERT_LE(0, fd);
	SENDS("P. 1:2(1) ack 1");
	EXPECT_EQ(0, recv_all(fd, 0, 1));
	SEES(". 1:1(0) ack 2");
	EXPECT_GT(start + 500, now_ms());
}

TEST_F(scripted, an_answer_carries_the_acknowledgement)
{
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, shutdown(fd, SHUT_RD));	/* the reader is the test */
	ONLY_HRTCP();		/* Linux begins by acknowledging at once */
	SENDS("P. 1:101(100) ack 1");
	ASSERT_TRUE(WAIT_FOR(sock_unread(fd) == 100));
	ASSERT_EQ(0, send_all(fd, 0, 50));
	SEES("P. 1:51(50) ack 101");
}

TEST_F(scripted, A30_A31_timestamps_are_required_and_old_ones_refused)
{
	int fd = opened(&self->peer, "S 0:0(0) <mss 1000,TS 100>", ". 1:1(0) ack 1 <TS 101>");

	ASSERT_LE(0, fd);
	ONLY_HRTCP();
	SENDS("P. 1:101(100) ack 1");
	SILENCE(20);
	EXPECT_EQ(0, sock_unread(fd));
	SENDS("P. 1:101(100) ack 1 <TS 50>");
	SEES(". 1:1(0) ack 1 <TS>");
	EXPECT_EQ(0, sock_unread(fd));
	SENDS("P. 1:101(100) ack 1 <TS 102>");
	SEES(". 1:1(0) ack 101 <TS>");
	EXPECT_EQ(102u, self->peer.seen.ts_ecr);
	EXPECT_EQ(1, diag_counter(&self->peer.host, "paws"));
	EXPECT_EQ(1, diag_counter(&self->peer.host, "timestamp_missing"));
}

TEST_F(scripted, window_scaling_is_used_both_ways)
{
	int fd = opened(&self->peer, "S 0:0(0) win 1000 <mss 1000,wscale 10>",
			". 1:1(0) ack 1 win 4");

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, send_all(fd, 0, 6000));
	ASSERT_EQ(0, collect(&self->peer, 4000));	/* 4 << 10 holds four segments */
	SILENCE(20);
}

TEST_F(scripted, the_right_edge_never_moves_left)
{
	int fd = peer_accepts(&self->peer);
	uint32_t edge = 0, sent = 0;

	ASSERT_LE(0, fd);
	ONLY_HRTCP();		/* Linux shrinks the window when memory runs out */
	ASSERT_EQ(0, sock_set(fd, SOL_SOCKET, SO_RCVBUF, 4096));
	while (sent < 20000) {
		char line[60];
		uint32_t now;

		snprintf(line, sizeof(line), ". nxt(1000) ack 1");
		SENDS(line);
		sent += 1000;
		ASSERT_LE(0, peer_get(&self->peer, &self->peer.seen, 300));
		now = self->peer.seen.ack + self->peer.seen.win;
		if (edge)
			EXPECT_LE(0, (int32_t)(now - edge));
		edge = now;
		if (self->peer.seen.win < 1000)
			break;
	}
}

TEST_F(scripted, a_full_receiver_shuts_the_window_and_opens_it_when_read)
{
	uint32_t sent = 0;
	int fd;

	self->peer.rcvbuf = 8000;
	fd = peer_accepts(&self->peer);
	ASSERT_LE(0, fd);
	for (;;) {
		ASSERT_TRUE(peer_sends(&self->peer, ". nxt(1000) ack 1"));
		sent += 1000;
		if (peer_get(&self->peer, &self->peer.seen, 100) == 1 &&
		    self->peer.seen.ack == self->peer.iss + 1 + sent &&
		    self->peer.seen.win < 1000)
			break;
		ASSERT_GT(10u << 20, sent);
	}
	EXPECT_EQ(0, recv_all(fd, 0, sent));
	/* A window update comes without being asked for. */
	ASSERT_EQ(1, peer_get(&self->peer, &self->peer.seen, WAIT_MS));
	EXPECT_LE(1000u, self->peer.seen.win);
}

TEST_F(scripted, A36_a_shut_window_still_takes_acknowledgements)
{
	uint32_t before;
	int fd;

	self->peer.rcvbuf = 8000;
	fd = peer_accepts(&self->peer);
	ASSERT_LE(0, fd);
	ONLY_HRTCP();		/* Linux drops such a segment with all it says */
	ASSERT_EQ(0, send_all(fd, 0, 500));
	ASSERT_EQ(0, collect(&self->peer, 500));
	do {
		ASSERT_TRUE(peer_sends(&self->peer, ". nxt(1000) ack 1"));
		peer_get(&self->peer, &self->peer.seen, 100);
	} while (self->peer.seen.win >= 1000);
	before = sock_unread(fd);
	ASSERT_TRUE(peer_sends(&self->peer, ". nxt(1000) ack 501"));
	ASSERT_TRUE(peer_sends(&self->peer, ". nxt(1000) ack 501"));
	ASSERT_EQ(0, send_all(fd, 500, 500));
	do {
		ASSERT_EQ(1, peer_get(&self->peer, &self->peer.seen, WAIT_MS));
	} while (self->peer.seen.seq != self->peer.irs + 501 || !self->peer.seen.len);
	EXPECT_GE(before + 2000, (uint32_t)sock_unread(fd));
}

/* RFC 9293 3.7.5: too big, with the MTU of the next hop. */
TEST_F(scripted, icmp_too_big_makes_segments_smaller)
{
	int fd = opened(&self->peer, "S 0:0(0) <mss 1460>", ". 1:1(0) ack 1");
	uint32_t limit = variant->ipv == 4 ? 1000 - 40 : 1280 - 60;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, send_all(fd, 0, 1400));
	ASSERT_EQ(1, peer_get(&self->peer, &self->peer.seen, WAIT_MS));
	ASSERT_LT(limit, self->peer.seen.len);
	ASSERT_EQ(0, variant->ipv == 4 ? peer_icmp(&self->peer, 3, 4, 1000) :
					 peer_icmp(&self->peer, 2, 0, 1280));
	ASSERT_EQ(1, peer_get(&self->peer, &self->peer.seen, WAIT_MS));
	EXPECT_EQ(self->peer.irs + 1, self->peer.seen.seq);
	EXPECT_GE(limit, self->peer.seen.len);
}

/* RFC 1191 3: nothing below 68 octets, and IPv6 takes 1280 everywhere. */
TEST_F(scripted, R1191_02_too_big_for_anything_is_not_believed)
{
	int fd = opened(&self->peer, "S 0:0(0) <mss 1460>", ". 1:1(0) ack 1");
	uint32_t least = variant->ipv == 4 ? 68 - 40 : 1280 - 60;
	int i;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, send_all(fd, 0, 1400));
	ASSERT_EQ(1, peer_get(&self->peer, &self->peer.seen, WAIT_MS));
	ASSERT_EQ(0, variant->ipv == 4 ? peer_icmp(&self->peer, 3, 4, 40) :
					 peer_icmp(&self->peer, 2, 0, 100));
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(1, peer_get(&self->peer, &self->peer.seen, WAIT_MS));
		if (self->peer.seen.seq + self->peer.seen.len != self->peer.irs + 1401)
			EXPECT_LE(least, self->peer.seen.len);
		if (self->peer.seen.len >= 1400)
			break;		/* not believed at all */
	}
	EXPECT_EQ(HRTCP_ESTABLISHED, peer_state(&self->peer));
}

TEST_HARNESS_MAIN

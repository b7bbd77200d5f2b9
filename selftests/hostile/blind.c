// SPDX-License-Identifier: GPL-2.0
/* blind.c -- attacks by those who cannot see the connection: RFC 5961, RFC 5927, and worse. */
#include "harness.h"

PEER_FIXTURE(blind);

static int replies(struct peer *peer, int for_ms)
{
	struct seg seg;
	int n = 0;

	while (peer_get(peer, &seg, for_ms) == 1)
		n++;
	return n;
}

TEST_F(blind, a_thousand_resets_by_guesswork_do_not_end_a_connection)
{
	int fd = peer_accepts(&self->peer), i;

	ASSERT_LE(0, fd);
	srand(3);
	for (i = 0; i < 1000; i++) {
		struct seg seg;

		ASSERT_EQ(0, peer_parse(&self->peer, "R =1(0)", &seg));
		seg.seq = self->peer.iss + 2 + rand() % 60000;
		ASSERT_EQ(0, peer_put(&self->peer, &seg));
	}
	STATE(HRTCP_ESTABLISHED);
	ONLY_HRTCP();
	/* One challenge ACK in half a second. */
	EXPECT_GE(3, replies(&self->peer, 20));
	EXPECT_EQ(1000, diag_counter(&self->peer.host, "rst_not_acceptable"));
}

TEST_F(blind, syns_by_guesswork_do_not_either)
{
	int fd = peer_accepts(&self->peer), i;

	ASSERT_LE(0, fd);
	for (i = 0; i < 100; i++) {
		struct seg seg;

		ASSERT_EQ(0, peer_parse(&self->peer, "S 2:2(0)", &seg));
		seg.seq += 100 * i;
		ASSERT_EQ(0, peer_put(&self->peer, &seg));
	}
	STATE(HRTCP_ESTABLISHED);
	ONLY_HRTCP();
	EXPECT_GE(3, replies(&self->peer, 20));
}

TEST_F(blind, data_with_an_ack_by_guesswork_is_not_delivered)
{
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	SENDS("P. 1:101(100) ack 100000");
	SENDS("P. 1:101(100) ack =1");
	replies(&self->peer, 20);
	EXPECT_EQ(0, sock_unread(fd));
}

TEST_F(blind, icmp_errors_do_not_end_a_connection)
{
	int fd = peer_accepts(&self->peer), code;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, send_all(fd, 0, 100));
	SEES("P. 1:101(100) ack 1");
	for (code = 0; code < 16; code++)
		if (variant->ipv == 6 || code != 4)
			ASSERT_EQ(0, variant->ipv == 4 ? peer_icmp(&self->peer, 3, code, 0) :
							 peer_icmp(&self->peer, 1, code % 7, 0));
	STATE(HRTCP_ESTABLISHED);
	SENDS(". 1:1(0) ack 101");
	ASSERT_EQ(0, send_all(fd, 100, 100));
	do {
		ASSERT_EQ(1, peer_get(&self->peer, &self->peer.seen, WAIT_MS));
	} while (self->peer.seen.seq != self->peer.irs + 101);
}

TEST_F(blind, icmp_errors_that_quote_other_numbers_end_no_attempt)
{
	int fd = sock_new(&self->peer.host), at = variant->ipv == 4 ? 20 + 4 : 40 + 4;

	self->peer.host_port = 5000;
	ASSERT_EQ(0, sock_bind(fd, &self->peer.host, 5000));
	ASSERT_EQ(0, sock_nonblock(fd, true));
	ASSERT_EQ(-EINPROGRESS, sock_connect(fd, &self->peer.self, PEER_PORT));
	SEES("S 0:0(0)");
	self->peer.packet[at] ^= 0x80;		/* of the sequence number quoted */
	ASSERT_EQ(0, variant->ipv == 4 ? peer_icmp(&self->peer, 3, 3, 0) :
					 peer_icmp(&self->peer, 1, 4, 0));
	EXPECT_EQ(0, sock_poll(fd, POLLOUT, 50));
	STATE(HRTCP_SYN_SENT);
}

TEST_F(blind, a_tiny_mtu_does_not_make_segments_tiny)
{
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, send_all(fd, 0, 1000));
	SEES("P. 1:1001(1000) ack 1");
	ASSERT_EQ(0, variant->ipv == 4 ? peer_icmp(&self->peer, 3, 4, 68) :
					 peer_icmp(&self->peer, 2, 0, 68));
	ASSERT_EQ(1, peer_get(&self->peer, &self->peer.seen, WAIT_MS));
	EXPECT_LE(400u, self->peer.seen.len);
}

TEST_F(blind, a_connection_of_a_host_with_itself_by_a_forged_syn_is_not_made)
{
	struct sockaddr_storage own = self->peer.host.addr;

	ASSERT_LE(0, sock_listen(&self->peer.host, 80, 1));
	self->peer.self.addr = own;
	peer_renew(&self->peer, 80, 80, PEER_ISS);
	SENDS("S 0:0(0)");
	EXPECT_TRUE(WAIT_FOR(!diag_state(&self->peer.host, 80, 80)));
	ONLY_HRTCP();
	/* Nor do its own answers keep it busy. */
	pause_ms(50);
	EXPECT_GT(20, diag_counter(&self->peer.host, "in_segs"));
}

TEST_F(blind, answers_to_old_acks_are_bounded)
{
	int fd = peer_accepts(&self->peer), i;

	ASSERT_LE(0, fd);
	for (i = 0; i < 500; i++) {
		struct seg seg;

		ASSERT_EQ(0, peer_parse(&self->peer, ". =5(0) ack 1", &seg));
		seg.seq = self->peer.iss - 1000;
		ASSERT_EQ(0, peer_put(&self->peer, &seg));
	}
	EXPECT_GE(5, replies(&self->peer, 20));
	STATE(HRTCP_ESTABLISHED);
}

TEST_HARNESS_MAIN

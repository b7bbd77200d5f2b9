// SPDX-License-Identifier: GPL-2.0
/* flood.c -- SYNs that nobody will follow up, and those who want to be served all the same. */
#include "harness.h"

PEER_FIXTURE(flood);

#define BACKLOG 64
#define FLOOD 2000

static void drain(struct peer *peer)
{
	struct seg seg;

	while (peer_get(peer, &seg, 0) == 1)
		;
}

/* Far more SYNs than there are places. Returns the listener. */
static int under_attack(struct peer *peer)
{
	int listener = sock_listen(&peer->host, 80, 10), i;

	if (net_sysctl("hrtcp/max_syn_backlog", "64"))
		return -EINVAL;
	for (i = 0; i < FLOOD; i++) {
		peer_renew(peer, 10000 + i, 80, PEER_ISS + i);
		if (!peer_sends(peer, i % 2 ? "S 0:0(0) <mss 1000,sackOK,wscale 7>" : "S 0:0(0)"))
			return -EIO;
		if (i % 50 == 0)
			drain(peer);
	}
	drain(peer);
	peer_renew(peer, 5000, 80, PEER_ISS);
	return listener;
}

TEST_F(flood, R4987_01_R4987_03_an_honest_client_is_served_and_memory_is_bounded)
{
	struct row row = {};
	int listener, server;

	ONLY_HRTCP();
	listener = under_attack(&self->peer);
	ASSERT_LE(0, listener);
	ASSERT_TRUE(diag_find(&self->peer.host, 80, 0, &row));
	EXPECT_EQ(BACKLOG + 0u, row.half_open);
	EXPECT_EQ(FLOOD - BACKLOG, diag_counter(&self->peer.host, "syncookies_sent"));

	SENDS("S 0:0(0) win 8000 <mss 1300,sackOK,wscale 7,TS 100>");
	SEES("S. 0:0(0) ack 1 <sackOK,TS>");
	EXPECT_TRUE(self->peer.seen.options & OPT_WSCALE);
	EXPECT_EQ(0, peer_state(&self->peer));		/* nothing is kept of it */
	SENDS(". 1:1(0) ack 1 win 100 <TS 101>");
	server = sock_accept(listener);
	ASSERT_LE(0, server);
	STATE(HRTCP_ESTABLISHED);
	EXPECT_EQ(1, diag_counter(&self->peer.host, "syncookies_recv"));
	EXPECT_EQ(1220 - 12, sock_get(server, IPPROTO_TCP, TCP_MAXSEG));
	SENDS("P. 1:101(100) ack 1 <TS 102>");
	EXPECT_EQ(0, recv_all(server, 0, 100));
	ASSERT_EQ(0, send_all(server, 0, 12000));	/* the window is 100 << 7 */
	SEES(". 1:1209(1208) ack 101");
}

TEST_F(flood, R4987_04_the_synack_is_repeated_and_its_flow_label_stays)
{
	int listener = sock_listen(&self->peer.host, 80, 1), label;

	ONLY_HRTCP();
	ASSERT_LE(0, listener);
	ASSERT_EQ(0, net_sysctl("hrtcp/repath", "0"));
	SENDS("S 0:0(0)");
	SEES("S. 0:0(0) ack 1");
	label = peer_flow_label(&self->peer);
	EXPECT_EQ(variant->ipv == 6, label != 0);
	SEES("S. 0:0(0) ack 1");
	EXPECT_EQ(label, peer_flow_label(&self->peer));
	SENDS("P. 1:101(100) ack 1");
	SEES(". 1:1(0) ack 101");
	EXPECT_EQ(label, peer_flow_label(&self->peer));
	EXPECT_EQ(0, diag_counter(&self->peer.host, "path_changes"));
}

/* RFC 6438: no path is known to work before; what follows takes the one that did. */
TEST_F(flood, R4987_04_a_repeated_synack_takes_another_path_and_all_that_follows_too)
{
	int listener = sock_listen(&self->peer.host, 80, 1), label;

	ONLY_HRTCP();
	ASSERT_LE(0, listener);
	SENDS("S 0:0(0)");
	SEES("S. 0:0(0) ack 1");
	label = peer_flow_label(&self->peer);
	SEES("S. 0:0(0) ack 1");
	EXPECT_EQ(variant->ipv == 6, label != peer_flow_label(&self->peer));
	label = peer_flow_label(&self->peer);
	SENDS("P. 1:101(100) ack 1");
	SEES(". 1:1(0) ack 101");
	EXPECT_EQ(label, peer_flow_label(&self->peer));
	EXPECT_EQ(1, diag_counter(&self->peer.host, "path_changes"));
}

TEST_F(flood, R4987_03_forged_acknowledgments_are_dropped)
{
	int i, listener;

	ONLY_HRTCP();
	listener = under_attack(&self->peer);
	ASSERT_LE(0, listener);
	for (i = 0; i < 100; i++) {
		struct seg seg;

		peer_renew(&self->peer, 20000 + i, 80, PEER_ISS);
		ASSERT_EQ(0, peer_parse(&self->peer, ". 1:1(0) ack 1", &seg));
		seg.ack = 12345u * i;
		ASSERT_EQ(0, peer_put(&self->peer, &seg));
	}
	drain(&self->peer);
	EXPECT_EQ(100, diag_counter(&self->peer.host, "syncookies_failed"));
	EXPECT_EQ(0, sock_poll(listener, POLLIN, 0));
}

TEST_F(flood, R4987_03_by_the_administrators_wish_always)
{
	int listener = sock_listen(&self->peer.host, 80, 1), server;
	struct row row = {};

	ONLY_HRTCP();
	ASSERT_EQ(0, net_sysctl("hrtcp/syncookies", "2"));
	SENDS("S 0:0(0) <mss 1000>");
	SEES("S. 0:0(0) ack 1");
	EXPECT_FALSE(self->peer.seen.options & (OPT_TS | OPT_SACKOK | OPT_WSCALE));
	ASSERT_TRUE(diag_find(&self->peer.host, 80, 0, &row));
	EXPECT_EQ(0u, row.half_open);
	SENDS("P. 1:101(100) ack 1");
	server = sock_accept(listener);
	ASSERT_LE(0, server);
	EXPECT_EQ(0, recv_all(server, 0, 100));
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0
/* dump.c -- GET_CONN and GET_STATS: every state is shown, filters are kept to. */
#include "harness.h"

#define MASK(state) (1u << HRTCP_##state)

PEER_FIXTURE(dump);

/* The number of rows with one of these states; @any: of all. */
static int count(struct peer *peer, uint32_t states)
{
	static struct row rows[DIAG_ROWS];

	return diag_rows(&peer->host, rows, states);
}

TEST_F(dump, nothing_is_an_empty_dump)
{
	EXPECT_EQ(0, count(&self->peer, 0));
}

TEST_F(dump, a_listener_shows_its_queues)
{
	int listener = sock_listen(&self->peer.host, 80, 7);
	struct row row = {};

	ASSERT_LE(0, listener);
	SENDS("S 0:0(0)");
	SEES("S. 0:0(0) ack 1");
	ASSERT_TRUE(diag_find(&self->peer.host, 80, 0, &row));
	EXPECT_EQ(HRTCP_LISTEN, row.state);
	EXPECT_EQ(0u, row.rqueue);
	EXPECT_EQ(7u, row.wqueue);
	EXPECT_EQ(1u, row.half_open);
	EXPECT_NE(0u, row.inode);
	SENDS(". 1:1(0) ack 1");
	ASSERT_TRUE(WAIT_FOR(diag_find(&self->peer.host, 80, 0, &row) && row.rqueue == 1));
	EXPECT_EQ(0u, row.half_open);
}

TEST_F(dump, every_state_is_shown_with_its_addresses)
{
	struct sockaddr_storage want;
	struct row row = {};
	int fd;

	/* SYN-SENT */
	fd = sock_new(&self->peer.host);
	ASSERT_EQ(0, sock_nonblock(fd, true));
	self->peer.host_port = 5001;
	ASSERT_EQ(0, sock_bind(fd, &self->peer.host, 5001));
	ASSERT_EQ(-EINPROGRESS, sock_connect(fd, &self->peer.self, PEER_PORT));
	ASSERT_TRUE(diag_find(&self->peer.host, 5001, PEER_PORT, &row));
	EXPECT_EQ(HRTCP_SYN_SENT, row.state);
	EXPECT_EQ(variant->ipv, row.ipv);
	want = addr_of(&self->peer.self, PEER_PORT);
	EXPECT_EQ(0, memcmp(&row.remote, &want, addr_len(&want)));
	want = addr_of(&self->peer.host, 5001);
	EXPECT_EQ(0, memcmp(&row.local, &want, addr_len(&want)));
	EXPECT_EQ(HRTCP_T_RETRANSMIT, row.timer);
	EXPECT_LT(0u, row.timer_ns);
	EXPECT_GE(1000000000u, row.timer_ns);
	SEES("S 0:0(0)");
	/* SYN-RECEIVED, both kinds: simultaneous open, and half-open */
	SENDS("S 0:0(0)");
	STATE(HRTCP_SYN_RECEIVED);
	ASSERT_LE(0, sock_listen(&self->peer.host, 80, 4));
	peer_renew(&self->peer, 4001, 80, 0);
	SENDS("S 0:0(0)");
	STATE(HRTCP_SYN_RECEIVED);
	ASSERT_TRUE(diag_find(&self->peer.host, 80, 4001, &row));
	EXPECT_EQ(0u, row.inode);
	EXPECT_EQ(2, count(&self->peer, MASK(SYN_RECEIVED)));
	EXPECT_EQ(1, count(&self->peer, MASK(LISTEN)));
}

/* FIN-WAIT-1 to TIME-WAIT, on connections of ports 4000 and up. */
TEST_F(dump, the_states_of_an_end_are_shown)
{
	int fd;

	self->peer.host_port = 81;
	fd = peer_accepts(&self->peer);
	STATE(HRTCP_ESTABLISHED);
	ASSERT_EQ(0, shutdown(fd, SHUT_WR));
	STATE(HRTCP_FIN_WAIT_1);
	SEES("F. 1:1(0) ack 1");
	SENDS(". 1:1(0) ack 2");
	STATE(HRTCP_FIN_WAIT_2);
	SENDS("F. 1:1(0) ack 2");
	STATE(HRTCP_TIME_WAIT);
	ASSERT_EQ(0, sock_close(fd));
	STATE(HRTCP_TIME_WAIT);

	peer_renew(&self->peer, 4001, 82, 0);
	fd = peer_accepts(&self->peer);
	ASSERT_EQ(0, shutdown(fd, SHUT_WR));
	SENDS("F. 1:1(0) ack 1");
	STATE(HRTCP_CLOSING);

	peer_renew(&self->peer, 4002, 83, 0);
	fd = peer_accepts(&self->peer);
	SENDS("F. 1:1(0) ack 1");
	STATE(HRTCP_CLOSE_WAIT);
	ASSERT_EQ(0, shutdown(fd, SHUT_WR));
	STATE(HRTCP_LAST_ACK);

	EXPECT_EQ(1, count(&self->peer, MASK(TIME_WAIT)));
	EXPECT_EQ(1, count(&self->peer, MASK(CLOSING)));
	EXPECT_EQ(1, count(&self->peer, MASK(LAST_ACK)));
	EXPECT_EQ(2, count(&self->peer, MASK(CLOSING) | MASK(LAST_ACK)));
	EXPECT_EQ(0, count(&self->peer, MASK(ESTABLISHED)));
	EXPECT_EQ(3, count(&self->peer, 0));
}

TEST_F(dump, queues_show_what_is_unread_and_unacknowledged)
{
	struct row row = {};
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	SENDS("P. 1:301(300) ack 1");
	ASSERT_EQ(0, send_all(fd, 0, 200));
	ASSERT_TRUE(WAIT_FOR(diag_find(&self->peer.host, 80, 4000, &row) && row.rqueue == 300));
	EXPECT_EQ(200u, row.wqueue);
	EXPECT_EQ(getuid(), row.uid);
}

TEST_F(dump, a_connection_keeps_its_cookie_through_its_states)
{
	struct row before = {}, after = {};
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	ASSERT_TRUE(diag_find(&self->peer.host, 80, 4000, &before));
	EXPECT_NE(0u, before.cookie);
	ASSERT_EQ(0, sock_close(fd));
	SEES("F. 1:1(0) ack 1");
	SENDS("F. 1:1(0) ack 2");
	STATE(HRTCP_TIME_WAIT);
	ASSERT_TRUE(diag_find(&self->peer.host, 80, 4000, &after));
	EXPECT_EQ(before.cookie, after.cookie);
}

/* More than a message holds: none is lost, none shown twice. */
TEST_F(dump, a_long_dump_is_complete)
{
	static struct row rows[DIAG_ROWS];
	bool seen[200] = {};
	int listener = sock_listen(&self->peer.host, 80, 4), i, n;

	ASSERT_LE(0, listener);
	for (i = 0; i < 200; i++) {
		peer_renew(&self->peer, 10000 + i, 80, 0);
		SENDS("S 0:0(0)");
		SEES("S. 0:0(0) ack 1");
	}
	n = diag_rows(&self->peer.host, rows, MASK(SYN_RECEIVED));
	EXPECT_EQ(200, n);
	for (i = 0; i < n; i++) {
		int at = rows[i].remote_port - 10000;

		ASSERT_TRUE(at >= 0 && at < 200);
		EXPECT_FALSE(seen[at]);
		seen[at] = true;
	}
}

TEST_F(dump, counters_count)
{
	struct end *host = &self->peer.host;
	int fd;

	EXPECT_EQ(0, diag_counter(host, "passive_opens"));
	fd = peer_accepts(&self->peer);
	ASSERT_LE(0, fd);
	EXPECT_EQ(1, diag_counter(host, "passive_opens"));
	EXPECT_EQ(0, diag_counter(host, "active_opens"));
	EXPECT_LE(2, diag_counter(host, "in_segs"));
	EXPECT_LE(1, diag_counter(host, "out_segs"));
	SENDS("R 100:100(0)");
	SEES(". 1:1(0) ack 1");
	EXPECT_EQ(1, diag_counter(host, "challenge_acks"));
	EXPECT_EQ(1, diag_counter(host, "rst_not_acceptable"));
	SENDS("R 1:1(0)");
	STATE(0);
	EXPECT_EQ(1, diag_counter(host, "estab_resets"));
}

TEST_F(dump, any_user_may_dump_and_read_counters)
{
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, setuid(65534));
	EXPECT_EQ(1, count(&self->peer, 0));
	EXPECT_EQ(1, diag_counter(&self->peer.host, "passive_opens"));
}

TEST_HARNESS_MAIN

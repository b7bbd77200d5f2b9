// SPDX-License-Identifier: GPL-2.0
/* resources.c -- a peer that wants memory, time or attention gets no more than its share. */
#include <linux/sock_diag.h>
#include <linux/sockios.h>

#include "harness.h"

PEER_FIXTURE(resources);

static void drain(struct peer *peer)
{
	struct seg seg;

	while (peer_get(peer, &seg, 0) == 1)
		;
}

/* What SO_MEMINFO tells, SK_MEMINFO_*. */
static uint32_t meminfo(int fd, int which)
{
	uint32_t values[SK_MEMINFO_VARS] = {};
	socklen_t len = sizeof(values);

	return getsockopt(fd, SOL_SOCKET, SO_MEMINFO, values, &len) ? ~0u : values[which];
}

TEST_F(resources, T08_a_flood_of_syns_fills_the_queue_and_no_more)
{
	struct tcp_info info = {};
	socklen_t len = sizeof(info);
	struct row row = {};
	int fd, i;

	ONLY_HRTCP();
	ASSERT_EQ(0, net_sysctl("hrtcp/syncookies", "0"));
	fd = peer_accepts(&self->peer);		/* one that is there already */
	ASSERT_LE(0, fd);
	ASSERT_LE(0, sock_listen(&self->peer.host, 81, 10));
	for (i = 0; i < 3000; i++) {
		peer_renew(&self->peer, 10000 + i, 81, PEER_ISS);
		SENDS("S 0:0(0)");
		if (i % 100 == 0)
			drain(&self->peer);
	}
	ASSERT_LT(0, diag_rows(&self->peer.host, &row, 1u << HRTCP_LISTEN));
	EXPECT_EQ(1024u, row.half_open);
	EXPECT_EQ(3000 - 1024, diag_counter(&self->peer.host, "half_open_queue_full"));
	drain(&self->peer);
	ASSERT_EQ(0, getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len));
	EXPECT_EQ(TCP_ESTABLISHED, info.tcpi_state);
}

/* One octet a segment, every second one missing: each costs far more than it carries. */
TEST_F(resources, holes_in_the_stream_hold_bounded_memory_and_can_still_be_filled)
{
	int fd, i;

	self->peer.rcvbuf = 30000;
	fd = peer_accepts(&self->peer);
	ASSERT_LE(0, fd);
	for (i = 1; i < 8000; i += 2) {
		struct seg seg;

		ASSERT_EQ(0, peer_parse(&self->peer, ". 1:2(1) ack 1", &seg));
		seg.seq += i;
		ASSERT_EQ(0, peer_put(&self->peer, &seg));
		if (i % 50 == 1)
			drain(&self->peer);
	}
	drain(&self->peer);
	/* Twice what was asked for is the limit, and the last one may lie across it. */
	EXPECT_GE(60000u + 4096u, meminfo(fd, SK_MEMINFO_RMEM_ALLOC));
	if (testing_hrtcp())
		EXPECT_LT(0, diag_counter(&self->peer.host, "receive_buffer_full") +
			     diag_counter(&self->peer.host, "reassembly_full"));
	for (i = 0; i < 8; i++) {
		struct seg seg;

		ASSERT_EQ(0, peer_parse(&self->peer, ". 1:1001(1000) ack 1", &seg));
		seg.seq += 1000 * i;
		ASSERT_EQ(0, peer_put(&self->peer, &seg));
		drain(&self->peer);
	}
	ASSERT_TRUE(WAIT_FOR(sock_unread(fd) >= 8000));
	EXPECT_EQ(0, recv_all(fd, 0, 8000));
}

TEST_F(resources, a_peer_that_acknowledges_octet_by_octet_gains_no_window)
{
	int fd = peer_accepts(&self->peer), i;
	uint32_t sent;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, send_all(fd, 0, 60000));
	drain(&self->peer);
	for (i = 2; i < 1002; i++) {
		struct seg seg;

		ASSERT_EQ(0, peer_parse(&self->peer, ". 1:1(0) ack 1", &seg));
		seg.ack += i - 1;
		ASSERT_EQ(0, peer_put(&self->peer, &seg));
	}
	drain(&self->peer);
	sent = self->peer.host_nxt - self->peer.irs - 1;
	EXPECT_GE(10000u + 1000u + 3000u, sent);	/* RFC 3465: counted in octets */
}

TEST_F(resources, a_window_that_shrinks_is_lived_with)
{
	int fd = peer_accepts(&self->peer);
	uint32_t next;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, send_all(fd, 0, 20000));
	pause_ms(20);
	drain(&self->peer);
	SENDS(". 1:1(0) ack 1001 win 100");
	SENDS(". 1:1(0) ack 1001 win 0");
	drain(&self->peer);
	SENDS(". 1:1(0) ack 1001 win 65535");
	for (next = 1001; next < 20001; next = self->peer.host_nxt - self->peer.irs) {
		struct seg seg;

		ASSERT_EQ(1, peer_get(&self->peer, &self->peer.seen, WAIT_MS));
		ASSERT_EQ(0, peer_parse(&self->peer, ". 1:1(0) ack nxt", &seg));
		seg.ack = self->peer.seen.seq + self->peer.seen.len;
		if ((int32_t)(seg.ack - self->peer.irs - 1001) > 0)
			ASSERT_EQ(0, peer_put(&self->peer, &seg));
	}
	EXPECT_EQ(0, sock_error(fd));
}

TEST_F(resources, a_giant_window_is_filled_only_as_far_as_the_sender_has_data)
{
	int listener = sock_listen(&self->peer.host, 80, 1), fd;

	SENDS("S 0:0(0) <mss 1000,wscale 14>");
	SEES("S. 0:0(0) ack 1");
	SENDS(". 1:1(0) ack 1 win 65535");
	fd = sock_accept(listener);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, send_all(fd, 0, 5000));
	SEES(". 1:1001(1000) ack 1");
	drain(&self->peer);
	STATE(HRTCP_ESTABLISHED);
}

TEST_F(resources, urgent_data_is_read_in_line)
{
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, sock_set(fd, SOL_SOCKET, SO_OOBINLINE, 1));
	SENDS("U. 1:101(100) ack 1 urg 50");
	SEES(". 1:1(0) ack 101");
	EXPECT_EQ(100, sock_unread(fd));
	do {
		uint8_t data[100];
		int n = recv(fd, data, sizeof(data), 0);

		ASSERT_LT(0, n);
	} while (sock_unread(fd));
}

/* Octets written that are not acknowledged, SIOCOUTQ, or not sent yet, SIOCOUTQNSD. */
static int outq(int fd, int which)
{
	int n = 0;

	return ioctl(fd, which, &n) ? -errno : n;
}

static int put_ack(struct peer *peer, uint32_t ack)
{
	struct seg seg;
	int error = peer_parse(peer, ". 1:1(0) ack 1 win 65535", &seg);

	seg.ack = ack;
	return error ? error : peer_put(peer, &seg);
}

/* SACKs of every second of the segments from @from on, four an ACK. */
static int put_sacks(struct peer *peer, uint32_t ack, uint32_t from, uint32_t size)
{
	struct seg seg;
	int error = peer_parse(peer, ". 1:1(0) ack 1 win 65535 <sack 1:2 3:4 5:6 7:8>", &seg);
	uint32_t i;

	if (error)
		return error;
	seg.ack = ack;
	for (i = 0; i < 4; i++) {
		seg.sack[2 * i] = from + 2 * i * size;
		seg.sack[2 * i + 1] = seg.sack[2 * i] + size;
	}
	return peer_put(peer, &seg);
}

/*
 * The smallest segments there are, every second one SACKed: those between go again one by one,
 * each in a buffer of its own, all of which is accounted and given back.
 */
/* Octets in flight, once all that may leave has left. */
static uint32_t settled_flight(struct peer *peer, int fd)
{
	uint32_t flight = 0, before;

	do {
		before = flight;
		pause_ms(2);
		drain(peer);
		flight = outq(fd, SIOCOUTQ) - outq(fd, SIOCOUTQNSD);
	} while (!flight || flight != before);
	return flight;
}

TEST_F(resources, segments_sacked_one_by_one_cost_a_buffer_each_that_is_accounted)
{
	const uint32_t size = 48, total = 2 << 20, flight = 100000;
	int listener = sock_listen(&self->peer.host, 80, 1), fd;
	uint32_t most = 0, una, at, i, out;

	ONLY_HRTCP();
	/* However slow the machine is: no timeout, and no end of slow start by delay. */
	ASSERT_EQ(0, net_sysctl("hrtcp/rto_min_us", "30000000"));
	ASSERT_EQ(0, net_sysctl("hrtcp/congestion_control", "reno"));
	SENDS("S 0:0(0) <mss 48,sackOK,wscale 7>");
	SEES("S. 0:0(0) ack 1");
	SENDS(". 1:1(0) ack 1 win 65535");
	fd = sock_accept(listener);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, sock_set(fd, SOL_SOCKET, SO_SNDBUFFORCE, 16 << 20));
	ASSERT_EQ(0, send_all(fd, 0, total));
	una = self->peer.irs + 1;
	/* In slow start, by so much an ACK that sixteen are enough. */
	while ((out = settled_flight(&self->peer, fd)) < flight) {
		for (i = 1; i <= 16; i++)
			ASSERT_EQ(0, put_ack(&self->peer, una + out / 16 * i));
		una += out / 16 * 16;
		ASSERT_LT(0, outq(fd, SIOCOUTQNSD));
	}
	for (at = una; at - una + 10 * size < flight; at += 8 * size) {
		ASSERT_EQ(0, put_sacks(&self->peer, una, at + size, size));
		drain(&self->peer);
		if (meminfo(fd, SK_MEMINFO_WMEM_QUEUED) > most)
			most = meminfo(fd, SK_MEMINFO_WMEM_QUEUED);
	}
	TH_LOG("%u octets in %u of memory", total - (una - self->peer.irs - 1), most);
	EXPECT_LT(total / 2, most);
	EXPECT_GE(total + total / 4 + flight / size * 2048, most);
	while (outq(fd, SIOCOUTQ)) {
		una = self->peer.irs + 1 + total - outq(fd, SIOCOUTQNSD);
		ASSERT_EQ(0, put_ack(&self->peer, una));
		pause_ms(1);
		drain(&self->peer);
	}
	EXPECT_TRUE(WAIT_FOR(!meminfo(fd, SK_MEMINFO_WMEM_QUEUED)));
	EXPECT_EQ(0, sock_error(fd));
}

/* Many that never finish, with data on hand: memory is accounted to them. */
TEST_F(resources, connections_that_read_nothing_do_not_harm_the_others)
{
	int slow[8], fd, i, j;

	for (i = 0; i < 8; i++) {
		peer_renew(&self->peer, 10000 + i, 80, PEER_ISS);
		slow[i] = peer_accepts(&self->peer);
		ASSERT_LE(0, slow[i]);
		for (j = 0; j < 60; j++)
			SENDS(". nxt(1000) ack 1");
		drain(&self->peer);
	}
	peer_renew(&self->peer, 20000, 80, PEER_ISS);
	fd = peer_accepts(&self->peer);
	ASSERT_LE(0, fd);
	SENDS("P. 1:101(100) ack 1");
	SEES(". 1:1(0) ack 101");
	EXPECT_EQ(0, recv_all(fd, 0, 100));
}

TEST_HARNESS_MAIN

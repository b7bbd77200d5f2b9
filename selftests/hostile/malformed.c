// SPDX-License-Identifier: GPL-2.0
/* malformed.c -- segments that are none: headers, checksums, options, flags. */
#include "harness.h"

FIXTURE(malformed)
{
	struct peer peer;
	int fd;
};

FIXTURE_VARIANT(malformed)
{
	int ipv;
};

FIXTURE_VARIANT_ADD(malformed, v4) { .ipv = 4 };
FIXTURE_VARIANT_ADD(malformed, v6) { .ipv = 6 };

FIXTURE_SETUP(malformed)
{
	ASSERT_EQ(0, peer_open(&self->peer, HR, variant->ipv));
	self->fd = peer_accepts(&self->peer);
	ASSERT_LE(0, self->fd);
}

/* Whatever came, the connection goes on as if it had not. */
FIXTURE_TEARDOWN(malformed)
{
	EXPECT_EQ(HRTCP_ESTABLISHED, peer_state(&self->peer));
	EXPECT_EQ(0, sock_unread(self->fd));
	EXPECT_EQ(0, sock_error(self->fd));
	while (peer_get(&self->peer, &self->peer.seen, 20) == 1)
		;
	self->peer.nxt = self->peer.iss + 1;
	SENDS("P. 1:101(100) ack 1");
	SEES(". 1:1(0) ack 101");
	EXPECT_EQ(0, recv_all(self->fd, 0, 100));
}

static int64_t dropped(struct peer *peer, const char *reason)
{
	return testing_hrtcp() ? diag_counter(&peer->host, reason) : -1;
}

/* Send @line changed by @change, which sees it as seg. */
#define SENDS_WRONG(line, change)							\
	do {										\
		struct seg seg;								\
											\
		ASSERT_EQ(0, peer_parse(&self->peer, line, &seg));			\
		change;									\
		ASSERT_EQ(0, peer_put(&self->peer, &seg));				\
	} while (0)

#define DROPS(reason, n)								\
	do {										\
		if (testing_hrtcp())							\
			EXPECT_TRUE(WAIT_FOR(dropped(&self->peer, reason) == (n))) {	\
				TH_LOG("%s: %lld", reason,				\
				       (long long)dropped(&self->peer, reason));	\
			}								\
	} while (0)

TEST_F(malformed, a_wrong_checksum)
{
	SENDS_WRONG("P. 1:101(100) ack 1", seg.bad_sum = 1);
	SENDS_WRONG("R 1:1(0)", seg.bad_sum = 0x8000);
	SENDS_WRONG("F. 1:1(0) ack 1", seg.bad_sum = 77);
	DROPS("bad_checksum", 3);
	SILENCE(20);
}

TEST_F(malformed, a_data_offset_inside_the_header)
{
	int doff;

	for (doff = 1; doff < 5; doff++)
		SENDS_WRONG("P. 1:101(100) ack 1", seg.doff = doff);
	DROPS("malformed_header", 4);
	SILENCE(20);
}

TEST_F(malformed, a_data_offset_beyond_the_segment)
{
	SENDS_WRONG(". 1:1(0) ack 1", seg.doff = 6);
	SENDS_WRONG("P. 1:11(10) ack 1", seg.doff = 15);
	DROPS("malformed_header", 2);
	SILENCE(20);
}

TEST_F(malformed, a_segment_cut_short)
{
	int cut;

	for (cut = 1; cut <= 20; cut++)
		SENDS_WRONG(". 1:1(0) ack 1", seg.cut = cut);
	SILENCE(20);
}

/* The option's kind, the octets after it, and whether a segment with it is to be believed. */
TEST_F(malformed, options_of_wrong_length)
{
	static const uint8_t wrong[][4] = {
		{ 2, 0, 1, 1 }, { 2, 1, 1, 1 }, { 2, 5, 1, 1 }, { 8, 40, 1, 1 }, { 3, 255, 1, 1 },
		{ 1, 1, 1, 2 }, { 99, 0, 1, 1 }, { 5, 1, 1, 1 },
	};
	unsigned int i;

	ONLY_HRTCP();		/* Linux takes what it can read of them */
	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		SENDS_WRONG("R 5:5(0)", (seg.raw_options = wrong[i], seg.raw_options_len = 4));
	DROPS("bad_option_length", (int64_t)ARRAY_SIZE(wrong));
}

TEST_F(malformed, unknown_options_are_passed_over)
{
	static const uint8_t unknown[] = { 99, 4, 1, 2, 200, 2, 1, 0, 77, 77, 77, 77 };

	SENDS_WRONG(". 1:1(0) ack 1", (seg.raw_options = unknown,
				       seg.raw_options_len = sizeof(unknown)));
	SILENCE(20);
	DROPS("bad_option_length", 0);
}

TEST_F(malformed, every_combination_of_flags_out_of_the_window)
{
	int flags;

	for (flags = 0; flags < 256; flags++)
		SENDS_WRONG(". =5000000(10) ack 1", (seg.flags = flags, seg.seq -= 90000000));
	while (peer_get(&self->peer, &self->peer.seen, 20) == 1)
		EXPECT_FALSE(self->peer.seen.flags & (F_RST | F_SYN | F_FIN));
}

/* In the window, but beyond what may end a connection: no RST exactly at RCV.NXT. */
TEST_F(malformed, every_combination_of_flags_inside_the_window)
{
	int flags;

	for (flags = 0; flags < 256; flags++)
		if (!(flags & F_FIN))
			SENDS_WRONG(". 3000:3000(0) ack 1", seg.flags = flags);
	while (peer_get(&self->peer, &self->peer.seen, 20) == 1)
		EXPECT_FALSE(self->peer.seen.flags & (F_RST | F_SYN | F_FIN));
}

TEST_F(malformed, an_ack_of_what_was_never_sent)
{
	SENDS(". 1:1(0) ack 100000");
	SEES(". 1:1(0) ack 1");
	SENDS("P. 1:101(100) ack 2000000000");
	DROPS("ack_not_acceptable", 2);
}

TEST_F(malformed, sack_blocks_of_what_was_never_sent)
{
	SENDS(". 1:1(0) ack 1 <sack 1000:2000 5000:100>");
	SENDS(". 1:1(0) ack 1 <sack 2000:1000>");
	SILENCE(20);
}

TEST_F(malformed, urgent_pointers_into_nowhere)
{
	SENDS("U. 1:1(0) ack 1 urg 65535");
	SENDS("U. 1:1(0) ack 1 urg 0");
	SILENCE(20);
}

/* At a listener: a new port for each, so that none is answered for another's sake. */
TEST_F(malformed, every_combination_of_flags_at_a_listener)
{
	int listener = sock_listen(&self->peer.host, 81, 1), flags;
	struct peer *other = malloc(sizeof(*other));

	*other = self->peer;
	for (flags = 0; flags < 256; flags++) {
		struct seg seg;

		peer_renew(other, 10000 + flags, 81, PEER_ISS);
		ASSERT_EQ(0, peer_parse(other, "- 0:0(0) ack =5", &seg));
		seg.flags = flags;
		ASSERT_EQ(0, peer_put(other, &seg));
	}
	EXPECT_EQ(0, sock_poll(listener, POLLIN, 50));
	EXPECT_EQ(HRTCP_LISTEN, diag_state(&self->peer.host, 81, 0));
	/* Of the 256 those with SYN and without RST and ACK open a request: 32. */
	ONLY_HRTCP();
	EXPECT_EQ(32, diag_rows(&self->peer.host, (struct row[DIAG_ROWS]){},
				1u << HRTCP_SYN_RECEIVED));
}

TEST_F(malformed, a_syn_with_absurd_options_still_opens)
{
	static const uint8_t absurd[] = { 2, 4, 0, 0, 3, 3, 255, 1, 4, 2, 1, 1 };
	struct peer *other = malloc(sizeof(*other));
	struct seg seg;
	int listener = sock_listen(&self->peer.host, 81, 1), fd;

	*other = self->peer;
	peer_renew(other, 10000, 81, PEER_ISS);
	ASSERT_EQ(0, peer_parse(other, "S 0:0(0)", &seg));
	seg.raw_options = absurd;
	seg.raw_options_len = sizeof(absurd);
	ASSERT_EQ(0, peer_put(other, &seg));
	ASSERT_TRUE(peer_sees(other, "S. 0:0(0) ack 1", WAIT_MS));
	ASSERT_TRUE(peer_sends(other, ". 1:1(0) ack 1 win 1"));
	fd = sock_accept(listener);
	ASSERT_LE(0, fd);
	/* A window scaled by more than 14 counts as 14: 16 KB, and an MSS of 0 as none. */
	ASSERT_EQ(0, send_all(fd, 0, 1000));
	ASSERT_EQ(1, peer_get(other, &seg, WAIT_MS));
	EXPECT_LT(0u, seg.len);
	ASSERT_EQ(0, sock_linger(fd, 0));
	ASSERT_EQ(0, sock_close(fd));
}

TEST_F(malformed, random_segments_of_random_connections)
{
	struct peer *other = malloc(sizeof(*other));
	uint8_t options[40];
	int i, j;

	ASSERT_LE(0, sock_listen(&self->peer.host, 81, 1));
	*other = self->peer;
	srand(7);
	for (i = 0; i < 5000; i++) {
		struct seg seg = { .flags = rand(), .seq = PEER_ISS + rand() % 8 - 2,
				   .ack = rand(), .win = rand(), .urg = rand(),
				   .len = rand() % 100, .raw_options = options,
				   .raw_options_len = rand() % 11 * 4 };

		for (j = 0; j < 40; j++)
			options[j] = rand() % (rand() % 2 ? 10 : 256);
		peer_renew(other, 10000 + rand() % 50, 81, PEER_ISS);
		ASSERT_EQ(0, peer_put(other, &seg));
		if (i % 50 == 0)
			while (peer_get(other, &seg, 0) == 1)
				;
	}
	while (read(self->peer.tun, self->peer.packet, sizeof(self->peer.packet)) > 0)
		;
}

TEST_HARNESS_MAIN

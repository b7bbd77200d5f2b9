// SPDX-License-Identifier: GPL-2.0
/* addresses.c -- addresses that no TCP has: from them nothing is heard, to them nothing said. */
#include "harness.h"

PEER_FIXTURE(addresses);

/* Does any TCP packet at all leave the host? */
static bool tcp_leaves(struct peer *peer, int within_ms)
{
	const int at = peer->host.ipv == 4 ? 9 : 6;
	uint64_t end = now_ms() + within_ms;
	int len;

	do {
		len = read(peer->tun, peer->packet, sizeof(peer->packet));
		if (len > 20 && peer->packet[0] >> 4 == peer->host.ipv &&
		    peer->packet[at] == IPPROTO_TCP)
			return true;
		if (len < 0)
			pause_ms(1);
	} while (now_ms() < end);
	return false;
}

/* As @line from and to other addresses; "" is the right one. */
static bool sends_as(struct peer *peer, const char *from, const char *to, const char *line)
{
	static struct peer other;

	other = *peer;
	if (*from)
		other.self.addr = addr_parse(from, 0);
	if (*to)
		other.host.addr = addr_parse(to, 0);
	return peer_sends(&other, line);
}

static bool is_v4(const char *text)
{
	return !strchr(text, ':');
}

static const char *const to_many[] = {
	"10.9.0.255", "255.255.255.255", "224.0.0.1", "ff02::1", "ff01::1",
};

TEST_F(addresses, a_syn_to_many_is_dropped)
{
	unsigned int i;

	ASSERT_LE(0, sock_listen(&self->peer.host, 80, 4));
	for (i = 0; i < ARRAY_SIZE(to_many); i++)
		if (is_v4(to_many[i]) == (variant->ipv == 4))
			ASSERT_TRUE(sends_as(&self->peer, "", to_many[i], "S 0:0(0) <mss 1000>"));
	EXPECT_FALSE(tcp_leaves(&self->peer, 50));
	EXPECT_EQ(0, diag_state(&self->peer.host, 80, PEER_PORT));
	SENDS("S 0:0(0) <mss 1000>");
	SEES("S. 0:0(0) ack 1");
}

TEST_F(addresses, any_segment_to_many_is_dropped)
{
	static const char *const lines[] = {
		". 1:1(0) ack 1", "P. 1:101(100) ack 1", "F. 1:1(0) ack 1", "R 1:1(0)",
		"R. 1:1(0) ack 1", "S. 0:0(0) ack 1", "- 1:1(0)",
	};
	int fd = peer_accepts(&self->peer);
	unsigned int i, j;

	ASSERT_LE(0, fd);
	for (i = 0; i < ARRAY_SIZE(to_many); i++)
		for (j = 0; j < ARRAY_SIZE(lines); j++)
			if (is_v4(to_many[i]) == (variant->ipv == 4))
				ASSERT_TRUE(sends_as(&self->peer, "", to_many[i], lines[j]));
	EXPECT_FALSE(tcp_leaves(&self->peer, 50));
	STATE(HRTCP_ESTABLISHED);
	EXPECT_EQ(0, sock_unread(fd));
	EXPECT_EQ(0, sock_error(fd));
}

TEST_F(addresses, a_syn_from_what_is_no_host_is_dropped)
{
	static const char *const wrong[] = {
		"10.9.0.255", "255.255.255.255", "224.0.0.1", "0.0.0.0", "127.0.0.1",
		"ff02::1", "::", "::1", "::ffff:10.9.0.2",
	};
	unsigned int i;

	ASSERT_LE(0, sock_listen(&self->peer.host, 80, 4));
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		if (is_v4(wrong[i]) != (variant->ipv == 4))
			continue;
		ASSERT_TRUE(sends_as(&self->peer, wrong[i], "", "S 0:0(0) <mss 1000>"));
		EXPECT_FALSE(tcp_leaves(&self->peer, 20)) {
			TH_LOG("%s is answered", wrong[i]);
		}
		EXPECT_EQ(0, diag_state(&self->peer.host, 80, PEER_PORT)) {
			TH_LOG("%s has a record", wrong[i]);
		}
	}
	SENDS("S 0:0(0) <mss 1000>");
	SEES("S. 0:0(0) ack 1");
}

/* The unspecified address is another matter: it means this host. */
TEST_F(addresses, to_what_is_no_host_no_syn_leaves)
{
	static const char *const wrong[] = {
		"10.9.0.255", "255.255.255.255", "224.0.0.1", "0.1.2.3", "0.0.0.0",
		"ff02::1", "ff01::1", "::",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct end to = self->peer.self;
		int fd = sock_new(&self->peer.host);

		if (is_v4(wrong[i]) != (variant->ipv == 4))
			continue;
		to.addr = addr_parse(wrong[i], 0);
		ASSERT_EQ(0, sock_timeout(fd, SO_SNDTIMEO, 50));
		EXPECT_GT(0, sock_connect(fd, &to, 81)) {
			TH_LOG("%s", wrong[i]);
		}
		ASSERT_EQ(0, sock_close(fd));
		EXPECT_FALSE(tcp_leaves(&self->peer, 20)) {
			TH_LOG("%s", wrong[i]);
		}
	}
}

TEST_F(addresses, nothing_is_sent_as_what_is_no_host)
{
	static const char *const wrong[] = {
		"10.9.0.255", "255.255.255.255", "224.0.0.1", "ff02::1",
	};
	unsigned int i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct end as = self->peer.host;

		if (is_v4(wrong[i]) != (variant->ipv == 4))
			continue;
		as.addr = addr_parse(wrong[i], 0);
		ONLY_HRTCP();		/* Linux lets them be bound to, and fails later */
		EXPECT_GT(0, sock_bind(sock_new(&as), &as, 0)) {
			TH_LOG("%s", wrong[i]);
		}
	}
	/* Loopback's address is one, but not outside of this host. */
	if (variant->ipv == 6)
		return;
	self->peer.host.addr = addr_parse("127.0.0.1", 0);
	fd = sock_new(&self->peer.host);
	ASSERT_EQ(0, sock_bind(fd, &self->peer.host, 0));
	EXPECT_GT(0, sock_connect(fd, &self->peer.self, PEER_PORT));
	EXPECT_FALSE(tcp_leaves(&self->peer, 50));
}

TEST_HARNESS_MAIN

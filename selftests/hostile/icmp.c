// SPDX-License-Identifier: GPL-2.0
/* icmp.c -- errors that end nothing: shown to whoever asks, and nobody else. */
#include "harness.h"

PEER_FIXTURE(icmp);

/* What one of each kind says by SO_ERROR, with one segment outstanding. */
struct soft {
	int ipv, type, code, error;
};

static const struct soft softs[] = {
	{ 4, 3, 0, ENETUNREACH },	/* unreachable: net, host, source route failed */
	{ 4, 3, 1, EHOSTUNREACH },
	{ 4, 3, 5, EOPNOTSUPP },
	{ 4, 11, 0, EHOSTUNREACH },	/* time exceeded: in transit, of reassembly */
	{ 4, 11, 1, 0 },		/* which Linux keeps to itself */
	{ 4, 12, 0, EPROTO },		/* parameter problem */
	{ 4, 12, 1, EPROTO },
	{ 6, 1, 0, ENETUNREACH },	/* unreachable: no route, address */
	{ 6, 1, 3, EHOSTUNREACH },
	{ 6, 3, 0, EHOSTUNREACH },
	{ 6, 3, 1, EHOSTUNREACH },
	{ 6, 4, 0, EPROTO },
	{ 6, 4, 1, EPROTO },
	{ 6, 4, 2, EPROTO },
};

#define EACH_SOFT(soft)									\
	for ((soft) = softs; (soft) < softs + ARRAY_SIZE(softs); (soft)++)		\
		if ((soft)->ipv == variant->ipv)

/* An answer to the segment outstanding, then the next one goes out. */
#define GOES_ON(n)									\
	do {										\
		SENDS(". nxt(0) ack nxt");						\
		ASSERT_EQ(0, send_all(fd, 100 * (n), 100));				\
		do {									\
			ASSERT_EQ(1, peer_get(&self->peer, &self->peer.seen, WAIT_MS));	\
		} while (self->peer.seen.seq != self->peer.irs + 1 + 100 * (n));	\
	} while (0)

TEST_F(icmp, a_soft_error_ends_nothing_and_is_shown_to_who_asks)
{
	int fd = peer_accepts(&self->peer), n = 0;
	const struct soft *soft;

	ONLY_HRTCP();		/* Linux shows them with IP_RECVERR only */
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, send_all(fd, 0, 100));
	SEES("P. 1:101(100) ack 1");
	EACH_SOFT(soft) {
		ASSERT_EQ(0, peer_icmp(&self->peer, soft->type, soft->code, 0));
		EXPECT_EQ(soft->error, sock_error(fd)) {
			TH_LOG("type %d, code %d", soft->type, soft->code);
		}
		STATE(HRTCP_ESTABLISHED);
		n++;
		GOES_ON(n);
	}
}

TEST_F(icmp, a_soft_error_disturbs_nobody_who_does_not_ask)
{
	int fd = peer_accepts(&self->peer), n = 0;
	const struct soft *soft;
	char octet;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, sock_nonblock(fd, true));
	ASSERT_EQ(0, send_all(fd, 0, 100));
	SEES("P. 1:101(100) ack 1");
	EACH_SOFT(soft) {
		ASSERT_EQ(0, peer_icmp(&self->peer, soft->type, soft->code, 0));
		EXPECT_EQ(POLLOUT, sock_poll(fd, POLLIN | POLLOUT | POLLPRI, 20));
		EXPECT_EQ(-1, recv(fd, &octet, 1, 0));
		EXPECT_EQ(EAGAIN, errno);
		n++;
		GOES_ON(n);
	}
}

TEST_F(icmp, source_quench_is_passed_over)
{
	struct tcp_info before, after;
	socklen_t len = sizeof(before);
	int fd = peer_accepts(&self->peer);

	if (variant->ipv == 6)
		return;		/* it has none */
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, send_all(fd, 0, 100));
	SEES("P. 1:101(100) ack 1");
	ASSERT_EQ(0, getsockopt(fd, IPPROTO_TCP, TCP_INFO, &before, &len));
	ASSERT_EQ(0, peer_icmp(&self->peer, 4, 0, 0));
	ASSERT_EQ(0, getsockopt(fd, IPPROTO_TCP, TCP_INFO, &after, &len));
	EXPECT_EQ(before.tcpi_snd_cwnd, after.tcpi_snd_cwnd);
	EXPECT_EQ(before.tcpi_snd_ssthresh, after.tcpi_snd_ssthresh);
	EXPECT_EQ(0, sock_error(fd));
	STATE(HRTCP_ESTABLISHED);
	GOES_ON(1);
}

TEST_HARNESS_MAIN

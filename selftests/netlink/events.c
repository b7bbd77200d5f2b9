// SPDX-License-Identifier: GPL-2.0
/* events.c -- the state group: every transition, in order, with its cause. */
#include "harness.h"

#define EVENT(from, to, why)								\
	do {										\
		struct event event = {};						\
											\
		ASSERT_EQ(1, diag_event(&self->genl, WAIT_MS, &event));			\
		EXPECT_EQ(HRTCP_##from, event.old_state);				\
		EXPECT_EQ(HRTCP_##to, event.new_state);					\
		EXPECT_EQ(HRTCP_C_##why, event.cause);					\
		EXPECT_LE(self->last_ns, event.time_ns);				\
		self->last_ns = event.time_ns;						\
	} while (0)

#define NO_EVENT()									\
	do {										\
		struct event event = {};						\
											\
		EXPECT_EQ(0, diag_event(&self->genl, 0, &event));			\
	} while (0)

FIXTURE(events)
{
	struct peer peer;
	struct genl genl;
	uint64_t last_ns;
};

FIXTURE_VARIANT(events)
{
	int ipv;
};

FIXTURE_VARIANT_ADD(events, v4) { .ipv = 4 };
FIXTURE_VARIANT_ADD(events, v6) { .ipv = 6 };

FIXTURE_SETUP(events)
{
	ASSERT_EQ(0, peer_open(&self->peer, HR, variant->ipv));
	ASSERT_EQ(0, genl_open(&self->genl));
	ASSERT_EQ(0, genl_join(&self->genl, self->genl.group_state));
}

FIXTURE_TEARDOWN(events)
{
}

TEST_F(events, T01_active_open)
{
	ASSERT_LE(0, peer_connects(&self->peer, PEER_SYNACK));
	EVENT(CLOSED, SYN_SENT, OPEN_ACTIVE);
	EVENT(SYN_SENT, ESTABLISHED, SYNACK_RCVD);
	NO_EVENT();
}

TEST_F(events, T01_passive_open)
{
	struct event event = {};

	ASSERT_LE(0, peer_accepts(&self->peer));
	EVENT(CLOSED, LISTEN, OPEN_PASSIVE);
	ASSERT_EQ(1, diag_event(&self->genl, WAIT_MS, &event));
	EXPECT_EQ(HRTCP_SYN_RECEIVED, event.new_state);
	EXPECT_EQ(HRTCP_C_SYN_RCVD, event.cause);
	EXPECT_EQ(80, event.local_port);
	EXPECT_EQ(4000, event.remote_port);
	EVENT(SYN_RECEIVED, ESTABLISHED, SYN_ACKED);
}

TEST_F(events, T13_refusal)
{
	int fd = sock_new(&self->peer.host);

	self->peer.host_port = 5000;
	ASSERT_EQ(0, sock_bind(fd, &self->peer.host, 5000));
	ASSERT_EQ(0, sock_nonblock(fd, true));
	sock_connect(fd, &self->peer.self, PEER_PORT);
	SEES("S 0:0(0)");
	SENDS("R. 0:0(0) ack 1");
	EVENT(CLOSED, SYN_SENT, OPEN_ACTIVE);
	EVENT(SYN_SENT, CLOSED, RST_RCVD);
}

TEST_F(events, T09_split_handshake)
{
	int fd = sock_new(&self->peer.host);

	self->peer.host_port = 5000;
	ASSERT_EQ(0, sock_bind(fd, &self->peer.host, 5000));
	ASSERT_EQ(0, sock_nonblock(fd, true));
	sock_connect(fd, &self->peer.self, PEER_PORT);
	SEES("S 0:0(0)");
	SENDS("S 0:0(0)");
	SEES("S. 0:0(0) ack 1");
	SENDS(". 1:1(0) ack 1");
	EVENT(CLOSED, SYN_SENT, OPEN_ACTIVE);
	EVENT(SYN_SENT, SYN_RECEIVED, SYN_RCVD);
	EVENT(SYN_RECEIVED, ESTABLISHED, SYN_ACKED);
}

TEST_F(events, T14_active_close)
{
	int fd = peer_connects(&self->peer, PEER_SYNACK);

	ASSERT_LE(0, fd);
	EVENT(CLOSED, SYN_SENT, OPEN_ACTIVE);
	EVENT(SYN_SENT, ESTABLISHED, SYNACK_RCVD);
	ASSERT_EQ(0, sock_close(fd));
	EVENT(ESTABLISHED, FIN_WAIT_1, CLOSE);
	SEES("F. 1:1(0) ack 1");
	SENDS(". 1:1(0) ack 2");
	EVENT(FIN_WAIT_1, FIN_WAIT_2, FIN_ACKED);
	SENDS("F. 1:1(0) ack 2");
	EVENT(FIN_WAIT_2, TIME_WAIT, FIN_RCVD);
	NO_EVENT();
}

TEST_F(events, T14_passive_close)
{
	int fd = peer_connects(&self->peer, PEER_SYNACK);

	ASSERT_LE(0, fd);
	EVENT(CLOSED, SYN_SENT, OPEN_ACTIVE);
	EVENT(SYN_SENT, ESTABLISHED, SYNACK_RCVD);
	SENDS("F. 1:1(0) ack 1");
	EVENT(ESTABLISHED, CLOSE_WAIT, FIN_RCVD);
	ASSERT_EQ(0, sock_close(fd));
	EVENT(CLOSE_WAIT, LAST_ACK, CLOSE);
	do {
		ASSERT_EQ(1, peer_get(&self->peer, &self->peer.seen, WAIT_MS));
	} while (!(self->peer.seen.flags & F_FIN));
	SENDS(". 2:2(0) ack 2");
	EVENT(LAST_ACK, CLOSED, FIN_ACKED);
}

TEST_F(events, T23_simultaneous_close)
{
	int fd = peer_connects(&self->peer, PEER_SYNACK);

	ASSERT_LE(0, fd);
	EVENT(CLOSED, SYN_SENT, OPEN_ACTIVE);
	EVENT(SYN_SENT, ESTABLISHED, SYNACK_RCVD);
	ASSERT_EQ(0, shutdown(fd, SHUT_WR));
	SEES("F. 1:1(0) ack 1");
	SENDS("F. 1:1(0) ack 1");
	SEES(". 2:2(0) ack 2");
	SENDS(". 2:2(0) ack 2");
	EVENT(ESTABLISHED, FIN_WAIT_1, CLOSE);
	EVENT(FIN_WAIT_1, CLOSING, FIN_RCVD);
	EVENT(CLOSING, TIME_WAIT, FIN_ACKED);
}

TEST_F(events, T31_resets)
{
	int fd = peer_connects(&self->peer, PEER_SYNACK);

	ASSERT_LE(0, fd);
	EVENT(CLOSED, SYN_SENT, OPEN_ACTIVE);
	EVENT(SYN_SENT, ESTABLISHED, SYNACK_RCVD);
	SENDS("R 1:1(0)");
	EVENT(ESTABLISHED, CLOSED, RST_RCVD);
	peer_renew(&self->peer, 4001, 0, 0);
	sock_close(fd);
	fd = peer_connects(&self->peer, PEER_SYNACK);
	ASSERT_LE(0, fd);
	EVENT(CLOSED, SYN_SENT, OPEN_ACTIVE);
	EVENT(SYN_SENT, ESTABLISHED, SYNACK_RCVD);
	ASSERT_EQ(0, sock_linger(fd, 0));
	ASSERT_EQ(0, sock_close(fd));
	EVENT(ESTABLISHED, CLOSED, ABORT);
}

TEST_F(events, a_slow_reader_is_told_of_its_loss_and_goes_on)
{
	int size = 1, lost = 0, i, n;

	ASSERT_EQ(0, setsockopt(self->genl.fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)));
	for (i = 0; i < 50; i++) {
		int fd = sock_listen(&self->peer.host, 80, 1);

		ASSERT_LE(0, fd);
		ASSERT_EQ(0, sock_close(fd));
	}
	do {
		struct event event;

		n = diag_event(&self->genl, 0, &event);
		lost += n == -ENOBUFS;
	} while (n);
	EXPECT_LT(0, lost);
	self->last_ns = 0;
	ASSERT_LE(0, sock_listen(&self->peer.host, 81, 1));
	EVENT(CLOSED, LISTEN, OPEN_PASSIVE);
}

TEST_F(events, any_user_may_join)
{
	struct genl genl;

	ASSERT_EQ(0, setuid(65534));
	ASSERT_EQ(0, genl_open(&genl));
	EXPECT_EQ(0, genl_join(&genl, genl.group_state));
}

TEST_HARNESS_MAIN

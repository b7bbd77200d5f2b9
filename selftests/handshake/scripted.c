// SPDX-License-Identifier: GPL-2.0
/* scripted.c -- handshakes segment by segment, the peer being the test. */
#include "harness.h"

PEER_FIXTURE(scripted);

static int begin_connect(struct peer *peer)
{
	int fd = sock_new(&peer->host), error;

	peer->host_port = 5000;
	error = sock_bind(fd, &peer->host, 5000);
	if (!error)
		error = sock_nonblock(fd, true);
	if (!error)
		error = sock_connect(fd, &peer->self, peer->port);
	return error == -EINPROGRESS ? fd : error;
}

TEST_F(scripted, T01_T02_active_open_numbers_and_options)
{
	int fd = begin_connect(&self->peer);

	ASSERT_LE(0, fd);
	SEES(variant->ipv == 4 ? "S 0:0(0) <mss 1460,sackOK,TS>" :
				  "S 0:0(0) <mss 1440,sackOK,TS>");
	EXPECT_TRUE(self->peer.seen.options & OPT_WSCALE);
	EXPECT_EQ(HRTCP_SYN_SENT, peer_state(&self->peer));
	SENDS("S. 0:0(0) ack 1 win 8000 <mss 1000>");
	SEES(". 1:1(0) ack 1");
	EXPECT_EQ(HRTCP_ESTABLISHED, peer_state(&self->peer));
	EXPECT_EQ(POLLOUT, sock_poll(fd, POLLIN | POLLOUT, WAIT_MS));
	ASSERT_EQ(0, send_all(fd, 0, 100));
	SEES("P. 1:101(100) ack 1");
}

TEST_F(scripted, T01_T02_passive_open_is_half_open_until_the_third_segment)
{
	int listener = sock_listen(&self->peer.host, 80, 1), server;
	struct row row = {};

	SENDS("S 0:0(0) win 8000 <mss 1000>");
	SEES(variant->ipv == 4 ? "S. 0:0(0) ack 1 <mss 1460>" : "S. 0:0(0) ack 1 <mss 1440>");
	EXPECT_EQ(HRTCP_SYN_RECEIVED, peer_state(&self->peer));
	EXPECT_EQ(0, sock_poll(listener, POLLIN, 0));
	SENDS(". 1:1(0) ack 1");
	ASSERT_EQ(POLLIN, sock_poll(listener, POLLIN, WAIT_MS));
	server = sock_accept(listener);
	ASSERT_LE(0, server);
	EXPECT_EQ(HRTCP_ESTABLISHED, peer_state(&self->peer));
	SENDS("P. 1:101(100) ack 1");
	SEES(". 1:1(0) ack 101");
	EXPECT_EQ(0, recv_all(server, 0, 100));
	ONLY_HRTCP();
	ASSERT_TRUE(diag_find(&self->peer.host, 80, 0, &row));
	EXPECT_EQ(0u, row.half_open);
}

TEST_F(scripted, T03_the_third_segment_may_carry_data)
{
	int listener = sock_listen(&self->peer.host, 80, 1), server;

	SENDS("S 0:0(0)");
	SEES("S. 0:0(0) ack 1");
	SENDS("P. 1:101(100) ack 1");
	server = sock_accept(listener);
	ASSERT_LE(0, server);
	EXPECT_EQ(0, recv_all(server, 0, 100));
	SEES(". 1:1(0) ack 101");
}

TEST_F(scripted, T03_data_on_a_syn_is_delivered_only_after_the_handshake)
{
	int listener = sock_listen(&self->peer.host, 80, 1), server;

	SENDS("S 0:100(100)");
	ASSERT_EQ(1, peer_get(&self->peer, &self->peer.seen, WAIT_MS));
	EXPECT_EQ(F_SYN | F_ACK, self->peer.seen.flags);
	EXPECT_EQ(0, sock_poll(listener, POLLIN, 0));
	SENDS("P. 1:101(100) ack 1");
	server = sock_accept(listener);
	ASSERT_LE(0, server);
	EXPECT_EQ(0, recv_all(server, 0, 100));
}

TEST_F(scripted, T04_an_old_duplicate_syn_ends_in_a_reset)
{
	int listener = sock_listen(&self->peer.host, 80, 1);

	SENDS("S 0:0(0)");
	SEES("S. 0:0(0) ack 1");
	SENDS("R 1:1(0)");
	ASSERT_TRUE(WAIT_FOR(!peer_state(&self->peer)));
	EXPECT_EQ(0, sock_poll(listener, POLLIN, 0));
	EXPECT_EQ(HRTCP_LISTEN, diag_state(&self->peer.host, 80, 0));
}

TEST_F(scripted, T04_an_answer_to_a_syn_never_sent_is_reset)
{
	int fd = begin_connect(&self->peer);

	ASSERT_LE(0, fd);
	SEES("S 0:0(0)");
	SENDS("S. 0:0(0) ack 5000");
	SEES("R 5000:5000(0)");
	EXPECT_EQ(HRTCP_SYN_SENT, peer_state(&self->peer));
	ONLY_HRTCP();		/* Linux repeats its SYN at once */
	SENDS("S. 0:0(0) ack 1");
	SEES(". 1:1(0) ack 1");
}

TEST_F(scripted, T06_a_repeated_synack_is_acknowledged_again)
{
	int fd = begin_connect(&self->peer);

	ASSERT_LE(0, fd);
	SEES("S 0:0(0)");
	SENDS("S. 0:0(0) ack 1");
	SEES(". 1:1(0) ack 1");
	SENDS("S. 0:0(0) ack 1");
	SEES(". 1:1(0) ack 1");
	EXPECT_EQ(HRTCP_ESTABLISHED, peer_state(&self->peer));
}

TEST_F(scripted, T06_a_repeated_syn_gets_its_synack_again)
{
	ASSERT_LE(0, sock_listen(&self->peer.host, 80, 1));
	SENDS("S 0:0(0)");
	SEES("S. 0:0(0) ack 1");
	SENDS("S 0:0(0)");
	SEES("S. 0:0(0) ack 1");
	SENDS(". 1:1(0) ack 1");
	EXPECT_TRUE(WAIT_FOR(peer_state(&self->peer) == HRTCP_ESTABLISHED));
}

TEST_F(scripted, T08_half_open_requests_are_counted_and_bounded_apart_from_connections)
{
	int listener = sock_listen(&self->peer.host, 80, 4), i;
	struct row row = {};

	ONLY_HRTCP();
	for (i = 0; i < 20; i++) {
		peer_renew(&self->peer, 4000 + i, 80, PEER_ISS);
		SENDS("S 0:0(0)");
		SEES("S. 0:0(0) ack 1");
	}
	ASSERT_TRUE(diag_find(&self->peer.host, 80, 0, &row));
	EXPECT_EQ(20u, row.half_open);
	EXPECT_EQ(0u, row.rqueue);
	EXPECT_EQ(0, sock_poll(listener, POLLIN, 0));
	ASSERT_EQ(0, sock_close(listener));
	ASSERT_TRUE(WAIT_FOR(!diag_state(&self->peer.host, 80, 4000)));
}

TEST_F(scripted, a_closing_listener_resets_half_open_requests)
{
	int listener = sock_listen(&self->peer.host, 80, 4);

	ONLY_HRTCP();		/* Linux drops them in silence */
	SENDS("S 0:0(0)");
	SEES("S. 0:0(0) ack 1");
	ASSERT_EQ(0, sock_close(listener));
	SEES("R. 1:1(0) ack 1");
}

TEST_F(scripted, T09_split_handshake_in_four_segments)
{
	int fd = begin_connect(&self->peer);

	ASSERT_LE(0, fd);
	SEES("S 0:0(0)");
	SENDS(". 0:0(0) ack 1");
	EXPECT_EQ(HRTCP_SYN_SENT, peer_state(&self->peer));
	SENDS("S 0:0(0) win 8000 <mss 1000>");
	SEES("S. 0:0(0) ack 1");
	ASSERT_TRUE(WAIT_FOR(peer_state(&self->peer) == HRTCP_SYN_RECEIVED));
	SENDS(". 1:1(0) ack 1");
	ASSERT_TRUE(WAIT_FOR(peer_state(&self->peer) == HRTCP_ESTABLISHED));
	EXPECT_EQ(POLLOUT, sock_poll(fd, POLLOUT, WAIT_MS));
	EXPECT_EQ(0, sock_error(fd));
	ASSERT_EQ(0, send_all(fd, 0, 100));
	SEES("P. 1:101(100) ack 1");
	SENDS("P. 1:51(50) ack 101");
	EXPECT_EQ(POLLIN | POLLOUT, sock_poll(fd, POLLIN | POLLOUT, WAIT_MS));
	ASSERT_EQ(0, sock_nonblock(fd, false));
	EXPECT_EQ(0, recv_all(fd, 0, 50));
}

TEST_F(scripted, T10_simultaneous_open_makes_one_connection)
{
	int fd = begin_connect(&self->peer);

	ASSERT_LE(0, fd);
	SEES("S 0:0(0)");
	SENDS("S 0:0(0) win 8000 <mss 1000>");
	SEES("S. 0:0(0) ack 1");
	ASSERT_TRUE(WAIT_FOR(peer_state(&self->peer) == HRTCP_SYN_RECEIVED));
	SENDS("S. 0:0(0) ack 1");
	ASSERT_TRUE(WAIT_FOR(peer_state(&self->peer) == HRTCP_ESTABLISHED));
	EXPECT_EQ(POLLOUT, sock_poll(fd, POLLOUT, WAIT_MS));
	ASSERT_EQ(0, send_all(fd, 0, 100));
	do {
		ASSERT_EQ(1, peer_get(&self->peer, &self->peer.seen, WAIT_MS));
	} while (!self->peer.seen.len);
	EXPECT_EQ(self->peer.irs + 1, self->peer.seen.seq);
	EXPECT_EQ(100u, self->peer.seen.len);
}

/* Bound to a port and connected to it: a simultaneous open with itself. */
TEST_F(scripted, T10_a_socket_can_be_both_ends)
{
	int fd = sock_new(&self->peer.host);

	ASSERT_EQ(0, sock_bind(fd, &self->peer.host, 5000));
	ASSERT_EQ(0, sock_timeout(fd, SO_SNDTIMEO, WAIT_MS));
	ASSERT_EQ(0, sock_connect(fd, &self->peer.host, 5000));
	ASSERT_EQ(0, send_all(fd, 0, 1000));
	EXPECT_EQ(0, recv_all(fd, 0, 1000));
	ASSERT_EQ(0, shutdown(fd, SHUT_WR));
	EXPECT_EQ(0, recv_end(fd));
}

TEST_F(scripted, T11_initial_sequence_numbers_differ_by_ports_and_are_no_constant)
{
	uint32_t isn[8];
	int i, j;

	ASSERT_LE(0, sock_listen(&self->peer.host, 80, 8));
	for (i = 0; i < 8; i++) {
		peer_renew(&self->peer, 4000 + i, 80, PEER_ISS);
		SENDS("S 0:0(0)");
		SEES("S. 0:0(0) ack 1");
		isn[i] = self->peer.irs;
		for (j = 0; j < i; j++)
			EXPECT_NE(isn[j], isn[i]);
	}
}

/* By RFC 6528 the numbers of one pair of ports rise with a clock of 4 us. */
TEST_F(scripted, R7323_24_timestamps_of_two_connections_tell_nothing_of_each_other)
{
	int listener = sock_listen(&self->peer.host, HOST_PORT, 8), i, near = 0;
	uint32_t first = 0, again = 0;

	ASSERT_LE(0, listener);
	for (i = 0; i < 4; i++) {
		peer_renew(&self->peer, 4000 + i, 0, 0);
		SENDS("S 0:0(0) <mss 1000,TS val 1 ecr 0>");
		SEES("S. 0:0(0) ack 1");
		near += i && (uint32_t)(self->peer.seen.ts_val - first) < 60000;
		first = i ? first : self->peer.seen.ts_val;
		SENDS("R 1:1(0)");
	}
	EXPECT_EQ(0, near);			/* not the same clock, to a minute */
	peer_renew(&self->peer, 4000, 0, 0);
	SENDS("S 0:0(0) <mss 1000,TS val 1 ecr 0>");
	SEES("S. 0:0(0) ack 1");
	again = self->peer.seen.ts_val;
	EXPECT_LT((uint32_t)(again - first), 60000);	/* but the next of its ports goes on */
}

TEST_F(scripted, T11_T12_the_next_incarnation_begins_above_the_last)
{
	uint32_t first;

	ONLY_HRTCP();		/* Linux counts in steps of 64 ns, too fast to be judged here */
	ASSERT_LE(0, sock_listen(&self->peer.host, 80, 8));
	SENDS("S 0:0(0)");
	SEES("S. 0:0(0) ack 1");
	first = self->peer.irs;
	SENDS("R 1:1(0)");
	ASSERT_TRUE(WAIT_FOR(!peer_state(&self->peer)));
	peer_renew(&self->peer, 0, 0, PEER_ISS);
	SENDS("S 0:0(0)");
	SEES("S. 0:0(0) ack 1");
	EXPECT_LT(0, (int32_t)(self->peer.irs - first));
	EXPECT_GT(10 * 250000, (int32_t)(self->peer.irs - first));
}

TEST_F(scripted, T13_a_reset_refuses)
{
	int fd = begin_connect(&self->peer);

	ASSERT_LE(0, fd);
	SEES("S 0:0(0)");
	SENDS("R. 0:0(0) ack 1");
	EXPECT_TRUE(sock_poll(fd, POLLOUT, WAIT_MS) & POLLERR);
	EXPECT_EQ(ECONNREFUSED, sock_error(fd));
	EXPECT_EQ(0, peer_state(&self->peer));
}

TEST_F(scripted, A23_a_reset_without_ack_refuses_nothing)
{
	int fd = begin_connect(&self->peer);

	ASSERT_LE(0, fd);
	SEES("S 0:0(0)");
	SENDS("R 0:0(0)");
	SENDS("R. 0:0(0) ack 5000");
	SENDS("S. 0:0(0) ack 1");
	SEES(". 1:1(0) ack 1");
	EXPECT_EQ(0, sock_error(fd));
}

TEST_F(scripted, A02_A03_T13_segments_for_a_closed_port_are_answered_by_resets)
{
	SENDS("S 0:0(0)");
	SEES("R. =0(0) ack 1");
	SENDS("- 1:101(100)");
	SEES("R. =0(0) ack 101");
	SENDS(". 1:1(0) ack =700");
	SEES("R =700(0)");
	SENDS("R 1:1(0)");
	SILENCE(100);
}

TEST_F(scripted, A10_A11_T32_a_listener_opens_nothing_for_anything_but_a_syn)
{
	ASSERT_LE(0, sock_listen(&self->peer.host, 80, 1));
	SENDS("R 0:0(0)");
	SENDS("F 0:0(0)");
	SENDS("- 0:0(0)");
	SENDS("P 0:100(100)");
	SILENCE(100);
	SENDS(". 0:0(0) ack =700");
	SEES("R =700(0)");
	SENDS("F. 0:0(0) ack =700");
	SEES("R =700(0)");
	SENDS("S. 0:0(0) ack =700");
	SEES("R =700(0)");
	EXPECT_EQ(0, peer_state(&self->peer));
}

TEST_F(scripted, A63_a_wrong_third_ack_is_reset_and_the_request_stays)
{
	ASSERT_LE(0, sock_listen(&self->peer.host, 80, 1));
	SENDS("S 0:0(0)");
	SEES("S. 0:0(0) ack 1");
	SENDS(". 1:1(0) ack 700");
	SEES("R 700:700(0)");
	SENDS(". 1:1(0) ack 1");
	EXPECT_TRUE(WAIT_FOR(peer_state(&self->peer) == HRTCP_ESTABLISHED));
}

TEST_F(scripted, A46_a_reset_removes_the_request_only_if_exact)
{
	ASSERT_LE(0, sock_listen(&self->peer.host, 80, 1));
	ONLY_HRTCP();		/* RFC 5961 in SYN-RECEIVED */
	SENDS("S 0:0(0)");
	SEES("S. 0:0(0) ack 1");
	SENDS("R 2:2(0)");
	SEES(". 1:1(0) ack 1");
	EXPECT_EQ(HRTCP_SYN_RECEIVED, peer_state(&self->peer));
	SENDS("R 1:1(0)");
	EXPECT_TRUE(WAIT_FOR(!peer_state(&self->peer)));
}

TEST_F(scripted, icmp_port_unreachable_refuses)
{
	int fd = begin_connect(&self->peer);

	ASSERT_LE(0, fd);
	SEES("S 0:0(0)");
	ASSERT_EQ(0, variant->ipv == 4 ? peer_icmp(&self->peer, 3, 3, 0) :
					 peer_icmp(&self->peer, 1, 4, 0));
	EXPECT_TRUE(sock_poll(fd, POLLOUT, WAIT_MS) & POLLERR);
	EXPECT_EQ(ECONNREFUSED, sock_error(fd));
}

TEST_F(scripted, icmp_host_unreachable_is_only_a_hint)
{
	int fd = begin_connect(&self->peer);

	ONLY_HRTCP();
	ASSERT_LE(0, fd);
	SEES("S 0:0(0)");
	ASSERT_EQ(0, variant->ipv == 4 ? peer_icmp(&self->peer, 3, 1, 0) :
					 peer_icmp(&self->peer, 1, 3, 0));
	SENDS("S. 0:0(0) ack 1");
	SEES(". 1:1(0) ack 1");
	EXPECT_EQ(0, sock_error(fd));
}

TEST_F(scripted, options_not_offered_are_not_used)
{
	int listener = sock_listen(&self->peer.host, 80, 1), server;

	SENDS("S 0:0(0) win 8000");
	SEES("S. 0:0(0) ack 1");
	EXPECT_EQ(OPT_MSS, self->peer.seen.options);
	SENDS(". 1:1(0) ack 1 win 8000");
	server = sock_accept(listener);
	ASSERT_LE(0, server);
	ASSERT_EQ(0, sock_set(server, IPPROTO_TCP, TCP_NODELAY, 1));
	ASSERT_EQ(0, send_all(server, 0, 3000));
	/* RFC 9293 MUST-15: without the option 536 octets, 1220 over IPv6. */
	ASSERT_EQ(1, peer_get(&self->peer, &self->peer.seen, WAIT_MS));
	EXPECT_EQ(variant->ipv == 4 ? 536u : 1220u, self->peer.seen.len);
	EXPECT_EQ(0, self->peer.seen.options);
}

TEST_F(scripted, options_offered_are_accepted)
{
	ASSERT_LE(0, sock_listen(&self->peer.host, 80, 1));
	SENDS("S 0:0(0) <mss 1000,wscale 3,sackOK,TS val 7 ecr 0>");
	SEES("S. 0:0(0) ack 1 <sackOK,TS>");
	EXPECT_EQ(OPT_MSS | OPT_WSCALE | OPT_SACKOK | OPT_TS, self->peer.seen.options);
	EXPECT_EQ(7u, self->peer.seen.ts_ecr);
	SENDS(". 1:1(0) ack 1 <TS 8>");
	EXPECT_TRUE(WAIT_FOR(peer_state(&self->peer) == HRTCP_ESTABLISHED));
}

TEST_F(scripted, a_port_can_be_listened_on_while_a_connection_opens_from_it)
{
	int fd = sock_new(&self->peer.host), listener;

	self->peer.host_port = 5000;
	ASSERT_EQ(0, sock_set(fd, SOL_SOCKET, SO_REUSEADDR, 1));
	ASSERT_EQ(0, sock_bind(fd, &self->peer.host, 5000));
	ASSERT_EQ(0, sock_nonblock(fd, true));
	ASSERT_EQ(-EINPROGRESS, sock_connect(fd, &self->peer.self, self->peer.port));
	SEES("S 0:0(0)");
	listener = sock_listen(&self->peer.host, 5000, 1);
	ASSERT_LE(0, listener);
	ASSERT_EQ(0, sock_close(listener));
	EXPECT_EQ(HRTCP_SYN_SENT, peer_state(&self->peer));
	SENDS("S 0:0(0)");
	SEES("S. 0:0(0) ack 1");
	ASSERT_TRUE(WAIT_FOR(peer_state(&self->peer) == HRTCP_SYN_RECEIVED));
	ASSERT_LE(0, sock_listen(&self->peer.host, 5000, 1));
	EXPECT_EQ(HRTCP_SYN_RECEIVED, peer_state(&self->peer));
	SENDS("S. 0:0(0) ack 1");
	EXPECT_TRUE(WAIT_FOR(peer_state(&self->peer) == HRTCP_ESTABLISHED));
	peer_renew(&self->peer, 4001, 5000, PEER_ISS);
	SENDS("S 0:0(0)");
	SEES("S. 0:0(0) ack 1");
}

TEST_HARNESS_MAIN

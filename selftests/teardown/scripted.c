// SPDX-License-Identifier: GPL-2.0
/* scripted.c -- ends segment by segment, the peer being the test. */
#include "harness.h"

PEER_FIXTURE(scripted);

/* The peer opened the connection and the host closed it first; TIME-WAIT is reached. */
#define TO_TIME_WAIT()						\
	do {							\
		int _fd = peer_accepts(&self->peer);		\
								\
		ASSERT_LE(0, _fd);				\
		ASSERT_EQ(0, sock_close(_fd));			\
		SEES("F. 1:1(0) ack 1");			\
		SENDS("F. 1:1(0) ack 2");			\
		SEES(". 2:2(0) ack 2");				\
		STATE(HRTCP_TIME_WAIT);				\
	} while (0)

TEST_F(scripted, T14_T15_active_close_in_four_segments)
{
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, shutdown(fd, SHUT_WR));
	SEES("F. 1:1(0) ack 1");
	STATE(HRTCP_FIN_WAIT_1);
	SENDS(". 1:1(0) ack 2");
	STATE(HRTCP_FIN_WAIT_2);
	SENDS("F. 1:1(0) ack 2");
	SEES(". 2:2(0) ack 2");
	STATE(HRTCP_TIME_WAIT);
	EXPECT_EQ(0, recv_end(fd));
	ASSERT_EQ(0, sock_close(fd));
	STATE(HRTCP_TIME_WAIT);
}

TEST_F(scripted, T14_T15_T19_passive_close_in_four_segments)
{
	int fd = peer_accepts(&self->peer);
	uint64_t start = now_ms();

	ASSERT_LE(0, fd);
	SENDS("F. 1:1(0) ack 1");
	SEES(". 1:1(0) ack 2");
	EXPECT_GT(start + 500, now_ms());
	STATE(HRTCP_CLOSE_WAIT);
	EXPECT_EQ(0, recv_end(fd));
	ASSERT_EQ(0, sock_close(fd));
	SEES("F. 1:1(0) ack 2");
	STATE(HRTCP_LAST_ACK);
	SENDS(". 2:2(0) ack 2");
	STATE(0);
}

TEST_F(scripted, T16_an_ack_of_the_data_alone_repeats_the_fin)
{
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, sock_set(fd, IPPROTO_TCP, TCP_CORK, 1));
	ASSERT_EQ(0, send_all(fd, 0, 100));
	ASSERT_EQ(0, shutdown(fd, SHUT_WR));
	SEES("FP. 1:101(100) ack 1");
	SENDS(". 1:1(0) ack 101");
	SEES("F. 101:101(0) ack 1");
	STATE(HRTCP_FIN_WAIT_1);
	SENDS(". 1:1(0) ack 102");
	STATE(HRTCP_FIN_WAIT_2);
}

TEST_F(scripted, T16_a_fin_with_data_gives_both_to_the_reader)
{
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	SENDS("FP. 1:101(100) ack 1");
	SEES(". 1:1(0) ack 102");
	STATE(HRTCP_CLOSE_WAIT);
	EXPECT_EQ(0, recv_all(fd, 0, 100));
	EXPECT_EQ(0, recv_end(fd));
}

TEST_F(scripted, T17_a_fin_that_acknowledges_ours_skips_fin_wait_2)
{
	struct genl genl;
	struct event event;
	int fd, fin_wait_2 = 0, n = 0;

	ONLY_HRTCP();
	ASSERT_EQ(0, genl_open(&genl));
	ASSERT_EQ(0, genl_join(&genl, genl.group_state));
	fd = peer_accepts(&self->peer);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, shutdown(fd, SHUT_WR));
	SEES("F. 1:1(0) ack 1");
	SENDS("F. 1:1(0) ack 2");
	SEES(". 2:2(0) ack 2");
	STATE(HRTCP_TIME_WAIT);
	while (diag_event(&genl, 0, &event) == 1) {
		n++;
		fin_wait_2 += event.new_state == HRTCP_FIN_WAIT_2;
	}
	EXPECT_LE(3, n);
	EXPECT_EQ(0, fin_wait_2);
}

/* The application closes before the delayed ACK is due. */
TEST_F(scripted, T18_passive_close_in_three_segments)
{
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, shutdown(fd, SHUT_RD));
	SENDS("F. 1:1(0) ack 1");
	ASSERT_TRUE(WAIT_FOR(sock_poll(fd, POLLRDHUP, 0)));
	ONLY_HRTCP();		/* Linux acknowledges every FIN at once */
	STATE(HRTCP_CLOSE_WAIT);
	ASSERT_EQ(0, sock_close(fd));
	SEES("F. 1:1(0) ack 2");
	SENDS(". 2:2(0) ack 2");
	STATE(0);
}

TEST_F(scripted, T20_half_closed_data_is_taken_acknowledged_and_delivered)
{
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, shutdown(fd, SHUT_WR));
	SEES("F. 1:1(0) ack 1");
	SENDS("P. 1:501(500) ack 1");	/* FIN-WAIT-1 */
	SEES(". 2:2(0) ack 501");
	SENDS("P. 501:1001(500) ack 2");	/* FIN-WAIT-2 */
	SEES(". 2:2(0) ack 1001");
	EXPECT_EQ(0, recv_all(fd, 0, 1000));
	SENDS("F. 1001:1001(0) ack 2");
	SEES(". 2:2(0) ack 1002");
	STATE(HRTCP_TIME_WAIT);
}

TEST_F(scripted, T23_simultaneous_close)
{
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, shutdown(fd, SHUT_WR));
	SEES("F. 1:1(0) ack 1");
	SENDS("F. 1:1(0) ack 1");
	SEES(". 2:2(0) ack 2");
	STATE(HRTCP_CLOSING);
	SENDS(". 2:2(0) ack 2");
	STATE(HRTCP_TIME_WAIT);
}

TEST_F(scripted, A70_A71_closing_waits_for_the_ack_of_its_fin)
{
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, shutdown(fd, SHUT_WR));
	SEES("F. 1:1(0) ack 1");
	SENDS("F. 1:1(0) ack 1");
	SEES(". 2:2(0) ack 2");
	SENDS(". 2:2(0) ack 1");
	STATE(HRTCP_CLOSING);
	SENDS("R 2:2(0)");
	STATE(0);
	ONLY_HRTCP();		/* Linux says ECONNRESET */
	EXPECT_EQ(0, sock_error(fd));
}

TEST_F(scripted, T24_the_peers_fin_before_ours_makes_us_the_passive_side)
{
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	SENDS("F. 1:1(0) ack 1");
	STATE(HRTCP_CLOSE_WAIT);
	ASSERT_EQ(0, sock_close(fd));
	STATE(HRTCP_LAST_ACK);
	do {
		ASSERT_EQ(1, peer_get(&self->peer, &self->peer.seen, WAIT_MS));
	} while (!(self->peer.seen.flags & F_FIN));
	SENDS(". 2:2(0) ack 2");
	STATE(0);
}

TEST_F(scripted, T26_T28_a_repeated_fin_is_acknowledged_again_in_time_wait)
{
	int i;

	TO_TIME_WAIT();
	ONLY_HRTCP();		/* Linux limits the rate of these answers */
	for (i = 0; i < 3; i++) {
		SENDS("F. 1:1(0) ack 2");
		SEES(". 2:2(0) ack 2");
	}
	STATE(HRTCP_TIME_WAIT);
}

TEST_F(scripted, T29_A50_a_reset_does_not_end_time_wait)
{
	TO_TIME_WAIT();
	ONLY_HRTCP();		/* Linux lets it, unless tcp_rfc1337 is set */
	SENDS("R 2:2(0)");
	SENDS("R. 2:2(0) ack 2");
	SILENCE(100);
	STATE(HRTCP_TIME_WAIT);
}

TEST_F(scripted, T29_old_data_is_acknowledged_at_most)
{
	TO_TIME_WAIT();
	ONLY_HRTCP();
	SENDS("P. 1:101(100) ack 2");
	SEES(". 2:2(0) ack 2");
	SENDS(". 2:2(0) ack 2");
	SILENCE(100);
	STATE(HRTCP_TIME_WAIT);
}

TEST_F(scripted, T30_W05_a_new_syn_above_the_old_numbers_is_accepted)
{
	TO_TIME_WAIT();
	ASSERT_LE(0, sock_listen(&self->peer.host, 80, 1));
	peer_renew(&self->peer, 0, 0, PEER_ISS + 1000);
	SENDS("S 0:0(0)");
	SEES("S. 0:0(0) ack 1");
	SENDS(". 1:1(0) ack 1");
	STATE(HRTCP_ESTABLISHED);
}

TEST_F(scripted, T30_its_numbers_are_above_those_of_the_old_incarnation)
{
	uint32_t old;

	TO_TIME_WAIT();
	old = self->peer.host_nxt;
	ASSERT_LE(0, sock_listen(&self->peer.host, 80, 1));
	peer_renew(&self->peer, 0, 0, PEER_ISS + 1000);
	SENDS("S 0:0(0)");
	SEES("S. 0:0(0) ack 1");
	EXPECT_LT(0, (int32_t)(self->peer.irs - old));
}

TEST_F(scripted, T29_W06_an_old_syn_is_not_accepted)
{
	TO_TIME_WAIT();
	ASSERT_LE(0, sock_listen(&self->peer.host, 80, 1));
	SENDS("S =4294966000(0)");	/* below PEER_ISS */
	ONLY_HRTCP();
	SILENCE(100);
	STATE(HRTCP_TIME_WAIT);
}

TEST_F(scripted, W07_a_new_syn_that_a_reset_disowns_leaves_time_wait)
{
	int i;

	TO_TIME_WAIT();
	ONLY_HRTCP();
	ASSERT_LE(0, sock_listen(&self->peer.host, 80, 1));
	for (i = 0; i < 3; i++) {
		peer_renew(&self->peer, 0, 0, PEER_ISS + 1000);
		SENDS("S 0:0(0)");
		SEES("S. 0:0(0) ack 1");
		EXPECT_EQ(HRTCP_SYN_RECEIVED, peer_state(&self->peer));
		SENDS("R 1:1(0)");
		STATE(HRTCP_TIME_WAIT);
	}
	peer_renew(&self->peer, 0, 0, PEER_ISS + 1000);
	SENDS("S 0:0(0)");
	SEES("S. 0:0(0) ack 1");
	SENDS(". 1:1(0) ack 1");
	STATE(HRTCP_ESTABLISHED);
}

TEST_F(scripted, W07_a_listener_that_goes_takes_the_old_record_along)
{
	int listener;

	TO_TIME_WAIT();
	ONLY_HRTCP();
	listener = sock_listen(&self->peer.host, 80, 1);
	ASSERT_LE(0, listener);
	peer_renew(&self->peer, 0, 0, PEER_ISS + 1000);
	SENDS("S 0:0(0)");
	SEES("S. 0:0(0) ack 1");
	sock_close(listener);
	SEES("R. 1:1(0) ack 1");
	STATE(0);
}

TEST_F(scripted, W07_T30_without_a_listener_a_new_syn_does_not_end_time_wait)
{
	TO_TIME_WAIT();
	ONLY_HRTCP();
	peer_renew(&self->peer, 0, 0, PEER_ISS + 1000);
	SENDS("S 0:0(0)");
	STATE(HRTCP_TIME_WAIT);
}

TEST_F(scripted, T31_an_exact_reset_ends_it)
{
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	SENDS("R 1:1(0)");
	STATE(0);
	EXPECT_EQ(-ECONNRESET, recv_end(fd));
}

TEST_F(scripted, T31_A45_a_reset_in_the_window_is_challenged)
{
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	SENDS("R 100:100(0)");
	SEES(". 1:1(0) ack 1");
	STATE(HRTCP_ESTABLISHED);
	SENDS("R 1:1(0)");	/* what a true peer answers to the challenge */
	STATE(0);
}

TEST_F(scripted, T31_A38_a_reset_outside_the_window_does_nothing)
{
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	SENDS("R =4294966000(0)");
	SENDS("R 2000000:2000000(0)");
	SILENCE(100);
	STATE(HRTCP_ESTABLISHED);
}

TEST_F(scripted, A56_a_syn_on_a_connection_is_challenged)
{
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	SENDS("S 100:100(0)");
	SEES(". 1:1(0) ack 1");
	STATE(HRTCP_ESTABLISHED);
}

TEST_F(scripted, A49_a_reset_in_last_ack_is_a_quiet_end)
{
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	SENDS("F. 1:1(0) ack 1");
	STATE(HRTCP_CLOSE_WAIT);
	ASSERT_EQ(0, shutdown(fd, SHUT_WR));
	STATE(HRTCP_LAST_ACK);
	SENDS("R 2:2(0)");
	STATE(0);
	ONLY_HRTCP();		/* Linux says EPIPE */
	EXPECT_EQ(0, sock_error(fd));
}

TEST_F(scripted, data_after_close_is_answered_by_a_reset)
{
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, sock_close(fd));
	SEES("F. 1:1(0) ack 1");
	SENDS("P. 1:101(100) ack 2");
	ASSERT_EQ(1, peer_get(&self->peer, &self->peer.seen, WAIT_MS));
	EXPECT_TRUE(self->peer.seen.flags & F_RST);
	EXPECT_EQ(self->peer.irs + 2, self->peer.seen.seq);
	STATE(0);
}

TEST_F(scripted, a_fin_out_of_order_waits_for_what_is_before_it)
{
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	SENDS("F. 101:101(0) ack 1");
	SEES(". 1:1(0) ack 1");
	STATE(HRTCP_ESTABLISHED);
	SENDS("P. 1:101(100) ack 1");
	SEES(". 1:1(0) ack 102");
	STATE(HRTCP_CLOSE_WAIT);
	EXPECT_EQ(0, recv_all(fd, 0, 100));
	EXPECT_EQ(0, recv_end(fd));
}

TEST_F(scripted, T12_segments_of_an_earlier_connection_do_not_reach_the_next)
{
	int fd = peer_accepts(&self->peer);

	ASSERT_LE(0, fd);
	SENDS("P. =4294966000(100) ack 1");
	SEES(". 1:1(0) ack 1");
	SENDS("P. 1:101(100) ack 1");
	SEES(". 1:1(0) ack 101");
	EXPECT_EQ(0, recv_all(fd, 0, 100));
	EXPECT_EQ(0, sock_unread(fd));
}

TEST_HARNESS_MAIN

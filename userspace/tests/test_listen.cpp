// SPDX-License-Identifier: GPL-2.0
// The passive side: rows of LISTEN and of SYN-RECEIVED from a passive OPEN.
#include "host.hpp"

namespace {

// A listener with one half-open request, begun at time 0.
struct HalfOpen : Host {
	explicit HalfOpen(const Setup &s = {}) : Host(s)
	{
		LISTEN(*this, 0);
		PEER(*this, 0, "S 0:0(0)");
		SEES(*this, 0, "S. 0:0(0) ack 1");
		start_clock();
	}
};

struct Listener : Host {
	explicit Listener(const Setup &s = {}) : Host(s) { LISTEN(*this, 0); }
};

} // namespace

// -- LISTEN ------------------------------------------------------------------------------

TEST_CASE("A-10: RST to a listener is ignored", "[A-10][R9293-46]")
{
	Listener h;

	for (const char *rst : { "R 0:0(0)", "R. 0:0(0) ack 1", "SR 0:0(0)", "SR. 0:0(0) ack 1" })
		PEER(h, 0, rst);
	QUIET(h, SEC(1));
	STATE(h, LISTEN);
	CHECK(h.listener->n_half_open == 0);
}

TEST_CASE("A-11: ACK to a listener draws a reset", "[A-11][R9293-46][R9293-24]")
{
	Listener h;

	for (const char *line : { ". 5(0) ack =99", "S. 0:0(0) ack =99", "FP. 5(10) ack =99" }) {
		PEER(h, 0, line);
		SEES(h, 0, "R =99(0)");
		STATE(h, LISTEN);
	}
}

TEST_CASE("A-12: SYN opens a request", "[A-12][R9293-11][R9293-04]")
{
	Listener h;

	PEER(h, 0, "S 0:0(0) win 5000");
	SEES(h, 0, "S. 0:0(0) ack 1 win 65535 <mss 1000>");
	STATE(h, SYN_RECEIVED);
	CAUSES(h, HRTCP_C_SYN_RCVD);
	CHECK(h.listener->n_half_open == 1);
	CHECK(h.listener->n_accept == 0);
	CHECK(h.req->irs.v == h.setup.irs);
	CHECK(h.req->iss.v == h.setup.iss);
}

TEST_CASE("A-12: every offer is taken, none is invented",
	  "[A-12][R7323-02][R7323-09][R2018-01][R7323-03]")
{
	Listener all({ .rcvbuf = 1 << 20, .sack = true, .ts = true, .wscale = 7 });
	PEER(all, 0, "S 0:0(0) <mss 900,sackOK,TS val 77 ecr 0,wscale 3>");
	SEES(all, 0, "S. 0:0(0) ack 1 win 65535 <mss 1000,sackOK,TS val 6000000 ecr 77,wscale 5>");

	Listener none({ .rcvbuf = 1 << 20, .sack = true, .ts = true, .wscale = 7 });
	PEER(none, 0, "S 0:0(0) <>");
	SEES(none, 0, "S. 0:0(0) ack 1 win 65535 <mss 1000>");

	Listener zero({ .wscale = 0 });		// also a shift of zero is answered
	PEER(zero, 0, "S 0:0(0) <wscale 0>");
	SEES(zero, 0, "S. 0:0(0) ack 1 win 65535 <mss 1000,wscale 0>");
}

TEST_CASE("A-12: what the SYN offered holds for the connection",
	  "[A-12][R7323-05][MUST-14][MUST-16]")
{
	Listener h({ .rcvbuf = 1 << 20, .sack = true, .ts = true, .wscale = 7 });

	PEER(h, 0, "S 0:0(0) win 500 <mss 900,sackOK,TS val 1000 ecr 0,wscale 3>");
	SEES(h, 0, "S. 0:0(0) ack 1");
	PEER(h, MS(10), ". 1:1(0) ack 1 win 500");
	STATE(h, ESTABLISHED);
	CHECK(h.conn.snd.wnd == 4000);
	CHECK(h.conn.snd.mss == 888);
	CHECK(h.conn.sack.on);
	PEER(h, MS(10), ". 101:201(100) ack 1");
	SEES(h, MS(10), ". 1:1(0) ack 1 win 32768 <TS,sack 101:201>");
}

TEST_CASE("A-13: neither RST, ACK nor SYN to a listener", "[A-13][A-85][T-32]")
{
	Listener h;

	for (const char *line : { "F 1:1(0)", "P 1:101(100)", "- 1:1(0)", "FPU 1:1(0)" })
		PEER(h, 0, line);
	DROP(h, UNEXPECTED);
	QUIET(h, SEC(1));
	STATE(h, LISTEN);
}

// -- SYN-RECEIVED ------------------------------------------------------------------------

TEST_CASE("A-30, A-31: timestamps of a request", "[A-30][A-31]")
{
	HalfOpen h({ .ts = true });

	PEER(h, MS(1), ". 1:1(0) ack 1 <>");
	DROP(h, NO_TIMESTAMP);
	QUIET(h, MS(1));
	PEER(h, MS(1), ". 1:1(0) ack 1 <TS val 999 ecr 0>");
	DROP(h, PAWS);
	SEES(h, MS(1), ". 1:1(0) ack 1 <TS val 6000001 ecr 1000>");
	STATE(h, SYN_RECEIVED);
	PEER(h, MS(2), "R 1:1(0) <TS val 999 ecr 0>");
	STATE(h, LISTEN);
}

TEST_CASE("A-37, A-38: outside the window of a request", "[A-37][A-38]")
{
	HalfOpen h;
	u64 t = 0;

	for (const char *line : { ". 0:0(0) ack 1", "P. -99(100) ack 1" }) {
		t += MS(400);	/* the second one is within 500 ms of the first: no answer */
		PEER(h, t, line);
		if (t == MS(400))
			SEES(h, t, ". 1:1(0) ack 1");
		else
			QUIET(h, t);
	}
	PEER(h, t, "R 0:0(0)");
	PEER(h, t, "R 65536(0)");
	QUIET(h, t);
	PEER(h, MS(950), "S 70000:70000(0)");
	SEES(h, MS(950), ". 1:1(0) ack 1");
	STATE(h, SYN_RECEIVED);
}

TEST_CASE("A-39: SYN again", "[A-39]")
{
	HalfOpen h;

	PEER(h, MS(500), "S 0:0(0)");
	SEES(h, MS(500), "S. 0:0(0) ack 1");
	STATE(h, SYN_RECEIVED);
	CHECK(h.listener->n_half_open == 1);
	PEER(h, MS(600), ". 1:1(0) ack 1");
	STATE(h, ESTABLISHED);
	CHECK(h.conn.syn_repeats);
}

TEST_CASE("A-45: RST in the window, not exact, of a request", "[A-45][R5961-03]")
{
	HalfOpen h;

	PEER(h, MS(1), "R 2:2(0)");
	SEES(h, MS(1), ". 1:1(0) ack 1");
	STATE(h, SYN_RECEIVED);
}

TEST_CASE("A-46: exact RST", "[A-46][R9293-48][T-04][MUST-11]")
{
	HalfOpen h;

	PEER(h, MS(1), "R 1:1(0)");
	QUIET(h, SEC(100));
	STATE(h, LISTEN);
	CAUSES(h, HRTCP_C_REQ_RST_RCVD);
	CHECK(h.listener->n_half_open == 0);
	EVENTS(h, 0);
}

TEST_CASE("A-55: another SYN in the window", "[A-55][R9293-26]")
{
	HalfOpen h;

	PEER(h, MS(1), "S 100:100(0)");
	STATE(h, LISTEN);
	CAUSES(h, HRTCP_C_REQ_SYN_RCVD);
	CHECK(h.listener->n_half_open == 0);
	QUIET(h, SEC(100));
	PEER(h, SEC(101), "S 200:200(0)");	// the peer's next attempt finds the listener
	SEES(h, SEC(101), "S. 0:0(0) ack 201");
	STATE(h, SYN_RECEIVED);
}

TEST_CASE("A-60: ACK off, of a request", "[A-60][R9293-37]")
{
	HalfOpen h;

	PEER(h, MS(1), "P 1:101(100)");
	DROP(h, NO_ACK);
	QUIET(h, MS(1));
	STATE(h, SYN_RECEIVED);
}

TEST_CASE("A-62: the third segment makes the connection", "[A-62][R9293-13][MUST-11]")
{
	HalfOpen h;

	PEER(h, MS(50), ". 1:1(0) ack 1 win 3000");
	QUIET(h, SEC(100));
	STATE(h, ESTABLISHED);
	CHECK(h.conn.passive);
	CHECK(h.conn.snd.wnd == 3000);
	CHECK(h.conn.rtt.latest_ns == MS(50));
	CHECK(h.listener->n_half_open == 0);
	CHECK(h.listener->n_accept == 1);
	CAUSES(h, HRTCP_C_SYN_ACKED);
	EVENTS(h, HRTCP_EV_UP);
}

TEST_CASE("A-62: with data and FIN in the third segment", "[A-62][T-03][R9293-16]")
{
	HalfOpen h;

	PEER(h, MS(50), "FP. 1:101(100) ack 1");
	STATE(h, CLOSE_WAIT);
	CHECK(h.unread() == 100);
	SEES(h, MS(90), ". 1:1(0) ack 102");
}

TEST_CASE("A-63: ACK of something else", "[A-63][R9293-25]")
{
	HalfOpen h;

	for (const char *ack : { "0", "2", "70000" }) {
		PEER(h, MS(1), std::string(". 1:1(0) ack ") + ack);
		SEES(h, MS(1), std::string("R ") + ack + "(0)");
		DROP(h, BAD_ACK);
		STATE(h, SYN_RECEIVED);
	}
}

TEST_CASE("X-05, T-07: SYN,ACK is repeated, then the request is reset",
	  "[X-05][T-05][T-07][T-08]")
{
	HalfOpen h;

	for (const u64 s : { 1u, 3u, 7u, 15u, 31u })
		SEES(h, SEC(s), "S. 0:0(0) ack 1");
	QUIET(h, SEC(63) - 1);
	STATE(h, SYN_RECEIVED);
	SEES(h, SEC(63), "R. 1:1(0) ack 1");
	STATE(h, LISTEN);
	CAUSES(h, HRTCP_C_REQ_TIMEOUT);
	CHECK(h.listener->n_half_open == 0);
	CHECK(h.listener->n_accept == 0);
	EVENTS(h, HRTCP_EV_REPATH);
	QUIET(h, SEC(1000));
}

TEST_CASE("req_on_deadline: too early is harmless", "[X-05]")
{
	HalfOpen h;
	hrtcp_reply reply;

	CHECK(hrtcp_req_on_deadline(h.req.get(), h.listener.get(), &h.cfg, h.now(), &reply) ==
	      HRTCP_REQ_KEEP);
	CHECK_FALSE(reply.send);
	SEES(h, SEC(1), "S. 0:0(0) ack 1");
}

TEST_CASE("X-05: the limit is configured", "[X-05]")
{
	HalfOpen h({ .tune = [](hrtcp_cfg &c) { c.synack_r2_ns = SEC(5); } });

	SEES(h, SEC(1), "S. 0:0(0) ack 1");
	SEES(h, SEC(3), "S. 0:0(0) ack 1");
	SEES(h, SEC(5), "R. 1:1(0) ack 1");
	STATE(h, LISTEN);
}

TEST_CASE("req: a repeated SYN,ACK gives no sample and 3 s, two one segment to begin with",
	  "[R6298-11][R5681-14][R6928-02][R6298-06]")
{
	HalfOpen h;

	SEES(h, SEC(1), "S. 0:0(0) ack 1");
	SEES(h, SEC(3), "S. 0:0(0) ack 1");
	PEER(h, SEC(4), ". 1:1(0) ack 1");
	CHECK(h.conn.rtt.srtt_ns == 0);
	CHECK(h.conn.cc.cwnd_bytes == 1000);
	WRITE(h, SEC(4), 2000);
	SEES(h, SEC(4), ". 1:1001(1000) ack 1");
	SEES(h, SEC(7), ". 1:1001(1000) ack 1");
}

// -- the two queues ----------------------------------------------------------------------

TEST_CASE("T-08: half-open requests are bounded, SYNs above the limit dropped",
	  "[T-08][R4987-02]")
{
	Listener h({ .tune = [](hrtcp_cfg &c) {
		c.max_syn_backlog = 3;
		c.syncookies = 0;
	} });

	h.listener->n_half_open = 3;
	PEER(h, 0, "S 0:0(0)");
	DROP(h, HALF_OPEN_FULL);
	QUIET(h, SEC(1));
	STATE(h, LISTEN);
	h.listener->n_half_open = 2;		// never stuck
	PEER(h, SEC(1), "S 0:0(0)");
	SEES(h, SEC(1), "S. 0:0(0) ack 1");
	CHECK(h.listener->n_half_open == 3);
}

TEST_CASE("T-08: accept queue full: SYNs are dropped", "[T-08]")
{
	Listener h;

	h.listener->n_accept = 2;		// backlog 1 holds one more
	PEER(h, 0, "S 0:0(0)");
	DROP(h, ACCEPT_FULL);
	QUIET(h, SEC(1));
	h.accept();
	PEER(h, SEC(1), "S 0:0(0)");
	SEES(h, SEC(1), "S. 0:0(0) ack 1");
}

TEST_CASE("T-08: accept queue full: the third segment is dropped and asked for again", "[T-08]")
{
	HalfOpen h;

	h.listener->n_accept = 2;
	PEER(h, MS(10), ". 1:1(0) ack 1");
	DROP(h, ACCEPT_FULL);
	PEER(h, MS(20), "P. 1:101(100) ack 1");
	DROP(h, ACCEPT_FULL);
	STATE(h, SYN_RECEIVED);
	SEES(h, SEC(1), "S. 0:0(0) ack 1");
	h.accept();
	PEER(h, SEC(2), "P. 1:101(100) ack 1");
	STATE(h, ESTABLISHED);
	CHECK(h.unread() == 100);
	CHECK(h.listener->n_accept == 1);
	SEES(h, SEC(2) + MS(40), ". 1:1(0) ack 101");
}

TEST_CASE("listen_accepted: gives a place back", "[T-08]")
{
	hrtcp_listen l{};

	l.backlog = 0;
	CHECK_FALSE(hrtcp_listen_accept_full(&l));
	hrtcp_listen_queued(&l);
	CHECK(hrtcp_listen_accept_full(&l));
	hrtcp_listen_accepted(&l);
	CHECK_FALSE(hrtcp_listen_accept_full(&l));
}

TEST_CASE("req_on_abort: the listener closes", "[U-31][U-42]")
{
	HalfOpen h;
	hrtcp_reply reply;

	hrtcp_req_on_abort(h.req.get(), h.listener.get(), h.now(), &reply);
	REQUIRE(reply.send);
	CHECK(print_seg(reply.seg, h.base()) == "R. 1:1(0) ack 1 win 0");
	CHECK(reply.moved);
	CHECK(reply.transition.cause == HRTCP_C_REQ_ABORT);
	CHECK(h.listener->n_half_open == 0);
}

// SPDX-License-Identifier: GPL-2.0
// Rows of conformance: MSS, window scale and timestamps (RFC 7323), acceptability with a shut
// window, the timer of NewReno.
#include "pair.hpp"

extern "C" {
#include "core/steps.h"
}

TEST_CASE("MSS is in every SYN, also the one nobody would miss", "[MAY-3]")
{
	Host c({ .mss = 536 }), s({ .mss = 536 });

	OPEN(c, 0);
	SEES(c, 0, "S 0:0(0) <mss 536>");
	LISTEN(s, 0);
	PEER(s, 0, "S 0:0(0)");
	SEES(s, 0, "S. 0:0(0) ack 1 <mss 536>");
}

TEST_CASE("options of a SYN are on SYNs only, all a connection long",
	  "[MUST-65][R2018-01][R7323-03][R7413-02]")
{
	Pair p({ .rcvbuf = 1 << 20, .sack = true, .ts = true, .hr = true, .wscale = 7 });
	const u8 syn_only = HRTCP_OPT_MSS | HRTCP_OPT_WSCALE | HRTCP_OPT_SACK_OK | HRTCP_OPT_HR |
			    HRTCP_OPT_FAST;
	int n = 0, syns = 0, sacks = 0;

	p.fate = [&](bool, const hrtcp_seg &seg) {
		if (seg.flags & HRTCP_SYN)
			syns += (seg.opt.present & syn_only) == (syn_only & ~HRTCP_OPT_FAST);
		else
			CHECK((seg.opt.present & syn_only) == 0);
		sacks += (seg.opt.present & HRTCP_OPT_SACK) > 0;
		return Fate{ .lost = n++ % 7 == 6 };
	};
	REQUIRE(p.connect() == "");
	WRITE(p.client, 0, 60000);
	RUN(p, SEC(10));
	READ(p.server, SEC(10), p.server.unread());
	WRITE(p.server, SEC(10), 1000);
	RUN(p, SEC(20));
	CLOSE(p.client, SEC(20));
	RUN(p, SEC(30));
	ABORT(p.server, SEC(30));
	RUN(p, SEC(40));
	CHECK(syns >= 2);
	CHECK(sacks > 0);
	CHECK(p.server.received() == 60000);
}

TEST_CASE("options of a SYN in another segment say nothing, and the segment counts", "[MUST-5]")
{
	Client h({ .win = 1000 });

	PEER(h, 0, "P. 1:101(100) ack 1 <mss 100,sackOK,wscale 3,TS val 7 ecr 9>");
	DROP(h, NONE);
	CHECK(h.received() == 100);
	CHECK(h.conn.snd.mss == 1000);
	CHECK(h.conn.snd.wnd == 1000);
	CHECK_FALSE(h.conn.sack.on);
	SEES(h, MS(40), ". 1:1(0) ack 101 <>");
	PEER(h, MS(50), "F. 101:101(0) ack 1 <mss 100>");
	SEES(h, MS(90), ". 1:1(0) ack 102 <>");
	STATE(h, CLOSE_WAIT);
}

TEST_CASE("window: a field above 32767 is what it says", "[MUST-1]")
{
	for (const u32 win : { 32767u, 32768u, 40000u, 65535u }) {
		Client h({ .win = static_cast<u16>(win) });
		CAPTURE(win);
		h.conn.cc.cwnd_bytes = 1 << 20;
		WRITE(h, 0, 70000);
		u32 sent = 0;
		for (const auto &s : h.take_sent())
			sent += s.seg.len;
		CHECK(sent == win / 1000 * 1000);
		CHECK(h.conn.snd.wnd == win);
		h.start_clock();
	}
}

TEST_CASE("a shut window: an empty segment is acceptable at RCV.NXT only", "[R9293-31]")
{
	Client h({ .rcvbuf = 2000 });

	PEER(h, 0, ". 1:2001(2000) ack 1");
	SEES(h, 0, ". 1:1(0) ack 2001 win 0");
	PEER(h, 0, ". 2001:2001(0) ack 1");
	DROP(h, NONE);
	QUIET(h, 0);
	PEER(h, 0, ". 2002:2002(0) ack 1");
	DROP(h, OUT_OF_WINDOW);
	SEES(h, 0, ". 1:1(0) ack 2001 win 0");
	PEER(h, MS(500), ". 2000:2000(0) ack 1");
	DROP(h, OUT_OF_WINDOW);
	SEES(h, MS(500), ". 1:1(0) ack 2001 win 0");
}

TEST_CASE("window scale: without SYN it says nothing", "[R7323-04]")
{
	Client h({ .wscale = 3 });

	PEER(h, 0, ". 1:1(0) ack 1 win 1000 <wscale 7>");
	CHECK(h.conn.snd.wnd == 8000);
	PEER(h, 0, ". 1:1(0) ack 1 win 1000");
	CHECK(h.conn.snd.wnd == 8000);
}

TEST_CASE("window scale: the window of a SYN and of a SYN,ACK is as it is written", "[R7323-04]")
{
	Host c({ .rcvbuf = 1 << 20, .wscale = 3 }), s({ .rcvbuf = 1 << 20, .wscale = 3 });

	OPEN(c, 0);
	SEES(c, 0, "S 0:0(0) win 65535 <mss 1000,wscale 5>");
	PEER(c, 0, "S. 0:0(0) ack 1 win 1000");
	CHECK(c.conn.snd.wnd == 1000);
	SEES(c, 0, ". 1:1(0) ack 1 win 32768");
	LISTEN(s, 0);
	PEER(s, 0, "S 0:0(0) win 1000");
	SEES(s, 0, "S. 0:0(0) ack 1 win 65535 <mss 1000,wscale 5>");
	CHECK(s.req->wnd == 1000);
}

TEST_CASE("first transmissions stay in the window announced last, first repeats need not",
	  "[R7323-08]")
{
	Client h;

	WRITE(h, 0, 3000);
	SEES(h, 0, ". 1(1000) ack 1", ". 1001(1000) ack 1", "P. 2001(1000) ack 1");
	PEER(h, MS(10), ". 1:1(0) ack 1 win 1500");
	WRITE(h, MS(10), 1000);
	QUIET(h, MS(10));				// new, and beyond it
	PEER(h, MS(20), ". 1:1(0) ack 1 win 1500");
	PEER(h, MS(20), ". 1:1(0) ack 1 win 1500");
	PEER(h, MS(20), ". 1:1(0) ack 1 win 1500");
	SEES(h, MS(20), ". 1(1000) ack 1");
	PEER(h, MS(30), ". 1:1(0) ack 1001 win 500");
	SEES(h, MS(30), ". 1001(1000) ack 1");		// it was in the window when it was sent
	PEER(h, MS(40), ". 1:1(0) ack 3001 win 1000");
	SEES(h, MS(40), "P. 3001(1000) ack 1");
}

TEST_CASE("timestamps: in everything but resets", "[R7323-10]")
{
	Client h({ .ts = true });

	WRITE(h, 0, 100);
	SEES(h, 0, "P. 1(100) ack 1 <TS>");
	SEES(h, RTO, "P. 1(100) ack 1 <TS>");		// sent again
	PEER(h, RTO + MS(10), "P. 1(100) ack 101 win 0");
	SEES(h, RTO + MS(50), ". 101(0) ack 101 <TS>");	// an ACK
	WRITE(h, SEC(1), 10);
	for (int i = 0; i < 3; i++)			// window probes
		h.tick(h.next_wake());
	for (const auto &s : h.take_sent())
		CHECK(s.seg.opt.present == HRTCP_OPT_TS);
	PEER(h, SEC(4), ". 101(0) ack 101 win 1000");
	SEES(h, SEC(4), "P. 101(10) ack 101 <TS>");
	PEER(h, SEC(4) + MS(9), ". 101(0) ack 111");
	CLOSE(h, SEC(5));
	SEES(h, SEC(5), "F. 111(0) ack 101 <TS>");
}

TEST_CASE("timestamps: a duplicate ACK gives no sample", "[R7323-14]")
{
	Client h({ .ts = true });

	WRITE(h, 0, 100);
	h.start_clock();
	PEER(h, MS(50), ". 1(0) ack 1");
	CHECK(h.conn.rtt.latest_ns == h.setup.rtt);
	PEER(h, MS(60), ". 1(0) ack 101");
	CHECK(h.conn.rtt.latest_ns == MS(60));
}

TEST_CASE("timestamps: what a segment without ACK echoes is ignored", "[R7323-13]")
{
	Reached h(HRTCP_SYN_SENT, { .ts = true });

	PEER(h, MS(30), "S 0:0(0) <mss 1000,TS val 7 ecr 123456>");
	SEES(h, MS(30), "S. 0:0(0) ack 1 <mss 1000,TS val 6000030 ecr 7>");
	CHECK(h.conn.rtt.srtt_ns == 0);
}

TEST_CASE("timestamps: a clock of milliseconds, monotonic, that wraps in 49 days", "[R7323-21]")
{
	u32 last = hrtcp_ts_now(7, false, 0);

	CHECK(last == 7);
	for (u64 ms = 1; ms < 5000; ms++) {
		const u32 now = hrtcp_ts_now(7, false, MS(ms));
		REQUIRE(now - last == 1);
		last = now;
	}
	CHECK(hrtcp_ts_now(7, false, MS(1ull << 32)) == 7);
	CHECK(hrtcp_ts_now(7, false, MS(1ull << 31)) == 7 + (1u << 31));
	CHECK(hrtcp_ts_now(7, true, US(1ull << 32)) == 7);	// an hour, many times the MSL
}

TEST_CASE("timestamps: of resets", "[R7323-20]")
{
	Host closed;
	PEER(closed, 0, "S =700(0) <TS val 55 ecr 0>");
	SEES(closed, 0, "R. =0(0) ack =701 <TS val 0 ecr 55>");
	PEER(closed, 0, ". =700(0) ack =33 <TS val 56 ecr 9>");
	SEES(closed, 0, "R =33(0) <TS val 0 ecr 56>");
	PEER(closed, 0, ". =700(0) ack =33");
	SEES(closed, 0, "R =33(0) <>");

	Client h({ .ts = true });
	ABORT(h, MS(1));
	SEES(h, MS(1), "R. 1(0) ack 1 <TS val 6000101 ecr 1100>");
	Client none;
	ABORT(none, MS(1));
	SEES(none, MS(1), "R. 1(0) ack 1 <>");
}

TEST_CASE("NewReno: a partial ACK repeats the next and deflates, the first restarts the timer",
	  "[R6582-02]")
{
	Client h;

	WRITE(h, 0, 10000);
	REQUIRE(h.take_sent().size() == 10);
	for (int i = 0; i < 9; i++)
		PEER(h, MS(100), ". 1:1(0) ack 1");
	SEES(h, MS(100), ". 1(1000) ack 1");
	const u64 pipe = hrtcp_recovery_pipe(&h.conn);
	PEER(h, MS(200), ". 1:1(0) ack 3001");		// three, one of them sent again
	SEES(h, MS(200), ". 3001(1000) ack 1");
	CHECK(hrtcp_recovery_pipe(&h.conn) <= pipe + 1000);
	const u64 at = h.conn.timers.at_ns[HRTCP_T_RETRANSMIT];
	CHECK(at == h.now() + hrtcp_rtt_timeout(&h.conn.rtt, &h.cfg));
	PEER(h, MS(250), ". 1:1(0) ack 5001");
	SEES(h, MS(250), ". 5001(1000) ack 1");
	CHECK(h.conn.timers.at_ns[HRTCP_T_RETRANSMIT] == at);
	CHECK(h.conn.recovery.state == HRTCP_R_RECOVERY);
	PEER(h, MS(300), ". 1:1(0) ack 10001");
	QUIET(h, SEC(10));
}

TEST_CASE("what is beyond the window is repeated once only", "[R7323-08]")
{
	Client h({ .sack = true });

	WRITE(h, 0, 6000);
	REQUIRE(h.take_sent().size() == 6);
	PEER(h, MS(100), ". 1:1(0) ack 1 <sack 2001:5001>");
	SEES(h, MS(100), ". 1(1000) ack 1", ". 1001(1000) ack 1");
	WRITE(h, MS(101), 1000);
	PEER(h, MS(102), ". 1:1(0) ack 1 <sack 2001:6001>");
	SEES(h, MS(102), "P. 6001(1000) ack 1");
	PEER(h, MS(202), ". 1:1(0) ack 1 win 500 <sack 2001:7001>");	// both lost again
	SEES(h, MS(202), ". 1(1000) ack 1");
	PEER(h, MS(302), ". 1:1(0) ack 1001 win 1000 <sack 2001:7001>");
	SEES(h, MS(302), ". 1001(1000) ack 1");
	PEER(h, MS(402), ". 1:1(0) ack 7001");
	QUIET(h, SEC(10));
}

TEST_CASE("a series of segments is taken whole before an ACK leaves", "[MUST-59][MUST-58]")
{
	Client h;
	hrtcp_rxnode node{};
	hrtcp_rx rx;
	const auto feed = [&](const std::string &line) {
		const hrtcp_seg seg = parse_line(line, h.peer_base()).seg;
		hrtcp_conn_on_segment(&h.conn, &seg, &node, h.now(), &rx);
	};

	for (u32 i = 0; i < 6; i++) {
		REQUIRE(hrtcp_conn_may_batch(&h.conn));
		feed(". " + std::to_string(1 + 1000 * i) + "(1000) ack 1");
		CHECK(rx.take == HRTCP_TAKE_DELIVER);
		REQUIRE(hrtcp_conn_may_batch(&h.conn));
	}
	h.settle();
	SEES(h, 0, ". 1(0) ack 6001");
	feed(". 7001(1000) ack 1");			// a gap: each ACK is a duplicate of its own
	CHECK_FALSE(hrtcp_conn_may_batch(&h.conn));
	h.settle();
	SEES(h, 0, ". 1(0) ack 6001");
}

TEST_CASE("A-56: a SYN without timestamps is challenged where all else needs them",
	  "[R5961-05][R9293-36]")
{
	Client h({ .mss = 1012, .ts = true });

	PEER(h, MS(1), "S 5000:5000(0) <mss 1000>");		// another incarnation, for all it knows
	SEES(h, MS(1), ". 1:1(0) ack 1");
	DROP(h, BAD_SYN);
	PEER(h, SEC(1), "S nxt(0) <mss 1000>");
	SEES(h, SEC(1), ". 1:1(0) ack 1");
	DROP(h, BAD_SYN);
	PEER(h, SEC(2), ". nxt(0) ack nxt <mss 1000>");
	DROP(h, NO_TIMESTAMP);
	QUIET(h, SEC(3));
	STATE(h, ESTABLISHED);
}

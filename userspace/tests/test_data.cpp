// SPDX-License-Identifier: GPL-2.0
// Payload taken, the window told, ACKs delayed.
#include "host.hpp"

// -- delayed ACK ---------------------------------------------------------------------------

TEST_CASE("acknowledge: every second full-sized segment at once", "[SHLD-19][SHLD-18]")
{
	Client h;

	for (u32 i = 0; i < 10; i++) {
		PEER(h, MS(i), ". " + std::to_string(1 + 1000 * i) + "(1000) ack 1");
		if (i % 2)
			SEES(h, MS(i), ". 1:1(0) ack " + std::to_string(1001 + 1000 * i));
	}
	QUIET(h, SEC(1));
}

TEST_CASE("acknowledge: two segments' worth of octets in small ones", "[SHLD-19]")
{
	Client h;

	PEER(h, 0, ". 1:1001(1000) ack 1");		// so large are the peer's segments
	SEES(h, MS(40), ". 1:1(0) ack 1001");
	for (u32 i = 0; i < 4; i++)
		PEER(h, MS(50), ". " + std::to_string(1001 + 500 * i) + "(500) ack 1");
	SEES(h, MS(50), ". 1:1(0) ack 3001");
}

TEST_CASE("acknowledge: one ACK for a super-segment, no more than one each", "[R5681-21][MUST-58]")
{
	Client h;

	PEER(h, 0, ". 1:8001(8000) ack 1");
	SEES(h, 0, ". 1:1(0) ack 8001");
	QUIET(h, SEC(1));
}

TEST_CASE("acknowledge: the delay is configured", "[MUST-40]")
{
	Client h({ .tune = [](hrtcp_cfg &c) { c.delack_ns = MS(7); } });

	PEER(h, 0, ". 1:101(100) ack 1");
	QUIET(h, MS(7) - 1);
	SEES(h, MS(7), ". 1:1(0) ack 101");
}

TEST_CASE("keep: duplicate ACK at once, one for each segment", "[R5681-20][R5681-21][MAY-13]")
{
	Client h;

	PEER(h, 0, ". 1:101(100) ack 1");		// its delayed ACK is overtaken
	PEER(h, MS(1), ". 201:301(100) ack 1");
	SEES(h, MS(1), ". 1:1(0) ack 101");
	PEER(h, MS(1), ". 301:401(100) ack 1");
	SEES(h, MS(1), ". 1:1(0) ack 101");
	QUIET(h, SEC(1));
}

// -- SACK ------------------------------------------------------------------------------------

TEST_CASE("SACK: the newest first, the list follows RCV.NXT", "[R2018-03][R2018-04][R2018-05]")
{
	Client h({ .sack = true });

	PEER(h, 0, ". 1001:2001(1000) ack 1");
	SEES(h, 0, ". 1:1(0) ack 1 <sack 1001:2001>");
	PEER(h, 0, ". 3001:4001(1000) ack 1");
	SEES(h, 0, ". 1:1(0) ack 1 <sack 3001:4001 1001:2001>");
	PEER(h, 0, ". 2001:3001(1000) ack 1");
	SEES(h, 0, ". 1:1(0) ack 1 <sack 1001:4001>");
	PEER(h, 0, ". 5001:6001(1000) ack 1");
	SEES(h, 0, ". 1:1(0) ack 1 <sack 5001:6001 1001:4001>");
	PEER(h, 0, ". 1:1001(1000) ack 1");
	SEES(h, 0, ". 1:1(0) ack 4001 <sack 5001:6001>");
	PEER(h, 0, ". 4001:5001(1000) ack 1");
	SEES(h, 0, ". 1:1(0) ack 6001 <>");
}

TEST_CASE("SACK: a block is all that is contiguous, even if it was out of the list",
	  "[R2018-04][R2018-06]")
{
	Client h({ .sack = true });

	for (u32 i = 0; i < 6; i++) {
		const std::string at = std::to_string(1001 + 2000 * i);
		PEER(h, 0, ". " + at + "(500) ack 1");
		PEER(h, 0, ". " + std::to_string(1501 + 2000 * i) + "(500) ack 1");
	}
	h.take_sent();
	PEER(h, 0, ". 2001:2501(500) ack 1");
	SEES(h, 0, ". 1:1(0) ack 1 <sack 1001:2501 11001:12001 9001:10001 7001:8001>");
	PEER(h, 0, ". 4501:5001(500) ack 1");
	SEES(h, 0, ". 1:1(0) ack 1 <sack 4501:6001 1001:2501 11001:12001 9001:10001>");
}

TEST_CASE("SACK: three blocks beside timestamps", "[R2018-05]")
{
	Client h({ .sack = true, .ts = true });

	for (u32 i = 1; i <= 5; i++) {
		PEER(h, 0, ". " + std::to_string(1 + 200 * i) + "(100) ack 1");
		if (i < 5)
			REQUIRE(h.take_sent().size() == 1);
	}
	SEES(h, 0, ". 1:1(0) ack 1 <TS,sack 1001:1101 801:901 601:701>");
}

TEST_CASE("SACK: not unless both agreed", "[R2018-02]")
{
	Client h;

	PEER(h, 0, ". 1001:2001(1000) ack 1");
	SEES(h, 0, ". 1:1(0) ack 1 <>");
}

// -- the receive window ----------------------------------------------------------------------

TEST_CASE("window: shrinks by what is unread, its edge never moves left", "[SHLD-14]")
{
	Client h({ .rcvbuf = 5000 });

	PEER(h, 0, ". 1:1001(1000) ack 1");
	PEER(h, 0, ". 1001:2001(1000) ack 1");
	SEES(h, 0, ". 1:1(0) ack 2001 win 3000");
	hrtcp_conn_on_rcvbuf(&h.conn, 100);
	PEER(h, MS(1), ". 2001:3001(1000) ack 1");
	PEER(h, MS(1), ". 3001:4001(1000) ack 1");
	SEES(h, MS(1), ". 1:1(0) ack 4001 win 1000");
	PEER(h, MS(2), ". 4001:5001(1000) ack 1");	// it was promised
	CHECK(h.unread() == 5000);
	SEES(h, MS(42), ". 1:1(0) ack 5001 win 0");
}

TEST_CASE("window: what lies beyond it is cut off", "[R9293-36]")
{
	Client h({ .rcvbuf = 2500 });

	PEER(h, 0, ". 1:2001(2000) ack 1");
	SEES(h, 0, ". 1:1(0) ack 2001 win 500");
	PEER(h, 0, "FP. 2001:3001(1000) ack 1");
	CHECK(h.unread() == 2500);
	STATE(h, ESTABLISHED);			// its FIN lies beyond
	SEES(h, MS(40), ". 1:1(0) ack 2501 win 0");
	READ(h, MS(50), 2500);
	SEES(h, MS(50), ". 1:1(0) ack 2501 win 2500");
	PEER(h, MS(60), "FP. 2001:3001(1000) ack 1");
	CHECK(h.received() == 3000);
	STATE(h, CLOSE_WAIT);
	SEES(h, MS(100), ". 1:1(0) ack 3002");
}

TEST_CASE("window: a probe of a shut one is answered", "[R9293-50][MAY-8]")
{
	Client h({ .rcvbuf = 2000 });

	PEER(h, 0, ". 1:2001(2000) ack 1");
	SEES(h, 0, ". 1:1(0) ack 2001 win 0");
	for (u64 t = 1; t < 100; t++) {
		PEER(h, SEC(t), ". 2001:2002(1) ack 1");
		SEES(h, SEC(t), ". 1:1(0) ack 2001 win 0");
		CHECK(h.unread() == 2000);
	}
}

TEST_CASE("window: the update after a read waits for a step worth sending",
	  "[MUST-39][R9293-52]")
{
	Client h({ .rcvbuf = 4000 });

	PEER(h, 0, ". 1:4001(4000) ack 1");
	SEES(h, 0, ". 1:1(0) ack 4001 win 0");
	READ(h, MS(1), 500);
	READ(h, MS(2), 499);
	QUIET(h, SEC(1));
	READ(h, SEC(1), 1);
	SEES(h, SEC(1), ". 1:1(0) ack 4001 win 1000");
	READ(h, SEC(1), 900);			// not doubled: no update, the next ACK tells it
	QUIET(h, SEC(2));
}

TEST_CASE("window: half of a small buffer is a step", "[R9293-52]")
{
	Client h({ .rcvbuf = 600 });

	PEER(h, 0, ". 1:601(600) ack 1");
	SEES(h, MS(40), ". 1:1(0) ack 601 win 0");
	READ(h, MS(50), 299);
	QUIET(h, MS(60));
	READ(h, MS(60), 1);
	SEES(h, MS(60), ". 1:1(0) ack 601 win 300");
}

TEST_CASE("window: no silly advance in other ACKs either", "[MUST-39]")
{
	Client h({ .rcvbuf = 4000 });

	PEER(h, 0, ". 1:4001(4000) ack 1");
	SEES(h, 0, ". 1:1(0) ack 4001 win 0");
	READ(h, MS(1), 900);
	PEER(h, MS(2), ". 4001:4002(1) ack 1");
	SEES(h, MS(2), ". 1:1(0) ack 4001 win 0");
}

TEST_CASE("window: scaled, and never beyond what the field can say", "[R7323-05][R7323-06][REC-1]")
{
	Client h({ .rcvbuf = 1 << 20, .wscale = 7 });

	PEER(h, 0, ". 1:1001(1000) ack 1");
	PEER(h, 0, ". 1001:2001(1000) ack 1");
	SEES(h, 0, ". 1:1(0) ack 2001 win 32705");	// (2^20 - 2000) / 32
	Client plain({ .rcvbuf = 1 << 20 });
	PEER(plain, 0, ". 1:2001(2000) ack 1");
	SEES(plain, 0, ". 1:1(0) ack 2001 win 65535");
}

TEST_CASE("window: one that rounding retracts is honoured as promised", "[R7323-07][SHLD-14]")
{
	Client h({ .rcvbuf = 100000, .wscale = 7 });

	PEER(h, 0, ". 1:2(1) ack 1");			// a scale of 1 cannot say 99999
	SEES(h, MS(40), ". 1:1(0) ack 2 win 49999");
	for (u32 nxt = 2; nxt <= 100000; nxt += 1000) {
		const std::string len = std::to_string(std::min(1000u, 100001 - nxt));
		PEER(h, MS(40), ". nxt(" + len + ") ack 1");
		REQUIRE(h.take_sent().size() <= 1);
	}
	CHECK(h.unread() == 100000);
	PEER(h, MS(40), ". nxt(1) ack 1");
	CHECK(h.unread() == 100000);
	SEES(h, MS(40), ". 1:1(0) ack 100001 win 0");
}

TEST_CASE("window: grows with the buffer", "[data]")
{
	Client h({ .rcvbuf = 3000 });

	hrtcp_conn_on_rcvbuf(&h.conn, 60000);
	PEER(h, 0, ". 1:2001(2000) ack 1");
	SEES(h, 0, ". 1:1(0) ack 2001 win 58000");
}

TEST_CASE("window: an empty buffer is never told as none, however coarse the scale", "[R9293-52]")
{
	const u32 bytes = GENERATE(100, 1000, 1024, 3000, 5000);
	Client h({ .rcvbuf = 65535, .rcvbuf_max = 65535 << 10, .wscale = 7 });	// units of 1024

	REQUIRE(h.conn.rcv.wscale == 10);
	hrtcp_conn_on_rcvbuf(&h.conn, bytes);
	for (u32 got = 0; got < 200000;) {	// read whatever came, a segment at a time
		const u32 window = std::min<u32>(static_cast<u32>(seq_diff(h.conn.rcv.edge, h.conn.rcv.nxt)), 700);
		h.tick(h.now() + MS(50));
		h.take_sent();
		PEER(h, h.script_time(), ". nxt(" + std::to_string(std::max(window, 1u)) + ") ack 1");
		h.take_sent();
		got += h.unread();
		READ(h, h.script_time(), h.unread());
		h.tick(h.now() + SEC(1));
		h.take_sent();
		PEER(h, h.script_time(), ". nxt-1(0) ack 1");	// what is the window now?
		const auto sent = h.take_sent();
		if (!sent.empty())
			CHECK(sent.back().seg.wnd > 0);
	}
}

TEST_CASE("acknowledge: the first full-sized segments one by one, and again after a pause",
	  "[SHLD-18][SHLD-19]")
{
	Client h({ .tune = [](hrtcp_cfg &c) { c.tlp = false; } });
	size_t acks = 0;

	h.cfg.quick_acks = 4;
	for (const u64 begin : { MS(0), SEC(10) }) {
		acks = 0;
		for (u64 i = 0; i < 4; i++) {
			PEER(h, begin + MS(i), ". nxt(1000) ack 1");
			acks += h.take_sent().size();
		}
		CHECK(acks == 4);
		for (u64 i = 4; i < 14; i++) {
			PEER(h, begin + MS(i), ". nxt(1000) ack 1");
			acks += h.take_sent().size();
		}
		CHECK(acks == 9);
		READ(h, begin + MS(20), 14000);
		h.take_sent();
	}
	PEER(h, SEC(20), "P. nxt(100) ack 1");		// a short one may be answered with data
	QUIET(h, SEC(20) + MS(39));
	SEES(h, SEC(20) + MS(40), ". 1:1(0) ack nxt");
}

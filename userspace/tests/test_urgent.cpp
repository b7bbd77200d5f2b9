// SPDX-License-Identifier: GPL-2.0
// The urgent pointer: one past the last urgent octet, told at once, in both directions.
#include "host.hpp"

namespace {

// Octets until no urgent data is left to read; 0: there is none.
u32 urgent_ahead(const Host &h)
{
	u32 ahead = 0;

	return hrtcp_conn_urgent(&h.conn, &ahead) ? ahead : 0;
}

} // namespace

// -- sent ----------------------------------------------------------------------------------

TEST_CASE("urgent: the pointer sent is one past the last urgent octet",
	  "[MUST-30][MUST-62][U-15]")
{
	Client h;

	WRITE_URGENT(h, 0, 1);
	SEES(h, 0, "P.U 1:2(1) ack 1 urg 1");
	PEER(h, MS(50), ". 1:1(0) ack 2");
	WRITE(h, MS(60), 100);
	SEES(h, MS(60), "P. 2:102(100) ack 1");
	PEER(h, MS(100), ". 1:1(0) ack 102");
	QUIET(h, SEC(1));
}

TEST_CASE("urgent: any length, in every segment that begins before its end", "[MUST-31]")
{
	Client h;

	WRITE_URGENT(h, 0, 2500);
	SEES(h, 0, ".U 1:1001(1000) ack 1 urg 2500", ".U 1001:2001(1000) ack 1 urg 1500",
	     "P.U 2001:2501(500) ack 1 urg 500");
	WRITE(h, 0, 1000);
	SEES(h, 0, "P. 2501:3501(1000) ack 1");
	PEER(h, MS(10), ". 1:1(0) ack 3501");
	QUIET(h, SEC(1));
}

TEST_CASE("urgent: sent again with the pointer as long as it is not acknowledged", "[U-15]")
{
	Client h;

	WRITE_URGENT(h, 0, 3);
	SEES(h, 0, "P.U 1:4(3) ack 1 urg 3");
	SEES(h, RTO, "P.U 1:4(3) ack 1 urg 3");
	PEER(h, RTO + MS(1), ". 1:1(0) ack 4");
	PEER(h, RTO + MS(2), "P. 1:2(1) ack 4");
	SEES(h, RTO + MS(42), ". 4:4(0) ack 2");
}

TEST_CASE("urgent: a shut window does not keep the peer from knowing", "[MUST-30][MUST-66]")
{
	Client h({ .win = 0 });

	PEER(h, 0, ". 1:1(0) ack 1 win 0");
	WRITE_URGENT(h, MS(10), 5);
	SEES(h, MS(10), ".U 1:1(0) ack 1 urg 5");
	SEES(h, MS(10) + RTO, ".U 1:2(1) ack 1 urg 5");	// the window probe
	PEER(h, SEC(1), ". 1:1(0) ack 1 win 1000");
	SEES(h, SEC(1), "P.U 1:6(5) ack 1 urg 5");
	PEER(h, SEC(1) + MS(1), ". 1:1(0) ack 6 win 1000");
}

TEST_CASE("urgent: nor does Nagle", "[MUST-30]")
{
	Client h;

	WRITE(h, 0, 10);
	SEES(h, 0, "P. 1:11(10) ack 1");
	WRITE_URGENT(h, MS(1), 1);
	SEES(h, MS(1), ".U 11:11(0) ack 1 urg 1");
	PEER(h, MS(100), ". 1:1(0) ack 11");
	SEES(h, MS(100), "P.U 11:12(1) ack 1 urg 1");
	PEER(h, MS(200), ". 1:1(0) ack 12");
}

TEST_CASE("urgent: an end farther away than the field can say", "[R7323-01]")
{
	Client h({ .win = 10000, .wscale = 7 });

	h.conn.cc.cwnd_bytes = 1000;
	WRITE_URGENT(h, 0, 66000);
	SEES(h, 0, ".U 1:1001(1000) ack 1 urg 65535");
	PEER(h, MS(1), ". 1:1(0) ack 1001");
	SEES(h, MS(1), ".U 1001:2001(1000) ack 1 urg 65000", ".U 2001:3001(1000) ack 1 urg 64000");
	ABORT(h, MS(2));
	SEES(h, MS(2), "R. 3001:3001(0) ack 1");
}

TEST_CASE("urgent: no super-segment, since the offset differs from segment to segment",
	  "[MUST-62]")
{
	Client h({ .gso = 8000 });

	WRITE(h, 0, 2000);
	WRITE_URGENT(h, 0, 1000);
	CHECK(h.take_sent().size() == 2);	// the first write as one, then the last segment
	PEER(h, MS(1), ". 1:1(0) ack 1");
	SEES(h, MS(26), ".U 1:1001(1000) ack 1 urg 3000");
	PEER(h, RTO + MS(1), ". 1:1(0) ack 3001");
	WRITE(h, SEC(1), 2000);
	SEES(h, SEC(1), "P. 3001:5001(2000) ack 1");
	PEER(h, SEC(1) + MS(1), ". 1:1(0) ack 5001");
}

TEST_CASE("urgent: queued before the connection is up", "[U-13][U-15]")
{
	Host h;

	OPEN(h, 0);
	SEES(h, 0, "S 0:0(0)");
	WRITE_URGENT(h, MS(1), 1);
	PEER(h, MS(100), "S. 0:0(0) ack 1");
	SEES(h, MS(100), "P.U 1:2(1) ack 1 urg 1");
	PEER(h, MS(200), ". 1:1(0) ack 2");
}

// -- received ------------------------------------------------------------------------------

TEST_CASE("urgent: the user is told once a run, and again when it advances",
	  "[MUST-32][MUST-47][A-80][R9293-55]")
{
	Client h;

	PEER(h, 0, ".U 1:11(10) ack 1 urg 10");
	EVENTS(h, HRTCP_EV_READABLE | HRTCP_EV_URGENT);
	PEER(h, MS(1), ".U 11:11(0) ack 1 urg 0");
	EVENTS(h, 0);
	PEER(h, MS(2), ".U 11:21(10) ack 1 urg 30");
	EVENTS(h, HRTCP_EV_READABLE | HRTCP_EV_URGENT);
	PEER(h, MS(3), ".U 21:31(10) ack 1 urg 20");
	EVENTS(h, HRTCP_EV_READABLE);
	PEER(h, MS(4), ".U 31:31(0) ack 1 urg 11");
	EVENTS(h, HRTCP_EV_URGENT);
	SEES(h, MS(40), ". 1:1(0) ack 31");
}

TEST_CASE("urgent: how much is left to read is known until it is read", "[MUST-33][U-22]")
{
	Client h;

	CHECK(urgent_ahead(h) == 0);
	PEER(h, 0, ".U 1:101(100) ack 1 urg 150");
	CHECK(urgent_ahead(h) == 150);
	READ(h, MS(1), 100);
	CHECK(urgent_ahead(h) == 50);
	PEER(h, MS(2), ". 101:201(100) ack 1");
	READ(h, MS(3), 50);
	CHECK(urgent_ahead(h) == 0);
	READ(h, MS(4), 50);
	SEES(h, MS(40), ". 1:1(0) ack 201");
}

TEST_CASE("urgent: all octets stay in the stream, in order", "[MUST-31][R6093-01]")
{
	Client h;

	PEER(h, 0, ".U 51:101(50) ack 1 urg 50");
	SEES(h, 0, ". 1:1(0) ack 1");
	CHECK(urgent_ahead(h) == 100);
	PEER(h, MS(1), ". 1:51(50) ack 1");
	SEES(h, MS(1), ". 1:1(0) ack 101");
	CHECK(h.unread() == 100);	// the host compares them with what was sent
}

TEST_CASE("urgent: heard through a shut window, with data that is not taken", "[MUST-66][A-36]")
{
	Client h({ .rcvbuf = 2000 });

	PEER(h, 0, ". 1:2001(2000) ack 1");
	SEES(h, 0, ". 1:1(0) ack 2001 win 0");
	h.events();
	PEER(h, MS(1), ".U 2001:2011(10) ack 1 urg 10");
	DROP(h, OUT_OF_WINDOW);
	EVENTS(h, HRTCP_EV_URGENT);
	CHECK(urgent_ahead(h) == 2010);
	SEES(h, MS(1), ". 1:1(0) ack 2001 win 0");
}

TEST_CASE("urgent: a pointer to what was received already tells nothing", "[R9293-55]")
{
	Client h;

	PEER(h, 0, ". 1:1001(1000) ack 1");
	h.events();
	PEER(h, MS(1), ".U 1001:1001(0) ack 1 urg 0");
	EVENTS(h, 0);
	CHECK(urgent_ahead(h) == 0);
	PEER(h, MS(2), ".U 1001:2001(1000) ack 1 urg 65535");	// far beyond the window is no harm
	EVENTS(h, HRTCP_EV_READABLE | HRTCP_EV_URGENT);
	SEES(h, MS(2), ". 1:1(0) ack 2001");
	CHECK(urgent_ahead(h) == 1000 + 65535);
}

TEST_CASE("urgent: without URG the field means nothing", "[R9293-55]")
{
	Client h;

	PEER(h, 0, ". 1:11(10) ack 1 urg 10");
	EVENTS(h, HRTCP_EV_READABLE);
	SEES(h, MS(40), ". 1:1(0) ack 11");
}

TEST_CASE("urgent: heard in FIN-WAIT-1 and FIN-WAIT-2, ignored once the peer has closed",
	  "[A-80][A-81]")
{
	for (u8 state : { HRTCP_FIN_WAIT_1, HRTCP_FIN_WAIT_2, HRTCP_CLOSE_WAIT, HRTCP_CLOSING,
			  HRTCP_LAST_ACK }) {
		Reached h(state);
		const bool open = state == HRTCP_FIN_WAIT_1 || state == HRTCP_FIN_WAIT_2;

		PEER(h, 0, ".U nxt(0) ack una urg 10");
		CHECK(!!(h.events() & HRTCP_EV_URGENT) == open);
		CHECK(urgent_ahead(h) == (open ? 10 : 0));
		h.take_sent();
	}
}

TEST_CASE("urgent: on the SYN,ACK", "[A-24]")
{
	Host h;

	OPEN(h, 0);
	SEES(h, 0, "S 0:0(0)");
	PEER(h, MS(1), "S.U 0:0(0) ack 1 urg 8");
	CHECK(h.events() == (HRTCP_EV_UP | HRTCP_EV_URGENT));
	SEES(h, MS(1), ". 1:1(0) ack 1");
	CHECK(urgent_ahead(h) == 7);	// the offset counts from the SYN
}

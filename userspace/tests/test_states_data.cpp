// SPDX-License-Identifier: GPL-2.0
// A segment arrives, section 5 of the state table: data and FIN.
#include "host.hpp"

// -- checks 6, 7: URG, data ---------------------------------------------------------------------

TEST_CASE("A-81: URG after the peer's FIN is ignored", "[A-81]")
{
	for (const u8 s : { HRTCP_CLOSE_WAIT, HRTCP_CLOSING, HRTCP_LAST_ACK, HRTCP_TIME_WAIT }) {
		INFO(hrtcp_state_name(s));
		Reached h(s);
		PEER(h, 0, "U. nxt(0) ack una");
		QUIET(h, MS(1));
		CHECK(h.state() == s);
		EVENTS(h, 0);
	}
}

TEST_CASE("urgent data is received in line with the stream", "[R6093-01][R9293-55]")
{
	Client h;

	PEER(h, 0, "UP. 1:101(100) ack 1");
	CHECK(h.unread() == 100);
	SEES(h, MS(40), ". 1:1(0) ack 101");
}

TEST_CASE("A-82: data at RCV.NXT", "[A-82][R9293-53][X-08]")
{
	for (const u8 s : { HRTCP_ESTABLISHED, HRTCP_FIN_WAIT_1, HRTCP_FIN_WAIT_2 }) {
		INFO(hrtcp_state_name(s));
		Reached h(s);
		PEER(h, MS(1), "P. 1:101(100) ack una");
		CHECK(h.unread() == 100);
		EVENTS(h, HRTCP_EV_READABLE);
		SEES(h, MS(41), ". nxt(0) ack 101 win 65435");
	}
}

TEST_CASE("A-82: old octets in front are cut off", "[A-82][R9293-36]")
{
	Client h;

	PEER(h, 0, ". 1:101(100) ack 1");
	PEER(h, 0, ". 51:151(100) ack 1");
	CHECK(h.unread() == 150);
	DROP(h, NONE);
	SEES(h, MS(40), ". nxt(0) ack 151");
}

TEST_CASE("A-82: queued data that is contiguous now follows", "[A-82][R5681-20]")
{
	Client h;

	PEER(h, 0, ". 201:301(100) ack 1");
	SEES(h, 0, ". 1:1(0) ack 1");
	PEER(h, 0, ". 101:151(50) ack 1");
	SEES(h, 0, ". 1:1(0) ack 1");
	PEER(h, 0, ". 1:101(100) ack 1");	// fills a part of the gap
	SEES(h, 0, ". 1:1(0) ack 151");
	PEER(h, 0, ". 121:231(110) ack 1");	// and the rest, with octets already there
	SEES(h, 0, ". 1:1(0) ack 301");
	CHECK(h.unread() == 300);
	CHECK(h.buffers() == 0);
}

TEST_CASE("A-83: data above RCV.NXT", "[A-83][SHLD-31][R5681-20][R2018-03][R2018-02][R2883-02]")
{
	for (const u8 s : { HRTCP_ESTABLISHED, HRTCP_FIN_WAIT_1, HRTCP_FIN_WAIT_2 }) {
		INFO(hrtcp_state_name(s));
		Reached h(s, { .sack = true });
		PEER(h, 0, ". 201:301(100) ack una");
		SEES(h, 0, ". nxt(0) ack 1 <sack 201:301>");
		PEER(h, 0, ". 401:501(100) ack una");
		SEES(h, 0, ". nxt(0) ack 1 <sack 401:501 201:301>");
		PEER(h, 0, ". 201:301(100) ack una");
		DROP(h, DUPLICATE);
		SEES(h, 0, ". nxt(0) ack 1 <sack 201:301 201:301 401:501>");
		CHECK(h.unread() == 0);
		CHECK(h.conn.reasm.bytes == 200);
	}
}

TEST_CASE("A-84: data after the peer's FIN is ignored", "[A-84][R9293-40]")
{
	for (const u8 s : { HRTCP_CLOSE_WAIT, HRTCP_CLOSING, HRTCP_LAST_ACK, HRTCP_TIME_WAIT }) {
		INFO(hrtcp_state_name(s));
		Reached h(s);
		PEER(h, 0, "P. nxt(100) ack una");
		CHECK(h.unread() == 0);
		CHECK(h.drop != HRTCP_DROP_NONE);
		CHECK(h.state() == s);
		CHECK(h.conn.rcv.nxt.v == h.setup.irs + 2);
		if (s == HRTCP_TIME_WAIT)
			SEES(h, 0, ". nxt(0) ack nxt");
		QUIET(h, MS(1));
	}
}

// -- check 8: FIN ------------------------------------------------------------------------

TEST_CASE("A-85: FIN before the peer is known", "[A-85]")
{
	Reached h(HRTCP_SYN_SENT);

	PEER(h, 0, "F 1:1(0)");
	PEER(h, 0, "F. 1:1(0) ack 1");
	QUIET(h, MS(999));
	STATE(h, SYN_SENT);
}

TEST_CASE("A-86: FIN", "[A-86][R9293-62][R9293-63]")
{
	for (const u8 s : { HRTCP_SYN_RECEIVED, HRTCP_ESTABLISHED }) {
		INFO(hrtcp_state_name(s));
		Reached h(s);
		PEER(h, MS(1), "F. 1:1(0) ack 1");
		STATE(h, CLOSE_WAIT);
		CHECK((h.events() & HRTCP_EV_READABLE));
		CHECK(hrtcp_conn_at_eof(&h.conn));
		SEES(h, MS(41), ". 1:1(0) ack 2");
		QUIET(h, SEC(3600));
	}
}

TEST_CASE("A-86: FIN counts only after all data before it", "[A-86][R9293-62]")
{
	Client h;

	PEER(h, 0, "FP. 101:201(100) ack 1");
	SEES(h, 0, ". 1:1(0) ack 1");
	STATE(h, ESTABLISHED);
	PEER(h, 0, ". 1:101(100) ack 1");
	SEES(h, 0, ". 1:1(0) ack 202");
	STATE(h, CLOSE_WAIT);
	CHECK(h.unread() == 200);
	CHECK_FALSE(hrtcp_conn_at_eof(&h.conn));
}

TEST_CASE("A-86: a FIN just beyond the window has to come again", "[A-86]")
{
	Client h({ .rcvbuf = 2000 });

	PEER(h, 0, ". 1:1001(1000) ack 1");
	PEER(h, 0, "FP. 1001:2001(1000) ack 1");
	SEES(h, 0, ". 1:1(0) ack 2001 win 0");
	STATE(h, ESTABLISHED);
	READ(h, MS(1), 2000);
	SEES(h, MS(1), ". 1:1(0) ack 2001 win 2000");
	PEER(h, MS(2), "F. 2001:2001(0) ack 1");
	STATE(h, CLOSE_WAIT);
	SEES(h, MS(42), ". 1:1(0) ack 2002 win 1999");
}

TEST_CASE("A-86: FIN in a segment that covers what was queued", "[A-86][R9293-62]")
{
	Client h;

	PEER(h, 0, ". 201:301(100) ack 1");
	SEES(h, 0, ". 1:1(0) ack 1");
	PEER(h, 0, "FP. 1:301(300) ack 1");
	SEES(h, 0, ". 1:1(0) ack 302");
	STATE(h, CLOSE_WAIT);
	CHECK(h.buffers() == 0);
}

TEST_CASE("A-86: a bare FIN beyond a gap", "[A-86][R9293-62]")
{
	Client h;

	PEER(h, 0, "F. 101:101(0) ack 1");
	SEES(h, 0, ". 1:1(0) ack 1");
	PEER(h, 0, ". 1:101(100) ack 1");
	SEES(h, 0, ". 1:1(0) ack 102");
	STATE(h, CLOSE_WAIT);
	CHECK(h.buffers() == 0);
}

TEST_CASE("A-87, T-17: FIN with the ACK of ours goes straight to TIME-WAIT",
	  "[A-87][R9293-66][T-17]")
{
	Reached h(HRTCP_FIN_WAIT_1);

	PEER(h, MS(10), "F. 1:1(0) ack 2");
	SEES(h, MS(10), ". 2:2(0) ack 2");
	STATE(h, TIME_WAIT);
	CAUSES(h, HRTCP_C_FIN_RCVD_ACKED);
	EVENTS(h, HRTCP_EV_READABLE | HRTCP_EV_TIME_WAIT);
	QUIET(h, MS(10) + SEC(120));
	STATE(h, CLOSED);
}

TEST_CASE("A-88: FIN that does not acknowledge ours", "[A-88][R9293-65][T-23]")
{
	Reached h(HRTCP_FIN_WAIT_1);

	PEER(h, MS(10), "F. 1:1(0) ack 1");
	SEES(h, MS(10), ". 2:2(0) ack 2");
	STATE(h, CLOSING);
	CAUSES(h, HRTCP_C_FIN_RCVD);
	CHECK(hrtcp_conn_at_eof(&h.conn));
}

TEST_CASE("A-89: FIN in FIN-WAIT-2", "[A-89][R9293-67]")
{
	Reached h(HRTCP_FIN_WAIT_2);

	PEER(h, SEC(50), "FP. 1:101(100) ack 2");
	SEES(h, SEC(50), ". 2:2(0) ack 102");
	STATE(h, TIME_WAIT);
	CHECK(h.unread() == 100);
	CAUSES(h, HRTCP_C_FIN_RCVD);
	QUIET(h, SEC(50) + SEC(120) - 1);
	STATE(h, TIME_WAIT);
	QUIET(h, SEC(50) + SEC(120));
	STATE(h, CLOSED);
}

TEST_CASE("A-90: FIN again", "[A-90]")
{
	for (const u8 s : { HRTCP_CLOSE_WAIT, HRTCP_CLOSING, HRTCP_LAST_ACK })
		for (const char *fin : { "F. nxt-1(0) ack una", "F. nxt(0) ack una" }) {
			INFO(hrtcp_state_name(s) << " " << fin);
			Reached h(s);
			PEER(h, 0, fin);
			SEES(h, 0, ". nxt(0) ack 2");
			CHECK(h.state() == s);
		}
}

TEST_CASE("A-91: FIN again in TIME-WAIT restarts 2 MSL", "[A-91][A-42][R9293-71]")
{
	Reached h(HRTCP_TIME_WAIT);

	PEER(h, SEC(100), "F. nxt-1(0) ack nxt");
	SEES(h, SEC(100), ". 2:2(0) ack 2");
	QUIET(h, SEC(220) - 1);
	STATE(h, TIME_WAIT);
	QUIET(h, SEC(220));
	STATE(h, CLOSED);
}

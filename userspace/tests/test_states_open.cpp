// SPDX-License-Identifier: GPL-2.0
// A segment arrives in CLOSED and SYN-SENT, sections 2 and 4 of the state table.
#include "host.hpp"

// -- CLOSED ------------------------------------------------------------------------------

TEST_CASE("A-01: a reset to no connection is discarded", "[A-01][R9293-45]")
{
	Host h;

	PEER(h, 0, "R =700(0)");
	PEER(h, 0, "R. =700(10) ack =9");
	QUIET(h, SEC(1));
	DROP(h, NO_CONN);
}

TEST_CASE("A-02: ACK off to no connection", "[A-02][A-85][R9293-45][T-13]")
{
	Host h;

	PEER(h, 0, "S =700(0)");
	SEES(h, 0, "R. =0(0) ack =701");
	PEER(h, 0, "FP =700:=710(10)");
	SEES(h, 0, "R. =0(0) ack =711");
}

TEST_CASE("A-03: ACK on to no connection", "[A-03][R9293-45][T-28]")
{
	Host h;

	PEER(h, 0, "SF. =700(5) ack =33");
	SEES(h, 0, "R =33(0)");
	PEER(h, 0, ". =700(0) ack =33");
	SEES(h, 0, "R =33(0)");
}

// -- SYN-SENT ----------------------------------------------------------------------------

TEST_CASE("A-20: unacceptable ACK in SYN-SENT", "[A-20][R9293-21]")
{
	for (const char *ack : { "0", "2", "-1", "100000" })
		for (const char *flags : { ".", "S.", "SF." }) {
			Reached h(HRTCP_SYN_SENT);
			const std::string where = std::string(" 0:0(0) ack ") + ack;
			CAPTURE(ack, flags);
			PEER(h, 0, flags + where);
			SEES(h, 0, "R " + std::string(ack) + "(0)");
			DROP(h, BAD_ACK);
			STATE(h, SYN_SENT);
		}
}

TEST_CASE("A-21: the same with RST", "[A-21][R9293-21][R5961-04]")
{
	Reached h(HRTCP_SYN_SENT);

	PEER(h, 0, "R. 0:0(0) ack 0");
	PEER(h, 0, "R. 0:0(0) ack 2");
	QUIET(h, MS(999));
	STATE(h, SYN_SENT);
}

TEST_CASE("A-22: connection refused", "[A-22][R5961-04][T-13]")
{
	Reached h(HRTCP_SYN_SENT);

	WRITE(h, 0, 100);
	PEER(h, 0, "R. =0(0) ack 1");
	STATE(h, CLOSED);
	ERR(h, ECONNREFUSED);
	EVENTS(h, HRTCP_EV_ERROR | HRTCP_EV_GONE);
	CAUSES(h, HRTCP_C_RST_RCVD);
	CHECK(h.buffers() == 0);
	QUIET(h, SEC(1000));
}

TEST_CASE("A-22: also with SYN in the segment", "[A-22]")
{
	Reached h(HRTCP_SYN_SENT);

	PEER(h, 0, "SR. 0:0(0) ack 1");
	STATE(h, CLOSED);
	ERR(h, ECONNREFUSED);
	QUIET(h, SEC(1));
}

TEST_CASE("A-23: RST without ACK", "[A-23][R5961-04]")
{
	Reached h(HRTCP_SYN_SENT);

	PEER(h, 0, "R 0:0(0)");
	PEER(h, 0, "SR 0:0(0)");
	DROP(h, BAD_RST);
	QUIET(h, MS(999));
	STATE(h, SYN_SENT);
}

TEST_CASE("A-24: SYN,ACK with acceptable ACK establishes", "[A-24][R9293-12][R1122-02]")
{
	Reached h(HRTCP_SYN_SENT);

	PEER(h, MS(30), "S. 0:0(0) ack 1 win 8000");
	SEES(h, MS(30), ". 1:1(0) ack 1");
	STATE(h, ESTABLISHED);
	CAUSES(h, HRTCP_C_SYNACK_RCVD);
	EVENTS(h, HRTCP_EV_UP);
	CHECK(h.conn.rcv.irs.v == h.setup.irs);
	CHECK(h.conn.snd.una.v == h.setup.iss + 1);
	CHECK(h.conn.snd.wnd == 8000);
	CHECK(h.conn.snd.wl1.v == h.setup.irs);
	QUIET(h, SEC(3600));
}

TEST_CASE("A-24: data and FIN of the SYN,ACK are taken", "[A-24][R9293-16]")
{
	Reached h(HRTCP_SYN_SENT);

	PEER(h, MS(30), "SF. 0(100) ack 1");
	SEES(h, MS(30), ". 1:1(0) ack 102");
	STATE(h, CLOSE_WAIT);
	CHECK(h.unread() == 100);
	CAUSES(h, HRTCP_C_SYNACK_RCVD, HRTCP_C_FIN_RCVD);
}

TEST_CASE("A-24: options of both SYNs hold", "[A-24][R7323-03][R2018-01][REC-1]")
{
	Reached h(HRTCP_SYN_SENT, { .rcvbuf = 1 << 20, .sack = true, .ts = true, .wscale = 7 });

	PEER(h, MS(30), "S. 0:0(0) ack 1 win 1000");
	SEES(h, MS(30), ". 1:1(0) ack 1 win 32768 <TS>");
	CHECK(h.conn.snd.wnd == 1000);		// that of a SYN is never scaled
	CHECK(h.conn.snd.mss == 988);
	PEER(h, MS(30), ". 1:1(0) ack 1 win 1000");
	CHECK(h.conn.snd.wnd == 128000);
	QUIET(h, MS(100));
}

TEST_CASE("A-24: options the peer leaves out do not hold", "[A-24][R7323-03][MUST-15/v4]")
{
	Reached h(HRTCP_SYN_SENT, { .rcvbuf = 1 << 20, .sack = true, .ts = true, .wscale = 7 });

	PEER(h, MS(30), "S. 0:0(0) ack 1 win 1000 <>");
	SEES(h, MS(30), ". 1:1(0) ack 1 win 65535 <>");
	CHECK(h.conn.snd.mss == 536);
	PEER(h, MS(30), ". 1:1(0) ack 1 win 1000 <>");
	CHECK(h.conn.snd.wnd == 1000);
	PEER(h, MS(30), ". 101:201(100) ack 1 <>");
	SEES(h, MS(30), ". 1:1(0) ack 1 <>");
}

TEST_CASE("A-25: SYN without ACK: simultaneous open", "[A-25][R9293-17][MUST-10][MUST-11]")
{
	Reached h(HRTCP_SYN_SENT);

	PEER(h, MS(30), "S 0:0(0) win 7000");
	SEES(h, MS(30), "S. 0:0(0) ack 1");
	STATE(h, SYN_RECEIVED);
	CAUSES(h, HRTCP_C_SYN_RCVD);
	CHECK(h.conn.rcv.nxt.v == h.setup.irs + 1);
	CHECK(h.conn.snd.wnd == 7000);
	CHECK(h.conn.snd.wl1.v == h.setup.irs);
	CHECK_FALSE(h.conn.passive);
	EVENTS(h, 0);
}

TEST_CASE("A-25: SYN,ACK offers what the SYN had and no more", "[A-25][R7323-02][R7323-09]")
{
	Reached h(HRTCP_SYN_SENT, { .rcvbuf = 1 << 20, .sack = true, .ts = true, .wscale = 7 });

	PEER(h, MS(30), "S 0:0(0) <mss 900,TS val 7 ecr 0>");
	SEES(h, MS(30), "S. 0:0(0) ack 1 <mss 1000,TS>");
}

TEST_CASE("A-26: neither SYN nor RST", "[A-26][R9293-19]")
{
	Reached h(HRTCP_SYN_SENT);

	PEER(h, 0, ". 1:1(0) ack 1");
	PEER(h, 0, "F. 1:101(100) ack 1");
	PEER(h, 0, "P 1:101(100)");
	DROP(h, UNEXPECTED);
	QUIET(h, MS(999));
	STATE(h, SYN_SENT);
}

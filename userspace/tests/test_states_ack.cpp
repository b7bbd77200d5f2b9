// SPDX-License-Identifier: GPL-2.0
// A segment arrives, section 5 of the state table: ACK.
#include "host.hpp"

namespace {

const u8 synchronized[] = { HRTCP_ESTABLISHED, HRTCP_FIN_WAIT_1, HRTCP_FIN_WAIT_2,
			    HRTCP_CLOSE_WAIT, HRTCP_CLOSING, HRTCP_LAST_ACK };

} // namespace

TEST_CASE("A-60: ACK off", "[A-60][R9293-37]")
{
	for (u8 s = 1; s < HRTCP_STATE_MAX; s++) {
		if (s != HRTCP_SYN_RECEIVED && !hrtcp_state_synchronized(s))
			continue;
		INFO(hrtcp_state_name(s));
		Reached h(s);
		PEER(h, 0, "- nxt(0)");
		QUIET(h, MS(1));
		CHECK(h.state() == s);
		CHECK(h.drop != HRTCP_DROP_NONE);
	}
}

TEST_CASE("A-60: ACK off with data and FIN", "[A-60][R9293-37]")
{
	for (const u8 s : { HRTCP_SYN_RECEIVED, HRTCP_ESTABLISHED, HRTCP_FIN_WAIT_1,
			    HRTCP_FIN_WAIT_2 }) {
		INFO(hrtcp_state_name(s));
		Reached h(s);
		PEER(h, 0, "FP nxt(100)");
		DROP(h, NO_ACK);
		QUIET(h, MS(1));
		CHECK(h.state() == s);
		CHECK(h.unread() == 0);
	}
}

TEST_CASE("A-61: ACK out of the range that is believed", "[A-61][R5961-07][MAY-12]")
{
	for (const u8 s : synchronized)
		for (const char *line : { ". nxt(100) ack una-65536", "F. nxt(0) ack una-65536",
					  ". nxt(100) ack nxt+1", ". nxt(0) ack nxt+1" }) {
			INFO(hrtcp_state_name(s) << " " << line);
			Reached h(s);
			PEER(h, 0, line);
			SEES(h, 0, ". nxt(0) ack nxt");
			DROP(h, BAD_ACK);
			CHECK(h.state() == s);
			CHECK(h.unread() == 0);
		}
}

TEST_CASE("A-61: as far back as the largest window ever", "[A-61][R5961-07]")
{
	Client h;

	PEER(h, 0, ". 1:1(0) ack 1 win 100");
	PEER(h, 0, ". 1:101(100) ack -65534");		// 1 - 65535
	DROP(h, NONE);
	PEER(h, 0, ". 101:201(100) ack -65535");
	DROP(h, BAD_ACK);
	SEES(h, 0, ". 1:1(0) ack 101");
}

TEST_CASE("A-62: the ACK of our SYN,ACK establishes", "[A-62][R9293-13]")
{
	Reached h(HRTCP_SYN_RECEIVED);

	PEER(h, MS(10), ". 1:1(0) ack 1 win 4321");
	QUIET(h, SEC(100));
	STATE(h, ESTABLISHED);
	EVENTS(h, HRTCP_EV_UP);
	CAUSES(h, HRTCP_C_SYN_ACKED);
	CHECK(h.conn.snd.una.v == h.setup.iss + 1);
	CHECK(h.conn.snd.wnd == 4321);
	CHECK(h.conn.snd.wl1.v == h.setup.irs + 1);
}

TEST_CASE("A-62: what else is in the segment is processed", "[A-62][A-86][R9293-63]")
{
	Reached h(HRTCP_SYN_RECEIVED);

	PEER(h, MS(10), "FP. 1:101(100) ack 1");
	STATE(h, CLOSE_WAIT);
	CHECK(h.unread() == 100);
	CAUSES(h, HRTCP_C_SYN_ACKED, HRTCP_C_FIN_RCVD);
	SEES(h, MS(50), ". 1:1(0) ack 102");
}

TEST_CASE("A-63: unacceptable ACK in SYN-RECEIVED", "[A-63][R9293-25]")
{
	for (const char *ack : { "0", "2", "-5", "70000" }) {
		Reached h(HRTCP_SYN_RECEIVED);
		CAPTURE(ack);
		PEER(h, 0, std::string("P. 1:101(100) ack ") + ack);
		SEES(h, 0, "R " + std::string(ack) + "(0)");
		DROP(h, BAD_ACK);
		STATE(h, SYN_RECEIVED);
	}
}

TEST_CASE("A-64: new acknowledgment", "[A-64][R6298-07]")
{
	for (const u8 s : { HRTCP_ESTABLISHED, HRTCP_CLOSE_WAIT }) {
		INFO(hrtcp_state_name(s));
		Reached h(s);
		WRITE(h, 0, 2500);
		SEES(h, 0, ". 1(1000) ack nxt", ". 1001(1000) ack nxt", "P. 2001(500) ack nxt");
		CHECK(h.buffers() == 3);
		PEER(h, MS(80), ". nxt(0) ack 2001");
		EVENTS(h, HRTCP_EV_WRITABLE);
		CHECK(h.buffers() == 1);
		CHECK(h.conn.snd.una.v == h.setup.iss + 2001);
		CHECK(h.conn.rtt.latest_ns == MS(80));
		PEER(h, MS(90), ". nxt(0) ack 2501");
		CHECK(h.buffers() == 0);
		QUIET(h, SEC(1000));
	}
}

TEST_CASE("A-64: data sent before CLOSE is acknowledged after it", "[A-64]")
{
	Client h;

	WRITE(h, 0, 500);
	CLOSE(h, 0);
	SEES(h, 0, "P. 1:501(500) ack 1", "F. 501:501(0) ack 1");
	PEER(h, MS(10), ". 1:1(0) ack 501");
	STATE(h, FIN_WAIT_1);
	CHECK(h.buffers() == 0);
	PEER(h, MS(10), "F. 1:1(0) ack 501");
	SEES(h, MS(10), ". 502:502(0) ack 2");
	STATE(h, CLOSING);
}

namespace {

// 2500 octets out, then led to @state by calls and segments that acknowledge none of them.
struct Outstanding : Reached {
	explicit Outstanding(u8 state)
		: Reached(state == HRTCP_LAST_ACK || state == HRTCP_CLOSE_WAIT ? HRTCP_CLOSE_WAIT
									       : HRTCP_ESTABLISHED)
	{
		WRITE(*this, 0, 2500);
		if (state == HRTCP_FIN_WAIT_1 || state == HRTCP_CLOSING || state == HRTCP_LAST_ACK)
			CLOSE(*this, 0);
		if (state == HRTCP_CLOSING)
			PEER(*this, 0, "F. nxt(0) ack una");
		start_clock();
		REQUIRE(this->state() == state);
	}
};

const u8 with_outstanding[] = { HRTCP_ESTABLISHED, HRTCP_FIN_WAIT_1, HRTCP_CLOSE_WAIT,
				HRTCP_CLOSING, HRTCP_LAST_ACK };

} // namespace

TEST_CASE("A-64: part of what is out, in every state that can have some out", "[A-64]")
{
	for (const u8 s : with_outstanding) {
		INFO(hrtcp_state_name(s));
		Outstanding h(s);
		PEER(h, MS(80), ". nxt(0) ack 2001");
		CHECK(h.state() == s);
		CHECK(h.conn.snd.una.v == h.setup.iss + 2001);
		CHECK(h.buffers() == 1);
		EVENTS(h, HRTCP_EV_WRITABLE);
		QUIET(h, MS(81));
	}
}

TEST_CASE("A-65: in every state, the window of a duplicate applies", "[A-65]")
{
	for (const u8 s : with_outstanding) {
		INFO(hrtcp_state_name(s));
		Outstanding h(s);
		PEER(h, MS(1), ". nxt(0) ack una win 3000");
		CHECK(h.conn.snd.wnd == 3000);
		PEER(h, MS(1), ". nxt(0) ack una-100 win 2000");
		CHECK(h.conn.snd.wnd == 3000);
		CHECK(h.conn.snd.una.v == h.setup.iss + 1);
		CHECK(h.buffers() == 3);
		CHECK(h.state() == s);
		QUIET(h, MS(2));
	}
}

TEST_CASE("A-67: in every state", "[A-67]")
{
	for (const u8 s : synchronized) {
		INFO(hrtcp_state_name(s));
		Reached h(s);
		PEER(h, MS(1), ". nxt+1(0) ack una win 5000");
		CHECK(h.conn.snd.wnd == 5000);
		PEER(h, MS(1), ". nxt(0) ack una win 6000");	// an older one
		CHECK(h.conn.snd.wnd == 5000);
		PEER(h, MS(1), ". nxt+1(0) ack una win 7000");
		CHECK(h.conn.snd.wnd == 7000);
		CHECK(h.conn.snd.wl1.v == h.conn.rcv.nxt.v + 1);
		CHECK(h.state() == s);
		h.start_clock();
	}
}

TEST_CASE("A-67: a repeated segment that acknowledges more brings its window", "[A-67][R9293-39]")
{
	Client h({ .win = 8000 });

	WRITE(h, 0, 4000);
	h.take_sent();
	PEER(h, MS(50), ". 1001:2001(1000) ack 1 win 8000");
	h.take_sent();
	PEER(h, MS(60), ". 1:1001(1000) ack 4001 win 0");	// again, and later than that
	CHECK(h.conn.snd.wnd == 0);
	CHECK(h.conn.snd.wl1.v == h.setup.irs + 1001);
	h.take_sent();
	PEER(h, MS(70), ". 1:1001(1000) ack 4001 win 900");	// old for all that is known
	CHECK(h.conn.snd.wnd == 0);
	h.take_sent();
	PEER(h, MS(80), ". 2001:2001(0) ack 4001 win 9000");
	CHECK(h.conn.snd.wnd == 9000);
}

TEST_CASE("A-65: duplicate acknowledgment changes nothing cumulative", "[A-65][R9293-38]")
{
	Client h;

	WRITE(h, 0, 1000);
	SEES(h, 0, "P. 1:1001(1000) ack 1");
	PEER(h, MS(1), ". 1:1(0) ack 1");
	PEER(h, MS(1), ". 1:1(0) ack -100");
	CHECK(h.conn.snd.una.v == h.setup.iss + 1);
	CHECK(h.buffers() == 1);
	PEER(h, MS(2), ". 1:101(100) ack 1");	// its data counts all the same
	CHECK(h.unread() == 100);
	SEES(h, MS(42), ". nxt(0) ack 101");
}

TEST_CASE("A-66: acknowledges what was never sent", "[A-66][R9293-38]")
{
	for (const u8 s : synchronized) {
		INFO(hrtcp_state_name(s));
		Reached h(s);
		PEER(h, 0, ". nxt(50) ack nxt+1");
		SEES(h, 0, ". nxt(0) ack nxt");
		CHECK(h.unread() == 0);
	}
}

TEST_CASE("A-67: the window of the newest segment", "[A-67][R9293-39]")
{
	Client h;

	WRITE(h, 0, 1000);
	SEES(h, 0, "P. 1:1001(1000) ack 1");
	PEER(h, MS(1), ". 1:1(0) ack 501 win 5000");	// same SEQ, higher ACK
	CHECK(h.conn.snd.wnd == 5000);
	PEER(h, MS(1), ". 1:1(0) ack 501 win 5001");	// same SEQ, same ACK
	CHECK(h.conn.snd.wnd == 5001);
	PEER(h, MS(1), ". 1:1(0) ack 401 win 5002");	// an older ACK
	CHECK(h.conn.snd.wnd == 5001);
	PEER(h, MS(1), ". 11:21(10) ack 501 win 6000");	// higher SEQ
	CHECK(h.conn.snd.wnd == 6000);
	SEES(h, MS(1), ". nxt(0) ack 1");
	PEER(h, MS(1), ". 1:11(10) ack 501 win 7000");	// lower SEQ
	CHECK(h.conn.snd.wnd == 6000);
	SEES(h, MS(1), ". nxt(0) ack 21");
}

TEST_CASE("A-67: not from an ACK below SND.UNA, however new its SEQ", "[A-67][R9293-39]")
{
	Client h;

	PEER(h, MS(1), ". 1:11(10) ack -10 win 4000");
	CHECK(h.conn.snd.wnd == h.setup.win);
	SEES(h, MS(41), ". nxt(0) ack 11");
}

TEST_CASE("A-68: our FIN acknowledged in FIN-WAIT-1", "[A-68][R9293-64]")
{
	Reached h(HRTCP_FIN_WAIT_1);

	PEER(h, MS(10), ". 1:1(0) ack 2");
	STATE(h, FIN_WAIT_2);
	CAUSES(h, HRTCP_C_FIN_ACKED);
	QUIET(h, SEC(3600));
}

TEST_CASE("A-68: with data of the peer in the same segment", "[A-68][A-82]")
{
	Reached h(HRTCP_FIN_WAIT_1);

	PEER(h, MS(10), "P. 1:101(100) ack 2");
	STATE(h, FIN_WAIT_2);
	CHECK(h.unread() == 100);
	SEES(h, MS(50), ". 2:2(0) ack 101");
}

TEST_CASE("A-69: FIN-WAIT-2 keeps the record", "[A-69][T-21]")
{
	Reached h(HRTCP_FIN_WAIT_2);

	QUIET(h, SEC(24 * 3600));
	STATE(h, FIN_WAIT_2);
	CHECK(hrtcp_conn_queued(&h.conn) == 0);
}

TEST_CASE("A-70: our FIN acknowledged in CLOSING", "[A-70][R9293-65]")
{
	Reached h(HRTCP_CLOSING);

	PEER(h, MS(10), ". 2:2(0) ack 2");
	STATE(h, TIME_WAIT);
	CAUSES(h, HRTCP_C_FIN_ACKED);
	EVENTS(h, HRTCP_EV_TIME_WAIT);
	QUIET(h, MS(10) + SEC(120) - 1);
	STATE(h, TIME_WAIT);
	QUIET(h, MS(10) + SEC(120));
	STATE(h, CLOSED);
}

TEST_CASE("A-71: CLOSING waits for the ACK of its FIN", "[A-71]")
{
	Reached h(HRTCP_CLOSING);

	PEER(h, MS(10), ". 2:2(0) ack 1");
	PEER(h, MS(10), "P. 2:102(100) ack 1");
	STATE(h, CLOSING);
	CHECK(h.unread() == 0);
	SEES(h, RTO, "F. 1:1(0) ack 2");
}

TEST_CASE("A-72: our FIN acknowledged in LAST-ACK", "[A-72][R9293-68]")
{
	Reached h(HRTCP_LAST_ACK);

	PEER(h, MS(10), ". 2:2(0) ack 2");
	STATE(h, CLOSED);
	CAUSES(h, HRTCP_C_FIN_ACKED);
	EVENTS(h, HRTCP_EV_GONE);
	ERR(h, 0);
	QUIET(h, SEC(1000));
}

TEST_CASE("A-73: an acceptable segment in TIME-WAIT is dropped", "[A-73]")
{
	Reached h(HRTCP_TIME_WAIT);

	PEER(h, SEC(100), ". 2:2(0) ack 2");
	DROP(h, TIME_WAIT);
	QUIET(h, SEC(120) - 1);
	STATE(h, TIME_WAIT);
	QUIET(h, SEC(120));
	STATE(h, CLOSED);
}

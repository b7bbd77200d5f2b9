// SPDX-License-Identifier: GPL-2.0
// The table of timers.h, row by row: armed by, cancelled by, on fire, length.
#include "host.hpp"

namespace {

// The armed slots, by name.
std::string armed(const Host &h)
{
	static const char *const names[] = {
#define X(name, text) text,
		HRTCP_TIMERS(X)
#undef X
	};
	std::string out;

	for (int slot = 0; slot < HRTCP_T_COUNT; slot++)
		if (hrtcp_timer_armed(&h.conn.timers, static_cast<hrtcp_timer>(slot)))
			out += std::string(out.empty() ? "" : " ") + names[slot];
	return out;
}

} // namespace

TEST_CASE("timers_next: the earliest, and which", "[timers]")
{
	hrtcp_timers t;
	hrtcp_timer slot = HRTCP_T_COUNT;

	hrtcp_timers_init(&t);
	CHECK(hrtcp_timers_next(&t, &slot) == HRTCP_NEVER);
	CHECK(slot == HRTCP_T_COUNT);
	hrtcp_timer_set(&t, HRTCP_T_LINGER, 50);
	hrtcp_timer_set(&t, HRTCP_T_DELACK, 40);
	CHECK(hrtcp_timers_next(&t, &slot) == 40);
	CHECK(slot == HRTCP_T_DELACK);
	hrtcp_timer_clear(&t, HRTCP_T_DELACK);
	CHECK(hrtcp_timers_next(&t, &slot) == 50);
	CHECK(slot == HRTCP_T_LINGER);
	CHECK(hrtcp_timers_next(&t, nullptr) == 50);
}

TEST_CASE("RETRANSMIT: armed by a SYN, off once it is acknowledged", "[timers][R6298-09]")
{
	Reached h(HRTCP_SYN_SENT);

	CHECK(armed(h) == "retransmit");
	PEER(h, MS(10), "S. 0:0(0) ack 1");
	SEES(h, MS(10), ". 1:1(0) ack 1");
	CHECK(armed(h) == "");
}

TEST_CASE("RETRANSMIT: armed by data, only if idle, anew by new ACKs, off at the last",
	  "[timers][R6298-09]")
{
	Client h;

	WRITE(h, 0, 1000);
	SEES(h, 0, "P. 1:1001(1000) ack 1");
	CHECK(armed(h) == "retransmit");
	CHECK(h.next_wake() == h.now() + RTO);
	WRITE(h, MS(50), 1000);
	SEES(h, MS(50), "P. 1001:2001(1000) ack 1");
	CHECK(h.next_wake() == h.now() + RTO - MS(50));
	PEER(h, MS(60), ". 1:1(0) ack 1 win 60000");	// nothing acknowledged
	CHECK(h.next_wake() == h.now() + RTO - MS(60));
	PEER(h, MS(100), ". 1:1(0) ack 1001");
	CHECK(h.next_wake() == h.now() + hrtcp_rtt_timeout(&h.conn.rtt, &h.cfg));
	PEER(h, MS(150), ". 1:1(0) ack 2001");
	CHECK(armed(h) == "");
}

TEST_CASE("RETRANSMIT: armed by a FIN", "[timers]")
{
	Client h;

	CLOSE(h, 0);
	SEES(h, 0, "F. 1:1(0) ack 1");
	CHECK(armed(h) == "retransmit");
	PEER(h, MS(10), ". 1:1(0) ack 2");
	CHECK(armed(h) == "");
}

TEST_CASE("RETRANSMIT: never before one RTO has passed since the last transmission",
	  "[timers][R6298-08]")
{
	Client h;

	WRITE(h, 0, 1000);
	SEES(h, 0, "P. 1:1001(1000) ack 1");
	QUIET(h, RTO - 1);
	SEES(h, RTO, "P. 1:1001(1000) ack 1");
	QUIET(h, 3 * RTO - 1);
	SEES(h, 3 * RTO, "P. 1:1001(1000) ack 1");
}

TEST_CASE("PERSIST: armed by data behind a shut window, off when it opens", "[timers][SHLD-29]")
{
	Client h;

	PEER(h, 0, ". 1:1(0) ack 1 win 0");
	CHECK(armed(h) == "");
	WRITE(h, MS(5), 100);
	CHECK(armed(h) == "persist");
	CHECK(h.next_wake() == h.now() + RTO);
	PEER(h, MS(10), ". 1:1(0) ack 1 win 1000");
	SEES(h, MS(10), "P. 1:101(100) ack 1");
	CHECK(armed(h) == "retransmit");
}

TEST_CASE("PERSIST: not while anything is outstanding", "[timers]")
{
	Client h;

	PEER(h, 0, ". 1:1(0) ack 1 win 1000");
	WRITE(h, 0, 2000);
	SEES(h, 0, ". 1:1001(1000) ack 1");
	CHECK(armed(h) == "retransmit");
	PEER(h, MS(10), ". 1:1(0) ack 1001 win 0");
	CHECK(armed(h) == "persist");
}

TEST_CASE("DELACK: armed by in-order data, off by any ACK sent", "[timers]")
{
	Client h;

	PEER(h, 0, ". 1:101(100) ack 1");
	CHECK(armed(h) == "delack");
	CHECK(h.next_wake() == h.now() + MS(40));
	PEER(h, MS(30), ". 101:201(100) ack 1");	// does not move it
	CHECK(h.next_wake() == h.now() + MS(10));
	WRITE(h, MS(35), 10);
	SEES(h, MS(35), "P. 1:11(10) ack 201");
	CHECK(armed(h) == "retransmit");
}

TEST_CASE("LINGER: armed by TIME-WAIT, all others off", "[timers][R9293-67]")
{
	Client h;

	PEER(h, 0, ". 1:101(100) ack 1");
	CLOSE(h, 0);
	SEES(h, 0, "F. 1:1(0) ack 101");
	PEER(h, MS(10), "P. 101:111(10) ack 1");
	CHECK(armed(h) == "retransmit delack");
	PEER(h, MS(20), "F. 111:111(0) ack 2");
	SEES(h, MS(20), ". 2:2(0) ack 112");
	CHECK(armed(h) == "linger");
	CHECK(h.next_wake() == h.now() + SEC(120));
}

TEST_CASE("LINGER: armed by FIN-WAIT-2 of an orphan, not of an owned one", "[timers][T-21]")
{
	Reached owned(HRTCP_FIN_WAIT_2);
	CHECK(armed(owned) == "");

	Client h;
	RELEASE(h, 0);
	SEES(h, 0, "F. 1:1(0) ack 1");
	PEER(h, MS(10), ". 1:1(0) ack 2");
	CHECK(armed(h) == "linger");
	CHECK(h.next_wake() == h.now() + SEC(60));
}

TEST_CASE("TXRETRY: armed by a failed transmission, tried again after it", "[timers]")
{
	Client h;

	h.fail_tx = 1;
	WRITE(h, 0, 500);
	CHECK(hrtcp_timer_armed(&h.conn.timers, HRTCP_T_TXRETRY));
	QUIET(h, MS(1) - 1);
	SEES(h, MS(1), "P. 1:501(500) ack 1");
	CHECK(armed(h) == "retransmit");
	PEER(h, MS(10), ". 1:1(0) ack 501");
	QUIET(h, SEC(10));
}

TEST_CASE("on_deadline: early or twice is harmless", "[timers]")
{
	for (u8 s = 1; s < HRTCP_STATE_MAX; s++) {
		if (s == HRTCP_CLOSED || s == HRTCP_LISTEN)
			continue;
		INFO(hrtcp_state_name(s));
		Reached h(s);
		hrtcp_conn_on_deadline(&h.conn, h.now());
		hrtcp_conn_on_deadline(&h.conn, h.now());
		h.settle();
		QUIET(h, 0);
		CHECK(h.state() == s);
	}
}

// SPDX-License-Identifier: GPL-2.0
// User calls, section 1 of the state table: RECEIVE and STATUS.
#include "host.hpp"

TEST_CASE("U-20: nothing to RECEIVE without a connection", "[U-20]")
{
	Host h;

	PEER(h, 0, "P. 1:101(100) ack =9");
	SEES(h, 0, "R =9(0)");
	EVENTS(h, 0);
	CHECK(h.unread() == 0);
	CHECK_FALSE(hrtcp_conn_at_eof(&h.conn));
}

TEST_CASE("U-21: nothing to RECEIVE before ESTABLISHED", "[U-21][R9293-16]")
{
	for (const u8 s : { HRTCP_SYN_SENT, HRTCP_SYN_RECEIVED }) {
		INFO(hrtcp_state_name(s));
		Reached h(s);
		EVENTS(h, 0);
		CHECK(h.unread() == 0);
		CHECK_FALSE(hrtcp_conn_at_eof(&h.conn));
		PEER(h, MS(10), s == HRTCP_SYN_SENT ? "S. 0(100) ack 1" : "P. 1:101(100) ack 1");
		EVENTS(h, HRTCP_EV_UP | HRTCP_EV_READABLE);
		CHECK(h.unread() == 100);
		h.start_clock();
	}
	Host h;
	CHECK(hrtcp_conn_listen(&h.conn, h.now()) == 0);
	EVENTS(h, 0);
	CHECK_FALSE(hrtcp_conn_at_eof(&h.conn));
}

TEST_CASE("U-22: RECEIVE delivers in order", "[U-22]")
{
	for (const u8 s : { HRTCP_ESTABLISHED, HRTCP_FIN_WAIT_1, HRTCP_FIN_WAIT_2 }) {
		INFO(hrtcp_state_name(s));
		Reached h(s);
		PEER(h, 0, ". 501:1001(500) ack nxt");
		SEES(h, 0, ". nxt(0) ack 1");
		EVENTS(h, 0);
		PEER(h, 0, ". 1:501(500) ack nxt");
		SEES(h, 0, ". nxt(0) ack 1001");
		CHECK((h.events() & HRTCP_EV_READABLE));
		CHECK(h.unread() == 1000);
		READ(h, 0, 1000);
	}
}

TEST_CASE("U-22: RECEIVE opens the window by the silly-window rule", "[U-22]")
{
	for (const u8 s : { HRTCP_ESTABLISHED, HRTCP_FIN_WAIT_1, HRTCP_FIN_WAIT_2 }) {
		INFO(hrtcp_state_name(s));
		Reached h(s, { .rcvbuf = 2000 });
		PEER(h, 0, ". 1:1001(1000) ack nxt");
		PEER(h, 0, ". 1001:2001(1000) ack nxt");
		SEES(h, 0, ". nxt(0) ack 2001 win 0");
		READ(h, MS(1), 999);
		QUIET(h, MS(1));
		READ(h, MS(1), 1);
		SEES(h, MS(1), ". nxt(0) ack 2001 win 1000");
	}
}

TEST_CASE("U-23: RECEIVE waits while there is nothing", "[U-23]")
{
	for (const u8 s : { HRTCP_ESTABLISHED, HRTCP_FIN_WAIT_1, HRTCP_FIN_WAIT_2 }) {
		INFO(hrtcp_state_name(s));
		Reached h(s);
		CHECK_FALSE((h.events() & HRTCP_EV_READABLE));
		CHECK_FALSE(hrtcp_conn_at_eof(&h.conn));
	}
}

TEST_CASE("U-24, U-25: RECEIVE in CLOSE-WAIT: the data, then the end",
	  "[U-24][U-25][R9293-82][MUST-12]")
{
	Client h;

	PEER(h, 0, "FP. 1:101(100) ack 1");
	SEES(h, MS(40), ". 1:1(0) ack 102");
	STATE(h, CLOSE_WAIT);
	EVENTS(h, HRTCP_EV_READABLE);
	CHECK_FALSE(hrtcp_conn_at_eof(&h.conn));
	READ(h, MS(40), 60);
	CHECK_FALSE(hrtcp_conn_at_eof(&h.conn));
	READ(h, MS(40), 40);
	CHECK(hrtcp_conn_at_eof(&h.conn));
	QUIET(h, SEC(1));
}

TEST_CASE("U-26: RECEIVE after both FINs", "[U-26]")
{
	for (const char *ack : { "FP. 1:101(100) ack 1", "FP. 1:101(100) ack 2" }) {
		Client h;
		CLOSE(h, 0);
		SEES(h, 0, "F. 1:1(0) ack 1");
		PEER(h, 0, ack);
		SEES(h, 0, ". 2:2(0) ack 102");
		CHECK_FALSE(hrtcp_conn_at_eof(&h.conn));
		READ(h, 0, 100);
		CHECK(hrtcp_conn_at_eof(&h.conn));
	}
	Client h;
	PEER(h, 0, "FP. 1:101(100) ack 1");
	CLOSE(h, 0);
	SEES(h, 0, "F. 1:1(0) ack 102");
	READ(h, 0, 100);
	CHECK(hrtcp_conn_at_eof(&h.conn));
	QUIET(h, MS(1));
}

TEST_CASE("U-26: with nothing left it is the end of the stream", "[U-26]")
{
	for (const u8 s : { HRTCP_CLOSING, HRTCP_LAST_ACK, HRTCP_TIME_WAIT }) {
		INFO(hrtcp_state_name(s));
		Reached h(s);
		CHECK(hrtcp_conn_at_eof(&h.conn));
		CHECK(h.unread() == 0);
	}
}

TEST_CASE("U-50: STATUS without a connection", "[U-50]")
{
	Host h;

	CHECK(h.state_name() == "CLOSED");
	CHECK(hrtcp_conn_queued(&h.conn) == 0);
}

TEST_CASE("U-51: STATUS names every state", "[U-51]")
{
	const std::pair<u8, const char *> names[] = {
		{ HRTCP_SYN_SENT, "SYN-SENT" }, { HRTCP_SYN_RECEIVED, "SYN-RECEIVED" },
		{ HRTCP_ESTABLISHED, "ESTABLISHED" }, { HRTCP_FIN_WAIT_1, "FIN-WAIT-1" },
		{ HRTCP_FIN_WAIT_2, "FIN-WAIT-2" }, { HRTCP_CLOSE_WAIT, "CLOSE-WAIT" },
		{ HRTCP_CLOSING, "CLOSING" }, { HRTCP_LAST_ACK, "LAST-ACK" },
		{ HRTCP_TIME_WAIT, "TIME-WAIT" },
	};

	for (const auto &[state, name] : names)
		CHECK(Reached(state).state_name() == name);
	Host h;
	CHECK(hrtcp_conn_listen(&h.conn, h.now()) == 0);
	CHECK(h.state_name() == "LISTEN");
}

TEST_CASE("U-51: STATUS tells the values of the record", "[U-51][R9293-84]")
{
	Client h;

	CHECK(h.state_name() == "ESTABLISHED");
	CHECK(hrtcp_conn_queued(&h.conn) == 0);
	WRITE(h, 0, 1500);
	SEES(h, 0, ". 1:1001(1000) ack 1", "P. 1001:1501(500) ack 1");
	CHECK(hrtcp_conn_queued(&h.conn) == 1500);
	CLOSE(h, 0);
	SEES(h, 0, "F. 1501:1501(0) ack 1");
	CHECK(hrtcp_conn_queued(&h.conn) == 1500);
	PEER(h, MS(1), ". 1:1(0) ack 1001 win 5000");
	CHECK(hrtcp_conn_queued(&h.conn) == 500);
	CHECK(h.conn.snd.wnd == 5000);
	PEER(h, MS(1), ". 1:1(0) ack 1502");
	CHECK(hrtcp_conn_queued(&h.conn) == 0);
}

// SPDX-License-Identifier: GPL-2.0
// User calls, section 1 of the state table: OPEN, SEND, CLOSE, ABORT. What has no row here is a
// matter of addresses or of blocking, and so of the socket layer.
#include "host.hpp"

namespace {

const u8 after_close[] = { HRTCP_FIN_WAIT_1, HRTCP_FIN_WAIT_2, HRTCP_CLOSING, HRTCP_LAST_ACK,
			   HRTCP_TIME_WAIT };

} // namespace

TEST_CASE("U-01: passive OPEN makes a LISTEN record", "[U-01]")
{
	Host h;

	CHECK(hrtcp_conn_listen(&h.conn, h.now()) == 0);
	STATE(h, LISTEN);
	QUIET(h, SEC(3600));
}

TEST_CASE("U-02: active OPEN sends a SYN", "[U-02][R9293-10]")
{
	Host h;

	OPEN(h, 0);
	SEES(h, 0, "S 0:0(0) win 65535 <mss 1000>");
	STATE(h, SYN_SENT);
	CHECK(h.conn.snd.una.v == h.setup.iss);
	CHECK(h.conn.snd.nxt.v == h.setup.iss + 1);
	CAUSES(h, HRTCP_C_OPEN_ACTIVE);
}

TEST_CASE("U-02: the SYN offers what is configured",
	  "[U-02][R7323-02][R7323-06][R2018-01][R7323-13]")
{
	Host all({ .rcvbuf = 1 << 20, .sack = true, .ts = true, .wscale = 7 });
	OPEN(all, 0);
	SEES(all, 0, "S 0:0(0) win 65535 <mss 1000,sackOK,TS val 6000000 ecr 0,wscale 5>");

	Host most({ .rcvbuf = 0xffffffff, .wscale = 7 });	// a shift has its limit
	OPEN(most, 0);
	SEES(most, 0, "S 0:0(0) win 65535 <mss 1000,wscale 14>");

	Host least({ .rcvbuf = 3000, .wscale = 7 });		// a shift of 0 is offered too
	OPEN(least, 0);
	SEES(least, 0, "S 0:0(0) win 3000 <mss 1000,wscale 0>");
}

TEST_CASE("U-05: active OPEN of a LISTEN record", "[U-05]")
{
	Host h;

	CHECK(hrtcp_conn_listen(&h.conn, h.now()) == 0);
	OPEN(h, 0);
	SEES(h, 0, "S 0:0(0)");
	STATE(h, SYN_SENT);
	CHECK(h.conn.snd.una.v == h.setup.iss);
	CHECK(h.conn.snd.nxt.v == h.setup.iss + 1);
	PEER(h, MS(10), "S. 0:0(0) ack 1");
	SEES(h, MS(10), ". 1:1(0) ack 1");
	STATE(h, ESTABLISHED);
}

TEST_CASE("U-07: OPEN of a pair that exists", "[U-07][MUST-41][R9293-80]")
{
	for (u8 s = 1; s < HRTCP_STATE_MAX; s++) {
		if (s == HRTCP_CLOSED || s == HRTCP_LISTEN)
			continue;
		INFO(hrtcp_state_name(s));
		Reached h(s);
		OPEN(h, 0, -EISCONN);
		QUIET(h, MS(1));
		CHECK(h.state() == s);
		CHECK(hrtcp_conn_listen(&h.conn, h.now()) == -EINVAL);
		CHECK(h.state() == s);
	}
}

TEST_CASE("U-10: SEND without a connection", "[U-10][R9293-80]")
{
	Host h;

	WRITE(h, 0, 1, -ENOTCONN);
	QUIET(h, SEC(1));
}

TEST_CASE("U-12: SEND in LISTEN, where no remote is known", "[U-12]")
{
	Host h;

	CHECK(hrtcp_conn_listen(&h.conn, h.now()) == 0);
	WRITE(h, 0, 1, -ENOTCONN);
	QUIET(h, SEC(1));
	STATE(h, LISTEN);
	CHECK(h.buffers() == 0);
}

TEST_CASE("U-13: SEND before ESTABLISHED is queued", "[U-13][R9293-81][R9293-12]")
{
	Reached ss(HRTCP_SYN_SENT);
	WRITE(ss, 0, 100);
	QUIET(ss, MS(50));
	PEER(ss, MS(50), "S. 0:0(0) ack 1");
	SEES(ss, MS(50), "P. 1:101(100) ack 1");
	PEER(ss, MS(60), ". 1:1(0) ack 101");

	Reached sr(HRTCP_SYN_RECEIVED);
	WRITE(sr, 0, 100);
	QUIET(sr, MS(50));
	PEER(sr, MS(50), ". 1:1(0) ack 1");
	SEES(sr, MS(50), "P. 1:101(100) ack 1");
}

TEST_CASE("U-14: SEND is segmented and carries the current ACK",
	  "[U-14][R9293-04][R9293-63][R9293-81]")
{
	for (const u8 s : { HRTCP_ESTABLISHED, HRTCP_CLOSE_WAIT }) {
		INFO(hrtcp_state_name(s));
		Reached h(s);
		WRITE(h, MS(1), 2500);
		SEES(h, MS(1), ". 1:1001(1000) ack nxt", ". 1001:2001(1000) ack nxt",
		     "P. 2001:2501(500) ack nxt");
		QUIET(h, MS(300));
	}
}

TEST_CASE("U-14: no more of it than window and cwnd permit", "[U-14]")
{
	for (const u8 s : { HRTCP_ESTABLISHED, HRTCP_CLOSE_WAIT }) {
		INFO(hrtcp_state_name(s));
		Reached h(s);
		PEER(h, MS(1), ". nxt(0) ack 1 win 2000");
		WRITE(h, MS(1), 3000);
		SEES(h, MS(1), ". 1:1001(1000) ack nxt", ". 1001:2001(1000) ack nxt");
		PEER(h, MS(2), ". nxt(0) ack 2001");
		SEES(h, MS(2), "P. 2001:3001(1000) ack nxt");
		PEER(h, MS(3), ". nxt(0) ack 3001");
		h.conn.cc.cwnd_bytes = 1000;
		WRITE(h, MS(3), 2000);
		SEES(h, MS(3), ". 3001:4001(1000) ack nxt");
		PEER(h, MS(4), ". nxt(0) ack 4001");
		SEES(h, MS(4), "P. 4001:5001(1000) ack nxt");
	}
}

TEST_CASE("U-16: SEND after CLOSE", "[U-16][R9293-60][R9293-80]")
{
	for (const u8 s : after_close) {
		INFO(hrtcp_state_name(s));
		Reached h(s);
		WRITE(h, 0, 1, -EPIPE);
		QUIET(h, MS(1));
		CHECK(hrtcp_conn_queued(&h.conn) == 0);
		CHECK(h.buffers() == 0);
		CHECK(h.state() == s);
	}
}

TEST_CASE("U-30: CLOSE without a connection", "[U-30][R9293-80]")
{
	Host h;

	CLOSE(h, 0, -ENOTCONN);
	QUIET(h, SEC(1));
}

TEST_CASE("U-31: CLOSE in LISTEN", "[U-31][R9293-69]")
{
	Host h;

	CHECK(hrtcp_conn_listen(&h.conn, h.now()) == 0);
	CLOSE(h, 0);
	STATE(h, CLOSED);
	QUIET(h, SEC(1));
}

TEST_CASE("U-32: CLOSE in SYN-SENT", "[U-32][R9293-69]")
{
	Reached h(HRTCP_SYN_SENT);

	WRITE(h, 0, 100);
	CLOSE(h, 0);
	QUIET(h, SEC(300));
	STATE(h, CLOSED);
	EVENTS(h, HRTCP_EV_GONE);
	CHECK(h.buffers() == 0);
}

TEST_CASE("U-33: CLOSE in SYN-RECEIVED, nothing queued", "[U-33][R9293-69]")
{
	Reached h(HRTCP_SYN_RECEIVED);

	CLOSE(h, 0);
	SEES(h, 0, "F. 1:1(0) ack 1");
	STATE(h, FIN_WAIT_1);
	PEER(h, MS(10), ". 1:1(0) ack 2");
	STATE(h, FIN_WAIT_2);
	QUIET(h, SEC(10));
}

TEST_CASE("U-33: the FIN goes again with the SYN,ACK", "[U-33][X-02]")
{
	Reached h(HRTCP_SYN_RECEIVED);

	CLOSE(h, 0);
	SEES(h, 0, "F. 1:1(0) ack 1");
	SEES(h, SEC(1), "S. 0:0(0) ack 1", "F. 1:1(0) ack 1");
	PEER(h, SEC(1) + MS(10), ". 1:1(0) ack 2");
	STATE(h, FIN_WAIT_2);
}

TEST_CASE("U-34: CLOSE in SYN-RECEIVED, data queued", "[U-34][R9293-69]")
{
	Reached h(HRTCP_SYN_RECEIVED);

	WRITE(h, 0, 100);
	CLOSE(h, 0);
	STATE(h, SYN_RECEIVED);
	WRITE(h, 0, 1, -EPIPE);
	QUIET(h, MS(10));
	PEER(h, MS(10), ". 1:1(0) ack 1");
	SEES(h, MS(10), "FP. 1:101(100) ack 1");
	STATE(h, FIN_WAIT_1);
}

TEST_CASE("U-35: CLOSE sends a FIN after all queued data, the state changes at once",
	  "[U-35][R9293-60]")
{
	Client h;

	WRITE(h, 0, 12000);
	CLOSE(h, 0);
	STATE(h, FIN_WAIT_1);
	std::vector<std::string> window;
	for (int i = 0; i < 10; i++)
		window.push_back(". " + std::to_string(1 + i * 1000) + "(1000) ack 1");
	CHECK(h.sees(0, window) == "");
	PEER(h, MS(100), ". 1:1(0) ack 10001");
	SEES(h, MS(100), ". 10001:11001(1000) ack 1", "FP. 11001:12001(1000) ack 1");
	CAUSES(h, HRTCP_C_CLOSE);
}

TEST_CASE("U-35: the FIN has to fit into the window too", "[U-35]")
{
	Client h;

	PEER(h, 0, ". 1:1(0) ack 1 win 1000");
	WRITE(h, 0, 1000);
	CLOSE(h, 0);
	SEES(h, 0, "P. 1:1001(1000) ack 1");
	STATE(h, FIN_WAIT_1);
	PEER(h, MS(10), ". 1:1(0) ack 1001 win 1");
	SEES(h, MS(10), "F. 1001:1001(0) ack 1");
}

TEST_CASE("U-36: no second FIN", "[U-36][R9293-70]")
{
	for (const u8 s : { HRTCP_FIN_WAIT_1, HRTCP_FIN_WAIT_2 }) {
		INFO(hrtcp_state_name(s));
		Reached h(s);
		CLOSE(h, 0, -EPIPE);
		CHECK(h.state() == s);
		QUIET(h, RTO - 1);
	}
}

TEST_CASE("U-37: CLOSE in CLOSE-WAIT", "[U-37][R9293-68]")
{
	Reached h(HRTCP_CLOSE_WAIT);

	WRITE(h, 0, 1500);
	CLOSE(h, 0);
	STATE(h, LAST_ACK);
	SEES(h, 0, ". 1:1001(1000) ack 2", "P. 1001:1501(500) ack 2", "F. 1501:1501(0) ack 2");
	CAUSES(h, HRTCP_C_CLOSE);
}

TEST_CASE("U-38: CLOSE when both FINs are on their way", "[U-38][R9293-80]")
{
	for (const u8 s : { HRTCP_CLOSING, HRTCP_LAST_ACK, HRTCP_TIME_WAIT }) {
		INFO(hrtcp_state_name(s));
		Reached h(s);
		CLOSE(h, 0, -EPIPE);
		CHECK(h.state() == s);
		QUIET(h, MS(1));
	}
}

TEST_CASE("U-40: ABORT without a connection", "[U-40]")
{
	Host h;

	ABORT(h, 0);
	QUIET(h, SEC(1));
	EVENTS(h, 0);
	ERR(h, 0);
}

TEST_CASE("U-41: ABORT in LISTEN and SYN-SENT sends nothing", "[U-41][R9293-83]")
{
	Host l;
	CHECK(hrtcp_conn_listen(&l.conn, l.now()) == 0);
	ABORT(l, 0);
	QUIET(l, SEC(1));
	STATE(l, CLOSED);

	Reached s(HRTCP_SYN_SENT);
	WRITE(s, 0, 100);
	ABORT(s, 0);
	QUIET(s, SEC(300));
	STATE(s, CLOSED);
	EVENTS(s, HRTCP_EV_ERROR | HRTCP_EV_GONE);
	ERR(s, ECONNRESET);
}

TEST_CASE("U-42: ABORT of a live connection sends a reset", "[U-42][R9293-83]")
{
	for (const u8 s : { HRTCP_SYN_RECEIVED, HRTCP_ESTABLISHED, HRTCP_FIN_WAIT_1,
			    HRTCP_FIN_WAIT_2, HRTCP_CLOSE_WAIT }) {
		INFO(hrtcp_state_name(s));
		Reached h(s);
		PEER(h, 0, ". nxt+500(100) ack una");
		h.start_clock();
		ABORT(h, 0);
		SEES(h, 0, "R. nxt(0) ack nxt");
		STATE(h, CLOSED);
		EVENTS(h, HRTCP_EV_ERROR | HRTCP_EV_GONE);
		ERR(h, ECONNRESET);
		CHECK(h.buffers() == 0);
		QUIET(h, SEC(1000));
	}
}

TEST_CASE("U-42: the reset stands at SND.NXT with data in flight and queued", "[U-42]")
{
	Client h;

	WRITE(h, 0, 500);
	WRITE(h, 0, 400);
	SEES(h, 0, "P. 1:501(500) ack 1");
	ABORT(h, MS(1));
	SEES(h, MS(1), "R. 501:501(0) ack 1");
	CHECK(h.buffers() == 0);
	QUIET(h, SEC(1000));
}

TEST_CASE("U-43: ABORT when both FINs are on their way sends nothing", "[U-43][R9293-83]")
{
	for (const u8 s : { HRTCP_CLOSING, HRTCP_LAST_ACK, HRTCP_TIME_WAIT }) {
		INFO(hrtcp_state_name(s));
		Reached h(s);
		ABORT(h, 0, 0);
		STATE(h, CLOSED);
		QUIET(h, SEC(1000));
		ERR(h, 0);
	}
}

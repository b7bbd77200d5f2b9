// SPDX-License-Identifier: GPL-2.0
// What the user and the system do to a connection, beyond the rows of the state table.
#include "host.hpp"

// -- writing -------------------------------------------------------------------------------

TEST_CASE("write_tail: a node takes more until it is full or sent", "[conn]")
{
	Client h;

	CHECK(hrtcp_conn_write_tail(&h.conn) == nullptr);
	WRITE(h, 0, 100);
	CHECK(hrtcp_conn_write_tail(&h.conn) == nullptr);	// sent
	SEES(h, 0, "P. 1:101(100) ack 1");
	WRITE(h, 0, 300);
	CHECK(hrtcp_conn_write_tail(&h.conn) == h.conn.txq.tail);
	WRITE(h, 0, 300);
	CHECK(h.buffers() == 2);
	WRITE(h, 0, 400);
	SEES(h, 0, "P. 101:1101(1000) ack 1");
	CHECK(h.buffers() == 2);
	CHECK(hrtcp_conn_write_tail(&h.conn) == nullptr);
}

TEST_CASE("size_goal: whole segments, at least one, at most what a node can track", "[conn]")
{
	auto goal = [](const Setup &s) {
		Client h(s);
		return hrtcp_conn_size_goal(&h.conn);
	};

	CHECK(goal({ .gso = 7999 }) == 7000);
	CHECK(goal({}) == 1000);
	CHECK(goal({ .mss = 100, .gso = 65000 }) == 6400);
	CHECK(goal({ .gso = 8000, .ts = true }) == 8 * 988);
}

TEST_CASE("set_blocked: only control segments while the caller's queue is full", "[conn]")
{
	Client h;

	hrtcp_conn_set_blocked(&h.conn, true);
	WRITE(h, 0, 500);
	PEER(h, 0, ". 1001:1101(100) ack 1");
	SEES(h, 0, ". 1:1(0) ack 1");
	QUIET(h, SEC(1));
	hrtcp_conn_set_blocked(&h.conn, false);
	h.settle();
	SEES(h, SEC(1), "P. 1:501(500) ack 1");
}

// -- failed transmissions --------------------------------------------------------------------

TEST_CASE("on_tx_failed: an ACK", "[conn]")
{
	Client h;

	h.fail_tx = 1;
	PEER(h, 0, ". 1001:1101(100) ack 1");
	QUIET(h, MS(1) - 1);
	SEES(h, MS(1), ". 1:1(0) ack 1");
}

TEST_CASE("on_tx_failed: a FIN", "[conn]")
{
	Client h;

	h.fail_tx = 1;
	CLOSE(h, 0);
	SEES(h, MS(1), "F. 1:1(0) ack 1");
	PEER(h, MS(2), ". 1:1(0) ack 2");
	STATE(h, FIN_WAIT_2);
}

TEST_CASE("on_tx_failed: a FIN with data", "[conn]")
{
	Client h;

	WRITE(h, 0, 100);
	SEES(h, 0, "P. 1:101(100) ack 1");
	WRITE(h, 0, 100);
	h.fail_tx = 1;
	CLOSE(h, 0);
	SEES(h, MS(1), "FP. 101:201(100) ack 1");
}

TEST_CASE("on_tx_failed: a SYN waits for its timeout", "[conn]")
{
	Host h;

	h.fail_tx = 1;
	OPEN(h, 0);
	QUIET(h, SEC(1) - 1);
	SEES(h, SEC(1), "S 0:0(0)");
}

TEST_CASE("on_tx_failed: a reset is not tried again", "[conn]")
{
	Client h;

	h.fail_tx = 1;
	ABORT(h, 0);
	QUIET(h, SEC(1000));
	STATE(h, CLOSED);
}

TEST_CASE("on_tx_failed: again and again", "[conn]")
{
	Client h;

	h.fail_tx = 50;
	WRITE(h, 0, 2500);
	SEES(h, MS(50), ". 1:1001(1000) ack 1", ". 1001:2001(1000) ack 1",
	     "P. 2001:2501(500) ack 1");
	CHECK(hrtcp_conn_queued(&h.conn) == 2500);
}

// -- ICMP --------------------------------------------------------------------------------------

TEST_CASE("on_icmp: a soft error is remembered, nothing more",
	  "[MUST-54][MUST-56/unreach][SHLD-25]")
{
	for (const u8 s : { HRTCP_SYN_SENT, HRTCP_ESTABLISHED, HRTCP_FIN_WAIT_1 }) {
		INFO(hrtcp_state_name(s));
		Reached h(s);
		if (s == HRTCP_ESTABLISHED)
			WRITE(h, 0, 10);
		hrtcp_conn_on_icmp(&h.conn, h.conn.snd.una, EHOSTUNREACH, false, h.now());
		h.settle();
		CHECK(h.state() == s);
		CHECK(h.conn.soft_err == EHOSTUNREACH);
		ERR(h, 0);
		h.start_clock();
	}
}

TEST_CASE("on_icmp: the soft error tells why a connection timed out", "[MUST-54]")
{
	Reached h(HRTCP_SYN_SENT);

	hrtcp_conn_on_icmp(&h.conn, h.conn.snd.una, EHOSTUNREACH, false, h.now());
	while (h.state() != HRTCP_CLOSED) {
		h.tick(h.next_wake());
		h.take_sent();
	}
	ERR(h, EHOSTUNREACH);
}

TEST_CASE("on_icmp: a hard error ends an attempt", "[SHLD-26]")
{
	for (const u8 s : { HRTCP_SYN_SENT, HRTCP_SYN_RECEIVED }) {
		INFO(hrtcp_state_name(s));
		Reached h(s);
		hrtcp_conn_on_icmp(&h.conn, h.conn.snd.una, ECONNREFUSED, true, h.now());
		h.settle();
		STATE(h, CLOSED);
		ERR(h, ECONNREFUSED);
		EVENTS(h, HRTCP_EV_ERROR | HRTCP_EV_GONE);
		CAUSES(h, HRTCP_C_ICMP_ERROR);
		QUIET(h, SEC(1000));
	}
}

TEST_CASE("on_icmp: a hard error does not end a synchronized connection", "[R5927-02]")
{
	Client h;

	WRITE(h, 0, 10);
	SEES(h, 0, "P. 1:11(10) ack 1");
	hrtcp_conn_on_icmp(&h.conn, h.conn.snd.una, ECONNREFUSED, true, h.now());
	h.settle();
	STATE(h, ESTABLISHED);
	CHECK(h.conn.soft_err == ECONNREFUSED);
}

TEST_CASE("on_icmp: only one that quotes what is in flight", "[R5927-01]")
{
	Reached h(HRTCP_SYN_SENT);

	hrtcp_conn_on_icmp(&h.conn, seq_sub(h.conn.snd.una, 1), ECONNREFUSED, true, h.now());
	hrtcp_conn_on_icmp(&h.conn, h.conn.snd.nxt, ECONNREFUSED, true, h.now());
	h.settle();
	STATE(h, SYN_SENT);
	CHECK(h.conn.soft_err == 0);
}

// -- the path ----------------------------------------------------------------------------------

TEST_CASE("on_path: smaller: lost segments are cut anew, without a reduction",
	  "[R1191-04][MUST-16]")
{
	Client h;

	WRITE(h, 0, 2500);
	SEES(h, 0, ". 1:1001(1000) ack 1", ". 1001:2001(1000) ack 1", "P. 2001:2501(500) ack 1");
	hrtcp_conn_on_path(&h.conn, 600, 600);
	h.settle();
	SEES(h, 0, ". 1:601(600) ack 1", ". 601:1001(400) ack 1", ". 1001:1601(600) ack 1",
	     ". 1601:2001(400) ack 1");
	CHECK(h.conn.cc.cwnd_bytes == 6000);	// the initial ten
	CHECK(h.conn.recovery.timeouts == 0);
	PEER(h, MS(10), ". 1:1(0) ack 2501");
	QUIET(h, SEC(10));
	WRITE(h, SEC(10), 700);
	SEES(h, SEC(10), ". 2501:3101(600) ack 1", "P. 3101:3201(100) ack 1");
}

TEST_CASE("on_path: larger: new segments use it, up to the peer's MSS", "[MUST-16]")
{
	Client h;

	hrtcp_conn_on_path(&h.conn, 600, 600);
	h.settle();
	WRITE(h, 0, 600);
	SEES(h, 0, "P. 1:601(600) ack 1");
	hrtcp_conn_on_path(&h.conn, 1400, 1400);
	WRITE(h, 0, 1000);
	SEES(h, 0, "P. 601:1601(1000) ack 1");
}

TEST_CASE("sync_mss: an absurd MSS is not believed", "[MUST-14]")
{
	Reached h(HRTCP_SYN_SENT);

	PEER(h, 0, "S. 0:0(0) ack 1 <mss 1>");
	SEES(h, 0, ". 1:1(0) ack 1");
	CHECK(h.conn.snd.mss == 48);
}

// -- leaving -----------------------------------------------------------------------------------

TEST_CASE("on_release: closes", "[MAY-1][R9293-60]")
{
	Client h;

	WRITE(h, 0, 100);
	RELEASE(h, 0);
	SEES(h, 0, "P. 1:101(100) ack 1", "F. 101:101(0) ack 1");
	STATE(h, FIN_WAIT_1);
	PEER(h, MS(10), "F. 1:1(0) ack 102");
	SEES(h, MS(10), ". 102:102(0) ack 2");
	STATE(h, TIME_WAIT);
}

TEST_CASE("on_release: with unread data aborts", "[SHLD-3]")
{
	for (const u8 s : { HRTCP_ESTABLISHED, HRTCP_FIN_WAIT_1, HRTCP_FIN_WAIT_2 }) {
		INFO(hrtcp_state_name(s));
		Reached h(s);
		PEER(h, 0, ". nxt(100) ack una");
		RELEASE(h, 0);
		SEES(h, 0, "R. nxt(0) ack 101");
		STATE(h, CLOSED);
		ERR(h, 0);
	}
}

TEST_CASE("on_release: data that comes later is answered by a reset", "[SHLD-3]")
{
	for (const u8 s : { HRTCP_ESTABLISHED, HRTCP_FIN_WAIT_2 }) {
		INFO(hrtcp_state_name(s));
		Reached h(s);
		RELEASE(h, 0);
		h.start_clock();
		PEER(h, 0, ". 1:101(100) ack nxt");
		DROP(h, CLOSED_RECEIVER);
		SEES(h, 0, "R. nxt(0) ack 1");
		STATE(h, CLOSED);
		CHECK(h.causes().back() == HRTCP_C_LATE_DATA);
	}
}

TEST_CASE("on_release: a record of TIME-WAIT may take over", "[conn]")
{
	Reached h(HRTCP_TIME_WAIT);

	RELEASE(h, 0);
	EVENTS(h, HRTCP_EV_TIME_WAIT);
	STATE(h, TIME_WAIT);
}

TEST_CASE("on_release: in every state there is an end", "[conn]")
{
	for (u8 s = 1; s < HRTCP_STATE_MAX; s++) {
		if (s == HRTCP_LISTEN)
			continue;
		Host fresh;
		INFO(hrtcp_state_name(s));
		if (s == HRTCP_CLOSED) {
			RELEASE(fresh, 0);
			CHECK((fresh.conn.events & HRTCP_EV_GONE));
			continue;
		}
		Reached h(s);
		RELEASE(h, 0);
		int wakes = 0;
		for (; h.state() != HRTCP_CLOSED && wakes < 1000; wakes++) {
			REQUIRE(h.next_wake() != HRTCP_NEVER);
			h.tick(h.next_wake());
		}
		STATE(h, CLOSED);
		h.start_clock();
	}
}

TEST_CASE("on_segment: nothing is taken in CLOSED and LISTEN", "[conn]")
{
	for (const bool listening : { false, true }) {
		Host h;
		hrtcp_rxnode node{};
		hrtcp_rx rx;
		const hrtcp_seg seg = parse_line("FP. 1:101(100) ack 1", h.peer_base()).seg;
		if (listening)
			REQUIRE(hrtcp_conn_listen(&h.conn, h.now()) == 0);
		hrtcp_conn_on_segment(&h.conn, &seg, &node, h.now(), &rx);
		CHECK(rx.drop == HRTCP_DROP_NO_CONN);
		CHECK(rx.take == HRTCP_TAKE_NONE);
		QUIET(h, SEC(1));
	}
}

// -- reports -----------------------------------------------------------------------------------

TEST_CASE("poll_events: they add up until they are polled", "[conn]")
{
	Client h;

	WRITE(h, 0, 100);
	SEES(h, 0, "P. 1:101(100) ack 1");
	h.conn.events = HRTCP_EV_READABLE;	// of a segment just before
	PEER(h, 0, ". 1:1(0) ack 101");
	EVENTS(h, HRTCP_EV_READABLE | HRTCP_EV_WRITABLE);
	h.conn.events = HRTCP_EV_WRITABLE;
	PEER(h, 0, "FP. 1:101(100) ack 101");
	EVENTS(h, HRTCP_EV_READABLE | HRTCP_EV_WRITABLE);
	h.conn.events = HRTCP_EV_READABLE;
	ABORT(h, 0);
	EVENTS(h, HRTCP_EV_READABLE | HRTCP_EV_ERROR | HRTCP_EV_GONE);
	SEES(h, 0, "R. 101:101(0) ack 102");
}

TEST_CASE("poll_transition: names the segment that was the cause", "[conn]")
{
	Reached h(HRTCP_SYN_SENT);
	bool found = false;

	PEER(h, MS(5), "S. 0:0(0) ack 1");
	h.start_clock();
	for (u32 i = 0; i < h.conn.history.written; i++) {
		const hrtcp_transition &tr = h.conn.history.ring[i % HRTCP_HISTORY];
		if (tr.cause != HRTCP_C_SYNACK_RCVD)
			continue;
		found = true;
		CHECK(tr.from == HRTCP_SYN_SENT);
		CHECK(tr.to == HRTCP_ESTABLISHED);
		CHECK(tr.seg_flags == (HRTCP_SYN | HRTCP_ACK));
		CHECK(tr.seg_seq.v == h.setup.irs);
		CHECK(tr.seg_ack.v == h.setup.iss + 1);
		CHECK(tr.at_ns == h.now());
	}
	CHECK(found);
}

TEST_CASE("conn_check: finds what is broken", "[conn]")
{
	const std::pair<const char *, void (*)(hrtcp_conn &)> breaks[] = {
		{ "una", [](hrtcp_conn &c) { c.snd.una.v += 2000; } },
		{ "nxt", [](hrtcp_conn &c) { c.snd.nxt.v += 5; } },
		{ "end", [](hrtcp_conn &c) { c.snd.end.v -= 5; } },
		{ "edge", [](hrtcp_conn &c) { c.rcv.edge.v -= 70000; } },
		{ "cwnd", [](hrtcp_conn &c) { c.cc.cwnd_bytes = 0; } },
		{ "pipe", [](hrtcp_conn &c) { c.txq.pipe_bytes--; } },
		{ "timer", [](hrtcp_conn &c) { hrtcp_timers_init(&c.timers); } },
		{ "fin", [](hrtcp_conn &c) { c.snd.fin_sent = true; } },
	};

	for (const auto &b : breaks) {
		Client h;
		WRITE(h, 0, 1000);
		SEES(h, 0, "P. 1:1001(1000) ack 1");
		CAPTURE(b.first);
		CHECK(hrtcp_conn_check(&h.conn) == nullptr);
		hrtcp_conn whole = h.conn;
		b.second(h.conn);
		CHECK(hrtcp_conn_check(&h.conn) != nullptr);
		h.conn = whole;
	}
}

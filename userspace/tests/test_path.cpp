// SPDX-License-Identifier: GPL-2.0
// The path: what routers say of its MTU and how far they are believed, and when it is doubted.
#include "host.hpp"

// -- what routers say ------------------------------------------------------------------------

TEST_CASE("too big: believed of a segment in flight, if smaller than the path",
	  "[R5927-01][R5927-03][R1191-01][R1191-02]")
{
	Client h({ .mss = 1400 });

	WRITE(h, 0, 2800);
	h.take_sent();
	const hrtcp_snd &snd = h.conn.snd;
	CHECK_FALSE(hrtcp_conn_on_too_big(&h.conn, seq_sub(snd.una, 1), 1000));
	CHECK_FALSE(hrtcp_conn_on_too_big(&h.conn, snd.nxt, 1000));
	CHECK_FALSE(hrtcp_conn_on_too_big(&h.conn, snd.una, 1400));
	CHECK_FALSE(hrtcp_conn_on_too_big(&h.conn, snd.una, 1500));
	CHECK(hrtcp_conn_on_too_big(&h.conn, snd.una, 1000));
	PEER(h, MS(1), ". 1:1(0) ack 2801");
}

TEST_CASE("too big: after a larger segment has arrived only with a timeout", "[R5927-03]")
{
	Client h({ .mss = 1400 });

	WRITE(h, 0, 1400);
	h.take_sent();
	PEER(h, MS(1), ". 1:1(0) ack 1401");
	WRITE(h, MS(2), 1400);
	h.take_sent();
	CHECK_FALSE(hrtcp_conn_on_too_big(&h.conn, h.conn.snd.una, 1000));
	h.events();

	SECTION("the segment arrives: a lie")
	{
		PEER(h, MS(3), ". 1:1(0) ack 2801");
		WRITE(h, MS(4), 10);
		h.take_sent();
		QUIET(h, MS(100));
		h.tick(h.next_wake());
		CHECK_FALSE(h.events() & HRTCP_EV_TOO_BIG);
	}
	SECTION("it times out: the truth")
	{
		h.tick(h.next_wake());
		CHECK(h.events() & HRTCP_EV_TOO_BIG);
	}
	h.take_sent();
	ABORT(h, h.script_time());
	h.take_sent();
}

TEST_CASE("too big: segments follow at once, and it is no congestion",
	  "[R1191-01][R1191-04][R8201-02][R7323-23]")
{
	Client h({ .mss = 1400, .sack = true });

	WRITE(h, 0, 2800);
	SEES(h, 0, ". 1:1401(1400) ack 1", "P. 1401:2801(1400) ack 1");
	const u32 cwnd = h.conn.cc.cwnd_bytes;
	hrtcp_conn_on_path(&h.conn, 1000, 1000);
	h.settle();
	SEES(h, 0, ". 1:1001(1000) ack 1", ". 1001:1401(400) ack 1",
	     ". 1401:2401(1000) ack 1", "P. 2401:2801(400) ack 1");
	hrtcp_conn_on_path(&h.conn, 1000, 1000);	// the same once more repeats nothing
	h.settle();
	QUIET(h, MS(1));
	CHECK(h.conn.cc.cwnd_bytes == cwnd / 1400 * 1000);	// the initial window's ten
	PEER(h, MS(2), ". 1:1(0) ack 2801");
}

TEST_CASE("path: smaller segments in the initial window make it smaller, later not",
	  "[R5681-04]")
{
	Client h({ .mss = 1400 });

	REQUIRE(h.conn.cc.cwnd_bytes == 14000);
	hrtcp_conn_on_path(&h.conn, 700, 700);
	CHECK(h.conn.cc.cwnd_bytes == 7000);
	hrtcp_conn_on_path(&h.conn, 1400, 1400);
	CHECK(h.conn.cc.cwnd_bytes == 7000);
	for (int sent = 1; sent <= 14001; sent += 2800) {
		WRITE(h, h.script_time(), 2800);
		h.take_sent();
		PEER(h, h.script_time() + MS(1), ". 1:1(0) ack " + std::to_string(sent + 2800));
	}
	const u32 cwnd = h.conn.cc.cwnd_bytes;
	hrtcp_conn_on_path(&h.conn, 700, 700);
	CHECK(h.conn.snd.mss == 700);
	CHECK(h.conn.cc.cwnd_bytes == cwnd);
}

TEST_CASE("path: the route's MTU comes back after its time", "[R8201-02][R1191-03]")
{
	Client h({ .mss = 1400 });

	hrtcp_conn_on_path(&h.conn, 1000, 1000);
	CHECK(h.conn.snd.mss == 1000);
	hrtcp_conn_on_path(&h.conn, 1400, 1400);
	CHECK(h.conn.snd.mss == 1400);
}

// -- R1 --------------------------------------------------------------------------------------

TEST_CASE("R1: after three retransmissions IP and the user are told",
	  "[MUST-20/R1][SHLD-9][SHLD-10][MUST-47][X-03]")
{
	Client h;

	WRITE(h, 0, 100);
	for (int i = 0; i < 3; i++) {
		h.tick(h.next_wake());
		CHECK_FALSE(h.events() & HRTCP_EV_ADVICE);
		CHECK(h.conn.soft_err == 0);
	}
	h.tick(h.next_wake());
	CHECK(h.events() & HRTCP_EV_ADVICE);
	CHECK(h.conn.soft_err == ETIMEDOUT);
	h.take_sent();
	PEER(h, h.script_time(), ". 1:1(0) ack 101");
	CHECK(h.conn.soft_err == 0);
}

TEST_CASE("R1: for a SYN too", "[MUST-22][X-03]")
{
	Host h;

	OPEN(h, 0);
	for (int i = 0; i < 4; i++)
		h.tick(h.next_wake());
	CHECK(h.events() & HRTCP_EV_ADVICE);
	CHECK(h.conn.soft_err == ETIMEDOUT);
	h.take_sent();
}

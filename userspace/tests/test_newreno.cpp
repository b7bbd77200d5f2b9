// SPDX-License-Identifier: GPL-2.0
// test_newreno.cpp -- without SACK: what duplicates tell and when, RFC 6582, 5827; what is idle.
#include "host.hpp"

namespace {

// A client that has sent the first ten of @octets, in segments of 1000.
struct Sending : Client {
	explicit Sending(u32 octets)
	{
		WRITE(*this, 0, octets);
		REQUIRE(take_sent().size() == 10);
	}

	void dupacks(u64 t, int n, u32 una)
	{
		for (int i = 0; i < n; i++)
			PEER(*this, t, ". 1:1(0) ack " + std::to_string(una));
	}

	u32 cwnd() const { return conn.cc.cwnd_bytes; }
};

} // namespace

TEST_CASE("idle: an RTO makes it, a second at least", "[R5681-12]")
{
	const u64 rto = GENERATE(SEC(1), SEC(5));
	const auto cwnd_after = [rto](u64 idle_percent) {
		Sending h(20000);
		PEER(h, MS(10), ". 1:1(0) ack 10001");
		h.take_sent();
		PEER(h, MS(20), ". 1:1(0) ack 20001");
		if (rto > SEC(1))
			h.conn.rtt.rto_ns = rto;
		CHECK(h.conn.rtt.rto_ns <= rto);
		WRITE(h, MS(10) + rto * idle_percent / 100, 1000);
		h.take_sent();
		return h.cwnd();
	};

	CHECK(cwnd_after(95) > 10000);
	CHECK(cwnd_after(105) == 10000);
}

TEST_CASE("fast retransmit: not of what a timeout has repeated, but again after a recovery",
	  "[R6582-01][R6582-03]")
{
	Sending timed_out(10000);
	SEES(timed_out, RTO, ". 1:1001(1000) ack 1");
	PEER(timed_out, RTO + MS(10), ". 1:1(0) ack 10001");
	WRITE(timed_out, RTO + MS(10), 5000);
	timed_out.take_sent();
	timed_out.dupacks(RTO + MS(20), 3, 10001);
	timed_out.take_sent();
	CHECK(timed_out.conn.recovery.fast_recoveries == 0);
	PEER(timed_out, RTO + MS(30), ". 1:1(0) ack nxt");
	timed_out.take_sent();

	Sending recovered(10000);
	recovered.dupacks(MS(100), 3, 1);
	recovered.take_sent();
	PEER(recovered, MS(200), ". 1:1(0) ack 10001");
	WRITE(recovered, MS(200), 5000);
	recovered.conn.cc.cwnd_bytes = 5000;
	recovered.settle();
	recovered.take_sent();
	recovered.dupacks(MS(300), 3, 10001);
	CHECK(recovered.conn.recovery.fast_recoveries == 2);
	recovered.take_sent();
	PEER(recovered, MS(310), ". 1:1(0) ack nxt");
	recovered.take_sent();
}

// -- fewer duplicates than three, and reordering ---------------------------------------------

TEST_CASE("early: one duplicate, and a quarter of the least round trip later the head is lost",
	  "[R5827-01]")
{
	Client h;

	WRITE(h, 0, 2000);
	h.start_clock();
	PEER(h, MS(100), ". 1:1(0) ack 1");
	QUIET(h, MS(125) - 1);
	SEES(h, MS(125), ". 1:1001(1000) ack 1");
	CHECK(h.conn.recovery.fast_recoveries == 1);
	CHECK(h.conn.cc.ssthresh_bytes == 2000);
	PEER(h, MS(225), ". 1:1(0) ack 2001");
	CHECK(h.conn.recovery.timeouts == 0);
	CHECK_FALSE(h.conn.rack.reordering);
}

TEST_CASE("early: the window counts from the first duplicate on", "[R5827-01]")
{
	Sending h(10000);

	h.dupacks(MS(100), 1, 1);
	h.dupacks(MS(120), 1, 1);
	SEES(h, MS(125), ". 1:1001(1000) ack 1");
	ABORT(h, MS(125));
	h.take_sent();
}

TEST_CASE("early: a head that comes within the window was only late", "[R5827-01]")
{
	Client h;

	WRITE(h, 0, 2000);
	h.take_sent();
	PEER(h, MS(100), ". 1:1(0) ack 1");
	PEER(h, MS(124), ". 1:1(0) ack 2001");
	CHECK(h.conn.rack.reordering);
	QUIET(h, SEC(2));
	CHECK(h.conn.recovery.fast_recoveries == 0);
	CHECK(h.conn.cc.ssthresh_bytes == ~0u);
}

TEST_CASE("early: duplicates say nothing of a segment that nothing followed", "[R5827-01]")
{
	Client h;

	WRITE(h, 0, 1000);
	h.start_clock();
	h.take_sent();
	PEER(h, MS(100), ". 1:1(0) ack 1");
	PEER(h, MS(100), ". 1:1(0) ack 1");
	SEES(h, RTO, "P. 1:1001(1000) ack 1");
	CHECK(h.conn.recovery.fast_recoveries == 0);
	ABORT(h, RTO);
	h.take_sent();
}

TEST_CASE("early: nor where the timeout has sent it again", "[R5827-01][R6582-01]")
{
	Sending h(10000);

	h.take_sent();
	SEES(h, RTO, ". 1:1001(1000) ack 1");
	PEER(h, RTO + MS(10), ". 1:1(0) ack 10001");
	WRITE(h, RTO + MS(10), 5000);
	h.take_sent();
	h.dupacks(RTO + MS(20), 2, 10001);
	h.take_sent();
	CHECK_FALSE(hrtcp_timer_armed(&h.conn.timers, HRTCP_T_REORDER));
	ABORT(h, RTO + MS(20));
	h.take_sent();
}

TEST_CASE("reordering: once it was seen, three duplicates wait for the window, too", "[R5681-10]")
{
	Sending h(30000);

	h.dupacks(MS(50), 2, 1);
	h.take_sent();
	PEER(h, MS(60), ". 1:1(0) ack 3001");
	h.take_sent();
	h.dupacks(MS(100), 5, 3001);
	const u64 window = hrtcp_rack_window(&h.conn);
	CHECK(window > MS(10));
	h.take_sent();				// limited transmit
	QUIET(h, MS(100) + window - 1);
	SEES(h, MS(100) + window, ". 3001:4001(1000) ack 1");
	ABORT(h, MS(100) + window);
	h.take_sent();
}

TEST_CASE("reordering: a needless fast retransmission widens the window", "[R8985-05]")
{
	Setup s{ .mss = 1012, .ts = true };
	Client h(s);
	const auto ack = [&h](u64 t, u32 nr, u32 tsecr) {
		return h.peer(t, ". 1:1(0) ack " + std::to_string(nr) + " <TS val " +
					 std::to_string(h.peer_tsval()) + " ecr " +
					 std::to_string(tsecr) + ">");
	};

	WRITE(h, 0, 5000);
	const u32 first = h.take_sent().front().seg.opt.tsval;
	REQUIRE(ack(MS(50), 1, first) == "");
	h.run(MS(75));
	REQUIRE(h.conn.recovery.fast_recoveries == 1);
	h.take_sent();
	CHECK(h.conn.rack.window_mult == 1);
	REQUIRE(ack(MS(80), 2001, first) == "");
	CHECK(h.conn.recovery.undos == 1);
	CHECK(h.conn.rack.reordering);
	CHECK(h.conn.rack.window_mult == 2);
	REQUIRE(ack(MS(81), 5001, first) == "");
	h.take_sent();
}

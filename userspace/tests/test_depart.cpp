// SPDX-License-Identifier: GPL-2.0
// test_depart.cpp -- pacing by the caller's queue: data is handed over with the time at which it
// departs, and all that is timed of it counts from then.
#include "host.hpp"

namespace {

constexpr u64 ahead = HRTCP_PACE_AHEAD_NS;

// A segment of 1000 a millisecond, the first half a millisecond early; the queue holds them.
struct Held : Client {
	explicit Held(const Setup &s = { .sack = true }) : Client(s)
	{
		hrtcp_conn_set_max_rate(&conn, 1000000);
		hrtcp_conn_set_held(&conn, true);
	}
	~Held()
	{
		take_sent();
		start_clock();
	}

	std::vector<u64> departures()
	{
		std::vector<u64> at;

		for (const Sent &s : take_sent())
			at.push_back(s.depart_ns);
		return at;
	}
};

} // namespace

TEST_CASE("departure: data is handed over some time before, with when it departs")
{
	Held h;

	WRITE(h, 0, 10000);
	CHECK(h.departures() == std::vector<u64>{ 0, US(500), US(1500), US(2500), US(3500), US(4500) });
	CHECK(h.next_wake() == h.now() + US(5500) - ahead);
	h.tick(h.next_wake());
	CHECK(h.departures() == std::vector<u64>{ US(5500) });
	CHECK(h.script_time() == US(5500) - ahead);
}

TEST_CASE("departure: without such a queue, or without a rate, everything leaves when it is handed over")
{
	Held unpaced, unheld;

	hrtcp_conn_set_max_rate(&unpaced.conn, HRTCP_UNPACED);
	WRITE(unpaced, 0, 10000);
	CHECK(unpaced.departures() == std::vector<u64>(10, 0));
	hrtcp_conn_set_held(&unheld.conn, false);
	WRITE(unheld, 0, 10000);
	CHECK(unheld.departures() == std::vector<u64>{ 0 });
}

TEST_CASE("departure: the round trip, the rate and the probe of the tail count from it",
	  "[R8985-01]")
{
	Held h({ .mss = 1012, .sack = true, .ts = true });

	WRITE(h, 0, 3000);
	auto sent = h.take_sent();
	REQUIRE(sent.size() == 3);
	CHECK(sent[2].depart_ns == US(1500));
	CHECK(sent[2].seg.opt.tsval == sent[0].seg.opt.tsval + 1);	// of its departure, in ms
	CHECK(h.conn.timers.at_ns[HRTCP_T_PROBE] == h.now() + US(1500) + 2 * h.conn.rtt.srtt_ns +
						    h.conn.rtt.peer_delack_ns);
	PEER(h, MS(100), ". 1:1(0) ack 1001");
	PEER(h, US(101500), ". 1:1(0) ack 3001");
	CHECK(h.conn.rtt.latest_ns == MS(101));			// of the second, which left at 0.5 ms
	CHECK(h.conn.rack.rtt_ns == MS(100));			// of the third
	CHECK(h.conn.rate.first_sent_ns == h.now() - MS(100));
}

TEST_CASE("departure: RACK waits for what has not departed yet")
{
	Held h;

	WRITE(h, 0, 6000);
	CHECK(h.departures().back() == US(4500));
	PEER(h, MS(1), ". 1:1(0) ack 1 <sack 1001:2001>");	// the second left at 0.5 ms
	CHECK(h.conn.txq.lost_bytes <= 1000);
	CHECK(h.conn.rack.newest.at_ns == h.now() - MS(1) + US(500));
}

TEST_CASE("departure: an ACK before the repeat departed answers the first transmission")
{
	Held h;

	WRITE(h, 0, 6000);
	h.take_sent();
	WRITE(h, MS(100), 3000);
	REQUIRE(h.departures().back() == US(101500));
	PEER(h, MS(100), ". 1:1(0) ack 1 <sack 1001:5001>");	// the first goes again
	auto sent = h.take_sent();
	REQUIRE(sent.size() == 1);
	CHECK(sent[0].seg.seq.v == h.setup.iss + 1);
	CHECK(sent[0].depart_ns == US(102500));
	const u64 newest = h.conn.rack.newest.at_ns;
	PEER(h, MS(101), ". 1:1(0) ack 5001");
	CHECK(h.conn.rack.newest.at_ns == newest);
	CHECK(h.conn.cc.pace.held);
}

TEST_CASE("departure: what pacing does not hold back waits for no more than the queue has")
{
	Held h;

	hrtcp_conn_set_max_rate(&h.conn, 10000);		// 100 ms a segment
	WRITE(h, 0, 3000);
	CHECK(h.departures() == std::vector<u64>{ 0 });
	h.run(MS(90));
	h.take_sent();
	while (!h.conn.recovery.timeouts)
		h.tick(h.next_wake());
	for (const Sent &s : h.take_sent())
		CHECK(s.depart_ns <= h.script_time() + ahead);
}

TEST_CASE("departure: a FIN goes behind the data")
{
	Held h;

	WRITE(h, 0, 3000);
	CLOSE(h, 0);
	const auto at = h.departures();
	REQUIRE(at.size() >= 3);
	CHECK(std::is_sorted(at.begin(), at.end()));
	CHECK(at.back() >= US(1500));
}

TEST_CASE("departure: a reset goes behind the data")
{
	Held h({ .mss = 1012, .sack = true, .ts = true });

	WRITE(h, 0, 3000);
	const auto data = h.take_sent();
	REQUIRE(data.back().depart_ns == US(1500));
	ABORT(h, 0);
	const auto sent = h.take_sent();
	REQUIRE(sent.size() == 1);
	CHECK(sent[0].seg.flags == (HRTCP_RST | HRTCP_ACK));
	CHECK(sent[0].depart_ns > data.back().depart_ns);
	CHECK(sent[0].seg.opt.tsval >= data.back().seg.opt.tsval);
}

TEST_CASE("departure: what arrives before it departed shows that nothing holds it")
{
	Held h;

	WRITE(h, 0, 10000);
	CHECK(h.departures().size() == 6);
	PEER(h, US(100), ". 1:1(0) ack 3001");
	CHECK_FALSE(h.conn.cc.pace.held);
	CHECK(h.conn.rtt.latest_ns <= MS(100));
	h.run(US(5500));
	CHECK(h.departures() == std::vector<u64>{ US(5500) });	// by the timer, as ever
}

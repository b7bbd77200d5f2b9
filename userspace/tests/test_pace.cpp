// SPDX-License-Identifier: GPL-2.0
// test_pace.cpp -- pacing: when data may leave, how much at once, what it does not hold back.
#include "host.hpp"

namespace {

constexpr u64 fast = 10000000;		// 1 ms a segment of 10000, quantum 10000

struct Paced : Client {
	explicit Paced(u64 rate, const Setup &s = {}) : Client(s)
	{
		hrtcp_conn_set_max_rate(&conn, rate);
	}

	hrtcp_pace &pace() { return conn.cc.pace; }
};

Setup super(u32 gso)
{
	return { .gso = gso, .wscale = 4, .tune = [](hrtcp_cfg &cfg) { cfg.init_cwnd_pkts = 200; } };
}

} // namespace

TEST_CASE("pace: nobody wants any: all that cwnd allows leaves at once")
{
	Client h;

	CHECK(h.conn.cc.pace.rate == HRTCP_UNPACED);
	WRITE(h, 0, 10000);
	CHECK(h.take_sent().size() == 10);
	CHECK(h.conn.cc.pace.next_ns == 0);
	CHECK_FALSE(hrtcp_timer_armed(&h.conn.timers, HRTCP_T_PACING));
}

TEST_CASE("pace: a segment a segment's time, half a quantum made up for at the beginning")
{
	Paced h(100000);			// 10 ms a segment, quantum 100, burst 50: 0.5 ms

	WRITE(h, 0, 4000);
	SEES(h, 0, ". 1(1000) ack 1");
	SEES(h, US(9500), ". 1001(1000) ack 1");
	SEES(h, US(19500), ". 2001(1000) ack 1");
	SEES(h, US(29500), "P. 3001(1000) ack 1");
	PEER(h, MS(100), ". 1(0) ack 4001");
	QUIET(h, SEC(10));
}

TEST_CASE("pace: idle time gives no credit beyond that")
{
	Paced h(100000);

	WRITE(h, 0, 1000);
	SEES(h, 0, "P. 1(1000) ack 1");
	PEER(h, MS(100), ". 1(0) ack 1001");
	WRITE(h, SEC(100), 3000);
	SEES(h, SEC(100), ". 1001(1000) ack 1");
	SEES(h, SEC(100) + US(9500), ". 2001(1000) ack 1");
	SEES(h, SEC(100) + US(19500), "P. 3001(1000) ack 1");
	PEER(h, SEC(100) + MS(100), ". 1(0) ack 4001");
}

TEST_CASE("pace: a timer that fires late is made up for, up to half a quantum")
{
	const auto next_after = [](u64 late_ns) {
		Paced h(fast);			// quantum 10000: 1 ms, burst 0.5 ms
		hrtcp_pace_on_sent(&h.conn, 10000, h.now());
		const u64 due = h.pace().next_ns;
		hrtcp_pace_on_sent(&h.conn, 10000, due + late_ns);
		return h.pace().next_ns - due;
	};

	CHECK(next_after(0) == MS(1));
	CHECK(next_after(US(300)) == MS(1));
	CHECK(next_after(US(500)) == MS(1));
	CHECK(next_after(US(700)) == US(1200));
	CHECK(next_after(SEC(5)) == SEC(5) + US(500));
}

TEST_CASE("pace: a super-segment holds a millisecond of the rate, two segments at the least")
{
	const auto first_of = [](u64 rate) {
		Client h(super(60000));
		hrtcp_conn_set_max_rate(&h.conn, rate);
		WRITE(h, 0, 200000);
		const u32 len = h.take_sent().at(0).seg.len;
		ABORT(h, 0);
		h.take_sent();
		return len;
	};

	CHECK(first_of(fast) == 10000);
	CHECK(first_of(5 * fast + 500000) == 50000);
	CHECK(first_of(100 * fast) == 60000);		// the caller sends no more at once
	CHECK(first_of(100000) == 2000);
	CHECK(first_of(1) == 2000);
}

TEST_CASE("pace: never more leaves in any time than the rate and one quantum and a half")
{
	Client h(super(60000));

	hrtcp_conn_set_max_rate(&h.conn, fast);
	PEER(h, 0, ". 1(0) ack 1");		// a window that is scaled
	WRITE(h, 0, 190000);
	while (h.next_wake() < h.now() + MS(5))
		h.tick(h.next_wake() + US(37));		// every timer is late
	const auto left = h.take_sent();
	CHECK(left.size() == 19);
	for (size_t i = 0; i < left.size(); i++) {
		u64 sum = 0;
		for (size_t j = i; j < left.size(); j++) {
			sum += left[j].seg.len;
			const u64 ns = left[j].at_ns - left[i].at_ns;
			REQUIRE(sum <= ns * fast / SEC(1) + 15000);
		}
	}
	CHECK(left.back().at_ns - left.front().at_ns < MS(18));	// lateness does not add up
}

TEST_CASE("pace: the least of what algorithm, user and validation want is in force")
{
	Client h;
	hrtcp_pace &pace = h.conn.cc.pace;

	hrtcp_pace_set_wanted(&h.conn, 3000000);
	CHECK(pace.rate == 3000000);
	hrtcp_pace_set_most(&h.conn, 2000000);
	CHECK(pace.rate == 2000000);
	hrtcp_pace_set_validating(&h.conn, 1000000);
	CHECK(pace.rate == 1000000);
	hrtcp_pace_set_wanted(&h.conn, HRTCP_UNPACED);
	hrtcp_pace_set_most(&h.conn, HRTCP_UNPACED);
	CHECK(pace.rate == 1000000);
	hrtcp_pace_set_validating(&h.conn, HRTCP_UNPACED);
	CHECK(pace.rate == HRTCP_UNPACED);
	CHECK(pace.next_ns == 0);
}

TEST_CASE("pace: where validation alone paces an initial window leaves at once",
	  "[R7661-01]")
{
	Client h;

	hrtcp_pace_set_validating(&h.conn, 100000);
	WRITE(h, 0, 10000);
	CHECK(h.take_sent().size() == 10);
	hrtcp_pace_set_most(&h.conn, 100000);	// the user means it
	h.conn.cc.cwnd_bytes = 20000;
	WRITE(h, MS(1), 3000);
	SEES(h, MS(1), ". 10001(1000) ack 1");
	SEES(h, US(10500), ". 11001(1000) ack 1");
	SEES(h, US(20500), "P. 12001(1000) ack 1");
	PEER(h, MS(100), ". 1(0) ack 13001");
}

TEST_CASE("pace: after a slow user's rate is lifted what waits leaves at once")
{
	Paced h(1);				// a segment in a quarter of an hour

	WRITE(h, 0, 3000);
	SEES(h, 0, ". 1(1000) ack 1");
	PEER(h, MS(100), ". 1(0) ack 1001");
	QUIET(h, SEC(600));
	hrtcp_conn_set_max_rate(&h.conn, HRTCP_UNPACED);
	h.settle();
	SEES(h, SEC(600), ". 1001(1000) ack 1", "P. 2001(1000) ack 1");
	PEER(h, SEC(600) + MS(100), ". 1(0) ack 3001");
}

TEST_CASE("pace: acknowledgments and a FIN alone are not held back")
{
	Paced h(10000);				// 100 ms a segment

	WRITE(h, 0, 2000);
	SEES(h, 0, ". 1(1000) ack 1");
	PEER(h, MS(1), ". 1:1001(1000) ack 1");
	PEER(h, MS(1), ". 1001:2001(1000) ack 1");
	SEES(h, MS(1), ". 1001(0) ack 2001");
	SEES(h, US(99500), "P. 1001(1000) ack 2001");
	CLOSE(h, US(99600));
	SEES(h, US(99600), "F. 2001(0) ack 2001");
	PEER(h, MS(200), ". 2001(0) ack 2002");
}

TEST_CASE("pace: what is lost goes again at the rate, after a timeout the first at once")
{
	Paced h(20000, { .sack = true });	// 50 ms a segment, less 0.5

	WRITE(h, 0, 5000);
	SEES(h, 0, ". 1(1000) ack 1");
	for (int i = 1; i < 5; i++)
		SEES(h, MS(50) * i - US(500), (i == 4 ? "P. " : ". ") + std::to_string(i * 1000 + 1) +
		     "(1000) ack 1");
	PEER(h, MS(210), ". 1(0) ack 1 <sack 3001:5001>");
	SEES(h, MS(249) + US(500), ". 1(1000) ack 1");
	SEES(h, MS(299) + US(500), ". 1001(1000) ack 1");
	PEER(h, MS(335), ". 1(0) ack 5001");

	Paced slow(2000, { .sack = true });	// half a second
	WRITE(slow, SEC(1), 1000);
	SEES(slow, SEC(1), "P. 1(1000) ack 1");
	SEES(slow, SEC(1) + MS(240), "P. 1(1000) ack 1");	// a probe of the tail
	SEES(slow, SEC(1) + MS(240) + RTO, "P. 1(1000) ack 1");	// and a timeout do not wait
	PEER(slow, SEC(2), ". 1(0) ack 1001");
}

TEST_CASE("pace: a window that shuts while data waits is probed when it is due")
{
	Paced h(10000);

	WRITE(h, 0, 2000);
	SEES(h, 0, ". 1(1000) ack 1");
	PEER(h, MS(50), ". 1(0) ack 1001 win 0");
	QUIET(h, US(99499));
	SEES(h, US(99500) + h.conn.rtt.rto_ns, ". 1001(1) ack 1");
	PEER(h, SEC(1), ". 1(0) ack 1001");
	SEES(h, SEC(1), "P. 1001(1000) ack 1");
	PEER(h, SEC(1) + MS(100), ". 1(0) ack 2001");
}

namespace {

// 100 ms of round trip, paced as a new connection is by default.
struct Growing : Client {
	explicit Growing(void (*more)(hrtcp_cfg &) = nullptr)
		: Client({ .win = 65535, .sack = true, .wscale = 7,
			   .tune = [](hrtcp_cfg &c) { c.tlp = false; } })
	{
		cfg.pacing_ss_ratio = 200;
		cfg.pacing_ca_ratio = 120;
		if (more)
			more(cfg);
	}

	// What leaves within @ns, in octets; and how much of it at once.
	std::pair<u32, u32> leaves(u64 ns)
	{
		u32 all = 0, at_once = 0;
		const u64 begin = now(), end = now() + ns;

		for (;;) {
			for (const Sent &s : take_sent()) {
				all += s.seg.len;
				at_once += s.at_ns == begin ? s.seg.len : 0;
			}
			if (next_wake() > end)
				break;
			tick(next_wake());
		}
		tick(end);
		return { all, at_once };
	}

	void acknowledge_all()
	{
		PEER(*this, script_time(), ". nxt(0) ack nxt");
	}
};

} // namespace

TEST_CASE("pace: slow start spreads what it grew by over half a round trip", "[pace]")
{
	Growing h;

	WRITE(h, 0, 1000000);
	auto [all, at_once] = h.leaves(MS(100));
	CHECK(all == 10000);
	CHECK(at_once == 10000);			// the initial window
	for (u32 cwnd = 10000; cwnd < 100000; cwnd = h.conn.cc.cwnd_bytes) {
		h.acknowledge_all();
		REQUIRE(h.conn.cc.cwnd_bytes > cwnd);
		std::tie(all, at_once) = h.leaves(h.conn.rtt.srtt_ns / 2 + MS(2));
		CHECK(all + 2000 >= h.conn.cc.cwnd_bytes);
		CHECK(at_once <= 12000);
		h.leaves(MS(40));
	}
	h.start_clock();
	ABORT(h, 0);
	h.take_sent();
}

TEST_CASE("pace: a window that does not grow is not paced, nor is a short path", "[pace]")
{
	Growing h([](hrtcp_cfg &) {});
	const bool short_path = GENERATE(false, true);

	h.conn.cc.cwnd_bytes = 60000;
	if (short_path)
		h.conn.rtt.srtt_ns = US(900);
	for (int i = 0; i < 3; i++) {
		WRITE(h, h.script_time(), 30000);
		auto [all, at_once] = h.leaves(MS(100));
		CHECK(at_once == 30000);
		h.acknowledge_all();
		if (short_path)
			h.conn.rtt.srtt_ns = US(900);
	}
	h.start_clock();
	ABORT(h, 0);
	h.take_sent();
}

TEST_CASE("pace: what a recovery leaves is spread over a round trip", "[pace]")
{
	Growing h;

	h.conn.cc.cwnd_bytes = 60000;
	h.conn.cc.ssthresh_bytes = 60000;
	WRITE(h, 0, 60000);
	h.leaves(MS(100));
	PEER(h, h.script_time(), ". nxt(0) ack una <sack una+1000:nxt>");
	REQUIRE(h.conn.recovery.fast_recoveries == 1);
	h.leaves(MS(100));
	PEER(h, h.script_time(), ". nxt(0) ack nxt");
	const u32 cwnd = h.conn.cc.cwnd_bytes;
	REQUIRE(h.conn.recovery.state == HRTCP_R_OPEN);
	WRITE(h, h.script_time(), 100000);
	auto [all, at_once] = h.leaves(h.conn.rtt.srtt_ns / 2);
	CHECK(at_once <= 12000);
	CHECK(all < cwnd);
	CHECK(all > cwnd / 2);
	h.start_clock();
	ABORT(h, 0);
	h.take_sent();
}

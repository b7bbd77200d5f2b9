// SPDX-License-Identifier: GPL-2.0
// Path MTU discovery without the help of routers, RFC 4821.
#include "pair.hpp"

namespace {

// Segments of 1000 that may grow to 1400.
Setup probing(u8 when = HRTCP_MTU_PROBING_ALWAYS)
{
	auto always = [](hrtcp_cfg &c) {
		c.mtu_probing = HRTCP_MTU_PROBING_ALWAYS;
		c.base_mss = 1000;
	};
	auto black_hole = [](hrtcp_cfg &c) {
		c.mtu_probing = HRTCP_MTU_PROBING_BLACK_HOLE;
		c.base_mss = 1000;
	};
	Setup s{ .mss = 1400, .sack = true };

	s.tune = when == HRTCP_MTU_PROBING_ALWAYS ? +always : +black_hole;
	return s;
}

// What ten segments of 1000 look like when the first is a probe.
const std::vector<std::string> first_flight = {
	". 1:1401(1400) ack 1", ". 1401:2001(600) ack 1", ". 2001:3001(1000) ack 1",
	". 3001:4001(1000) ack 1", ". 4001:5001(1000) ack 1", ". 5001:6001(1000) ack 1",
	". 6001:7001(1000) ack 1", ". 7001:8001(1000) ack 1", ". 8001:9001(1000) ack 1",
	". 9001:10001(1000) ack 1",
};

// A client that has sent that.
struct Probing : Client {
	explicit Probing(const Setup &s = probing(), u32 octets = 20000) : Client(s)
	{
		auto flight = first_flight;

		flight.back() = (octets == 10000 ? "P" : "") + flight.back();
		WRITE(*this, 0, octets);
		REQUIRE(sees(0, flight) == "");
	}

	u32 mss() const { return conn.snd.mss; }
	u32 cwnd() const { return conn.cc.cwnd_bytes; }
	const hrtcp_mtup &mtup() const { return conn.mtup; }
};

// Two ends and a path that swallows segments of more than @max octets of payload.
struct Narrow : Pair {
	explicit Narrow(u32 max_len, const Setup &s = probing()) : Pair(s), max(max_len)
	{
		fate = [this](bool, const hrtcp_seg &seg) {
			Fate f;
			f.lost = seg.len > max;
			lost += f.lost;
			if (!f.lost)
				largest = std::max(largest, seg.len);
			return f;
		};
		REQUIRE(connect() == "");
	}

	// The client writes and the server reads @octets. Return: when it was done.
	u64 transfer(u32 octets)
	{
		const u32 until = server.received() + octets;
		const u64 begun = client.script_time();

		WRITE(client, begun, octets);
		for (u64 t = begun; server.received() < until; t += MS(1)) {
			RUN(*this, t);
			if (server.unread())
				READ(server, server.script_time(), server.unread());
			REQUIRE(t < begun + SEC(600));
		}
		return client.script_time();
	}

	u32 max, lost = 0, largest = 0;
};

} // namespace

// -- probes ----------------------------------------------------------------------------------

TEST_CASE("probe: a data segment of what the path may take, once it arrived the size of all",
	  "[R4821-01][R4821-03][R4821-02]")
{
	Probing h;

	CHECK(h.mss() == 1000);
	PEER(h, MS(100), ". 1:1(0) ack 10001");
	CHECK(h.mss() == 1400);
	CHECK(h.take_sent().front().seg.len == 1400);
	CHECK(h.mtup().probes == 1);
	ABORT(h, MS(100));
	h.take_sent();
}

TEST_CASE("probe: a larger MSS does not make the window larger", "[R4821-05]")
{
	Probing h;
	Client plain({ .mss = 1000, .sack = true });

	WRITE(plain, 0, 20000);
	plain.take_sent();
	for (Client *c : std::initializer_list<Client *>{ &h, &plain }) {
		PEER(*c, MS(100), ". 1:1(0) ack 2001");	// no more than L, RFC 3465
		c->take_sent();
	}
	CHECK(h.mss() == 1400);
	CHECK(h.cwnd() == plain.conn.cc.cwnd_bytes);
	for (Client *c : std::initializer_list<Client *>{ &h, &plain }) {
		ABORT(*c, MS(100));
		c->take_sent();
	}
}

TEST_CASE("probe: a larger MSS leaves a recovery a window of two segments", "[R4821-05]")
{
	Probing h;

	h.conn.cc.ssthresh_bytes = 2000;
	PEER(h, MS(100), ". 1:1(0) ack 2001");
	REQUIRE(h.mss() == 1400);
	CHECK(h.conn.cc.ssthresh_bytes == 2800);	// RFC 5681 (4)
	ABORT(h, MS(100));
	h.take_sent();
}

TEST_CASE("probe: its loss alone is no congestion, what it carried leaves in small segments",
	  "[R4821-04][R8201-02]")
{
	Probing h;

	PEER(h, MS(100), ". 1:1(0) ack 1 <sack 1401:2001>");
	PEER(h, MS(100), ". 1:1(0) ack 1 <sack 1401:4001>");
	h.take_sent();
	REQUIRE(h.mtup().misses == 1);
	CHECK(h.conn.recovery.fast_recoveries == 0);
	CHECK(h.cwnd() >= 10000);
	CHECK(h.mtup().high == 1399);
	CHECK(h.mss() == 1000);
	ABORT(h, MS(100));
	h.take_sent();
}

TEST_CASE("probe: the lost one is sent again at once, whole", "[R4821-04]")
{
	Probing h(probing(), 10000);

	PEER(h, MS(100), ". 1:1(0) ack 1 <sack 1401:4001>");
	SEES(h, MS(100), ". 1:1001(1000) ack 1", ". 1001:1401(400) ack 1");
	PEER(h, MS(150), ". 1:1(0) ack 10001");
	CHECK(h.conn.recovery.fast_recoveries == 0);
	CHECK(h.cwnd() >= 10000);
	QUIET(h, SEC(5));
}

TEST_CASE("probe: lost again as a small segment it is a loss like any", "[R4821-05]")
{
	Probing h(probing(), 10000);

	PEER(h, MS(100), ". 1:1(0) ack 1 <sack 1401:10001>");
	SEES(h, MS(100), ". 1:1001(1000) ack 1", ". 1001:1401(400) ack 1");
	PEER(h, MS(200), ". 1:1(0) ack 1 <sack 1001:10001>");
	SEES(h, MS(200), ". 1:1001(1000) ack 1");
	CHECK(h.conn.recovery.fast_recoveries == 1);
	CHECK(h.cwnd() < 10000);
	PEER(h, MS(300), ". 1:1(0) ack 10001");
}

TEST_CASE("probe: lost beside others it proves nothing, and congestion is answered",
	  "[R4821-05]")
{
	Probing h(probing(), 10000);

	PEER(h, MS(100), ". 1:1(0) ack 1 <sack 3001:10001>");
	CHECK(h.conn.recovery.fast_recoveries == 1);
	CHECK(h.mtup().misses == 0);
	CHECK(h.mtup().high == 1400);
	for (const auto &s : h.take_sent())
		CHECK(s.seg.len <= 1000);
	PEER(h, MS(200), ". 1:1(0) ack 10001");
	h.take_sent();
}

TEST_CASE("probe: none while something is lost, or little follows", "[R4821-02]")
{
	Client few(probing());

	WRITE(few, 0, 5399);			// one octet less than four segments behind it
	SEES(few, 0, ". 1:1001(1000) ack 1", ". 1001:2001(1000) ack 1",
	     ". 2001:3001(1000) ack 1", ". 3001:4001(1000) ack 1", ". 4001:5001(1000) ack 1",
	     "P. 5001:5400(399) ack 1");
	PEER(few, MS(1), ". 1:1(0) ack 5400");

	Setup narrow = probing();
	narrow.win = 5399;
	Client shut(narrow);
	WRITE(shut, 0, 20000);
	CHECK(shut.conn.mtup.probes == 0);
	shut.take_sent();
	PEER(shut, MS(1), ". 1:1(0) ack 1 win 65535 <sack 1001:5001>");
	CHECK(shut.conn.mtup.probes == 0);
	ABORT(shut, MS(1));
	shut.take_sent();
}

TEST_CASE("probe: after a miss the next waits as many round trips as cwnd has segments",
	  "[R4821-04]")
{
	Narrow p(1200);

	p.transfer(300000);
	CHECK(p.client.conn.mtup.misses >= 1);
	CHECK(p.largest > 1000);
	CHECK(p.largest <= 1200);

	Probing h(probing(), 10000);
	PEER(h, MS(100), ". 1:1(0) ack 1 <sack 1401:4001>");
	h.take_sent();
	CHECK(h.mtup().next_ns >= h.now() + h.cwnd() / h.mss() * h.conn.rtt.srtt_ns);
	PEER(h, MS(150), ". 1:1(0) ack 10001");
}

TEST_CASE("probe: converges by halves, and then rests for ten minutes",
	  "[R4821-01][R4821-07][R1191-03]")
{
	Narrow p(1234);
	const auto &mtup = p.client.conn.mtup;

	p.transfer(4000000);
	CHECK(mtup.low <= 1234);
	CHECK(mtup.low > 1234 - 8);
	CHECK(mtup.probes < 12);
	CHECK(mtup.next_ns - p.client.now() > SEC(500));
	CHECK(p.client.conn.snd.mss == mtup.low);
	CHECK(p.client.conn.recovery.timeouts == 0);

	const u32 probes = mtup.probes;
	p.max = 1400;				// the path becomes better, nobody says so
	p.transfer(100000);
	CHECK(mtup.probes == probes);
	RUN(p, p.client.script_time() + SEC(601));
	p.transfer(100000);
	p.transfer(100000);
	CHECK(p.client.conn.snd.mss == 1400);
}

// -- black holes -----------------------------------------------------------------------------

TEST_CASE("black hole: R1 without an answer makes segments smaller", "[R4821-06][R2923-01]")
{
	Narrow p(1000, probing(HRTCP_MTU_PROBING_BLACK_HOLE));

	CHECK(p.client.conn.snd.mss == 1400);
	p.transfer(100000);
	CHECK(p.client.conn.snd.mss == 1000);
	CHECK(p.client.conn.mtup.black_holes == 1);
}

TEST_CASE("black hole: by halves below where the search begins", "[R4821-06][R2923-01]")
{
	Narrow p(300, probing(HRTCP_MTU_PROBING_BLACK_HOLE));

	p.transfer(20000);
	CHECK(p.client.conn.mtup.black_holes == 3);	// 1000, 500, 250
	CHECK(p.client.conn.snd.mss >= 250);
	CHECK(p.client.conn.snd.mss <= 300);
}

TEST_CASE("black hole: never below what every path takes", "[R4821-06][R8201-01]")
{
	Client h(probing(HRTCP_MTU_PROBING_BLACK_HOLE));

	h.conn.mtup.floor = 900;
	WRITE(h, 0, 1400);
	while (h.conn.state != HRTCP_CLOSED)
		h.tick(h.next_wake());
	CHECK(h.conn.snd.mss == 900);
	CHECK(h.conn.err == ETIMEDOUT);
	h.take_sent();
}

TEST_CASE("black hole: not before a second, however short the round trip", "[R4821-06]")
{
	Setup s = probing(HRTCP_MTU_PROBING_BLACK_HOLE);
	s.rtt = US(100);
	Client h(s);

	WRITE(h, 0, 1400);
	while (h.script_time() < MS(999)) {
		CHECK(h.conn.mtup.black_holes == 0);
		h.tick(h.next_wake());
	}
	while (h.script_time() < SEC(4))
		h.tick(h.next_wake());
	CHECK(h.conn.mtup.black_holes >= 1);
	ABORT(h, h.script_time());
	h.take_sent();
}

TEST_CASE("black hole: timeouts with progress in between are none", "[R4821-06][MUST-20/R1]")
{
	Client h(probing(HRTCP_MTU_PROBING_BLACK_HOLE));

	WRITE(h, 0, 14000);
	for (u32 i = 1; i < 10; i++) {		// without timestamps the backoff stays, Karn's rule
		const u32 timeouts = h.conn.recovery.timeouts;
		while (h.conn.recovery.timeouts == timeouts)
			h.tick(h.next_wake());
		h.take_sent();
		PEER(h, h.script_time(), ". 1:1(0) ack " + std::to_string(1400 * i + 1));
		h.take_sent();
		CHECK_FALSE(h.events() & HRTCP_EV_ADVICE);
	}
	CHECK(h.conn.snd.mss == 1400);
	CHECK(h.conn.mtup.black_holes == 0);
	ABORT(h, h.script_time());
	h.take_sent();
}

TEST_CASE("black hole: small segments that time out are no sign of one", "[R4821-06]")
{
	Client h(probing(HRTCP_MTU_PROBING_BLACK_HOLE));

	WRITE(h, 0, 48);
	while (h.script_time() < SEC(100))
		h.tick(h.next_wake());
	CHECK(h.conn.mtup.black_holes == 0);
	ABORT(h, h.script_time());
	h.take_sent();
}

TEST_CASE("black hole: none is looked for when probing is off", "[R4821-06]")
{
	Client h({ .mss = 1400 });

	WRITE(h, 0, 1400);
	while (h.script_time() < SEC(100))
		h.tick(h.next_wake());
	CHECK(h.conn.snd.mss == 1400);
	ABORT(h, h.script_time());
	h.take_sent();
}

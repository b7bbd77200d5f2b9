// SPDX-License-Identifier: GPL-2.0
// Rows of conformance about finding, repairing and undoing losses: bounds, and what is remembered
// of what happened before.
#include "host.hpp"

namespace {

void with_reno(hrtcp_cfg &cfg)
{
	cfg.cc = &hrtcp_cc_reno;
}

void without_probes(hrtcp_cfg &cfg)
{
	cfg.cc = &hrtcp_cc_reno;
	cfg.tlp = false;
}

constexpr Setup with_sack{ .sack = true, .tune = with_reno };
constexpr Setup with_ts{ .mss = 1012, .sack = true, .ts = true, .tune = without_probes };

// Sequence numbers, relative, of what was sent since.
std::vector<u32> begins(Host &h)
{
	std::vector<u32> out;

	for (const auto &s : h.take_sent())
		out.push_back(s.seg.seq.v - h.setup.iss);
	return out;
}

using List = std::vector<u32>;

// Ten segments were sent, in congestion avoidance; then the only timeout.
struct TimedOut : Client {
	TimedOut() : Client(with_ts)
	{
		conn.cc.ssthresh_bytes = 4000;
		WRITE(*this, 0, 20000);
		first = take_sent().front().seg.opt.tsval;
		while (!conn.recovery.timeouts)
			tick(next_wake());
		take_sent();
	}

	// An ACK that answers the first transmission.
	void original(u32 nr)
	{
		PEER(*this, script_time(), ". 1(0) ack " + std::to_string(nr) + " <TS val " +
		     std::to_string(peer_tsval()) + " ecr " + std::to_string(first) + ">");
		REQUIRE(conn.recovery.undos == 1);
	}

	void finish()
	{
		ABORT(*this, script_time());
		take_sent();
	}

	u32 first;			// TSval of the first flight
};

} // namespace

// -- Eifel -----------------------------------------------------------------------------------

TEST_CASE("undo: ssthresh becomes what was in flight, if it was less", "[R4015-01]")
{
	TimedOut h;

	h.original(3001);
	CHECK(h.conn.cc.ssthresh_bytes == 10000);
	h.finish();
}

// -- RACK and the tail loss probe ------------------------------------------------------------

TEST_CASE("RACK: two segments of one millisecond were not sent at one time", "[R8985-01]")
{
	Client h({ .sack = true, .rtt = MS(1) });

	WRITE(h, 0, 1000);
	SEES(h, 0, "P. 1(1000) ack 1");
	WRITE(h, US(200), 1000);
	h.start_clock();				// the second left now
	PEER(h, US(1000), ". 1(0) ack 1 <sack 1001:2001>");
	SEES(h, US(1050), "P. 1(1000) ack 1");		// 1250 us after it left
	PEER(h, MS(2), ". 1(0) ack 2001");
}

TEST_CASE("RACK: every D-SACK begins the sixteen recoveries anew", "[R8985-05]")
{
	Client h(with_sack);
	const auto twice = [&h](u32 una) {		// a segment that came twice
		WRITE(h, h.script_time(), 1000);
		h.take_sent();
		PEER(h, h.script_time() + MS(100), ". 1(0) ack " + std::to_string(una + 1000) + " <sack " +
		     std::to_string(una) + ":" + std::to_string(una + 1000) + ">");
	};

	twice(1);
	for (int i = 0; i < 10; i++)
		hrtcp_rack_recovered(&h.conn);
	twice(1001);
	REQUIRE(h.conn.rack.window_mult == 3);
	for (int i = 0; i < 15; i++)
		hrtcp_rack_recovered(&h.conn);
	CHECK(h.conn.rack.window_mult == 3);
	hrtcp_rack_recovered(&h.conn);
	CHECK(h.conn.rack.window_mult == 1);
}

TEST_CASE("TLP: none while one is out, though a sample was taken since", "[R8985-09]")
{
	Client h(with_sack);

	WRITE(h, 0, 4000);
	h.start_clock();
	SEES(h, MS(200), "P. 3001(1000) ack 1");
	PEER(h, MS(210), ". 1(0) ack 2001");		// a sample, and the probe is not answered
	REQUIRE(h.conn.tlp.sampled);
	while (!h.conn.recovery.timeouts)
		h.tick(h.next_wake());
	CHECK(h.conn.tlp.probes == 1);
	h.take_sent();
	h.start_clock();
}

TEST_CASE("TLP: none before a sample was taken, though none is out", "[R8985-09]")
{
	Client h(with_sack);

	WRITE(h, 0, 1000);
	h.start_clock();
	SEES(h, MS(240), "P. 1(1000) ack 1");
	PEER(h, MS(250), ". 1(0) ack 1001 <sack 1:1001>");	// both came: of which is the ACK?
	REQUIRE_FALSE(h.conn.tlp.out);
	WRITE(h, MS(300), 1000);
	SEES(h, MS(300), "P. 1001(1000) ack 1");
	while (!h.conn.recovery.timeouts)
		h.tick(h.next_wake());
	CHECK(h.conn.tlp.probes == 1);
	h.take_sent();
	h.start_clock();
}

TEST_CASE("TLP: none is armed while a timeout is being repaired", "[R8985-08]")
{
	Client h(with_sack);

	h.cfg.tlp = false;
	WRITE(h, 0, 6000);
	while (!h.conn.recovery.timeouts)
		h.tick(h.next_wake());
	h.take_sent();
	h.cfg.tlp = true;
	for (const char *ack : { ". 1(0) ack 1001", ". 1(0) ack 2001" }) {
		PEER(h, h.script_time() + MS(100), ack);
		REQUIRE(h.conn.recovery.state == HRTCP_R_LOSS);
		h.take_sent();
		CHECK_FALSE(hrtcp_timer_armed(&h.conn.timers, HRTCP_T_PROBE));
	}
	REQUIRE(h.conn.txq.pipe_bytes > 0);
	h.start_clock();
}

// -- proportional rate reduction -------------------------------------------------------------

TEST_CASE("PRR: the share of what was delivered is rounded up", "[R9937-03]")
{
	Client h(with_sack);

	WRITE(h, 0, 9999);
	REQUIRE(begins(h).size() == 10);
	PEER(h, MS(100), ". 1(0) ack 1 <sack 1001:4001>");
	REQUIRE(h.conn.cc.ssthresh_bytes == 4999);
	// of 9999 3000 were delivered and 1000 lost; 3000 * 4999 / 9999 = 1499.85
	CHECK(h.conn.cc.cwnd_bytes == 5999 + 1500);
	h.take_sent();
	h.start_clock();
}

TEST_CASE("PRR: the first ACK lets a segment go, however little it delivered", "[R9937-05]")
{
	Client h(with_sack);

	WRITE(h, 0, 1000);
	SEES(h, 0, "P. 1(1000) ack 1");
	WRITE(h, MS(50), 9000);
	REQUIRE(begins(h).size() == 9);
	PEER(h, MS(150), ". 1(0) ack 1 <sack 1001:2001>");	// what left 50 ms before is lost
	REQUIRE(h.conn.cc.ssthresh_bytes == 5000);
	SEES(h, MS(150), "P. 1(1000) ack 1");		// a tenth was delivered, half of that is 500
	PEER(h, MS(250), ". 1(0) ack 10001");
}

// -- without SACK, and beyond the window -----------------------------------------------------

TEST_CASE("NewReno: a partial ACK takes back what was counted for what it acknowledges",
	  "[R6582-02]")
{
	Client h;

	WRITE(h, 0, 10000);
	REQUIRE(begins(h).size() == 10);
	for (int i = 0; i < 5; i++)
		PEER(h, MS(100), ". 1:1(0) ack 1");
	SEES(h, MS(100), ". 1(1000) ack 1");
	REQUIRE(hrtcp_recovery_pipe(&h.conn) == 5000);	// five have left
	PEER(h, MS(200), ". 1:1(0) ack 3001");		// the lost one and two of the five
	SEES(h, MS(200), ". 3001(1000) ack 1");
	CHECK(hrtcp_recovery_pipe(&h.conn) == 7000 - 3000);
	PEER(h, MS(300), ". 1:1(0) ack 10001");
}

TEST_CASE("a first repeat goes beyond the window, also of what is not the first of all",
	  "[R7323-08]")
{
	Client h(with_sack);

	WRITE(h, 0, 6000);
	REQUIRE(begins(h).size() == 6);
	PEER(h, MS(100), ". 1(0) ack 1 win 500 <sack 2001:6001>");
	SEES(h, MS(100), ". 1(1000) ack 1", ". 1001(1000) ack 1");
	PEER(h, MS(200), ". 1(0) ack 6001");
}

TEST_CASE("D-SACK: of two parts that came twice the first, whichever came later", "[R2883-03]")
{
	Client h(with_sack);

	PEER(h, 0, ". 501:601(100) ack 1");
	SEES(h, 0, ". 1(0) ack 1 <sack 501:601>");
	PEER(h, MS(1), ". 301:401(100) ack 1");
	SEES(h, MS(1), ". 1(0) ack 1 <sack 301:401 501:601>");
	PEER(h, MS(2), ". 351:701(350) ack 1");
	SEES(h, MS(2), ". 1(0) ack 1 <sack 351:401 301:701>");
}

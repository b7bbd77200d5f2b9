// SPDX-License-Identifier: GPL-2.0
// Rows of conformance: RACK-TLP (RFC 8985) and PRR (RFC 9937), beyond test_rack.cpp.
#include "host.hpp"

namespace {

const Setup with_sack{ .sack = true };

// Sequence numbers, relative, of what was sent since.
std::vector<u32> begins(Host &h)
{
	std::vector<u32> out;

	for (const auto &s : h.take_sent())
		out.push_back(s.seg.seq.v - h.setup.iss);
	return out;
}

using List = std::vector<u32>;

} // namespace

// -- RACK ------------------------------------------------------------------------------------

TEST_CASE("RACK: times finer than a quarter of the shortest RTT", "[R8985-01]")
{
	Client h({ .sack = true, .rtt = US(100) });

	WRITE(h, 0, 2000);
	h.start_clock();
	PEER(h, US(100), ". 1(0) ack 1 <sack 1001:2001>");
	SEES(h, US(125), ". 1(1000) ack 1");
	PEER(h, US(225), ". 1(0) ack 2001");
}

TEST_CASE("RACK: not without SACK", "[R8985-01]")
{
	Client h;

	WRITE(h, 0, 5000);
	h.start_clock();
	PEER(h, MS(100), ". 1(0) ack 1 <sack 1001:5001>");
	QUIET(h, MS(125) - 1);			// a duplicate ACK, and no more
	CHECK_FALSE(h.conn.rack.newest.at_ns);
	SEES(h, MS(125), ". 1(1000) ack 1");
}

TEST_CASE("RACK: an ACK of the first transmission says nothing of the second", "[R8985-02]")
{
	for (const bool ts : { false, true }) {
		Client h({ .sack = true, .ts = ts });
		CAPTURE(ts);
		const u32 mss = h.conn.snd.mss;
		const std::string last = std::to_string(1 + 5 * mss);
		WRITE(h, 0, 6 * mss);
		h.start_clock();
		const u32 at_zero = h.last_tsval();
		const std::string old = ts ? ",TS val 5000 ecr " + std::to_string(at_zero) : "";
		PEER(h, MS(100), ". 1(0) ack 1 <sack " + std::to_string(1 + mss) + ":" + last +
					 old + ">");
		REQUIRE(begins(h) == List{ 1 });
		const u64 newest = h.conn.rack.newest.at_ns;
		// within the least RTT; with timestamps also later, by what is echoed
		PEER(h, ts ? MS(250) : MS(150), ". 1(0) ack " + last + " <" +
						      (ts ? old.substr(1) : "") + ">");
		CHECK(h.conn.rack.newest.at_ns == newest);
		h.take_sent();
		h.start_clock();
	}
}

TEST_CASE("RACK: what is SACKed beyond a gap counts, though its ACK echoes an older segment",
	  "[R8985-02][R8985-09]")
{
	Client h({ .sack = true, .ts = true });
	const u32 mss = h.conn.snd.mss;

	WRITE(h, 0, 4 * mss);
	h.start_clock();
	const std::string echo = ",TS val 5000 ecr " + std::to_string(h.last_tsval()) + ">";
	PEER(h, MS(100), ". 1(0) ack " + std::to_string(1 + 2 * mss) + " <" + echo.substr(1));
	REQUIRE(h.run(MS(300)) == "");
	REQUIRE(begins(h) == List{ 1 + 3 * mss });	// the probe; its SACK shows what was lost
	PEER(h, MS(400), ". 1(0) ack " + std::to_string(1 + 2 * mss) + " <sack " +
				 std::to_string(1 + 3 * mss) + ":" + std::to_string(1 + 4 * mss) + echo);
	CHECK(begins(h) == List{ 1 + 2 * mss });
	CHECK(h.conn.recovery.timeouts == 0);
}

TEST_CASE("RACK: once reordering was seen, three SACKed segments are no proof", "[R8985-04]")
{
	Client h(with_sack);

	WRITE(h, 0, 2000);
	h.start_clock();
	PEER(h, MS(100), ". 1(0) ack 1 <sack 1001:2001>");
	PEER(h, MS(101), ". 1(0) ack 2001");
	REQUIRE(h.conn.rack.reordering);
	WRITE(h, MS(200), 5000);
	h.start_clock();
	PEER(h, MS(100), ". 1(0) ack 2001 <sack 3001:6001>");
	QUIET(h, MS(125) - 1);
	SEES(h, MS(125), ". 2001(1000) ack 1");		// a quarter of 100 ms later
	PEER(h, MS(225), ". 1(0) ack 7001");
}

TEST_CASE("RACK: the window widens with each round of D-SACKs, up to SRTT, for 16 recoveries",
	  "[R8985-05]")
{
	Client h(with_sack);
	u32 una = 1;

	for (int round = 0; round < 6; round++) {
		WRITE(h, h.script_time(), 1000);
		h.take_sent();
		PEER(h, h.script_time() + MS(100),
		     ". 1(0) ack " + std::to_string(una + 1000) + " <sack " +
			     std::to_string(una) + ":" + std::to_string(una + 1000) + ">");
		una += 1000;
		CHECK(h.conn.rack.window_mult == round + 2);
	}
	// 7 quarters of 100 ms, but SRTT is 100 ms
	CHECK(hrtcp_rack_age(&h.conn) == h.conn.rack.rtt_ns + MS(100));
	for (int i = 0; i < 15; i++)
		hrtcp_rack_recovered(&h.conn);
	CHECK(h.conn.rack.window_mult == 7);
	hrtcp_rack_recovered(&h.conn);
	CHECK(h.conn.rack.window_mult == 1);
}

TEST_CASE("timeout: what was sent a moment ago is not taken for lost", "[R8985-07]")
{
	Client h(with_sack);

	WRITE(h, 0, 1000);
	h.start_clock();
	PEER(h, MS(100), ". 1(0) ack 1001");		// RACK.rtt is 100 ms
	WRITE(h, MS(100), 2000);
	h.take_sent();
	h.tick(h.next_wake());				// the probe
	REQUIRE(h.conn.tlp.out);
	h.take_sent();
	const u64 rto_at = h.conn.timers.at_ns[HRTCP_T_RETRANSMIT];
	const u64 late = rto_at - h.now() + h.script_time() - MS(50);
	WRITE(h, late, 1000);
	REQUIRE(begins(h) == List{ 3001 });
	h.tick(rto_at);
	REQUIRE(h.conn.recovery.timeouts == 1);
	CHECK(begins(h) == List{ 1001 });
	CHECK(h.conn.txq.lost_bytes == 1000);		// 2001, not 3001
	h.start_clock();
}

// -- TLP -------------------------------------------------------------------------------------

TEST_CASE("TLP: not with something SACKed, and never after the RTO", "[R8985-08]")
{
	Client h(with_sack);
	const auto probe_at = [&] { return h.conn.timers.at_ns[HRTCP_T_PROBE]; };

	WRITE(h, 0, 2000);
	h.start_clock();
	CHECK(probe_at() == h.now() + MS(200));
	WRITE(h, MS(150), 2000);			// after new data anew, but no later ...
	h.start_clock();
	CHECK(probe_at() == h.conn.timers.at_ns[HRTCP_T_RETRANSMIT]);
	PEER(h, MS(10), ". 1(0) ack 1 <sack 1001:2001>");
	CHECK(probe_at() == HRTCP_NEVER);
	h.take_sent();
	h.start_clock();
}

TEST_CASE("TLP: without any sample none is sent, and the timeout does not wait for it",
	  "[R8985-08][R8985-09]")
{
	Reached h(HRTCP_SYN_SENT, with_sack);

	SEES(h, SEC(1), "S 0:0(0)");
	PEER(h, SEC(2), "S. 0:0(0) ack 1");
	SEES(h, SEC(2), ". 1(0) ack 1");
	REQUIRE(h.conn.rtt.srtt_ns == 0);
	WRITE(h, SEC(2), 1000);
	SEES(h, SEC(2), "P. 1(1000) ack 1");
	CHECK(h.conn.timers.at_ns[HRTCP_T_PROBE] == HRTCP_NEVER);
	SEES(h, SEC(5), "P. 1(1000) ack 1");
	CHECK(h.conn.tlp.probes == 0);
}

TEST_CASE("TLP: a segment of new data, beyond cwnd", "[R8985-09]")
{
	Client h(with_sack);

	WRITE(h, 0, 20000);
	REQUIRE(begins(h).size() == 10);
	h.start_clock();
	SEES(h, MS(200), ". 10001(1000) ack 1");
	CHECK_FALSE(h.conn.tlp.again);
	CHECK(h.conn.timers.at_ns[HRTCP_T_RETRANSMIT] == h.now() + RTO);
	QUIET(h, MS(200) + RTO - 1);			// no second one
	h.tick(h.now() + 1);
	CHECK(h.conn.recovery.timeouts == 1);
	h.take_sent();
	h.start_clock();
}

TEST_CASE("TLP: no further one before a sample was taken", "[R8985-09]")
{
	Client h(with_sack);

	WRITE(h, 0, 1000);
	h.start_clock();
	SEES(h, MS(240), "P. 1(1000) ack 1");
	PEER(h, MS(250), ". 1(0) ack 1001");		// of which transmission?
	WRITE(h, MS(300), 1000);
	SEES(h, MS(300), "P. 1001(1000) ack 1");
	const u64 rto = hrtcp_rtt_timeout(&h.conn.rtt, &h.cfg);
	h.run(MS(300) + MS(240));
	CHECK(h.conn.tlp.probes == 1);
	SEES(h, MS(300) + rto, "P. 1001(1000) ack 1");
	CHECK(h.conn.recovery.timeouts == 1);
}

TEST_CASE("TLP: a FIN that is all there is goes again, once, and is no congestion", "[R8985-08]")
{
	Client h(with_sack);

	WRITE(h, 0, 3000);
	h.take_sent();
	PEER(h, MS(100), ". 1(0) ack 3001");
	CLOSE(h, MS(110));
	SEES(h, MS(110), "F. 3001(0) ack 1");
	h.conn.rtt.peer_delack_ns = MS(40);
	const u32 cwnd = h.conn.cc.cwnd_bytes;
	const u64 pto = 2 * h.conn.rtt.srtt_ns + MS(40), rto = h.conn.rtt.rto_ns;
	SEES(h, MS(110) + pto, "F. 3001(0) ack 1");
	CHECK(h.conn.recovery.timeouts == 0);
	CHECK(h.conn.cc.cwnd_bytes == cwnd);
	SEES(h, MS(110) + pto + rto, "F. 3001(0) ack 1");
	CHECK(h.conn.recovery.timeouts == 1);
	PEER(h, h.script_time(), ". 1(0) ack 3002");
	STATE(h, FIN_WAIT_2);
}

// -- PRR -------------------------------------------------------------------------------------

namespace {

// Ten segments are out, the first is lost; the ACK that shows it has SACKed @n others.
struct Reducing : Client {
	explicit Reducing(int n, const char *shows = nullptr) : Client({ .sack = true, .tune = [](hrtcp_cfg &c) {
		c.cc = &hrtcp_cc_reno;
	} })
	{
		WRITE(*this, 0, 40000);
		REQUIRE(begins(*this).size() == 10);
		start_clock();
		if (shows)
			PEER(*this, MS(100), shows);
		else
			sacked(MS(100), 1001 + n * 1000);
		REQUIRE(conn.cc.ssthresh_bytes == 5000);
	}

	void sacked(u64 t, int end)
	{
		PEER(*this, t, ". 1(0) ack 1 <sack 1001:" + std::to_string(end) + ">");
	}

	u32 pipe() const { return hrtcp_recovery_pipe(&conn); }
};

} // namespace

TEST_CASE("PRR: begins with what is out and what the first ACK delivered, one goes at once",
	  "[R9937-01][R9937-02][R9937-05]")
{
	Reducing h(3);

	CHECK(h.conn.recovery.prr.flight_bytes == 10000);
	CHECK(h.conn.recovery.prr.delivered_bytes == 3000);
	CHECK(begins(h) == List{ 1 });
	CHECK(h.conn.recovery.prr.out_bytes == 1000);
	CHECK(h.pipe() == 7000);	// 10 - 3 SACKed - 1 lost + 1 sent again
	CHECK(h.conn.cc.cwnd_bytes == 6000 + 1500);
	h.start_clock();
}

TEST_CASE("RACK: what is lost waits until PRR lets it go, and nothing goes that is not",
	  "[R8985-11][R9937-02][R9937-04]")
{
	Reducing h(0, ". 1(0) ack 1 <sack 7001:10001>");

	CHECK(h.conn.txq.lost_bytes == 4000);		// of seven, three are out again
	CHECK(begins(h) == List{ 1, 1001, 2001 });
	CHECK(h.pipe() == 3000);
	PEER(h, MS(200), ". 1(0) ack 1001 <sack 7001:10001>");
	CHECK(begins(h) == List{ 3001, 4001 });
	PEER(h, MS(201), ". 1(0) ack 2001 <sack 7001:10001>");
	CHECK(begins(h) == List{ 5001, 6001 });
	CHECK(h.pipe() == 5000);
	PEER(h, MS(202), ". 1(0) ack 3001 <sack 7001:10001>");
	CHECK(begins(h) == List{ 10001 });
	h.start_clock();
}

TEST_CASE("PRR: above ssthresh in proportion to what is delivered",
	  "[R9937-03][R6675-06][R5681-13]")
{
	Reducing h(3);

	REQUIRE(begins(h) == List{ 1 });
	h.sacked(MS(101), 5001);	// 4 of 10 delivered: 2 may have gone
	CHECK(begins(h) == List{ 10001 });
	h.sacked(MS(102), 6001);	// 2.5
	CHECK(begins(h).empty());
	h.sacked(MS(103), 7001);	// 3, and 5 are in flight: ssthresh
	CHECK(begins(h).empty());
	CHECK(h.pipe() == 5000);
	h.sacked(MS(104), 8001);
	CHECK(begins(h) == List{ 11001 });
	CHECK(h.pipe() == 5000);
	h.start_clock();
}

TEST_CASE("PRR: below ssthresh up to it, as fast as it is delivered", "[R9937-04][R6675-06]")
{
	Reducing h(8);			// 1 in flight

	CHECK(h.conn.cc.cwnd_bytes == 5000);
	CHECK(begins(h) == List{ 1, 10001, 11001, 12001 });
	CHECK(h.pipe() == 5000);
	h.start_clock();
}

TEST_CASE("PRR: one segment more where the ACK shows that it is safe", "[R9937-04]")
{
	for (const bool advances : { true, false }) {
		Reducing h(0, ". 1(0) ack 1 <sack 7001:10001>");	// seven are lost
		CAPTURE(advances);
		REQUIRE(begins(h) == List{ 1, 1001, 2001 });		// as many as arrived
		PEER(h, MS(150), advances ? ". 1(0) ack 1001 <sack 7001:10001>" :
					    ". 1(0) ack 1 <sack 1001:2001 7001:10001>");
		CHECK(begins(h) == (advances ? List{ 3001, 4001 } : List{ 3001 }));
		h.start_clock();
	}
}

TEST_CASE("PRR: ends at ssthresh", "[R9937-06]")
{
	Reducing h(3);

	h.take_sent();
	PEER(h, MS(200), ". 1(0) ack 10001");
	CHECK(h.conn.recovery.state == HRTCP_R_OPEN);
	CHECK(h.conn.cc.cwnd_bytes >= 5000);
	CHECK(h.conn.cc.cwnd_bytes <= 6000);	// ssthresh, and what a round trip lets it grow
	h.take_sent();
	h.start_clock();
}

// SPDX-License-Identifier: GPL-2.0
// test_rack.cpp -- SACK recovery: RACK-TLP (RFC 8985), PRR (RFC 9937), undo.
// Round trips of the handshake are 100 ms: RTO 340 ms, PTO 200 ms, and 40 ms more where the peer
// may withhold the ACK of an odd last segment.
#include "host.hpp"

namespace {

const Setup with_sack{ .sack = true };

// @n segments of 1000 octets leave at @t.
void send(Host &h, u64 t, int first, int n)
{
	std::vector<std::string> lines;

	REQUIRE(h.write(t, static_cast<u32>(n) * 1000) == "");
	for (int i = 0; i < n; i++) {
		const int at = first + i * 1000;
		lines.push_back((i == n - 1 ? "P. " : ". ") + std::to_string(at) + "(1000) ack 1");
	}
	REQUIRE(h.sees(t, lines) == "");
}

} // namespace

TEST_CASE("RACK: what was sent before three SACKed segments is lost",
	  "[R8985-04][R8985-06][R2018-07][R6675-05]")
{
	Client h(with_sack);

	send(h, 0, 1, 5);
	PEER(h, MS(100), ". 1(0) ack 1 <sack 1001:2001>");
	PEER(h, MS(100), ". 1(0) ack 1 <sack 1001:3001>");
	QUIET(h, MS(100));
	CHECK(h.conn.recovery.state == HRTCP_R_DISORDER);
	PEER(h, MS(101), ". 1(0) ack 1 <sack 1001:4001>");
	SEES(h, MS(101), ". 1(1000) ack 1");
	CHECK(h.conn.recovery.state == HRTCP_R_RECOVERY);
	PEER(h, MS(200), ". 1(0) ack 5001");
	CHECK(h.conn.recovery.state == HRTCP_R_OPEN);
	QUIET(h, SEC(10));
}

TEST_CASE("RACK: fewer SACKed segments wait for a quarter of the least RTT",
	  "[R8985-04][R8985-06][R8985-11]")
{
	Client h(with_sack);

	send(h, 0, 1, 2);
	PEER(h, MS(100), ". 1(0) ack 1 <sack 1001:2001>");
	SEES(h, MS(125), ". 1(1000) ack 1");
	PEER(h, MS(225), ". 1(0) ack 2001");
	QUIET(h, SEC(10));
}

TEST_CASE("RACK: a segment that comes late is no loss, and widens nothing but the mind",
	  "[R8985-03]")
{
	Client h(with_sack);

	send(h, 0, 1, 2);
	PEER(h, MS(100), ". 1(0) ack 1 <sack 1001:2001>");
	PEER(h, MS(110), ". 1(0) ack 2001");
	QUIET(h, SEC(10));
	CHECK(h.conn.rack.reordering);
	CHECK(h.conn.recovery.fast_recoveries == 0);
}

TEST_CASE("RACK: a retransmission that is lost is found and sent again", "[R8985-06]")
{
	Client h(with_sack);

	send(h, 0, 1, 6);
	PEER(h, MS(100), ". 1(0) ack 1 <sack 1001:4001>");
	SEES(h, MS(100), ". 1(1000) ack 1");
	WRITE(h, MS(101), 1000);
	PEER(h, MS(102), ". 1(0) ack 1 <sack 1001:6001>");
	SEES(h, MS(102), "P. 6001(1000) ack 1");
	PEER(h, MS(202), ". 1(0) ack 1 <sack 1001:7001>");	// sent after it, and there
	SEES(h, MS(202), ". 1(1000) ack 1");
	PEER(h, MS(302), ". 1(0) ack 7001");
	QUIET(h, SEC(10));
}

TEST_CASE("TLP: a lost last segment is probed for after two round trips", "[R8985-08][R8985-09]")
{
	Client h(with_sack);

	send(h, 0, 1, 4);
	PEER(h, MS(100), ". 1(0) ack 2001");
	// SRTT is 100 ms; two segments are out, whose ACK nobody withholds
	SEES(h, MS(300), "P. 3001(1000) ack 1");
	PEER(h, MS(400), ". 1(0) ack 2001 <sack 3001:4001>");
	SEES(h, MS(400), ". 2001(1000) ack 1");
	PEER(h, MS(500), ". 1(0) ack 4001");
	QUIET(h, SEC(10));
	CHECK(h.conn.tlp.probes == 1);
	CHECK(h.conn.recovery.timeouts == 0);
}

TEST_CASE("TLP: which transmission of the probe arrived does not matter to what was sent before both",
	  "[R8985-02][R8985-10]")
{
	Client h(with_sack);

	send(h, 0, 1, 4);
	SEES(h, MS(200), "P. 3001(1000) ack 1");
	// sooner than the least RTT: of 3001 itself, RACK learns nothing by that
	PEER(h, MS(250), ". 1(0) ack 1 <sack 3001:4001>");
	SEES(h, MS(275), ". 1(1000) ack 1");
	CHECK(h.conn.recovery.timeouts == 0);
}

TEST_CASE("TLP: the ACK of a lone segment may be withheld", "[R8985-08]")
{
	Client h(with_sack);

	send(h, 0, 1, 1);
	PEER(h, MS(239), ". 1(0) ack 1001");	// PTO 240 ms
	QUIET(h, SEC(10));
	CHECK(h.conn.tlp.probes == 0);
}

TEST_CASE("TLP: new data is the better probe", "[R8985-09]")
{
	Client h({ .win = 3000, .sack = true });

	WRITE(h, 0, 4000);
	SEES(h, 0, ". 1(1000) ack 1", ". 1001(1000) ack 1", ". 2001(1000) ack 1");
	PEER(h, MS(100), ". 1(0) ack 1001 win 2000");
	PEER(h, MS(101), ". 1(0) ack 1001 win 2000");
	SEES(h, MS(300), ". 2001(1000) ack 1");	// no window for new data: the last again
	CHECK(h.conn.tlp.again);
}

TEST_CASE("TLP: one probe only, then the RTO", "[R8985-09]")
{
	Client h(with_sack);

	send(h, 0, 1, 2);
	SEES(h, MS(200), "P. 1001(1000) ack 1");
	SEES(h, MS(540), ". 1(1000) ack 1");	// RTO 340 ms after the probe
	CHECK(h.conn.recovery.timeouts == 1);
}

TEST_CASE("TLP: a repaired loss is answered by the congestion control", "[R8985-10]")
{
	Client h(with_sack);
	send(h, 0, 1, 2);
	const u32 cwnd = h.conn.cc.cwnd_bytes;
	SEES(h, MS(200), "P. 1001(1000) ack 1");
	PEER(h, MS(300), ". 1(0) ack 2001");
	send(h, MS(310), 2001, 1);
	PEER(h, MS(410), ". 1(0) ack 3001");	// beyond the probe, and no D-SACK came
	CHECK(h.conn.cc.ssthresh_bytes < cwnd);
	CHECK(h.conn.cc.cwnd_bytes <= h.conn.cc.ssthresh_bytes);
}

TEST_CASE("TLP: a repaired loss takes a window that was used down to ssthresh", "[R8985-10]")
{
	Client h(with_sack);

	send(h, 0, 1, 10);
	PEER(h, MS(100), ". 1(0) ack 9001");
	while (!h.conn.tlp.out)
		h.tick(h.next_wake());
	h.take_sent();
	PEER(h, h.script_time() + MS(100), ". 1(0) ack 10001");
	const u32 cwnd = h.conn.cc.cwnd_bytes;
	send(h, h.script_time(), 10001, 1);
	PEER(h, h.script_time() + MS(100), ". 1(0) ack 11001");
	CHECK(h.conn.recovery.timeouts == 0);
	CHECK(h.conn.cc.ssthresh_bytes < cwnd);
	CHECK(h.conn.cc.cwnd_bytes <= h.conn.cc.ssthresh_bytes + 1000);
}

TEST_CASE("TLP: a D-SACK says that nothing was lost", "[R8985-10][R2883-05]")
{
	Client h(with_sack);
	send(h, 0, 1, 2);
	const u32 cwnd = h.conn.cc.cwnd_bytes;
	SEES(h, MS(200), "P. 1001(1000) ack 1");
	PEER(h, MS(250), ". 1(0) ack 2001");
	PEER(h, MS(300), ". 1(0) ack 2001 <sack 1001:2001>");
	send(h, MS(310), 2001, 1);
	PEER(h, MS(410), ". 1(0) ack 3001");
	CHECK(h.conn.cc.cwnd_bytes >= cwnd);
}

TEST_CASE("timeout: with SACK only the head and what is old is sent again", "[R8985-07][R6675-01]")
{
	Client h(with_sack);

	send(h, 0, 1, 3);
	SEES(h, MS(240), "P. 2001(1000) ack 1");	// the probe, lost as well
	SEES(h, MS(580), ". 1(1000) ack 1");
	PEER(h, MS(680), ". 1(0) ack 1001");
	SEES(h, MS(680), ". 1001(1000) ack 1", "P. 2001(1000) ack 1");
	PEER(h, MS(780), ". 1(0) ack 3001");
	CHECK(h.conn.recovery.state == HRTCP_R_OPEN);
	QUIET(h, SEC(10));
}

TEST_CASE("F-RTO: a timeout that the path was only slow for is undone", "[R5682-02][R4015-01]")
{
	Client h(with_sack);

	send(h, 0, 1, 4);
	SEES(h, MS(200), "P. 3001(1000) ack 1");
	const u32 ssthresh = h.conn.cc.ssthresh_bytes;
	SEES(h, MS(540), ". 1(1000) ack 1");
	CHECK(h.conn.recovery.state == HRTCP_R_LOSS);
	PEER(h, MS(541), ". 1(0) ack 2001");	// 1001:2001 was not sent again, but is there
	CHECK(h.conn.recovery.state == HRTCP_R_OPEN);
	CHECK(h.conn.recovery.undos == 1);
	CHECK(h.conn.cc.ssthresh_bytes == ssthresh);
	PEER(h, MS(542), ". 1(0) ack 4001");
	QUIET(h, SEC(10));
}

TEST_CASE("D-SACK: a recovery whose every retransmission came twice is undone", "[R3708-01]")
{
	Client h(with_sack);

	send(h, 0, 1, 6);
	const u32 cwnd = h.conn.cc.cwnd_bytes;
	PEER(h, MS(100), ". 1(0) ack 1 <sack 1001:4001>");
	SEES(h, MS(100), ". 1(1000) ack 1");
	CHECK(h.conn.cc.ssthresh_bytes < cwnd);
	PEER(h, MS(101), ". 1(0) ack 6001");
	PEER(h, MS(200), ". 1(0) ack 6001 <sack 1:1001>");
	CHECK(h.conn.recovery.undos == 1);
	CHECK(h.conn.cc.cwnd_bytes >= cwnd);
	CHECK(h.conn.rack.window_mult == 2);	// [R8985-05]
}

TEST_CASE("PRR: the flight comes down as data is delivered", "[R9937-03][R9937-05][R9937-06]")
{
	Client h(with_sack);
	WRITE(h, 0, 20000);
	h.take_sent();	// ten segments
	REQUIRE(h.conn.txq.pipe_bytes == 10000);
	PEER(h, MS(100), ". 1(0) ack 1 <sack 1001:4001>");
	REQUIRE(h.conn.cc.ssthresh_bytes == 5000);
	CHECK(h.conn.recovery.prr.flight_bytes == 10000);
	// 6000 in flight, 3000 delivered of 10000: half of that, the retransmission first
	const auto first = h.take_sent();
	REQUIRE(first.size() >= 1);
	CHECK(first.front().seg.seq.v == h.conn.snd.iss.v + 1);
	for (int i = 0; i < 6; i++) {
		PEER(h, MS(101 + static_cast<u64>(i)),
		     ". 1(0) ack 1 <sack 1001:" + std::to_string(5001 + i * 1000) + ">");
		h.take_sent();
	}
	CHECK(hrtcp_recovery_pipe(&h.conn) <= 5000);
	PEER(h, MS(220), ". 1(0) ack 10001");
	CHECK(h.conn.recovery.state == HRTCP_R_OPEN);
	CHECK(h.conn.cc.cwnd_bytes >= 5000);
	CHECK(h.conn.cc.cwnd_bytes <= 6000);
	h.take_sent();
}

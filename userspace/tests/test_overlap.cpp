// SPDX-License-Identifier: GPL-2.0
// test_overlap.cpp -- what happens when episodes overlap: recoveries one into the other, and the
// timers of a loss beside each other. RFC 3522, 3708, 6298 5, 8985 7.2 and 8.
#include "pair.hpp"

namespace {

constexpr u64 path = MS(10); // one way

// 40 segments through a wire that loses the first transmission of some; what the sender made of it.
struct Repaired {
	u32 undos, recoveries, timeouts;
	bool done;
};

Repaired repair(const std::set<u32> &lost, bool ts, bool hr)
{
	Pair p({ .mss = static_cast<u16>(ts ? 1012 : 1000), .win = 65535, .sack = true, .ts = ts, .hr = hr,
		 .tune = [](hrtcp_cfg &cfg) { cfg.cc = &hrtcp_cc_reno; } });
	std::set<u32> seen;

	REQUIRE(p.connect() == "");
	p.client.conn.cc.cwnd_bytes = 20000;
	p.fate = [&](bool from_client, const hrtcp_seg &seg) {
		const u32 n = (seg.seq.v - p.client.setup.iss - 1) / 1000;

		if (!from_client || !seg.len || !lost.count(n))
			return Fate{};
		return Fate{ .lost = seen.insert(n).second };
	};
	WRITE(p.client, 0, 40000);
	for (u64 t = MS(5); t < SEC(2); t += MS(5)) {
		RUN(p, t);
		READ(p.server, t, p.server.unread());
	}
	const hrtcp_recovery &rec = p.client.conn.recovery;
	return { rec.undos, rec.fast_recoveries, rec.timeouts, p.server.received() == 40000 };
}

} // namespace

TEST_CASE("undo: none where every segment that was sent again had been lost",
	  "[R3522-01][R4015-01]")
{
	const bool hr = GENERATE(false, true), ts = GENERATE(false, true);
	u32 overlaps = 0;

	if (hr && !ts)
		return;
	for (u32 second = 1; second < 20; second += 3)
		for (u32 third = 20; third < 30; third++)
			for (u32 fourth = third + 1; fourth < 32; fourth += 2) {
				INFO("lost: 0, " << second << ", " << third << ", " << fourth);
				const Repaired r = repair({ 0, second, third, fourth }, ts, hr);
				REQUIRE(r.done);
				REQUIRE(r.undos == 0);
				overlaps += r.recoveries > 1;
			}
	CHECK(overlaps > 50);
}

TEST_CASE("undo: an ACK vouches for what it acknowledges, not for the rest of the episode",
	  "[R3522-01]")
{
	Client h({ .mss = 1012, .sack = true, .ts = true });
	const auto ack = [&h](const std::string &nr, u32 ecr, const std::string &more = "") {
		PEER(h, h.script_time(), ". 1:1(0) ack " + nr + " <TS val " + std::to_string(h.peer_tsval()) +
		     " ecr " + std::to_string(ecr) + more + ">");
	};

	WRITE(h, 0, 10000);
	auto sent = h.take_sent();
	REQUIRE(sent.size() == 10);
	const u32 first = sent.front().seg.opt.tsval;
	h.run(MS(100));
	ack("1", first, ",sack 1001:4001 5001:9001");	// 1 and 4001 seem lost
	REQUIRE(h.conn.recovery.fast_recoveries == 1);
	REQUIRE(h.take_sent().size() >= 2);
	h.run(MS(110));
	ack("4001", first, ",sack 5001:9001");		// the first was only late
	CHECK(h.conn.recovery.undos == 0);		// of 4001 nothing is known
	h.take_sent();
	h.start_clock();
	ABORT(h, 0);
	h.take_sent();
}

TEST_CASE("undo: D-SACKs of what was repeated before the episode do not count for it",
	  "[R4015-01][R2883-05]")
{
	Client h({ .sack = true, .tune = [](hrtcp_cfg &cfg) { cfg.tlp = false; } });

	WRITE(h, 0, 10000);
	h.take_sent();
	PEER(h, MS(100), ". 1:1(0) ack 1 <sack 1001:5001>");
	REQUIRE(h.conn.recovery.fast_recoveries == 1);
	h.take_sent();
	PEER(h, MS(110), ". 1:1(0) ack 10001");		// all was there
	WRITE(h, MS(110), 4000);
	h.take_sent();
	PEER(h, MS(210), ". 1:1(0) ack 10001 <sack 11001:14001>");
	REQUIRE(h.conn.recovery.fast_recoveries == 2);
	h.take_sent();
	PEER(h, MS(211), ". 1:1(0) ack 10001 <sack 1:1001 11001:14001>");
	CHECK(h.conn.recovery.undos == 0);
	PEER(h, MS(220), ". 1:1(0) ack 14001");
	PEER(h, MS(221), ". 1:1(0) ack 14001 <sack 10001:11001>");
	CHECK(h.conn.recovery.undos == 1);
}

TEST_CASE("RTO: no segment goes again within one of its last transmission", "[R6298-08]")
{
	const bool hr = GENERATE(false, true);
	Client h({ .mss = 1012, .sack = true, .ts = true, .hr = hr, .rtt = MS(20),
		   .tune = [](hrtcp_cfg &cfg) { cfg.tlp = false; } });
	const u64 rto = h.conn.rtt.rto_ns;

	WRITE(h, 0, 10000);
	h.take_sent();
	h.run(rto - MS(1));
	PEER(h, h.script_time(), ". 1:1(0) ack 1 <TS val " + std::to_string(h.peer_tsval()) + " ecr " +
	     std::to_string(h.last_tsval()) + ",sack 1001:10001>");
	SEES(h, rto - MS(1), ". 1:1001(1000) ack 1");
	QUIET(h, 2 * rto - MS(1) - 1);			// the timer was armed for RTO
	CHECK(h.conn.recovery.timeouts == 0);
	SEES(h, 2 * rto - MS(1), ". 1:1001(1000) ack 1");
	CHECK(h.conn.recovery.timeouts == 1);
}

TEST_CASE("RTO: waits for the timer of RACK, and an RTO from there", "[R8985-12]")
{
	Client h({ .sack = true, .tune = [](hrtcp_cfg &cfg) { cfg.tlp = false; } });

	WRITE(h, 0, 3000);
	h.take_sent();
	h.start_clock();
	PEER(h, RTO - MS(10), ". 1:1(0) ack 1 <sack 1001:2001>");
	const u64 reorder_at = h.conn.timers.at_ns[HRTCP_T_REORDER] - h.now() + RTO - MS(10);
	REQUIRE(reorder_at > RTO);			// a quarter of a round trip
	SEES(h, reorder_at, ". 1:1001(1000) ack 1");
	CHECK(h.conn.recovery.state == HRTCP_R_RECOVERY);
	CHECK(h.conn.recovery.timeouts == 0);
}

TEST_CASE("RTO: a probe that is due with it goes first, then the timer begins anew",
	  "[R8985-08][R8985-09][R8985-12]")
{
	Client h({ .sack = true });

	h.conn.rtt.rttvar_ns = 0;			// RTO = 100 + 10 + 40 ms: below two round trips
	h.conn.rtt.rto_ns = MS(150);
	WRITE(h, 0, 2000);
	h.take_sent();
	h.start_clock();
	REQUIRE(h.conn.timers.at_ns[HRTCP_T_PROBE] == h.conn.timers.at_ns[HRTCP_T_RETRANSMIT]);
	SEES(h, MS(150), "P. 1001:2001(1000) ack 1");
	CHECK(h.conn.recovery.timeouts == 0);
	CHECK(h.conn.tlp.probes == 1);
	SEES(h, MS(300), ". 1:1001(1000) ack 1");
	CHECK(h.conn.recovery.timeouts == 1);
}

TEST_CASE("TLP: a D-SACK of another segment does not end the probe", "[R8985-10]")
{
	Client h({ .sack = true });

	WRITE(h, 0, 2000);
	h.take_sent();
	SEES(h, MS(200), "P. 1001:2001(1000) ack 1");
	PEER(h, MS(210), ". 1:1(0) ack 2001 <sack 1:501>");
	CHECK(h.conn.tlp.out);
	CHECK(h.conn.rtt.peer_delack_ns == h.cfg.peer_delack_ns);
	PEER(h, MS(211), ". 1:1(0) ack 2001 <sack 1001:2001>");
	CHECK_FALSE(h.conn.tlp.out);
}

TEST_CASE("probe: the D-SACK of its octet is none of a network that duplicates", "[R4015-01]")
{
	Client h({ .win = 1000, .sack = true });

	WRITE(h, 0, 3000);
	h.take_sent();
	PEER(h, MS(100), ". 1:1(0) ack 1001 win 0");
	for (int i = 0; i < 2; i++) {
		h.tick(h.next_wake());
		REQUIRE(h.take_sent().size() == 1);
	}
	PEER(h, SEC(2), ". 1:1(0) ack 1002 win 0");
	PEER(h, SEC(2) + 1, ". 1:1(0) ack 1002 win 0 <sack 1001:1002>");	// it came twice
	CHECK_FALSE(h.conn.recovery.twice);
}

TEST_CASE("undo: the D-SACK of a later probe says nothing of a recovery that is over", "[R4015-01]")
{
	Client h({ .sack = true });

	WRITE(h, 0, 10000);
	h.take_sent();
	PEER(h, MS(100), ". 1:1(0) ack 1 <sack 1001:10001>");
	REQUIRE(h.conn.recovery.fast_recoveries == 1);
	h.take_sent();
	PEER(h, MS(200), ". 1:1(0) ack 10001");		// the repeat was needed
	h.conn.recovery.undo.resent_bytes = 0;		// as after a lone one that went with new data
	WRITE(h, MS(300), 1000);
	h.take_sent();
	h.tick(h.next_wake());				// the probe
	REQUIRE(h.conn.tlp.probes == 1);
	h.take_sent();
	PEER(h, h.script_time(), ". 1:1(0) ack 11001 <sack 10001:11001>");
	CHECK(h.conn.recovery.undos == 0);
}

// SPDX-License-Identifier: GPL-2.0
// Rows of conformance: options that were not agreed on, marks, probes of the path's MTU.
#include "host.hpp"

namespace {

void forget(Host &h)
{
	h.take_sent();
	h.start_clock();
}

} // namespace

TEST_CASE("timestamps: of a SYN,ACK that was not offered any they mean nothing", "[R7323-12]")
{
	Host h;

	OPEN(h, 0);
	SEES(h, 0, "S 0:0(0)");
	PEER(h, MS(10), "S. 0:0(0) ack 1 <mss 1000,TS val 5 ecr 0>");
	SEES(h, MS(10), ". 1(0) ack 1 <>");
	PEER(h, MS(20), "P. 1(100) ack 1 <>");
	DROP(h, NONE);
	SEES(h, MS(60), ". 1(0) ack 101 <>");
}

TEST_CASE("timestamps: not agreed on, none is too old", "[R7323-12]")
{
	Client h;

	for (const char *line : { "P. 1(100) ack 1 <TS val 5 ecr 0>",
				  "P. 101(100) ack 1 <TS val 4000000000 ecr 0>",
				  "P. 201(100) ack 1 <TS val 2147483653 ecr 0>" }) {
		PEER(h, 0, line);
		DROP(h, NONE);
	}
	SEES(h, MS(40), ". 1(0) ack 301 <>");
}

TEST_CASE("timestamps: a reset before the connection is up echoes what it answers", "[R7323-20]")
{
	Host opening({ .ts = true });

	OPEN(opening, 0);
	opening.take_sent();
	PEER(opening, MS(1), ". =700(0) ack =33 <TS val 56 ecr 9>");
	SEES(opening, MS(1), "R =33(0) <TS val 0 ecr 56>");
	forget(opening);

	Host crossing({ .ts = true });
	OPEN(crossing, 0);
	crossing.take_sent();
	PEER(crossing, MS(1), "S 0:0(0)");
	crossing.take_sent();
	PEER(crossing, MS(2), ". 1(0) ack =33 <TS val 1057 ecr 9>");
	SEES(crossing, MS(2), "R =33(0) <TS val 0 ecr 1057>");
	forget(crossing);
}

TEST_CASE("ECN: a mark is echoed by who sets no ECT itself", "[R3168-04]")
{
	Host h({ .tune = [](hrtcp_cfg &cfg) { cfg.ecn = HRTCP_ECN_ASK; } });

	OPEN(h, 0);
	SEES(h, 0, "SEW 0:0(0)");
	SEES(h, SEC(1), "S 0:0(0)");			// this one did not ask
	PEER(h, SEC(1), "S.E 0:0(0) ack 1");
	SEES(h, SEC(1), ". 1(0) ack 1");
	WRITE(h, SEC(2), 100);
	SEES(h, SEC(2), "P. 1(100) ack 1 NotECT");
	PEER(h, SEC(2), "P. 1(100) ack 101 CE");
	SEES(h, SEC(2) + MS(40), ".E 101(0) ack 101");
}

TEST_CASE("ECN: no ACK that is marked lets a window grow that is in use", "[R3168-07]")
{
	Host h({ .tune = [](hrtcp_cfg &cfg) {
		cfg.ecn = HRTCP_ECN_ASK;
		cfg.cc = &hrtcp_cc_reno;
	} });

	OPEN(h, 0);
	h.take_sent();
	PEER(h, MS(100), "S.E 0:0(0) ack 1");
	WRITE(h, MS(100), 40000);
	h.take_sent();
	for (u32 ack = 1001; ack <= 10001; ack += 1000) {
		const u32 cwnd = h.conn.cc.cwnd_bytes;
		PEER(h, MS(200), ".E 1(0) ack " + std::to_string(ack));
		CHECK(h.conn.cc.cwnd_bytes <= cwnd);
		h.take_sent();
	}
	CHECK(h.conn.cc.cwnd_bytes == 4500);
	forget(h);
}

TEST_CASE("AccECN: a SYN,ACK that comes again is told of as it came", "[R9768-58][R9768-31]")
{
	Host h({ .tune = [](hrtcp_cfg &cfg) { cfg.ecn = HRTCP_ECN_ACCURATE_ASK; } });

	OPEN(h, 0);
	h.take_sent();
	PEER(h, 0, "S.W 0:0(0) ack 1 CE");
	SEES(h, 0, ".WA 1(0) ack 1 <ecn0 1>");
	for (auto [t, mark, ack] : { std::tuple{ SEC(1), "ECT0", ".A" }, { SEC(2), "NotECT", ".W" },
				     { SEC(3), "ECT1", ".EW" } }) {
		PEER(h, t, std::string("S.W 0:0(0) ack 1 ") + mark);
		SEES(h, t, ack + std::string(" 1(0) ack 1"));
	}
	forget(h);
}

TEST_CASE("AccECN: an ACK with SACK blocks counts, the handshake is told by one without",
	  "[R9768-59]")
{
	for (auto [blocks, data] : { std::pair{ "", HRTCP_IP_NOT_ECT },
				     { ",sack 1:101", HRTCP_IP_ECT0 } }) {
		Host h({ .sack = true, .tune = [](hrtcp_cfg &cfg) {
			cfg.ecn = HRTCP_ECN_ACCURATE_IF_ASKED;
		} });
		CAPTURE(blocks);
		LISTEN(h, 0);
		PEER(h, 0, "SEWA 0:0(0)");
		h.take_sent();
		PEER(h, MS(10), std::string(".WA 1(0) ack 1 <ecn0 1") + blocks + ">");
		h.take_sent();
		WRITE(h, MS(10), 100);
		CHECK(h.take_sent().at(0).seg.ip_ecn == data);	// by 110 our SYN,ACK was changed
		forget(h);
	}
}

TEST_CASE("probe: none while a hole is open", "[R4821-02]")
{
	Client h({ .mss = 1400, .sack = true, .tune = [](hrtcp_cfg &cfg) {
		cfg.mtu_probing = HRTCP_MTU_PROBING_ALWAYS;
		cfg.base_mss = 1000;
		cfg.cc = &hrtcp_cc_reno;
	} });

	h.conn.mtup.next_ns = HRTCP_NEVER;
	WRITE(h, 0, 40000);
	REQUIRE(h.take_sent().size() == 10);
	h.conn.mtup.next_ns = 0;			// now one is due
	PEER(h, MS(50), ". 1(0) ack 1 <sack 1001:3001>");
	SEES(h, MS(50), ". 10001(1000) ack 1", ". 11001(1000) ack 1");
	CHECK(h.conn.mtup.probes == 0);
	PEER(h, MS(60), ". 1(0) ack 12001");
	CHECK(h.conn.mtup.probes == 1);
	forget(h);
}

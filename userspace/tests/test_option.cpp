// SPDX-License-Identifier: GPL-2.0
// test_option.cpp -- the hrTCP option: docs/option.md, RFC 6994.
#include "pair.hpp"

namespace {

const Setup both{ .sack = true, .ts = true, .hr = true };

// The SYN of an active open.
hrtcp_seg syn_of(const Setup &setup)
{
	Host h(setup);

	REQUIRE(h.open(0) == "");
	return h.take_sent().front().seg;
}

} // namespace

TEST_CASE("option: in the SYN, with the ACK delay in microseconds", "[R6994-02]")
{
	const hrtcp_seg syn = syn_of(both);

	CHECK(syn.opt.present & HRTCP_OPT_HR);
	CHECK(syn.opt.hr_delack_us == 250);
	CHECK(hrtcp_wire_opt_len(&syn.opt) <= 40);
	CHECK_FALSE(syn_of({ .sack = true, .ts = true }).opt.present & HRTCP_OPT_HR);
}

TEST_CASE("option: on the wire it is kind 254, length 8, 0x6872", "[R6994-01][R6994-02]")
{
	hrtcp_seg seg{}, again;
	u8 wire[HRTCP_HDR_MAX];

	seg.flags = HRTCP_SYN;
	seg.opt.present = HRTCP_OPT_HR;
	seg.opt.hr_delack_us = 0x01020304;
	REQUIRE(hrtcp_wire_build(wire, 1, 2, &seg) == 28);
	const u8 want[] = { 254, 8, 0x68, 0x72, 1, 2, 3, 4 };
	CHECK(std::equal(want, want + 8, wire + 20));
	REQUIRE(hrtcp_wire_parse(wire, 28, 28, &again) == HRTCP_DROP_NONE);
	CHECK(again.opt.hr_delack_us == 0x01020304);
	wire[22] = 0;	// another experiment
	REQUIRE(hrtcp_wire_parse(wire, 28, 28, &again) == HRTCP_DROP_NONE);
	CHECK_FALSE(again.opt.present & HRTCP_OPT_HR);
}

TEST_CASE("option: a peer that does not answer it is treated as any", "[R6994-01]")
{
	Client h(both);	// the scripted peer's SYN,ACK has none

	CHECK(h.conn.rcv.delack_ns == h.cfg.delack_ns);
	CHECK(h.conn.rtt.peer_delack_ns == h.cfg.peer_delack_ns);
	CHECK_FALSE(h.conn.ts.in_us);
}

TEST_CASE("option: both ends have it: short delays, microseconds, and no step in the clock", "[hr]")
{
	Pair p(both);

	REQUIRE(p.connect() == "");
	for (Host *h : { &p.client, &p.server }) {
		CHECK(h->conn.rcv.delack_ns == 250000);
		CHECK(h->conn.rtt.peer_delack_ns == 250000);
		CHECK(h->conn.ts.in_us);
	}
	const u32 seen = p.server.conn.ts.recent;
	WRITE(p.client, 0, 100);
	RUN(p, SEC(1));
	CHECK(p.server.received() == 100);
	CHECK(p.server.conn.ts.recent - seen < 3000000);
}

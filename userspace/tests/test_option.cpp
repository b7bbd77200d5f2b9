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

TEST_CASE("option: in TIME-WAIT a SYN is compared with SYNs, whose clock is slower", "[hr][W-01]")
{
	Pair p(both);
	hrtcp_reply reply;
	hrtcp_seg syn{};
	hrtcp_tw tw;

	REQUIRE(p.connect() == "");
	CLOSE(p.server, 0);
	RUN(p, SEC(5));
	CLOSE(p.client, SEC(5));
	RUN(p, SEC(6));
	REQUIRE(p.server.state() == HRTCP_TIME_WAIT);
	if (p.server.tw)
		tw = *p.server.tw;
	else
		hrtcp_tw_init(&tw, &p.server.conn);
	REQUIRE(tw.ts_us);
	REQUIRE(tw.ts_syn_known);
	const u32 first = p.server.conn.ts.syn;	// TSval of the SYN; five seconds are 5000 ticks
	CHECK(tw.ts_syn - first > 4990);
	CHECK(tw.ts_syn - first < 5060);
	syn.flags = HRTCP_SYN;
	syn.opt.present = HRTCP_OPT_TS;
	syn.seq = seq_sub(tw.rcv_nxt, 1000000);	// much was sent: the ISN's clock is behind
	syn.opt.tsval = tw.ts_syn + 1;
	hrtcp_tw again = tw;
	CHECK(hrtcp_tw_on_segment(&again, &p.server.cfg, &syn, true, p.server.now(), &reply) ==
	      HRTCP_TW_REUSE);
	again = tw;
	syn.opt.tsval = first;	// an old duplicate
	CHECK(hrtcp_tw_on_segment(&again, &p.server.cfg, &syn, true, p.server.now(), &reply) ==
	      HRTCP_TW_KEEP);
}

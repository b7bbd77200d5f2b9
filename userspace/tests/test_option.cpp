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
		CHECK(h->conn.ts.peer_us);
	}
	CHECK(p.client.conn.ts.in_us);
	const u32 seen = p.server.conn.ts.recent, told = p.client.conn.ts.recent;
	WRITE(p.client, 0, 100);
	RUN(p, SEC(1));
	CHECK(p.server.received() == 100);
	CHECK(p.server.conn.ts.recent - seen < 3000000);
	CHECK(p.server.conn.ts.in_us);		// by what came from the client
	WRITE(p.client, SEC(2), 100);
	RUN(p, SEC(3));
	CHECK(p.client.conn.ts.recent - told < 3000000);
	CHECK(p.client.conn.ts.recent - told > 900000);
}

namespace {

// What a box on the way makes of the option of a SYN, or of the answer to it.
struct Meddled : Pair {
	Meddled(bool in_syn, bool in_answer) : Pair(both)
	{
		meddle = [=](bool from_client, hrtcp_seg &seg) {
			if (seg.flags & HRTCP_SYN && (from_client ? in_syn : in_answer))
				seg.opt.present &= static_cast<u8>(~HRTCP_OPT_HR);
		};
		REQUIRE(connect() == "");
	}

	// Both directions work.
	void ask(u64 t)
	{
		const u32 before[] = { client.received(), server.received() };

		WRITE(client, t, 100);
		WRITE(server, t, 100);
		RUN(*this, t + SEC(2));
		CHECK(client.received() == before[0] + 100);
		CHECK(server.received() == before[1] + 100);
		READ(client, t + SEC(2), 100);
		READ(server, t + SEC(2), 100);
	}
};

} // namespace

TEST_CASE("option: stripped on one leg or on both, no clock outruns what the other believes",
	  "[hr][R6994-01]")
{
	const bool in_syn = GENERATE(false, true), in_answer = GENERATE(false, true);
	Meddled p(in_syn, in_answer);
	const bool whole = !in_syn && !in_answer;

	INFO("SYN " << in_syn << ", answer " << in_answer);
	p.ask(0);
	CHECK(p.client.conn.ts.in_us == whole);
	CHECK(p.server.conn.ts.in_us == whole);
	for (u64 t = SEC(3600), idle = SEC(1500); t < SEC(50000); t += idle, idle += SEC(600))
		p.ask(t);
	CHECK(p.client.conn.total_retrans == 0);
	// The server was told 250 us, but the client does not know that it is believed.
	CHECK(p.server.conn.total_retrans <= (in_answer && !in_syn ? 4 : 0));
	STATE(p.client, ESTABLISHED);
}

TEST_CASE("option: an echo of our own is no answer", "[hr][R6994-01]")
{
	Host h(both);
	u8 wire[HRTCP_HDR_MAX];
	hrtcp_seg seg;

	OPEN(h, 0);
	hrtcp_seg echo = h.take_sent().front().seg;
	echo.flags = HRTCP_SYN | HRTCP_ACK;
	echo.ack = seq_add(echo.seq, 1);
	std::swap(echo.opt.tsval, echo.opt.tsecr);
	REQUIRE(echo.opt.present & HRTCP_OPT_HR);
	const u32 len = hrtcp_wire_build(wire, 1, 2, &echo);
	REQUIRE(hrtcp_wire_parse(wire, len, len, &seg) == HRTCP_DROP_NONE);
	CHECK_FALSE(seg.opt.present & HRTCP_OPT_HR);
	h.arrive(seg, "");
	STATE(h, ESTABLISHED);
	CHECK_FALSE(h.conn.rtt.told);
	CHECK_FALSE(h.conn.ts.in_us);
	h.take_sent();
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

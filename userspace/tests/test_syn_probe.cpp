// SPDX-License-Identifier: GPL-2.0
// test_syn_probe.cpp -- a SYN or SYN,ACK goes once more before its timeout, where the round trip is
// known from connections before.
#include "host.hpp"

namespace {

constexpr Setup probing{ .mss = 1012, .ts = true, .tlp = true };
constexpr u64 PTO = MS(320);		// 2 * 100 + 4 * 30 ms

hrtcp_metrics known(u64 taken_ns)
{
	return { .taken_ns = taken_ns, .srtt_ns = MS(100), .rttvar_ns = MS(30), .delack_ns = 0,
		 .ssthresh_bytes = 0, .reordering = false };
}

struct Knowing : Host {
	explicit Knowing(const Setup &s = probing) : Host(s) { learned = known(now()); }
};

// A listener that was asked.
struct Asked : Knowing {
	explicit Asked(const Setup &s = probing) : Knowing(s) { LISTEN(*this, 0); }

	std::string syn(u64 t) { return peer(t, "S 0:0(0)"); }
};

} // namespace

TEST_CASE("SYN probe: the SYN again after two known round trips, the timeout where it was",
	  "[R8985-15]")
{
	Knowing h;

	OPEN(h, 0);
	SEES(h, 0, "S 0:0(0)");
	SEES(h, PTO, "S 0:0(0)");
	CHECK(h.conn.rtt.backoff == 0);
	CHECK(h.conn.syn_repeats == 0);
	SEES(h, SEC(1), "S 0:0(0)");		// and no other probe
	SEES(h, SEC(3), "S 0:0(0)");
}

TEST_CASE("SYN probe: none without a known round trip, nor after the timeout", "[R8985-15]")
{
	Knowing old, off(Setup{ .ts = true, .tlp = false }), far;
	Host fresh(probing);

	old.learned.taken_ns = old.now() - SEC(3600);
	far.learned.srtt_ns = MS(441);
	for (Host *h : { static_cast<Host *>(&old), static_cast<Host *>(&off),
			 static_cast<Host *>(&far), &fresh }) {
		OPEN(*h, 0);
		SEES(*h, 0, "S 0:0(0)");
		SEES(*h, SEC(1), "S 0:0(0)");
	}
}

TEST_CASE("SYN probe: the peer's clock may tick in ten milliseconds", "[R8985-15]")
{
	Knowing h;

	h.learned.srtt_ns = US(100);
	h.learned.rttvar_ns = US(10);
	OPEN(h, 0);
	SEES(h, 0, "S 0:0(0)");
	SEES(h, US(10200), "S 0:0(0)");
}

TEST_CASE("SYN probe: none once the SYN is answered, by a SYN, too", "[R8985-15]")
{
	Knowing h, crossing;

	OPEN(h, 0);
	SEES(h, 0, "S 0:0(0)");
	PEER(h, MS(100), "S. 0:0(0) ack 1");
	SEES(h, MS(100), ". 1:1(0) ack 1");
	QUIET(h, SEC(2));

	OPEN(crossing, 0);
	SEES(crossing, 0, "S 0:0(0)");
	PEER(crossing, MS(100), "S 0:0(0)");
	SEES(crossing, MS(100), "S. 0:0(0) ack 1");
	SEES(crossing, SEC(1), "S. 0:0(0) ack 1");
}

TEST_CASE("SYN probe: the echo tells whose answer comes, and whether the SYN was lost",
	  "[R8985-15]")
{
	Knowing h;
	const bool lost = GENERATE(true, false);

	OPEN(h, 0);
	SEES(h, 0, "S 0:0(0)");
	const u32 first = h.last_tsval();
	SEES(h, PTO, "S 0:0(0)");
	PEER(h, PTO + MS(50), "S. 0:0(0) ack 1 <mss 1012,TS val 1 ecr " +
				     std::to_string(lost ? h.last_tsval() : first) + ">");
	h.take_sent();
	CHECK(h.conn.cc.cwnd_bytes == (lost ? 1u : 10u) * h.conn.snd.mss);
	CHECK(h.conn.rtt.srtt_ns == (lost ? MS(50) : 0));
	CHECK(h.conn.rtt.rto_ns <= SEC(1));	// it was no timeout: RFC 6298 5.7
}

TEST_CASE("SYN probe: without timestamps nobody knows whose answer comes", "[R8985-15]")
{
	Knowing h({ .tlp = true });

	OPEN(h, 0);
	SEES(h, 0, "S 0:0(0)");
	SEES(h, PTO, "S 0:0(0)");
	PEER(h, PTO + MS(50), "S. 0:0(0) ack 1");
	h.take_sent();
	CHECK(h.conn.cc.cwnd_bytes == 10u * h.conn.snd.mss);
	CHECK(h.conn.rtt.srtt_ns == 0);
}

TEST_CASE("SYN probe: it asks for Accurate ECN as the SYN did, the timeouts fall back",
	  "[R8985-15]")
{
	Setup s = probing;

	s.tune = [](hrtcp_cfg &c) { c.ecn = HRTCP_ECN_ACCURATE_ASK; };
	Knowing h(s);

	OPEN(h, 0);
	SEES(h, 0, "SEWA 0:0(0)");
	SEES(h, PTO, "SEWA 0:0(0)");
	SEES(h, SEC(1), "SEWA 0:0(0)");
	SEES(h, SEC(3), "S 0:0(0)");
}

TEST_CASE("SYN probe: it takes the data and the cookie along again", "[R8985-15]")
{
	Setup s = probing;

	s.fast = { true, true, true, 1000, { 8, { 1, 2, 3, 4, 5, 6, 7, 8 } } };
	Knowing h(s);

	OPEN(h, 0);
	WRITE(h, 0, 100);
	SEND_SYN(h, 0);
	const auto syn = h.take_sent();
	REQUIRE(syn.size() == 1);
	REQUIRE(syn.front().seg.len == 100);
	h.run(PTO);
	const auto probe = h.take_sent();
	REQUIRE(probe.size() == 1);
	CHECK(probe.front().seg.len == 100);
	CHECK(probe.front().seg.opt.present & HRTCP_OPT_FAST);
	h.run(SEC(1));
	const auto again = h.take_sent();
	REQUIRE(again.size() == 1);
	CHECK(again.front().seg.len == 0);	// RFC 7413 4.1.3
	ABORT(h, SEC(1));
	h.take_sent();
}

TEST_CASE("SYN,ACK probe: once, and it is no timeout", "[R8985-15]")
{
	Setup s = probing;

	s.tune = [](hrtcp_cfg &c) { c.synack_retries = 1; };
	Asked h(s);

	REQUIRE(h.syn(0) == "");
	SEES(h, 0, "S. 0:0(0) ack 1");
	SEES(h, PTO, "S. 0:0(0) ack 1");
	SEES(h, SEC(1), "S. 0:0(0) ack 1");	// the retry allowed
	SEES(h, SEC(3), "R. 1:1(0) ack 1");
}

TEST_CASE("SYN,ACK probe: the echo tells whose answer comes", "[R8985-15]")
{
	Asked h;
	const bool lost = GENERATE(true, false);

	REQUIRE(h.syn(0) == "");
	const u32 first = h.take_sent().at(0).seg.opt.tsval;
	h.run(PTO);
	const u32 second = h.take_sent().at(0).seg.opt.tsval;
	REQUIRE(second == first + 320);
	PEER(h, PTO + MS(50), ". 1:1(0) ack 1 <TS val " + std::to_string(h.peer_tsval()) + " ecr " +
				      std::to_string(lost ? second : first) + ">");
	CHECK(h.conn.rtt.srtt_ns == (lost ? MS(50) : 0));
	CHECK(h.conn.cc.cwnd_bytes == (lost ? 1u : 10u) * h.conn.snd.mss);
	CHECK(h.conn.rtt.rto_ns <= SEC(1));
}

TEST_CASE("SYN,ACK probe: none to who is not known, nor while cookies are out", "[R8985-15]")
{
	Asked unknown, flooded, asked;

	unknown.learned = {};
	REQUIRE(unknown.syn(0) == "");
	SEES(unknown, 0, "S. 0:0(0) ack 1");
	SEES(unknown, SEC(1), "S. 0:0(0) ack 1");

	flooded.listener->cookie_ns = flooded.now();
	REQUIRE(flooded.syn(0) == "");
	SEES(flooded, 0, "S. 0:0(0) ack 1");
	SEES(flooded, SEC(1), "S. 0:0(0) ack 1");

	REQUIRE(asked.syn(0) == "");		// the client asks itself, before the probe
	SEES(asked, 0, "S. 0:0(0) ack 1");
	REQUIRE(asked.syn(MS(300)) == "");
	SEES(asked, MS(300), "S. 0:0(0) ack 1");
	SEES(asked, SEC(1), "S. 0:0(0) ack 1");
}

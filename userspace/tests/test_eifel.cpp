// SPDX-License-Identifier: GPL-2.0
// Spurious retransmissions told by timestamps, RFC 3522, and what follows, RFC 4015.
#include "host.hpp"

namespace {

// Ten segments of 1000 are out; timestamps are on.
struct Sending : Client {
	explicit Sending(const Setup &s, u32 octets = 10000) : Client(s)
	{
		WRITE(*this, 0, octets);
		auto sent = take_sent();
		REQUIRE(sent.size() == 10);
		first = sent.front().seg.opt.tsval;
	}

	// An ACK that echoes @tsecr.
	std::string ack(u64 t, u32 ack_nr, u32 tsecr, const std::string &more = "", const char *flags = ".")
	{
		return peer(t, std::string(flags) + " 1:1(0) ack " + std::to_string(ack_nr) + " <TS val " +
				       std::to_string(peer_tsval()) + " ecr " +
				       std::to_string(tsecr) + more + ">");
	}

	u32 cwnd() const { return conn.cc.cwnd_bytes; }
	u32 undos() const { return conn.recovery.undos; }

	u32 first;			// TSval of the first flight
};

constexpr Setup no_sack{ .mss = 1012, .ts = true };
constexpr Setup with_sack{ .mss = 1012, .sack = true, .ts = true };

// The timeout with which everything is lost.
void time_out(Sending &h)
{
	while (!h.conn.recovery.timeouts)
		h.tick(h.next_wake());
	h.take_sent();
}

} // namespace

TEST_CASE("Eifel: an ACK of the original transmission undoes the timeout", "[R3522-01][R4015-01]")
{
	for (const Setup &s : { no_sack, with_sack }) {
		Sending h(s, 20000);
		const u32 ssthresh = h.conn.cc.ssthresh_bytes;

		time_out(h);
		CHECK(h.cwnd() == 1000);
		REQUIRE(h.ack(h.script_time() + MS(1), 2001, h.first) == "");
		CHECK(h.undos() == 1);
		CHECK(h.conn.recovery.timeouts == 1);
		CHECK(h.conn.cc.ssthresh_bytes == ssthresh);
		CHECK(h.cwnd() >= 10000);	// what is in flight, and what was acknowledged
		CHECK(h.cwnd() <= 13000);
		for (const auto &seg : h.take_sent())
			CHECK(seg.seg.seq.v - h.base().seq >= 10001);	// new data goes on
		ABORT(h, h.script_time());
		h.take_sent();
	}
}

TEST_CASE("Eifel: an ACK of the retransmission undoes nothing", "[R3522-01]")
{
	Sending h(no_sack);

	time_out(h);
	REQUIRE(h.ack(h.script_time() + MS(1), 1001, h.last_tsval()) == "");
	CHECK(h.undos() == 0);
	ABORT(h, h.script_time());
	h.take_sent();
}

TEST_CASE("Eifel: nor by a clock that has gone half way round", "[R3522-01]")
{
	static constexpr auto patient = [](hrtcp_cfg &cfg) { cfg.r2_ns = HRTCP_NEVER; };
	Sending h({ .mss = 1012, .ts = true, .tune = patient });

	while (h.script_time() < SEC(26 * 24 * 3600)) {
		h.tick(h.next_wake());
		h.take_sent();
	}
	REQUIRE(h.conn.recovery.timeouts > 1);
	REQUIRE(h.ack(h.script_time() + MS(1), 1001, h.last_tsval()) == "");
	CHECK(h.undos() == 0);
	ABORT(h, h.script_time());
	h.take_sent();
}

TEST_CASE("Eifel: only the first ACK that advances counts", "[R3522-01]")
{
	Sending h(no_sack);

	time_out(h);
	REQUIRE(h.ack(h.script_time() + MS(1), 1001, h.last_tsval()) == "");
	h.take_sent();
	REQUIRE(h.ack(h.script_time() + MS(1), 2001, h.first) == "");
	CHECK(h.undos() == 0);
	ABORT(h, h.script_time());
	h.take_sent();
}

TEST_CASE("Eifel: an ACK of all there is proves nothing, unless the peer reports duplicates",
	  "[R3522-01]")
{
	Sending h(no_sack);

	time_out(h);
	SECTION("it never has")
	{
		REQUIRE(h.ack(h.script_time() + MS(1), 10001, h.first) == "");
		CHECK(h.undos() == 0);
	}
	SECTION("it would have")
	{
		h.conn.recovery.dsacks = true;
		REQUIRE(h.ack(h.script_time() + MS(1), 10001, h.first) == "");
		CHECK(h.undos() == 1);
	}
	h.take_sent();
}

TEST_CASE("Eifel: nor does an ACK with a D-SACK", "[R3522-01]")
{
	Sending h(with_sack, 20000);

	time_out(h);
	h.conn.recovery.frto = false;		// RFC 5682 would see it, too
	REQUIRE(h.ack(h.script_time() + MS(1), 2001, h.first, ",sack 1:501") == "");
	CHECK(h.undos() == 0);
	ABORT(h, h.script_time());
	h.take_sent();
}

TEST_CASE("Eifel: congestion that is marked stays congestion", "[R4015-02]")
{
	Sending h(no_sack);

	h.conn.ecn.pact.mode = HRTCP_ECN_CLASSIC;
	time_out(h);
	REQUIRE(h.ack(h.script_time() + MS(1), 2001, h.first, "", ".E") == "");
	CHECK(h.undos() == 0);
	ABORT(h, h.script_time());
	h.take_sent();
}

TEST_CASE("Eifel: a fast retransmit caused by reordering is undone", "[R3522-01][R4015-01]")
{
	for (const Setup &s : { no_sack, with_sack }) {
		Sending h(s);

		h.run(MS(50));
		for (u32 i = 2; i <= 5; i++) {
			const std::string sack = s.sack ? ",sack 1001:" + std::to_string(1000 * i + 1) : "";
			REQUIRE(h.ack(MS(50), 1, h.first, sack) == "");
		}
		REQUIRE(h.conn.recovery.fast_recoveries == 1);
		REQUIRE(h.take_sent().size() >= 1);
		REQUIRE(h.ack(MS(60), 5001, h.first) == "");
		CHECK(h.undos() == 1);
		CHECK(h.cwnd() >= 10000);
		CHECK(h.conn.recovery.state == HRTCP_R_OPEN);
		ABORT(h, MS(60));
		h.take_sent();
	}
}

TEST_CASE("Eifel: in one millisecond two transmissions look alike, in microseconds not",
	  "[R3522-01]")
{
	Setup s = with_sack;

	s.rtt = US(100);
	for (bool hr : { false, true }) {
		Sending h(s);
		h.conn.ts.in_us = hr;
		h.run(US(150));
		if (hr)			// its clock showed h.first when the flight left
			h.conn.ts.offset = h.first - static_cast<u32>((h.now() - US(150)) / 1000);
		REQUIRE(h.ack(US(150), 1, h.first, ",sack 1001:5001") == "");
		REQUIRE(h.conn.recovery.fast_recoveries == 1);
		h.take_sent();
		REQUIRE(h.ack(US(180), 5001, h.first) == "");
		CHECK(h.undos() == hr);
		ABORT(h, US(180));
		h.take_sent();
	}
}

TEST_CASE("Eifel: the next sample after a spurious timeout makes the RTO cautious",
	  "[R4015-01]")
{
	Sending h(no_sack, 20000);
	const u64 srtt = h.conn.rtt.srtt_ns;

	time_out(h);
	REQUIRE(h.ack(h.script_time() + MS(1), 2001, h.first) == "");
	REQUIRE(h.undos() == 1);
	h.take_sent();
	const u64 at = h.script_time() + MS(300);
	if (h.next_wake() - h.now() > MS(300)) {
		REQUIRE(h.ack(at, 11001, h.last_tsval()) == "");
		CHECK(h.conn.rtt.srtt_ns > srtt);
		CHECK(h.conn.rtt.rttvar_ns >= MS(150));
	}
	ABORT(h, h.script_time());
	h.take_sent();
}

TEST_CASE("Eifel: after a spurious timeout the window is what it was", "[R4015-01]")
{
	Client h({ .mss = 1012, .sack = true, .ts = true, .tune = [](hrtcp_cfg &c) { c.tlp = false; } });

	h.conn.cc.cwnd_bytes = 40000;
	WRITE(h, 0, 40000);
	const auto sent = h.take_sent();
	REQUIRE(sent.size() == 40);
	h.tick(h.next_wake());
	REQUIRE(h.conn.recovery.timeouts == 1);
	REQUIRE(h.conn.cc.cwnd_bytes == 1000);
	h.take_sent();
	PEER(h, h.script_time() + MS(1), ". 1:1(0) ack 1001 <TS val " + std::to_string(h.peer_tsval()) +
	     " ecr " + std::to_string(sent[0].seg.opt.tsval) + ">");
	CHECK(h.conn.recovery.undos == 1);
	CHECK(h.conn.cc.cwnd_bytes >= 40000);
	CHECK(h.conn.cc.cwnd_bytes <= 41000);
	CHECK(h.take_sent().size() == 0);
	h.start_clock();
	ABORT(h, 0);
	h.take_sent();
}

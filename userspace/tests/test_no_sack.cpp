// SPDX-License-Identifier: GPL-2.0
// test_no_sack.cpp -- without SACK: the tail loss probe, and F-RTO in its basic form, RFC 5682 2.
#include "host.hpp"

// -- the tail loss probe ---------------------------------------------------------------------

namespace {

constexpr Setup probing{ .mss = 1012, .ts = true, .tlp = true };

// Three segments of 1000 are out; PTO = 2 * 100 + 40 ms.
struct Probing : Client {
	explicit Probing(const Setup &s = probing) : Client(s)
	{
		WRITE(*this, 0, 3000);
		first = take_sent().front().seg.opt.tsval;
	}

	std::string ack(u64 t, u32 nr, u32 tsecr)
	{
		return peer(t, ". 1:1(0) ack " + std::to_string(nr) + " <TS val " +
				       std::to_string(peer_tsval()) + " ecr " +
				       std::to_string(tsecr) + ">");
	}

	u32 first;
};

constexpr u64 PTO = MS(240);

} // namespace

TEST_CASE("TLP: without SACK the last segment is repeated, too", "[R8985-14]")
{
	Probing h;

	SEES(h, PTO, "P. 2001:3001(1000) ack 1 <TS>");
	CHECK(h.conn.recovery.timeouts == 0);
	ABORT(h, PTO);
	h.take_sent();
}

TEST_CASE("TLP: without SACK a lone duplicate for the probe tells that all before it is lost",
	  "[R8985-14]")
{
	Probing h;

	SEES(h, PTO, "P. 2001:3001(1000) ack 1 <TS>");
	REQUIRE(h.ack(PTO + MS(100), 1, h.first) == "");
	QUIET(h, PTO + MS(125) - 1);
	SEES(h, PTO + MS(125), ". 1:1001(1000) ack 1 <TS>", ". 1001:2001(1000) ack 1 <TS>");
	CHECK(h.conn.recovery.fast_recoveries == 1);
	CHECK(h.conn.recovery.timeouts == 0);
	REQUIRE(h.ack(PTO + MS(225), 1001, h.last_tsval()) == "");
	QUIET(h, PTO + MS(226));		// what goes again already is on its way
	REQUIRE(h.ack(PTO + MS(226), 3001, h.last_tsval()) == "");
	CHECK(h.conn.recovery.state == HRTCP_R_OPEN);
}

TEST_CASE("TLP: without SACK the ACK of the probe counts though the peer's user has read",
	  "[R8985-14]")
{
	Probing h;

	SEES(h, PTO, "P. 2001:3001(1000) ack 1 <TS>");
	PEER(h, PTO + MS(50), ". 1:1(0) ack 1 win 60000");	// left before the probe came
	QUIET(h, PTO + MS(99));
	PEER(h, PTO + MS(100), ". 1:1(0) ack 1 win 65000");
	QUIET(h, PTO + MS(125) - 1);
	SEES(h, PTO + MS(125), ". 1:1001(1000) ack 1 <TS>", ". 1001:2001(1000) ack 1 <TS>");
	ABORT(h, PTO + MS(125));
	h.take_sent();
}

TEST_CASE("TLP: without SACK several duplicates tell of the head alone", "[R8985-14]")
{
	Probing h;

	SEES(h, PTO, "P. 2001:3001(1000) ack 1 <TS>");
	REQUIRE(h.ack(PTO + MS(100), 1, h.first) == "");	// the second was late
	REQUIRE(h.ack(PTO + MS(101), 1, h.first) == "");
	SEES(h, PTO + MS(125), ". 1:1001(1000) ack 1 <TS>");
	ABORT(h, PTO + MS(125));
	h.take_sent();
}

TEST_CASE("TLP: without SACK the echo tells that a probe was needless, its duplicate nothing",
	  "[R8985-14]")
{
	Probing h;
	const bool needless = GENERATE(true, false);

	SEES(h, PTO, "P. 2001:3001(1000) ack 1 <TS>");
	REQUIRE(h.ack(PTO + MS(20), 3001, needless ? h.first : h.last_tsval()) == "");
	WRITE(h, PTO + MS(30), 2000);
	REQUIRE(h.take_sent().size() == 2);
	if (needless) {
		REQUIRE(h.ack(PTO + MS(40), 3001, h.last_tsval()) == "");
		CHECK_FALSE(hrtcp_timer_armed(&h.conn.timers, HRTCP_T_REORDER));
		REQUIRE(h.ack(PTO + MS(50), 3001, h.last_tsval()) == "");	// the next tells again
		CHECK(hrtcp_timer_armed(&h.conn.timers, HRTCP_T_REORDER));
	}
	REQUIRE(h.ack(PTO + MS(60), 5001, h.last_tsval()) == "");
	CHECK((h.conn.cc.ssthresh_bytes == ~0u) == needless);
}

TEST_CASE("TLP: without SACK and timestamps a duplicate of its ACK says that it came twice",
	  "[R8985-14][R8985-10]")
{
	Probing h({ .tlp = true });
	const bool twice = GENERATE(true, false);

	SEES(h, PTO, "P. 2001:3001(1000) ack 1");
	PEER(h, PTO + MS(20), ". 1:1(0) ack 3001");
	WRITE(h, PTO + MS(30), 2000);
	REQUIRE(h.take_sent().size() == 2);
	if (twice)
		PEER(h, PTO + MS(40), ". 1:1(0) ack 3001");
	CHECK_FALSE(hrtcp_timer_armed(&h.conn.timers, HRTCP_T_REORDER));
	PEER(h, PTO + MS(60), ". 1:1(0) ack 5001");
	CHECK((h.conn.cc.ssthresh_bytes == ~0u) == twice);
}

TEST_CASE("TLP: without SACK a peer whose ACKs outlast three probes is waited for longer",
	  "[R8985-14]")
{
	Client h({ .mss = 1012, .ts = true, .tlp = true });
	const u64 delack = h.conn.rtt.peer_delack_ns;

	for (u32 i = 0; i < 3; i++) {
		const u64 t = SEC(i);
		CHECK(h.conn.rtt.peer_delack_ns == delack);
		WRITE(h, t, 1000);
		const u32 tsval = h.take_sent().front().seg.opt.tsval;
		while (!h.conn.tlp.out)
			h.tick(h.next_wake());
		h.take_sent();
		REQUIRE(h.peer(h.script_time() + MS(10), ". 1:1(0) ack nxt <TS val " +
			       std::to_string(h.peer_tsval() + 10) + " ecr " + std::to_string(tsval) + ">") == "");
	}
	CHECK(h.conn.rtt.peer_delack_ns == 2 * delack);
}

// -- F-RTO -----------------------------------------------------------------------------------

namespace {

// Ten segments of 1000 are out, and the first was sent again by a timeout.
struct TimedOut : Client {
	explicit TimedOut(u32 octets = 20000)
	{
		WRITE(*this, 0, octets);
		REQUIRE(take_sent().size() == 10);
		REQUIRE(sees(RTO, { ". 1:1001(1000) ack 1" }) == "");
		REQUIRE(conn.recovery.timeouts == 1);
	}

	void leave()
	{
		ABORT(*this, script_time());
		take_sent();
	}

	u32 cwnd() const { return conn.cc.cwnd_bytes; }
};

} // namespace

TEST_CASE("F-RTO: without SACK and timestamps two ACKs that advance undo the timeout", "[R5682-01]")
{
	TimedOut h;

	PEER(h, RTO + MS(10), ". 1:1(0) ack 2001");
	SEES(h, RTO + MS(10), ". 10001:11001(1000) ack 1", ". 11001:12001(1000) ack 1");
	CHECK(h.conn.recovery.undos == 0);
	PEER(h, RTO + MS(20), ". 1:1(0) ack 4001");
	CHECK(h.conn.recovery.undos == 1);
	CHECK(h.conn.recovery.state == HRTCP_R_OPEN);
	CHECK(h.conn.cc.ssthresh_bytes == ~0u);
	CHECK(h.cwnd() >= 10000);
	for (const auto &sent : h.take_sent())
		CHECK(sent.seg.seq.v - h.base().seq >= 12001);
	h.leave();
}

TEST_CASE("F-RTO: without SACK a duplicate as the second ACK makes it a loss", "[R5682-01]")
{
	TimedOut h;

	PEER(h, RTO + MS(10), ". 1:1(0) ack 2001");
	REQUIRE(h.take_sent().size() == 2);
	h.conn.cc.cwnd_bytes = 9000;
	PEER(h, RTO + MS(20), ". 1:1(0) ack 2001");
	CHECK(h.cwnd() == 3000);
	SEES(h, RTO + MS(20), ". 2001:3001(1000) ack 1");	// two of the three are out
	PEER(h, RTO + MS(30), ". 1:1(0) ack 4001");
	CHECK(h.conn.recovery.undos == 0);
	h.take_sent();
	h.leave();
}

TEST_CASE("F-RTO: without SACK a first ACK that is no proof makes it a loss", "[R5682-01]")
{
	TimedOut h;
	const char *ack = GENERATE(". 1:1(0) ack 1", ". 1:1(0) ack 501");

	PEER(h, RTO + MS(10), ack);
	h.take_sent();
	CHECK_FALSE(h.conn.recovery.frto);
	PEER(h, RTO + MS(20), ". 1:1(0) ack 2001");
	const auto sent = h.take_sent();
	REQUIRE(!sent.empty());
	CHECK(sent.front().seg.seq.v - h.base().seq == 2001);
	PEER(h, RTO + MS(30), ". 1:1(0) ack 4001");
	CHECK(h.conn.recovery.undos == 0);
	h.take_sent();
	h.leave();
}

TEST_CASE("F-RTO: without SACK and new data the lost goes on", "[R5682-01]")
{
	TimedOut none(10000);

	PEER(none, RTO + MS(10), ". 1:1(0) ack 2001");
	SEES(none, RTO + MS(10), ". 2001:3001(1000) ack 1", ". 3001:4001(1000) ack 1");
	none.leave();

	TimedOut shut;

	PEER(shut, RTO + MS(10), ". 1:1(0) ack 2001 win 8000");
	SEES(shut, RTO + MS(10), ". 2001:3001(1000) ack 1", ". 3001:4001(1000) ack 1");
	PEER(shut, RTO + MS(20), ". 1:1(0) ack 3001 win 8000");
	CHECK(shut.conn.recovery.undos == 0);
	shut.take_sent();
	shut.leave();
}

TEST_CASE("F-RTO: without SACK congestion that is marked stays congestion", "[R5682-01]")
{
	TimedOut h;

	PEER(h, RTO + MS(10), ". 1:1(0) ack 2001");
	REQUIRE(h.take_sent().size() == 2);
	h.conn.recovery.undo.armed = false;
	PEER(h, RTO + MS(20), ". 1:1(0) ack 4001");
	CHECK(h.conn.recovery.undos == 0);
	const auto sent = h.take_sent();
	REQUIRE(!sent.empty());
	CHECK(sent.front().seg.seq.v - h.base().seq == 4001);	// and the lost goes
	h.leave();
}

TEST_CASE("F-RTO: a further timeout ends it", "[R5682-01]")
{
	TimedOut h;

	PEER(h, RTO + MS(10), ". 1:1(0) ack 2001");
	REQUIRE(h.take_sent().size() == 2);
	while (h.conn.recovery.timeouts < 2)
		h.tick(h.next_wake());
	const auto sent = h.take_sent();
	REQUIRE(sent.size() == 1);
	CHECK(sent.front().seg.seq.v - h.base().seq == 2001);
	PEER(h, h.script_time(), ". 1:1(0) ack 4001");
	const auto lost = h.take_sent();
	REQUIRE(!lost.empty());
	CHECK(lost.front().seg.seq.v - h.base().seq == 4001);
	h.leave();
}

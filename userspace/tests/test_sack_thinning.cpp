// SPDX-License-Identifier: GPL-2.0
// ACKs that only add to SACK blocks are withheld and merged: RFC 5681 4.2, as Linux does it.
#include "host.hpp"

namespace {

const Setup thinning{ .sack = true, .tune = [](hrtcp_cfg &c) { c.sack_delay_ns = MS(1); } };

// So much was read in a round trip of 100 ms that two segments came in a millisecond.
constexpr u32 enough = 2 * 1000 * 100;

// A client one segment of which is missing; three behind it came.
struct Gap : Client {
	explicit Gap(const Setup &setup = thinning) : Client(setup)
	{
		REQUIRE(conn.rcv.peer_mss <= 1000);
		conn.rcv.peer_mss = 1000;
		conn.rcv.tune.before_bytes = enough;
		for (int i = 0; i < 3; i++) {
			next();
			REQUIRE(take_sent().size() == 1);
		}
	}

	// The next segment in order behind the gap, at once; @more: what stands behind its text.
	void next(const std::string &more = "", const std::string &flags = ".")
	{
		PEER(*this, at, flags + " " + std::to_string(end) + "(1000) ack 1" + more);
		end += 1000;
	}

	// How the ACK of all of that looks.
	std::string all() const
	{
		return ". 1:1(0) ack 1 <sack 1001:" + std::to_string(end) + ">";
	}

	u64 at = 0;
	u32 end = 1001;
};

} // namespace

TEST_CASE("SACKs withheld: three duplicates at once, then by a twentieth of the round trip",
	  "[R5681-20]")
{
	Setup fast = thinning;
	fast.rtt = MS(4);
	Client h(fast);

	h.conn.rcv.tune.before_bytes = enough;
	for (const char *end : { "2001", "3001", "4001" }) {
		PEER(h, 0, std::string(". ") + std::to_string(std::stoi(end) - 1000) + "(1000) ack 1");
		SEES(h, 0, std::string(". 1:1(0) ack 1 <sack 1001:") + end + ">");
	}
	PEER(h, US(10), ". 4001(1000) ack 1");
	PEER(h, US(100), ". 5001(1000) ack 1");		// waits for no longer than the first
	QUIET(h, US(10) + US(200) - 1);
	SEES(h, US(210), ". 1:1(0) ack 1 <sack 1001:6001>");
	QUIET(h, MS(20));

	PEER(h, MS(20), ". 6001(1000) ack 1");		// and again
	SEES(h, MS(20) + US(200), ". 1:1(0) ack 1 <sack 1001:7001>");
	PEER(h, MS(30), ". 1(1000) ack 1");
	SEES(h, MS(30), ". 1:1(0) ack 7001");
	for (const char *end : { "9001", "10001", "11001" }) {	// another RCV.NXT, another three
		PEER(h, MS(30), std::string(". ") + std::to_string(std::stoi(end) - 1000) + "(1000) ack 1");
		SEES(h, MS(30), std::string(". 1:1(0) ack 7001 <sack 8001:") + end + ">");
	}
	PEER(h, MS(30), ". 11001(1000) ack 1");
	SEES(h, MS(30) + US(200), ". 1:1(0) ack 7001 <sack 8001:12001>");
}

TEST_CASE("SACKs withheld: by the set delay where the round trip is longer", "[R5681-20]")
{
	Gap h;		// 100 ms

	h.next();
	QUIET(h, MS(1) - 1);
	SEES(h, MS(1), h.all());
}

TEST_CASE("SACKs withheld: by the shorter of two round trips", "[R5681-20]")
{
	Setup fast = thinning;
	fast.rtt = MS(4);
	Gap h(fast);
	u64 &measured = h.conn.rcv.tune.rtt_ns;

	measured = MS(8);
	h.next();
	SEES(h, US(200), h.all());
	h.at = measured = MS(2);
	h.next();
	SEES(h, MS(2) + US(100), h.all());
}

TEST_CASE("SACKs withheld: so many become one, with the next", "[R5681-20]")
{
	Gap h;

	h.cfg.sack_merge = 5;
	for (int i = 0; i < 5; i++)
		h.next();
	QUIET(h, US(10));
	h.at = US(10);
	h.next();
	SEES(h, US(10), h.all());
	h.next();					// counted anew
	SEES(h, MS(1) + US(10), h.all());
}

TEST_CASE("SACKs withheld: what fills a gap is told at once", "[R5681-20]")
{
	Gap h;

	h.next();
	QUIET(h, US(400));
	PEER(h, US(400), ". 7001(1000) ack 1");		// another gap opens
	SEES(h, US(400), ". 1:1(0) ack 1 <sack 7001:8001 1001:5001>");
	PEER(h, US(500), ". 6001(500) ack 1");		// part of it
	SEES(h, US(500), ". 1:1(0) ack 1 <sack 6001:6501 7001:8001 1001:5001>");
	PEER(h, US(500), ". 5001(500) ack 1");		// another part
	SEES(h, US(500), ". 1:1(0) ack 1 <sack 1001:5501 6001:6501 7001:8001>");
	PEER(h, US(500), ". 8001(1000) ack 1");
	PEER(h, US(600), ". 1(1000) ack 1");		// the first
	SEES(h, US(600), ". 1:1(0) ack 5501 <sack 7001:9001 6001:6501>");
	QUIET(h, SEC(1));
}

TEST_CASE("SACKs withheld: a duplicate is told at once", "[R5681-20]")
{
	Gap h;

	h.next();
	PEER(h, US(500), ". 4001(1000) ack 1");
	SEES(h, US(500), ". 1:1(0) ack 1 <sack 4001:5001 1001:5001>");
	PEER(h, US(500), ". 4501(1000) ack 1");		// half of it
	SEES(h, US(500), ". 1:1(0) ack 1 <sack 4501:5001 1001:5501>");
	QUIET(h, SEC(1));
}

TEST_CASE("SACKs withheld: not by whom, nor where, it is not wanted", "[R5681-20]")
{
	Setup setup = thinning;
	void (*late)(Gap &) = [](Gap &) {};

	SECTION("switched off") late = [](Gap &h) { h.cfg.sack_delay_ns = 0; };
	SECTION("none may be merged") late = [](Gap &h) { h.cfg.sack_merge = 0; };
	SECTION("the user wants ACKs at once") late = [](Gap &h) { hrtcp_conn_set_quickack(&h.conn, true); };
	SECTION("too little comes") late = [](Gap &h) { h.conn.rcv.tune.before_bytes--; };
	SECTION("the peer begins") late = [](Gap &h) { h.cfg.quick_acks = 1; };
	SECTION("the peer does not know SACK") setup.sack = false;
	Gap h(setup);
	late(h);
	for (int i = 0; i < 10; i++) {
		h.next();
		CHECK(h.take_sent().size() == 1);
	}
	QUIET(h, SEC(1));
}

TEST_CASE("SACKs withheld: a FIN and a change of the mark are told at once", "[R5681-20]")
{
	Gap h;

	h.conn.ecn.pact.mode = HRTCP_ECN_CLASSIC;
	h.next();
	QUIET(h, US(500));
	h.at = US(500);
	h.next(" CE");
	SEES(h, US(500), ".E 1:1(0) ack 1 <sack 1001:6001>");
	h.next(" CE");					// told already
	SEES(h, MS(1) + US(500), ".E 1:1(0) ack 1 <sack 1001:7001>");
	h.at = MS(3);
	h.next("", "F.");
	SEES(h, MS(3), ".E 1:1(0) ack 1 <sack 1001:8001>");
	QUIET(h, SEC(1));
}

TEST_CASE("SACKs withheld: data that leaves has no blocks, the deadline stays", "[R2018-03]")
{
	Gap h;

	h.next();
	WRITE(h, US(500), 100);
	SEES(h, US(500), "P. 1:101(100) ack 1");
	SEES(h, MS(1), ". 101:101(0) ack 1 <sack 1001:5001>");
	PEER(h, MS(2), ". 5001(1000) ack 101");
	SEES(h, MS(3), ". 101:101(0) ack 1 <sack 1001:6001>");
	PEER(h, MS(4), ". 6001(1000) ack 101");
	WRITE(h, MS(4), 100);				// a gap that closes leaves nothing to tell
	SEES(h, MS(4), "P. 101:201(100) ack 1");
	PEER(h, MS(4) + US(100), ". 1(1000) ack 201");
	SEES(h, MS(4) + US(100), ". 201:201(0) ack 7001");
	QUIET(h, SEC(1));
}

TEST_CASE("SACKs withheld: a setting that changes, and a user in haste, have them told",
	  "[R5681-20]")
{
	Gap h;

	h.next();
	hrtcp_conn_set_cfg(&h.conn, &h.cfg, h.now());
	h.settle();
	SEES(h, 0, h.all());
	h.next();
	QUIET(h, US(500));
	hrtcp_conn_set_quickack(&h.conn, true);
	h.settle();
	SEES(h, US(500), h.all());
}

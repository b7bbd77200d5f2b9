// SPDX-License-Identifier: GPL-2.0
// test_collapse.cpp -- small segments that were lost go again as one. The round trip is 100 ms, so
// that the RTO is 340 ms.
#include "host.hpp"

namespace {

// Without tail probes, which would go between the timeouts.
const Setup with_sack{ .sack = true, .tune = [](hrtcp_cfg &cfg) { cfg.tlp = false; } };

// Three writes of 100 octets, each its own segment.
void three_small(Host &h)
{
	hrtcp_conn_set_nodelay(&h.conn, true);
	for (int i = 0; i < 3; i++) {
		REQUIRE(h.write(0, 100) == "");
		REQUIRE(h.sees(0, { "P. " + std::to_string(1 + 100 * i) + "(100) ack 1" }) == "");
	}
}

} // namespace

TEST_CASE("collapse: the first timeout repeats a segment as it was, the second all that fits one")
{
	Client h(with_sack);

	three_small(h);
	SEES(h, MS(340), "P. 1(100) ack 1");	// F-RTO wants to know whose ACK comes
	SEES(h, MS(1020), "P. 1(300) ack 1");
	SEES(h, MS(2380), "P. 1(300) ack 1");
	PEER(h, MS(2480), ". 1(0) ack 301");
	QUIET(h, SEC(100));
}

TEST_CASE("collapse: an ACK in the middle is taken, and the rest goes again")
{
	Client h(with_sack);

	three_small(h);
	SEES(h, MS(340), "P. 1(100) ack 1");
	SEES(h, MS(1020), "P. 1(300) ack 1");
	PEER(h, MS(1100), ". 1(0) ack 101");	// the originals were late
	PEER(h, MS(1110), ". 1(0) ack 301");
	QUIET(h, SEC(100));
}

TEST_CASE("collapse: acknowledged in part, only the rest goes again, and the echo tells the round trip",
	  "[R7323-14]")
{
	Client h({ .sack = true, .ts = true, .tune = [](hrtcp_cfg &cfg) { cfg.tlp = false; } });

	h.start_clock();
	const std::string echo = " <TS val 5000 ecr " + std::to_string(h.last_tsval()) + ">";
	three_small(h);
	SEES(h, MS(340), "P. 1(100) ack 1");
	SEES(h, MS(1020), "P. 1(300) ack 1");
	PEER(h, MS(1100), ". 1(0) ack 101" + echo);	// that of the first transmission
	CHECK(h.conn.txq.head->seq.v == h.conn.snd.una.v);
	CHECK(h.conn.rtt.rto_ns > MS(500));
	SEES(h, 1708750000, "P. 101(200) ack 1");
}

TEST_CASE("collapse: in a recovery by SACK, too")
{
	Client h(with_sack);

	three_small(h);
	for (int i = 3; i < 7; i++) {
		WRITE(h, 0, 1000);
		SEES(h, 0, "P. " + std::to_string(301 + 1000 * (i - 3)) + "(1000) ack 1");
	}
	PEER(h, MS(100), ". 1(0) ack 1 <sack 301:4301>");
	SEES(h, MS(100), "P. 1(300) ack 1");
	PEER(h, MS(200), ". 1(0) ack 4301");
	QUIET(h, SEC(100));
}

TEST_CASE("collapse: no segment grows beyond the MSS")
{
	Client h(with_sack);

	hrtcp_conn_set_nodelay(&h.conn, true);
	for (int i = 0; i < 3; i++) {
		WRITE(h, 0, 400);
		SEES(h, 0, "P. " + std::to_string(1 + 400 * i) + "(400) ack 1");
	}
	SEES(h, MS(340), "P. 1(400) ack 1");
	SEES(h, MS(1020), "P. 1(800) ack 1");
	PEER(h, MS(1100), ". 1(0) ack 801");
	SEES(h, MS(1100), "P. 801(400) ack 1");
	PEER(h, MS(1200), ". 1(0) ack 1201");
	QUIET(h, SEC(100));
}

TEST_CASE("collapse: where the buffer has no room, or it is switched off, each goes alone")
{
	for (const bool room : { false, true }) {
		CAPTURE(room);
		Client h(with_sack);

		h.can_join = room;
		h.cfg.retrans_collapse = !room;
		three_small(h);
		SEES(h, MS(340), "P. 1(100) ack 1");
		SEES(h, MS(1020), "P. 1(100) ack 1", "P. 101(100) ack 1", "P. 201(100) ack 1");
		PEER(h, MS(1100), ". 1(0) ack 301");
		QUIET(h, SEC(100));
	}
}

TEST_CASE("collapse: not beyond a window that shrank since, RFC 7323 2.4")
{
	Client h(with_sack);

	three_small(h);
	PEER(h, MS(100), ". 1(0) ack 1 win 150");
	SEES(h, MS(340), "P. 1(100) ack 1");
	SEES(h, MS(1020), "P. 1(100) ack 1", "P. 101(100) ack 1", "P. 201(100) ack 1");
	PEER(h, MS(1100), ". 1(0) ack 301");
	QUIET(h, SEC(100));
}

TEST_CASE("collapse: the FIN that followed goes with it")
{
	Client h(with_sack);

	three_small(h);
	CLOSE(h, 0);
	SEES(h, 0, "F. 301(0) ack 1");
	SEES(h, MS(340), "P. 1(100) ack 1");
	SEES(h, MS(1020), "FP. 1(300) ack 1");
	PEER(h, MS(1100), ". 1(0) ack 302");
}

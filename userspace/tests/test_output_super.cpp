// SPDX-License-Identifier: GPL-2.0
// Super-segments: one descriptor for many segments, cut where the windows or a loss demand.
#include "host.hpp"

namespace {

const Setup big = { .gso = 8000 };

} // namespace

TEST_CASE("super-segment: whole segments and the short end in one", "[output]")
{
	Client h(big);

	WRITE(h, 0, 5500);
	const auto sent = h.take_sent();
	REQUIRE(sent.size() == 1);
	CHECK(sent[0].seg.len == 5500);
	CHECK(sent[0].gso_size == 1000);
	CHECK((sent[0].seg.flags & HRTCP_PSH));
}

TEST_CASE("super-segment: one segment is none", "[output]")
{
	Client h(big);

	WRITE(h, 0, 1000);
	const auto sent = h.take_sent();
	REQUIRE(sent.size() == 1);
	CHECK(sent[0].gso_size == 0);
}

TEST_CASE("super-segment: no larger than the caller takes at once", "[output]")
{
	Client h(big);

	CHECK(hrtcp_conn_size_goal(&h.conn) == 8000);
	WRITE(h, 0, 20000);
	SEES(h, 0, ". 1:8001(8000) ack 1", ". 8001:10001(2000) ack 1");
}

TEST_CASE("super-segment: whole segments only, whatever the caller takes", "[output]")
{
	Client h({ .gso = 2999 });

	CHECK(hrtcp_conn_size_goal(&h.conn) == 2000);
	WRITE(h, 0, 4000);
	SEES(h, 0, ". 1:2001(2000) ack 1", "P. 2001:4001(2000) ack 1");
}

TEST_CASE("super-segment: cut at the window", "[output]")
{
	Client h(big);

	PEER(h, 0, ". 1:1(0) ack 1 win 3500");
	WRITE(h, 0, 6000);
	SEES(h, 0, ". 1:3001(3000) ack 1");
	PEER(h, MS(10), ". 1:1(0) ack 3001 win 3500");
	SEES(h, MS(10), "P. 3001:6001(3000) ack 1");
}

TEST_CASE("super-segment: acknowledged in part, it shrinks in front", "[output]")
{
	Client h(big);

	WRITE(h, 0, 5000);
	SEES(h, 0, "P. 1:5001(5000) ack 1");
	PEER(h, MS(10), ". 1:1(0) ack 2001");
	CHECK(h.conn.txq.pipe_bytes == 3000);
	CHECK(h.buffers() == 1);
	PEER(h, MS(20), ". 1:1(0) ack 2501");
	const u64 rto = hrtcp_rtt_timeout(&h.conn.rtt, &h.cfg);
	SEES(h, MS(20) + rto, ". 2001:3001(1000) ack 1");
	PEER(h, MS(30) + rto, ". 1:1(0) ack 5001");
	CHECK(h.buffers() == 0);
}

TEST_CASE("super-segment: only the lost part goes again", "[output][R5681-10]")
{
	Client h(big);

	WRITE(h, 0, 8000);
	SEES(h, 0, "P. 1:8001(8000) ack 1");
	PEER(h, MS(10), ". 1:1(0) ack 2001");
	for (int i = 0; i < 2; i++)
		PEER(h, MS(11), ". 1:1(0) ack 2001");
	QUIET(h, MS(11));
	PEER(h, MS(12), ". 1:1(0) ack 2001");
	SEES(h, MS(12), ". 2001:3001(1000) ack 1");
	CHECK(h.conn.total_retrans == 1);
	PEER(h, MS(20), ". 1:1(0) ack 8001");
	QUIET(h, SEC(10));
	CHECK(h.buffers() == 0);
}

TEST_CASE("super-segment: retransmission after a timeout grows with cwnd",
	  "[output][R5681-09][R3465-02]")
{
	Client h(big);

	WRITE(h, 0, 8000);
	SEES(h, 0, "P. 1:8001(8000) ack 1");
	SEES(h, RTO, ". 1:1001(1000) ack 1");
	PEER(h, RTO + MS(10), ". 1:1(0) ack 1001");
	SEES(h, RTO + MS(10), ". 1001:3001(2000) ack 1");
	PEER(h, RTO + MS(20), ". 1:1(0) ack 3001");
	SEES(h, RTO + MS(20), ". 3001:6001(3000) ack 1");
	PEER(h, RTO + MS(30), ". 1:1(0) ack 6001");
	SEES(h, RTO + MS(30), "P. 6001:8001(2000) ack 1");
	CHECK(h.conn.total_retrans == 8);
}

TEST_CASE("super-segment: FIN rides on the last one", "[output]")
{
	Client h(big);

	PEER(h, 0, ". 1:1(0) ack 1 win 0");
	WRITE(h, 0, 3000);
	CLOSE(h, 0);
	PEER(h, MS(10), ". 1:1(0) ack 1");
	SEES(h, MS(10), "FP. 1:3001(3000) ack 1");
}

TEST_CASE("super-segment: a caller that cannot cut it now is asked again", "[output]")
{
	Client h(big);

	PEER(h, 0, ". 1:1(0) ack 1 win 3500");
	h.fail_tx = 1;
	WRITE(h, 0, 6000);
	QUIET(h, MS(1) - 1);
	SEES(h, MS(1), ". 1:3001(3000) ack 1");
}

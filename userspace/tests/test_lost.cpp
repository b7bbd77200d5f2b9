// SPDX-License-Identifier: GPL-2.0
// test_lost.cpp -- which of what is sent counts as lost, by RACK and on a timeout: the send
// queue's part of RFC 8985 6.2 step 5 and 6.3.
#include <deque>

#include "core.hpp"

namespace {

// Nodes of 1000 octets in units of 100, each sent at a time of its own.
struct Flight {
	hrtcp_txq q{};
	std::deque<hrtcp_txnode> nodes;

	explicit Flight(std::initializer_list<u64> times)
	{
		u32 at = 0;
		for (const u64 t : times) {
			hrtcp_txnode &node = nodes.emplace_back();
			node.seq = seq_of(at);
			node.end = seq_of(at += 1000);
			hrtcp_txq_append(&q, &node);
			hrtcp_txq_sent(&q, &node, 100, t);
		}
	}

	hrtcp_delivered sack(u32 start, u32 end, u64 now)
	{
		hrtcp_delivered d{};
		d.now_ns = now;
		d.echo_end_ns = HRTCP_NEVER;
		d.before_ns = now;
		hrtcp_txq_sack(&q, seq_of(start), seq_of(end), &d);
		return d;
	}

	u64 detect(u64 at, u32 end, u64 age, u64 now)
	{
		const hrtcp_sent newest{ .at_ns = at, .end = seq_of(end) };
		return hrtcp_txq_detect_lost(&q, &newest, age, now);
	}
};

} // namespace

TEST_CASE("lost: the timer is for the last of what may be lost", "[R8985-06]")
{
	Flight s{ 1000, 1010, 1020, 1030 };

	s.sack(3000, 4000, 1040);
	CHECK(s.detect(1030, 4000, 100, 1050) == 70);	// the third is, at 1120
	CHECK(s.q.lost_bytes == 0);
	CHECK(s.detect(1030, 4000, 100, 1110) == 10);
	CHECK(s.q.lost_bytes == 2000);
	CHECK(s.detect(1030, 4000, 100, 1120) == 0);
	CHECK(s.q.lost_bytes == 3000);
	CHECK(s.q.lost_total == 3000);			// each once
}

TEST_CASE("lost: of what left at once all before the delivered unit, none behind it",
	  "[R8985-06]")
{
	Flight s{ 1000, 1000, 1000 };

	s.sack(1300, 1400, 1100);
	CHECK(s.detect(1000, 1400, 100, 1100) == 0);
	CHECK(s.nodes[0].lost == 0x3ff);
	CHECK(s.nodes[1].lost == 0x7);
	CHECK(s.nodes[2].lost == 0);
	CHECK(s.q.pipe_bytes == 600 + 1000);
}

TEST_CASE("lost: what left after the delivered unit is not", "[R8985-06]")
{
	Flight s{ 1000, 1001 };

	CHECK(s.detect(1000, 500, 10, 2000) == 0);
	CHECK(s.nodes[0].lost == 0xf);
	CHECK(s.nodes[1].lost == 0);
}

TEST_CASE("lost: on a timeout the head is, whenever it left, and what is old",
	  "[R8985-07][R2018-08]")
{
	Flight s{ 1990, 1000, 1991, 1900 };

	hrtcp_txq_mark_old_lost(&s.q, 100, 2000);
	CHECK(s.nodes[0].lost == 1);
	CHECK(s.nodes[1].lost == 0x3ff);
	CHECK(s.nodes[2].lost == 0);
	CHECK(s.nodes[3].lost == 0x3ff);		// as old as that
}

TEST_CASE("lost: a SACK that cuts units counts only whole ones", "[R2018-07]")
{
	Flight s{ 1000, 1000 };

	CHECK(s.sack(150, 399, 1100).bytes == 100);
	CHECK(s.nodes[0].sacked == 0x4);
	CHECK(s.sack(950, 1050, 1100).bytes == 0);
	CHECK(s.sack(900, 1100, 1100).bytes == 200);
	CHECK(s.nodes[0].sacked == 0x204);
	CHECK(s.nodes[1].sacked == 1);
}

TEST_CASE("lost: what an ACK tells is of the unit sent last, the lowest and the highest")
{
	Flight s{ 1000, 1030, 1020 };
	hrtcp_delivered d{};

	d.now_ns = 1100;
	d.echo_end_ns = HRTCP_NEVER;
	hrtcp_txq_sack(&s.q, seq_of(500), seq_of(600), &d);
	hrtcp_txq_sack(&s.q, seq_of(2200), seq_of(2400), &d);
	hrtcp_txq_sack(&s.q, seq_of(1100), seq_of(1300), &d);
	CHECK(d.bytes == 500);
	CHECK(d.sent_ns == 1030);
	CHECK(d.end.v == 1300);
	CHECK(d.highest.v == 2400);
	CHECK(d.lowest.v == 500);
	CHECK_FALSE(d.original);			// of before a timeout that never was
}

TEST_CASE("lost: the round trip is of the oldest segment acknowledged, if it left once",
	  "[R6298-06]")
{
	Flight s{ 1000, 1030, 1060 };
	hrtcp_delivered d{};

	d.now_ns = 1100;
	d.echo_end_ns = HRTCP_NEVER;
	hrtcp_txq_ack(&s.q, seq_of(2000), &d);
	CHECK(d.rtt_sent_ns == 1000);
	CHECK_FALSE(d.repeated);

	Flight again{ 1000, 1030 };
	hrtcp_txq_mark_lost(&again.q, &again.nodes[0]);
	hrtcp_txq_sent(&again.q, &again.nodes[0], 0, 1050);
	d = {};
	d.now_ns = 1100;
	d.echo_end_ns = HRTCP_NEVER;
	hrtcp_txq_ack(&again.q, seq_of(2000), &d);
	CHECK(d.repeated);
}

TEST_CASE("lost: a SACK up to the end of a node has its short last unit, too", "[R2018-07]")
{
	hrtcp_txq q{};
	hrtcp_txnode node{};
	hrtcp_delivered d{};

	node.end = seq_of(950);
	hrtcp_txq_append(&q, &node);
	hrtcp_txq_sent(&q, &node, 100, 1000);
	d.now_ns = 1100;
	d.echo_end_ns = HRTCP_NEVER;
	hrtcp_txq_sack(&q, seq_of(800), seq_of(949), &d);
	CHECK(node.sacked == 0x100);
	hrtcp_txq_sack(&q, seq_of(900), seq_of(950), &d);
	CHECK(node.sacked == 0x300);
	CHECK(d.bytes == 150);
}

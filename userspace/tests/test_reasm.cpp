// SPDX-License-Identifier: GPL-2.0
#include <algorithm>
#include <deque>
#include <vector>

#include "core.hpp"

namespace {

// The queue under test beside what it should be: which octets are held, and where a FIN is.
struct Queue {
	static constexpr u32 span = 200, base = 0xffffffa0;	// wraps inside

	hrtcp_reasm r;
	std::deque<hrtcp_rxnode> nodes;
	std::vector<bool> held = std::vector<bool>(span);
	bool fin_held = false;

	Queue() { hrtcp_reasm_init(&r); }

	hrtcp_drop insert(u32 start, u32 end, bool fin = false)
	{
		hrtcp_rxnode &node = nodes.emplace_back();
		node.seq = seq_of(base + start);
		node.end = seq_of(base + end);
		node.skip = 0;
		node.fin = fin;
		const hrtcp_drop why = hrtcp_reasm_insert(&r, &node);
		bool news = fin && !fin_held && !(end < span && held[end]);
		for (u32 i = start; i < end; i++) {
			news = news || !held[i];
			held[i] = true;
		}
		fin_held = fin_held || fin;
		CHECK((why == HRTCP_DROP_NONE || !news));	// it may replace several nodes
		return why;
	}

	u32 octets() const
	{
		return static_cast<u32>(std::count(held.begin(), held.end(), true));
	}

	// Takes what is ready: empty nodes were superseded, others are next in the stream.
	u32 take(u32 &at)
	{
		u32 empty = 0;
		while (const hrtcp_rxnode *node = hrtcp_reasm_ready(&r)) {
			empty += seq_eq(node->seq, node->end);
			for (u32 i = node->seq.v - base; i != node->end.v - base; i++, at++) {
				REQUIRE(i == at);
				REQUIRE(held[i]);
				held[i] = false;
			}
		}
		return empty;
	}

	// Octet @at closes a gap. Returns how far the stream is contiguous then.
	u32 advance(u32 at)
	{
		seq nxt = seq_of(base + at);
		for (u32 i = 0; i < at; i++)
			held[i] = false;
		if (hrtcp_reasm_advance(&r, &nxt))
			fin_held = false;
		take(at);
		REQUIRE(nxt.v - base == at);
		return at;
	}
};

} // namespace

TEST_CASE("reasm_insert: kept in order of sequence numbers", "[SHLD-31]")
{
	Queue q;

	CHECK(q.insert(30, 40) == HRTCP_DROP_NONE);
	CHECK(q.insert(10, 20) == HRTCP_DROP_NONE);
	CHECK(q.insert(100, 110) == HRTCP_DROP_NONE);	// past the wrap
	CHECK(q.r.nodes == 3);
	CHECK(q.r.bytes == 30);
	CHECK(q.advance(10) == 20);
	CHECK(q.advance(30) == 40);
	CHECK(q.advance(100) == 110);
	CHECK(q.r.nodes == 0);
	CHECK(q.r.bytes == 0);
}

TEST_CASE("reasm_insert: a duplicate is refused", "[A-83]")
{
	Queue q;

	q.insert(10, 30);
	CHECK(q.insert(10, 30) == HRTCP_DROP_DUPLICATE);
	CHECK(q.insert(15, 20) == HRTCP_DROP_DUPLICATE);
	CHECK(q.insert(25, 30) == HRTCP_DROP_DUPLICATE);
	CHECK(q.r.nodes == 1);
	CHECK(q.r.bytes == 20);
}

TEST_CASE("reasm_insert: a duplicate of two neighbours is refused", "[A-83]")
{
	Queue q;

	q.insert(10, 20);
	q.insert(20, 30);
	CHECK(q.insert(12, 28) == HRTCP_DROP_DUPLICATE);
	CHECK(q.r.nodes == 2);
}

TEST_CASE("reasm_insert: trimmed in front and behind to what is new", "[R9293-36]")
{
	Queue q;

	q.insert(10, 20);
	q.insert(30, 40);
	CHECK(q.insert(15, 35) == HRTCP_DROP_NONE);
	const hrtcp_rxnode &node = q.nodes.back();
	CHECK(node.seq.v - Queue::base == 20);
	CHECK(node.end.v - Queue::base == 30);
	CHECK(node.skip == 5);
	CHECK(q.r.bytes == 30);
	CHECK(q.advance(10) == 40);
}

TEST_CASE("reasm_insert: nodes wholly covered are handed back", "[A-83]")
{
	Queue q;
	u32 at = 0;

	q.insert(20, 25);
	q.insert(30, 35);
	q.insert(40, 45);
	CHECK(q.insert(10, 45) == HRTCP_DROP_NONE);
	CHECK(q.take(at) == 3);
	CHECK(q.r.nodes == 1);
	CHECK(q.r.bytes == 35);
}

TEST_CASE("reasm_insert: a FIN is never lost to data that ends where it stands", "[R9293-62]")
{
	for (const bool fin_first : { true, false }) {
		Queue q;
		seq nxt = seq_of(Queue::base + 5);
		CAPTURE(fin_first);
		q.insert(10, 20, fin_first);
		q.insert(5, 20, !fin_first);
		CHECK(hrtcp_reasm_advance(&q.r, &nxt));
		CHECK(nxt.v - Queue::base == 20);
	}
}

TEST_CASE("reasm_insert: a FIN is news behind data that is held already", "[R9293-62]")
{
	for (const u32 start : { 10u, 15u, 20u }) {
		Queue q;
		seq nxt = seq_of(Queue::base + 10);

		q.insert(10, 20);
		CHECK(q.insert(start, 20, true) == HRTCP_DROP_NONE);
		CHECK(q.insert(start, 20, true) == HRTCP_DROP_DUPLICATE);
		CHECK(hrtcp_reasm_advance(&q.r, &nxt));
		CHECK(nxt.v == Queue::base + 20);
		while (hrtcp_reasm_drain(&q.r))
			;
	}
}

TEST_CASE("reasm_insert: a FIN without data", "[R9293-62]")
{
	Queue q;

	CHECK(q.insert(20, 20, true) == HRTCP_DROP_NONE);
	CHECK(q.insert(20, 20, true) == HRTCP_DROP_DUPLICATE);
	CHECK(q.insert(10, 20) == HRTCP_DROP_NONE);
	CHECK(q.advance(10) == 20);
	CHECK_FALSE(q.fin_held);
	CHECK(q.r.nodes == 0);
}

TEST_CASE("reasm_insert: a FIN amid data that is held is none", "[R9293-62]")
{
	Queue q;
	seq nxt = seq_of(Queue::base + 5);

	q.insert(10, 30);
	CHECK(q.insert(20, 20, true) == HRTCP_DROP_DUPLICATE);
	CHECK(q.insert(15, 25, true) == HRTCP_DROP_DUPLICATE);
	CHECK(q.insert(5, 25, true) == HRTCP_DROP_NONE);	// its data is new
	CHECK(q.r.bytes == 25);
	CHECK_FALSE(hrtcp_reasm_advance(&q.r, &nxt));
	CHECK(nxt.v - Queue::base == 30);
}

TEST_CASE("reasm_insert: one-octet segments cannot fill memory", "[A-83]")
{
	hrtcp_reasm r;
	std::vector<hrtcp_rxnode> nodes(HRTCP_REASM_MAX + 1);

	hrtcp_reasm_init(&r);
	for (u32 i = 0; i <= HRTCP_REASM_MAX; i++) {
		nodes[i].seq = seq_of(2 * i);
		nodes[i].end = seq_of(2 * i + 1);
		const hrtcp_drop why = hrtcp_reasm_insert(&r, &nodes[i]);
		if ((why == HRTCP_DROP_NONE) != (i < HRTCP_REASM_MAX))
			FAIL("at node " << i);
	}
	CHECK(r.nodes == HRTCP_REASM_MAX);
	CHECK(hrtcp_reasm_insert(&r, &nodes[HRTCP_REASM_MAX]) == HRTCP_DROP_REASM_FULL);
}

TEST_CASE("reasm_insert: 120 MB behind a hole are held, and few small segments with them", "[A-83]")
{
	constexpr u32 mss = 536, n = 120000000 / mss, small = n * (mss - HRTCP_REASM_SIZE) / HRTCP_REASM_SIZE;
	hrtcp_reasm r;
	std::vector<hrtcp_rxnode> nodes(n + small + 100);
	seq nxt = seq_of(mss);
	u32 i = 0, got = 0;

	hrtcp_reasm_init(&r);
	for (; i < n; i++) {
		nodes[i].seq = seq_of((i + 1) * mss);
		nodes[i].end = seq_of((i + 2) * mss);
		if (hrtcp_reasm_insert(&r, &nodes[i]) != HRTCP_DROP_NONE)
			FAIL("at node " << i);
	}
	CHECK(r.bytes == n * mss);
	for (; i < nodes.size(); i++) {
		nodes[i].seq = seq_of((n + 1) * mss + 2 * (i - n) + 1);
		nodes[i].end = seq_add(nodes[i].seq, 1);
		if (hrtcp_reasm_insert(&r, &nodes[i]) != HRTCP_DROP_NONE)
			break;
	}
	CHECK(r.nodes >= n + small);
	CHECK(i < nodes.size());
	CHECK_FALSE(hrtcp_reasm_advance(&r, &nxt));
	CHECK(nxt.v == (n + 1) * mss);
	while (hrtcp_reasm_ready(&r))
		got++;
	CHECK(got == n);
}

TEST_CASE("reasm_advance: nothing while the gap is open", "[A-82]")
{
	Queue q;

	CHECK(q.advance(0) == 0);
	q.insert(10, 20);
	CHECK(q.advance(9) == 9);
	CHECK(hrtcp_reasm_ready(&q.r) == nullptr);
	CHECK(q.r.nodes == 1);
}

TEST_CASE("reasm_advance: what was received meanwhile is skipped", "[R9293-36]")
{
	Queue q;
	seq nxt = seq_of(Queue::base + 26);

	q.insert(10, 20);
	q.insert(20, 30);
	CHECK_FALSE(hrtcp_reasm_advance(&q.r, &nxt));
	CHECK(nxt.v - Queue::base == 30);
	CHECK(hrtcp_reasm_ready(&q.r) == &q.nodes[0]);	// empty
	const hrtcp_rxnode *node = hrtcp_reasm_ready(&q.r);
	REQUIRE(node == &q.nodes[1]);
	CHECK(node->skip == 6);
	CHECK(node->end.v - node->seq.v == 4);
}

TEST_CASE("reasm_drain: gives back all, superseded ones too", "[U-42]")
{
	Queue q;
	u32 n = 0;

	q.insert(10, 20);
	q.insert(50, 60);
	q.insert(5, 25);
	while (hrtcp_reasm_drain(&q.r))
		n++;
	CHECK(n == 3);
	CHECK(q.r.nodes == 0);
	CHECK(q.r.bytes == 0);
}

TEST_CASE("reasm: random segments against a bitmap", "[SHLD-31][A-83]")
{
	for (u32 seed = 1; seed <= 300; seed++) {
		Random pick(seed);
		Queue q;
		u32 nxt = 1, at = 0, kept = 0;
		CAPTURE(seed);
		for (int step = 0; step < 120 && nxt < 180; step++) {
			const u32 start = nxt + 1 + pick(80);
			const u32 end = std::min(start + 1 + pick(pick(4) ? 9 : 40), 180u);
			if (start < end)
				kept += q.insert(start, end, end == 180) == HRTCP_DROP_NONE;
			kept -= q.take(at);
			REQUIRE(q.r.bytes == q.octets());
			REQUIRE(q.r.nodes == kept);
			if (pick(20))
				continue;
			nxt = q.advance(nxt + 1 + pick(10));
			kept = q.r.nodes;
		}
		q.advance(Queue::span);
		REQUIRE(q.octets() == 0);
		REQUIRE(q.r.nodes == 0);
	}
}

// -- runs ----------------------------------------------------------------------------------

TEST_CASE("insert: what is contiguous around a node is known, whatever came before",
	  "[R2018-04][R2018-06]")
{
	for (u32 seed = 0; seed < 300; seed++) {
		Random pick(seed);
		std::vector<bool> have(400);
		std::vector<std::unique_ptr<hrtcp_rxnode>> nodes;
		hrtcp_reasm r;

		hrtcp_reasm_init(&r);
		for (int i = 0; i < 60; i++) {
			nodes.push_back(std::make_unique<hrtcp_rxnode>());
			auto *node = nodes.back().get();
			const u32 start = pick(390), end = start + 1 + pick(pick(3) ? 10 : 60);
			node->seq = seq_of(start);
			node->end = seq_of(std::min(end, 400u));
			if (hrtcp_reasm_insert(&r, node) != HRTCP_DROP_NONE)
				continue;
			const auto had = have;
			std::fill(have.begin() + start, have.begin() + node->end.v, true);
			if (r.run_start.v == r.run_end.v) {	// so it was all held already
				REQUIRE(std::find(had.begin() + start, had.begin() + node->end.v,
						  false) == had.begin() + node->end.v);
				continue;
			}
			u32 from = node->seq.v, to = node->end.v;
			while (from && have[from - 1])
				from--;
			while (to < 400 && have[to])
				to++;
			REQUIRE(r.run_start.v == from);
			REQUIRE(r.run_end.v == to);
		}
		while (hrtcp_reasm_drain(&r))
			;
	}
}

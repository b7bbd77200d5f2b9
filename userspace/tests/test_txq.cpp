// SPDX-License-Identifier: GPL-2.0
#include <deque>
#include <map>

#include "core.hpp"

namespace {

// The send queue beside a model that knows of each sent octet whether it is lost.
struct Queue {
	static constexpr u32 base = 0xfffff000;		// wraps inside

	hrtcp_txq q{};
	std::deque<hrtcp_txnode> nodes;
	std::map<u32, bool> lost;			// by octet since base, sent ones only
	u32 end = 0, freed = 0;
	u64 rtt_sent_ns = 0;

	hrtcp_txnode *append(u32 len)
	{
		hrtcp_txnode &node = nodes.emplace_back();
		node.seq = seq_of(base + end);
		end += len;
		node.end = seq_of(base + end);
		hrtcp_txq_append(&q, &node);
		return &node;
	}

	void set(const hrtcp_txnode *node, bool is_lost)
	{
		for (u32 i = node->seq.v - base; i != node->end.v - base; i++)
			lost[i] = is_lost;
	}

	void send(hrtcp_txnode *node, u16 mss, u64 now)
	{
		hrtcp_txq_sent(&q, node, mss, now);
		set(node, false);
	}

	hrtcp_txnode *split(hrtcp_txnode *node, u32 len)
	{
		hrtcp_txnode &rest = nodes.emplace_back();
		hrtcp_txq_split(&q, node, &rest, len);
		return &rest;
	}

	// Sends the first lost run again, cut out of its node first.
	bool resend(u64 now)
	{
		u32 skip, len;
		hrtcp_txnode *node = hrtcp_txq_first_lost(&q, &skip, &len);
		check_first_lost(node, skip, len);
		if (!node)
			return false;
		if (skip)
			node = split(node, skip);
		if (len < hrtcp_txnode_len(node))
			split(node, len);
		send(node, 0, now);
		return true;
	}

	void check_first_lost(const hrtcp_txnode *node, u32 skip, u32 len) const
	{
		auto at = lost.begin();
		while (at != lost.end() && !at->second)
			++at;
		REQUIRE(!node == (at == lost.end()));
		if (!node)
			return;
		REQUIRE(node->seq.v - base + skip == at->first);
		REQUIRE(skip + len <= hrtcp_txnode_len(node));
		for (u32 i = 0; i < len; i++)
			REQUIRE(lost.at(at->first + i));
		REQUIRE((skip + len == hrtcp_txnode_len(node) || !lost.at(at->first + len)));
	}

	// Puts the first lost node together with the one behind it.
	bool join(u32 most)
	{
		hrtcp_txnode *node = q.head;
		while (node && node != q.unsent && !hrtcp_txq_may_join(&q, node, most))
			node = node->next;
		if (!node || node == q.unsent)
			return false;
		const u32 len = hrtcp_txnode_len(node) + hrtcp_txnode_len(node->next);
		REQUIRE(len <= std::min<u32>(most, node->mss));
		for (u32 i = node->seq.v - base; i != node->next->end.v - base; i++)
			REQUIRE(lost.at(i));
		hrtcp_txq_join(&q, node);
		REQUIRE(hrtcp_txnode_len(node) == len);
		for (; q.acked; q.acked = q.acked->next)
			freed++;
		return true;
	}

	void mark(hrtcp_txnode *node)
	{
		hrtcp_txq_mark_lost(&q, node);
		set(node, true);
	}

	void ack(u32 una)
	{
		hrtcp_delivered d{};
		hrtcp_txq_ack(&q, seq_of(base + una), &d);
		rtt_sent_ns = d.repeated ? 0 : d.rtt_sent_ns;
		const u32 left = q.head ? q.head->seq.v - base : end;
		REQUIRE(left <= una);
		lost.erase(lost.begin(), lost.lower_bound(left));
		for (; q.acked; q.acked = q.acked->next)
			freed++;
	}

	void check() const
	{
		u32 n_lost = 0;
		u32 at = q.head ? q.head->seq.v - base : end;
		bool unsent = false;
		for (const auto &octet : lost)
			n_lost += octet.second;
		REQUIRE(q.lost_bytes == n_lost);
		REQUIRE(q.pipe_bytes == lost.size() - n_lost);
		for (auto *n = q.head; n; n = n->next) {
			REQUIRE(n->seq.v - base == at);
			REQUIRE(hrtcp_txnode_len(n) > 0);
			at = n->end.v - base;
			unsent = unsent || n == q.unsent;
			REQUIRE((n->sends == 0) == unsent);
			REQUIRE((n->next || n == q.tail));
		}
		REQUIRE(at == end);
		REQUIRE((!q.unsent || unsent));
	}
};

} // namespace

TEST_CASE("txq_append: in order, unsent", "[txq]")
{
	Queue q;

	auto *a = q.append(100), *b = q.append(50);
	q.check();
	CHECK(q.q.head == a);
	CHECK(q.q.unsent == a);
	CHECK(q.q.tail == b);
	CHECK(q.q.pipe_bytes == 0);
}

TEST_CASE("txq_sent: into the pipe, the unit fixed by the first time", "[txq]")
{
	Queue q;

	auto *a = q.append(2500);
	q.append(10);
	q.send(a, 1000, 7);
	CHECK(q.q.unsent == a->next);
	CHECK(a->mss == 1000);
	CHECK(a->sent_ns == 7);
	CHECK(a->sends == 1);
	q.mark(a);
	q.send(a, 500, 9);
	CHECK(a->mss == 1000);
	CHECK(a->sent_ns == 9);
	CHECK(a->sends == 2);
	q.check();
}

TEST_CASE("txq_sent: the count of transmissions saturates", "[txq]")
{
	Queue q;
	auto *a = q.append(1);

	for (int i = 0; i < 300; i++)
		q.send(a, 1000, 1);
	CHECK(a->sends == 255);
	q.check();
}

TEST_CASE("txq_split: of an unsent node", "[txq]")
{
	Queue q;
	auto *a = q.append(100);

	a->push = 1;
	auto *b = q.split(a, 30);
	CHECK(hrtcp_txnode_len(a) == 30);
	CHECK(hrtcp_txnode_len(b) == 70);
	CHECK(a->push == 0);
	CHECK(b->push == 1);
	CHECK(q.q.unsent == a);
	CHECK(q.q.tail == b);
	q.check();
}

TEST_CASE("txq_split: of a sent node, lost units go where they are", "[txq]")
{
	Queue q;
	auto *a = q.append(3500);

	q.send(a, 1000, 1);
	hrtcp_txq_mark_head_lost(&q.q);
	for (u32 i = 0; i < 1000; i++)
		q.lost[i] = true;
	q.check();
	auto *b = q.split(a, 2000);
	CHECK(a->lost == 1);
	CHECK(b->lost == 0);
	CHECK(b->sent_ns == 1);
	CHECK(b->mss == 1000);
	q.check();
}

TEST_CASE("txq_mark_head_lost: only if it was sent", "[txq]")
{
	Queue q;

	hrtcp_txq_mark_head_lost(&q.q);
	q.append(100);
	hrtcp_txq_mark_head_lost(&q.q);
	CHECK(q.q.lost_bytes == 0);
	q.check();
}

TEST_CASE("txq_mark_all_lost: every unit sent, none unsent", "[R6298-10]")
{
	Queue q;

	q.send(q.append(2500), 1000, 1);
	q.send(q.append(10), 1000, 1);
	q.append(400);
	hrtcp_txq_mark_all_lost(&q.q);
	CHECK(q.q.lost_bytes == 2510);
	CHECK(q.q.pipe_bytes == 0);
}

TEST_CASE("txq_recut: units too large are lost and cut anew, others stay", "[R1191-04]")
{
	Queue q;
	auto *a = q.append(3000), *b = q.append(500), *c = q.append(500);

	q.send(a, 1000, 1);
	q.send(b, 500, 1);
	q.send(c, 1000, 1);		// shorter than its unit
	hrtcp_txq_recut(&q.q, a->seq, 600);
	q.set(a, true);
	CHECK(a->mss == 600);
	CHECK(b->lost == 0);
	CHECK(c->lost == 0);
	CHECK(a->lost == 0x1f);
	q.check();
}

TEST_CASE("txq_first_lost: the first run, within one node", "[txq]")
{
	Queue q;
	auto *a = q.append(4000), *b = q.append(1000);
	u32 skip, len;

	q.send(a, 1000, 1);
	q.send(b, 1000, 1);
	CHECK(hrtcp_txq_first_lost(&q.q, &skip, &len) == nullptr);
	q.mark(b);
	CHECK(hrtcp_txq_first_lost(&q.q, &skip, &len) == b);
	CHECK((skip == 0 && len == 1000));
	q.mark(a);
	CHECK(hrtcp_txq_first_lost(&q.q, &skip, &len) == a);
	CHECK((skip == 0 && len == 4000));
}

TEST_CASE("txq_ack: whole nodes to the freed list, whole units off the first", "[A-64]")
{
	Queue q;

	q.send(q.append(1000), 1000, 5);
	q.send(q.append(3000), 1000, 6);
	q.ack(1000);
	CHECK(q.freed == 1);
	CHECK(q.rtt_sent_ns == 5);
	q.check();
	q.ack(2999);			// one unit and a part of the next
	CHECK(q.q.head->seq.v == Queue::base + 2000);
	CHECK(q.rtt_sent_ns == 6);
	q.check();
	q.ack(4000);
	CHECK(q.freed == 2);
	CHECK(q.q.head == nullptr);
	CHECK(q.q.tail == nullptr);
	q.check();
}

TEST_CASE("txq_ack: no sample from what was sent twice", "[R6298-06]")
{
	Queue q;
	auto *a = q.append(1000);

	q.send(a, 1000, 5);
	q.mark(a);
	q.send(a, 1000, 6);
	q.ack(1000);
	CHECK(q.rtt_sent_ns == 0);
}

TEST_CASE("txq_ack: no sample where a hole was filled in between", "[R6298-06]")
{
	Queue q;
	auto *a = q.append(1000);

	q.send(a, 1000, 5);
	q.send(q.append(1000), 1000, 6);	// waits for the hole before it
	q.mark(a);
	q.send(a, 1000, 7);
	q.ack(2000);
	CHECK(q.rtt_sent_ns == 0);
}

TEST_CASE("txq_ack: an octet of the unsent part went out as a window probe", "[MUST-36]")
{
	Queue q;

	q.append(1);
	q.append(10);
	q.ack(1);
	CHECK(q.freed == 1);
	q.check();
	q.ack(2);
	CHECK(q.freed == 1);
	CHECK(hrtcp_txnode_len(q.q.head) == 9);
	CHECK(q.q.unsent == q.q.head);
	q.check();
}

TEST_CASE("txq: nodes of more than 64 units", "[txq]")
{
	Queue q;
	auto *a = q.append(100 * 100);

	q.send(a, 100, 1);
	q.mark(a);
	q.check();
	q.ack(1050);
	q.check();
	auto *b = q.split(a, 7000);
	q.check();
	q.send(a, 0, 2);
	CHECK(b->lost != 0);
	q.check();
	while (q.resend(3))
		q.check();
	q.ack(10000);
	CHECK(q.q.head == nullptr);
}

TEST_CASE("txq: random sends, losses, splits and acknowledgments against the model", "[txq]")
{
	for (u32 seed = 1; seed <= 200; seed++) {
		Random pick(seed);
		Queue q;
		CAPTURE(seed);
		for (u64 step = 1; step < 100; step++) {
			const u32 first = q.q.head ? q.q.head->seq.v - Queue::base : q.end;
			const u32 sent_end = q.q.unsent ? q.q.unsent->seq.v - Queue::base : q.end;
			const auto mss = static_cast<u16>(1 + pick(60));
			switch (pick(9)) {
			case 0: case 1:
				q.append(1 + pick(pick(2) ? 400 : 20));
				break;
			case 7:
				while (q.join(1 + pick(60)))
					q.check();
				break;
			case 8:
				q.append(1 + pick(40));
				break;
			case 2: case 3:
				if (q.q.unsent)
					q.send(q.q.unsent, mss, step);
				break;
			case 4:
				q.resend(step);
				break;
			case 5:
				if (q.q.head && q.q.head != q.q.unsent)
					q.mark(q.q.head);
				break;
			case 6:
				hrtcp_txq_mark_all_lost(&q.q);
				for (auto &octet : q.lost)
					octet.second = true;
				break;
			default:
				q.ack(first + (sent_end - first) * pick(5) / 4);
			}
			q.check();
		}
	}
}

// SPDX-License-Identifier: GPL-2.0
// test_txq_model.cpp -- the send queue and a plain model of it do the same things, by seed.
#include <deque>

#include "txq_model.hpp"

namespace {

constexpr u32 base = 0xffffe000;	// wraps inside

struct Both {
	hrtcp_txq q{};
	Model m;
	std::deque<hrtcp_txnode> store;
	std::vector<hrtcp_sack_block> blocks;	// told before: they come again
	Random pick;
	u64 now = 1000;
	u64 newest_ns = 0;
	u32 newest_end = 0;

	explicit Both(u32 seed) : pick(seed) {}

	u32 acked = 0;				// perhaps in the middle of the first unit

	static seq at(u32 octet) { return seq_of(base + octet); }
	u32 una() const { return m.nodes.empty() ? m.end : m.nodes[0].start; }
	u32 nxt() const
	{
		const size_t n = m.sent();
		return n ? m.nodes[n - 1].end : una();
	}
	hrtcp_txnode *node(size_t i) const
	{
		hrtcp_txnode *n = q.head;
		while (i--)
			n = n->next;
		return n;
	}
	size_t some_sent() { return pick(static_cast<u32>(m.sent())); }

	void write()
	{
		const u32 len = 1 + pick(pick(3) ? 60 : 900);
		hrtcp_txnode &n = store.emplace_back();
		n.seq = at(m.end);
		n.end = at(m.end + len);
		hrtcp_txq_append(&q, &n);
		m.write(len);
	}
	void split(size_t i, u32 len)
	{
		hrtcp_txq_split(&q, node(i), &store.emplace_back(), len);
		m.split(i, len);
	}
	void send(size_t i)
	{
		const u16 mss = static_cast<u16>(1 + pick(20));
		hrtcp_txq_sent(&q, node(i), mss, now);
		m.send(i, mss, now);
	}
	void send_new()
	{
		const size_t i = m.sent();
		if (i == m.nodes.size())
			return;
		if (m.nodes[i].len() > 1 && !pick(3))
			split(i, 1 + pick(m.nodes[i].len() - 1));
		send(i);
	}
	// As sender.c goes about it.
	void resend()
	{
		ModelLost lost = m.first_lost();
		if (!lost.len)
			return;
		if (lost.skip) {
			split(lost.node, lost.skip);
			lost.node++;
		}
		if (lost.len < m.nodes[lost.node].len())
			split(lost.node, lost.len);
		if (hrtcp_txq_may_join(&q, node(lost.node), 1 + pick(20))) {
			hrtcp_txq_join(&q, node(lost.node));
			m.join(lost.node);
		}
		if (pick(8))
			send(lost.node);
	}
	// The last one again as a probe, or one as a whole though parts of it are SACKed.
	void send_whole()
	{
		if (m.sent())
			send(pick(2) ? m.sent() - 1 : some_sent());
	}
	hrtcp_delivered nothing_yet() const
	{
		hrtcp_delivered d{};
		d.now_ns = now;
		d.echo_end_ns = HRTCP_NEVER;
		return d;
	}
	void learn(const hrtcp_delivered &d, const hrtcp_delivered &want)
	{
		REQUIRE(d.bytes == want.bytes);
		REQUIRE(d.units == want.units);
		REQUIRE(d.once == want.once);
		REQUIRE(d.sent_ns == want.sent_ns);
		if (d.bytes)
			REQUIRE(d.highest.v == base + want.highest.v);
		if (d.once)
			REQUIRE(d.lowest.v == base + want.lowest.v);
		if (d.sent_ns)
			REQUIRE(d.end.v == base + want.end.v);
		if (d.sent_ns > newest_ns || (d.sent_ns == newest_ns && want.end.v > newest_end)) {
			newest_ns = d.sent_ns;
			newest_end = want.end.v;
		}
	}
	hrtcp_sack_block some_block()
	{
		if (!blocks.empty() && pick(2)) {
			hrtcp_sack_block b = blocks[pick(static_cast<u32>(blocks.size()))];
			switch (pick(4)) {
			case 0:
				b.end.v = std::min(b.end.v + pick(40), nxt());
				break;
			case 1:
				b.start.v = std::max(b.start.v - std::min(b.start.v, pick(40)), una());
			}
			return b;
		}
		const u32 n = nxt() - una();
		const u32 from = una() + pick(n + 1);
		return { seq_of(from), seq_of(from + 1 + pick(n + 1)) };	// or beyond what is sent
	}
	void sack()
	{
		const hrtcp_sack_block b = some_block();
		hrtcp_delivered d = nothing_yet(), want = nothing_yet();
		if (b.start.v <= una() || b.start.v >= b.end.v)
			return;			/* scoreboard.c discards it */
		hrtcp_txq_sack(&q, at(b.start.v), at(b.end.v), &d);
		m.sack(b.start.v, b.end.v, want);
		learn(d, want);
		blocks.push_back(b);
		if (blocks.size() > 6)
			blocks.erase(blocks.begin());
	}
	void ack()
	{
		const u32 to = una() + pick(nxt() - una() + 1) / (1 + pick(8)), probed = pick(40) == 0;
		const u32 edge = m.sent() == 0 && probed && !m.nodes.empty() ? to + 1 : to;
		hrtcp_delivered d = nothing_yet(), want = nothing_yet();
		hrtcp_txq_ack(&q, at(edge), &d);
		m.ack(edge, want);
		acked = edge;
		learn(d, want);
		q.acked = nullptr;
	}
	void detect()
	{
		const u64 age = pick(60);
		const hrtcp_sent newest{ newest_ns, at(newest_end) };
		REQUIRE(hrtcp_txq_detect_lost(&q, &newest, age, now) ==
			m.detect(newest_ns, newest_end, age, now));
	}
	void timeout()
	{
		const u64 age = pick(60);
		if (!pick(3)) {
			hrtcp_txq_forget_sacked(&q);
			m.forget();
		}
		hrtcp_txq_doubt_sacked(&q);
		m.doubt();
		hrtcp_txq_mark_old_lost(&q, age, now);
		m.mark_old(age, now);
	}
	void rare()
	{
		switch (pick(6)) {
		case 0:
			hrtcp_txq_unmark_lost(&q);
			m.unmark();
			break;
		case 1:
			hrtcp_txq_mark_all_lost(&q);
			m.mark_all();
			break;
		case 2:
			if (m.sent()) {
				const size_t i = some_sent();
				hrtcp_txq_mark_lost(&q, node(i));
				m.mark(i);
			}
			break;
		case 3: {
			const u16 mss = static_cast<u16>(1 + pick(20));
			hrtcp_txq_recut(&q, at(acked), mss);
			m.recut(acked, mss);
			break;
		}
		default:
			timeout();
		}
	}
	void step()
	{
		now += pick(3) ? pick(6) : 0;
		switch (pick(20)) {
		case 0: case 1: return write();
		case 2: case 3: case 4: return send_new();
		case 5: case 6: case 7: return resend();
		case 8: return send_whole();
		case 9: case 10: return ack();
		case 11: case 12: return detect();
		case 13: return pick(4) ? void() : rare();
		default: return sack();
		}
	}

	static bool same(const hrtcp_txnode *n, const ModelNode &want)
	{
		u64 lost = 0, sacked = 0;
		for (size_t i = 0; i < want.units.size(); i++) {
			lost |= static_cast<u64>(want.units[i].lost) << i;
			sacked |= static_cast<u64>(want.units[i].sacked) << i;
		}
		return n->seq.v == base + want.start && n->end.v == base + want.end &&
		       n->sends == std::min(want.sends, 255u) && n->lost == lost &&
		       n->sacked == sacked &&
		       (!want.sends || (n->sent_ns == want.sent_ns && n->mss == want.mss));
	}
	void compare()
	{
		const hrtcp_txnode *n = q.head, *last = nullptr;
		for (auto &want : m.nodes) {
			const bool first_unsent = !want.sends && (!last || last->sends);
			REQUIRE((n && (n == q.unsent) == first_unsent && same(n, want)));
			last = n;
			n = n->next;
		}
		REQUIRE(!n);
		REQUIRE(q.tail == last);
		REQUIRE(hrtcp_txq_last_sent(&q) == (m.sent() ? node(m.sent() - 1) : nullptr));
		REQUIRE(q.sent_nodes == m.sent());
		REQUIRE(q.lost_total == m.lost_total);
		REQUIRE(q.pipe_bytes == m.sum([](const ModelUnit &u) { return u.open(); }));
		REQUIRE(q.lost_bytes == m.sum([](const ModelUnit &u) { return u.lost; }));
		REQUIRE(q.sacked_bytes == m.sum([](const ModelUnit &u) { return u.held(); }));
		REQUIRE(q.again_bytes == m.again());
		REQUIRE(hrtcp_txq_adds_up(&q, true));
		compare_lost();
	}
	void compare_lost()
	{
		const ModelLost want = m.first_lost();
		const u32 from = una() + pick(200), to = from + pick(200);
		u32 skip = 0, len = 0;
		const hrtcp_txnode *n = hrtcp_txq_first_lost(&q, &skip, &len);
		REQUIRE(n == (want.len ? node(want.node) : nullptr));
		REQUIRE((!n || (skip == want.skip && len == want.len)));
		REQUIRE(hrtcp_txq_lost_in(&q, at(from), at(to)) == m.lost_in(from, to));
	}
};

} // namespace

TEST_CASE("txq: whatever happens to it, it is what a plain model is", "[txq]")
{
	for (u32 seed = 1; seed <= 3000; seed++) {
		Both both(seed);
		CAPTURE(seed);
		for (u32 i = 0; i < 150; i++) {
			CAPTURE(i);
			both.step();
			both.compare();
		}
	}
}

TEST_CASE("txq_recut: nothing that is acknowledged becomes a unit of its own", "[R1191-04]")
{
	hrtcp_txq q{};
	hrtcp_txnode node{};
	hrtcp_delivered d{};
	const seq una = seq_of(1700);

	node.end = seq_of(3000);
	hrtcp_txq_append(&q, &node);
	hrtcp_txq_sent(&q, &node, 1000, 1);
	hrtcp_txq_ack(&q, una, &d);
	REQUIRE(node.seq.v == 1000);		// the unit that it ends in goes again whole
	hrtcp_txq_recut(&q, una, 600);
	CHECK(node.seq.v == una.v);
	CHECK(node.lost == 0x7);
	CHECK(q.lost_bytes == 1300);
	CHECK(hrtcp_txq_adds_up(&q, false));
}

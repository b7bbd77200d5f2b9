// SPDX-License-Identifier: GPL-2.0
// test_abuse.cpp -- what a peer, or who pretends to be one, cannot make a connection do: keep
// more than so many records of what is sent, cut its data to crumbs, answer without end.
#include "host.hpp"

namespace {

constexpr u32 unit = 48;			// the least that is believed
constexpr u32 whole = unit * HRTCP_UNITS_MAX;	// of a super-segment of such

const Setup crumbs{ .mss = 1460, .gso = 65535, .sack = true, .wscale = 6,
		    .tune = [](hrtcp_cfg &cfg) { cfg.peer_delack_ns = MS(500); } };

// A connection to a peer that takes 48 octets at a time, its window @win and cwnd without limit.
struct Crumbs : Host {
	explicit Crumbs(u32 octets, const std::string &win = "65535") : Host(crumbs)
	{
		OPEN(*this, 0);
		SEES(*this, 0, "S 0:0(0)");
		PEER(*this, MS(10), "S. 0:0(0) ack 1 win 0 <mss 1,sackOK,wscale 6>");
		SEES(*this, MS(10), ". 1(0) ack 1");
		start_clock();
		WRITE(*this, 0, octets);
		lift();
		PEER(*this, 0, ". 1(0) ack 1 win " + win);
	}

	void lift() { conn.cc.cwnd_bytes = 1u << 30; }
	const hrtcp_txq &q() const { return conn.txq; }
};

} // namespace

// -- what is sent ------------------------------------------------------------------------

TEST_CASE("abuse: an MSS near nothing is 48 octets, and sixty-four of them one buffer")
{
	for (const char *mss : { "0", "1", "8", "47", "48" }) {
		Host h({ .mss = 1460, .gso = 65535 });

		OPEN(h, 0);
		SEES(h, 0, "S 0:0(0)");
		PEER(h, 0, std::string("S. 0:0(0) ack 1 <mss ") + mss + ">");
		SEES(h, 0, ". 1(0) ack 1");
		CHECK(h.conn.snd.mss == unit);
		CHECK(h.conn.cc.cwnd_bytes == 10 * unit);	// ten segments, however small
		WRITE(h, 0, 60000);
		CHECK(h.buffers() == 60000 / whole + 2);
		u32 left = 0;
		for (const auto &s : h.take_sent()) {
			CHECK((s.gso_size == unit || s.seg.len == unit));
			left += s.seg.len;
		}
		CHECK(left == 10 * unit);
	}
}

TEST_CASE("abuse: SACKs of every second segment cannot cut what is sent to more than its share")
{
	Crumbs h(200 * whole);			// 12800 segments
	u32 most = 0, acks = 0;

	REQUIRE(h.q().sent_nodes == 200);
	h.take_sent();
	for (u32 i = 1; i + 7 < 12800; i += 8, acks++) {
		std::string sack = ". 1(0) ack 1 <sack";
		for (u32 j = 0; j < 8; j += 2)
			sack += " " + std::to_string((i + j) * unit + 1) + ":" +
				std::to_string((i + j + 1) * unit + 1);
		h.lift();
		PEER(h, US(10000 + 100 * acks), sack + ">");
		h.take_sent();
		most = std::max(most, h.q().sent_nodes);
	}
	CHECK(acks > 1500);
	CHECK(most >= HRTCP_SENT_MAX);		// without an end it would be three times that
	CHECK(most <= HRTCP_SENT_MAX + HRTCP_UNITS_MAX);
	CHECK(h.buffers() == most);

	for (int i = 0; i < 400 && seq_lt(h.conn.snd.una, h.conn.snd.end); i++) {
		h.tick(h.next_wake());		// and who then acknowledges gets all of it
		h.take_sent();
		PEER(h, h.script_time() + MS(1), ". 1(0) ack una+" + std::to_string(whole));
		h.take_sent();
		CHECK(h.q().sent_nodes <= HRTCP_SENT_MAX + HRTCP_UNITS_MAX);
	}
	CHECK(h.conn.snd.una.v == h.conn.snd.end.v);
	CHECK(h.buffers() == 0);
}

TEST_CASE("abuse: a window opened by crumbs holds so many of them, then waits for ACKs")
{
	Crumbs h(8000 * unit, "0");

	for (u32 i = 1; i <= 8000; i++) {
		PEER(h, 0, ". 1(0) ack 1 win " + std::to_string(i * unit / 64 + 1));
		h.lift();
	}
	h.take_sent();
	CHECK(h.q().sent_nodes <= HRTCP_SENT_MAX);
	CHECK(h.conn.snd.nxt.v - h.conn.snd.una.v <= HRTCP_SENT_MAX * (unit + 64));
	const auto sent = h.conn.snd.nxt.v - h.conn.snd.una.v;
	CHECK(sent < 7000 * unit);
	PEER(h, MS(1), ". 1(0) ack nxt win 65535");
	while (h.next_wake() < h.now() + MS(1))
		h.tick(h.next_wake());		// the window is not validated: paced
	CHECK(h.conn.snd.nxt.v == h.conn.snd.end.v);
	h.take_sent();
	PEER(h, MS(2), ". 1(0) ack nxt");
	CHECK(h.buffers() == 0);
}

TEST_CASE("abuse: a crowded queue sends no probe of its tail, the timeout still comes")
{
	Crumbs h(8000 * unit, "0");

	for (u32 i = 1; i <= 8000; i++) {
		PEER(h, 0, ". 1(0) ack 1 win " + std::to_string(i * unit / 64 + 1));
		h.lift();
	}
	h.take_sent();
	REQUIRE(hrtcp_txq_crowded(&h.conn.txq));
	h.conn.tlp.due = true;
	h.settle();
	CHECK(h.take_sent().empty());
	CHECK_FALSE(h.conn.tlp.due);
	h.tick(h.next_wake());
	while (h.take_sent().empty())
		h.tick(h.next_wake());
	CHECK(h.conn.recovery.timeouts == 1);
}

TEST_CASE("abuse: many records are no crowd where they hold as much as that many should")
{
	hrtcp_txq q{};

	q.sent_nodes = HRTCP_SENT_MAX - 1;
	CHECK_FALSE(hrtcp_txq_crowded(&q));
	q.sent_nodes = HRTCP_SENT_MAX;
	CHECK(hrtcp_txq_crowded(&q));
	q.pipe_bytes = HRTCP_SENT_MAX * 500;
	q.lost_bytes = HRTCP_SENT_MAX * 300;
	q.sacked_bytes = HRTCP_SENT_MAX * 223;
	CHECK(hrtcp_txq_crowded(&q));
	q.sacked_bytes = HRTCP_SENT_MAX * 225;
	CHECK_FALSE(hrtcp_txq_crowded(&q));
}

// -- what arrives ------------------------------------------------------------------------

TEST_CASE("abuse: out of order octet by octet: so many nodes, the stream goes on")
{
	Client h({ .rcvbuf = 65535 });

	for (u32 i = 3; i < 60000; i += 2) {
		PEER(h, 0, ". " + std::to_string(i) + "(1) ack 1");
		h.take_sent();
		if (i == 2 * HRTCP_REASM_MAX + 3)
			DROP(h, REASM_FULL);
	}
	CHECK(h.conn.reasm.nodes == HRTCP_REASM_MAX);
	CHECK(h.buffers() == HRTCP_REASM_MAX);
	for (u32 i = 0; i < 60; i++) {
		PEER(h, 0, ". " + std::to_string(i * 1000 + 1) + "(1000) ack 1");
		CHECK(h.drop == HRTCP_DROP_NONE);
		h.take_sent();
	}
	CHECK(h.received() == 60000);
	CHECK(h.buffers() == 0);
}

TEST_CASE("abuse: what no window held is answered as seldom as any challenge")
{
	Client h({ .rcvbuf = 20000 });
	const auto answers = [&](const std::string &line) {
		size_t n = 0;
		for (int i = 0; i < 100; i++) {
			PEER(h, h.script_time() + MS(1), line);
			n += h.take_sent().size();
			CHECK(h.drop != HRTCP_DROP_NONE);
		}
		h.run(h.script_time() + SEC(2));
		return n;
	};

	CHECK(answers(". nxt+20001(100) ack 1") == 1);		// beyond
	CHECK(answers(". nxt+900000000(1000) ack 1") == 1);
	CHECK(answers(". nxt-65600(60) ack 1") == 1);		// older than any window
	CHECK(answers(". nxt-900000000(1000) ack 1") == 1);
	CHECK(answers("F. nxt-70000(0) ack 1") == 1);
	CHECK(answers("S nxt-1000(0)") == 1);			// RFC 5961 4.2, wherever it stands
	CHECK(answers("S nxt+700000000(0)") == 1);
	CHECK(answers(". nxt-1(0) ack 1") == 1);
	CHECK(h.received() == 0);
}

TEST_CASE("abuse: the peer's own repetitions are answered each time")
{
	Client h;

	PEER(h, 0, ". 1(1000) ack 1");
	PEER(h, 0, ". 1001(1000) ack 1");
	SEES(h, 0, ". 1(0) ack 2001");
	for (int i = 1; i < 20; i++) {
		PEER(h, MS(1), ". 1(1000) ack 1");
		SEES(h, MS(1), ". 1(0) ack 2001");
	}
	PEER(h, MS(2), ". nxt+70000(1) ack 1");
	SEES(h, MS(2), ". 1(0) ack 2001");
}

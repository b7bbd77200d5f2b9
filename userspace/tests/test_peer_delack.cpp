// SPDX-License-Identifier: GPL-2.0
// test_peer_delack.cpp -- how long the peer withholds its ACKs: assumed, measured, told; and what
// RTO and PTO make of it.
#include "pair.hpp"

#include <random>

namespace {

constexpr u64 path = MS(1);	// one way

const Setup slow_acks{ .sack = true, .rtt = MS(2) };

// A client on a path of 2 ms whose peer withholds each ACK as long as it may.
struct Lazy : Pair {
	explicit Lazy(u64 delack_ns, const Setup &setup = slow_acks) : Pair(setup)
	{
		latency_ns = path;
		server.cfg.delack_ns = delack_ns;
		REQUIRE(connect() == "");
	}

	// A lone segment, acknowledged at its own time.
	void ask()
	{
		const u64 t = client.script_time();

		WRITE(client, t, 100);
		RUN(*this, t + SEC(1));
		READ(server, t + SEC(1), 100);
		server.settle();
	}

	u32 repeats() const { return client.conn.total_retrans; }
};

hrtcp_cfg cfg = hrtcp_cfg_default;

// A round trip of 2 ms, measured once.
struct Rtt {
	hrtcp_rtt rtt{};
	u64 now_ns = SEC(1000);

	Rtt()
	{
		hrtcp_rtt_init(&rtt, &cfg);
		hrtcp_rtt_sample(&rtt, &cfg, MS(2), 0);
	}

	void lone(u64 rtt_ns, int times = 1, bool bare = true)
	{
		for (; times; times--) {
			now_ns += SEC(5);
			hrtcp_rtt_lone(&rtt, &cfg, rtt_ns, bare, now_ns);
		}
	}
};

} // namespace

TEST_CASE("delack: a peer that withholds each ACK for 200 ms costs a few repeats, once",
	  "[peer-delack][R6298-04]")
{
	Lazy p(MS(200));

	for (int i = 0; i < 5; i++)
		p.ask();
	CHECK(p.repeats() >= 1);	// nobody told
	CHECK(p.repeats() <= 3);
	const u32 learnt = p.repeats();
	for (int i = 0; i < 500; i++)
		p.ask();
	CHECK(p.repeats() == learnt);
	CHECK(p.client.conn.recovery.timeouts <= 2);
	CHECK(p.client.conn.rtt.peer_delack_ns >= MS(200));
	CHECK(p.client.conn.rtt.peer_delack_ns <= MS(500));
}

TEST_CASE("delack: one of 40 ms costs none", "[peer-delack]")
{
	Lazy p(MS(40));

	for (int i = 0; i < 100; i++)
		p.ask();
	CHECK(p.repeats() == 0);
}

TEST_CASE("delack: without probes the timeout learns it too", "[peer-delack]")
{
	Setup setup = slow_acks;

	setup.tune = [](hrtcp_cfg &c) { c.tlp = false; };
	Lazy p(MS(200), setup);
	for (int i = 0; i < 500; i++)
		p.ask();
	CHECK(p.repeats() <= 4);
	CHECK(p.client.conn.tlp.probes == 0);
}

TEST_CASE("delack: without SACK Karn's rule ends the repeats", "[peer-delack][R8961-01]")
{
	for (const bool ts : { false, true }) {
		Lazy p(MS(200), { .ts = ts, .rtt = MS(2) });

		INFO("timestamps " << ts);
		for (int i = 0; i < 500; i++)
			p.ask();
		CHECK(p.repeats() <= 6);
	}
}

TEST_CASE("delack: a told one is neither assumed nor measured", "[peer-delack]")
{
	Setup setup = slow_acks;

	setup.hr = true;
	Lazy p(MS(40), setup);
	for (int i = 0; i < 100; i++)
		p.ask();
	CHECK(p.repeats() == 0);
	CHECK(p.client.conn.rtt.peer_delack_ns == p.server.cfg.hr_delack_ns);
}

TEST_CASE("delack: a told one that is not true is corrected by what is measured", "[peer-delack]")
{
	Setup setup = slow_acks;

	setup.hr = true;
	setup.ts = true;
	Lazy p(MS(40), setup);
	p.server.conn.rcv.delack_ns = MS(100);		// it told 250 us
	for (int i = 0; i < 200; i++)
		p.ask();
	CHECK(p.repeats() <= 8);	// a doubling each
	CHECK(p.client.conn.rtt.peer_delack_ns >= MS(100));
	p.server.conn.rcv.delack_ns = US(250);
	for (int i = 0; i < 20000; i++)
		p.ask();
	CHECK(p.client.conn.rtt.peer_delack_ns < MS(20));
	CHECK(p.client.conn.rtt.peer_delack_ns >= p.server.cfg.hr_delack_ns);
}

TEST_CASE("delack: a lost ACK does not look like one that is withheld", "[peer-delack]")
{
	Setup setup = slow_acks;

	setup.ts = true;
	setup.hr = GENERATE(false, true);
	Lazy p(MS(1), setup);
	const u64 before = p.client.conn.rtt.peer_delack_ns;
	int n = 0;
	p.fate = [&n](bool from_client, const hrtcp_seg &seg) {
		return Fate{ .lost = !from_client && !seg.len && n++ % 4 == 0 };
	};
	for (int i = 0; i < 100; i++)
		p.ask();
	CHECK(p.repeats() > 20);
	CHECK(p.client.conn.rtt.peer_delack_ns == before);
}

// Both probe at the same time, so that old ACKs come with data which was sent again.
TEST_CASE("delack: losses either way do not look like late ACKs", "[peer-delack]")
{
	Setup setup = slow_acks;

	setup.ts = true;
	setup.hr = GENERATE(false, true);
	Lazy p(MS(40), setup);
	const u64 before = p.client.conn.rtt.peer_delack_ns;
	std::mt19937 random(1);
	p.fate = [&random](bool, const hrtcp_seg &) { return Fate{ .lost = random() % 20 == 0 }; };
	for (int i = 0; i < 2000; i++) {
		u64 t = p.client.script_time();

		WRITE(p.client, t, 100);
		while (p.server.conn.rcv.unread_bytes < 100)
			RUN(p, t += MS(1));
		READ(p.server, t, 100);
		WRITE(p.server, t, 100);
		while (p.client.conn.rcv.unread_bytes < 100)
			RUN(p, t += MS(1));
		READ(p.client, t, 100);
	}
	CHECK(p.client.conn.total_retrans > 100);
	CHECK(p.client.conn.rtt.peer_delack_ns == before);
	CHECK(p.server.conn.rtt.peer_delack_ns == before);
}

TEST_CASE("delack: a spurious probe teaches it only if it waited for the ACK of an odd segment",
	  "[peer-delack]")
{
	for (const u32 n : { 1u, 2u }) {
		Client h({ .sack = true });
		const u64 at = MS(200) + n % 2 * MS(40);

		INFO(n);
		WRITE(h, 0, n * 1000);
		h.take_sent();
		SEES(h, at, "P. nxt-1000(1000) ack 1");
		PEER(h, at, ". 1(0) ack nxt");
		PEER(h, at + 1, ". 1(0) ack nxt <sack nxt-1000:nxt>");
		CHECK(h.conn.rtt.peer_delack_ns == (n == 1 ? MS(80) : MS(40)));
	}
}

TEST_CASE("rtt_lone: a longer delay is believed at once, with a margin", "[peer-delack]")
{
	Rtt r;

	r.lone(MS(32));
	CHECK(r.rtt.peer_delack_ns == cfg.peer_delack_ns);
	r.lone(MS(102));
	CHECK(r.rtt.peer_delack_ns == MS(125));
	r.lone(SEC(3));
	CHECK(r.rtt.peer_delack_ns == MS(500));	// RFC 9293 MUST-40: no peer waits longer
}

TEST_CASE("rtt_lone: an ACK that came with data shows no delay", "[peer-delack]")
{
	Rtt r;

	r.lone(MS(102), 100, false);
	CHECK(r.rtt.peer_delack_ns == cfg.peer_delack_ns);
}

TEST_CASE("rtt_was_spurious: doubles, up to half a second", "[peer-delack]")
{
	Rtt r;

	for (const u64 want : { MS(80), MS(160), MS(320), MS(500), MS(500) }) {
		hrtcp_rtt_was_spurious(&r.rtt, &cfg, true, r.now_ns);
		CHECK(r.rtt.peer_delack_ns == want);
	}
	CHECK(hrtcp_rtt_timeout(&r.rtt, &cfg) >= MS(500));
}

TEST_CASE("rtt_lone: shrinks only after many short ones, slowly, and never below what is assumed",
	  "[peer-delack]")
{
	Rtt r;

	r.lone(MS(322));
	REQUIRE(r.rtt.peer_delack_ns == MS(400));
	r.lone(MS(3), 7);	// 35 s, but few
	CHECK(r.rtt.peer_delack_ns == MS(400));
	r.lone(MS(3));
	CHECK(r.rtt.peer_delack_ns == MS(300));
	r.lone(MS(3), 7);
	CHECK(r.rtt.peer_delack_ns == MS(300));
	r.lone(MS(202), 9);	// seen again: no lower than that
	CHECK(r.rtt.peer_delack_ns == MS(250));
	r.lone(MS(3), 1000);
	CHECK(r.rtt.peer_delack_ns == cfg.peer_delack_ns);
}

TEST_CASE("rtt_configured: what was learnt stays", "[peer-delack]")
{
	Rtt r;
	hrtcp_cfg own = cfg;

	r.lone(MS(102));
	own.peer_delack_ns = MS(1);
	hrtcp_rtt_configured(&r.rtt, &own);
	CHECK(r.rtt.peer_delack_ns == MS(125));
	own.peer_delack_ns = MS(300);
	hrtcp_rtt_configured(&r.rtt, &own);
	CHECK(r.rtt.peer_delack_ns == MS(300));
}

TEST_CASE("PTO: allows for the delay of the ACK of an odd segment, told or measured",
	  "[peer-delack][R8985-08]")
{
	const struct {
		bool hr;
		u32 octets;
		u64 pto_ns;	// beyond two round trips of 2 ms
	} rows[] = {
		{ true, 2000, 0 },	{ true, 4000, 0 },
		{ true, 1000, US(250) },{ true, 3000, US(250) },
		{ false, 1000, MS(40) },{ false, 2000, 0 },
	};

	for (const auto &row : rows) {
		Setup setup = slow_acks;

		setup.hr = row.hr;
		INFO(row.hr << " " << row.octets);
		Lazy p(MS(40), setup);
		const u64 now_ns = p.client.now();
		p.fate = [](bool, const hrtcp_seg &) { return Fate{ .lost = true }; };
		WRITE(p.client, p.client.script_time(), row.octets);
		CHECK(p.client.conn.timers.at_ns[HRTCP_T_PROBE] ==
		      now_ns + 2 * p.client.conn.rtt.srtt_ns + row.pto_ns);
		p.client.take_sent();
	}
}

TEST_CASE("rtt_was_spurious: an ACK that may have been lost has to be missing three times", "[peer-delack]")
{
	Rtt r;
	const bool told = GENERATE(false, true);

	if (told)
		hrtcp_rtt_peer_told(&r.rtt, &cfg, cfg.peer_delack_ns);
	for (int i = 1; i <= 6; i++) {
		hrtcp_rtt_was_spurious(&r.rtt, &cfg, false, r.now_ns);
		CHECK(r.rtt.peer_delack_ns == cfg.peer_delack_ns << (told ? 0 : i / 3));
	}
}

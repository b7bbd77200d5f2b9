// SPDX-License-Identifier: GPL-2.0
// Two ends, a bad wire and users in no hurry, by seed: every octet arrives once, in order and
// whole; every transition is an edge; both ends come to CLOSED.
#include "pair.hpp"

namespace {

Setup random_setup(Random &pick)
{
	Setup s;

	s.mss = static_cast<u16>(100 + pick(1400));
	s.gso = pick(2) ? s.mss * (1 + pick(40)) : 0;
	s.rcvbuf = pick(4) ? 2000 + pick(60000) : 2000 + pick(300000);
	s.sack = pick(2);
	s.ts = pick(2);
	s.wscale = pick(2) ? 7 : -1;
	s.iss = static_cast<u32>(pick.generator());
	s.irs = static_cast<u32>(pick.generator());
	s.compact_tw = pick(2);
	return s;
}

// The program at one end: so much to write, then close; reads as it pleases.
struct User {
	Host &h;
	u32 left;

	void act(Random &pick)
	{
		u8 s = h.conn.state;
		if (left && hrtcp_state_may_send(s)) {
			const u32 n = 1 + pick(std::min(left, 5000u));
			REQUIRE(h.write(now(), n, 0, pick(2)) == "");
			left -= n;
		}
		if (h.unread() && pick(3))
			REQUIRE(h.read(now(), 1 + pick(h.unread())) == "");
		if (!left && hrtcp_state_may_send(s) && !pick(6))
			REQUIRE(h.close(now()) == "");
		if (s != HRTCP_CLOSED && !pick(9))	// early and needless
			hrtcp_conn_on_deadline(&h.conn, h.now());
	}

	u64 now() const { return h.script_time(); }
};

void bad_wire(Pair &p, Random &pick)
{
	const u32 loss = pick(12), repeat = pick(8), late = pick(20);

	p.latency_ns = MS(1 + pick(60));
	p.fate = [&pick, loss, repeat, late, &p](bool, const hrtcp_seg &) {
		Fate f;
		f.lost = pick(100) < loss;
		f.copies = pick(100) < repeat ? 2 : 1;
		f.extra_ns = pick(100) < late ? p.latency_ns * pick(50) / 10 : 0;
		return f;
	};
}

void life(u32 seed)
{
	Random pick(seed);
	Pair p(random_setup(pick));
	User a{ p.client, pick(3) ? pick(60000) : 0 }, b{ p.server, pick(3) ? pick(60000) : 0 };
	const u32 from_a = a.left, from_b = b.left;
	u64 t = 0;

	LISTEN(p.server, 0, 5);
	OPEN(p.client, 0);
	bad_wire(p, pick);
	for (int step = 0; step < 5000; step++) {
		a.act(pick);
		b.act(pick);
		t += pick(4) ? MS(pick(30)) : MS(pick(400));
		RUN(p, t);
		if (p.client.received() == from_b && !p.client.unread() &&
		    p.server.received() == from_a && !p.server.unread() &&
		    p.client.conn.snd.fin_queued && p.server.conn.snd.fin_queued)
			break;
	}
	RUN(p, t + SEC(2000));
	CHECK(p.client.received() == from_b);
	CHECK(p.server.received() == from_a);
	CHECK(p.client.state() == HRTCP_CLOSED);
	CHECK(p.server.state() == HRTCP_LISTEN);
	ERR(p.client, 0);
	ERR(p.server, 0);
	CHECK(p.client.buffers() + p.server.buffers() == 0);
}

// As life(), but either end may abort or leave at any time: nothing is promised about the
// octets that never arrive, all about the end.
void rude_life(u32 seed)
{
	Random pick(seed);
	Pair p(random_setup(pick));
	User ends[] = { { p.client, 30000 }, { p.server, 30000 } };
	u64 t = 0;

	LISTEN(p.server, 0, 5);
	OPEN(p.client, 0);
	bad_wire(p, pick);
	for (int step = 0; step < 40; step++) {
		User &u = ends[pick(2)];
		u.act(pick);
		if (!pick(30))
			ABORT(u.h, u.now());
		if (!pick(30))
			RELEASE(u.h, u.now());
		RUN(p, t += MS(pick(200)));
	}
	RELEASE(p.client, t);
	RELEASE(p.server, t);
	RUN(p, t + SEC(2000));
	CHECK(p.client.state() == HRTCP_CLOSED);
	CHECK(p.server.state() == HRTCP_LISTEN);
	CHECK(p.client.buffers() + p.server.buffers() == 0);
	CHECK(p.server.listener->n_half_open == 0);
}

u32 near(Random &pick, u32 from, u32 to)
{
	switch (pick(6)) {
	case 0:
		return from + pick(to - from + 1);
	case 1:
		return from - pick(3000);
	case 2:
		return to + pick(3000);
	case 3:
		return to + pick(200000) - 100000;
	default:
		return pick(2) ? from : to;
	}
}

// A segment that may have been meant for @h, or not at all.
void any_segment(Host &h, Random &pick)
{
	static const u8 usual[] = { HRTCP_ACK, HRTCP_ACK, HRTCP_ACK, HRTCP_ACK | HRTCP_FIN,
				    HRTCP_SYN, HRTCP_SYN | HRTCP_ACK, 0 };
	const bool known = h.conn.state != HRTCP_CLOSED && h.conn.state != HRTCP_SYN_SENT;
	hrtcp_seg seg{};

	seg.flags = pick(8) ? usual[pick(7)] : static_cast<u8>(pick(256));
	if (pick(12) && (seg.flags & HRTCP_RST))
		seg.flags = HRTCP_ACK;
	seg.seq = seq_of(h.setup.irs);
	if (known)
		seg.seq = seq_of(near(pick, h.conn.rcv.nxt.v, h.conn.rcv.edge.v));
	else if (!(seg.flags & HRTCP_SYN))
		seg.seq = seq_of(h.setup.irs + 1);
	seg.ack = seq_of(known ? near(pick, h.conn.snd.una.v, h.conn.snd.nxt.v)
			       : h.setup.iss + pick(3));
	seg.len = pick(3) ? 0 : pick(3000);
	seg.wnd = static_cast<u16>(pick(3) ? 20000 : pick(2) * pick(2000));
	if (pick(10) ? h.setup.ts : !h.setup.ts) {
		seg.opt.present = HRTCP_OPT_TS;
		seg.opt.tsval = h.peer_tsval() + pick(20) - 10;
		seg.opt.tsecr = h.last_tsval();
	}
	const u32 first = seg.seq.v + !!(seg.flags & HRTCP_SYN);
	h.arrive(seg, pattern(first - h.setup.irs - 1, seg.len));
}

// One end against whatever arrives: no invariant breaks, and it can always be left.
void besieged(u32 seed)
{
	Random pick(seed);
	const Setup s = random_setup(pick);
	u8 state = static_cast<u8>(1 + pick(HRTCP_STATE_MAX - 1));
	if (state == HRTCP_LISTEN || state == HRTCP_CLOSED)
		state = HRTCP_ESTABLISHED;
	Reached h(state, s);
	User u{ h, 20000 };

	for (int step = 0; step < 150 && h.state() != HRTCP_CLOSED; step++) {
		any_segment(h, pick);
		u.act(pick);
		for (u64 until = h.now() + MS(pick(3) ? 0 : pick(500)); h.next_wake() <= until;)
			h.tick(h.next_wake());
		h.take_sent();
		REQUIRE(h.fault() == "");
	}
	RELEASE(h, h.script_time());
	for (int wakes = 0; h.state() != HRTCP_CLOSED; wakes++) {
		REQUIRE(wakes < 1000);
		REQUIRE(h.next_wake() != HRTCP_NEVER);
		h.tick(h.next_wake());
	}
	h.take_sent();
	CHECK(h.buffers() == 0);
	CHECK(h.fault() == "");
}

} // namespace

TEST_CASE("random: any segments at all", "[random]")
{
	for (u32 seed = 1; seed <= 1500; seed++) {
		CAPTURE(seed);
		besieged(seed);
	}
}

TEST_CASE("random: a bad wire and two users", "[random]")
{
	for (u32 seed = 1; seed <= 700; seed++) {
		CAPTURE(seed);
		life(seed);
	}
}

TEST_CASE("random: users that abort and leave", "[random]")
{
	for (u32 seed = 1; seed <= 300; seed++) {
		CAPTURE(seed);
		rude_life(seed);
	}
}

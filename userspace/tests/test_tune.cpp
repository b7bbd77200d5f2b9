// SPDX-License-Identifier: GPL-2.0
// test_tune.cpp -- the receive buffer grows with its user, whatever the sender's samples are.
#include "pair.hpp"

namespace {

// Octets of a bulk transfer that arrive in the last of @rounds round trips.
u32 last_round(Pair &p, u64 rtt, int rounds, u32 keep_unread = 0)
{
	u64 t = 0;
	u32 before = 0;

	for (int i = 0; i < rounds; i++) {
		before = p.server.received();
		for (int part = 0; part < 20; part++) {
			if (p.client.conn.snd.end.v - p.client.conn.snd.una.v < (4u << 20))
				if (!p.client.write(t, 1 << 20).empty())
					return 0;
			t += rtt / 20;
			if (!p.run(t).empty())
				return 0;
			if (p.server.unread() > keep_unread)
				p.server.read(t, p.server.unread() - keep_unread);
		}
	}
	return p.server.received() - before;
}

Setup bulk(bool ts)
{
	return { .mss = static_cast<u16>(ts ? 9012 : 9000), .gso = 64000, .rcvbuf = 65535, .rcvbuf_max = 4 << 20,
		 .sack = true, .ts = ts, .wscale = 7 };
}

} // namespace

TEST_CASE("tune: a window that a quick user empties grows, with the handshake's round trip or without",
	  "[tune]")
{
	const bool ts = GENERATE(false, true), sampled = GENERATE(false, true);
	Pair p(bulk(ts));

	p.latency_ns = MS(25);
	REQUIRE(p.connect() == "");
	REQUIRE(p.server.conn.rtt.srtt_ns > 0);
	if (!sampled)	// as after a repeated SYN or a SYN cookie
		hrtcp_rtt_init(&p.server.conn.rtt, &p.server.cfg);
	INFO("timestamps " << ts << ", sampled " << sampled);
	CHECK(last_round(p, MS(50), 12) > 1000000);
	p.client.take_sent();
}

TEST_CASE("tune: a path that became longer after the handshake", "[tune]")
{
	const bool ts = GENERATE(false, true);
	Pair p(bulk(ts));

	p.latency_ns = MS(1);
	REQUIRE(p.connect() == "");
	p.latency_ns = MS(25);
	CHECK(last_round(p, MS(50), 14) > 1000000);
	p.client.take_sent();
}

TEST_CASE("tune: a user who does not read gets no larger buffer", "[tune]")
{
	Pair p(bulk(true));

	REQUIRE(p.connect() == "");
	WRITE(p.client, 0, 1 << 20);
	RUN(p, SEC(5));
	CHECK(p.server.conn.rcv.buf_bytes == 65535);
	CHECK(p.server.received() <= 65536);
	for (u64 t = SEC(5); t < SEC(6); t += MS(20)) {	// some, but little
		READ(p.server, t, 3000);
		RUN(p, t + MS(20));
	}
	CHECK(p.server.conn.rcv.buf_bytes < 400000);
	p.client.take_sent();
}

TEST_CASE("size: segments that were merged on the way in count one by one", "[SHLD-19]")
{
	Client h({ .mss = 8960, .rcvbuf = 1 << 20 });
	const auto arrives = [&h](u32 len, u16 pkts) {
		hrtcp_seg seg{};

		seg.flags = HRTCP_ACK;
		seg.seq = h.conn.rcv.nxt;
		seg.ack = h.conn.snd.nxt;
		seg.wnd = 65535;
		seg.hdr_len = 20;
		seg.len = len;
		seg.pkts = pkts;
		h.arrive(seg, pattern(seg.seq.v - h.setup.irs - 1, len));
		return h.take_sent().size();
	};

	CHECK(arrives(14480, 10) == 1);			// of 1448 each
	CHECK(h.conn.rcv.peer_mss == 1448);
	CHECK(arrives(1448, 1) == 0);
	CHECK(arrives(1448, 1) == 1);
	CHECK(arrives(2896, 2) == 1);
	CHECK(arrives(8960, 1) == 0);			// a larger one
	CHECK(h.conn.rcv.peer_mss == 8960);
	CHECK(arrives(3 * 1448, 3) == 1);		// three in one have their ACK, whatever was before
}

TEST_CASE("size: full-sized ones become smaller with the path, and are acknowledged as such",
	  "[SHLD-19]")
{
	Client h({ .mss = 1460, .rcvbuf = 1 << 20 });
	size_t acks = 0;

	for (int i = 0; i < 10; i++) {
		PEER(h, MS(i), ". nxt(1460) ack 1");
		h.take_sent();
	}
	for (int i = 0; i < 40; i++) {
		PEER(h, MS(100 + i), ". nxt(1400) ack 1");
		acks += h.take_sent().size();
	}
	CHECK(acks >= 18);
	for (int i = 0; i < 40; i++) {		// what a user wrote in small pieces says nothing
		PEER(h, MS(200 + i), "P. nxt(100) ack 1");
		h.take_sent();
	}
	CHECK(h.conn.rcv.peer_mss == 1400);
}

// SPDX-License-Identifier: GPL-2.0
// test_age.cpp -- connections that have carried gigabytes since something last happened: marks in
// the sequence space that were passed more than 2^31 octets ago. RFC 9293 3.4.
#include "host.hpp"

namespace {

constexpr u32 mss = 60000;
constexpr u64 step = 500000000; // octets; 9 of them go once round

// A connection without payload, so that gigabytes cost a thousand super-segments.
struct Bare {
	hrtcp_cfg cfg = hrtcp_cfg_default;
	hrtcp_conn conn{};
	u64 now_ns = SEC(1000);
	std::set<hrtcp_txnode *> nodes;
	u32 sent = 0; // segments since asked last

	explicit Bare(bool sack, const hrtcp_cc_ops &cc = hrtcp_cc_reno)
	{
		hrtcp_open open{};

		cfg.cc = &cc;
		cfg.sack = sack;
		cfg.timestamps = cfg.hr_option = false;
		cfg.slow_start_after_idle = false;
		cfg.pacing_ss_ratio = cfg.pacing_ca_ratio = 0;
		open.iss = seq_of(7);
		open.rcvbuf_bytes = open.rcvbuf_max_bytes = 1 << 20;
		open.mss_path = open.mss_advertise = mss;
		open.mss_default = 536;
		open.gso_max = 64 * mss;
		hrtcp_conn_init(&conn, &cfg);
		REQUIRE(hrtcp_conn_open(&conn, &open, now_ns) == 0);
		settle();
		hrtcp_seg synack = segment(HRTCP_SYN | HRTCP_ACK);
		synack.seq = seq_of(99);
		synack.opt.present = static_cast<u8>(HRTCP_OPT_MSS | HRTCP_OPT_WSCALE |
						     (sack ? HRTCP_OPT_SACK_OK : 0));
		synack.opt.mss = mss;
		synack.opt.wscale = 14;
		now_ns += MS(1);
		feed(synack);
		feed(segment(HRTCP_ACK));	// opens the window
		conn.cc.cwnd_bytes = conn.cc.ssthresh_bytes = 100 * mss;
	}

	~Bare()
	{
		for (hrtcp_txnode *node : nodes)
			delete node;
	}

	// Acknowledges @back octets less than all that was sent.
	hrtcp_seg segment(u8 flags, u32 back = 0) const
	{
		hrtcp_seg seg{};

		seg.flags = flags;
		seg.seq = conn.rcv.nxt;
		seg.ack = seq_sub(conn.snd.nxt, back);
		seg.wnd = 65535;
		seg.hdr_len = 20;
		return seg;
	}

	void feed(const hrtcp_seg &seg)
	{
		hrtcp_rxnode node{};
		hrtcp_rx rx;

		hrtcp_conn_on_segment(&conn, &seg, &node, now_ns, &rx);
		settle();
	}

	void settle()
	{
		hrtcp_tx tx;

		for (hrtcp_poll poll; (poll = hrtcp_conn_poll_tx(&conn, now_ns, &tx)) != HRTCP_POLL_WAIT;) {
			sent += poll == HRTCP_POLL_SEND;
			if (poll == HRTCP_POLL_SPLIT)
				hrtcp_conn_on_split(&conn, tx.node, fresh(), tx.split_len);
			else if (poll == HRTCP_POLL_JOIN)
				hrtcp_conn_on_join(&conn, tx.node, true);
		}
		while (hrtcp_txnode *node = hrtcp_conn_poll_acked(&conn)) {
			nodes.erase(node);
			delete node;
		}
		hrtcp_conn_poll_events(&conn);
		REQUIRE(hrtcp_conn_check(&conn) == nullptr);
	}

	u32 out() const { return static_cast<u32>(seq_diff(conn.snd.nxt, conn.snd.una)); }

	hrtcp_txnode *fresh()
	{
		return *nodes.insert(new hrtcp_txnode{}).first;
	}

	u32 write(u64 octets)
	{
		sent = 0;
		while (octets) {
			hrtcp_txnode *node = hrtcp_conn_write_tail(&conn);
			if (!node)
				node = fresh();
			const u64 room = hrtcp_conn_size_goal(&conn) - hrtcp_txnode_len(node);
			const u64 len = std::min(octets, room);
			hrtcp_conn_on_write(&conn, node, static_cast<u32>(len), true);
			octets -= len;
		}
		settle();
		return sent;
	}

	// So many octets cross, in whole segments, a window a round trip.
	void carry(u64 octets)
	{
		for (u64 n; octets; octets -= n) {
			n = std::min<u64>(octets, 100 * mss);
			write(std::max<u64>(n / mss, 1) * mss);
			now_ns += MS(1);
			while (conn.snd.una.v != conn.snd.end.v) {
				feed(segment(HRTCP_ACK));
				now_ns += US(10);
			}
			conn.cc.cwnd_bytes = 100 * mss;
		}
	}
};

} // namespace

TEST_CASE("age: a mark is answered however long ago the last one was",
	  "[R9293-30][R3168-07][R9768-45][R8257-02]")
{
	const u64 steps = GENERATE(range(0, 10));
	Bare h(true);

	h.conn.ecn.pact.mode = HRTCP_ECN_CLASSIC;
	for (int i = 0; i < 2; i++) {
		h.write(50 * mss);
		const u32 before = h.conn.cc.cwnd_bytes;
		h.now_ns += MS(1);
		h.feed(h.segment(HRTCP_ACK | HRTCP_ECE));
		INFO(steps << " steps, mark " << i);
		CHECK(h.conn.cc.cwnd_bytes < before);
		h.carry(mss);
		if (!i)
			h.carry(steps * step);
	}
}

TEST_CASE("age: duplicate ACKs start a recovery however long ago the last one was",
	  "[R9293-30][R5681-10][R6582-01]")
{
	const u64 steps = GENERATE(range(0, 10));
	Bare h(false);

	h.carry(mss + steps * step);
	for (u32 i = 1; i < 3; i++) {
		h.write(20 * mss);
		h.now_ns += MS(1);
		for (int n = 0; n < 3; n++)
			h.feed(h.segment(HRTCP_ACK, h.out()));
		INFO(steps << " steps");
		CHECK(h.conn.recovery.fast_recoveries == i);
		h.carry(2 * mss);
		h.carry(steps * step);
	}
}

TEST_CASE("age: a D-SACK widens RACK's window however long ago the last one did",
	  "[R9293-30][R8985-05]")
{
	const u64 steps = GENERATE(range(0, 10));
	Bare h(true);

	h.carry(mss + steps * step);
	for (int i = 2; i < 4; i++) {
		h.write(3 * mss);
		h.now_ns += MS(1);
		hrtcp_seg seg = h.segment(HRTCP_ACK, mss);
		seg.opt.present |= HRTCP_OPT_SACK;
		seg.opt.n_sack = 1;
		seg.opt.sack[0] = { seq_sub(seg.ack, mss), seg.ack };
		h.feed(seg);
		INFO(steps << " steps");
		CHECK(h.conn.rack.window_mult == i);
		h.carry(2 * mss);
		h.carry(steps * step);
	}
}

TEST_CASE("age: a short segment waits for no short one of long ago", "[R9293-30][SHLD-7]")
{
	const u64 steps = GENERATE(range(0, 10));
	Bare h(true);

	h.write(100);
	h.feed(h.segment(HRTCP_ACK));
	h.carry(steps * step);
	INFO(steps << " steps");
	CHECK(h.write(100) == 1);
}

TEST_CASE("age: the initial window is over, however long ago", "[R9293-30][R6928-03]")
{
	const u64 steps = GENERATE(range(1, 10));
	Bare h(true);

	h.carry(steps * step);
	h.write(20 * mss);
	h.now_ns += MS(1);
	hrtcp_seg seg = h.segment(HRTCP_ACK, 20 * mss);
	seg.opt.present |= HRTCP_OPT_SACK;
	seg.opt.n_sack = 1;
	seg.opt.sack[0] = { seq_add(seg.ack, mss), seq_add(seg.ack, 9 * mss) };
	h.feed(seg);
	REQUIRE(h.conn.recovery.fast_recoveries == 1);
	INFO(steps << " steps");
	CHECK_FALSE(h.conn.cc.small_restart);
}

TEST_CASE("age: what is queued counts from SND.UNA, wherever that is", "[R9293-30]")
{
	const u64 steps = GENERATE(range(0, 10));
	Bare h(true);

	h.carry(steps * step);
	h.write(5 * mss);
	INFO(steps << " steps");
	CHECK(hrtcp_conn_queued(&h.conn) == 5 * mss);
}

TEST_CASE("age: where SND.UNA has come round to the ISS no SYN is outstanding", "[R9293-30]")
{
	Bare h(true);

	h.carry((1ull << 32) / mss * mss - mss);
	h.write(h.conn.snd.iss.v - h.conn.snd.end.v);
	h.feed(h.segment(HRTCP_ACK));
	REQUIRE(h.conn.snd.una.v == h.conn.snd.iss.v);
	CHECK(hrtcp_conn_queued(&h.conn) == 0);
	h.write(mss);
	while (!h.conn.recovery.timeouts && !h.conn.syn_repeats) {
		h.now_ns = hrtcp_timers_next(&h.conn.timers, nullptr);
		hrtcp_conn_on_deadline(&h.conn, h.now_ns);
		h.settle();
	}
	CHECK(h.conn.syn_repeats == 0);
}

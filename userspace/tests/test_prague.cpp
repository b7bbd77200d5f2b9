// SPDX-License-Identifier: GPL-2.0
// test_prague.cpp -- Prague, the congestion control of L4S (RFC 9331).
#include "host.hpp"

namespace {

constexpr u32 mss = 1000;

// A client with Prague, what it asked for agreed on, nothing in flight.
struct Prague : Host {
	explicit Prague(u8 ecn = HRTCP_ECN_ACCURATE_ASK, const char *synack = "S.W")
		: Host({ .tune = [](hrtcp_cfg &cfg) { cfg.cc = &hrtcp_cc_prague; } })
	{
		cfg.ecn = ecn;
		REQUIRE(open(0) == "");
		take_sent();
		REQUIRE(peer(0, std::string(synack) + " 0:0(0) ack 1 <mss 1000>") == "");
		take_sent();
		start_clock();
		conn.ecn.acc.opt_data = false;
		conn.snd.nodelay = true;
		conn.rtt.srtt_ns = MS(100);
	}
	~Prague()
	{
		take_sent();
		start_clock();
	}

	const hrtcp_cc_ops &ops() const { return *conn.cc.ops; }
	u32 &cwnd() { return conn.cc.cwnd_bytes; }
	u8 codepoint(u64 t)
	{
		REQUIRE(write(t, 100) == "");
		const auto sent = take_sent();
		REQUIRE(sent.size() == 1);
		return sent[0].seg.ip_ecn;
	}
	// Past slow start.
	void avoid(u32 segs) { conn.cc.ssthresh_bytes = cwnd() = segs * mss; }
	// So many round trips, each of one ACK for all of the window, so many octets of it marked.
	void rounds(int n, u32 marked = 0)
	{
		hrtcp_ack ack{};

		for (int i = 0; i < n; i++) {
			ack.now_ns = now_ns += conn.rtt.srtt_ns;
			ack.acked_bytes = ack.delivered_bytes = 10 * mss;
			ack.marked_bytes = marked;
			ack.marked = marked > 0;
			conn.snd.una = conn.snd.nxt = seq_add(conn.snd.nxt, 10 * mss);
			ops().on_delivered(&conn, &ack);
		}
	}
	// By what a round trip without a mark lets the window grow.
	u32 growth()
	{
		hrtcp_ack ack{};
		const u32 before = cwnd();

		ack.cwnd_limited = true;
		ack.acked_bytes = before;
		ack.now_ns = now_ns;
		ops().on_ack(&conn, &ack);
		return cwnd() - before;
	}

	u64 now_ns = SEC(2000);
};

} // namespace

TEST_CASE("Prague: new data is ECT(1) where feedback is accurate, another algorithm's is not",
	  "[R9331-01][R9331-04][R8311-01]")
{
	Prague h;

	CHECK(h.codepoint(0) == HRTCP_IP_ECT1);
	hrtcp_conn_set_cc(&h.conn, &hrtcp_cc_reno);
	CHECK(h.codepoint(MS(1)) == HRTCP_IP_ECT0);
	CHECK(h.conn.cc.pace.wanted == HRTCP_UNPACED);
	hrtcp_conn_set_cc(&h.conn, &hrtcp_cc_prague);
	CHECK(h.codepoint(MS(2)) == HRTCP_IP_ECT1);
}

TEST_CASE("Prague: without accurate feedback it is CUBIC, and what it sends says so", "[R9331-02]")
{
	Prague classic(HRTCP_ECN_ASK, "S.E"), none(HRTCP_ECN_OFF, "S."), changed;

	CHECK(classic.codepoint(0) == HRTCP_IP_ECT0);
	CHECK(none.codepoint(0) == HRTCP_IP_NOT_ECT);
	changed.conn.ecn.pact.no_ect = true;
	CHECK(changed.codepoint(0) == HRTCP_IP_NOT_ECT);
	for (Prague *h : { &classic, &none, &changed }) {
		h->avoid(100);
		h->rounds(100, 1);
		CHECK(h->conn.cc.pace.wanted == HRTCP_UNPACED);
		CHECK(h->ops().on_ecn(&h->conn, h->now_ns) == 85 * mss);
		h->avoid(100);
		CHECK(h->ops().on_loss(&h->conn, HRTCP_LOSS_FAST, h->now_ns) == 70 * mss);
	}
}

TEST_CASE("Prague: the first mark halves the window, later ones cut by half of their share",
	  "[R9331-03]")
{
	Prague h;

	h.avoid(100);
	h.rounds(100);			// no mark yet: this says nothing of the queue
	CHECK(h.ops().on_ecn(&h.conn, h.now_ns) == 50 * mss);
	for (const u32 marked : { 10 * mss, 4 * mss, 1 * mss, 0u, 2 * mss }) {
		h.rounds(200, marked);
		h.avoid(1000);
		const u32 left = h.ops().on_ecn(&h.conn, h.now_ns), want = 1000 * mss - 50 * marked;
		CAPTURE(marked);
		CHECK(left >= want - 100);
		CHECK(left <= want + 100);
	}
}

TEST_CASE("Prague: a mark is answered once a round trip, on the wire by nothing", "[R9331-03]")
{
	Prague h;

	h.avoid(10);
	WRITE(h, 0, 10000);
	h.take_sent();
	PEER(h, MS(10), ".WA 1:1(0) ack 2001 <ecn0 1 1000>");
	const u32 cut = h.cwnd();
	CHECK(cut == 5000);
	PEER(h, MS(11), ".EWA 1:1(0) ack 4001 <ecn0 1 2000>");
	CHECK(h.cwnd() == cut);
	for (const auto &sent : h.take_sent())
		CHECK(hrtcp_seg_ace(&sent.seg) == 5);
}

TEST_CASE("Prague: a loss halves the window as Reno's", "[R9331-05]")
{
	Prague h;

	h.avoid(100);
	h.rounds(300, 100);		// marks that are few do not make it milder
	CHECK(h.ops().on_loss(&h.conn, HRTCP_LOSS_FAST, h.now_ns) == 50 * mss);
	h.avoid(3);
	CHECK(h.ops().on_loss(&h.conn, HRTCP_LOSS_TIMEOUT, h.now_ns) == 2 * mss);
}

TEST_CASE("Prague: rates grow alike in all round trips below 25 ms", "[R9331-07]")
{
	struct { u64 rtt_ns; u32 early, late; } const cases[] = {
		{ MS(100), mss, mss }, { MS(25), mss, mss },
		{ MS(5), mss, mss / 25 }, { MS(25) / 2, mss, mss / 4 },
	};

	for (const auto &c : cases) {
		Prague h;
		CAPTURE(c.rtt_ns);
		h.conn.rtt.srtt_ns = c.rtt_ns;
		h.avoid(100);
		CHECK(h.growth() == c.early);
		h.rounds(600);
		u32 grown = 0;
		for (int i = 0; i < 10; i++)
			grown += h.growth();
		CHECK(grown <= 10 * c.late);
		CHECK(grown >= 10 * c.late - 10);
	}
}

TEST_CASE("Prague: the share of marks is smoothed over 25 ms at the least", "[R9331-07]")
{
	Prague near, far;

	for (Prague *h : { &near, &far }) {
		h->conn.rtt.srtt_ns = h == &near ? MS(1) : MS(25);
		h->avoid(100);
		h->rounds(600, 10 * mss);
		h->rounds(25);			// without a mark: once, or 25 times
		h->avoid(1000);
	}
	CHECK(near.ops().on_ecn(&near.conn, near.now_ns) < 550 * mss);
	CHECK(far.ops().on_ecn(&far.conn, far.now_ns) > 850 * mss);
}

TEST_CASE("Prague: marks bring the window down to one segment, and then make it wait", "[R9331-08]")
{
	Prague h;

	h.avoid(2);
	CHECK(h.ops().on_ecn(&h.conn, h.now_ns) == mss);
	h.cwnd() = mss;
	WRITE(h, 0, 3000);
	REQUIRE(h.take_sent().size() == 1);
	PEER(h, MS(10), ".WA 1:1(0) ack 1001");
	CHECK(h.take_sent().empty());
	QUIET(h, MS(10) + hrtcp_rtt_timeout(&h.conn.rtt, &h.cfg) - 1);
	h.tick(h.now() + 1);
	CHECK(h.take_sent().size() == 1);
}

TEST_CASE("Prague: what it sends is paced, in bursts of a quarter of a millisecond", "[R9331-10]")
{
	Prague h;

	h.avoid(1000);
	h.rounds(1);
	CHECK(h.conn.cc.pace.rate == 12000000);		// 1.2 windows in 100 ms
	CHECK(h.conn.cc.pace.quantum_bytes == 3000);
	h.conn.cc.ssthresh_bytes = ~0u;
	h.rounds(1);
	CHECK(h.conn.cc.pace.rate == 20000000);		// two in slow start
	CHECK(h.conn.cc.pace.quantum_bytes == 5000);
}

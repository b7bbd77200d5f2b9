// SPDX-License-Identifier: GPL-2.0
// test_cwv.cpp -- validation of the window, RFC 7661: pipeACK, the two phases, what ends them.
// The restart of RFC 5681 4.1 is off, so that RFC 7661 alone judges what idleness means.
#include "host.hpp"

namespace {

const Setup kept{ .sack = true, .wscale = 4,
		  .tune = [](hrtcp_cfg &cfg) {
			  cfg.slow_start_after_idle = false;
			  cfg.peer_delack_ns = MS(300);		// no timeout interferes
		  } };

// Round trips of 100 ms: a sampling period is 1 s, in four quarters.
struct Rounds : Client {
	u64 t = 0;

	Rounds() : Client(kept) { PEER(*this, 0, ". 1(0) ack 1"); }	// scales the window

	// Time passes, and whatever leaves leaves.
	void pass(u64 to)
	{
		const u64 until = now() - script_time() + to;
		while (next_wake() <= until)
			tick(std::max(now(), next_wake()));
		take_sent();
	}

	// @n segments leave, and what is out is acknowledged every 100 ms.
	void round(u32 n)
	{
		WRITE(*this, t, n * 1000);
		while (seq_lt(conn.snd.una, conn.snd.end)) {
			pass(t += MS(100));
			PEER(*this, t, ". 1(0) ack nxt");
		}
	}

	void until_cwnd(u32 segs)
	{
		for (int i = 0; i < 100 && conn.cc.cwnd_bytes < segs * 1000; i++)
			round(conn.cc.cwnd_bytes / 1000 + 5);
		conn.cc.cwnd_bytes = segs * 1000;
		t += MS(100);
	}

	const hrtcp_cwv &cwv() const { return conn.cc.cwv; }
	u32 pipe_ack() const { return *std::max_element(cwv().most, cwv().most + HRTCP_CWV_PERIODS); }
	bool validated() const { return !cwv().since_ns; }
	u32 segs() const { return conn.cc.cwnd_bytes / 1000; }
};

} // namespace

TEST_CASE("cwv: a window is valid until something is known of its use", "[R7661-01]")
{
	Client h(kept);

	CHECK_FALSE(h.conn.cc.cwv.known);
	CHECK(h.conn.cc.cwv.since_ns == 0);
	CHECK(h.conn.cc.pace.rate == HRTCP_UNPACED);
}

TEST_CASE("cwv: pipeACK is what a round trip acknowledged, the most of a second", "[R7661-01]")
{
	Rounds h;

	h.round(3);
	CHECK(h.pipe_ack() == 3000);
	h.round(7);
	CHECK(h.pipe_ack() == 7000);
	h.t = MS(600);
	h.round(2);
	CHECK(h.pipe_ack() == 7000);
	h.t = MS(1500);
	h.round(2);
	CHECK(h.pipe_ack() == 2000);
}

TEST_CASE("cwv: a sample that takes many ACKs is of one round trip")
{
	Rounds h;

	WRITE(h, 0, 8000);
	REQUIRE(h.take_sent().size() == 8);
	PEER(h, MS(100), ". 1(0) ack 1001");	// its round trip ends with what is out now
	PEER(h, MS(101), ". 1(0) ack 3001");
	CHECK_FALSE(h.cwv().known);
	WRITE(h, MS(101), 2000);
	REQUIRE(h.take_sent().size() == 2);
	PEER(h, MS(110), ". 1(0) ack 8001");
	CHECK(h.cwv().known);
	CHECK(h.pipe_ack() == 8000);
	PEER(h, MS(201), ". 1(0) ack 10001");
	CHECK(h.pipe_ack() == 8000);
}

TEST_CASE("cwv: less than half of the window used is not validated, and paced", "[R7661-01]")
{
	Rounds h;

	h.until_cwnd(40);
	h.t += SEC(2);
	h.round(20);
	CHECK(h.pipe_ack() == 20000);
	CHECK(h.validated());
	CHECK(h.conn.cc.pace.rate == HRTCP_UNPACED);
	h.t += SEC(2);
	h.round(19);
	CHECK_FALSE(h.validated());
	CHECK(h.conn.cc.pace.validating ==
	      div64_u64(40000ull * SEC(1), h.conn.rtt.srtt_ns));	// the window a round trip
	CHECK(h.segs() == 40);			// neither grows nor shrinks
	h.round(5);
	CHECK(h.segs() == 40);
	h.t += SEC(2);
	h.round(25);				// paced, but all in a round trip
	h.round(25);
	CHECK(h.validated());
	CHECK(h.conn.cc.pace.rate == HRTCP_UNPACED);
}

TEST_CASE("cwv: a burst into a window that was not used is spread", "[R7661-01]")
{
	Rounds h;

	h.until_cwnd(40);
	WRITE(h, h.t + SEC(5), 40000);
	CHECK(h.take_sent().size() == 11);	// the initial window, and one in time
	const u64 begun = h.now();
	while (h.next_wake() < begun + MS(120))
		h.tick(h.next_wake());
	const auto more = h.take_sent();
	CHECK(more.size() == 29);
	for (size_t i = 0; i < more.size(); i++)	// 40 segments a round trip
		CHECK(more[i].at_ns - begun > MS(100) * i / 40);
	CHECK(more.back().at_ns - begun < MS(80));
}

TEST_CASE("cwv: loss in a validated window is the algorithm's", "[R7661-02]")
{
	Rounds h;

	h.until_cwnd(40);
	h.round(40);
	CHECK(hrtcp_cwv_on_loss(&h.conn, 12345, h.now()) == 12345);
	CHECK(h.cwv().known);
	hrtcp_cwv_on_recovered(&h.conn, 3000);
	CHECK_FALSE(h.cwv().known);		// undefined after any recovery
	CHECK(h.segs() > 39);
}

TEST_CASE("cwv: loss in a window that was not used goes by the use, then by what was lost",
	  "[R7661-02]")
{
	Rounds h;

	h.until_cwnd(40);
	h.t += SEC(2);
	h.round(8);
	REQUIRE_FALSE(h.validated());
	WRITE(h, h.t, 8000);
	REQUIRE(h.take_sent().size() == 8);
	PEER(h, h.t + MS(100), ". 1(0) ack una <sack nxt-4000:nxt>");
	CHECK(h.conn.cc.ssthresh_bytes == 4000);
	h.pass(h.t + MS(199));
	CHECK(h.conn.total_retrans == 4);
	h.t += MS(199);
	PEER(h, h.t, ". 1(0) ack nxt");
	CHECK(h.conn.recovery.state == HRTCP_R_OPEN);
	CHECK(h.segs() == (8 - 4) / 2);
	CHECK(h.validated());
	CHECK(h.conn.cc.pace.rate == HRTCP_UNPACED);
}

TEST_CASE("cwv: a timeout leaves the phase to the standard method", "[R7661-01]")
{
	Rounds h;

	h.until_cwnd(40);
	h.t += SEC(2);
	h.round(4);
	REQUIRE_FALSE(h.validated());
	WRITE(h, h.t, 4000);
	h.take_sent();
	hrtcp_recovery_on_timeout(&h.conn, h.now());
	CHECK(h.validated());
	CHECK_FALSE(h.cwv().known);
	CHECK(h.segs() == 1);
}

TEST_CASE("cwv: five minutes of little use halve the window, and each five more", "[R7661-03]")
{
	Rounds h;

	h.until_cwnd(80);
	h.conn.cc.ssthresh_bytes = 30000;
	h.t += SEC(2);
	h.round(2);
	const u64 since = h.t;
	while (h.t < since + SEC(299)) {
		h.round(2);
		h.t += MS(900);
		REQUIRE(h.segs() == 80);
	}
	h.t = since + SEC(302);
	h.round(2);
	CHECK(h.segs() == 40);
	CHECK(h.conn.cc.ssthresh_bytes == 60000);
	h.t = since + SEC(590);
	h.round(2);
	CHECK(h.segs() == 40);
	h.t = since + SEC(610);
	h.round(2);
	CHECK(h.segs() == 20);
	CHECK(h.conn.cc.ssthresh_bytes == 60000);
}

TEST_CASE("cwv: silence is as little use as there can be", "[R7661-03]")
{
	const auto after = [](u64 silence) {
		Rounds h;
		h.until_cwnd(80);
		h.round(80);
		h.conn.cc.cwnd_bytes = 80000;
		h.t += silence;
		h.round(1);
		return h.segs();
	};

	CHECK(after(SEC(2)) == 80);
	CHECK(after(SEC(299)) == 80);
	CHECK(after(SEC(303)) == 40);
	CHECK(after(SEC(603)) == 20);
	CHECK(after(SEC(3600 * 24 * 30)) == 10);	// the initial window
}

TEST_CASE("cwv: an algorithm with a control of its own is not judged")
{
	static hrtcp_cc_ops ops;

	strcpy(ops.name, "own");
	ops.init = [](hrtcp_conn *) {};
	ops.on_loss = [](hrtcp_conn *conn, hrtcp_loss, u64) { return conn->cc.ssthresh_bytes; };
	ops.control = [](hrtcp_conn *, const hrtcp_ack *) {};
	Rounds h;
	hrtcp_conn_set_cc(&h.conn, &ops);
	h.conn.cc.cwnd_bytes = 100000;
	h.round(2);
	h.t += SEC(1000);
	h.round(2);
	CHECK_FALSE(h.cwv().known);
	CHECK(h.segs() == 100);
}

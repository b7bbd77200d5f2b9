// SPDX-License-Identifier: GPL-2.0
// Rows of conformance about how congestion windows grow and shrink: the constants of CUBIC,
// HyStart++ and DCTCP, each from both sides.
#include <cmath>

#include "cubic_window.hpp"

namespace {

constexpr u32 mss = CubicWindow::mss;

// Slow start at the beginning of its third round, with round trips of @rtt_ns.
struct Starting : CubicWindow {
	explicit Starting(u64 rtt_ns) : CubicWindow(16)
	{
		round(rtt_ns);
		round(rtt_ns);
		ack(mss, rtt_ns);
		REQUIRE(cwnd() == 65 * mss);
	}

	// ACKs of a segment until one lets cwnd grow by less; 0: none of a round.
	u32 acks_until_slower(u64 rtt_ns)
	{
		for (u32 n = 1; n <= 32; n++) {
			const u32 before = cwnd();
			ack(mss, rtt_ns);
			if (cwnd() < before + mss)
				return n;
		}
		return 0;
	}
};

} // namespace

TEST_CASE("HyStart++: eight samples of a round tell, no fewer", "[R9406-01]")
{
	Starting c(MS(100));

	CHECK(c.acks_until_slower(MS(130)) == 8);
}

TEST_CASE("HyStart++: an eighth more is a rise, of no less than 4 and no more than 16 ms",
	  "[R9406-01]")
{
	for (auto [rtt_us, more_us] : { std::pair{ 8000u, 4000u }, { 80000u, 10000u },
					{ 400000u, 16000u } }) {
		CAPTURE(rtt_us);
		CHECK_FALSE(Starting(US(rtt_us)).acks_until_slower(US(rtt_us + more_us - 1)));
		CHECK(Starting(US(rtt_us)).acks_until_slower(US(rtt_us + more_us)));
	}
}

TEST_CASE("HyStart++: five rounds of slower growth end slow start", "[R9406-02]")
{
	Starting c(MS(100));
	u32 rounds = 0;

	while (c.conn.cc.ssthresh_bytes == ~0u && rounds < 20) {
		c.round(MS(130));
		rounds++;
	}
	CHECK(rounds == 5);
}

TEST_CASE("cubic: an ACK brings its share of the way to the target", "[R9438-04]")
{
	CubicWindow c(1000);

	c.lose();
	c.ack(mss);					// beyond ssthresh
	c.ack(mss);					// the epoch begins
	const u32 before = c.cwnd();
	c.now_ns += SEC(1);
	c.ack(mss);
	// W(1.1 s) = 0.4 (1.1 - K)^3 + 1000 segments; one of about 700 was acknowledged
	const double w = 0.4 * std::pow(1.1 - std::cbrt(300 / 0.4), 3) + 1000;
	const double grown = (w * mss - before) / before * mss;
	CHECK(c.cwnd() - before > grown * 0.97);
	CHECK(c.cwnd() - before < grown * 1.03);
}

TEST_CASE("cubic: no target is more than one and a half of cwnd", "[R9438-01]")
{
	CubicWindow c(10);

	c.lose();
	c.ack(mss);
	c.ack(mss);					// the epoch begins
	c.now_ns += SEC(60);				// 0.4 * 58^3 segments, by the curve
	const u32 before = c.cwnd();
	c.ack(mss);
	CHECK(c.cwnd() - before <= mss / 2);
	CHECK(c.cwnd() - before >= mss / 2 - 2);
}

TEST_CASE("cubic: as Reno would with 0.7 up to the old window, then a segment a round",
	  "[R9438-03]")
{
	CubicWindow c(20);
	const auto rounds = [&c](int n) {
		const u32 before = c.cwnd();
		for (int i = 0; i < n; i++)
			c.round(US(100));		// no time for the curve
		return c.cwnd() - before;
	};

	c.lose();
	REQUIRE(c.segs() == 14);
	const u32 below = rounds(8);			// 9 / 17 a round
	CHECK(below > 3 * mss);
	CHECK(below < 5 * mss);
	rounds(8);
	REQUIRE(c.segs() >= 20);
	const u32 above = rounds(8);
	CHECK(above > 7 * mss);
	CHECK(above < 9 * mss);
}

TEST_CASE("DCTCP: a window moves alpha by a sixteenth of the difference", "[R8257-02]")
{
	hrtcp_cfg cfg = hrtcp_cfg_default;
	hrtcp_conn conn{};
	hrtcp_ack a{};

	hrtcp_conn_init(&conn, &cfg);
	conn.snd.mss = 1000;
	hrtcp_conn_set_cc(&conn, &hrtcp_cc_dctcp);
	conn.cc.cwnd_bytes = 102400;
	a.acked_bytes = 1000;
	conn.snd.una = conn.snd.nxt = seq_add(conn.snd.nxt, 1000);
	conn.cc.ops->on_delivered(&conn, &a);		// alpha was 1, and nothing was marked
	CHECK(conn.cc.ops->on_ecn(&conn, 1) == 102400 - 102400 * 15 / 16 / 2);
}

// SPDX-License-Identifier: GPL-2.0
// test_cubic.cpp -- CUBIC (RFC 9438) and HyStart++ (RFC 9406), by feeding it facts.
#include <cmath>

#include "cubic_window.hpp"

namespace {

constexpr u32 mss = CubicWindow::mss;

using Control = CubicWindow;

} // namespace

TEST_CASE("cubic: a loss leaves seven tenths", "[R9438-05]")
{
	Control c;

	c.conn.cc.cwnd_bytes = 100 * mss;
	c.lose();
	CHECK(c.cwnd() == 70 * mss);
}

TEST_CASE("cubic: W_max is reached again after K, and passed slowly, then fast",
	  "[R9438-01][R9438-04]")
{
	Control c;
	c.conn.cc.cwnd_bytes = 1000 * mss;
	c.lose();
	// K = cbrt(300 / 0.4) = 9.09 s
	const double k = std::cbrt(300 / 0.4);
	const u64 begun = c.now_ns;
	while (c.now_ns - begun < static_cast<u64>(k * 0.5 * 1e9))
		c.round();
	// W(t) = 0.4 (t - K)^3 + 1000 = 962 half way
	CHECK(c.cwnd() > 950 * mss);
	CHECK(c.cwnd() < 975 * mss);
	while (c.now_ns - begun < static_cast<u64>(k * 1e9))
		c.round();
	CHECK(c.cwnd() > 995 * mss);
	CHECK(c.cwnd() < 1005 * mss);
	while (c.now_ns - begun < static_cast<u64>((k + 5) * 1e9))
		c.round();
	CHECK(c.cwnd() > 1040 * mss);	// + 0.4 * 125 = 50
	CHECK(c.cwnd() < 1060 * mss);
}

TEST_CASE("cubic: a second loss below W_max lowers it further", "[R9438-07]")
{
	Control c;
	c.conn.cc.cwnd_bytes = 100 * mss;
	c.lose();
	c.lose();
	CHECK(c.cwnd() == 49 * mss);
	// fast convergence: W_max = 70 * 1.7 / 2 = 59.5, K = cbrt(10.5 / 0.4) = 2.97 s
	const u64 begun = c.now_ns;
	while (c.now_ns - begun < SEC(3))
		c.round();
	CHECK(c.cwnd() >= 59 * mss);
	CHECK(c.cwnd() < 67 * mss);
}

TEST_CASE("cubic: in small windows it is no slower than Reno", "[R9438-03]")
{
	Control c;
	c.conn.cc.cwnd_bytes = 10 * mss;
	c.lose();
	const u32 before = c.cwnd();
	for (int i = 0; i < 40; i++)
		c.round(MS(10));
	// 9 / 17 of a segment a round up to the old window, then one a round
	CHECK(c.cwnd() > before + 20 * mss);
}

TEST_CASE("cubic: Reno's estimate grows in large windows, too, one ACK a segment", "[R9438-03]")
{
	const u32 segs = GENERATE(50, 800, 3000, 20000);
	Control c(segs);

	c.lose();
	const u32 before = c.segs();
	for (int i = 0; i < 10; i++)
		c.round(MS(1));
	// 9 / 17 of a segment a round
	CHECK(c.cwnd() >= before * mss + 5 * mss);
	CHECK(c.cwnd() <= before * mss + 70 * mss);	// with the first 10 ms of the cubic curve
}

TEST_CASE("HyStart++: slow start goes over to a quarter of its pace when the RTT rises",
	  "[R9406-01][R9406-02][R9438-10]")
{
	Control c;
	c.conn.cc.cwnd_bytes = 16 * mss;
	c.round();
	c.round();
	CHECK(c.cwnd() == 64 * mss);
	for (int i = 0; i < 9; i++)
		c.ack(mss, MS(130));	// 100 / 8 = 12.5 ms more would do
	const u32 before = c.cwnd();
	c.ack(4 * mss, MS(130));
	CHECK(c.cwnd() == before + mss);
	CHECK(c.conn.cc.ssthresh_bytes == ~0u);
	for (int i = 0; i < 6; i++)
		c.round(MS(130));
	CHECK(c.conn.cc.ssthresh_bytes != ~0u);	// five rounds, and it is over
}

TEST_CASE("HyStart++: a rise that does not last is forgotten", "[R9406-02]")
{
	Control c;
	c.conn.cc.cwnd_bytes = 16 * mss;
	c.round();
	c.round();
	c.round(MS(130));
	c.round(MS(100));
	const u32 before = c.cwnd();
	c.round(MS(100));
	CHECK(c.cwnd() == 2 * before);
}

TEST_CASE("cubic: a window that is not used does not grow", "[R7661-01][R9438-06]")
{
	Control c;
	hrtcp_ack a{};

	c.conn.cc.cwnd_bytes = 10 * mss;
	a.now_ns = c.now_ns;
	a.acked_bytes = 5 * mss;
	c.conn.cc.ops->on_ack(&c.conn, &a);
	CHECK(c.cwnd() == 10 * mss);
}

TEST_CASE("congestion controls are found by name", "[cc][MAY-18]")
{
	CHECK(hrtcp_cc_find("cubic") == &hrtcp_cc_cubic);
	CHECK(hrtcp_cc_find("reno") == &hrtcp_cc_reno);
	CHECK(hrtcp_cc_find("dctcp") == &hrtcp_cc_dctcp);
	CHECK(hrtcp_cc_find("vegas") == nullptr);
}

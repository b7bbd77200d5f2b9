// SPDX-License-Identifier: GPL-2.0
// test_rows_cc.cpp -- rows on congestion control that no scenario shows: facts in, windows out.
#include <cmath>

#include "cubic_window.hpp"

namespace {

constexpr u32 mss = CubicWindow::mss;
const double k_s = std::cbrt(300 / 0.4);	// from 700 segments back to 1000

using Window = CubicWindow;

u64 seconds(double s)
{
	return static_cast<u64>(s * 1e9);
}

} // namespace

TEST_CASE("cubic: time in which the application leaves the window unused does not count",
	  "[R9438-02]")
{
	Window w(1000);
	w.lose();
	const u64 begun = w.now_ns;
	w.rounds_until(begun + seconds(k_s * 0.5));
	const u32 before = w.segs();
	w.ack(mss, MS(100), false);
	w.now_ns += SEC(60);
	w.round();
	CHECK(w.segs() < before + 10);		// with the minute it would be beyond 1000
	w.rounds_until(begun + SEC(60) + seconds(k_s));
	CHECK(w.segs() > 990);
	CHECK(w.segs() < 1010);
}

TEST_CASE("cubic: after a timeout the curve begins at its plateau", "[R9438-08]")
{
	Window w(1000);
	w.lose(HRTCP_LOSS_TIMEOUT);
	CHECK(w.segs() == 700);
	w.conn.cc.cwnd_bytes += mss;		// slow start is over
	w.rounds_until(w.now_ns + SEC(5));
	CHECK(w.segs() > 740);			// 0.4 * 125 = 50 above, not on the way to 1000
	CHECK(w.segs() < 765);
}

TEST_CASE("cubic: a loss that was none leaves the curve as it was", "[R9438-09]")
{
	Window w(1000);
	w.lose();
	const u64 begun = w.now_ns;
	w.rounds_until(begun + seconds(k_s * 0.5));
	const u32 cwnd = w.conn.cc.cwnd_bytes, ssthresh = w.conn.cc.ssthresh_bytes;
	w.lose();
	w.conn.cc.ops->on_undo(&w.conn);
	w.conn.cc.cwnd_bytes = cwnd;
	w.conn.cc.ssthresh_bytes = ssthresh;
	w.rounds_until(begun + seconds(k_s));
	CHECK(w.segs() > 990);
	CHECK(w.segs() < 1010);
}

TEST_CASE("HyStart++: a loss or a mark ends either slow start", "[R9406-03]")
{
	for (const bool css : { false, true })
		for (const bool mark : { false, true }) {
			Window w(16);
			w.round();
			w.round();
			if (css)
				w.round(MS(130));
			if (mark)
				w.conn.cc.ssthresh_bytes = w.conn.cc.ops->on_ecn(&w.conn, w.now_ns);
			else
				w.lose();
			const u32 before = w.segs();
			w.round();
			CHECK(w.segs() <= before + 3);
			w.round();
			CHECK(w.segs() <= before + 6);
		}
}

TEST_CASE("HyStart++: later slow starts know where to stop", "[R9406-04]")
{
	Window w(16);
	w.conn.cc.ssthresh_bytes = 200 * mss;
	w.round();
	w.round(MS(130));
	w.round(MS(200));
	CHECK(w.segs() == 128);
}

TEST_CASE("HyStart++: eight segments an ACK at the most, without pacing", "[R9406-04]")
{
	Window w(100);
	w.conn.cc.pace.rate = HRTCP_UNPACED;
	w.ack(20 * mss);
	CHECK(w.segs() == 108);
	w.conn.cc.pace.rate = 1000000;
	w.ack(20 * mss);
	CHECK(w.segs() == 128);
}

TEST_CASE("RFC 7661: a loss while the window is not validated goes by what was used",
	  "[R7661-02]")
{
	const auto lost = [](u32 used, u32 flight, u32 again) {
		Window w(100);
		w.conn.cc.cwv.known = true;
		w.conn.cc.cwv.since_ns = w.now_ns;
		w.conn.cc.cwv.period_ns = w.now_ns;
		w.conn.cc.cwv.most[0] = used * mss;
		w.conn.snd.nxt = seq_add(w.conn.snd.una, flight * mss);
		const u32 ssthresh = hrtcp_cwv_on_loss(&w.conn, 70 * mss, w.now_ns);
		hrtcp_cwv_on_recovered(&w.conn, again * mss);
		return std::make_pair(ssthresh / mss, w.segs());
	};

	CHECK(lost(20, 10, 6) == std::make_pair(10u, 7u));
	CHECK(lost(10, 20, 0) == std::make_pair(10u, 10u));
	CHECK(lost(20, 10, 30) == std::make_pair(10u, 1u));
}

TEST_CASE("RFC 7661: after five minutes a window that was not validated is halved", "[R7661-03]")
{
	Window w(100);
	w.conn.cc.ssthresh_bytes = 50 * mss;
	w.conn.cc.cwv.since_ns = w.now_ns;
	hrtcp_cwv_on_new(&w.conn, w.now_ns + SEC(300));
	CHECK(w.segs() == 100);
	hrtcp_cwv_on_new(&w.conn, w.now_ns + SEC(301));
	CHECK(w.segs() == 50);
	CHECK(w.conn.cc.ssthresh_bytes == 75 * mss);

	Window small(12);
	small.conn.cc.cwv.since_ns = small.now_ns;
	hrtcp_cwv_on_new(&small.conn, small.now_ns + SEC(301));
	CHECK(small.segs() == 10);		// the initial window
}

TEST_CASE("a loss in the initial window makes restarts as small as RFC 3390's", "[R6928-03]")
{
	Window w(10);
	w.conn.cc.iw_end = seq_add(w.conn.snd.una, 10 * mss);
	CHECK(hrtcp_cc_restart_window(&w.conn) == 10 * mss);
	hrtcp_cc_on_loss(&w.conn, HRTCP_LOSS_FAST, w.now_ns);
	CHECK(hrtcp_cc_restart_window(&w.conn) == 4 * mss);
}

TEST_CASE("BBR: what it sends says that it does not take marks", "[RBBR-01]")
{
	for (const bool bbr : { false, true }) {
		Host h({ .tune = [](hrtcp_cfg &cfg) { cfg.ecn = HRTCP_ECN_ASK; } });
		OPEN(h, 0);
		SEES(h, 0, "SEW 0:0(0)");
		PEER(h, MS(100), "S.E 0:0(0) ack 1");
		SEES(h, MS(100), ". 1:1(0) ack 1");
		REQUIRE(h.conn.ecn.pact.mode);
		if (bbr)
			hrtcp_conn_set_cc(&h.conn, &hrtcp_cc_bbr);
		h.start_clock();
		WRITE(h, 0, 100);
		const auto sent = h.take_sent();
		REQUIRE(sent.size() == 1);
		CHECK(sent[0].seg.ip_ecn == (bbr ? 0 : HRTCP_IP_ECT0));
	}
}

TEST_CASE("the window is kept through pauses of less than a second, whatever the RTO",
	  "[R5681-12]")
{
	const bool hr = GENERATE(false, true);
	Client h({ .mss = 1012, .sack = true, .ts = true, .hr = hr, .rtt = MS(1) });
	const auto tick = [&h](u64 t) {
		h.take_sent();
		PEER(h, t, ". 1:1(0) ack nxt <TS val " + std::to_string(h.peer_tsval()) + " ecr " +
			   std::to_string(h.last_tsval()) + ">");
	};

	for (u64 t = MS(10); h.conn.cc.cwnd_bytes < 40000; t += MS(10)) {
		WRITE(h, t, h.conn.cc.cwnd_bytes + 1000);
		tick(t + MS(1));
		tick(t + MS(2));
	}
	const u64 idle = h.script_time();
	const u32 cwnd = h.conn.cc.cwnd_bytes;
	WRITE(h, idle + MS(990), 1000);
	CHECK(h.conn.cc.cwnd_bytes == cwnd);
	tick(idle + MS(991));
	WRITE(h, idle + MS(991) + SEC(1) + MS(1), 1000);
	CHECK(h.conn.cc.cwnd_bytes == 10 * h.conn.snd.mss);
	h.take_sent();
	ABORT(h, h.script_time());
	h.take_sent();
}

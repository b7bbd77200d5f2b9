// SPDX-License-Identifier: GPL-2.0
// cubic_window.hpp -- CUBIC alone, fed with facts.
#pragma once

#include "host.hpp"

// A connection in which only CUBIC moves: facts in, windows out.
struct CubicWindow {
	static constexpr u32 mss = 1000;

	hrtcp_cfg cfg = hrtcp_cfg_default;
	hrtcp_conn conn{};
	u64 now_ns = SEC(1000);

	explicit CubicWindow(u32 segs = 0)
	{
		hrtcp_conn_init(&conn, &cfg);
		conn.snd.mss = mss;
		conn.rtt.srtt_ns = MS(100);
		hrtcp_conn_set_cc(&conn, &hrtcp_cc_cubic);
		conn.cc.cwnd_bytes = segs * mss;
	}

	void ack(u32 bytes, u64 rtt_ns = MS(100), bool limited = true)
	{
		hrtcp_ack a{};
		a.now_ns = now_ns;
		a.acked_bytes = bytes;
		a.rtt_ns = rtt_ns;
		a.cwnd_limited = limited;
		conn.snd.una = seq_add(conn.snd.una, bytes);
		conn.snd.nxt = seq_add(conn.snd.una, conn.cc.cwnd_bytes);
		conn.cc.ops->on_ack(&conn, &a);
	}

	void round(u64 rtt_ns = MS(100))
	{
		const u32 n = conn.cc.cwnd_bytes / mss;
		conn.snd.nxt = seq_add(conn.snd.una, n * mss);
		for (u32 i = 0; i < n; i++) {
			now_ns += rtt_ns / n;
			ack(mss, rtt_ns);
		}
	}

	void rounds_until(u64 end_ns)
	{
		while (now_ns < end_ns)
			round();
	}

	void lose(hrtcp_loss how = HRTCP_LOSS_FAST)
	{
		conn.cc.ssthresh_bytes = conn.cc.ops->on_loss(&conn, how, now_ns);
		conn.cc.cwnd_bytes = conn.cc.ssthresh_bytes;
	}

	u32 cwnd() const { return conn.cc.cwnd_bytes; }
	u32 segs() const { return conn.cc.cwnd_bytes / mss; }
};

// SPDX-License-Identifier: GPL-2.0
#include "core.hpp"

namespace {

// A connection of which only what the algorithm reads is set.
struct Reno {
	hrtcp_conn conn{};

	Reno(u32 cwnd, u32 ssthresh)
	{
		conn.cc.ops = &hrtcp_cc_reno;
		conn.snd.mss = 1000;
		conn.cc.pace.rate = HRTCP_UNPACED;
		conn.cc.cwnd_bytes = cwnd;
		conn.cc.ssthresh_bytes = ssthresh;
		hrtcp_cc_reno.init(&conn);
	}

	u32 ack(u32 octets, bool limited = true)
	{
		hrtcp_ack a{};
		a.acked_bytes = octets;
		a.cwnd_limited = limited;
		hrtcp_cc_reno.on_ack(&conn, &a);
		return conn.cc.cwnd_bytes;
	}

	u32 loss(u32 flight)
	{
		conn.snd.una = seq_of(0xffffff00);
		conn.snd.nxt = seq_add(conn.snd.una, flight);
		return hrtcp_cc_reno.on_loss(&conn, HRTCP_LOSS_FAST, SEC(1));
	}
};

} // namespace

TEST_CASE("reno_on_ack: slow start counts octets", "[R5681-06][R3465-01][MUST-19]")
{
	Reno r(10000, 0x7fffffff);

	CHECK(r.ack(1000) == 11000);
	CHECK(r.ack(300) == 11300);
	for (int i = 0; i < 10; i++)
		r.ack(100);		// ACK division gains nothing
	CHECK(r.conn.cc.cwnd_bytes == 12300);
}

TEST_CASE("reno_on_ack: slow start does not overshoot ssthresh", "[R5681-06]")
{
	Reno r(9500, 10000);

	CHECK(r.ack(1000) == 10000);
}

TEST_CASE("reno_on_ack: avoidance grows by one segment in a window", "[R5681-07][MUST-19]")
{
	Reno r(10000, 10000);

	for (int i = 0; i < 9; i++)
		CHECK(r.ack(1000) == 10000);
	CHECK(r.ack(1000) == 11000);
	for (int i = 0; i < 10; i++)
		CHECK(r.ack(1000) == 11000);
	CHECK(r.ack(1000) == 12000);
}

TEST_CASE("reno_on_ack: a window not used does not grow", "[R7661-01]")
{
	Reno r(10000, 0x7fffffff);

	CHECK(r.ack(1000, false) == 10000);
	r.conn.cc.ssthresh_bytes = 5000;
	for (int i = 0; i < 30; i++)
		CHECK(r.ack(1000, false) == 10000);
}

TEST_CASE("reno_on_loss: what was counted for growth is forgotten", "[R5681-07]")
{
	Reno r(10000, 10000);

	r.ack(9000);
	r.loss(10000);
	CHECK(r.ack(1000) == 10000);
}

TEST_CASE("reno_on_loss: half of what was in flight, two segments at least", "[R5681-08]")
{
	Reno r(20000, 0x7fffffff);

	CHECK(r.loss(12000) == 6000);
	CHECK(r.loss(3000) == 2000);
	CHECK(r.loss(0) == 2000);
}

// SPDX-License-Identifier: GPL-2.0
// test_newreno.cpp -- without SACK: when duplicates count again, RFC 6582; what is idle.
#include "host.hpp"

namespace {

// A client that has sent the first ten of @octets, in segments of 1000.
struct Sending : Client {
	explicit Sending(u32 octets)
	{
		WRITE(*this, 0, octets);
		REQUIRE(take_sent().size() == 10);
	}

	void dupacks(u64 t, int n, u32 una)
	{
		for (int i = 0; i < n; i++)
			PEER(*this, t, ". 1:1(0) ack " + std::to_string(una));
	}

	u32 cwnd() const { return conn.cc.cwnd_bytes; }
};

} // namespace

TEST_CASE("idle: an RTO makes it, a second at least", "[R5681-12]")
{
	const u64 rto = GENERATE(SEC(1), SEC(5));
	const auto cwnd_after = [rto](u64 idle_percent) {
		Sending h(20000);
		PEER(h, MS(10), ". 1:1(0) ack 10001");
		h.take_sent();
		PEER(h, MS(20), ". 1:1(0) ack 20001");
		if (rto > SEC(1))
			h.conn.rtt.rto_ns = rto;
		CHECK(h.conn.rtt.rto_ns <= rto);
		WRITE(h, MS(10) + rto * idle_percent / 100, 1000);
		h.take_sent();
		return h.cwnd();
	};

	CHECK(cwnd_after(95) > 10000);
	CHECK(cwnd_after(105) == 10000);
}

TEST_CASE("fast retransmit: not of what a timeout has repeated, but again after a recovery",
	  "[R6582-01][R6582-03]")
{
	Sending timed_out(10000);
	SEES(timed_out, RTO, ". 1:1001(1000) ack 1");
	PEER(timed_out, RTO + MS(10), ". 1:1(0) ack 10001");
	WRITE(timed_out, RTO + MS(10), 5000);
	timed_out.take_sent();
	timed_out.dupacks(RTO + MS(20), 3, 10001);
	timed_out.take_sent();
	CHECK(timed_out.conn.recovery.fast_recoveries == 0);
	PEER(timed_out, RTO + MS(30), ". 1:1(0) ack nxt");
	timed_out.take_sent();

	Sending recovered(10000);
	recovered.dupacks(MS(100), 3, 1);
	recovered.take_sent();
	PEER(recovered, MS(200), ". 1:1(0) ack 10001");
	WRITE(recovered, MS(200), 5000);
	recovered.conn.cc.cwnd_bytes = 5000;
	recovered.settle();
	recovered.take_sent();
	recovered.dupacks(MS(300), 3, 10001);
	CHECK(recovered.conn.recovery.fast_recoveries == 2);
	recovered.take_sent();
	PEER(recovered, MS(310), ". 1:1(0) ack nxt");
	recovered.take_sent();
}

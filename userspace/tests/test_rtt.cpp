// SPDX-License-Identifier: GPL-2.0
#include "host.hpp"

namespace {

struct Rtt {
	hrtcp_cfg cfg = hrtcp_cfg_default;
	hrtcp_rtt rtt{};

	Rtt()
	{
		cfg.peer_delack_ns = MS(40);
		cfg.rto_granularity_ns = MS(10);
		hrtcp_rtt_init(&rtt, &cfg);
	}

	void sample(u64 ns, u8 share = 0) { hrtcp_rtt_sample(&rtt, &cfg, ns, share); }
	u64 timeout() const { return hrtcp_rtt_timeout(&rtt, &cfg); }
};

} // namespace

TEST_CASE("rtt: each ACK of what was sent once is a sample", "[R6298-07][MUST-18]")
{
	Client h;

	for (u64 i = 0; i < 20; i++) {
		const u64 at = SEC(i), rtt = MS(50 + i);

		WRITE(h, at, 100);
		SEES(h, at, "P. nxt-100(100) ack 1");
		PEER(h, at + rtt, ". 1(0) ack nxt");
		CHECK(h.conn.rtt.latest_ns == rtt);
	}
}

TEST_CASE("rtt_init: one second before any sample", "[R6298-01]")
{
	Rtt r;

	CHECK(r.timeout() == SEC(1));
	CHECK(r.rtt.srtt_ns == 0);
}

TEST_CASE("rtt_sample: the first", "[R6298-02][MUST-18]")
{
	Rtt r;

	r.sample(MS(100));
	CHECK(r.rtt.srtt_ns == MS(100));
	CHECK(r.rtt.rttvar_ns == MS(50));
	CHECK(r.timeout() == MS(100) + 4 * MS(50) + MS(40));
}

TEST_CASE("rtt_sample: later ones, RTTVAR before SRTT", "[R6298-03][MUST-18]")
{
	Rtt r;

	r.sample(MS(80));
	r.sample(MS(160));		// delta 80: 3/4 * 40 + 80/4 = 50, 7/8 * 80 + 160/8 = 90
	CHECK(r.rtt.rttvar_ns == MS(50));
	CHECK(r.rtt.srtt_ns == MS(90));
	r.sample(MS(10));		// delta 80 again: 37.5 + 20, 78.75 + 1.25
	CHECK(r.rtt.rttvar_ns == US(57500));
	CHECK(r.rtt.srtt_ns == MS(80));
	CHECK(r.timeout() == MS(80) + 4 * US(57500) + MS(40));
}

TEST_CASE("rtt_sample: the clock's granularity is the least margin", "[R6298-03][R6298-04]")
{
	Rtt r;

	for (int i = 0; i < 200; i++)
		r.sample(MS(100));
	CHECK(4 * r.rtt.rttvar_ns < MS(10));
	CHECK(r.timeout() == r.rtt.srtt_ns + MS(10) + MS(40));
}

TEST_CASE("rtt_sample: latest and least are kept", "[rtt]")
{
	Rtt r;

	r.sample(MS(30));
	r.sample(MS(20));
	r.sample(MS(70));
	CHECK(r.rtt.latest_ns == MS(70));
	CHECK(r.rtt.min_ns == MS(20));
}

TEST_CASE("rtt_sample: a zero one counts as a sample", "[rtt]")
{
	Rtt r;

	r.sample(0);
	CHECK(r.rtt.srtt_ns > 0);
	CHECK(r.timeout() >= MS(50));
}

TEST_CASE("rtt_sample: one beyond the largest RTO counts as that", "[R6298-05]")
{
	Rtt r;

	r.sample(MS(100));
	r.sample(SEC(3600));
	CHECK(r.rtt.srtt_ns <= r.cfg.rto_max_ns);
	CHECK(r.rtt.latest_ns == r.cfg.rto_max_ns);
}

TEST_CASE("rtt_sample: ends the backoff", "[R6298-12]")
{
	Rtt r;

	r.rtt.backoff = 3;
	r.sample(MS(100));
	CHECK(r.rtt.backoff == 0);
}

TEST_CASE("rtt_sample: at most rto_max", "[R6298-05]")
{
	Rtt r;

	r.sample(SEC(500));
	CHECK(r.timeout() == r.cfg.rto_max_ns);
	CHECK(hrtcp_cfg_default.rto_max_ns >= SEC(60));
}

TEST_CASE("rtt_syn_was_repeated: three seconds before the first sample", "[R6298-11]")
{
	Rtt r;

	hrtcp_rtt_syn_was_repeated(&r.rtt);
	CHECK(r.timeout() == SEC(3));
	r.sample(MS(100));
	CHECK(r.timeout() == MS(340));
	hrtcp_rtt_syn_was_repeated(&r.rtt);	// timestamps gave a sample: it counts
	CHECK(r.timeout() == MS(340));
}

TEST_CASE("rtt_timeout: doubles up to rto_max", "[R6298-10][R6298-05][MUST-19]")
{
	Rtt r;
	u64 want = SEC(1);

	for (u8 n = 0; n < 255; n++) {
		r.rtt.backoff = n;
		CAPTURE(int(n));
		CHECK(r.timeout() == want);
		want = std::min(2 * want, r.cfg.rto_max_ns);
	}
}

TEST_CASE("rtt_timeout: a long RTO cannot overflow into a short one", "[R6298-05]")
{
	Rtt r;

	for (u32 bit = 30; bit < 37; bit++)
		for (u8 n = 0; n < 255; n++) {
			r.rtt.rto_ns = 1ull << bit;
			r.rtt.backoff = n;
			REQUIRE(r.timeout() >= r.rtt.rto_ns);
		}
}

TEST_CASE("rtt_sample: after a spurious timeout the larger of what was and what is", "[R4015-01]")
{
	Rtt r;

	r.sample(MS(100));
	r.rtt.cautious = true;
	r.sample(MS(300));
	CHECK(r.rtt.srtt_ns == MS(300));
	CHECK(r.rtt.rttvar_ns == MS(150));
	r.rtt.cautious = true;
	r.sample(MS(20));
	CHECK(r.rtt.srtt_ns == MS(300));
	CHECK(r.rtt.rttvar_ns == MS(150));
	CHECK_FALSE(r.rtt.cautious);
	r.sample(MS(300));		// as any other again
	CHECK(r.rtt.rttvar_ns < MS(150));
}

TEST_CASE("rtt_share: how many ACKs of that size make a flight, rounded up to a power of two",
	  "[R7323-15]")
{
	CHECK(hrtcp_rtt_share(1000, 1000) == 0);
	CHECK(hrtcp_rtt_share(0, 1000) == 0);
	CHECK(hrtcp_rtt_share(2000, 1000) == 1);
	CHECK(hrtcp_rtt_share(2001, 1000) == 2);
	CHECK(hrtcp_rtt_share(64000, 1000) == 6);
	CHECK(hrtcp_rtt_share(1u << 30, 1) == 16);	// bounded
}

TEST_CASE("rtt_sample: the history is as many round trips, however many samples each brings",
	  "[R7323-15]")
{
	for (const u8 share : std::initializer_list<u8>{ 1, 3, 6, 10 }) {
		Rtt once, often;

		once.sample(MS(100));
		often.sample(MS(100));
		for (int trip = 0; trip < 4; trip++) {
			once.sample(MS(200));
			for (int i = 0; i < 1 << share; i++)
				often.sample(MS(200), share);
		}
		CHECK(often.rtt.srtt_ns > once.rtt.srtt_ns - MS(3));
		CHECK(often.rtt.srtt_ns < once.rtt.srtt_ns + MS(3));
		CHECK(often.rtt.rttvar_ns > once.rtt.rttvar_ns - MS(4));
		CHECK(often.rtt.rttvar_ns < once.rtt.rttvar_ns + MS(4));
	}
}

TEST_CASE("rtt: each of the ACKs of a flight counts by its part of it", "[R7323-15]")
{
	Client h;

	WRITE(h, 0, 1000);
	SEES(h, 0, "P. 1(1000) ack 1");
	PEER(h, MS(100), ". 1(0) ack 1001");
	h.conn.rtt.srtt_ns = MS(100);
	h.conn.rtt.rttvar_ns = MS(40);
	WRITE(h, MS(200), 8000);
	REQUIRE(h.take_sent().size() == 8);
	PEER(h, MS(380), ". 1(0) ack 3001");		// 180 ms; one of four such
	CHECK(h.conn.rtt.srtt_ns == MS(100) + MS(80) / 8 / 4);
	CHECK(h.conn.rtt.rttvar_ns == MS(40) + MS(80 - 40) / 4 / 4);
}

TEST_CASE("rtt_sample: one that spanned a timeout is forgotten by a window of small ones")
{
	Rtt r;

	r.sample(MS(100));
	for (int i = 0; i < 50; i++)
		r.sample(MS(100));
	hrtcp_rtt_sample(&r.rtt, &r.cfg, SEC(60), 0);
	CHECK(r.timeout() > SEC(60));
	for (int i = 0; i < 32; i++)			// of 32 segments each its ACK
		hrtcp_rtt_sample(&r.rtt, &r.cfg, MS(100), 5);
	CHECK(r.timeout() < SEC(10));
	const u64 srtt = r.rtt.srtt_ns;
	CHECK(srtt < MS(900));				// from here on they count for their part
	hrtcp_rtt_sample(&r.rtt, &r.cfg, MS(100), 5);
	CHECK(r.rtt.srtt_ns > srtt - srtt / 250);
}

TEST_CASE("rtt: the least one is that of the last minute at the most", "[R8985-13]")
{
	hrtcp_cfg cfg = hrtcp_cfg_default;
	hrtcp_rtt rtt;
	u64 now = SEC(1000);

	hrtcp_rtt_init(&rtt, &cfg);
	const auto samples = [&](u64 rtt_ns, bool lone, u64 for_ns) {
		for (const u64 end = now + for_ns; now < end; now += MS(500)) {
			hrtcp_rtt_note_min(&rtt, rtt_ns, lone, now);
			hrtcp_rtt_sample(&rtt, &cfg, rtt_ns, 0);
		}
	};
	samples(MS(10), false, SEC(100));
	CHECK(rtt.min_ns == MS(10));
	samples(MS(100), true, SEC(300));	// perhaps only ACKs that are withheld
	CHECK(rtt.min_ns == MS(10));
	samples(MS(100), false, SEC(60));
	CHECK(rtt.min_ns == MS(100));
	samples(MS(12), true, MS(500));
	CHECK(rtt.min_ns == MS(12));
	samples(MS(100), false, SEC(90));
	CHECK(rtt.min_ns == MS(100));
}

// SPDX-License-Identifier: GPL-2.0
#include "core.hpp"

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

	void sample(u64 ns) { hrtcp_rtt_sample(&rtt, &cfg, ns); }
	u64 timeout() const { return hrtcp_rtt_timeout(&rtt, &cfg); }
};

} // namespace

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

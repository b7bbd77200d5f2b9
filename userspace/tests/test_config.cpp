// SPDX-License-Identifier: GPL-2.0
#include "core.hpp"

// What the specifications demand of the defaults, not the defaults themselves.

TEST_CASE("cfg_default: limits of the specifications", "[config][SHLD-11]")
{
	const hrtcp_cfg &c = hrtcp_cfg_default;

	CHECK(c.rto_init_ns >= SEC(1));			// R6298-01
	CHECK(c.rto_max_ns >= SEC(60));			// R6298-05
	CHECK(c.delack_ns < MS(500));			// MUST-40
	CHECK(c.r2_ns >= SEC(100));			// SHLD-11
	CHECK(c.syn_r2_ns >= SEC(180));			// MUST-23
	CHECK(c.time_wait_ns >= SEC(60));		// MUST-13
	CHECK(c.max_syn_backlog > 0);			// R4987-02
	CHECK(c.challenge_ns > 0);			// R5961-08
	CHECK(c.init_cwnd_pkts <= 10);			// R6928-01
}

TEST_CASE("cc_initial_window: min(10 MSS, max(2 MSS, 14600))", "[R6928-01][R5681-02]")
{
	CHECK(hrtcp_cc_initial_window(536, 10, false) == 5360);
	CHECK(hrtcp_cc_initial_window(1000, 10, false) == 10000);
	CHECK(hrtcp_cc_initial_window(1460, 10, false) == 14600);
	CHECK(hrtcp_cc_initial_window(2000, 10, false) == 14600);
	CHECK(hrtcp_cc_initial_window(7300, 10, false) == 14600);
	CHECK(hrtcp_cc_initial_window(8960, 10, false) == 17920);
}

TEST_CASE("cc_initial_window: one segment after a SYN was repeated", "[R5681-14]")
{
	CHECK(hrtcp_cc_initial_window(1460, 10, true) == 1460);
}

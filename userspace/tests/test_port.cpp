// SPDX-License-Identifier: GPL-2.0
// The choice of a local port, RFC 6056 3.3.4.
#include <set>

#include "core.hpp"

extern "C" {
#include "core/port.h"
}

TEST_CASE("port: a search visits every port of the range once, and no other", "[R6056-02][R6056-05]")
{
	for (const auto &[low, high] : { std::pair<u16, u16>{ 1024, 65535 }, { 7, 7 }, { 0, 65535 },
					 { 40000, 40019 } }) {
		std::set<u16> seen;
		const u32 n = static_cast<u32>(high - low) + 1;
		for (u32 step = 0; step < n; step++)
			seen.insert(hrtcp_port_at(0xfffffff0, 0xffffffff, step, low, high));
		CHECK(seen.size() == n);
		CHECK(*seen.begin() == low);
		CHECK(*seen.rbegin() == high);
	}
}

TEST_CASE("port: the counter goes on where it was, peers begin anywhere", "[R6056-01]")
{
	const u16 first = hrtcp_port_at(1000, 5, 0, 32768, 60999);

	CHECK(hrtcp_port_at(1000, 6, 0, 32768, 60999) == first + 1);
	CHECK(hrtcp_port_at(1000, 5, 1, 32768, 60999) == first + 1);
	CHECK(hrtcp_port_at(90001000, 5, 0, 32768, 60999) != first);
	CHECK(hrtcp_port_counter(0xffffffff) == HRTCP_PORT_COUNTERS - 1);
}

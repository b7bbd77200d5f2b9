// SPDX-License-Identifier: GPL-2.0
#include "catch.hpp"

#include "fake.hpp"

namespace {

fake_module counted()
{
	fake_module module;
	module.stats.stats = {{HRTCP_STAT_IN_SEGS, 1ULL << 40}, {HRTCP_STAT_TIMEOUTS, 0}, {99, 1}};
	module.stats.drops = {{HRTCP_DROP_PAWS, 3}};
	return module;
}

} // namespace

TEST_CASE("stat: what is not 0")
{
	fake_module module = counted();
	CHECK(run(module, {"stat"}).out == "Counter    Value\n"
					   "in_segs    1099511627776\n"
					   "stat(99)   1\n"
					   "drop.paws  3\n");
}

TEST_CASE("stat: zeros too")
{
	fake_module module = counted();
	CHECK(run(module, {"stat", "-z"}).out.find("timeouts   0\n") != std::string::npos);
}

TEST_CASE("stat: json has everything")
{
	fake_module module = counted();
	CHECK(run(module, {"stat", "-j"}).out ==
	      "{\"version\":1,\"stats\":{\"in_segs\":1099511627776,\"timeouts\":0,\"stat(99)\":1},"
	      "\"drops\":{\"paws\":3}}\n");
}

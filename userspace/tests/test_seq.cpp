// SPDX-License-Identifier: GPL-2.0
#include "core.hpp"

namespace {

const struct {
	u32 a, b;
	s32 diff;		// a - b
} rows[] = {
	{ 0, 0, 0 },
	{ 1, 0, 1 },
	{ 0, 1, -1 },
	{ 0, 0xffffffff, 1 },			// across the wrap
	{ 0xffffffff, 0, -1 },
	{ 5, 0xfffffffb, 10 },
	{ 0x7fffffff, 0, 0x7fffffff },		// as far as "ahead" reaches
	{ 0x80000001, 0, -0x7fffffff },
	{ 0x80000000, 0x7fffffff, 1 },		// nothing special about the sign bit
};

} // namespace

TEST_CASE("seq_add, seq_sub: modulo 2^32", "[R9293-30]")
{
	CHECK(seq_add(seq_of(0xfffffffe), 3).v == 1);
	CHECK(seq_sub(seq_of(1), 3).v == 0xfffffffe);
}

TEST_CASE("seq_diff: sign says ahead or behind, also across the wrap", "[R9293-30]")
{
	for (const auto &r : rows) {
		CAPTURE(r.a, r.b);
		CHECK(seq_diff(seq_of(r.a), seq_of(r.b)) == r.diff);
	}
}

TEST_CASE("seq_eq, lt, le, gt, ge: agree with the difference", "[R9293-30]")
{
	for (const auto &r : rows) {
		const seq a = seq_of(r.a), b = seq_of(r.b);
		CAPTURE(r.a, r.b);
		CHECK(seq_eq(a, b) == (r.diff == 0));
		CHECK(seq_lt(a, b) == (r.diff < 0));
		CHECK(seq_le(a, b) == (r.diff <= 0));
		CHECK(seq_gt(a, b) == (r.diff > 0));
		CHECK(seq_ge(a, b) == (r.diff >= 0));
	}
}

TEST_CASE("seq_max, seq_min: the later and the earlier", "[R9293-30]")
{
	for (const auto &r : rows) {
		CAPTURE(r.a, r.b);
		CHECK(seq_max(seq_of(r.a), seq_of(r.b)).v == (r.diff > 0 ? r.a : r.b));
		CHECK(seq_min(seq_of(r.a), seq_of(r.b)).v == (r.diff < 0 ? r.a : r.b));
	}
}

TEST_CASE("seq_in: half-open window", "[R9293-32]")
{
	const seq start = seq_of(0xfffffff0);

	CHECK(seq_in(start, start, 1));
	CHECK_FALSE(seq_in(start, start, 0));
	CHECK_FALSE(seq_in(seq_of(0xffffffef), start, 100));
	CHECK(seq_in(seq_of(0xf), start, 32));
	CHECK_FALSE(seq_in(seq_of(0x10), start, 32));
	CHECK(seq_in(seq_of(0xffffffef), start, 0xffffffff) == false);
	CHECK(seq_in(seq_of(0xffffffee), start, 0xffffffff));
}

TEST_CASE("hrtcp_isn, T-11: rises by one in four microseconds", "[MUST-8][T-11]")
{
	const u32 hash = 0xfffffff0;

	CHECK(hrtcp_isn(hash, 0).v == hash);
	CHECK(hrtcp_isn(hash, 3999).v == hash);
	CHECK(hrtcp_isn(hash, 4000).v == hash + 1);
	CHECK(hrtcp_isn(hash, SEC(1)).v == hash + 250000);
	CHECK(hrtcp_isn(hash, 4000ull << 32).v == hash);	// 4.77 hours: once around
	CHECK(hrtcp_isn(1, SEC(1)).v - hrtcp_isn(0, SEC(1)).v == 1);
}

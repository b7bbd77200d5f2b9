// SPDX-License-Identifier: GPL-2.0
#include <string>

#include "core.hpp"

namespace {

struct Blocks {
	hrtcp_sack sack{};

	Blocks() { sack.on = true; }

	void kept(u32 start, u32 end) { hrtcp_sack_kept(&sack, seq_of(start), seq_of(end)); }

	std::string list(u8 other_options = 0)
	{
		hrtcp_opts opt{};
		std::string out;
		opt.present = other_options;
		hrtcp_sack_fill(&sack, &opt);
		CHECK(!!(opt.present & HRTCP_OPT_SACK) == (opt.n_sack > 0));
		CHECK(hrtcp_wire_opt_len(&opt) <= HRTCP_HDR_MAX - HRTCP_HDR_MIN);
		for (u32 i = 0; i < opt.n_sack; i++)
			out += (i ? " " : "") + std::to_string(opt.sack[i].start.v) + ":" +
			       std::to_string(opt.sack[i].end.v);
		return out;
	}
};

} // namespace

TEST_CASE("sack_kept: the block that changed last comes first", "[R2018-04]")
{
	Blocks b;

	b.kept(10, 20);
	b.kept(30, 40);
	CHECK(b.list() == "30:40 10:20");
	b.kept(20, 25);
	CHECK(b.list() == "10:25 30:40");
}

TEST_CASE("sack_kept: touching and overlapping blocks become one", "[R2018-06]")
{
	Blocks b;

	b.kept(10, 20);
	b.kept(30, 40);
	b.kept(50, 60);
	b.kept(20, 30);
	CHECK(b.list() == "10:40 50:60");
	b.kept(35, 55);
	CHECK(b.list() == "10:60");
	b.kept(20, 30);
	CHECK(b.list() == "10:60");
}

TEST_CASE("sack_kept: the block longest unchanged gives way", "[R2018-05]")
{
	Blocks b;

	for (u32 i = 1; i <= 5; i++)
		b.kept(i * 10, i * 10 + 1);
	CHECK(b.list() == "50:51 40:41 30:31 20:21");
}

TEST_CASE("sack_kept: across the wrap", "[R9293-30]")
{
	Blocks b;

	b.kept(0xfffffff0, 0xfffffff8);
	b.kept(0xfffffff8, 4);
	CHECK(b.list() == "4294967280:4");
}

TEST_CASE("sack_advance: what is acknowledged is no longer reported", "[R2018-06]")
{
	Blocks b;

	b.kept(10, 20);
	b.kept(30, 40);
	hrtcp_sack_advance(&b.sack, seq_of(20));
	CHECK(b.list() == "30:40");
	hrtcp_sack_advance(&b.sack, seq_of(39));
	CHECK(b.sack.n == 1);
	hrtcp_sack_advance(&b.sack, seq_of(40));
	CHECK(b.list() == "");
}

TEST_CASE("sack_fill: four blocks, three beside timestamps", "[R2018-05]")
{
	Blocks b;

	for (u32 i = 1; i <= 4; i++)
		b.kept(i * 10, i * 10 + 1);
	CHECK(b.list() == "40:41 30:31 20:21 10:11");
	CHECK(b.list(HRTCP_OPT_TS) == "40:41 30:31 20:21");
}

TEST_CASE("sack_fill: none unless both agreed", "[R2018-02]")
{
	Blocks b;

	b.kept(10, 20);
	b.sack.on = false;
	CHECK(b.list() == "");
}

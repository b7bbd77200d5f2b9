// SPDX-License-Identifier: GPL-2.0
// test_scoreboard.cpp -- which SACK blocks are believed, and which of them say that data came
// twice: RFC 2018, 2883 5.
#include "host.hpp"

namespace {

// Three segments of 1000 were acknowledged, three are out; no window was larger than that.
struct Board : Client {
	Board() : Client({ .win = 3000, .sack = true })
	{
		PEER(*this, 0, ". 1(0) ack 1");
		conn.snd.max_wnd = 3000;		// the SYN's was what it was
		WRITE(*this, 0, 3000);
		take_sent();
		PEER(*this, MS(100), ". 1(0) ack 3001");
		WRITE(*this, MS(100), 3000);
		REQUIRE(take_sent().size() == 3);
	}

	~Board() { take_sent(); }

	// Octets that the blocks of a pure ACK @nr mark as held.
	u32 held(const std::string &blocks, const char *nr = "3001")
	{
		PEER(*this, script_time(), std::string(". 1(0) ack ") + nr + " <sack " + blocks + ">");
		take_sent();
		return conn.txq.sacked_bytes;
	}

	bool told_twice() const { return conn.rack.window_mult > 1; }
};

} // namespace

TEST_CASE("scoreboard: a block lies within what is out, beyond its left edge", "[R2018-07]")
{
	CHECK(Board().held("4001:5001") == 1000);
	CHECK(Board().held("5001:6001") == 1000);	// up to SND.NXT
	CHECK(Board().held("5001:6002") == 0);
	CHECK(Board().held("3001:4001") == 0);		// the edge itself: then it were acknowledged
	CHECK(Board().held("2501:5001") == 0);
	CHECK(Board().held("5001:4001") == 0);
	CHECK(Board().held("5001:5001") == 0);
	CHECK(Board().held("4001:5001 5001:6001") == 2000);
	CHECK(Board().held("4001:5001 5001:9001") == 1000);
}

TEST_CASE("scoreboard: a block at or below the ACK came twice", "[R2883-05]")
{
	for (const char *block : { "1:1001", "2001:3001", "501:502" }) {
		Board b;
		CHECK(b.held(block) == 0);
		CHECK(b.told_twice());
	}
	Board b;
	CHECK(b.held("4001:5001") == 1000);
	CHECK_FALSE(b.told_twice());
}

TEST_CASE("scoreboard: a first block within the second came twice, one that only meets it not",
	  "[R2883-05]")
{
	Board inside, before, behind, same;

	CHECK(inside.held("4501:5001 4001:5001") == 1000);
	CHECK(inside.told_twice());
	CHECK(same.held("4001:5001 4001:5001") == 1000);
	CHECK(same.told_twice());
	CHECK(before.held("4001:5001 4501:6001") == 2000);
	CHECK_FALSE(before.told_twice());
	CHECK(behind.held("5001:6001 4001:5501") == 2000);
	CHECK_FALSE(behind.told_twice());
}

TEST_CASE("scoreboard: a duplicate older or larger than any window says nothing", "[R2883-05]")
{
	Board old, oldest, large;

	CHECK(old.held("1:501") == 0);
	CHECK(old.told_twice());
	CHECK(oldest.held("-1:501") == 0);
	CHECK_FALSE(oldest.told_twice());
	CHECK(large.held("1001:5001 1:6001") == 0);
	CHECK_FALSE(large.told_twice());
}

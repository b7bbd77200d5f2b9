// SPDX-License-Identifier: GPL-2.0
// test_repath.cpp -- when a connection wants another of several paths.
#include "host.hpp"

namespace {

bool repath(Host &h)
{
	return h.events() & HRTCP_EV_REPATH;
}

// The next deadline; what leaves is of no interest.
bool timeout_repaths(Host &h)
{
	h.events();
	h.tick(h.next_wake());
	h.take_sent();
	return repath(h);
}

// The peer's @line arrives; our ACKs are of no interest, at once or delayed.
bool repaths(Host &h, u64 t, const char *line)
{
	h.events();
	REQUIRE(h.peer(t, line) == "");
	if (h.next_wake() <= h.now() + MS(40))
		h.tick(h.next_wake());
	h.take_sent();
	return repath(h);
}

} // namespace

TEST_CASE("repath: data: at the second timeout in a row and each one after", "[R4987-04]")
{
	Client h;

	WRITE(h, 0, 100);
	h.take_sent();
	CHECK_FALSE(timeout_repaths(h));
	CHECK(timeout_repaths(h));
	CHECK(timeout_repaths(h));
	PEER(h, h.script_time(), ". 1:1(0) ack 101");
	WRITE(h, h.script_time(), 100);
	h.take_sent();
	CHECK_FALSE(timeout_repaths(h));	// progress was made: counted anew
	CHECK(timeout_repaths(h));
}

TEST_CASE("repath: a FIN is as data")
{
	Client h;

	CLOSE(h, 0);
	h.take_sent();
	CHECK_FALSE(timeout_repaths(h));
	CHECK(timeout_repaths(h));
}

TEST_CASE("repath: a tail loss probe is no timeout")
{
	Client h({ .sack = true });

	WRITE(h, 0, 100);
	h.take_sent();
	CHECK_FALSE(timeout_repaths(h));
	REQUIRE(h.conn.tlp.probes == 1);
	CHECK_FALSE(timeout_repaths(h));
	REQUIRE(h.conn.recovery.timeouts == 1);
	CHECK(timeout_repaths(h));
}

TEST_CASE("repath: each repetition of a SYN")
{
	Host h;

	OPEN(h, 0);
	h.take_sent();
	CHECK(timeout_repaths(h));
	CHECK(timeout_repaths(h));
}

TEST_CASE("repath: each repetition of a SYN,ACK, by the clock or asked for", "[R4987-04]")
{
	Host h;

	LISTEN(h, 0);
	PEER(h, 0, "S 0:0(0)");
	h.take_sent();
	CHECK_FALSE(repath(h));
	CHECK(timeout_repaths(h));
	PEER(h, h.script_time(), "S 0:0(0)");
	h.take_sent();
	CHECK(repath(h));
}

TEST_CASE("repath: the peer sends the same data for the third time")
{
	Client h;
	const char *line = GENERATE("P. 1:101(100) ack 1", "F. 1:1(0) ack 1");

	CHECK_FALSE(repaths(h, MS(1), line));
	CHECK_FALSE(repaths(h, MS(400), line));
	CHECK(repaths(h, MS(800), line));
	CHECK_FALSE(repaths(h, MS(800) + RTO - 1, line));	// sent before our ACK of now came
	CHECK(repaths(h, MS(800) + RTO, line));
}

TEST_CASE("repath: not for other data, or the garbage of keepalive")
{
	Client h;

	for (const char *line : { "P. 1:101(100) ack 1", "P. 101:201(100) ack 1",
				  "P. 1:101(100) ack 1", "P. 101:201(100) ack 1",
				  "P. 1:101(100) ack 1" })
		CHECK_FALSE(repaths(h, h.script_time() + MS(1), line));
	for (int i = 0; i < 3; i++) {
		CHECK_FALSE(repaths(h, h.script_time() + SEC(1), ". 200:200(0) ack 1"));
		CHECK_FALSE(repaths(h, h.script_time() + SEC(1), ". 200:201(1) ack 1"));
	}
}

TEST_CASE("repath: never, if the administrator does not want it")
{
	const Setup setup{ .tune = [](hrtcp_cfg &c) { c.repath = false; } };
	Client h(setup);
	Host syn(setup), synack(setup);

	for (u64 i = 0; i < 4; i++)
		CHECK_FALSE(repaths(h, i * MS(400), "P. 1:101(100) ack 1"));
	WRITE(h, h.script_time(), 100);
	h.take_sent();
	for (int i = 0; i < 3; i++)
		CHECK_FALSE(timeout_repaths(h));
	OPEN(syn, 0);
	syn.take_sent();
	CHECK_FALSE(timeout_repaths(syn));
	LISTEN(synack, 0);
	PEER(synack, 0, "S 0:0(0)");
	synack.take_sent();
	CHECK_FALSE(timeout_repaths(synack));
}

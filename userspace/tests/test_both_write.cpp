// SPDX-License-Identifier: GPL-2.0
// test_both_write.cpp -- ends that both write and do not read: windows that shut on both sides,
// probes that cross each other, and what acknowledges from beside the window. RFC 9293 A.2.
#include "pair.hpp"

namespace {

// Both ends take all that has come, until each has @total or nothing moves for a minute.
std::string read_all(Pair &p, u64 from, u32 total)
{
	u64 t = from, moved = from;

	while (p.client.received() < total || p.server.received() < total) {
		const u32 before = p.client.received() + p.server.received();

		for (Host *end : { &p.client, &p.server })
			if (std::string wrong = end->read(t, end->unread()); !wrong.empty())
				return wrong;
		t += MS(10);
		if (std::string wrong = p.run(t); !wrong.empty())
			return wrong;
		if (p.client.received() + p.server.received() > before)
			moved = t;
		if (t - moved > SEC(60))
			return "nothing moves: " + std::to_string(p.client.received()) + " and " +
			       std::to_string(p.server.received()) + " of " + std::to_string(total);
	}
	return "";
}

} // namespace

TEST_CASE("both write: windows of any size shut on both sides, and what is read later arrives",
	  "[R9293-86][MUST-36][MUST-37]")
{
	const u32 rcvbuf = GENERATE(400, 1000, 1001, 1500, 2000, 3999, 10000, 40000);
	const bool ts = GENERATE(false, true);
	const u64 pause = GENERATE(MS(1), MS(400), SEC(2), SEC(100));
	const u32 total = 60000;
	Pair p({ .rcvbuf = rcvbuf, .sack = true, .ts = ts, .hr = ts });

	REQUIRE(p.connect() == "");
	WRITE(p.client, 0, total);
	WRITE(p.server, 0, total);
	RUN(p, pause);
	CHECK(read_all(p, pause, total) == "");
}

TEST_CASE("both write: probes that cross the reading are taken on both sides",
	  "[R9293-86][MUST-36]")
{
	const u32 rcvbuf = GENERATE(1000, 2000, 10000);
	const u64 after = GENERATE(MS(0), MS(3), MS(7), MS(10), MS(14));
	const int probes = GENERATE(1, 2, 4);
	const u32 total = 60000;
	Pair p({ .rcvbuf = rcvbuf, .sack = true });
	u64 t = 0;

	REQUIRE(p.connect() == "");
	WRITE(p.client, 0, total);
	WRITE(p.server, 0, total);
	while (p.client.conn.snd.probes < probes)
		RUN(p, t += MS(1));
	t += after;
	RUN(p, t);
	CHECK(read_all(p, t, total) == "");
}

TEST_CASE("both write: one of them never reads", "[R9293-86][MUST-37]")
{
	Pair p({ .rcvbuf = 2000 });

	REQUIRE(p.connect() == "");
	WRITE(p.client, 0, 10000);
	WRITE(p.server, 0, 10000);
	RUN(p, SEC(5));
	for (u64 t = SEC(5); p.server.received() < 10000; t += MS(10)) {
		REQUIRE(t < SEC(300));
		READ(p.server, t, p.server.unread());
		RUN(p, t + MS(10));
	}
	CHECK(p.client.received() <= 2001);
}

TEST_CASE("probe: its octet counts as sent in what follows, until an ACK leaves it out",
	  "[R9293-86][MUST-36]")
{
	Client h({ .win = 1000 });

	WRITE(h, 0, 3000);
	SEES(h, 0, ". 1:1001(1000) ack 1");
	PEER(h, MS(100), ". 1:1(0) ack 1001 win 0");
	SEES(h, MS(390), ". 1001:1002(1) ack 1");
	PEER(h, MS(391), ". 1:601(600) ack 1 win 0");	/* older than what it acknowledged last */
	PEER(h, MS(391), ". 601:1201(600) ack 1 win 0");
	SEES(h, MS(391), ". 1002:1002(0) ack 1201");
	PEER(h, MS(392), ". 1201:2201(1000) ack 1001 win 0");
	PEER(h, MS(392), ". 2201:3201(1000) ack 1001 win 0");
	SEES(h, MS(392), ". 1001:1001(0) ack 3201");
}

TEST_CASE("shrunk window: an ACK keeps within what the peer will take", "[R9293-86][R7323-06]")
{
	Client h({ .win = 4000 });

	WRITE(h, 0, 4000);
	SEES(h, 0, ". 1:1001(1000) ack 1", ". 1001:2001(1000) ack 1", ". 2001:3001(1000) ack 1",
	     "P. 3001:4001(1000) ack 1");
	PEER(h, MS(100), ". 1:1(0) ack 1001 win 1000");
	PEER(h, MS(101), ". 1:1001(1000) ack 1001 win 1000");
	PEER(h, MS(101), ". 1001:2001(1000) ack 1001 win 1000");
	SEES(h, MS(101), ". 2001:2001(0) ack 2001");
}

TEST_CASE("acceptability: an ACK at the edge of a full window counts, a gap in it or not",
	  "[R9293-86]")
{
	Client h({ .rcvbuf = 4000, .sack = true });

	WRITE(h, 0, 2000);
	SEES(h, 0, ". 1:1001(1000) ack 1", "P. 1001:2001(1000) ack 1");
	for (const char *line : { ". 1001:2001(1000) ack 1", ". 2001:3001(1000) ack 1",
				  ". 3001:4001(1000) ack 1" })
		PEER(h, MS(50), line);
	h.take_sent();
	PEER(h, MS(60), ". 4001:4001(0) ack 1001");
	DROP(h, NONE);
	CHECK(h.conn.snd.una.v == h.setup.iss + 1001);
	PEER(h, MS(61), ". 4003:4003(0) ack 2001");
	DROP(h, OUT_OF_WINDOW);
	CHECK(h.conn.snd.una.v == h.setup.iss + 1001);
	h.take_sent();
	PEER(h, MS(62), "R 4001:4001(0)");		/* a reset there is none */
	STATE(h, ESTABLISHED);
}

TEST_CASE("acceptability: what a probe repeats says what its ACK field says",
	  "[R9293-86]")
{
	Client h({ .rcvbuf = 1000 });

	WRITE(h, 0, 2000);
	SEES(h, 0, ". 1:1001(1000) ack 1", "P. 1001:2001(1000) ack 1");
	PEER(h, MS(50), ". 1:501(500) ack 1");
	PEER(h, MS(50), ". 501:1001(500) ack 1");
	h.take_sent();
	PEER(h, MS(60), ". 1000:1001(1) ack 1001");	/* taken before */
	DROP(h, DUPLICATE);
	CHECK(h.conn.snd.una.v == h.setup.iss + 1001);
	SEES(h, MS(60), ". 2001:2001(0) ack 1001 win 0");
	PEER(h, MS(61), ". 1002:1002(0) ack 2001");	/* its probe is out, and was not taken */
	CHECK(h.conn.snd.una.v == h.setup.iss + 2001);
	h.take_sent();
	PEER(h, MS(62), ". 999:999(0) ack 2001 win 77");
	DROP(h, OUT_OF_WINDOW);
	CHECK(h.conn.snd.wnd != 77);
}

// SPDX-License-Identifier: GPL-2.0
// test_accecn_sender.cpp -- Accurate ECN, RFC 9768, at the end whose data is marked: what it
// makes of ACE and of the option, and how it responds.
#include "host.hpp"

namespace {

template <const hrtcp_cc_ops &cc> void tune(hrtcp_cfg &cfg)
{
	cfg.ecn = HRTCP_ECN_ACCURATE_ASK;
	cfg.cc = &cc;
}

const Setup reno{ .tune = tune<hrtcp_cc_reno> };

// A client that agreed, with @len octets in the network.
struct Sender : Host {
	explicit Sender(u32 len, const Setup &s = reno, const char *synack = "S.W") : Host(s)
	{
		std::string ts = s.ts ? ",TS val " + std::to_string(peer_tsval()) + " ecr 0" : "";

		ts += s.sack ? ",sackOK" : "";
		REQUIRE(open(0) == "");
		take_sent();
		REQUIRE(peer(0, synack + std::string(" 0:0(0) ack 1 <mss 1000,ecn0 1") + ts + ">") == "");
		take_sent();
		start_clock();
		conn.ecn.acc.opt_data = false;
		if (!len)
			return;
		conn.cc.cwnd_bytes = std::max(conn.cc.cwnd_bytes, len);
		REQUIRE(write(0, len) == "");
		take_sent();
	}

	const hrtcp_ecn_count &heard() const { return conn.ecn.acc.s; }
	u32 cwnd() const { return conn.cc.cwnd_bytes; }
};

// A server whose SYN,ACK is out.
struct Half : Host {
	Half() : Host(reno)
	{
		REQUIRE(listen_on(0) == "");
		REQUIRE(peer(0, "SEWA 0:0(0)") == "");
		take_sent();
	}
};

void forget(Host &h)
{
	h.take_sent();
	h.start_clock();
}

} // namespace

TEST_CASE("AccECN: marks are answered once a window, by cwnd and by nothing on the wire",
	  "[R9768-45][R9768-46][R9768-55][R9768-42]")
{
	Sender h(10000);

	PEER(h, MS(10), ".WA 1:1(0) ack 2001");		// one
	CHECK(h.heard().cep == 6);
	CHECK(h.conn.cc.ssthresh_bytes == 4000);	// half of what is in flight
	PEER(h, MS(11), ".  1:1(0) ack 4001");		// two more
	CHECK(h.heard().cep == 8);
	CHECK(h.conn.cc.ssthresh_bytes == 4000);
	PEER(h, MS(12), ".  1:1(0) ack 10001");
	CHECK(h.heard().cep == 8);
	CHECK(h.cwnd() == 4000);
	WRITE(h, MS(13), 1000);
	SEES(h, MS(13), "P.AE 10001:11001(1000) ack 1 ECT0");	// no CWR
	PEER(h, MS(14), ".E 1:1(0) ack 11001");
	CHECK(h.cwnd() < 4000);				// a new window, a new response
	forget(h);
}

TEST_CASE("AccECN: in congestion avoidance a mark takes less than a loss", "[R8511-01]")
{
	Sender h(10000);

	h.conn.cc.ssthresh_bytes = 5000;
	PEER(h, MS(10), ".WA 1:1(0) ack 2001");
	CHECK(h.conn.cc.ssthresh_bytes == 6400);	// four fifths of what is in flight
	forget(h);
}

TEST_CASE("AccECN: an ACK that tells of nothing new may be an old one", "[R9768-67]")
{
	Sender h(10000), ts(10000, { .ts = true, .tune = tune<hrtcp_cc_reno> });

	PEER(h, MS(10), ".WA 1:1(0) ack 3001");
	PEER(h, MS(11), ".AE 1:1(0) ack 2001");		// overtaken
	CHECK(h.heard().cep == 6);
	PEER(h, MS(12), ".EWA 1:1(0) ack 3001");	// who knows
	CHECK(h.heard().cep == 6);
	forget(h);
	const u32 now = ts.peer_tsval() + 100;
	auto ack = [&ts](const char *flags, u32 tsval) {
		return flags + std::string(" 1:1(0) ack 977 <TS val ") + std::to_string(tsval) +
		       " ecr " + std::to_string(ts.last_tsval()) + ">";
	};
	PEER(ts, MS(10), ack(".WA", now));
	CHECK(ts.heard().cep == 6);
	PEER(ts, MS(11), ack(".EWA", now + 1));		// a later clock: it counts
	CHECK(ts.heard().cep == 7);
	ts.run(MS(12));
	ts.take_sent();					// the head again: the round trip is none
	PEER(ts, MS(12), ack(".WA", now));
	CHECK(ts.heard().cep == 7);
	forget(ts);
}

TEST_CASE("AccECN: an ACK that was overtaken counts nothing, though its SACK block is news",
	  "[R9768-67]")
{
	Sender h(9000, { .sack = true, .tune = tune<hrtcp_cc_reno> });

	PEER(h, MS(10), ".WA 1:1(0) ack 1 <sack 7001:8001 5001:6001,ecn0 3001 0 1>");
	REQUIRE(h.heard().bytes[HRTCP_E0B] == 3001);
	h.take_sent();
	PEER(h, MS(11), ".A  1:1(0) ack 1 <sack 3001:4001,ecn0 1001 0 1>");
	CHECK(h.heard().bytes[HRTCP_E0B] == 3001);
	CHECK(h.heard().cep == 6);
	h.take_sent();
	PEER(h, MS(12), ".WA 1:1(0) ack 1 <sack 8001:9001,ecn0 4001 0 1>");
	CHECK(h.heard().bytes[HRTCP_E0B] == 4001);
	forget(h);
}

TEST_CASE("AccECN: marks count after the peer's clock has gone half way round", "[R9768-45][R9768-67]")
{
	Sender ts(1000, { .ts = true, .tune = tune<hrtcp_cc_reno> });
	auto ack = [&ts](const char *flags, u32 nr, u32 tsval) {
		return flags + std::string(" 1:1(0) ack ") + std::to_string(nr) + " <TS val " +
		       std::to_string(tsval) + " ecr " + std::to_string(ts.last_tsval()) + ">";
	};
	const u32 then = ts.peer_tsval();

	PEER(ts, MS(10), ack(".WA", 989, then));
	CHECK(ts.heard().cep == 6);
	PEER(ts, MS(20), ack(".WA", 1001, then));
	ts.take_sent();
	ts.conn.cc.cwnd_bytes = 9880;
	WRITE(ts, SEC(30 * 24 * 3600), 9880);
	REQUIRE(ts.take_sent().size() == 10);
	PEER(ts, SEC(30 * 24 * 3600) + MS(10), ack(".EWA", 1977, then + (3u << 30)));
	CHECK(ts.heard().cep == 7);
	CHECK(ts.conn.cc.ssthresh_bytes == 8904 * 8 / 10);	// of nine segments
	forget(ts);
}

TEST_CASE("AccECN: without the option a turn of ACE is assumed where it is likely",
	  "[R9768-75][R9768-88]")
{
	struct { u32 acked; const char *flags; u32 marks; } const cases[] = {
		{ 9, ".EWA", 2 },	// as in appendix A.2.1: 9 - ((9 - 2) % 8)
		{ 10, ".EWA", 10 }, { 7, ".AE", 0 }, { 8, ".AE", 8 }, { 1, ".  ", 3 },
	};

	for (const auto &c : cases) {
		Sender h(20000);
		CAPTURE(c.acked, c.flags);
		PEER(h, MS(10), c.flags + std::string(" 1:1(0) ack ") + std::to_string(1 + 1000 * c.acked));
		CHECK(h.heard().cep == 5 + c.marks);
		forget(h);
	}
}

TEST_CASE("AccECN: where every ACK stands for many segments no turn is assumed", "[R9768-75]")
{
	Sender h(50000);

	h.conn.ecn.acc.pkts_x8 = 8 * 6;
	PEER(h, MS(10), ".AE 1:1(0) ack 10001");
	CHECK(h.heard().cep == 5);
	forget(h);
}

TEST_CASE("AccECN: more marks than segments acknowledged are believed", "[R9768-76]")
{
	Sender h(10000);

	PEER(h, MS(10), ".  1:1(0) ack 1001");
	CHECK(h.heard().cep == 8);
	forget(h);
}

TEST_CASE("AccECN: the option says whether ACE turned", "[R9768-91][R9768-79][R9768-81][R9768-80]")
{
	struct { const char *option; u32 cep, ceb; } const cases[] = {
		{ "ecn0 9001 1000", 7, 1000 },		// 10 of 100 octets? no: two
		{ "ecn0 1 10000", 15, 10000 },		// two of 5000 do not fit
		{ "ecn0 1 2001", 15, 2001 },		// nor do two of 1001
		{ "ecn1 1 10000 1", 15, 10000 }, { "ecn0 10001", 7, 0 }, { "ecn0", 7, 0 },
	};

	for (const auto &c : cases) {
		Sender h(20000);
		CAPTURE(c.option);
		PEER(h, MS(10), std::string(".EWA 1:1(0) ack 10001 <") + c.option + ">");
		CHECK(h.heard().cep == c.cep);
		CHECK(h.heard().bytes[HRTCP_CEB] == c.ceb);
		forget(h);
	}
}

TEST_CASE("AccECN: fields go round at 2^24", "[R9768-81]")
{
	Sender h(10000);

	h.conn.ecn.acc.s.bytes[HRTCP_CEB] = (2u << 24) + 0xffff00;
	PEER(h, MS(10), ".WA 1:1(0) ack 1001 <ecn0 1 256>");
	CHECK(h.heard().bytes[HRTCP_CEB] == (3u << 24) + 256);
	forget(h);
}

TEST_CASE("AccECN: DCTCP hears of marked octets, exactly with the option and guessed without",
	  "[R9768-91][R8257-02]")
{
	static u32 told;
	static hrtcp_cc_ops spy;
	Sender h(10000, { .tune = tune<hrtcp_cc_dctcp> });

	spy = hrtcp_cc_dctcp;
	spy.on_delivered = [](hrtcp_conn *, const hrtcp_ack *ack) { told = ack->marked_bytes; };
	hrtcp_conn_set_cc(&h.conn, &spy);
	PEER(h, MS(10), ".WA 1:1(0) ack 2001 <ecn0 1501 500>");
	CHECK(told == 500);
	PEER(h, MS(10), ".EWA 1:1(0) ack 4001");	// one packet, of a thousand
	CHECK(told == 1000);
	PEER(h, MS(10), ". 1:1(0) ack 6001 <ecn0 2501 2500>");	// 2000 more, 1000 were guessed
	CHECK(told == 1000);
	PEER(h, MS(10), ". 1:1(0) ack 8001 <ecn0 4501 2500>");
	CHECK(told == 0);
	forget(h);
}

TEST_CASE("AccECN: octets marked but no packets: something changes the feedback", "[R9768-92]")
{
	Sender h(5000), turned(20000), guessed(10000);

	PEER(h, MS(10), ".AE 1:1(0) ack 5001 <ecn0 1 5000>");
	WRITE(h, MS(10), 1000);
	SEES(h, MS(10), "P.AE 5001:6001(1000) ack 1 NotECT");
	forget(h);
	PEER(turned, MS(10), ".AE 1:1(0) ack 8001 <ecn0 1 8000>");
	CHECK_FALSE(turned.conn.ecn.pact.no_ect);	// eight, once round
	forget(turned);
	PEER(guessed, MS(10), ".WA 1:1(0) ack 1001");
	PEER(guessed, MS(10), ".WA 1:1(0) ack 2001 <ecn0 1001 1000>");
	CHECK_FALSE(guessed.conn.ecn.pact.no_ect);	// the packet was told of before
	forget(guessed);
}

TEST_CASE("AccECN: a SYN,ACK says that the SYN was marked", "[R9768-63][R9768-45][R9768-53]")
{
	Sender h(0, reno, "S.WA");

	CHECK(h.heard().cep == 5);			// not counted, but heeded
	CHECK(h.cwnd() == 2000);
	WRITE(h, 0, 100);
	SEES(h, 0, "P.AE 1:101(100) ack 1 NotECT");	// nor may it have been: 3.2.2.3
	forget(h);
}

TEST_CASE("AccECN: the server reads how its SYN,ACK came",
	  "[R9768-59][R9768-61][R9768-62][R9768-65][R9768-66]")
{
	struct { const char *ack; u32 cep; u8 data; bool cut; } const cases[] = {
		{ ".", 5, HRTCP_IP_NOT_ECT, false },	{ ".E", 5, HRTCP_IP_ECT0, false },
		{ ".W", 5, HRTCP_IP_ECT0, false },	{ ".EW", 5, HRTCP_IP_NOT_ECT, false },
		{ ".A", 5, HRTCP_IP_NOT_ECT, false },	{ ".AE", 5, HRTCP_IP_ECT0, false },
		{ ".WA", 6, HRTCP_IP_NOT_ECT, true },	{ ".EWA", 5, HRTCP_IP_ECT0, false },
	};

	for (const auto &c : cases) {
		Half h;
		CAPTURE(c.ack);
		PEER(h, MS(10), c.ack + std::string(" 1:1(0) ack 1"));
		CHECK(h.conn.ecn.pact.mode == HRTCP_ECN_ACCURATE);
		CHECK(h.conn.ecn.acc.s.cep == c.cep);
		CHECK((h.conn.cc.cwnd_bytes < 10000) == c.cut);
		WRITE(h, MS(10), 1000);
		const auto sent = h.take_sent();
		CHECK(sent.at(0).seg.ip_ecn == c.data);
		CHECK(hrtcp_seg_ace(&sent.at(0).seg) == 5);
		PEER(h, MS(20), ".EWA 1:1(0) ack 1001");
		CHECK((h.conn.ecn.acc.s.cep == 7) == (c.ack[1] != 0));	// 0: deaf from then on
		PEER(h, MS(30), ".AE 1:1001(1000) ack 1001 CE");
		SEES(h, MS(30), ".WA 1001:1001(0) ack 1001 <ecn0 1 1000>");
		forget(h);
	}
}

TEST_CASE("AccECN: a deferred accept keeps what the handshake told", "[R9768-59][R9768-66][R9768-82]")
{
	for (auto [ack, cep, data] : { std::tuple{ ".WA", 6u, HRTCP_IP_NOT_ECT },
				       { ".W", 5u, HRTCP_IP_ECT0 }, { ".", 5u, HRTCP_IP_NOT_ECT } }) {
		Half h;
		CAPTURE(ack);
		h.listener->defer_ns = SEC(10);
		PEER(h, MS(10), ack + std::string(" 1:1(0) ack 1"));
		STATE(h, SYN_RECEIVED);
		PEER(h, MS(20), "P.AE 1:101(100) ack 1");
		STATE(h, ESTABLISHED);
		CHECK(h.conn.ecn.acc.s.cep == cep + (cep == 6 ? 7 : 0));	// 5 is 7 past 6
		WRITE(h, MS(20), 100);
		CHECK(h.take_sent().at(0).seg.ip_ecn == data);
		forget(h);
	}
	Half late;
	late.listener->defer_ns = SEC(10);
	PEER(late, MS(10), ".W 1:1(0) ack 1");
	SEES(late, SEC(10), "S.W 0:0(0) ack 1 <mss 1000,ecn0 1>");	// nothing was lost
	forget(late);
}

TEST_CASE("AccECN: data acknowledges a SYN,ACK, too, and counts", "[R9768-59][R9768-70]")
{
	Half h;

	PEER(h, MS(10), "P.WA 1:101(100) ack 1 CE");
	CHECK(h.conn.ecn.acc.s.cep == 6);
	SEES(h, MS(10), ".WA 1:1(0) ack 101 <ecn0 1 100>");
	WRITE(h, MS(10), 100);
	SEES(h, MS(10), "P.WA 1:101(100) ack 101 ECT0");
	forget(h);
}

TEST_CASE("AccECN: no counter must begin where ours do", "[R9768-68][R9768-69][R9768-90]")
{
	Sender h(2000);
	Half server;

	PEER(h, MS(10), ". 1:1(0) ack 1001 <ecn0 777 1 888>");
	WRITE(h, MS(10), 1000);
	SEES(h, MS(10), "P.AE 2001:3001(1000) ack 1 ECT0");
	CHECK_FALSE(h.conn.ecn.acc.opt_ignore);
	CHECK_FALSE(h.conn.ecn.acc.deaf);
	forget(h);
	PEER(server, MS(10), ".EWA 1:1(0) ack 1 <ecn0 777>");
	CHECK_FALSE(server.conn.ecn.acc.opt_ignore);
	forget(server);
}

TEST_CASE("AccECN: an option that something zeroed is ignored", "[R9768-89][R9768-88]")
{
	for (const char *option : { "ecn0 0", "ecn1 0 0 1", "ecn0 1 0 0" }) {
		Half h;
		CAPTURE(option);
		PEER(h, MS(10), std::string(".W 1:1(0) ack 1 <") + option + ">");
		h.conn.cc.cwnd_bytes = 10000;
		WRITE(h, MS(10), 10000);
		h.take_sent();
		PEER(h, MS(20), ".EWA 1:1(0) ack 10001 <ecn0 10001>");
		CHECK(h.conn.ecn.acc.s.cep == 15);	// the safe guess, whatever it says
		forget(h);
	}
	Half fine;
	PEER(fine, MS(10), ".W 1:1(0) ack 1 <ecn0 1 0 1>");
	CHECK_FALSE(fine.conn.ecn.acc.opt_ignore);
	forget(fine);
}

TEST_CASE("AccECN: who hears no option still sends it", "[R9768-88]")
{
	Half h;

	PEER(h, MS(10), ".W 1:1(0) ack 1");
	CHECK_FALSE(h.conn.ecn.acc.opt_heard);
	PEER(h, MS(20), ".AE 1:1001(1000) ack 1 CE");
	SEES(h, MS(20), ".WA 1:1(0) ack 1001 <ecn0 1 1000>");
	forget(h);
}

TEST_CASE("AccECN: ECT that arrives says nothing of the peer", "[R9768-47][R9768-40]")
{
	Host h({ .tune = [](hrtcp_cfg &cfg) { cfg.ecn = HRTCP_ECN_ACCURATE_IF_ASKED; } });

	LISTEN(h, 0);
	PEER(h, 0, "S 0:0(0) ECT0");
	SEES(h, 0, "S. 0:0(0) ack 1");
	PEER(h, MS(1), "P. 1:1001(1000) ack 1 ECT0");
	WRITE(h, MS(1), 100);
	SEES(h, MS(1), "P. 1:101(100) ack 1001 NotECT");
	forget(h);
}

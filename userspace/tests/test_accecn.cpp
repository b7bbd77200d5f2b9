// SPDX-License-Identifier: GPL-2.0
// test_accecn.cpp -- Accurate ECN, RFC 9768: what the handshake agrees on. In a line A, W and E
// are AE, CWR and ECE: AE. is an ACE of 5, with which both ends begin.
#include "host.hpp"

namespace {

template <u8 mode> void set(hrtcp_cfg &cfg)
{
	cfg.ecn = mode;
}

const Setup asking{ .tune = set<HRTCP_ECN_ACCURATE_ASK> };
const Setup taking{ .tune = set<HRTCP_ECN_ACCURATE_IF_ASKED> };

// What leaves next, alone.
hrtcp_seg next(Host &h)
{
	auto sent = h.take_sent();

	REQUIRE(sent.size() == 1);
	return sent[0].seg;
}

u8 mark_of_new_data(Host &h)
{
	WRITE(h, h.script_time(), 100);
	return next(h).ip_ecn;
}

void forget(Host &h)
{
	h.take_sent();
	h.start_clock();
}

} // namespace

TEST_CASE("AccECN: the values of the setting", "[R9768-01][R9768-02][R9768-11][R9768-19][R9768-20][R9768-40][R9768-41]")
{
	struct { u8 mode; const char *syn, *to_plain, *to_classic, *to_accurate; } const cases[] = {
		{ 0, "S", "S.", "S.", "S." },
		{ 1, "SEW", "S.", "S.E", "S.E" },
		{ 2, "S", "S.", "S.E", "S.E" },
		{ 3, "SEWA", "S.", "S.E", "S.W" },
		{ 4, "SEW", "S.", "S.E", "S.W" },
		{ 5, "S", "S.", "S.E", "S.W" },
	};

	for (const auto &c : cases) {
		Host h;
		CAPTURE(int(c.mode));
		h.cfg.ecn = c.mode;
		OPEN(h, 0);
		SEES(h, 0, c.syn + std::string(" 0:0(0)"));
		forget(h);
		for (auto [syn, answer] : { std::pair{ "S", c.to_plain }, { "SEW", c.to_classic },
					    { "SEWA", c.to_accurate } }) {
			Host server;
			server.cfg.ecn = c.mode;
			LISTEN(server, 0);
			PEER(server, 0, syn + std::string(" 0:0(0)"));
			SEES(server, 0, answer + std::string(" 0:0(0) ack 1"));
			forget(server);
		}
	}
}

TEST_CASE("AccECN: the SYN,ACK tells how the SYN came", "[R9768-01][R9768-12][R9768-49][R9768-60]")
{
	for (auto [mark, answer] : { std::pair{ "NotECT", "S.W" }, { "ECT1", "S.EW" },
				     { "ECT0", "S.A" }, { "CE", "S.WA" } }) {
		Host h(taking);
		CAPTURE(mark);
		LISTEN(h, 0);
		PEER(h, 0, std::string("SEWA 0:0(0) ") + mark);
		SEES(h, 0, answer + std::string(" 0:0(0) ack 1 <mss 1000,ecn0 1>"));
		PEER(h, MS(1), ".W 1:1(0) ack 1 <ecn0 1>");
		CHECK(h.conn.ecn.pact.mode == HRTCP_ECN_ACCURATE);
		CHECK(h.conn.ecn.acc.r.cep == 5);	// CE on a SYN is told and not counted
		CHECK(mark_of_new_data(h) == HRTCP_IP_ECT0);
		forget(h);
	}
}

TEST_CASE("AccECN: what no one has defined yet asks for it, too", "[R9768-03][R9768-24][R9768-13][R9768-27]")
{
	for (const char *syn : { "SE", "SW", "SA", "SEA", "SWA" }) {
		Host h(taking);
		CAPTURE(syn);
		LISTEN(h, 0);
		PEER(h, 0, syn + std::string(" 0:0(0)"));
		SEES(h, 0, "S.W 0:0(0) ack 1 <mss 1000,ecn0 1>");
		forget(h);
	}
}

TEST_CASE("AccECN: the client's mode follows the answer",
	  "[R9768-02][R9768-03][R9768-14][R9768-15][R9768-18][R9768-21][R9768-26][R9768-40][R9768-65]")
{
	struct { const char *answer; u8 mode, data, ace; } const cases[] = {
		{ "S.", HRTCP_ECN_NOT, HRTCP_IP_NOT_ECT, 0 },
		{ "S.E", HRTCP_ECN_CLASSIC, HRTCP_IP_ECT0, 0 },
		{ "S.W", HRTCP_ECN_ACCURATE, HRTCP_IP_ECT0, 5 },
		{ "S.EW", HRTCP_ECN_ACCURATE, HRTCP_IP_NOT_ECT, 5 },	// the SYN's field was
		{ "S.A", HRTCP_ECN_ACCURATE, HRTCP_IP_NOT_ECT, 5 },	// changed on its way
		{ "S.EA", HRTCP_ECN_ACCURATE, HRTCP_IP_ECT0, 5 },	// not defined: unchanged
		{ "S.WA", HRTCP_ECN_ACCURATE, HRTCP_IP_NOT_ECT, 5 },
		{ "S.EWA", HRTCP_ECN_NOT, HRTCP_IP_NOT_ECT, 0 },	// broken
	};

	for (const auto &c : cases) {
		Host h(asking);
		CAPTURE(c.answer);
		OPEN(h, 0);
		SEES(h, 0, "SEWA 0:0(0)");
		CHECK(h.conn.ecn.pact.mode == HRTCP_ECN_NOT);
		PEER(h, MS(1), c.answer + std::string(" 0:0(0) ack 1"));
		CHECK(h.conn.ecn.pact.mode == c.mode);
		CHECK(hrtcp_seg_ace(&h.take_sent()[0].seg) == (c.ace ? 2 : 0));
		WRITE(h, MS(1), 100);
		const hrtcp_seg data = next(h);
		CHECK(data.ip_ecn == c.data);
		CHECK(hrtcp_seg_ace(&data) == c.ace);
		PEER(h, MS(2), "P.EA 1:1001(1000) ack 101 CE");
		h.run(MS(50));
		CHECK(hrtcp_seg_ace(&h.take_sent()[0].seg) ==
		      (c.ace ? 6 : c.mode == HRTCP_ECN_CLASSIC ? 1 : 0));	// still told
		forget(h);
	}
}

TEST_CASE("AccECN: a server that knows it not, and a client", "[R9768-18][R9768-19][R9768-20]")
{
	Host client(asking), server({ .tune = set<HRTCP_ECN_IF_ASKED> });

	LISTEN(server, 0);
	PEER(server, 0, "SEWA 0:0(0)");			// AE is reserved for it
	SEES(server, 0, "S.E 0:0(0) ack 1");
	PEER(server, MS(1), ". 1:1(0) ack 1");
	CHECK(server.conn.ecn.pact.mode == HRTCP_ECN_CLASSIC);
	OPEN(client, 0);
	client.take_sent();
	PEER(client, MS(1), "S.E 0:0(0) ack 1");
	SEES(client, MS(1), ". 1:1(0) ack 1");
	PEER(client, MS(1), "P. 1:1001(1000) ack 1 CE");
	PEER(client, MS(1), "P. 1001:2001(1000) ack 1 ECT0");
	SEES(client, MS(1), ".E 1:1(0) ack 2001");	// RFC 3168 from here on
	forget(client);
	forget(server);
}

TEST_CASE("AccECN: the third SYN asks for nothing", "[R9768-08][R9768-28][R9768-29][R9768-30][R9768-25][R9768-35]")
{
	Host h(asking);

	OPEN(h, 0);
	SEES(h, 0, "SEWA 0:0(0)");
	h.cfg.ecn = HRTCP_ECN_ASK;			// meanwhile: two offers would not do
	SEES(h, SEC(1), "SEWA 0:0(0)");
	SEES(h, SEC(3), "S 0:0(0)");
	SEES(h, SEC(7), "S 0:0(0)");
	PEER(h, SEC(8), "S.W 0:0(0) ack 1");		// of an earlier one
	CHECK(h.conn.ecn.pact.mode == HRTCP_ECN_ACCURATE);
	h.take_sent();
	CHECK(mark_of_new_data(h) == HRTCP_IP_ECT0);	// a client may
	forget(h);
}

TEST_CASE("AccECN: classic ECN agreed on after a SYN that did not ask: no ECT", "[R9768-18]")
{
	Host h(asking);

	OPEN(h, 0);
	h.take_sent();
	SEES(h, SEC(1), "SEWA 0:0(0)");
	SEES(h, SEC(3), "S 0:0(0)");
	PEER(h, SEC(4), "S.E 0:0(0) ack 1");
	CHECK(h.conn.ecn.pact.mode == HRTCP_ECN_CLASSIC);
	h.take_sent();
	CHECK(mark_of_new_data(h) == HRTCP_IP_NOT_ECT);
	forget(h);
}

TEST_CASE("AccECN: a SYN that comes again, of the same kind, plain or of the other",
	  "[R9768-07][R9768-37][R9768-31][R9768-36][R9768-38][R9768-32][R9768-43]")
{
	Host h(taking), other(taking), back(taking);

	LISTEN(h, 0);
	PEER(h, 0, "SEWA 0:0(0)");
	SEES(h, 0, "S.W 0:0(0) ack 1 <mss 1000,ecn0 1>");
	PEER(h, MS(1), "SEWA 0:0(0) CE");		// the latest is told of, without option
	SEES(h, MS(1), "S.WA 0:0(0) ack 1 <mss 1000>");
	PEER(h, MS(2), "S 0:0(0)");
	SEES(h, MS(2), "S.W 0:0(0) ack 1 <mss 1000>");
	PEER(h, MS(3), ".AE 1:1(0) ack 1");
	CHECK(h.conn.ecn.pact.mode == HRTCP_ECN_ACCURATE);
	CHECK(mark_of_new_data(h) == HRTCP_IP_NOT_ECT);	// the client may not be
	forget(h);
	LISTEN(other, 0);
	PEER(other, 0, "SEWA 0:0(0)");
	other.take_sent();
	PEER(other, MS(1), "SEW 0:0(0)");
	SEES(other, MS(1), "R.AE 1:1(0) ack 1");
	STATE(other, LISTEN);
	LISTEN(back, 0);
	PEER(back, 0, "SEW 0:0(0)");
	SEES(back, 0, "S.E 0:0(0) ack 1");
	PEER(back, MS(1), "SEWA 0:0(0)");
	SEES(back, MS(1), "R. 1:1(0) ack 1");
	STATE(back, LISTEN);
}

TEST_CASE("AccECN: once not agreed no SYN brings it",
	  "[R9768-07][R9768-39][R9768-32][R9768-40][R9768-13]")
{
	Host h(taking);

	LISTEN(h, 0);
	PEER(h, 0, "S 0:0(0)");
	SEES(h, 0, "S. 0:0(0) ack 1");
	for (const char *syn : { "SEW 0:0(0)", "SEWA 0:0(0)" }) {
		PEER(h, MS(1), syn);
		SEES(h, MS(1), "S. 0:0(0) ack 1");
	}
	PEER(h, MS(2), ". 1:1(0) ack 1");
	CHECK(h.conn.ecn.pact.mode == HRTCP_ECN_NOT);
	CHECK(mark_of_new_data(h) == HRTCP_IP_NOT_ECT);
	forget(h);
}

TEST_CASE("AccECN: a SYN,ACK that times out goes again without option, then without flags",
	  "[R9768-82][R9768-32][R9768-43]")
{
	Host h(taking);

	LISTEN(h, 0);
	PEER(h, 0, "SEWA 0:0(0)");
	SEES(h, 0, "S.W 0:0(0) ack 1 <mss 1000,ecn0 1>");
	SEES(h, SEC(1), "S.W 0:0(0) ack 1 <mss 1000>");
	SEES(h, SEC(3), "S. 0:0(0) ack 1 <mss 1000>");
	PEER(h, SEC(4), ".AE 1:1(0) ack 1");
	CHECK(h.conn.ecn.pact.mode == HRTCP_ECN_ACCURATE);
	WRITE(h, SEC(4), 100);
	SEES(h, SEC(4), "P.AE 1:101(100) ack 1 NotECT");
	PEER(h, SEC(4), ".AE 1:1001(1000) ack 101 CE");
	SEES(h, SEC(4), ".WA 101:101(0) ack 1001");	// fed back, but by no option
	forget(h);
}

TEST_CASE("AccECN: a request's ACKs count, too", "[R9768-52][R9768-60]")
{
	Host h(taking);

	LISTEN(h, 0);
	PEER(h, 0, "SEWA 0:0(0) CE");
	h.take_sent();
	PEER(h, MS(1), ".AE 100000:100001(1) ack 1");	// out of the window
	SEES(h, MS(1), ".AE 1:1(0) ack 1");
	forget(h);
}

TEST_CASE("AccECN: SYNs that cross agree as who is asked does",
	  "[R9768-22][R9768-53][R9768-36][R9768-43]")
{
	struct { const char *syn, *answer; u8 mode; } const cases[] = {
		{ "SEWA", "S.W", HRTCP_ECN_ACCURATE }, { "SEW", "S.E", HRTCP_ECN_CLASSIC },
		{ "S", "S.", HRTCP_ECN_NOT },
	};

	for (const auto &c : cases) {
		Host h(asking);
		CAPTURE(c.syn);
		OPEN(h, 0);
		h.take_sent();
		PEER(h, MS(1), c.syn + std::string(" 0:0(0)"));
		SEES(h, MS(1), c.answer + std::string(" 0:0(0) ack 1"));
		CHECK(h.conn.ecn.pact.mode == c.mode);
		PEER(h, MS(2), c.answer + std::string(" 0:0(0) ack 1"));
		STATE(h, ESTABLISHED);
		CHECK(h.conn.ecn.pact.mode == c.mode);
		CHECK(h.conn.ecn.acc.s.cep == (c.mode == HRTCP_ECN_ACCURATE ? 5 : 0));
		if (c.mode == HRTCP_ECN_ACCURATE)
			SEES(h, MS(2), ".W 1:1(0) ack 1");
		h.take_sent();
		CHECK(mark_of_new_data(h) == (c.mode ? HRTCP_IP_ECT0 : HRTCP_IP_NOT_ECT));
		forget(h);
	}
	Host plain(asking), torn(asking);
	OPEN(plain, 0);
	plain.take_sent();
	PEER(plain, MS(1), "SEWA 0:0(0)");
	plain.take_sent();
	PEER(plain, MS(2), "S. 0:0(0) ack 1");		// its end may not know
	plain.take_sent();
	CHECK(mark_of_new_data(plain) == HRTCP_IP_NOT_ECT);
	forget(plain);
	OPEN(torn, 0);
	torn.take_sent();
	PEER(torn, MS(1), "SEWA 0:0(0)");
	torn.take_sent();
	PEER(torn, MS(2), "SEW 0:0(0)");
	CHECK(next(torn).flags & HRTCP_RST);
	STATE(torn, CLOSED);
	ERR(torn, EPROTO);
}

TEST_CASE("AccECN: asked for classic, no crossing SYN gets more", "[R9768-22][R9768-35]")
{
	Host h({ .tune = set<HRTCP_ECN_ACCURATE_ASK_CLASSIC> });

	OPEN(h, 0);
	SEES(h, 0, "SEW 0:0(0)");
	PEER(h, MS(1), "SEWA 0:0(0)");
	SEES(h, MS(1), "S.E 0:0(0) ack 1");
	CHECK(h.conn.ecn.pact.mode == HRTCP_ECN_CLASSIC);
	forget(h);
}

TEST_CASE("AccECN: a SYN cookie is enough, with and without timestamps", "[R9768-95]")
{
	struct { const char *syn, *ack; u8 mode; } const cases[] = {
		{ "SEWA", ".W", HRTCP_ECN_ACCURATE }, { "SEWA", ".WA", HRTCP_ECN_ACCURATE },
		{ "SEWA", ".AE", HRTCP_ECN_ACCURATE }, { "SEWA", ".", HRTCP_ECN_NOT },
		{ "S", ".E", HRTCP_ECN_NOT }, { "S", ".", HRTCP_ECN_NOT },
	};

	for (const auto &c : cases) {
		Host h({ .tune = [](hrtcp_cfg &cfg) {
			cfg.ecn = HRTCP_ECN_ACCURATE_IF_ASKED;
			cfg.syncookies = HRTCP_SYNCOOKIES_ALWAYS;
		} });
		CAPTURE(c.syn, c.ack);
		LISTEN(h, 0);
		PEER(h, 0, c.syn + std::string(" 0:0(0) CE"));
		const hrtcp_seg synack = next(h);
		CHECK(hrtcp_seg_ace(&synack) == (c.syn[1] ? 6 : 0));
		hrtcp_seg third{};
		third.seq = synack.ack;
		third.ack = seq_add(synack.seq, 1);
		third.flags = HRTCP_ACK;
		third.wnd = 65535;
		const Line line = parse_line(c.ack + std::string(" 1:1(0) ack 1"), h.peer_base());
		hrtcp_seg_set_ace(&third, hrtcp_seg_ace(&line.seg));
		h.arrive(third, "");
		STATE(h, ESTABLISHED);
		CHECK(h.conn.ecn.pact.mode == c.mode);
		forget(h);
	}
}

TEST_CASE("AccECN: a SYN in TIME-WAIT agrees anew", "[R9768-23]")
{
	Host h({ .compact_tw = true, .tune = set<HRTCP_ECN_ACCURATE_IF_ASKED> });

	LISTEN(h, 0, 4);
	PEER(h, 0, "SEWA 0:0(0)");
	h.take_sent();
	PEER(h, MS(1), ".W 1:1(0) ack 1");
	CLOSE(h, MS(1));
	SEES(h, MS(1), "F.AE 1:1(0) ack 1");
	PEER(h, MS(2), "F.AE 1:1(0) ack 2");
	SEES(h, MS(2), ".AE 2:2(0) ack 2");
	STATE(h, TIME_WAIT);
	PEER(h, MS(3), "F.AE 1:1(0) ack 2");
	SEES(h, MS(3), ".AE 2:2(0) ack 2");		// the counter to the end
	PEER(h, SEC(1), "S 100000:100000(0)");
	const hrtcp_seg synack = next(h);
	CHECK(synack.flags == (HRTCP_SYN | HRTCP_ACK));
	CHECK_FALSE(synack.ae);
	forget(h);
}

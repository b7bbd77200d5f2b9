// SPDX-License-Identifier: GPL-2.0
// test_ecn.cpp -- ECN (RFC 3168) and DCTCP (RFC 8257).
#include "host.hpp"

namespace {

const Setup asking{ .tune = [](hrtcp_cfg &cfg) { cfg.ecn = HRTCP_ECN_ASK; } };

// An end whose SYN asked and was answered.
struct Agreed : Host {
	explicit Agreed(const Setup &s = asking) : Host(s)
	{
		REQUIRE(open(0) == "");
		REQUIRE(sees(0, { "SEW 0:0(0)" }) == "");
		REQUIRE(peer(s.rtt, "S.E 0:0(0) ack 1") == "");
		REQUIRE(sees(s.rtt, { ". 1:1(0) ack 1" }) == "");
		start_clock();
	}
};

void arrive(Host &h, u32 seq, u32 len, u8 flags, u8 ip_ecn)
{
	hrtcp_seg seg{};

	seg.seq = seq_add(h.conn.rcv.irs, seq);
	seg.ack = h.conn.snd.nxt;
	seg.len = len;
	seg.flags = static_cast<u8>(flags | HRTCP_ACK);
	seg.wnd = 65535;
	seg.ip_ecn = ip_ecn;
	h.arrive(seg, pattern(seq - 1, len));
}

} // namespace

TEST_CASE("ECN: asked for with ECE and CWR, agreed with ECE alone", "[R3168-01][R3168-02][SHLD-8]")
{
	CHECK(Agreed().conn.ecn.pact.mode);
	Host refused(asking);
	OPEN(refused, 0);
	SEES(refused, 0, "SEW 0:0(0)");
	PEER(refused, MS(100), "S. 0:0(0) ack 1");
	CHECK_FALSE(refused.conn.ecn.pact.mode);
	refused.take_sent();
}

TEST_CASE("ECN: a SYN that was lost asks no more", "[R3168-06]")
{
	Host h(asking);

	OPEN(h, 0);
	SEES(h, 0, "SEW 0:0(0)");
	SEES(h, SEC(1), "S 0:0(0)");
}

TEST_CASE("ECN: by default it is only granted", "[R3168-01]")
{
	Host h;

	LISTEN(h, 0);
	PEER(h, 0, "SEW 0:0(0)");
	SEES(h, 0, "S.E 0:0(0) ack 1");
	PEER(h, MS(1), ". 1:1(0) ack 1");
	CHECK(h.conn.ecn.pact.mode);
	Client plain;
	CHECK_FALSE(plain.conn.ecn.pact.mode);
}

TEST_CASE("ECN: new data is ECT(0), retransmissions, ACKs and SYNs are not",
	  "[R3168-12][R8311-01]")
{
	Agreed h;

	WRITE(h, 0, 1000);
	auto sent = h.take_sent();
	REQUIRE(sent.size() == 1);
	CHECK(sent[0].seg.ip_ecn == HRTCP_IP_ECT0);
	h.run(RTO);
	sent = h.take_sent();
	REQUIRE(sent.size() == 1);
	CHECK(sent[0].seg.ip_ecn == HRTCP_IP_NOT_ECT);
}

TEST_CASE("ECN: a mark is echoed in every ACK until CWR", "[R3168-10][SHLD-8]")
{
	Agreed h;

	arrive(h, 1, 1000, 0, HRTCP_IP_CE);
	arrive(h, 1001, 1000, 0, HRTCP_IP_ECT0);
	auto sent = h.take_sent();
	REQUIRE(sent.size() == 1);
	CHECK(sent[0].seg.flags & HRTCP_ECE);
	arrive(h, 2001, 1000, HRTCP_CWR, HRTCP_IP_ECT0);
	arrive(h, 3001, 1000, 0, HRTCP_IP_ECT0);
	sent = h.take_sent();
	REQUIRE(sent.size() == 1);
	CHECK_FALSE(sent[0].seg.flags & HRTCP_ECE);
}

TEST_CASE("ECN: an echo is answered once a window, and CWR says so", "[R3168-07][R3168-09][SHLD-8]")
{
	Agreed h;
	WRITE(h, 0, 8000);
	h.take_sent();
	PEER(h, MS(100), ".E 1:1(0) ack 1001");
	CHECK(h.conn.cc.ssthresh_bytes == 3500);	// half of what is in flight, RFC 5681 (4)
	PEER(h, MS(101), ".E 1:1(0) ack 2001");
	CHECK(h.conn.cc.ssthresh_bytes == 3500);
	PEER(h, MS(102), ".E 1:1(0) ack 8001");
	CHECK(h.conn.cc.cwnd_bytes == 3500);
	WRITE(h, MS(103), 2000);
	auto sent = h.take_sent();
	REQUIRE(sent.size() == 2);
	CHECK(sent[0].seg.flags & HRTCP_CWR);
	CHECK_FALSE(sent[1].seg.flags & HRTCP_CWR);
}

TEST_CASE("ABE: in congestion avoidance a mark takes less than a loss", "[R8511-01]")
{
	struct { const hrtcp_cc_ops *cc; bool abe; u32 ssthresh, left; } const cases[] = {
		{ &hrtcp_cc_reno, true, 9000, 7200 }, { &hrtcp_cc_cubic, true, 9000, 8500 },
		{ &hrtcp_cc_reno, true, ~0u, 4500 },  { &hrtcp_cc_cubic, true, ~0u, 7000 },
		{ &hrtcp_cc_reno, false, 9000, 4500 }, { &hrtcp_cc_cubic, false, 9000, 7000 },
	};

	for (const auto &c : cases) {
		Agreed h;
		CAPTURE(c.cc->name, c.abe, c.ssthresh);
		hrtcp_conn_set_cc(&h.conn, c.cc);
		h.cfg.ecn_abe = c.abe;
		WRITE(h, 0, 10000);
		REQUIRE(h.take_sent().size() == 10);
		h.conn.cc.ssthresh_bytes = c.ssthresh;	// nine in flight, of a window of ten
		CHECK(c.cc->on_loss(&h.conn, HRTCP_LOSS_FAST, h.now()) ==
		      (c.cc == &hrtcp_cc_reno ? 5000 : 7000));
		PEER(h, MS(100), ".E 1:1(0) ack 1001");
		CHECK(h.conn.cc.ssthresh_bytes == c.left);
		PEER(h, MS(101), ".E 1:1(0) ack 10001");
		CHECK(h.conn.cc.cwnd_bytes == c.left);
		h.start_clock();
	}
}

TEST_CASE("ABE: the window may go on falling to what RFC 3168 says", "[R8511-01]")
{
	Agreed h;

	hrtcp_conn_set_cc(&h.conn, &hrtcp_cc_cubic);
	WRITE(h, 0, 2000);
	h.take_sent();
	h.conn.cc.cwnd_bytes = h.conn.cc.ssthresh_bytes = 2000;
	PEER(h, MS(100), ".E 1:1(0) ack 1001");
	CHECK(h.conn.cc.cwnd_bytes == 1700);
	CHECK(h.conn.cc.ssthresh_bytes == 2000);	// two segments at the least
	h.start_clock();
}

TEST_CASE("DCTCP: every change of the mark is acknowledged exactly", "[R8257-02]")
{
	Agreed h({ .tune = [](hrtcp_cfg &cfg) {
		cfg.ecn = HRTCP_ECN_ASK;
	} });
	hrtcp_conn_set_cc(&h.conn, &hrtcp_cc_dctcp);

	arrive(h, 1, 400, 0, HRTCP_IP_ECT0);
	CHECK(h.take_sent().empty());
	arrive(h, 401, 400, 0, HRTCP_IP_CE);
	auto sent = h.take_sent();
	REQUIRE(sent.size() == 1);
	CHECK_FALSE(sent[0].seg.flags & HRTCP_ECE);
	CHECK(seq_diff(sent[0].seg.ack, h.conn.rcv.irs) == 401);
	arrive(h, 801, 400, 0, HRTCP_IP_ECT0);
	sent = h.take_sent();
	REQUIRE(sent.size() == 1);
	CHECK(sent[0].seg.flags & HRTCP_ECE);
	CHECK(seq_diff(sent[0].seg.ack, h.conn.rcv.irs) == 801);
}

TEST_CASE("DCTCP: the cut follows the fraction of marks", "[R8257-02]")
{
	hrtcp_cfg cfg = hrtcp_cfg_default;
	hrtcp_conn conn{};

	hrtcp_conn_init(&conn, &cfg);
	conn.snd.mss = 1000;
	hrtcp_conn_set_cc(&conn, &hrtcp_cc_dctcp);
	conn.cc.cwnd_bytes = 100000;
	CHECK(conn.cc.ops->on_ecn(&conn, 1) == 50000);	// alpha is 1 at first
	for (int i = 0; i < 200; i++) {			// windows without a mark
		hrtcp_ack a{};
		a.acked_bytes = 1000;
		conn.snd.una = conn.snd.nxt = seq_add(conn.snd.nxt, 1000);
		conn.cc.ops->on_delivered(&conn, &a);
	}
	CHECK(conn.cc.ops->on_ecn(&conn, 1) > 99000);
}

// SPDX-License-Identifier: GPL-2.0
// Rows of conformance: ECN (RFC 3168, 8311), beyond test_ecn.cpp.
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

// The peer's octets at @seq, marked in IP.
void arrive(Host &h, u32 seq, u32 len, u8 ip_ecn)
{
	hrtcp_seg seg{};

	seg.seq = seq_add(h.conn.rcv.irs, seq);
	seg.ack = h.conn.snd.nxt;
	seg.len = len;
	seg.flags = HRTCP_ACK;
	seg.wnd = 65535;
	seg.ip_ecn = ip_ecn;
	h.arrive(seg, pattern(seq - 1, len));
}

// What leaves next, and its mark.
hrtcp_seg next(Host &h)
{
	auto sent = h.take_sent();

	REQUIRE(sent.size() == 1);
	return sent[0].seg;
}

} // namespace

TEST_CASE("ECN: no other combination of flags agrees", "[R3168-03][R3168-01][R3168-02]")
{
	for (const char *synack : { "S. 0:0(0) ack 1", "S.EW 0:0(0) ack 1", "S.W 0:0(0) ack 1" }) {
		Host h(asking);
		CAPTURE(synack);
		OPEN(h, 0);
		SEES(h, 0, "SEW 0:0(0)");
		PEER(h, MS(1), synack);
		SEES(h, MS(1), ". 1:1(0) ack 1");
		WRITE(h, MS(1), 100);
		CHECK(next(h).ip_ecn == HRTCP_IP_NOT_ECT);
		h.start_clock();
	}
	for (const char *syn : { "S 0:0(0)", "SE 0:0(0)", "SW 0:0(0)" }) {
		Host h(asking);
		CAPTURE(syn);
		LISTEN(h, 0);
		PEER(h, 0, syn);
		SEES(h, 0, "S. 0:0(0) ack 1");	// ECE only after such a SYN
		PEER(h, MS(1), ". 1:1(0) ack 1");
		WRITE(h, MS(1), 100);
		CHECK(next(h).ip_ecn == HRTCP_IP_NOT_ECT);
		h.start_clock();
	}
}

TEST_CASE("ECN: who is unwilling clears both flags", "[R3168-03]")
{
	Host h({ .tune = [](hrtcp_cfg &cfg) { cfg.ecn = HRTCP_ECN_OFF; } });

	LISTEN(h, 0);
	PEER(h, 0, "SEW 0:0(0)");
	SEES(h, 0, "S. 0:0(0) ack 1");
	PEER(h, MS(1), ". 1:1(0) ack 1");
	CHECK_FALSE(h.conn.ecn.pact.mode);
}

TEST_CASE("ECN: after a SYN that did not ask nothing is ECT, whatever the answer",
	  "[R3168-02][R3168-06]")
{
	Host h(asking);

	OPEN(h, 0);
	SEES(h, 0, "SEW 0:0(0)");
	SEES(h, SEC(1), "S 0:0(0)");
	PEER(h, SEC(1), "S.E 0:0(0) ack 1");
	SEES(h, SEC(1), ". 1:1(0) ack 1");
	WRITE(h, SEC(1), 100);
	CHECK(next(h).ip_ecn == HRTCP_IP_NOT_ECT);
	h.start_clock();
}

TEST_CASE("ECN: a SYN that comes again without asking takes the offer back", "[R3168-02]")
{
	Host h;

	LISTEN(h, 0);
	PEER(h, 0, "SEW 0:0(0)");
	SEES(h, 0, "S.E 0:0(0) ack 1");
	PEER(h, MS(1), "S 0:0(0)");
	SEES(h, MS(1), "S. 0:0(0) ack 1");
	PEER(h, MS(2), ". 1:1(0) ack 1");
	CHECK(h.conn.ecn.pact.mode == HRTCP_ECN_CLASSIC);	// as the first SYN had it
	WRITE(h, MS(2), 100);
	CHECK(next(h).ip_ecn == HRTCP_IP_NOT_ECT);
	h.start_clock();
}

TEST_CASE("ECN: SYN, SYN,ACK and pure ACKs are not ECT, data is ECT(0)",
	  "[R3168-05][R3168-11][R8311-01]")
{
	Host c(asking), s;

	OPEN(c, 0);
	CHECK(next(c).ip_ecn == HRTCP_IP_NOT_ECT);
	LISTEN(s, 0);
	PEER(s, 0, "SEW 0:0(0)");
	CHECK(next(s).ip_ecn == HRTCP_IP_NOT_ECT);
	PEER(c, MS(1), "S.E 0:0(0) ack 1");
	CHECK(next(c).ip_ecn == HRTCP_IP_NOT_ECT);
	WRITE(c, MS(1), 100);
	CHECK(next(c).ip_ecn == HRTCP_IP_ECT0);
	c.start_clock();
	s.start_clock();
}

TEST_CASE("ECN: a mark counts though we send nothing", "[R3168-04]")
{
	Agreed h;

	arrive(h, 1, 100, HRTCP_IP_CE);
	h.run(MS(40));
	CHECK(next(h).flags & HRTCP_ECE);
}

TEST_CASE("ECN: a mark on any segment that a delayed ACK covers counts", "[R3168-10]")
{
	Agreed h;

	arrive(h, 1, 100, HRTCP_IP_CE);
	arrive(h, 101, 100, HRTCP_IP_ECT0);
	h.run(MS(40));
	const hrtcp_seg ack = next(h);
	CHECK(ack.flags & HRTCP_ECE);
	CHECK(ack.ack.v == h.setup.irs + 201);
}

TEST_CASE("ECN: an echo is as one loss, and its ACK lets nothing grow", "[R3168-07]")
{
	Agreed h({ .tune = [](hrtcp_cfg &cfg) {
		cfg.ecn = HRTCP_ECN_ASK;
		cfg.ecn_abe = false;
		cfg.cc = &hrtcp_cc_reno;
	} });

	WRITE(h, 0, 10000);
	h.take_sent();
	PEER(h, MS(100), ".E 1:1(0) ack 1001");
	CHECK(h.conn.cc.ssthresh_bytes == 4500);	// half of the nine in flight
	for (u32 ack = 2001; ack <= 9001; ack += 1000)
		PEER(h, MS(101), ".E 1:1(0) ack " + std::to_string(ack));
	CHECK(h.conn.cc.cwnd_bytes == 4500);		// once a window, and no growth
	WRITE(h, MS(102), 3000);
	h.take_sent();
	PEER(h, MS(103), ".E 1:1(0) ack 10001");	// the last of that window
	CHECK(h.conn.cc.cwnd_bytes == 4500);
	PEER(h, MS(103), ".E 1:1(0) ack 12001");
	CHECK(h.conn.cc.ssthresh_bytes == 2000);
	h.start_clock();
}

TEST_CASE("ECN: with a window of one segment an echo makes it wait for an RTO", "[R3168-08]")
{
	Agreed h;

	WRITE(h, 0, 10000);
	REQUIRE(h.take_sent().size() == 10);
	h.conn.cc.cwnd_bytes = 1000;			// so far down already
	PEER(h, MS(100), ".E 1:1(0) ack 10001");
	CHECK(h.conn.cc.cwnd_bytes == 1000);
	const u64 rto = hrtcp_rtt_timeout(&h.conn.rtt, &h.cfg);
	WRITE(h, MS(110), 2000);
	QUIET(h, MS(100) + rto - 1);
	h.tick(h.now() + 1);
	CHECK(h.take_sent().size() == 1);
	h.start_clock();
}

TEST_CASE("ECN: CWR says so after every reduction, once, on new data", "[R3168-09]")
{
	Agreed h;

	WRITE(h, 0, 10000);
	h.take_sent();
	for (int i = 0; i < 3; i++)
		PEER(h, MS(100), ". 1:1(0) ack 1");
	hrtcp_seg seg = next(h);
	CHECK(seg.seq.v == h.setup.iss + 1);		// sent again: no CWR
	CHECK_FALSE(seg.flags & HRTCP_CWR);
	PEER(h, MS(200), ". 1:1(0) ack 10001");
	WRITE(h, MS(201), 2000);
	auto sent = h.take_sent();
	REQUIRE(sent.size() == 2);
	CHECK(sent[0].seg.flags & HRTCP_CWR);
	CHECK_FALSE(sent[1].seg.flags & HRTCP_CWR);
	h.start_clock();
}

TEST_CASE("ECN: what goes again is not ECT, a mark out of the window is none", "[R3168-12]")
{
	Agreed h;

	WRITE(h, 0, 1000);
	CHECK(next(h).ip_ecn == HRTCP_IP_ECT0);
	h.run(RTO);
	CHECK(next(h).ip_ecn == HRTCP_IP_NOT_ECT);
	arrive(h, 100000, 100, HRTCP_IP_CE);
	CHECK_FALSE(next(h).flags & HRTCP_ECE);
	h.start_clock();
}

TEST_CASE("ECN: a window probe is not ECT and has no CWR, a mark on one counts", "[R3168-13]")
{
	Agreed h({ .rcvbuf = 1000, .tune = asking.tune });

	PEER(h, 0, ". 1:1(0) ack 1 win 0");
	h.conn.ecn.cwr_due = true;
	WRITE(h, 0, 1000);
	h.run(RTO);
	hrtcp_seg seg = next(h);
	CHECK(seg.len == 1);
	CHECK(seg.ip_ecn == HRTCP_IP_NOT_ECT);
	CHECK_FALSE(seg.flags & HRTCP_CWR);
	CHECK(h.conn.ecn.cwr_due);
	arrive(h, 1, 1000, HRTCP_IP_ECT0);		// now our window is shut
	h.take_sent();
	arrive(h, 1001, 1, HRTCP_IP_CE);
	CHECK(next(h).flags & HRTCP_ECE);
	h.start_clock();
}

TEST_CASE("ECN: forgotten in TIME-WAIT", "[R3168-14]")
{
	for (const bool with_record : { false, true }) {
		Agreed h({ .compact_tw = with_record, .tune = asking.tune });
		CAPTURE(with_record);
		arrive(h, 1, 100, HRTCP_IP_CE);
		CLOSE(h, 0);
		CHECK(next(h).flags & HRTCP_ECE);
		PEER(h, MS(1), "F. 101(0) ack 2");
		h.take_sent();
		STATE(h, TIME_WAIT);
		PEER(h, SEC(1), "F. 101(0) ack 2");
		CHECK_FALSE(next(h).flags & HRTCP_ECE);
		h.start_clock();
	}
}

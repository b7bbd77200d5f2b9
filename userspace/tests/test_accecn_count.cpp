// SPDX-License-Identifier: GPL-2.0
// test_accecn_count.cpp -- Accurate ECN, RFC 9768: counting marks, the three bits of ACE and the
// option, at the end that receives and at the one that sends.
#include "host.hpp"

namespace {

Setup accurate(Setup s = {})
{
	s.tune = [](hrtcp_cfg &cfg) {
		cfg.ecn = HRTCP_ECN_ACCURATE_ASK;
		cfg.cc = &hrtcp_cc_reno;
	};
	return s;
}

// A client that agreed, whose peer uses the option or not, with what it wrote sent.
struct Agreed : Host {
	explicit Agreed(u32 len = 0, bool option = true, const Setup &s = {}) : Host(accurate(s))
	{
		REQUIRE(open(0) == "");
		take_sent();
		REQUIRE(peer(setup.rtt, handshake(option)) == "");
		take_sent();
		start_clock();
		conn.ecn.acc.opt_data = false;		// tried already, as it were
		if (len)
			REQUIRE(write(0, len) == "");
		take_sent();
	}

	std::string handshake(bool option) const
	{
		std::string opts = "mss 1000";
		if (setup.sack)
			opts += ",sackOK";
		if (setup.ts)
			opts += ",TS val " + std::to_string(peer_tsval()) + " ecr " +
				std::to_string(last_tsval());
		return "S.W 0:0(0) ack 1 <" + opts + (option ? ",ecn0 1>" : ">");
	}

	const hrtcp_ecn_count &heard() const { return conn.ecn.acc.s; }
};

struct Served : Host {
	Served() : Host(accurate())
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

// -- the end that receives -----------------------------------------------------------------

TEST_CASE("AccECN: the ACK of a SYN,ACK tells how it came, every time",
	  "[R9768-04][R9768-06][R9768-56][R9768-58][R9768-64][R9768-31][R9768-33][R9768-85][R9768-54]")
{
	for (auto [mark, ack, cep] : { std::tuple{ "NotECT", ".W", 5u }, { "ECT1", ".EW", 5u },
				       { "ECT0", ".A", 5u }, { "CE", ".WA", 6u } }) {
		Host h(accurate());
		CAPTURE(mark);
		OPEN(h, 0);
		h.take_sent();
		PEER(h, 0, std::string("S.W 0:0(0) ack 1 ") + mark);
		SEES(h, 0, ack + std::string(" 1:1(0) ack 1 <ecn0 1>"));
		CHECK(h.conn.ecn.acc.r.cep == cep);
		PEER(h, SEC(1), "S.W 0:0(0) ack 1 CE");
		SEES(h, SEC(1), ".WA 1:1(0) ack 1");
		PEER(h, SEC(3), "S.W 0:0(0) ack 1 CE");
		SEES(h, SEC(3), ".WA 1:1(0) ack 1");
		CHECK(h.conn.ecn.acc.r.cep == 6);	// once, however many come
		PEER(h, SEC(4), "S.E 0:0(0) ack 1");	// established: flags mean nothing now
		SEES(h, SEC(4), ".WA 1:1(0) ack 1");
		CHECK(h.conn.ecn.pact.mode == HRTCP_ECN_ACCURATE);
		forget(h);
	}
}

TEST_CASE("AccECN: data waits for the ACK that tells how the SYN,ACK came, and has the option",
	  "[R9768-57][R9768-85][R9768-84]")
{
	constexpr hrtcp_fast_open fast{ true, true, true, 1000, { 8, { 1, 2, 3, 4, 5, 6, 7, 8 } } };
	Setup s = accurate();

	s.fast = fast;
	Host h(s);
	OPEN(h, 0);
	WRITE(h, 0, 100);
	SEND_SYN(h, 0);
	SEES(h, 0, "SEWA 0(100)");
	PEER(h, MS(10), "S.W 0:0(0) ack 1 CE");
	SEES(h, MS(10), ".WA 1:1(0) ack 1 <ecn0 1>", "P.WA 1:101(100) ack 1 <ecn0 1> ECT0");
	forget(h);
}

TEST_CASE("AccECN: ACE counts packets, whatever they carry, the option octets",
	  "[R9768-04][R9768-50][R9768-51][R9768-55][R9768-49][R9768-81][R9768-94][R9768-77][R9768-78]")
{
	Agreed h;

	PEER(h, 0, ".AE 1:1001(1000) ack 1 ECT0");
	PEER(h, 0, ".AE 1001:2001(1000) ack 1 NotECT");
	SEES(h, 0, ".AE 1:1(0) ack 2001 <ecn0 1001>");	// only what ever moved
	PEER(h, 0, ".AE 2001:3001(1000) ack 1 CE");
	SEES(h, 0, ".WA 1:1(0) ack 3001 <ecn0 1001 1000>");
	PEER(h, 0, ".AE 2501:3501(1000) ack 1 CE");	// partly come before: counted whole
	PEER(h, 0, ".AE 1:1(0) ack 1 CE");		// no octets: out of the window, no mark
	PEER(h, 0, ".AE nxt(0) ack 1 CE");
	SEES(h, 0, ".EWA 1:1(0) ack 3501 <ecn0 1001 2000>");
	CHECK(h.conn.ecn.acc.r.cep == 8);
	PEER(h, 0, ".AE 3501:4501(1000) ack 1 ECT1");
	PEER(h, 0, ".AE 4501:5501(1000) ack 1 ECT1");
	SEES(h, 0, ". 1:1(0) ack 5501 <ecn0 1001 2000 2001>");	// 8 is 0 in three bits
	PEER(h, 0, ".AE 200000:200100(100) ack 1 CE");		// not acceptable
	CHECK(h.conn.ecn.acc.r.cep == 8);
	forget(h);
	h.conn.ecn.acc.r.bytes[HRTCP_E0B] = 0x1fffff0;
	PEER(h, 0, ".AE 5501:5601(100) ack 1 ECT0");
	h.run(MS(40));
	CHECK(h.take_sent().at(0).seg.opt.accecn.field[0] == 0x54);	// 24 bits of it
	forget(h);
}

TEST_CASE("AccECN: ECT(1) alone comes first in the option", "[R9768-77][R9768-78][R9768-94][R9768-80]")
{
	Agreed h;

	PEER(h, 0, ".AE 1:1001(1000) ack 1 ECT1");
	PEER(h, 0, ".AE 1001:2001(1000) ack 1 ECT1");
	SEES(h, 0, ".AE 1:1(0) ack 2001 <ecn1 2001>");
	PEER(h, 0, ".AE 2001:3001(1000) ack 1 CE");
	SEES(h, 0, ".WA 1:1(0) ack 3001 <ecn1 2001 1000>");
}

TEST_CASE("AccECN: a mark after none is acknowledged at once, and every second one",
	  "[R9768-05][R9768-70][R9768-71][R9768-97]")
{
	Agreed h;

	PEER(h, 0, ".AE 1:101(100) ack 1 ECT0");
	QUIET(h, 0);
	PEER(h, 0, ".AE 101:201(100) ack 1 CE");
	SEES(h, 0, ".WA 1:1(0) ack 201 <ecn0 101 100>");
	PEER(h, 0, ".AE 201:301(100) ack 1 CE");
	QUIET(h, 0);
	PEER(h, 0, ".AE 301:401(100) ack 1 CE");
	SEES(h, 0, ". 1:1(0) ack 401 <ecn0 101 300>");
	PEER(h, 0, ".AE 401:501(100) ack 1 ECT0");
	QUIET(h, 0);
	PEER(h, 0, ".AE 501:601(100) ack 1 CE");
	SEES(h, 0, ".E 1:1(0) ack 601 <ecn0 201 400>");
}

TEST_CASE("AccECN: three marked ACKs are answered by one without SACK blocks",
	  "[R9768-05][R9768-72][R9768-74][R9768-50]")
{
	Agreed h(0, true, { .sack = true });

	PEER(h, 0, ".AE 101:201(100) ack 1 ECT0");
	SEES(h, 0, ".AE 1:1(0) ack 1 <sack 101:201,ecn0 101>");
	for (int i = 0; i < 2; i++) {
		PEER(h, 0, ".AE 1:1(0) ack 1 CE");
		QUIET(h, 0);
	}
	PEER(h, 0, ".AE 1:1(0) ack 1 CE");
	SEES(h, 0, ".  1:1(0) ack 1");
	PEER(h, 0, ".AE 301:401(100) ack 1 CE");
	SEES(h, 0, ".E 1:1(0) ack 1 <sack 301:401 101:201,ecn0 101 100>");
	forget(h);
}

TEST_CASE("AccECN: packets merged on the way in are counted one by one", "[R9768-73][R9768-50]")
{
	Agreed h;
	hrtcp_seg seg{};

	seg.seq = seq_of(h.setup.irs + 1);
	seg.ack = h.conn.snd.nxt;
	seg.flags = HRTCP_ACK;
	seg.wnd = 65535;
	seg.len = 4500;
	seg.pkts = 5;
	seg.ip_ecn = HRTCP_IP_CE;
	h.arrive(seg, pattern(0, 4500));
	SEES(h, 0, ".W 1:1(0) ack 4501 <ecn0 1 4500>");	// 10
}

TEST_CASE("AccECN: a mark waits in no batch", "[R9768-70][R9768-73]")
{
	Agreed h;
	hrtcp_seg seg{};
	hrtcp_rxnode node{};
	hrtcp_rx rx;

	seg.seq = seq_of(h.setup.irs + 1);
	seg.ack = h.conn.snd.nxt;
	seg.flags = HRTCP_ACK;
	seg.wnd = 65535;
	seg.len = 100;
	CHECK(hrtcp_conn_may_batch(&h.conn));
	hrtcp_conn_on_segment(&h.conn, &seg, &node, h.now(), &rx);
	CHECK(hrtcp_conn_may_batch(&h.conn));
	seg.seq = seq_add(seg.seq, 100);
	seg.ip_ecn = HRTCP_IP_CE;
	hrtcp_conn_on_segment(&h.conn, &seg, &node, h.now(), &rx);
	CHECK_FALSE(hrtcp_conn_may_batch(&h.conn));
	h.settle();
	CHECK(h.take_sent().size() == 1);
	CHECK(hrtcp_conn_may_batch(&h.conn));
}

TEST_CASE("AccECN: a retransmission has the counters of now, and is not ECT", "[R9768-52][R9768-100]")
{
	Agreed h(100);

	PEER(h, MS(1), ".AE 1:101(100) ack 1 CE");
	SEES(h, MS(1), ".WA 101:101(0) ack 101 <ecn0 1 100>");
	SEES(h, RTO, "P.WA 1:101(100) ack 101 NotECT");
	forget(h);
}

TEST_CASE("AccECN: two SACK blocks come before the option, the option before more of them",
	  "[R9768-06][R9768-16][R9768-93][R9768-96]")
{
	Agreed h(0, true, { .sack = true, .ts = true });

	PEER(h, 0, ".AE 1001:1101(100) ack 1 CE");
	SEES(h, 0, ".WA 1:1(0) ack 1 <TS,sack 1001:1101,ecn0 1 100>");
	PEER(h, 0, ".AE 1201:1301(100) ack 1 ECT0");
	SEES(h, 0, ".WA 1:1(0) ack 1 <TS,sack 1201:1301 1001:1101,ecn0 101 100>");
	PEER(h, 0, ".AE 1401:1501(100) ack 1 ECT1");	// three fields would not fit: one will
	SEES(h, 0, ".WA 1:1(0) ack 1 <TS,sack 1401:1501 1201:1301,ecn1 101>");
	h.conn.ecn.acc.changed = 7;			// all three moved: none at all
	PEER(h, 0, ".AE 1601:1701(100) ack 1 NotECT");
	SEES(h, 0, ".WA 1:1(0) ack 1 <TS,sack 1601:1701 1401:1501 1201:1301>");
	PEER(h, 0, ".AE 1:1001(1000) ack 1 NotECT");	// fewer blocks are left
	h.take_sent();
	PEER(h, 0, ".AE 1101:1201(100) ack 1 NotECT");
	h.take_sent();
	PEER(h, 0, ".AE 1301:1401(100) ack 1 NotECT");
	SEES(h, 0, ".WA 1:1(0) ack 1501 <TS,sack 1601:1701,ecn0 101 100 101>");
	forget(h);
}

TEST_CASE("AccECN: data leaves room for the option once there is something to tell",
	  "[R9768-94][R9768-96]")
{
	Agreed h(0, true, { .ts = true });

	CHECK(h.conn.snd.mss == 988);
	PEER(h, 0, ".AE 1:101(100) ack 1 ECT0");
	CHECK(h.conn.snd.mss == 980);
	WRITE(h, 0, 1000);
	SEES(h, 0, ".AE 1:981(980) ack 101 <TS,ecn0 101> ECT0", "P.AE 981:1001(20) ack 101 ECT0");
	PEER(h, MS(1), ".AE 101:201(100) ack 1001 CE");
	CHECK(h.conn.snd.mss == 980);			// two fields fill what one began
	forget(h);
}

TEST_CASE("AccECN: data sent with the option that has to go again ends it",
	  "[R9768-86][R9768-85]")
{
	Agreed h;

	h.conn.ecn.acc.opt_data = true;
	WRITE(h, 0, 100);
	SEES(h, 0, "P.AE 1:101(100) ack 1 <ecn0 1> ECT0");
	SEES(h, RTO, "P.AE 1:101(100) ack 1 NotECT");
	PEER(h, SEC(1), ".AE 1:101(100) ack 101 CE");
	SEES(h, SEC(1), ".WA 101:101(0) ack 101");
	CHECK(h.conn.ecn.acc.opt_off);
}

TEST_CASE("AccECN: data sent with the option that arrives proves the path", "[R9768-86]")
{
	Agreed h;

	h.conn.ecn.acc.opt_data = true;
	WRITE(h, 0, 100);
	h.take_sent();
	PEER(h, MS(1), ".AE 1:1(0) ack 101 <ecn0 101>");
	WRITE(h, MS(2), 100);
	SEES(h, MS(2), "P.AE 101:201(100) ack 1 ECT0");
	h.run(MS(2) + hrtcp_rtt_timeout(&h.conn.rtt, &h.cfg));
	h.take_sent();
	CHECK_FALSE(h.conn.ecn.acc.opt_off);
	forget(h);
}

TEST_CASE("AccECN: an option that no ACK seems to survive is left out", "[R9768-87]")
{
	Agreed h;

	for (int i = 0; i < 3; i++) {
		CHECK_FALSE(h.conn.ecn.acc.opt_off);
		PEER(h, SEC(i), ".AE 1:101(100) ack 1 ECT0");
		h.run(SEC(i) + MS(40));
		h.take_sent();
		h.conn.ecn.acc.opt_sent = true;
		if (!i)
			PEER(h, SEC(i) + MS(50), ".AE 101:201(100) ack 1 ECT0");
		h.run(SEC(i) + MS(100));
		h.take_sent();
		h.conn.ecn.acc.opt_sent = true;
	}
	PEER(h, SEC(4), ".AE 1:101(100) ack 1 ECT0");
	h.take_sent();
	CHECK(h.conn.ecn.acc.opt_off);
	PEER(h, SEC(5), ".AE 201:301(100) ack 1 CE");
	SEES(h, SEC(5), ".WA 1:1(0) ack 301");
}

TEST_CASE("AccECN: a super-segment has one ACE, and goes in pieces where CWR would be cleared",
	  "[R9768-98]")
{
	for (const bool keeps : { false, true }) {
		Agreed h(0, true, { .gso = 4000, .gso_ace = keeps });
		CAPTURE(keeps);
		WRITE(h, 0, 3000);
		SEES(h, 0, "P.AE 1:3001(3000) ack 1 ECT0");
		PEER(h, MS(1), ".AE 1:101(100) ack 3001 CE");	// 6: CWR is set
		h.take_sent();
		WRITE(h, MS(1), 2000);
		CHECK(h.take_sent().size() == (keeps ? 1 : 3));
		forget(h);
	}
}

TEST_CASE("AccECN: Fast Open's data on the SYN counts no octets", "[R9768-99][R9768-51][R9768-60]")
{
	Host h({ .tune = [](hrtcp_cfg &cfg) {
		cfg.ecn = HRTCP_ECN_ACCURATE_IF_ASKED;
		cfg.fastopen = HRTCP_FAST_SERVER;
	} });

	LISTEN(h, 0);
	h.fastq.limit = 4;
	PEER(h, 0, "SEWA 0(100) <mss 1000,FO 0123456789abcdef> CE");
	SEES(h, 0, "S.WA 0:0(0) ack 101 <mss 1000,ecn0 1>");
	STATE(h, SYN_RECEIVED);
	CHECK(h.conn.ecn.acc.r.cep == 5);
	CHECK(h.conn.ecn.acc.r.bytes[HRTCP_CEB] == 0);
	WRITE(h, 0, 100);
	SEES(h, 0, "P.AE 1:101(100) ack 101 ECT0");	// before the client's ACK
	PEER(h, MS(10), ".W nxt(0) ack 1");
	CHECK(h.conn.ecn.acc.s.cep == 5);
	forget(h);
}

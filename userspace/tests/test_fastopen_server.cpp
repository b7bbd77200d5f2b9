// SPDX-License-Identifier: GPL-2.0
// TCP Fast Open, the server: RFC 7413 4.1.2, 4.2.2 and 5.1; and data on SYNs without it.
#include "pair.hpp"

namespace {

#define GOOD "0123456789abcdef"		// of Host::macs
#define OLD "fedcba9876543210"
#define WRONG "1111111111111111"

struct Server2 : Host {
	explicit Server2(Setup s = {}) : Host(willing(s))
	{
		LISTEN(*this, 0);
		fastq.limit = 2;
	}

	static Setup willing(Setup s)
	{
		if (!s.tune)
			s.tune = [](hrtcp_cfg &c) { c.fastopen = HRTCP_FAST_SERVER; };
		return s;
	}
};

} // namespace

TEST_CASE("Fast Open server: an empty option is answered by a cookie", "[R7413-04]")
{
	Server2 h;

	PEER(h, 0, "S 0(100) <mss 1000,FO>");
	SEES(h, 0, "S. 0:0(0) ack 1 <mss 1000,FO " GOOD ">");
	CHECK(h.fast_verdict == HRTCP_FAST_NO);
	CHECK(h.listener->n_half_open == 1);
	SEES(h, SEC(1), "S. 0:0(0) ack 1 <mss 1000>");
}

TEST_CASE("Fast Open server: a good cookie delivers the data before the handshake ends",
	  "[R7413-06][R9293-16]")
{
	Server2 h;

	PEER(h, 0, "S 0(100) <mss 1000,FO " GOOD ">");
	CHECK(h.fast_verdict == HRTCP_FAST_YES);
	DROP(h, NONE);
	CHECK(h.unread() == 100);
	CHECK(h.listener->n_half_open == 0);
	CHECK(h.listener->n_accept == 1);
	SEES(h, 0, "S. 0:0(0) ack 101 <mss 1000>");
	STATE(h, SYN_RECEIVED);
	CAUSES(h, HRTCP_C_SYN_RCVD);
	EVENTS(h, HRTCP_EV_READABLE);
	CHECK(h.conn.fast.taken);
	READ(h, MS(1), 100);
	PEER(h, MS(10), ". 101:101(0) ack 1");
	STATE(h, ESTABLISHED);
	CHECK(h.conn.rtt.latest_ns == MS(10));
	QUIET(h, SEC(10));
}

TEST_CASE("Fast Open server: the user may answer before the handshake ends",
	  "[R7413-07]")
{
	Server2 h;

	PEER(h, 0, "S 0(100) <mss 1000,FO " GOOD ">");
	SEES(h, 0, "S. 0:0(0) ack 101");
	WRITE(h, MS(1), 20000);
	SEES(h, MS(1), ". 1:1001(1000) ack 101", ". 1001:2001(1000) ack 101",
	     ". 2001:3001(1000) ack 101", ". 3001:4001(1000) ack 101",
	     ". 4001:5001(1000) ack 101", ". 5001:6001(1000) ack 101",
	     ". 6001:7001(1000) ack 101", ". 7001:8001(1000) ack 101",
	     ". 8001:9001(1000) ack 101", ". 9001:10001(1000) ack 101");
	STATE(h, SYN_RECEIVED);
	PEER(h, MS(10), ". 101:101(0) ack 10001");
	STATE(h, ESTABLISHED);
	h.take_sent();
}

TEST_CASE("Fast Open server: what it sends stays within the window of the SYN, unscaled",
	  "[R7413-07][R7323-03]")
{
	Server2 h({ .rcvbuf = 1 << 20, .wscale = 7 });

	PEER(h, 0, "S 0(100) win 1500 <mss 1000,wscale 7,FO " GOOD ">");
	SEES(h, 0, "S. 0:0(0) ack 101");
	WRITE(h, MS(1), 5000);
	SEES(h, MS(1), ". 1:1001(1000) ack 101");
	PEER(h, MS(10), ". 101:101(0) ack 1001 win 100");
	h.take_sent();
	CHECK(h.conn.snd.wnd == 12800);
}

TEST_CASE("Fast Open server: SYN,ACK lost, it is repeated without what followed",
	  "[R7413-09]")
{
	Server2 h;

	PEER(h, 0, "S 0(100) <mss 1000,FO " OLD ">");
	SEES(h, 0, "S. 0:0(0) ack 101 <mss 1000,FO " GOOD ">");
	WRITE(h, 0, 1500);
	SEES(h, 0, ". 1:1001(1000) ack 101", "P. 1001:1501(500) ack 101");
	SEES(h, SEC(1), "S. 0:0(0) ack 101 <mss 1000>");
	SEES(h, SEC(3), "S. 0:0(0) ack 101 <mss 1000>");
	PEER(h, SEC(4), ". 101:101(0) ack 1");
	STATE(h, ESTABLISHED);
	SEES(h, SEC(4), ". 1:1001(1000) ack 101");	// the window is one segment now
	PEER(h, SEC(4), ". 101:101(0) ack 1001");
	SEES(h, SEC(4), "P. 1001:1501(500) ack 101");
	PEER(h, SEC(4), ". 101:101(0) ack 1501");
}

TEST_CASE("Fast Open server: the SYN again gets the SYN,ACK again, its data once",
	  "[R7413-09]")
{
	Server2 h;

	PEER(h, 0, "S 0(100) <mss 1000,FO " GOOD ">");
	SEES(h, 0, "S. 0:0(0) ack 101");
	PEER(h, MS(100), "S 0(100) <mss 1000,FO " GOOD ">");
	DROP(h, DUPLICATE);
	SEES(h, MS(100), "S. 0:0(0) ack 101");
	PEER(h, MS(200), "S 0:0(0)");			// RFC 7413: without the data
	DROP(h, DUPLICATE);
	SEES(h, MS(200), "S. 0:0(0) ack 101");
	CHECK(h.received() == 100);
	PEER(h, MS(300), "P. 1:111(110) ack 1");	// as if it had not been taken
	CHECK(h.received() == 110);
	STATE(h, ESTABLISHED);
	SEES(h, MS(340), ". 1:1(0) ack 111");
}

TEST_CASE("Fast Open server: a wrong cookie gets a good one, its data waits for the handshake",
	  "[R7413-06]")
{
	for (const char *shown : { WRONG, "01234567", "0123456789abcdef00", OLD "00" }) {
		Server2 h;
		PEER(h, 0, std::string("S 0(100) <mss 1000,FO ") + shown + ">");
		CHECK(h.fast_verdict == HRTCP_FAST_WRONG);
		SEES(h, 0, "S. 0:0(0) ack 1 <mss 1000,FO " GOOD ">");
		CHECK(h.unread() == 0);
		CHECK(h.listener->n_half_open == 1);
		PEER(h, MS(10), "P. 1:101(100) ack 1");
		CHECK(h.unread() == 100);
		SEES(h, MS(50), ". 1:1(0) ack 101");
	}
}

TEST_CASE("Fast Open server: the cookie of the last key is good and replaced", "[R7413-03]")
{
	Server2 h;

	PEER(h, 0, "S 0(100) <mss 1000,FO " OLD ">");
	SEES(h, 0, "S. 0:0(0) ack 101 <mss 1000,FO " GOOD ">");
	CHECK(h.unread() == 100);
}

TEST_CASE("Fast Open server: off, the option and the data are ignored", "[R7413-01]")
{
	Server2 off({ .tune = [](hrtcp_cfg &c) { c.fastopen = HRTCP_FAST_CLIENT; } });
	PEER(off, 0, "S 0(100) <mss 1000,FO " GOOD ">");
	SEES(off, 0, "S. 0:0(0) ack 1 <mss 1000>");

	Server2 unasked;
	unasked.fastq.limit = 0;			// no TCP_FASTOPEN on the listener
	PEER(unasked, 0, "S 0(100) <mss 1000,FO>");
	SEES(unasked, 0, "S. 0:0(0) ack 1 <mss 1000>");
}

TEST_CASE("Fast Open server: above the limit the handshake is a normal one", "[R7413-08]")
{
	Server2 h;

	h.fastq.pending = 2;
	PEER(h, 0, "S 0(100) <mss 1000,FO " GOOD ">");
	CHECK(h.fast_verdict == HRTCP_FAST_FULL);
	SEES(h, 0, "S. 0:0(0) ack 1 <mss 1000>");
	CHECK(h.unread() == 0);
}

TEST_CASE("fastq: a place comes back after the handshake, of a reset one only after a minute",
	  "[R7413-08]")
{
	hrtcp_fastq q{};
	hrtcp_seg syn{};
	hrtcp_fast_open open;
	const hrtcp_fast_macs macs{ 0, 1 };
	u64 now = SEC(1000);
	const auto ask = [&] { return hrtcp_fastq_on_syn(&q, &syn, &macs, now, &open); };

	q.limit = 2;
	syn.opt.fast.len = 8;
	CHECK(ask() == HRTCP_FAST_YES);
	CHECK(ask() == HRTCP_FAST_YES);
	CHECK(ask() == HRTCP_FAST_FULL);
	hrtcp_fastq_leave(&q, false, now);
	CHECK(ask() == HRTCP_FAST_YES);
	hrtcp_fastq_leave(&q, true, now);
	CHECK(q.pending == 1);
	CHECK(ask() == HRTCP_FAST_FULL);
	now += SEC(60);
	CHECK(ask() == HRTCP_FAST_FULL);
	now += SEC(60);
	CHECK(ask() == HRTCP_FAST_YES);
	hrtcp_fastq_leave(&q, true, now);
	now += SEC(1000);
	CHECK(ask() == HRTCP_FAST_YES);
}

TEST_CASE("Fast Open server: a reset in SYN-RECEIVED is told to the user", "[R7413-08][A-47]")
{
	Server2 h;

	PEER(h, 0, "S 0(100) <mss 1000,FO " GOOD ">");
	SEES(h, 0, "S. 0:0(0) ack 101");
	PEER(h, MS(1), "R 101:101(0)");
	STATE(h, LISTEN);
	ERR(h, ECONNRESET);
	CHECK(h.unread() == 100);			// and can still read
}

TEST_CASE("Fast Open server: nobody answers the SYN,ACK", "[X-05][R7413-09]")
{
	Server2 h;

	PEER(h, 0, "S 0(100) <mss 1000,FO " GOOD ">");
	SEES(h, 0, "S. 0:0(0) ack 101");
	for (const u64 s : { 1u, 3u, 7u, 15u, 31u })
		SEES(h, SEC(s), "S. 0:0(0) ack 101");
	QUIET(h, SEC(63));
	ERR(h, ETIMEDOUT);
	STATE(h, LISTEN);
}

TEST_CASE("Fast Open server: a FIN on the SYN waits for the handshake", "[R9293-16][T-03]")
{
	Server2 h;

	PEER(h, 0, "SF 0(100) <mss 1000,FO " GOOD ">");
	CHECK(h.unread() == 100);
	SEES(h, 0, "S. 0:0(0) ack 101");
	STATE(h, SYN_RECEIVED);
	PEER(h, MS(10), ". 102:102(0) ack 1");
	STATE(h, CLOSE_WAIT);
	SEES(h, MS(50), ". 1:1(0) ack 102");
}

TEST_CASE("Fast Open server: closed before the handshake ends", "[U-32]")
{
	Server2 h;

	PEER(h, 0, "S 0(100) <mss 1000,FO " GOOD ">");
	SEES(h, 0, "S. 0:0(0) ack 101");
	READ(h, MS(1), 100);
	CLOSE(h, MS(1));
	SEES(h, MS(1), "F. 1:1(0) ack 101");
	STATE(h, FIN_WAIT_1);
	PEER(h, MS(2), "S 0(100) <mss 1000,FO " GOOD ">");	// ours was lost
	SEES(h, MS(2), "S. 0:0(0) ack 101");
	PEER(h, MS(10), ". 101:101(0) ack 2");
	STATE(h, FIN_WAIT_2);
}

TEST_CASE("Fast Open server: a valid cookie is as good as a place among the half-open",
	  "[R4987-01][R7413-06]")
{
	Server2 h({ .tune = [](hrtcp_cfg &c) {
		c.fastopen = HRTCP_FAST_SERVER;
		c.max_syn_backlog = 0;
	} });

	PEER(h, 0, "S 0(100) <mss 1000,FO " GOOD ">");
	SEES(h, 0, "S. 0:0(0) ack 101");
	CHECK(h.unread() == 100);
}

TEST_CASE("Fast Open server: everything negotiated holds", "[R7413-06][R3168-01]")
{
	Server2 h({ .rcvbuf = 1 << 20, .sack = true, .ts = true, .wscale = 3,
		    .tune = [](hrtcp_cfg &c) {
			    c.fastopen = HRTCP_FAST_SERVER;
			    c.ecn = 1;
		    } });

	PEER(h, 0, "SEW 0(100) <mss 1000,sackOK,TS val 1000 ecr 0,wscale 3,FO " OLD ">");
	SEES(h, 0, "S.E 0:0(0) ack 101 win 65535 <mss 1000,sackOK,TS val 6000000 ecr 1000,"
		   "wscale 5,FO " GOOD ">");
	PEER(h, MS(10), ". 101:101(0) ack 1 win 1000 <TS val 1010 ecr 6000000>");
	STATE(h, ESTABLISHED);
	CHECK(h.conn.snd.wnd == 8000);
	CHECK(h.conn.ecn.pact.mode);
	CHECK(h.conn.sack.on);
}

TEST_CASE("Fast Open: both ends, asked for and then used", "[R7413-04][R7413-06]")
{
	Setup s;

	s.tune = [](hrtcp_cfg &c) { c.fastopen = 3; };
	s.fast = { true, true, true, 1000,
		   { 8, { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef } } };
	Pair p(s);
	p.server.fastq.limit = 1;
	LISTEN(p.server, 0);
	OPEN(p.client, 0);
	WRITE(p.client, 0, 100);
	SEND_SYN(p.client, 0);
	RUN(p, MS(10));
	CHECK(p.server.unread() == 100);		// half a round trip, not one and a half
	WRITE(p.server, MS(10), 50);
	LADDER(p, MS(100), "C S 0(100)", "S S. 0:0(0) ack 101", "S P. 1:51(50) ack 101",
	       "C . 101:101(0) ack 1", "C . 101:101(0) ack 51");
	CHECK(p.client.unread() == 50);
	STATE(p.server, ESTABLISHED);
}

// -- data without Fast Open -----------------------------------------------------------------

TEST_CASE("Data on the SYN of a simultaneous open is held until ESTABLISHED",
	  "[R9293-16][T-10]")
{
	Host h;

	OPEN(h, 0);
	SEES(h, 0, "S 0:0(0)");
	PEER(h, MS(10), "SF 0(100)");
	STATE(h, SYN_RECEIVED);
	SEES(h, MS(10), "S. 0:0(0) ack 1");
	CHECK(h.unread() == 0);
	CHECK(h.buffers() == 1);
	PEER(h, MS(15), "SF 0(100)");			// again: held once
	SEES(h, MS(15), "S. 0:0(0) ack 1");
	CHECK(h.buffers() == 1);
	PEER(h, MS(20), ". 102:102(0) ack 1");
	STATE(h, CLOSE_WAIT);
	CHECK(h.unread() == 100);
	SEES(h, MS(20), ". 1:1(0) ack 102");
}

TEST_CASE("Data on the SYN,ACK of a simultaneous open is taken", "[R9293-16][R9293-18]")
{
	Host h;

	OPEN(h, 0);
	SEES(h, 0, "S 0:0(0)");
	PEER(h, MS(10), "S 0:0(0)");
	SEES(h, MS(10), "S. 0:0(0) ack 1");
	PEER(h, MS(20), "S. 0(100) ack 1");
	STATE(h, ESTABLISHED);
	CHECK(h.unread() == 100);
	SEES(h, MS(20), ". 1:1(0) ack 101");
}

TEST_CASE("A reset while data is held frees it", "[R9293-16]")
{
	Host h;

	OPEN(h, 0);
	SEES(h, 0, "S 0:0(0)");
	PEER(h, MS(10), "S 0(100)");
	SEES(h, MS(10), "S. 0:0(0) ack 1");
	PEER(h, MS(20), "R 1:1(0)");
	STATE(h, CLOSED);
	CHECK(h.buffers() == 0);
}

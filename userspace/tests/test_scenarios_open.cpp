// SPDX-License-Identifier: GPL-2.0
// Opening, of the scenarios in section 7 of the state table: two real ends and a wire of 10 ms.
#include "pair.hpp"

namespace {

bool is_handshake_ack(bool from_client, const hrtcp_seg &seg)
{
	return from_client && seg.flags == HRTCP_ACK && !seg.len;
}

} // namespace

TEST_CASE("T-01: three-way handshake", "[T-01][MUST-14][SHLD-5/v4][MUST-65][R2018-01]")
{
	Pair p;

	LISTEN(p.server, 0);
	OPEN(p.client, 0);
	LADDER(p, MS(5), "C S 0:0(0) win 65535 <mss 1000>");
	STATE(p.client, SYN_SENT);
	LADDER(p, MS(15), "S S. 0:0(0) ack 1 win 65535 <mss 1000>");
	STATE(p.server, SYN_RECEIVED);
	CHECK(p.server.listener->n_half_open == 1);
	LADDER(p, MS(25), "C . 1:1(0) ack 1 win 65535 <>");
	STATE(p.client, ESTABLISHED);
	LADDER(p, SEC(3600));
	STATE(p.server, ESTABLISHED);
	CHECK(p.server.listener->n_half_open == 0);
	CHECK(p.server.accept() == 1);
	CHECK(p.client.conn.rtt.latest_ns == MS(20));
	CHECK(p.server.conn.rtt.latest_ns == MS(20));
}

TEST_CASE("T-02: SYN costs one number, a bare ACK none", "[T-02][R9293-14][R9293-04]")
{
	Pair p;

	REQUIRE(p.connect() == "");
	WRITE(p.client, 0, 10);
	LADDER(p, MS(100), "C P. 1:11(10) ack 1", "S . 1:1(0) ack 11");
	WRITE(p.client, MS(100), 10);
	LADDER(p, MS(200), "C P. 11:21(10) ack 1", "S . 1:1(0) ack 21");
}

TEST_CASE("T-03: none of our SYNs carries data", "[T-03]")
{
	Pair p;

	LISTEN(p.server, 0);
	OPEN(p.client, 0);
	WRITE(p.client, 0, 100);
	LADDER(p, MS(100), "C S 0:0(0)", "S S. 0:0(0) ack 1", "C P. 1:101(100) ack 1",
	       "S . 1:1(0) ack 101");
	CHECK(p.server.unread() == 100);
}

TEST_CASE("T-03: data on a SYN is delivered only once ESTABLISHED", "[T-03][R9293-16]")
{
	Host s;

	LISTEN(s, 0);
	PEER(s, 0, "S 0(100)");
	SEES(s, 0, "S. 0:0(0) ack 1");		// what it does not take, it does not acknowledge
	CHECK(s.unread() == 0);
	PEER(s, MS(1), "P. 1:101(100) ack 1");
	STATE(s, ESTABLISHED);
	CHECK(s.unread() == 100);
	SEES(s, MS(41), ". 1:1(0) ack 101");
}

TEST_CASE("T-04: expired connection request", "[T-04][R9293-20]")
{
	Pair p;

	LISTEN(p.server, 0);
	p.inject(true, "S 5000:5000(0)");
	LADDER(p, MS(100), "S S. 0:0(0) ack 5001", "C R 5001:5001(0)");
	STATE(p.server, LISTEN);
	CHECK(p.server.accept() == 0);
	OPEN(p.client, MS(100));
	LADDER(p, MS(200), "C S 0:0(0)", "S S. 0:0(0) ack 1", "C . 1:1(0) ack 1");
	CHECK(p.server.accept() == 1);
}

TEST_CASE("T-04: the old SYN meets a client that is opening", "[T-04][R9293-20]")
{
	Pair p;

	LISTEN(p.server, 0);
	OPEN(p.client, 0);
	p.inject(true, "S -5000:-5000(0)");	// overtakes the real one
	LADDER(p, MS(100), "S S. 0:0(0) ack -4999", "C S 0:0(0)", "C R -4999:-4999(0)");
	STATE(p.server, LISTEN);
	STATE(p.client, SYN_SENT);
	LADDER(p, SEC(2), "C S 0:0(0)", "S S. 0:0(0) ack 1", "C . 1:1(0) ack 1");
	STATE(p.server, ESTABLISHED);
}

TEST_CASE("T-05: expired connection request, the client silent", "[T-05][T-07]")
{
	Pair p;

	p.fate = lose(1000, [](bool from_client, const hrtcp_seg &) { return from_client; });
	LISTEN(p.server, 0);
	p.inject(true, "S 5000:5000(0)");
	RUN(p, SEC(62));
	STATE(p.server, SYN_RECEIVED);
	RUN(p, SEC(64));
	STATE(p.server, LISTEN);
	CHECK(p.server.accept() == 0);
}

TEST_CASE("T-06: third segment lost, SYN,ACK comes again", "[T-06]")
{
	Pair p;

	p.fate = lose(2, is_handshake_ack);
	LISTEN(p.server, 0);
	OPEN(p.client, 0);
	LADDER(p, MS(500), "C S 0:0(0)", "S S. 0:0(0) ack 1", "C . 1:1(0) ack 1 lost");
	STATE(p.client, ESTABLISHED);
	STATE(p.server, SYN_RECEIVED);
	LADDER(p, SEC(2), "S S. 0:0(0) ack 1", "C . 1:1(0) ack 1 lost");
	LADDER(p, SEC(60), "S S. 0:0(0) ack 1", "C . 1:1(0) ack 1");
	STATE(p.server, ESTABLISHED);
}

TEST_CASE("T-06: data of the client completes the handshake", "[T-06]")
{
	Pair p;

	p.fate = lose(1, is_handshake_ack);
	LISTEN(p.server, 0);
	OPEN(p.client, 0);
	RUN(p, MS(100));
	STATE(p.server, SYN_RECEIVED);
	WRITE(p.client, MS(100), 100);
	RUN(p, MS(200));
	STATE(p.server, ESTABLISHED);
	CHECK(p.server.unread() == 100);
}

TEST_CASE("T-07: give-up resets the client", "[T-07]")
{
	Pair p;

	p.fate = lose(1000, is_handshake_ack);
	LISTEN(p.server, 0);
	OPEN(p.client, 0);
	RUN(p, SEC(63));
	STATE(p.client, ESTABLISHED);
	RUN(p, SEC(64));
	STATE(p.server, LISTEN);
	STATE(p.client, CLOSED);
	ERR(p.client, ECONNRESET);
}

TEST_CASE("T-07: data later than the give-up draws a reset", "[T-07][R9293-23]")
{
	Pair p;

	LISTEN(p.server, 0);
	OPEN(p.client, 0);
	p.fate = [](bool from_client, const hrtcp_seg &seg) {
		const bool rst = !from_client && (seg.flags & HRTCP_RST);
		return Fate{ .lost = rst || is_handshake_ack(from_client, seg) };
	};
	RUN(p, SEC(64));
	STATE(p.client, ESTABLISHED);
	p.fate = nullptr;
	WRITE(p.client, SEC(64), 100);
	RUN(p, SEC(65));
	STATE(p.client, CLOSED);
	ERR(p.client, ECONNRESET);
}

TEST_CASE("T-09: split handshake", "[T-09][R9293-19]")
{
	Host c;

	OPEN(c, 0);
	SEES(c, 0, "S 0:0(0)");
	PEER(c, MS(10), ". 0:0(0) ack 1");
	QUIET(c, MS(20));
	STATE(c, SYN_SENT);
	PEER(c, MS(20), "S 0:0(0)");
	SEES(c, MS(20), "S. 0:0(0) ack 1");
	STATE(c, SYN_RECEIVED);
	PEER(c, MS(30), ". 1:1(0) ack 1");
	STATE(c, ESTABLISHED);
	WRITE(c, MS(30), 10);
	SEES(c, MS(30), "P. 1:11(10) ack 1");
	PEER(c, MS(40), "P. 1:11(10) ack 11");
	CHECK(c.unread() == 10);
	SEES(c, MS(80), ". 11:11(0) ack 11");
}

TEST_CASE("T-10: simultaneous open", "[T-10][MUST-10][R1122-03][R9293-18]")
{
	Pair p;

	OPEN(p.client, 0);
	OPEN(p.server, 0);
	LADDER(p, SEC(100), "C S 0:0(0)", "S S 0:0(0)", "S S. 0:0(0) ack 1", "C S. 0:0(0) ack 1",
	       "C . 1:1(0) ack 1", "S . 1:1(0) ack 1");
	for (Host *h : { &p.client, &p.server }) {
		STATE(*h, ESTABLISHED);
		CAUSES(*h, HRTCP_C_OPEN_ACTIVE, HRTCP_C_SYN_RCVD, HRTCP_C_SYN_ACKED);
		EVENTS(*h, HRTCP_EV_UP);
	}
}

TEST_CASE("T-10: simultaneous open gives no sample from a SYN sent twice", "[T-10][R6298-06]")
{
	Pair p;

	OPEN(p.client, 0);
	RUN(p, MS(5));
	OPEN(p.server, MS(5));
	RUN(p, SEC(1));
	CHECK((p.client.conn.rtt.latest_ns == 0 || p.client.conn.rtt.latest_ns >= MS(20)));
	CHECK((p.server.conn.rtt.latest_ns == 0 || p.server.conn.rtt.latest_ns >= MS(20)));
}

TEST_CASE("T-10: simultaneous open with one SYN,ACK lost", "[T-10]")
{
	Pair p;

	p.fate = lose(1, [](bool from_client, const hrtcp_seg &seg) {
		return from_client && seg.flags == (HRTCP_SYN | HRTCP_ACK);
	});
	OPEN(p.client, 0);
	OPEN(p.server, 0);
	RUN(p, SEC(10));
	STATE(p.client, ESTABLISHED);
	STATE(p.server, ESTABLISHED);
}

TEST_CASE("T-12: segments of an earlier connection", "[T-12]")
{
	Reached ss(HRTCP_SYN_SENT);
	PEER(ss, 0, "P. 5000(100) ack -3000");	// it still talks to the old incarnation
	SEES(ss, 0, "R -3000(0)");
	STATE(ss, SYN_SENT);

	Client est;
	PEER(est, 0, "P. -5000(100) ack -3000");
	SEES(est, 0, ". 1:1(0) ack 1");
	CHECK(est.unread() == 0);
	STATE(est, ESTABLISHED);
}

TEST_CASE("T-13: connection refused", "[T-13]")
{
	Pair p;

	OPEN(p.client, 0);
	RUN(p, MS(100));
	STATE(p.client, CLOSED);
	STATE(p.server, CLOSED);
	ERR(p.client, ECONNREFUSED);
	CAUSES(p.client, HRTCP_C_OPEN_ACTIVE, HRTCP_C_RST_RCVD);
}

TEST_CASE("T-31: half-open: a restarted client opens again", "[T-31][R9293-22][R5961-06]")
{
	Pair p;

	REQUIRE(p.connect() == "");
	p.inject(true, "S 70000(0)");		// the client lost its memory and opens anew
	p.inject(true, "R 1:1(0)");		// its answer to the challenge
	RUN(p, MS(100));
	STATE(p.server, LISTEN);
	ERR(p.server, ECONNRESET);
}

TEST_CASE("T-32: probes of a scanner", "[T-32][A-13]")
{
	Pair p;

	LISTEN(p.server, 0);
	for (const char *probe : { "F 1:1(0)", "- 1:1(0)", "FPU 1:101(100)" })
		p.inject(true, probe);
	LADDER(p, 0);
	p.inject(true, "F. 1:1(0) ack =99");
	LADDER(p, MS(1), "S R =99(0)");
	STATE(p.server, LISTEN);
	for (const char *probe : { "S 1:1(0)", "F 1:1(0)", "- 1:1(0)", "S. 1:1(0) ack =99" })
		p.inject(false, probe);		// nothing listens there
	LADDER(p, MS(2), "C R. =0(0) ack 2", "C R. =0(0) ack 2", "C R. =0(0) ack 1", "C R =99(0)");
}

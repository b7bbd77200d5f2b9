// SPDX-License-Identifier: GPL-2.0
// A segment arrives in the other states, section 5 of the state table: timestamps, sequence
// number, RST, SYN.
#include "host.hpp"

namespace {

const u8 all_states[] = { HRTCP_SYN_RECEIVED, HRTCP_ESTABLISHED, HRTCP_FIN_WAIT_1,
			  HRTCP_FIN_WAIT_2, HRTCP_CLOSE_WAIT, HRTCP_CLOSING, HRTCP_LAST_ACK };
const Setup with_ts = { .ts = true };

} // namespace

// -- check 0: timestamps -----------------------------------------------------------------

TEST_CASE("A-30: timestamp missing", "[A-30][R7323-11]")
{
	for (const u8 s : all_states) {
		INFO(hrtcp_state_name(s));
		Reached h(s, with_ts);
		const u32 before = h.conn.snd.una.v;
		PEER(h, 0, ". nxt(0) ack nxt <>");
		PEER(h, 0, "FP. nxt(100) ack nxt <>");
		DROP(h, NO_TIMESTAMP);
		QUIET(h, MS(1));
		CHECK(h.state() == s);
		CHECK(h.conn.snd.una.v == before);
	}
}

TEST_CASE("A-30: timestamps not negotiated are ignored", "[A-30][R7323-12]")
{
	Client h;

	PEER(h, 0, ". 1:101(100) ack 1 <TS val 1 ecr 1>");
	DROP(h, NONE);
	SEES(h, MS(40), ". 1:1(0) ack 101 <>");
}

TEST_CASE("A-31: older timestamp", "[A-31][R7323-17]")
{
	for (const u8 s : all_states) {
		INFO(hrtcp_state_name(s));
		Reached h(s, with_ts);
		PEER(h, 0, "FP. nxt(100) ack nxt <TS val 999 ecr 0>");
		DROP(h, PAWS);
		SEES(h, 0, ". nxt(0) ack nxt");
		CHECK(h.state() == s);
		CHECK(h.unread() == 0);
	}
}

TEST_CASE("A-31: not of a RST", "[A-31][R7323-19]")
{
	for (const char *rst : { "R nxt(0) <TS val 999 ecr 0>", "R nxt(0) <>" }) {
		Client h(with_ts);
		PEER(h, 0, rst);
		STATE(h, CLOSED);
		ERR(h, ECONNRESET);
	}
}

TEST_CASE("A-31: not once TS.Recent is older than 24 days", "[A-31][R7323-22]")
{
	const u64 day = SEC(24 * 3600);
	Client h(with_ts);

	PEER(h, 24 * day, ". 1:101(100) ack 1 <TS val 5 ecr 0>");
	DROP(h, PAWS);
	SEES(h, 24 * day, ". nxt(0) ack 1");
	PEER(h, 24 * day + SEC(1), ". 1:101(100) ack 1 <TS val 5 ecr 0>");
	DROP(h, NONE);
	CHECK(h.conn.ts.recent == 5);
	SEES(h, 24 * day + SEC(1) + MS(40), ". nxt(0) ack 101");
}

TEST_CASE("A-31: timestamps wrap as sequence numbers do", "[A-31][R7323-17]")
{
	Client h(with_ts);

	PEER(h, MS(1), ". 1:101(100) ack 1 <TS val 2000000000 ecr 0>");
	SEES(h, MS(41), ". nxt(0) ack 101 <TS val 6000141 ecr 2000000000>");
	PEER(h, MS(50), ". 101:201(100) ack 1 <TS val 4000000000 ecr 0>");
	SEES(h, MS(90), ". nxt(0) ack 201");
	PEER(h, MS(91), ". 201:301(100) ack 1 <TS val 5 ecr 0>");
	DROP(h, NONE);
	SEES(h, MS(131), ". nxt(0) ack 301 <TS val 6000231 ecr 5>");
}

TEST_CASE("A-32: TS.Recent follows the segment that moves Last.ACK.sent",
	  "[A-32][R7323-16][R7323-18][R7323-13]")
{
	Client h(with_ts);

	PEER(h, MS(1), ". 1:101(100) ack 1 <TS val 2000 ecr 0>");	// the earliest is echoed
	PEER(h, MS(2), ". 101:201(100) ack 1 <TS val 2001 ecr 0>");
	CHECK(h.conn.ts.recent == 2000);
	SEES(h, MS(41), ". nxt(0) ack 201 <TS val 6000141 ecr 2000>");
	PEER(h, MS(50), ". 301:401(100) ack 1 <TS val 2050 ecr 0>");	// beyond a gap
	SEES(h, MS(50), ". nxt(0) ack 201 <TS val 6000150 ecr 2000>");
	PEER(h, MS(60), ". 201:301(100) ack 1 <TS val 2060 ecr 0>");	// fills it
	SEES(h, MS(60), ". nxt(0) ack 401 <TS val 6000160 ecr 2060>");
}

TEST_CASE("A-32: in every state", "[A-32][R7323-16]")
{
	for (const u8 s : all_states) {
		INFO(hrtcp_state_name(s));
		Reached h(s, with_ts);
		REQUIRE(h.run(h.cfg.delack_ns) == "");	// the FIN of CLOSE-WAIT is acknowledged
		h.start_clock();
		PEER(h, 0, ". nxt+1(0) ack una <TS val 9000 ecr 0>");	// beyond Last.ACK.sent
		CHECK(h.conn.ts.recent < 9000);
		h.start_clock();
		PEER(h, 0, ". nxt(0) ack nxt <TS val 9000 ecr 0>");
		CHECK(h.conn.ts.recent == 9000);
		h.start_clock();
	}
}

TEST_CASE("A-32: not from an unacceptable segment", "[A-32][R7323-16]")
{
	Client h(with_ts);

	PEER(h, 0, ". nxt-500(100) ack 1 <TS val 9000 ecr 0>");
	SEES(h, 0, ". nxt(0) ack 1");
	CHECK(h.conn.ts.recent < 9000);
}

// -- check 1: sequence number ------------------------------------------------------------

TEST_CASE("A-35: acceptable, without data", "[A-35][R9293-31][R9293-32]")
{
	for (const u8 s : all_states)
		for (const char *line : { ". nxt(0) ack nxt", ". nxt+1(0) ack nxt",
					  ". nxt+65533(0) ack nxt" }) {
			INFO(hrtcp_state_name(s) << " " << line);
			Reached h(s);
			PEER(h, 0, line);
			DROP(h, NONE);		// its ACK counts, so all of ours is acknowledged
			CHECK(h.conn.snd.una.v == h.conn.snd.nxt.v);
			QUIET(h, MS(1));
		}
}

TEST_CASE("A-35: acceptable, the first or the last octet in the window", "[A-35][R9293-34]")
{
	for (const u8 s : all_states)
		for (const char *line : { ". nxt(11) ack nxt", ". nxt-10(11) ack nxt",
					  ". nxt+65533(11) ack nxt", "F. nxt-10(11) ack nxt" }) {
			INFO(hrtcp_state_name(s) << " " << line);
			Reached h(s);
			PEER(h, 0, line);
			CHECK(h.drop != HRTCP_DROP_OUT_OF_WINDOW);
			CHECK(h.conn.snd.una.v == h.conn.snd.nxt.v);
			h.start_clock();
		}
}

TEST_CASE("A-35: the last octet of the window, the one before it", "[A-35][R9293-34]")
{
	Client h({ .rcvbuf = 5000 });

	PEER(h, 0, ". 5000:5010(10) ack 1");
	DROP(h, NONE);
	SEES(h, 0, ". 1:1(0) ack 1");
	CHECK(h.conn.reasm.bytes == 1);		// trimmed to the window
	PEER(h, 0, ". 5001:5010(9) ack 1");
	DROP(h, OUT_OF_WINDOW);
	SEES(h, 0, ". 1:1(0) ack 1");
}

TEST_CASE("A-36: window shut: data is dropped, ACK and RST count",
	  "[A-36][MUST-66][R9293-33][R9293-31]")
{
	Client h({ .rcvbuf = 2000 });

	PEER(h, 0, ". 1:1001(1000) ack 1");
	PEER(h, 0, ". 1001:2001(1000) ack 1");
	SEES(h, 0, ". 1:1(0) ack 2001 win 0");
	WRITE(h, 0, 200);
	SEES(h, 0, "P. 1:201(200) ack 2001 win 0");
	PEER(h, MS(1), ". 2001:2101(100) ack 101 win 700");
	SEES(h, MS(1), ". 201:201(0) ack 2001 win 0");
	CHECK(h.conn.snd.una.v == h.setup.iss + 101);
	CHECK(h.conn.snd.wnd == 700);
	PEER(h, MS(2), ". 2001:2001(0) ack 201 win 800");
	QUIET(h, MS(2));
	CHECK(h.conn.snd.wnd == 800);
	CHECK(h.unread() == 2000);
	PEER(h, MS(3), "R 2001(0)");
	STATE(h, CLOSED);
}

TEST_CASE("A-37: unacceptable", "[A-37][R9293-35][R9293-47][R9293-32]")
{
	for (const u8 s : all_states)
		for (const char *line : { ". nxt-2(0) ack nxt", ". nxt-100(100) ack nxt",
					  "F. nxt-101(100) ack nxt", ". nxt+70000(0) ack nxt",
					  "P. nxt+70000(100) ack nxt" }) {
			Reached h(s);
			const u32 una = h.conn.snd.una.v;
			INFO(hrtcp_state_name(s) << " " << line);
			PEER(h, 0, line);
			SEES(h, 0, ". nxt(0) ack nxt");
			CHECK(h.state() == s);
			CHECK(h.conn.snd.una.v == una);
			CHECK(h.drop != HRTCP_DROP_NONE);
		}
}

TEST_CASE("A-38: unacceptable with RST", "[A-38][R5961-01][R9293-35]")
{
	for (const u8 s : all_states) {
		INFO(hrtcp_state_name(s));
		Reached h(s);
		PEER(h, 0, "R nxt-1(0)");
		PEER(h, 0, "R. nxt-1(0) ack nxt");
		PEER(h, 0, "R nxt+70000(0)");
		DROP(h, BAD_RST);
		QUIET(h, MS(1));
		CHECK(h.state() == s);
	}
}

TEST_CASE("A-39: SYN again in SYN-RECEIVED of a simultaneous open", "[A-39]")
{
	Reached h(HRTCP_SYN_RECEIVED);

	PEER(h, MS(10), "S 0:0(0)");
	SEES(h, MS(10), "S. 0:0(0) ack 1");
	STATE(h, SYN_RECEIVED);
}

TEST_CASE("A-40: the SYN,ACK of a simultaneous open establishes", "[A-40][R9293-18]")
{
	Reached h(HRTCP_SYN_RECEIVED);

	PEER(h, MS(10), "S. 0:0(0) ack 1");
	SEES(h, MS(10), ". 1:1(0) ack 1");
	STATE(h, ESTABLISHED);
	CAUSES(h, HRTCP_C_SYN_ACKED);
	EVENTS(h, HRTCP_EV_UP);
	QUIET(h, SEC(100));
}

TEST_CASE("A-40: its window holds, whatever the ACK field of the bare SYN had", "[A-40][A-62]")
{
	for (const char *syn : { "S 0:0(0) ack =5 win 7000", "S 0:0(0) ack =4294966272 win 7000" }) {
		Reached h(HRTCP_SYN_SENT);
		CAPTURE(syn);
		PEER(h, MS(5), syn);
		SEES(h, MS(5), "S. 0:0(0) ack 1");
		PEER(h, MS(10), "S. 0:0(0) ack 1 win 4000");
		SEES(h, MS(10), ". 1:1(0) ack 1");
		CHECK(h.conn.snd.wnd == 4000);
	}
}

// -- check 2: RST ------------------------------------------------------------------------

TEST_CASE("A-45: RST in the window, not exact", "[A-45][R5961-03]")
{
	for (const u8 s : all_states) {
		INFO(hrtcp_state_name(s));
		Reached h(s);
		PEER(h, 0, "R nxt+1(0)");
		SEES(h, 0, ". nxt(0) ack nxt");
		PEER(h, 0, "R. nxt+65000(0) ack nxt");		// the rate is limited
		QUIET(h, MS(1));
		CHECK(h.state() == s);
	}
}

TEST_CASE("A-45: challenges again after a while", "[A-45][R5961-08]")
{
	Client h;

	PEER(h, 0, "R nxt+1(0)");
	SEES(h, 0, ". nxt(0) ack nxt");
	PEER(h, MS(499), "R nxt+1(0)");
	PEER(h, MS(500), "R nxt+1(0)");
	SEES(h, MS(500), ". nxt(0) ack nxt");
	CHECK(h.conn.challenges == 2);
}

TEST_CASE("A-45: as many challenges as the limit says, in as long as the interval is",
	  "[A-45][R5961-08]")
{
	Client h({ .tune = [](hrtcp_cfg &cfg) {
		cfg.challenge_limit = 3;
		cfg.challenge_ns = SEC(5);
	} });

	for (const u64 t : { MS(0), MS(10), MS(4000) }) {
		PEER(h, t, "R nxt+1(0)");
		SEES(h, t, ". nxt(0) ack nxt");
	}
	PEER(h, MS(4999), "R nxt+1(0)");
	QUIET(h, MS(4999));
	CHECK(h.conn.challenges == 3);
	PEER(h, MS(5000), "R nxt+1(0)");
	SEES(h, MS(5000), ". nxt(0) ack nxt");
}

TEST_CASE("A-47: RST in SYN-RECEIVED of an active OPEN", "[A-47][R9293-48][MUST-11]")
{
	Reached h(HRTCP_SYN_RECEIVED);

	PEER(h, 0, "R 1:1(0)");
	STATE(h, CLOSED);
	ERR(h, ECONNREFUSED);
	EVENTS(h, HRTCP_EV_ERROR | HRTCP_EV_GONE);
	QUIET(h, SEC(1000));
}

TEST_CASE("A-48: exact RST resets a live connection", "[A-48][R9293-49][R5961-02][SHLD-2]")
{
	for (const u8 s : { HRTCP_ESTABLISHED, HRTCP_FIN_WAIT_1, HRTCP_FIN_WAIT_2,
			    HRTCP_CLOSE_WAIT })
		for (const char *rst : { "R nxt(0)", "R. nxt(0) ack nxt", "R nxt(10)",
					 "RS nxt(0)" }) {
			INFO(hrtcp_state_name(s) << " " << rst);
			Reached h(s);
			PEER(h, 0, rst);
			STATE(h, CLOSED);
			ERR(h, ECONNRESET);
			EVENTS(h, HRTCP_EV_ERROR | HRTCP_EV_GONE);
			CAUSES(h, HRTCP_C_RST_RCVD);
			QUIET(h, SEC(1000));
		}
}

TEST_CASE("A-49: exact RST when both FINs are on their way", "[A-49][R9293-49]")
{
	for (const u8 s : { HRTCP_CLOSING, HRTCP_LAST_ACK }) {
		INFO(hrtcp_state_name(s));
		Reached h(s);
		PEER(h, 0, "R nxt(0)");
		STATE(h, CLOSED);
		ERR(h, 0);
		EVENTS(h, HRTCP_EV_GONE);
		QUIET(h, SEC(1000));
	}
}

// -- check 4: SYN ------------------------------------------------------------------------

TEST_CASE("A-56: SYN on a live connection", "[A-56][R5961-05][R9293-26]")
{
	for (const u8 s : all_states)
		for (const char *syn : { "S nxt(0)", "S. nxt(0) ack nxt", "S nxt+1(0)",
					 "SF nxt(10)", "S nxt-1000(0)", "S nxt+70000(0)",
					 "S. nxt-1000(0) ack nxt" }) {
			INFO(hrtcp_state_name(s) << " " << syn);
			Reached h(s);
			PEER(h, 0, syn);
			SEES(h, 0, ". nxt(0) ack nxt");
			CHECK(h.state() == s);
			CHECK(h.unread() == 0);
		}
}

TEST_CASE("A-56: at a limited rate", "[A-56][R5961-08]")
{
	Client h;

	for (u64 t = 0; t < 100; t++) {
		PEER(h, MS(t), "S nxt+5(0)");
		if (t == 0)
			SEES(h, 0, ". nxt(0) ack nxt");
	}
	QUIET(h, MS(499));
}

TEST_CASE("A-56: a restarted peer resets after the challenge", "[A-56][R5961-06][R9293-22]")
{
	Client h;

	PEER(h, 0, "S nxt+70000(0)");
	SEES(h, 0, ". nxt(0) ack nxt");
	PEER(h, MS(1), "R nxt(0)");		// its answer to that ACK
	STATE(h, CLOSED);
	ERR(h, ECONNRESET);
}

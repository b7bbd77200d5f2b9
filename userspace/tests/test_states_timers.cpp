// SPDX-License-Identifier: GPL-2.0
// Timeouts, section 6 of the state table; X-05 stands with the listener, X-10 also with the
// compact record of TIME-WAIT.
#include "host.hpp"

namespace {

// Repeats of @line at doubling intervals from @at on, until @give_up.
void repeats(Host &h, const std::string &line, u64 at, u64 interval, u64 give_up)
{
	for (u64 n = 1; at < give_up; n++) {
		CAPTURE(line, n, at);
		REQUIRE(h.sees(at, { line }) == "");
		interval = std::min(2 * interval, h.cfg.rto_max_ns);
		at += interval;
	}
	QUIET(h, give_up - 1);
	CHECK(h.state() != HRTCP_CLOSED);
	QUIET(h, give_up);
	CHECK(h.state() == HRTCP_CLOSED);
}

// Led to a state, then the peer shut its window.
struct Shut : Reached {
	explicit Shut(u8 state) : Reached(state)
	{
		PEER(*this, 0, ". nxt(0) ack nxt win 0");
		REQUIRE(run(cfg.delack_ns) == "");
		start_clock();
	}
};

} // namespace

TEST_CASE("X-02, X-04: SYN is repeated, then given up", "[X-02][X-04][MUST-22][MUST-23]")
{
	Reached h(HRTCP_SYN_SENT);

	repeats(h, "S 0:0(0)", SEC(1), SEC(1), SEC(180));
	ERR(h, ETIMEDOUT);
	EVENTS(h, HRTCP_EV_REPATH | HRTCP_EV_ADVICE | HRTCP_EV_ERROR | HRTCP_EV_GONE);
	CAUSES(h, HRTCP_C_RTX_TIMEOUT);
}

TEST_CASE("X-02: SYN,ACK of a simultaneous open is repeated, then given up", "[X-02][X-06]")
{
	Reached h(HRTCP_SYN_RECEIVED);

	repeats(h, "S. 0:0(0) ack 1", SEC(1), SEC(1), SEC(180));
	ERR(h, ETIMEDOUT);
}

TEST_CASE("X-02: the SYN,ACK of a simultaneous open does not pay for the SYN's backoff", "[X-02]")
{
	Reached h(HRTCP_SYN_SENT);

	SEES(h, SEC(1), "S 0:0(0)");
	SEES(h, SEC(3), "S 0:0(0)");
	PEER(h, SEC(4), "S 0:0(0)");
	SEES(h, SEC(4), "S. 0:0(0) ack 1");
	SEES(h, SEC(7), "S. 0:0(0) ack 1");
	SEES(h, SEC(13), "S. 0:0(0) ack 1");	// 3 s by RFC 6298 5.7, doubled
	SEES(h, SEC(25), "S. 0:0(0) ack 1");
}

TEST_CASE("X-02, X-06: data is repeated, then given up",
	  "[X-02][X-06][MUST-20/R2][R6298-10][MUST-19]")
{
	for (const u8 s : { HRTCP_ESTABLISHED, HRTCP_CLOSE_WAIT }) {
		INFO(hrtcp_state_name(s));
		Reached h(s);
		WRITE(h, 0, 1000);
		SEES(h, 0, "P. 1:1001(1000) ack nxt");
		repeats(h, "P. 1:1001(1000) ack nxt", RTO, RTO, h.cfg.r2_ns);
		ERR(h, ETIMEDOUT);
		EVENTS(h, HRTCP_EV_REPATH | HRTCP_EV_ADVICE | HRTCP_EV_ERROR | HRTCP_EV_GONE);
		CAUSES(h, HRTCP_C_RTX_TIMEOUT);
		CHECK(h.buffers() == 0);
	}
}

TEST_CASE("X-02, X-06: FIN is repeated, then given up", "[X-02][X-06][T-25]")
{
	for (const u8 s : { HRTCP_FIN_WAIT_1, HRTCP_CLOSING, HRTCP_LAST_ACK }) {
		INFO(hrtcp_state_name(s));
		Reached h(s);
		repeats(h, "F. 1:1(0) ack nxt", RTO, RTO, h.cfg.r2_ns);
		ERR(h, ETIMEDOUT);
	}
}

TEST_CASE("X-02: FIN goes again with the data before it", "[X-02][R9293-60]")
{
	Client h;

	WRITE(h, 0, 500);
	CLOSE(h, 0);
	SEES(h, 0, "P. 1:501(500) ack 1", "F. 501:501(0) ack 1");
	SEES(h, RTO, "FP. 1:501(500) ack 1");
	PEER(h, RTO + MS(10), ". 1:1(0) ack 502");
	STATE(h, FIN_WAIT_2);
	QUIET(h, SEC(1000));
}

TEST_CASE("X-02: a FIN alone goes again once the data is acknowledged", "[X-02][T-16]")
{
	Client h;

	WRITE(h, 0, 100);
	CLOSE(h, 0);
	SEES(h, 0, "P. 1:101(100) ack 1", "F. 101:101(0) ack 1");
	PEER(h, MS(10), ". 1:1(0) ack 101");
	const u64 rto = hrtcp_rtt_timeout(&h.conn.rtt, &h.cfg);
	SEES(h, MS(10) + rto, "F. 101:101(0) ack 1");
	CHECK(h.conn.total_retrans == 1);
}

TEST_CASE("X-06: patience begins anew when the peer answers", "[X-06]")
{
	Client h;

	WRITE(h, 0, 2000);
	SEES(h, 0, ". 1:1001(1000) ack 1", "P. 1001:2001(1000) ack 1");
	PEER(h, MS(100), ". 1:1(0) ack 1001");
	const u64 rto = hrtcp_rtt_timeout(&h.conn.rtt, &h.cfg);
	repeats(h, "P. 1001:2001(1000) ack 1", MS(100) + rto, rto, MS(100) + h.cfg.r2_ns);
}

TEST_CASE("X-06: patience begins with what is sent, not with the silence before it", "[X-06]")
{
	const u64 idle = 2 * hrtcp_cfg_default.r2_ns;
	Client data, fin;

	WRITE(data, idle, 1000);
	SEES(data, idle, "P. 1:1001(1000) ack 1");
	repeats(data, "P. 1:1001(1000) ack 1", idle + RTO, RTO, idle + data.cfg.r2_ns);
	CLOSE(fin, idle);
	SEES(fin, idle, "F. 1:1(0) ack 1");
	repeats(fin, "F. 1:1(0) ack 1", idle + RTO, RTO, idle + fin.cfg.r2_ns);
}

TEST_CASE("X-06: what ICMP said before the peer answered explains no later silence", "[X-06]")
{
	Client h;

	WRITE(h, 0, 2000);
	SEES(h, 0, ". 1:1001(1000) ack 1", "P. 1001:2001(1000) ack 1");
	hrtcp_conn_on_icmp(&h.conn, seq_of(h.setup.iss + 1), EHOSTUNREACH, false, h.now());
	CHECK(h.conn.soft_err == EHOSTUNREACH);
	PEER(h, MS(100), ". 1:1(0) ack 1001");
	const u64 rto = hrtcp_rtt_timeout(&h.conn.rtt, &h.cfg);
	repeats(h, "P. 1001:2001(1000) ack 1", MS(100) + rto, rto, MS(100) + h.cfg.r2_ns);
	ERR(h, ETIMEDOUT);
}

TEST_CASE("X-06: an orphan is given up sooner", "[X-06][SHLD-11]")
{
	Client h;

	WRITE(h, 0, 1000);
	RELEASE(h, 0);
	STATE(h, FIN_WAIT_1);
	SEES(h, 0, "P. 1:1001(1000) ack 1", "F. 1001:1001(0) ack 1");
	repeats(h, "FP. 1:1001(1000) ack 1", RTO, RTO, h.cfg.orphan_r2_ns);
}

TEST_CASE("X-07: a shut window is probed as long as the peer answers",
	  "[X-07][MUST-37][SHLD-30][MUST-36][SHLD-29][R6429-01]")
{
	for (const u8 s : { HRTCP_ESTABLISHED, HRTCP_CLOSE_WAIT }) {
		INFO(hrtcp_state_name(s));
		Shut h(s);
		WRITE(h, 0, 1000);
		u64 at = 0, interval = RTO;
		for (int n = 0; n < 60; n++, interval = std::min(2 * interval, h.cfg.rto_max_ns)) {
			at += interval;
			CAPTURE(n, at);
			SEES(h, at, ". 1:2(1) ack nxt");
			PEER(h, at, ". nxt(0) ack 1 win 0");
		}
		CHECK(at > 2 * h.cfg.r2_ns);
		PEER(h, at + 1, ". nxt(0) ack 1");
		SEES(h, at + 1, "P. 1:1001(1000) ack nxt");
	}
}

TEST_CASE("X-07: data behind a shut window, CLOSE after it", "[X-07]")
{
	for (const u8 s : { HRTCP_FIN_WAIT_1, HRTCP_CLOSING, HRTCP_LAST_ACK }) {
		INFO(hrtcp_state_name(s));
		Shut h(s == HRTCP_LAST_ACK ? HRTCP_CLOSE_WAIT : HRTCP_ESTABLISHED);
		WRITE(h, 0, 1000);
		CLOSE(h, 0);
		if (s == HRTCP_CLOSING) {
			PEER(h, 0, "F. nxt(0) ack una win 0");
			SEES(h, 0, ". nxt(0) ack nxt");
		}
		CHECK(h.state() == s);
		u64 at = 0, interval = RTO;
		for (int n = 0; n < 20; n++, interval = std::min(2 * interval, h.cfg.rto_max_ns)) {
			at += interval;
			CAPTURE(n, at);
			SEES(h, at, ". 1:2(1) ack nxt");
			PEER(h, at, ". nxt(0) ack 1 win 0");
		}
		CHECK(at > h.cfg.r2_ns);
		PEER(h, at + 1, ". nxt(0) ack 1");
		SEES(h, at + 1, "FP. 1:1001(1000) ack nxt");
	}
}

TEST_CASE("X-07: nobody answers the probes", "[X-07][X-06]")
{
	Shut h(HRTCP_ESTABLISHED);
	u64 at = 0;

	WRITE(h, 0, 1000);
	for (u64 interval = RTO; at + interval < h.cfg.r2_ns;) {
		at += interval;
		SEES(h, at, ". 1:2(1) ack 1");
		interval = std::min(2 * interval, h.cfg.rto_max_ns);
	}
	QUIET(h, h.cfg.r2_ns - 1);
	STATE(h, ESTABLISHED);
	QUIET(h, h.cfg.r2_ns + h.cfg.rto_max_ns);
	STATE(h, CLOSED);
	ERR(h, ETIMEDOUT);
}

TEST_CASE("X-07: a FIN behind a shut window", "[X-07]")
{
	for (const u8 s : { HRTCP_ESTABLISHED, HRTCP_CLOSE_WAIT }) {
		INFO(hrtcp_state_name(s));
		Shut h(s);
		CLOSE(h, 0);
		SEES(h, RTO, ". 0:0(0) ack nxt");
		PEER(h, RTO, ". nxt(0) ack 1 win 0");
		SEES(h, 3 * RTO, ". 0:0(0) ack nxt");
		PEER(h, 3 * RTO, ". nxt(0) ack 1 win 1");
		SEES(h, 3 * RTO, "F. 1:1(0) ack nxt");
	}
}

TEST_CASE("X-08: delayed ACK", "[X-08][MUST-40][SHLD-18]")
{
	for (const u8 s : { HRTCP_ESTABLISHED, HRTCP_FIN_WAIT_1, HRTCP_FIN_WAIT_2 }) {
		INFO(hrtcp_state_name(s));
		Reached h(s);
		PEER(h, MS(3), "P. 1:101(100) ack una");
		QUIET(h, MS(43) - 1);
		SEES(h, MS(43), ". nxt(0) ack 101");
	}
	Client h;
	PEER(h, MS(3), "F. 1:1(0) ack 1");	// CLOSE-WAIT, for the FIN
	QUIET(h, MS(43) - 1);
	SEES(h, MS(43), ". 1:1(0) ack 2");
}

TEST_CASE("X-09: an idle connection is probed, and ends after several unanswered probes",
	  "[X-09][MUST-26][SHLD-12]")
{
	for (const u8 s : { HRTCP_ESTABLISHED, HRTCP_FIN_WAIT_2, HRTCP_CLOSE_WAIT }) {
		INFO(hrtcp_state_name(s));
		Reached h(s);
		REQUIRE(h.run(h.cfg.delack_ns) == "");
		h.start_clock();
		hrtcp_conn_set_keepalive(&h.conn, true, h.now());
		h.settle();
		const u64 first = SEC(7200) - h.cfg.delack_ns;	// since the peer was heard
		for (u64 i = 0; i < 9; i++) {
			SEES(h, first + SEC(75 * i), ". nxt-1(0) ack nxt");
			CHECK(h.state() == s);
		}
		QUIET(h, first + SEC(75 * 9) - 1);
		CHECK(h.state() == s);
		QUIET(h, first + SEC(75 * 9));
		STATE(h, CLOSED);
		ERR(h, ETIMEDOUT);
		CAUSES(h, HRTCP_C_KEEPALIVE);
	}
}

TEST_CASE("X-09: in FIN-WAIT-1 its own FIN is repeated instead", "[X-09]")
{
	Reached h(HRTCP_FIN_WAIT_1, { .tune = [](hrtcp_cfg &c) { c.keepalive_time_ns = MS(1); } });

	hrtcp_conn_set_keepalive(&h.conn, true, h.now());
	h.settle();
	SEES(h, RTO, "F. 1:1(0) ack 1");
	SEES(h, 3 * RTO, "F. 1:1(0) ack 1");
}

TEST_CASE("X-01: user timeout, in every state with something outstanding", "[X-01][MUST-21]")
{
	for (const u8 s : { HRTCP_SYN_SENT, HRTCP_SYN_RECEIVED, HRTCP_ESTABLISHED,
			    HRTCP_FIN_WAIT_1, HRTCP_CLOSE_WAIT, HRTCP_CLOSING, HRTCP_LAST_ACK }) {
		INFO(hrtcp_state_name(s));
		Reached h(s);
		hrtcp_conn_set_user_timeout(&h.conn, SEC(5));
		if (!hrtcp_conn_may_write(&h.conn))
			WRITE(h, 0, 100);
		h.take_sent();
		while (h.state() == s && h.next_wake() != HRTCP_NEVER) {
			REQUIRE(h.run(h.script_time() + h.next_wake() - h.now()) == "");
			h.take_sent();		// what is repeated meanwhile
		}
		CHECK(h.script_time() == SEC(5));
		STATE(h, CLOSED);
		ERR(h, ETIMEDOUT);
		CAUSES(h, HRTCP_C_RTX_TIMEOUT);
		CHECK(h.buffers() == 0);
	}
}

TEST_CASE("X-10: 2 MSL", "[X-10][T-27][MUST-13]")
{
	Reached h(HRTCP_TIME_WAIT);

	QUIET(h, SEC(120) - 1);
	STATE(h, TIME_WAIT);
	QUIET(h, SEC(120));
	STATE(h, CLOSED);
	CAUSES(h, HRTCP_C_TW_TIMEOUT);
	CHECK((h.events() & HRTCP_EV_GONE));
}

TEST_CASE("X-10: its length is configured", "[X-10][T-27]")
{
	Reached h(HRTCP_TIME_WAIT, { .tune = [](hrtcp_cfg &c) { c.time_wait_ns = SEC(60); } });

	QUIET(h, SEC(60) - 1);
	STATE(h, TIME_WAIT);
	QUIET(h, SEC(60));
	STATE(h, CLOSED);
}

TEST_CASE("FIN-WAIT-2 of an orphan is bounded", "[T-21][R6429-01]")
{
	Client h;

	RELEASE(h, 0);
	SEES(h, 0, "F. 1:1(0) ack 1");
	PEER(h, MS(10), ". 1:1(0) ack 2");
	QUIET(h, MS(10) + h.cfg.fin_timeout_ns - 1);
	STATE(h, FIN_WAIT_2);
	QUIET(h, MS(10) + h.cfg.fin_timeout_ns);
	STATE(h, CLOSED);
	CAUSES(h, HRTCP_C_CLOSE, HRTCP_C_FIN_ACKED, HRTCP_C_FW2_TIMEOUT);
}

TEST_CASE("FIN-WAIT-2 is bounded from when its owner leaves", "[T-21][R6429-01]")
{
	Reached h(HRTCP_FIN_WAIT_2);

	RELEASE(h, SEC(500));
	QUIET(h, SEC(500) + h.cfg.fin_timeout_ns - 1);
	STATE(h, FIN_WAIT_2);
	QUIET(h, SEC(500) + h.cfg.fin_timeout_ns);
	STATE(h, CLOSED);
}

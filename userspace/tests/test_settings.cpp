// SPDX-License-Identifier: GPL-2.0
// test_settings.cpp -- times and limits of a connection; R2 of RFC 9293 3.8.3.
#include "host.hpp"

namespace {

// Gives @h a configuration of its own.
struct Own : hrtcp_cfg {
	explicit Own(const Host &h) : hrtcp_cfg(h.cfg) {}

	void give(Host &h)
	{
		hrtcp_conn_set_cfg(&h.conn, this, h.now());
		h.settle();
	}
};

} // namespace

TEST_CASE("settings: a SYN repeated after 500 us", "[settings][MUST-22]")
{
	Host h;
	Own own(h);

	own.rto_init_ns = US(500);
	own.syn_r2_ns = MS(20);
	own.give(h);
	OPEN(h, 0);
	SEES(h, 0, "S 0:0(0)");
	for (const u64 at : { US(500), US(1500), US(3500), US(7500), US(15500) })
		SEES(h, at, "S 0:0(0)");
	QUIET(h, MS(20));
	STATE(h, CLOSED);
	ERR(h, ETIMEDOUT);
}

TEST_CASE("settings: a SYN may be repeated so many times", "[settings][MUST-22]")
{
	Host h;
	Own own(h);

	own.syn_retries = 2;
	own.give(h);
	OPEN(h, 0);
	SEES(h, 0, "S 0:0(0)");
	SEES(h, SEC(1), "S 0:0(0)");
	SEES(h, SEC(3), "S 0:0(0)");
	QUIET(h, SEC(7) - 1);
	STATE(h, SYN_SENT);
	QUIET(h, SEC(7));
	STATE(h, CLOSED);
	ERR(h, ETIMEDOUT);
}

TEST_CASE("settings: a SYN,ACK may be repeated so many times", "[settings]")
{
	Host h({ .tune = [](hrtcp_cfg &c) { c.synack_retries = 1; } });

	LISTEN(h, 0);
	PEER(h, 0, "S 0:0(0)");
	SEES(h, 0, "S. 0:0(0) ack 1");
	SEES(h, SEC(1), "S. 0:0(0) ack 1");
	SEES(h, SEC(3), "R. 1:1(0) ack 1");
	STATE(h, LISTEN);
}

TEST_CASE("R2: as a number of timeouts", "[settings][MUST-20/R2][MUST-21]")
{
	Client h;
	Own own(h);

	own.retries2 = 4;
	own.orphan_retries = 1;
	own.give(h);
	WRITE(h, 0, 100);
	SEES(h, 0, "P. 1(100) ack 1");
	for (const u64 n : { 1, 3, 7, 15 })
		SEES(h, n * RTO, "P. 1(100) ack 1");
	QUIET(h, 31 * RTO - 1);
	STATE(h, ESTABLISHED);
	QUIET(h, 31 * RTO);
	STATE(h, CLOSED);
	ERR(h, ETIMEDOUT);
}

TEST_CASE("R2: an orphan's number of timeouts", "[settings]")
{
	Client h;
	Own own(h);

	own.orphan_retries = 1;
	own.give(h);
	RELEASE(h, 0);
	SEES(h, 0, "F. 1:1(0) ack 1");
	SEES(h, RTO, "F. 1:1(0) ack 1");
	QUIET(h, 3 * RTO);
	STATE(h, CLOSED);
}

TEST_CASE("R2: without end", "[settings][MUST-21]")
{
	Client h;
	Own own(h);
	u64 at = 0;

	own.r2_ns = HRTCP_NEVER;
	own.give(h);
	WRITE(h, 0, 100);
	SEES(h, 0, "P. 1(100) ack 1");
	for (u64 interval = RTO, n = 0; n < 1000; n++) {
		at += interval;
		SEES(h, at, "P. 1(100) ack 1");
		interval = std::min(2 * interval, own.rto_max_ns);
	}
	STATE(h, ESTABLISHED);
	PEER(h, at + 1, ". 1(0) ack 101");
}

TEST_CASE("settings: a live connection's RTO takes new bounds at once", "[settings][R6298-05]")
{
	Client h;
	Own own(h);

	WRITE(h, 0, 100);
	SEES(h, 0, "P. 1(100) ack 1");
	own.rto_min_ns = MS(500);
	own.rto_max_ns = MS(600);
	REQUIRE(h.run(MS(100)) == "");
	own.give(h);
	SEES(h, MS(600), "P. 1(100) ack 1");
	SEES(h, MS(1200), "P. 1(100) ack 1");
	SEES(h, MS(1800), "P. 1(100) ack 1");
	PEER(h, MS(1801), ". 1(0) ack 101");
}

TEST_CASE("settings: the assumed ACK delay and G are the RTO's", "[settings]")
{
	Client h;
	Own own(h);

	own.peer_delack_ns = MS(7);
	own.give(h);
	CHECK(hrtcp_rtt_timeout(&h.conn.rtt, &own) == RTO - MS(33));
	own.rto_granularity_ns = MS(300);
	own.give(h);
	CHECK(hrtcp_rtt_timeout(&h.conn.rtt, &own) == RTO - MS(33) + MS(100));
}

TEST_CASE("settings: three seconds after a repeated SYN, whatever is set then",
	  "[settings][R6298-11]")
{
	Host h;
	Own own(h);

	OPEN(h, 0);
	SEES(h, 0, "S 0:0(0)");
	SEES(h, SEC(1), "S 0:0(0)");
	PEER(h, SEC(1), "S. 0:0(0) ack 1");
	SEES(h, SEC(1), ". 1:1(0) ack 1");
	own.rto_init_ns = MS(1);
	own.give(h);
	CHECK(hrtcp_rtt_timeout(&h.conn.rtt, &own) == SEC(3));
}

TEST_CASE("settings: no tail loss probe, or none before its least time", "[settings]")
{
	Client off({ .sack = true }), late({ .sack = true });
	Own none(off), least(late);

	none.tlp = false;
	none.give(off);
	WRITE(off, 0, 100);
	SEES(off, 0, "P. 1(100) ack 1");
	SEES(off, RTO, "P. 1(100) ack 1");
	CHECK(off.conn.tlp.probes == 0);
	least.pto_min_ns = MS(300);
	least.give(late);
	WRITE(late, 0, 100);
	SEES(late, 0, "P. 1(100) ack 1");
	SEES(late, MS(300), "P. 1(100) ack 1");
	CHECK(late.conn.tlp.probes == 1);
}

TEST_CASE("settings: probes of a shut window keep to their longest interval",
	  "[settings][SHLD-29][SHLD-30]")
{
	Client h({ .win = 0 });
	Own own(h);

	own.persist_max_ns = MS(700);
	own.give(h);
	PEER(h, 0, ". 1(0) ack 1 win 0");
	WRITE(h, 0, 100);
	for (const u64 at : { RTO, RTO + 2 * RTO, 3 * RTO + MS(700), 3 * RTO + MS(1400) }) {
		SEES(h, at, ". 1(1) ack 1");
		PEER(h, at, ". 1(0) ack 1 win 0");
	}
	CLOSE(h, 3 * RTO + MS(1400));
}

TEST_CASE("settings: our ACK is delayed as set, at once on a live connection",
	  "[settings][SHLD-18]")
{
	Client h;
	Own own(h);

	own.delack_ns = US(700);
	own.give(h);
	PEER(h, 0, "P. 1(100) ack 1");
	SEES(h, US(700), ". 1(0) ack 101");
	PEER(h, MS(10), "P. 101(100) ack 1");
	own.delack_ns = MS(1);
	own.give(h);	// one that waits does not wait longer
	SEES(h, MS(10), ". 1(0) ack 201");
}

TEST_CASE("acknowledge: all segments that came are looked at before one ACK", "[MUST-59]")
{
	Client h;

	for (u32 i = 0; i < 4; i++) {
		hrtcp_seg seg{};
		hrtcp_rxnode node{};
		hrtcp_rx rx;

		seg.seq = seq_add(h.conn.rcv.irs, 1 + i * 1000);
		seg.ack = h.conn.snd.una;
		seg.flags = HRTCP_ACK;
		seg.len = 1000;
		seg.wnd = 65535;
		hrtcp_conn_on_segment(&h.conn, &seg, &node, h.now(), &rx);
		REQUIRE(rx.take == HRTCP_TAKE_DELIVER);
	}
	h.settle();
	SEES(h, 0, ". 1(0) ack 4001");
	QUIET(h, SEC(1));
}

TEST_CASE("quickack: every segment at once, and what waits", "[settings]")
{
	Client h;

	PEER(h, 0, "P. 1(100) ack 1");
	hrtcp_conn_set_quickack(&h.conn, true);
	h.settle();
	SEES(h, 0, ". 1(0) ack 101");
	PEER(h, MS(1), "P. 101(100) ack 1");
	SEES(h, MS(1), ". 1(0) ack 201");
	hrtcp_conn_set_quickack(&h.conn, false);
	h.settle();
	PEER(h, MS(2), "P. 201(100) ack 1");
	SEES(h, MS(42), ". 1(0) ack 301");
}

TEST_CASE("window clamp: what is advertised stays below it, what was promised stays",
	  "[settings][SHLD-14]")
{
	Client h;

	hrtcp_conn_set_window_clamp(&h.conn, 5000);
	PEER(h, 0, ". 1(1000) ack 1");
	PEER(h, 0, "P. 1001(1000) ack 1");
	SEES(h, 0, ". 1(0) ack 2001 win 63535");	// promised
	READ(h, 0, 2000);
	u32 at = 2001;
	for (; h.conn.rcv.edge.v - h.conn.rcv.nxt.v > 5000; at += 2000) {
		PEER(h, 0, ". " + std::to_string(at) + "(1000) ack 1");
		PEER(h, 0, "P. " + std::to_string(at + 1000) + "(1000) ack 1");
		h.take_sent();
		READ(h, 0, 2000);
	}
	for (int i = 0; i < 5; i++, at += 1000) {
		PEER(h, 0, "P. " + std::to_string(at) + "(1000) ack 1");
		READ(h, 0, 1000);
		h.take_sent();
		CHECK(h.conn.rcv.edge.v - h.conn.rcv.nxt.v <= 5000);
		CHECK(h.conn.rcv.edge.v - h.conn.rcv.nxt.v >= 2000);
	}
	h.run(SEC(1));
	h.take_sent();
}

TEST_CASE("window clamp: below a segment it opens again when half of it is free",
	  "[settings][SHLD-14]")
{
	Client h({ .mss = 8000 });
	u32 at = 1;

	hrtcp_conn_set_window_clamp(&h.conn, 5000);
	while (h.conn.rcv.edge.v != h.conn.rcv.nxt.v) {
		const u32 n = std::min(h.conn.rcv.edge.v - h.conn.rcv.nxt.v, 5000u);

		PEER(h, 0, "P. " + std::to_string(at) + "(" + std::to_string(n) + ") ack 1");
		h.take_sent();
		at += n;
	}
	READ(h, 0, at - 1);
	SEES(h, 0, ". 1(0) ack " + std::to_string(at) + " win 5000");
}

TEST_CASE("settings: 2 MSL of the connection, also anew", "[settings][MUST-13]")
{
	for (const bool compact : { false, true }) {
		Client h({ .compact_tw = compact });
		Own own(h);

		own.time_wait_ns = MS(10);
		own.give(h);
		RELEASE(h, 0);
		SEES(h, 0, "F. 1:1(0) ack 1");
		PEER(h, 0, "F. 1:1(0) ack 2");
		SEES(h, 0, ". 2:2(0) ack 2");
		PEER(h, MS(6), "F. 1:1(0) ack 2");
		SEES(h, MS(6), ". 2:2(0) ack 2");
		QUIET(h, MS(16) - 1);
		STATE(h, TIME_WAIT);
		QUIET(h, MS(16));
		STATE(h, CLOSED);
	}
}

TEST_CASE("settings: slow start after idle can be left out", "[settings]")
{
	for (const bool restart : { false, true }) {
		Client h;
		Own own(h);

		own.slow_start_after_idle = restart;
		own.give(h);
		h.conn.cc.cwnd_bytes = 30000;
		WRITE(h, SEC(100), 100);
		SEES(h, SEC(100), "P. 1(100) ack 1");
		CHECK(h.conn.cc.cwnd_bytes == (restart ? 10000u : 30000u));
		PEER(h, SEC(100), ". 1(0) ack 101");
	}
}

TEST_CASE("settings: keepalive's times follow a change of the namespace's", "[settings][MUST-27]")
{
	Client h;

	hrtcp_conn_set_keepalive(&h.conn, true, h.now());
	h.cfg.keepalive_time_ns = MS(10);
	hrtcp_conn_set_cfg(&h.conn, &h.cfg, h.now());
	h.settle();
	h.cfg.keepalive_intvl_ns = MS(3);
	h.cfg.keepalive_probes = 2;
	SEES(h, MS(10), ". 0(0) ack 1");
	SEES(h, MS(13), ". 0(0) ack 1");
	QUIET(h, MS(16));
	STATE(h, CLOSED);
}

TEST_CASE("defer accept: the handshake's ACK waits for data", "[settings][defer]")
{
	Host h;

	LISTEN(h, 0);
	h.listener->defer_ns = SEC(10);
	PEER(h, 0, "S 0:0(0)");
	SEES(h, 0, "S. 0:0(0) ack 1");
	PEER(h, MS(100), ". 1(0) ack 1");
	QUIET(h, SEC(5));
	CHECK(h.listener->n_accept == 0);
	STATE(h, SYN_RECEIVED);
	PEER(h, SEC(5), "P. 1(100) ack 1");
	STATE(h, ESTABLISHED);
	CHECK(h.received() == 100);
	SEES(h, SEC(5) + MS(40), ". 1(0) ack 101");
}

TEST_CASE("defer accept: after its time the SYN,ACK asks once more, and an ACK will do",
	  "[settings][defer]")
{
	Host h;

	LISTEN(h, 0);
	h.listener->defer_ns = SEC(10);
	PEER(h, 0, "S 0:0(0)");
	SEES(h, 0, "S. 0:0(0) ack 1");
	PEER(h, MS(100), ". 1(0) ack 1");
	SEES(h, SEC(10), "S. 0:0(0) ack 1");
	PEER(h, SEC(10) + MS(100), ". 1(0) ack 1");
	STATE(h, ESTABLISHED);
}

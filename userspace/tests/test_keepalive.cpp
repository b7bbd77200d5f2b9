// SPDX-License-Identifier: GPL-2.0
// test_keepalive.cpp -- keepalive (RFC 9293 3.8.4) and the user timeout (RFC 5482), true lengths.
#include "host.hpp"

TEST_CASE("keepalive: off unless asked for", "[MUST-25][MAY-5]")
{
	Client h;

	QUIET(h, SEC(100000));
	STATE(h, ESTABLISHED);
}

TEST_CASE("keepalive: two hours idle, then a probe every 75 s, nine without answer end it",
	  "[MUST-24][MUST-27][MUST-28][MUST-29][SHLD-12][MAY-5]")
{
	Client h;

	hrtcp_conn_set_keepalive(&h.conn, true, h.now());
	h.settle();
	for (u64 i = 0; i < 9; i++)
		SEES(h, SEC(7200 + 75 * i), ". 0(0) ack 1");
	QUIET(h, SEC(7200 + 75 * 9));
	STATE(h, CLOSED);
	ERR(h, ETIMEDOUT);
}

TEST_CASE("keepalive: turned off, nothing is sent any more, and turned on, again", "[MUST-24]")
{
	Client h;

	hrtcp_conn_set_keepalive(&h.conn, true, h.now());
	h.settle();
	SEES(h, SEC(7200), ". 0(0) ack 1");
	PEER(h, SEC(7200) + MS(10), ". 1(0) ack 1");
	hrtcp_conn_set_keepalive(&h.conn, false, h.now());
	h.settle();
	QUIET(h, SEC(100000));
	hrtcp_conn_set_keepalive(&h.conn, true, h.now());
	h.settle();
	SEES(h, SEC(100000) + 1, ". 0(0) ack 1");	// idle for long enough
}

TEST_CASE("keepalive: any answer begins the two hours anew", "[X-09][MUST-29][MUST-26]")
{
	Client h;

	hrtcp_conn_set_keepalive(&h.conn, true, h.now());
	h.settle();
	SEES(h, SEC(7200), ". 0(0) ack 1");
	PEER(h, SEC(7201), ". 1(0) ack 1");
	SEES(h, SEC(7201 + 7200), ". 0(0) ack 1");
	SEES(h, SEC(7201 + 7275), ". 0(0) ack 1");
	PEER(h, SEC(7201 + 7276), ". 1(0) ack 1");
	STATE(h, ESTABLISHED);
}

TEST_CASE("keepalive: an answer at once is an answer, however late the timer", "[MUST-29]")
{
	Client h;

	hrtcp_conn_set_keepalive(&h.conn, true, h.now());
	h.settle();
	SEES(h, SEC(7200), ". 0(0) ack 1");
	PEER(h, SEC(7200), ". 1(0) ack 1");
	SEES(h, SEC(7200 + 7200), ". 0(0) ack 1");
}

TEST_CASE("keepalive: not while data is outstanding", "[MUST-26]")
{
	Client h({ .tune = [](hrtcp_cfg &cfg) {
		cfg.keepalive_time_ns = SEC(1);
		cfg.rto_init_ns = SEC(10);
	} });

	hrtcp_conn_set_keepalive(&h.conn, true, h.now());
	WRITE(h, 0, 100);
	SEES(h, 0, "P. 1(100) ack 1");
	SEES(h, RTO, "P. 1(100) ack 1");
	SEES(h, RTO + 2 * RTO, "P. 1(100) ack 1");
	PEER(h, MS(1100), ". 1(0) ack 101");
	SEES(h, MS(2100), ". 100(0) ack 1");	// a second after the last segment came
}

TEST_CASE("keepalive: times of a connection", "[MUST-28][MUST-27]")
{
	Client h;
	hrtcp_cfg own = h.cfg;

	own.keepalive_time_ns = SEC(10);
	own.keepalive_intvl_ns = SEC(1);
	own.keepalive_probes = 2;
	hrtcp_conn_set_keepalive(&h.conn, true, h.now());
	hrtcp_conn_set_cfg(&h.conn, &own, h.now());
	h.settle();
	SEES(h, SEC(10), ". 0(0) ack 1");
	SEES(h, SEC(11), ". 0(0) ack 1");
	QUIET(h, SEC(12));
	STATE(h, CLOSED);
}

TEST_CASE("keepalive: the user timeout takes the place of the number of probes", "[X-01]")
{
	Client h({ .tune = [](hrtcp_cfg &cfg) {
		cfg.keepalive_time_ns = SEC(10);
		cfg.keepalive_intvl_ns = MS(10);
	} });

	hrtcp_conn_set_keepalive(&h.conn, true, h.now());
	hrtcp_conn_set_user_timeout(&h.conn, SEC(10) + MS(95));
	h.settle();
	for (u64 i = 0; i < 10; i++)
		SEES(h, SEC(10) + MS(10 * i), ". 0(0) ack 1");
	QUIET(h, SEC(10) + MS(100));
	STATE(h, CLOSED);
	ERR(h, ETIMEDOUT);
}

TEST_CASE("keepalive: the user timeout spares a peer that answers", "[MUST-29][X-01]")
{
	Client h;

	hrtcp_conn_set_keepalive(&h.conn, true, h.now());
	hrtcp_conn_set_user_timeout(&h.conn, SEC(1));
	h.settle();
	for (u64 i = 1; i < 5; i++) {
		SEES(h, SEC(7200) * i, ". 0(0) ack 1");
		PEER(h, SEC(7200) * i, ". 1(0) ack 1");
	}
	SEES(h, SEC(7200) * 5, ". 0(0) ack 1");
	QUIET(h, SEC(7200) * 5 + SEC(75));
	STATE(h, CLOSED);
}

TEST_CASE("X-01: user timeout", "[X-01][MUST-21][R9293-75]")
{
	Client h;

	hrtcp_conn_set_user_timeout(&h.conn, SEC(1));
	WRITE(h, 0, 100);
	SEES(h, 0, "P. 1(100) ack 1");
	SEES(h, RTO, "P. 1(100) ack 1");
	QUIET(h, SEC(1));
	STATE(h, CLOSED);
	ERR(h, ETIMEDOUT);
}

TEST_CASE("keepalive: asked for before the handshake, it begins after it", "[MUST-24]")
{
	Host h;

	hrtcp_conn_set_keepalive(&h.conn, true, h.now());
	OPEN(h, 0);
	SEES(h, 0, "S 0:0(0)");
	PEER(h, MS(100), "S. 0:0(0) ack 1");
	SEES(h, MS(100), ". 1:1(0) ack 1");
	SEES(h, SEC(7200) + MS(100), ". 0(0) ack 1");
}

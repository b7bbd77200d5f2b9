// SPDX-License-Identifier: GPL-2.0
// What is sent and when: segmentation, Nagle, silly windows, probes, super-segments, PSH.
#include "host.hpp"

// -- segments ----------------------------------------------------------------------------

TEST_CASE("poll_data: full segments, PSH on the last", "[SHLD-28][MUST-61][SHLD-27]")
{
	Client h;

	WRITE(h, 0, 3000);
	SEES(h, 0, ". 1:1001(1000) ack 1", ". 1001:2001(1000) ack 1", "P. 2001:3001(1000) ack 1");
}

TEST_CASE("poll_data: PSH empties the queue though nobody asked for it", "[MUST-60][MUST-61]")
{
	Client h;

	WRITE(h, 0, 500, 0, false);
	SEES(h, 0, "P. 1:501(500) ack 1");
}

TEST_CASE("poll_data: the initial window", "[R6928-01][R5681-01]")
{
	Client h;

	WRITE(h, 0, 30000);
	for (const auto &s : h.take_sent())
		CHECK(s.seg.len == 1000);
	CHECK(h.conn.snd.nxt.v == h.setup.iss + 1 + 10000);
}

TEST_CASE("poll_data: never beyond the peer's window", "[R5681-01][T-33]")
{
	Client h;

	PEER(h, 0, ". 1:1(0) ack 1 win 2500");
	WRITE(h, 0, 5000);
	SEES(h, 0, ". 1:1001(1000) ack 1", ". 1001:2001(1000) ack 1");
	PEER(h, MS(10), ". 1:1(0) ack 1001 win 2500");
	SEES(h, MS(10), ". 2001:3001(1000) ack 1");
}

TEST_CASE("poll_data: the short end of a write does not pass the window", "[R5681-01]")
{
	Client h;
	PEER(h, 0, ". 1:1(0) ack 1 win 500");
	WRITE(h, 0, 700);
	QUIET(h, RTO - 1);
	SEES(h, RTO, ". 1:501(500) ack 1");

	Client super({ .gso = 8000 });
	PEER(super, 0, ". 1:1(0) ack 1 win 1200");
	WRITE(super, 0, 1500);
	SEES(super, 0, ". 1:1001(1000) ack 1");
}

TEST_CASE("poll_data: timestamps take room from the payload", "[MUST-16]")
{
	Client h({ .ts = true });

	WRITE(h, 0, 2000);
	SEES(h, 0, ". 1:989(988) ack 1 <TS>", ". 989:1977(988) ack 1 <TS>",
	     "P. 1977:2001(24) ack 1 <TS>");
}

TEST_CASE("poll_data: data carries the ACK that was owed", "[MUST-58][R9293-53]")
{
	Client h;

	PEER(h, 0, ". 1:101(100) ack 1");
	WRITE(h, MS(10), 10);
	SEES(h, MS(10), "P. 1:11(10) ack 101");
	PEER(h, MS(20), ". 101:101(0) ack 11");
	QUIET(h, SEC(1));
}

TEST_CASE("poll_tx: total_retrans counts what is sent again", "[output]")
{
	Client h;

	WRITE(h, 0, 500);
	CLOSE(h, 0);
	SEES(h, 0, "P. 1:501(500) ack 1", "F. 501:501(0) ack 1");
	CHECK(h.conn.total_retrans == 0);
	SEES(h, RTO, "FP. 1:501(500) ack 1");
	CHECK(h.conn.total_retrans == 1);
}

// -- Nagle -------------------------------------------------------------------------------

TEST_CASE("Nagle: a short segment waits for a short one before it", "[SHLD-7][MAY-16][SHLD-27]")
{
	Client h;

	WRITE(h, 0, 100);
	SEES(h, 0, "P. 1:101(100) ack 1");
	WRITE(h, 0, 100);
	WRITE(h, 0, 100);
	QUIET(h, MS(100));
	PEER(h, MS(100), ". 1:1(0) ack 101");
	SEES(h, MS(100), "P. 101:301(200) ack 1");
}

TEST_CASE("Nagle: until a full segment is ready", "[SHLD-7]")
{
	Client h;

	WRITE(h, 0, 100);
	SEES(h, 0, "P. 1:101(100) ack 1");
	WRITE(h, 0, 600);
	QUIET(h, 0);
	WRITE(h, 0, 600);
	SEES(h, 0, ". 101:1101(1000) ack 1");
	PEER(h, MS(100), ". 1:1(0) ack 101");
	SEES(h, MS(100), "P. 1101:1301(200) ack 1");
}

TEST_CASE("Nagle: the short end of a long write does not wait (Minshall)", "[SHLD-7]")
{
	Client h;

	WRITE(h, 0, 1500);
	SEES(h, 0, ". 1:1001(1000) ack 1", "P. 1001:1501(500) ack 1");
	WRITE(h, 0, 100);
	PEER(h, MS(100), ". 1:1(0) ack 1001");
	QUIET(h, MS(100));
	PEER(h, MS(110), ". 1:1(0) ack 1501");
	SEES(h, MS(110), "P. 1501:1601(100) ack 1");
}

TEST_CASE("Nagle: off", "[MUST-17]")
{
	Client h;

	hrtcp_conn_set_nodelay(&h.conn, true);
	for (u32 i = 0; i < 3; i++) {
		WRITE(h, 0, 100);
		SEES(h, 0, "P. " + std::to_string(1 + 100 * i) + "(100) ack 1");
	}
	WRITE(h, 0, 100);
	SEES(h, 0, "P. 301:401(100) ack 1");
}

TEST_CASE("Nagle: turned off, what waits goes at once", "[MUST-17]")
{
	Client h;

	WRITE(h, 0, 100);
	SEES(h, 0, "P. 1:101(100) ack 1");
	WRITE(h, 0, 100);
	QUIET(h, MS(1));
	hrtcp_conn_set_nodelay(&h.conn, true);
	h.settle();
	SEES(h, MS(1), "P. 101:201(100) ack 1");
}

TEST_CASE("Nagle: does not hold a FIN", "[R9293-60]")
{
	Client h;

	WRITE(h, 0, 100);
	SEES(h, 0, "P. 1:101(100) ack 1");
	WRITE(h, 0, 100);
	CLOSE(h, 0);
	SEES(h, 0, "FP. 101:201(100) ack 1");
}

TEST_CASE("cork: full segments only, until it is pulled", "[output]")
{
	Client h;

	hrtcp_conn_set_cork(&h.conn, true);
	WRITE(h, 0, 400);
	QUIET(h, MS(50));
	WRITE(h, MS(50), 800);
	SEES(h, MS(50), ". 1:1001(1000) ack 1");
	PEER(h, MS(60), ". 1:1(0) ack 1001");
	QUIET(h, MS(100));
	hrtcp_conn_set_cork(&h.conn, false);
	h.settle();
	SEES(h, MS(100), "P. 1001:1201(200) ack 1");
}

TEST_CASE("cork: forgotten, it does not hold data for ever", "[MUST-60]")
{
	Client h;

	hrtcp_conn_set_cork(&h.conn, true);
	WRITE(h, 0, 400);
	QUIET(h, MS(100));
	SEES(h, RTO, "P. 1:401(400) ack 1");
}

TEST_CASE("silly window, cork: the override comes within 0.1 to 1 s", "[R9293-51]")
{
	for (const u64 rtt : { MS(1), MS(800) }) {
		Client h({ .rtt = rtt });
		CAPTURE(rtt);
		hrtcp_conn_set_cork(&h.conn, true);
		WRITE(h, 0, 400);
		QUIET(h, MS(100) - 1);
		REQUIRE(h.run(rtt == MS(1) ? MS(100) : SEC(1)) == "");
		CHECK(h.take_sent().size() == 1);
	}
}

// -- silly windows -----------------------------------------------------------------------

TEST_CASE("silly window: less than a segment and than half the largest waits",
	  "[MUST-38][R9293-51]")
{
	Client h;

	PEER(h, 0, ". 1:1(0) ack 1 win 500");
	WRITE(h, 0, 3000);
	QUIET(h, RTO - 1);
	SEES(h, RTO, ". 1:501(500) ack 1");		// the override timer
	PEER(h, RTO + MS(10), ". 1:1(0) ack 501 win 1000");
	SEES(h, RTO + MS(10), ". 501:1001(500) ack 1");
}

TEST_CASE("silly window: half the largest window is enough", "[R9293-51]")
{
	Client h({ .win = 1500 });

	WRITE(h, 0, 5000);
	SEES(h, 0, ". 1:1001(1000) ack 1");
	PEER(h, MS(10), ". 1:1(0) ack 1001 win 800");
	SEES(h, MS(10), ". 1001:1801(800) ack 1");
}

TEST_CASE("silly window: all that is queued fits", "[R9293-51]")
{
	Client h;

	PEER(h, 0, ". 1:1(0) ack 1 win 500");
	WRITE(h, 0, 300);
	SEES(h, 0, "P. 1:301(300) ack 1");
}

// -- shut and shrinking windows ------------------------------------------------------------

TEST_CASE("probe: the octet that was taken is not sent again", "[MUST-36]")
{
	Client h;

	PEER(h, 0, ". 1:1(0) ack 1 win 0");
	WRITE(h, 0, 10);
	SEES(h, RTO, ". 1:2(1) ack 1");
	PEER(h, RTO + 1, ". 1:1(0) ack 2 win 0");
	CHECK(hrtcp_conn_queued(&h.conn) == 9);
	SEES(h, 3 * RTO, ". 2:3(1) ack 1");
	PEER(h, 3 * RTO + 1, ". 1:1(0) ack 2 win 100");
	SEES(h, 3 * RTO + 1, "P. 2:11(9) ack 1");
}

TEST_CASE("probe: the only octet there is", "[MUST-36]")
{
	Client h;

	PEER(h, 0, ". 1:1(0) ack 1 win 0");
	WRITE(h, 0, 1);
	CLOSE(h, 0);
	SEES(h, RTO, ". 1:2(1) ack 1");
	PEER(h, RTO + 1, ". 1:1(0) ack 2 win 0");
	CHECK(h.buffers() == 0);
	SEES(h, 3 * RTO, ". 1:1(0) ack 1");	// the FIN is still behind the window
	PEER(h, 3 * RTO + 1, ". 1:1(0) ack 2 win 1");
	SEES(h, 3 * RTO + 1, "F. 2:2(0) ack 1");
}

TEST_CASE("probe: closing and aborting are still possible", "[R6429-01]")
{
	Client h;

	PEER(h, 0, ". 1:1(0) ack 1 win 0");
	WRITE(h, 0, 10);
	SEES(h, RTO, ". 1:2(1) ack 1");
	CLOSE(h, RTO);
	STATE(h, FIN_WAIT_1);
	ABORT(h, RTO);
	SEES(h, RTO, "R. 1:1(0) ack 1");
	QUIET(h, SEC(1000));
}

TEST_CASE("probe: an orphan does not wait for ever", "[R6429-01]")
{
	Client h;

	PEER(h, 0, ". 1:1(0) ack 1 win 0");
	WRITE(h, 0, 10);
	RELEASE(h, 0);
	u64 at = 0;
	for (u64 interval = RTO; at + interval < h.cfg.orphan_r2_ns; interval *= 2) {
		at += interval;
		SEES(h, at, ". 1:2(1) ack 1");
		PEER(h, at, ". 1:1(0) ack 1 win 0");
	}
	QUIET(h, at + h.cfg.rto_max_ns);
	STATE(h, CLOSED);
}

TEST_CASE("probe: an orphan's patience begins with its wait", "[R6429-01]")
{
	Client h;

	PEER(h, 0, ". 1:1(0) ack 1 win 0");
	RELEASE(h, SEC(3600));
	STATE(h, FIN_WAIT_1);
	SEES(h, SEC(3600) + RTO, ". 0:0(0) ack 1");
	STATE(h, FIN_WAIT_1);
	PEER(h, SEC(3600) + RTO, ". 1:1(0) ack 1 win 1");
	SEES(h, SEC(3600) + RTO, "F. 1:1(0) ack 1");
}

TEST_CASE("shrunk window: nothing new beyond it, the old goes again",
	  "[MUST-34][SHLD-15][SHLD-16]")
{
	Client h;

	WRITE(h, 0, 5000);
	h.start_clock();
	WRITE(h, 0, 3000);
	h.start_clock();
	PEER(h, MS(10), ". 1:1(0) ack 1001 win 1000");	// SND.NXT is far beyond
	QUIET(h, MS(10));
	WRITE(h, MS(10), 1000);
	const u64 rto = hrtcp_rtt_timeout(&h.conn.rtt, &h.cfg);
	SEES(h, MS(10) + rto, ". 1001:2001(1000) ack 1");
}

TEST_CASE("shrunk window: to zero, with data out, is probed by repeating",
	  "[MUST-35][SHLD-17][MUST-34][MAY-7]")
{
	Client h;

	WRITE(h, 0, 1000);
	SEES(h, 0, "P. 1:1001(1000) ack 1");
	PEER(h, MS(10), ". 1:1(0) ack 1 win 0");
	u64 at = 0, interval = RTO;
	for (int n = 0; n < 20; n++, interval = std::min(2 * interval, h.cfg.rto_max_ns)) {
		at += interval;
		CAPTURE(n, at);
		SEES(h, at, "P. 1:1001(1000) ack 1");
		PEER(h, at + MS(10), ". 1:1(0) ack 1 win 0");
	}
	CHECK(at > h.cfg.r2_ns);
	STATE(h, ESTABLISHED);
}

TEST_CASE("on_path: larger: a loss window of small segments takes a large one", "[MUST-16]")
{
	Client h;

	hrtcp_conn_on_path(&h.conn, 300, 300);
	WRITE(h, 0, 300);
	SEES(h, 0, "P. 1:301(300) ack 1");
	SEES(h, RTO, "P. 1:301(300) ack 1");
	REQUIRE(h.conn.cc.cwnd_bytes == 300);
	hrtcp_conn_on_path(&h.conn, 1000, 1000);
	CHECK(h.conn.cc.cwnd_bytes == 1000);
	CHECK(h.conn.cc.ssthresh_bytes == 2000);
	PEER(h, RTO + MS(100), ". 1:1(0) ack 301");
	WRITE(h, RTO + MS(100), 1000);
	SEES(h, RTO + MS(100), "P. 301:1301(1000) ack 1");
}

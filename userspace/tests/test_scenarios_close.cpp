// SPDX-License-Identifier: GPL-2.0
// Closing, of the scenarios in section 7 of the state table: two real ends and a wire of 10 ms.
#include "pair.hpp"

namespace {

// The end that closes first and the other, in either role.
struct Ends : Pair {
	explicit Ends(bool client_first, const Setup &s = {})
		: Pair(s), first(client_first ? client : server),
		  other(client_first ? server : client)
	{
		REQUIRE(connect() == "");
	}

	Host &first, &other;
};

bool is_fin(const hrtcp_seg &seg) { return seg.flags & HRTCP_FIN; }

} // namespace

TEST_CASE("T-14: four-segment close", "[T-14][T-15][R9293-61]")
{
	for (const bool client_first : { true, false }) {
		Ends e(client_first);
		CAPTURE(client_first);
		CLOSE(e.first, 0);
		STATE(e.first, FIN_WAIT_1);
		RUN(e, MS(10));
		STATE(e.other, CLOSE_WAIT);
		RUN(e, MS(60));
		STATE(e.first, FIN_WAIT_2);
		CLOSE(e.other, MS(60));
		STATE(e.other, LAST_ACK);
		RUN(e, MS(70));
		STATE(e.first, TIME_WAIT);
		RUN(e, MS(80));
		CHECK(e.other.conn.state == HRTCP_CLOSED);
		RUN(e, MS(70) + SEC(120) - 1);
		STATE(e.first, TIME_WAIT);
		RUN(e, MS(70) + SEC(120));
		CHECK(e.first.conn.state == HRTCP_CLOSED);
	}
}

TEST_CASE("T-14, T-15: its ladder, each FIN costs one number", "[T-14][T-15][R9293-14]")
{
	Ends e(true);

	CLOSE(e.client, 0);
	LADDER(e, MS(60), "C F. 1:1(0) ack 1", "S . 1:1(0) ack 2");
	CLOSE(e.server, MS(60));
	LADDER(e, SEC(1000), "S F. 1:1(0) ack 2", "C . 2:2(0) ack 2");
}

TEST_CASE("T-16: FIN with data, only the data acknowledged", "[T-16]")
{
	Client h;

	WRITE(h, 0, 60);
	SEES(h, 0, "P. 1:61(60) ack 1");
	WRITE(h, 0, 100);			// held by Nagle, so that the FIN rides on it
	CLOSE(h, 0);
	SEES(h, 0, "FP. 61:161(100) ack 1");
	PEER(h, MS(100), ". 1:1(0) ack 161");
	STATE(h, FIN_WAIT_1);
	const u64 rto = hrtcp_rtt_timeout(&h.conn.rtt, &h.cfg);
	SEES(h, MS(100) + rto, "F. 161:161(0) ack 1");
	PEER(h, MS(100) + rto, ". 1:1(0) ack 162");
	STATE(h, FIN_WAIT_2);
}

TEST_CASE("T-18: three-segment close", "[T-18][T-17]")
{
	for (const bool client_first : { true, false }) {
		Ends e(client_first);
		CAPTURE(client_first);
		CLOSE(e.first, 0);
		RUN(e, MS(20));			// before the delayed ACK is due
		STATE(e.other, CLOSE_WAIT);
		CLOSE(e.other, MS(20));
		STATE(e.other, LAST_ACK);
		if (client_first)
			LADDER(e, SEC(1), "C F. 1:1(0) ack 1", "S F. 1:1(0) ack 2",
			       "C . 2:2(0) ack 2");
		else
			LADDER(e, SEC(1), "S F. 1:1(0) ack 1", "C F. 1:1(0) ack 2",
			       "S . 2:2(0) ack 2");
		CHECK(e.other.conn.state == HRTCP_CLOSED);
		CAUSES(e.first, HRTCP_C_CLOSE, HRTCP_C_FIN_RCVD_ACKED);
	}
}

TEST_CASE("T-19: the ACK of a FIN goes out alone in time", "[T-19][MUST-40]")
{
	Ends e(true);

	CLOSE(e.client, 0);
	LADDER(e, MS(49), "C F. 1:1(0) ack 1");
	LADDER(e, SEC(1000), "S . 1:1(0) ack 2");	// the FIN was not repeated
	STATE(e.client, FIN_WAIT_2);
	STATE(e.server, CLOSE_WAIT);
}

TEST_CASE("T-20: half-close", "[T-20][R9293-61]")
{
	for (const bool client_first : { true, false }) {
		Ends e(client_first);
		CAPTURE(client_first);
		CLOSE(e.first, 0);
		RUN(e, SEC(1));
		for (u64 s = 1; s <= 20; s++) {
			WRITE(e.other, SEC(s), 3000);
			RUN(e, SEC(s + 1));
			READ(e.first, SEC(s + 1), 3000);
		}
		CHECK(e.first.received() == 60000);
		CHECK(hrtcp_conn_queued(&e.other.conn) == 0);
		WRITE(e.first, SEC(21), 1, -EPIPE);
		STATE(e.first, FIN_WAIT_2);
		CLOSE(e.other, SEC(21));
		RUN(e, SEC(22));
		STATE(e.first, TIME_WAIT);
		CHECK(hrtcp_conn_at_eof(&e.first.conn));
	}
}

TEST_CASE("T-21, T-22: half-closed for a day", "[T-21][T-22][R9293-61]")
{
	Ends e(true);

	CLOSE(e.client, 0);
	LADDER(e, SEC(86400), "C F. 1:1(0) ack 1", "S . 1:1(0) ack 2");
	STATE(e.client, FIN_WAIT_2);
	STATE(e.server, CLOSE_WAIT);
	CLOSE(e.server, SEC(86400));
	RUN(e, SEC(86401));
	STATE(e.client, TIME_WAIT);
}

TEST_CASE("T-23: simultaneous close", "[T-23][R9293-65]")
{
	Ends e(true);

	CLOSE(e.client, 0);
	CLOSE(e.server, 0);
	RUN(e, MS(10));
	STATE(e.client, CLOSING);
	STATE(e.server, CLOSING);
	LADDER(e, MS(20), "C F. 1:1(0) ack 1", "S F. 1:1(0) ack 1", "S . 2:2(0) ack 2",
	       "C . 2:2(0) ack 2");
	STATE(e.client, TIME_WAIT);
	STATE(e.server, TIME_WAIT);
	LADDER(e, MS(20) + SEC(120));
	CHECK(e.client.conn.state == HRTCP_CLOSED);
	CHECK(e.server.conn.state == HRTCP_CLOSED);
}

TEST_CASE("T-24: nearly simultaneous: only one end has TIME-WAIT", "[T-24]")
{
	Ends e(true);

	CLOSE(e.client, 0);
	RUN(e, MS(10));
	CLOSE(e.server, MS(10));
	RUN(e, MS(30));
	STATE(e.client, TIME_WAIT);
	CHECK(e.server.conn.state == HRTCP_CLOSED);
	CAUSES(e.server, HRTCP_C_FIN_RCVD, HRTCP_C_CLOSE, HRTCP_C_FIN_ACKED);
}

TEST_CASE("T-25: LAST-ACK repeats its FIN until it is acknowledged", "[T-25]")
{
	Ends e(true, { .compact_tw = true });

	e.fate = lose(3, [](bool from_client, const hrtcp_seg &seg) {
		return !from_client && is_fin(seg);
	});
	CLOSE(e.client, 0);
	RUN(e, MS(100));
	CLOSE(e.server, MS(100));
	RUN(e, MS(400));
	STATE(e.server, LAST_ACK);
	RUN(e, SEC(5));
	CHECK(e.server.conn.state == HRTCP_CLOSED);
	ERR(e.server, 0);
	STATE(e.client, TIME_WAIT);
}

TEST_CASE("T-26: last ACK lost", "[T-26][R9293-71]")
{
	for (const bool with_record : { true, false }) {
		Ends e(true, { .compact_tw = with_record });
		CAPTURE(with_record);
		CLOSE(e.client, 0);
		RUN(e, MS(100));
		e.fate = lose(2, [](bool from_client, const hrtcp_seg &) { return from_client; });
		CLOSE(e.server, MS(100));
		RUN(e, SEC(10));
		CHECK(e.server.conn.state == HRTCP_CLOSED);
		ERR(e.server, 0);
		STATE(e.client, TIME_WAIT);
		RUN(e, SEC(120) + MS(110));	// 2 MSL began anew with the last FIN
		STATE(e.client, TIME_WAIT);
		RUN(e, SEC(125));
		STATE(e.client, CLOSED);
	}
}

TEST_CASE("T-28: FIN after the end of TIME-WAIT", "[T-28][A-03][R9293-72]")
{
	Ends e(true, { .compact_tw = true, .tune = [](hrtcp_cfg &c) { c.time_wait_ns = MS(10); } });

	CLOSE(e.client, 0);
	RUN(e, MS(100));
	e.fate = lose(1, [](bool from_client, const hrtcp_seg &) { return from_client; });
	CLOSE(e.server, MS(100));
	RUN(e, SEC(10));
	CHECK(e.client.state() == HRTCP_CLOSED);
	CHECK(e.server.conn.state == HRTCP_CLOSED);
	CHECK(e.server.causes().back() == HRTCP_C_RST_RCVD);
	ERR(e.server, 0);
}

TEST_CASE("T-31: RST on a live connection", "[T-31][MUST-12]")
{
	for (const bool client_first : { true, false }) {
		Ends e(client_first);
		CAPTURE(client_first);
		WRITE(e.other, 0, 5000);
		RUN(e, MS(15));
		ABORT(e.first, MS(15));
		RUN(e, MS(30));
		CHECK(e.other.conn.state == HRTCP_CLOSED);
		ERR(e.other, ECONNRESET);
		CHECK((e.other.events() & HRTCP_EV_ERROR));
		CHECK(e.other.buffers() == 0);
	}
}

TEST_CASE("T-31: exact, in the window, outside", "[T-31][R5961-01][R5961-02][R5961-03]")
{
	Client h;

	PEER(h, 0, "R 0:0(0)");
	QUIET(h, 0);
	PEER(h, 0, "R 2:2(0)");
	SEES(h, 0, ". 1:1(0) ack 1");
	STATE(h, ESTABLISHED);
	PEER(h, 0, "R 1:1(0)");
	STATE(h, CLOSED);
	ERR(h, ECONNRESET);
}

TEST_CASE("T-31: release with unread data resets", "[T-31][SHLD-3]")
{
	Ends e(true);

	WRITE(e.server, 0, 100);
	RUN(e, MS(100));
	RELEASE(e.client, MS(100));
	LADDER(e, MS(200), "S P. 1:101(100) ack 1", "C . 1:1(0) ack 101", "C R. 1:1(0) ack 101");
	CHECK(e.server.conn.state == HRTCP_CLOSED);
	ERR(e.server, ECONNRESET);
}

TEST_CASE("T-31: data for a released end resets", "[T-31][SHLD-3]")
{
	Ends e(true);

	RELEASE(e.client, 0);
	RUN(e, MS(100));
	STATE(e.client, FIN_WAIT_2);
	WRITE(e.server, MS(100), 100);
	RUN(e, MS(200));
	CHECK(e.client.conn.state == HRTCP_CLOSED);
	CHECK(e.client.causes().back() == HRTCP_C_LATE_DATA);
	CHECK(e.server.conn.state == HRTCP_CLOSED);
	ERR(e.server, ECONNRESET);
}

TEST_CASE("T-33: pushed data is delivered at once, the window caps the peer", "[T-33]")
{
	Ends e(true, { .rcvbuf = 4000 });

	WRITE(e.client, 0, 10000);
	RUN(e, SEC(1));
	CHECK(e.server.unread() == 4000);
	READ(e.server, SEC(1), 4000);
	RUN(e, SEC(2));
	CHECK(e.server.received() == 8000);
	READ(e.server, SEC(2), 4000);
	RUN(e, SEC(3));
	CHECK(e.server.received() == 10000);
	CHECK((e.server.events() & HRTCP_EV_READABLE));
}

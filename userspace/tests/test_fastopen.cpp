// SPDX-License-Identifier: GPL-2.0
// TCP Fast Open, the client: RFC 7413 4.1.3 and 4.2.
#include "host.hpp"

namespace {

constexpr hrtcp_cookie cookie{ 8, { 1, 2, 3, 4, 5, 6, 7, 8 } };

constexpr hrtcp_fast_open with_cookie{ true, true, true, 1000, cookie };
constexpr hrtcp_fast_open asking{ true, false, true, 0, {} };
constexpr hrtcp_fast_open without_cookie{ true, true, false, 1000, {} };
constexpr hrtcp_fast_open barred{ true, false, false, 1000, cookie };

// In SYN-SENT, @len octets written, the SYN still held back.
struct Opening : Host {
	explicit Opening(const hrtcp_fast_open &fast, u32 len, Setup s = {}) : Host(tuned(s, fast))
	{
		OPEN(*this, 0);
		if (len)
			WRITE(*this, 0, len);
		QUIET(*this, 0);
	}

	static Setup tuned(Setup s, const hrtcp_fast_open &fast)
	{
		s.fast = fast;
		return s;
	}
};

} // namespace

TEST_CASE("Fast Open: a cookie is asked for with an empty option", "[R7413-04]")
{
	Opening h(asking, 100);

	CHECK(hrtcp_conn_syn_room(&h.conn) == 0);
	SEND_SYN(h, 0);
	SEES(h, 0, "S 0:0(0) <mss 1000,FO>");
	PEER(h, MS(10), "S. 0:0(0) ack 1 <mss 900,FO 0102030405060708>");
	SEES(h, MS(10), "P. 1:101(100) ack 1");
	EVENTS(h, HRTCP_EV_UP | HRTCP_EV_FAST);
	CHECK(h.conn.fast.outcome == HRTCP_FAST_GIVEN);
	CHECK(h.conn.fast.cookie.len == 8);
	CHECK(h.conn.snd.mss_peer == 900);
}

TEST_CASE("Fast Open: with a cookie data rides on the SYN and is acknowledged",
	  "[R7413-06][R9293-15]")
{
	Opening h(with_cookie, 100);

	SEND_SYN(h, 0);
	SEES(h, 0, "S 0(100) <mss 1000,FO 0102030405060708>");
	CHECK(h.conn.snd.nxt.v == h.setup.iss + 1);
	PEER(h, MS(10), "S. 0:0(0) ack 101");
	SEES(h, MS(10), ". 101:101(0) ack 1");
	STATE(h, ESTABLISHED);
	EVENTS(h, HRTCP_EV_UP | HRTCP_EV_FAST | HRTCP_EV_WRITABLE);
	CHECK(h.conn.fast.outcome == HRTCP_FAST_TAKEN);
	CHECK(h.conn.fast.taken);
	CHECK(h.buffers() == 0);
	WRITE(h, MS(20), 50);
	SEES(h, MS(20), "P. 101:151(50) ack 1");
}

TEST_CASE("Fast Open: what the SYN,ACK leaves out follows at once", "[R7413-06][R9293-15]")
{
	Opening h(with_cookie, 100);

	SEND_SYN(h, 0);
	SEES(h, 0, "S 0(100)");
	PEER(h, MS(10), "S. 0:0(0) ack 1");
	SEES(h, MS(10), "P. 1:101(100) ack 1");
	CHECK(h.conn.fast.outcome == HRTCP_FAST_REFUSED);
	CHECK_FALSE(h.conn.fast.taken);
	CHECK(h.conn.total_retrans == 0);
	QUIET(h, MS(10));

	Opening part(with_cookie, 100);
	SEND_SYN(part, 0);
	SEES(part, 0, "S 0(100)");
	PEER(part, MS(10), "S. 0:0(0) ack 41");
	SEES(part, MS(10), "P. 41:101(60) ack 1");
	CHECK(part.conn.fast.outcome == HRTCP_FAST_TAKEN);
}

TEST_CASE("Fast Open: a server that refuses may give a new cookie", "[R7413-06]")
{
	Opening h(with_cookie, 100);

	SEND_SYN(h, 0);
	SEES(h, 0, "S 0(100)");
	PEER(h, MS(10), "S. 0:0(0) ack 1 <mss 1000,FO aabbccdd>");
	SEES(h, MS(10), "P. 1:101(100) ack 1");
	CHECK(h.conn.fast.outcome == HRTCP_FAST_GIVEN);
	CHECK(h.conn.fast.cookie.len == 4);
}

TEST_CASE("Fast Open: the SYN carries no more than the cached MSS, else the default",
	  "[R7413-05]")
{
	Opening cached(with_cookie, 3000);
	CHECK(hrtcp_conn_syn_room(&cached.conn) == 960);	// 40 octets are for options
	SEND_SYN(cached, 0);
	SEES(cached, 0, "S 0(536)");				// what the first node has
	PEER(cached, MS(10), "S. 0:0(0) ack 537");
	SEES(cached, MS(10), ". 537:1073(536) ack 1", ". 1073:1609(536) ack 1",
	     ". 1609:2145(536) ack 1", ". 2145:2681(536) ack 1");
	PEER(cached, MS(20), ". 1:1(0) ack 2681");
	SEES(cached, MS(20), "P. 2681:3001(320) ack 1");	// Nagle

	hrtcp_fast_open fast = with_cookie;
	fast.mss = 0;
	Opening unknown(fast, 0);
	CHECK(hrtcp_conn_syn_room(&unknown.conn) == 496);
	fast.mss = 300;
	Opening small(fast, 1000);
	SEND_SYN(small, 0);
	SEES(small, 0, "S 0(260)");
	fast.mss = 9000;
	Opening large(fast, 0);
	CHECK(hrtcp_conn_syn_room(&large.conn) == 960);		// the path's
	SEND_SYN(large, 0);
	SEES(large, 0, "S 0:0(0)");
	CHECK(hrtcp_conn_syn_room(&large.conn) == 0);
}

TEST_CASE("Fast Open: by the user's wish data goes without a cookie", "[R7413-05]")
{
	Opening h(without_cookie, 100);

	SEND_SYN(h, 0);
	SEES(h, 0, "S 0(100) <mss 1000>");
	PEER(h, MS(10), "S. 0:0(0) ack 101 <mss 1000,FO aabbccdd>");
	SEES(h, MS(10), ". 101:101(0) ack 1");
	CHECK(h.conn.fast.outcome == HRTCP_FAST_TAKEN);		// it did not ask
	CHECK(h.conn.fast.cookie.len == 0);
}

TEST_CASE("Fast Open: a SYN without answer is repeated without data and option",
	  "[R7413-09][R7413-10]")
{
	Opening h(with_cookie, 100);

	SEND_SYN(h, 0);
	SEES(h, 0, "S 0(100) <mss 1000,FO 0102030405060708>");
	SEES(h, SEC(1), "S 0:0(0) <mss 1000>");
	EVENTS(h, HRTCP_EV_FAST | HRTCP_EV_REPATH);
	CHECK(h.conn.fast.outcome == HRTCP_FAST_LOST);
	SEES(h, SEC(3), "S 0:0(0) <mss 1000>");
	EVENTS(h, HRTCP_EV_REPATH);		// told once
	PEER(h, SEC(4), "S. 0:0(0) ack 1");
	SEES(h, SEC(4), "P. 1:101(100) ack 1");
	EVENTS(h, HRTCP_EV_UP);
	PEER(h, SEC(4), ". 1:1(0) ack 101");
}

TEST_CASE("Fast Open: a late answer to the SYN with data still counts", "[R7413-09]")
{
	Opening h(with_cookie, 100);

	SEND_SYN(h, 0);
	SEES(h, 0, "S 0(100)");
	SEES(h, SEC(1), "S 0:0(0)");
	PEER(h, SEC(2), "S. 0:0(0) ack 101");
	SEES(h, SEC(2), ". 101:101(0) ack 1");
	CHECK(h.conn.fast.taken);
	CHECK(h.conn.fast.outcome == HRTCP_FAST_TAKEN);
}

TEST_CASE("Fast Open: an acknowledgment of more than the SYN carried is reset", "[R9293-21]")
{
	Opening h(with_cookie, 100);

	SEND_SYN(h, 0);
	SEES(h, 0, "S 0(100)");
	PEER(h, MS(10), "S. 0:0(0) ack 102");
	SEES(h, MS(10), "R 102:102(0)");
	STATE(h, SYN_SENT);
}

TEST_CASE("Fast Open: a refusal, and an ICMP error, of the SYN with data", "[R7413-10]")
{
	Opening h(with_cookie, 100);
	SEND_SYN(h, 0);
	SEES(h, 0, "S 0(100)");
	PEER(h, MS(10), "R. 0:0(0) ack 101");
	STATE(h, CLOSED);
	ERR(h, ECONNREFUSED);

	Opening icmp(with_cookie, 100);
	SEND_SYN(icmp, 0);
	SEES(icmp, 0, "S 0(100)");
	hrtcp_conn_on_icmp(&icmp.conn, seq_of(icmp.setup.iss), EHOSTUNREACH, true, icmp.now());
	icmp.settle();
	STATE(icmp, CLOSED);
	CHECK(icmp.conn.fast.outcome == HRTCP_FAST_LOST);
}

TEST_CASE("Fast Open: data on the SYN,ACK is taken", "[R7413-07]")
{
	Opening h(with_cookie, 100);

	SEND_SYN(h, 0);
	SEES(h, 0, "S 0(100)");
	PEER(h, MS(10), "S. 0(50) ack 101");
	CHECK(h.unread() == 50);
	SEES(h, MS(10), ". 101:101(0) ack 51");
}

TEST_CASE("Fast Open: a simultaneous open", "[MUST-10][R7413-06]")
{
	Opening h(with_cookie, 100);

	SEND_SYN(h, 0);
	SEES(h, 0, "S 0(100)");
	PEER(h, MS(10), "S 0(50) <mss 1000,FO 0102030405060708>");
	SEES(h, MS(10), "S. 0:0(0) ack 1 <mss 1000>");	// a client's cookie is no server's
	STATE(h, SYN_RECEIVED);
	CHECK(h.unread() == 0);
	PEER(h, MS(20), "S. 0:0(0) ack 101");
	STATE(h, ESTABLISHED);
	CHECK(h.unread() == 50);
	SEES(h, MS(20), ". 101:101(0) ack 51");
	CHECK(h.conn.fast.taken);
}

TEST_CASE("Fast Open: until the SYN leaves nothing does, and nothing is armed", "[R7413-01]")
{
	Opening h(with_cookie, 100);

	QUIET(h, SEC(1000));
	CHECK(h.next_wake() == HRTCP_NEVER);
	SEND_SYN(h, SEC(1000));
	SEES(h, SEC(1000), "S 0(100)");
	SEES(h, SEC(1001), "S 0:0(0)");
	PEER(h, SEC(1001), "S. 0:0(0) ack 101");
	SEES(h, SEC(1001), ". 101:101(0) ack 1");

	Opening closed(with_cookie, 100);
	CLOSE(closed, SEC(1));
	STATE(closed, CLOSED);
}

TEST_CASE("Fast Open: a long cookie takes the place of the hrTCP option", "[R7413-02]")
{
	hrtcp_fast_open fast = with_cookie;
	fast.cookie.len = 16;
	Opening h(fast, 0, { .sack = true, .ts = true, .hr = true, .wscale = 0 });

	SEND_SYN(h, 0);
	REQUIRE(hrtcp_conn_check(&h.conn) == nullptr);
	SEES(h, 0, "S 0:0(0) <mss 1000,sackOK,TS val 6000000 ecr 0,wscale 0,"
		   "FO 01020304050607080000000000000000>");
}

TEST_CASE("Fast Open: cookies of odd, short or long length are ignored", "[R7413-02]")
{
	for (u8 len = 0; len <= 20; len++) {
		u8 octets[60] = {};
		hrtcp_seg seg{};
		const bool good = !len || (len >= 4 && len <= 16 && len % 2 == 0);
		octets[12] = 15 << 4;
		octets[13] = HRTCP_SYN;
		octets[20] = 34;
		octets[21] = static_cast<u8>(2 + len);
		for (u8 i = 0; i < len; i++)
			octets[22 + i] = static_cast<u8>(i + 1);
		REQUIRE(hrtcp_wire_parse(octets, 60, 60, &seg) == HRTCP_DROP_NONE);
		CHECK(!!(seg.opt.present & HRTCP_OPT_FAST) == good);
		if (good)
			CHECK(seg.opt.fast.len == len);
		if (good && len)
			CHECK(seg.opt.fast.octets[len - 1] == len);
		octets[13] = HRTCP_ACK;			// nor without a SYN
		REQUIRE(hrtcp_wire_parse(octets, 60, 60, &seg) == HRTCP_DROP_NONE);
		CHECK_FALSE(seg.opt.present & HRTCP_OPT_FAST);
	}
}

TEST_CASE("Fast Open: the assigned kind goes alone", "[R7413-02][R6994-03]")
{
	Opening h(with_cookie, 0);
	u8 octets[HRTCP_HDR_MAX];

	SEND_SYN(h, 0);
	const auto sent = h.take_sent();
	REQUIRE(sent.size() == 1);
	const u32 len = hrtcp_wire_build(octets, 1, 2, &sent[0].seg);
	REQUIRE(len == 20 + 4 + 12);
	const u8 want[] = { 1, 1, 34, 10, 1, 2, 3, 4, 5, 6, 7, 8 };
	CHECK(!memcmp(octets + 24, want, sizeof(want)));
}

// -- what is remembered --------------------------------------------------------------------

TEST_CASE("fast_entry: what the user does not ask for is off", "[R7413-01]")
{
	hrtcp_cfg cfg = hrtcp_cfg_default;
	hrtcp_fast_entry entry{ cookie, 1000, 0, 0 };
	hrtcp_fast_open open;

	CHECK(cfg.fastopen == HRTCP_FAST_CLIENT);	// servers are off, clients ask a call at a time
	cfg.fastopen = 0;
	hrtcp_fast_entry_use(&entry, &cfg, true, SEC(1), &open);
	CHECK_FALSE((open.on || open.data || open.option));
}

TEST_CASE("fast_entry: asks first, then shows the cookie with the MSS", "[R7413-04][R7413-05]")
{
	hrtcp_cfg cfg = hrtcp_cfg_default;
	hrtcp_fast_open open;

	hrtcp_fast_entry_use(nullptr, &cfg, false, SEC(1), &open);
	CHECK((open.on && open.option && !open.data && !open.cookie.len));

	Opening h(asking, 0);
	SEND_SYN(h, 0);
	SEES(h, 0, "S 0:0(0)");
	PEER(h, MS(10), "S. 0:0(0) ack 1 <mss 900,FO 0102030405060708>");
	SEES(h, MS(10), ". 1:1(0) ack 1");
	hrtcp_fast_entry entry{ {}, 0, 3, SEC(5) };
	hrtcp_fast_entry_learn(&entry, &h.conn, h.now());
	hrtcp_fast_entry_use(&entry, &cfg, false, SEC(1), &open);
	CHECK((open.on && open.option && open.data));
	CHECK(open.mss == 900);
	CHECK(open.cookie.len == 8);
	CHECK(!memcmp(open.cookie.octets, cookie.octets, 8));
	CHECK(entry.failures == 0);
}

TEST_CASE("fast_entry: data without a cookie, by the administrator or by the user", "[R7413-05]")
{
	hrtcp_cfg cfg = hrtcp_cfg_default;
	hrtcp_fast_open open;

	hrtcp_fast_entry_use(nullptr, &cfg, true, SEC(1), &open);
	CHECK((open.data && !open.option));
	cfg.fastopen |= HRTCP_FAST_NO_COOKIE;
	hrtcp_fast_entry_use(nullptr, &cfg, false, SEC(1), &open);
	CHECK((open.data && !open.option));
}

TEST_CASE("fast_entry: a second failure bars the path for a time, doubled each time", "[R7413-10]")
{
	hrtcp_cfg cfg = hrtcp_cfg_default;
	hrtcp_fast_entry entry{ cookie, 1000, 0, 0 };
	hrtcp_fast_open open;
	hrtcp_conn conn{};

	hrtcp_conn_init(&conn, &cfg);
	conn.fast.outcome = HRTCP_FAST_LOST;
	hrtcp_fast_entry_learn(&entry, &conn, SEC(10));
	hrtcp_fast_entry_use(&entry, &cfg, false, SEC(10), &open);
	CHECK((open.on && open.data && open.option));
	for (const u8 outcome : { HRTCP_FAST_LOST, HRTCP_FAST_REFUSED }) {
		const u64 now = SEC(10), hours = entry.failures;
		conn.fast.outcome = outcome;
		hrtcp_fast_entry_learn(&entry, &conn, now);
		hrtcp_fast_entry_use(&entry, &cfg, false, now + hours * SEC(3600) - 1, &open);
		CHECK((open.on && !open.data && !open.option));
		hrtcp_fast_entry_use(&entry, &cfg, false, now + hours * SEC(3600), &open);
		CHECK((open.on && open.data && open.option));
	}
	entry.failures = 255;
	hrtcp_fast_entry_learn(&entry, &conn, 0);
	CHECK(entry.until_ns == 64 * SEC(3600));
	conn.fast.outcome = HRTCP_FAST_TAKEN;
	hrtcp_fast_entry_learn(&entry, &conn, 0);
	CHECK(entry.until_ns == 0);
}

TEST_CASE("Fast Open: on a barred path the SYN is a plain one", "[R7413-10]")
{
	Opening h(barred, 100);

	SEND_SYN(h, 0);
	SEES(h, 0, "S 0:0(0) <mss 1000>");
	PEER(h, MS(10), "S. 0:0(0) ack 1");
	SEES(h, MS(10), "P. 1:101(100) ack 1");
	EVENTS(h, HRTCP_EV_UP);
}

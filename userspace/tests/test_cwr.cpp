// SPDX-License-Identifier: GPL-2.0
// test_cwr.cpp -- the round trip after a congestion mark (RFC 3168 6.1.2): PRR brings the window
// down (RFC 9937), and what becomes of a loss, a timeout or a change of algorithm meanwhile.
#include "host.hpp"

namespace {

constexpr u32 whole = 10000, flight = 9000;	// octets at the mark: the window, and what is out

template <const hrtcp_cc_ops *ops, bool abe> void tune(hrtcp_cfg &cfg)
{
	cfg.ecn = HRTCP_ECN_ASK;
	cfg.cc = ops;
	cfg.ecn_abe = abe;
}

constexpr auto reno = tune<&hrtcp_cc_reno, false>, mild = tune<&hrtcp_cc_reno, true>;

// Ten segments of @octets are out, then the first is acknowledged and its ACK tells of a mark.
struct Marked : Host {
	explicit Marked(void (*tune)(hrtcp_cfg &) = reno, bool sack = true, u32 octets = 40000)
		: Host({ .sack = sack, .tune = tune })
	{
		REQUIRE(open(0) == "");
		take_sent();
		REQUIRE(peer(setup.rtt, "S.E 0:0(0) ack 1") == "");
		take_sent();
		start_clock();
		if (cfg.ecn_abe)
			conn.cc.ssthresh_bytes = whole;	// in congestion avoidance
		REQUIRE(write(0, octets) == "");
		REQUIRE(take_sent().size() == 10);
		REQUIRE(peer(MS(100), ".E 1:1(0) ack 1001") == "");
	}
	~Marked()
	{
		take_sent();
		start_clock();
	}

	// The segments that an ACK lets go.
	size_t ack(u32 nr, const std::string &sack = "", u64 t = MS(100))
	{
		REQUIRE(peer(t, ". 1:1(0) ack " + std::to_string(nr) +
			     (sack.empty() ? "" : " <sack " + sack + ">")) == "");
		return take_sent().size();
	}

	u32 cwnd() const { return conn.cc.cwnd_bytes; }
	u32 ssthresh() const { return conn.cc.ssthresh_bytes; }
	u8 phase() const { return conn.recovery.state; }
};

} // namespace

TEST_CASE("CWR: the window comes down over a round trip, in which data goes on leaving",
	  "[R9937-07][R3168-07]")
{
	for (const bool sack : { true, false }) {
		Marked h(reno, sack);
		CAPTURE(sack);

		CHECK(h.phase() == HRTCP_R_CWR);
		CHECK(h.ssthresh() == flight / 2);
		const auto first = h.take_sent();
		REQUIRE(first.size() == 1);
		CHECK(first[0].seg.flags & HRTCP_CWR);
		std::vector<size_t> sent;
		for (u32 nr = 2001; nr <= 9001; nr += 1000) {
			sent.push_back(h.ack(nr));
			CHECK(h.cwnd() >= flight / 2);
			CHECK(h.phase() == HRTCP_R_CWR);
		}
		CHECK(sent == std::vector<size_t>{ 0, 0, 0, 1, 0, 1, 0, 0 });	// 0.45 of each
		CHECK(h.cwnd() == flight / 2);
		CHECK(h.ack(10001) == 1);
		CHECK(h.phase() == HRTCP_R_OPEN);
		CHECK(h.cwnd() == flight / 2);
	}
}

TEST_CASE("CWR: with ACKs for many segments each", "[R9937-07]")
{
	Marked h;

	CHECK(h.take_sent().size() == 1);
	CHECK(h.ack(5001) == 1);
	CHECK(h.cwnd() == 7250);			// 6000 are out, 0.45 of 5000 less 1000 may go
	CHECK(h.ack(9001) == 1);
	CHECK(h.cwnd() == 4500);
}

TEST_CASE("CWR: below its end the window is used up at once", "[R9937-07]")
{
	Marked h(reno, true, 10000);

	CHECK(h.ack(7001) == 0);			// there is no more
	CHECK(h.cwnd() == flight / 2);
	CHECK(h.phase() == HRTCP_R_CWR);
	WRITE(h, MS(101), 10000);
	CHECK(h.take_sent().size() == 1);		// three are out
}

TEST_CASE("CWR: a window that was not in use is cut at once", "[R9937-07]")
{
	Marked h(tune<&hrtcp_cc_cubic, false>, true, 10000);

	h.ack(10001);
	REQUIRE(h.cwnd() == 7000);
	WRITE(h, MS(101), 3000);
	h.take_sent();
	PEER(h, MS(200), ".E 1:1(0) ack 11001");
	CHECK(h.phase() == HRTCP_R_CWR);
	CHECK(h.cwnd() == 4900);
}

TEST_CASE("CWR: with nothing in flight there is no round trip to wait", "[R9937-07]")
{
	Marked h(reno, true, 10000);

	h.ack(10001);
	WRITE(h, MS(110), 1000);
	h.take_sent();
	PEER(h, MS(210), ".E 1:1(0) ack 11001");
	CHECK(h.phase() == HRTCP_R_OPEN);
	CHECK(h.cwnd() == 2000);
}

TEST_CASE("CWR: the last ACK of the window says nothing new, whatever it echoes",
	  "[R3168-07][R9937-07]")
{
	Marked h;

	h.take_sent();
	PEER(h, MS(101), ".E 1:1(0) ack 10001");	// CWR comes behind this
	CHECK(h.phase() == HRTCP_R_OPEN);
	CHECK(h.cwnd() == flight / 2);
	h.take_sent();
	PEER(h, MS(102), ".E 1:1(0) ack 11001");
	CHECK(h.phase() == HRTCP_R_CWR);
	CHECK(h.ssthresh() < flight / 2);
}

TEST_CASE("CWR: a loss in it lowers the window no more than once", "[R3168-07][R9937-07]")
{
	for (const bool sack : { true, false })
		for (u32 una : { 2001u, 4001u, 8001u }) {
			Marked h(reno, sack);
			CAPTURE(sack, una);

			for (u32 nr = 2001; nr <= una; nr += 1000)
				h.ack(nr);
			CHECK(h.cwnd() < whole);
			const std::string from = std::to_string(una + 1000) + ":";
			for (u32 i = 1; i <= 3; i++)
				h.ack(una, sack ? from + std::to_string(una + 1000 * (i + 1)) : "");
			CHECK(h.conn.recovery.fast_recoveries == 1);
			CHECK(h.phase() == HRTCP_R_RECOVERY);
			CHECK(h.ssthresh() == flight / 2);
		}
}

TEST_CASE("CWR: a loss in it is answered as one, where a mark takes less", "[R3168-07][R8511-01]")
{
	for (const bool is_cubic : { false, true }) {
		Marked h(is_cubic ? tune<&hrtcp_cc_cubic, true> : mild);
		CAPTURE(is_cubic);

		CHECK(h.ssthresh() == (is_cubic ? whole / 100 * 85 : flight / 10 * 8));
		h.ack(2001);
		h.ack(2001, "3001:6001");
		CHECK(h.phase() == HRTCP_R_RECOVERY);
		CHECK(h.ssthresh() == (is_cubic ? whole / 10 * 7 : flight / 2));
	}
}

TEST_CASE("CWR: a loss in it that was none leaves what the mark asked for", "[R4015-01]")
{
	for (const bool timeout : { false, true }) {
		Marked h(mild);
		CAPTURE(timeout);

		h.take_sent();
		h.ack(2001);
		if (timeout) {
			while (!h.conn.recovery.timeouts)
				h.tick(h.next_wake());
		} else {
			h.ack(2001, "3001:6001");
		}
		CHECK(h.ssthresh() == flight / 2);
		h.take_sent();
		h.ack(6001, "", h.script_time());	// more than went again
		h.ack(11001, timeout ? "" : "2001:3001", h.script_time() + MS(1));
		CHECK(h.conn.recovery.undos == 1);
		CHECK(h.ssthresh() == flight / 10 * 8);
		CHECK(h.cwnd() >= flight / 10 * 8);
		CHECK((timeout || h.cwnd() <= flight / 10 * 8 + 1000));	// and not the window before
	}
}

TEST_CASE("CWR: a timeout in it lowers ssthresh no more than once", "[R3168-07][R5681-09]")
{
	Marked h;

	h.take_sent();
	for (u32 nr = 2001; nr <= 7001; nr += 1000)
		h.ack(nr);
	while (!h.conn.recovery.timeouts)
		h.tick(h.next_wake());
	CHECK(h.phase() == HRTCP_R_LOSS);
	CHECK(h.ssthresh() == flight / 2);
	CHECK(h.cwnd() == 1000);
}

TEST_CASE("CWR: its tail is probed, and what a probe repairs is answered once",
	  "[R8985-08][R3168-07]")
{
	Marked h(reno, true, 10000);

	h.ack(8001);
	CHECK(h.phase() == HRTCP_R_CWR);
	REQUIRE(hrtcp_timer_armed(&h.conn.timers, HRTCP_T_PROBE));
	h.tick(h.conn.timers.at_ns[HRTCP_T_PROBE]);
	REQUIRE(h.take_sent().size() == 1);		// 9001 again
	WRITE(h, h.script_time(), 1000);
	h.take_sent();
	h.ack(11001, "", h.script_time() + MS(10));	// no D-SACK: it was lost
	CHECK(h.ssthresh() == flight / 2);
	CHECK(h.cwnd() >= flight / 2);
	CHECK(h.phase() == HRTCP_R_OPEN);
}

TEST_CASE("CWR: without SACK, duplicates that announce no loss let as much go", "[R9937-07]")
{
	Marked h(reno, false);
	std::vector<size_t> sent;

	h.take_sent();
	for (const u32 nr : { 1001, 1001, 4001, 5001, 6001, 7001, 8001, 9001 })
		sent.push_back(h.ack(nr));		// two of the first three had been told of
	CHECK_FALSE(hrtcp_timer_armed(&h.conn.timers, HRTCP_T_REORDER));
	CHECK(sent == std::vector<size_t>{ 0, 0, 0, 1, 0, 1, 0, 0 });
	CHECK(h.cwnd() == flight / 2);
	CHECK(h.conn.recovery.fast_recoveries == 0);
}

TEST_CASE("CWR: none where the response is in proportion to the marks", "[R9937-07][R8257-02]")
{
	Marked h(tune<&hrtcp_cc_dctcp, false>);

	CHECK(h.phase() == HRTCP_R_OPEN);
	CHECK(h.cwnd() == h.ssthresh());
	CHECK(h.cwnd() < whole * 6 / 10);		// alpha is about 1 at first
}

TEST_CASE("CWR: another algorithm begins where it would have ended", "[R9937-07]")
{
	for (const hrtcp_cc_ops *ops : { &hrtcp_cc_cubic, &hrtcp_cc_bbr }) {
		Marked h;
		CAPTURE(ops->name);

		hrtcp_conn_set_cc(&h.conn, ops);
		CHECK(h.phase() == HRTCP_R_OPEN);
		CHECK(h.ssthresh() == flight / 2);
		CHECK(h.cwnd() == flight / 2);
	}
}

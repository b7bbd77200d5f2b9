// SPDX-License-Identifier: GPL-2.0
// test_metrics.cpp -- what one connection learns and the next begins with, RFC 9040.
#include "host.hpp"

namespace {

constexpr u64 HOUR = SEC(3600);

// A client that begins with @m, its SYN answered after @rtt.
struct Next : Host {
	Next(const hrtcp_metrics &m, u64 rtt, const Setup &setup = {}) : Host(setup)
	{
		OPEN(*this, 0);
		hrtcp_metrics_give(&conn, &m, now());
		before = conn.rtt.rto_ns;
		SEES(*this, 0, "S 0:0(0)");
		PEER(*this, rtt, "S. 0:0(0) ack 1");
		SEES(*this, rtt, ". 1:1(0) ack 1");
	}
	u64 before;			// the SYN's timeout
};

hrtcp_metrics known(u64 taken_ns)
{
	return { .taken_ns = taken_ns, .srtt_ns = MS(200), .rttvar_ns = MS(30),
		 .delack_ns = MS(80), .ssthresh_bytes = 40000, .reordering = true };
}

void save_ssthresh(hrtcp_cfg &c)
{
	c.ssthresh_save = true;
}

// Ten segments are sent, and a timeout finds the first of them lost.
struct Lossy : Client {
	Lossy() : Client(Setup{ .sack = true })
	{
		WRITE(*this, 0, 10000);
		take_sent();
		while (!conn.recovery.timeouts) {
			tick(next_wake());
			take_sent();
		}
		PEER(*this, script_time(), ". 1:1(0) ack 10001");
		take_sent();
	}
};

} // namespace

TEST_CASE("metrics: nothing is learned without a sample")
{
	hrtcp_metrics m{};
	Host h;

	OPEN(h, 0);
	hrtcp_metrics_take(&h.conn, &m, h.now());
	CHECK(m.taken_ns == 0);
	h.take_sent();
}

TEST_CASE("metrics: of a connection without loss: its round trip, no threshold")
{
	hrtcp_metrics m{};
	Client h;

	hrtcp_metrics_take(&h.conn, &m, h.now());
	CHECK(m.taken_ns == h.now());
	CHECK(m.srtt_ns == h.conn.rtt.srtt_ns);
	CHECK(m.rttvar_ns == h.conn.rtt.rttvar_ns);
	CHECK(m.delack_ns == 0);
	CHECK(m.ssthresh_bytes == 0);
	CHECK_FALSE(m.reordering);
}

TEST_CASE("metrics: longer times are believed at once, shorter ones bit by bit")
{
	Client h;
	hrtcp_metrics m = known(h.now());

	m.srtt_ns = MS(20);
	m.rttvar_ns = MS(200);
	hrtcp_metrics_take(&h.conn, &m, h.now());
	CHECK(m.srtt_ns == MS(100));
	CHECK(m.rttvar_ns == MS(200) - MS(150) / 4);
}

TEST_CASE("metrics: what is an hour old counts no more, neither to take nor to give")
{
	Client h;
	hrtcp_metrics m = known(h.now() - HOUR);
	const hrtcp_metrics old = known(SEC(1000) - HOUR);
	Next next(old, MS(100));

	hrtcp_metrics_take(&h.conn, &m, h.now());
	CHECK(m.srtt_ns == MS(100));
	CHECK_FALSE(m.reordering);
	CHECK(m.ssthresh_bytes == 0);
	CHECK(next.conn.rtt.rto_ns == RTO);
	CHECK_FALSE(next.conn.rack.reordering);
}

TEST_CASE("metrics: a connection that ended in silence tells no round trip")
{
	Client h;
	hrtcp_metrics m = known(h.now());

	WRITE(h, 0, 100);
	h.take_sent();
	h.tick(h.next_wake());
	h.take_sent();
	REQUIRE(h.conn.rtt.backoff == 1);
	hrtcp_metrics_take(&h.conn, &m, h.now());
	CHECK(m.srtt_ns == 0);
	CHECK(m.rttvar_ns == 0);
	CHECK(m.reordering);
}

TEST_CASE("metrics: a loss sets the threshold, the next one counts half")
{
	Lossy h;
	hrtcp_metrics m{};

	REQUIRE(h.conn.cc.ssthresh_bytes != ~0u);
	hrtcp_metrics_take(&h.conn, &m, h.now());
	const u32 seen = std::max(h.conn.cc.ssthresh_bytes, h.conn.cc.cwnd_bytes / 2);
	CHECK(m.ssthresh_bytes == seen);
	m.ssthresh_bytes = 100000;
	hrtcp_metrics_take(&h.conn, &m, h.now());
	CHECK(m.ssthresh_bytes == 50000 + seen / 2);
}

TEST_CASE("metrics: half a window without a loss raises the threshold, and sets none")
{
	Client h;
	hrtcp_metrics m = known(h.now());

	m.ssthresh_bytes = 2000;
	hrtcp_metrics_take(&h.conn, &m, h.now());
	CHECK(m.ssthresh_bytes == h.conn.cc.cwnd_bytes / 2);
	m.ssthresh_bytes = 100000;
	hrtcp_metrics_take(&h.conn, &m, h.now());
	CHECK(m.ssthresh_bytes == 100000);
}

TEST_CASE("metrics: a SYN waits as ever, data at least as long as it would have", "[R6298-01]")
{
	Next h(known(SEC(1000)), MS(100));

	CHECK(h.before == SEC(1));
	CHECK(h.conn.rtt.srtt_ns == MS(100));
	CHECK(h.conn.rtt.rto_ns == MS(200 + 4 * 30 + 80));
	CHECK(h.conn.rack.reordering);
	CHECK(h.conn.cc.ssthresh_bytes == ~0u);	// not wanted unless asked for
}

TEST_CASE("metrics: a timeout that is longer by itself stays")
{
	Next h(known(SEC(1000)), MS(300));

	CHECK(h.conn.rtt.rttvar_ns == MS(150));
	CHECK(h.conn.rtt.rto_ns == MS(300 + 4 * 150 + 80));
}

TEST_CASE("metrics: a known ACK delay is not shortened by what the peer tells")
{
	Next h(known(SEC(1000)), MS(100), { .hr = true });

	CHECK(h.conn.rtt.peer_delack_ns == MS(80));
}

TEST_CASE("metrics: the threshold doubles every ten minutes, and leaves the initial window")
{
	struct { u64 age_s; u32 known, begins; } const rows[] = {
		{ 0, 40000, 40000 }, { 599, 40000, 40000 }, { 600, 40000, 80000 },
		{ 1800, 40000, 320000 }, { 0, 2000, 10000 }, { 3599, ~0u / 2, ~0u },
	};

	for (const auto &row : rows) {
		hrtcp_metrics m = known(SEC(10000) - SEC(row.age_s));
		Host h({ .tune = save_ssthresh }, SEC(10000));

		m.ssthresh_bytes = row.known;
		OPEN(h, 0);
		hrtcp_metrics_give(&h.conn, &m, h.now());
		h.take_sent();
		PEER(h, 0, "S. 0:0(0) ack 1");
		h.take_sent();
		CHECK(h.conn.cc.ssthresh_bytes == row.begins);
	}
}

TEST_CASE("metrics: slow start ends where it is known to")
{
	hrtcp_metrics m = known(SEC(1000));
	m.ssthresh_bytes = 12000;
	Next h(m, MS(100), { .tune = save_ssthresh });

	WRITE(h, h.script_time(), 200000);
	for (int round = 0; round < 3; round++) {
		const int sent = seq_diff(h.conn.snd.nxt, h.conn.snd.iss);

		h.take_sent();
		PEER(h, h.script_time() + MS(100), ". 1:1(0) ack " + std::to_string(sent));
	}
	CHECK(h.conn.cc.cwnd_bytes >= 12000);
	CHECK(h.conn.cc.cwnd_bytes <= 16000);	// slow start would have got to 80000
	h.take_sent();
}

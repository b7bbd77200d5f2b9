// SPDX-License-Identifier: GPL-2.0
// test_undo.cpp -- responses to losses that were none: what undoing them restores, what forbids
// it, and the order in which RACK sees deliveries. Where a change of one line went unnoticed.
#include "host.hpp"

namespace {

// Round trips of 100 ms, RTO 340 ms, no probes of the tail.
void without_probes(hrtcp_cfg &cfg)
{
	cfg.tlp = false;
}

constexpr Setup with_sack{ .sack = true, .tune = without_probes };
constexpr Setup with_ts{ .mss = 1012, .sack = true, .ts = true, .tune = without_probes };

// Ten segments of 1000 are out.
struct Sending : Client {
	explicit Sending(const Setup &s, u32 octets = 10000) : Client(s)
	{
		WRITE(*this, 0, octets);
		auto sent = take_sent();
		REQUIRE(sent.size() == std::min<u32>(octets / 1000, 10));
		first = sent.front().seg.opt.tsval;
	}

	// What leaves up to the @n-th timeout.
	void time_out(u32 n = 1)
	{
		while (conn.recovery.timeouts < n)
			tick(next_wake());
		take_sent();
	}

	// An ACK that echoes @tsecr, now.
	void ack(u32 nr, u32 tsecr, const std::string &more = "")
	{
		PEER(*this, script_time(), ". 1:1(0) ack " + std::to_string(nr) + " <TS val " +
		     std::to_string(peer_tsval()) + " ecr " + std::to_string(tsecr) + more + ">");
	}

	void finish()
	{
		take_sent();
		ABORT(*this, script_time());
		take_sent();
	}

	u32 ssthresh() const { return conn.cc.ssthresh_bytes; }
	u32 undos() const { return conn.recovery.undos; }

	u32 first;			// TSval of the first flight
};

} // namespace

// -- what is restored --------------------------------------------------------------------

TEST_CASE("undo: a FIN that was out is not sent again", "[R4015-01]")
{
	Client h(with_ts);

	WRITE(h, 0, 3000);
	CLOSE(h, 0);
	const auto sent = h.take_sent();
	REQUIRE(sent.size() >= 3);
	const std::string first = std::to_string(sent.front().seg.opt.tsval);
	while (!h.conn.recovery.timeouts)
		h.tick(h.next_wake());
	REQUIRE(h.take_sent().size() == 1);
	PEER(h, h.script_time(), ". 1:1(0) ack 1001 <TS val 5000 ecr " + first + ">");
	REQUIRE(h.conn.recovery.undos == 1);
	CHECK_FALSE(h.conn.snd.fin_lost);
	QUIET(h, h.script_time() + MS(50));
	PEER(h, h.script_time(), ". 1:1(0) ack 3002 <TS val 5001 ecr " + first + ">");
	STATE(h, FIN_WAIT_2);
}

TEST_CASE("undo: nothing is left that could leave in spite of cwnd", "[R4015-01]")
{
	Sending h(with_ts);

	hrtcp_conn_set_blocked(&h.conn, true);	// the timeout's segment cannot leave
	while (!h.conn.recovery.timeouts)
		h.tick(h.next_wake());
	REQUIRE(h.take_sent().empty());
	REQUIRE(h.conn.snd.force);
	h.ack(3001, h.first);
	REQUIRE(h.undos() == 1);
	CHECK_FALSE(h.conn.snd.force);
	h.finish();
}

TEST_CASE("undo: goes back before the first of several timeouts", "[R4015-01][R5681-08]")
{
	Sending h(with_ts);
	const u32 ssthresh = h.ssthresh();

	h.time_out(3);
	CHECK(h.ssthresh() == 5000);
	CHECK(h.conn.rtt.backoff == 3);
	h.ack(3001, h.first);
	CHECK(h.undos() == 1);
	CHECK(h.ssthresh() == ssthresh);
	CHECK(h.conn.rtt.backoff == 0);		// the sample says how slow the path is
	CHECK(h.conn.rtt.rto_ns > 2 * RTO);
	h.finish();
}

TEST_CASE("undo: not because a window probe came twice", "[R3708-01]")
{
	Client h(with_sack);

	WRITE(h, 0, 1);
	SEES(h, 0, "P. 1:2(1) ack 1");
	SEES(h, RTO, "P. 1:2(1) ack 1");
	PEER(h, RTO + MS(100), ". 1:1(0) ack 2 win 0");
	const u32 ssthresh = h.conn.cc.ssthresh_bytes;
	WRITE(h, RTO + MS(100), 1000);
	for (int probes = 0; probes < 2; h.tick(h.next_wake()))
		probes += !h.take_sent().empty();
	h.take_sent();
	PEER(h, h.script_time(), ". 1:1(0) ack 3 win 0 <sack 2:3>");
	CHECK(h.conn.recovery.undos == 0);
	CHECK(h.conn.cc.ssthresh_bytes == ssthresh);
	ABORT(h, h.script_time());
	h.take_sent();
}

TEST_CASE("undo: a timeout after progress is a loss of its own", "[R5681-08]")
{
	Sending h(with_ts);

	h.time_out();
	CHECK(h.ssthresh() == 5000);
	h.ack(1001, h.last_tsval());
	REQUIRE(h.undos() == 0);
	h.time_out(2);
	CHECK(h.ssthresh() == 2000);
	h.finish();
}

TEST_CASE("undo: once a response", "[R4015-01]")
{
	Sending h(with_ts, 20000);

	h.time_out();
	h.ack(2001, h.first);
	REQUIRE(h.undos() == 1);
	h.take_sent();
	h.conn.cc.ssthresh_bytes = 4000;
	h.ack(3001, h.last_tsval(), ",sack 1:1001");	// the repetition arrived, too
	CHECK(h.undos() == 1);
	CHECK(h.ssthresh() == 4000);
	h.finish();
}

TEST_CASE("undo: only after a spurious timeout is the next sample taken with caution",
	  "[R4015-01]")
{
	Sending h(with_sack);

	PEER(h, MS(100), ". 1(0) ack 1 <sack 1001:4001>");
	REQUIRE(h.take_sent().size() == 1);
	PEER(h, MS(110), ". 1(0) ack 4001 <sack 1:1001>");
	REQUIRE(h.undos() == 1);
	CHECK_FALSE(h.conn.rtt.cautious);
	h.finish();

	Sending slow(with_sack);
	slow.time_out();
	PEER(slow, slow.script_time(), ". 1(0) ack 2001");
	REQUIRE(slow.undos() == 1);
	CHECK(slow.conn.rtt.cautious);
	slow.finish();
}

// -- what forbids it ---------------------------------------------------------------------

TEST_CASE("F-RTO: an ACK of all there was says nothing", "[R5682-02]")
{
	Sending h(with_sack, 3000);

	h.time_out();
	PEER(h, h.script_time(), ". 1(0) ack 3001");
	CHECK(h.undos() == 0);
	CHECK(h.conn.recovery.state == HRTCP_R_OPEN);
	CHECK(h.ssthresh() == 2000);
}

TEST_CASE("F-RTO: nor does one after a duplicate", "[R5682-02]")
{
	Sending h(with_sack);

	h.time_out();
	PEER(h, h.script_time(), ". 1(0) ack 1 <sack 3001:4001>");
	h.take_sent();
	PEER(h, h.script_time(), ". 1(0) ack 4001");
	CHECK(h.undos() == 0);
	CHECK(h.conn.recovery.state == HRTCP_R_LOSS);
	h.finish();
}

TEST_CASE("F-RTO: nor what is SACKed, which may have been so before the timeout", "[R5682-02]")
{
	Sending h(with_sack);

	h.time_out();
	PEER(h, h.script_time(), ". 1(0) ack 1001 <sack 3001:4001>");	// answers what went again
	CHECK(h.undos() == 0);
	CHECK(h.conn.recovery.state == HRTCP_R_LOSS);
	h.finish();
}

TEST_CASE("undo: a D-SACK that an ACK says again, or a third copy, is no second duplicate", "[R3708-01]")
{
	Sending h(with_sack, 6000);

	PEER(h, MS(100), ". 1(0) ack 1 <sack 1001:2001 3001:6001>");	// two are lost
	while (h.conn.txq.lost_bytes)
		h.tick(h.next_wake());
	REQUIRE(h.take_sent().size() == 2);
	PEER(h, MS(400), ". 1(0) ack 6001");
	PEER(h, MS(401), ". 1(0) ack 6001 <sack 1:1001>");
	PEER(h, MS(402), ". 1(0) ack 6001 <sack 1:1001>");
	CHECK(h.undos() == 0);
	PEER(h, MS(403), ". 1(0) ack 6001 <sack 2001:3001>");
	CHECK(h.undos() == 1);
	h.finish();
}

TEST_CASE("Eifel: a timeout in recovery has real losses before it", "[R3522-01]")
{
	Sending h(with_ts);

	h.run(MS(50));
	h.ack(1, h.first, ",sack 1001:4001");
	REQUIRE(h.conn.recovery.state == HRTCP_R_RECOVERY);
	REQUIRE(h.take_sent().size() >= 1);
	h.ack(4001, h.last_tsval(), ",sack 5001:6001");
	REQUIRE(h.conn.recovery.state == HRTCP_R_RECOVERY);
	h.time_out();
	h.ack(7001, h.first);
	CHECK(h.undos() == 0);
	h.finish();
}

// Two segments, the last of which is probed for before all is acknowledged.
static void probe_tail(Host &h)
{
	WRITE(h, 0, 2000);
	h.take_sent();
	while (!h.conn.tlp.probes)
		h.tick(h.next_wake());
	h.take_sent();
	PEER(h, MS(300), ". 1(0) ack 2001");
}

TEST_CASE("TLP: a repaired loss is not undone by a later probe that was needless", "[R8985-10]")
{
	Client h({ .sack = true });

	probe_tail(h);
	WRITE(h, MS(310), 2000);
	h.take_sent();
	PEER(h, MS(410), ". 1(0) ack 3001");	// the probe had repaired a loss
	const u32 ssthresh = h.conn.cc.ssthresh_bytes;
	REQUIRE(ssthresh < 10000);
	PEER(h, MS(420), ". 1(0) ack 4001");
	h.conn.cc.cwnd_bytes = 10000;
	WRITE(h, MS(500), 2000);
	REQUIRE(h.take_sent().size() == 2);
	while (h.conn.tlp.probes == 1)
		h.tick(h.next_wake());
	h.take_sent();
	PEER(h, h.script_time() + MS(50), ". 1(0) ack 6001 <sack 5001:6001>");
	CHECK(h.conn.recovery.undos == 0);
	CHECK(h.conn.cc.ssthresh_bytes == ssthresh);
}

TEST_CASE("D-SACK: what was sent again is remembered for half of the numbers' turn", "[R3708-01]")
{
	hrtcp_cfg cfg = hrtcp_cfg_default;
	hrtcp_conn conn{};
	hrtcp_txnode node{};
	hrtcp_recovery &rec = conn.recovery;
	const auto again = [&](u32 seq) {
		node.seq = seq_of(seq);
		node.end = seq_of(seq + 1000);
		node.sends = 2;
		hrtcp_recovery_on_sent(&conn, &node);
	};

	hrtcp_conn_init(&conn, &cfg);
	again(5000);
	CHECK(rec.again_lo.v == 5000);
	CHECK(rec.again_hi.v == 6000);
	again(5000 + (1u << 30));
	CHECK(rec.again_lo.v == 5000);
	again(5001 + (1u << 30));		// too long ago
	CHECK(rec.again_lo.v == 5001 + (1u << 30));
	CHECK(rec.again_hi.v == 6001 + (1u << 30));
}

// -- the order of deliveries, RFC 8985 6.2 -----------------------------------------------

namespace {

struct Delivery {
	hrtcp_cfg cfg = hrtcp_cfg_default;
	hrtcp_conn conn{};
	hrtcp_ack ack{};

	Delivery() { hrtcp_conn_init(&conn, &cfg); }

	// A segment [@start, @start + 1000) that was sent at @sent_ns arrives.
	void operator()(u64 now_ns, u64 sent_ns, u32 start, bool once = true)
	{
		hrtcp_delivered d{};
		d.now_ns = now_ns;
		d.sent_ns = sent_ns;
		d.bytes = 1000;
		d.end = d.highest = seq_of(start + 1000);
		d.once = once;
		d.lowest = seq_of(start);
		hrtcp_rack_on_delivered(&conn, &d, &ack);
	}
};

} // namespace

TEST_CASE("RACK: what was sent last counts, not what arrived last", "[R8985-02]")
{
	Delivery arrives;
	const hrtcp_rack &rack = arrives.conn.rack;

	arrives(MS(140), MS(40), 4000);
	CHECK(rack.newest.at_ns == MS(40));
	CHECK(rack.rtt_ns == MS(100));
	arrives(MS(141), MS(20), 8000);		// sent before it
	CHECK(rack.newest.at_ns == MS(40));
	CHECK(rack.newest.end.v == 5000);
	CHECK(rack.rtt_ns == MS(100));
	arrives(MS(142), MS(40), 3000);		// sent with it, but before
	CHECK(rack.newest.end.v == 5000);
	CHECK(rack.rtt_ns == MS(100));
	arrives(MS(143), MS(40), 5000);
	CHECK(rack.newest.end.v == 6000);
	CHECK(rack.rtt_ns == MS(103));
	arrives(MS(144), MS(41), 1000);
	CHECK(rack.newest.at_ns == MS(41));
	CHECK(rack.newest.end.v == 2000);
}

TEST_CASE("RACK: the highest delivered stays, whatever arrives again below it", "[R8985-03]")
{
	Delivery arrives;
	const hrtcp_rack &rack = arrives.conn.rack;

	arrives(MS(100), MS(1), 8000);
	arrives(MS(200), MS(101), 1000, false);	// a repetition is no sign of reordering
	CHECK(rack.fack.v == 9000);
	CHECK_FALSE(rack.reordering);
	arrives(MS(201), MS(1), 3000);
	CHECK(rack.reordering);
}

TEST_CASE("RACK: D-SACKs of one round trip widen the window once", "[R8985-05]")
{
	Sending h(with_sack);

	PEER(h, MS(100), ". 1(0) ack 1001 <sack 1:1001>");
	CHECK(h.conn.rack.window_mult == 2);
	PEER(h, MS(101), ". 1(0) ack 2001 <sack 1:1001>");
	PEER(h, MS(102), ". 1(0) ack 9001 <sack 1:1001>");
	CHECK(h.conn.rack.window_mult == 2);
	PEER(h, MS(103), ". 1(0) ack 10001 <sack 1:1001>");
	CHECK(h.conn.rack.window_mult == 3);
}

TEST_CASE("TLP: a bare duplicate of its ACK says that it came twice, one with SACK does not",
	  "[R8985-10]")
{
	const auto answered = [](const char *duplicate) {
		Client h({ .sack = true });
		const u32 ssthresh = h.conn.cc.ssthresh_bytes;

		probe_tail(h);
		WRITE(h, MS(310), 3000);
		h.take_sent();
		PEER(h, MS(310), duplicate);
		PEER(h, MS(311), ". 1(0) ack 5001");
		return h.conn.cc.ssthresh_bytes < ssthresh;
	};

	CHECK(answered(". 1(0) ack 2001 <sack 3001:4001>"));
	CHECK_FALSE(answered(". 1(0) ack 2001"));
}

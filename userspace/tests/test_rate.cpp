// SPDX-License-Identifier: GPL-2.0
// test_rate.cpp -- delivery rate samples, draft-ietf-ccwg-bbr 4.1, as an algorithm is told them.
// Round trips of the handshake are 100 ms; what leaves at one time is one epoch.
#include "host.hpp"

namespace {

// An algorithm that holds still and notes what it is told.
std::vector<hrtcp_sample> samples;
std::vector<hrtcp_lost> losses;

constexpr u32 cwnd = 10000;

hrtcp_cc_ops make_witness()
{
	hrtcp_cc_ops ops{};

	strcpy(ops.name, "witness");
	ops.init = [](hrtcp_conn *conn) { conn->cc.cwnd_bytes = cwnd; };
	ops.on_loss = [](hrtcp_conn *conn, hrtcp_loss, u64) { return conn->cc.ssthresh_bytes; };
	ops.on_marked_lost = [](hrtcp_conn *, const hrtcp_lost *lost) { losses.push_back(*lost); };
	ops.control = [](hrtcp_conn *conn, const hrtcp_ack *ack) {
		conn->cc.cwnd_bytes = cwnd;
		samples.push_back(ack->sample);
	};
	return ops;
}

const hrtcp_cc_ops witness = make_witness();

const Setup watched{ .sack = true, .tune = [](hrtcp_cfg &cfg) { cfg.cc = &witness; } };

struct Sampled : Client {
	Sampled() : Client(watched)
	{
		samples.clear();
		losses.clear();
	}

	// @n segments of 1000 octets at @t.
	void send(u64 t, u32 n)
	{
		WRITE(*this, t, n * 1000);
		REQUIRE(take_sent().size() == n);
	}

	// The sample of the ACK @line at @t, which lets nothing go.
	hrtcp_sample ack(u64 t, const std::string &line)
	{
		samples.clear();
		PEER(*this, t, line);
		QUIET(*this, t);
		REQUIRE(samples.size() == 1);
		return samples[0];
	}
};

// No connection around it: nodes of 1000 octets leave and are SACKed one by one.
struct Bare {
	hrtcp_cfg cfg = hrtcp_cfg_default;
	hrtcp_conn conn{};
	hrtcp_txnode nodes[64]{};

	Bare()
	{
		hrtcp_conn_init(&conn, &cfg);
		conn.cc.ops = &witness;
		conn.rtt.srtt_ns = MS(100);
	}

	void send(u32 i, u64 now_ns)
	{
		hrtcp_txnode &node = nodes[i];
		node.seq = seq_of(i * 1000);
		node.end = seq_of(i * 1000 + 1000);
		hrtcp_txq_append(&conn.txq, &node);
		hrtcp_rate_before_sent(&conn, &node, now_ns);
		hrtcp_txq_sent(&conn.txq, &node, 1000, now_ns);
		hrtcp_rate_after_sent(&conn, &node);
	}

	hrtcp_sample sack(u32 i, u64 now_ns)
	{
		hrtcp_delivered d{};
		hrtcp_sample sample{};
		d.now_ns = now_ns;
		d.echo_end_ns = HRTCP_NEVER;
		hrtcp_txq_sack(&conn.txq, nodes[i].seq, nodes[i].end, &d);
		hrtcp_rate_on_delivered(&conn, &d, &sample);
		return sample;
	}
};

} // namespace

TEST_CASE("rate: what was sent at once counts by the time of its ACKs")
{
	Sampled h;

	h.send(0, 4);
	const auto first = h.ack(MS(100), ". 1(0) ack 2001");
	CHECK(first.delivered_bytes == 2000);
	CHECK(first.interval_ns == MS(100));
	CHECK(first.prior_delivered == 0);
	CHECK(first.rtt_ns == MS(100));
	CHECK(first.lost_bytes == 0);
	const auto second = h.ack(MS(180), ". 1(0) ack 4001");
	CHECK(second.delivered_bytes == 4000);		// since the flight began
	CHECK(second.interval_ns == MS(180));
	CHECK(second.rtt_ns == MS(180));
}

TEST_CASE("rate: ACKs that come faster than the data left count by the sending")
{
	Sampled h;

	for (u64 t = 0; t < 8; t++)
		h.send(MS(20 * t), 1);
	CHECK(h.ack(MS(150), ". 1(0) ack 1001").interval_ns == MS(150));
	const auto sample = h.ack(MS(151), ". 1(0) ack 8001");	// the last left at 140
	CHECK(sample.delivered_bytes == 8000);
	CHECK(sample.interval_ns == MS(151));

	for (u64 t = 0; t < 8; t++)
		h.send(MS(200 + 20 * t), 1);
	h.ack(MS(345), ". 1(0) ack 9001");		// the first_sent of those to come is 200 ...
	h.send(MS(346), 1);				// ... and of this one
	CHECK(h.ack(MS(347), ". 1(0) ack 16001").interval_ns == MS(147));
	const auto packed = h.ack(MS(450), ". 1(0) ack 17001");
	CHECK(packed.interval_ns == MS(146));		// sent over 146 ms, acknowledged over 105
	CHECK(packed.delivered_bytes == 8000);
	CHECK(packed.prior_delivered == 9000);
}

TEST_CASE("rate: less than a round trip can take is no rate, but is delivered")
{
	Sampled h;

	h.send(0, 3);
	h.ack(MS(100), ". 1(0) ack 1001");
	h.conn.rtt.min_ns = MS(150);
	const auto sample = h.ack(MS(120), ". 1(0) ack 1001 <sack 2001:3001>");
	CHECK(sample.interval_ns == 0);
	CHECK(sample.delivered_bytes == 2000);
	CHECK(h.conn.rate.told_ns == MS(100));		// the user keeps the one before
	CHECK(h.conn.rate.told_bytes == 1000);
	PEER(h, MS(121), ". 1(0) ack 3001");
}

TEST_CASE("rate: an ACK that delivers nothing gives no sample")
{
	Sampled h;

	h.send(0, 3);
	for (const char *line : { ". 1(0) ack 1", ". 1(0) ack 1 win 60000",
				  ". 1(0) ack 1 <sack 5001:6001>" })
		CHECK(h.ack(MS(99), line).delivered_bytes == 0);
	const auto fresh = h.ack(MS(100), ". 1(0) ack 1 <sack 1001:2001>");
	CHECK(fresh.delivered_bytes == 1000);
	CHECK(h.ack(MS(101), ". 1(0) ack 1 <sack 1001:2001>").delivered_bytes == 0);
	CHECK(h.conn.rate.delivered == 1000);
	PEER(h, MS(110), ". 1(0) ack 3001");
	CHECK(h.conn.rate.delivered == 3000);		// each octet once
}

TEST_CASE("rate: what went twice has no round trip, and counts from its last sending")
{
	Sampled h;

	h.send(0, 4);
	PEER(h, MS(100), ". 1(0) ack 1 <sack 1001:4001>");
	SEES(h, MS(100), ". 1(1000) ack 1");
	REQUIRE(losses.size() == 1);
	CHECK(losses[0].bytes == 1000);
	CHECK(losses[0].lost_bytes == 1000);
	CHECK(losses[0].flight_bytes == 1000);		// sent first of four
	const auto sample = h.ack(MS(200), ". 1(0) ack 4001");
	CHECK(sample.rtt_ns == 0);
	CHECK(sample.prior_delivered == 3000);
	CHECK(sample.delivered_bytes == 1000);
	CHECK(sample.interval_ns == MS(100));
	CHECK(sample.lost_bytes == 0);			// since it left the second time
}

TEST_CASE("rate: an ACK of a repetition too early to be one proves nothing of the path")
{
	Sampled h;

	h.send(0, 4);
	PEER(h, MS(100), ". 1(0) ack 1 <sack 1001:4001>");
	SEES(h, MS(100), ". 1(1000) ack 1");
	const auto sample = h.ack(MS(105), ". 1(0) ack 4001");	// the first one came late
	CHECK(sample.delivered_bytes == 0);
	CHECK(h.conn.rate.delivered == 4000);
}

TEST_CASE("rate: losses while a segment was on its way are told with it")
{
	Sampled h;

	h.send(0, 5);
	h.send(MS(50), 1);
	PEER(h, MS(100), ". 1(0) ack 1 <sack 2001:5001>");
	SEES(h, MS(100), ". 1(1000) ack 1", ". 1001(1000) ack 1");
	REQUIRE(losses.size() == 2);
	CHECK(h.conn.txq.lost_total == 2000);
}

TEST_CASE("rate: the flight noted is the one at the sending")
{
	Sampled h;

	h.send(0, 3);
	h.send(MS(10), 2);
	CHECK(h.ack(MS(100), ". 1(0) ack 1001").flight_bytes == 1000);
	CHECK(h.ack(MS(100), ". 1(0) ack 3001").flight_bytes == 3000);
	CHECK(h.ack(MS(110), ". 1(0) ack 5001").flight_bytes == 5000);
}

TEST_CASE("rate: a flight in sixteen bits is exact when small and never more than said")
{
	hrtcp_txnode node{};

	for (u32 bytes = 0; bytes < 1u << 30; bytes += bytes / 7 + 1) {
		hrtcp_txnode_set_flight(&node, bytes);
		const u32 noted = hrtcp_txnode_flight(&node);
		REQUIRE(noted <= bytes);
		REQUIRE(bytes - noted <= bytes / 1000);
	}
}

// -- app-limited -------------------------------------------------------------------------

TEST_CASE("rate: what leaves after the sender ran dry is application-limited until that is over")
{
	Sampled h;

	h.send(0, 2);				// nothing was before it
	CHECK(h.ack(MS(100), ". 1(0) ack 2001").app_limited);
	WRITE(h, MS(100), 20000);		// dry at the writing, for the first ten
	REQUIRE(h.take_sent().size() == 10);
	PEER(h, MS(200), ". 1(0) ack 8001");	// and six more leave, with data behind them
	REQUIRE(samples.back().app_limited);
	REQUIRE(h.take_sent().size() == 6);
	PEER(h, MS(201), ". 1(0) ack 12001");
	REQUIRE(h.take_sent().size() == 4);
	CHECK(samples.back().app_limited);
	PEER(h, MS(300), ". 1(0) ack 18001");
	CHECK_FALSE(samples.back().app_limited);
	CHECK(samples.back().delivered_bytes == 10000);
}

TEST_CASE("rate: full windows are not application-limited, nor what is lost or held up")
{
	Sampled h;
	const auto limited = [&] {
		h.conn.rate.app_limited = 0;
		hrtcp_rate_check_app_limited(&h.conn);
		return h.conn.rate.app_limited > 0;
	};

	CHECK(limited());
	CHECK(h.conn.rate.app_limited == 1);	// 0 would say that it is not
	h.send(0, 9);
	CHECK(limited());
	CHECK(h.conn.rate.app_limited == 9000);
	h.send(0, 1);
	CHECK_FALSE(limited());			// cwnd is full
	WRITE(h, 0, 3000);
	PEER(h, MS(100), ". 1(0) ack 1001 win 9000");
	QUIET(h, MS(100));
	CHECK_FALSE(limited());			// the peer's window is
	h.conn.snd.blocked = true;
	CHECK_FALSE(limited());
	h.conn.snd.blocked = false;
	PEER(h, MS(101), ". 1(0) ack 10001");
	CHECK(h.take_sent().size() == 3);
	PEER(h, MS(102), ". 1(0) ack 13001");
	CHECK(limited());
	WRITE(h, MS(103), 300);
	REQUIRE(h.take_sent().size() == 1);
	WRITE(h, MS(103), 300);			// Nagle holds it
	QUIET(h, MS(103));
	CHECK(limited());			// less than a segment waits
}

TEST_CASE("rate: an algorithm may say that it holds back what there is")
{
	Sampled h;

	WRITE(h, 0, 30000);
	REQUIRE(h.take_sent().size() == 10);
	PEER(h, MS(100), ". 1(0) ack 10001");
	REQUIRE(h.take_sent().size() == 10);
	REQUIRE(h.conn.rate.app_limited == 0);
	hrtcp_rate_mark_app_limited(&h.conn);
	CHECK(h.conn.rate.app_limited == 20000);
	PEER(h, MS(200), ". 1(0) ack 20001");
	CHECK_FALSE(samples.back().app_limited);
	REQUIRE(h.take_sent().size() == 10);
	PEER(h, MS(300), ". 1(0) ack 30001");
	CHECK(samples.back().app_limited);
}

// -- epochs ------------------------------------------------------------------------------

TEST_CASE("rate: epochs are an eighth of a round trip apart, and no more than the ring holds")
{
	Bare b;

	b.send(0, MS(1));
	b.send(1, MS(1));
	CHECK(b.nodes[1].epoch == b.nodes[0].epoch);
	b.sack(1, MS(101));
	b.send(2, MS(102));			// a tenth of a round trip after the last epoch began
	CHECK(b.nodes[2].epoch == b.nodes[0].epoch + 1);
	b.sack(2, MS(110));
	b.send(3, MS(114));
	CHECK(b.nodes[3].epoch == b.nodes[2].epoch);	// 12 ms after it: too soon
	b.send(4, MS(115));
	CHECK(b.nodes[4].epoch == b.nodes[2].epoch + 1);
	b.send(5, MS(200));
	CHECK(b.nodes[5].epoch == b.nodes[4].epoch);	// nothing new to note
	for (u32 i = 6; i < 40; i++) {			// the first node stays out
		b.sack(i - 1, MS(50) * i);
		b.send(i, MS(50) * i + MS(20));
	}
	CHECK(b.conn.rate.id == static_cast<u16>(b.nodes[0].epoch + HRTCP_EPOCHS - 1));
	CHECK(b.sack(0, MS(3000)).prior_delivered == 0);
}

TEST_CASE("rate: a unit whose epoch has left the ring gives no sample, but is counted")
{
	Bare b;

	b.send(0, MS(1));
	hrtcp_txq_mark_all_lost(&b.conn.txq);		// nothing in flight: a new beginning ...
	for (u32 i = 1; i <= HRTCP_EPOCHS; i++) {
		b.send(i, MS(100) * i);
		b.sack(i, MS(100) * i + MS(99));	// ... each time
	}
	CHECK(b.conn.rate.id == b.nodes[0].epoch + HRTCP_EPOCHS);
	const auto sample = b.sack(0, SEC(5));		// it was not lost, after all
	CHECK(sample.delivered_bytes == 0);
	CHECK(sample.interval_ns == 0);
	CHECK(b.conn.rate.delivered == 17000);
	b.send(20, SEC(5));
	CHECK(b.sack(20, SEC(6)).delivered_bytes == 1000);
}

TEST_CASE("rate: a send interval reaches back to what was delivered last when it began")
{
	Bare b;

	b.send(0, MS(1));
	b.send(1, MS(61));
	b.sack(0, MS(101));
	b.send(2, MS(121));			// noted: delivered at 101, sent at 1
	b.send(3, MS(122));			// stays out
	b.sack(1, MS(162));
	const auto sample = b.sack(2, MS(163));	// 62 ms of ACKs, 120 of sending
	CHECK(sample.interval_ns == MS(120));
	CHECK(sample.delivered_bytes == 2000);

	b.send(4, MS(170));
	b.send(5, MS(301));			// both noted: delivered at 163, sent at 121
	b.sack(4, MS(302));
	CHECK(b.sack(5, MS(303)).interval_ns == MS(180));
}

// -- was cwnd the limit? -----------------------------------------------------------------

TEST_CASE("rate: cwnd was the limit until what was out then is acknowledged")
{
	Sampled h;

	WRITE(h, 0, 12000);
	REQUIRE(h.take_sent().size() == 10);
	CHECK(hrtcp_rate_cwnd_limited(&h.conn));
	PEER(h, MS(100), ". 1(0) ack 9001");	// the rest leaves: it is not any more ...
	REQUIRE(h.take_sent().size() == 2);
	CHECK(hrtcp_rate_cwnd_limited(&h.conn));
	PEER(h, MS(110), ". 1(0) ack 10001");
	CHECK(hrtcp_rate_cwnd_limited(&h.conn));
	PEER(h, MS(200), ". 1(0) ack 11001");	// ... and was not when this left
	CHECK_FALSE(hrtcp_rate_cwnd_limited(&h.conn));
}

// SPDX-License-Identifier: GPL-2.0
// Loss: fast retransmit, NewReno, limited transmit, timeouts. The peer has no SACK.
#include "host.hpp"

namespace {

// A client that has sent the first ten of @octets, in segments of 1000.
struct Sending : Client {
	explicit Sending(u32 octets, const Setup &s = {}) : Client(s)
	{
		WRITE(*this, 0, octets);
		REQUIRE(take_sent().size() == 10);
	}

	void dupacks(u64 t, int n, u32 una = 1)
	{
		for (int i = 0; i < n; i++)
			PEER(*this, t, ". 1:1(0) ack " + std::to_string(una));
	}

	u32 cwnd() const { return conn.cc.cwnd_bytes; }
	u32 ssthresh() const { return conn.cc.ssthresh_bytes; }
};

} // namespace

// -- fast retransmit and recovery ------------------------------------------------------------

TEST_CASE("limited transmit: a new segment for each of the first two duplicates",
	  "[R3042-01][R3042-02]")
{
	Sending h(20000);

	h.dupacks(MS(100), 1);
	SEES(h, MS(100), ". 10001:11001(1000) ack 1");
	h.dupacks(MS(100), 1);
	SEES(h, MS(100), ". 11001:12001(1000) ack 1");
	CHECK(h.cwnd() == 10000);
}

TEST_CASE("fast retransmit: the third duplicate", "[R5681-10][R5681-11][R6582-01][R5681-05]")
{
	Sending h(10000);

	h.dupacks(MS(100), 2);
	QUIET(h, MS(100));
	h.dupacks(MS(100), 1);
	SEES(h, MS(100), ". 1:1001(1000) ack 1");
	CHECK(h.ssthresh() == 5000);
	CHECK(h.conn.recovery.fast_recoveries == 1);
	PEER(h, MS(200), ". 1:1(0) ack 10001");
	QUIET(h, SEC(10));
	CHECK(h.cwnd() <= 5000);
}

TEST_CASE("fast retransmit: what limited transmit added does not count", "[R5681-11]")
{
	Sending h(20000);

	h.dupacks(MS(100), 3);
	SEES(h, MS(100), ". 10001:11001(1000) ack 1", ". 11001:12001(1000) ack 1",
	     ". 1:1001(1000) ack 1");
	CHECK(h.ssthresh() == 5000);
}

TEST_CASE("fast recovery: half is sent of what was outstanding", "[R5681-11][R5681-13][R9937-02]")
{
	Sending h(30000);

	h.dupacks(MS(100), 3);
	REQUIRE(h.take_sent().size() == 3);
	h.dupacks(MS(101), 4);			// 8, 7, 6, 5 segments left of 12
	QUIET(h, MS(101));
	h.dupacks(MS(102), 4);
	SEES(h, MS(102), ". 12001:13001(1000) ack 1", ". 13001:14001(1000) ack 1",
	     ". 14001:15001(1000) ack 1", ". 15001:16001(1000) ack 1");
	PEER(h, MS(200), ". 1:1(0) ack 12001");	// all that was out when it began
	CHECK(h.cwnd() == 5000);
	CHECK(h.conn.recovery.state == HRTCP_R_OPEN);
	SEES(h, MS(200), ". 16001:17001(1000) ack 1");
}

TEST_CASE("fast recovery: losses in two successive windows lower twice", "[R5681-13]")
{
	Sending h(30000);

	h.dupacks(MS(100), 3);
	CHECK(h.ssthresh() == 5000);
	h.take_sent();
	h.dupacks(MS(101), 8);
	h.take_sent();
	PEER(h, MS(200), ". 1:1(0) ack 12001");
	CHECK(h.conn.recovery.state == HRTCP_R_OPEN);
	CHECK(h.cwnd() == 5000);
	h.take_sent();
	h.dupacks(MS(300), 3, 12001);
	CHECK(h.conn.recovery.fast_recoveries == 2);
	CHECK(h.ssthresh() == 2500);
	CHECK(h.cwnd() <= 2500);
	h.take_sent();
}

TEST_CASE("fast recovery: a partial ACK names the next hole", "[R6582-02]")
{
	Sending h(10000);

	h.dupacks(MS(100), 3);
	SEES(h, MS(100), ". 1:1001(1000) ack 1");
	PEER(h, MS(200), ". 1:1(0) ack 4001");
	SEES(h, MS(200), ". 4001:5001(1000) ack 1");
	CHECK(h.conn.recovery.state == HRTCP_R_RECOVERY);
	PEER(h, MS(300), ". 1:1(0) ack 8001");
	SEES(h, MS(300), ". 8001:9001(1000) ack 1");
	PEER(h, MS(400), ". 1:1(0) ack 10001");
	QUIET(h, SEC(10));
	CHECK(h.conn.recovery.state == HRTCP_R_OPEN);
	CHECK(h.conn.recovery.fast_recoveries == 1);
	CHECK(h.conn.recovery.timeouts == 0);
}

TEST_CASE("fast recovery: a full ACK ends it without growth", "[R6582-03]")
{
	Sending h(10000);

	h.dupacks(MS(100), 9);
	SEES(h, MS(100), ". 1:1001(1000) ack 1");
	PEER(h, MS(200), ". 1:1(0) ack 10001");
	CHECK(h.cwnd() == 2000);		// min(ssthresh, max(0, SMSS) + SMSS)
	CHECK(h.conn.recovery.state == HRTCP_R_OPEN);
}

TEST_CASE("duplicate ACK: what does not count as one", "[R5681-10]")
{
	Sending h(10000);

	h.dupacks(MS(100), 2);
	PEER(h, MS(100), ". 1:11(10) ack 1");			// carries data
	PEER(h, MS(100), ". 11:11(0) ack 1 win 60000");		// moves the window
	PEER(h, MS(100), ". 11:11(0) ack -5");			// is older
	QUIET(h, MS(124));
	PEER(h, MS(124), ". 11:11(0) ack 1 win 60000");
	SEES(h, MS(124), ". 1:1001(1000) ack 11");
}

TEST_CASE("duplicate ACK: not without data outstanding", "[R5681-10]")
{
	Client h;

	for (int i = 0; i < 10; i++)
		PEER(h, 0, ". 1:1(0) ack 1");
	QUIET(h, SEC(1));
	CHECK(h.conn.recovery.state == HRTCP_R_OPEN);
}

TEST_CASE("reordering of less than three segments retransmits nothing", "[R5681-10]")
{
	Sending h(10000);

	h.dupacks(MS(100), 2);
	PEER(h, MS(101), ". 1:1(0) ack 4001");
	CHECK(h.conn.recovery.state == HRTCP_R_OPEN);
	h.dupacks(MS(101), 2, 4001);
	PEER(h, MS(102), ". 1:1(0) ack 10001");
	QUIET(h, SEC(10));
	CHECK(h.conn.total_retrans == 0);
}

// -- timeouts --------------------------------------------------------------------------------

TEST_CASE("timeout: the first segment, then slow start from one",
	  "[R6298-10][R5681-08][R5681-09]")
{
	Sending h(10000);

	SEES(h, RTO, ". 1:1001(1000) ack 1");
	CHECK(h.cwnd() == 1000);
	CHECK(h.ssthresh() == 5000);
	CHECK(h.conn.recovery.timeouts == 1);
	PEER(h, RTO + MS(100), ". 1:1(0) ack 1001");
	SEES(h, RTO + MS(100), ". 1001:2001(1000) ack 1", ". 2001:3001(1000) ack 1");
	PEER(h, RTO + MS(200), ". 1:1(0) ack 10001");	// the rest had arrived
	QUIET(h, SEC(100));
}

TEST_CASE("timeout: it is over when all that was out is acknowledged, with what slow start reached",
	  "[R5681-09][R6582-04][R6675-07][R3465-02]")
{
	for (const bool sack : { false, true }) {
		Sending h(10000, { .sack = sack });
		CAPTURE(sack);

		while (h.conn.recovery.timeouts == 0) {
			h.tick(h.next_wake());
			h.take_sent();
		}
		const u64 t = h.script_time();
		PEER(h, t + MS(500), ". 1:1(0) ack 1001");
		CHECK(h.conn.recovery.state == HRTCP_R_LOSS);
		CHECK(h.cwnd() == 2000);
		h.take_sent();
		PEER(h, t + MS(900), ". 1:1(0) ack 10001");
		CHECK(h.conn.recovery.state == HRTCP_R_OPEN);
		CHECK(h.cwnd() == 3000);	// one segment more, however much it covers
		CHECK(h.ssthresh() >= 5000);
		QUIET(h, SEC(100));
	}
}

TEST_CASE("timeout: a second one of the same segment leaves ssthresh alone", "[R5681-08]")
{
	Sending h(10000);

	SEES(h, RTO, ". 1:1001(1000) ack 1");
	SEES(h, 3 * RTO, ". 1:1001(1000) ack 1");
	SEES(h, 7 * RTO, ". 1:1001(1000) ack 1");
	CHECK(h.ssthresh() == 5000);
	CHECK(h.cwnd() == 1000);
}

TEST_CASE("timeout: no sample from what went twice, backoff stays until one",
	  "[R6298-06][R8961-01][MUST-18]")
{
	Client h;

	WRITE(h, 0, 1000);
	SEES(h, 0, "P. 1:1001(1000) ack 1");
	SEES(h, RTO, "P. 1:1001(1000) ack 1");
	PEER(h, RTO + MS(5), ". 1:1(0) ack 1001");
	CHECK(h.conn.rtt.latest_ns == h.setup.rtt);
	CHECK(h.conn.rtt.backoff == 1);
	WRITE(h, SEC(1), 1000);
	SEES(h, SEC(1), "P. 1001:2001(1000) ack 1");
	SEES(h, SEC(1) + 2 * RTO, "P. 1001:2001(1000) ack 1");
	PEER(h, SEC(2), ". 1:1(0) ack 2001");
	WRITE(h, SEC(2), 1000);
	SEES(h, SEC(2), "P. 2001:3001(1000) ack 1");
	PEER(h, SEC(2) + MS(100), ". 1:1(0) ack 3001");
	CHECK(h.conn.rtt.backoff == 0);
}

TEST_CASE("timeout: with timestamps an ACK of new data ends the backoff", "[R7323-14]")
{
	Client h({ .ts = true });

	WRITE(h, 0, 900);
	SEES(h, 0, "P. 1:901(900) ack 1");
	SEES(h, RTO, "P. 1:901(900) ack 1");
	PEER(h, RTO + MS(5), ". 1:1(0) ack 901");
	CHECK(h.conn.rtt.backoff == 0);
}

TEST_CASE("timeout: an echo is a sample even of what went twice", "[R7323-14]")
{
	Client first({ .ts = true }), second({ .ts = true });

	for (auto *h : { &first, &second }) {
		WRITE(*h, 0, 900);
		SEES(*h, 0, "P. 1:901(900) ack 1 <TS val 6000100 ecr 1100>");
		SEES(*h, RTO, "P. 1:901(900) ack 1 <TS val 6000440 ecr 1100>");
	}
	PEER(first, MS(500), ". 1:1(0) ack 901 <TS val 5001 ecr 6000100>");
	CHECK(first.conn.rtt.latest_ns == MS(500));
	PEER(second, MS(500), ". 1:1(0) ack 901 <TS val 5001 ecr 6000440>");
	CHECK(second.conn.rtt.latest_ns == MS(160));
}

TEST_CASE("timeout: an echo that says nothing is no sample", "[R7323-14]")
{
	for (const char *ack : { ". 1:1(0) ack 901 <TS val 5001 ecr 6000599>",	// one tick
				 ". 1:1(0) ack 901 <TS val 5001 ecr 6000601>" }) {	// to come
		Client h({ .ts = true });

		WRITE(h, 0, 900);
		SEES(h, 0, "P. 1:901(900) ack 1");
		SEES(h, RTO, "P. 1:901(900) ack 1");
		PEER(h, MS(500), ack);
		CHECK(h.conn.rtt.latest_ns == h.setup.rtt);
	}
}

TEST_CASE("timeout: duplicates of what it sent again begin no recovery", "[R6582-01][R6582-04]")
{
	Sending h(20000);

	SEES(h, RTO, ". 1:1001(1000) ack 1");
	PEER(h, RTO + MS(10), ". 1:1(0) ack 1001");
	SEES(h, RTO + MS(10), ". 10001:11001(1000) ack 1", ". 11001:12001(1000) ack 1");
	h.dupacks(RTO + MS(20), 1, 1001);
	SEES(h, RTO + MS(20), ". 1001:2001(1000) ack 1");	// F-RTO is over
	h.dupacks(RTO + MS(20), 5, 1001);
	QUIET(h, RTO + MS(20));
	CHECK(h.conn.recovery.fast_recoveries == 0);
}

TEST_CASE("timeout: in fast recovery", "[R6582-04][R6298-08][R6298-10]")
{
	Sending h(10000);

	h.dupacks(MS(100), 3);
	SEES(h, MS(100), ". 1:1001(1000) ack 1");	// lost again
	SEES(h, MS(100) + RTO, ". 1:1001(1000) ack 1");
	CHECK(h.cwnd() == 1000);
	CHECK(h.conn.recovery.state == HRTCP_R_LOSS);
}

TEST_CASE("timeout: after a repeated SYN three seconds, after two also one segment",
	  "[R6298-11][R5681-14][R6928-02]")
{
	Reached h(HRTCP_SYN_SENT);

	SEES(h, SEC(1), "S 0:0(0)");
	SEES(h, SEC(3), "S 0:0(0)");
	PEER(h, SEC(4), "S. 0:0(0) ack 1");
	SEES(h, SEC(4), ". 1:1(0) ack 1");
	CHECK(h.conn.rtt.srtt_ns == 0);
	WRITE(h, SEC(4), 3000);
	SEES(h, SEC(4), ". 1:1001(1000) ack 1");
	SEES(h, SEC(7), ". 1:1001(1000) ack 1");
	SEES(h, SEC(13), ". 1:1001(1000) ack 1");
}

TEST_CASE("a SYN repeated once may have been slow, and leaves the initial window",
	  "[R6928-02]")
{
	Reached h(HRTCP_SYN_SENT);

	SEES(h, SEC(1), "S 0:0(0)");
	PEER(h, MS(1200), "S. 0:0(0) ack 1");
	SEES(h, MS(1200), ". 1:1(0) ack 1");
	CHECK(h.conn.cc.cwnd_bytes == 10000);
	WRITE(h, MS(1200), 3000);
	SEES(h, MS(1200), ". 1:1001(1000) ack 1", ". 1001:2001(1000) ack 1",
	     "P. 2001:3001(1000) ack 1");
	SEES(h, MS(4200), ". 1:1001(1000) ack 1");
}

TEST_CASE("a SYN that the timestamps show to have been lost leaves one segment",
	  "[R6928-02][R5681-14]")
{
	Reached h(HRTCP_SYN_SENT, { .ts = true });
	const u32 first = h.last_tsval();

	SEES(h, SEC(1), "S 0:0(0)");
	const bool lost = GENERATE(true, false);
	const u32 echo = lost ? h.last_tsval() : first;
	REQUIRE(h.last_tsval() == first + 1000);
	PEER(h, MS(1200), "S. 0:0(0) ack 1 <mss 1000,TS val 1 ecr " + std::to_string(echo) + ">");
	CHECK(h.conn.cc.cwnd_bytes == (lost ? h.conn.snd.mss : 10u * h.conn.snd.mss));
	h.take_sent();
}

TEST_CASE("a SYN,ACK that the timestamps show to have been lost leaves one segment",
	  "[R6928-02][R5681-14]")
{
	Host h({ .ts = true });

	LISTEN(h, 0);
	PEER(h, 0, "S 0:0(0) <mss 1000,TS val 1000 ecr 0>");
	const u32 first = h.take_sent().at(0).seg.opt.tsval;
	h.tick(h.next_wake());
	const u32 second = h.take_sent().at(0).seg.opt.tsval;
	REQUIRE(second == first + 1000);
	const bool lost = GENERATE(true, false);
	PEER(h, MS(1200), ". 1:1(0) ack 1 <TS val 2200 ecr " +
				  std::to_string(lost ? second : first) + ">");
	STATE(h, ESTABLISHED);
	CHECK(h.conn.cc.cwnd_bytes == (lost ? h.conn.snd.mss : 10u * h.conn.snd.mss));
}

TEST_CASE("idle: after more than an RTO no more than the initial window", "[R5681-12]")
{
	Sending h(20000);

	PEER(h, MS(10), ". 1:1(0) ack 10001");
	REQUIRE(h.take_sent().size() == 10);
	PEER(h, MS(20), ". 1:1(0) ack 20001");
	CHECK(h.cwnd() > 10000);
	WRITE(h, SEC(5), 30000);
	CHECK(h.take_sent().size() == 10);
	CHECK(h.cwnd() == 10000);
}

TEST_CASE("handshake: its ACKs do not grow cwnd", "[R5681-03][R5681-05]")
{
	CHECK(Client().conn.cc.cwnd_bytes == 10000);
	CHECK(Server().conn.cc.cwnd_bytes == 10000);
	CHECK(Client().conn.cc.ssthresh_bytes > 1 << 30);
}

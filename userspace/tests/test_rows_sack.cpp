// SPDX-License-Identifier: GPL-2.0
// Rows of conformance: SACK and D-SACK (RFC 2018, 2883, 3708), what RFC 6675 says beside RACK.
#include "host.hpp"

namespace {

const Setup with_sack{ .sack = true };

// A client that has sent the first ten of @octets, in segments of 1000.
struct Sending : Client {
	explicit Sending(u32 octets) : Client(with_sack)
	{
		WRITE(*this, 0, octets);
		REQUIRE(take_sent().size() == 10);
	}
};

} // namespace

// -- the sender ----------------------------------------------------------------------------

TEST_CASE("SACKed data is kept until it is acknowledged", "[R6675-01][R2018-09]")
{
	Sending h(10000);

	REQUIRE(h.buffers() == 10);
	PEER(h, MS(100), ". 1(0) ack 1 <sack 1001:10001>");
	SEES(h, MS(100), ". 1(1000) ack 1");
	CHECK(h.buffers() == 10);
	PEER(h, MS(200), ". 1(0) ack 10001");
	CHECK(h.buffers() == 0);
}

TEST_CASE("SACKed data is not sent again", "[R2018-07]")
{
	Sending h(10000);

	PEER(h, MS(100), ". 1(0) ack 1 <sack 5001:10001 2001:4001>");
	SEES(h, MS(100), ". 1(1000) ack 1", ". 1001(1000) ack 1", ". 4001(1000) ack 1");
	PEER(h, MS(200), ". 1(0) ack 10001");
	QUIET(h, SEC(10));
}

TEST_CASE("timeout: the left edge goes again even if it was SACKed", "[R2018-08]")
{
	Client h(with_sack);

	WRITE(h, 0, 3000);
	h.start_clock();
	PEER(h, MS(10), ". 1(0) ack 1 <sack 2001:3001>");
	PEER(h, MS(20), ". 1(0) ack 1001 <sack 2001:3001>");
	while (h.conn.recovery.timeouts == 0) {
		h.tick(h.next_wake());
		h.take_sent();
	}
	PEER(h, h.script_time() + MS(10), ". 1(0) ack 2001");	// it has let go of the last
	while (h.conn.recovery.timeouts == 1) {
		h.take_sent();
		h.tick(h.next_wake());
	}
	const auto sent = h.take_sent();
	REQUIRE(sent.size() == 1);
	CHECK(sent[0].seg.seq.v == h.conn.snd.una.v);
	CHECK(sent[0].seg.len == 1000);
}

namespace {

// Ten segments of which some were SACKed, sent again what was not, and no ACK: a timeout.
struct TimedOut : Sending {
	TimedOut() : Sending(10000)
	{
		PEER(*this, MS(100), ". 1(0) ack 1 <sack 6001:8001 2001:4001>");
		while (conn.recovery.timeouts == 0) {
			take_sent();
			tick(next_wake());
		}
	}

	// The numbers of what goes again as an ACK of it comes with @ack, each after 10 ms.
	std::vector<u32> resent(const std::string &ack)
	{
		std::vector<u32> seqs;
		PEER(*this, script_time() + MS(10), ". 1(0) " + ack);
		for (const auto &s : take_sent())
			seqs.push_back(s.seg.seq.v - setup.iss);
		return seqs;
	}
};

using Seqs = std::vector<u32>;

} // namespace

TEST_CASE("timeout: what was SACKed before it goes again, after what never was", "[R2018-08]")
{
	TimedOut h;

	CHECK(h.conn.txq.sacked_bytes == 0);
	auto sent = h.take_sent();
	REQUIRE(sent.size() == 1);
	CHECK(sent[0].seg.seq.v - h.setup.iss == 1);
	CHECK(h.resent("ack 1001") == Seqs{ 1001, 4001 });
	CHECK(h.resent("ack 1001 win 60000") == Seqs{});
	CHECK(h.resent("ack 2001") == Seqs{ 2001 });		// it has let go of this
	CHECK(h.resent("ack 3001") == Seqs{ 3001 });
	CHECK(h.resent("ack 5001") == Seqs{ 5001, 8001 });
	CHECK(h.resent("ack 6001 <sack 8001:9001>") == Seqs{ 6001, 9001, 7001 });
	PEER(h, h.script_time() + MS(10), ". 1(0) ack 10001");
	QUIET(h, h.script_time() + SEC(10));
}

TEST_CASE("timeout: what is SACKed again after it is not sent again", "[R2018-08][R2018-07]")
{
	TimedOut h;

	h.take_sent();
	CHECK(h.resent("ack 1001 <sack 6001:8001>") == Seqs{ 1001, 4001 });
	CHECK(h.conn.txq.sacked_bytes == 2000);
	CHECK(h.resent("ack 4001 <sack 6001:8001>") == Seqs{ 5001 });
	CHECK(h.resent("ack 8001") == Seqs{ 8001, 9001 });
	PEER(h, h.script_time() + MS(10), ". 1(0) ack 10001");
	QUIET(h, h.script_time() + SEC(10));
}

TEST_CASE("timeout: a spurious one leaves what was SACKed before it SACKed",
	  "[R2018-08][R5682-02]")
{
	Client h(with_sack);

	WRITE(h, 0, 6000);
	h.start_clock();
	SEES(h, MS(200), "P. 5001(1000) ack 1");
	PEER(h, MS(539), ". 1(0) ack 1 <sack 4001:5001>");
	hrtcp_timer_clear(&h.conn.timers, HRTCP_T_REORDER);	// it would find the rest lost before
	SEES(h, MS(540), ". 1(1000) ack 1");
	CHECK(h.conn.recovery.state == HRTCP_R_LOSS);
	CHECK(h.conn.txq.sacked_bytes == 0);
	PEER(h, MS(541), ". 1(0) ack 2001");	// the first transmissions only come late
	CHECK(h.conn.recovery.undos == 1);
	CHECK(h.conn.txq.sacked_bytes == 1000);
	CHECK(h.conn.txq.lost_bytes == 0);
	QUIET(h, MS(541));
	PEER(h, MS(542), ". 1(0) ack 6001");
	QUIET(h, SEC(10));
}

TEST_CASE("limited transmit: with SACK it takes news", "[R3042-02][R3042-01]")
{
	Sending h(20000);
	const u32 cwnd = h.conn.cc.cwnd_bytes;

	PEER(h, MS(100), ". 1(0) ack 1");
	QUIET(h, MS(100));
	PEER(h, MS(100), ". 1(0) ack 1 <sack 1001:2001>");
	SEES(h, MS(100), ". 10001(1000) ack 1");
	PEER(h, MS(100), ". 1(0) ack 1 <sack 1001:2001>");	// no news
	QUIET(h, MS(100));
	CHECK(h.conn.cc.cwnd_bytes == cwnd);
}

TEST_CASE("recovery ends at what was out when it began, and keeps what is SACKed above",
	  "[R6675-05]")
{
	Sending h(30000);

	PEER(h, MS(100), ". 1(0) ack 1 <sack 1001:9001>");
	CHECK(h.conn.recovery.state == HRTCP_R_RECOVERY);
	CHECK(h.conn.cc.ssthresh_bytes == 5000);
	CHECK(h.conn.recovery.recover.v == h.setup.iss + 10001);
	auto sent = h.take_sent();
	REQUIRE(sent.size() > 1);
	CHECK(sent[0].seg.seq.v == h.setup.iss + 1);
	CHECK(sent[1].seg.seq.v == h.setup.iss + 10001);	// above the recovery point
	PEER(h, MS(200), ". 1(0) ack 9001 <sack 10001:11001>");
	CHECK(h.conn.recovery.state == HRTCP_R_RECOVERY);
	h.take_sent();
	PEER(h, MS(201), ". 1(0) ack 10001 <sack 11001:12001>");
	CHECK(h.conn.recovery.state == HRTCP_R_DISORDER);
	CHECK(h.conn.txq.sacked_bytes == 2000);
	h.take_sent();
}

TEST_CASE("timeout in recovery: what is out then must be acknowledged before the next one",
	  "[R6675-07][R5682-02]")
{
	Sending h(10000);

	PEER(h, MS(100), ". 1(0) ack 1 <sack 1001:5001>");
	REQUIRE(h.take_sent().size() >= 1);
	CHECK(h.conn.recovery.state == HRTCP_R_RECOVERY);
	while (h.conn.recovery.timeouts == 0)
		h.tick(h.next_wake());
	h.take_sent();
	CHECK(h.conn.recovery.state == HRTCP_R_LOSS);
	CHECK_FALSE(h.conn.recovery.frto);
	CHECK(h.conn.recovery.recover.v == h.conn.snd.nxt.v);
	const u64 t = h.script_time();
	PEER(h, t + MS(100), ". 1(0) ack 1001 <sack 2001:6001>");
	h.take_sent();
	PEER(h, t + MS(101), ". 1(0) ack 1001 <sack 2001:9001>");
	CHECK(h.conn.recovery.state == HRTCP_R_LOSS);
	CHECK(h.conn.recovery.fast_recoveries == 1);
	h.take_sent();
	PEER(h, t + MS(200), ". 1(0) ack 10001");
	CHECK(h.conn.recovery.state == HRTCP_R_OPEN);
}

// -- D-SACK ----------------------------------------------------------------------------------

TEST_CASE("D-SACK: a duplicate below the ACK is reported, once", "[R2883-01][R9768-17]")
{
	Client h(with_sack);

	PEER(h, 0, "P. 1:101(100) ack 1");
	SEES(h, MS(40), ". 1(0) ack 101 <>");
	PEER(h, MS(50), "P. 1:101(100) ack 1");
	SEES(h, MS(50), ". 1(0) ack 101 <sack 1:101>");
	PEER(h, MS(60), "P. 1:101(100) ack 1");
	SEES(h, MS(60), ". 1(0) ack 101 <sack 1:101>");
	PEER(h, MS(70), "P. 101:201(100) ack 1");
	SEES(h, MS(110), ". 1(0) ack 201 <>");
}

TEST_CASE("D-SACK: the block that holds the duplicate follows", "[R2883-02]")
{
	Client h(with_sack);

	PEER(h, 0, ". 201:501(300) ack 1");
	SEES(h, 0, ". 1(0) ack 1 <sack 201:501>");
	PEER(h, 0, ". 301:401(100) ack 1");
	SEES(h, 0, ". 1(0) ack 1 <sack 301:401 201:501>");
}

TEST_CASE("D-SACK: of a partial duplicate only the first part that is one", "[R2883-03]")
{
	Client h(with_sack);

	PEER(h, 0, ". 1:101(100) ack 1");
	PEER(h, MS(1), ". 51:201(150) ack 1");		// 51:101 came twice
	SEES(h, MS(40), ". 1(0) ack 201 <sack 51:101>");
	PEER(h, MS(42), ". 301:401(100) ack 1");
	SEES(h, MS(42), ". 1(0) ack 201 <sack 301:401>");
	PEER(h, MS(43), ". 501:601(100) ack 1");
	SEES(h, MS(43), ". 1(0) ack 201 <sack 501:601 301:401>");
	PEER(h, MS(44), ". 351:701(350) ack 1");		// 351:401 and 501:601 came twice
	SEES(h, MS(44), ". 1(0) ack 201 <sack 351:401 301:701>");
}

TEST_CASE("D-SACK: also of what PAWS refuses", "[R2883-04]")
{
	Client h({ .sack = true, .ts = true });

	PEER(h, MS(1), "P. 1:101(100) ack 1");
	SEES(h, MS(41), ". 1(0) ack 101 <TS>");
	PEER(h, MS(50), "P. 1:101(100) ack 1 <TS val 999 ecr 0>");
	DROP(h, PAWS);
	SEES(h, MS(50), ". 1(0) ack 101 <TS,sack 1:101>");
}

TEST_CASE("D-SACK: told by the segment's own ACK field, not by what came since", "[R2883-05]")
{
	Sending h(10000);

	PEER(h, MS(100), ". 1(0) ack 5001");
	PEER(h, MS(101), ". 1(0) ack 1001 <sack 2001:3001>");	// overtaken, and no duplicate
	CHECK(h.conn.rack.window_mult == 1);
	PEER(h, MS(102), ". 1(0) ack 5001 <sack 2001:3001>");
	CHECK(h.conn.rack.window_mult == 2);
	PEER(h, MS(200), ". 1(0) ack 10001");
}

TEST_CASE("D-SACK: by the second block", "[R2883-05]")
{
	Sending h(10000);

	PEER(h, MS(100), ". 1(0) ack 5001 <sack 6001:7001 6001:8001>");
	CHECK(h.conn.rack.window_mult == 2);
	CHECK(h.conn.txq.sacked_bytes == 2000);
	h.start_clock();
}

TEST_CASE("D-SACK: of what went three times undoes nothing", "[R3708-01]")
{
	Client h(with_sack);

	WRITE(h, 0, 6000);
	h.start_clock();
	PEER(h, MS(100), ". 1(0) ack 1 <sack 1001:4001>");
	SEES(h, MS(100), ". 1(1000) ack 1");
	WRITE(h, MS(101), 1000);
	PEER(h, MS(102), ". 1(0) ack 1 <sack 1001:6001>");
	SEES(h, MS(102), "P. 6001(1000) ack 1");
	PEER(h, MS(202), ". 1(0) ack 1 <sack 1001:7001>");
	SEES(h, MS(202), ". 1(1000) ack 1");
	PEER(h, MS(203), ". 1(0) ack 7001");
	for (int copy = 0; copy < 3; copy++)	// in more pieces than are remembered
		for (const char *run : { "1:191", "201:391", "401:591", "601:791", "801:991" })
			PEER(h, MS(204), std::string(". 1(0) ack 7001 <sack ") + run + ">");
	PEER(h, MS(302), ". 1(0) ack 7001 <sack 1:1001>");
	PEER(h, MS(303), ". 1(0) ack 7001 <sack 1:1001>");
	CHECK(h.conn.recovery.undos == 0);
}

TEST_CASE("D-SACK: a network that duplicates ends all undoing by it", "[R3708-01]")
{
	Client h(with_sack);

	WRITE(h, 0, 1000);
	h.start_clock();
	PEER(h, MS(100), ". 1(0) ack 1001");
	PEER(h, MS(101), ". 1(0) ack 1001 <sack 1:1001>");	// it was sent once
	WRITE(h, MS(200), 6000);
	h.start_clock();
	PEER(h, MS(100), ". 1(0) ack 1001 <sack 2001:5001>");
	SEES(h, MS(100), ". 1001(1000) ack 1");
	PEER(h, MS(101), ". 1(0) ack 7001");
	PEER(h, MS(200), ". 1(0) ack 7001 <sack 1001:2001>");
	CHECK(h.conn.recovery.undos == 0);
}

TEST_CASE("SACK: an ACK with blocks goes before data that waits", "[R2018-03]")
{
	Client h({ .sack = true });

	h.conn.cc.cwnd_bytes = 2000;
	WRITE(h, 0, 6000);
	REQUIRE(h.take_sent().size() == 2);
	PEER(h, MS(10), ". 1001:2001(1000) ack 2001");
	SEES(h, MS(10), ". 2001:2001(0) ack 1 <sack 1001:2001>", ". 2001:3001(1000) ack 1",
	     ". 3001:4001(1000) ack 1", ". 4001:5001(1000) ack 1", "P. 5001:6001(1000) ack 1");
	WRITE(h, MS(15), 3000);
	h.take_sent();
	PEER(h, MS(20), ". 1001:2001(1000) ack 3001");	// again
	const auto sent = h.take_sent();
	REQUIRE(sent.size() >= 2);
	CHECK(sent[0].seg.len == 0);
	CHECK(sent[0].seg.opt.n_sack == 2);
	CHECK(sent[1].seg.len == 1000);
	PEER(h, MS(30), ". nxt(0) ack nxt");
	h.take_sent();
}

TEST_CASE("PAWS: SACK blocks of an ACK that others overtook count", "[R7323-17]")
{
	Client h({ .mss = 1012, .sack = true, .ts = true, .tune = [](hrtcp_cfg &c) { c.tlp = false; } });

	WRITE(h, 0, 8000);
	h.take_sent();
	h.run(MS(100));
	const std::string now = std::to_string(h.peer_tsval()), ecr = std::to_string(h.last_tsval());
	const std::string before = std::to_string(h.peer_tsval() - 3), ages = std::to_string(h.peer_tsval() - 2000);
	PEER(h, MS(100), ". 1:1(0) ack 1 <TS val " + now + " ecr " + ecr + ",sack 1001:2001>");
	h.take_sent();
	PEER(h, MS(101), ". 1:1(0) ack 1 <TS val " + before + " ecr " + ecr + ",sack 3001:4001>");
	DROP(h, NONE);
	CHECK(h.conn.txq.sacked_bytes == 2000);
	CHECK(h.conn.ts.recent == static_cast<u32>(std::stoul(now)));
	h.take_sent();
	PEER(h, MS(102), ". 1:1(0) ack 1 <TS val " + ages + " ecr " + ecr + ",sack 5001:6001>");
	DROP(h, PAWS);
	h.take_sent();
	PEER(h, MS(103), ". 1:1(0) ack 1 win 77 <TS val " + before + " ecr " + ecr + ",sack 5001:6001>");
	DROP(h, PAWS);
	h.take_sent();
	PEER(h, MS(104), ". 1:101(100) ack 1 <TS val " + before + " ecr " + ecr + ">");
	DROP(h, PAWS);
	CHECK(h.conn.txq.sacked_bytes == 2000);
	h.take_sent();
	ABORT(h, MS(110));
	h.take_sent();
}

// SPDX-License-Identifier: GPL-2.0
// TIME-WAIT as a compact record, and the same answers from a connection still held.
#include "host.hpp"

namespace {

const Setup compact = { .compact_tw = true };
const Setup compact_ts = { .ts = true, .compact_tw = true };

// A record in TIME-WAIT with a listener for its address; "last" of the table is nxt - 1.
struct TimeWait : Reached {
	explicit TimeWait(const Setup &s = compact) : Reached(HRTCP_TIME_WAIT, s)
	{
		LISTEN(*this, 0);
	}

	// A SYN of that text is taken for a new incarnation.
	void takes(const std::string &syn)
	{
		const u32 floor = conn.snd.nxt.v;
		PEER(*this, SEC(1), syn);
		STATE(*this, SYN_RECEIVED);
		CHECK(static_cast<s32>(req->iss.v - floor) > 0);
		const std::string ack = std::to_string(req->irs.v + 1);
		const std::string iss = std::to_string(req->iss.v);
		SEES(*this, SEC(1), "S. =" + iss + "(0) ack =" + ack);
		CAUSES(*this, HRTCP_C_SYN_RCVD);
		PEER(*this, SEC(1) + MS(1), ". =" + ack + "(0) ack =" +
						    std::to_string(req->iss.v + 1) +
						    (req->ts_on ? " <TS val 2000 ecr 0>" : ""));
		STATE(*this, ESTABLISHED);
		CAUSES(*this, HRTCP_C_TW_REUSED, HRTCP_C_SYN_ACKED);
	}

	void ignores(const std::string &syn)
	{
		PEER(*this, SEC(1), syn);
		DROP(*this, TIME_WAIT);
		QUIET(*this, SEC(120) - 1);
		STATE(*this, TIME_WAIT);
		QUIET(*this, SEC(120));
		STATE(*this, LISTEN);
	}
};

} // namespace

TEST_CASE("W-01: newer timestamp", "[W-01][A-41][R6191-01][SHLD-4]")
{
	TimeWait(compact_ts).takes("S -5000(0) <mss 1000,TS val 1101 ecr 0>");
}

TEST_CASE("W-02: same timestamp, higher sequence number", "[W-02][A-41][R6191-01]")
{
	TimeWait h(compact_ts);
	const std::string last = std::to_string(h.tw->ts_recent);

	h.takes("S nxt(0) <mss 1000,TS val " + last + " ecr 0>");
}

TEST_CASE("W-03: timestamps before, none now, higher sequence number", "[W-03][A-41][R6191-02]")
{
	TimeWait(compact_ts).takes("S nxt(0) <mss 1000>");
}

TEST_CASE("W-04: no timestamps before, some now", "[W-04][A-41][R6191-03][SHLD-4]")
{
	Setup s = compact;

	s.tune = [](hrtcp_cfg &c) { c.timestamps = true; };
	TimeWait(s).takes("S -5000(0) <mss 1000,TS val 1 ecr 0>");
}

TEST_CASE("W-04: timestamps that we would not answer are none", "[W-04][R6191-04]")
{
	TimeWait(compact).ignores("S -5000(0) <mss 1000,TS val 1 ecr 0>");
	TimeWait(compact).takes("S nxt(0) <mss 1000,TS val 1 ecr 0>");
}

TEST_CASE("W-05: no timestamps at all, higher sequence number", "[W-05][A-41][R6191-04]")
{
	TimeWait().takes("S nxt(0)");
	TimeWait().takes("S nxt+100000(0)");
}

TEST_CASE("W-06: no sign of a new incarnation", "[W-06][A-41][R6191-05]")
{
	TimeWait().ignores("S nxt-1(0)");
	TimeWait().ignores("S 0:0(0)");
	TimeWait(compact_ts).ignores("S nxt+10(0) <mss 1000,TS val 999 ecr 0>");
	TimeWait h(compact_ts);
	const std::string last = std::to_string(h.tw->ts_recent);
	h.ignores("S nxt-1(0) <mss 1000,TS val " + last + " ecr 0>");
}

TEST_CASE("W-07: the SYN proves old by a reset: TIME-WAIT goes on", "[W-07][MAY-2]")
{
	TimeWait h;

	PEER(h, SEC(1), "S nxt+100(0)");
	STATE(h, SYN_RECEIVED);
	REQUIRE(h.take_sent().size() == 1);
	PEER(h, MS(1500), "R nxt(0)");
	STATE(h, TIME_WAIT);
	CHECK(h.listener->n_half_open == 0);
	PEER(h, SEC(3), "F. nxt-1(0) ack nxt");		// of the old one
	SEES(h, SEC(3), ". nxt(0) ack nxt");
	QUIET(h, SEC(123) - 1);
	STATE(h, TIME_WAIT);
	QUIET(h, SEC(123));
	STATE(h, LISTEN);
}

TEST_CASE("W-07: no ACK of the SYN,ACK: TIME-WAIT goes on", "[W-07][MAY-2]")
{
	TimeWait h;

	PEER(h, SEC(1), "S nxt+100(0)");
	REQUIRE(h.take_sent().size() == 1);
	while (h.req) {
		h.tick(h.next_wake());
		h.take_sent();
	}
	CHECK(h.script_time() == SEC(64));
	STATE(h, TIME_WAIT);
	QUIET(h, SEC(120) - 1);
	STATE(h, TIME_WAIT);
	QUIET(h, SEC(120));
	STATE(h, LISTEN);
}

TEST_CASE("W-07: no ACK until 2 MSL are over: nothing comes back", "[W-07]")
{
	TimeWait h;

	QUIET(h, SEC(100));
	PEER(h, SEC(100), "S nxt+100(0)");
	REQUIRE(h.take_sent().size() == 1);
	while (h.req) {
		h.tick(h.next_wake());
		h.take_sent();
	}
	CHECK(h.script_time() == SEC(163));
	STATE(h, LISTEN);
}

TEST_CASE("W-06: nobody listens", "[W-06]")
{
	Reached h(HRTCP_TIME_WAIT, compact);

	PEER(h, SEC(1), "S nxt+1000(0)");
	QUIET(h, SEC(120) - 1);
	STATE(h, TIME_WAIT);
	QUIET(h, SEC(120));
	STATE(h, CLOSED);
}

TEST_CASE("A-42, T-26: FIN again is acknowledged and restarts 2 MSL", "[A-42][T-26][R9293-71]")
{
	for (const bool with_record : { false, true })
		for (const bool ts : { false, true }) {
			Reached h(HRTCP_TIME_WAIT, { .ts = ts, .compact_tw = with_record });
			CAPTURE(with_record, ts);
			PEER(h, SEC(119), "F. nxt-1(0) ack nxt");
			SEES(h, SEC(119), ". nxt(0) ack nxt");
			QUIET(h, SEC(239) - 1);
			STATE(h, TIME_WAIT);
			QUIET(h, SEC(239));
			STATE(h, CLOSED);
		}
}

TEST_CASE("A-42: FIN again with its data", "[A-42]")
{
	TimeWait h;

	PEER(h, SEC(10), "FP. nxt-101(100) ack nxt");
	SEES(h, SEC(10), ". nxt(0) ack nxt");
	QUIET(h, SEC(130) - 1);
	STATE(h, TIME_WAIT);
}

TEST_CASE("A-37, T-29: old data and ACKs draw an ACK and restart nothing", "[A-37][T-29][R9293-71]")
{
	for (const bool with_record : { false, true }) {
		Reached h(HRTCP_TIME_WAIT, { .compact_tw = with_record });
		CAPTURE(with_record);
		PEER(h, SEC(10), "P. nxt-101(100) ack nxt");
		SEES(h, SEC(10), ". nxt(0) ack nxt");
		PEER(h, SEC(20), ". nxt-1(0) ack nxt");
		SEES(h, SEC(20), ". nxt(0) ack nxt");
		PEER(h, SEC(30), ". nxt+70000(0) ack nxt");
		SEES(h, SEC(30), ". nxt(0) ack nxt");
		CHECK(h.unread() == 0);
		QUIET(h, SEC(120));
		STATE(h, CLOSED);
	}
}

TEST_CASE("A-50, T-29: no RST ends TIME-WAIT", "[A-50][T-29][R1337-01]")
{
	for (const bool with_record : { false, true }) {
		Reached h(HRTCP_TIME_WAIT, { .compact_tw = with_record });
		CAPTURE(with_record);
		for (const char *rst : { "R nxt(0)", "R. nxt(0) ack nxt", "R nxt+1(0)",
					 "R 0:0(0)" })
			PEER(h, SEC(10), rst);
		QUIET(h, SEC(120) - 1);
		STATE(h, TIME_WAIT);
		QUIET(h, SEC(120));
		STATE(h, CLOSED);
	}
}

TEST_CASE("A-30, A-31: timestamps of what arrives in TIME-WAIT", "[A-30][A-31]")
{
	TimeWait h(compact_ts);

	PEER(h, SEC(1), "F. nxt-1(0) ack nxt <>");
	DROP(h, NO_TIMESTAMP);
	PEER(h, SEC(2), "F. nxt-1(0) ack nxt <TS val 1 ecr 0>");
	DROP(h, PAWS);
	SEES(h, SEC(2), ". nxt(0) ack nxt");
	QUIET(h, SEC(120));
	STATE(h, LISTEN);			// neither restarted it
}

TEST_CASE("A-61: ACK of what was never sent or long ago, in TIME-WAIT", "[A-61][R5961-07]")
{
	for (const bool with_record : { false, true })
		for (const char *ack : { "nxt+1", "nxt-65536" }) {
			Reached h(HRTCP_TIME_WAIT, { .compact_tw = with_record });
			CAPTURE(with_record, ack);
			PEER(h, SEC(10), std::string(". nxt(0) ack ") + ack);
			SEES(h, SEC(10), ". nxt(0) ack nxt");
			PEER(h, SEC(11), ". nxt(0) ack nxt-65535");
			QUIET(h, SEC(120) - 1);
			STATE(h, TIME_WAIT);
		}
}

TEST_CASE("A-57: SYN,ACK in TIME-WAIT opens nothing", "[A-57][R9293-24]")
{
	TimeWait h;

	PEER(h, SEC(1), "S. nxt+1000(0) ack nxt");
	SEES(h, SEC(1), ". nxt(0) ack nxt");
	STATE(h, TIME_WAIT);
}

TEST_CASE("X-10, T-27: the record ends after 2 MSL, not before", "[X-10][T-27][R9293-72]")
{
	Reached h(HRTCP_TIME_WAIT, compact);
	hrtcp_transition tr{};

	CHECK(h.conn.snd.nxt.v == h.tw->snd_nxt.v);
	CHECK_FALSE(hrtcp_tw_on_deadline(h.tw.get(), h.now() + SEC(120) - 1, &tr));
	QUIET(h, SEC(120) - 1);
	STATE(h, TIME_WAIT);
	QUIET(h, SEC(120));
	STATE(h, CLOSED);
	CAUSES(h, HRTCP_C_TW_TIMEOUT);
}

TEST_CASE("T-28: a FIN later than that draws a reset", "[T-28][A-03]")
{
	Reached h(HRTCP_TIME_WAIT, compact);

	QUIET(h, SEC(120));
	PEER(h, SEC(121), "F. nxt-1(0) ack nxt");
	SEES(h, SEC(121), "R nxt(0)");
}

TEST_CASE("T-30: the new incarnation starts above all the old one used", "[T-30][T-12][MAY-2]")
{
	TimeWait h;
	const seq floor = hrtcp_tw_iss_floor(h.tw.get());

	CHECK(seq_gt(floor, h.tw->snd_nxt));
	h.takes("S nxt(0)");
	CHECK(seq_ge(h.conn.snd.iss, floor));
}

TEST_CASE("tw_on_segment: stray segments are answered at a limited rate", "[R5961-08]")
{
	TimeWait h;

	PEER(h, SEC(1), ". nxt+70000(0) ack nxt");
	SEES(h, SEC(1), ". nxt(0) ack nxt");
	for (u64 t = 1; t < 500; t += 10)
		PEER(h, SEC(1) + MS(t), ". nxt+70000(0) ack nxt");
	PEER(h, SEC(1) + MS(500), ". nxt+70000(0) ack nxt");
	SEES(h, SEC(1) + MS(500), ". nxt(0) ack nxt");
}

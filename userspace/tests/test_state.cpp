// SPDX-License-Identifier: GPL-2.0
#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "core.hpp"

namespace {

constexpr int no_edge = 0, ignored = -1;

// The table of RFC 9293 3.10 a second time, by cause: where each state goes, - where the fact
// means nothing; what is not named cannot happen.
// States: L S R E 1 2 W G A T are LISTEN SYN-SENT SYN-RECEIVED ESTABLISHED FIN-WAIT-1
// FIN-WAIT-2 CLOSE-WAIT CLOSING LAST-ACK TIME-WAIT, . is CLOSED.
const std::map<int, std::string> moves = {
	{ HRTCP_C_OPEN_ACTIVE,	  ".S LS" },
	{ HRTCP_C_OPEN_PASSIVE,	  ".L" },
	{ HRTCP_C_CLOSE,	  "L. S. R1 E1 WA .- 1- 2- G- A- T-" },
	{ HRTCP_C_ABORT,	  "L. S. R. E. 1. 2. W. G. A. T. .-" },
	{ HRTCP_C_SYN_RCVD,	  "LR SR E- 1- 2- W- G- A- T-" },
	{ HRTCP_C_SYNACK_RCVD,	  "SE" },
	{ HRTCP_C_SYN_ACKED,	  "RE" },
	{ HRTCP_C_FIN_RCVD,	  "EW 1G 2T .- L- S- W- G- A- T-" },
	{ HRTCP_C_FIN_ACKED,	  "12 GT A." },
	{ HRTCP_C_FIN_RCVD_ACKED, "1T" },
	{ HRTCP_C_RST_RCVD,	  "S. R. E. 1. 2. W. G. A. .- L- T-" },
	{ HRTCP_C_REQ_RST_RCVD,	  "RL" },
	{ HRTCP_C_REQ_SYN_RCVD,	  "RL" },
	{ HRTCP_C_REQ_TIMEOUT,	  "RL" },
	{ HRTCP_C_REQ_ABORT,	  "R." },
	{ HRTCP_C_RTX_TIMEOUT,	  "S. R. E. 1. W. G. A." },
	{ HRTCP_C_FW2_TIMEOUT,	  "2." },
	{ HRTCP_C_TW_TIMEOUT,	  "T." },
	{ HRTCP_C_TW_REUSED,	  "T." },
	{ HRTCP_C_ICMP_ERROR,	  "S. R." },
	{ HRTCP_C_LATE_DATA,	  "1. 2." },
	{ HRTCP_C_KEEPALIVE,	  "E. 1. 2. W. G. A." },
};

const std::map<char, int> letters = {
	{ '.', HRTCP_CLOSED }, { 'L', HRTCP_LISTEN }, { 'S', HRTCP_SYN_SENT },
	{ 'R', HRTCP_SYN_RECEIVED }, { 'E', HRTCP_ESTABLISHED }, { '1', HRTCP_FIN_WAIT_1 },
	{ '2', HRTCP_FIN_WAIT_2 }, { 'W', HRTCP_CLOSE_WAIT }, { 'G', HRTCP_CLOSING },
	{ 'A', HRTCP_LAST_ACK }, { 'T', HRTCP_TIME_WAIT }, { '-', ignored },
};

int expected(int state, int cause)
{
	const auto row = moves.find(cause);

	if (row == moves.end())
		return no_edge;
	for (size_t i = 0; i + 1 < row->second.size(); i += 3)
		if (letters.at(row->second[i]) == state)
			return letters.at(row->second[i + 1]);
	return no_edge;
}

// Edges on the longest way from @state back to CLOSED; records of a listener count apart.
u32 longest_way(u8 state, u8 via)
{
	const hrtcp_edge *edges;
	u32 best = 0;

	if (state == HRTCP_CLOSED && via)
		return 0;
	for (u32 i = 0, n = hrtcp_state_edges(&edges); i < n; i++)
		if (edges[i].from == state &&
		    (state == HRTCP_CLOSED || edges[i].to != HRTCP_LISTEN))
			best = std::max(best, 1 + longest_way(edges[i].to, edges[i].cause));
	return best;
}

} // namespace

TEST_CASE("state_edges: no pair stands twice", "[state]")
{
	const hrtcp_edge *edges;
	std::set<std::pair<int, int>> seen;

	for (u32 i = 0, n = hrtcp_state_edges(&edges); i < n; i++) {
		CHECK(seen.insert({ edges[i].from, edges[i].cause }).second);
		CHECK(edges[i].step[0] != 0);
		CHECK(hrtcp_state_edge(edges[i].from, edges[i].cause) == &edges[i]);
	}
}

TEST_CASE("state_edge: every state and cause is an edge, ignored, or impossible", "[state]")
{
	for (int state = 0; state < HRTCP_STATE_MAX; state++)
		for (int cause = 0; cause < HRTCP_C_COUNT; cause++) {
			const auto s = static_cast<u8>(state), c = static_cast<u8>(cause);
			const hrtcp_edge *edge = hrtcp_state_edge(s, c);
			const int want = expected(state, cause);
			INFO(hrtcp_state_name(s) << " because " << hrtcp_cause_text(c));
			CHECK((edge ? edge->to : 0) == std::max(want, 0));
			CHECK(hrtcp_state_ignores(s, c) == (want == ignored));
		}
}

TEST_CASE("state_edges: effects fit where they lead", "[state]")
{
	const hrtcp_edge *edges;

	for (u32 i = 0, n = hrtcp_state_edges(&edges); i < n; i++) {
		const hrtcp_edge &e = edges[i];
		const bool request = e.cause == HRTCP_C_REQ_ABORT;
		INFO(hrtcp_state_name(e.from) << " because " << hrtcp_cause_text(e.cause));
		CHECK(!!(e.effects & HRTCP_FX_GONE) == (e.to == HRTCP_CLOSED && !request));
		CHECK(!!(e.effects & HRTCP_FX_2MSL) == (e.to == HRTCP_TIME_WAIT));
		CHECK(!!(e.effects & HRTCP_FX_UP) == (e.to == HRTCP_ESTABLISHED));
		CHECK(!!(e.effects & HRTCP_FX_FW2) == (e.to == HRTCP_FIN_WAIT_2));
		CHECK(!!(e.effects & HRTCP_FX_EOF) == (e.cause == HRTCP_C_FIN_RCVD ||
						       e.cause == HRTCP_C_FIN_RCVD_ACKED));
	}
}

TEST_CASE("state_edges: a reset leaves only on abort and give-up of the right states",
	  "[U-42][U-43]")
{
	for (int state = 1; state < HRTCP_STATE_MAX; state++) {
		const auto *edge = hrtcp_state_edge(static_cast<u8>(state), HRTCP_C_ABORT);
		const bool want = state == HRTCP_SYN_RECEIVED || state == HRTCP_ESTABLISHED ||
				  state == HRTCP_FIN_WAIT_1 || state == HRTCP_FIN_WAIT_2 ||
				  state == HRTCP_CLOSE_WAIT;
		CAPTURE(state);
		CHECK((edge && edge->effects & HRTCP_FX_RST) == want);
	}
}

TEST_CASE("history: holds the longest way from CLOSED back to it", "[state]")
{
	CHECK(longest_way(HRTCP_CLOSED, 0) <= HRTCP_HISTORY);
}

TEST_CASE("state_move: moves along an edge and tells it", "[state]")
{
	hrtcp_seg seg{};
	hrtcp_transition tr{};
	u8 state = HRTCP_SYN_RECEIVED;

	seg.flags = HRTCP_RST;
	seg.seq = seq_of(7);
	seg.ack = seq_of(9);
	CHECK(hrtcp_state_move(&state, HRTCP_C_REQ_RST_RCVD, &seg, 55, &tr));
	CHECK(state == HRTCP_LISTEN);
	CHECK(tr.from == HRTCP_SYN_RECEIVED);
	CHECK(tr.to == HRTCP_LISTEN);
	CHECK(tr.cause == HRTCP_C_REQ_RST_RCVD);
	CHECK(tr.at_ns == 55);
	CHECK(tr.seg_flags == HRTCP_RST);
	CHECK(tr.seg_seq.v == 7);
	CHECK(tr.seg_ack.v == 9);
}

TEST_CASE("state_move: stays where there is no edge", "[state]")
{
	hrtcp_transition tr{};
	u8 state = HRTCP_TIME_WAIT;

	CHECK_FALSE(hrtcp_state_move(&state, HRTCP_C_RST_RCVD, nullptr, 55, &tr));
	CHECK(state == HRTCP_TIME_WAIT);
	CHECK(tr.at_ns == 0);
}

TEST_CASE("state_name: the kernel's numbers, the RFC's names", "[state]")
{
	CHECK(std::string(hrtcp_state_name(1)) == "ESTABLISHED");
	CHECK(std::string(hrtcp_state_name(2)) == "SYN-SENT");
	CHECK(std::string(hrtcp_state_name(6)) == "TIME-WAIT");
	CHECK(std::string(hrtcp_state_name(7)) == "CLOSED");
	CHECK(std::string(hrtcp_state_name(10)) == "LISTEN");
	CHECK(std::string(hrtcp_state_name(11)) == "CLOSING");
	std::set<std::string> names;
	for (u8 s = 1; s < HRTCP_STATE_MAX; s++)
		CHECK(names.insert(hrtcp_state_name(s)).second);
	CHECK_FALSE(names.count(hrtcp_state_name(0)));
	CHECK_FALSE(names.count(hrtcp_state_name(HRTCP_STATE_MAX)));
}

TEST_CASE("cause_text: every cause has one of its own", "[state]")
{
	std::set<std::string> texts;

	for (u8 c = 0; c < HRTCP_C_COUNT; c++)
		CHECK(texts.insert(hrtcp_cause_text(c)).second);
	CHECK_FALSE(texts.count(hrtcp_cause_text(HRTCP_C_COUNT)));
}

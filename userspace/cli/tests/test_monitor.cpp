// SPDX-License-Identifier: GPL-2.0
#include "catch.hpp"

#include <algorithm>

#include "fake.hpp"

namespace {

hrtcp::state_event transition(unsigned from, unsigned to, unsigned cause)
{
	hrtcp::state_event e;
	e.time_ns = 3'600'000'001'000;
	e.cookie = 9;
	e.local = at("192.0.2.1", 40000);
	e.peer = at("2001:db8::2", 80);
	e.old_state = from;
	e.new_state = to;
	e.cause = cause;
	return e;
}

fake_module handshake()
{
	fake_module module;
	auto answered = transition(HRTCP_SYN_SENT, HRTCP_ESTABLISHED, HRTCP_C_SYNACK_RCVD);
	answered.because_of = hrtcp::segment{.flags = 0x12, .seq = 5000, .ack = 71, .length = 0, .window = 0};
	module.events = {transition(HRTCP_CLOSED, HRTCP_SYN_SENT, HRTCP_C_OPEN_ACTIVE), answered};
	return module;
}

} // namespace

TEST_CASE("monitor: a line a transition, with its cause and its segment")
{
	fake_module module = handshake();
	outcome o = run(module, {"monitor"});
	CHECK(o.status == 0);
	CHECK(o.out == "01:00:10.000001 192.0.2.1:40000 > [2001:db8::2]:80  CLOSED -> SYN-SENT"
		       "  because connect called\n"
		       "01:00:10.000001 192.0.2.1:40000 > [2001:db8::2]:80  SYN-SENT -> ESTABLISHED"
		       "  because SYN,ACK received [S. seq 5000 ack 71]\n");
	CHECK(o.err.empty());
	CHECK(module.asked_groups.states);
	CHECK_FALSE(module.asked_groups.segments);
}

TEST_CASE("monitor: json, an object a line")
{
	fake_module module = handshake();
	module.events.erase(module.events.begin());
	CHECK(run(module, {"monitor", "--json"}).out ==
	      R"({"version":1,"event":"state","time_ns":3600000001000,"unix_time_ns":3610000001000,)"
	      R"("cookie":9,"local_address":"192.0.2.1","local_port":40000,)"
	      R"("peer_address":"2001:db8::2","peer_port":80,"old_state":"SYN-SENT",)"
	      R"("new_state":"ESTABLISHED","cause":"synack_rcvd","because":"SYN,ACK received",)"
	      R"("segment":{"flags":"S.","seq":5000,"ack":71}})"
	      "\n");
}

TEST_CASE("monitor: stops after the count")
{
	fake_module module = handshake();
	std::string out = run(module, {"monitor", "-c", "1"}).out;
	CHECK(std::count(out.begin(), out.end(), '\n') == 1);
}

TEST_CASE("monitor: filters by address and by the state entered")
{
	fake_module module = handshake();
	CHECK(run(module, {"monitor", "sport", "1"}).out.empty());
	std::string out = run(module, {"monitor", "state", "established"}).out;
	CHECK(std::count(out.begin(), out.end(), '\n') == 1);
}

TEST_CASE("monitor: numbers without a name stay numbers")
{
	fake_module module;
	module.events = {transition(23, 24, 99)};
	CHECK(run(module, {"monitor"}).out.find("state(23) -> state(24)  because cause(99)\n") !=
	      std::string::npos);
}

TEST_CASE("monitor: tells what was lost, at once and at the end")
{
	fake_module module = handshake();
	module.events.insert(module.events.begin() + 1, hrtcp::lost_events{7});
	outcome o = run(module, {"monitor"});
	CHECK(o.out.find("\n... 7 events lost ...\n") != std::string::npos);
	CHECK(o.err == "hrtcp: 7 events lost\n");
	CHECK(run(module, {"monitor", "-j"}).out.find("{\"version\":1,\"event\":\"lost\",\"count\":7}\n") !=
	      std::string::npos);
}

// SPDX-License-Identifier: GPL-2.0
#include "catch.hpp"

#include <algorithm>

#include "fake.hpp"

namespace {

using hrtcp::flag_ack, hrtcp::flag_fin, hrtcp::flag_psh, hrtcp::flag_rst, hrtcp::flag_syn;

const hrtcp::endpoint client = at("192.0.2.1", 40000), server = at("192.0.2.2", 80);
constexpr uint32_t client_isn = 1'000'000, server_isn = 0xffffffff;

// Events as one end tells them, at a time in microseconds.
struct teller {
	const hrtcp::endpoint &local, &peer;

	hrtcp::event enters(uint64_t us, unsigned from, unsigned to, unsigned cause) const
	{
		hrtcp::state_event e;
		e.time_ns = us * 1000;
		e.local = local;
		e.peer = peer;
		e.old_state = from;
		e.new_state = to;
		e.cause = cause;
		return e;
	}

	hrtcp::segment_event segment(uint64_t us, unsigned flags, uint32_t seq, uint32_t ack,
				     uint32_t length) const
	{
		hrtcp::segment_event e;
		e.time_ns = us * 1000;
		e.local = local;
		e.peer = peer;
		e.segment = {.flags = flags, .seq = seq, .ack = ack, .length = length, .window = 65535};
		return e;
	}

	hrtcp::event sends(uint64_t us, unsigned flags, uint32_t seq, uint32_t ack, uint32_t length) const
	{
		hrtcp::segment_event e = segment(us, flags, seq, ack, length);
		e.sent = true;
		return e;
	}

	hrtcp::event gets(uint64_t us, unsigned flags, uint32_t seq, uint32_t ack, uint32_t length) const
	{
		return segment(us, flags, seq, ack, length);
	}
};

const teller c = {client, server}, s = {server, client};

fake_module both_ends()
{
	const uint32_t ci = client_isn, si = server_isn;
	const unsigned synack = flag_syn | flag_ack, push = flag_psh | flag_ack, fin = flag_fin | flag_ack;
	fake_module m;
	m.events = {
		c.enters(0, HRTCP_CLOSED, HRTCP_SYN_SENT, HRTCP_C_OPEN_ACTIVE),
		c.sends(1, flag_syn, ci, 0, 0),
		s.gets(50, flag_syn, ci, 0, 0),
		s.enters(50, HRTCP_LISTEN, HRTCP_SYN_RECEIVED, HRTCP_C_SYN_RCVD),
		s.sends(51, synack, si, ci + 1, 0),
		c.gets(100, synack, si, ci + 1, 0),
		c.enters(100, HRTCP_SYN_SENT, HRTCP_ESTABLISHED, HRTCP_C_SYNACK_RCVD),
		c.sends(101, flag_ack, ci + 1, si + 1, 0),
		s.gets(150, flag_ack, ci + 1, si + 1, 0),
		s.enters(150, HRTCP_SYN_RECEIVED, HRTCP_ESTABLISHED, HRTCP_C_SYN_ACKED),
		c.sends(200, push, ci + 1, si + 1, 2000),
		s.gets(250, flag_ack, ci + 1, si + 1, 1000), // cut on its way
		s.gets(250, push, ci + 1001, si + 1, 1000),
		c.enters(300, HRTCP_ESTABLISHED, HRTCP_FIN_WAIT_1, HRTCP_C_CLOSE),
		c.sends(300, fin, ci + 2001, si + 1, 0),
		s.gets(350, fin, ci + 2001, si + 1, 0),
		s.enters(350, HRTCP_ESTABLISHED, HRTCP_CLOSE_WAIT, HRTCP_C_FIN_RCVD),
	};
	return m;
}

} // namespace

TEST_CASE("ladder: two hrTCP ends, each segment drawn once")
{
	fake_module m = both_ends();
	outcome o = run(m, {"ladder", "--width", "90"});
	CHECK(o.status == 0);
	CHECK(o.err.empty());
	CHECK(m.asked_groups.states);
	CHECK(m.asked_groups.segments);
	CHECK("\n" + o.out == R"(
              client 192.0.2.1:40000                               server 192.0.2.2:80
                  CLOSED |                                                  |
   0.000000     SYN-SENT | connect called                                   |
   0.000001              |---- S 0:0(0) win 65535 ------------------------->|
                         |                                                  | LISTEN
   0.000050              |                                     SYN received | SYN-RECEIVED
   0.000051              |<------------------ S. 0:0(0) ack 1 win 65535 ----|
   0.000100  ESTABLISHED | SYN,ACK received                                 |
   0.000101              |---- . 1:1(0) ack 1 win 65535 ------------------->|
   0.000150              |                         our SYN was acknowledged | ESTABLISHED
   0.000200              |---- P. 1:2001(2000) ack 1 win 65535 ------------>|
   0.000300   FIN-WAIT-1 | sending side closed                              |
   0.000300              |---- F. 2001:2001(0) ack 1 win 65535 ------------>|
   0.000350              |                                     FIN received | CLOSE-WAIT
)");
}

TEST_CASE("ladder: events of two processors are put into order")
{
	fake_module m = both_ends();
	std::string ordered = run(m, {"ladder"}).out;
	std::stable_partition(m.events.begin(), m.events.end(), [](const hrtcp::event &e) {
		const auto *state = std::get_if<hrtcp::state_event>(&e);
		return (state ? state->local : std::get<hrtcp::segment_event>(e).local) == client;
	});
	CHECK(run(m, {"ladder"}).out == ordered);
}

TEST_CASE("ladder: a transition stays behind the segment that caused it")
{
	fake_module m;
	m.events = {
		c.sends(1, flag_syn, client_isn, 0, 0),
		c.gets(101, flag_syn | flag_ack, server_isn, client_isn + 1, 0),
		c.enters(100, HRTCP_SYN_SENT, HRTCP_ESTABLISHED, HRTCP_C_SYNACK_RCVD),
	};
	std::string out = run(m, {"ladder"}).out;
	CHECK(out.find("S. 0:0(0)") < out.find("SYN,ACK received"));
}

TEST_CASE("ladder: an end that is not hrTCP's is drawn from what the other receives")
{
	fake_module m;
	m.events = {
		c.sends(1, flag_syn, client_isn, 0, 0),
		c.gets(100, flag_syn | flag_ack, server_isn, client_isn + 1, 0),
		c.gets(100, flag_syn | flag_ack, server_isn, client_isn + 1, 0),
		c.gets(200, flag_rst | flag_ack, server_isn + 1, client_isn + 1, 0),
	};
	CHECK("\n" + run(m, {"ladder", "--width", "90"}).out == R"(
              client 192.0.2.1:40000                               server 192.0.2.2:80
   0.000000              |---- S 0:0(0) win 65535 ------------------------->|
   0.000099              |<------------------ S. 0:0(0) ack 1 win 65535 ----|
   0.000099              |<------------------ S. 0:0(0) ack 1 win 65535 ----|
   0.000199              |<---------------------------- R. 1:1(0) ack 1 ----|
)");
}

TEST_CASE("ladder: retransmissions and drops are marked, sequence numbers absolute if wanted")
{
	auto again = c.segment(300, flag_ack, client_isn + 1, server_isn + 1, 10);
	again.sent = again.retransmitted = true;
	auto dropped = s.segment(310, flag_ack, client_isn + 1, server_isn + 1, 10);
	dropped.drop = HRTCP_DROP_DUPLICATE;
	fake_module m;
	m.events = {again, dropped};
	CHECK("\n" + run(m, {"ladder", "--absolute", "--width", "100"}).out == R"(
              client 192.0.2.1:40000                                         server 192.0.2.2:80
   0.000000              |---- . 1000001:1000011(10) ack 0 win 65535 retransmitted -->|
   0.000010              |                                    dropped: duplicate_data |
)");
}

TEST_CASE("ladder: text that does not fit is not cut")
{
	fake_module m;
	m.events = {c.sends(0, flag_psh | flag_ack, 4'000'000'000, 4'000'000'000, 65160)};
	std::string out = run(m, {"ladder", "--absolute", "--width", "40"}).out;
	CHECK(out.find(" P. 4000000000:4000065160(65160) ack 4000000000 win 65535 ->|") !=
	      std::string::npos);
}

TEST_CASE("ladder: only the connection that is asked for, and only the first")
{
	fake_module m = both_ends();
	CHECK(run(m, {"ladder", "--port", "81"}).out.empty());
	const hrtcp::endpoint other = at("192.0.2.3", 80);
	m.events.push_back(teller{client, other}.sends(400, flag_syn, 7, 0, 0));
	CHECK(run(m, {"ladder", "--port", "80"}).out.find("192.0.2.3") == std::string::npos);
}

TEST_CASE("ladder: stops after the count of segments")
{
	fake_module m = both_ends();
	std::string out = run(m, {"ladder", "-c", "2"}).out;
	CHECK(out.find("S. 0:0(0)") != std::string::npos);
	CHECK(out.find(" . 1:1(0)") == std::string::npos);
}

TEST_CASE("ladder: stops when every end that tells is closed, and not by a signal")
{
	fake_module m;
	m.events = {c.enters(0, HRTCP_LAST_ACK, HRTCP_CLOSED, HRTCP_C_FIN_ACKED),
		    c.enters(1, HRTCP_FIN_WAIT_2, HRTCP_TIME_WAIT, HRTCP_C_FIN_RCVD)};
	outcome o = run(m, {"ladder"});
	CHECK(o.status == 0);
	CHECK(o.out.find("TIME-WAIT | FIN received") != std::string::npos);
	CHECK(o.out.find("LAST-ACK") == std::string::npos);
}

TEST_CASE("ladder: tells what was lost")
{
	fake_module m = both_ends();
	m.events.insert(m.events.begin() + 2, hrtcp::lost_events{3});
	outcome o = run(m, {"ladder"});
	CHECK(o.out.find("| ... 3 events lost ...") != std::string::npos);
	CHECK(o.err == "hrtcp: 3 events lost\n");
}

TEST_CASE("ladder: json, an object a line")
{
	fake_module m = both_ends();
	m.events.resize(2);
	CHECK(run(m, {"ladder", "--json"}).out ==
	      R"({"version":1,"step":"begin","client_address":"192.0.2.1","client_port":40000,)"
	      R"("server_address":"192.0.2.2","server_port":80})"
	      "\n"
	      R"({"version":1,"step":"initial","time_ns":0,"at":"client","state":"CLOSED"})"
	      "\n"
	      R"({"version":1,"step":"state","time_ns":0,"at":"client","state":"SYN-SENT",)"
	      R"("old_state":"CLOSED","cause":"open_active"})"
	      "\n"
	      R"({"version":1,"step":"segment","time_ns":1000,"from":"client","flags":"S","seq":0,)"
	      R"("length_bytes":0,"window_bytes":65535})"
	      "\n");
}

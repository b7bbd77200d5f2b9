// SPDX-License-Identifier: GPL-2.0
#include "catch.hpp"

#include <nlohmann/json.hpp>

#include "fake.hpp"

namespace {

using json = nlohmann::ordered_json;

constexpr uint32_t bit(unsigned state)
{
	return 1U << state;
}

hrtcp::connection established()
{
	hrtcp::connection c;
	c.cookie = 0x2a;
	c.local = at("192.0.2.1", 40000);
	c.peer = at("192.0.2.2", 60080);
	c.state = HRTCP_ESTABLISHED;
	c.uid = 1000;
	c.inode = 4711;
	c.receive_queue = 5;
	c.send_queue = 1460;
	c.timeouts = 2;
	c.timer = hrtcp::timer{HRTCP_T_RETRANSMIT, 1'500'000};
	c.details = hrtcp::tcp_details();
	c.details->options = 1;
	c.details->rtt_us = 50;
	c.details->rto_us = 40'000;
	c.details->cwnd_segments = 10;
	c.details->pacing_rate = 1000;
	return c;
}

hrtcp::connection listening()
{
	hrtcp::connection c;
	c.local = at("::", 60080);
	c.state = HRTCP_LISTEN;
	c.receive_queue = 1;
	c.send_queue = 128;
	c.half_open = 3;
	c.inode = 4712;
	return c;
}

fake_module two()
{
	fake_module module;
	module.connections = {listening(), established()};
	return module;
}

} // namespace

TEST_CASE("ss: columns are as wide as they must be")
{
	fake_module module = two();
	CHECK(run(module, {"ss", "-a", "-n"}).out ==
	      "State        Recv-Q  Send-Q  Local Address:Port  Peer Address:Port\n"
	      "LISTEN       1       128     [::]:60080          *:*\n"
	      "ESTABLISHED  5       1460    192.0.2.1:40000     192.0.2.2:60080\n");
}

TEST_CASE("ss: everything at once")
{
	fake_module module = two();
	CHECK(run(module, {"ss", "-anopieH", "dport", "60080"}).out ==
	      "ESTABLISHED  5       1460    192.0.2.1:40000     192.0.2.2:60080    "
	      "users:((\"nc\",pid=42,fd=3)) timer:(retransmit,1.5ms,2) uid:1000 ino:4711 sk:2a\n"
	      "\tts rto:40ms rtt:50us cwnd:10 pacing_rate:8000bps\n");
}

TEST_CASE("ss: how congestion marks are fed back, and how many there were")
{
	fake_module module = two();
	module.connections[1].details->ecn = 1;
	CHECK(run(module, {"ss", "-iH"}).out.find("\tts ecn rto:40ms") != std::string::npos);
	module.connections[1].details->ecn = 2;
	module.connections[1].details->delivered_ce = 7;
	module.connections[1].details->ce_in = 9;
	auto text = run(module, {"ss", "-iH"}).out;
	CHECK(text.find("\tts accecn rto:40ms") != std::string::npos);
	CHECK(text.find(" delivered_ce:7 ce_in:9") != std::string::npos);
	json info = json::parse(run(module, {"ss", "-i", "--json"}).out)["connections"][0]["info"];
	CHECK(info["options"] == json::array({"ts", "accecn"}));
	CHECK(info["ce_in_segments"] == 9);
}

TEST_CASE("ss: json")
{
	fake_module module = two();
	json shown = json::parse(run(module, {"ss", "-a", "-i", "-p", "--json"}).out);
	CHECK(shown == json::parse(R"({
		"version": 1,
		"connections": [
			{"state": "LISTEN", "local_address": "::", "local_port": 60080,
			 "peer_address": "*", "peer_port": 0, "accept_queue": 1,
			 "accept_queue_limit": 128, "half_open": 3, "uid": 0, "inode": 4712,
			 "cookie": 0, "timeouts": 0},
			{"state": "ESTABLISHED", "local_address": "192.0.2.1", "local_port": 40000,
			 "peer_address": "192.0.2.2", "peer_port": 60080,
			 "receive_queue_bytes": 5, "send_queue_bytes": 1460, "uid": 1000,
			 "inode": 4711, "cookie": 42, "timeouts": 2,
			 "timer": {"name": "retransmit", "in_ns": 1500000},
			 "info": {"options": ["ts"], "rto_us": 40000, "rtt_us": 50,
				  "cwnd_segments": 10, "pacing_bytes_per_s": 1000},
			 "processes": [{"name": "nc", "pid": 42, "fd": 3}]}
		]})"));
}

TEST_CASE("ss: a state without a name is shown by its number")
{
	fake_module module = two();
	module.connections[1].state = 23;
	CHECK(run(module, {"ss", "-a"}).out.find("state(23)") != std::string::npos);
}

TEST_CASE("ss: the kernel is asked for the states that are meant")
{
	fake_module module = two();
	run(module, {"ss"});
	CHECK((module.asked_states & bit(HRTCP_ESTABLISHED)) != 0);
	CHECK((module.asked_states & (bit(HRTCP_LISTEN) | bit(HRTCP_TIME_WAIT))) == 0);
	run(module, {"ss", "-l"});
	CHECK(module.asked_states == bit(HRTCP_LISTEN));
	run(module, {"ss", "state", "time-wait", "state", "Closing"});
	CHECK(module.asked_states == (bit(HRTCP_TIME_WAIT) | bit(HRTCP_CLOSING)));
	run(module, {"ss", "exclude", "established"});
	CHECK((module.asked_states & bit(HRTCP_ESTABLISHED)) == 0);
	CHECK((module.asked_states & bit(HRTCP_LISTEN)) != 0);
}

TEST_CASE("ss: filters of addresses and ports")
{
	const std::vector<std::pair<words, bool>> cases = {
		{{"ss", "-H", "sport", "40000"}, true},
		{{"ss", "-H", "sport", "=", ":40000"}, true},
		{{"ss", "-H", "sport", "60080"}, false},
		{{"ss", "-H", "port", "60080"}, true},
		{{"ss", "-H", "src", "192.0.2.1"}, true},
		{{"ss", "-H", "src", "192.0.2.1:40000"}, true},
		{{"ss", "-H", "src", "192.0.2.1:1"}, false},
		{{"ss", "-H", "dst", "192.0.2.0/30"}, true},
		{{"ss", "-H", "dst", "192.0.2.1/32"}, false},
		{{"ss", "-H", "dst", "0.0.0.0/0"}, true},
		{{"ss", "-H", "src", "[2001:db8::1]:40000"}, false},
		{{"ss", "-H", "dst", "::/0"}, false},
		{{"ss", "-H", "sport", "40000", "and", "dport", "1"}, false},
		{{"ss", "-H", "-4"}, true},
		{{"ss", "-H", "-6"}, false},
	};
	for (const auto &[said, shown] : cases) {
		fake_module module;
		module.connections = {established()};
		outcome o = run(module, said);
		INFO(said.back());
		CHECK(o.status == 0);
		CHECK(o.out.empty() != shown);
	}
}

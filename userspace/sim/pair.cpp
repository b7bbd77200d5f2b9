// SPDX-License-Identifier: GPL-2.0
#include "pair.hpp"

namespace sim {

EndConfig plain_end(const hrtcp_cc_ops *cc)
{
	EndConfig end;

	end.open = {};
	end.open.iss = seq_of(0);
	end.open.rcvbuf_bytes = 1u << 17;
	end.open.rcvbuf_max_bytes = 1u << 25;
	end.open.mss_path = end.open.mss_advertise = 1460;
	end.open.mss_default = 536;
	end.open.gso_max = 65535;
	end.cfg.cc = cc;
	if (cc && cc->exact_echo)
		end.cfg.ecn = HRTCP_ECN_ASK;
	if (cc && cc->ect1)
		end.cfg.ecn = HRTCP_ECN_ACCURATE_ASK;
	end.program.sndbuf_bytes = 1u << 25;
	return end;
}

EndConfig other_end(const hrtcp_cc_ops *cc, uint64_t delack_ns)
{
	EndConfig end = plain_end(cc);

	end.cfg.hr_option = false;
	end.cfg.delack_ns = delack_ns;
	return end;
}

PathConfig wire(double mbit_s, uint64_t rtt_ns)
{
	PathConfig path;

	path.delay_ns = rtt_ns / 2;
	path.ns_per_byte = 8000 / mbit_s;
	return path;
}

static EndConfig with_patterns(EndConfig end, uint64_t own, uint64_t peers)
{
	end.pattern = own;
	end.peer_pattern = peers;
	return end;
}

Pair::Pair(const PathConfig &to_server, const PathConfig &to_client, EndConfig a, EndConfig b,
	   uint64_t seed)
	: there(clock, to_server, 2 * seed), back(clock, to_client, 2 * seed + 1),
	  client("client", clock, there, with_patterns(a, 1, 2), false),
	  server("server", clock, back, with_patterns(b, 2, 1), false)
{
	there.connect([this](Bytes packet) { server.receive(std::move(packet)); });
	back.connect([this](Bytes packet) { client.receive(std::move(packet)); });
}

void Pair::start()
{
	server.listen();
	client.connect();
}

void join(Flow &flow, unsigned i, Clock &clock, Path &port, EndConfig sender, EndConfig receiver)
{
	sender.pattern = receiver.peer_pattern = 2 * i + 2;
	receiver.pattern = sender.peer_pattern = 2 * i + 3;
	flow.sender = std::make_unique<Endpoint>("sender", clock, *flow.up, sender, false);
	flow.receiver = std::make_unique<Endpoint>("receiver", clock, *flow.back, receiver, false);
	flow.up->connect([&port, i](Bytes packet) {
		packet.flow = i;
		port.send(std::move(packet));
	});
	flow.back->connect([&flow](Bytes packet) { flow.sender->receive(std::move(packet)); });
	flow.receiver->listen();
}

} // namespace sim

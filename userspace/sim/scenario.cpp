// SPDX-License-Identifier: GPL-2.0
#include "scenario.hpp"

namespace sim {

namespace {

constexpr uint64_t limit_ns = 7200ull * 1000000000; // far beyond R2 and 2 MSL
constexpr int step_limit = 5000000;

class Dice {
public:
	explicit Dice(uint64_t seed) : random_(seed) {}
	uint64_t below(uint64_t n) { return random_() % n; }
	bool one_in(uint64_t n) { return below(n) == 0; }
	double up_to(double max) { return std::uniform_real_distribution<>(0, max)(random_); }
	// Small values as likely as large ones.
	uint64_t log_up_to(unsigned bits) { return random_() & ((1ull << below(bits + 1)) - 1); }

private:
	std::mt19937_64 random_;
};

PathConfig random_path(Dice &dice)
{
	PathConfig path;

	path.delay_ns = 1000 + dice.log_up_to(27);
	path.ns_per_byte = dice.one_in(3) ? 1 + dice.below(800) : 1;
	path.queue_bytes = static_cast<uint32_t>(3000 + dice.log_up_to(20));
	if (dice.one_in(4))
		return path;
	path.loss = dice.up_to(0.12);
	path.reorder = dice.one_in(2) ? dice.up_to(0.2) : 0;
	path.reorder_ns = 1000 + dice.log_up_to(26);
	path.duplicate = dice.one_in(3) ? dice.up_to(0.1) : 0;
	path.corrupt = dice.one_in(3) ? dice.up_to(0.05) : 0;
	path.mark_bytes = dice.one_in(2) ? static_cast<uint32_t>(dice.log_up_to(17)) : 0;
	return path;
}

EndConfig random_end(Dice &dice)
{
	EndConfig end;

	end.open.iss = seq_of(static_cast<uint32_t>(dice.below(1ull << 32)));
	end.open.ts_offset = static_cast<uint32_t>(dice.below(1ull << 32));
	end.open.rcvbuf_bytes = static_cast<uint32_t>(2000 + dice.log_up_to(20));
	if (dice.one_in(2))
		end.open.rcvbuf_max_bytes = static_cast<uint32_t>(end.open.rcvbuf_bytes + dice.log_up_to(22));
	end.open.mss_path = static_cast<uint16_t>(100 + dice.below(1361));
	end.open.mss_advertise = static_cast<uint16_t>(dice.one_in(2) ? 1460 : 100 + dice.below(1361));
	end.open.mss_default = 536;
	end.open.gso_max = dice.one_in(3) ? end.open.mss_path : 65535;
	end.cfg.orphan_r2_ns = end.cfg.r2_ns; // giving up is not what is tested
	end.cfg.sack = !dice.one_in(4);
	end.cfg.timestamps = !dice.one_in(4);
	end.cfg.window_scaling = !dice.one_in(4);
	end.cfg.hr_option = !dice.one_in(3);
	end.cfg.ecn = static_cast<uint8_t>(dice.below(3));
	end.cfg.cc = dice.one_in(3)   ? &hrtcp_cc_reno :
		     dice.one_in(2) ? &hrtcp_cc_dctcp :
				      &hrtcp_cc_cubic;
	end.program.send_bytes = dice.log_up_to(17);
	end.program.write_bytes = static_cast<uint32_t>(1 + dice.log_up_to(16));
	end.program.read_every_ns = dice.one_in(3) ? 1 + dice.log_up_to(28) : 0;
	if (dice.one_in(5) && end.program.send_bytes / end.program.write_bytes < 500)
		end.program.pause_ns = 1 + dice.log_up_to(28);
	end.program.nodelay = dice.one_in(2);
	end.program.wait_for_peer = dice.one_in(3);
	return end;
}

void check_complete(const Endpoint &end, uint64_t expected, const char *name)
{
	if (end.error())
		throw Failure(std::string(name) + ": ended with errno " + std::to_string(end.error()));
	if (!end.saw_eof())
		throw Failure(std::string(name) + ": end of stream not seen");
	if (end.received() != expected)
		throw Failure(std::string(name) + ": received " + std::to_string(end.received()) +
			      " of " + std::to_string(expected));
}

} // namespace

Outcome run_seed(uint64_t seed, bool trace)
{
	Dice dice(seed);
	Clock clock;
	Path there(clock, random_path(dice), dice.below(~0ull));
	Path back(clock, random_path(dice), dice.below(~0ull));
	EndConfig a = random_end(dice), b = random_end(dice);

	a.pattern = b.peer_pattern = seed * 2;
	b.pattern = a.peer_pattern = seed * 2 + 1;
	if (a.program.wait_for_peer)
		b.program.wait_for_peer = false;
	if (dice.one_in(20))
		a.program.abort_after_ns = 1 + dice.log_up_to(32);
	Endpoint client("client", clock, there, a, trace), server("server", clock, back, b, trace);
	there.connect([&](Bytes packet) { server.receive(std::move(packet)); });
	back.connect([&](Bytes packet) { client.receive(std::move(packet)); });
	server.listen();
	client.connect();

	for (int steps = 0; !(client.gone() && server.gone()); steps++) {
		if (client.aborted() && client.gone())
			return {};	/* the reset may be lost: the server's timers end it */
		if (client.gone() && server.gave_up())
			return {};	/* every one of six SYN,ACKs, or its ACK, was lost */
		if (steps > step_limit)
			throw Failure("no end in " + std::to_string(step_limit) + " events");
		if (!clock.step() || clock.now_ns() > limit_ns)
			throw Failure("stuck: client " + client.state() + ", server " + server.state());
	}
	if (!client.aborted()) {
		check_complete(client, b.program.send_bytes, "client");
		check_complete(server, a.program.send_bytes, "server");
	}
	return {client.retransmitted() + server.retransmitted(),
		client.received() + server.received(), clock.now_ns()};
}

uint64_t run_bulk(const PathConfig &path, const char *cc, uint64_t bytes, uint64_t seed,
		  uint64_t *again)
{
	Dice dice(seed);
	Clock clock;
	PathConfig clean = path;
	EndConfig a, b;

	clean.loss = clean.reorder = clean.duplicate = clean.corrupt = 0;
	Path there(clock, path, seed), back(clock, clean, seed + 1);
	a.open = {seq_of(1), 0, 1u << 16, 1u << 24, 1460, 1460, 536, 65535};
	b.open = a.open;
	a.cfg.cc = hrtcp_cc_find(cc);
	a.program.send_bytes = bytes;
	Endpoint client("client", clock, there, a, false), server("server", clock, back, b, false);
	there.connect([&](Bytes packet) { server.receive(std::move(packet)); });
	back.connect([&](Bytes packet) { client.receive(std::move(packet)); });
	server.listen();
	client.connect();
	while (server.received() < bytes)
		if (!clock.step())
			throw Failure("bulk transfer stuck");
	*again = client.retransmitted();
	return clock.now_ns() - 1000000000;
}

} // namespace sim

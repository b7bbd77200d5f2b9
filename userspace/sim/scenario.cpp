// SPDX-License-Identifier: GPL-2.0
#include "scenario.hpp"

#include <algorithm>
#include <cstdio>

namespace sim {

namespace {

constexpr uint64_t limit_ns = 7200ull * 1000000000; // far beyond R2 and 2 MSL
constexpr int step_limit = 5000000, steps_at_once = 100000;

class Dice {
public:
	explicit Dice(uint64_t seed) : random_(seed) {}
	uint64_t below(uint64_t n) { return random_() % n; }
	bool one_in(uint64_t n) { return below(n) == 0; }
	double up_to(double max) { return max * double(random_() >> 11) * 0x1p-53; }
	// Small values as likely as large ones.
	uint64_t log_up_to(unsigned bits) { return random_() & ((1ull << below(bits + 1)) - 1); }

private:
	std::mt19937_64 random_;
};

PathConfig random_path(Dice &dice)
{
	PathConfig path;

	path.delay_ns = 1000 + dice.log_up_to(27);
	path.ns_per_byte = dice.one_in(3) ? 1 + dice.up_to(800) : 1;
	path.queue_bytes = static_cast<uint32_t>(3000 + dice.log_up_to(20));
	if (dice.one_in(4))
		return path;
	path.loss = dice.up_to(0.12);
	if (dice.one_in(4)) {
		path.loss = 0;
		path.burst = dice.up_to(0.05);
		path.burst_ns = 1000 + dice.log_up_to(31);
		path.burst_loss = dice.up_to(1);
	}
	if (dice.one_in(4))
		for (int i = 0; i < 8; i++)
			path.drop_nth |= 1ull << dice.below(64);
	path.reorder = dice.one_in(2) ? dice.up_to(0.2) : 0;
	path.reorder_ns = 1000 + dice.log_up_to(26);
	path.duplicate = dice.one_in(3) ? dice.up_to(0.1) : 0;
	path.corrupt = dice.one_in(3) ? dice.up_to(0.05) : 0;
	path.meddle = dice.one_in(4) ? static_cast<uint8_t>(1 << dice.below(4)) : 0;
	path.mark_bytes = dice.one_in(2) ? static_cast<uint32_t>(dice.log_up_to(17)) : 0;
	return path;
}

const hrtcp_cc_ops *any_algorithm(Dice &dice)
{
	uint32_t n = 0;

	while (hrtcp_cc_built_in(n))
		n++;
	auto i = static_cast<uint32_t>(dice.below(n + 1));
	return i < n ? hrtcp_cc_built_in(i) : &hrtcp_cc_bbr;
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
	end.cfg.ecn = static_cast<uint8_t>(dice.below(HRTCP_ECN_MAX + 1));
	end.open.gso_ace = dice.one_in(2);
	end.cfg.cc = any_algorithm(dice);
	end.program.send_bytes = dice.log_up_to(17);
	end.program.write_bytes = static_cast<uint32_t>(1 + dice.log_up_to(16));
	end.program.read_every_ns = dice.one_in(3) ? 1 + dice.log_up_to(28) : 0;
	if (dice.one_in(5) && end.program.send_bytes / end.program.write_bytes < 500)
		end.program.pause_ns = 1 + dice.log_up_to(28);
	end.program.nodelay = dice.one_in(2);
	end.program.wait_for_peer = dice.one_in(3);
	return end;
}

void random_disturbance(Dice &dice, EndConfig &end)
{
	uint64_t after = dice.log_up_to(31);
	uint32_t n = 0;

	while (hrtcp_cc_built_in(n))
		n++;
	switch (dice.below(5)) {
	case Disturbance::Path:
		end.disturbances.push_back({Disturbance::Path, after,
					    static_cast<uint32_t>(100 + dice.below(1361))});
		break;
	case Disturbance::Algorithm:
		end.disturbances.push_back({Disturbance::Algorithm, after,
					    static_cast<uint32_t>(dice.below(n))});
		break;
	case Disturbance::Buffer:
		end.disturbances.push_back({Disturbance::Buffer, after,
					    static_cast<uint32_t>(2000 + dice.log_up_to(20))});
		break;
	case Disturbance::Block:
		end.disturbances.push_back({Disturbance::Block, after,
					    static_cast<uint32_t>(1 + dice.log_up_to(28))});
		break;
	default:
		end.disturbances.push_back({Disturbance::Refuse, after,
					    static_cast<uint32_t>(1 + dice.below(8))});
	}
}

// Fast Open and SYN cookies, both ends willing or one of them; sometimes the cookie is wrong.
void random_opening(Dice &dice, EndConfig &client, EndConfig &server)
{
	hrtcp_fast_open &fast = client.open.fast;

	server.cfg.syncookies = static_cast<uint8_t>(dice.one_in(3) ? HRTCP_SYNCOOKIES_ALWAYS : 1);
	server.cfg.max_syn_backlog = !dice.one_in(4);	// 0: always full
	server.cfg.fastopen = dice.one_in(4) ? 1 : 3;
	server.fast_limit = static_cast<uint32_t>(dice.below(3));
	server.fast_mac = dice.below(~0ull);
	if (dice.one_in(2))
		return;
	fast.on = true;
	fast.option = !dice.one_in(4);
	fast.data = !dice.one_in(3);
	fast.mss = static_cast<uint16_t>(dice.one_in(2) ? 0 : 60 + dice.below(1400));
	if (dice.one_in(3))
		return;
	fast.cookie.len = static_cast<uint8_t>(dice.one_in(4) ? 4 + 2 * dice.below(7) : 8);
	uint64_t shown = dice.one_in(4) ? dice.below(~0ull) : server.fast_mac;
	for (int i = 0; i < 8; i++)
		fast.cookie.octets[i] = static_cast<uint8_t>(shown >> (56 - 8 * i));
}

void trace_losses(Path &path, const char *from, const Clock &clock)
{
	path.witness([from, &clock](const Bytes &packet, const char *why) {
		std::printf("%14.6f        %s's packet of %zu octets: %s\n",
			    double(clock.now_ns() - 1000000000) / 1e6, from, packet.size(), why);
	});
}

// In one of eight paths no router says that packets of the interface's size do not pass.
void narrow(Dice &dice, Path &path, EndConfig &sender)
{
	sender.cfg.mtu_probing = static_cast<uint8_t>(dice.below(3));
	sender.cfg.base_mss = static_cast<uint32_t>(200 + dice.below(1200));
	const size_t most = HRTCP_HDR_MAX + 100 + dice.below(1361);
	if (!dice.one_in(8))
		return;
	sender.cfg.mtu_probing = std::max<uint8_t>(sender.cfg.mtu_probing, HRTCP_MTU_PROBING_BLACK_HOLE);
	path.drop_if([most](const Bytes &packet) { return packet.size() > most; });
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

// What one end heard of the marks on what it sent is never more than what the other counted.
void check_marks(const Endpoint &from, const Endpoint &to, const char *name)
{
	const hrtcp_accecn &sender = from.conn().ecn.acc, &receiver = to.conn().ecn.acc;

	if (from.conn().ecn.pact.mode != HRTCP_ECN_ACCURATE ||
	    to.conn().ecn.pact.mode != HRTCP_ECN_ACCURATE)
		return;
	for (int i = 0; i < HRTCP_ACCECN_FIELDS; i++)
		if (sender.s.bytes[i] > receiver.r.bytes[i])
			throw Failure(std::string(name) + ": heard of more marked octets than came");
}

} // namespace

const hrtcp_cc_ops *find_cc(const char *name)
{
	return std::string(name) == hrtcp_cc_bbr.name ? &hrtcp_cc_bbr : hrtcp_cc_find(name);
}

Outcome run_seed(uint64_t seed, bool trace, const hrtcp_cc_ops *cc)
{
	Dice dice(seed);
	Clock clock;
	PathConfig to_server = random_path(dice), to_client = random_path(dice);
	Path there(clock, to_server, 2 * seed), back(clock, to_client, 2 * seed + 1);
	EndConfig a = random_end(dice), b = random_end(dice);

	if (cc)
		a.cfg.cc = b.cfg.cc = cc;
	a.pattern = b.peer_pattern = seed * 2;
	b.pattern = a.peer_pattern = seed * 2 + 1;
	if (a.program.wait_for_peer)
		b.program.wait_for_peer = false;
	for (EndConfig *end : {&a, &b})
		while (dice.one_in(3))
			random_disturbance(dice, *end);
	random_opening(dice, a, b);
	if (dice.one_in(20))
		a.program.abort_after_ns = 1 + dice.log_up_to(32);
	narrow(dice, there, a);
	narrow(dice, back, b);
	Endpoint client("client", clock, there, a, trace), server("server", clock, back, b, trace);
	if (trace) {
		trace_losses(there, "client", clock);
		trace_losses(back, "server", clock);
	}
	there.connect([&](Bytes packet) { server.receive(std::move(packet)); });
	back.connect([&](Bytes packet) { client.receive(std::move(packet)); });
	server.listen();
	client.connect();

	for (int steps = 0; !(client.gone() && server.gone()); steps++) {
		if (client.aborted() && client.gone())
			return {};	/* the reset may be lost: the server's timers end it */
		if (client.gone() && server.gave_up())
			return {};	/* every one of six SYN,ACKs, or its ACK, was lost */
		if (client.gone() && !client.times().up && client.error() == ETIMEDOUT)
			return {};	/* every SYN, or what it brought, was lost */
		if (clock.idle() && server.unaware())
			return {};	/* the ACK of a cookie was lost, and nothing comes after it */
		if (clock.at_one_time() > steps_at_once)
			throw Failure("time stands still");
		if (steps > step_limit)
			throw Failure("no end in " + std::to_string(step_limit) + " events");
		if (!clock.step() || clock.now_ns() > limit_ns)
			throw Failure("stuck: client " + client.state() + ", server " + server.state());
	}
	if (!client.aborted()) {
		check_complete(client, b.program.send_bytes, "client");
		check_complete(server, a.program.send_bytes, "server");
	}
	check_marks(client, server, "client");
	check_marks(server, client, "server");
	return {client.retransmitted() + server.retransmitted(),
		client.received() + server.received(), clock.now_ns()};
}

} // namespace sim

// SPDX-License-Identifier: GPL-2.0
#include "lots.hpp"

#include <algorithm>

namespace sim {

namespace {

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
	path.loss_again = dice.one_in(6) ? dice.up_to(0.5) : 0;
	if (dice.one_in(8)) {
		path.swell_ns = dice.log_up_to(28);
		path.swell_from_ns = dice.log_up_to(31);
		path.swell_to_ns = path.swell_from_ns + dice.log_up_to(32);
	}
	path.heal_ns = 60ull * 1000000000 + dice.log_up_to(38);
	return path;
}

const hrtcp_cc_ops *any_algorithm(Dice &dice)
{
	uint32_t n = 0;

	while (hrtcp_cc_built_in(n))
		n++;
	auto i = static_cast<uint32_t>(dice.below(n + 2));
	return i < n ? hrtcp_cc_built_in(i) : i == n ? &hrtcp_cc_bbr : &hrtcp_cc_prague;
}

EndConfig random_end(Dice &dice)
{
	EndConfig end;

	end.open.iss = seq_of(static_cast<uint32_t>(dice.below(1ull << 32)));
	end.open.ts_offset = static_cast<uint32_t>(dice.below(1ull << 32));
	const bool tiny = dice.one_in(8);	/* then without a scale, whose unit may be more */
	end.open.rcvbuf_bytes = static_cast<uint32_t>(tiny ? 1 + dice.log_up_to(11) :
							     2000 + dice.log_up_to(20));
	if (!tiny && dice.one_in(2))
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
	end.gro_ns = dice.one_in(3) ? 1 + dice.log_up_to(17) : 0;
	if (dice.one_in(3)) {
		end.learned.taken_ns = Clock::start_ns;
		end.learned.srtt_ns = 1 + dice.log_up_to(28);
	}
	return end;
}

// More than the peer's buffer takes, which begins to read late, or once all of its own is written.
void both_write_first(Dice &dice, EndConfig &a, EndConfig &b)
{
	const uint64_t together = dice.one_in(2) ? dice.log_up_to(33) : 0;

	for (auto [end, peer] : {std::pair(&a, &b), std::pair(&b, &a)}) {
		const auto bytes = static_cast<uint32_t>(1 + dice.log_up_to(16));
		end->open.rcvbuf_bytes = end->open.rcvbuf_max_bytes = bytes;
		if (bytes >= 512 && dice.one_in(2))	/* the unit of the scale is 128 at the most */
			end->open.rcvbuf_max_bytes = static_cast<uint32_t>(bytes + dice.log_up_to(22));
		peer->program.send_bytes = end->open.rcvbuf_bytes + dice.log_up_to(16);
		end->program.read_last = dice.one_in(4);
		end->program.read_from_ns = together ? together : dice.log_up_to(33);
	}
}

// Requests and answers, with time to think where there are pauses between writes.
void take_turns(Dice &dice, EndConfig &a, EndConfig &b)
{
	const uint64_t turns = 1 + dice.below(20);

	for (auto [end, peer] : {std::pair(&a, &b), std::pair(&b, &a)}) {
		end->program.turn_bytes = peer->program.peer_turn_bytes =
			1 + dice.log_up_to(13) % (10ull * peer->open.rcvbuf_bytes);
		end->program.send_bytes = turns * end->program.turn_bytes;
		end->program.pause_ns = dice.one_in(2) ? 1 + dice.log_up_to(28) : 0;
	}
	b.program.second = true;
}

// What the two programs have to do with each other; often nothing.
void random_pattern(Dice &dice, EndConfig &a, EndConfig &b)
{
	EndConfig &one = dice.one_in(2) ? a : b, &other = &one == &a ? b : a;

	switch (dice.below(8)) {
	case 0:
		both_write_first(dice, a, b);
		break;
	case 1:
		take_turns(dice, a, b);
		break;
	case 2:			/* into a half-closed end */
		one.program.speak_last = true;
		other.program.wait_for_peer = false;
		break;
	case 3:
		if (dice.one_in(4))
			a.program.send_bytes = b.program.send_bytes = 100000 + dice.below(200000);
		break;
	}
	for (auto [end, peer] : {std::pair(&a, &b), std::pair(&b, &a)})
		if (!end->program.turn_bytes)
			end->program.send_bytes = std::min<uint64_t>(end->program.send_bytes,
								     60ull * peer->open.rcvbuf_bytes);
	for (EndConfig *end : {&a, &b})
		end->program.write_bytes = std::max(end->program.write_bytes,
						    static_cast<uint32_t>(end->program.send_bytes / 1000));
	if (dice.one_in(5) && !other.program.read_last)
		one.program.sndbuf_bytes = static_cast<uint32_t>(1 + dice.log_up_to(14) +
								 one.program.send_bytes / 256);
}

void random_disturbance(Dice &dice, EndConfig &end)
{
	uint64_t after = dice.log_up_to(31);
	uint32_t n = 0;

	while (hrtcp_cc_built_in(n))
		n++;
	switch (dice.below(Disturbance::Count)) {
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
	case Disturbance::Stall:
		end.disturbances.push_back({Disturbance::Stall, after,
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

// In one of eight paths no router says that packets of the interface's size do not pass.
size_t narrow(Dice &dice, EndConfig &sender)
{
	sender.cfg.mtu_probing = static_cast<uint8_t>(dice.below(3));
	sender.cfg.base_mss = static_cast<uint32_t>(200 + dice.below(1200));
	const size_t most = HRTCP_HDR_MAX + 100 + dice.below(1361);
	if (!dice.one_in(8))
		return 0;
	sender.cfg.mtu_probing = std::max<uint8_t>(sender.cfg.mtu_probing, HRTCP_MTU_PROBING_BLACK_HOLE);
	return most;
}

} // namespace

Lots draw(uint64_t seed, const hrtcp_cc_ops *cc, std::optional<Life> life)
{
	Dice dice(seed), more(~seed);
	Lots lots;
	EndConfig &a = lots.client, &b = lots.server;

	lots.there = random_path(dice);
	lots.back = random_path(dice);
	a = random_end(dice);
	b = random_end(dice);
	if (cc)
		a.cfg.cc = b.cfg.cc = cc;
	a.pattern = b.peer_pattern = seed * 2;
	b.pattern = a.peer_pattern = seed * 2 + 1;
	if (a.program.wait_for_peer)
		b.program.wait_for_peer = false;
	random_pattern(dice, a, b);
	for (EndConfig *end : {&a, &b})
		while (dice.one_in(3))
			random_disturbance(dice, *end);
	random_opening(dice, a, b);
	if (dice.one_in(20))
		a.program.abort_after_ns = 1 + dice.log_up_to(32);
	lots.there_most = narrow(dice, a);
	lots.back_most = narrow(dice, b);
	live(more, life, lots);
	return lots;
}

} // namespace sim

// SPDX-License-Identifier: GPL-2.0
// lives.cpp -- connections that grow old: by octets, so that sequence numbers come round; by
// idleness, so that timestamps do; by an outage that is as long as that.
#include "lots.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace sim {

namespace {

constexpr uint64_t us = 1000, ms = 1000000, second = 1000000000;

// Nothing of what was drawn for a short life that would make this one hang on it.
void forget_pattern(EndConfig &end)
{
	Program &program = end.program;

	program.turn_bytes = program.peer_turn_bytes = 0;
	program.second = program.speak_last = program.read_last = false;
	program.pause_ns = program.read_from_ns = program.abort_after_ns = 0;
	program.sndbuf_bytes = 1u << 20;
}

// Large segments, and enough of a window that gigabytes cross in seconds.
void widen(Dice &dice, EndConfig &end)
{
	forget_pattern(end);
	end.open.mss_path = static_cast<uint16_t>(30000 + dice.below(30000));
	end.open.mss_advertise = static_cast<uint16_t>(30000 + dice.below(30000));
	end.open.gso_max = end.open.mss_path * static_cast<uint32_t>(1 + dice.below(16));
	end.open.rcvbuf_bytes = end.open.rcvbuf_max_bytes =
		static_cast<uint32_t>((1u << 21) + dice.log_up_to(25));
	end.cfg.window_scaling = true;
	end.cfg.syncookies = 1;		// only where the queue is full: a cookie has no room for a scale
	end.cfg.max_syn_backlog = 1;
	end.cfg.mtu_probing = HRTCP_MTU_PROBING_NEVER;
	end.unseen = true;
	end.program.sndbuf_bytes = 1u << 24;
	end.program.write_bytes = 1u << 20;
	end.program.read_every_ns = 0;
	end.program.urgent_every_bytes = dice.one_in(2) ? 1 + dice.log_up_to(32) : 0;
	std::erase_if(end.disturbances, [](const Disturbance &d) {
		return d.what == Disturbance::Path || d.what == Disturbance::Buffer;
	});
}

void quicken(Dice &dice, PathConfig &path, bool ghosts)
{
	path.delay_ns = 1000 + dice.log_up_to(21);
	path.ns_per_byte = 0.1 + dice.up_to(1);
	path.queue_bytes = static_cast<uint32_t>((1u << 22) + dice.log_up_to(24));
	path.loss = std::min(path.loss, 0.02);
	path.burst = std::min(path.burst, 0.005);
	path.burst_ns = std::min(path.burst_ns, ms);
	path.corrupt = std::min(path.corrupt, 0.01);
	path.reorder_ns = 1000 + dice.log_up_to(22);
	path.swell_ns = std::min(path.swell_ns, 10 * ms);
	path.heal_ns = 3600 * second;
	if (!ghosts)
		return;
	path.ghost = dice.up_to(0.002);
	path.ghost_ns = ms + dice.log_up_to(34);
}

// More than 2^31 or 2^32 octets one way, harm before and after; the other way is idle meanwhile,
// and goes on when all marks of either end are old. Sometimes both carry so much. Copies of segments
// come when their numbers may have come round: only timestamps tell (RFC 7323 5.1).
void carry_gigabytes(Dice &dice, Lots &lots)
{
	EndConfig &a = lots.client, &b = lots.server;
	EndConfig &one = dice.one_in(2) ? a : b, &other = &one == &a ? b : a;
	const bool ghosts = a.cfg.timestamps && b.cfg.timestamps && dice.one_in(2);
	const uint64_t most = (dice.one_in(2) ? 1ull << 31 : 1ull << 32) + dice.log_up_to(29);
	const uint64_t head = 1 + dice.log_up_to(22);

	widen(dice, a);
	widen(dice, b);
	quicken(dice, lots.there, ghosts);
	quicken(dice, lots.back, ghosts);
	lots.there_most = lots.back_most = 0;
	one.program.send_bytes = most + (1u << 22) + dice.log_up_to(24);
	other.program.send_bytes = dice.one_in(6) ? most : head + (1u << 20) + dice.log_up_to(23);
	if (other.program.send_bytes < most)
		other.program.rests = {{head, 0, most}};
	if (one.program.wait_for_peer)
		other.program.wait_for_peer = false;
	lots.calm_from_bytes = (1u << 22) + dice.log_up_to(25);
	lots.calm_to_bytes = most;
}

// The unit of the clock that the timestamps of both tick by.
uint64_t draw_tick(Dice &dice, Lots &lots)
{
	const bool in_us = dice.one_in(2);

	for (EndConfig *end : {&lots.client, &lots.server}) {
		forget_pattern(*end);
		end->program.send_bytes = 2 + dice.log_up_to(17) % (60ull * end->open.rcvbuf_bytes);
		end->program.write_bytes = std::max(end->program.write_bytes,
						    static_cast<uint32_t>(end->program.send_bytes / 1000));
		if (!dice.one_in(8))
			end->cfg.timestamps = true;
		end->cfg.hr_option = in_us;
	}
	return in_us ? us : ms;
}

// From less than half a turn of the timestamp clock, for which TS.Recent is believed, to more than a
// whole one.
uint64_t draw_age(Dice &dice, uint64_t tick)
{
	return tick * ((1ull << 30) + dice.below(1ull << 32));
}

// Data, silence of both, or of one only, for long, and data again both ways. RFC 7323 5.5
void fall_idle(Dice &dice, Lots &lots)
{
	const uint64_t age = draw_age(dice, draw_tick(dice, lots));

	for (EndConfig *end : {&lots.client, &lots.server}) {
		const uint64_t until = age + (dice.one_in(2) ? dice.log_up_to(33) : 0);
		end->program.rests = {{1 + dice.below(end->program.send_bytes), until, 0}};
	}
	if (dice.one_in(4)) {		// now and then something, and only ACKs the other way
		Program &drip = dice.one_in(2) ? lots.client.program : lots.server.program;
		drip.write_bytes = static_cast<uint32_t>(1 + dice.below(40));
		drip.send_bytes = drip.write_bytes * (2 + dice.below(10));
		drip.pause_ns = 1 + age / (drip.send_bytes / drip.write_bytes);
		drip.rests.clear();
	}
	lots.age_ns = age;
	lots.there.heal_ns += age;
	lots.back.heal_ns += age;
}

// The path, or one direction of it, fails in the middle of a transfer, and neither end gives up.
void suffer_outage(Dice &dice, Lots &lots)
{
	const uint64_t age = draw_age(dice, draw_tick(dice, lots)), begin = 200 * second;
	const uint64_t from = begin + dice.log_up_to(28);
	const uint64_t which = dice.below(3);

	for (EndConfig *end : {&lots.client, &lots.server}) {
		Program &program = end->program;
		program.send_bytes += 4;
		program.rests = {{1 + dice.below(program.send_bytes / 2), begin, 0},
				 {program.send_bytes - 1, from + age, 0}};
		end->cfg.r2_ns = end->cfg.orphan_r2_ns = HRTCP_NEVER;
	}
	for (auto [path, fails] : {std::pair(&lots.there, which != 1), std::pair(&lots.back, which != 2)}) {
		path->heal_ns += from + age;
		if (!fails)
			continue;
		path->out_from_ns = from;
		path->out_to_ns = from + age;
	}
	lots.age_ns = from + age;
}

} // namespace

const char *life_name(Life life)
{
	static const char *const names[] = {"short", "gigabytes", "idle", "outage"};

	return names[static_cast<int>(life)];
}

std::optional<Life> find_life(const char *name)
{
	for (int i = 0; i < life_count; i++)
		if (!std::strcmp(name, life_name(static_cast<Life>(i))))
			return static_cast<Life>(i);
	return {};
}

void live(Dice &dice, std::optional<Life> life, Lots &lots)
{
	const uint64_t lot = dice.below(1000);

	lots.life = life ? *life : lot < 2 ? Life::Gigabytes : lot < 12 ? Life::Idle :
			   lot < 20 ? Life::Outage : Life::Short;
	if (lots.life == Life::Gigabytes)
		carry_gigabytes(dice, lots);
	else if (lots.life == Life::Idle)
		fall_idle(dice, lots);
	else if (lots.life == Life::Outage)
		suffer_outage(dice, lots);
}

} // namespace sim

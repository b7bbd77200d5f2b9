// SPDX-License-Identifier: GPL-2.0
// fuzz_pair.cpp -- two ends that write, read and close in any order, on a network that loses,
// repeats and reorders as the input says, while deadlines pass early or late. When the input is
// at its end so is the harm: everything that was written then arrives, and both ends close.
#include "input.hpp"

#include "../sim/model_end.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

namespace {

using model::End;
using model::Packets;
using model::Violation;

constexpr uint64_t start_ns = 1000000000, harm_ns = 300 * start_ns; // less than R2
constexpr int harm_packets = 200, calm_steps = 20000;

model::Script script(Input &in, bool connects)
{
	model::Script s{.writes = 40, .connects = connects};

	s.octets = std::max<uint8_t>(in.u8(), 1);
	s.window = static_cast<uint16_t>(std::min(1 + (in.u16() >> in.u8() % 16), 65535));
	s.scale = in.u8() % 8;
	while (s.scale && 4 << s.scale > s.window)
		s.scale--;		/* steps worth a segment are of some units */
	s.slow = in.u8() & 1;
	return s;
}

// What a window takes in a few round trips, so that all of it crosses in some thousand steps.
model::Script writing_to(const model::Script &peer, model::Script s)
{
	s.octets = static_cast<uint8_t>(std::min<uint32_t>(s.octets, 4u * peer.window));
	return s;
}

class Scene {
public:
	Scene(Input &in, const hrtcp_cfg *cfg) : Scene(Scripts{script(in, true), script(in, false)}, cfg) {}
	void connect();
	void act(Input &in);
	void calm_down();

private:
	using Scripts = std::array<model::Script, 2>;
	Scene(const Scripts &s, const hrtcp_cfg *cfg)
		: a_(writing_to(s[1], s[0]), cfg, 1000), b_(writing_to(s[0], s[1]), cfg, 5000) {}
	End &end(bool a) { return a ? a_ : b_; }
	Packets &to(bool a) { return a ? to_a_ : to_b_; }
	void deliver(bool a, size_t i, bool keep);
	void pass();

	End a_, b_;
	Packets to_a_, to_b_;
	uint64_t now_ = start_ns;
};

void Scene::deliver(bool a, size_t i, bool keep)
{
	const hrtcp_seg seg = to(a)[i];

	if (!keep)
		to(a).erase(to(a).begin() + static_cast<long>(i));
	end(a).receive(seg, now_, to(!a));
}

// To the next deadline, if there is one.
void Scene::pass()
{
	const uint64_t at = std::min(a_.deadline(), b_.deadline());

	if (at == HRTCP_NEVER)
		return;
	now_ = std::max(now_, at);
	for (bool a : {true, false})
		if (end(a).deadline() <= now_)
			end(a).timer(now_, to(!a));
}

void Scene::connect()
{
	a_.open(now_, to_b_);
	deliver(false, 0, false);
	deliver(true, 0, false);
	deliver(false, 0, false);
}

void Scene::act(Input &in)
{
	const uint8_t what = in.u8();
	const bool a = what & 1;
	Packets &packets = to(a);
	const size_t i = packets.empty() ? 0 : (what >> 4) % packets.size();

	switch (what >> 1 & 7) {
	case 0:
		if (end(a).may_write())
			end(a).write(now_, to(!a));
		break;
	case 1:
		if (end(a).may_read())
			end(a).read(now_, to(!a));
		break;
	case 2:
		if (what >> 4 == 15 && end(a).may_close())
			end(a).close(now_, to(!a));
		break;
	case 3:
		if (now_ < harm_ns && std::min(a_.deadline(), b_.deadline()) < harm_ns)
			pass();
		break;
	case 4:				/* lost, repeated, or a little later */
		if (what >> 4 < 8 && !packets.empty())
			packets.erase(packets.begin());
		else if (what >> 4 < 10 && !packets.empty() && packets.size() < harm_packets)
			deliver(a, 0, true);
		else if (now_ < harm_ns)
			now_ += 1000ull << (what >> 4);
		break;
	case 5:
		if (!packets.empty())
			deliver(a, i, false);
		break;
	default:
		if (!packets.empty())
			deliver(a, 0, false);
	}
}

void Scene::calm_down()
{
	for (int step = 0; !(a_.closed() && b_.closed()); step++) {
		if (step > calm_steps)
			throw Violation("the two ends do not come to an end");
		for (bool a : {true, false}) {
			if (end(a).may_read())
				end(a).read(now_, to(!a));
			if (end(a).may_close())
				end(a).close(now_, to(!a));
		}
		if (to_a_.empty() && to_b_.empty())
			pass();
		for (bool a : {true, false})
			if (!to(a).empty())
				deliver(a, 0, false);
	}
	for (auto [from, at] : {std::pair(&a_, &b_), std::pair(&b_, &a_)}) {
		if (at->error())
			throw Violation("ended with an error");
		if (at->received() != from->written() || !at->eof())
			throw Violation("not all that was written arrived");
	}
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Input in(data, size);
	hrtcp_cfg cfg = hrtcp_cfg_default;
	const uint8_t setup = in.u8();

	cfg.sack = setup & 1;
	cfg.timestamps = setup & 2;
	cfg.window_scaling = true;
	cfg.hr_option = setup & 4;
	cfg.orphan_r2_ns = cfg.r2_ns;	// giving up is not what is tested
	cfg.cc = hrtcp_cc_built_in(setup >> 3 & 1);
	try {
		Scene scene(in, &cfg);
		scene.connect();
		while (!in.empty())
			scene.act(in);
		scene.calm_down();
	} catch (const Violation &violation) {
		std::fprintf(stderr, "%s\n", violation.what());
		std::abort();
	}
	return 0;
}

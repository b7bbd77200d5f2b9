// SPDX-License-Identifier: GPL-2.0
// pair.hpp -- two ends on a path that is described, not drawn by lot: what the tables are of.
#pragma once

#include "endpoint.hpp"

#include <memory>

namespace sim {

constexpr uint64_t us = 1000, ms = 1000000, second = 1000000000;
constexpr uint64_t start_ns = Clock::start_ns;

// An end as most are: large buffers, all options, algorithm @cc.
EndConfig plain_end(const hrtcp_cc_ops *cc);
// The same without the hrTCP option; it withholds ACKs for @delack_ns.
EndConfig other_end(const hrtcp_cc_ops *cc, uint64_t delack_ns);
// A wire of @mbit_s, @rtt_ns there and back without a queue.
PathConfig wire(double mbit_s, uint64_t rtt_ns);

struct Pair {
	Pair(const PathConfig &to_server, const PathConfig &to_client, EndConfig a, EndConfig b,
	     uint64_t seed = 1);
	void start();
	// Until @done, the time is up or nothing is left to happen. Return: whether @done.
	template <typename Done> bool run(Done done, uint64_t limit_ns = 3600 * second)
	{
		while (!done())
			if (clock.now_ns() > limit_ns || !clock.step())
				return false;
		return true;
	}

	Clock clock;
	Path there, back;
	Endpoint client, server;
};

// One of many, its data through a port that they share, its ACKs by a wire of its own.
struct Flow {
	std::unique_ptr<Path> up, back;
	std::unique_ptr<Endpoint> sender, receiver;
};

// Make the ends of @flow, number @i, on its two wires; they stay where they are from then on.
void join(Flow &flow, unsigned i, Clock &clock, Path &port, EndConfig sender, EndConfig receiver);

} // namespace sim

// SPDX-License-Identifier: GPL-2.0
// pair.hpp -- two ends on a path that is described, not drawn by lot: what the tables are of.
#pragma once

#include "endpoint.hpp"

namespace sim {

constexpr uint64_t us = 1000, ms = 1000000, second = 1000000000;
constexpr uint64_t start_ns = second;	// where the clock begins

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

} // namespace sim

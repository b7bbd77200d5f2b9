// SPDX-License-Identifier: GPL-2.0
// requests.hpp -- one write after the other, each once the one before is done: what the tables of
// requests are made with.
#pragma once

#include "pair.hpp"

#include <vector>

namespace sim {

struct Requests {
	PathConfig there, back;
	EndConfig client, server;
	uint64_t bytes = 0;		// each
	uint64_t pause_ns = 0;		// from the end of one to the next
	unsigned warm = 0, n = 100;	// so many do not count, then so many do
	bool until_acked = false;	// else until all has arrived
	bool answered = false;		// by as many octets, which have to arrive, too
};

struct Answers {
	std::vector<double> ms;		// that each took, sorted
	double mean() const;
	double percentile(double p) const;
	uint64_t again = 0;
	hrtcp_recovery recovery{};	// of the client, at the end
};

Answers run(const Requests &requests, uint64_t seed = 1);

} // namespace sim

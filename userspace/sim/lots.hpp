// SPDX-License-Identifier: GPL-2.0
// lots.hpp -- what a seed draws: path, options, programs, disturbances.
#pragma once

#include "endpoint.hpp"

#include <optional>

namespace sim {

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

// How old it becomes: lives.cpp.
enum class Life { Short, Gigabytes, Idle, Outage };
constexpr int life_count = 4;

const char *life_name(Life life);
std::optional<Life> find_life(const char *name);

struct Lots {
	Life life = Life::Short;
	uint64_t age_ns = 0;		// what it takes longer than others
	uint64_t calm_from_bytes = ~0ull, calm_to_bytes = 0; // of both: meanwhile chance does no harm
	PathConfig there, back;		// from the client, and to it
	size_t there_most = 0, back_most = 0; // larger packets vanish and no router says so; 0: none
	EndConfig client, server;
};

// @cc: the algorithm of both; NULL: any. @life: none: any.
Lots draw(uint64_t seed, const hrtcp_cc_ops *cc, std::optional<Life> life);

// What makes a connection as it was drawn live longer.
void live(Dice &dice, std::optional<Life> life, Lots &lots);

} // namespace sim

// SPDX-License-Identifier: GPL-2.0
// scenario.hpp -- one connection from its seed: path, options, programs; and its invariants.
#pragma once

#include "endpoint.hpp"

namespace sim {

struct Outcome {
	uint64_t segments_again = 0;	// retransmissions of both ends
	uint64_t bytes = 0;		// delivered, both directions
	uint64_t end_ns = 0;		// virtual time used
};

// Throws Failure where an invariant breaks.
Outcome run_seed(uint64_t seed, bool trace);

} // namespace sim

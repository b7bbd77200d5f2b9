// SPDX-License-Identifier: GPL-2.0
// scenario.hpp -- one connection from its seed: path, options, programs; and its invariants.
#pragma once

#include "lots.hpp"

namespace sim {

struct Outcome {
	Life life = Life::Short;
	uint64_t segments_again = 0;	// retransmissions of both ends
	uint64_t bytes = 0;		// delivered, both directions
	uint64_t end_ns = 0;		// virtual time used
};

// One of those built in, or BBR or Prague, modules of their own in the kernel. NULL: no such name.
const hrtcp_cc_ops *find_cc(const char *name);

// Throws Failure where an invariant breaks. @cc: the algorithm of both ends; NULL: any. @life: none:
// any.
Outcome run_seed(uint64_t seed, bool trace, const hrtcp_cc_ops *cc = nullptr,
		 std::optional<Life> life = {});

} // namespace sim

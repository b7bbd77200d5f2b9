// SPDX-License-Identifier: GPL-2.0
// progress.hpp -- what can go goes: data that nothing holds up is acknowledged within a time that
// the timers in force bound.
#pragma once

#include "endpoint.hpp"

namespace sim {

// Of one direction.
class Progress {
public:
	Progress(const Endpoint &from, const Endpoint &to, const Path &there, const Path &back)
		: from_(from), to_(to), there_(there), back_(back) {}
	// After each event. Throws Failure.
	void look(uint64_t now_ns);

private:
	bool held_up() const;
	uint64_t patience_ns(uint64_t now_ns) const;

	const Endpoint &from_, &to_;
	const Path &there_, &back_;
	struct seq una_{};
	bool waited_ = false;		// at the last look something was to go
	uint64_t since_ns_ = 0;		// since when nothing held it up, and nothing was acknowledged
	uint64_t until_ns_ = 0;
};

} // namespace sim

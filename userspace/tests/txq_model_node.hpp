// SPDX-License-Identifier: GPL-2.0
// txq_model_node.hpp -- what the queue of txq_model.hpp is made of.
#pragma once

#include <algorithm>
#include <vector>

#include "core.hpp"

struct ModelUnit {
	u32 bytes = 0;
	bool lost = false, sacked = false;

	bool held() const { return sacked && !lost; }
	bool open() const { return !sacked && !lost; }
};

struct ModelNode {
	u32 start = 0, end = 0, mss = 0, sends = 0;
	u64 sent_ns = 0;
	std::vector<ModelUnit> units;		// of an unsent node: none

	u32 len() const { return end - start; }
	u32 begin_of(size_t i) const { return start + static_cast<u32>(i) * mss; }
	// Units anew, the @gone first ones having gone; what the last one was all after it are.
	void cut(size_t gone)
	{
		const std::vector<ModelUnit> old = units;
		units.clear();
		for (u32 at = 0; at < len(); at += units.back().bytes) {
			ModelUnit unit;
			if (gone + units.size() < old.size())
				unit = old[gone + units.size()];
			else if (!old.empty())
				unit = old.back();
			const bool last = units.size() + 1 == HRTCP_UNITS_MAX;
			unit.bytes = last ? len() - at : std::min(len() - at, mss);
			units.push_back(unit);
		}
	}
};

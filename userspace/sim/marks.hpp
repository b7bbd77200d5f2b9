// SPDX-License-Identifier: GPL-2.0
// marks.hpp -- sequence numbers that a connection keeps: what was passed once never lies ahead
// again, however many octets follow. RFC 9293 3.4 compares within half of the space only.
#pragma once

#include <array>

extern "C" {
#include "core/conn.h"
}

namespace sim {

class Marks {
public:
	// After each fact. NULL, or what is wrong.
	const char *after(const hrtcp_conn &conn);

private:
	static constexpr int count = 18;

	struct Mark {
		struct seq at;
		bool passed;
	};

	std::array<Mark, count> marks_{};
};

} // namespace sim

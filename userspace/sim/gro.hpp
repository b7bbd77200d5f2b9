// SPDX-License-Identifier: GPL-2.0
// gro.hpp -- generic receive offload: segments that follow one another and differ in nothing else
// reach the core as one.
#pragma once

#include "network.hpp"

namespace sim {

class Gro {
public:
	// Whether @packet is now part of what is held.
	bool merge(const Bytes &packet);
	// May more be merged into it?
	static bool may_hold(const Bytes &packet);
	void hold(Bytes packet) { held_ = std::move(packet); }
	bool holds() const { return !held_.empty(); }
	// What is held, which goes up.
	Bytes flush();
	// The last segment of a run is the short or pushed one.
	bool complete() const { return complete_; }

private:
	Bytes held_;
	size_t unit_ = 0;	// octets of payload of the first segment
	bool complete_ = false;
};

} // namespace sim

// SPDX-License-Identifier: GPL-2.0
// endconfig.hpp -- what an end is made with: the core's settings, its program, what befalls it.
#pragma once

#include <cstdint>
#include <vector>

extern "C" {
#include "core/conn.h"
#include "core/metrics.h"
}

namespace sim {

// No write goes beyond @from_bytes of the stream before so long after the start, and before so much
// of the peer's was read.
struct Rest {
	uint64_t from_bytes;
	uint64_t until_ns;
	uint64_t until_read_bytes;
};

struct Program {
	uint64_t send_bytes = 0;
	uint32_t write_bytes = 65536;	// a write
	uint32_t sndbuf_bytes = 1u << 20;
	uint64_t read_every_ns = 0;	// 0: at once
	uint64_t read_from_ns = 0;	// no read before this long after the start
	bool read_last = false;		// no read before all of its own is written
	bool speak_last = false;	// no write before the peer's end of stream
	uint64_t turn_bytes = 0;	// so much for each so much of the peer's; 0: no turns
	uint64_t peer_turn_bytes = 0;
	bool second = false;		// the peer has the first turn
	uint64_t pause_ns = 0;		// between writes
	std::vector<Rest> rests;
	uint64_t urgent_every_bytes = 0; // what is written is urgent each time it passes so many; 0: never
	uint64_t begin_ns = 0;		// no write before this long after the start
	bool wait_for_peer = false;	// close only after the peer has
	bool stay = false;		// never close
	uint64_t abort_after_ns = 0;	// 0: never
	bool nodelay = false;
};

struct Disturbance {
	enum What { Path, Algorithm, Buffer, Block, Refuse, Stall, Count } what;
	uint64_t after_ns;
	uint32_t value;		// octets a segment; number; octets; ns; segments; ns
};

struct EndConfig {
	hrtcp_cfg cfg = hrtcp_cfg_default;
	hrtcp_open open{};
	Program program;
	std::vector<Disturbance> disturbances;
	uint64_t pattern = 0;		// of the octets sent; the peer's is the other's
	uint64_t peer_pattern = 0;
	uint64_t fast_mac = 0;		// the Fast Open cookie that a server wants to see
	uint32_t fast_limit = 0;
	uint64_t gro_ns = 0;		// in such a time what arrives is merged as GRO does
	hrtcp_metrics learned{};	// by connections before
	bool unseen = false;		// its payload is not stored, nor looked at where it arrives
};

} // namespace sim

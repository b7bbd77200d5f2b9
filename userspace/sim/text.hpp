// SPDX-License-Identifier: GPL-2.0
// text.hpp -- what a trace prints, and the octets that streams are made of.
#pragma once

#include <cstdint>
#include <string>

extern "C" {
#include "core/conn.h"
}

namespace sim {

// As tests and packetdrill write it; numbers count from @iss of the sender and @irs.
std::string segment_text(const hrtcp_seg &seg, uint32_t iss, uint32_t irs);
const char *drop_text(uint8_t drop);
const char *timer_text(int slot);

// Stream @pattern from @offset on: any mix-up of offset or direction shows.
void fill_pattern(uint64_t pattern, uint64_t offset, uint8_t *to, uint32_t len);
bool is_pattern(uint64_t pattern, uint64_t offset, const uint8_t *from, uint32_t len);

} // namespace sim

// SPDX-License-Identifier: GPL-2.0
// pattern.hpp -- a stream of octets that can be made and known again at any offset, and a digest
// of what was received: loss, repetition and disorder of even one octet show.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

// Fills @into with the pattern's octets from @offset.
void fill_pattern(std::span<std::byte> into, uint64_t offset);

// FNV-1a of 64 bits over everything added, and whether all of it was the pattern.
class digest {
public:
	void add(std::span<const std::byte> octets);

	uint64_t octets() const { return octets_; }
	bool is_pattern() const { return is_pattern_; }
	std::string text() const; // 16 hexadecimal digits

private:
	uint64_t hash_ = 0xcbf29ce484222325;
	uint64_t octets_ = 0;
	bool is_pattern_ = true;
};

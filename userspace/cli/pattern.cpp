// SPDX-License-Identifier: GPL-2.0
#include "pattern.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace {

// splitmix64: a word that depends on every bit of its index.
uint64_t word(uint64_t index)
{
	uint64_t z = (index + 1) * 0x9e3779b97f4a7c15;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

} // namespace

void fill_pattern(std::span<std::byte> into, uint64_t offset)
{
	for (std::size_t i = 0; i < into.size();) {
		uint64_t at = offset + i, bits = word(at / 8) >> (at % 8 * 8);
		std::size_t end = std::min(into.size(), i + (8 - at % 8));
		for (; i < end; i++, bits >>= 8)
			into[i] = static_cast<std::byte>(bits);
	}
}

void digest::add(std::span<const std::byte> octets)
{
	std::array<std::byte, 4096> expected;
	for (std::byte octet : octets)
		hash_ = (hash_ ^ static_cast<uint64_t>(octet)) * 0x100000001b3;
	while (!octets.empty()) {
		auto part = octets.first(std::min(octets.size(), expected.size()));
		auto same = std::span(expected).first(part.size());
		if (is_pattern_) {
			fill_pattern(same, octets_);
			is_pattern_ = std::equal(part.begin(), part.end(), same.begin());
		}
		octets_ += part.size();
		octets = octets.subspan(part.size());
	}
}

std::string digest::text() const
{
	return fmt::format("{:016x}", hash_);
}

// SPDX-License-Identifier: GPL-2.0
// input.hpp -- octets of a fuzzer as numbers; beyond the end all are 0.
#pragma once

#include <cstddef>
#include <cstdint>

class Input {
public:
	Input(const uint8_t *data, size_t size) : data_(data), size_(size) {}
	bool empty() const { return at_ >= size_; }
	uint8_t u8() { return at_ < size_ ? data_[at_++] : 0; }
	uint16_t u16() { return static_cast<uint16_t>(u8() << 8 | u8()); }
	uint32_t u32() { return static_cast<uint32_t>(u16()) << 16 | u16(); }

private:
	const uint8_t *data_;
	size_t size_, at_ = 0;
};

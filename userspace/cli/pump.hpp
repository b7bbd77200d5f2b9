// SPDX-License-Identifier: GPL-2.0
// pump.hpp -- moves a stream of octets from a source to a sink, never waiting: the caller polls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "pattern.hpp"

class pump {
public:
	static constexpr int none = -1;

	// From descriptor @from to descriptor @to, at most @block octets at a time.
	static pump copy(int from, int to, std::size_t block);

	// @octets of the pattern to @to.
	static pump generate(uint64_t octets, int to, std::size_t block);

	// From @from into nothing but the digest.
	static pump swallow(int from, std::size_t block);

	// What it waits for; none if nothing.
	int wants_read() const;
	int wants_write() const;

	// Throw std::system_error.
	void on_readable();
	void on_writable();

	// The source has ended and everything was given to the sink.
	bool done() const { return ended_ && begin_ == end_; }

	uint64_t octets() const { return octets_; } // from the source so far
	const digest &seen() const { return digest_; }

private:
	pump(int from, int to, std::size_t block);
	void refill();
	std::size_t write_limit() const;

	int from_, to_;
	bool generates_ = false, swallows_ = false, ended_ = false, to_may_block_ = false;
	uint64_t left_ = 0; // still to generate
	uint64_t octets_ = 0;
	std::vector<std::byte> buffer_;
	std::size_t begin_ = 0, end_ = 0;
	digest digest_;
};

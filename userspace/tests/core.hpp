// SPDX-License-Identifier: GPL-2.0
// core.hpp -- the core's headers as C++ sees them, and what every test needs beside them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>

#include "catch.hpp"


extern "C" {
#include "core/conn.h"
#include "core/listen.h"
#include "core/metrics.h"
#include "core/syncookie.h"
#include "core/timewait.h"
}

// Times of the scripts, in nanoseconds.
constexpr u64 US(u64 n) { return n * 1000; }
constexpr u64 MS(u64 n) { return n * 1000000; }
constexpr u64 SEC(u64 n) { return n * 1000000000; }

// A number below @n from a seeded generator, the same on every machine.
struct Random {
	std::mt19937 generator;

	explicit Random(u32 seed) : generator(seed) {}
	u32 operator()(u32 n) { return static_cast<u32>(generator() % n); }
};

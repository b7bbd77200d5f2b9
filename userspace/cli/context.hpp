// SPDX-License-Identifier: GPL-2.0
// context.hpp -- the world as commands see it, so that tests can give them another one.
#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include "hrtcp/channel.hpp"

// What the exit status says. hrtcp run adds 126 and 127, as env does.
enum exit_status {
	exit_done = 0,
	exit_usage = 1,
	exit_refused = 2, // by the kernel
};

// The user asked for something that makes no sense.
struct usage_error : std::runtime_error {
	using std::runtime_error::runtime_error;
};

struct context {
	std::function<std::unique_ptr<hrtcp::channel>()> open_channel = hrtcp::open_channel;
	std::FILE *out = stdout;
	std::FILE *err = stderr;
	std::string proc = "/proc";
	int64_t wall_clock_offset_ns = 0; // to be added to CLOCK_MONOTONIC
	bool json = false;
	bool pretty = false;
};

// The context of a real run.
context real_context();

// Parses the arguments, runs the command and returns the exit status; never throws.
int run_command_line(context &ctx, int argc, const char *const *argv);

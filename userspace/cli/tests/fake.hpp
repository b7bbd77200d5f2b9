// SPDX-License-Identifier: GPL-2.0
// fake.hpp -- a module that is not there, and the command run against it.
#pragma once

#include <string>
#include <vector>

#include "context.hpp"
#include "hrtcp/channel.hpp"
#include "hrtcp/names.hpp"

using words = std::vector<const char *>;

// What the module has to tell.
struct fake_module {
	std::vector<hrtcp::connection> connections;
	hrtcp::statistics stats;
	std::vector<hrtcp::event> events; // after the last one SIGTERM comes
	uint32_t asked_states = 0;
	hrtcp::event_groups asked_groups;
	std::error_code refusal; // set: everything fails with it
};

struct outcome {
	int status;
	std::string out, err;
};

// Runs "hrtcp ARGUMENTS..." with time zone UTC and the wall clock 10 s ahead of the monotonic one.
outcome run(fake_module &module, const words &arguments);

inline outcome run(const words &arguments)
{
	fake_module nothing;
	return run(nothing, arguments);
}

hrtcp::endpoint at(const char *address, uint16_t port);

// The file system that stands for /proc: process 42, "nc", has socket 4711 open as 3.
std::string fake_proc();

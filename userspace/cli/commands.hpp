// SPDX-License-Identifier: GPL-2.0
// commands.hpp -- the table of subcommands. Each has a file of its own.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "context.hpp"

using action = std::function<int()>; // returns the exit status

struct command {
	const char *name;
	const char *help; // one line
	action (*define)(CLI::App &app, context &ctx);
	std::vector<std::string> (*words)(); // what may stand as arguments, for completion; or null
};

std::span<const command> commands();

action define_ss(CLI::App &app, context &ctx);
action define_monitor(CLI::App &app, context &ctx);
action define_ladder(CLI::App &app, context &ctx);
action define_stat(CLI::App &app, context &ctx);
action define_listen(CLI::App &app, context &ctx);
action define_connect(CLI::App &app, context &ctx);
action define_run(CLI::App &app, context &ctx);
action define_completion(CLI::App &app, context &ctx);

// The script that completes the commands of @root in bash.
std::string bash_completion(const CLI::App &root);

// -j/--json, which every command that prints data has.
void add_json_flag(CLI::App &app, context &ctx);

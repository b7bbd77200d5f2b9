// SPDX-License-Identifier: GPL-2.0
// run.cpp -- hrtcp run: an unmodified program, its TCP replaced by a preloaded shim.

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <unistd.h>

#include <fmt/format.h>

#include "commands.hpp"
#include "hrtcp/socket.hpp"

namespace {

constexpr const char *shim = "libhrtcp-run.so";

enum { exit_cannot_execute = 126, exit_not_found = 127 };

// Beside the command, as in a build, or where it is installed.
std::string find_shim()
{
	namespace fs = std::filesystem;
	fs::path here = fs::read_symlink("/proc/self/exe").parent_path();
	for (const fs::path &place : {here / shim, (here / HRTCP_RUN_DIR / shim).lexically_normal()})
		if (fs::exists(place))
			return place;
	throw usage_error(fmt::format("{} is neither in {} nor in {}", shim, here.string(),
				      (here / HRTCP_RUN_DIR).lexically_normal().string()));
}

void preload(const std::string &library)
{
	std::string list = library;
	if (const char *before = std::getenv("LD_PRELOAD"); before != nullptr && *before != '\0')
		list += std::string(":") + before;
	setenv("LD_PRELOAD", list.c_str(), 1);
}

int execute(const context &ctx, std::vector<std::string> words)
{
	std::vector<char *> argv;
	for (std::string &word : words)
		argv.push_back(word.data());
	argv.push_back(nullptr);
	execvp(argv[0], argv.data());
	int status = errno == ENOENT ? exit_not_found : exit_cannot_execute;
	fmt::print(ctx.err, "hrtcp: {}: {}\n", words[0], std::strerror(errno));
	return status;
}

int run_program(const context &ctx, std::vector<std::string> words, bool debug)
{
	hrtcp::socket probe(hrtcp::stack::hrtcp, AF_INET); // refused: better now than by the program
	preload(find_shim());
	if (debug)
		setenv("HRTCP_RUN_DEBUG", "1", 1);
	return execute(ctx, std::move(words));
}

} // namespace

action define_run(CLI::App &app, context &ctx)
{
	struct options {
		bool debug = false;
		std::vector<std::string> words;
	};
	auto o = std::make_shared<options>();
	app.add_flag("-d,--debug", o->debug, "say on standard error what the shim does");
	app.add_option("COMMAND", o->words, "the program and its arguments")->required();
	return [o, &ctx] { return run_program(ctx, o->words, o->debug); };
}

// SPDX-License-Identifier: GPL-2.0
// app.cpp -- from the command line to a command, and from its end to an exit status.

#include <algorithm>
#include <ctime>
#include <sstream>
#include <system_error>

#include "commands.hpp"
#include "filter.hpp"
#include "hrtcp/endpoint.hpp"

namespace {

int64_t clock_ns(clockid_t id)
{
	timespec now = {};
	clock_gettime(id, &now);
	return static_cast<int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

struct parsed_command {
	CLI::App *app;
	action run;
};

std::vector<parsed_command> define_commands(CLI::App &root, context &ctx)
{
	std::vector<parsed_command> defined;
	root.set_version_flag("-V,--version", "hrtcp " HRTCP_VERSION);
	root.add_flag("-p,--pretty", ctx.pretty, "indent the JSON");
	add_json_flag(root, ctx);
	root.require_subcommand(0, 1);
	for (const command &c : commands()) {
		CLI::App *app = root.add_subcommand(c.name, c.help);
		defined.push_back({app, c.define(*app, ctx)});
	}
	return defined;
}

int complain(context &ctx, const std::string &what, exit_status status)
{
	std::fprintf(ctx.err, "hrtcp: %s\n", what.c_str());
	return status;
}

// Help and version that were asked for are no errors.
int leave_early(context &ctx, const CLI::App &root, const CLI::ParseError &error)
{
	std::ostringstream out, err;
	int code = root.exit(error, out, err);
	std::fputs(out.str().c_str(), ctx.out);
	if (code == 0)
		return exit_done;
	complain(ctx, error.what(), exit_usage);
	std::fputs("try: hrtcp --help\n", ctx.err);
	return exit_usage;
}

// What follows "run" and its options belongs to the program that is run, dashes and all.
std::vector<std::string> protect_program(int argc, const char *const *argv)
{
	std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
	auto is_word = [](const std::string &w) { return !w.starts_with('-'); };
	auto name = std::find_if(words.begin(), words.end(), is_word);
	if (name != words.end() && *name == "run") {
		auto stop = [&](const std::string &w) { return is_word(w) || w == "--"; };
		auto program = std::find_if(name + 1, words.end(), stop);
		if (program != words.end() && *program != "--")
			words.insert(program, "--");
	}
	return words;
}

int run_guarded(context &ctx, const action &run)
{
	try {
		return run();
	} catch (const usage_error &error) {
		return complain(ctx, error.what(), exit_usage);
	} catch (const std::system_error &error) {
		bool name = error.code().category() == hrtcp::resolver_category();
		return complain(ctx, error.what(), name ? exit_usage : exit_refused);
	} catch (const std::exception &error) {
		return complain(ctx, error.what(), exit_refused);
	}
}

// Output that could not be written is an error, even if the command did all it should.
int flush(context &ctx, int status)
{
	if (std::fflush(ctx.out) == 0 && !std::ferror(ctx.out))
		return status;
	return complain(ctx, "cannot write the output", exit_refused);
}

constexpr command table[] = {
	{"ss", "show connections", define_ss, filter_words},
	{"monitor", "show state transitions as they happen", define_monitor, filter_words},
	{"ladder", "draw a connection as it happens", define_ladder, nullptr},
	{"stat", "show counters", define_stat, nullptr},
	{"listen", "wait for connections; standard input and output are their data", define_listen,
	 nullptr},
	{"connect", "open a connection; standard input and output are its data", define_connect,
	 nullptr},
	{"run", "run a program with hrTCP as its TCP", define_run, nullptr},
	{"completion", "print the completion script of a shell", define_completion,
	 [] { return std::vector<std::string>{"bash"}; }},
};

} // namespace

std::span<const command> commands()
{
	return table;
}

context real_context()
{
	context ctx;
	ctx.wall_clock_offset_ns = clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_MONOTONIC);
	return ctx;
}

void add_json_flag(CLI::App &app, context &ctx)
{
	app.add_flag("-j,--json", ctx.json, "print JSON");
}

int run_command_line(context &ctx, int argc, const char *const *argv)
{
	CLI::App root("hrTCP: connections, events and tools", "hrtcp");
	std::vector<parsed_command> defined = define_commands(root, ctx);
	try {
		std::vector<std::string> words = protect_program(argc, argv);
		root.parse(std::vector<std::string>(words.rbegin(), words.rend())); // as it wants it
	} catch (const CLI::ParseError &error) {
		return flush(ctx, leave_early(ctx, root, error));
	}
	for (const parsed_command &c : defined)
		if (c.app->parsed())
			return flush(ctx, run_guarded(ctx, c.run));
	std::fputs(root.help().c_str(), ctx.out);
	return flush(ctx, exit_done);
}

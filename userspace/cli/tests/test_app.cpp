// SPDX-License-Identifier: GPL-2.0
// The command line, exit status by exit status, and the table of commands.
#include "catch.hpp"

#include <fstream>
#include <sstream>

#include "commands.hpp"
#include "fake.hpp"

namespace {

bool contains(const std::string &text, const std::string &part)
{
	return text.find(part) != std::string::npos;
}

std::string file_text(const char *path)
{
	std::ifstream file(path);
	std::ostringstream text;
	text << file.rdbuf();
	return text.str();
}

} // namespace

TEST_CASE("exit status: done is 0, and help that was asked for goes to the output")
{
	for (const words &asked : {words{}, {"--help"}, {"ss", "--help"}, {"-V"}}) {
		outcome o = run(asked);
		CHECK(o.status == 0);
		CHECK_FALSE(o.out.empty());
		CHECK(o.err.empty());
	}
	CHECK(run({"ss"}).status == 0);
	CHECK(run({"stat"}).status == 0);
}

TEST_CASE("exit status: usage is 1, and what is wrong goes to the error output")
{
	const std::vector<std::pair<words, const char *>> faults = {
		{{"nonsense"}, "nonsense"},
		{{"mon"}, "mon"}, // no abbreviations
		{{"ss", "--num"}, "--num"},
		{{"ss", "state", "nowhere"}, "nowhere"},
		{{"ss", "state"}, "state"},
		{{"ss", "colour", "red"}, "colour"},
		{{"ss", "sport", "99999"}, "99999"},
		{{"ss", "src", "1.2.3"}, "1.2.3"},
		{{"ss", "dst", "1.2.3.4/33"}, "1.2.3.4/33"},
		{{"monitor", "-c", "some"}, "some"},
		{{"connect", "127.0.0.1"}, "PORT"},
		{{"connect", "--family", "ipx", "a", "1"}, "ipx"},
		{{"connect", "192.0.2.1", "no-such-service"}, "no-such-service"},
		{{"listen", "-4", "-6", "1"}, "--ipv"},
		{{"listen", "::1", "1", "2"}, "PORT"},
		{{"run"}, "COMMAND"},
		{{"completion", "fish"}, "fish"},
	};
	for (const auto &[said, part] : faults) {
		outcome o = run(said);
		INFO(o.err);
		CHECK(o.status == 1);
		CHECK(o.out.empty());
		CHECK(contains(o.err, part));
		CHECK(o.err.starts_with("hrtcp: "));
	}
}

TEST_CASE("exit status: refused is 2, with the kernel's words and the errno's text")
{
	for (const char *name : {"ss", "stat", "monitor", "ladder"}) {
		fake_module module;
		module.refusal = std::error_code(EPERM, std::system_category());
		outcome o = run(module, {name});
		CHECK(o.status == 2);
		CHECK(o.out.empty());
		CHECK(o.err == "hrtcp: kernel's words: Operation not permitted\n");
	}
}

TEST_CASE("exit status: a full device is an error")
{
	fake_module module;
	context ctx;
	ctx.open_channel = [] { return std::unique_ptr<hrtcp::channel>(); };
	std::FILE *full = std::fopen("/dev/full", "w"), *nowhere = std::fopen("/dev/null", "w");
	ctx.out = full;
	ctx.err = nowhere;
	const char *argv[] = {"hrtcp", "--help"};
	CHECK(run_command_line(ctx, 2, argv) == 2);
	std::fclose(full);
	std::fclose(nowhere);
}

TEST_CASE("commands: each has help, a section of the man page and a completion")
{
	const std::string page = file_text(HRTCP_MAN_PAGE);
	const std::string completion = run({"completion", "bash"}).out;
	const std::string summary = run({}).out;
	for (const command &c : commands()) {
		INFO(c.name);
		CHECK(contains(summary, c.help));
		CHECK(contains(page, std::string(".Ss hrtcp ") + c.name + "\n"));
		CHECK(contains(completion, std::string("\t") + c.name + ") words='"));
	}
}

TEST_CASE("commands: each long option is in the man page")
{
	const std::string page = file_text(HRTCP_MAN_PAGE);
	context ctx;
	for (const command &c : commands()) {
		CLI::App app;
		c.define(app, ctx);
		for (const CLI::Option *option : app.get_options())
			for (const std::string &name : option->get_lnames()) {
				INFO(c.name << " --" << name);
				CHECK(contains(page, "Fl -" + name));
			}
	}
}

TEST_CASE("json: the flag stands before or behind the command")
{
	CHECK(run({"-j", "stat"}).out == run({"stat", "--json"}).out);
	CHECK(run({"stat", "-j"}).out == "{\"version\":1,\"stats\":{},\"drops\":{}}\n");
	CHECK(contains(run({"-j", "-p", "stat"}).out, "{\n  \"version\": 1,\n"));
}

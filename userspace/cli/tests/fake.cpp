// SPDX-License-Identifier: GPL-2.0
#include "fake.hpp"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <unistd.h>

namespace {

class fake_events : public hrtcp::event_source {
public:
	explicit fake_events(const fake_module &module) : module_(module) {}

	std::optional<hrtcp::event> next(std::chrono::milliseconds timeout, int) override
	{
		if (at_ < module_.events.size())
			return module_.events[at_++];
		if (timeout.count() < 0)
			raise(SIGTERM);
		return std::nullopt;
	}

private:
	const fake_module &module_;
	std::size_t at_ = 0;
};

class fake_channel : public hrtcp::channel {
public:
	explicit fake_channel(fake_module &module) : module_(module)
	{
		if (module.refusal)
			throw std::system_error(module.refusal, "kernel's words");
	}

	std::vector<hrtcp::connection> connections(uint32_t states) override
	{
		module_.asked_states = states;
		return module_.connections;
	}

	hrtcp::statistics stats() override { return module_.stats; }

	std::unique_ptr<hrtcp::event_source> subscribe(hrtcp::event_groups groups) override
	{
		module_.asked_groups = groups;
		return std::make_unique<fake_events>(module_);
	}

private:
	fake_module &module_;
};

// A FILE whose content can be taken.
class memory_file {
public:
	memory_file() : file_(open_memstream(&text_, &size_)) {}
	~memory_file()
	{
		std::fclose(file_);
		std::free(text_);
	}
	std::FILE *get() { return file_; }
	std::string text()
	{
		std::fflush(file_);
		return std::string(text_, size_);
	}

private:
	char *text_ = nullptr;
	std::size_t size_ = 0;
	std::FILE *file_;
};

} // namespace

outcome run(fake_module &module, const words &arguments)
{
	memory_file out, err;
	context ctx;
	ctx.open_channel = [&] { return std::make_unique<fake_channel>(module); };
	ctx.out = out.get();
	ctx.err = err.get();
	ctx.proc = fake_proc();
	ctx.wall_clock_offset_ns = 10'000'000'000;
	setenv("TZ", "UTC", 1);
	std::vector<const char *> argv = {"hrtcp"};
	argv.insert(argv.end(), arguments.begin(), arguments.end());
	int status = run_command_line(ctx, static_cast<int>(argv.size()), argv.data());
	return {status, out.text(), err.text()};
}

hrtcp::endpoint at(const char *address, uint16_t port)
{
	hrtcp::endpoint e = hrtcp::resolve(address, "0").at(0);
	e.port = port;
	return e;
}

std::string fake_proc()
{
	namespace fs = std::filesystem;
	static const fs::path place = fs::temp_directory_path() /
				      ("hrtcp-test-proc." + std::to_string(getpid()));
	if (!fs::exists(place)) {
		fs::create_directories(place / "42" / "fd");
		fs::create_directories(place / "self");
		fs::create_symlink("socket:[4711]", place / "42" / "fd" / "3");
		fs::create_symlink("/dev/null", place / "42" / "fd" / "0");
		std::ofstream(place / "42" / "comm") << "nc\n";
		std::atexit([] { fs::remove_all(place); });
	}
	return place;
}

// SPDX-License-Identifier: GPL-2.0
#include "catch.hpp"

#include <array>
#include <cstring>

#include <unistd.h>

#include "hrtcp/socket.hpp"
#include "pattern.hpp"
#include "pump.hpp"

namespace {

std::span<const std::byte> octets(const char *text)
{
	return std::as_bytes(std::span(text, std::strlen(text)));
}

// A pipe; its ends close themselves.
struct pipe_ends {
	hrtcp::fd out, in;
	pipe_ends()
	{
		int ends[2];
		REQUIRE(pipe(ends) == 0);
		out = hrtcp::fd(ends[0]);
		in = hrtcp::fd(ends[1]);
	}
};

} // namespace

TEST_CASE("digest: FNV-1a's published values")
{
	digest none, a, foobar;
	a.add(octets("a"));
	foobar.add(octets("foo"));
	foobar.add(octets("bar"));
	CHECK(none.text() == "cbf29ce484222325");
	CHECK(a.text() == "af63dc4c8601ec8c");
	CHECK(foobar.text() == "85944171f73967e8");
	CHECK(foobar.octets() == 6);
}

TEST_CASE("pattern: the same however it is cut")
{
	std::array<std::byte, 1000> whole, parts;
	fill_pattern(whole, 3);
	fill_pattern(std::span(parts).first(333), 3);
	fill_pattern(std::span(parts).subspan(333), 336);
	CHECK(whole == parts);
}

TEST_CASE("digest: knows the pattern, and notices loss, repetition and change")
{
	std::array<std::byte, 10000> stream;
	fill_pattern(stream, 0);
	digest good, lossy, repeated, changed;
	good.add(std::span(stream).first(4097));
	good.add(std::span(stream).subspan(4097));
	CHECK(good.is_pattern());
	lossy.add(std::span(stream).subspan(1));
	CHECK_FALSE(lossy.is_pattern());
	repeated.add(std::span(stream).first(1));
	repeated.add(stream);
	CHECK_FALSE(repeated.is_pattern());
	stream[9999] ^= std::byte{1};
	changed.add(stream);
	CHECK_FALSE(changed.is_pattern());
}

TEST_CASE("pump: copies until the end of its source")
{
	pipe_ends from, to;
	std::array<char, 16> got = {};
	pump p = pump::copy(from.out.get(), to.in.get(), 4);
	REQUIRE(write(from.in.get(), "abcdef", 6) == 6);
	from.in.reset();
	while (!p.done()) {
		if (p.wants_write() != pump::none)
			p.on_writable();
		else
			p.on_readable();
	}
	CHECK(p.octets() == 6);
	CHECK(read(to.out.get(), got.data(), got.size()) == 6);
	CHECK(std::string(got.data()) == "abcdef");
}

TEST_CASE("pump: generates what the digest knows")
{
	pipe_ends between;
	pump source = pump::generate(5000, between.in.get(), 512);
	pump sink = pump::swallow(between.out.get(), 4096);
	while (!source.done())
		source.on_writable();
	between.in.reset();
	while (!sink.done())
		sink.on_readable();
	CHECK(sink.seen().octets() == 5000);
	CHECK(sink.seen().is_pattern());
}

TEST_CASE("pump: nothing to generate is done at once")
{
	pump p = pump::generate(0, STDOUT_FILENO, 512);
	CHECK(p.done());
	CHECK(p.wants_read() == pump::none);
	CHECK(p.wants_write() == pump::none);
}

TEST_CASE("pump: errors are thrown")
{
	pump p = pump::copy(-1, STDOUT_FILENO, 16);
	CHECK_THROWS_AS(p.on_readable(), std::system_error);
}

// SPDX-License-Identifier: GPL-2.0
#include "catch.hpp"

#include <array>
#include <cstdlib>

#include <unistd.h>

#include "hrtcp/socket.hpp"
#include "uapi/hrtcp.h"

using namespace hrtcp;

namespace {

endpoint loopback()
{
	return resolve("127.0.0.1", "0").at(0);
}

} // namespace

TEST_CASE("family_number: the environment goes before the module and the header")
{
	setenv("HRTCP_FAMILY", "250", 1);
	CHECK(family_number() == 250);
	unsetenv("HRTCP_FAMILY");
	CHECK(family_number() > 0);
}

TEST_CASE("socket: a family that is not there is EAFNOSUPPORT")
{
	setenv("HRTCP_FAMILY", "250", 1);
	try {
		hrtcp::socket s(stack::hrtcp, AF_INET);
		FAIL("opened");
	} catch (const std::system_error &error) {
		CHECK(error.code() == std::errc::address_family_not_supported);
	}
	unsetenv("HRTCP_FAMILY");
}

TEST_CASE("socket: connect, accept, half-close and end of stream")
{
	hrtcp::socket listener(stack::host, AF_INET);
	listener.bind(loopback());
	listener.listen(1);
	hrtcp::socket client(stack::host, AF_INET);
	client.connect(listener.local());
	endpoint peer;
	hrtcp::socket server = listener.accept(&peer);
	CHECK(peer == client.local());
	CHECK(client.peer() == listener.local());

	const std::array<std::byte, 3> sent = {std::byte{1}, std::byte{2}, std::byte{3}};
	std::array<std::byte, 8> got = {};
	CHECK(client.write(sent) == 3);
	client.shutdown_send();
	CHECK(server.read(got) == 3);
	CHECK(server.read(got) == 0);
	CHECK(server.write(sent) == 3);
	CHECK(client.read(got) == 3);
}

TEST_CASE("socket: errors carry errno and the address")
{
	hrtcp::socket listener(stack::host, AF_INET);
	listener.bind(loopback());
	hrtcp::socket client(stack::host, AF_INET);
	try {
		client.connect(listener.local()); // bound, never listening
		FAIL("connected");
	} catch (const std::system_error &error) {
		CHECK(error.code() == std::errc::connection_refused);
		CHECK(std::string(error.what()).find("127.0.0.1:") != std::string::npos);
	}
}

TEST_CASE("socket: abort_on_close sends a reset")
{
	hrtcp::socket listener(stack::host, AF_INET);
	listener.bind(loopback());
	listener.listen(1);
	hrtcp::socket client(stack::host, AF_INET);
	client.connect(listener.local());
	{
		hrtcp::socket server = listener.accept();
		server.abort_on_close();
	}
	std::array<std::byte, 1> got;
	std::error_code error;
	client.read(got, error);
	CHECK(error == std::errc::connection_reset);
}

TEST_CASE("fd: moves and closes once")
{
	fd first(dup(0));
	int number = first.get();
	fd second(std::move(first));
	CHECK_FALSE(first);
	CHECK(second.get() == number);
	CHECK(second.release() == number);
	CHECK_FALSE(second);
	close(number);
}

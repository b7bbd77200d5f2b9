// SPDX-License-Identifier: GPL-2.0
#include "catch.hpp"

#include <array>

#include "hrtcp/endpoint.hpp"

using namespace hrtcp;

namespace {

const std::array<uint8_t, 4> v4 = {192, 0, 2, 1};
const std::array<uint8_t, 16> v6 = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

} // namespace

TEST_CASE("endpoint: IPv6 stands in brackets when a port follows")
{
	CHECK(endpoint::from_octets(v4, 80).text() == "192.0.2.1:80");
	CHECK(endpoint::from_octets(v6, 80).text() == "[2001:db8::1]:80");
	CHECK(endpoint::from_octets(v6, 80).address_text() == "2001:db8::1");
}

TEST_CASE("endpoint: port 0 and no address are stars")
{
	CHECK(endpoint::from_octets(v4, 0).text() == "192.0.2.1:*");
	CHECK(endpoint().text() == "*:*");
}

TEST_CASE("endpoint: survives the way through a sockaddr")
{
	endpoint link_local = endpoint::from_octets(v6, 443);
	link_local.scope = 3;
	for (const endpoint &e : {endpoint::from_octets(v4, 80), link_local}) {
		sockaddr_storage storage;
		e.to_sockaddr(storage);
		CHECK(endpoint::from_sockaddr(storage) == e);
	}
}

TEST_CASE("endpoint: refuses other families")
{
	sockaddr_storage storage = {};
	storage.ss_family = AF_UNIX;
	CHECK_THROWS_AS(endpoint::from_sockaddr(storage), std::system_error);
	CHECK_THROWS_AS(endpoint::from_octets(std::span(v6).first(5), 1), std::system_error);
	CHECK_THROWS_AS(endpoint().to_sockaddr(storage), std::system_error);
}

TEST_CASE("resolve: numbers need no resolver")
{
	CHECK(resolve("192.0.2.1", "80").at(0) == endpoint::from_octets(v4, 80));
	CHECK(resolve("2001:db8::1", "80").at(0) == endpoint::from_octets(v6, 80));
}

TEST_CASE("resolve: an error has the resolver's category and text")
{
	try {
		resolve("192.0.2.1", "no-such-service");
		FAIL("resolved");
	} catch (const std::system_error &error) {
		CHECK(error.code().category() == resolver_category());
	}
}

// SPDX-License-Identifier: GPL-2.0
// endpoint.hpp -- an IPv4 or IPv6 address with a port.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <sys/socket.h>

namespace hrtcp {

struct endpoint {
	int family = AF_UNSPEC;		      ///< AF_INET, AF_INET6, or AF_UNSPEC: none
	std::array<uint8_t, 16> address = {}; ///< network order; IPv4 uses the first four octets
	uint16_t port = 0;		      ///< host order
	uint32_t scope = 0;		      ///< interface index of an IPv6 link-local address

	auto operator<=>(const endpoint &) const = default;

	/// From the octets of an address; their number, 4 or 16, tells the family.
	/// Throws std::system_error EAFNOSUPPORT for any other number.
	static endpoint from_octets(std::span<const uint8_t> octets, uint16_t port);

	/// From a sockaddr_in or sockaddr_in6. Throws std::system_error EAFNOSUPPORT.
	static endpoint from_sockaddr(const sockaddr_storage &from);

	/// Fills @to and returns its length in octets.
	socklen_t to_sockaddr(sockaddr_storage &to) const;

	/// The 4 or 16 octets of the address.
	std::span<const uint8_t> octets() const;

	/// "192.0.2.1" or "2001:db8::1", "*" for no family.
	std::string address_text() const;

	/// "192.0.2.1:80" or "[2001:db8::1]:80"; port 0 is "*".
	std::string text() const;
};

/// Addresses of a host name or number, in the resolver's order.
/// @host: "" means the wildcard address
/// @port: a number or a service name
/// @family: AF_INET, AF_INET6 or AF_UNSPEC for both
/// Throws std::system_error of resolver_category(), or of the system for EAI_SYSTEM.
std::vector<endpoint> resolve(const std::string &host, const std::string &port,
			      int family = AF_UNSPEC);

/// Errors of getaddrinfo(): values are EAI_*.
const std::error_category &resolver_category();

} // namespace hrtcp

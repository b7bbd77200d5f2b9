// SPDX-License-Identifier: GPL-2.0
#include "hrtcp/endpoint.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>

namespace hrtcp {
namespace {

[[noreturn]] void no_such_family()
{
	throw std::system_error(EAFNOSUPPORT, std::system_category(), "address");
}

class resolver_errors : public std::error_category {
public:
	const char *name() const noexcept override { return "resolver"; }
	std::string message(int value) const override { return gai_strerror(value); }
};

} // namespace

endpoint endpoint::from_octets(std::span<const uint8_t> octets, uint16_t port)
{
	endpoint e;
	if (octets.size() == 4)
		e.family = AF_INET;
	else if (octets.size() == 16)
		e.family = AF_INET6;
	else
		no_such_family();
	std::copy(octets.begin(), octets.end(), e.address.begin());
	e.port = port;
	return e;
}

endpoint endpoint::from_sockaddr(const sockaddr_storage &from)
{
	endpoint e;
	if (from.ss_family == AF_INET) {
		sockaddr_in in;
		std::memcpy(&in, &from, sizeof(in));
		std::memcpy(e.address.data(), &in.sin_addr, 4);
		e.port = ntohs(in.sin_port);
	} else if (from.ss_family == AF_INET6) {
		sockaddr_in6 in6;
		std::memcpy(&in6, &from, sizeof(in6));
		std::memcpy(e.address.data(), &in6.sin6_addr, 16);
		e.port = ntohs(in6.sin6_port);
		e.scope = in6.sin6_scope_id;
	} else {
		no_such_family();
	}
	e.family = from.ss_family;
	return e;
}

socklen_t endpoint::to_sockaddr(sockaddr_storage &to) const
{
	to = {};
	if (family == AF_INET) {
		sockaddr_in in = {};
		in.sin_family = AF_INET;
		in.sin_port = htons(port);
		std::memcpy(&in.sin_addr, address.data(), 4);
		std::memcpy(&to, &in, sizeof(in));
		return sizeof(in);
	}
	if (family != AF_INET6)
		no_such_family();
	sockaddr_in6 in6 = {};
	in6.sin6_family = AF_INET6;
	in6.sin6_port = htons(port);
	in6.sin6_scope_id = scope;
	std::memcpy(&in6.sin6_addr, address.data(), 16);
	std::memcpy(&to, &in6, sizeof(in6));
	return sizeof(in6);
}

std::span<const uint8_t> endpoint::octets() const
{
	std::size_t count = family == AF_INET ? 4 : family == AF_INET6 ? 16 : 0;
	return std::span(address).first(count);
}

std::string endpoint::address_text() const
{
	char text[INET6_ADDRSTRLEN];
	char interface[IF_NAMESIZE];
	if (family == AF_UNSPEC || inet_ntop(family, address.data(), text, sizeof(text)) == nullptr)
		return "*";
	if (scope == 0)
		return text;
	if (if_indextoname(scope, interface) == nullptr)
		return std::string(text) + "%" + std::to_string(scope);
	return std::string(text) + "%" + interface;
}

std::string endpoint::text() const
{
	std::string shown = address_text();
	if (family == AF_INET6)
		shown = "[" + shown + "]";
	return shown + ":" + (port == 0 ? "*" : std::to_string(port));
}

std::vector<endpoint> resolve(const std::string &host, const std::string &port, int family)
{
	addrinfo hints = {};
	addrinfo *found = nullptr;
	hints.ai_family = family;
	hints.ai_socktype = SOCK_STREAM;
	hints.ai_flags = host.empty() ? AI_PASSIVE : 0;
	int error = getaddrinfo(host.empty() ? nullptr : host.c_str(), port.c_str(), &hints, &found);
	if (error == EAI_SYSTEM)
		throw std::system_error(errno, std::system_category(), host);
	if (error != 0)
		throw std::system_error(error, resolver_category(), host + " port " + port);

	std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
	std::vector<endpoint> endpoints;
	for (const addrinfo *at = found; at != nullptr; at = at->ai_next) {
		sockaddr_storage storage = {};
		std::memcpy(&storage, at->ai_addr, at->ai_addrlen);
		endpoints.push_back(endpoint::from_sockaddr(storage));
	}
	return endpoints;
}

const std::error_category &resolver_category()
{
	static const resolver_errors category;
	return category;
}

} // namespace hrtcp

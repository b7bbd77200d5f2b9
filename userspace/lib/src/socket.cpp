// SPDX-License-Identifier: GPL-2.0
#include "hrtcp/socket.hpp"

#include <cerrno>
#include <cstdlib>
#include <fstream>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "uapi/hrtcp.h"

namespace hrtcp {
namespace {

[[noreturn]] void fail(const std::string &what)
{
	throw std::system_error(errno, std::system_category(), what);
}

void check(int result, const std::string &what)
{
	if (result < 0)
		fail(what);
}

std::size_t check_transfer(ssize_t result, std::error_code &error) noexcept
{
	error.clear();
	if (result >= 0)
		return static_cast<std::size_t>(result);
	error.assign(errno, std::system_category());
	return 0;
}

int open_socket(stack which, int family)
{
	int domain = which == stack::hrtcp ? family_number() : family;
	return ::socket(domain, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

} // namespace

void fd::reset() noexcept
{
	if (number_ >= 0)
		close(number_);
	number_ = -1;
}

int family_number()
{
	if (const char *given = secure_getenv("HRTCP_FAMILY"))
		return std::atoi(given);
	std::ifstream parameter("/sys/module/hrtcp/parameters/family");
	int number = 0;
	return parameter >> number ? number : AF_HRTCP;
}

socket::socket(stack which, int family) : fd_(open_socket(which, family))
{
	check(fd_.get(), which == stack::hrtcp ? "socket of family hrtcp (is the module loaded?)"
					       : "socket");
}

void socket::bind(const endpoint &local)
{
	sockaddr_storage storage;
	socklen_t length = local.to_sockaddr(storage);
	check(::bind(get(), reinterpret_cast<sockaddr *>(&storage), length), "bind to " + local.text());
}

void socket::listen(int backlog)
{
	check(::listen(get(), backlog), "listen");
}

void socket::connect(const endpoint &peer)
{
	sockaddr_storage storage;
	socklen_t length = peer.to_sockaddr(storage);
	std::string what = "connect to " + peer.text();
	if (::connect(get(), reinterpret_cast<sockaddr *>(&storage), length) == 0)
		return;
	if (errno != EINTR)
		fail(what);

	pollfd up = {get(), POLLOUT, 0};
	while (poll(&up, 1, -1) < 0)
		if (errno != EINTR)
			fail(what);
	errno = take_error();
	if (errno != 0)
		fail(what);
}

socket socket::accept(endpoint *peer)
{
	sockaddr_storage storage = {};
	socklen_t length = sizeof(storage);
	fd accepted(accept4(get(), reinterpret_cast<sockaddr *>(&storage), &length, SOCK_CLOEXEC));
	check(accepted.get(), "accept");
	if (peer != nullptr)
		*peer = endpoint::from_sockaddr(storage);
	return socket(std::move(accepted));
}

endpoint socket::local() const
{
	sockaddr_storage storage = {};
	socklen_t length = sizeof(storage);
	check(getsockname(get(), reinterpret_cast<sockaddr *>(&storage), &length), "getsockname");
	return endpoint::from_sockaddr(storage);
}

endpoint socket::peer() const
{
	sockaddr_storage storage = {};
	socklen_t length = sizeof(storage);
	check(getpeername(get(), reinterpret_cast<sockaddr *>(&storage), &length), "getpeername");
	return endpoint::from_sockaddr(storage);
}

int socket::take_error()
{
	int error = 0;
	socklen_t length = sizeof(error);
	check(getsockopt(get(), SOL_SOCKET, SO_ERROR, &error, &length), "getsockopt SO_ERROR");
	return error;
}

void socket::shutdown_send()
{
	check(::shutdown(get(), SHUT_WR), "shutdown");
}

void socket::abort_on_close()
{
	const linger now = {1, 0};
	check(setsockopt(get(), SOL_SOCKET, SO_LINGER, &now, sizeof(now)), "setsockopt SO_LINGER");
}

void socket::set_option(int level, int option, int value)
{
	check(setsockopt(get(), level, option, &value, sizeof(value)), "setsockopt");
}

void socket::set_nonblocking(bool on)
{
	int flags = fcntl(get(), F_GETFL);
	check(flags, "fcntl");
	check(fcntl(get(), F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK), "fcntl");
}

std::size_t socket::read(std::span<std::byte> into, std::error_code &error) noexcept
{
	return check_transfer(recv(get(), into.data(), into.size(), 0), error);
}

std::size_t socket::read(std::span<std::byte> into)
{
	std::error_code error;
	std::size_t count = read(into, error);
	return error ? throw std::system_error(error, "read") : count;
}

std::size_t socket::write(std::span<const std::byte> from, std::error_code &error) noexcept
{
	return check_transfer(send(get(), from.data(), from.size(), MSG_NOSIGNAL), error);
}

std::size_t socket::write(std::span<const std::byte> from)
{
	std::error_code error;
	std::size_t count = write(from, error);
	return error ? throw std::system_error(error, "write") : count;
}

} // namespace hrtcp

// SPDX-License-Identifier: GPL-2.0
// socket.hpp -- a stream socket of hrTCP, or of the host's own TCP to compare with.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <system_error>
#include <utility>

#include "endpoint.hpp"

namespace hrtcp {

/// Owns a file descriptor.
class fd {
public:
	fd() = default;
	explicit fd(int number) noexcept : number_(number) {}
	fd(fd &&other) noexcept : number_(std::exchange(other.number_, -1)) {}
	fd &operator=(fd &&other) noexcept
	{
		std::swap(number_, other.number_);
		return *this;
	}
	~fd() { reset(); }

	int get() const noexcept { return number_; }
	explicit operator bool() const noexcept { return number_ >= 0; }
	int release() noexcept { return std::exchange(number_, -1); }
	void reset() noexcept;

private:
	int number_ = -1;
};

/// The address family's number: the environment's HRTCP_FAMILY (for tests), else what
/// /sys/module/hrtcp/parameters/family says, else AF_HRTCP of hrtcp.h.
int family_number();

enum class stack {
	hrtcp, ///< AF_HRTCP
	host,  ///< the kernel's own TCP
};

/// A blocking stream socket. Every function throws std::system_error with the kernel's errno;
/// those that also take an error_code set it instead.
class socket {
public:
	/// A new socket. @family, AF_INET or AF_INET6, matters to stack::host only: one socket of
	/// hrTCP serves both. EAFNOSUPPORT: hrTCP is not loaded.
	socket(stack which, int family);

	/// Takes over a descriptor.
	explicit socket(fd owned) noexcept : fd_(std::move(owned)) {}

	void bind(const endpoint &local);
	void listen(int backlog);

	/// Waits until the connection is up. A signal does not end the wait.
	void connect(const endpoint &peer);

	/// The next connection. @peer, if not null, gets its address.
	socket accept(endpoint *peer = nullptr);

	endpoint local() const;
	endpoint peer() const;

	/// SO_ERROR: takes and returns the pending error, 0 if there is none.
	int take_error();

	/// Sends FIN; receiving goes on.
	void shutdown_send();

	/// Makes the close abort the connection: RST instead of FIN.
	void abort_on_close();

	void set_option(int level, int option, int value);
	void set_nonblocking(bool on);

	/// Octets read, 0 at the end of the stream.
	std::size_t read(std::span<std::byte> into);
	std::size_t read(std::span<std::byte> into, std::error_code &error) noexcept;

	/// Octets written, perhaps fewer than given. No SIGPIPE.
	std::size_t write(std::span<const std::byte> from);
	std::size_t write(std::span<const std::byte> from, std::error_code &error) noexcept;

	int get() const noexcept { return fd_.get(); }

private:
	fd fd_;
};

} // namespace hrtcp

// SPDX-License-Identifier: GPL-2.0
// session.hpp -- one connection of hrtcp connect and hrtcp listen, and the loop that serves them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include <CLI/CLI.hpp>
#include <poll.h>

#include "context.hpp"
#include "hrtcp/socket.hpp"
#include "pump.hpp"

// What both commands can be asked to do with a connection.
struct session_options {
	std::string family = "hrtcp"; // or inet
	bool ipv4 = false, ipv6 = false;
	bool echo = false, recv_digest = false, abort = false, nodelay = false, verbose = false;
	std::optional<uint64_t> send_bytes;
	std::size_t block = 65536; // octets read and written at once

	void define(CLI::App &app, context &ctx);
	hrtcp::stack stack() const;
	int address_family() const; // AF_UNSPEC: either
	bool uses_stdio() const;    // standard input or output are its data
};

// A connection. Sending ends with a half-close, after which receiving goes on until the peer's end;
// or, if asked to abort, with a reset.
class session {
public:
	session(hrtcp::socket connected, std::string peer, const session_options &options);

	// Adds what it waits for.
	void add_polls(std::vector<pollfd> &polls) const;

	// Does what it can with what became ready. Throws std::system_error.
	void advance(const std::vector<pollfd> &ready);

	bool done() const;

	// After the end: what --recv-digest prints.
	void report(const context &ctx) const;

	const std::string &peer() const { return peer_; }

private:
	void half_close_when_sent();

	hrtcp::socket socket_;
	std::string peer_;
	bool recv_digest_, abort_, sent_all_ = false;
	std::optional<pump> out_, in_; // to and from the peer; echo has only the first
};

// Serves any number of sessions.
class session_loop {
public:
	// How a session ended: @error is empty if well.
	struct ending {
		std::unique_ptr<session> ended;
		std::error_code error;
	};

	void add(std::unique_ptr<session> s) { sessions_.push_back(std::move(s)); }
	bool empty() const { return sessions_.empty(); }

	// Waits until there is something to do, does it, and returns the sessions that ended.
	// @readable: set to whether @listener, -1 for none, has a connection.
	std::vector<ending> turn(int listener, bool &readable);

private:
	std::vector<std::unique_ptr<session>> sessions_;
};

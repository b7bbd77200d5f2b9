// SPDX-License-Identifier: GPL-2.0
// genl.hpp -- a generic netlink socket that knows the module's family.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include <libmnl/libmnl.h>

namespace hrtcp {

class genl_socket {
public:
	using fill = std::function<void(nlmsghdr *)>;
	using take = std::function<void(const nlmsghdr *)>;

	// Opens it and asks the kernel for the family's numbers. ENOENT: not loaded.
	genl_socket();

	// Sends a request of @command, to which @add may add attributes, and gives every answer to
	// @on_answer until the acknowledgment or the end of the dump. Returns false if a dump was
	// interrupted by a change and may be inconsistent. Throws std::system_error with the
	// kernel's errno and text.
	bool ask(uint8_t command, bool dump, const fill &add, const take &on_answer);

	// Joins a multicast group by name.
	void join(const std::string &group);

	int descriptor() const { return mnl_socket_get_fd(socket_.get()); }
	uint16_t family() const { return family_; }

private:
	bool ask(uint16_t family, uint8_t command, bool dump, const fill &add, const take &on_answer);
	void send(uint16_t family, uint8_t command, bool dump, const fill &add);
	void take_family(const nlmsghdr *answer);
	void take_group(const nlattr *group);

	std::unique_ptr<mnl_socket, decltype(&mnl_socket_close)> socket_;
	alignas(nlmsghdr) std::array<char, 32768> buffer_; // what the kernel fills at the most
	uint32_t sequence_ = 0;
	uint16_t family_ = 0;
	std::map<std::string, unsigned> groups_;
};

} // namespace hrtcp

// SPDX-License-Identifier: GPL-2.0
// processes.hpp -- which processes have a socket open.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

struct socket_user {
	std::string name;
	int pid;
	int fd;
};

// By the socket's inode, from the proc file system at @proc. Processes that may not be
// looked into are left out, as in ss.
std::map<uint32_t, std::vector<socket_user>> find_socket_users(const std::string &proc);

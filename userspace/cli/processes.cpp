// SPDX-License-Identifier: GPL-2.0
#include "processes.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>

namespace {

namespace fs = std::filesystem;

template <typename Number> std::optional<Number> to_number(const std::string &text)
{
	Number number = 0;
	auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
	if (error != std::errc() || end != text.data() + text.size())
		return std::nullopt;
	return number;
}

// The inode of "socket:[4711]".
std::optional<uint32_t> socket_inode(const std::string &link)
{
	if (!link.starts_with("socket:[") || !link.ends_with("]"))
		return std::nullopt;
	return to_number<uint32_t>(link.substr(8, link.size() - 9));
}

std::string process_name(const fs::path &process)
{
	std::ifstream file(process / "comm");
	std::string name;
	std::getline(file, name);
	return name;
}

} // namespace

std::map<uint32_t, std::vector<socket_user>> find_socket_users(const std::string &proc)
{
	std::map<uint32_t, std::vector<socket_user>> users;
	std::error_code ignored; // processes come and go
	for (const auto &process : fs::directory_iterator(proc, ignored)) {
		auto pid = to_number<int>(process.path().filename());
		if (!pid)
			continue;
		for (const auto &entry : fs::directory_iterator(process.path() / "fd", ignored)) {
			auto inode = socket_inode(fs::read_symlink(entry.path(), ignored));
			auto number = to_number<int>(entry.path().filename());
			if (inode && number)
				users[*inode].push_back({process_name(process.path()), *pid, *number});
		}
	}
	for (auto &[inode, list] : users)
		std::sort(list.begin(), list.end(), [](const socket_user &a, const socket_user &b) {
			return std::pair(a.pid, a.fd) < std::pair(b.pid, b.fd);
		});
	return users;
}

// SPDX-License-Identifier: GPL-2.0
// golden.hpp -- tables of figures that are exact, since time is virtual: kept in golden/, so that
// a change of recovery or congestion control shows as a change of numbers.
#pragma once

#include <functional>
#include <string>
#include <vector>

extern "C" {
#include "core/cc.h"
}

namespace sim {

struct Table {
	const char *name;	// of its file, without .txt
	std::string (*make)();
};

std::string table_goodput();
std::string table_recovery();
std::string table_incast();
std::string table_reordering();
std::string table_ack_delay();
std::string table_sharing();
std::string table_work();
std::string table_requests();
std::string table_bulk();

// Every algorithm there is.
std::vector<const hrtcp_cc_ops *> algorithms();

std::string format(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Make the tables called @names (all, if none) and compare them with the files in @folder, or
// write those. Return: how many differ.
int golden(const std::string &folder, bool update, const std::vector<std::string> &names);

} // namespace sim

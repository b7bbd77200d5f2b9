// SPDX-License-Identifier: GPL-2.0
// output.hpp -- what commands share in printing: JSON, tables, durations.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "context.hpp"

using json = nlohmann::ordered_json;

// The version of all JSON that hrtcp prints; a change of meaning raises it.
constexpr int json_version = 1;

// {"version": ...}, to add to.
json json_object();

// Writes and, since others may read along, flushes.
void print(const context &ctx, std::string_view text);
void print_json(const context &ctx, const json &object);

// Columns as wide as their widest cell, two spaces apart, nothing behind the last one.
class table {
public:
	explicit table(std::vector<std::string> head) : rows_{std::move(head)} {}
	void add(std::vector<std::string> row, std::string below = "");
	std::string text() const;

private:
	std::vector<std::vector<std::string>> rows_;
	std::vector<std::string> below_ = {""};
};

// "250us", "1.5ms", "60s": four significant digits.
std::string duration_text(uint64_t ns);

// "12:34:56.789012" local time; @unix_ns since 1970.
std::string clock_text(int64_t unix_ns);

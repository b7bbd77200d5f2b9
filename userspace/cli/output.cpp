// SPDX-License-Identifier: GPL-2.0
#include "output.hpp"

#include <algorithm>
#include <ctime>

#include <fmt/format.h>

json json_object()
{
	json object;
	object["version"] = json_version;
	return object;
}

void print(const context &ctx, std::string_view text)
{
	std::fwrite(text.data(), 1, text.size(), ctx.out);
	std::fflush(ctx.out);
}

void print_json(const context &ctx, const json &object)
{
	print(ctx, object.dump(ctx.pretty ? 2 : -1) + "\n");
}

void table::add(std::vector<std::string> row, std::string below)
{
	rows_.push_back(std::move(row));
	below_.push_back(std::move(below));
}

std::string table::text() const
{
	std::vector<std::size_t> widths;
	for (const auto &row : rows_) {
		widths.resize(std::max(widths.size(), row.size()));
		for (std::size_t i = 0; i < row.size(); i++)
			widths[i] = std::max(widths[i], row[i].size());
	}
	std::string text;
	for (std::size_t r = 0; r < rows_.size(); r++) {
		std::string line;
		for (std::size_t i = 0; i < rows_[r].size(); i++)
			line += fmt::format("{:<{}}  ", rows_[r][i], widths[i]);
		line.erase(line.find_last_not_of(' ') + 1);
		text += line + "\n" + below_[r];
	}
	return text;
}

std::string duration_text(uint64_t ns)
{
	static constexpr std::pair<uint64_t, const char *> units[] = {
		{1'000'000'000, "s"}, {1'000'000, "ms"}, {1'000, "us"}};
	for (auto [size, unit] : units)
		if (ns >= size)
			return fmt::format("{:.4g}{}", static_cast<double>(ns) / static_cast<double>(size),
					   unit);
	return fmt::format("{}ns", ns);
}

std::string clock_text(int64_t unix_ns)
{
	std::time_t seconds = unix_ns / 1'000'000'000;
	std::tm local = {};
	localtime_r(&seconds, &local);
	return fmt::format("{:02}:{:02}:{:02}.{:06}", local.tm_hour, local.tm_min, local.tm_sec,
			   unix_ns % 1'000'000'000 / 1000);
}

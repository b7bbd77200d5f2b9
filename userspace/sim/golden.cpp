// SPDX-License-Identifier: GPL-2.0
#include "golden.hpp"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <fstream>
#include <sstream>

namespace sim {

namespace {

const Table tables[] = {
	{"goodput", table_goodput},	  {"recovery", table_recovery},
	{"incast", table_incast},	  {"reordering", table_reordering},
	{"ack-delay", table_ack_delay},	  {"sharing", table_sharing},
	{"work", table_work},
	{"requests", table_requests},	  {"bulk", table_bulk},
};

std::vector<std::string> lines_of(const std::string &text)
{
	std::vector<std::string> lines;
	std::istringstream in(text);

	for (std::string line; std::getline(in, line);)
		lines.push_back(line);
	return lines;
}

// A row that changed stays in its place: line by line is enough.
bool compare(const std::string &name, const std::string &want, const std::string &got)
{
	std::vector<std::string> old = lines_of(want), now = lines_of(got);
	size_t n = std::max(old.size(), now.size());

	if (want == got)
		return true;
	std::printf("%s.txt differs: - as kept, + as it is (make golden writes the new one)\n",
		    name.c_str());
	old.resize(n);
	now.resize(n);
	for (size_t i = 0; i < n; i++)
		if (old[i] != now[i])
			std::printf("-%s\n+%s\n", old[i].c_str(), now[i].c_str());
	return false;
}

std::string read_file(const std::string &path)
{
	std::ifstream in(path);
	std::stringstream text;

	text << in.rdbuf();
	return text.str();
}

} // namespace

std::string format(const char *format, ...)
{
	std::string text(4096, '\0');
	va_list args;

	va_start(args, format);
	text.resize(static_cast<size_t>(std::vsnprintf(text.data(), text.size(), format, args)));
	va_end(args);
	return text;
}

std::vector<const hrtcp_cc_ops *> algorithms()
{
	std::vector<const hrtcp_cc_ops *> all;

	for (uint32_t i = 0; const hrtcp_cc_ops *ops = hrtcp_cc_built_in(i); i++)
		all.push_back(ops);
	all.push_back(&hrtcp_cc_bbr);
	all.push_back(&hrtcp_cc_prague);
	return all;
}

int golden(const std::string &folder, bool update, const std::vector<std::string> &names)
{
	int differ = 0;

	for (const Table &table : tables) {
		if (!names.empty() && std::find(names.begin(), names.end(), table.name) == names.end())
			continue;
		std::string path = folder + "/" + table.name + ".txt", text = table.make();
		if (update)
			std::ofstream(path) << text;
		else
			differ += !compare(table.name, read_file(path), text);
	}
	return differ;
}

} // namespace sim

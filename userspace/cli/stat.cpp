// SPDX-License-Identifier: GPL-2.0
// stat.cpp -- hrtcp stat: counters of the network namespace.

#include "commands.hpp"
#include "hrtcp/names.hpp"
#include "output.hpp"

namespace {

using name_of = std::string (*)(unsigned);

void add_rows(table &to, const std::vector<hrtcp::counter> &counters, name_of name,
	      const std::string &prefix, bool zeros)
{
	for (const hrtcp::counter &c : counters)
		if (zeros || c.value != 0)
			to.add({prefix + name(c.number), std::to_string(c.value)});
}

json counters_json(const std::vector<hrtcp::counter> &counters, name_of name)
{
	json object = json::object();
	for (const hrtcp::counter &c : counters)
		object[name(c.number)] = c.value;
	return object;
}

int show(context &ctx, bool zeros)
{
	hrtcp::statistics found = ctx.open_channel()->stats();
	if (ctx.json) {
		json object = json_object();
		object["stats"] = counters_json(found.stats, hrtcp::stat_name);
		object["drops"] = counters_json(found.drops, hrtcp::drop_name);
		print_json(ctx, object);
		return exit_done;
	}
	table t({"Counter", "Value"});
	add_rows(t, found.stats, hrtcp::stat_name, "", zeros);
	add_rows(t, found.drops, hrtcp::drop_name, "drop.", zeros);
	print(ctx, t.text());
	return exit_done;
}

} // namespace

action define_stat(CLI::App &app, context &ctx)
{
	auto zeros = std::make_shared<bool>(false);
	app.add_flag("-z,--zeros", *zeros, "also counters that are 0");
	add_json_flag(app, ctx);
	return [zeros, &ctx] { return show(ctx, *zeros); };
}

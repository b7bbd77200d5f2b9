// SPDX-License-Identifier: GPL-2.0
// ss.cpp -- hrtcp ss: connections, in the manner of ss.

#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>

#include <fmt/format.h>

#include "commands.hpp"
#include "details.hpp"
#include "filter.hpp"
#include "hrtcp/names.hpp"
#include "output.hpp"
#include "processes.hpp"

namespace {

struct options {
	bool all = false, listening = false, numeric = false, timers = false;
	bool processes = false, info = false, extended = false, no_header = false;
	bool ipv4 = false, ipv6 = false;
	std::vector<std::string> words;
};

using users_of = std::map<uint32_t, std::vector<socket_user>>;

// What ss shows without being asked: what can carry data.
uint32_t default_states(const options &o)
{
	if (o.all)
		return all_states();
	if (o.listening)
		return states_of("listen");
	return states_of("connected") & states_of("big");
}

std::string port_text(uint16_t port, bool numeric)
{
	if (port == 0)
		return "*";
	if (!numeric)
		if (const servent *service = getservbyport(htons(port), "tcp"))
			return service->s_name;
	return std::to_string(port);
}

std::string interface_name(uint32_t index)
{
	char name[IF_NAMESIZE];
	return if_indextoname(index, name) != nullptr ? name : std::to_string(index);
}

std::string endpoint_text(const hrtcp::endpoint &e, uint32_t ifindex, bool numeric)
{
	std::string address = e.address_text();
	if (ifindex != 0 && e.scope == 0)
		address += "%" + interface_name(ifindex);
	if (e.family == AF_INET6)
		address = "[" + address + "]";
	return address + ":" + port_text(e.port, numeric);
}

std::string users_text(const std::vector<socket_user> &users)
{
	std::string text;
	for (const socket_user &u : users)
		text += fmt::format("{}(\"{}\",pid={},fd={})", text.empty() ? "" : ",", u.name, u.pid, u.fd);
	return "users:(" + text + ")";
}

std::string timer_text(const hrtcp::connection &c)
{
	return fmt::format("timer:({},{},{})", hrtcp::timer_name(c.timer->slot),
			   duration_text(c.timer->in_ns), c.timeouts);
}

std::string extras_text(const hrtcp::connection &c, const options &o, const users_of &users)
{
	std::vector<std::string> extras;
	auto found = users.find(c.inode);
	if (o.processes && c.inode != 0 && found != users.end())
		extras.push_back(users_text(found->second));
	if (o.timers && c.timer)
		extras.push_back(timer_text(c));
	if (o.extended) {
		if (c.uid != 0)
			extras.push_back(fmt::format("uid:{}", c.uid));
		if (c.state == HRTCP_LISTEN)
			extras.push_back(fmt::format("half_open:{}", c.half_open));
		extras.push_back(fmt::format("ino:{} sk:{:x}", c.inode, c.cookie));
	}
	return fmt::format("{}", fmt::join(extras, " "));
}

std::string connections_text(const std::vector<hrtcp::connection> &list, const options &o,
			     const users_of &users)
{
	table t({"State", "Recv-Q", "Send-Q", "Local Address:Port", "Peer Address:Port", ""});
	for (const hrtcp::connection &c : list) {
		std::string below;
		if (o.info && c.details)
			below = "\t" + details_text(*c.details) + "\n";
		t.add({hrtcp::state_name(c.state), std::to_string(c.receive_queue),
		       std::to_string(c.send_queue), endpoint_text(c.local, c.ifindex, o.numeric),
		       endpoint_text(c.peer, 0, o.numeric), extras_text(c, o, users)},
		      below);
	}
	std::string text = t.text();
	return o.no_header ? text.substr(text.find('\n') + 1) : text;
}

void add_queues(json &to, const hrtcp::connection &c)
{
	if (c.state == HRTCP_LISTEN) {
		to["accept_queue"] = c.receive_queue;
		to["accept_queue_limit"] = c.send_queue;
		to["half_open"] = c.half_open;
	} else {
		to["receive_queue_bytes"] = c.receive_queue;
		to["send_queue_bytes"] = c.send_queue;
	}
}

json users_json(const std::vector<socket_user> &users)
{
	json list = json::array();
	for (const socket_user &u : users)
		list.push_back({{"name", u.name}, {"pid", u.pid}, {"fd", u.fd}});
	return list;
}

json connection_json(const hrtcp::connection &c, const options &o, const users_of &users)
{
	json object;
	object["state"] = hrtcp::state_name(c.state);
	object["local_address"] = c.local.address_text();
	object["local_port"] = c.local.port;
	object["peer_address"] = c.peer.address_text();
	object["peer_port"] = c.peer.port;
	add_queues(object, c);
	if (c.ifindex != 0)
		object["interface"] = interface_name(c.ifindex);
	object["uid"] = c.uid;
	object["inode"] = c.inode;
	object["cookie"] = c.cookie;
	object["timeouts"] = c.timeouts;
	if (c.timer)
		object["timer"] = {{"name", hrtcp::timer_name(c.timer->slot)}, {"in_ns", c.timer->in_ns}};
	if (o.info && c.details)
		object["info"] = details_json(*c.details);
	if (auto found = users.find(c.inode); c.inode != 0 && found != users.end())
		object["processes"] = users_json(found->second);
	return object;
}

bool has_family(const hrtcp::connection &c, const options &o)
{
	return o.ipv4 == o.ipv6 || c.local.family == (o.ipv4 ? AF_INET : AF_INET6);
}

// The kernel has filtered already; a state that we have no name for is not ours to judge.
bool is_asked_for(unsigned state, uint32_t states)
{
	bool known = state < 32 && (all_states() & (1U << state)) != 0;
	return !known || (states & (1U << state)) != 0;
}

int show(context &ctx, const options &o)
{
	filter wanted = filter::parse(o.words);
	uint32_t states = wanted.states().value_or(default_states(o));
	users_of users;
	std::vector<hrtcp::connection> list = ctx.open_channel()->connections(states);
	std::erase_if(list, [&](const hrtcp::connection &c) {
		return !is_asked_for(c.state, states) || !has_family(c, o) || !wanted.matches(c.local, c.peer);
	});
	if (o.processes)
		users = find_socket_users(ctx.proc);
	if (!ctx.json) {
		print(ctx, connections_text(list, o, users));
		return exit_done;
	}
	json object = json_object();
	object["connections"] = json::array();
	for (const hrtcp::connection &c : list)
		object["connections"].push_back(connection_json(c, o, users));
	print_json(ctx, object);
	return exit_done;
}

} // namespace

action define_ss(CLI::App &app, context &ctx)
{
	auto o = std::make_shared<options>();
	app.add_flag("-a,--all", o->all, "all states, listening ones included");
	app.add_flag("-l,--listening", o->listening, "only listening ones");
	app.add_flag("-n,--numeric", o->numeric, "no service names");
	app.add_flag("-o,--options", o->timers, "the next deadline: its name, in how long, timeouts");
	app.add_flag("-e,--extended", o->extended, "user, inode and cookie");
	app.add_flag("-i,--info", o->info, "details of TCP");
	app.add_flag("-p,--processes", o->processes, "processes that have it open");
	app.add_flag("-4,--ipv4", o->ipv4, "only IPv4");
	app.add_flag("-6,--ipv6", o->ipv6, "only IPv6");
	app.add_flag("-H,--no-header", o->no_header, "no line of headings");
	add_json_flag(app, ctx);
	app.add_option("FILTER", o->words,
		       "state NAME, exclude NAME, sport PORT, dport PORT, port PORT, "
		       "src ADDRESS[/BITS][:PORT], dst ...");
	return [o, &ctx] { return show(ctx, *o); };
}

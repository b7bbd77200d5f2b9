// SPDX-License-Identifier: GPL-2.0
// connect.cpp -- hrtcp connect: the calling end of a netcat.

#include <csignal>

#include <fmt/format.h>

#include "commands.hpp"
#include "session.hpp"

namespace {

struct options {
	session_options session;
	std::string host, port, source;
	uint16_t source_port = 0;
};

void bind_source(hrtcp::socket &s, const options &o, int family)
{
	if (o.source.empty() && o.source_port == 0)
		return;
	const char *any = family == AF_INET ? "0.0.0.0" : "::";
	s.bind(hrtcp::resolve(o.source.empty() ? any : o.source, std::to_string(o.source_port),
			      family).front());
}

// The first of the host's addresses that answers; @peer is set to it.
hrtcp::socket connect_any(const options &o, std::string &peer)
{
	std::error_code last;
	std::string what;
	for (const hrtcp::endpoint &to : hrtcp::resolve(o.host, o.port, o.session.address_family())) {
		hrtcp::socket s(o.session.stack(), to.family);
		bind_source(s, o, to.family);
		peer = to.text();
		try {
			s.connect(to);
			return s;
		} catch (const std::system_error &error) {
			last = error.code();
			what = "connect to " + peer;
		}
	}
	throw std::system_error(last, what);
}

int call(const context &ctx, const options &o)
{
	bool ignored;
	session_loop loop;
	signal(SIGPIPE, SIG_IGN);
	std::string peer;
	hrtcp::socket connected = connect_any(o, peer);
	if (o.session.verbose)
		fmt::print(ctx.err, "connected {} > {}\n", connected.local().text(), peer);
	loop.add(std::make_unique<session>(std::move(connected), peer, o.session));
	while (!loop.empty())
		for (const session_loop::ending &e : loop.turn(pump::none, ignored)) {
			e.ended->report(ctx);
			if (e.error)
				throw std::system_error(e.error, peer);
		}
	return exit_done;
}

} // namespace

action define_connect(CLI::App &app, context &ctx)
{
	auto o = std::make_shared<options>();
	o->session.define(app, ctx);
	app.add_option("--source", o->source, "local address");
	app.add_option("--source-port", o->source_port, "local port");
	app.add_option("HOST", o->host, "name or address")->required();
	app.add_option("PORT", o->port, "number or service")->required();
	return [o, &ctx] { return call(ctx, *o); };
}

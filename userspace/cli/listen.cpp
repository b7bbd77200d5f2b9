// SPDX-License-Identifier: GPL-2.0
// listen.cpp -- hrtcp listen: the waiting end of a netcat.

#include <csignal>

#include <netinet/in.h>

#include <fmt/format.h>

#include "commands.hpp"
#include "session.hpp"

namespace {

constexpr int backlog = 128;

struct options {
	session_options session;
	bool keep = false;
	std::vector<std::string> where; // [ADDR] PORT
};

hrtcp::socket listen_at(const options &o, const hrtcp::endpoint &at)
{
	hrtcp::socket s(o.session.stack(), at.family);
	s.set_option(SOL_SOCKET, SO_REUSEADDR, 1);
	if (o.session.ipv6)
		s.set_option(IPPROTO_IPV6, IPV6_V6ONLY, 1);
	s.bind(at);
	s.listen(backlog);
	s.set_nonblocking(true);
	return s;
}

// Without an address: all of them, IPv4's too unless -6; where there is no IPv6, IPv4's.
hrtcp::socket open_listener(const options &o)
{
	const std::string &port = o.where.back();
	int family = o.session.address_family();
	if (o.where.size() == 2)
		return listen_at(o, hrtcp::resolve(o.where.front(), port, family).front());
	if (family == AF_INET)
		return listen_at(o, hrtcp::resolve("0.0.0.0", port).front());
	try {
		return listen_at(o, hrtcp::resolve("::", port).front());
	} catch (const std::system_error &error) {
		bool no_ipv6 = error.code() == std::errc::address_family_not_supported ||
			       error.code() == std::errc::address_not_available;
		if (!no_ipv6 || family == AF_INET6)
			throw;
		return listen_at(o, hrtcp::resolve("0.0.0.0", port).front());
	}
}

class server {
public:
	server(context &ctx, const options &o)
		: ctx_(ctx), options_(o), listener_(open_listener(o))
	{
		if (o.session.verbose)
			fmt::print(ctx.err, "listening on {}\n", listener_->local().text());
	}

	void run()
	{
		while (listener_ || !loop_.empty()) {
			bool readable = false;
			for (const auto &ending : loop_.turn(accepting() ? listener_->get() : -1, readable))
				end(ending);
			if (readable)
				accept_one();
		}
	}

private:
	// Standard input and output serve one connection at a time.
	bool accepting() const
	{
		return listener_ && (!options_.session.uses_stdio() || loop_.empty());
	}

	void accept_one()
	{
		try {
			hrtcp::endpoint peer;
			hrtcp::socket accepted = listener_->accept(&peer);
			if (options_.session.verbose)
				fmt::print(ctx_.err, "accepted {} < {}\n", accepted.local().text(), peer.text());
			loop_.add(std::make_unique<session>(std::move(accepted), peer.text(),
							    options_.session));
			if (!options_.keep)
				listener_.reset();
		} catch (const std::system_error &error) {
			complain(error.what());	// it may have gone before we came to it
		}
	}

	void end(const session_loop::ending &e)
	{
		e.ended->report(ctx_);
		if (e.error && !options_.keep)
			throw std::system_error(e.error, e.ended->peer());
		if (e.error)
			complain(e.ended->peer() + ": " + e.error.message());
	}

	void complain(const std::string &what) { fmt::print(ctx_.err, "hrtcp: {}\n", what); }

	context &ctx_;
	const options &options_;
	std::optional<hrtcp::socket> listener_;
	session_loop loop_;
};

int wait_for_calls(context &ctx, const options &o)
{
	if (o.where.size() > 2)
		throw usage_error("listen wants [ADDRESS] PORT");
	signal(SIGPIPE, SIG_IGN);
	server(ctx, o).run();
	return exit_done;
}

} // namespace

action define_listen(CLI::App &app, context &ctx)
{
	auto o = std::make_shared<options>();
	o->session.define(app, ctx);
	app.add_flag("-k,--keep", o->keep, "go on listening after a connection");
	app.add_flag("--echo", o->session.echo, "send back what is received");
	app.add_option("WHERE", o->where, "[ADDRESS] PORT")->required();
	return [o, &ctx] { return wait_for_calls(ctx, *o); };
}

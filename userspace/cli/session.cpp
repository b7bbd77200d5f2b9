// SPDX-License-Identifier: GPL-2.0
#include "session.hpp"

#include <algorithm>
#include <cerrno>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <fmt/format.h>

#include "commands.hpp"
#include "output.hpp"

namespace {

bool is_ready(const std::vector<pollfd> &polls, int descriptor, short what)
{
	return descriptor != pump::none &&
	       std::any_of(polls.begin(), polls.end(), [=](const pollfd &p) {
		       return p.fd == descriptor && (p.revents & (what | POLLERR | POLLHUP)) != 0;
	       });
}

void add_poll(std::vector<pollfd> &polls, int descriptor, short what)
{
	if (descriptor != pump::none)
		polls.push_back({descriptor, what, 0});
}

void advance_pump(pump &p, const std::vector<pollfd> &ready)
{
	if (is_ready(ready, p.wants_write(), POLLOUT))
		p.on_writable();
	else if (is_ready(ready, p.wants_read(), POLLIN))
		p.on_readable();
}

} // namespace

void session_options::define(CLI::App &app, context &ctx)
{
	app.add_option("--family", family, "hrtcp, or inet: the host's own TCP")
		->check(CLI::IsMember({"hrtcp", "inet"}));
	auto *four = app.add_flag("-4,--ipv4", ipv4, "only IPv4");
	app.add_flag("-6,--ipv6", ipv6, "only IPv6")->excludes(four);
	app.add_option("--send-bytes", send_bytes,
		       "send so many octets of a known pattern instead of standard input");
	app.add_flag("--recv-digest", recv_digest,
		     "print the digest of what is received instead of the data");
	app.add_option("--block", block, "octets read and written at once")
		->check(CLI::Range(1, 1 << 24));
	app.add_flag("--nodelay", nodelay, "send small segments at once");
	app.add_flag("--abort", abort, "end with a reset");
	app.add_flag("-v,--verbose", verbose, "say on standard error what goes on");
	add_json_flag(app, ctx);
}

hrtcp::stack session_options::stack() const
{
	return family == "inet" ? hrtcp::stack::host : hrtcp::stack::hrtcp;
}

int session_options::address_family() const
{
	return ipv4 ? AF_INET : ipv6 ? AF_INET6 : AF_UNSPEC;
}

bool session_options::uses_stdio() const
{
	return !echo && (!send_bytes || !recv_digest);
}

session::session(hrtcp::socket connected, std::string peer, const session_options &options)
	: socket_(std::move(connected)), peer_(std::move(peer)), recv_digest_(options.recv_digest), abort_(options.abort)
{
	int net = socket_.get();
	socket_.set_nonblocking(true);
	if (options.nodelay)
		socket_.set_option(IPPROTO_TCP, TCP_NODELAY, 1);
	if (options.abort)
		socket_.abort_on_close();
	if (options.echo) {
		out_ = pump::copy(net, net, options.block);
		return;
	}
	out_ = options.send_bytes ? pump::generate(*options.send_bytes, net, options.block)
				  : pump::copy(STDIN_FILENO, net, options.block);
	in_ = options.recv_digest ? pump::swallow(net, options.block)
				  : pump::copy(net, STDOUT_FILENO, options.block);
}

void session::add_polls(std::vector<pollfd> &polls) const
{
	for (const auto *p : {&out_, &in_})
		if (*p) {
			add_poll(polls, (*p)->wants_read(), POLLIN);
			add_poll(polls, (*p)->wants_write(), POLLOUT);
		}
}

void session::half_close_when_sent()
{
	if (sent_all_ || !out_->done())
		return;
	sent_all_ = true;
	if (!abort_)
		socket_.shutdown_send();
}

void session::advance(const std::vector<pollfd> &ready)
{
	if (in_)
		advance_pump(*in_, ready);
	advance_pump(*out_, ready);
	half_close_when_sent();
}

bool session::done() const
{
	return sent_all_ && (abort_ || !in_ || in_->done());
}

void session::report(const context &ctx) const
{
	if (!recv_digest_ || !in_)
		return;
	const digest &seen = in_->seen();
	if (!ctx.json) {
		print(ctx, fmt::format("{} received {} sent {} fnv1a64 {} pattern {}\n", peer_,
				       seen.octets(), out_->octets(), seen.text(),
				       seen.is_pattern() ? "yes" : "no"));
		return;
	}
	json object = json_object();
	object["peer"] = peer_;
	object["received_bytes"] = seen.octets();
	object["sent_bytes"] = out_->octets();
	object["fnv1a64"] = seen.text();
	object["pattern"] = seen.is_pattern();
	print_json(ctx, object);
}

std::vector<session_loop::ending> session_loop::turn(int listener, bool &readable)
{
	std::vector<pollfd> polls;
	std::vector<ending> endings;
	add_poll(polls, listener, POLLIN);
	for (const auto &s : sessions_)
		s->add_polls(polls);
	if (poll(polls.data(), polls.size(), -1) < 0 && errno != EINTR)
		throw std::system_error(errno, std::system_category(), "poll");
	readable = is_ready(polls, listener, POLLIN);

	for (auto &s : sessions_) {
		std::error_code error;
		try {
			s->advance(polls);
		} catch (const std::system_error &failure) {
			error = failure.code();
		}
		if (error || s->done())
			endings.push_back({std::move(s), error});
	}
	std::erase(sessions_, nullptr);
	return endings;
}

// SPDX-License-Identifier: GPL-2.0
#include "scenario.hpp"

#include "progress.hpp"

#include <cstdio>

namespace sim {

namespace {

constexpr uint64_t limit_ns = 7200ull * 1000000000; // far beyond R2 and 2 MSL
constexpr int step_limit = 5000000, steps_at_once = 100000;

void trace_losses(Path &path, const char *from, const Clock &clock)
{
	path.witness([from, &clock](const Bytes &packet, const char *why) {
		std::printf("%14.6f        %s's packet of %zu octets: %s\n",
			    double(clock.now_ns() - Clock::start_ns) / 1e6, from, packet.size(), why);
	});
}

void check_complete(const Endpoint &end, uint64_t expected)
{
	const std::string &name = end.name();

	if (end.error())
		throw Failure(name + ": ended with errno " + std::to_string(end.error()));
	if (!end.saw_eof())
		throw Failure(name + ": end of stream not seen");
	if (end.received() != expected)
		throw Failure(name + ": received " + std::to_string(end.received()) +
			      " of " + std::to_string(expected));
}

// What one end heard of the marks on what it sent is never more than what the other counted. The
// counters come round, and where the option ceased to come nobody can tell by how much.
void check_marks(const Endpoint &from, const Endpoint &to)
{
	const hrtcp_accecn &sender = from.conn().ecn.acc, &receiver = to.conn().ecn.acc;

	if (from.conn().ecn.pact.mode != HRTCP_ECN_ACCURATE ||
	    to.conn().ecn.pact.mode != HRTCP_ECN_ACCURATE)
		return;
	for (int i = 0; i < HRTCP_ACCECN_FIELDS; i++)
		if (to.received() < 1ull << 32 && sender.s.bytes[i] > receiver.r.bytes[i])
			throw Failure(from.name() + ": heard of more marked octets than came");
}

// A connection as it was drawn.
class Trial {
public:
	Trial(Lots lots, uint64_t seed, bool trace);
	Outcome run();

private:
	const char *excuse() const;
	void check() const;
	void calm_down();

	Lots lots_;
	Clock clock_;
	Path there_, back_;
	Endpoint client_, server_;
};

Trial::Trial(Lots lots, uint64_t seed, bool trace)
	: lots_(std::move(lots)), there_(clock_, lots_.there, 2 * seed),
	  back_(clock_, lots_.back, 2 * seed + 1),
	  client_("client", clock_, there_, lots_.client, trace),
	  server_("server", clock_, back_, lots_.server, trace)
{
	for (auto [path, most] : {std::pair(&there_, lots_.there_most), std::pair(&back_, lots_.back_most)})
		if (most)
			path->drop_if([most = most](const Bytes &packet) { return packet.size() > most; });
	if (trace) {
		trace_losses(there_, "client", clock_);
		trace_losses(back_, "server", clock_);
	}
	there_.connect([this](Bytes packet) { server_.receive(std::move(packet)); });
	back_.connect([this](Bytes packet) { client_.receive(std::move(packet)); });
	client_.face(server_);
	server_.face(client_);
}

// Why the connection need not come to a good end, as far as it has; else NULL.
const char *Trial::excuse() const
{
	if (client_.aborted() && client_.gone())
		return "the reset may be lost: the server's timers end it";
	if (client_.gone() && server_.gave_up())
		return "every one of six SYN,ACKs, or its ACK, was lost";
	if (client_.gone() && !client_.times().up && client_.error() == ETIMEDOUT)
		return "every SYN, or what it brought, was lost";
	if (clock_.idle() && server_.unaware())
		return "the ACK of a cookie was lost, and nothing comes after it";
	if (clock_.idle() && server_.gave_up())
		return "no SYN,ACK got through, but the first, whose ACK was lost and nothing comes after it";
	return nullptr;
}

void Trial::check() const
{
	if (!client_.aborted()) {
		check_complete(client_, lots_.server.program.send_bytes);
		check_complete(server_, lots_.client.program.send_bytes);
	}
	check_marks(client_, server_);
	check_marks(server_, client_);
}

void Trial::calm_down()
{
	const uint64_t received = client_.received() + server_.received();
	const bool calm = received >= lots_.calm_from_bytes && received < lots_.calm_to_bytes;

	there_.calm(calm);
	back_.calm(calm);
}

Outcome Trial::run()
{
	Progress up(client_, server_, there_, back_), down(server_, client_, there_, back_);

	server_.listen();
	client_.connect();
	for (int steps = 0; !(client_.gone() && server_.gone()); steps++) {
		if (excuse())
			return {lots_.life};
		if (clock_.at_one_time() > steps_at_once)
			throw Failure("time stands still");
		if (steps > step_limit)
			throw Failure("no end in " + std::to_string(step_limit) + " events");
		if (!clock_.step() || clock_.now_ns() > limit_ns + lots_.age_ns)
			throw Failure("stuck: client " + client_.state() + ", server " + server_.state());
		calm_down();
		up.look(clock_.now_ns());
		down.look(clock_.now_ns());
	}
	check();
	return {lots_.life, client_.retransmitted() + server_.retransmitted(),
		client_.received() + server_.received(), clock_.now_ns()};
}

} // namespace

const hrtcp_cc_ops *find_cc(const char *name)
{
	for (const hrtcp_cc_ops *ops : {&hrtcp_cc_bbr, &hrtcp_cc_prague})
		if (std::string(name) == ops->name)
			return ops;
	return hrtcp_cc_find(name);
}

Outcome run_seed(uint64_t seed, bool trace, const hrtcp_cc_ops *cc, std::optional<Life> life)
{
	return Trial(draw(seed, cc, life), seed, trace).run();
}

} // namespace sim

// SPDX-License-Identifier: GPL-2.0
// fixture.cpp -- what a host shows of itself, and the hosts that tests start from.
#include <stdexcept>

#include "host.hpp"

Base Host::base() const
{
	Base b = base_;

	b.seq_nxt = tw ? tw->snd_nxt.v : req ? req->iss.v + 1 : conn.snd.nxt.v;
	b.ack_nxt = tw ? tw->rcv_nxt.v : req ? req->irs.v + 1 : conn.rcv.nxt.v;
	b.seq_una = conn.snd.una.v;
	b.ack_una = b.ack_nxt;
	return b;
}

Base Host::peer_base() const
{
	const Base b = base();

	return { b.ack, b.seq, b.ack_nxt, b.ack_una, b.seq_nxt, b.seq_una };
}

u8 Host::state() const
{
	if (tw)
		return tw->state;
	if (req)
		return req->state;
	if (conn.state != HRTCP_CLOSED && !replaced_)
		return conn.state;
	return listener ? HRTCP_LISTEN : HRTCP_CLOSED;
}

int Host::events()
{
	return std::exchange(events_, 0);
}

std::vector<int> Host::causes()
{
	return std::exchange(causes_, {});
}

void Host::start_clock()
{
	zero_ = now_;
	sent_.clear();
	events();
	causes();
}

namespace {

void must(const std::string &wrong)
{
	if (!wrong.empty())
		throw std::runtime_error("fixture: " + wrong);
}

void connect(Host &h)
{
	must(h.open(0));
	must(h.sees(0, { "S 0:0(0)" }));
	must(h.peer(h.setup.rtt, "S. 0:0(0) ack 1"));
	must(h.sees(h.setup.rtt, { ". 1:1(0) ack 1" }));
}

// Shortest scripts that lead from ESTABLISHED to a state: `close` or a line of the peer each.
std::vector<std::string> way_to(u8 state)
{
	switch (state) {
	case HRTCP_FIN_WAIT_1:
		return { "close" };
	case HRTCP_FIN_WAIT_2:
		return { "close", ". 1:1(0) ack 2" };
	case HRTCP_CLOSING:
		return { "close", "F. 1:1(0) ack 1" };
	case HRTCP_TIME_WAIT:
		return { "close", "F. 1:1(0) ack 2" };
	case HRTCP_CLOSE_WAIT:
		return { "F. 1:1(0) ack 1" };
	case HRTCP_LAST_ACK:
		return { "F. 1:1(0) ack 1", "close" };
	default:
		return {};
	}
}

} // namespace

Client::Client(const Setup &s) : Host(s)
{
	connect(*this);
	start_clock();
}

Server::Server(const Setup &s) : Host(s)
{
	must(listen_on(0));
	must(peer(0, "S 0:0(0)"));
	must(sees(0, { "S. 0:0(0) ack 1" }));
	must(peer(s.rtt, ". 1:1(0) ack 1"));
	accept();
	start_clock();
}

Reached::Reached(u8 state, const Setup &s) : Host(s)
{
	if (state == HRTCP_SYN_SENT || state == HRTCP_SYN_RECEIVED)
		must(open(0));
	else
		connect(*this);
	if (state == HRTCP_SYN_RECEIVED)
		must(peer(0, "S 0:0(0)"));
	start_clock();
	for (const auto &step : way_to(state)) {
		must(step == "close" ? close(0) : peer(0, step));
		start_clock();
	}
	if (this->state() != state)
		throw std::runtime_error("fixture: in " + state_name());
}

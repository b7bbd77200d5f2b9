// SPDX-License-Identifier: GPL-2.0
#include "ladder_steps.hpp"

#include <algorithm>

#include "hrtcp/names.hpp"

namespace {

constexpr std::size_t remembered = 256; // segments without payload under way

side other(side s)
{
	return s == side::client ? side::server : side::client;
}

// Who opened the connection, as far as one event tells: the end that tells of it?
bool teller_is_client(const hrtcp::state_event &e)
{
	if (e.new_state == HRTCP_SYN_SENT)
		return true;
	if (e.old_state == HRTCP_LISTEN || e.new_state == HRTCP_SYN_RECEIVED)
		return false;
	return e.local.port > e.peer.port;
}

bool teller_is_client(const hrtcp::segment_event &e)
{
	bool syn = (e.segment.flags & hrtcp::flag_syn) != 0;
	bool ack = (e.segment.flags & hrtcp::flag_ack) != 0;
	return syn ? e.sent != ack : e.local.port > e.peer.port;
}

// Whether a diagram can begin here, and not with the last words of a connection.
bool is_beginning(const hrtcp::state_event &e)
{
	return e.new_state != HRTCP_CLOSED && e.new_state != HRTCP_LISTEN;
}

bool is_beginning(const hrtcp::segment_event &e)
{
	return e.drop == HRTCP_DROP_NONE;
}

uint32_t sequence_length(const hrtcp::segment &s)
{
	bool syn = (s.flags & hrtcp::flag_syn) != 0, fin = (s.flags & hrtcp::flag_fin) != 0;
	return s.length + (syn ? 1 : 0) + (fin ? 1 : 0);
}

bool is_after(uint32_t a, uint32_t b)
{
	return static_cast<int32_t>(a - b) > 0;
}

bool is_same(const hrtcp::segment &a, const hrtcp::segment &b)
{
	return a.flags == b.flags && a.seq == b.seq && a.ack == b.ack;
}

} // namespace

std::vector<step> ladder_steps::feed(const hrtcp::event &e)
{
	std::vector<step> out;
	std::visit([&](const auto &known) { feed(known, out); }, e);
	return out;
}

bool ladder_steps::closed() const
{
	bool any = false;
	for (const end &e : ends_) {
		any = any || e.state;
		if (e.state && *e.state != HRTCP_CLOSED && *e.state != HRTCP_TIME_WAIT)
			return false;
	}
	return any;
}

step ladder_steps::make(step::kind what, side at, uint64_t time_ns) const
{
	step s;
	s.what = what;
	s.at = at;
	s.time_ns = time_ns > start_ns_ ? time_ns - start_ns_ : 0;
	return s;
}

void ladder_steps::begin(const hrtcp::endpoint &client, const hrtcp::endpoint &server,
			 uint64_t time_ns, std::vector<step> &out)
{
	begun_ = true;
	start_ns_ = time_ns;
	of(side::client).address = client;
	of(side::server).address = server;
	step first = make(step::kind::begin, side::client, time_ns);
	first.client = client;
	first.server = server;
	out.push_back(first);
}

// Sets @teller to the side that reports @e. The first fitting event chooses the connection.
template <typename Event>
bool ladder_steps::is_ours(const Event &e, side &teller, std::vector<step> &out)
{
	if (!begun_) {
		bool fits = port_ == 0 || e.local.port == port_ || e.peer.port == port_;
		if (!fits || e.peer.port == 0 || !is_beginning(e))
			return false;
		if (teller_is_client(e))
			begin(e.local, e.peer, e.time_ns, out);
		else
			begin(e.peer, e.local, e.time_ns, out);
	}
	const hrtcp::endpoint &client = of(side::client).address, &server = of(side::server).address;
	teller = e.local == client ? side::client : side::server;
	return (e.local == client && e.peer == server) || (e.local == server && e.peer == client);
}

void ladder_steps::feed(const hrtcp::state_event &e, std::vector<step> &out)
{
	side teller;
	if (!is_ours(e, teller, out))
		return;
	if (!of(teller).state) {
		step before = make(step::kind::initial, teller, e.time_ns);
		before.state = e.old_state;
		out.push_back(before);
	}
	of(teller).state = e.new_state;
	step change = make(step::kind::state, teller, e.time_ns);
	change.state = e.new_state;
	change.old_state = e.old_state;
	change.cause = e.cause;
	out.push_back(change);
}

// The first number seen of a direction stands for its beginning, if it is not the SYN's own.
void ladder_steps::learn_isn(side sender, const hrtcp::segment &s)
{
	bool syn = (s.flags & hrtcp::flag_syn) != 0, ack = (s.flags & hrtcp::flag_ack) != 0;
	bool rst = (s.flags & hrtcp::flag_rst) != 0;
	end &from = of(sender), &to = of(other(sender));
	if (syn)
		from.isn = s.seq;
	else if (!from.isn && !rst)
		from.isn = s.seq - 1;
	if (ack && !to.isn)
		to.isn = s.ack - 1;
}

hrtcp::segment ladder_steps::relative(side sender, hrtcp::segment s) const
{
	if (absolute_)
		return s;
	s.seq -= of(sender).isn.value_or(0);
	s.ack -= of(other(sender)).isn.value_or(0);
	return s;
}

void ladder_steps::note_sent(end &sender, const hrtcp::segment &s)
{
	uint32_t right = s.seq + sequence_length(s);
	if (s.length == 0)
		sender.sent.push_back(s);
	else if (!sender.sent_end || is_after(right, *sender.sent_end))
		sender.sent_end = right;
	if (sender.sent.size() > remembered)
		sender.sent.pop_front();
}

// Payload may be cut and merged on its way, what has none arrives as it was sent.
bool ladder_steps::was_drawn(end &sender, const hrtcp::segment &s)
{
	if (s.length != 0)
		return sender.sent_end && !is_after(s.seq + sequence_length(s), *sender.sent_end);
	auto found = std::find_if(sender.sent.begin(), sender.sent.end(),
				  [&](const hrtcp::segment &sent) { return is_same(sent, s); });
	if (found == sender.sent.end())
		return false;
	sender.sent.erase(found);
	return true;
}

void ladder_steps::feed(const hrtcp::segment_event &e, std::vector<step> &out)
{
	side teller;
	if (!is_ours(e, teller, out))
		return;
	side sender = e.sent ? teller : other(teller);
	learn_isn(sender, e.segment);
	if (e.sent)
		note_sent(of(sender), e.segment);
	if (e.sent || !was_drawn(of(sender), e.segment)) {
		step arrow = make(step::kind::segment, sender, e.time_ns);
		arrow.segment = relative(sender, e.segment);
		arrow.retransmitted = e.retransmitted;
		out.push_back(arrow);
		segments_++;
	}
	if (e.drop != HRTCP_DROP_NONE) {
		step drop = make(step::kind::drop, teller, e.time_ns);
		drop.segment = relative(sender, e.segment);
		drop.reason = e.drop;
		out.push_back(drop);
	}
}

void ladder_steps::feed(const hrtcp::lost_events &e, std::vector<step> &out)
{
	lost_ += e.count;
	if (!begun_)
		return;
	step lost = make(step::kind::lost, side::client, 0);
	lost.count = e.count;
	out.push_back(lost);
}

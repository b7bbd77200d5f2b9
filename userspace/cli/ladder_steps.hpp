// SPDX-License-Identifier: GPL-2.0
// ladder_steps.hpp -- from events to the steps of a time-sequence diagram of one connection.
//
// One or both ends may be hrTCP's and tell of themselves. A segment between two that do is reported
// twice, when sent and when received, and drawn once, when sent; from an end that says nothing
// it is drawn when received.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "hrtcp/channel.hpp"

enum class side { client, server };

struct step {
	enum class kind { begin, initial, state, segment, drop, lost };
	kind what;
	uint64_t time_ns = 0; // since the first event
	side at = side::client; // whose state; who sends; who drops

	hrtcp::endpoint client, server;		 // begin
	unsigned state = 0, old_state = 0;	 // initial, state
	unsigned cause = 0;			 // state
	hrtcp::segment segment;			 // segment, drop; numbers relative if so wanted
	bool retransmitted = false;		 // segment
	unsigned reason = 0;			 // drop, enum hrtcp_drop
	uint64_t count = 0;			 // lost
};

class ladder_steps {
public:
	// @port: draw only a connection with this port at either end; 0: any.
	ladder_steps(uint16_t port, bool absolute) : port_(port), absolute_(absolute) {}

	// The steps that @e adds; none if it belongs to another connection.
	std::vector<step> feed(const hrtcp::event &e);

	// Every end that told of itself is in CLOSED or TIME-WAIT.
	bool closed() const;

	uint64_t segments() const { return segments_; }
	uint64_t lost() const { return lost_; }

private:
	struct end {
		hrtcp::endpoint address;
		std::optional<unsigned> state;
		std::optional<uint32_t> isn;	   // what its sequence numbers count from
		std::optional<uint32_t> sent_end;  // right edge of the payload it said it sent
		std::deque<hrtcp::segment> sent;   // without payload, said to be sent, not yet received
	};

	template <typename Event> bool is_ours(const Event &e, side &teller, std::vector<step> &out);
	void begin(const hrtcp::endpoint &client, const hrtcp::endpoint &server, uint64_t time_ns,
		   std::vector<step> &out);
	void feed(const hrtcp::state_event &e, std::vector<step> &out);
	void feed(const hrtcp::segment_event &e, std::vector<step> &out);
	void feed(const hrtcp::lost_events &e, std::vector<step> &out);
	void note_sent(end &sender, const hrtcp::segment &s);
	bool was_drawn(end &sender, const hrtcp::segment &s);
	void learn_isn(side sender, const hrtcp::segment &s);
	hrtcp::segment relative(side sender, hrtcp::segment s) const;
	step make(step::kind what, side at, uint64_t time_ns) const;
	end &of(side s) { return ends_[static_cast<std::size_t>(s)]; }
	const end &of(side s) const { return ends_[static_cast<std::size_t>(s)]; }

	uint16_t port_;
	bool absolute_;
	bool begun_ = false;
	uint64_t start_ns_ = 0;
	std::array<end, 2> ends_;
	uint64_t segments_ = 0, lost_ = 0;
};

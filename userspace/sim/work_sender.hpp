// SPDX-License-Identifier: GPL-2.0
// work_sender.hpp -- a connection that sends all the time, without a peer or a network: whoever
// uses it says what ACKs come, and learns what they cost.
#pragma once

#include <cstdint>
#include <vector>

extern "C" {
#include "core/conn.h"
}

namespace sim {

constexpr uint32_t work_mss = 1448;

// Octets from the first one on, [start, end).
struct Range {
	uint32_t start, end;
};

struct Cost {
	uint64_t acks = 0, sum = 0, most = 0;	// in nodes looked at
};

class Sender {
public:
	// Keeps @segments in flight; writes come in pieces of @piece segments, and leave so.
	Sender(uint32_t segments, uint32_t piece, uint64_t now_ns);
	~Sender();
	Sender(const Sender &) = delete;
	Sender &operator=(const Sender &) = delete;

	// An ACK arrives; what it lets leave does. Return: the nodes looked at for that.
	uint64_t ack(uint64_t now_ns, uint32_t una, const std::vector<Range> &blocks);
	// The same, if a deadline has passed.
	void wake(uint64_t now_ns);

	uint64_t wake_ns() const { return wake_ns_; }
	const hrtcp_conn &conn() const { return conn_; }
	uint32_t una() const { return conn_.snd.una.v - first; }
	uint32_t nxt() const { return conn_.snd.nxt.v - first; }
	// What left since this was asked for last, in order; a retransmission starts below nxt().
	std::vector<Range> take_sent() { return std::move(sent_); }

private:
	static constexpr uint32_t first = 0xfff00001;	// the numbers wrap soon

	void settle(uint64_t now_ns);
	void write();

	hrtcp_cfg cfg_ = hrtcp_cfg_default;
	hrtcp_conn conn_{};
	uint32_t piece_bytes_;
	uint64_t wake_ns_ = 0;
	std::vector<Range> sent_;
};

} // namespace sim

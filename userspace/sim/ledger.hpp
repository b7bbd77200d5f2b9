// SPDX-License-Identifier: GPL-2.0
// ledger.hpp -- what the network did with each octet that left, which the core can only guess:
// its responses to loss, and what it takes back of them, are judged by that.
#pragma once

#include <cstdint>
#include <functional>
#include <map>

extern "C" {
#include "core/conn.h"
}

namespace sim {

class Ledger {
public:
	using Offset = std::function<uint64_t(struct seq)>;

	// The octets [@from, @to) of the stream left, perhaps not for the first time, and arrive
	// so often.
	void sent(uint64_t from, uint64_t to, int arrivals);
	// After each fact, before anything leaves. NULL, or what is wrong.
	const char *after(const hrtcp_conn &conn, const Offset &offset_of);
	// Around each deadline: the timer of RFC 6298 keeps its distance. NULL, or what is wrong.
	void before_deadline(const hrtcp_conn &conn);
	const char *after_deadline(const hrtcp_conn &conn, uint64_t now_ns) const;

private:
	struct Fate {
		uint64_t to;
		bool dropped;	// every time
	};

	void cut(uint64_t at);
	void forget(uint64_t before);
	bool all_dropped(uint64_t from, uint64_t to) const;
	bool all_marked_dropped(const hrtcp_conn &conn, const Offset &offset_of) const;

	std::map<uint64_t, Fate> fates_;	// of the octets from there on
	hrtcp_recovery before_{};
	uint8_t backoff_ = 0;
	bool genuine_ = false;		// all that the response in force was for was dropped
	uint64_t begin_ = 0;		// SND.UNA when it was
	uint64_t twice_to_ = 0;		// the network duplicated nothing from here on
	void watch_head(const hrtcp_conn &conn);
	uint64_t head_sent_ns_ = 0;	// when the first segment that is out left last
	uint64_t rto_ns_ = 0;		// the least in force since
	uint64_t not_before_ns_ = 0;	// one RTO after it left
	uint32_t timeouts_ = 0;
};

} // namespace sim

// SPDX-License-Identifier: GPL-2.0
// model_end.hpp -- one end for the model checker: a value that can be copied, compared by its
// key, and moved on by one action at a time. The core in it is the real one.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

extern "C" {
#include "core/conn.h"
#include "core/listen.h"
#include "core/timewait.h"
}

namespace model {

struct Violation : std::runtime_error {
	using std::runtime_error::runtime_error;
};

using Packets = std::vector<hrtcp_seg>;

// What the program at this end will do, at any time and in any order the checker likes.
struct Script {
	uint8_t writes = 0;	// octets, one a write
	bool abort = false;
	bool lets_go = false;	// its close is that of the socket: it reads no more either
	bool connects = false;	// else it listens
	uint8_t octets = 1;	// a write
	uint16_t window = 8192;	// octets of its buffer
	uint8_t scale = 0;	// the buffer may grow, so that windows are told in units of 2^scale
	bool slow = false;	// it reads when the checker says so, not at once
	bool tidy = false;	// it writes once it is connected, and closes with its last write
};

// Is it one of RFC 9293's? Counted by state and cause, of all ends so far.
void judge(const hrtcp_transition &tr);
size_t edges_seen();

class End {
public:
	End(const Script &script, const hrtcp_cfg *cfg, uint32_t iss);
	End(const End &other);
	End &operator=(const End &) = delete;
	~End();

	bool may_open() const { return idle_; }
	void open(uint64_t now_ns, Packets &out);
	void receive(const hrtcp_seg &seg, uint64_t now_ns, Packets &out);
	void timer(uint64_t now_ns, Packets &out);
	bool may_write() const;
	bool may_close() const;
	bool may_abort() const;
	bool may_read() const;
	void write(uint64_t now_ns, Packets &out);
	void close(uint64_t now_ns, Packets &out);
	void abort(uint64_t now_ns, Packets &out);
	void read(uint64_t now_ns, Packets &out);

	uint64_t deadline() const;
	bool closed() const { return closed_; }
	bool listening() const { return listening_ && !req_; }
	bool aborted() const { return aborted_; }
	bool was_up() const { return up_; }
	bool waited() const { return waited_; }		// was in TIME-WAIT
	int error() const { return error_; }
	uint32_t written() const { return written_; }
	uint32_t received() const { return received_; }
	bool eof() const { return eof_; }
	uint8_t state() const;
	// All that its future depends on, times relative to @now_ns.
	void key(std::string &key, uint64_t now_ns) const;

private:
	void settle(uint64_t now_ns, Packets &out);
	void after(uint64_t now_ns, Packets &out);
	void reply(const hrtcp_reply &reply, Packets &out);
	void note(const hrtcp_transition &tr);
	void drop_nodes();
	void bury();
	bool has_conn() const { return !idle_ && !listening_ && !closed_ && !tw_; }
	void key_conn(std::string &key, uint64_t now_ns) const;

	Script script_;
	const hrtcp_cfg *cfg_;
	hrtcp_open open_{};
	hrtcp_conn conn_{};
	hrtcp_listen listen_{};
	std::optional<hrtcp_req> req_;
	std::optional<hrtcp_tw> tw_;
	bool idle_ = false, listening_ = false, closed_ = false, aborted_ = false, eof_ = false;
	bool closing_ = false, released_ = false, up_ = false, waited_ = false;
	int error_ = 0;
	uint8_t last_state_ = HRTCP_CLOSED;
	uint32_t written_ = 0, received_ = 0;
};

} // namespace model

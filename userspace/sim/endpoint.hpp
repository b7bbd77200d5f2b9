// SPDX-License-Identifier: GPL-2.0
// endpoint.hpp -- one end: a core, the buffers its nodes are embedded in, and a program that
// writes, reads and closes. It plays the part of the kernel: settles after every fact.
#pragma once

#include "network.hpp"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

extern "C" {
#include "core/conn.h"
#include "core/listen.h"
#include "core/timewait.h"
}

namespace sim {

struct Failure : std::runtime_error {
	using std::runtime_error::runtime_error;
};

struct Program {
	uint64_t send_bytes = 0;
	uint32_t write_bytes = 65536;	// a write
	uint64_t read_every_ns = 0;	// 0: at once
	uint64_t pause_ns = 0;		// before each write
	bool wait_for_peer = false;	// close only after the peer has
	uint64_t abort_after_ns = 0;	// 0: never
	bool nodelay = false;
};

struct EndConfig {
	hrtcp_cfg cfg = hrtcp_cfg_default;
	hrtcp_open open{};
	Program program;
	uint64_t pattern = 0;		// of the octets sent; the peer's is the other's
	uint64_t peer_pattern = 0;
};

class Endpoint {
public:
	Endpoint(std::string name, Clock &clock, Path &out, const EndConfig &config, bool trace);
	~Endpoint();
	Endpoint(const Endpoint &) = delete;
	Endpoint &operator=(const Endpoint &) = delete;

	void connect();
	void listen();
	void receive(Bytes packet);

	bool gone() const { return done_; }
	int error() const { return error_; }
	bool aborted() const { return aborted_; }
	bool gave_up() const { return gave_up_; } // the handshake, as the passive side
	bool saw_eof() const { return eof_; }
	uint64_t received() const { return received_; }
	uint64_t retransmitted() const { return retransmitted_; }
	uint64_t finished_at() const { return finished_at_; }
	std::string state() const;

private:
	struct TxBuffer {
		hrtcp_txnode node{};
	};
	struct RxBuffer {
		hrtcp_rxnode node{};
		Bytes payload;
	};

	void settle();
	void drain_tx();
	void emit(const hrtcp_tx &tx);
	void emit(hrtcp_seg seg, uint64_t stream_offset);
	void deliver(const Bytes &payload, uint32_t skip, uint32_t len);
	void note(const hrtcp_transition &tr);
	void arm();
	void wake();
	void run_program();
	void write_some();
	void read_all();
	void receive_listen(const hrtcp_seg &seg, std::unique_ptr<RxBuffer> &buffer);
	void promote(const hrtcp_seg &seg, std::unique_ptr<RxBuffer> &buffer);
	void reply(const hrtcp_reply &reply);
	void feed(const hrtcp_seg &seg, std::unique_ptr<RxBuffer> &buffer);
	void into_time_wait();
	void finish();
	void trace(const std::string &what) const;
	uint64_t offset_of(struct seq seq) const;

	std::string name_;
	Clock &clock_;
	Path &out_;
	EndConfig config_;
	bool trace_, live_ = false, done_ = false, up_ = false, released_ = false;
	bool aborted_ = false, eof_ = false, closed_ = false, reading_ = false;
	bool pausing_ = false, gave_up_ = false;
	int error_ = 0;
	hrtcp_conn conn_{};
	hrtcp_listen listen_{};
	std::optional<hrtcp_req> req_;
	std::optional<hrtcp_tw> tw_;
	uint8_t last_state_ = HRTCP_CLOSED;
	uint64_t armed_ns_ = HRTCP_NEVER;
	uint64_t written_ = 0, received_ = 0, unread_ = 0, retransmitted_ = 0, finished_at_ = 0;
	uint64_t snd_base_ = 0;	// stream offset of the octet after ISS, for wrapping
};

} // namespace sim

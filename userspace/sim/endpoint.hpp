// SPDX-License-Identifier: GPL-2.0
// endpoint.hpp -- one end: a core, the buffers its nodes are embedded in, and a program that
// writes, reads and closes. It plays the part of the kernel: settles after every fact.
#pragma once

#include "endconfig.hpp"
#include "gro.hpp"
#include "ledger.hpp"
#include "marks.hpp"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

extern "C" {
#include "core/conn.h"
#include "core/syncookie.h"
#include "core/timewait.h"
}

namespace sim {

struct Failure : std::runtime_error {
	using std::runtime_error::runtime_error;
};

// When what happened, nanoseconds of the clock; 0: not yet. `acked`: all that was written.
struct Times {
	uint64_t up = 0, received = 0, acked = 0, eof = 0, gone = 0;
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
	void write(uint64_t bytes);	// more than the program had, if it still may

	bool gone() const { return done_; }
	int error() const { return error_; }
	bool aborted() const { return aborted_; }
	bool gave_up() const { return gave_up_; } // the handshake, as the passive side
	// Answered by a cookie only, so that it does not know of a connection.
	bool unaware() const { return !live_ && !req_ && listen_.cookie_ns; }
	bool saw_eof() const { return eof_; }
	uint64_t received() const { return received_; }
	uint64_t retransmitted() const { return retransmitted_; } // segments on the wire
	const std::string &name() const { return name_; }
	// A connection that is neither over nor a request or a record of TIME-WAIT.
	bool live() const { return live_ && !done_ && !tw_; }
	// Whatever has arrived will not be read before something happens or time passes.
	bool waits_to_read() const { return unread_ && (reading_ || !may_read()); }
	// When it was last hindered: stalled, blocked, refused by its device.
	uint64_t hindered_ns() const { return std::max(hindered_ns_, std::min(clock_.now_ns(), stalled_until_)); }
	// No segment may go beyond what @peer really offered.
	void face(const Endpoint &peer) { peer_ = &peer; }
	const hrtcp_conn &conn() const { return conn_; }
	const Times &times() const { return times_; }
	std::string state() const;
	uint32_t irs() const;	// the peer's ISS, once it is known
	bool knows_irs() const
	{
		return req_ || (conn_.state != HRTCP_CLOSED && conn_.state != HRTCP_SYN_SENT);
	}

private:
	struct TxBuffer {
		hrtcp_txnode node{};
	};
	struct RxBuffer {
		hrtcp_rxnode node{};
		Bytes payload;
	};

	void settle();
	bool settle_once();
	void drain_tx();
	void emit(const hrtcp_tx &tx);
	void emit(const hrtcp_seg &seg, uint64_t stream_offset, bool again = false);
	void take(Bytes packet);
	void take(const hrtcp_seg &seg, std::unique_ptr<RxBuffer> &buffer);
	void deliver(const Bytes &payload, uint32_t skip, uint32_t len);
	void note(const hrtcp_transition &tr);
	void watch();
	const char *watch_counts() const;
	void watch_sent(const hrtcp_tx &tx, const hrtcp_seg &seg) const;
	bool on_events(uint16_t events);
	void arm();
	void wake();
	bool run_program();
	bool may_read() const;
	bool read_some();
	bool read_now();
	void read_later(uint64_t at);
	uint64_t may_have_written() const;
	bool rests(const Rest &rest) const;
	void after_rest(const Rest &rest);
	void write_some();
	bool write_later();
	void read_all();
	void later(uint64_t at, std::function<void()> what);
	void receive_listen(const hrtcp_seg &seg, std::unique_ptr<RxBuffer> &buffer);
	void receive_new(const hrtcp_seg &seg, std::unique_ptr<RxBuffer> &buffer);
	void receive_cookie(const hrtcp_seg &seg, std::unique_ptr<RxBuffer> &buffer);
	void promote(const hrtcp_req &req, const hrtcp_seg &seg, std::unique_ptr<RxBuffer> &buffer);
	void write_on_syn();
	void reply(const hrtcp_reply &reply);
	void feed(const hrtcp_seg &seg, std::unique_ptr<RxBuffer> &buffer);
	void into_time_wait();
	void finish();
	void disturb(const Disturbance &disturbance);
	void unblock();
	void stall(uint64_t ns);
	void trace(const std::string &what) const;
	uint64_t offset_of(struct seq seq) const;
	[[noreturn]] void fail(const std::string &what) const { throw Failure(name_ + ": " + what); }

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
	hrtcp_fastq fastq_{};
	std::optional<hrtcp_req> req_;
	std::optional<hrtcp_tw> tw_;
	uint8_t last_state_ = HRTCP_CLOSED;
	uint64_t armed_ns_ = HRTCP_NEVER, scheduled_ns_ = HRTCP_NEVER;
	uint64_t written_ = 0, received_ = 0, unread_ = 0, retransmitted_ = 0;
	Times times_;
	uint32_t refuse_ = 0;	// so many transmissions fail
	uint64_t hindered_ns_ = 0, stalled_until_ = 0;
	std::vector<Bytes> door_;	// what came while it was stalled
	Gro gro_;
	Ledger ledger_;
	Marks marks_;
	uint64_t urgent_to_ = 0;	// octets up to which all that it wrote was urgent
	const Endpoint *peer_ = nullptr;
	uint64_t snd_base_ = 0;	// stream offset of the octet after ISS, for wrapping
	// What may only grow, as it was after the last fact; valid once watching_.
	bool watching_ = false;
	struct seq una_{}, nxt_{}, edge_{}, peer_edge_{};
};

} // namespace sim

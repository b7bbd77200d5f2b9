// SPDX-License-Identifier: GPL-2.0
// program.cpp -- what the program at an end does: it writes, reads, and closes.
#include "endpoint.hpp"

#include <algorithm>

namespace sim {

void Endpoint::read_all()
{
	auto len = static_cast<uint32_t>(unread_);

	if (!len)
		return;
	unread_ = 0;
	hrtcp_conn_on_read(&conn_, len);
}

void Endpoint::write(uint64_t bytes)
{
	config_.program.send_bytes += bytes;
	if (up_ && !done_ && !tw_) {
		run_program();
		settle();
	}
}

bool Endpoint::may_read() const
{
	const Program &program = config_.program;

	return clock_.now_ns() >= Clock::start_ns + program.read_from_ns &&
	       (!program.read_last || written_ >= program.send_bytes);
}

void Endpoint::read_later(uint64_t at)
{
	reading_ = true;
	later(at, [this] {
		reading_ = false;
		if (done_ || tw_ || released_)
			return;
		if (may_read())
			read_all();
		run_program();
		settle();
	});
}

// Return: whether the program learned anything.
bool Endpoint::read_some()
{
	bool did = read_now();

	if (eof_ || !hrtcp_conn_at_eof(&conn_))
		return did;
	eof_ = true;
	times_.eof = clock_.now_ns();
	return true;
}

bool Endpoint::read_now()
{
	const Program &program = config_.program;
	const uint64_t from = Clock::start_ns + program.read_from_ns;

	if (!unread_ || reading_ || (program.read_last && written_ < program.send_bytes))
		return false;
	if (program.read_every_ns) {
		read_later(std::max(clock_.now_ns() + program.read_every_ns, from));
	} else if (clock_.now_ns() < from) {
		read_later(from);
	} else {
		read_all();
		return true;
	}
	return false;
}

// So many octets by now: turns come one for one.
uint64_t Endpoint::may_have_written() const
{
	const Program &program = config_.program;
	const bool first = !program.second;

	uint64_t most = program.send_bytes;

	if (program.speak_last && !eof_)
		return 0;
	if (program.turn_bytes)
		most = std::min(most, ((received_ - unread_) / program.peer_turn_bytes + first) *
				      program.turn_bytes);
	for (const Rest &rest : program.rests)
		if (rests(rest))
			most = std::min(most, rest.from_bytes);
	return most;
}

bool Endpoint::rests(const Rest &rest) const
{
	return clock_.now_ns() < Clock::start_ns + rest.until_ns ||
	       received_ - unread_ < rest.until_read_bytes;
}

void Endpoint::after_rest(const Rest &rest)
{
	later(Clock::start_ns + rest.until_ns, [this] {
		if (done_ || tw_)
			return;
		run_program();
		settle();
	});
}

// The next write waits, for its time or for the pause after the last.
bool Endpoint::write_later()
{
	uint64_t begin = Clock::start_ns + config_.program.begin_ns, at = begin;

	if (clock_.now_ns() >= begin) {
		if (!config_.program.pause_ns || !written_)
			return false;
		at = clock_.now_ns() + config_.program.pause_ns;
	}
	pausing_ = true;
	later(at, [this] {
		pausing_ = false;
		if (!done_ && !tw_) {
			run_program();
			settle();
		}
	});
	return true;
}

void Endpoint::write_some()
{
	Program &program = config_.program;

	const uint64_t most = may_have_written();

	if (clock_.now_ns() < Clock::start_ns + program.begin_ns && write_later())
		return;
	while (written_ < most && !hrtcp_conn_may_write(&conn_) &&
	       hrtcp_conn_queued(&conn_) < program.sndbuf_bytes) {
		hrtcp_txnode *node = hrtcp_conn_write_tail(&conn_);
		if (!node)
			node = &(new TxBuffer)->node;
		uint64_t len = std::min<uint64_t>(program.write_bytes, most - written_);
		len = std::min<uint64_t>(len, hrtcp_conn_size_goal(&conn_) - hrtcp_txnode_len(node));
		hrtcp_conn_on_write(&conn_, node, static_cast<uint32_t>(len), true);
		const uint64_t before = written_;
		written_ += len;
		snd_base_ = written_;
		if (program.urgent_every_bytes &&
		    written_ / program.urgent_every_bytes != before / program.urgent_every_bytes) {
			urgent_to_ = written_;
			hrtcp_conn_on_urgent(&conn_);
		}
		if (write_later())
			break;
	}
}

// The program's turn: read, write, and close once all is written (and perhaps read). Return:
// whether it did anything.
bool Endpoint::run_program()
{
	Program &program = config_.program;
	uint64_t had_written = written_;

	if (!up_ || released_ || done_)
		return false;
	hrtcp_conn_set_nodelay(&conn_, program.nodelay);
	bool did = read_some();
	if (!pausing_)
		write_some();
	if (program.read_last)
		did |= read_some();
	did |= written_ != had_written;
	if (written_ < program.send_bytes)
		return did;
	if (!closed_ && !program.stay && (!program.wait_for_peer || eof_)) {
		closed_ = did = true;
		trace("CLOSE");
		hrtcp_conn_on_close(&conn_, clock_.now_ns());
	}
	if (closed_ && eof_) {
		released_ = did = true;
		hrtcp_conn_on_release(&conn_, clock_.now_ns());
	}
	return did;
}

} // namespace sim

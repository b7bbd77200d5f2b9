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

// The next write waits, for its time or for the pause after the last.
bool Endpoint::write_later()
{
	uint64_t begin = 1000000000 + config_.program.begin_ns, at = begin;

	if (clock_.now_ns() >= begin) {
		if (!config_.program.pause_ns || !written_)
			return false;
		at = clock_.now_ns() + config_.program.pause_ns;
	}
	pausing_ = true;
	clock_.at(at, [this] {
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

	if (clock_.now_ns() < 1000000000 + program.begin_ns && write_later())
		return;
	while (written_ < program.send_bytes && !hrtcp_conn_may_write(&conn_) &&
	       hrtcp_conn_queued(&conn_) < program.sndbuf_bytes) {
		hrtcp_txnode *node = hrtcp_conn_write_tail(&conn_);
		if (!node)
			node = &(new TxBuffer)->node;
		uint64_t len = std::min<uint64_t>(program.write_bytes, program.send_bytes - written_);
		len = std::min<uint64_t>(len, hrtcp_conn_size_goal(&conn_) - hrtcp_txnode_len(node));
		hrtcp_conn_on_write(&conn_, node, static_cast<uint32_t>(len), true);
		written_ += len;
		snd_base_ = written_;
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
	bool did = unread_ && !program.read_every_ns;

	if (!up_ || released_ || done_)
		return false;
	hrtcp_conn_set_nodelay(&conn_, program.nodelay);
	if (!program.read_every_ns) {
		read_all();
	} else if (!reading_ && unread_) {
		reading_ = true;
		clock_.at(clock_.now_ns() + program.read_every_ns, [this] {
			reading_ = false;
			if (done_ || tw_ || released_)
				return;
			read_all();
			run_program();
			settle();
		});
	}
	if (!eof_ && hrtcp_conn_at_eof(&conn_)) {
		eof_ = true;
		times_.eof = clock_.now_ns();
	}
	if (!pausing_)
		write_some();
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

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

void Endpoint::write_some()
{
	Program &program = config_.program;

	while (written_ < program.send_bytes && !hrtcp_conn_may_write(&conn_) &&
	       hrtcp_conn_queued(&conn_) < 1u << 20) {
		hrtcp_txnode *node = hrtcp_conn_write_tail(&conn_);
		if (!node)
			node = &(new TxBuffer)->node;
		uint64_t len = std::min<uint64_t>(program.write_bytes, program.send_bytes - written_);
		len = std::min<uint64_t>(len, hrtcp_conn_size_goal(&conn_) - hrtcp_txnode_len(node));
		hrtcp_conn_on_write(&conn_, node, static_cast<uint32_t>(len), true);
		written_ += len;
		snd_base_ = written_;
		if (program.pause_ns) {
			pausing_ = true;
			clock_.at(clock_.now_ns() + program.pause_ns, [this] {
				pausing_ = false;
				if (!done_ && !tw_) {
					run_program();
					settle();
				}
			});
			break;
		}
	}
}

// The program's turn: read, write, and close once all is written (and perhaps read).
void Endpoint::run_program()
{
	Program &program = config_.program;

	if (!up_ || released_ || done_)
		return;
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
	eof_ |= hrtcp_conn_at_eof(&conn_);
	if (!pausing_)
		write_some();
	if (written_ < program.send_bytes)
		return;
	if (!closed_ && (!program.wait_for_peer || eof_)) {
		closed_ = true;
		hrtcp_conn_on_close(&conn_, clock_.now_ns());
	}
	if (closed_ && eof_) {
		released_ = true;
		hrtcp_conn_on_release(&conn_, clock_.now_ns());
	}
	clock_.at(clock_.now_ns(), [this] {
		if (!done_ && !tw_)
			settle();
	});
}

} // namespace sim

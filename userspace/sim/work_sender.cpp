// SPDX-License-Identifier: GPL-2.0
#include "work_sender.hpp"

#include <stdexcept>
#include <string>

namespace sim {

namespace {

uint32_t wanted_bytes;	// by the algorithm below, of the connection that is made next

// Takes the window that is wanted, less after a loss, and comes back to it within a round trip.
void init(hrtcp_conn *conn)
{
	conn->cc.cwnd_bytes = wanted_bytes;
	conn->cc.ssthresh_bytes = wanted_bytes;
	conn->cc.priv[0] = wanted_bytes;
}

void on_ack(hrtcp_conn *conn, const hrtcp_ack *ack)
{
	const auto wanted = static_cast<uint32_t>(conn->cc.priv[0]);

	conn->cc.cwnd_bytes = min_t(uint32_t, conn->cc.cwnd_bytes + ack->acked_bytes, wanted);
}

uint32_t on_loss(hrtcp_conn *conn, hrtcp_loss, uint64_t)
{
	return conn->cc.cwnd_bytes / 10 * 7;
}

const hrtcp_cc_ops steady = [] {
	hrtcp_cc_ops ops{};
	ops.init = init;
	ops.on_ack = on_ack;
	ops.on_loss = on_loss;
	return ops;
}();

} // namespace

Sender::Sender(uint32_t segments, uint32_t piece, uint64_t now_ns) : piece_bytes_(piece * work_mss)
{
	hrtcp_open open{};
	hrtcp_seg seg{};
	hrtcp_rx rx;

	cfg_.timestamps = cfg_.hr_option = false;
	hrtcp_conn_init(&conn_, &cfg_);
	hrtcp_conn_set_cc(&conn_, &steady);
	open.iss = seq_of(first - 1);
	open.mss_path = open.mss_advertise = open.mss_default = work_mss;
	open.rcvbuf_bytes = open.rcvbuf_max_bytes = 1 << 20;
	open.gso_max = piece_bytes_;
	hrtcp_conn_open(&conn_, &open, now_ns);
	settle(now_ns);
	wanted_bytes = segments * work_mss;
	seg.seq = seq_of(0);
	seg.ack = seq_of(first);
	seg.flags = HRTCP_SYN | HRTCP_ACK;
	seg.wnd = 65535;
	seg.opt.present = HRTCP_OPT_MSS | HRTCP_OPT_WSCALE | HRTCP_OPT_SACK_OK;
	seg.opt.mss = work_mss;
	seg.opt.wscale = HRTCP_WSCALE_MAX;
	hrtcp_conn_on_segment(&conn_, &seg, nullptr, now_ns, &rx);
	settle(now_ns);
	ack(now_ns, 0, {});	// the SYN,ACK's own window is not scaled
	if (const char *wrong = hrtcp_conn_check(&conn_))
		throw std::runtime_error(std::string("the table of work: ") + wrong);
}

Sender::~Sender()
{
	while (hrtcp_txnode *node = hrtcp_conn_drain_tx(&conn_))
		delete node;
}

void Sender::write()
{
	while (seq_diff(conn_.snd.end, conn_.snd.nxt) < static_cast<int32_t>(4 * piece_bytes_))
		hrtcp_conn_on_write(&conn_, new hrtcp_txnode{}, piece_bytes_, true);
}

void Sender::settle(uint64_t now_ns)
{
	hrtcp_transition tr;
	hrtcp_tx tx;

	while (hrtcp_conn_poll_transition(&conn_, &tr))
		;
	for (;;) {
		if (conn_.state == HRTCP_ESTABLISHED)
			write();
		const hrtcp_poll poll = hrtcp_conn_poll_tx(&conn_, now_ns, &tx);
		if (poll == HRTCP_POLL_WAIT)
			break;
		if (poll == HRTCP_POLL_SPLIT)
			hrtcp_conn_on_split(&conn_, tx.node, new hrtcp_txnode{}, tx.split_len);
		else if (poll == HRTCP_POLL_JOIN)
			hrtcp_conn_on_join(&conn_, tx.node, true);
		else if (tx.seg.len)
			sent_.push_back({tx.seg.seq.v - first, tx.seg.seq.v - first + tx.seg.len});
	}
	wake_ns_ = tx.wake_ns;
	while (hrtcp_txnode *node = hrtcp_conn_poll_acked(&conn_))
		delete node;
	hrtcp_conn_poll_events(&conn_);
}

uint64_t Sender::ack(uint64_t now_ns, uint32_t una, const std::vector<Range> &blocks)
{
	const uint64_t before = conn_.txq.looks;
	hrtcp_seg seg{};
	hrtcp_rx rx;

	seg.seq = seq_of(1);
	seg.ack = seq_of(first + una);
	seg.flags = HRTCP_ACK;
	seg.wnd = 65535;
	if (!blocks.empty())
		seg.opt.present = HRTCP_OPT_SACK;
	for (const Range &block : blocks)
		seg.opt.sack[seg.opt.n_sack++] = {seq_of(first + block.start), seq_of(first + block.end)};
	hrtcp_conn_on_segment(&conn_, &seg, nullptr, now_ns, &rx);
	settle(now_ns);
	return conn_.txq.looks - before;
}

void Sender::wake(uint64_t now_ns)
{
	if (now_ns < wake_ns_)
		return;
	hrtcp_conn_on_deadline(&conn_, now_ns);
	settle(now_ns);
}

} // namespace sim

// SPDX-License-Identifier: GPL-2.0
// endpoint_wire.cpp -- an end's segments as octets: what leaves, and where what arrives goes.
#include "endpoint.hpp"

#include "text.hpp"

#include <algorithm>

namespace sim {

uint64_t Endpoint::offset_of(struct seq seq) const
{
	return static_cast<uint64_t>(int64_t(snd_base_) + seq_diff(seq, seq_add(conn_.snd.iss,
					1 + static_cast<uint32_t>(snd_base_))));
}

uint32_t Endpoint::irs() const
{
	return req_ ? req_->irs.v : conn_.rcv.irs.v;
}

// A wire segment: header by the core's writer, octets by the pattern, a true checksum.
void Endpoint::emit(const hrtcp_seg &seg, uint64_t offset, bool again)
{
	uint32_t stored = config_.unseen ? 0 : seg.len;
	Bytes packet(HRTCP_HDR_MAX + stored);
	uint32_t header = hrtcp_wire_build(packet.data(), 1, 2, &seg);

	packet.resize(header + stored);
	packet.unseen = seg.len - stored;
	packet.offset = offset;
	packet.again = again;
	fill_pattern(config_.pattern, offset, packet.data() + header, stored);
	uint16_t sum = checksum(packet);
	packet[16] = static_cast<uint8_t>(sum >> 8);
	packet[17] = static_cast<uint8_t>(sum);
	if (trace_)
		trace("> " + segment_text(seg, config_.open.iss.v, irs()));
	packet.ecn = seg.ip_ecn;
	ledger_.sent(offset, offset + seg.len, out_.send(std::move(packet)));
}

// What no segment may be: larger than the path, beyond the window (but for the octet of a
// probe), an acknowledgment of what did not come.
void Endpoint::watch_sent(const hrtcp_tx &tx, const hrtcp_seg &seg) const
{
	uint32_t options = hrtcp_wire_opt_len(&seg.opt);
	uint32_t most = std::max<uint32_t>(48, std::min(conn_.snd.mss_path, conn_.snd.mss_peer));

	if (options > HRTCP_HDR_MAX - HRTCP_HDR_MIN)
		fail("more options than fit");
	if (seg.flags & (HRTCP_SYN | HRTCP_RST) || !watching_)
		return;
	if (seg.len && seg.len + options > most && !(tx.node && tx.node->sends > 1))
		fail("a segment of " + std::to_string(seg.len) + " where " + std::to_string(most) +
		     " fit");
	if (seg.len && seq_gt(seq_add(seg.seq, seg.len), seq_add(peer_edge_, 1)))
		fail("data beyond the window");
	if (seg.len && peer_ && peer_->live() && peer_->watching_ &&
	    seq_gt(seq_add(seg.seq, seg.len), seq_add(peer_->conn_.rcv.edge, 1)))
		fail("data beyond what the peer ever offered");
	if (seq_gt(seg.ack, conn_.rcv.nxt))
		fail("what did not come is acknowledged");
}

// What a device makes of a super-segment: only the last piece carries PSH and FIN.
void Endpoint::emit(const hrtcp_tx &tx)
{
	uint32_t unit = tx.gso_size ? tx.gso_size : std::max(tx.seg.len, 1u);
	uint32_t done = 0;

	do {
		hrtcp_seg seg = tx.seg;
		seg.len = std::min(unit, tx.seg.len - done);
		seg.seq = seq_add(tx.seg.seq, done);
		if (done && !config_.open.gso_ace)
			seg.flags &= static_cast<uint8_t>(~HRTCP_CWR);
		if (done + seg.len < tx.seg.len)
			seg.flags &= static_cast<uint8_t>(~(HRTCP_PSH | HRTCP_FIN));
		watch_sent(tx, seg);
		emit(seg, seg.flags & HRTCP_SYN ? 0 : offset_of(seg.seq), tx.retransmit);
		retransmitted_ += tx.retransmit;
		done += seg.len;
	} while (done < tx.seg.len);
}

void Endpoint::reply(const hrtcp_reply &out)
{
	if (out.moved)
		note(out.transition);
	if (out.send)
		emit(out.seg, 0);
}

// At the door: a host that is stalled leaves it there, one with GRO waits for what belongs to it.
void Endpoint::receive(Bytes packet)
{
	if (checksum(packet)) {
		trace("< bad checksum");
		return;
	}
	if (clock_.now_ns() < stalled_until_) {
		door_.push_back(std::move(packet));
		return;
	}
	if (gro_.merge(packet)) {
		if (gro_.complete())
			take(gro_.flush());
		return;
	}
	if (gro_.holds())
		take(gro_.flush());
	if (!config_.gro_ns || !Gro::may_hold(packet))
		return take(std::move(packet));
	gro_.hold(std::move(packet));
	later(clock_.now_ns() + config_.gro_ns, [this] {
		if (gro_.holds())
			take(gro_.flush());
	});
}

void Endpoint::take(Bytes packet)
{
	auto buffer = std::make_unique<RxBuffer>();
	hrtcp_seg seg;

	auto size = static_cast<uint32_t>(packet.size());
	if (hrtcp_wire_parse(packet.data(), size, size + packet.unseen, &seg))
		return;
	seg.ip_ecn = packet.ecn;
	seg.pkts = packet.pkts;
	buffer->payload.assign(packet.begin() + seg.hdr_len, packet.end());
	buffer->payload.unseen = packet.unseen;
	buffer->payload.offset = packet.offset;
	take(seg, buffer);
}

void Endpoint::take(const hrtcp_seg &seg, std::unique_ptr<RxBuffer> &buffer)
{
	uint64_t now = clock_.now_ns();
	hrtcp_reply out{};

	if (trace_)
		trace("< " + segment_text(seg, seg.flags & HRTCP_SYN ? seg.seq.v : irs(),
					  config_.open.iss.v));
	if (done_) {
		if (hrtcp_wire_reset_for(&seg, &out.seg))
			emit(out.seg, 0);
	} else if (tw_) {
		hrtcp_tw_on_segment(&*tw_, &config_.cfg, &seg, false, now, &out);
		reply(out);
		armed_ns_ = tw_->deadline_ns;
		arm();
	} else if (live_) {
		feed(seg, buffer);
	} else {
		receive_listen(seg, buffer);
	}
}

void Endpoint::feed(const hrtcp_seg &seg, std::unique_ptr<RxBuffer> &buffer)
{
	hrtcp_rx rx;

	hrtcp_conn_on_segment(&conn_, &seg, &buffer->node, clock_.now_ns(), &rx);
	if (rx.drop && trace_)
		trace(std::string("  dropped: ") + drop_text(rx.drop));
	if (rx.take == HRTCP_TAKE_DELIVER)
		deliver(buffer->payload, rx.skip, rx.len);
	else if (rx.take == HRTCP_TAKE_KEEP)
		(void)buffer.release();
	settle();
}

void Endpoint::deliver(const Bytes &payload, uint32_t skip, uint32_t len)
{
	if (uint64_t(skip) + len > payload.wire_size())
		fail("more delivered than arrived");
	if (payload.unseen ? payload.offset + skip != received_ :
			     !is_pattern(config_.peer_pattern, received_, payload.data() + skip, len))
		fail("wrong octets after " + std::to_string(received_));
	received_ += len;
	unread_ += len;
	if (len)
		times_.received = clock_.now_ns();
}

} // namespace sim

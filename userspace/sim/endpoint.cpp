// SPDX-License-Identifier: GPL-2.0
#include "endpoint.hpp"

#include <algorithm>
#include <cstdio>

namespace sim {

// The octet at @offset of the stream @pattern: any mix-up of offset or direction shows.
static uint8_t octet(uint64_t pattern, uint64_t offset)
{
	uint64_t x = (pattern ^ offset) * 0x9e3779b97f4a7c15ull;

	return static_cast<uint8_t>(x >> 56);
}

static std::string flags_text(uint8_t flags)
{
	std::string text;

	for (auto [bit, c] : {std::pair{HRTCP_SYN, 'S'}, {HRTCP_FIN, 'F'}, {HRTCP_RST, 'R'},
			      {HRTCP_PSH, 'P'}, {HRTCP_ACK, '.'}})
		if (flags & bit)
			text += c;
	return text;
}

Endpoint::Endpoint(std::string name, Clock &clock, Path &out, const EndConfig &config, bool trace)
	: name_(std::move(name)), clock_(clock), out_(out), config_(config), trace_(trace)
{
	hrtcp_conn_init(&conn_, &config_.cfg);
	listen_.backlog = 1;
}

Endpoint::~Endpoint()
{
	while (hrtcp_txnode *node = hrtcp_conn_drain_tx(&conn_))
		delete reinterpret_cast<TxBuffer *>(node);
	while (hrtcp_rxnode *node = hrtcp_conn_drain_rx(&conn_))
		delete reinterpret_cast<RxBuffer *>(node);
}

std::string Endpoint::state() const
{
	return hrtcp_state_name(tw_ ? tw_->state : req_ ? req_->state : conn_.state);
}

void Endpoint::trace(const std::string &what) const
{
	if (trace_)
		std::printf("%12.6f %s %s\n", double(clock_.now_ns() - 1000000000) / 1e9,
			    name_.c_str(), what.c_str());
}

void Endpoint::connect()
{
	live_ = true;
	if (hrtcp_conn_open(&conn_, &config_.open, clock_.now_ns()))
		throw Failure("open refused");
	settle();
	if (config_.program.abort_after_ns)
		clock_.at(clock_.now_ns() + config_.program.abort_after_ns, [this] {
			if (done_ || tw_ || released_)
				return;
			aborted_ = true;
			hrtcp_conn_on_abort(&conn_, ECONNABORTED, clock_.now_ns());
			settle();
		});
}

void Endpoint::listen()
{
	last_state_ = HRTCP_LISTEN;
}

uint64_t Endpoint::offset_of(struct seq seq) const
{
	return static_cast<uint64_t>(int64_t(snd_base_) + seq_diff(seq, seq_add(conn_.snd.iss,
					1 + static_cast<uint32_t>(snd_base_))));
}

// A wire segment: header by the core's writer, octets by the pattern, a true checksum.
void Endpoint::emit(hrtcp_seg seg, uint64_t offset)
{
	Bytes packet(HRTCP_HDR_MAX + seg.len);
	uint32_t header = hrtcp_wire_build(packet.data(), 1, 2, &seg);

	packet.resize(header + seg.len);
	for (uint32_t i = 0; i < seg.len; i++)
		packet[header + i] = octet(config_.pattern, offset + i);
	uint16_t sum = checksum(packet);
	packet[16] = static_cast<uint8_t>(sum >> 8);
	packet[17] = static_cast<uint8_t>(sum);
	if (trace_)
		trace("> " + flags_text(seg.flags) + " " + std::to_string(seg.seq.v) + "+" +
		      std::to_string(seg.len) + " ack " + std::to_string(seg.ack.v) + " win " +
		      std::to_string(seg.wnd));
	packet.ecn = seg.ip_ecn;
	out_.send(std::move(packet));
}

// What a device makes of a super-segment: only the last piece carries PSH and FIN.
void Endpoint::emit(const hrtcp_tx &tx)
{
	uint32_t unit = tx.gso_size ? tx.gso_size : std::max(tx.seg.len, 1u);
	uint32_t done = 0;

	if (tx.retransmit)
		retransmitted_++;
	do {
		hrtcp_seg seg = tx.seg;
		seg.len = std::min(unit, tx.seg.len - done);
		seg.seq = seq_add(tx.seg.seq, done);
		if (done)
			seg.flags &= static_cast<uint8_t>(~HRTCP_CWR);
		if (done + seg.len < tx.seg.len)
			seg.flags &= static_cast<uint8_t>(~(HRTCP_PSH | HRTCP_FIN));
		emit(seg, offset_of(seg.seq));
		done += seg.len;
	} while (done < tx.seg.len);
}

void Endpoint::drain_tx()
{
	hrtcp_tx tx;

	for (int i = 0;; i++) {
		hrtcp_poll poll = hrtcp_conn_poll_tx(&conn_, clock_.now_ns(), &tx);
		if (i > 100000)
			throw Failure(name_ + ": livelock in poll_tx");
		if (poll == HRTCP_POLL_WAIT)
			break;
		if (poll == HRTCP_POLL_SEND) {
			emit(tx);
			continue;
		}
		auto *rest = new TxBuffer;
		hrtcp_conn_on_split(&conn_, tx.node, &rest->node, tx.split_len);
	}
	armed_ns_ = tx.wake_ns;
}

void Endpoint::note(const hrtcp_transition &tr)
{
	if (tr.from != last_state_)
		throw Failure(name_ + ": transition from " + hrtcp_state_name(tr.from) + " in " +
			      hrtcp_state_name(last_state_));
	last_state_ = tr.to;
	gave_up_ |= tr.cause == HRTCP_C_REQ_TIMEOUT;
	trace(std::string("* ") + hrtcp_state_name(tr.from) + " -> " + hrtcp_state_name(tr.to) +
	      " because " + hrtcp_cause_text(tr.cause));
}

void Endpoint::settle()
{
	hrtcp_transition tr;
	uint32_t skip, len;

	while (hrtcp_conn_poll_transition(&conn_, &tr))
		note(tr);
	drain_tx();
	while (hrtcp_rxnode *node = hrtcp_conn_poll_rx(&conn_, &skip, &len)) {
		std::unique_ptr<RxBuffer> buffer(reinterpret_cast<RxBuffer *>(node));
		if (len)
			deliver(buffer->payload, skip, len);
	}
	while (hrtcp_txnode *node = hrtcp_conn_poll_acked(&conn_))
		delete reinterpret_cast<TxBuffer *>(node);
	if (const char *wrong = hrtcp_conn_check(&conn_))
		throw Failure(name_ + ": " + wrong);

	uint8_t events = hrtcp_conn_poll_events(&conn_);
	if (events & HRTCP_EV_UP)
		up_ = true;
	if (events & HRTCP_EV_ERROR)
		error_ = conn_.err;
	if (events & HRTCP_EV_GONE) {
		read_all(); // what has arrived can still be read
		eof_ |= hrtcp_conn_at_eof(&conn_);
		finish();
		return;
	}
	if (events & HRTCP_EV_TIME_WAIT && released_) {
		into_time_wait();
		return;
	}
	if (events)
		run_program();
	arm();
}

void Endpoint::finish()
{
	done_ = true;
	finished_at_ = clock_.now_ns();
}

void Endpoint::into_time_wait()
{
	tw_.emplace();
	hrtcp_tw_init(&*tw_, &conn_);
	armed_ns_ = tw_->deadline_ns;
	arm();
}

void Endpoint::arm()
{
	uint64_t at = armed_ns_;

	if (at != HRTCP_NEVER && !done_)
		clock_.at(at, [this, at] {
			if (at == armed_ns_ && !done_)
				wake();
		});
}

void Endpoint::wake()
{
	uint64_t now = clock_.now_ns();
	hrtcp_transition tr;
	hrtcp_reply out;

	if (tw_) {
		if (!hrtcp_tw_on_deadline(&*tw_, now, &tr))
			throw Failure(name_ + ": TIME-WAIT woke early");
		note(tr);
		finish();
	} else if (req_) {
		auto verdict = hrtcp_req_on_deadline(&*req_, &listen_, &config_.cfg, now, &out);
		armed_ns_ = req_->deadline_ns;
		reply(out);
		if (verdict == HRTCP_REQ_REMOVE)
			req_.reset();
		else
			arm();
	} else {
		hrtcp_conn_on_deadline(&conn_, now);
		settle();
	}
}

void Endpoint::reply(const hrtcp_reply &out)
{
	if (out.moved)
		note(out.transition);
	if (out.send)
		emit(out.seg, 0);
}

void Endpoint::receive(Bytes packet)
{
	auto buffer = std::make_unique<RxBuffer>();
	uint64_t now = clock_.now_ns();
	hrtcp_reply out{};
	hrtcp_seg seg;

	if (checksum(packet))
		return;
	auto size = static_cast<uint32_t>(packet.size());
	if (hrtcp_wire_parse(packet.data(), size, size, &seg))
		return;
	seg.ip_ecn = packet.ecn;
	buffer->payload.assign(packet.begin() + seg.hdr_len, packet.end());
	if (done_) {
		if (!(seg.flags & HRTCP_RST)) {
			hrtcp_wire_reset_for(&seg, &out.seg);
			emit(out.seg, 0);
		}
	} else if (tw_) {
		hrtcp_tw_on_segment(&*tw_, &config_.cfg, &seg, false, now, &out);
		reply(out);
		if (armed_ns_ != tw_->deadline_ns) {
			armed_ns_ = tw_->deadline_ns;
			arm();
		}
	} else if (live_) {
		feed(seg, buffer);
	} else {
		receive_listen(seg, buffer);
	}
}

void Endpoint::receive_listen(const hrtcp_seg &seg, std::unique_ptr<RxBuffer> &buffer)
{
	uint64_t now = clock_.now_ns();
	hrtcp_reply out{};

	if (!req_) {
		if (hrtcp_listen_on_segment(&listen_, &config_.cfg, &seg, &out) == HRTCP_LISTEN_NEW) {
			req_.emplace();
			last_state_ = HRTCP_LISTEN;
			hrtcp_req_init(&*req_, &listen_, &config_.cfg, &config_.open, &seg, now, &out);
			armed_ns_ = req_->deadline_ns;
			arm();
		}
		reply(out);
		return;
	}
	auto verdict = hrtcp_req_on_segment(&*req_, &listen_, &config_.cfg, &seg, now, &out);
	reply(out);
	if (verdict == HRTCP_REQ_REMOVE)
		req_.reset();
	else if (verdict == HRTCP_REQ_PROMOTE)
		promote(seg, buffer);
}

void Endpoint::promote(const hrtcp_seg &seg, std::unique_ptr<RxBuffer> &buffer)
{
	live_ = true;
	hrtcp_conn_open_passive(&conn_, &*req_, &config_.open, clock_.now_ns());
	hrtcp_req_promoted(&*req_, &listen_);
	req_.reset();
	feed(seg, buffer);
	if (!up_)
		throw Failure(name_ + ": promoted but not established");
}

void Endpoint::feed(const hrtcp_seg &seg, std::unique_ptr<RxBuffer> &buffer)
{
	hrtcp_rx rx;

	hrtcp_conn_on_segment(&conn_, &seg, &buffer->node, clock_.now_ns(), &rx);
	if (rx.take == HRTCP_TAKE_DELIVER)
		deliver(buffer->payload, rx.skip, rx.len);
	else if (rx.take == HRTCP_TAKE_KEEP)
		(void)buffer.release();
	settle();
}

void Endpoint::deliver(const Bytes &payload, uint32_t skip, uint32_t len)
{
	if (uint64_t(skip) + len > payload.size())
		throw Failure(name_ + ": more delivered than arrived");
	for (uint32_t i = 0; i < len; i++)
		if (payload[skip + i] != octet(config_.peer_pattern, received_ + i))
			throw Failure(name_ + ": wrong octet at " + std::to_string(received_ + i));
	received_ += len;
	unread_ += len;
}

} // namespace sim

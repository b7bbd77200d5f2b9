// SPDX-License-Identifier: GPL-2.0
#include "model_end.hpp"

#include <cstdlib>

extern "C" {
#include "model_copy.h"
}

namespace model {

End::End(const Script &script, const hrtcp_cfg *cfg, uint32_t iss) : script_(script), cfg_(cfg)
{
	hrtcp_conn_init(&conn_, cfg);
	const uint32_t most = script.scale ? 65535u << script.scale : script.window;
	open_ = {seq_of(iss), 0, script.window, most, 1000, 1000, 536, 1000, {}, 0, 0, false};
	listen_.backlog = 1;
	idle_ = script.connects;
	listening_ = !script.connects;
	last_state_ = listening_ ? HRTCP_LISTEN : HRTCP_CLOSED;
}

// A deep copy: the nodes of the queues are this end's own.
End::End(const End &other)
	: script_(other.script_), cfg_(other.cfg_), open_(other.open_), conn_(other.conn_),
	  listen_(other.listen_), req_(other.req_), tw_(other.tw_), idle_(other.idle_),
	  listening_(other.listening_), closed_(other.closed_), aborted_(other.aborted_),
	  eof_(other.eof_), closing_(other.closing_), released_(other.released_), up_(other.up_),
	  waited_(other.waited_), error_(other.error_), last_state_(other.last_state_),
	  written_(other.written_), received_(other.received_)
{
	hrtcp_txq &q = conn_.txq;
	hrtcp_txnode **link = &q.head;

	q.head = q.tail = q.last = nullptr;
	for (const hrtcp_txnode *node = other.conn_.txq.head; node; node = node->next) {
		auto *copy = new hrtcp_txnode(*node);
		if (node == other.conn_.txq.unsent)
			q.unsent = copy;
		copy->next = nullptr;
		*link = copy;
		link = &copy->next;
		q.tail = copy;
		if (node == other.conn_.txq.last)
			q.last = copy;
	}
	hrtcp_model_index_txq(&q);
	hrtcp_model_copy_reasm(&other.conn_.reasm, &conn_.reasm);
}

void End::drop_nodes()
{
	while (hrtcp_txnode *node = hrtcp_conn_drain_tx(&conn_))
		delete node;
	while (hrtcp_rxnode *node = hrtcp_conn_drain_rx(&conn_))
		std::free(node);
}

End::~End()
{
	drop_nodes();
}

uint8_t End::state() const
{
	if (tw_)
		return tw_->state;
	if (req_)
		return req_->state;
	return listening_ ? static_cast<uint8_t>(HRTCP_LISTEN) : conn_.state;
}

void End::note(const hrtcp_transition &tr)
{
	if (tr.from != last_state_)
		throw Violation(std::string("transition from ") + hrtcp_state_name(tr.from) + " in " +
				hrtcp_state_name(last_state_));
	judge(tr);
	last_state_ = tr.to;
	waited_ |= tr.to == HRTCP_TIME_WAIT;
	aborted_ |= tr.cause == HRTCP_C_LATE_DATA || tr.cause == HRTCP_C_FW2_TIMEOUT;
}

void End::open(uint64_t now_ns, Packets &out)
{
	idle_ = false;
	hrtcp_conn_open(&conn_, &open_, now_ns);
	settle(now_ns, out);
}

void End::reply(const hrtcp_reply &reply, Packets &out)
{
	if (reply.moved)
		note(reply.transition);
	if (reply.send)
		out.push_back(reply.seg);
}

void End::settle(uint64_t now_ns, Packets &out)
{
	hrtcp_transition tr;
	hrtcp_tx tx;
	uint32_t skip, len;

	while (hrtcp_conn_poll_transition(&conn_, &tr))
		note(tr);
	for (int i = 0;; i++) {
		hrtcp_poll poll = hrtcp_conn_poll_tx(&conn_, now_ns, &tx);
		if (i > 1000)
			throw Violation("livelock in poll_tx");
		if (poll == HRTCP_POLL_WAIT)
			break;
		if (poll == HRTCP_POLL_SEND)
			out.push_back(tx.seg);
		else if (poll == HRTCP_POLL_JOIN)
			hrtcp_conn_on_join(&conn_, tx.node, true);
		else
			hrtcp_conn_on_split(&conn_, tx.node, new hrtcp_txnode{}, tx.split_len);
	}
	while (hrtcp_rxnode *node = hrtcp_conn_poll_rx(&conn_, &skip, &len)) {
		received_ += len;
		std::free(node);
	}
	while (hrtcp_txnode *node = hrtcp_conn_poll_acked(&conn_))
		delete node;
	if (const char *wrong = hrtcp_conn_check(&conn_))
		throw Violation(wrong);
	after(now_ns, out);
}

// The program reads at once, and lets go of the socket when both directions are done.
void End::after(uint64_t now_ns, Packets &out)
{
	uint16_t events = hrtcp_conn_poll_events(&conn_);

	up_ |= (events & HRTCP_EV_UP) != 0;
	if (conn_.rcv.unread_bytes && !script_.slow)
		hrtcp_conn_on_read(&conn_, conn_.rcv.unread_bytes);
	eof_ |= hrtcp_conn_at_eof(&conn_);
	if (events & HRTCP_EV_ERROR)
		error_ = conn_.err;
	if (conn_.state == HRTCP_CLOSED) {
		bury();
		return;
	}
	if (closing_ && eof_ && !released_) {
		released_ = true;
		hrtcp_conn_on_release(&conn_, now_ns);
		settle(now_ns, out);
		return;
	}
	if (released_ && conn_.state == HRTCP_TIME_WAIT) {
		tw_.emplace();
		hrtcp_tw_init(&*tw_, &conn_);
	}
}

void End::bury()
{
	closed_ = true;
	hrtcp_conn_on_read(&conn_, conn_.rcv.unread_bytes); // what has arrived can still be read
	eof_ |= hrtcp_conn_at_eof(&conn_);
	drop_nodes();
	if (!tw_ && hrtcp_timers_next(&conn_.timers, nullptr) != HRTCP_NEVER)
		throw Violation("a dead connection kept a timer");
	if (up_ && !aborted_ && !(eof_ && closing_) && !error_)
		throw Violation("cut off without being told");
}

void End::receive(const hrtcp_seg &in, uint64_t now_ns, Packets &out)
{
	hrtcp_seg seg = in;
	hrtcp_reply answer{};

	if (closed_ || idle_) {
		if (hrtcp_wire_reset_for(&seg, &answer.seg))
			out.push_back(answer.seg);
		return;
	}
	if (tw_) {
		hrtcp_tw_on_segment(&*tw_, cfg_, &seg, false, now_ns, &answer);
		reply(answer, out);
		return;
	}
	if (listening_ && !req_) {
		if (hrtcp_listen_on_segment(&listen_, cfg_, &seg, false, now_ns, &answer) ==
		    HRTCP_LISTEN_NEW) {
			req_.emplace();
			hrtcp_req_init(&*req_, &listen_, cfg_, &open_, &seg, now_ns, &answer);
		}
		reply(answer, out);
		return;
	}
	if (req_) {
		auto verdict = hrtcp_req_on_segment(&*req_, &listen_, cfg_, &seg, now_ns, &answer);
		reply(answer, out);
		if (verdict == HRTCP_REQ_REMOVE)
			req_.reset();
		if (verdict != HRTCP_REQ_PROMOTE)
			return;
		hrtcp_conn_open_passive(&conn_, &*req_, &open_, now_ns);
		hrtcp_req_promoted(&*req_, &listen_);
		req_.reset();
		listening_ = false;
	}
	auto *node = static_cast<hrtcp_rxnode *>(std::calloc(1, sizeof(hrtcp_rxnode)));
	hrtcp_rx rx;
	hrtcp_conn_on_segment(&conn_, &seg, node, now_ns, &rx);
	if (rx.take == HRTCP_TAKE_DELIVER)
		received_ += rx.len;
	if (rx.take != HRTCP_TAKE_KEEP)
		std::free(node);
	settle(now_ns, out);
}

uint64_t End::deadline() const
{
	if (closed_ || idle_)
		return HRTCP_NEVER;
	if (tw_)
		return tw_->deadline_ns;
	if (req_)
		return req_->deadline_ns;
	return listening_ ? HRTCP_NEVER : hrtcp_timers_next(&conn_.timers, nullptr);
}

void End::timer(uint64_t now_ns, Packets &out)
{
	hrtcp_transition tr;
	hrtcp_reply answer;

	if (tw_) {
		hrtcp_tw_on_deadline(&*tw_, now_ns, &tr);
		note(tr);
		bury();
		tw_.reset();
	} else if (req_) {
		auto verdict = hrtcp_req_on_deadline(&*req_, &listen_, cfg_, now_ns, &answer);
		reply(answer, out);
		if (verdict == HRTCP_REQ_REMOVE)
			req_.reset();
	} else {
		hrtcp_conn_on_deadline(&conn_, now_ns);
		settle(now_ns, out);
	}
}

bool End::may_write() const
{
	return has_conn() && script_.writes && (up_ || !script_.tidy) && !hrtcp_conn_may_write(&conn_);
}

bool End::may_read() const
{
	return script_.slow && has_conn() && conn_.rcv.unread_bytes;
}

bool End::may_close() const
{
	return has_conn() && !closing_ && !script_.tidy;
}

bool End::may_abort() const
{
	return script_.abort && !idle_ && !closed_ && !released_;
}

void End::write(uint64_t now_ns, Packets &out)
{
	script_.writes--;
	written_ += script_.octets;
	hrtcp_txnode *node = hrtcp_conn_write_tail(&conn_);
	hrtcp_conn_on_write(&conn_, node ? node : new hrtcp_txnode{}, script_.octets, true);
	if (script_.tidy && !script_.writes)
		close(now_ns, out);
	else
		settle(now_ns, out);
}

void End::read(uint64_t now_ns, Packets &out)
{
	hrtcp_conn_on_read(&conn_, conn_.rcv.unread_bytes);
	settle(now_ns, out);
}

void End::close(uint64_t now_ns, Packets &out)
{
	closing_ = true;
	script_.writes = 0;
	released_ = script_.lets_go;
	if (released_)
		hrtcp_conn_on_release(&conn_, now_ns);
	else
		hrtcp_conn_on_close(&conn_, now_ns);
	settle(now_ns, out);
}

void End::abort(uint64_t now_ns, Packets &out)
{
	hrtcp_reply answer;

	aborted_ = true;
	if (req_) {
		hrtcp_req_on_abort(&*req_, &listen_, now_ns, &answer);
		reply(answer, out);
		req_.reset();
	}
	if (listening_) {		/* the listener is closed */
		closed_ = true;
		return;
	}
	hrtcp_conn_on_abort(&conn_, ECONNABORTED, now_ns);
	settle(now_ns, out);
}

namespace {

// Values in a row; what has no meaning (pointers, addresses) never gets in.
struct Writer {
	std::string &key;
	void put(uint64_t value)
	{
		do {
			key += static_cast<char>(value & 0x7f) | static_cast<char>(value > 0x7f ? 0x80 : 0);
			value >>= 7;
		} while (value);
	}
	template <typename... T> void all(T... values) { (put(static_cast<uint64_t>(values)), ...); }
};

} // namespace

void End::key_conn(std::string &key, uint64_t now_ns) const
{
	const hrtcp_conn &c = conn_;
	const hrtcp_snd &s = c.snd;
	const hrtcp_rcv &r = c.rcv;
	Writer w{key};

	w.all(c.state, c.orphan, c.passive, c.close_pending, c.syn_repeats);
	w.all(s.una.v - s.iss.v, s.nxt.v - s.iss.v, s.max.v - s.iss.v, s.end.v - s.iss.v, s.wnd,
	      s.small_end.v - s.iss.v, s.fin_queued, s.fin_sent, s.fin_lost, s.force, s.override,
	      s.probe, s.probed, s.probes, s.wl1.v - r.irs.v);
	w.all(r.nxt.v - r.irs.v, r.edge.v - r.irs.v, r.acked.v - r.irs.v, r.fin, r.closed,
	      r.unacked_bytes, r.unread_bytes, r.ack_now);
	w.all(c.recovery.state, c.recovery.dupacks, c.recovery.left_bytes, c.recovery.frto,
	      c.recovery.recover.v - s.iss.v, c.recovery.undo.armed, c.rtt.backoff, c.rtt.rto_ns,
	      c.cc.cwnd_bytes, c.cc.ssthresh_bytes, c.tlp.out, c.tlp.again, c.tlp.sampled);
	w.all(now_ns - c.progress_ns,
	      c.challenge.since_ns ? now_ns - c.challenge.since_ns : ~0ull);
	for (uint64_t at : c.timers.at_ns)
		w.put(at == HRTCP_NEVER ? ~0ull : at - now_ns);
	for (const hrtcp_txnode *node = c.txq.head; node; node = node->next)
		w.all(node->seq.v - s.iss.v, node->end.v - s.iss.v, node->lost, node->sacked,
		      node->sends, node->sends ? now_ns - node->sent_ns : 0);
	w.all(c.sack.n, c.sack.dsack_due);
	hrtcp_model_each_kept(&c.reasm, [](const hrtcp_rxnode *node, void *arg) {
		static_cast<Writer *>(arg)->all(node->seq.v, node->end.v, node->fin);
	}, &w);
}

void End::key(std::string &key, uint64_t now_ns) const
{
	Writer w{key};

	w.all(script_.writes, idle_, listening_, closed_, aborted_, eof_, closing_, released_, up_,
	      waited_, error_, written_, received_, last_state_, listen_.n_half_open,
	      req_.has_value(), tw_.has_value());
	if (req_)
		w.all(req_->sends, req_->irs.v, req_->deadline_ns - now_ns, now_ns - req_->begun_ns);
	if (tw_)
		w.all(tw_->deadline_ns - now_ns,
		      tw_->challenge.since_ns ? now_ns - tw_->challenge.since_ns : ~0ull);
	else if (has_conn())
		key_conn(key, now_ns);
}

} // namespace model

// SPDX-License-Identifier: GPL-2.0
#include "endpoint.hpp"

#include "text.hpp"

#include <algorithm>
#include <cstdio>

namespace sim {

Endpoint::Endpoint(std::string name, Clock &clock, Path &out, const EndConfig &config, bool trace)
	: name_(std::move(name)), clock_(clock), out_(out), config_(config), trace_(trace)
{
	hrtcp_conn_init(&conn_, &config_.cfg);
	listen_.backlog = 1;
	for (const Disturbance &disturbance : config_.disturbances)
		disturb(disturbance);
	for (const Rest &rest : config.program.rests)
		after_rest(rest);
	fastq_.limit = config.fast_limit;
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
		std::printf("%14.6f %s %s\n", double(clock_.now_ns() - Clock::start_ns) / 1e6,
			    name_.c_str(), what.c_str());
}

void Endpoint::listen()
{
	last_state_ = HRTCP_LISTEN;
}

void Endpoint::drain_tx()
{
	hrtcp_tx tx;
	uint64_t most = 64;

	for (uint64_t i = 0;; i++) {
		hrtcp_poll poll = hrtcp_conn_poll_tx(&conn_, clock_.now_ns(), &tx);
		if (i == 64) { // each octet leaves once at the most, each node is cut into its units
			most += 2 * (hrtcp_conn_queued(&conn_) / std::max<u32>(conn_.snd.mss, 1));
			for (const hrtcp_txnode *node = conn_.txq.head; node; node = node->next)
				most += 3;
		}
		if (i > most)
			fail("more segments for one fact than are queued");
		if (poll == HRTCP_POLL_WAIT)
			break;
		if (refuse_ && refuse_--) {
			hindered_ns_ = clock_.now_ns();
			hrtcp_conn_on_tx_failed(&conn_, &tx, clock_.now_ns());
			continue;
		}
		if (poll == HRTCP_POLL_SEND) {
			emit(tx);
			continue;
		}
		if (poll == HRTCP_POLL_JOIN) {
			hrtcp_conn_on_join(&conn_, tx.node, true);
			continue;
		}
		auto *rest = new TxBuffer;
		hrtcp_conn_on_split(&conn_, tx.node, &rest->node, tx.split_len);
	}
	armed_ns_ = tx.wake_ns;
}

// Along the table's edges, each from where the last one went.
void Endpoint::note(const hrtcp_transition &tr)
{
	const hrtcp_edge *edge = hrtcp_state_edge(tr.from, tr.cause);

	if (tr.from != last_state_)
		fail(std::string("transition from ") + hrtcp_state_name(tr.from) + " in " +
		     hrtcp_state_name(last_state_));
	if (!edge || edge->to != tr.to)
		fail(std::string("no edge from ") + hrtcp_state_name(tr.from) + " to " +
		     hrtcp_state_name(tr.to) + " because " + hrtcp_cause_text(tr.cause));
	last_state_ = tr.to;
	gave_up_ |= tr.cause == HRTCP_C_REQ_TIMEOUT ||
		    (tr.cause == HRTCP_C_RTX_TIMEOUT && tr.from == HRTCP_SYN_RECEIVED);
	trace(std::string("* ") + hrtcp_state_name(tr.from) + " -> " + hrtcp_state_name(tr.to) +
	      " because " + hrtcp_cause_text(tr.cause));
}

// What the core counts by sequence numbers is what was written and read, however much that is.
const char *Endpoint::watch_counts() const
{
	const auto acked = static_cast<int64_t>(offset_of(conn_.snd.una));
	const uint64_t left = written_ - std::min(written_, static_cast<uint64_t>(std::max(acked, int64_t(0))));
	uint32_t ahead;

	if (hrtcp_conn_queued(&conn_) != left)
		return "the core counts other octets that are queued";
	if (peer_ && hrtcp_conn_urgent(&conn_, &ahead) &&
	    received_ - unread_ + ahead > peer_->urgent_to_)
		return "what the peer did not write is urgent";
	return nullptr;
}

// What has to hold after every fact, beside what the core checks itself.
void Endpoint::watch()
{
	const hrtcp_snd &snd = conn_.snd;
	const hrtcp_rcv &rcv = conn_.rcv;

	if (const char *wrong = hrtcp_conn_check(&conn_))
		fail(wrong);
	if (conn_.state == HRTCP_CLOSED || conn_.state == HRTCP_SYN_SENT)
		return;
	const auto offset = [this](struct seq seq) { return offset_of(seq); };
	if (const char *wrong = ledger_.after(conn_, offset))
		fail(wrong);
	if (const char *wrong = marks_.after(conn_))
		fail(wrong);
	if (const char *wrong = watch_counts())
		fail(wrong);
	if (watching_ && seq_lt(snd.una, una_))
		fail("SND.UNA went back");
	if (watching_ && seq_lt(rcv.nxt, nxt_))
		fail("RCV.NXT went back");
	if (watching_ && seq_lt(rcv.edge, edge_))
		fail("the window shrank");
	peer_edge_ = watching_ ? seq_max(peer_edge_, seq_add(snd.una, snd.wnd)) :
				 seq_add(snd.una, snd.wnd);
	una_ = snd.una;
	nxt_ = rcv.nxt;
	edge_ = rcv.edge;
	watching_ = true;
	if (!written_ || hrtcp_conn_queued(&conn_))
		times_.acked = 0;
	else if (!times_.acked)
		times_.acked = clock_.now_ns();
}

void Endpoint::settle()
{
	for (int i = 0; settle_once(); i++)
		if (i > 10)
			fail("core and program do not come to rest");
}

// Return: whether the program did something that is to be settled in its turn.
bool Endpoint::settle_once()
{
	hrtcp_transition tr;
	uint32_t skip, len;

	while (hrtcp_conn_poll_transition(&conn_, &tr))
		note(tr);
	watch();
	drain_tx();
	while (hrtcp_rxnode *node = hrtcp_conn_poll_rx(&conn_, &skip, &len)) {
		std::unique_ptr<RxBuffer> buffer(reinterpret_cast<RxBuffer *>(node));
		if (len)
			deliver(buffer->payload, skip, len);
	}
	while (hrtcp_txnode *node = hrtcp_conn_poll_acked(&conn_))
		delete reinterpret_cast<TxBuffer *>(node);
	watch();
	if (conn_.rcv.unread_bytes != unread_ && hrtcp_state_may_receive(conn_.state))
		fail("the core counts other unread octets");
	return on_events(hrtcp_conn_poll_events(&conn_));
}

bool Endpoint::on_events(uint16_t events)
{
	if (events & HRTCP_EV_UP) {
		up_ = true;
		times_.up = clock_.now_ns();
	}
	if (events & HRTCP_EV_ERROR)
		error_ = conn_.err;
	if (events & HRTCP_EV_GONE) {
		read_all(); // what has arrived can still be read
		eof_ |= hrtcp_conn_at_eof(&conn_);
		finish();
		return false;
	}
	if (events & HRTCP_EV_TIME_WAIT && released_) {
		into_time_wait();
		return false;
	}
	if (events && run_program())
		return true;
	arm();
	return false;
}

void Endpoint::finish()
{
	done_ = true;
	times_.gone = clock_.now_ns();
}

void Endpoint::into_time_wait()
{
	tw_.emplace();
	hrtcp_tw_init(&*tw_, &conn_);
	armed_ns_ = tw_->deadline_ns;
	arm();
}

// One lazy timer, as the kernel has it: a deadline that moves later leaves it alone.
void Endpoint::arm()
{
	uint64_t at = armed_ns_;

	if (done_ || at >= scheduled_ns_)
		return;
	scheduled_ns_ = at;
	clock_.at(at, [this, at] {
		if (at != scheduled_ns_ || done_)
			return;
		scheduled_ns_ = HRTCP_NEVER;
		armed_ns_ = std::max(armed_ns_, stalled_until_);
		if (armed_ns_ <= clock_.now_ns())
			wake();
		else
			arm();
	});
}

void Endpoint::wake()
{
	uint64_t now = clock_.now_ns();
	hrtcp_transition tr;
	hrtcp_reply out;

	if (tw_) {
		if (!hrtcp_tw_on_deadline(&*tw_, now, &tr))
			fail("TIME-WAIT woke early");
		note(tr);
		finish();
	} else if (req_) {
		trace("deadline of the request");
		auto verdict = hrtcp_req_on_deadline(&*req_, &listen_, &config_.cfg, now, &out);
		armed_ns_ = req_->deadline_ns;
		reply(out);
		if (verdict == HRTCP_REQ_REMOVE)
			req_.reset();
		else
			arm();
	} else {
		for (int slot = 0; trace_ && slot < HRTCP_T_COUNT; slot++)
			if (conn_.timers.at_ns[slot] <= now)
				trace(std::string("deadline: ") + timer_text(slot));
		ledger_.before_deadline(conn_);
		hrtcp_conn_on_deadline(&conn_, now);
		if (const char *wrong = ledger_.after_deadline(conn_, now))
			fail(wrong);
		settle();
	}
}

} // namespace sim

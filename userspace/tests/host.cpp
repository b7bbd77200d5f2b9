// SPDX-License-Identifier: GPL-2.0
#include "host.hpp"

#include <stdexcept>

namespace {

constexpr int poll_limit = 100000;	// a livelock fails instead of hanging

hrtcp_cfg make_cfg(const Setup &setup)
{
	hrtcp_cfg cfg = hrtcp_cfg_default;

	cfg.sack = setup.sack;
	cfg.hr_option = setup.hr;
	cfg.mtu_probing = HRTCP_MTU_PROBING_NEVER;
	cfg.cc = &hrtcp_cc_reno;
	cfg.timestamps = setup.ts;
	cfg.window_scaling = setup.wscale >= 0;
	cfg.pacing_ss_ratio = cfg.pacing_ca_ratio = 0;	// who tests these sets them
	cfg.quick_acks = 0;
	cfg.sack_delay_ns = 0;
	cfg.tlp = setup.sack || setup.tlp;	// else scripts of timeouts are of them alone
	if (setup.tune)
		setup.tune(cfg);
	return cfg;
}

std::string at_text(u64 ns)
{
	return std::to_string(ns / 1000) + " us";
}

} // namespace

Host::Host(const Setup &s, u64 now_ns)
	: setup(s), cfg(make_cfg(s)), now_(now_ns), born_(now_ns), zero_(now_ns)
{
	base_.seq = s.iss;
	base_.ack = s.irs;
	iss_ = s.iss;
	hrtcp_conn_init(&conn, &cfg);
}

Host::~Host()
{
	if (!std::uncaught_exceptions()) {
		if (!fault_.empty())
			FAIL_CHECK(fault_);
		if (!sent_.empty())
			FAIL_CHECK("the test ends with unseen segments:" << unseen());
	}
	for (auto *b : tx_)
		delete b;
	for (auto *b : rx_)
		delete b;
}

void Host::complain(const std::string &what)
{
	if (fault_.empty())
		fault_ = "at " + at_text(now_ - zero_) + ": " + what;
}

std::string Host::unseen() const
{
	std::string out;

	for (const auto &s : sent_)
		out += "\n  " + at_text(s.at_ns - zero_) + "  " + print_seg(s.seg, base_);
	return out;
}

// -- the clock ---------------------------------------------------------------------------

u64 Host::next_wake() const
{
	u64 at = wake_;

	if (req)
		at = std::min(at, req->deadline_ns);
	if (tw)
		at = std::min(at, tw->deadline_ns);
	return at;
}

void Host::tick(u64 at_ns)
{
	auto reply = filled_with_garbage<hrtcp_reply>();
	auto tr = filled_with_garbage<hrtcp_transition>();

	now_ = at_ns;
	if (req && req->deadline_ns <= now_) {
		if (hrtcp_req_on_deadline(req.get(), listener.get(), &cfg, now_, &reply) ==
		    HRTCP_REQ_REMOVE)
			req.reset();
		emit_reply(reply);
		if (!req)
			come_back();
	}
	if (tw && hrtcp_tw_on_deadline(tw.get(), now_, &tr)) {
		note(tr);
		tw.reset();
	}
	if (alive_ && wake_ <= now_) {
		hrtcp_conn_on_deadline(&conn, now_);
		settle();
	}
}

std::string Host::run(u64 t)
{
	const u64 until = zero_ + t;

	if (until < now_)
		return "time goes back";
	for (int i = 0; i < poll_limit && fault_.empty(); i++) {
		if (until > now_ && !sent_.empty())
			return "segments left that nothing expects:" + unseen();
		if (next_wake() > until) {
			now_ = until;
			return "";
		}
		tick(std::max(now_, next_wake()));
	}
	return fault_.empty() ? "deadlines without end" : fault_;
}

// -- out of the core ---------------------------------------------------------------------

void Host::note(const hrtcp_transition &tr)
{
	const hrtcp_edge *edge = hrtcp_state_edge(tr.from, tr.cause);

	if (!edge || edge->to != tr.to)
		complain("transition that is no edge");
	if (tr.from != last_state_)
		complain("transition from another state than the last led to");
	last_state_ = tr.to;
	causes_.push_back(tr.cause);
}

void Host::check_sent(const hrtcp_seg &seg, u16 gso_size)
{
	u8 hdr[HRTCP_HDR_MAX];
	hrtcp_seg again;
	const u32 size = hrtcp_wire_build(hdr, 1, 2, &seg);

	if (seg.hdr_len != size)
		complain("hdr_len is not what is built: " + print_seg(seg, base_));
	const hrtcp_drop bad = hrtcp_wire_parse(hdr, size, size + seg.len, &again);
	again.ip_ecn = seg.ip_ecn;
	if (bad || print_seg(again, base_) != print_seg(seg, base_))
		complain("does not survive the wire: " + print_seg(seg, base_));
	if (!alive_)
		return;
	if ((gso_size ? gso_size : seg.len) + size - HRTCP_HDR_MIN > conn.snd.mss_path && seg.len)
		complain("larger than the path takes: " + print_seg(seg, base_));
	if (conn.ts.on && !(seg.flags & HRTCP_RST) && !(seg.opt.present & HRTCP_OPT_TS))
		complain("no timestamp in " + print_seg(seg, base_));
	if (seg.opt.present & HRTCP_OPT_TS)
		last_tsval_ = seg.opt.tsval;
}

void Host::put(const hrtcp_seg &seg, const std::string &bytes, u16 gso_size, u64 depart_ns)
{
	check_sent(seg, gso_size);
	if (depart_ns && depart_ns <= now_)
		complain("a departure in the past");
	sent_.push_back({ now_, seg, bytes, gso_size, (depart_ns ? depart_ns : now_) - zero_ });
}

void Host::emit(const hrtcp_tx &tx)
{
	const auto *buf = static_cast<const TxBuf *>(tx.node);
	const u32 len = tx.seg.len;

	if (!len)
		return put(tx.seg, "", 0, tx.depart_ns);
	const u32 seq = tx.seg.seq.v + !!(tx.seg.flags & HRTCP_SYN);
	const u32 at = seq - buf->begin;
	if (tx.skip != seq - buf->seq.v || at + len > buf->bytes.size())
		return complain("skip or length outside the node: " + print_seg(tx.seg, base_));
	put(tx.seg, buf->bytes.substr(at, len), tx.gso_size, tx.depart_ns);
	if (sent_.back().bytes != pattern(seq - iss_ - 1, len))
		complain("wrong octets in " + print_seg(tx.seg, base_));
}

void Host::split(const hrtcp_tx &tx)
{
	auto *buf = static_cast<TxBuf *>(tx.node);
	auto *rest = new TxBuf();
	const u32 at = buf->seq.v + tx.split_len - buf->begin;

	rest->begin = buf->begin + at;
	rest->bytes = buf->bytes.substr(at);
	buf->bytes.resize(at);
	tx_.insert(rest);
	hrtcp_conn_on_split(&conn, buf, rest, tx.split_len);
}

void Host::join(const hrtcp_tx &tx)
{
	auto *buf = static_cast<TxBuf *>(tx.node), *next = static_cast<TxBuf *>(tx.node->next);

	if (can_join) {
		buf->bytes.resize(next->seq.v - buf->begin);
		buf->bytes += next->bytes.substr(next->seq.v - next->begin);
	}
	hrtcp_conn_on_join(&conn, buf, can_join);
}

void Host::emit_reply(const hrtcp_reply &reply)
{
	if (reply.moved)
		note(reply.transition);
	if (reply.repath)
		events_ |= HRTCP_EV_REPATH;
	if (reply.send)
		put(reply.seg, "", 0);
}

void Host::deliver(const RxBuf &buf, u32 skip, u32 len)
{
	if (len && skip + len > buf.bytes.size())
		return complain("delivered outside the buffer");
	if (len && buf.bytes.substr(skip, len) != pattern(received_, len))
		complain("wrong octets delivered at " + std::to_string(received_));
	received_ += len;
}

void Host::free_rx(hrtcp_rxnode *node)
{
	auto *buf = static_cast<RxBuf *>(node);

	if (!rx_.erase(buf))
		complain("a receive buffer was given back twice");
	delete buf;
}

void Host::free_tx(hrtcp_txnode *node)
{
	auto *buf = static_cast<TxBuf *>(node);

	if (!tx_.erase(buf))
		complain("a send buffer was given back twice");
	delete buf;
}

void Host::collect()
{
	hrtcp_transition tr{};
	u32 skip, len;

	while (hrtcp_rxnode *node = hrtcp_conn_poll_rx(&conn, &skip, &len)) {
		deliver(*static_cast<RxBuf *>(node), skip, len);
		free_rx(node);
	}
	while (hrtcp_txnode *node = hrtcp_conn_poll_acked(&conn))
		free_tx(node);
	while (hrtcp_conn_poll_transition(&conn, &tr))
		note(tr);
	const u16 ev = hrtcp_conn_poll_events(&conn);
	events_ |= ev;
	if ((ev & HRTCP_EV_TIME_WAIT) && setup.compact_tw) {
		tw = std::make_unique<hrtcp_tw>();
		*tw = filled_with_garbage<hrtcp_tw>();
		hrtcp_tw_init(tw.get(), &conn);
		replaced_ = true;
		wake_ = HRTCP_NEVER;
	}
	if (tw || conn.state == HRTCP_CLOSED)
		bury();
}

void Host::bury()
{
	while (hrtcp_txnode *node = hrtcp_conn_drain_tx(&conn))
		free_tx(node);
	while (hrtcp_rxnode *node = hrtcp_conn_drain_rx(&conn))
		free_rx(node);
	if (buffers())
		complain("a dead connection kept buffers");
	if (!tw && (hrtcp_timers_next(&conn.timers, nullptr) != HRTCP_NEVER ||
		    wake_ != HRTCP_NEVER))
		complain("a dead connection kept a timer");
	alive_ = false;
}

void Host::settle()
{
	hrtcp_tx tx;
	int polls = 0;

	for (;;) {
		tx = filled_with_garbage<hrtcp_tx>();
		const hrtcp_poll verdict = hrtcp_conn_poll_tx(&conn, now_, &tx);
		if (verdict == HRTCP_POLL_WAIT || ++polls > poll_limit)
			break;
		if (fail_tx > 0 && fail_tx--)
			hrtcp_conn_on_tx_failed(&conn, &tx, now_);
		else if (verdict == HRTCP_POLL_SEND)
			emit(tx);
		else if (verdict == HRTCP_POLL_JOIN)
			join(tx);
		else
			split(tx);
	}
	if (polls > poll_limit)
		complain("poll_tx without end");
	wake_ = tx.wake_ns;
	if (wake_ <= now_)
		complain("wants to wake in the past");
	collect();
	if (const char *wrong = hrtcp_conn_check(&conn))
		complain(std::string("hrtcp_conn_check: ") + wrong);
}

std::deque<Sent> Host::take_sent()
{
	return std::exchange(sent_, {});
}

// SPDX-License-Identifier: GPL-2.0
// facts.cpp -- what goes into a host: calls of the user and segments of the peer.
#include <stdexcept>

#include "host.hpp"

hrtcp_open Host::open_args() const
{
	return { .iss = seq_of(iss_), .ts_offset = 5000000, .rcvbuf_bytes = setup.rcvbuf,
		 .rcvbuf_max_bytes = std::max(setup.rcvbuf, setup.rcvbuf_max), .mss_path = setup.mss,
		 .mss_advertise = setup.mss, .mss_default = 536,
		 .gso_max = std::max<u32>(setup.gso, setup.mss), .fast = setup.fast,
		 .mss_floor = 0, .synack_pto_ns = hrtcp_metrics_pto_ns(&learned, &cfg, now_), .gso_ace = setup.gso_ace };
}

// -- the user ----------------------------------------------------------------------------

std::string Host::after(int rc, int want)
{
	if (rc != want)
		complain("returned " + std::to_string(rc) + ", not " + std::to_string(want));
	if (alive_)
		settle();
	return fault_;
}

std::string Host::open(u64 t, int rc)
{
	if (auto wrong = run(t); !wrong.empty())
		return wrong;
	const hrtcp_open args = open_args();
	alive_ = true;
	const int got = hrtcp_conn_open(&conn, &args, now_);
	if (!got)
		hrtcp_metrics_give(&conn, &learned, now_);
	return after(got, rc);
}

std::string Host::send_syn(u64 t)
{
	if (auto wrong = run(t); !wrong.empty())
		return wrong;
	hrtcp_conn_send_syn(&conn, now_);
	return after(0, 0);
}

std::string Host::listen_on(u64 t, u32 backlog)
{
	listener = std::make_unique<hrtcp_listen>();
	*listener = {};
	listener->backlog = backlog;
	return run(t);
}

u32 Host::accept()
{
	u32 n = 0;

	for (; listener->n_accept; n++)
		hrtcp_listen_accepted(listener.get());
	return n;
}

std::string Host::write(u64 t, u32 len, int rc, bool push)
{
	if (auto wrong = run(t); !wrong.empty())
		return wrong;
	return after(append(len, push), rc);
}

std::string Host::write_urgent(u64 t, u32 len)
{
	if (auto wrong = run(t); !wrong.empty())
		return wrong;
	const int rc = append(len, true);
	hrtcp_conn_on_urgent(&conn);
	return after(rc, 0);
}

int Host::append(u32 len, bool push)
{
	const int may = hrtcp_conn_may_write(&conn);
	while (!may && len) {
		const u32 goal = hrtcp_conn_size_goal(&conn);
		auto *buf = static_cast<TxBuf *>(hrtcp_conn_write_tail(&conn));
		if (!buf || hrtcp_txnode_len(buf) >= goal) {
			buf = new TxBuf();
			buf->begin = iss_ + 1 + written_;
			tx_.insert(buf);
		}
		const u32 n = std::min(len, goal - hrtcp_txnode_len(buf));
		buf->bytes += pattern(written_, n);
		written_ += n;
		len -= n;
		hrtcp_conn_on_write(&conn, buf, n, push && !len);
	}
	return may;
}

std::string Host::read(u64 t, u32 len)
{
	if (auto wrong = run(t); !wrong.empty())
		return wrong;
	if (len > unread())
		return "only " + std::to_string(unread()) + " octets to read";
	read_ += len;
	hrtcp_conn_on_read(&conn, len);
	return after(0, 0);
}

std::string Host::close(u64 t, int rc)
{
	if (auto wrong = run(t); !wrong.empty())
		return wrong;
	return after(hrtcp_conn_on_close(&conn, now_), rc);
}

std::string Host::release(u64 t)
{
	if (auto wrong = run(t); !wrong.empty())
		return wrong;
	hrtcp_conn_on_release(&conn, now_);
	return after(0, 0);
}

std::string Host::abort(u64 t, int err)
{
	if (auto wrong = run(t); !wrong.empty())
		return wrong;
	hrtcp_conn_on_abort(&conn, err, now_);
	return after(0, 0);
}

// -- segments ----------------------------------------------------------------------------

void Host::to_conn(const hrtcp_seg &seg, const std::string &bytes)
{
	auto *buf = new RxBuf();
	auto rx = filled_with_garbage<hrtcp_rx>();

	buf->bytes = bytes;
	rx_.insert(buf);
	hrtcp_conn_on_segment(&conn, &seg, buf, now_, &rx);
	drop = rx.drop;
	if (rx.take == HRTCP_TAKE_DELIVER)
		deliver(*buf, rx.skip, rx.len);
	if (rx.take != HRTCP_TAKE_KEEP)
		free_rx(buf);
	settle();
}

void Host::to_req(const hrtcp_seg &seg, const std::string &bytes)
{
	const hrtcp_open args = open_args();
	auto reply = filled_with_garbage<hrtcp_reply>();
	const auto verdict = hrtcp_req_on_segment(req.get(), listener.get(), &cfg, &seg, now_,
						  &reply);

	drop = reply.drop;
	if (verdict == HRTCP_REQ_PROMOTE) {
		hrtcp_req_promoted(req.get(), listener.get());
		end_before();
		promote(*req, args);
	}
	if (verdict != HRTCP_REQ_KEEP)
		req.reset();
	emit_reply(reply);
	if (verdict == HRTCP_REQ_REMOVE)
		come_back();
	if (verdict == HRTCP_REQ_PROMOTE)
		to_conn(seg, bytes);
}

void Host::promote(const hrtcp_req &from, const hrtcp_open &args)
{
	hrtcp_conn_init(&conn, &cfg);
	hrtcp_conn_open_passive(&conn, &from, &args, now_);
	hrtcp_listen_queued(listener.get());
	alive_ = true;
	replaced_ = false;
}

// Keyed hashes as a kernel would give them: any function of what is hashed.
hrtcp_syncookie Host::cookie_hash(u32 irs, u64 at_ns) const
{
	const u64 period = hrtcp_syncookie_period(at_ns);
	const auto mac = [&](u64 p) { return (p * 0x9e3779b97f4a7c15u + irs) * 0xd1342543de82ef95u; };

	return { irs * 2654435761u, { mac(period), mac(period - 1) } };
}

void Host::to_cookie(const hrtcp_seg &seg, const std::string &bytes)
{
	const hrtcp_open args = open_args();
	const hrtcp_syncookie hash = cookie_hash(seg.seq.v - 1, now_);
	auto reply = filled_with_garbage<hrtcp_reply>();
	auto made = filled_with_garbage<hrtcp_req>();
	const bool good = hrtcp_syncookie_check(&made, &cfg, &args, &seg, &hash, now_, &reply);

	drop = reply.drop;
	last_state_ = HRTCP_LISTEN;
	if (good) {
		iss_ = made.iss.v;
		base_.seq = iss_;
		promote(made, args);
	}
	emit_reply(reply);
	if (good)
		to_conn(seg, bytes);
}

// Fast Open: a connection at once, which is fed the SYN.
void Host::to_fast(const hrtcp_seg &seg, const std::string &bytes, const hrtcp_open &args)
{
	auto reply = filled_with_garbage<hrtcp_reply>();
	auto made = filled_with_garbage<hrtcp_req>();

	last_state_ = HRTCP_LISTEN;
	hrtcp_req_init(&made, listener.get(), &cfg, &args, &seg, now_, &reply);
	hrtcp_req_promoted(&made, listener.get());
	promote(made, args);
	emit_reply(reply);
	to_conn(seg, bytes);
}

bool Host::to_tw(const hrtcp_seg &seg)
{
	auto reply = filled_with_garbage<hrtcp_reply>();
	const auto verdict = hrtcp_tw_on_segment(tw.get(), &cfg, &seg, !!listener, now_, &reply);

	drop = reply.drop;
	emit_reply(reply);
	if (verdict == HRTCP_TW_KEEP)
		return true;
	iss_ = hrtcp_tw_iss_floor(tw.get()).v;
	before = std::move(tw);
	return false;
}

void Host::come_back()
{
	if (!before || before->deadline_ns <= now_)
		return end_before();
	tw = std::move(before);
	last_state_ = tw->state;
}

void Host::end_before()
{
	auto tr = filled_with_garbage<hrtcp_transition>();

	if (!before)
		return;
	REQUIRE(hrtcp_tw_replaced(before.get(), now_, &tr));
	causes_.push_back(tr.cause);
	before.reset();
}

void Host::to_listener(const hrtcp_seg &seg, const std::string &bytes)
{
	hrtcp_open args = open_args();
	auto reply = filled_with_garbage<hrtcp_reply>();
	const auto verdict = hrtcp_listen_on_segment(listener.get(), &cfg, &seg, false, now_,
						     &reply);

	drop = reply.drop;
	emit_reply(reply);
	if (verdict == HRTCP_LISTEN_COOKIE_ACK)
		return to_cookie(seg, bytes);
	if (verdict == HRTCP_LISTEN_DROP)
		return;
	fast_verdict = HRTCP_FAST_NO;
	if (hrtcp_fastq_asks(&fastq, &cfg, &seg))
		fast_verdict = hrtcp_fastq_on_syn(&fastq, &seg, &macs, now_, &args.fast);
	if (args.fast.on)
		return to_fast(seg, bytes, args);
	if (verdict == HRTCP_LISTEN_COOKIE) {
		const hrtcp_syncookie hash = cookie_hash(seg.seq.v, now_);
		reply = filled_with_garbage<hrtcp_reply>();
		hrtcp_syncookie_answer(listener.get(), &cfg, &args, &seg, &hash, now_, &reply);
		return emit_reply(reply);
	}
	req = std::make_unique<hrtcp_req>(filled_with_garbage<hrtcp_req>());
	last_state_ = HRTCP_LISTEN;
	reply = filled_with_garbage<hrtcp_reply>();
	hrtcp_req_init(req.get(), listener.get(), &cfg, &args, &seg, now_, &reply);
	emit_reply(reply);
}

void Host::arrive(const hrtcp_seg &seg, const std::string &bytes)
{
	hrtcp_seg rst;

	drop = HRTCP_DROP_NONE;
	if (tw && to_tw(seg))
		return;
	if (alive_)
		return to_conn(seg, bytes);
	if (req)
		return to_req(seg, bytes);
	if (listener)
		return to_listener(seg, bytes);
	drop = HRTCP_DROP_NO_CONN;
	if (hrtcp_wire_reset_for(&seg, &rst))
		put(rst, "", 0);
}

void Host::add_options(Line &line) const
{
	hrtcp_opts &opt = line.seg.opt;
	const bool syn = line.seg.flags & HRTCP_SYN;
	const bool ts = syn ? setup.ts : (tw && tw->ts_on) || (req && req->ts_on) || conn.ts.on;

	if (ts && !(line.seg.flags & HRTCP_RST)) {
		opt.present |= HRTCP_OPT_TS;
		opt.tsval = peer_tsval();
		opt.tsecr = line.seg.flags & HRTCP_ACK ? last_tsval_ : 0;
	}
	if (!syn)
		return;
	opt.present |= HRTCP_OPT_MSS;
	opt.mss = setup.mss;
	if (setup.sack)
		opt.present |= HRTCP_OPT_SACK_OK;
	if (setup.wscale >= 0)
		opt.present |= HRTCP_OPT_WSCALE;
	opt.wscale = static_cast<u8>(std::max(setup.wscale, 0));
}

std::string Host::peer(u64 t, const std::string &text)
{
	if (auto wrong = run(t); !wrong.empty())
		return wrong;
	try {
		Line line = parse_line(text, peer_base());
		hrtcp_seg &seg = line.seg;
		if (!line.has_win)
			seg.wnd = setup.win;
		if (!line.has_opts)
			add_options(line);
		const u32 first = seg.seq.v + !!(seg.flags & HRTCP_SYN);
		arrive(seg, pattern(first - base_.ack - 1, seg.len));
	} catch (const std::invalid_argument &e) {
		return e.what();
	}
	return fault_;
}

std::string Host::sees(u64 t, const std::vector<std::string> &lines)
{
	std::vector<hrtcp_seg> got;

	if (auto wrong = run(t); !wrong.empty())
		return wrong;
	for (const auto &s : take_sent())
		got.push_back(s.seg);
	try {
		return compare(lines, got, base());
	} catch (const std::invalid_argument &e) {
		return e.what();
	}
}

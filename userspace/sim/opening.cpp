// SPDX-License-Identifier: GPL-2.0
// opening.cpp -- how a connection begins: plainly, with Fast Open, or by a SYN cookie.
#include "endpoint.hpp"

#include <algorithm>

namespace sim {

// Keyed hashes as a kernel would give them: any function of what is hashed.
static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 31) * 0x9e3779b97f4a7c15ull;
	return x ^ x >> 29;
}

static hrtcp_syncookie hash_of(uint32_t irs, uint64_t now_ns)
{
	uint64_t period = hrtcp_syncookie_period(now_ns);

	return {static_cast<uint32_t>(mix(irs)),
		{mix(mix(irs) + period), mix(mix(irs) + period - 1)}};
}

void Endpoint::connect()
{
	live_ = true;
	if (hrtcp_conn_open(&conn_, &config_.open, clock_.now_ns()))
		fail("open refused");
	hrtcp_metrics_give(&conn_, &config_.learned, clock_.now_ns());
	if (config_.open.fast.on)
		write_on_syn();
	settle();
	if (config_.program.abort_after_ns)
		clock_.at(clock_.now_ns() + config_.program.abort_after_ns, [this] {
			if (done_ || tw_ || released_)
				return;
			trace("ABORT");
			aborted_ = true;
			hrtcp_conn_on_abort(&conn_, ECONNABORTED, clock_.now_ns());
			settle();
		});
}

// The first write goes with the SYN, as far as it takes it.
void Endpoint::write_on_syn()
{
	Program &program = config_.program;
	uint64_t len = std::min<uint64_t>(program.write_bytes, may_have_written());

	len = std::min<uint64_t>(len, hrtcp_conn_syn_room(&conn_));
	if (len) {
		hrtcp_conn_on_write(&conn_, &(new TxBuffer)->node, static_cast<uint32_t>(len), true);
		written_ += len;
		snd_base_ = written_;
	}
	hrtcp_conn_send_syn(&conn_, clock_.now_ns());
}

void Endpoint::receive_listen(const hrtcp_seg &seg, std::unique_ptr<RxBuffer> &buffer)
{
	uint64_t now = clock_.now_ns();
	hrtcp_reply out{};

	if (!req_)
		return receive_new(seg, buffer);
	auto verdict = hrtcp_req_on_segment(&*req_, &listen_, &config_.cfg, &seg, now, &out);
	reply(out);
	if (verdict == HRTCP_REQ_REMOVE)
		req_.reset();
	if (verdict != HRTCP_REQ_PROMOTE)
		return;
	hrtcp_req made = *req_;
	hrtcp_req_promoted(&*req_, &listen_);
	req_.reset();
	promote(made, seg, buffer);
}

void Endpoint::receive_new(const hrtcp_seg &seg, std::unique_ptr<RxBuffer> &buffer)
{
	const hrtcp_fast_macs macs{config_.fast_mac, ~config_.fast_mac};
	uint64_t now = clock_.now_ns();
	hrtcp_open open = config_.open;
	hrtcp_reply out{};
	hrtcp_req made;

	auto verdict = hrtcp_listen_on_segment(&listen_, &config_.cfg, &seg, false, now, &out);
	reply(out);
	if (verdict == HRTCP_LISTEN_COOKIE_ACK)
		return receive_cookie(seg, buffer);
	if (verdict == HRTCP_LISTEN_DROP)
		return;
	last_state_ = HRTCP_LISTEN;
	open.fast = {};
	open.synack_pto_ns = hrtcp_metrics_pto_ns(&config_.learned, &config_.cfg, now);
	if (hrtcp_fastq_asks(&fastq_, &config_.cfg, &seg))
		hrtcp_fastq_on_syn(&fastq_, &seg, &macs, now, &open.fast);
	if (verdict == HRTCP_LISTEN_COOKIE && !open.fast.on) {
		hrtcp_syncookie hash = hash_of(seg.seq.v, now);
		hrtcp_syncookie_answer(&listen_, &config_.cfg, &open, &seg, &hash, now, &out);
		return reply(out);
	}
	hrtcp_req_init(&made, &listen_, &config_.cfg, &open, &seg, now, &out);
	reply(out);
	if (made.fast) {
		hrtcp_req_promoted(&made, &listen_);
		return promote(made, seg, buffer);
	}
	req_ = made;
	armed_ns_ = req_->deadline_ns;
	arm();
}

void Endpoint::receive_cookie(const hrtcp_seg &seg, std::unique_ptr<RxBuffer> &buffer)
{
	uint64_t now = clock_.now_ns();
	hrtcp_syncookie hash = hash_of(seg.seq.v - 1, now);
	hrtcp_reply out{};
	hrtcp_req made;

	last_state_ = HRTCP_LISTEN;
	bool good = hrtcp_syncookie_check(&made, &config_.cfg, &config_.open, &seg, &hash, now, &out);
	reply(out);
	if (good)
		promote(made, seg, buffer);
}

void Endpoint::promote(const hrtcp_req &req, const hrtcp_seg &seg, std::unique_ptr<RxBuffer> &buffer)
{
	live_ = true;
	hrtcp_conn_open_passive(&conn_, &req, &config_.open, clock_.now_ns());
	up_ = req.fast;		// accepted already
	feed(seg, buffer);
	if (!up_)
		fail("promoted but not established");
}

} // namespace sim

// SPDX-License-Identifier: GPL-2.0
// disturb.cpp -- what befalls a connection in the middle of its life: another path, another
// algorithm, another buffer, a device that takes nothing for a while.
#include "endpoint.hpp"

#include <algorithm>
#include <utility>

namespace sim {

void Endpoint::disturb(const Disturbance &d)
{
	clock_.at(clock_.now_ns() + d.after_ns, [this, d] {
		if (!up_ || done_ || tw_ || conn_.state == HRTCP_TIME_WAIT)
			return;
		switch (d.what) {
		case Disturbance::Path:
			trace("path takes " + std::to_string(d.value));
			hrtcp_conn_on_path(&conn_, static_cast<uint16_t>(d.value),
					   std::max(d.value, config_.open.gso_max));
			break;
		case Disturbance::Algorithm:
			trace(std::string("algorithm ") + hrtcp_cc_built_in(d.value)->name);
			hrtcp_conn_set_cc(&conn_, hrtcp_cc_built_in(d.value));
			break;
		case Disturbance::Buffer:
			trace("buffer of " + std::to_string(d.value));
			hrtcp_conn_on_rcvbuf(&conn_, d.value);
			break;
		case Disturbance::Block:
			trace("blocked");
			hrtcp_conn_set_blocked(&conn_, true);
			clock_.at(clock_.now_ns() + d.value, [this] { unblock(); });
			break;
		case Disturbance::Stall:
			return stall(d.value);
		case Disturbance::Count:
			break;
		case Disturbance::Refuse:
			trace("refuses " + std::to_string(d.value) + " segments");
			refuse_ = d.value;
			break;
		}
		settle();
	});
}

void Endpoint::unblock()
{
	trace("unblocked");
	hindered_ns_ = clock_.now_ns();
	hrtcp_conn_set_blocked(&conn_, false);
	if (!done_ && !tw_)
		settle();
}

// The host does nothing for a while, and then all at once.
void Endpoint::stall(uint64_t ns)
{
	trace("stalled");
	stalled_until_ = std::max(stalled_until_, clock_.now_ns() + ns);
	clock_.at(stalled_until_, [this] {
		if (clock_.now_ns() < stalled_until_)
			return;
		for (Bytes &packet : std::exchange(door_, {}))
			receive(std::move(packet));
	});
}

// @what is of this host: it waits until the host goes on.
void Endpoint::later(uint64_t at, std::function<void()> what)
{
	clock_.at(at, [this, what = std::move(what)] {
		if (clock_.now_ns() < stalled_until_)
			later(stalled_until_, what);
		else
			what();
	});
}

} // namespace sim

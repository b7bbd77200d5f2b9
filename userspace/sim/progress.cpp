// SPDX-License-Identifier: GPL-2.0
#include "progress.hpp"

#include <algorithm>

extern "C" {
#include "core/rtt.h"
}

namespace sim {

// A round trip with full queues, ACKs that are withheld, small segments that wait for each other.
constexpr uint64_t slack_ns = 5000000000;

// There is nothing to wait for, or it is not for the core and the network to bring about.
bool Progress::held_up() const
{
	const hrtcp_conn &conn = from_.conn();
	const bool fin_waits = conn.snd.fin_queued && !conn.snd.fin_sent;

	return !from_.live() || !to_.live() || !hrtcp_state_synchronized(conn.state) ||
	       !hrtcp_state_synchronized(to_.conn().state) || to_.waits_to_read() ||
	       hrtcp_timer_armed(&conn.timers, HRTCP_T_TXRETRY) || /* also RFC 3168 6.1.2 */
	       (!hrtcp_conn_queued(&conn) && !fin_waits && seq_ge(conn.snd.una, conn.snd.nxt));
}

// What was lost last is sent again by its timer or probed for within one interval of it: if
// nothing more is lost, two suffice. The timer of a probe keeps the interval that it was armed for,
// though what the last one brought makes the next intervals short again.
uint64_t Progress::patience_ns(uint64_t now_ns) const
{
	const hrtcp_conn &conn = from_.conn();
	const uint64_t rto = hrtcp_rtt_timeout(&conn.rtt, conn.cfg);
	const uint64_t at = conn.timers.at_ns[HRTCP_T_PERSIST];
	uint64_t probe = conn.snd.probes < 32 ? rto << conn.snd.probes : conn.cfg->rto_max_ns;

	if (at != HRTCP_NEVER && at > now_ns)
		probe = std::max(probe, at - now_ns);
	return 2 * std::max(rto, std::min(probe, conn.cfg->persist_max_ns)) + slack_ns;
}

void Progress::look(uint64_t now_ns)
{
	const struct seq una = from_.conn().snd.una;
	const uint64_t trouble = std::max({there_.trouble_ns(), back_.trouble_ns(), from_.hindered_ns(),
					   to_.hindered_ns()});

	const bool waits = !held_up();

	if (!waits || !waited_ || una.v != una_.v || trouble > since_ns_) {
		waited_ = waits;
		una_ = una;
		since_ns_ = now_ns;
		until_ns_ = now_ns + patience_ns(now_ns);
	} else if (now_ns > until_ns_) {
		throw Failure(from_.name() + ": nothing holds its data up, and nothing was acknowledged for " +
			      std::to_string((now_ns - since_ns_) / 1000000) + " ms");
	}
}

} // namespace sim

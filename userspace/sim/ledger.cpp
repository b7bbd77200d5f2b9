// SPDX-License-Identifier: GPL-2.0
#include "ledger.hpp"

#include <algorithm>
#include <iterator>

extern "C" {
#include "core/rtt.h"
}

namespace sim {

void Ledger::sent(uint64_t from, uint64_t to, int arrivals)
{
	const bool dropped = !arrivals;

	if (from >= to)
		return;
	if (arrivals > 1)
		twice_to_ = std::max(twice_to_, to);
	cut(from);
	cut(to);
	if (!dropped)
		fates_.erase(fates_.lower_bound(from), fates_.lower_bound(to));
	for (auto at = fates_.lower_bound(from); from < to; ++at) {	// the gaps
		const bool none = at == fates_.end() || at->first >= to;
		const uint64_t next = none ? to : at->first;
		if (from < next)
			fates_.emplace_hint(at, from, Fate{next, dropped});
		if (none)
			break;
		from = at->second.to;
	}
}

// No entry goes across @at.
void Ledger::cut(uint64_t at)
{
	auto entry = fates_.upper_bound(at);

	if (entry == fates_.begin() || (--entry)->first == at || entry->second.to <= at)
		return;
	fates_[at] = entry->second;
	entry->second.to = at;
}

void Ledger::forget(uint64_t before)
{
	auto entry = fates_.upper_bound(before);

	if (entry != fates_.begin())
		fates_.erase(fates_.begin(), --entry);
}

bool Ledger::all_dropped(uint64_t from, uint64_t to) const
{
	auto at = fates_.upper_bound(from);

	if (at == fates_.begin() || (--at)->second.to <= from)
		return false;
	for (; from < to; from = at->second.to, ++at)
		if (at == fates_.end() || at->first > from || !at->second.dropped)
			return false;
	return true;
}

// False also if nothing is marked. What was SACKed before a timeout proves nothing.
bool Ledger::all_marked_dropped(const hrtcp_conn &conn, const Offset &offset_of) const
{
	bool any = false;

	for (const hrtcp_txnode *node = conn.txq.head; node != conn.txq.unsent; node = node->next) {
		const uint64_t begin = offset_of(node->seq), end = offset_of(node->end);
		for (uint64_t unit = 0, at = begin; at < end; unit++, at += node->mss) {
			const bool last = unit == HRTCP_UNITS_MAX - 1;
			const uint64_t to = last ? end : std::min(end, at + node->mss);
			if (!((node->lost & ~node->sacked) >> unit & 1))
				continue;
			if (!all_dropped(at, to))
				return false;
			any = true;
			if (last)
				break;
		}
	}
	return any;
}

// A response is one to a genuine loss if all that was found lost by then was dropped, however
// often it was sent. To take back such a one is wrong; where some of it had only been late, RFC 3522 and
// RFC 5682 may judge by that part. What a network duplicates of the data that was out then, or is
// sent later, deceives RFC 3708, as it says.
const char *Ledger::after(const hrtcp_conn &conn, const Offset &offset_of)
{
	const hrtcp_recovery &now = conn.recovery;

	watch_head(conn);
	const bool wrong = now.undos != before_.undos && genuine_ && twice_to_ <= begin_;
	const bool fast = now.fast_recoveries != before_.fast_recoveries;
	const bool timeout = now.timeouts != before_.timeouts;

	if (fast || (timeout && (before_.state != HRTCP_R_LOSS || !backoff_)))
		genuine_ = all_marked_dropped(conn, offset_of);
	if (fast || timeout)
		begin_ = offset_of(conn.snd.una);
	before_ = now;
	backoff_ = conn.rtt.backoff;
	if (hrtcp_state_synchronized(conn.state) && conn.txq.head)
		forget(offset_of(conn.txq.head->seq));
	return wrong ? "the response to a genuine loss was undone" : nullptr;
}

void Ledger::watch_head(const hrtcp_conn &conn)
{
	const hrtcp_txnode *head = conn.txq.head;
	const uint64_t rto = hrtcp_rtt_timeout(&conn.rtt, conn.cfg);
	const uint64_t sent = head && head != conn.txq.unsent ? head->sent_ns : 0;

	rto_ns_ = sent == head_sent_ns_ ? std::min(rto_ns_, rto) : rto;
	head_sent_ns_ = sent;
}

void Ledger::before_deadline(const hrtcp_conn &conn)
{
	/* RFC 6582 3.2 step 3: later partial ACKs leave the timer alone */
	const bool impatient = !conn.sack.on && conn.recovery.partial_acks > 1;

	timeouts_ = conn.recovery.timeouts;
	watch_head(conn);
	not_before_ns_ = head_sent_ns_ && !impatient ? head_sent_ns_ + rto_ns_ : 0;
}

const char *Ledger::after_deadline(const hrtcp_conn &conn, uint64_t now_ns) const
{
	if (conn.recovery.timeouts != timeouts_ && now_ns < not_before_ns_)
		return "a segment timed out less than an RTO after it was sent";
	return nullptr;
}

} // namespace sim

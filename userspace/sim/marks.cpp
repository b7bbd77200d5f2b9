// SPDX-License-Identifier: GPL-2.0
#include "marks.hpp"

namespace sim {

namespace {

struct Place {
	const char *wrong;	// when it lies ahead again
	struct seq at, by;	// what passes it
	bool set = true;
};

// By SND.UNA, and by RCV.NXT; those that are looked at, or would be.
template <size_t n> void list(const hrtcp_conn &c, Place (&places)[n])
{
	const struct seq una = c.snd.una, nxt = c.rcv.nxt;
	const Place all[] = {
		{"the last short segment is ahead again", c.snd.small_end, una},
		{"SND.UP is ahead again", c.snd.up, una, c.snd.urgent},
		{"recover is ahead again", c.recovery.recover, una},
		{"the end of what was sent again is ahead again", c.recovery.again_hi, una,
		 !seq_eq(c.recovery.again_lo, c.recovery.again_hi)},
		{"SND.UNA of the last timeout is ahead again", c.recovery.timeout_una, una,
		 c.recovery.timeouts != 0},
		{"the begin of the last response is ahead again", c.recovery.undo.begin, una,
		 c.recovery.undo.armed},
		{"the round of the last D-SACK is ahead again", c.rack.dsack_round, una},
		{"the highest octet delivered is ahead again", c.rack.fack, una},
		{"the last tail loss probe is ahead again", c.tlp.end, una, c.tlp.out},
		{"the window of the last mark is ahead again", c.ecn.cwr_end, una,
		 c.ecn.responded},
		{"the last trial of the AccECN option is ahead again", c.ecn.acc.opt_seq, una,
		 c.ecn.acc.opt_watch},
		{"the initial window is ahead again", c.cc.iw_end, una},
		{"the last round of pipeACK is ahead again", c.cc.cwv.round_end, una,
		 c.cc.cwv.open},
		{"the last phase without data is ahead again", c.rate.limited_end, una,
		 c.rate.limited},
		{"the last growth of the window is ahead again", c.cc.pace.calm_end, una,
		 c.cc.pace.calming},
		{"SND.WL1 is ahead again", c.snd.wl1, nxt},
		{"RCV.UP is ahead again", c.rcv.up, nxt, c.rcv.urgent},
		{"the window that was measured by is ahead again", c.rcv.tune.window_end, nxt,
		 c.rcv.tune.window_ns != 0},
	};

	static_assert(sizeof(all) == sizeof(places));
	for (size_t i = 0; i < n; i++)
		places[i] = all[i];
}

} // namespace

const char *Marks::after(const hrtcp_conn &conn)
{
	Place places[count];

	list(conn, places);
	for (int i = 0; i < count; i++) {
		const Place &place = places[i];
		Mark &mark = marks_[static_cast<size_t>(i)];
		const bool passed = place.set && seq_le(place.at, place.by);
		if (mark.passed && !passed && place.set && seq_eq(mark.at, place.at))
			return place.wrong;
		mark = {place.at, passed};
	}
	return nullptr;
}

} // namespace sim

// SPDX-License-Identifier: GPL-2.0
// script.hpp -- segments as text, in packetdrill's notation.
//
//	P. 1:101(100) ack 1 win 320 <sack 201:301,TS val 5 ecr 7>
//	FLAGS SEQ:END(LEN) [ack N] [win FIELD] [urg OFFSET] [<OPTIONS>] [ECT0|ECT1|CE]
//
// Flags are S F R P . U E W A, `-` for none. Sequence numbers are relative to the initial one of
// their direction, so that a SYN stands at 0 and the first octet of data at 1. In place of a
// number may stand `nxt` or `una`, each with +N or -N behind: the sender's next number, and the
// oldest one it has unacknowledged; `=N` is absolute. `SEQ(LEN)` is short for SEQ:END(LEN).
// Options: mss N, wscale N, sackOK, sack A:B ..., TS val N ecr N, TS (any values), FO [hex
// digits], a Fast Open cookie or the request for one, ecn0 N ... or ecn1 N ..., the fields of
// Accurate ECN in either order. At the end stands what IP carries, NotECT if that matters.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core.hpp"

// What the relative numbers of a direction are relative to.
struct Base {
	u32 seq = 0, ack = 0;		// initial numbers of the sender and of its peer
	u32 seq_nxt = 0, seq_una = 0;	// absolute: `nxt` and `una` where SEQ stands
	u32 ack_nxt = 0, ack_una = 0;	// absolute: `nxt` and `una` where ACK stands
};

// A line as written: what it leaves out is not compared, or is filled in by the host.
struct Line {
	hrtcp_seg seg{};
	bool has_win = false, has_opts = false, any_ts = false, has_ip_ecn = false;
};

// Throws std::invalid_argument that quotes the line.
Line parse_line(const std::string &text, const Base &base);

std::string print_seg(const hrtcp_seg &seg, const Base &base);

// Does what left equal what the line says?
bool matches(const Line &want, const hrtcp_seg &got);

// Flag letters in the order of the notation.
std::string print_flags(u8 flags, bool ae = false);

// The octet at @offset of a stream: every test writes and expects this.
constexpr char pattern(u32 offset)
{
	return static_cast<char>((offset * 2654435761u) >> 24);
}

std::string pattern(u32 offset, u32 len);

// Expected and seen segments side by side; empty if they agree.
std::string compare(const std::vector<std::string> &want, const std::vector<hrtcp_seg> &got,
		    const Base &base);

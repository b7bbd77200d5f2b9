// SPDX-License-Identifier: GPL-2.0
// gro.cpp -- by the rules of Linux's tcp_gro_receive().
#include "gro.hpp"

#include <algorithm>
#include <utility>

namespace sim {

namespace {

constexpr size_t most_bytes = 65535;
constexpr uint8_t fin = 0x01, syn = 0x02, rst = 0x04, psh = 0x08, urg = 0x20, cwr = 0x80;

size_t header_of(const Bytes &packet)
{
	return size_t(packet[12] >> 4) * 4;
}

uint32_t seq_of_packet(const Bytes &packet)
{
	return uint32_t(packet[4]) << 24 | uint32_t(packet[5]) << 16 | uint32_t(packet[6]) << 8 | packet[7];
}

} // namespace

bool Gro::may_hold(const Bytes &packet)
{
	return packet.size() > header_of(packet) && !packet.unseen &&
	       !(packet[13] & (fin | syn | rst | psh | urg));
}

// Acknowledgment, offset, flags but FIN and PSH, window and options are the same, and the next
// octet follows; no segment is longer than the first.
bool Gro::merge(const Bytes &packet)
{
	const size_t header = header_of(packet), len = packet.size() - header;
	const auto same = [&](size_t from, size_t to) {
		return std::equal(packet.begin() + long(from), packet.begin() + long(to),
				  held_.begin() + long(from));
	};

	if (!holds() || complete_ || !len || packet.unseen || header != header_of(held_))
		return false;
	if (!unit_)
		unit_ = held_.size() - header;
	if (seq_of_packet(packet) != seq_of_packet(held_) + (held_.size() - header) || !same(8, 13) ||
	    ((packet[13] ^ held_[13]) & ~(fin | psh)) || packet[13] & (syn | rst | urg | cwr) ||
	    !same(14, 16) || !same(18, header) || packet.ecn != held_.ecn || len > unit_ ||
	    held_.size() + len > most_bytes)
		return false;
	held_.insert(held_.end(), packet.begin() + long(header), packet.end());
	held_[13] |= packet[13] & (fin | psh);
	held_.pkts = static_cast<uint16_t>(std::max<uint16_t>(held_.pkts, 1) + 1);
	complete_ = len < unit_ || packet[13] & (fin | psh);
	return true;
}

Bytes Gro::flush()
{
	unit_ = 0;
	complete_ = false;
	return std::exchange(held_, {});
}

} // namespace sim

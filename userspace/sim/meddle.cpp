// SPDX-License-Identifier: GPL-2.0
// meddle.cpp -- what middleboxes do to a packet that bears what they do not know.
#include "network.hpp"

#include <algorithm>

namespace sim {

namespace {

constexpr uint8_t accecn0 = 172, accecn1 = 174, nop = 1;

// The option's place in the header, 0: it has none.
size_t find_option(const Bytes &packet)
{
	size_t end = size_t(packet[12] >> 4) * 4;

	for (size_t at = 20; at + 1 < end && packet[at]; at += packet[at] == nop ? 1 : packet[at + 1]) {
		if (packet[at] == accecn0 || packet[at] == accecn1)
			return at;
		if (packet[at] != nop && packet[at + 1] < 2)
			break;
	}
	return 0;
}

} // namespace

bool meddle(Bytes &packet, uint8_t mask)
{
	size_t option = find_option(packet);

	if (option && mask & MEDDLE_SWALLOW)
		return false;
	if (option && mask & MEDDLE_OPTION)
		std::fill_n(packet.begin() + std::ptrdiff_t(option), packet[option + 1], nop);
	if (mask & MEDDLE_AE)
		packet[12] &= 0xfe;
	if (mask & MEDDLE_IP)
		packet.ecn = 0;
	packet[16] = packet[17] = 0;
	uint16_t sum = checksum(packet);
	packet[16] = static_cast<uint8_t>(sum >> 8);
	packet[17] = static_cast<uint8_t>(sum);
	return true;
}

} // namespace sim

// SPDX-License-Identifier: GPL-2.0
// model_legal.cpp -- which changes of state there may be, and which there were.
#include "model_end.hpp"

#include <initializer_list>
#include <set>
#include <utility>

namespace model {

namespace {

// RFC 9293 3.3.2, figure 5 and the notes below it, said apart from the core's table.
constexpr uint16_t to(std::initializer_list<int> states)
{
	uint16_t mask = 0;

	for (int state : states)
		mask = static_cast<uint16_t>(mask | 1u << state);
	return mask;
}

uint16_t legal(uint8_t from)
{
	switch (from) {
	case HRTCP_CLOSED:
		return to({HRTCP_LISTEN, HRTCP_SYN_SENT});
	case HRTCP_LISTEN:
		return to({HRTCP_SYN_SENT, HRTCP_SYN_RECEIVED, HRTCP_CLOSED});
	case HRTCP_SYN_SENT:
		return to({HRTCP_SYN_RECEIVED, HRTCP_ESTABLISHED, HRTCP_CLOSED});
	case HRTCP_SYN_RECEIVED:
		return to({HRTCP_ESTABLISHED, HRTCP_FIN_WAIT_1, HRTCP_LISTEN, HRTCP_CLOSED});
	case HRTCP_ESTABLISHED:
		return to({HRTCP_FIN_WAIT_1, HRTCP_CLOSE_WAIT, HRTCP_CLOSED});
	case HRTCP_FIN_WAIT_1:
		return to({HRTCP_FIN_WAIT_2, HRTCP_CLOSING, HRTCP_TIME_WAIT, HRTCP_CLOSED});
	case HRTCP_CLOSE_WAIT:
		return to({HRTCP_LAST_ACK, HRTCP_CLOSED});
	case HRTCP_FIN_WAIT_2:
	case HRTCP_CLOSING:
		return to({HRTCP_TIME_WAIT, HRTCP_CLOSED});
	default:
		return to({HRTCP_CLOSED});
	}
}

std::set<std::pair<uint8_t, uint8_t>> seen;

} // namespace

void judge(const hrtcp_transition &tr)
{
	if (!(legal(tr.from) >> tr.to & 1))
		throw Violation(std::string("illegal: ") + hrtcp_state_name(tr.from) + " -> " +
				hrtcp_state_name(tr.to));
	seen.emplace(tr.from, tr.cause);
}

size_t edges_seen()
{
	return seen.size();
}

} // namespace model

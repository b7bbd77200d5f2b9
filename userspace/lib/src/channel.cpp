// SPDX-License-Identifier: GPL-2.0
#include "hrtcp/channel.hpp"

#include "decode.hpp"
#include "events.hpp"
#include "genl.hpp"
#include "uapi/hrtcp.h"

namespace hrtcp {
namespace {

constexpr int dump_attempts = 3; // a dump that a change interrupts is asked for again

class netlink_channel : public channel {
public:
	std::vector<connection> connections(uint32_t states) override
	{
		std::vector<connection> found;
		auto add_filter = [=](nlmsghdr *request) {
			mnl_attr_put_u32(request, HRTCP_A_FILTER_STATES, states);
		};
		auto keep = [&](const nlmsghdr *answer) {
			found.push_back(decode_connection(answer));
		};
		for (int attempt = 0; attempt < dump_attempts; attempt++) {
			found.clear();
			if (socket_.ask(HRTCP_CMD_GET_CONN, true, add_filter, keep))
				break;
		}
		return found;
	}

	statistics stats() override
	{
		statistics found;
		socket_.ask(HRTCP_CMD_GET_STATS, false, [](nlmsghdr *) {},
			    [&](const nlmsghdr *answer) { found = decode_statistics(answer); });
		return found;
	}

	std::unique_ptr<event_source> subscribe(event_groups groups) override
	{
		return std::make_unique<netlink_events>(groups);
	}

private:
	genl_socket socket_;
};

} // namespace

std::unique_ptr<channel> open_channel()
{
	return std::make_unique<netlink_channel>();
}

} // namespace hrtcp

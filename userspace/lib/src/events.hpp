// SPDX-License-Identifier: GPL-2.0
// events.hpp -- the event stream over generic netlink.
#pragma once

#include <deque>

#include "genl.hpp"
#include "hrtcp/channel.hpp"

namespace hrtcp {

// The kernel drops what finds the socket's buffer full, says ENOBUFS once, and counts: the counter,
// read at each ENOBUFS and whenever the buffer has been emptied, tells how many were lost.
class netlink_events : public event_source {
public:
	explicit netlink_events(event_groups groups);
	std::optional<event> next(std::chrono::milliseconds timeout, int wake_fd) override;

private:
	bool wait(std::chrono::milliseconds timeout, int wake_fd);
	bool receive();
	void note_losses();

	genl_socket socket_;
	alignas(nlmsghdr) std::array<char, 32768> buffer_;
	std::deque<event> ready_;
	uint32_t drops_seen_ = 0;
};

} // namespace hrtcp

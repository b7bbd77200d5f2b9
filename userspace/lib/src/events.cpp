// SPDX-License-Identifier: GPL-2.0
#include "events.hpp"

#include <cerrno>
#include <system_error>

#include <linux/sock_diag.h>
#include <poll.h>
#include <sys/socket.h>

#include "decode.hpp"
#include "uapi/hrtcp.h"

namespace hrtcp {
namespace {

constexpr int buffer_bytes = 4 << 20; // some ten thousand events

[[noreturn]] void fail()
{
	throw std::system_error(errno, std::system_category(), "netlink events");
}

void enlarge_buffer(int descriptor)
{
	if (setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &buffer_bytes, sizeof(int)) < 0)
		setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof(int));
}

} // namespace

netlink_events::netlink_events(event_groups groups)
{
	enlarge_buffer(socket_.descriptor());
	if (groups.states)
		socket_.join(HRTCP_GENL_MCGRP_STATE);
	if (groups.segments)
		socket_.join(HRTCP_GENL_MCGRP_SEGMENT);
}

std::optional<event> netlink_events::next(std::chrono::milliseconds timeout, int wake_fd)
{
	while (ready_.empty()) {
		if (receive() || !ready_.empty())
			continue;
		if (!wait(timeout, wake_fd))
			return std::nullopt;
	}
	event first = std::move(ready_.front());
	ready_.pop_front();
	return first;
}

// Whether there is something to receive.
bool netlink_events::wait(std::chrono::milliseconds timeout, int wake_fd)
{
	pollfd ends[] = {{socket_.descriptor(), POLLIN, 0}, {wake_fd, POLLIN, 0}};
	int ms = timeout.count() < 0 ? -1 : static_cast<int>(timeout.count());
	int count = poll(ends, 2, ms);
	if (count < 0 && errno != EINTR)
		fail();
	return count > 0 && ends[0].revents != 0 && ends[1].revents == 0;
}

// Takes one datagram. Returns false if there was none.
bool netlink_events::receive()
{
	ssize_t size = recv(socket_.descriptor(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
	if (size < 0 && errno == ENOBUFS) {
		note_losses();
		return true;
	}
	if (size < 0 && errno == EAGAIN) {
		note_losses();
		return false;
	}
	if (size < 0 && errno != EINTR)
		fail();
	int left = static_cast<int>(size);
	const auto *message = reinterpret_cast<const nlmsghdr *>(buffer_.data());
	for (; mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left))
		if (message->nlmsg_type == socket_.family())
			if (auto decoded = decode_event(message))
				ready_.push_back(*decoded);
	return true;
}

void netlink_events::note_losses()
{
	uint32_t memory[SK_MEMINFO_VARS] = {};
	socklen_t length = sizeof(memory);
	if (getsockopt(socket_.descriptor(), SOL_SOCKET, SO_MEMINFO, memory, &length) < 0)
		return;
	uint32_t lost = memory[SK_MEMINFO_DROPS] - drops_seen_;
	drops_seen_ += lost;
	if (lost != 0)
		ready_.push_back(lost_events{lost});
}

} // namespace hrtcp

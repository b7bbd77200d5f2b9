// SPDX-License-Identifier: GPL-2.0
// channel.hpp -- all that is asked of the module: an interface, so that it can be faked, and the
// real one over generic netlink.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "records.hpp"

namespace hrtcp {

/// A stream of events.
class event_source {
public:
	virtual ~event_source() = default;

	/// The next event, in the order in which the kernel queued them. Nothing after @timeout
	/// (negative: never), after a signal, or as soon as @wake_fd (-1: none) is readable.
	/// Lost events are told by a lost_events, once each. Throws std::system_error.
	virtual std::optional<event> next(std::chrono::milliseconds timeout, int wake_fd = -1) = 0;
};

struct event_groups {
	bool states = false;
	bool segments = false; ///< needs CAP_NET_ADMIN over the network namespace
};

class channel {
public:
	virtual ~channel() = default;

	/// All connections of the network namespace whose state is in @states, a mask of
	/// 1 << enum hrtcp_state. Throws std::system_error with the kernel's own text.
	virtual std::vector<connection> connections(uint32_t states) = 0;

	/// Counters of the network namespace. Throws std::system_error.
	virtual statistics stats() = 0;

	/// Events from now on. EPERM: segments without CAP_NET_ADMIN.
	virtual std::unique_ptr<event_source> subscribe(event_groups groups) = 0;
};

/// The module of this machine in this network namespace. Throws std::system_error, with ENOENT
/// if it is not loaded.
std::unique_ptr<channel> open_channel();

} // namespace hrtcp

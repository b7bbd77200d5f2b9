// SPDX-License-Identifier: GPL-2.0
// decode.hpp -- messages of the generic netlink family as records. A missing or too short
// attribute leaves its field as it is by default; unknown ones are passed over.
#pragma once

#include <optional>

#include <libmnl/libmnl.h>

#include "hrtcp/records.hpp"

namespace hrtcp {

connection decode_connection(const nlmsghdr *message);
statistics decode_statistics(const nlmsghdr *message);

/// Nothing if the message is no event.
std::optional<event> decode_event(const nlmsghdr *message);

} // namespace hrtcp

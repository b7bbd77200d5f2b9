// SPDX-License-Identifier: GPL-2.0
// records.hpp -- what the module tells about connections, as plain data. Absent is nullopt or,
// where 0 says nothing anyway, 0.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "endpoint.hpp"

namespace hrtcp {

/// The next deadline of a connection.
struct timer {
	unsigned slot = 0;  ///< enum hrtcp_timer
	uint64_t in_ns = 0; ///< nanoseconds until it
};

/// From struct tcp_info; names and units as there unless said otherwise.
struct tcp_details {
	unsigned options = 0; ///< TCPI_OPT_*
	unsigned send_scale = 0, receive_scale = 0;
	uint32_t rto_us = 0, ato_us = 0;
	uint32_t rtt_us = 0, rttvar_us = 0, min_rtt_us = 0, receive_rtt_us = 0;
	uint32_t send_mss = 0, receive_mss = 0, advertised_mss = 0, path_mtu = 0; // octets
	uint32_t cwnd_segments = 0, ssthresh_segments = 0;
	uint32_t send_window = 0, receive_space = 0, receive_ssthresh = 0; // octets
	uint32_t unacked = 0, sacked = 0, lost = 0, retrans = 0;	  // segments now
	uint32_t total_retrans = 0, reordering = 0, reorder_seen = 0;	  // segments ever
	uint32_t duplicates = 0, out_of_order = 0, delivered = 0, delivered_ce = 0;
	uint32_t segments_out = 0, segments_in = 0, data_segments_out = 0, data_segments_in = 0;
	uint64_t bytes_sent = 0, bytes_acked = 0, bytes_received = 0, bytes_retrans = 0;
	uint32_t not_sent_bytes = 0;
	uint32_t last_sent_ms = 0, last_received_ms = 0, last_ack_ms = 0; // milliseconds ago
	uint64_t pacing_rate = 0, delivery_rate = 0;			  // octets a second
	uint64_t busy_us = 0, window_limited_us = 0, buffer_limited_us = 0;
	unsigned ecn = 0;     ///< how marks are fed back: 0 not, 1 RFC 3168, 2 RFC 9768
	uint32_t ce_in = 0;   ///< packets that came marked CE
};

struct connection {
	uint64_t cookie = 0;
	endpoint local, peer;
	unsigned state = 0; ///< enum hrtcp_state
	uint32_t uid = 0, inode = 0, ifindex = 0;
	uint32_t receive_queue = 0; ///< octets unread; LISTEN: connections to accept
	uint32_t send_queue = 0;    ///< octets not acknowledged; LISTEN: limit of the above
	uint32_t half_open = 0;	    ///< LISTEN: handshakes under way
	uint32_t timeouts = 0;	    ///< consecutive retransmission timeouts
	std::optional<hrtcp::timer> timer;
	std::optional<tcp_details> details;
};

/// The header fields of a segment that an event reports.
struct segment {
	unsigned flags = 0; ///< tcp_flag
	uint32_t seq = 0, ack = 0;
	uint32_t length = 0; ///< octets of payload
	uint32_t window = 0; ///< octets, scaled
};

/// A connection's state changed.
struct state_event {
	uint64_t time_ns = 0; ///< CLOCK_MONOTONIC
	uint64_t cookie = 0;
	endpoint local, peer;
	unsigned old_state = 0, new_state = 0;
	unsigned cause = 0;			///< enum hrtcp_cause
	std::optional<segment> because_of; ///< flags, seq, ack of the segment that caused it
};

/// A segment was sent or received.
struct segment_event {
	uint64_t time_ns = 0; ///< CLOCK_MONOTONIC
	uint64_t cookie = 0;
	endpoint local, peer;
	bool sent = false;
	bool retransmitted = false; ///< sent only
	unsigned drop = 0;	    ///< received only, enum hrtcp_drop
	hrtcp::segment segment;
};

/// The reader was too slow and events were dropped.
struct lost_events {
	uint64_t count = 0;
};

using event = std::variant<state_event, segment_event, lost_events>;

struct counter {
	unsigned number = 0; ///< enum hrtcp_stat or enum hrtcp_drop
	uint64_t value = 0;
};

struct statistics {
	std::vector<counter> stats, drops;
};

} // namespace hrtcp

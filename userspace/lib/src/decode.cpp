// SPDX-License-Identifier: GPL-2.0
#include "decode.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include <linux/genetlink.h>
#include <linux/tcp.h>

#include "hrtcp/names.hpp"
#include "uapi/hrtcp.h"

namespace hrtcp {
namespace {

// The attributes of a message by number.
class attributes {
public:
	explicit attributes(const nlmsghdr *message)
	{
		mnl_attr_parse(message, sizeof(genlmsghdr), keep, this);
	}

	bool has(unsigned type) const { return table_[type] != nullptr; }

	std::span<const uint8_t> octets(unsigned type) const
	{
		const nlattr *attr = table_[type];
		if (attr == nullptr)
			return {};
		return {static_cast<const uint8_t *>(mnl_attr_get_payload(attr)),
			mnl_attr_get_payload_len(attr)};
	}

	// Sets @to if the attribute is there and long enough.
	template <typename Wire, typename Field>
	bool get(unsigned type, Field &to) const
	{
		Wire value;
		auto from = octets(type);
		if (from.size() < sizeof(value))
			return false;
		std::memcpy(&value, from.data(), sizeof(value));
		to = value;
		return true;
	}

	const nlattr *nest(unsigned type) const { return table_[type]; }

private:
	static int keep(const nlattr *attr, void *self)
	{
		unsigned type = mnl_attr_get_type(attr);
		if (type <= HRTCP_A_MAX)
			static_cast<attributes *>(self)->table_[type] = attr;
		return MNL_CB_OK;
	}

	std::array<const nlattr *, HRTCP_A_MAX + 1> table_ = {};
};

endpoint decode_endpoint(const attributes &from, unsigned address, unsigned port)
{
	auto octets = from.octets(address);
	endpoint e;
	if (octets.size() == 4 || octets.size() == 16)
		e = endpoint::from_octets(octets, 0);
	from.get<uint16_t>(port, e.port);
	return e;
}

template <typename Record> void decode_addresses(const attributes &from, Record &to)
{
	from.get<uint64_t>(HRTCP_A_CONN_COOKIE, to.cookie);
	to.local = decode_endpoint(from, HRTCP_A_CONN_SADDR, HRTCP_A_CONN_SPORT);
	to.peer = decode_endpoint(from, HRTCP_A_CONN_DADDR, HRTCP_A_CONN_DPORT);
}

// Values from @info into @to; fields beyond what the module's tcp_info has are 0.
void decode_info_path(const tcp_info &info, tcp_details &to)
{
	to.options = info.tcpi_options;
	to.send_scale = info.tcpi_snd_wscale;
	to.receive_scale = info.tcpi_rcv_wscale;
	to.rto_us = info.tcpi_rto;
	to.ato_us = info.tcpi_ato;
	to.rtt_us = info.tcpi_rtt;
	to.rttvar_us = info.tcpi_rttvar;
	to.min_rtt_us = info.tcpi_min_rtt;
	to.receive_rtt_us = info.tcpi_rcv_rtt;
	to.send_mss = info.tcpi_snd_mss;
	to.receive_mss = info.tcpi_rcv_mss;
	to.advertised_mss = info.tcpi_advmss;
	to.path_mtu = info.tcpi_pmtu;
	to.cwnd_segments = info.tcpi_snd_cwnd;
	to.ssthresh_segments = info.tcpi_snd_ssthresh;
	to.send_window = info.tcpi_snd_wnd;
	to.receive_space = info.tcpi_rcv_space;
	to.receive_ssthresh = info.tcpi_rcv_ssthresh;
	to.pacing_rate = info.tcpi_pacing_rate;
	to.delivery_rate = info.tcpi_delivery_rate;
}

void decode_info_counts(const tcp_info &info, tcp_details &to)
{
	to.unacked = info.tcpi_unacked;
	to.sacked = info.tcpi_sacked;
	to.lost = info.tcpi_lost;
	to.retrans = info.tcpi_retrans;
	to.total_retrans = info.tcpi_total_retrans;
	to.reordering = info.tcpi_reordering;
	to.reorder_seen = info.tcpi_reord_seen;
	to.duplicates = info.tcpi_dsack_dups;
	to.out_of_order = info.tcpi_rcv_ooopack;
	to.delivered = info.tcpi_delivered;
	to.delivered_ce = info.tcpi_delivered_ce;
	to.segments_out = info.tcpi_segs_out;
	to.segments_in = info.tcpi_segs_in;
	to.data_segments_out = info.tcpi_data_segs_out;
	to.data_segments_in = info.tcpi_data_segs_in;
	to.bytes_sent = info.tcpi_bytes_sent;
	to.bytes_acked = info.tcpi_bytes_acked;
	to.bytes_received = info.tcpi_bytes_received;
	to.bytes_retrans = info.tcpi_bytes_retrans;
	to.not_sent_bytes = info.tcpi_notsent_bytes;
	to.last_sent_ms = info.tcpi_last_data_sent;
	to.last_received_ms = info.tcpi_last_data_recv;
	to.last_ack_ms = info.tcpi_last_ack_recv;
	to.busy_us = info.tcpi_busy_time;
	to.window_limited_us = info.tcpi_rwnd_limited;
	to.buffer_limited_us = info.tcpi_sndbuf_limited;
}

tcp_details decode_info(std::span<const uint8_t> octets)
{
	tcp_info info = {};
	tcp_details details;
	std::memcpy(&info, octets.data(), std::min(octets.size(), sizeof(info)));
	decode_info_path(info, details);
	decode_info_counts(info, details);
	return details;
}

state_event decode_state(const attributes &from)
{
	state_event e;
	segment by;
	decode_addresses(from, e);
	from.get<uint64_t>(HRTCP_A_EV_TIME_NS, e.time_ns);
	from.get<uint8_t>(HRTCP_A_EV_OLD_STATE, e.old_state);
	from.get<uint8_t>(HRTCP_A_EV_NEW_STATE, e.new_state);
	from.get<uint8_t>(HRTCP_A_EV_CAUSE, e.cause);
	from.get<uint32_t>(HRTCP_A_EV_SEG_SEQ, by.seq);
	from.get<uint32_t>(HRTCP_A_EV_SEG_ACK, by.ack);
	if (from.get<uint8_t>(HRTCP_A_EV_SEG_FLAGS, by.flags) && by.flags != 0)
		e.because_of = by;
	return e;
}

segment_event decode_segment(const attributes &from)
{
	segment_event e;
	decode_addresses(from, e);
	from.get<uint64_t>(HRTCP_A_EV_TIME_NS, e.time_ns);
	from.get<uint8_t>(HRTCP_A_SEG_DIR, e.sent);
	from.get<uint8_t>(HRTCP_A_SEG_FLAGS, e.segment.flags);
	if (from.has(HRTCP_A_SEG_AE))
		e.segment.flags |= flag_ae;
	from.get<uint32_t>(HRTCP_A_SEG_SEQ, e.segment.seq);
	from.get<uint32_t>(HRTCP_A_SEG_ACK, e.segment.ack);
	from.get<uint32_t>(HRTCP_A_SEG_LEN, e.segment.length);
	from.get<uint32_t>(HRTCP_A_SEG_WND, e.segment.window);
	from.get<uint8_t>(HRTCP_A_SEG_DROP, e.drop);
	e.retransmitted = from.has(HRTCP_A_SEG_RETRANS);
	return e;
}

int add_counter(const nlattr *attr, void *list)
{
	if (mnl_attr_get_payload_len(attr) >= sizeof(uint64_t))
		static_cast<std::vector<counter> *>(list)->push_back(
			{mnl_attr_get_type(attr), mnl_attr_get_u64(attr)});
	return MNL_CB_OK;
}

std::vector<counter> decode_counters(const nlattr *nest)
{
	std::vector<counter> counters;
	if (nest != nullptr)
		mnl_attr_parse_nested(nest, add_counter, &counters);
	return counters;
}

} // namespace

connection decode_connection(const nlmsghdr *message)
{
	attributes from(message);
	connection c;
	hrtcp::timer timer;
	decode_addresses(from, c);
	from.get<uint8_t>(HRTCP_A_CONN_STATE, c.state);
	from.get<uint32_t>(HRTCP_A_CONN_UID, c.uid);
	from.get<uint32_t>(HRTCP_A_CONN_INODE, c.inode);
	from.get<uint32_t>(HRTCP_A_CONN_IFINDEX, c.ifindex);
	from.get<uint32_t>(HRTCP_A_CONN_RQUEUE, c.receive_queue);
	from.get<uint32_t>(HRTCP_A_CONN_WQUEUE, c.send_queue);
	from.get<uint32_t>(HRTCP_A_CONN_HALF_OPEN, c.half_open);
	from.get<uint32_t>(HRTCP_A_CONN_RETRANS, c.timeouts);
	if (from.get<uint8_t>(HRTCP_A_CONN_TIMER, timer.slot) &&
	    from.get<uint64_t>(HRTCP_A_CONN_TIMER_NS, timer.in_ns))
		c.timer = timer;
	if (from.has(HRTCP_A_CONN_INFO))
		c.details = decode_info(from.octets(HRTCP_A_CONN_INFO));
	if (c.details) {
		from.get<uint8_t>(HRTCP_A_CONN_ECN, c.details->ecn);
		from.get<uint32_t>(HRTCP_A_CONN_CE_IN, c.details->ce_in);
		from.get<uint32_t>(HRTCP_A_CONN_CE_TOLD, c.details->delivered_ce);
	}
	return c;
}

statistics decode_statistics(const nlmsghdr *message)
{
	attributes from(message);
	return {decode_counters(from.nest(HRTCP_A_STATS)),
		decode_counters(from.nest(HRTCP_A_DROPS))};
}

std::optional<event> decode_event(const nlmsghdr *message)
{
	const auto *header = static_cast<const genlmsghdr *>(mnl_nlmsg_get_payload(message));
	if (header->cmd == HRTCP_CMD_EVENT_STATE)
		return decode_state(attributes(message));
	if (header->cmd == HRTCP_CMD_EVENT_SEG)
		return decode_segment(attributes(message));
	return std::nullopt;
}

} // namespace hrtcp

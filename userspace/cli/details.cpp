// SPDX-License-Identifier: GPL-2.0
#include "details.hpp"

#include <fmt/format.h>
#include <linux/tcp.h>

namespace {

using details = hrtcp::tcp_details;

std::string count(uint64_t value)
{
	return std::to_string(value);
}

std::string microseconds(uint64_t value)
{
	return duration_text(value * 1'000);
}

std::string milliseconds(uint64_t value)
{
	return duration_text(value * 1'000'000);
}

std::string bits_a_second(uint64_t octets_a_second)
{
	return fmt::format("{}bps", octets_a_second * 8);
}

struct row {
	const char *text; // as ss names it
	const char *key;
	uint64_t (*get)(const details &);
	std::string (*show)(uint64_t);
};

#define FIELD(field) [](const details &d) -> uint64_t { return d.field; }

constexpr row rows[] = {
	{"wscale_snd", "send_scale", FIELD(send_scale), count},
	{"wscale_rcv", "receive_scale", FIELD(receive_scale), count},
	{"rto", "rto_us", FIELD(rto_us), microseconds},
	{"rtt", "rtt_us", FIELD(rtt_us), microseconds},
	{"rttvar", "rttvar_us", FIELD(rttvar_us), microseconds},
	{"minrtt", "min_rtt_us", FIELD(min_rtt_us), microseconds},
	{"rcv_rtt", "receive_rtt_us", FIELD(receive_rtt_us), microseconds},
	{"ato", "ato_us", FIELD(ato_us), microseconds},
	{"mss", "send_mss_bytes", FIELD(send_mss), count},
	{"rcvmss", "receive_mss_bytes", FIELD(receive_mss), count},
	{"advmss", "advertised_mss_bytes", FIELD(advertised_mss), count},
	{"pmtu", "path_mtu_bytes", FIELD(path_mtu), count},
	{"cwnd", "cwnd_segments", FIELD(cwnd_segments), count},
	{"ssthresh", "ssthresh_segments", FIELD(ssthresh_segments), count},
	{"snd_wnd", "send_window_bytes", FIELD(send_window), count},
	{"bytes_sent", "bytes_sent", FIELD(bytes_sent), count},
	{"bytes_retrans", "bytes_retrans", FIELD(bytes_retrans), count},
	{"bytes_acked", "bytes_acked", FIELD(bytes_acked), count},
	{"bytes_received", "bytes_received", FIELD(bytes_received), count},
	{"notsent", "not_sent_bytes", FIELD(not_sent_bytes), count},
	{"segs_out", "segments_out", FIELD(segments_out), count},
	{"segs_in", "segments_in", FIELD(segments_in), count},
	{"data_segs_out", "data_segments_out", FIELD(data_segments_out), count},
	{"data_segs_in", "data_segments_in", FIELD(data_segments_in), count},
	{"delivered", "delivered_segments", FIELD(delivered), count},
	{"delivered_ce", "delivered_ce_segments", FIELD(delivered_ce), count},
	{"ce_in", "ce_in_segments", FIELD(ce_in), count},
	{"unacked", "unacked_segments", FIELD(unacked), count},
	{"sacked", "sacked_segments", FIELD(sacked), count},
	{"lost", "lost_segments", FIELD(lost), count},
	{"retrans", "retrans_segments", FIELD(retrans), count},
	{"retrans_total", "total_retrans_segments", FIELD(total_retrans), count},
	{"dsack_dups", "duplicate_segments", FIELD(duplicates), count},
	{"reordering", "reordering_segments", FIELD(reordering), count},
	{"reord_seen", "reorder_events", FIELD(reorder_seen), count},
	{"rcv_ooopack", "out_of_order_segments", FIELD(out_of_order), count},
	{"lastsnd", "last_sent_ms", FIELD(last_sent_ms), milliseconds},
	{"lastrcv", "last_received_ms", FIELD(last_received_ms), milliseconds},
	{"lastack", "last_ack_ms", FIELD(last_ack_ms), milliseconds},
	{"pacing_rate", "pacing_bytes_per_s", FIELD(pacing_rate), bits_a_second},
	{"delivery_rate", "delivery_bytes_per_s", FIELD(delivery_rate), bits_a_second},
	{"busy", "busy_us", FIELD(busy_us), microseconds},
	{"rwnd_limited", "window_limited_us", FIELD(window_limited_us), microseconds},
	{"sndbuf_limited", "buffer_limited_us", FIELD(buffer_limited_us), microseconds},
	{"rcv_space", "receive_space_bytes", FIELD(receive_space), count},
	{"rcv_ssthresh", "receive_ssthresh_bytes", FIELD(receive_ssthresh), count},
};

#undef FIELD

struct option_name {
	unsigned bit;
	const char *name;
};

constexpr option_name options[] = {
	{TCPI_OPT_TIMESTAMPS, "ts"},
	{TCPI_OPT_SACK, "sack"},
};

constexpr const char *ecn_names[] = {nullptr, "ecn", "accecn"};

const char *ecn_name(const details &from)
{
	return from.ecn < std::size(ecn_names) ? ecn_names[from.ecn] : nullptr;
}

} // namespace

std::string details_text(const details &from)
{
	std::string text;
	for (const option_name &o : options)
		if (from.options & o.bit)
			text += std::string(" ") + o.name;
	if (const char *name = ecn_name(from))
		text += std::string(" ") + name;
	for (const row &r : rows)
		if (uint64_t value = r.get(from))
			text += fmt::format(" {}:{}", r.text, r.show(value));
	return text.empty() ? text : text.substr(1);
}

json details_json(const details &from)
{
	json object = json::object();
	for (const option_name &o : options)
		if (from.options & o.bit)
			object["options"].push_back(o.name);
	if (const char *name = ecn_name(from))
		object["options"].push_back(name);
	for (const row &r : rows)
		if (uint64_t value = r.get(from))
			object[r.key] = value;
	return object;
}

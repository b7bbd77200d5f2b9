// SPDX-License-Identifier: GPL-2.0
#include "ladder_text.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "hrtcp/names.hpp"

namespace {

constexpr std::size_t time_width = 11, state_width = 12;
constexpr std::size_t margins = time_width + 1 + state_width + 2 + 2 + state_width;
constexpr std::size_t least_gap = 40;
constexpr const char *tail = "----";

// The line of which @left and @right are the states and @middle stands between the sides.
std::string line(const std::string &time, const std::string &left, const std::string &middle,
		 const std::string &right, std::size_t gap)
{
	std::string text = fmt::format("{:>{}} {:>{}} |{:<{}}| {}", time, time_width, left, state_width,
				       middle, gap, right);
	text.erase(text.find_last_not_of(' ') + 1);
	return text + "\n";
}

std::string at_side(side s, const std::string &note, std::size_t gap)
{
	std::string padded = note.empty() ? "" : " " + note + " ";
	return s == side::client ? padded : fmt::format("{:>{}}", padded, gap);
}

std::string time_text(uint64_t ns)
{
	return fmt::format("{}.{:06}", ns / 1'000'000'000, ns % 1'000'000'000 / 1'000);
}

std::string arrow(side from, const std::string &text, std::size_t gap)
{
	std::size_t used = text.size() + std::string(tail).size() + 3;
	std::string dashes(used < gap ? gap - used : 1, '-');
	if (from == side::client)
		return fmt::format("{} {} {}>", tail, text, dashes);
	return fmt::format("<{} {} {}", dashes, text, tail);
}

std::string head(const step &s, std::size_t gap)
{
	std::string left = "client " + s.client.text(), right = "server " + s.server.text();
	std::size_t center = time_width + 1 + state_width + 1;
	std::size_t begin = center > left.size() / 2 ? center - left.size() / 2 : 0;
	std::string text = std::string(begin, ' ') + left;
	std::size_t second = center + gap + 1 - std::min(center, right.size() / 2);
	text += std::string(second > text.size() + 2 ? second - text.size() : 2, ' ');
	return text + right + "\n";
}

std::string state_line(const step &s, const std::string &time, std::size_t gap)
{
	std::string name = hrtcp::state_name(s.state);
	std::string note = at_side(s.at, hrtcp::cause_text(s.cause), gap);
	if (s.at == side::client)
		return line(time, name, note, "", gap);
	return line(time, "", note, name, gap);
}

const char *kind_name(step::kind what)
{
	switch (what) {
	case step::kind::begin:
		return "begin";
	case step::kind::initial:
		return "initial";
	case step::kind::state:
		return "state";
	case step::kind::segment:
		return "segment";
	case step::kind::drop:
		return "drop";
	case step::kind::lost:
		return "lost";
	}
	return "";
}

void add_segment(json &to, const step &s)
{
	to["flags"] = hrtcp::flags_text(s.segment.flags);
	to["seq"] = s.segment.seq;
	if (s.segment.flags & hrtcp::flag_ack)
		to["ack"] = s.segment.ack;
	to["length_bytes"] = s.segment.length;
	to["window_bytes"] = s.segment.window;
}

void add_endpoint(json &to, const std::string &name, const hrtcp::endpoint &e)
{
	to[name + "_address"] = e.address_text();
	to[name + "_port"] = e.port;
}

} // namespace

std::size_t ladder_gap(std::size_t columns)
{
	return columns > margins + least_gap ? columns - margins : least_gap;
}

std::string segment_text(const hrtcp::segment &s)
{
	std::string text = fmt::format("{} {}:{}({})", hrtcp::flags_text(s.flags), s.seq,
				       static_cast<uint32_t>(s.seq + s.length), s.length);
	if (s.flags & hrtcp::flag_ack)
		text += fmt::format(" ack {}", s.ack);
	if (!(s.flags & hrtcp::flag_rst))
		text += fmt::format(" win {}", s.window);
	return text;
}

std::string ladder_text(const step &s, std::size_t gap)
{
	switch (s.what) {
	case step::kind::begin:
		return head(s, gap);
	case step::kind::initial:
		return state_line(s, "", gap);
	case step::kind::state:
		return state_line(s, time_text(s.time_ns), gap);
	case step::kind::segment: {
		std::string text = segment_text(s.segment) + (s.retransmitted ? " retransmitted" : "");
		return line(time_text(s.time_ns), "", arrow(s.at, text, gap), "", gap);
	}
	case step::kind::drop: {
		std::string note = at_side(s.at, "dropped: " + hrtcp::drop_name(s.reason), gap);
		return line(time_text(s.time_ns), "", note, "", gap);
	}
	case step::kind::lost:
		return line("", "", fmt::format(" ... {} events lost ...", s.count), "", gap);
	}
	return "";
}

json ladder_json(const step &s)
{
	json object = json_object();
	object["step"] = kind_name(s.what);
	if (s.what == step::kind::begin) {
		add_endpoint(object, "client", s.client);
		add_endpoint(object, "server", s.server);
		return object;
	}
	if (s.what == step::kind::lost) {
		object["count"] = s.count;
		return object;
	}
	object["time_ns"] = s.time_ns;
	object[s.what == step::kind::segment ? "from" : "at"] =
		s.at == side::client ? "client" : "server";
	if (s.what == step::kind::initial || s.what == step::kind::state)
		object["state"] = hrtcp::state_name(s.state);
	if (s.what == step::kind::state) {
		object["old_state"] = hrtcp::state_name(s.old_state);
		object["cause"] = hrtcp::cause_key(s.cause);
	}
	if (s.what == step::kind::segment || s.what == step::kind::drop)
		add_segment(object, s);
	if (s.retransmitted)
		object["retransmitted"] = true;
	if (s.what == step::kind::drop)
		object["reason"] = hrtcp::drop_name(s.reason);
	return object;
}

// SPDX-License-Identifier: GPL-2.0
#include "text.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace sim {

std::string segment_text(const hrtcp_seg &seg, uint32_t iss, uint32_t irs)
{
	std::string text = seg.ae ? "A" : "";
	auto from = [](uint32_t v, uint32_t base) { return std::to_string(int32_t(v - base)); };

	for (auto [bit, c] : {std::pair{HRTCP_SYN, 'S'}, {HRTCP_FIN, 'F'}, {HRTCP_RST, 'R'},
			      {HRTCP_PSH, 'P'}, {HRTCP_URG, 'U'}, {HRTCP_ECE, 'E'},
			      {HRTCP_CWR, 'W'}, {HRTCP_ACK, '.'}})
		if (seg.flags & bit)
			text += c;
	text += " " + from(seg.seq.v, iss) + ":" + from(seg.seq.v + seg.len, iss) + "(" +
		std::to_string(seg.len) + ")";
	if (seg.flags & HRTCP_ACK)
		text += " ack " + from(seg.ack.v, irs);
	text += " win " + std::to_string(seg.wnd);
	if (seg.opt.present & HRTCP_OPT_SACK) {
		text += " <sack";
		for (u8 i = 0; i < seg.opt.n_sack; i++)
			text += " " + from(seg.opt.sack[i].start.v, irs) + ":" +
				from(seg.opt.sack[i].end.v, irs);
		text += ">";
	}
	if (seg.opt.present & HRTCP_OPT_ACCECN) {
		text += seg.opt.accecn.order1 ? " <ecn1" : " <ecn0";
		for (u8 i = 0; i < seg.opt.accecn.n; i++)
			text += " " + std::to_string(seg.opt.accecn.field[i]);
		text += ">";
	}
	return seg.ip_ecn == 3 ? text + " CE" : text;
}

const char *drop_text(uint8_t drop)
{
	static const char *const names[] = {
		"taken",
#define X(name, text) text,
		HRTCP_DROPS(X)
#undef X
	};

	return drop < ARRAY_SIZE(names) ? names[drop] : "?";
}

const char *timer_text(int slot)
{
	static const char *const names[] = {
#define X(name, text) text,
		HRTCP_TIMERS(X)
#undef X
	};

	return slot >= 0 && slot < int(ARRAY_SIZE(names)) ? names[slot] : "?";
}

namespace {

constexpr uint32_t period = 65521;	// a prime: no distance between segments is a multiple

const std::array<uint8_t, period> octets = [] {
	std::array<uint8_t, period> all{};
	uint64_t x = 1;

	for (uint8_t &octet : all) {
		x = x * 6364136223846793005ull + 1442695040888963407ull;
		octet = static_cast<uint8_t>(x >> 56);
	}
	return all;
}();

// Calls @part(octets, done, length) for each run without a wrap.
template <typename Part> bool parts(uint64_t pattern, uint64_t offset, uint32_t len, Part part)
{
	auto at = static_cast<uint32_t>((offset + pattern % period * 7919) % period);

	for (uint32_t done = 0, n; done < len; done += n, at = 0) {
		n = std::min(len - done, period - at);
		if (!part(octets.data() + at, done, n))
			return false;
	}
	return true;
}

} // namespace

void fill_pattern(uint64_t pattern, uint64_t offset, uint8_t *to, uint32_t len)
{
	parts(pattern, offset, len, [to](const uint8_t *octets, uint32_t done, uint32_t n) {
		std::memcpy(to + done, octets, n);
		return true;
	});
}

bool is_pattern(uint64_t pattern, uint64_t offset, const uint8_t *from, uint32_t len)
{
	return parts(pattern, offset, len, [from](const uint8_t *octets, uint32_t done, uint32_t n) {
		return !std::memcmp(from + done, octets, n);
	});
}

} // namespace sim

// SPDX-License-Identifier: GPL-2.0
#include "hrtcp/names.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <strings.h>

namespace hrtcp {
namespace {

using row = std::pair<unsigned, std::string_view>;

constexpr row states[] = {
#define X(name, number, text) {HRTCP_##name, text},
	HRTCP_STATES(X)
#undef X
};

constexpr row causes[] = {
#define X(name, text) {HRTCP_C_##name, text},
	HRTCP_CAUSES(X)
#undef X
};

constexpr row cause_enumerators[] = {
#define X(name, text) {HRTCP_C_##name, #name},
	HRTCP_CAUSES(X)
#undef X
};

constexpr row drops[] = {
#define X(name, text) {HRTCP_DROP_##name, text},
	HRTCP_DROPS(X)
#undef X
};

constexpr row stats[] = {
#define X(name, text) {HRTCP_STAT_##name, text},
	HRTCP_STATS(X)
#undef X
};

constexpr row timers[] = {
#define X(name, text) {HRTCP_T_##name, text},
	HRTCP_TIMERS(X)
#undef X
};

template <std::size_t N>
std::string look_up(const row (&rows)[N], unsigned number, std::string_view what)
{
	const auto *found = std::find_if(std::begin(rows), std::end(rows),
					 [=](const row &r) { return r.first == number; });
	if (found != std::end(rows))
		return std::string(found->second);
	return std::string(what) + "(" + std::to_string(number) + ")";
}

bool equal_in_any_case(std::string_view a, std::string_view b)
{
	return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace

std::string state_name(unsigned state)
{
	return look_up(states, state, "state");
}

std::string cause_text(unsigned cause)
{
	return cause == HRTCP_C_NONE ? "" : look_up(causes, cause, "cause");
}

std::string cause_key(unsigned cause)
{
	std::string key = look_up(cause_enumerators, cause, "cause");
	std::transform(key.begin(), key.end(), key.begin(),
		       [](char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
	return key;
}

std::string drop_name(unsigned drop)
{
	return look_up(drops, drop, "drop");
}

std::string stat_name(unsigned stat)
{
	return look_up(stats, stat, "stat");
}

std::string timer_name(unsigned timer)
{
	return look_up(timers, timer, "timer");
}

std::optional<unsigned> state_from_name(std::string_view name)
{
	for (const row &state : states)
		if (equal_in_any_case(state.second, name))
			return state.first;
	return std::nullopt;
}

std::string flags_text(unsigned tcp_flags)
{
	static constexpr std::pair<unsigned, char> letters[] = {
		{flag_syn, 'S'}, {flag_fin, 'F'}, {flag_rst, 'R'}, {flag_psh, 'P'},
		{flag_urg, 'U'}, {flag_ece, 'E'}, {flag_cwr, 'W'}, {flag_ae, 'A'},
		{flag_ack, '.'},
	};
	std::string text;
	for (auto [flag, letter] : letters)
		if (tcp_flags & flag)
			text += letter;
	return text.empty() ? "-" : text;
}

} // namespace hrtcp

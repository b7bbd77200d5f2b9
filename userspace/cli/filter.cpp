// SPDX-License-Identifier: GPL-2.0
#include "filter.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include <arpa/inet.h>
#include <netdb.h>

#include "context.hpp"
#include "hrtcp/names.hpp"

namespace {

constexpr uint32_t bit(unsigned state)
{
	return state < 32 ? 1U << state : 0;
}

constexpr uint32_t all =
#define X(name, number, text) bit(number) |
	HRTCP_STATES(X) 0;
#undef X

constexpr uint32_t small = bit(HRTCP_SYN_RECEIVED) | bit(HRTCP_TIME_WAIT);
constexpr uint32_t connected = all & ~(bit(HRTCP_LISTEN) | bit(HRTCP_CLOSED));

struct state_group {
	const char *name;
	uint32_t states;
};

constexpr state_group groups[] = {
	{"all", all},
	{"connected", connected},
	{"synchronized", connected & ~bit(HRTCP_SYN_SENT)},
	{"bucket", small},
	{"big", all & ~small},
	{"syn-recv", bit(HRTCP_SYN_RECEIVED)}, // these two are what ss says
	{"listening", bit(HRTCP_LISTEN)},
};

template <typename Number> bool parse_number(const std::string &text, Number &to)
{
	auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), to);
	return error == std::errc() && end == text.data() + text.size();
}

uint16_t parse_port(std::string text)
{
	uint16_t port = 0;
	if (text.starts_with(':'))
		text.erase(0, 1);
	if (parse_number(text, port))
		return port;
	if (const servent *service = getservbyname(text.c_str(), "tcp"))
		return ntohs(static_cast<uint16_t>(service->s_port));
	throw usage_error("'" + text + "' is no port");
}

bool is_equals(const std::string &word)
{
	return word == "=" || word == "==" || word == "eq";
}

bool is_and(const std::string &word)
{
	return word == "and" || word == "&&";
}

// Splits "a:port" and "[a]:port"; an IPv6 address without brackets has no port.
std::string split_port(std::string &text)
{
	std::string port;
	std::size_t colon = text.rfind(':');
	bool bracketed = text.starts_with('[');
	if (colon != std::string::npos && (bracketed ? text[colon - 1] == ']' : text.find(':') == colon)) {
		port = text.substr(colon + 1);
		text.erase(colon);
	}
	if (bracketed && text.ends_with(']'))
		text = text.substr(1, text.size() - 2);
	return port;
}

} // namespace

uint32_t states_of(const std::string &name)
{
	if (auto state = hrtcp::state_from_name(name))
		return bit(*state);
	for (const state_group &group : groups)
		if (name == group.name)
			return group.states;
	throw usage_error("'" + name + "' is no state");
}

uint32_t all_states()
{
	return all;
}

std::vector<std::string> filter_words()
{
	std::vector<std::string> words = {"state", "exclude", "sport", "dport", "port", "src", "dst"};
#define X(name, number, text) words.push_back(text);
	HRTCP_STATES(X)
#undef X
	for (std::string &word : words)
		std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) {
			return static_cast<char>(std::tolower(c));
		});
	for (const state_group &group : groups)
		words.push_back(group.name);
	return words;
}

std::optional<filter::side> filter::port_side(const std::string &word)
{
	return word == "sport" ? std::optional(side::local)
	     : word == "dport" ? std::optional(side::peer)
	     : word == "port"  ? std::optional(side::either)
			       : std::nullopt;
}

std::optional<filter::side> filter::address_side(const std::string &word)
{
	return word == "src" ? std::optional(side::local)
	     : word == "dst" ? std::optional(side::peer)
			     : std::nullopt;
}

// ADDRESS[/BITS][:PORT], the address in brackets if it is IPv6 and a port follows.
filter::condition filter::parse_network(side where, std::string text)
{
	const std::string whole = text;
	condition c = {where, std::nullopt, std::nullopt, 0};
	if (std::string port = split_port(text); !port.empty())
		c.port = parse_port(port);
	std::string bits;
	if (std::size_t slash = text.find('/'); slash != std::string::npos) {
		bits = text.substr(slash + 1);
		text.erase(slash);
	}
	if (text.empty() || text == "*")
		return c;

	std::array<uint8_t, 16> octets;
	std::size_t count = inet_pton(AF_INET, text.c_str(), octets.data()) == 1    ? 4
			    : inet_pton(AF_INET6, text.c_str(), octets.data()) == 1 ? 16
										    : 0;
	if (count == 0)
		throw usage_error("'" + whole + "' is no address");
	c.network = hrtcp::endpoint::from_octets(std::span(octets).first(count), 0);
	c.prefix_bits = static_cast<unsigned>(count * 8);
	if (!bits.empty() && (!parse_number(bits, c.prefix_bits) || c.prefix_bits > count * 8))
		throw usage_error("'" + whole + "' is no prefix");
	return c;
}

filter filter::parse(const std::vector<std::string> &words)
{
	filter f;
	for (auto word = words.begin(); word != words.end(); ++word) {
		const std::string &key = *word;
		if (is_and(key))
			continue;
		if (word + 1 != words.end() && is_equals(*(word + 1)))
			++word;
		if (++word == words.end())
			throw usage_error("'" + key + "' in a filter wants a value");
		if (key == "state")
			f.included_ = f.included_.value_or(0) | states_of(*word);
		else if (key == "exclude")
			f.excluded_ |= states_of(*word);
		else if (auto where = port_side(key))
			f.conditions_.push_back({*where, parse_port(*word), std::nullopt, 0});
		else if (auto at = address_side(key))
			f.conditions_.push_back(parse_network(*at, *word));
		else
			throw usage_error("'" + key + "' is no word of a filter");
	}
	return f;
}

std::optional<uint32_t> filter::states() const
{
	if (!included_ && excluded_ == 0)
		return std::nullopt;
	return included_.value_or(all) & ~excluded_;
}

bool filter::has_state(unsigned state) const
{
	auto asked = states();
	return !asked || (*asked & bit(state)) != 0;
}

bool filter::holds(const condition &c, const hrtcp::endpoint &e)
{
	if (c.port && *c.port != e.port)
		return false;
	if (!c.network)
		return true;
	if (c.network->family != e.family)
		return false;
	for (unsigned i = 0; i < c.prefix_bits; i++) {
		unsigned mask = 0x80U >> (i % 8);
		if (((c.network->address[i / 8] ^ e.address[i / 8]) & mask) != 0)
			return false;
	}
	return true;
}

bool filter::matches(const hrtcp::endpoint &local, const hrtcp::endpoint &peer) const
{
	return std::all_of(conditions_.begin(), conditions_.end(), [&](const condition &c) {
		return (c.where != side::peer && holds(c, local)) ||
		       (c.where != side::local && holds(c, peer));
	});
}

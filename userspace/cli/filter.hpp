// SPDX-License-Identifier: GPL-2.0
// filter.hpp -- which connections are meant, in the words of ss:
//   state NAME | exclude NAME | sport PORT | dport PORT | port PORT | src PREFIX | dst PREFIX
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hrtcp/endpoint.hpp"

class filter {
public:
	// Throws usage_error. An empty list means everything.
	static filter parse(const std::vector<std::string> &words);

	// The states asked for as a mask of 1 << state, or nothing.
	std::optional<uint32_t> states() const;

	bool has_state(unsigned state) const;
	bool matches(const hrtcp::endpoint &local, const hrtcp::endpoint &peer) const;

private:
	enum class side { local, peer, either };
	struct condition {
		side where;
		std::optional<uint16_t> port;
		std::optional<hrtcp::endpoint> network;
		unsigned prefix_bits;
	};

	static bool holds(const condition &c, const hrtcp::endpoint &e);
	static condition parse_network(side where, std::string text);
	static std::optional<side> port_side(const std::string &word);
	static std::optional<side> address_side(const std::string &word);

	std::optional<uint32_t> included_;
	uint32_t excluded_ = 0;
	std::vector<condition> conditions_;
};

// All the words a filter knows, state names included.
std::vector<std::string> filter_words();

// The mask of a state or a group of states (all, connected, ...). Throws usage_error.
uint32_t states_of(const std::string &name);

// All states.
uint32_t all_states();

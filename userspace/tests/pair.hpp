// SPDX-License-Identifier: GPL-2.0
// pair.hpp -- two hosts on one clock and the wire between them, which loses, delays and
// repeats segments as a test says. What crosses it is octets: built by one, parsed by the other.
#pragma once

#include <functional>
#include <map>

#include "host.hpp"

// Lines begin with C or S for who sends; lost ones end with " lost".
#define LADDER(p, t, ...) REQUIRE((p).ladder(t, { __VA_ARGS__ }) == "")
#define RUN(p, t) REQUIRE((p).run(t) == "")

// What the wire does to a segment.
struct Fate {
	bool lost = false;
	u64 extra_ns = 0;		// later than the others
	int copies = 1;
};

class Pair {
public:
	explicit Pair(const Setup &both = {});

	std::string run(u64 t);		// up to script time @t
	std::string ladder(u64 t, const std::vector<std::string> &lines);
	std::string connect();		// to ESTABLISHED; that is time 0
	void inject(bool to_server, const std::string &line);	// from nowhere, arrives now

	Host client, server;
	u64 latency_ns = MS(10);
	std::function<Fate(bool from_client, const hrtcp_seg &seg)> fate;
	std::function<void(bool from_client, hrtcp_seg &seg)> meddle;	// what a box changes
	size_t steps = 0;		// events so far

private:
	struct Flying {
		bool to_server;
		std::vector<u8> header;
		std::string payload;
	};
	struct Logged {
		bool from_client, lost;
		hrtcp_seg seg;
	};

	void pump(Host &from);
	void transmit(bool from_client, const hrtcp_seg &seg, const std::string &bytes);
	void land(const Flying &f);
	void tick_both(u64 at_ns);
	void forget() { log_.clear(); }
	std::string print(const Logged &l) const;

	u64 zero_;
	std::multimap<u64, Flying> wire_;
	std::vector<Logged> log_;
};

// Loses what makes @pick true, the first @times times.
std::function<Fate(bool, const hrtcp_seg &)>
lose(int times, std::function<bool(bool from_client, const hrtcp_seg &seg)> pick);

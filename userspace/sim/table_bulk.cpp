// SPDX-License-Identifier: GPL-2.0
// table_bulk.cpp -- long transfers: recoveries that overlap, both directions at once, and how
// the receiver finds the size of its window.
#include "golden.hpp"
#include "pair.hpp"

#include <algorithm>

namespace sim {

namespace {

struct Long {
	double mbit_s[2] = {};		// to the server, to the client
	uint64_t again = 0, dropped = 0;
	hrtcp_recovery recovery{};
};

// As fast as it goes, for @ns from @after_ns after the handshake on.
Long bulk(const PathConfig &there, const PathConfig &back, EndConfig a, EndConfig b, uint64_t ns,
	  uint64_t seed, uint64_t after_ns = 0, const std::function<void(Pair &)> &prepare = {})
{
	for (EndConfig *end : {&a, &b})
		end->program.stay = end->unseen = true;
	Pair pair(there, back, a, b, seed);
	if (prepare)
		prepare(pair);
	pair.start();
	pair.run([&] { return pair.client.times().up != 0; });
	const uint64_t begin = pair.clock.now_ns() + after_ns;
	pair.run([] { return false; }, begin);
	const uint64_t had[2] = {pair.server.received(), pair.client.received()};
	pair.run([] { return false; }, begin + ns);
	return {{double(pair.server.received() - had[0]) * 8000 / double(ns),
		 double(pair.client.received() - had[1]) * 8000 / double(ns)},
		pair.client.retransmitted(), pair.there.dropped(), pair.client.conn().recovery};
}

EndConfig endless(EndConfig end)
{
	end.program.send_bytes = 1ull << 40;
	end.program.sndbuf_bytes = 1u << 23;
	return end;
}

std::string random_loss()
{
	constexpr unsigned seeds = 2;
	const struct {
		const char *cc;
		bool hr;
		uint64_t rtt;
		double loss, reorder;
	} rows[] = {
		{"cubic", true, 20 * ms, 0.01, 0},	 {"cubic", false, 20 * ms, 0.01, 0},
		{"cubic", true, 60 * ms, 0.01, 0},	 {"cubic", false, 60 * ms, 0.01, 0},
		{"cubic", true, 20 * ms, 0.003, 0.02},	 {"cubic", false, 20 * ms, 0.003, 0.02},
		{"cubic", false, 100 * ms, 0.03, 0.02},
	};
	std::string text = format(
		"One way over 100 Mbit/s with a queue of a BDP, %u seeds: from the second second on, when the\n"
		"path is full, packets are lost at random, and some come 3 ms late. Mbit/s from 2 to 8 s,\n"
		"of the slowest and the fastest; of all: recoveries, timeouts, how many of both were undone,\n"
		"segments sent again, packets dropped by the queue. Where nothing is late no loss is false,\n"
		"and none is undone. Both ends are hrTCP, or both are without the hrTCP option.\n\n"
		"algorithm  ends   RTT ms   loss    late |  least    most |  fast  timeouts  undone  again  dropped\n",
		seeds);

	for (const auto &row : rows) {
		const hrtcp_cc_ops *cc = hrtcp_cc_find(row.cc);
		const EndConfig end = row.hr ? plain_end(cc) : other_end(cc, 40 * ms);
		PathConfig back = wire(1000, row.rtt), there = wire(100, row.rtt);
		double least = 1e9, most = 0;
		uint64_t fast = 0, timeouts = 0, undone = 0, again = 0, dropped = 0;
		there.queue_bytes = static_cast<uint32_t>(100e6 / 8 * double(row.rtt) / 1e9);
		there.loss = row.loss;
		there.loss_from_ns = second;
		there.reorder = row.reorder;
		there.reorder_ns = 3 * ms;
		for (uint64_t seed = 1; seed <= seeds; seed++) {
			const Long l = bulk(there, back, endless(end), end, 6 * second, seed,
						 2 * second);
			least = std::min(least, l.mbit_s[0]);
			most = std::max(most, l.mbit_s[0]);
			fast += l.recovery.fast_recoveries;
			timeouts += l.recovery.timeouts;
			undone += l.recovery.undos;
			again += l.again;
			dropped += l.dropped;
		}
		text += format("%-9s  %-5s  %6.0f  %3.1f %%  %3.0f %% | %6.2f  %6.2f | %5llu  %8llu  %6llu %6llu  %7llu\n",
			       row.cc, row.hr ? "hrTCP" : "other", double(row.rtt) / 1e6, row.loss * 100,
			       row.reorder * 100, least, most, static_cast<unsigned long long>(fast),
			       static_cast<unsigned long long>(timeouts),
			       static_cast<unsigned long long>(undone),
			       static_cast<unsigned long long>(again),
			       static_cast<unsigned long long>(dropped));
	}
	return text;
}

std::string both_ways()
{
	std::string text =
		"\nBoth ways at once over 30 Mbit/s with a round trip of 50 ms, two hrTCP ends, 10 s: windows\n"
		"of so many segments, and so much of what the server sends lost. Mbit/s each way, and what the\n"
		"client sent again. Without loss a window of ten segments carries 2.3 Mbit/s.\n\n"
		"window of the client  of the server   loss |  to server  to client |  again\n";
	const struct {
		uint32_t client, server;
		double loss;
	} rows[] = {{10, 10, 0}, {10, 10, 0.01}, {10, 400, 0.01}, {400, 400, 0.01}, {2, 2, 0.01}};

	for (const auto &row : rows) {
		EndConfig a = endless(plain_end(nullptr)), b = a;
		a.open.rcvbuf_bytes = a.open.rcvbuf_max_bytes = row.client * 1448;
		b.open.rcvbuf_bytes = b.open.rcvbuf_max_bytes = row.server * 1448;
		PathConfig there = wire(30, 50 * ms), back = there;
		back.loss = row.loss;
		const Long l = bulk(there, back, a, b, 10 * second, 1);
		text += format("%20u  %13u  %3.0f %% | %9.2f  %9.2f | %6llu\n", row.client, row.server,
			       row.loss * 100, l.mbit_s[0], l.mbit_s[1],
			       static_cast<unsigned long long>(l.again));
	}
	return text;
}

std::string window_sizes()
{
	std::string text =
		"\nA receiver that begins with 64 KB and may grow to 32 MB, 1 Gbit/s and a round trip of 50 ms,\n"
		"1.5 s: Mbit/s by what the handshake told of the round trip.\n\n"
		"handshake                |  Mbit/s\n";
	const struct {
		const char *name;
		bool lost;		// the first SYN,ACK
		uint64_t swell_ns;	// of each way, after the handshake
	} rows[] = {{"plain", false, 0},
		    {"SYN,ACK lost once", true, 0},
		    {"10 ms, 50 ms later", false, 20 * ms}};

	for (const auto &row : rows) {
		PathConfig path = wire(1000, row.swell_ns ? 10 * ms : 50 * ms);
		EndConfig a = endless(plain_end(nullptr)), b = plain_end(nullptr);
		a.program.sndbuf_bytes = 1u << 25;
		b.open.rcvbuf_bytes = 65536;
		path.queue_bytes = 1u << 23;
		path.swell_ns = row.swell_ns;
		path.swell_from_ns = 16 * ms;
		path.swell_to_ns = 3600 * second;
		unsigned seen = 0;
		const Long l = bulk(path, path, a, b, 1500 * ms, 1, 0, [&](Pair &pair) {
			pair.back.drop_if([&](const Bytes &) { return !seen++ && row.lost; });
		});
		text += format("%-24s | %7.1f\n", row.name, l.mbit_s[0]);
	}
	return text;
}

} // namespace

std::string table_bulk()
{
	return random_loss() + both_ways() + window_sizes();
}

} // namespace sim

// SPDX-License-Identifier: GPL-2.0
// hrtcp-sim -- many connections between two cores over bad paths, each replayable by its seed.
#include "scenario.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

int usage()
{
	std::fprintf(stderr, "usage: hrtcp-sim [--seed N] [--count N] [--trace] | --table\n");
	return 1;
}

int run_many(uint64_t seed, uint64_t count, bool trace)
{
	uint64_t bytes = 0, again = 0, failed = 0;

	for (uint64_t i = seed; i < seed + count; i++) {
		try {
			sim::Outcome outcome = sim::run_seed(i, trace);
			bytes += outcome.bytes;
			again += outcome.segments_again;
		} catch (const sim::Failure &failure) {
			std::printf("seed %llu: %s (replay: hrtcp-sim --seed %llu --count 1 --trace)\n",
				    static_cast<unsigned long long>(i), failure.what(),
				    static_cast<unsigned long long>(i));
			if (++failed >= 10)
				break;
		}
	}
	std::printf("%llu connections, %llu failed, %llu octets delivered, %llu segments repeated\n",
		    static_cast<unsigned long long>(count), static_cast<unsigned long long>(failed),
		    static_cast<unsigned long long>(bytes), static_cast<unsigned long long>(again));
	return failed ? 1 : 0;
}

void table_row(const char *cc, double loss)
{
	std::printf("%-8s%-8g", cc, loss);
	for (unsigned rtt_us : {100, 1000, 10000, 100000}) {
		sim::PathConfig path;
		uint64_t again;
		path.delay_ns = rtt_us * 500ull;
		path.loss = loss;
		path.queue_bytes = 4u << 20;
		uint64_t ns = sim::run_bulk(path, cc, 10000000, 1, &again);
		std::printf("%12.1f", 80000000.0 * 1000 / double(ns));
	}
	std::printf("\n");
}

// Goodput by algorithm, loss rate and round trip: a change of recovery shows as a change of
// numbers.
int table()
{
	std::printf("Mbit/s of a 10 MB transfer over 10 Gbit/s\n%-8s%-8s", "cc", "loss");
	for (unsigned rtt_us : {100, 1000, 10000, 100000})
		std::printf("%9u us", rtt_us);
	std::printf("\n");
	for (const char *cc : {"reno", "cubic"})
		for (double loss : {0.0, 0.001, 0.01, 0.05})
			table_row(cc, loss);
	return 0;
}

} // namespace

int main(int argc, char **argv)
{
	uint64_t seed = 1, count = 1000;
	bool trace = false;

	for (int i = 1; i < argc; i++) {
		if (!std::strcmp(argv[i], "--trace"))
			trace = true;
		else if (!std::strcmp(argv[i], "--table"))
			return table();
		else if (!std::strcmp(argv[i], "--seed") && i + 1 < argc)
			seed = std::strtoull(argv[++i], nullptr, 0);
		else if (!std::strcmp(argv[i], "--count") && i + 1 < argc)
			count = std::strtoull(argv[++i], nullptr, 0);
		else
			return usage();
	}
	return run_many(seed, count, trace);
}

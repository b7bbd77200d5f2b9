// SPDX-License-Identifier: GPL-2.0
// hrtcp-sim -- many connections between two cores over bad paths, each replayable by its seed.
#include "golden.hpp"
#include "response.hpp"
#include "scenario.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

int usage()
{
	std::fprintf(stderr, "usage: hrtcp-sim [--seed N] [--count N] [--cc NAME|each]\n"
			     "                 [--life short|gigabytes|idle|outage] [--trace]\n"
			     "       hrtcp-sim --golden FOLDER [--update] [TABLE...]\n"
			     "       hrtcp-sim --response\n");
	return 1;
}

// Return: whether there is such an algorithm.
bool choose(const char *name, std::vector<const hrtcp_cc_ops *> &ccs)
{
	const bool each = !std::strcmp(name, "each");

	ccs = each ? sim::algorithms() : std::vector{sim::find_cc(name)};
	return ccs.front();
}

// " ALGO=reno LIFE=idle", as make takes it.
std::string choices(const hrtcp_cc_ops *cc, std::optional<sim::Life> life)
{
	std::string text = cc ? std::string(" ALGO=") + cc->name : "";

	return life ? text + " LIFE=" + sim::life_name(*life) : text;
}

void print_lives(const std::array<uint64_t, sim::life_count> &lives)
{
	for (int i = 0; i < sim::life_count; i++)
		std::printf("%s%llu %s", i ? ", " : "", static_cast<unsigned long long>(lives[size_t(i)]),
			    sim::life_name(static_cast<sim::Life>(i)));
	std::printf("\n");
}

int run_many(uint64_t seed, uint64_t count, bool trace, const hrtcp_cc_ops *cc,
	     std::optional<sim::Life> life)
{
	uint64_t bytes = 0, again = 0, failed = 0;
	std::array<uint64_t, sim::life_count> lives{};

	for (uint64_t i = seed; i < seed + count; i++) {
		try {
			sim::Outcome outcome = sim::run_seed(i, trace, cc, life);
			lives[static_cast<size_t>(outcome.life)]++;
			bytes += outcome.bytes;
			again += outcome.segments_again;
		} catch (const sim::Failure &failure) {
			std::printf("seed %llu: %s (replay: make sim%s SEED=%llu)\n",
				    static_cast<unsigned long long>(i), failure.what(),
				    choices(cc, life).c_str(),
				    static_cast<unsigned long long>(i));
			if (++failed >= 10)
				break;
		}
	}
	std::printf("%s%s%llu connections, %llu failed, %llu octets delivered, %llu segments repeated\n",
		    cc ? cc->name : "", cc ? ": " : "",
		    static_cast<unsigned long long>(count), static_cast<unsigned long long>(failed),
		    static_cast<unsigned long long>(bytes), static_cast<unsigned long long>(again));
	print_lives(lives);
	return failed ? 1 : 0;
}

} // namespace

int main(int argc, char **argv)
{
	uint64_t seed = 1, count = 1000;
	bool trace = false, update = false;
	std::vector<const hrtcp_cc_ops *> ccs = {nullptr};	// of both ends; NULL: any
	std::optional<sim::Life> life;
	std::string folder;
	std::vector<std::string> names;

	for (int i = 1; i < argc; i++) {
		if (!std::strcmp(argv[i], "--trace"))
			trace = true;
		else if (!std::strcmp(argv[i], "--update"))
			update = true;
		else if (!std::strcmp(argv[i], "--response"))
			return sim::check_response() ? 1 : 0;
		else if (!std::strcmp(argv[i], "--golden") && i + 1 < argc)
			folder = argv[++i];
		else if (!std::strcmp(argv[i], "--seed") && i + 1 < argc)
			seed = std::strtoull(argv[++i], nullptr, 0);
		else if (!std::strcmp(argv[i], "--count") && i + 1 < argc)
			count = std::strtoull(argv[++i], nullptr, 0);
		else if (!std::strcmp(argv[i], "--cc") && i + 1 < argc && choose(argv[i + 1], ccs))
			i++;
		else if (!std::strcmp(argv[i], "--life") && i + 1 < argc &&
			 (life = sim::find_life(argv[i + 1])))
			i++;
		else if (argv[i][0] != '-' && !folder.empty())
			names.push_back(argv[i]);
		else
			return usage();
	}
	if (!folder.empty())
		return sim::golden(folder, update, names) ? 1 : 0;
	int failed = 0;
	for (const hrtcp_cc_ops *cc : ccs)
		failed |= run_many(seed, count, trace, cc, life);
	return failed;
}

// SPDX-License-Identifier: GPL-2.0
#include "response.hpp"

#include "pair.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace sim {

namespace {

constexpr uint64_t full_ns = second, begin_ns = 5 * second, end_ns = 30 * second;
constexpr double mss = 1448;

// Segments in flight in the mean. RFC 3819 13 after Mathis et al.; RFC 9438 5.1 with C = 0.4 and
// beta = 0.7, which is as good as Reno at least.
double law(const hrtcp_cc_ops &cc, double loss, double rtt_s)
{
	const double reno = std::sqrt(1.5 / loss);
	const double cubic = 1.054 * std::pow(rtt_s / loss, 0.75);

	return cc.name[0] == 'c' ? std::max(reno, cubic) : reno;
}

// Segments in flight in the mean, as goodput has it.
double window(const hrtcp_cc_ops &cc, bool hr, double loss, uint64_t rtt_ns)
{
	EndConfig a = hr ? plain_end(&cc) : other_end(&cc, 40 * ms), b = a;
	PathConfig there = wire(100, rtt_ns), back = wire(1000, rtt_ns);

	a.program.send_bytes = 1ull << 40;
	a.program.sndbuf_bytes = 1u << 23;
	for (EndConfig *end : {&a, &b})
		end->program.stay = end->unseen = true;
	there.queue_bytes = static_cast<uint32_t>(100e6 / 8 * double(rtt_ns) / 1e9);
	there.loss = loss;
	there.loss_from_ns = full_ns;
	Pair pair(there, back, a, b);
	pair.start();
	pair.run([] { return false; }, start_ns + begin_ns);
	const uint64_t had = pair.server.received();
	pair.run([] { return false; }, start_ns + end_ns);
	return double(pair.server.received() - had) / mss * double(rtt_ns) / double(end_ns - begin_ns);
}

} // namespace

// Where losses come one by one what is measured is close to the law; a timeout now and then, and
// windows too small for three duplicates, make it less.
int check_response()
{
	int wrong = 0;

	for (const char *name : {"reno", "cubic"})
		for (bool hr : {true, false})
			for (double loss : {0.003, 0.01, 0.03})
				for (uint64_t rtt : {20 * ms, 60 * ms}) {
					const hrtcp_cc_ops &cc = *hrtcp_cc_find(name);
					const double fair = law(cc, loss, double(rtt) / 1e9);
					const double is = window(cc, hr, loss, rtt);
					const bool good = is < 1.5 * fair && is > 0.5 * fair;
					std::printf("%-5s %s loss %.1f %%, RTT %2.0f ms: %5.1f segments of %5.1f%s\n",
						    name, hr ? "hrTCP" : "other", loss * 100,
						    double(rtt) / 1e6, is, fair, good ? "" : " NOT FAIR");
					wrong += !good;
				}
	return wrong;
}

} // namespace sim

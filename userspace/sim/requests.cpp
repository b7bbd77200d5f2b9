// SPDX-License-Identifier: GPL-2.0
#include "requests.hpp"

#include <algorithm>
#include <numeric>

namespace sim {

double Answers::mean() const
{
	return ms.empty() ? 0 : std::accumulate(ms.begin(), ms.end(), 0.0) / double(ms.size());
}

double Answers::percentile(double p) const
{
	return ms.empty() ? 0 : ms[size_t(double(ms.size() - 1) * p / 100)];
}

Answers run(const Requests &requests, uint64_t seed)
{
	EndConfig a = requests.client, b = requests.server;
	Answers answers;
	uint64_t total = 0;

	a.program.stay = b.program.stay = true;
	a.program.send_bytes = 0;
	Pair pair(requests.there, requests.back, a, b, seed);
	pair.start();
	pair.run([&] { return pair.client.times().up != 0; });
	for (unsigned i = 0; i < requests.warm + requests.n; i++) {
		const uint64_t begin = pair.clock.now_ns();
		bool due = false;
		total += requests.bytes;
		pair.client.write(requests.bytes);
		pair.run([&] {
			return requests.until_acked ? pair.client.times().acked != 0 :
						      pair.server.received() == total;
		});
		if (requests.answered) {
			pair.server.write(requests.bytes);
			pair.run([&] { return pair.client.received() == total; });
		}
		if (i >= requests.warm)
			answers.ms.push_back(double(pair.clock.now_ns() - begin) / 1e6);
		pair.clock.at(pair.clock.now_ns() + requests.pause_ns, [&due] { due = true; });
		pair.run([&] { return due; });
	}
	std::sort(answers.ms.begin(), answers.ms.end());
	answers.again = pair.client.retransmitted();
	answers.recovery = pair.client.conn().recovery;
	return answers;
}

} // namespace sim

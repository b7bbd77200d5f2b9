// SPDX-License-Identifier: GPL-2.0
// table_goodput.cpp -- how fast each algorithm is, by loss rate and round trip; and what
// reordering does where nothing is lost.
#include "golden.hpp"
#include "pair.hpp"

namespace sim {

namespace {

constexpr uint64_t round_trips[] = {100 * us, ms, 10 * ms, 100 * ms};

struct Result {
	double mbit_s = 0;
	uint64_t again = 0;
	hrtcp_recovery recovery{};
};

Result transfer(const PathConfig &path, const PathConfig &back, const EndConfig &a,
		const EndConfig &b, uint64_t bytes)
{
	EndConfig sender = a;

	sender.program.send_bytes = bytes;
	Pair pair(path, back, sender, b);
	pair.start();
	if (!pair.run([&] { return pair.server.received() == bytes; }))
		return {};
	double ns = double(pair.clock.now_ns() - pair.client.times().up);
	return {double(bytes) * 8000 / ns, pair.client.retransmitted(), pair.client.conn().recovery};
}

} // namespace

std::string table_goodput()
{
	std::string text =
		"Goodput in Mbit/s of 4 MB one way over 1 Gbit/s, from the end of the handshake on. The\n"
		"queue of 256 KB marks above 64 KB what can be marked. Packets are lost at random, there and\n"
		"back, at the rate in the second column; the other columns are round-trip times. More is\n"
		"better.\n\n"
		"algorithm    loss      100 us        1 ms       10 ms      100 ms\n";

	for (const hrtcp_cc_ops *cc : algorithms())
		for (double loss : {0.0, 0.001, 0.01, 0.03, 0.05, 0.1}) {
			text += format("%-10s %4.1f %%", cc->name, loss * 100);
			for (uint64_t rtt : round_trips) {
				PathConfig path = wire(1000, rtt);
				path.loss = loss;
				path.queue_bytes = 256 * 1024;
				path.mark_bytes = 64 * 1024;
				text += format("%12.2f", transfer(path, path, plain_end(cc), plain_end(cc),
								  4u << 20).mbit_s);
			}
			text += "\n";
		}
	return text;
}

std::string table_reordering()
{
	const hrtcp_cc_ops *cc = hrtcp_cc_built_in(0);
	std::string text = format(
		"Reordering: 4 MB one way over 1 Gbit/s with a round trip of 1 ms, nothing lost, by %s.\n"
		"The share in the first column of the packets comes later by the time in the second.\n"
		"Mbit/s, segments sent again (all needlessly), fast recoveries, timeouts, and how many of\n"
		"both were undone; first between two hrTCP ends, then towards a peer without the hrTCP\n"
		"option that withholds ACKs for 40 ms, then one without SACK, too.\n\n"
		"            |            two hrTCP ends            |            another peer              |            without SACK\n"
		"share  late | Mbit/s  again  fast  timeouts undone | Mbit/s  again  fast  timeouts undone | Mbit/s  again  fast  timeouts undone\n",
		cc->name);
	EndConfig plainest = other_end(cc, 40 * ms);
	plainest.cfg.sack = false;

	for (double share : {0.01, 0.05, 0.2})
		for (uint64_t late : {100 * us, 500 * us, ms, 2 * ms, 5 * ms}) {
			PathConfig back = wire(1000, ms), path = back;
			path.reorder = share;
			path.reorder_ns = late;
			text += format("%3.0f %% %4.1f ms", share * 100, double(late) / 1e6);
			for (const EndConfig &peer : {plain_end(cc), other_end(cc, 40 * ms), plainest}) {
				Result r = transfer(path, back, plain_end(cc), peer, 4u << 20);
				text += format(" | %6.1f %6llu %5u %9u %6u", r.mbit_s,
					       static_cast<unsigned long long>(r.again),
					       r.recovery.fast_recoveries, r.recovery.timeouts,
					       r.recovery.undos);
			}
			text += "\n";
		}
	return text;
}

} // namespace sim

// SPDX-License-Identifier: GPL-2.0
// table_sharing.cpp -- long flows through one bottleneck: what BBR believes of it, alone, and how
// two flows of each algorithm share it; what marks leave of it.
#include "golden.hpp"
#include "pair.hpp"

#include <algorithm>

extern "C" {
#include "bbr_view.h"
}

namespace sim {

namespace {

constexpr double payload_share = 1448.0 / 1480;	// of a segment with timestamps; IP is not simulated

// Senders behind wires of their own; the bottleneck's queue holds so many of its BDPs.
class Bottleneck {
public:
	Bottleneck(unsigned flows, const EndConfig &end, double mbit_s, uint64_t rtt_ns, double bdps);
	void begin(unsigned flow);
	void run_until(uint64_t ns, const std::function<void()> &look = {});
	uint64_t received(unsigned flow) const { return flows_[flow].receiver->received(); }
	const hrtcp_conn &conn(unsigned flow) const { return flows_[flow].sender->conn(); }
	uint64_t now_ns() const { return clock_.now_ns() - start_ns; }
	uint64_t dropped() const { return port_.dropped(); }

private:
	Clock clock_;
	Path port_;
	std::vector<Flow> flows_;
};

PathConfig port_of(double mbit_s, uint64_t rtt_ns, double bdps)
{
	PathConfig port = wire(mbit_s, rtt_ns);

	port.queue_bytes = std::max(20000u, uint32_t(bdps * mbit_s * double(rtt_ns) / 8000));
	port.mark_bytes = port.queue_bytes / 4;
	return port;
}

Bottleneck::Bottleneck(unsigned flows, const EndConfig &end, double mbit_s, uint64_t rtt_ns,
		       double bdps)
	: port_(clock_, port_of(mbit_s, rtt_ns, bdps), 1), flows_(flows)
{
	EndConfig sender = end, receiver = end;

	sender.program.send_bytes = 1ull << 40;
	sender.program.sndbuf_bytes = 200000 + uint32_t((bdps + 2) * mbit_s * double(rtt_ns) / 8000);
	sender.program.stay = receiver.program.stay = true;
	for (unsigned i = 0; i < flows; i++) {
		sender.open.ts_offset = i * 123456789;
		flows_[i].up = std::make_unique<Path>(clock_, wire(10000, 0), i + 2);
		flows_[i].back = std::make_unique<Path>(clock_, wire(10000, rtt_ns), i + 2);
		join(flows_[i], i, clock_, port_, sender, receiver);
	}
	port_.connect([this](Bytes packet) { flows_[packet.flow].receiver->receive(std::move(packet)); });
}

void Bottleneck::begin(unsigned flow)
{
	flows_[flow].sender->connect();
}

void Bottleneck::run_until(uint64_t ns, const std::function<void()> &look)
{
	bool over = false;

	clock_.at(start_ns + ns, [&over] { over = true; });
	while (!over && clock_.step())
		if (look)
			look();
}

double mbit_s(uint64_t bytes, uint64_t ns)
{
	return double(bytes) * 8000 / double(ns);
}

// What one flow of BBR came to believe, and when.
struct Belief {
	double left_rtts = 0, left_bw = 0;	// Startup; of what it found then, percent
	double bw = 0, min_rtt = 0, goodput = 0;	// percent of what is true
	double least_rtt = 0;			// that BBR can see, the same
	unsigned probe_rtts = 0;
	uint32_t least_pipe = ~0u;		// in ProbeRTT, segments
};

constexpr uint64_t alone_ns = 12 * second, measured_from_ns = 4 * second;

Belief alone(double rate, uint64_t rtt_ns)
{
	Bottleneck net(1, plain_end(&hrtcp_cc_bbr), rate, rtt_ns, 2);
	const double true_bw = rate * payload_share * 1e6 / 8;
	const double true_rtt = double(rtt_ns) + 1480 * 8000 / rate;
	uint64_t received = 0;
	bool probing = false;
	Belief b;

	const auto look = [&] {
		const bbr_view view = hrtcp_bbr_view(&net.conn(0));
		if (!b.left_bw && !view.startup && view.full_bw) {
			b.left_rtts = double(net.now_ns()) / true_rtt;
			b.left_bw = double(view.bw) / true_bw * 100;
		}
		b.probe_rtts += view.probe_rtt && !probing;
		probing = view.probe_rtt;
		if (probing)
			b.least_pipe = std::min(b.least_pipe, net.conn(0).txq.pipe_bytes / 1448);
	};
	net.begin(0);
	net.run_until(measured_from_ns, look);
	received = net.received(0);
	net.run_until(alone_ns, look);
	const bbr_view view = hrtcp_bbr_view(&net.conn(0));
	b.bw = double(view.bw) / true_bw * 100;
	// Two segments an ACK, and never less than four in flight.
	b.least_rtt = std::max(double(rtt_ns) + 2 * 1480 * 8000 / rate, 4 * 1480 * 8000 / rate) /
		      true_rtt * 100;
	b.min_rtt = double(view.min_rtt_ns) / true_rtt * 100;
	b.goodput = mbit_s(net.received(0) - received, alone_ns - measured_from_ns) /
		    (rate * payload_share) * 100;
	return b;
}

// Startup ends once the path is full, and finds all of it; both estimates hold; ProbeRTT comes
// every five seconds and lets the pipe run down to half its volume.
bool as_the_draft_says(const Belief &b, double rate, uint64_t rtt_ns)
{
	const double bdp = std::max(4.0, rate * double(rtt_ns) / 8000 / 1480 + 1);

	return b.left_rtts < 40 && b.left_bw > 90 && b.left_bw < 110 && b.bw > 90 && b.bw < 110 && b.min_rtt > 99 &&
	       b.min_rtt < b.least_rtt + 10 && b.goodput > 90 && b.probe_rtts == 2 && b.least_pipe <= bdp / 2 + 4;
}

std::string table_alone()
{
	std::string text =
		"BBR alone through a bottleneck whose queue holds two BDPs, 12 s. Round trips until it left\n"
		"Startup, and what it took for the bandwidth then; at the end: its bandwidth and least round\n"
		"trip, all in percent of the true ones; goodput from 4 s on, in percent of the path's; visits\n"
		"to ProbeRTT, and the fewest segments in flight there. Last, whether all of this is within\n"
		"what the draft leads to expect.\n\n"
		"Mbit/s     RTT |  left    found |    bw   rtt  goodput | ProbeRTT  least | as expected\n";

	for (double rate : {1.0, 10.0, 40.0})
		for (uint64_t rtt_ns : {ms, 10 * ms, 100 * ms}) {
			const Belief b = alone(rate, rtt_ns);
			text += format("%6.0f %4.0f ms | %5.1f  %6.1f%% | %5.1f %5.1f   %6.1f | %8u %6u | %s\n",
				       rate, double(rtt_ns) / 1e6, b.left_rtts, b.left_bw, b.bw, b.min_rtt,
				       b.goodput, b.probe_rtts, b.least_pipe,
				       as_the_draft_says(b, rate, rtt_ns) ? "yes" : "NO");
		}
	return text;
}

struct Use {
	double goodput = 0;			// percent of the path's
	double srtt_ms = 0;			// in the mean
};

// One flow whose data is marked from @bdps of queue on; from 4 s to 12 s.
Use under_marks(const EndConfig &end, double rate, uint64_t rtt_ns, double bdps)
{
	Bottleneck net(1, end, rate, rtt_ns, 4 * bdps);
	double sum = 0;
	uint64_t looks = 0;

	net.begin(0);
	net.run_until(measured_from_ns);
	const uint64_t received = net.received(0);
	net.run_until(alone_ns, [&] {
		sum += double(net.conn(0).rtt.srtt_ns) / 1e6;
		looks++;
	});
	return {mbit_s(net.received(0) - received, alone_ns - measured_from_ns) / (rate * payload_share) * 100,
		sum / double(looks)};
}

std::string table_marks()
{
	std::string text =
		"\nOne flow through a bottleneck of 40 Mbit/s and a round trip of 20 ms that marks what waits\n"
		"behind so much of a BDP: goodput from 4 s to 12 s in percent of the path's, and the smoothed\n"
		"round trip in the mean. ABE: a mark takes less than a loss (ecn_abe).\n\n"
		"algorithm  ABE |  0.05 BDP         0.1 BDP          0.5 BDP\n";
	struct { const hrtcp_cc_ops *cc; bool abe; uint8_t ecn; } const rows[] = {
		{&hrtcp_cc_cubic, false, HRTCP_ECN_ASK},	{&hrtcp_cc_cubic, true, HRTCP_ECN_ASK},
		{&hrtcp_cc_reno, false, HRTCP_ECN_ASK},		{&hrtcp_cc_reno, true, HRTCP_ECN_ASK},
		{&hrtcp_cc_dctcp, true, HRTCP_ECN_ACCURATE_ASK}, {&hrtcp_cc_prague, true, HRTCP_ECN_ACCURATE_ASK},
	};

	for (const auto &row : rows) {
		EndConfig end = plain_end(row.cc);
		end.cfg.ecn = row.ecn;
		end.cfg.ecn_abe = row.abe;
		const bool has_abe = row.cc == &hrtcp_cc_cubic || row.cc == &hrtcp_cc_reno;
		text += format("%-10s %3s |", row.cc->name, !has_abe ? "-" : row.abe ? "yes" : "no");
		for (double bdps : {0.05, 0.1, 0.5}) {
			const Use use = under_marks(end, 40, 20 * ms, bdps);
			text += format("%5.1f %% %4.1f ms  ", use.goodput, use.srtt_ms);
		}
		text.erase(text.find_last_not_of(' ') + 1);
		text += "\n";
	}
	return text;
}

struct Share {
	double first = 0, second = 0;		// Mbit/s
	uint64_t dropped = 0;
};

// One begins, the other five seconds later; the last half of 30 s counts.
Share share(const hrtcp_cc_ops *cc, double rate, uint64_t rtt_ns, double bdps)
{
	Bottleneck net(2, plain_end(cc), rate, rtt_ns, bdps);

	net.begin(0);
	net.run_until(5 * second);
	net.begin(1);
	net.run_until(15 * second);
	const uint64_t first = net.received(0), second_ = net.received(1);
	net.run_until(30 * second);
	return {mbit_s(net.received(0) - first, 15 * second),
		mbit_s(net.received(1) - second_, 15 * second), net.dropped()};
}

} // namespace

std::string table_sharing()
{
	std::string text = table_alone() +
		"\nTwo flows of one algorithm through a bottleneck of 10 Mbit/s and a round trip of 20 ms, the\n"
		"second 5 s after the first: Mbit/s of each from 15 to 30 s, Jain's index of fairness, packets\n"
		"dropped; by the queue, in BDPs (marks from a quarter of it on).\n\n"
		"algorithm   queue |  first  second   sum | index  dropped\n";

	for (const hrtcp_cc_ops *cc : algorithms())
		for (double bdps : {0.5, 1.0, 4.0}) {
			const Share s = share(cc, 10, 20 * ms, bdps);
			const double sum = s.first + s.second;
			text += format("%-10s %6.1f | %6.2f  %6.2f %5.1f | %5.3f  %7llu\n", cc->name, bdps,
				       s.first, s.second, sum,
				       sum * sum / (2 * (s.first * s.first + s.second * s.second)),
				       static_cast<unsigned long long>(s.dropped));
		}
	return text + table_marks();
}

} // namespace sim

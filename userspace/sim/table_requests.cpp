// SPDX-License-Identifier: GPL-2.0
// table_requests.cpp -- how long a request takes: with losses, after pauses, and where a device
// merges what arrives.
#include "golden.hpp"
#include "requests.hpp"

namespace sim {

namespace {

constexpr uint32_t segment_bytes = 1448;

EndConfig end(bool hr)
{
	return hr ? plain_end(nullptr) : other_end(nullptr, 40 * ms);
}

Requests between(bool hr, double mbit_s, uint64_t rtt)
{
	Requests r;

	r.there = r.back = wire(mbit_s, rtt);
	r.there.queue_bytes = r.back.queue_bytes = 1u << 22;
	r.client = r.server = end(hr);
	return r;
}

const char *kind(bool hr)
{
	return hr ? "hrTCP" : "other";
}

std::string lossy()
{
	const struct {
		bool hr;
		uint64_t rtt;
		uint32_t segments;
		double loss;
	} rows[] = {
		{true, 10 * ms, 100, 0.03}, {true, 100 * ms, 100, 0.03}, {true, 10 * ms, 4, 0.01},
		{true, 10 * ms, 4, 0.03},   {false, 10 * ms, 100, 0.01}, {false, 10 * ms, 100, 0.03},
		{false, 100 * ms, 20, 0.03}, {false, 100 * ms, 4, 0.03}, {false, 10 * ms, 4, 0.01},
	};
	std::string text =
		"Requests over 1 Gbit/s, 500 in a row, data lost at random: milliseconds until all of one has\n"
		"arrived; segments sent again and timeouts of all. Both ends are hrTCP, or both are without\n"
		"the hrTCP option and withhold ACKs for 40 ms. Less is better.\n\n"
		"ends   RTT ms  segments   loss |     mean      p50      p99 |  again  timeouts  undone\n";

	for (const auto &row : rows) {
		Requests r = between(row.hr, 1000, row.rtt);
		r.there.loss = row.loss;
		r.bytes = row.segments * segment_bytes;
		r.n = 500;
		const Answers a = run(r);
		text += format("%-5s  %6.1f  %8u  %3.0f %% | %8.2f %8.2f %8.2f | %6llu  %8u  %6u\n",
			       kind(row.hr), double(row.rtt) / 1e6, row.segments, row.loss * 100, a.mean(),
			       a.percentile(50), a.percentile(99), static_cast<unsigned long long>(a.again),
			       a.recovery.timeouts, a.recovery.undos);
	}
	return text;
}

std::string back_and_forth()
{
	const struct {
		bool hr;
		uint64_t rtt;
		double loss;
	} rows[] = {
		{true, 130 * us, 0.001}, {true, 130 * us, 0.01}, {true, 130 * us, 0.05},
		{true, 130 * us, 0.2},	 {true, 20 * ms, 0.05},	 {false, 130 * us, 0.01},
		{false, 130 * us, 0.05}, {false, 20 * ms, 0.05},
	};
	std::string text =
		"\n64 octets there and back over 10 Gbit/s, 10,000 times, segments lost at random either way:\n"
		"milliseconds that one takes. Less is better.\n\n"
		"ends   RTT ms   loss |    p50     p99    p99.9 | timeouts  undone\n";

	for (const auto &row : rows) {
		Requests r = between(row.hr, 10000, row.rtt);
		r.there.loss = r.back.loss = row.loss;
		r.there.loss_from_ns = r.back.loss_from_ns = 2 * row.rtt;
		r.bytes = 64;
		r.n = 10000;
		r.answered = true;
		const Answers a = run(r);
		text += format("%-5s  %6.2f  %3g %% | %6.2f %7.2f %8.2f | %8u  %6u\n", kind(row.hr),
			       double(row.rtt) / 1e6, row.loss * 100, a.percentile(50), a.percentile(99),
			       a.percentile(99.9), a.recovery.timeouts, a.recovery.undos);
	}
	return text;
}

std::string after_pauses()
{
	const struct {
		bool hr;
		uint64_t rtt;
		uint32_t kb;
		uint64_t pause;
	} rows[] = {
		{true, 200 * us, 200, 2 * ms},	 {true, 10 * ms, 200, 5 * ms},
		{true, 10 * ms, 200, 300 * ms},	 {true, 10 * ms, 200, 5 * second},
		{false, 200 * us, 200, 60 * ms}, {false, 10 * ms, 200, 60 * ms},
		{false, 80 * ms, 500, 150 * ms}, {false, 80 * ms, 500, 5 * second},
	};
	std::string text =
		"\nRequests over 10 Gbit/s without loss, 50 in a row, each after a pause, once ten have opened\n"
		"the window: round trips that one takes until all is acknowledged. 1 is best.\n\n"
		"ends   RTT ms    KB   pause ms |   mean    p99\n";

	for (const auto &row : rows) {
		Requests r = between(row.hr, 10000, row.rtt);
		r.bytes = row.kb * 1000;
		r.pause_ns = row.pause;
		r.warm = 10;
		r.n = 50;
		r.until_acked = true;
		const Answers a = run(r);
		const double rtt_ms = double(row.rtt) / 1e6;
		text += format("%-5s  %6.1f  %4u  %9.0f | %6.2f %6.2f\n", kind(row.hr), rtt_ms, row.kb,
			       double(row.pause) / 1e6, a.mean() / rtt_ms, a.percentile(99) / rtt_ms);
	}
	return text;
}

std::string merged()
{
	const struct {
		const char *name;
		uint16_t mss;		// that the receiver advertises
		uint64_t gro_ns;
		uint32_t segments;
	} rows[] = {
		{"nothing is merged", 1460, 0, 2},   {"GRO", 1460, 50 * us, 2},
		{"GRO, MTU 9000 there", 8960, 50 * us, 2}, {"nothing is merged", 1460, 0, 200},
		{"GRO", 1460, 50 * us, 200},	     {"GRO, MTU 9000 there", 8960, 50 * us, 200},
	};
	std::string text =
		"\nRequests over 1 Gbit/s without loss and a round trip of 1 ms, 100 in a row after one of 200\n"
		"segments, to an end that withholds ACKs for 40 ms and whose device merges segments as GRO\n"
		"does: milliseconds until one is acknowledged. No ACK should wait for its timer.\n\n"
		"receiver               segments |    mean     p99\n";

	for (const auto &row : rows) {
		Requests r = between(false, 1000, ms);
		r.server.open.mss_advertise = row.mss;
		r.server.gro_ns = row.gro_ns;
		r.bytes = row.segments * segment_bytes;
		r.pause_ns = 50 * ms;
		r.warm = row.segments > 2;
		r.until_acked = true;
		const Answers a = run(r);
		text += format("%-22s %8u | %7.3f %7.3f\n", row.name, row.segments, a.mean(),
			       a.percentile(99));
	}
	return text;
}

} // namespace

std::string table_requests()
{
	return lossy() + back_and_forth() + after_pauses() + merged();
}

} // namespace sim

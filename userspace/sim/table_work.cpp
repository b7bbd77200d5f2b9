// SPDX-License-Identifier: GPL-2.0
// table_work.cpp -- what an ACK costs: how many nodes of the send queue are looked at for it.
#include "golden.hpp"
#include "pair.hpp"
#include "work_sender.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <random>

namespace sim {

namespace {

void add(Cost &cost, uint64_t looks)
{
	cost.acks++;
	cost.sum += looks;
	cost.most = std::max(cost.most, looks);
}

std::string cell(const Cost &cost)
{
	return format(" | %7.1f %8llu", double(cost.sum) / double(std::max<uint64_t>(cost.acks, 1)),
		      static_cast<unsigned long long>(cost.most));
}

// -- an honest peer ------------------------------------------------------------------------

// What has arrived, as RFC 2018 wants it told.
class Receiver {
public:
	// Return: whether an ACK leaves.
	bool take(Range r)
	{
		const bool hole = !runs_.empty() || r.start != nxt_;
		auto after = runs_.upper_bound(r.start);
		if (r.end <= nxt_)
			return true;
		recent_.push_front(r.start);
		if (after != runs_.begin() && std::prev(after)->second >= r.start)
			r.start = (--after)->first;
		while (after != runs_.end() && after->first <= r.end) {
			r.end = std::max(r.end, after->second);
			after = runs_.erase(after);
		}
		if (r.start <= nxt_)
			nxt_ = r.end;
		else
			runs_[r.start] = r.end;
		return hole || ++owed_ % 2 == 0;
	}
	uint32_t nxt() const { return nxt_; }
	// The latest first; no timestamps are beside them.
	std::vector<Range> blocks()
	{
		std::vector<Range> told;
		std::deque<uint32_t> keep;
		for (const uint32_t at : recent_) {
			auto run = runs_.upper_bound(at);
			if (run == runs_.begin() || told.size() == HRTCP_SACK_BLOCKS)
				continue;
			--run;
			const bool again = std::any_of(told.begin(), told.end(), [&](const Range &b) {
				return b.start == run->first;
			});
			if (run->second <= at || again)
				continue;
			told.push_back({run->first, run->second});
			keep.push_back(at);
		}
		recent_ = keep;
		return told;
	}

private:
	std::map<uint32_t, uint32_t> runs_;	// beyond a hole: start and end
	std::deque<uint32_t> recent_;		// what came lately, in different runs
	uint32_t nxt_ = 0, owed_ = 0;
};

struct Ack {
	uint64_t at_ns;
	uint32_t una;
	std::vector<Range> blocks;
};

// A wire at @mbit_s with a queue: every 64th segment of the second window is lost.
class Wire {
public:
	Wire(double mbit_s, uint64_t rtt_ns)
		: segments_(static_cast<uint32_t>(mbit_s * double(rtt_ns) / 8e3 / 1500)),
		  segment_ns_(12e6 / mbit_s), rtt_ns_(rtt_ns), sender_(segments_, 44, start_ns)
	{
	}
	// Until all of the second window has arrived. Return: the cost of ACKs in recovery.
	Cost run()
	{
		Cost cost;
		forward(start_ns);
		while (sender_.una() < 2 * segments_ * work_mss) {
			const uint64_t data_ns = data_.empty() ? HRTCP_NEVER : data_.front().first;
			const uint64_t ack_ns = acks_.empty() ? HRTCP_NEVER : acks_.front().at_ns;
			const uint64_t now = std::min({data_ns, ack_ns, sender_.wake_ns()});
			if (now == data_ns)
				arrive(now);
			else if (now == ack_ns)
				acknowledge(now, cost);
			else
				sender_.wake(now);
			forward(now);
		}
		return cost;
	}
	uint32_t segments() const { return segments_; }

private:
	void forward(uint64_t now)
	{
		for (const Range &r : sender_.take_sent())
			for (uint32_t at = r.start; at < r.end; at += work_mss) {
				const bool again = at < sent_end_;
				const bool second = at / work_mss / segments_ == 1;
				free_ns_ = std::max(free_ns_, double(now)) + segment_ns_;
				sent_end_ = std::max(sent_end_, at + work_mss);
				if (again || !second || at / work_mss % 64)
					data_.push_back({uint64_t(free_ns_) + rtt_ns_ / 2, {at, at + work_mss}});
			}
	}
	void arrive(uint64_t now)
	{
		if (receiver_.take(data_.front().second))
			acks_.push_back({now + rtt_ns_ / 2, receiver_.nxt(), receiver_.blocks()});
		data_.pop_front();
	}
	void acknowledge(uint64_t now, Cost &cost)
	{
		const bool before = sender_.conn().recovery.state == HRTCP_R_RECOVERY;
		const uint64_t looks = sender_.ack(now, acks_.front().una, acks_.front().blocks);
		if (before || sender_.conn().recovery.state == HRTCP_R_RECOVERY)
			add(cost, looks);
		acks_.pop_front();
	}

	uint32_t segments_;
	double segment_ns_, free_ns_ = 0;
	uint64_t rtt_ns_;
	uint32_t sent_end_ = 0;
	std::deque<std::pair<uint64_t, Range>> data_;
	std::deque<Ack> acks_;
	Receiver receiver_;
	Sender sender_;
};

// -- others --------------------------------------------------------------------------------

constexpr uint32_t window = 90000, steps = 20000;	// segments, ACKs
constexpr uint64_t rtt_ns = 100 * ms;

// A window that left little by little, and a peer that says of it what it likes.
struct Siege {
	Sender s;
	Cost cost;
	uint64_t now = start_ns;
	uint32_t base;			// SND.UNA at the beginning, in segments
	std::mt19937 generator{1};

	explicit Siege(uint32_t piece) : s(window, piece, start_ns)
	{
		now += rtt_ns;
		for (base = 0; base < window; base += piece)
			s.ack(tick(), (base + piece) * work_mss, {});
		now += rtt_ns / 2;
	}
	uint64_t tick() { return now += rtt_ns / window; }
	uint32_t octet(uint32_t segment) const { return (base + segment) * work_mss; }
	Range segments(uint32_t from, uint32_t to) const { return {octet(from), octet(to)}; }
	uint32_t pick(uint32_t n) { return static_cast<uint32_t>(generator() % n); }
	// Any octets of the window but of its first segment.
	Range any()
	{
		const uint32_t n = (window - 1) * work_mss, a = pick(n), b = pick(n);
		return {octet(1) + std::min(a, b), octet(1) + std::max(a, b) + 1};
	}
	void ack(uint32_t segments, const std::vector<Range> &blocks)
	{
		add(cost, s.ack(tick(), octet(segments), blocks));
	}
	// One that is not counted.
	void prepare(uint32_t segments, const std::vector<Range> &blocks)
	{
		s.ack(tick(), octet(segments), blocks);
	}
	// Every second segment of the window, uncounted.
	void prepare_every_second()
	{
		for (uint32_t i = 1; i + 6 < window; i += 6)
			prepare(0, {segments(i, i + 1), segments(i + 2, i + 3), segments(i + 4, i + 5)});
	}
	void time_out()
	{
		const uint32_t before = s.conn().recovery.timeouts;
		while (s.conn().recovery.timeouts == before)
			s.wake(now = std::max(now, s.wake_ns()));
	}
};

struct Attack {
	const char *name;
	void (*run)(Siege &w);
};

const Attack attacks[] = {
	{"the same four blocks", [](Siege &w) {
		const std::vector<Range> same = {w.segments(1, 20000), w.segments(20001, 40000),
						 w.segments(40001, 60000), w.segments(60001, window)};
		w.prepare(0, same);
		for (uint32_t i = 0; i < steps; i++)
			w.ack(0, same);
	}},
	{"four blocks of any bounds", [](Siege &w) {
		for (uint32_t i = 0; i < steps; i++)
			w.ack(0, {w.any(), w.any(), w.any(), w.any()});
	}},
	{"... over what is held", [](Siege &w) {
		w.prepare(0, {w.segments(1, window)});
		for (uint32_t i = 0; i < steps; i++)
			w.ack(0, {w.any(), w.any(), w.any(), w.any()});
	}},
	{"... of every second segment", [](Siege &w) {
		w.prepare_every_second();
		for (uint32_t i = 0; i < steps; i++) {
			const uint32_t at[] = {1 + w.pick(window - 1) / 2 * 2, 1 + w.pick(window - 1) / 2 * 2};
			w.ack(0, {w.segments(at[0], at[0] + 1), w.segments(at[1], at[1] + 1)});
		}
	}},
	{"all but the first, and less", [](Siege &w) {
		for (uint32_t i = 0; i < steps; i++)
			w.ack(0, {w.segments(1, window - i % 2), w.segments(1 + i % 3, window)});
	}},
	{"a segment more each time", [](Siege &w) {
		for (uint32_t i = 0; i < steps; i++)
			w.ack(0, {w.segments(40000, 40001 + i)});
	}},
	{"a segment more, downwards", [](Siege &w) {
		for (uint32_t i = 0; i < steps; i++)
			w.ack(0, {w.segments(window - 1 - i, window)});
	}},
	{"every second segment", [](Siege &w) {
		for (uint32_t i = 0; i < steps; i++)
			w.ack(0, {w.segments(2 * i + 1, 2 * i + 2)});
	}},
	{"... downwards", [](Siege &w) {
		for (uint32_t i = 0; i < steps; i++)
			w.ack(0, {w.segments(window - 2 * i - 1, window - 2 * i)});
	}},
	{"... and one acknowledged a time", [](Siege &w) {
		w.prepare_every_second();
		for (uint32_t i = 1; i <= steps; i++)
			w.ack(i, {w.segments(i + 2 - i % 2, i + 3 - i % 2)});
	}},
	{"D-SACKs of what it likes", [](Siege &w) {
		w.prepare(window / 2, {});
		for (uint32_t i = 0; i < steps; i++) {
			const uint32_t from = w.pick(window / 2);
			w.ack(window / 2, {w.segments(from, from + 1 + w.pick(window / 2 - from)),
					   w.segments(window / 2 + 1 + i, window / 2 + 2 + i)});
		}
	}},
	{"four of any, after a timeout", [](Siege &w) {
		w.prepare_every_second();
		w.time_out();
		for (uint32_t i = 0; i < steps; i++)
			w.ack(0, {w.any(), w.any(), w.any(), w.any()});
	}},
	{"a segment a time, after it", [](Siege &w) {
		w.prepare_every_second();
		w.time_out();
		for (uint32_t i = 1; i <= steps; i++)
			w.ack(i, {w.segments(i + 1, i + 2)});
	}},
};

Cost siege(const Attack &attack, uint32_t piece)
{
	Siege w(piece);

	attack.run(w);
	return w.cost;
}

} // namespace

std::string table_work()
{
	std::string text =
		"What an ACK costs, with all that is sent upon it: nodes of the send queue that are looked\n"
		"at, on the average and at most. Less is better; what must not be is that it grows with the\n"
		"window. A node is looked at when it is marked, too, so that an ACK which tells of many\n"
		"costs as much.\n\n"
		"Recovery: every 64th segment of a window is lost. Writes of 64 KB.\n\n"
		"  path                window |    ACKs | average     most\n";

	for (auto [mbit_s, rtt] : {std::pair{100.0, 20 * ms}, {1000.0, 20 * ms}, {1000.0, 80 * ms},
				   {10000.0, 10 * ms}, {10000.0, 100 * ms}}) {
		Wire w(mbit_s, rtt);
		const Cost cost = w.run();
		text += format("%6.0f Mbit/s %4.0f ms %7u | %7llu", mbit_s, double(rtt) / 1e6,
			       w.segments(), static_cast<unsigned long long>(cost.acks)) +
			cell(cost) + "\n";
	}
	text += format("\nA peer that wants to be expensive: %u segments in flight, %u ACKs. In nodes of one\n"
		       "segment, and of 44.\n\n"
		       "  what it SACKs                 | average     most | average     most\n",
		       window, steps);
	for (const Attack &attack : attacks)
		text += format("%-31s", attack.name) + cell(siege(attack, 1)) + cell(siege(attack, 44)) +
			"\n";
	return text;
}

} // namespace sim

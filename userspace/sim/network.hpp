// SPDX-License-Identifier: GPL-2.0
// network.hpp -- the virtual clock and the path between two ends: bandwidth, delay, queue,
// loss, reordering, duplication and corruption, all from one seed.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <random>
#include <vector>

namespace sim {

// TCP header and payload; the checksum covers just that. `ecn`: what IP would carry.
struct Bytes : std::vector<uint8_t> {
	using std::vector<uint8_t>::vector;
	uint8_t ecn = 0;
	bool again = false;	// the sender sends it not for the first time
	uint16_t pkts = 0;	// merged on arrival of so many; 0: one
	uint32_t flow = 0;	// whose it is, on a path that several connections share
	uint32_t unseen = 0;	// octets of payload that are not stored, ...
	uint64_t offset = 0;	// ... of which the first stands here in the stream
	size_t wire_size() const { return size() + unseen; }
};

// What happens when, in order of time and, at one time, of asking.
class Clock {
public:
	static constexpr uint64_t start_ns = 1000000000; // the core's clock never stands at 0
	uint64_t now_ns() const { return now_; }
	void at(uint64_t ns, std::function<void()> what);
	bool idle() const { return events_.empty(); }
	// Run the next event. False: none is left.
	bool step();
	// Events since time last moved: a livelock shows here.
	uint64_t at_one_time() const { return at_one_time_; }

private:
	struct Event {
		uint64_t at, order;
		std::function<void()> what;
		bool operator>(const Event &other) const
		{
			return at != other.at ? at > other.at : order > other.order;
		}
	};
	std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
	uint64_t now_ = start_ns;
	uint64_t order_ = 0, at_one_time_ = 0;
};

// Middleboxes that know nothing of Accurate ECN: they clear the bit that was reserved, clear the
// two of IP, take out the option, or swallow what has it.
enum { MEDDLE_AE = 1, MEDDLE_IP = 2, MEDDLE_OPTION = 4, MEDDLE_SWALLOW = 8 };

struct PathConfig {
	uint64_t delay_ns = 50000;
	double ns_per_byte = 1;		// 8 Gbit/s
	uint32_t queue_bytes = 1u << 20; // beyond it packets are dropped
	uint32_t mark_bytes = 0;	// a queue longer than this marks ECT packets, 0: never
	double loss = 0;		// each packet on its own, ...
	uint64_t loss_from_ns = 0;	// ... from so long after the start on
	double burst = 0;		// Gilbert-Elliott: into the bad state, by packet, ...
	uint64_t burst_ns = 0;		// ... out of it after so long in the mean, ...
	double burst_loss = 0.8;	// ... and what is lost in it
	uint64_t drop_nth = 0;		// bit n: the packet n of the first 64 is lost
	double loss_again = 0;		// of what is sent again, beside all other loss
	double reorder = 0, duplicate = 0, corrupt = 0;
	uint64_t reorder_ns = 200000;	// how much later a reordered packet comes
	uint8_t meddle = 0;		// mask of MEDDLE_*: what lies on the way
	uint64_t swell_ns = 0;		// added to the delay ...
	uint64_t swell_from_ns = 0, swell_to_ns = 0; // ... between these times after the start
	double ghost = 0;		// of those that arrive a copy comes ...
	uint64_t ghost_ns = 0;		// ... so much later
	uint64_t out_from_ns = 0, out_to_ns = 0; // nothing arrives between these times after the start
	uint64_t heal_ns = ~0ull;	// then, after the start, chance does no more harm
};

// One direction.
class Path {
public:
	using Receiver = std::function<void(Bytes)>;
	Path(Clock &clock, const PathConfig &config, uint64_t seed)
		: clock_(clock), config_(config), random_(seed) {}
	void connect(Receiver receiver) { receiver_ = std::move(receiver); }
	// Return: how often it arrives, as it was sent.
	int send(Bytes packet);
	// Scripted loss: drop the packets for which this says so, before chance has a say.
	void drop_if(std::function<bool(const Bytes &)> filter) { filter_ = std::move(filter); }
	// While it is calm chance does no harm.
	void calm(bool on) { calm_ = on; }
	// Told of each packet that does not arrive.
	void witness(std::function<void(const Bytes &, const char *why)> witness)
	{
		witness_ = std::move(witness);
	}
	uint64_t dropped() const { return dropped_; }	// by the queue
	// When the last packet was lost or corrupted; 0: none was.
	uint64_t trouble_ns() const { return trouble_ns_; }

private:
	double below_one();
	bool chance(double p);
	bool lost(bool again);
	bool drop(const Bytes &packet, const char *why);
	bool deliver(Bytes packet, uint64_t at);
	void heal();

	Clock &clock_;
	PathConfig config_;
	std::mt19937_64 random_;
	Receiver receiver_;
	std::function<bool(const Bytes &)> filter_;
	std::function<void(const Bytes &, const char *)> witness_;
	uint64_t free_at_ = 0;	// the wire is busy until then
	uint64_t sent_ = 0, dropped_ = 0;
	uint64_t bad_until_ = 0; // Gilbert-Elliott
	bool calm_ = false;
	uint64_t trouble_ns_ = 0;
};

// RFC 1071 over the octets as they stand; 0 for a packet whose checksum field is right.
uint16_t checksum(const Bytes &packet);

// What @packet is after the middleboxes of @mask. False: nothing.
bool meddle(Bytes &packet, uint8_t mask);

} // namespace sim

// SPDX-License-Identifier: GPL-2.0
#include "network.hpp"

#include <algorithm>
#include <cstring>

namespace sim {

void Clock::at(uint64_t ns, std::function<void()> what)
{
	events_.push({std::max(ns, now_), order_++, std::move(what)});
}

bool Clock::step()
{
	if (events_.empty())
		return false;
	Event event = std::move(const_cast<Event &>(events_.top())); // popped before anyone looks
	events_.pop();
	at_one_time_ = event.at == now_ ? at_one_time_ + 1 : 0;
	now_ = event.at;
	event.what();
	return true;
}

double Path::below_one()
{
	return double(random_() >> 11) * 0x1p-53; // the same with every library
}

bool Path::chance(double p)
{
	return p > 0 && !calm_ && below_one() < p;
}

bool Path::lost(bool again)
{
	uint64_t n = sent_++;

	if (n < 64 && config_.drop_nth >> n & 1)
		return true;
	bool bad = clock_.now_ns() < bad_until_;
	if (!bad && chance(config_.burst)) {
		bad = true;
		bad_until_ = clock_.now_ns() +
			     static_cast<uint64_t>(2 * below_one() * double(config_.burst_ns));
	}
	bool begun = clock_.now_ns() - Clock::start_ns >= config_.loss_from_ns;
	return (begun && chance(config_.loss)) || (bad && chance(config_.burst_loss)) ||
	       (again && chance(config_.loss_again));
}

// A bit that turns over, in the header or behind it: the checksum always shows one.
static void corrupt(Bytes &packet, uint64_t where)
{
	uint64_t bit = where % (packet.size() * 8);

	packet[bit / 8] ^= static_cast<uint8_t>(1u << bit % 8);
}

// Return: false, as who sent it is told.
bool Path::drop(const Bytes &packet, const char *why)
{
	trouble_ns_ = clock_.now_ns();
	if (witness_)
		witness_(packet, why);
	return false;
}

bool Path::deliver(Bytes packet, uint64_t at)
{
	bool whole = true;

	if (chance(config_.reorder))
		at += config_.reorder_ns;
	if (chance(config_.corrupt)) {
		corrupt(packet, random_());
		whole = drop(packet, "corrupted");
	}
	clock_.at(at, [this, packet = std::move(packet)]() mutable { receiver_(std::move(packet)); });
	return whole;
}

void Path::heal()
{
	config_.loss = config_.burst = config_.loss_again = 0;
	config_.reorder = config_.duplicate = config_.corrupt = config_.ghost = 0;
	config_.drop_nth = 0;
	bad_until_ = 0;
	config_.heal_ns = ~0ull;
}

int Path::send(Bytes packet)
{
	uint64_t now = clock_.now_ns(), start = std::max(now, free_at_), delay = config_.delay_ns;
	double waiting = double(start - now);

	if (now - Clock::start_ns >= config_.heal_ns)
		heal();
	if (now - Clock::start_ns >= config_.swell_from_ns && now - Clock::start_ns < config_.swell_to_ns)
		delay += config_.swell_ns;

	if (now - Clock::start_ns >= config_.out_from_ns && now - Clock::start_ns < config_.out_to_ns)
		return drop(packet, "lost in the outage");
	if (filter_ && filter_(packet))
		return drop(packet, "lost by script");
	if (config_.meddle && !meddle(packet, config_.meddle))
		return drop(packet, "swallowed for its option");
	if (waiting > config_.queue_bytes * config_.ns_per_byte) {
		dropped_++;
		return drop(packet, "queue full");
	}
	if (config_.mark_bytes && !calm_ && packet.ecn && waiting > config_.mark_bytes * config_.ns_per_byte)
		packet.ecn = 3;
	free_at_ = start + static_cast<uint64_t>(double(packet.wire_size()) * config_.ns_per_byte);
	if (lost(packet.again))
		return drop(packet, "lost");
	bool twice = chance(config_.duplicate);
	twice = twice && deliver(packet, free_at_ + delay);
	if (chance(config_.ghost))
		twice |= deliver(packet, free_at_ + delay + config_.ghost_ns);
	return deliver(std::move(packet), free_at_ + delay) + twice;
}

// Eight octets at a time, in the machine's order: the sum does not care, but for its own.
uint16_t checksum(const Bytes &packet)
{
	uint64_t sum = 0, word;
	size_t at = 0;

	for (; at + 8 <= packet.size(); at += 8) {
		std::memcpy(&word, packet.data() + at, 8);
		sum += (word >> 32) + (word & 0xffffffff);
	}
	word = 0;
	if (at < packet.size())
		std::memcpy(&word, packet.data() + at, packet.size() - at);
	sum += (word >> 32) + (word & 0xffffffff);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	uint8_t octets[2];
	auto folded = static_cast<uint16_t>(~sum);
	std::memcpy(octets, &folded, 2);
	return static_cast<uint16_t>(octets[0] << 8 | octets[1]);
}

} // namespace sim

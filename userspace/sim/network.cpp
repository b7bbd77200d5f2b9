// SPDX-License-Identifier: GPL-2.0
#include "network.hpp"

#include <algorithm>

namespace sim {

void Clock::at(uint64_t ns, std::function<void()> what)
{
	events_.push({std::max(ns, now_), order_++, std::move(what)});
}

bool Clock::step()
{
	if (events_.empty())
		return false;
	Event event = events_.top();
	events_.pop();
	now_ = event.at;
	event.what();
	return true;
}

bool Path::chance(double p)
{
	return p > 0 && std::uniform_real_distribution<>(0, 1)(random_) < p;
}

void Path::deliver(Bytes packet, uint64_t at)
{
	if (chance(config_.reorder))
		at += config_.reorder_ns;
	if (chance(config_.corrupt)) {
		uint64_t bit = random_() % (packet.size() * 8);
		packet[bit / 8] ^= static_cast<uint8_t>(1u << bit % 8);
	}
	clock_.at(at, [this, packet = std::move(packet)]() mutable { receiver_(std::move(packet)); });
}

void Path::send(Bytes packet)
{
	uint64_t now = clock_.now_ns(), start = std::max(now, free_at_);

	if (filter_ && filter_(packet))
		return;
	if ((start - now) > config_.queue_bytes * config_.ns_per_byte)
		return; // the queue is full
	if (config_.mark_bytes && packet.ecn &&
	    start - now > config_.mark_bytes * config_.ns_per_byte)
		packet.ecn = 3;
	free_at_ = start + packet.size() * config_.ns_per_byte;
	if (chance(config_.loss))
		return;
	if (chance(config_.duplicate))
		deliver(packet, free_at_ + config_.delay_ns);
	deliver(std::move(packet), free_at_ + config_.delay_ns);
}

uint16_t checksum(const Bytes &packet)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < packet.size(); i++)
		sum += i % 2 ? packet[i] : uint32_t(packet[i]) << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return static_cast<uint16_t>(~sum);
}

} // namespace sim

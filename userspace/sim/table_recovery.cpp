// SPDX-License-Identifier: GPL-2.0
// table_recovery.cpp -- what it costs to lose this segment or that one.
#include "golden.hpp"
#include "pair.hpp"

#include <map>

namespace sim {

namespace {

constexpr uint32_t segments = 10, segment_bytes = 1448;	// an initial window

// A packet on its way, as a loss script sees it.
struct Sight {
	bool from_client;
	hrtcp_seg seg;
	uint32_t n;		// data: which segment of the window, from 0
	uint32_t time;		// how often this one was seen, from 1
	bool repeated;		// the client has sent data again
};

enum class Until { delivered, acked, client_up, server_up, server_eof };

struct Script {
	const char *name;
	Until until;
	bool (*lost)(const Sight &s);
	bool known = false;	// earlier connections have learned the round trip
};

bool data(const Sight &s)
{
	return s.from_client && s.seg.len;
}

bool first_time(const Sight &s)
{
	return data(s) && s.time == 1;
}

const Script scripts[] = {
	{"nothing, all", Until::delivered, [](const Sight &) { return false; }},
	{"last segment", Until::delivered,
	 [](const Sight &s) { return first_time(s) && s.n == segments - 1; }},
	{"last but one", Until::delivered,
	 [](const Sight &s) { return first_time(s) && s.n == segments - 2; }},
	{"last two", Until::delivered,
	 [](const Sight &s) { return first_time(s) && s.n >= segments - 2; }},
	{"first of the window", Until::delivered,
	 [](const Sight &s) { return first_time(s) && s.n == 0; }},
	{"every second one", Until::delivered,
	 [](const Sight &s) { return first_time(s) && s.n % 2 == 1; }},
	{"whole window", Until::delivered, [](const Sight &s) { return first_time(s); }},
	{"last, and sent again", Until::delivered,
	 [](const Sight &s) { return data(s) && s.n == segments - 1 && s.time <= 2; }},
	{"first, and sent again", Until::delivered,
	 [](const Sight &s) { return data(s) && s.n == 0 && s.time <= 2; }},
	{"ACKs till a repeat, all", Until::acked,
	 [](const Sight &s) { return !s.from_client && !s.seg.len && s.seg.ack.v > 1 && !s.repeated; }},
	{"SYN", Until::client_up,
	 [](const Sight &s) { return s.from_client && s.seg.flags & HRTCP_SYN && s.time == 1; }},
	{"SYN,ACK", Until::client_up,
	 [](const Sight &s) { return !s.from_client && s.seg.flags & HRTCP_SYN && s.time == 1; }},
	{"SYN to a known peer", Until::client_up,
	 [](const Sight &s) { return s.from_client && s.seg.flags & HRTCP_SYN && s.time == 1; }, true},
	{"SYN,ACK to a known peer", Until::client_up,
	 [](const Sight &s) { return !s.from_client && s.seg.flags & HRTCP_SYN && s.time == 1; }, true},
	{"ACK of the handshake", Until::server_up,
	 [](const Sight &s) {
		 return s.from_client && s.seg.flags == HRTCP_ACK && !s.seg.len && s.time == 1;
	 }},
	{"FIN", Until::server_eof,
	 [](const Sight &s) { return s.from_client && s.seg.flags & HRTCP_FIN && s.time == 1; }},
};

class Watcher {
public:
	explicit Watcher(const Script &script) : script_(script) {}
	bool lost(bool from_client, const Bytes &packet)
	{
		Sight s{from_client, {}, 0, 0, false};
		auto size = static_cast<uint32_t>(packet.size());

		hrtcp_wire_parse(packet.data(), size, size, &s.seg);
		s.n = (s.seg.seq.v - 1) / segment_bytes;
		s.time = ++seen_[{from_client, s.seg.flags & (HRTCP_SYN | HRTCP_FIN), s.seg.len != 0,
				  s.seg.seq.v}];
		repeated_ |= data(s) && s.time > 1;
		s.repeated = repeated_;
		return script_.lost(s);
	}

private:
	const Script &script_;
	std::map<std::tuple<bool, int, bool, uint32_t>, uint32_t> seen_;
	bool repeated_ = false;
};

struct Result {
	uint64_t ns = 0;	// 0: never
	uint64_t again = 0;
	uint32_t timeouts = 0;
};

uint64_t when(const Pair &pair, Until until)
{
	switch (until) {
	case Until::delivered:
		return pair.server.received() == segments * segment_bytes ? pair.server.times().received
									   : 0;
	case Until::acked:
		return pair.client.times().acked;
	case Until::client_up:
		return pair.client.times().up;
	case Until::server_up:
		return pair.server.times().up;
	case Until::server_eof:
		return pair.server.times().eof;
	}
	return 0;
}

Result play(const Script &script, const EndConfig &peer, uint64_t rtt)
{
	EndConfig a = plain_end(nullptr), b = peer;
	bool fin = script.until == Until::server_eof;
	uint64_t begin = fin || script.until >= Until::client_up ? 0 : 4 * rtt;
	Watcher watcher(script);

	a.program.stay = b.program.stay = !fin;
	if (script.until == Until::delivered || script.until == Until::acked) {
		a.program.send_bytes = segments * segment_bytes;
		a.program.begin_ns = begin;
	}
	if (script.known) {
		a.learned.taken_ns = b.learned.taken_ns = start_ns;
		a.learned.srtt_ns = b.learned.srtt_ns = rtt;
	}
	PathConfig path = wire(10000, rtt);
	Pair pair(path, path, a, b);
	pair.there.drop_if([&](const Bytes &packet) { return watcher.lost(true, packet); });
	pair.back.drop_if([&](const Bytes &packet) { return watcher.lost(false, packet); });
	pair.start();
	uint64_t limit = pair.clock.now_ns() + 300 * second;
	pair.run([&] { return when(pair, script.until) != 0; }, limit);
	uint64_t at = when(pair, script.until);
	/* what was sent needlessly shows later */
	pair.run([] { return false; }, pair.clock.now_ns() + 2 * second);
	return {at ? at - start_ns - begin : 0, pair.client.retransmitted() + pair.server.retransmitted(),
		pair.client.conn().recovery.timeouts};
}

EndConfig without_sack(uint64_t delack_ns)
{
	EndConfig end = other_end(nullptr, delack_ns);

	end.cfg.sack = false;
	return end;
}

std::string row(const Script &script, const std::vector<EndConfig> &peers, uint64_t rtt)
{
	static const Script &nothing = scripts[0];
	bool in_all = &script == &nothing || script.until == Until::acked;
	std::string text = format("%-24s", script.name);

	for (const EndConfig &peer : peers) {
		Script lossless = script;
		lossless.lost = nothing.lost;
		Result bad = play(script, peer, rtt), good = play(lossless, peer, rtt);
		auto ns = static_cast<int64_t>(in_all ? bad.ns : bad.ns - good.ns);
		if (bad.ns)
			text += format(" | %10.3f %5llu %4u", double(ns) / 1e6,
				       static_cast<unsigned long long>(bad.again), bad.timeouts);
		else
			text += format(" | %10s %5llu %4u", "never",
				       static_cast<unsigned long long>(bad.again), bad.timeouts);
	}
	return text + "\n";
}

} // namespace

std::string table_recovery()
{
	const std::vector<EndConfig> peers = {plain_end(nullptr), other_end(nullptr, 40 * ms),
					      other_end(nullptr, 200 * ms), without_sack(40 * ms)};
	std::string text = format(
		"Recovery by what is lost: %u segments, an initial window, written at once over 10 Gbit/s.\n"
		"Milliseconds that it takes longer than without the loss: until all has arrived, or the\n"
		"connection is up, or the end of the stream is seen. \"All\" is the time in all from the\n"
		"write on: until all has arrived, or is acknowledged where ACKs are lost until something is\n"
		"repeated. Then segments sent again (both ends), and timeouts of the sender. The peer is\n"
		"hrTCP, or one without the hrTCP option that withholds ACKs for 40 or 200 ms, or one\n"
		"without SACK, too. Less is better.\n",
		segments);

	for (uint64_t rtt : {100 * us, 10 * ms}) {
		text += format("\nround trip %g ms         |      hrTCP            |  other, 40 ms         "
			       "|  other, 200 ms        |  without SACK, 40 ms\n"
			       "%-24s | %10s %5s %4s | %10s %5s %4s | %10s %5s %4s | %10s %5s %4s\n",
			       double(rtt) / 1e6, "lost", "ms", "again", "RTO", "ms", "again", "RTO",
			       "ms", "again", "RTO", "ms", "again", "RTO");
		for (const Script &script : scripts)
			text += row(script, peers, rtt);
	}
	return text;
}

// A write at a time, each acknowledged only when the peer's timer says so.
std::string table_ack_delay()
{
	constexpr uint64_t writes = 100;
	std::string text =
		"A peer that withholds its ACKs: segments sent again, needlessly, for 100 writes of 64\n"
		"octets each sent after the one before was acknowledged; in brackets the timeouts among\n"
		"them. The first column is an hrTCP peer, the others have no hrTCP option and withhold\n"
		"ACKs that long. 0 is best; 100 would be a storm.\n\n"
		"round trip        hrTCP       10 ms       40 ms      100 ms      200 ms      500 ms\n";

	for (uint64_t rtt : {100 * us, ms, 10 * ms, 100 * ms}) {
		text += format("%6.1f ms  ", double(rtt) / 1e6);
		for (uint64_t delack : {uint64_t(0), 10 * ms, 40 * ms, 100 * ms, 200 * ms, 500 * ms}) {
			EndConfig a = plain_end(nullptr);
			EndConfig b = delack ? other_end(nullptr, delack) : plain_end(nullptr);
			a.program.send_bytes = writes * 64;
			a.program.write_bytes = 64;
			a.program.pause_ns = 2 * (delack + rtt) + ms;
			a.program.stay = b.program.stay = true;
			Pair pair(wire(10000, rtt), wire(10000, rtt), a, b);
			pair.start();
			pair.run([] { return false; }, start_ns + (writes + 2) * a.program.pause_ns);
			text += format("%7llu (%2u)",
				       static_cast<unsigned long long>(pair.client.retransmitted()),
				       pair.client.conn().recovery.timeouts);
		}
		text += "\n";
	}
	return text;
}

} // namespace sim

// SPDX-License-Identifier: GPL-2.0
// table_incast.cpp -- many senders answer at once through one shallow queue.
#include "golden.hpp"
#include "pair.hpp"

namespace sim {

namespace {

constexpr uint64_t answer_bytes = 64 * 1024, begin_ns = 10 * ms;

struct Result {
	double mbit_s = 0, last_ms = 0;
	uint64_t again = 0, dropped = 0;
	uint32_t timeouts = 0;
};

// Each sender has a wire of its own to the switch, whose port to the receiver they share.
class Incast {
public:
	Incast(unsigned n, const EndConfig &a, const EndConfig &b);
	Result run();

private:
	bool done() const;

	Clock clock_;
	Path port_;
	std::vector<Flow> flows_;
};

PathConfig shallow_port()
{
	PathConfig port = wire(10000, 0);

	port.queue_bytes = 128 * 1024;
	port.mark_bytes = 32 * 1024;
	return port;
}

Incast::Incast(unsigned n, const EndConfig &a, const EndConfig &b) : port_(clock_, shallow_port(), 1)
{
	EndConfig sender = a, receiver = b;

	sender.program.send_bytes = answer_bytes;
	sender.program.begin_ns = begin_ns;
	sender.program.stay = receiver.program.stay = true;
	flows_.resize(n);
	for (unsigned i = 0; i < n; i++) {
		flows_[i].up = std::make_unique<Path>(clock_, wire(10000, 100 * us), i + 2);
		flows_[i].back = std::make_unique<Path>(clock_, wire(10000, 100 * us), i + 2);
		join(flows_[i], i, clock_, port_, sender, receiver);
		flows_[i].sender->connect();
	}
	port_.connect([this](Bytes packet) { flows_[packet.flow].receiver->receive(std::move(packet)); });
}

bool Incast::done() const
{
	for (const Flow &flow : flows_)
		if (flow.receiver->received() < answer_bytes)
			return false;
	return true;
}

Result Incast::run()
{
	Result r;
	uint64_t checked = 0;
	bool all = false;

	while (!all) { // asking all flows after every event would take longer than the events
		bool over = !clock_.step();
		if (over && !done())
			return {};
		if (over || ++checked % 64 == 0)
			all = done();
	}
	uint64_t last = 0;
	for (const Flow &flow : flows_) {
		last = std::max(last, flow.receiver->times().received);
		r.again += flow.sender->retransmitted();
		r.timeouts += flow.sender->conn().recovery.timeouts;
	}
	r.last_ms = double(last - start_ns - begin_ns) / 1e6;
	r.mbit_s = double(answer_bytes * flows_.size()) * 8 / (r.last_ms * 1000);
	r.dropped = port_.dropped();
	return r;
}

} // namespace

std::string table_incast()
{
	std::string text =
		"Incast: so many senders begin at once to send 64 KB each to one receiver, over 10 Gbit/s\n"
		"with a round trip of 100 us through a port whose queue of 128 KB they share (marks from\n"
		"32 KB on). Mbit/s until the last octet of all; milliseconds that is; packets the queue\n"
		"dropped; segments sent again; timeouts of all senders. First between hrTCP ends, then\n"
		"towards a receiver without the hrTCP option that withholds ACKs for 40 ms.\n\n"
		"           senders |             hrTCP receiver              |            another receiver\n"
		"                   |  Mbit/s       ms  dropped  again   RTO |  Mbit/s       ms  dropped  again   RTO\n";

	for (const hrtcp_cc_ops *cc : algorithms())
		for (unsigned n = 1; n <= 64; n *= 2) {
			text += format("%-10s %7u", cc->name, n);
			for (const EndConfig &peer : {plain_end(cc), other_end(cc, 40 * ms)}) {
				Result r = Incast(n, plain_end(cc), peer).run();
				text += format(" | %7.1f %8.3f %8llu %6llu %5u", r.mbit_s, r.last_ms,
					       static_cast<unsigned long long>(r.dropped),
					       static_cast<unsigned long long>(r.again), r.timeouts);
			}
			text += "\n";
		}
	return text;
}

} // namespace sim

// SPDX-License-Identifier: GPL-2.0
#include "pair.hpp"

#include <stdexcept>

namespace {

constexpr size_t step_limit = 2000000;		// a livelock fails instead of hanging

Setup other_end(Setup s)
{
	std::swap(s.iss, s.irs);
	return s;
}

} // namespace

Pair::Pair(const Setup &both) : client(both), server(other_end(both)), zero_(client.now()) {}

void Pair::transmit(bool from_client, const hrtcp_seg &seg, const std::string &bytes)
{
	const Fate f = fate ? fate(from_client, seg) : Fate{};
	Flying flying{ from_client, std::vector<u8>(HRTCP_HDR_MAX), bytes };

	hrtcp_seg sent = seg;
	if (meddle)
		meddle(from_client, sent);
	flying.header.resize(hrtcp_wire_build(flying.header.data(), 1, 2, &sent));
	log_.push_back({ from_client, f.lost, seg });
	for (int i = 0; i < f.copies && !f.lost; i++)
		wire_.emplace(client.now() + latency_ns + f.extra_ns, flying);
}

// A super-segment leaves as the segments a device would cut it into.
void Pair::pump(Host &from)
{
	for (const auto &s : from.take_sent()) {
		const u32 cut = s.gso_size ? s.gso_size : std::max(s.seg.len, 1u);
		u32 at = 0;
		do {
			hrtcp_seg seg = s.seg;
			seg.seq = seq_add(seg.seq, at);
			seg.len = std::min(cut, s.seg.len - at);
			at += seg.len;
			if (at < s.seg.len)
				seg.flags &= static_cast<u8>(~(HRTCP_FIN | HRTCP_PSH));
			transmit(&from == &client, seg, s.bytes.substr(at - seg.len, seg.len));
		} while (at < s.seg.len);
	}
}

void Pair::land(const Flying &f)
{
	Host &to = f.to_server ? server : client;
	const auto size = static_cast<u32>(f.header.size());
	hrtcp_seg seg;

	if (hrtcp_wire_parse(f.header.data(), size,
			     size + static_cast<u32>(f.payload.size()), &seg) != HRTCP_DROP_NONE)
		throw std::runtime_error("a segment that cannot be parsed left");
	to.arrive(seg, f.payload);
	pump(to);
}

void Pair::tick_both(u64 at_ns)
{
	for (Host *h : { &client, &server }) {
		h->tick(at_ns);
		pump(*h);
	}
}

std::string Pair::run(u64 t)
{
	const u64 until = zero_ + t;

	tick_both(client.now());	// what calls left behind
	for (; steps < step_limit; steps++) {
		u64 at = std::min(client.next_wake(), server.next_wake());
		if (!wire_.empty())
			at = std::min(at, wire_.begin()->first);
		tick_both(std::min(at, until));
		if (!client.fault().empty() || !server.fault().empty())
			return "client: " + client.fault() + " server: " + server.fault();
		if (at > until)
			return "";
		if (wire_.empty() || wire_.begin()->first > at)
			continue;
		const Flying f = wire_.begin()->second;
		wire_.erase(wire_.begin());
		land(f);
	}
	return "events without end";
}

void Pair::inject(bool to_server, const std::string &line)
{
	Host &to = to_server ? server : client;
	const Base base = to.peer_base();
	Line l = parse_line(line, base);

	if (!l.has_win)
		l.seg.wnd = to.setup.win;
	to.arrive(l.seg, pattern(l.seg.seq.v - base.seq - 1, l.seg.len));
	pump(to);
}

std::string Pair::print(const Logged &l) const
{
	const Host &from = l.from_client ? client : server;

	return (l.from_client ? "C " : "S ") + print_seg(l.seg, from.base()) +
	       (l.lost ? " lost" : "");
}

std::string Pair::ladder(u64 t, const std::vector<std::string> &lines)
{
	std::string out = run(t), text;
	bool same = log_.size() == lines.size();

	if (!out.empty())
		return out;
	for (size_t i = 0; i < lines.size(); i++) {
		const bool from_client = lines[i][0] == 'C';
		const size_t lost = lines[i].find(" lost");
		text = lines[i].substr(2, lost == std::string::npos ? lost : lost - 2);
		const Line want = parse_line(text, (from_client ? client : server).base());
		const bool ok = i < log_.size() && log_[i].from_client == from_client &&
				log_[i].lost == (lost != std::string::npos) &&
				matches(want, log_[i].seg);
		out += (ok ? "\n  ok       " : "\n  expected ") + lines[i];
		same = same && ok;
	}
	for (const auto &l : log_)
		out += "\n  seen     " + print(l);
	forget();
	return same ? "" : out;
}

std::string Pair::connect()
{
	server.listen_on(0);
	client.open(0);
	std::string wrong = run(4 * latency_ns);
	zero_ = client.now();
	client.start_clock();
	server.start_clock();
	forget();
	if (client.state() != HRTCP_ESTABLISHED || server.state() != HRTCP_ESTABLISHED)
		wrong += "not established";
	return wrong;
}

std::function<Fate(bool, const hrtcp_seg &)>
lose(int times, std::function<bool(bool, const hrtcp_seg &)> pick)
{
	return [times, pick](bool from_client, const hrtcp_seg &seg) mutable {
		Fate f;
		f.lost = times > 0 && pick(from_client, seg);
		times -= f.lost;
		return f;
	};
}

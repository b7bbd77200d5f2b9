// SPDX-License-Identifier: GPL-2.0
// txq_model.hpp -- the send queue as plainly as can be: nodes and their units in vectors, which
// every operation walks over. Octets are counted from 0.
#pragma once

#include <algorithm>
#include <vector>

#include "txq_model_node.hpp"

struct ModelLost {
	size_t node = 0;
	u32 skip = 0, len = 0;			// 0: nothing is lost
};

struct Model {
	std::vector<ModelNode> nodes;
	u32 lost_total = 0, end = 0;

	size_t sent() const
	{
		return static_cast<size_t>(
			std::count_if(nodes.begin(), nodes.end(), [](auto &n) { return n.sends; }));
	}
	u32 sum(bool (*which)(const ModelUnit &)) const
	{
		u32 bytes = 0;
		for (auto &n : nodes)
			for (auto &u : n.units)
				bytes += which(u) ? u.bytes : 0;
		return bytes;
	}
	u32 again() const
	{
		u32 bytes = 0;
		for (auto &n : nodes)
			bytes += n.sends > 1 ? n.len() : 0;
		return bytes;
	}
	void write(u32 len)
	{
		nodes.push_back({ end, end + len, 0, 0, 0, {} });
		end += len;
	}
	void split(size_t i, u32 len)
	{
		ModelNode rest = nodes[i];
		rest.start += len;
		nodes[i].end = rest.start;
		if (rest.sends) {
			rest.cut(len / rest.mss);
			nodes[i].cut(0);
		}
		nodes.insert(nodes.begin() + static_cast<long>(i) + 1, rest);
	}
	void join(size_t i)
	{
		ModelNode &a = nodes[i], &b = nodes[i + 1];
		a.end = b.end;
		a.sends = std::max(a.sends, b.sends);
		a.sent_ns = std::min(a.sent_ns, b.sent_ns);
		a.units[0].bytes = a.len();
		nodes.erase(nodes.begin() + static_cast<long>(i) + 1);
	}
	void send(size_t i, u32 mss, u64 now)
	{
		ModelNode &n = nodes[i];
		if (!n.sends)
			n.mss = mss;
		n.units.clear();
		n.cut(0);
		n.sent_ns = now;
		n.sends++;
	}
	void lose(ModelUnit &u)
	{
		u.lost = true;
		lost_total += u.bytes;
	}
	void mark(size_t i)
	{
		for (auto &u : nodes[i].units)
			u.lost |= !u.held();
	}
	template <typename Fn> void each(Fn fn)
	{
		for (auto &n : nodes)
			for (size_t i = 0; i < n.units.size(); i++)
				fn(n, n.units[i], i);
	}
	void mark_all()
	{
		each([&](auto &, auto &u, size_t) { if (u.open()) lose(u); });
	}
	void mark_old(u64 age, u64 now)
	{
		if (sent() && nodes[0].units[0].open())
			lose(nodes[0].units[0]);
		each([&](auto &n, auto &u, size_t) { if (u.open() && n.sent_ns + age <= now) lose(u); });
	}
	void doubt() { each([](auto &, auto &u, size_t) { u.lost |= u.sacked; }); }
	void forget() { each([](auto &, auto &u, size_t) { u.sacked = false; }); }
	void unmark() { each([](auto &, auto &u, size_t) { u.lost = false; }); }
	void recut(u32 una, u32 mss)
	{
		for (auto &n : nodes) {
			if (!n.sends || std::min(n.mss, n.len()) <= mss)
				continue;
			n.start = std::max(n.start, una);
			n.mss = mss;
			n.units.clear();
			n.cut(0);
			for (auto &u : n.units)
				u.lost = true;
		}
	}
	u64 detect(u64 at, u32 upto, u64 age, u64 now)
	{
		u64 wait = 0;
		each([&](auto &n, auto &u, size_t i) {
			const u32 unit_end = i + 1 == n.units.size() ? n.end : n.begin_of(i + 1);
			if (!u.open() || n.sent_ns > at || (n.sent_ns == at && unit_end >= upto))
				return;
			if (n.sent_ns + age <= now)
				lose(u);
			else
				wait = std::max(wait, n.sent_ns + age - now);
		});
		return wait;
	}
	u32 lost_in(u32 from, u32 to) const
	{
		u32 bytes = 0;
		for (auto &n : nodes)
			for (auto &u : n.units)
				if (n.start >= from && n.start < to && u.lost && !u.sacked)
					bytes += u.bytes;
		return bytes;
	}
	ModelLost first_lost() const
	{
		const bool edge = sent() && nodes[0].units[0].lost && nodes[0].units[0].sacked;
		for (const bool doubted : { false, true })
			for (size_t i = 0; i < nodes.size(); i++)
				for (size_t k = 0; k < nodes[i].units.size(); k++) {
					auto meant = [&](const ModelUnit &u) {
						return u.lost && (doubted || edge || !u.sacked);
					};
					const auto &units = nodes[i].units;
					if (!meant(units[k]))
						continue;
					ModelLost found{ i, static_cast<u32>(k) * nodes[i].mss, 0 };
					for (; k < units.size() && meant(units[k]); k++)
						found.len += units[k].bytes;
					return found;
				}
		return {};
	}
	void sack(u32 from, u32 to, hrtcp_delivered &d)
	{
		for (auto &n : nodes) {
			std::vector<size_t> fresh;
			for (size_t i = 0; i < n.units.size(); i++) {
				auto &u = n.units[i];
				if (n.begin_of(i) < from || n.begin_of(i) + u.bytes > to || u.held())
					continue;
				if (!u.sacked)
					fresh.push_back(i);
				u.sacked = true;
				u.lost = false;
			}
			note(n, fresh, d);
		}
	}
	void ack(u32 una, hrtcp_delivered &d)
	{
		while (!nodes.empty() && nodes[0].sends && nodes[0].start < una) {
			ModelNode &n = nodes[0];
			const bool all = n.end <= una;
			const u32 gone = all ? n.len() : (una - n.start) / n.mss * n.mss;
			const size_t k = all ? n.units.size() : gone / n.mss;
			std::vector<size_t> fresh;
			if (!gone)
				break;
			for (size_t i = 0; i < std::min(k, n.units.size()); i++)
				if (!n.units[i].sacked)
					fresh.push_back(i);
			note(n, fresh, d);
			if (!all) {
				n.start += gone;
				n.cut(k);
				break;
			}
			nodes.erase(nodes.begin());
		}
		if (nodes.empty() || nodes[0].start >= una)
			return;
		ModelNode &n = nodes[0];
		if (n.sends && n.units.size() > 1)
			return;
		if (n.sends && !n.units[0].sacked) {
			d.bytes += una - n.start;
			d.highest = seq_of(una);
		}
		n.start = una;
		if (n.sends)
			n.units[0].bytes = n.len();
		else if (!n.len())
			nodes.erase(nodes.begin());
	}

private:
	// Units of @n were delivered.
	static void note(const ModelNode &n, const std::vector<size_t> &fresh, hrtcp_delivered &d)
	{
		u32 bytes = 0;
		for (const size_t i : fresh) {
			const u32 unit_end = n.begin_of(i) + n.units[i].bytes;
			bytes += n.units[i].bytes;
			d.highest = seq_of(d.bytes || bytes > n.units[i].bytes ?
					   std::max(d.highest.v, unit_end) : unit_end);
			if (n.sends == 1) {
				d.lowest = seq_of(d.once ? std::min(d.lowest.v, n.begin_of(i)) :
							   n.begin_of(i));
				d.once = true;
			}
			if (n.sent_ns > d.sent_ns || (n.sent_ns == d.sent_ns && unit_end >= d.end.v)) {
				d.sent_ns = n.sent_ns;
				d.end = seq_of(unit_end);
			}
		}
		d.bytes += bytes;
		d.units += fresh.empty() ? 0 : DIV_ROUND_UP(bytes, n.mss);
	}
};

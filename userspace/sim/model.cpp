// SPDX-License-Identifier: GPL-2.0
// hrtcp-model -- every interleaving of deliveries, losses, repeats, calls and deadlines of one
// connection, within bounds, on the real core.
//
// A state is both ends and the segments between them; times count relative to now. From each
// state every action that is possible is tried; a state seen before is not gone into again.
// Checked: the core's invariants; that each transition is one of RFC 9293's and begins where the
// last ended; that no end of stream comes before all that was written; that nothing ends but
// CLOSED (or, for a listener to which nobody came, LISTEN), in order unless somebody aborted; and
// that from every state that was reached such an end can be reached.
#include "model_end.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <unordered_map>

namespace {

using model::End;
using model::Packets;
using model::Violation;

struct Bounds {
	model::Script a, b;
	int losses = 1, repeats = 0, early = 0;	// early: deadlines that pass before deliveries
	bool cut = false;			// the wire may break for good, at any time
	int waits = 0;				// deadlines that pass while an end may read; early ones too
	bool in_order = false;			// the network keeps the order
};

struct World {
	End a, b;
	Packets to_a, to_b;
	uint64_t now = 1000000000;
	int losses, repeats, early, waits;
	bool cut = false;

	bool may_read() const { return a.may_read() || b.may_read(); }

	std::string key() const
	{
		std::string key;

		a.key(key, now);
		key += '|';
		b.key(key, now);
		for (const Packets *packets : {&to_a, &to_b}) {
			key += '|';
			for (const hrtcp_seg &seg : *packets)
				key.append(reinterpret_cast<const char *>(&seg), offsetof(hrtcp_seg, opt))
					.append(1, static_cast<char>(seg.opt.present))
					.append(1, static_cast<char>(seg.opt.n_sack));
		}
		key += {static_cast<char>(losses), static_cast<char>(repeats), static_cast<char>(early),
			static_cast<char>(waits), static_cast<char>(cut)};
		return key;
	}
};

class Checker {
public:
	explicit Checker(const Bounds &bounds) : bounds_(bounds) {}
	bool run(uint64_t limit);
	size_t states() const { return names_.size(); }
	size_t ends() const { return ends_; }

private:
	using Action = std::function<void(World &)>;
	struct Step {
		std::string what;
		Action action;
	};

	std::vector<Step> steps_of(const World &world) const;
	void deliveries(const World &world, bool to_a, std::vector<Step> &steps) const;
	void calls(bool of_a, const World &world, std::vector<Step> &steps) const;
	uint32_t visit(std::unique_ptr<World> world, uint32_t from, const std::string &how);
	void check_data(const World &world) const;
	void check_end(const World &world) const;
	void explain(uint32_t state, const std::string &why) const;
	bool all_can_end() const;

	Bounds bounds_;
	std::unordered_map<std::string, uint32_t> names_;
	struct Origin {
		uint32_t from;
		std::string how;
	};
	std::vector<Origin> origins_;
	std::vector<std::vector<uint32_t>> into_;	// reverse edges
	std::vector<bool> is_end_;
	std::vector<std::pair<uint32_t, std::unique_ptr<World>>> todo_;
	size_t ends_ = 0;
};

void Checker::deliveries(const World &world, bool to_a, std::vector<Step> &steps) const
{
	const Packets &packets = to_a ? world.to_a : world.to_b;
	const char *name = to_a ? "a" : "b";

	const size_t n = bounds_.in_order ? std::min<size_t>(packets.size(), 1) : packets.size();

	for (size_t i = 0; i < n; i++) {
		auto take = [i, to_a](World &w, bool keep, bool lose) {
			Packets &from = to_a ? w.to_a : w.to_b, &out = to_a ? w.to_b : w.to_a;
			hrtcp_seg seg = from[i];
			if (!keep)
				from.erase(from.begin() + static_cast<long>(i));
			if (!lose)
				(to_a ? w.a : w.b).receive(seg, w.now, out);
		};
		std::string what = std::string(name) + " gets " + std::to_string(packets[i].flags) +
				   " seq " + std::to_string(packets[i].seq.v) + " len " +
				   std::to_string(packets[i].len);
		steps.push_back({what, [take](World &w) { take(w, false, false); }});
		if (world.losses)
			steps.push_back({"lost: " + what, [take](World &w) {
				w.losses--;
				take(w, false, true);
			}});
		if (world.repeats)
			steps.push_back({"repeated: " + what, [take](World &w) {
				w.repeats--;
				take(w, true, false);
			}});
	}
}

void Checker::calls(bool of_a, const World &world, std::vector<Step> &steps) const
{
	const End &end = of_a ? world.a : world.b;
	std::string name = of_a ? "a " : "b ";
	auto call = [of_a](void (End::*method)(uint64_t, Packets &)) {
		return [of_a, method](World &w) {
			((of_a ? w.a : w.b).*method)(w.now, of_a ? w.to_b : w.to_a);
		};
	};

	if (end.may_open())
		steps.push_back({name + "connects", call(&End::open)});
	if (end.may_write())
		steps.push_back({name + "writes", call(&End::write)});
	if (end.may_read())
		steps.push_back({name + "reads", call(&End::read)});
	if (end.may_close())
		steps.push_back({name + "closes", call(&End::close)});
	if (end.may_abort())
		steps.push_back({name + "aborts", call(&End::abort)});
}

std::vector<Checker::Step> Checker::steps_of(const World &world) const
{
	std::vector<Step> steps;
	bool quiet = world.to_a.empty() && world.to_b.empty();
	uint64_t at = std::min(world.a.deadline(), world.b.deadline());

	deliveries(world, true, steps);
	deliveries(world, false, steps);
	calls(true, world, steps);
	calls(false, world, steps);
	if (bounds_.cut && !world.cut)
		steps.push_back({"the wire breaks", [](World &w) { w.cut = true; }});
	bool early = world.early && (!bounds_.waits || world.may_read());
	if (at != HRTCP_NEVER && (quiet || early) && (!world.may_read() || world.waits))
		steps.push_back({"time passes", [at, quiet](World &w) {
			w.now = std::max(w.now, at);
			w.early -= !quiet;
			w.waits -= w.may_read();
			if (w.a.deadline() <= w.now)
				w.a.timer(w.now, w.to_b);
			if (w.b.deadline() <= w.now)
				w.b.timer(w.now, w.to_a);
		}});
	return steps;
}

void Checker::check_data(const World &world) const
{
	for (auto [to, from] : {std::pair(&world.a, &world.b), std::pair(&world.b, &world.a)}) {
		if (to->received() > from->written())
			throw Violation("more was received than written");
		if (to->eof() && to->received() != from->written())
			throw Violation("the end of the stream came before its data");
	}
}

void Checker::check_end(const World &world) const
{
	const End &a = world.a, &b = world.b;

	for (const End *end : {&a, &b})
		if (!end->closed() && !end->listening())
			throw Violation(std::string("nothing happens any more in ") +
					hrtcp_state_name(end->state()));
	if (a.aborted() || b.aborted() || world.cut)
		return;
	if (!a.was_up() && !b.was_up())
		return;			/* refused, or closed before it began */
	if (!a.closed() || !b.closed())
		throw Violation("one end was never told");
	if (a.error() || b.error())
		throw Violation("ended with an error");
	if (!a.eof() || !b.eof())
		throw Violation("an end of stream was not seen");
	if (!a.waited() && !b.waited())
		throw Violation("nobody waited in TIME-WAIT");
}

uint32_t Checker::visit(std::unique_ptr<World> world, uint32_t from, const std::string &how)
{
	auto [at, is_new] = names_.try_emplace(world->key(), static_cast<uint32_t>(names_.size()));

	if (is_new) {
		origins_.push_back({from, how});
		into_.emplace_back();
		is_end_.push_back(false);
		todo_.emplace_back(at->second, std::move(world));
	}
	into_[at->second].push_back(from);
	return at->second;
}

void Checker::explain(uint32_t state, const std::string &why) const
{
	std::vector<std::string> way;

	std::printf("violation: %s\n", why.c_str());
	for (; state; state = origins_[state].from)
		way.push_back(origins_[state].how);
	for (auto step = way.rbegin(); step != way.rend(); ++step)
		std::printf("  %s\n", step->c_str());
}

bool Checker::all_can_end() const
{
	std::vector<bool> can = is_end_;
	std::vector<uint32_t> todo;

	for (uint32_t i = 0; i < is_end_.size(); i++)
		if (is_end_[i])
			todo.push_back(i);
	while (!todo.empty()) {
		uint32_t at = todo.back();
		todo.pop_back();
		for (uint32_t from : into_[at])
			if (!can[from]) {
				can[from] = true;
				todo.push_back(from);
			}
	}
	auto stuck = std::find(can.begin(), can.end(), false);
	if (stuck == can.end())
		return true;
	explain(static_cast<uint32_t>(stuck - can.begin()), "no way leads to an end");
	return false;
}

bool Checker::run(uint64_t limit)
{
	static const hrtcp_cfg cfg = [] {
		hrtcp_cfg c = hrtcp_cfg_default;
		c.timestamps = false;
		c.hr_option = false;
		return c;
	}();
	auto world = std::make_unique<World>(World{End(bounds_.a, &cfg, 1000), End(bounds_.b, &cfg, 5000),
						   {}, {}, 1000000000, bounds_.losses,
						   bounds_.repeats, bounds_.early, bounds_.waits});

	world->a.open(world->now, world->to_b);
	visit(std::move(world), 0, "a connects");
	while (!todo_.empty()) {
		auto [name, from] = std::move(todo_.back());
		todo_.pop_back();
		std::string how;
		try {
			check_data(*from);
			auto steps = steps_of(*from);
			if (steps.empty()) {
				check_end(*from);
				is_end_[name] = true;
				ends_++;
			}
			for (const Step &step : steps) {
				how = step.what;
				auto next = std::make_unique<World>(*from);
				step.action(*next);
				if (next->cut)
					for (Packets *lost : {&next->to_a, &next->to_b})
						lost->clear();
				visit(std::move(next), name, how);
			}
		} catch (const Violation &violation) {
			explain(name, violation.what() + (how.empty() ? "" : ", at: " + how));
			return false;
		}
		if (names_.size() > limit) {
			std::printf("more than %llu states\n", static_cast<unsigned long long>(limit));
			return false;
		}
	}
	return all_can_end();
}

struct Case {
	const char *name;
	Bounds bounds;
};

const model::Script plain, octet{.writes = 1}, octets{.writes = 2};
const model::Script aborts{.abort = true}, writes_aborts{.writes = 1, .abort = true};
const model::Script connects{.connects = true};
const model::Script connects_octet{.writes = 1, .connects = true};
const model::Script lets_go{.writes = 1, .lets_go = true};
const model::Script connects_lets_go{.lets_go = true, .connects = true};
const model::Script connects_aborts{.abort = true, .connects = true};
const model::Script fills{.writes = 1, .octets = 3, .window = 2, .slow = true, .tidy = true};
const model::Script connects_fills{.writes = 1, .connects = true, .octets = 3, .window = 2,
				   .slow = true, .tidy = true};

const Case cases[] = {
	{"open and close, one loss, one repeat", {connects, plain, 1, 1, 0}},
	{"open and close, two losses", {connects, plain, 2, 0, 0}},
	{"an octet each way, one loss", {connects_octet, octet, 1, 0, 0}},
	{"an octet each way, one repeat", {connects_octet, octet, 0, 1, 0}},
	{"two octets into a half-closed end, one loss", {connects, octets, 1, 0, 0}},
	{"deadlines that pass early, one loss", {connects, plain, 1, 0, 2}},
	{"abort by either side, one loss", {connects_aborts, writes_aborts, 1, 0, 0}},
	{"abort by either side, one repeat", {connects_aborts, aborts, 0, 1, 0}},
	{"close that lets go, octets to come, one loss", {connects_lets_go, octet, 1, 0, 0}},
	{"the wire breaks, an octet each way", {connects_lets_go, lets_go, 0, 0, 0, true}},
	{"both connect, the wire breaks", {connects_lets_go, connects_lets_go, 0, 0, 0, true}},
	{"both connect, one loss", {connects, connects, 1, 0, 0}},
	{"both connect, one repeat", {connects, connects, 0, 1, 0}},
	{"both connect, an octet each way", {connects_octet, connects_octet, 0, 0, 0}},
	{"both connect, either aborts", {connects_aborts, connects_aborts, 0, 0, 0}},
	{"both fill windows, then read", {connects_fills, fills, 0, 0, 2, false, 3, true}},
	{"both fill windows, one loss", {connects_fills, fills, 1, 0, 1, false, 2, true}},
};

} // namespace

// hrtcp-model [LIMIT [NAME]]: so many states a case at the most; only cases with NAME in theirs.
int main(int argc, char **argv)
{
	uint64_t limit = argc > 1 ? std::strtoull(argv[1], nullptr, 0) : 3000000;
	const hrtcp_edge *edges;
	size_t states = 0;
	bool good = true;

	for (const Case &c : cases) {
		if (argc > 2 && !std::strstr(c.name, argv[2]))
			continue;
		Checker checker(c.bounds);
		bool ok = checker.run(limit);
		std::printf("%s: %zu states, %zu ends, %s\n", c.name, checker.states(), checker.ends(),
			    ok ? "all can end" : "FAILED");
		good &= ok;
		states += checker.states();
	}
	std::printf("%zu states in all; %zu of the %u edges of the core's table were gone along\n",
		    states, model::edges_seen(), hrtcp_state_edges(&edges));
	return good ? 0 : 1;
}

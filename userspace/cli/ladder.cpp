// SPDX-License-Identifier: GPL-2.0
// ladder.cpp -- hrtcp ladder: the time-sequence diagram of a connection, live.

#include <algorithm>
#include <chrono>
#include <map>

#include <sys/ioctl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "commands.hpp"
#include "ladder_steps.hpp"
#include "ladder_text.hpp"
#include "signals.hpp"

namespace {

using std::chrono::milliseconds;
using steady = std::chrono::steady_clock;

constexpr std::size_t default_columns = 96;
constexpr milliseconds settle(20);	// events of several processors arrive within this
constexpr milliseconds last_words(200); // what may follow the end of a connection
constexpr std::size_t batch_limit = 1024;

struct options {
	uint16_t port = 0;
	uint64_t count = 0;
	bool absolute = false;
	std::size_t columns = 0;
};

std::size_t columns_of(const context &ctx, const options &o)
{
	winsize size = {};
	if (o.columns != 0)
		return o.columns;
	if (isatty(fileno(ctx.out)) && ioctl(fileno(ctx.out), TIOCGWINSZ, &size) == 0 && size.ws_col != 0)
		return size.ws_col;
	return default_columns;
}

// Puts the events of several processors into the order of their times. What one end tells is in
// order already, though a transition has the time of the fact that caused it, which is a
// little earlier than that of the segment that was: it gets the later one. A loss has no time and
// divides.
class orderer {
public:
	void order(std::vector<hrtcp::event> &batch)
	{
		std::vector<timed> list;
		for (hrtcp::event &e : batch)
			list.push_back({std::visit([&](auto &known) { return settle_time(known); }, e),
					std::move(e)});
		std::stable_sort(list.begin(), list.end(), [](const timed &a, const timed &b) {
			return a.time_ns < b.time_ns;
		});
		std::transform(list.begin(), list.end(), batch.begin(),
			       [](timed &t) { return std::move(t.what); });
	}

private:
	struct timed {
		uint64_t time_ns;
		hrtcp::event what;
	};

	template <typename Event> uint64_t settle_time(Event &e)
	{
		uint64_t &last = told_[{e.local, e.peer}];
		last = std::max({last, e.time_ns, after_loss_});
		latest_ = std::max(latest_, last);
		return e.time_ns = last;
	}

	uint64_t settle_time(hrtcp::lost_events &)
	{
		after_loss_ = latest_;
		return after_loss_;
	}

	std::map<std::pair<hrtcp::endpoint, hrtcp::endpoint>, uint64_t> told_;
	uint64_t latest_ = 0, after_loss_ = 0;
};

class drawing {
public:
	drawing(context &ctx, const options &o)
		: ctx_(ctx), count_(o.count), gap_(ladder_gap(columns_of(ctx, o))),
		  steps_(o.port, o.absolute)
	{
	}

	void draw(std::vector<hrtcp::event> &batch)
	{
		orderer_.order(batch);
		for (const hrtcp::event &e : batch) {
			if (full())
				break;
			for (const step &s : steps_.feed(e))
				draw(s);
		}
		batch.clear();
	}

	bool full() const { return count_ != 0 && steps_.segments() >= count_; }
	const ladder_steps &steps() const { return steps_; }

private:
	void draw(const step &s)
	{
		if (ctx_.json)
			print_json(ctx_, ladder_json(s));
		else
			print(ctx_, ladder_text(s, gap_));
	}

	context &ctx_;
	uint64_t count_;
	std::size_t gap_;
	orderer orderer_;
	ladder_steps steps_;
};

using moment = std::optional<steady::time_point>;

milliseconds time_until(moment first, moment second)
{
	if (!first && !second)
		return milliseconds(-1);
	steady::time_point due = std::min(first.value_or(steady::time_point::max()),
					 second.value_or(steady::time_point::max()));
	return std::max(std::chrono::ceil<milliseconds>(due - steady::now()), milliseconds(0));
}

void follow_until_closed(drawing &d, hrtcp::event_source &events, const stop_signals &stop)
{
	std::vector<hrtcp::event> batch;
	moment draw_at, end_at;
	while (!d.full() && !stop.arrived()) {
		if (auto e = events.next(time_until(draw_at, end_at), stop.descriptor()))
			batch.push_back(*e);
		steady::time_point now = steady::now();
		if (!draw_at && !batch.empty())
			draw_at = now + settle;
		if ((draw_at && now >= *draw_at) || batch.size() >= batch_limit) {
			d.draw(batch);
			draw_at.reset();
		}
		if (!d.steps().closed())
			end_at.reset();
		else if (!end_at)
			end_at = now + last_words;
		else if (now >= *end_at)
			break;
	}
	d.draw(batch);
}

int follow(context &ctx, const options &o)
{
	drawing d(ctx, o);
	stop_signals stop;
	auto events = ctx.open_channel()->subscribe({.states = true, .segments = true});
	follow_until_closed(d, *events, stop);
	if (d.steps().lost() != 0)
		fmt::print(ctx.err, "hrtcp: {} events lost\n", d.steps().lost());
	return exit_done;
}

} // namespace

action define_ladder(CLI::App &app, context &ctx)
{
	auto o = std::make_shared<options>();
	app.add_option("--port", o->port, "wait for a connection that has this port at either end");
	app.add_option("-c,--count", o->count, "stop after so many segments");
	app.add_flag("--absolute", o->absolute, "sequence numbers as they are, not counted from 0");
	app.add_option("--width", o->columns, "columns of the diagram");
	add_json_flag(app, ctx);
	return [o, &ctx] { return follow(ctx, *o); };
}

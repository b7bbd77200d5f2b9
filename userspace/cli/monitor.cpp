// SPDX-License-Identifier: GPL-2.0
// monitor.cpp -- hrtcp monitor: state transitions as they happen.

#include <fmt/format.h>

#include "commands.hpp"
#include "filter.hpp"
#include "hrtcp/names.hpp"
#include "output.hpp"
#include "signals.hpp"

namespace {

struct options {
	uint64_t count = 0; // 0: no end
	std::vector<std::string> words;
};

std::string transition_text(const hrtcp::state_event &e, int64_t offset_ns)
{
	std::string text = fmt::format("{} {} > {}  {} -> {}",
				       clock_text(static_cast<int64_t>(e.time_ns) + offset_ns),
				       e.local.text(), e.peer.text(), hrtcp::state_name(e.old_state),
				       hrtcp::state_name(e.new_state));
	if (std::string cause = hrtcp::cause_text(e.cause); !cause.empty())
		text += "  because " + cause;
	if (e.because_of) {
		text += fmt::format(" [{} seq {}", hrtcp::flags_text(e.because_of->flags),
				    e.because_of->seq);
		if (e.because_of->flags & hrtcp::flag_ack)
			text += fmt::format(" ack {}", e.because_of->ack);
		text += "]";
	}
	return text + "\n";
}

json transition_json(const hrtcp::state_event &e, int64_t offset_ns)
{
	json object = json_object();
	object["event"] = "state";
	object["time_ns"] = e.time_ns;
	object["unix_time_ns"] = static_cast<int64_t>(e.time_ns) + offset_ns;
	object["cookie"] = e.cookie;
	object["local_address"] = e.local.address_text();
	object["local_port"] = e.local.port;
	object["peer_address"] = e.peer.address_text();
	object["peer_port"] = e.peer.port;
	object["old_state"] = hrtcp::state_name(e.old_state);
	object["new_state"] = hrtcp::state_name(e.new_state);
	if (e.cause != HRTCP_C_NONE) {
		object["cause"] = hrtcp::cause_key(e.cause);
		object["because"] = hrtcp::cause_text(e.cause);
	}
	if (e.because_of) {
		object["segment"] = {{"flags", hrtcp::flags_text(e.because_of->flags)},
				     {"seq", e.because_of->seq}};
		if (e.because_of->flags & hrtcp::flag_ack)
			object["segment"]["ack"] = e.because_of->ack;
	}
	return object;
}

class monitor {
public:
	monitor(context &ctx, const options &o) : ctx_(ctx), filter_(filter::parse(o.words)) {}

	void take(const hrtcp::event &e)
	{
		if (const auto *change = std::get_if<hrtcp::state_event>(&e))
			take(*change);
		else if (const auto *lost = std::get_if<hrtcp::lost_events>(&e))
			take(*lost);
	}

	uint64_t shown() const { return shown_; }
	uint64_t lost() const { return lost_; }

private:
	void take(const hrtcp::state_event &e)
	{
		if (!filter_.has_state(e.new_state) || !filter_.matches(e.local, e.peer))
			return;
		shown_++;
		if (ctx_.json)
			print_json(ctx_, transition_json(e, ctx_.wall_clock_offset_ns));
		else
			print(ctx_, transition_text(e, ctx_.wall_clock_offset_ns));
	}

	void take(const hrtcp::lost_events &e)
	{
		lost_ += e.count;
		if (ctx_.json) {
			json object = json_object();
			object["event"] = "lost";
			object["count"] = e.count;
			print_json(ctx_, object);
		} else {
			print(ctx_, fmt::format("... {} events lost ...\n", e.count));
		}
	}

	context &ctx_;
	filter filter_;
	uint64_t shown_ = 0, lost_ = 0;
};

int follow(context &ctx, const options &o)
{
	monitor m(ctx, o);
	stop_signals stop;
	auto events = ctx.open_channel()->subscribe({.states = true});
	while (!stop.arrived() && (o.count == 0 || m.shown() < o.count))
		if (auto e = events->next(std::chrono::milliseconds(-1), stop.descriptor()))
			m.take(*e);
	if (m.lost() != 0)
		fmt::print(ctx.err, "hrtcp: {} events lost\n", m.lost());
	return exit_done;
}

} // namespace

action define_monitor(CLI::App &app, context &ctx)
{
	auto o = std::make_shared<options>();
	app.add_option("-c,--count", o->count, "stop after so many transitions");
	add_json_flag(app, ctx);
	app.add_option("FILTER", o->words, "as for hrtcp ss; a state is the one that is entered");
	return [o, &ctx] { return follow(ctx, *o); };
}

// SPDX-License-Identifier: GPL-2.0
// fuzz_calls.cpp -- a connection under any order of segments, calls and deadlines. The core's
// invariants are checked after each; a segment may carry anything, near what is expected or far.
#include "input.hpp"

#include "../sim/model_end.hpp"

#include <cstdio>
#include <cstdlib>

namespace {

using model::End;
using model::Packets;

constexpr uint32_t iss = 1000, irs = 5000;

// Sequence numbers around the interesting ones; sometimes any.
seq near(Input &in, uint32_t base)
{
	uint8_t how = in.u8();

	return how == 255 ? seq_of(in.u32()) : seq_of(base + how - 8u);
}

hrtcp_seg segment(Input &in)
{
	hrtcp_seg seg{};
	uint8_t options = in.u8();

	seg.flags = in.u8();
	seg.seq = near(in, irs);
	seg.ack = near(in, iss);
	seg.len = in.u8() % 16;
	seg.wnd = in.u16();
	seg.opt.present = options & 0x7f;
	seg.opt.mss = in.u16();
	seg.opt.wscale = in.u8() % (HRTCP_WSCALE_MAX + 1);
	seg.opt.tsval = in.u32();
	seg.opt.hr_delack_us = in.u32();
	seg.opt.n_sack = in.u8() % (HRTCP_SACK_BLOCKS + 1);
	for (u8 i = 0; i < seg.opt.n_sack; i++)
		seg.opt.sack[i] = {near(in, iss), near(in, iss)};
	seg.opt.fast.len = static_cast<u8>(seg.opt.wscale & 8 ? 8 : 0);
	if (!seg.opt.n_sack)
		seg.opt.present &= static_cast<u8>(~HRTCP_OPT_SACK);
	return seg;
}

void act(End &end, Input &in, uint64_t &now, Packets &out)
{
	switch (in.u8() % 8) {
	case 0:
		if (end.may_write())
			end.write(now, out);
		break;
	case 1:
		if (end.may_close())
			end.close(now, out);
		break;
	case 2:
		if (end.may_abort())
			end.abort(now, out);
		break;
	case 3:
		if (end.deadline() != HRTCP_NEVER) {
			now = now > end.deadline() ? now : end.deadline();
			end.timer(now, out);
		}
		break;
	case 4:
		now += in.u32();
		break;
	default:
		end.receive(segment(in), now, out);
	}
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Input in(data, size);
	uint64_t now = 1000000000;
	hrtcp_cfg cfg = hrtcp_cfg_default;
	uint8_t setup = in.u8();
	Packets out;

	cfg.sack = setup & 1;
	cfg.timestamps = setup & 2;
	cfg.window_scaling = setup & 4;
	cfg.hr_option = setup & 8;
	cfg.cc = setup & 16 ? &hrtcp_cc_reno : &hrtcp_cc_cubic;
	try {
		bool connects = setup & 32;
		End end({.writes = 20, .abort = true, .lets_go = (setup & 64) != 0,
			 .connects = connects}, &cfg, iss);
		if (connects)
			end.open(now, out);
		while (!in.empty()) {
			act(end, in, now, out);
			out.clear();
		}
	} catch (const model::Violation &violation) {
		std::fprintf(stderr, "%s\n", violation.what());
		std::abort();
	}
	return 0;
}

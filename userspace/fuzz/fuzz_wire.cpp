// SPDX-License-Identifier: GPL-2.0
// fuzz_wire.cpp -- any octets as a header; what parses is built again and parses to the same.
#include <cstdlib>
#include <cstring>

extern "C" {
#include "core/wire.h"
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hrtcp_seg seg, again;
	uint8_t header[HRTCP_HDR_MAX + 40];

	if (size > 65535 || hrtcp_wire_parse(data, static_cast<u32>(size), static_cast<u32>(size), &seg))
		return 0;
	if (seg.hdr_len < HRTCP_HDR_MIN || seg.hdr_len + seg.len != size)
		std::abort();
	if (hrtcp_wire_opt_len(&seg.opt) > HRTCP_HDR_MAX - HRTCP_HDR_MIN)
		return 0; // more than we would ever send at once
	u32 len = hrtcp_wire_build(header, 1, 2, &seg);
	if (hrtcp_wire_parse(header, len, len + seg.len, &again))
		std::abort();
	again.hdr_len = seg.hdr_len;
	if (again.seq.v != seg.seq.v || again.ack.v != seg.ack.v || again.flags != seg.flags ||
	    again.len != seg.len || again.opt.present != seg.opt.present ||
	    again.opt.tsval != seg.opt.tsval || again.opt.mss != seg.opt.mss ||
	    again.ae != seg.ae || again.opt.accecn.order1 != seg.opt.accecn.order1 ||
	    again.opt.accecn.n != seg.opt.accecn.n ||
	    std::memcmp(again.opt.accecn.field, seg.opt.accecn.field,
			sizeof(seg.opt.accecn.field[0]) * seg.opt.accecn.n) ||
	    again.opt.n_sack != seg.opt.n_sack || again.opt.fast.len != seg.opt.fast.len ||
	    std::memcmp(again.opt.fast.octets, seg.opt.fast.octets, seg.opt.fast.len) ||
	    std::memcmp(again.opt.sack, seg.opt.sack, sizeof(seg.opt.sack[0]) * seg.opt.n_sack))
		std::abort();
	return 0;
}

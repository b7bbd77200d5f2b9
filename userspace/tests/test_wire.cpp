// SPDX-License-Identifier: GPL-2.0
#include <algorithm>
#include <vector>

#include "script.hpp"

namespace {

using Bytes = std::vector<u8>;

// A header of the data offset that fits @options, which are padded with zeros to a word.
Bytes header(Bytes options, u8 flags = HRTCP_ACK)
{
	Bytes h = { 0x30, 0x39, 0, 80, 0x11, 0x22, 0x33, 0x44, 0xff, 0xff, 0xff, 0xfe,
		    0, flags, 0xab, 0xcd, 0, 0, 0, 7 };

	options.resize((options.size() + 3) / 4 * 4);
	h.insert(h.end(), options.begin(), options.end());
	h[12] = static_cast<u8>(h.size() / 4 << 4);
	return h;
}

hrtcp_drop parse(const Bytes &h, hrtcp_seg &seg, u32 payload = 0)
{
	const Bytes exact(h);	// so that a sanitizer sees every octet read past it

	return hrtcp_wire_parse(exact.data(), static_cast<u32>(exact.size()),
				static_cast<u32>(exact.size()) + payload, &seg);
}

u8 options_of(const Bytes &options, hrtcp_opts &opt)
{
	hrtcp_seg seg;

	REQUIRE(parse(header(options), seg) == HRTCP_DROP_NONE);
	opt = seg.opt;
	return opt.present;
}

// Options and no-operations up to the end of the header, and nothing that ends them before.
void check_options(const Bytes &h, u32 len)
{
	u32 at = HRTCP_HDR_MIN;

	while (at < len) {
		REQUIRE(h[at] != 0);
		REQUIRE((h[at] == 1 || (at + 1 < len && h[at + 1] >= 2)));
		at += h[at] == 1 ? 1u : h[at + 1];
	}
	CHECK(at == len);
}

void round_trip(const std::string &line)
{
	const hrtcp_seg want = parse_line(line, {}).seg;
	Bytes h(HRTCP_HDR_MAX, 0xee);
	hrtcp_seg got;

	const u32 len = hrtcp_wire_build(h.data(), 0x1234, 0x5678, &want);
	CAPTURE(line, len);
	CHECK(len == HRTCP_HDR_MIN + hrtcp_wire_opt_len(&want.opt));
	CHECK(len % 4 == 0);
	REQUIRE(hrtcp_wire_parse(h.data(), len, len + want.len, &got) == HRTCP_DROP_NONE);
	CHECK(print_seg(got, {}) == print_seg(want, {}));
	CHECK(got.urg == want.urg);
	CHECK(got.hdr_len == len);
	CHECK(h[0] == 0x12);
	CHECK(h[3] == 0x78);
	CHECK((h[12] & 0xf) == 0);		// reserved bits
	CHECK((h[16] | h[17]) == 0);		// checksum is the caller's
	check_options(h, len);
	for (u32 i = len; i < HRTCP_HDR_MAX; i++)
		CHECK(h[i] == 0xee);
}

u32 len_of(const std::string &line)
{
	const hrtcp_seg seg = parse_line(line, {}).seg;

	return hrtcp_seg_len(&seg);
}

std::string reset_for(const std::string &line)
{
	const hrtcp_seg seg = parse_line(line, {}).seg;
	hrtcp_seg rst;

	return hrtcp_wire_reset_for(&seg, &rst) ? print_seg(rst, {}) : "";
}

} // namespace

TEST_CASE("seg_len: SYN and FIN count one each", "[R9293-14]")
{
	CHECK(len_of("SF 0:0(0)") == 2);
	CHECK(len_of("F. 0:5(5) ack 0") == 6);
	CHECK(len_of("RP.UEW 0:5(5) ack 0") == 5);
}

TEST_CASE("wire_parse: fixed fields", "[MUST-1][R9293-02]")
{
	Bytes h = header({}, HRTCP_SYN | HRTCP_URG | HRTCP_CWR);
	hrtcp_seg seg;

	h[12] |= 0xf;				// reserved bits are ignored
	REQUIRE(parse(h, seg, 33) == HRTCP_DROP_NONE);
	CHECK(seg.seq.v == 0x11223344);
	CHECK(seg.ack.v == 0xfffffffe);
	CHECK(seg.flags == (HRTCP_SYN | HRTCP_URG | HRTCP_CWR));
	CHECK(seg.wnd == 0xabcd);
	CHECK(seg.urg == 7);
	CHECK(seg.len == 33);
	CHECK(seg.hdr_len == 20);
	CHECK(seg.opt.present == 0);
}

TEST_CASE("wire_parse: data offset below five or past the end", "[R9293-03]")
{
	Bytes h = header({ 1, 1, 1, 1 });
	hrtcp_seg seg;

	for (u8 words = 0; words < 5; words++) {
		h[12] = static_cast<u8>(words << 4);
		CHECK(parse(h, seg) == HRTCP_DROP_MALFORMED);
	}
	h[12] = 7 << 4;
	CHECK(parse(h, seg) == HRTCP_DROP_MALFORMED);
	h[12] = 6 << 4;
	CHECK(parse(h, seg) == HRTCP_DROP_NONE);
	CHECK(hrtcp_wire_parse(h.data(), 24, 23, &seg) == HRTCP_DROP_MALFORMED);
	CHECK(hrtcp_wire_parse(h.data(), 23, 24, &seg) == HRTCP_DROP_MALFORMED);
}

TEST_CASE("wire_parse: cut off anywhere", "[R9293-03]")
{
	const Bytes whole = header({ 2, 4, 5, 0xb4, 1, 3, 3, 7 });
	hrtcp_seg seg;

	for (size_t n = 0; n < whole.size(); n++) {
		const Bytes cut(whole.begin(), whole.begin() + static_cast<long>(n));
		CHECK(parse(cut, seg) == HRTCP_DROP_MALFORMED);
	}
}

TEST_CASE("wire_parse: each option", "[MUST-4][MUST-5]")
{
	hrtcp_opts opt;

	CHECK(options_of({ 2, 4, 5, 0xb4 }, opt) == HRTCP_OPT_MSS);
	CHECK(opt.mss == 1460);
	CHECK(options_of({ 3, 3, 7 }, opt) == HRTCP_OPT_WSCALE);
	CHECK(opt.wscale == 7);
	CHECK(options_of({ 4, 2 }, opt) == HRTCP_OPT_SACK_OK);
	CHECK(options_of({ 8, 10, 0, 0, 1, 0, 0xff, 0, 0, 2 }, opt) == HRTCP_OPT_TS);
	CHECK(opt.tsval == 256);
	CHECK(opt.tsecr == 0xff000002);
	CHECK(options_of({ 5, 10, 0, 0, 0, 1, 0, 0, 0, 9 }, opt) == HRTCP_OPT_SACK);
	CHECK(opt.n_sack == 1);
	CHECK(opt.sack[0].start.v == 1);
	CHECK(opt.sack[0].end.v == 9);
}

TEST_CASE("wire_parse: window shift above 14 counts as 14", "[R7323-06]")
{
	hrtcp_opts opt;

	options_of({ 3, 3, 14 }, opt);
	CHECK(opt.wscale == 14);
	options_of({ 3, 3, 255 }, opt);
	CHECK(opt.wscale == 14);
}

TEST_CASE("wire_parse: options at any offset", "[MUST-64][MUST-4]")
{
	hrtcp_opts opt;

	for (size_t nops = 0; nops < 8; nops++) {
		Bytes o(nops, 1);
		o.insert(o.end(), { 8, 10, 1, 2, 3, 4, 5, 6, 7, 8, 2, 4, 1, 2, 3, 3, 9 });
		CHECK(options_of(o, opt) == (HRTCP_OPT_TS | HRTCP_OPT_MSS | HRTCP_OPT_WSCALE));
		CHECK(opt.tsval == 0x01020304);
		CHECK(opt.tsecr == 0x05060708);
		CHECK(opt.mss == 0x0102);
		CHECK(opt.wscale == 9);
	}
}

TEST_CASE("wire_parse: unknown options are skipped by their length", "[MUST-6][R6994-01][MUST-68]")
{
	hrtcp_opts opt;

	CHECK(options_of({ 77, 2, 4, 2 }, opt) == HRTCP_OPT_SACK_OK);
	CHECK(options_of({ 253, 6, 2, 4, 9, 9, 3, 3, 1 }, opt) == HRTCP_OPT_WSCALE);
	CHECK(options_of({ 255, 40 - 36, 2, 4 }, opt) == 0);
	Bytes full(40, 0);
	full[0] = 200;
	full[1] = 40;
	CHECK(options_of(full, opt) == 0);
}

TEST_CASE("wire_parse: end of option list ends it, whatever follows", "[R9293-05][MUST-4]")
{
	hrtcp_opts opt;

	CHECK(options_of({ 4, 2, 0, 2, 4, 5, 0xb4, 9 }, opt) == HRTCP_OPT_SACK_OK);
	CHECK(options_of({ 0, 2, 1, 0 }, opt) == 0);
	CHECK(options_of({ 1, 1, 1, 0 }, opt) == 0);
}

TEST_CASE("wire_parse: illegal option lengths", "[MUST-7]")
{
	const Bytes bad[] = {
		{ 2, 0, 5, 0xb4 }, { 2, 1, 5, 0xb4 },		// shorter than their own two octets
		{ 77, 0, 0, 0 }, { 77, 1, 0, 0 },		// also of unknown kinds
		{ 2, 5, 5, 0xb4 }, { 2, 255, 5, 0xb4 },		// past the end
		{ 1, 1, 1, 2 }, { 1, 1, 1, 99 },		// the length itself is past it
		{ 8, 10, 1, 2, 3, 4, 5, 6 },
		{ 1, 1, 1, 1, 5, 40, 0, 0 },
	};
	hrtcp_seg seg;

	for (const auto &b : bad) {
		CAPTURE(b);
		CHECK(parse(header(b), seg) == HRTCP_DROP_BAD_OPTION);
	}
}

TEST_CASE("wire_parse: a known kind of another length means nothing", "[MUST-7]")
{
	hrtcp_opts opt;

	CHECK(options_of({ 2, 3, 5 }, opt) == 0);
	CHECK(options_of({ 2, 2 }, opt) == 0);
	CHECK(options_of({ 3, 2 }, opt) == 0);
	CHECK(options_of({ 3, 4, 1, 1 }, opt) == 0);
	CHECK(options_of({ 4, 3, 0 }, opt) == 0);
	CHECK(options_of({ 8, 9, 1, 2, 3, 4, 5, 6, 7 }, opt) == 0);
	CHECK(options_of({ 5, 2 }, opt) == 0);
	CHECK(options_of({ 5, 9, 1, 2, 3, 4, 5, 6, 7 }, opt) == 0);
	CHECK(options_of({ 5, 11, 1, 2, 3, 4, 5, 6, 7, 8, 9 }, opt) == 0);
}

TEST_CASE("wire_parse: Accurate ECN, the whole fields of any length",
	  "[R9768-77][R9768-78][R9768-79]")
{
	Bytes o = { 172, 2 };
	hrtcp_opts opt;

	for (u8 len = 2; len <= 16; len++, o.push_back(len)) {
		o[1] = len;
		CHECK(options_of(o, opt) == HRTCP_OPT_ACCECN);
		CHECK(opt.accecn.n == std::min((len - 2) / 3, 3));
	}
	CHECK(opt.accecn.field[1] == 0x060708);
	CHECK_FALSE(opt.accecn.order1);
	o = { 174, 5, 1, 2, 3 };
	CHECK(options_of(o, opt) == HRTCP_OPT_ACCECN);
	CHECK((opt.accecn.order1 && opt.accecn.field[0] == 0x010203));
}

TEST_CASE("wire_parse: Accurate ECN's option is none on a SYN, and one on a SYN,ACK", "[R9768-83]")
{
	hrtcp_seg seg;

	REQUIRE(parse(header({ 172, 5, 0, 0, 1 }, HRTCP_SYN), seg) == HRTCP_DROP_NONE);
	CHECK(seg.opt.present == 0);
	CHECK(seg.opt.accecn.n == 0);
	REQUIRE(parse(header({ 172, 5, 0, 0, 1 }, HRTCP_SYN | HRTCP_ACK), seg) == HRTCP_DROP_NONE);
	CHECK(seg.opt.present == HRTCP_OPT_ACCECN);
}

TEST_CASE("wire: AE is the bit before CWR, kind and length are those of the order",
	  "[R9768-77][R9768-78][R9768-55]")
{
	const hrtcp_seg seg = parse_line(".A 1:1(0) ack 2 <ecn1 5 16777215>", {}).seg;
	u8 h[HRTCP_HDR_MAX];
	hrtcp_seg again;

	REQUIRE(hrtcp_wire_build(h, 1, 2, &seg) == 28);
	CHECK(h[12] == 0x71);
	CHECK(Bytes(h + 20, h + 28) == Bytes{ 174, 8, 0, 0, 5, 255, 255, 255 });
	REQUIRE(hrtcp_wire_parse(h, 28, 28, &again) == HRTCP_DROP_NONE);
	CHECK(print_seg(again, {}) == "A. 1:1(0) ack 2 win 0 <ecn1 5 16777215>");
	for (u8 ace = 0; ace < 8; ace++) {
		hrtcp_seg_set_ace(&again, ace);
		CHECK(hrtcp_seg_ace(&again) == ace);
	}
	h[12] |= 0x0e;					// still reserved: ignored
	REQUIRE(hrtcp_wire_parse(h, 28, 28, &again) == HRTCP_DROP_NONE);
	CHECK(hrtcp_seg_ace(&again) == 4);
}

TEST_CASE("wire_parse: four blocks at the most", "[R2018-05]")
{
	Bytes o = { 1, 1, 5, 34 };
	hrtcp_opts opt;

	for (u8 i = 0; i < 8; i++)
		o.insert(o.end(), { 0, 0, 0, i });
	CHECK(options_of(o, opt) == HRTCP_OPT_SACK);
	CHECK(opt.n_sack == 4);
	CHECK(opt.sack[3].start.v == 6);
	CHECK(opt.sack[3].end.v == 7);
}

TEST_CASE("wire_parse: any octets at all do no harm", "[MUST-7]")
{
	u32 x = 1;
	hrtcp_seg seg;

	for (size_t i = 0; i < 20000; i++) {
		Bytes h(20 + i % 41);
		for (auto &b : h) {
			x = x * 1664525 + 1013904223;
			b = static_cast<u8>(x >> 24 & (i & 1 ? 0xff : 0x0f));
		}
		h[12] = static_cast<u8>(h.size() / 4 << 4);
		if (parse(h, seg) == HRTCP_DROP_NONE)
			REQUIRE(seg.opt.n_sack <= HRTCP_SACK_BLOCKS);
	}
}

TEST_CASE("wire_build: what is written is read back", "[MUST-68][MUST-69][R9293-02]")
{
	for (const char *line : {
		"S 0:0(0) win 65535 <mss 1460,sackOK,TS val 1 ecr 0,wscale 14>",
		"S. 7:7(0) ack 4294967295 win 1 <mss 536>",
		"S 0:0(0) win 0 <sackOK>",
		"S 0:0(0) win 0 <wscale 0>",
		"S 0:0(0) win 0 <mss 9,wscale 3>",
		"S 0:0(0) win 0 <TS val 4294967295 ecr 4294967295>",
		"S 0:0(0) win 0 <sackOK,TS val 9 ecr 8>",
		"S 0:0(0) win 0 <sackOK,wscale 3>",
		". 1:1(0) ack 2 win 3",
		"FP.UEW 100:1560(1460) ack 2 win 3 <TS val 5 ecr 6>",
		". 1:1(0) ack 2 win 3 <sack 3:4>",
		". 1:1(0) ack 2 win 3 <sack 3:4 5:6 7:8 9:10>",
		". 1:1(0) ack 2 win 3 <TS val 5 ecr 6,sack 3:4 5:6 7:8>",
		". 1:1(0) ack 2 win 3 <ecn0>",
		". 1:1(0) ack 2 win 3 <ecn1 1 2 3>",
		". 1:1(0) ack 2 win 3 <TS val 5 ecr 6,sack 3:4 5:6,ecn0 7 8>",
		"R 1:1(0) win 0" })
		round_trip(line);
}

TEST_CASE("wire_build: timestamps alone are aligned by two NOPs", "[R7323-25]")
{
	const hrtcp_seg seg = parse_line(". 1:1(0) ack 2 <TS val 5 ecr 6>", {}).seg;
	u8 h[HRTCP_HDR_MAX];

	REQUIRE(hrtcp_wire_build(h, 1, 2, &seg) == 32);
	CHECK(Bytes(h + 20, h + 24) == Bytes{ 1, 1, 8, 10 });
}

TEST_CASE("wire_reset_for: ACK off", "[R9293-45]")
{
	CHECK(reset_for("S 100:105(5)") == "R. 0:0(0) ack 106 win 0");
	CHECK(reset_for("FP 4294967295:4(5)") == "R. 0:0(0) ack 5 win 0");
}

TEST_CASE("wire_reset_for: no reset answers a reset", "[R9293-45][A-01]")
{
	CHECK(reset_for("R 100:100(0)").empty());
	CHECK(reset_for("SR. 100:105(5) ack 77").empty());
}

TEST_CASE("wire_reset_for: ACK on", "[R9293-45]")
{
	CHECK(reset_for("SF. 100:105(5) ack 77") == "R 77:77(0) win 0");
}

// SPDX-License-Identifier: GPL-2.0
#include "script.hpp"

#include <cctype>
#include <stdexcept>

namespace {

constexpr struct { char letter; u8 flag; } flag_letters[] = {
	{ 'S', HRTCP_SYN }, { 'F', HRTCP_FIN }, { 'R', HRTCP_RST }, { 'P', HRTCP_PSH },
	{ '.', HRTCP_ACK }, { 'U', HRTCP_URG }, { 'E', HRTCP_ECE }, { 'W', HRTCP_CWR },
};

constexpr const char *ip_marks[] = { "NotECT", "ECT1", "ECT0", "CE" };

// A cursor over one line; every reader skips blanks first.
class Reader {
public:
	Reader(const std::string &text) : text_(text) {}

	[[noreturn]] void fail(const std::string &what) const
	{
		throw std::invalid_argument("bad segment line \"" + text_ + "\": " + what +
					    " at column " + std::to_string(at_));
	}

	bool take(const std::string &word)
	{
		skip_blanks();
		if (text_.compare(at_, word.size(), word) != 0)
			return false;
		at_ += word.size();
		return true;
	}

	void need(const std::string &word)
	{
		if (!take(word))
			fail("no '" + word + "'");
	}

	bool done()
	{
		skip_blanks();
		return at_ == text_.size();
	}

	bool at_number()
	{
		skip_blanks();
		return at_ < text_.size() && isdigit(static_cast<unsigned char>(text_[at_]));
	}

	u32 number()
	{
		size_t used = 0;
		if (!at_number())
			fail("no number");
		u32 v = static_cast<u32>(std::stoull(text_.substr(at_), &used));
		at_ += used;
		return v;
	}

	char last() const { return text_[at_ - 1]; }

	// A hexadecimal digit, or -1.
	int hex()
	{
		skip_blanks();
		const char c = at_ < text_.size() ? text_[at_] : 'x';
		if (!isxdigit(static_cast<unsigned char>(c)))
			return -1;
		at_++;
		return isdigit(static_cast<unsigned char>(c)) ? c - '0' : c - 'a' + 10;
	}

	// A sequence number: relative, `nxt` or `una` with an offset, or absolute.
	u32 seq(u32 base, u32 nxt, u32 una)
	{
		if (take("="))
			return number();
		u32 v = base;
		if (take("nxt"))
			v = nxt;
		else if (take("una"))
			v = una;
		else if (!take("-"))
			return base + number();
		else
			return base - number();
		if (take("+"))
			return v + number();
		return take("-") ? v - number() : v;
	}

	void flags(hrtcp_seg &seg)
	{
		skip_blanks();
		for (; at_ < text_.size() && text_[at_] != ' '; at_++)
			if (text_[at_] == 'A')
				seg.ae = true;
			else
				seg.flags = static_cast<u8>(seg.flags | flag(text_[at_]));
	}

private:
	void skip_blanks()
	{
		while (at_ < text_.size() && text_[at_] == ' ')
			at_++;
	}

	u8 flag(char c) const
	{
		for (const auto &f : flag_letters)
			if (f.letter == c)
				return f.flag;
		if (c != '-')
			fail("unknown flag");
		return 0;
	}

	const std::string &text_;
	size_t at_ = 0;
};

void parse_sack(Reader &in, hrtcp_opts &opt, const Base &base)
{
	do {
		auto &block = opt.sack[opt.n_sack++];
		block.start = seq_of(in.seq(base.ack, base.ack_nxt, base.ack_una));
		in.need(":");
		block.end = seq_of(in.seq(base.ack, base.ack_nxt, base.ack_una));
	} while (in.at_number() && opt.n_sack < HRTCP_SACK_BLOCKS);
}

void parse_ts(Reader &in, Line &line)
{
	if (!in.take("val")) {
		line.any_ts = true;
		return;
	}
	line.seg.opt.tsval = in.number();
	in.need("ecr");
	line.seg.opt.tsecr = in.number();
}

u8 parse_cookie(Reader &in, hrtcp_cookie &cookie)
{
	for (int high; (high = in.hex()) >= 0;)
		cookie.octets[cookie.len++] = static_cast<u8>(high * 16 + in.hex());
	return HRTCP_OPT_FAST;
}

// Behind its name, the last digit of which is the order.
u8 parse_accecn(Reader &in, hrtcp_accecn_opt &opt)
{
	opt.order1 = in.last() == '1';
	while (in.at_number() && opt.n < HRTCP_ACCECN_FIELDS)
		opt.field[opt.n++] = in.number();
	return HRTCP_OPT_ACCECN;
}

u8 parse_option(Reader &in, Line &line, const Base &base)
{
	hrtcp_opts &opt = line.seg.opt;

	if (in.take("mss")) {
		opt.mss = static_cast<u16>(in.number());
		return HRTCP_OPT_MSS;
	}
	if (in.take("wscale")) {
		opt.wscale = static_cast<u8>(in.number());
		return HRTCP_OPT_WSCALE;
	}
	if (in.take("sackOK"))
		return HRTCP_OPT_SACK_OK;
	if (in.take("sack")) {
		parse_sack(in, opt, base);
		return HRTCP_OPT_SACK;
	}
	if (in.take("ecn0") || in.take("ecn1"))
		return parse_accecn(in, opt.accecn);
	if (in.take("FO"))
		return parse_cookie(in, opt.fast);
	in.need("TS");
	parse_ts(in, line);
	return HRTCP_OPT_TS;
}

void parse_options(Reader &in, Line &line, const Base &base)
{
	line.has_opts = true;
	while (!in.take(">")) {
		line.seg.opt.present |= parse_option(in, line, base);
		in.take(",");
	}
}

std::string relative(u32 v, u32 base)
{
	const s32 d = static_cast<s32>(v - base);

	return d > -100000000 && d < 1000000000 ? std::to_string(d) : "=" + std::to_string(v);
}

std::string print_cookie(const hrtcp_cookie &cookie)
{
	static const char digits[] = "0123456789abcdef";
	std::string out = cookie.len ? " " : "";

	for (u8 i = 0; i < cookie.len; i++)
		out += { digits[cookie.octets[i] >> 4], digits[cookie.octets[i] & 15] };
	return out;
}

std::string print_options(const hrtcp_opts &opt, const Base &base)
{
	std::string out;

	if (opt.present & HRTCP_OPT_MSS)
		out += ",mss " + std::to_string(opt.mss);
	if (opt.present & HRTCP_OPT_SACK_OK)
		out += ",sackOK";
	if (opt.present & HRTCP_OPT_TS)
		out += ",TS val " + std::to_string(opt.tsval) + " ecr " + std::to_string(opt.tsecr);
	if (opt.present & HRTCP_OPT_WSCALE)
		out += ",wscale " + std::to_string(opt.wscale);
	for (u32 i = 0; i < opt.n_sack; i++)
		out += (i ? " " : ",sack ") + relative(opt.sack[i].start.v, base.ack) + ":" +
		       relative(opt.sack[i].end.v, base.ack);
	if (opt.present & HRTCP_OPT_FAST)
		out += ",FO" + print_cookie(opt.fast);
	if (opt.present & HRTCP_OPT_ACCECN)
		out += opt.accecn.order1 ? ",ecn1" : ",ecn0";
	for (u8 i = 0; i < opt.accecn.n; i++)
		out += " " + std::to_string(opt.accecn.field[i]);
	return out.empty() ? "" : " <" + out.substr(1) + ">";
}

bool same_options(const Line &want, const hrtcp_opts &got)
{
	const hrtcp_opts &w = want.seg.opt;

	if (w.present != got.present || w.mss != got.mss || w.wscale != got.wscale)
		return false;
	if (!want.any_ts && (w.tsval != got.tsval || w.tsecr != got.tsecr))
		return false;
	if (w.n_sack != got.n_sack || w.fast.len != got.fast.len ||
	    memcmp(w.fast.octets, got.fast.octets, w.fast.len))
		return false;
	if (w.accecn.order1 != got.accecn.order1 || w.accecn.n != got.accecn.n ||
	    memcmp(w.accecn.field, got.accecn.field, sizeof(w.accecn.field)))
		return false;
	for (u32 i = 0; i < w.n_sack; i++)
		if (w.sack[i].start.v != got.sack[i].start.v ||
		    w.sack[i].end.v != got.sack[i].end.v)
			return false;
	return true;
}

} // namespace

Line parse_line(const std::string &text, const Base &base)
{
	Reader in(text);
	Line line;
	hrtcp_seg &seg = line.seg;

	seg.hdr_len = HRTCP_HDR_MIN;
	in.flags(seg);
	seg.seq = seq_of(in.seq(base.seq, base.seq_nxt, base.seq_una));
	const bool has_end = in.take(":");
	const u32 end = has_end ? in.seq(base.seq, base.seq_nxt, base.seq_una) : 0;
	in.need("(");
	seg.len = in.number();
	in.need(")");
	if (has_end && end != seg.seq.v + seg.len)
		in.fail("end is not seq + len");
	if (in.take("ack"))
		seg.ack = seq_of(in.seq(base.ack, base.ack_nxt, base.ack_una));
	else if (seg.flags & HRTCP_ACK)
		in.fail("no ack");
	line.has_win = in.take("win");
	if (line.has_win)
		seg.wnd = static_cast<u16>(in.number());
	if (in.take("urg"))
		seg.urg = static_cast<u16>(in.number());
	if (in.take("<"))
		parse_options(in, line, base);
	for (u8 i = 0; i < ARRAY_SIZE(ip_marks) && !line.has_ip_ecn; i++)
		if ((line.has_ip_ecn = in.take(ip_marks[i])))
			seg.ip_ecn = i;
	if (!in.done())
		in.fail("trailing text");
	return line;
}

std::string print_flags(u8 flags, bool ae)
{
	std::string out = ae ? "A" : "";

	for (const auto &f : flag_letters)
		if (flags & f.flag)
			out += f.letter;
	return out.empty() ? "-" : out;
}

std::string print_seg(const hrtcp_seg &seg, const Base &base)
{
	std::string out = print_flags(seg.flags, seg.ae) + " " + relative(seg.seq.v, base.seq) + ":" +
			  relative(seg.seq.v + seg.len, base.seq) + "(" +
			  std::to_string(seg.len) + ")";

	if (seg.flags & HRTCP_ACK)
		out += " ack " + relative(seg.ack.v, base.ack);
	out += " win " + std::to_string(seg.wnd);
	if (seg.flags & HRTCP_URG)
		out += " urg " + std::to_string(seg.urg);
	return out + print_options(seg.opt, base) +
	       (seg.ip_ecn ? std::string(" ") + ip_marks[seg.ip_ecn & 3] : "");
}

bool matches(const Line &want, const hrtcp_seg &got)
{
	const hrtcp_seg &w = want.seg;

	if (w.flags != got.flags || w.ae != got.ae || w.seq.v != got.seq.v || w.len != got.len)
		return false;
	if ((w.flags & HRTCP_ACK) && w.ack.v != got.ack.v)
		return false;
	if ((w.flags & HRTCP_URG) && w.urg != got.urg)
		return false;
	if ((want.has_win && w.wnd != got.wnd) || (want.has_ip_ecn && w.ip_ecn != got.ip_ecn))
		return false;
	if (!want.has_opts)	// the options of a handshake and timestamps may go unmentioned
		return (got.flags & HRTCP_SYN) || !(got.opt.present & ~HRTCP_OPT_TS);
	return same_options(want, got.opt);
}

std::string pattern(u32 offset, u32 len)
{
	std::string out(len, 0);

	for (u32 i = 0; i < len; i++)
		out[i] = pattern(offset + i);
	return out;
}

std::string compare(const std::vector<std::string> &want, const std::vector<hrtcp_seg> &got,
		    const Base &base)
{
	bool same = want.size() == got.size();
	std::string out;

	for (size_t i = 0; i < want.size(); i++) {
		const bool ok = i < got.size() && matches(parse_line(want[i], base), got[i]);
		out += (ok ? "\n  ok       " : "\n  expected ") + want[i];
		same = same && ok;
	}
	for (const auto &seg : got)
		out += "\n  seen     " + print_seg(seg, base);
	return same ? "" : out;
}

// SPDX-License-Identifier: GPL-2.0
// SYN cookies, RFC 4987 3.6; the format stands in core/syncookie.h.
#include "host.hpp"

namespace {

void only_cookies(hrtcp_cfg &c)
{
	c.syncookies = HRTCP_SYNCOOKIES_ALWAYS;
}

// Answers every SYN by a cookie.
struct Cookies : Host {
	explicit Cookies(Setup s = {}) : Host(tuned(s)) { LISTEN(*this, 0); }

	static Setup tuned(Setup s)
	{
		if (!s.tune)
			s.tune = only_cookies;
		return s;
	}

	// The SYN,ACK to @syn at @t.
	hrtcp_seg answer(u64 t, const std::string &syn)
	{
		PEER(*this, t, syn);
		const auto sent = take_sent();
		REQUIRE(sent.size() == 1);
		REQUIRE((sent[0].seg.flags & ~HRTCP_ECE) == (HRTCP_SYN | HRTCP_ACK));
		CHECK(listener->n_half_open == 0);
		CHECK_FALSE(req);
		return sent[0].seg;
	}

	// The third segment of the handshake that @synack began.
	static hrtcp_seg third(const hrtcp_seg &synack)
	{
		hrtcp_seg seg{};

		seg.seq = synack.ack;
		seg.ack = seq_add(synack.seq, 1);
		seg.flags = HRTCP_ACK;
		seg.wnd = 1000;
		seg.hdr_len = HRTCP_HDR_MIN;
		return seg;
	}
};

} // namespace

TEST_CASE("syncookie: a handshake without state", "[R4987-03][R4987-02]")
{
	Cookies h;
	const hrtcp_seg synack = h.answer(0, "S 0:0(0) <mss 1300>");

	STATE(h, LISTEN);
	CHECK(h.next_wake() == HRTCP_NEVER);
	QUIET(h, SEC(5));			// nothing is repeated, nothing remembered
	h.arrive(Cookies::third(synack), "");
	STATE(h, ESTABLISHED);
	CAUSES(h, HRTCP_C_SYN_RCVD, HRTCP_C_SYN_ACKED);
	CHECK(h.conn.snd.mss_peer == 1220);	// the largest in the table below 1300
	CHECK(h.conn.snd.wnd == 1000);
	CHECK(h.conn.rtt.srtt_ns == 0);		// nobody knows when the SYN,ACK left
	CHECK(h.conn.cc.cwnd_bytes == 10 * h.conn.snd.mss);
	CHECK(h.listener->n_accept == 1);
	WRITE(h, SEC(5), 10);
	SEES(h, SEC(5), "P. 1:11(10) ack 1");
}

TEST_CASE("syncookie: data may ride on the third segment, or follow a lost one", "[R4987-03]")
{
	Cookies h;
	hrtcp_seg data = Cookies::third(h.answer(0, "S 0:0(0)"));

	data.len = 100;
	data.flags |= HRTCP_PSH;
	h.arrive(data, pattern(0, 100));
	STATE(h, ESTABLISHED);
	CHECK(h.unread() == 100);
	SEES(h, MS(40), ". 1:1(0) ack 101");
}

TEST_CASE("syncookie: the MSS is the table's", "[R4987-03]")
{
	const std::vector<std::pair<int, u32>> cases = {
		{ 9000, 8960 }, { 8960, 8960 }, { 8959, 1460 }, { 1460, 1460 }, { 1459, 1440 },
		{ 1400, 1360 }, { 1220, 1220 }, { 1100, 1024 }, { 536, 536 }, { 535, 48 },
	};

	for (const auto &[mss, want] : cases) {
		Cookies h;
		h.arrive(Cookies::third(h.answer(0, "S 0:0(0) <mss " + std::to_string(mss) + ">")),
			 "");
		STATE(h, ESTABLISHED);
		CHECK(h.conn.snd.mss_peer == want);
	}
	Cookies h;				// no option: the default
	h.arrive(Cookies::third(h.answer(0, "S 0:0(0) <>")), "");
	CHECK(h.conn.snd.mss_peer == 536);
}

TEST_CASE("syncookie: without timestamps nothing else is offered", "[R4987-03]")
{
	Cookies h({ .rcvbuf = 1 << 20, .sack = true, .ts = true, .hr = true, .wscale = 7,
		    .tune = [](hrtcp_cfg &c) { only_cookies(c); c.ecn = 1; } });
	const hrtcp_seg synack = h.answer(0, "SEW 0:0(0) <mss 1000,sackOK,wscale 7>");

	CHECK(synack.opt.present == HRTCP_OPT_MSS);
	h.arrive(Cookies::third(synack), "");
	STATE(h, ESTABLISHED);
	CHECK_FALSE((h.conn.sack.on || h.conn.ts.on || h.conn.ecn.pact.mode));
	CHECK(h.conn.snd.wscale == 0);
	CHECK(h.conn.rcv.wscale == 0);
}

TEST_CASE("syncookie: with timestamps window scale, SACK and ECN survive", "[R4987-03]")
{
	Cookies h({ .rcvbuf = 1 << 20, .sack = true, .ts = true, .wscale = 7,
		    .tune = [](hrtcp_cfg &c) { only_cookies(c); c.ecn = 1; } });
	const hrtcp_seg synack =
		h.answer(0, "SEW 0:0(0) <mss 1000,sackOK,TS val 1000 ecr 0,wscale 7>");
	hrtcp_seg third = Cookies::third(synack);

	// Our clock says 6000000 = 1464 * 4096 + 3456: 7 + SACK + ECN is below that.
	CHECK(synack.opt.tsval == 1464 * 4096 + 7 + 16 + 32);
	CHECK(synack.flags == (HRTCP_SYN | HRTCP_ACK | HRTCP_ECE));
	third.opt.present = HRTCP_OPT_TS;
	third.opt.tsval = 1010;
	third.opt.tsecr = synack.opt.tsval;
	h.arrive(third, "");
	STATE(h, ESTABLISHED);
	CHECK((h.conn.sack.on && h.conn.ts.on && h.conn.ecn.pact.mode));
	CHECK(h.conn.snd.wscale == 7);
	CHECK(h.conn.rcv.wscale == 5);
	CHECK(h.conn.snd.wnd == 128000);
	CHECK(h.conn.ts.recent == 1010);
	PEER(h, MS(1), ". 101:201(100) ack 1 <TS val 1011 ecr 6000000>");
	SEES(h, MS(1), ". 1:1(0) ack 1 <TS,sack 101:201>");
}

TEST_CASE("syncookie: a timestamp is never ahead of the clock", "[R4987-03][R7323-13]")
{
	// 5.5 s earlier the clock stood at 5994500 = 1463 * 4096 + 2052.
	Cookies h({ .sack = true, .ts = true, .hr = true, .wscale = 0 });

	hrtcp_seg syn{};
	syn.flags = HRTCP_SYN;
	syn.seq = seq_of(h.setup.irs);
	syn.hdr_len = HRTCP_HDR_MIN;
	syn.opt.present = HRTCP_OPT_TS | HRTCP_OPT_HR;	// 15 + 64 + 20 << 7
	syn.opt.hr_delack_us = 500000;
	for (u64 ms = 0; ms < 9000; ms += 250) {
		h.run(MS(ms));
		h.arrive(syn, "");
		const auto sent = h.take_sent();
		REQUIRE(sent.size() == 1);
		const u32 clock = static_cast<u32>(h.now() / MS(1)) + 5000000;
		const s32 behind = static_cast<s32>(clock - sent[0].seg.opt.tsval);
		CHECK(behind >= 0);
		CHECK(behind < 2 * 4096);
		CHECK((sent[0].seg.opt.tsval & 4095) == (15 | 1 << 6 | 20 << 7));
	}
}

TEST_CASE("syncookie: the hrTCP option survives, the delay rounded up", "[R4987-03]")
{
	const std::vector<std::pair<u32, u64>> cases = {
		{ 0, 0 }, { 1, 1 }, { 2, 2 }, { 3, 4 }, { 250, 256 }, { 256, 256 }, { 257, 512 },
	};

	for (const auto &[told, want] : cases) {
		Cookies h({ .ts = true, .hr = true });
		hrtcp_seg syn{};
		syn.flags = HRTCP_SYN;
		syn.seq = seq_of(h.setup.irs);
		syn.hdr_len = HRTCP_HDR_MIN;
		syn.opt.present = HRTCP_OPT_TS | HRTCP_OPT_HR;
		syn.opt.hr_delack_us = told;
		h.arrive(syn, "");
		const auto sent = h.take_sent();
		hrtcp_seg third = Cookies::third(sent.at(0).seg);
		third.opt.present = HRTCP_OPT_TS;
		third.opt.tsval = 1;
		third.opt.tsecr = sent.at(0).seg.opt.tsval;
		h.arrive(third, "");
		STATE(h, ESTABLISHED);
		CHECK(h.conn.rtt.peer_delack_ns == US(want));
		CHECK(h.conn.ts.peer_us);
		CHECK_FALSE(h.conn.ts.in_us);
	}
}

TEST_CASE("syncookie: what is forged or stale is dropped", "[R4987-03]")
{
	Cookies h;
	const hrtcp_seg good = Cookies::third(h.answer(0, "S 0:0(0)"));

	for (int bit = 0; bit < 32; bit++) {
		hrtcp_seg bad = good;
		bad.ack.v ^= 1u << bit;
		h.arrive(bad, "");
		DROP(h, BAD_ACK);
		STATE(h, LISTEN);
		bad = good;
		bad.seq.v ^= 1u << bit;		// the SYN's number is authenticated, too
		h.arrive(bad, "");
		DROP(h, BAD_ACK);
		STATE(h, LISTEN);
	}
	QUIET(h, SEC(60));
	h.arrive(good, "");
	STATE(h, ESTABLISHED);
}

TEST_CASE("syncookie: good in its own period and in the next", "[R4987-03]")
{
	const u64 period = 1ull << 36;

	for (const u64 later : { 1u, 2u }) {
		Cookies h;
		const u64 begun = h.now() / period;
		const hrtcp_seg good = Cookies::third(h.answer(0, "S 0:0(0)"));
		const u64 t = (begun + later) * period - h.now() + SEC(1);
		h.answer(t, "S 5000:5000(0)");	// so that it is looked at, at all
		h.arrive(good, "");
		if (later == 1)
			STATE(h, ESTABLISHED);
		else
			STATE(h, LISTEN);
	}
}

TEST_CASE("syncookie: where none was sent of late an ACK is reset", "[R4987-03][A-11]")
{
	Cookies h;

	PEER(h, 0, ". 1:1(0) ack =99");
	SEES(h, 0, "R =99(0)");
	const hrtcp_seg good = Cookies::third(h.answer(SEC(1), "S 0:0(0)"));
	QUIET(h, SEC(139));
	h.arrive(good, "");
	SEES(h, SEC(139), "R =" + std::to_string(good.ack.v) + "(0)");

	Cookies off({ .tune = [](hrtcp_cfg &c) { c.syncookies = 0; } });
	off.listener->cookie_ns = off.now();
	PEER(off, 0, ". 1:1(0) ack =99");
	SEES(off, 0, "R =99(0)");
}

TEST_CASE("syncookie: only where the half-open queue is full", "[R4987-03][T-08]")
{
	Cookies h({ .tune = [](hrtcp_cfg &c) { c.max_syn_backlog = 3; } });

	h.listener->n_half_open = 3;
	PEER(h, 0, "S 0:0(0)");
	CHECK_FALSE(h.req);
	const auto sent = h.take_sent();
	REQUIRE(sent.size() == 1);
	h.listener->n_half_open = 2;
	PEER(h, 0, "S 0:0(0)");
	SEES(h, 0, "S. 0:0(0) ack 1");
	CHECK(h.req);

	Cookies off({ .tune = [](hrtcp_cfg &c) {
		c.max_syn_backlog = 3;
		c.syncookies = HRTCP_SYNCOOKIES_OFF;
	} });
	off.listener->n_half_open = 3;
	PEER(off, 0, "S 0:0(0)");
	DROP(off, HALF_OPEN_FULL);
	QUIET(off, SEC(1));
}

TEST_CASE("syncookie: what follows TIME-WAIT gets a request, whose number is above the last",
	  "[R4987-03][R6191-01]")
{
	Cookies h;
	hrtcp_seg syn{};
	hrtcp_reply reply;

	syn.flags = HRTCP_SYN;
	CHECK(hrtcp_listen_on_segment(h.listener.get(), &h.cfg, &syn, true, h.now(), &reply) ==
	      HRTCP_LISTEN_NEW);
	CHECK(hrtcp_listen_on_segment(h.listener.get(), &h.cfg, &syn, false, h.now(), &reply) ==
	      HRTCP_LISTEN_COOKIE);
}

TEST_CASE("syncookie: accept queue full: the ACK is dropped, its data asks again", "[T-08]")
{
	Cookies h;
	hrtcp_seg data = Cookies::third(h.answer(0, "S 0:0(0)"));

	h.listener->n_accept = 2;
	h.arrive(data, "");
	DROP(h, ACCEPT_FULL);
	h.accept();
	data.len = 10;
	h.arrive(data, pattern(0, 10));
	STATE(h, ESTABLISHED);
	CHECK(h.unread() == 10);
	SEES(h, MS(40), ". 1:1(0) ack 11");
}

TEST_CASE("syncookie: a Fast Open cookie is given beside", "[R4987-03][R7413-04]")
{
	Cookies h({ .tune = [](hrtcp_cfg &c) { only_cookies(c); c.fastopen = 3; } });

	h.fastq.limit = 1;
	const hrtcp_seg synack = h.answer(0, "S 0:0(0) <mss 1000,FO>");
	CHECK(synack.opt.fast.len == 8);
	h.arrive(Cookies::third(synack), "");
	STATE(h, ESTABLISHED);
}

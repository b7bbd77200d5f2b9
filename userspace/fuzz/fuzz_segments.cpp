// SPDX-License-Identifier: GPL-2.0
// fuzz_segments.cpp -- an end led to any state, listener and TIME-WAIT among them, then segments
// with anything in them, as octets through the parser. Their payload is what the stream has at
// that place, so that the simulator's end can tell whether octets arrive once and in order.
// With TRACE in the environment it is shown as the simulator shows a connection.
#include "input.hpp"

#include "../sim/endpoint.hpp"
#include "../sim/text.hpp"

#include <cstdio>
#include <cstdlib>

namespace {

using sim::Bytes;
using sim::EndConfig;

constexpr uint32_t iss = 0xfffff000, irs = 0xffffff00; // both wrap soon
constexpr uint64_t peer_pattern = 1;

enum Start {
	LISTEN, REQUEST, PASSIVE, SYN_SENT, SIMULTANEOUS, ACTIVE, FIN_WAIT_1, FIN_WAIT_2, CLOSING,
	CLOSE_WAIT, LAST_ACK, TIME_WAIT, STARTS
};

EndConfig configure(Input &in, uint8_t start)
{
	EndConfig end;
	uint8_t setup = in.u8(), more = in.u8();
	bool closes = start == FIN_WAIT_1 || start == FIN_WAIT_2 || start == CLOSING ||
		      start == LAST_ACK || start == TIME_WAIT;

	end.open.iss = seq_of(iss);
	end.open.rcvbuf_bytes = 2000u << (setup >> 6);
	end.open.rcvbuf_max_bytes = 1u << 20;
	end.open.mss_path = end.open.mss_advertise = more & 1 ? 1460 : 200;
	end.open.mss_default = 536;
	end.open.gso_max = more & 2 ? 65535 : end.open.mss_path;
	end.cfg.sack = setup & 1;
	end.cfg.timestamps = setup & 2;
	end.cfg.window_scaling = setup & 4;
	end.cfg.hr_option = setup & 8;
	end.cfg.ecn = (setup >> 4) % (HRTCP_ECN_MAX + 1);
	for (uint32_t i = more >> 6; !end.cfg.cc; i--)
		end.cfg.cc = hrtcp_cc_built_in(i);
	end.program.send_bytes = more & 4 ? 20000 : 0;
	end.program.nodelay = more & 8;
	end.program.read_every_ns = more & 16 ? 1000000 : 0;
	end.program.stay = !closes;
	end.program.wait_for_peer = start == LAST_ACK;
	end.peer_pattern = peer_pattern;
	return end;
}

class Scene {
public:
	Scene(const EndConfig &config) : out_(clock_, {}, 1), end_("end", clock_, out_, config, std::getenv("TRACE"))
	{
		out_.connect([](Bytes) {});
	}
	void begin(uint8_t start);
	void act(Input &in);
	bool over() const { return end_.gone(); }

private:
	void send(hrtcp_seg seg);
	void send(Bytes header, uint32_t len, bool syn);
	void fair(uint8_t flags);
	hrtcp_seg near(Input &in);
	void any(Input &in);
	void pass(uint64_t ns);
	uint32_t peer_nxt() const { return known() ? end_.conn().rcv.nxt.v : peer_irs() + begun_; }
	uint32_t peer_irs() const { return end_.knows_irs() ? end_.irs() : irs; }
	bool known() const
	{
		return end_.conn().state != HRTCP_CLOSED && end_.conn().state != HRTCP_SYN_SENT;
	}

	sim::Clock clock_;
	sim::Path out_;
	sim::Endpoint end_;
	bool begun_ = false;	// the peer's SYN was sent
	uint32_t tsval_ = 1000;
};

void Scene::pass(uint64_t ns)
{
	bool there = false;
	int events = 0;

	clock_.at(clock_.now_ns() + ns, [&there] { there = true; });
	while (!there) {
		clock_.step();
		if (++events > 100000)
			throw sim::Failure("events without end");
	}
}

void Scene::send(Bytes packet, uint32_t len, bool syn)
{
	uint32_t seq = uint32_t(packet[4]) << 24 | packet[5] << 16 | packet[6] << 8 | packet[7];
	// Far away numbers wrap the pattern with the sequence: 65521 * 2^33 octets of offset.
	auto offset = int64_t(int32_t(seq + syn - peer_irs() - 1)) + (int64_t(65521) << 33);
	size_t header = packet.size();

	if (!end_.knows_irs())
		offset = int64_t(65521) << 33;
	packet.resize(header + len);
	sim::fill_pattern(peer_pattern, static_cast<uint64_t>(offset), packet.data() + header, len);
	packet[16] = packet[17] = 0;
	uint16_t sum = sim::checksum(packet);
	packet[16] = static_cast<uint8_t>(sum >> 8);
	packet[17] = static_cast<uint8_t>(sum);
	begun_ |= syn;
	end_.receive(std::move(packet));
	pass(0);
}

void Scene::send(hrtcp_seg seg)
{
	Bytes packet(HRTCP_HDR_MAX + 60);

	if (hrtcp_wire_opt_len(&seg.opt) > HRTCP_HDR_MAX - HRTCP_HDR_MIN)
		seg.opt.present &= static_cast<u8>(~HRTCP_OPT_SACK);
	packet.resize(hrtcp_wire_build(packet.data(), 1, 2, &seg));
	packet.ecn = seg.ip_ecn;
	send(std::move(packet), seg.len, seg.flags & HRTCP_SYN);
}

// What a peer in its right mind sends next.
void Scene::fair(uint8_t flags)
{
	hrtcp_seg seg{};

	seg.seq = seq_of(flags & HRTCP_SYN ? irs : peer_nxt());
	seg.ack = known() ? end_.conn().snd.max : seq_of(iss + 1);
	seg.flags = flags;
	seg.wnd = 0xffff;
	seg.opt.present = HRTCP_OPT_TS;
	seg.opt.tsval = tsval_;
	if (flags & HRTCP_SYN) {
		seg.opt.present |= HRTCP_OPT_MSS | HRTCP_OPT_WSCALE | HRTCP_OPT_SACK_OK | HRTCP_OPT_HR;
		seg.opt.mss = 1460;
		seg.opt.wscale = 7;
		seg.opt.hr_delack_us = 250;
	}
	send(seg);
}

void Scene::begin(uint8_t start)
{
	if (start <= PASSIVE) {
		end_.listen();
		if (start >= REQUEST)
			fair(HRTCP_SYN);
		if (start == PASSIVE)
			fair(HRTCP_ACK);
		return;
	}
	end_.connect();
	if (start == SIMULTANEOUS)
		fair(HRTCP_SYN);
	else if (start != SYN_SENT)
		fair(HRTCP_SYN | HRTCP_ACK);
	if (start == FIN_WAIT_2 || start == TIME_WAIT)
		fair(HRTCP_ACK);
	if (start >= CLOSING) {
		hrtcp_seg fin{};
		fin.seq = seq_of(peer_nxt());
		fin.ack = start == CLOSING ? end_.conn().snd.una : end_.conn().snd.max;
		fin.flags = HRTCP_FIN | HRTCP_ACK;
		fin.wnd = 0xffff;
		fin.opt.present = HRTCP_OPT_TS;
		fin.opt.tsval = tsval_;
		send(fin);
	}
}

// Around a number that matters.
seq around(Input &in, const uint32_t (&bases)[4])
{
	uint8_t how = in.u8();

	return seq_of(bases[how & 3] + (how >> 2 == 63 ? in.u32() : how >> 2 == 62 ? in.u16() :
				    (how >> 2) - 16u));
}

hrtcp_seg Scene::near(Input &in)
{
	const hrtcp_snd &snd = end_.conn().snd;
	const hrtcp_rcv &rcv = end_.conn().rcv;
	const uint32_t here[4] = {peer_nxt(), known() ? rcv.edge.v : irs, peer_irs(), peer_nxt() + 200};
	const uint32_t there[4] = {known() ? snd.nxt.v : iss + 1, known() ? snd.una.v : iss,
				   known() ? snd.end.v : iss, snd.una.v + 200};
	hrtcp_seg seg{};
	uint8_t options = in.u8();

	seg.flags = in.u8();
	seg.seq = around(in, here);
	seg.ack = around(in, there);
	seg.len = in.u8() * (options & 0x40 ? 8 : 1);
	seg.wnd = in.u16();
	seg.ip_ecn = options >> 7 ? 3 : 2;
	seg.opt.present = options & 0x3f;
	if (options & HRTCP_OPT_TS) {
		uint8_t ts = in.u8();
		tsval_ += ts & 0x80 ? 0 : ts;
		seg.opt.tsval = ts & 0x80 ? tsval_ - ts : tsval_;
		seg.opt.tsecr = ts & 1 ? in.u32() : 0;
	}
	if (options & HRTCP_OPT_SACK) {
		seg.opt.n_sack = static_cast<u8>(1 + in.u8() % 3);
		for (u8 i = 0; i < seg.opt.n_sack; i++) {
			seg.opt.sack[i].start = around(in, there);
			seg.opt.sack[i].end = around(in, there);
		}
	}
	seg.ae = seg.wnd & 1;
	if ((seg.wnd & 6) == 6 && !(options & HRTCP_OPT_SACK)) {
		seg.opt.present |= HRTCP_OPT_ACCECN;
		seg.opt.accecn.order1 = seg.wnd & 8;
		seg.opt.accecn.n = in.u8() & 3;
		for (u8 i = 0; i < seg.opt.accecn.n; i++)
			seg.opt.accecn.field[i] = in.u16();
	}
	seg.opt.mss = in.u8() * 8;
	seg.opt.wscale = options & HRTCP_OPT_WSCALE ? in.u8() % 15 : 0;
	seg.opt.hr_delack_us = options & HRTCP_OPT_HR ? in.u32() : 0;
	return seg;
}

// A header octet by octet, but for numbers that would never fit.
void Scene::any(Input &in)
{
	hrtcp_seg seg = near(in);
	Bytes packet(HRTCP_HDR_MAX + 60);
	uint8_t words = in.u8() % 11;

	seg.opt.present = 0;
	packet.resize(hrtcp_wire_build(packet.data(), 1, 2, &seg));
	packet[12] = static_cast<uint8_t>((5 + words) << 4);
	packet[19] = in.u8();
	for (uint32_t i = 0; i < words * 4u; i++)
		packet.push_back(in.u8());
	send(std::move(packet), seg.len, seg.flags & HRTCP_SYN);
}

void Scene::act(Input &in)
{
	uint64_t at;

	switch (in.u8() % 8) {
	case 0:
		any(in);
		break;
	case 1:
		at = hrtcp_timers_next(&end_.conn().timers, nullptr);
		pass(at == HRTCP_NEVER || at < clock_.now_ns() ? 1000000000 : at - clock_.now_ns());
		break;
	case 2:
		pass(uint64_t(in.u16()) << in.u8() % 24);
		break;
	case 3:
		end_.write(in.u16());
		break;
	case 4:
		fair(HRTCP_ACK);
		break;
	default:
		send(near(in));
	}
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Input in(data, size);
	uint8_t start = in.u8() % STARTS;

	try {
		Scene scene(configure(in, start));
		scene.begin(start);
		while (!in.empty() && !scene.over())
			scene.act(in);
	} catch (const sim::Failure &failure) {
		std::fprintf(stderr, "%s\n", failure.what());
		std::abort();
	}
	return 0;
}

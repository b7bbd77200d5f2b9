// SPDX-License-Identifier: GPL-2.0
#include "catch.hpp"

#include <array>
#include <cstring>
#include <vector>

#include <linux/genetlink.h>
#include <linux/tcp.h>

#include "decode.hpp"
#include "uapi/hrtcp.h"

using namespace hrtcp;

namespace {

// A message of the module, built as the module builds it.
class message {
public:
	explicit message(uint8_t command)
	{
		nlmsghdr *h = mnl_nlmsg_put_header(buffer_.data());
		h->nlmsg_type = 30;
		auto *genl = static_cast<genlmsghdr *>(mnl_nlmsg_put_extra_header(h, sizeof(genlmsghdr)));
		genl->cmd = command;
	}

	nlmsghdr *header() { return reinterpret_cast<nlmsghdr *>(buffer_.data()); }

	message &u8(uint16_t type, uint8_t value) { return mnl_attr_put_u8(header(), type, value), *this; }
	message &u16(uint16_t type, uint16_t v) { return mnl_attr_put_u16(header(), type, v), *this; }
	message &u32(uint16_t type, uint32_t v) { return mnl_attr_put_u32(header(), type, v), *this; }
	message &u64(uint16_t type, uint64_t v) { return mnl_attr_put_u64(header(), type, v), *this; }
	message &octets(uint16_t type, const void *data, size_t size)
	{
		return mnl_attr_put(header(), type, size, data), *this;
	}

	message &addresses()
	{
		const uint8_t local[] = {192, 0, 2, 1}, peer[] = {192, 0, 2, 2};
		return u8(HRTCP_A_CONN_FAMILY, AF_INET)
			.octets(HRTCP_A_CONN_SADDR, local, 4)
			.octets(HRTCP_A_CONN_DADDR, peer, 4)
			.u16(HRTCP_A_CONN_SPORT, 40000)
			.u16(HRTCP_A_CONN_DPORT, 80)
			.u64(HRTCP_A_CONN_COOKIE, 7);
	}

private:
	alignas(nlmsghdr) std::array<char, 4096> buffer_ = {};
};

} // namespace

TEST_CASE("decode_connection: all attributes")
{
	message m(HRTCP_CMD_GET_CONN);
	m.addresses()
		.u8(HRTCP_A_CONN_STATE, HRTCP_ESTABLISHED)
		.u32(HRTCP_A_CONN_UID, 1000)
		.u32(HRTCP_A_CONN_INODE, 4711)
		.u32(HRTCP_A_CONN_IFINDEX, 2)
		.u32(HRTCP_A_CONN_RQUEUE, 10)
		.u32(HRTCP_A_CONN_WQUEUE, 20)
		.u32(HRTCP_A_CONN_HALF_OPEN, 3)
		.u8(HRTCP_A_CONN_TIMER, HRTCP_T_RETRANSMIT)
		.u64(HRTCP_A_CONN_TIMER_NS, 5'000'000)
		.u32(HRTCP_A_CONN_RETRANS, 2);
	connection c = decode_connection(m.header());
	CHECK(c.cookie == 7);
	CHECK(c.local.text() == "192.0.2.1:40000");
	CHECK(c.peer.text() == "192.0.2.2:80");
	CHECK(c.state == HRTCP_ESTABLISHED);
	CHECK(c.uid == 1000);
	CHECK(c.inode == 4711);
	CHECK(c.ifindex == 2);
	CHECK(c.receive_queue == 10);
	CHECK(c.send_queue == 20);
	CHECK(c.half_open == 3);
	CHECK(c.timeouts == 2);
	REQUIRE(c.timer);
	CHECK(c.timer->slot == HRTCP_T_RETRANSMIT);
	CHECK(c.timer->in_ns == 5'000'000);
	CHECK_FALSE(c.details);
}

TEST_CASE("decode_connection: a tcp_info shorter or longer than ours")
{
	tcp_info info = {};
	info.tcpi_rtt = 55;
	info.tcpi_snd_wnd = 66;
	std::vector<char> octets(sizeof(info) + 64);
	std::memcpy(octets.data(), &info, sizeof(info));

	message shorter(HRTCP_CMD_GET_CONN), longer(HRTCP_CMD_GET_CONN);
	shorter.octets(HRTCP_A_CONN_INFO, octets.data(), offsetof(tcp_info, tcpi_snd_wnd));
	longer.octets(HRTCP_A_CONN_INFO, octets.data(), octets.size());
	CHECK(decode_connection(shorter.header()).details->rtt_us == 55);
	CHECK(decode_connection(shorter.header()).details->send_window == 0);
	CHECK(decode_connection(longer.header()).details->send_window == 66);
}

TEST_CASE("decode_connection: how marks are fed back")
{
	tcp_info info = {};
	message m(HRTCP_CMD_GET_CONN);
	m.octets(HRTCP_A_CONN_INFO, &info, sizeof(info));
	m.u8(HRTCP_A_CONN_ECN, 2).u32(HRTCP_A_CONN_CE_IN, 5).u32(HRTCP_A_CONN_CE_TOLD, 6);
	connection c = decode_connection(m.header());
	CHECK(c.details->ecn == 2);
	CHECK(c.details->ce_in == 5);
	CHECK(c.details->delivered_ce == 6);
}

TEST_CASE("decode_connection: absent, short and unknown attributes do no harm")
{
	message m(HRTCP_CMD_GET_CONN);
	m.u8(HRTCP_A_CONN_UID, 1).u32(HRTCP_A_MAX + 5, 9).octets(HRTCP_A_CONN_SADDR, "abc", 3);
	connection c = decode_connection(m.header());
	CHECK(c.uid == 0);
	CHECK(c.local == endpoint());
	CHECK_FALSE(c.timer);
}

TEST_CASE("decode_event: a transition with and without its segment")
{
	message m(HRTCP_CMD_EVENT_STATE);
	m.addresses()
		.u64(HRTCP_A_EV_TIME_NS, 123)
		.u8(HRTCP_A_EV_OLD_STATE, HRTCP_SYN_SENT)
		.u8(HRTCP_A_EV_NEW_STATE, HRTCP_ESTABLISHED)
		.u8(HRTCP_A_EV_CAUSE, HRTCP_C_SYNACK_RCVD);
	auto without = std::get<state_event>(*decode_event(m.header()));
	CHECK(without.time_ns == 123);
	CHECK(without.cookie == 7);
	CHECK(without.old_state == HRTCP_SYN_SENT);
	CHECK(without.new_state == HRTCP_ESTABLISHED);
	CHECK(without.cause == HRTCP_C_SYNACK_RCVD);
	CHECK_FALSE(without.because_of);

	m.u8(HRTCP_A_EV_SEG_FLAGS, 0x12).u32(HRTCP_A_EV_SEG_SEQ, 5).u32(HRTCP_A_EV_SEG_ACK, 6);
	auto with = std::get<state_event>(*decode_event(m.header()));
	REQUIRE(with.because_of);
	CHECK(with.because_of->flags == 0x12);
	CHECK(with.because_of->seq == 5);
	CHECK(with.because_of->ack == 6);
}

TEST_CASE("decode_event: a segment")
{
	message m(HRTCP_CMD_EVENT_SEG);
	m.addresses()
		.u64(HRTCP_A_EV_TIME_NS, 9)
		.u8(HRTCP_A_SEG_DIR, 1)
		.u8(HRTCP_A_SEG_FLAGS, 0x18)
		.u32(HRTCP_A_SEG_SEQ, 1)
		.u32(HRTCP_A_SEG_ACK, 2)
		.u32(HRTCP_A_SEG_LEN, 3)
		.u32(HRTCP_A_SEG_WND, 4)
		.octets(HRTCP_A_SEG_RETRANS, "", 0)
		.octets(HRTCP_A_SEG_AE, "", 0);
	auto e = std::get<segment_event>(*decode_event(m.header()));
	CHECK(e.sent);
	CHECK(e.retransmitted);
	CHECK(e.drop == HRTCP_DROP_NONE);
	CHECK(e.segment.flags == 0x118);
	CHECK(e.segment.seq == 1);
	CHECK(e.segment.ack == 2);
	CHECK(e.segment.length == 3);
	CHECK(e.segment.window == 4);
}

TEST_CASE("decode_event: answers are no events")
{
	message m(HRTCP_CMD_GET_CONN);
	CHECK_FALSE(decode_event(m.header()));
}

TEST_CASE("decode_statistics: two nests of counters by number")
{
	message m(HRTCP_CMD_GET_STATS);
	nlattr *nest = mnl_attr_nest_start(m.header(), HRTCP_A_STATS);
	m.u64(HRTCP_STAT_ACTIVE_OPENS, 1).u64(HRTCP_STAT_IN_SEGS, 1ULL << 40);
	mnl_attr_nest_end(m.header(), nest);
	nest = mnl_attr_nest_start(m.header(), HRTCP_A_DROPS);
	m.u64(HRTCP_DROP_PAWS, 3);
	mnl_attr_nest_end(m.header(), nest);

	statistics s = decode_statistics(m.header());
	REQUIRE(s.stats.size() == 2);
	CHECK(s.stats[1].number == HRTCP_STAT_IN_SEGS);
	CHECK(s.stats[1].value == 1ULL << 40);
	REQUIRE(s.drops.size() == 1);
	CHECK(s.drops[0].number == HRTCP_DROP_PAWS);
}

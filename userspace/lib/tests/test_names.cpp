// SPDX-License-Identifier: GPL-2.0
#include "catch.hpp"

#include "hrtcp/names.hpp"

using namespace hrtcp;

TEST_CASE("names: what hrtcp.h names is named")
{
	CHECK(state_name(HRTCP_ESTABLISHED) == "ESTABLISHED");
	CHECK(state_name(HRTCP_FIN_WAIT_1) == "FIN-WAIT-1");
	CHECK(cause_text(HRTCP_C_SYNACK_RCVD) == "SYN,ACK received");
	CHECK(cause_key(HRTCP_C_SYNACK_RCVD) == "synack_rcvd");
	CHECK(drop_name(HRTCP_DROP_PAWS) == "paws");
	CHECK(stat_name(HRTCP_STAT_IN_SEGS) == "in_segs");
	CHECK(timer_name(HRTCP_T_RETRANSMIT) == "retransmit");
}

TEST_CASE("names: what is newer than hrtcp.h keeps its number")
{
	CHECK(state_name(23) == "state(23)");
	CHECK(cause_text(200) == "cause(200)");
	CHECK(drop_name(201) == "drop(201)");
	CHECK(stat_name(202) == "stat(202)");
	CHECK(timer_name(203) == "timer(203)");
}

TEST_CASE("names: no cause is no text")
{
	CHECK(cause_text(HRTCP_C_NONE).empty());
}

TEST_CASE("names: states are found by their whole name in any case")
{
	CHECK(state_from_name("time-wait") == HRTCP_TIME_WAIT);
	CHECK(state_from_name("SYN-SENT") == HRTCP_SYN_SENT);
	CHECK_FALSE(state_from_name("time"));
	CHECK_FALSE(state_from_name("time-wait-2"));
	CHECK_FALSE(state_from_name(""));
}

TEST_CASE("names: flags are written as packetdrill writes them")
{
	CHECK(flags_text(flag_syn) == "S");
	CHECK(flags_text(flag_syn | flag_ack) == "S.");
	CHECK(flags_text(flag_fin | flag_psh | flag_ack) == "FP.");
	CHECK(flags_text(flag_ack) == ".");
	CHECK(flags_text(flag_ae | flag_ece | flag_ack) == "EA.");
	CHECK(flags_text(0) == "-");
}

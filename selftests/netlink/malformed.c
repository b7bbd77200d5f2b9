// SPDX-License-Identifier: GPL-2.0
/* malformed.c -- messages that should not be: each has a clear answer and does no harm. */
#include "harness.h"

FIXTURE(malformed)
{
	struct end host;
	struct genl genl;
	struct genl_request req;
};

FIXTURE_SETUP(malformed)
{
	ASSERT_EQ(0, host_up(&self->host, HR, 4));
	ASSERT_LE(0, sock_listen(&self->host, 80, 1));
	ASSERT_EQ(0, genl_open(&self->genl));
}

/* Whatever was sent, the next request is answered as ever. */
FIXTURE_TEARDOWN(malformed)
{
	EXPECT_EQ(HRTCP_LISTEN, diag_state(&self->host, 80, 0));
}

TEST_F(malformed, an_unknown_command_is_not_supported)
{
	genl_begin(&self->genl, &self->req, 99, 0);
	EXPECT_EQ(-EOPNOTSUPP, genl_ask(&self->genl, &self->req, NULL, NULL));
	genl_begin(&self->genl, &self->req, HRTCP_CMD_UNSPEC, 0);
	EXPECT_EQ(-EOPNOTSUPP, genl_ask(&self->genl, &self->req, NULL, NULL));
	genl_begin(&self->genl, &self->req, HRTCP_CMD_EVENT_STATE, 0);
	EXPECT_EQ(-EOPNOTSUPP, genl_ask(&self->genl, &self->req, NULL, NULL));
}

TEST_F(malformed, a_dump_of_counters_and_a_single_connection_are_not_supported)
{
	genl_begin(&self->genl, &self->req, HRTCP_CMD_GET_STATS, NLM_F_DUMP);
	EXPECT_EQ(-EOPNOTSUPP, genl_ask(&self->genl, &self->req, NULL, NULL));
	genl_begin(&self->genl, &self->req, HRTCP_CMD_GET_CONN, 0);
	EXPECT_EQ(-EOPNOTSUPP, genl_ask(&self->genl, &self->req, NULL, NULL));
}

TEST_F(malformed, a_filter_of_the_wrong_size_is_refused_in_words)
{
	uint16_t half = 1;

	genl_begin(&self->genl, &self->req, HRTCP_CMD_GET_CONN, NLM_F_DUMP);
	genl_put(&self->req, HRTCP_A_FILTER_STATES, &half, sizeof(half));
	EXPECT_EQ(-EINVAL, genl_ask(&self->genl, &self->req, NULL, NULL));
	EXPECT_NE(0, strlen(self->genl.complaint));
}

TEST_F(malformed, an_unknown_attribute_is_refused_in_words)
{
	uint32_t value = 1;

	genl_begin(&self->genl, &self->req, HRTCP_CMD_GET_CONN, NLM_F_DUMP);
	genl_put(&self->req, 60, &value, sizeof(value));
	EXPECT_EQ(-EINVAL, genl_ask(&self->genl, &self->req, NULL, NULL));
	EXPECT_NE(0, strlen(self->genl.complaint));
	genl_begin(&self->genl, &self->req, HRTCP_CMD_GET_STATS, 0);
	genl_put(&self->req, 60, &value, sizeof(value));
	EXPECT_EQ(-EINVAL, genl_ask(&self->genl, &self->req, NULL, NULL));
}

TEST_F(malformed, an_attribute_longer_than_the_message_is_refused)
{
	uint32_t value = 1;
	struct nlattr *attr;

	genl_begin(&self->genl, &self->req, HRTCP_CMD_GET_CONN, NLM_F_DUMP);
	genl_put(&self->req, HRTCP_A_FILTER_STATES, &value, sizeof(value));
	attr = (struct nlattr *)self->req.body;
	attr->nla_len = 200;
	EXPECT_EQ(-EINVAL, genl_ask(&self->genl, &self->req, NULL, NULL));
	attr->nla_len = 1;
	EXPECT_EQ(-EINVAL, genl_ask(&self->genl, &self->req, NULL, NULL));
}

TEST_F(malformed, reserved_fields_must_be_zero)
{
	genl_begin(&self->genl, &self->req, HRTCP_CMD_GET_CONN, NLM_F_DUMP);
	self->req.genl.reserved = 1;
	EXPECT_EQ(-EINVAL, genl_ask(&self->genl, &self->req, NULL, NULL));
}

TEST_F(malformed, a_truncated_header_is_refused)
{
	genl_begin(&self->genl, &self->req, HRTCP_CMD_GET_CONN, NLM_F_DUMP | NLM_F_ACK);
	self->req.head.nlmsg_len = NLMSG_HDRLEN + 2;
	EXPECT_GT(0, genl_ask_raw(&self->genl, &self->req, self->req.head.nlmsg_len, NULL, NULL));
}

TEST_F(malformed, a_filter_for_states_that_are_none_is_refused_in_words)
{
	uint32_t states = 1u << 31;

	genl_begin(&self->genl, &self->req, HRTCP_CMD_GET_CONN, NLM_F_DUMP);
	genl_put(&self->req, HRTCP_A_FILTER_STATES, &states, sizeof(states));
	EXPECT_EQ(-EINVAL, genl_ask(&self->genl, &self->req, NULL, NULL));
	EXPECT_NE(0, strlen(self->genl.complaint));
}

/* All of it seeded, so that a failure comes again. */
TEST_F(malformed, random_octets_do_no_harm)
{
	int i, j;

	srand(1);
	for (i = 0; i < 3000; i++) {
		uint8_t *body = (uint8_t *)&self->req.genl;
		int len = 4 + rand() % 60;

		genl_begin(&self->genl, &self->req, 0, rand() & 0xffff);
		for (j = 0; j < len; j++)
			body[j] = rand();
		self->req.genl.cmd %= HRTCP_CMD_MAX + 2;
		self->req.head.nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
		self->req.head.nlmsg_len = NLMSG_HDRLEN + len;
		genl_ask_raw(&self->genl, &self->req, self->req.head.nlmsg_len, NULL, NULL);
	}
}

/* A reader that goes away in the middle of a dump leaves nothing behind. */
TEST_F(malformed, an_abandoned_dump_is_cleaned_up)
{
	int i;

	for (i = 0; i < 50; i++) {
		struct genl genl;

		ASSERT_EQ(0, genl_open(&genl));
		genl_begin(&genl, &self->req, HRTCP_CMD_GET_CONN, NLM_F_DUMP);
		ASSERT_LT(0, send(genl.fd, &self->req, self->req.head.nlmsg_len, 0));
		genl_close(&genl);
	}
}

TEST_HARNESS_MAIN

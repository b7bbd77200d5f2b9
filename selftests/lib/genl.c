// SPDX-License-Identifier: GPL-2.0
/* genl.c -- generic netlink messages. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "genl.h"

#define ATTRS_MAX 64

static char buffer[GENL_BUFFER];

void genl_begin(struct genl *genl, struct genl_request *req, int cmd, int flags)
{
	memset(req, 0, sizeof(*req));
	req->head.nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN;
	req->head.nlmsg_type = genl->family;
	req->head.nlmsg_flags = NLM_F_REQUEST | flags;
	req->head.nlmsg_seq = ++genl->seq;
	req->genl.cmd = cmd;
	req->genl.version = HRTCP_GENL_VERSION;
}

void genl_put(struct genl_request *req, int type, const void *data, int len)
{
	struct nlattr *attr = (struct nlattr *)((char *)req + NLMSG_ALIGN(req->head.nlmsg_len));

	attr->nla_type = type;
	attr->nla_len = NLA_HDRLEN + len;
	if (len)
		memcpy(genl_data(attr), data, len);
	req->head.nlmsg_len = NLMSG_ALIGN(req->head.nlmsg_len) + NLA_ALIGN(attr->nla_len);
}

uint64_t genl_number(const struct nlattr *attr)
{
	uint64_t value = 0;

	if (attr && genl_len(attr) <= (int)sizeof(value))
		memcpy(&value, genl_data(attr), genl_len(attr));	/* little endian hosts */
	return value;
}

static void index_attrs(struct nlattr **attrs, void *at, int len)
{
	memset(attrs, 0, ATTRS_MAX * sizeof(*attrs));
	while (len >= NLA_HDRLEN) {
		struct nlattr *attr = at;
		int type = attr->nla_type & NLA_TYPE_MASK, step = NLA_ALIGN(attr->nla_len);

		if (attr->nla_len < NLA_HDRLEN || attr->nla_len > len)
			return;
		if (type < ATTRS_MAX)
			attrs[type] = attr;
		at = (char *)at + step;
		len -= step;
	}
}

/* NLMSG_ERROR and NLMSG_DONE: the result, and the kernel's words for it. */
static int read_result(struct genl *genl, const struct nlmsghdr *head)
{
	struct nlattr *attrs[ATTRS_MAX];
	int *error = NLMSG_DATA(head);
	int skip = head->nlmsg_type == NLMSG_DONE ? sizeof(int) : sizeof(struct nlmsgerr);

	genl->error = head->nlmsg_len >= NLMSG_LENGTH(sizeof(int)) ? *error : 0;
	genl->complaint[0] = '\0';
	if (head->nlmsg_type == NLMSG_ERROR && !(head->nlmsg_flags & NLM_F_CAPPED))
		skip += NLMSG_ALIGN(((struct nlmsgerr *)error)->msg.nlmsg_len) - NLMSG_HDRLEN;
	if (!(head->nlmsg_flags & NLM_F_ACK_TLVS))
		return genl->error;
	index_attrs(attrs, (char *)error + NLMSG_ALIGN(skip),
		    head->nlmsg_len - NLMSG_HDRLEN - NLMSG_ALIGN(skip));
	if (attrs[NLMSGERR_ATTR_MSG])
		snprintf(genl->complaint, sizeof(genl->complaint), "%s",
			 (char *)genl_data(attrs[NLMSGERR_ATTR_MSG]));
	return genl->error;
}

static void hand_out(const struct nlmsghdr *head, genl_each *each, void *ctx)
{
	struct genlmsghdr *genl = NLMSG_DATA(head);
	struct nlattr *attrs[ATTRS_MAX];

	if (head->nlmsg_len < NLMSG_LENGTH(GENL_HDRLEN) || !each)
		return;
	index_attrs(attrs, (char *)genl + GENL_HDRLEN,
		    head->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN));
	each(attrs, genl->cmd, ctx);
}

int genl_ask_raw(struct genl *genl, const void *octets, int len, genl_each *each, void *ctx)
{
	if (send(genl->fd, octets, len, 0) < 0)
		return -errno;
	for (;;) {
		struct nlmsghdr *head = (struct nlmsghdr *)buffer;
		int got = recv(genl->fd, buffer, sizeof(buffer), 0);

		if (got < 0)
			return -errno;
		for (; NLMSG_OK(head, got); head = NLMSG_NEXT(head, got)) {
			if (head->nlmsg_type == NLMSG_ERROR || head->nlmsg_type == NLMSG_DONE)
				return read_result(genl, head);
			hand_out(head, each, ctx);
		}
	}
}

int genl_ask(struct genl *genl, struct genl_request *req, genl_each *each, void *ctx)
{
	if (!(req->head.nlmsg_flags & NLM_F_DUMP))
		req->head.nlmsg_flags |= NLM_F_ACK;
	return genl_ask_raw(genl, req, req->head.nlmsg_len, each, ctx);
}

static void take_family(struct nlattr *const *attrs, int cmd, void *ctx)
{
	struct genl *genl = ctx;
	struct nlattr *groups[ATTRS_MAX], *fields[ATTRS_MAX];
	int i;

	(void)cmd;
	genl->family = genl_number(attrs[CTRL_ATTR_FAMILY_ID]);
	if (!attrs[CTRL_ATTR_MCAST_GROUPS])
		return;
	index_attrs(groups, genl_data(attrs[CTRL_ATTR_MCAST_GROUPS]),
		    genl_len(attrs[CTRL_ATTR_MCAST_GROUPS]));
	for (i = 0; i < ATTRS_MAX; i++) {
		int id;

		if (!groups[i])
			continue;
		index_attrs(fields, genl_data(groups[i]), genl_len(groups[i]));
		id = genl_number(fields[CTRL_ATTR_MCAST_GRP_ID]);
		if (!strcmp(genl_data(fields[CTRL_ATTR_MCAST_GRP_NAME]), HRTCP_GENL_MCGRP_STATE))
			genl->group_state = id;
		else
			genl->group_segment = id;
	}
}

static int resolve(struct genl *genl)
{
	struct genl_request req;

	genl_begin(genl, &req, CTRL_CMD_GETFAMILY, 0);
	req.head.nlmsg_type = GENL_ID_CTRL;
	genl_put(&req, CTRL_ATTR_FAMILY_NAME, HRTCP_GENL_NAME, sizeof(HRTCP_GENL_NAME));
	return genl_ask(genl, &req, take_family, genl);
}

int genl_open(struct genl *genl)
{
	int on = 1, error;

	memset(genl, 0, sizeof(*genl));
	genl->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (genl->fd < 0)
		return -errno;
	setsockopt(genl->fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	error = resolve(genl);
	if (error)
		genl_close(genl);
	return error;
}

void genl_close(struct genl *genl)
{
	close(genl->fd);
	genl->fd = -1;
}

int genl_join(struct genl *genl, int group)
{
	if (setsockopt(genl->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
		return -errno;
	return 0;
}

int genl_next(struct genl *genl, int ms, genl_each *each, void *ctx)
{
	struct pollfd one = { .fd = genl->fd, .events = POLLIN };
	struct nlmsghdr *head = (struct nlmsghdr *)buffer;
	int got;

	if (poll(&one, 1, ms) <= 0)
		return 0;
	got = recv(genl->fd, buffer, sizeof(buffer), MSG_DONTWAIT);
	if (got < 0)
		return -errno;
	for (; NLMSG_OK(head, got); head = NLMSG_NEXT(head, got))
		hand_out(head, each, ctx);
	return 1;
}

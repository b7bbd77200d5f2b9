/* SPDX-License-Identifier: GPL-2.0 */
/*
 * genl.h -- generic netlink by hand, so that a test may also send what no library would.
 */
#ifndef HRTCP_SELFTESTS_GENL_H
#define HRTCP_SELFTESTS_GENL_H

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stdint.h>

#include "uapi/hrtcp.h"

#define GENL_BUFFER 65536

struct genl {
	int fd;
	int family;			/* of "hrtcp" */
	int group_state, group_segment;
	uint32_t seq;
	int error;			/* of the last answer, negative errno */
	char complaint[128];		/* its extended acknowledgement */
};

struct genl_request {
	struct nlmsghdr head;
	struct genlmsghdr genl;
	char body[512];
};

/* A socket in the current namespace, the family resolved. Returns 0 or a negative errno. */
int genl_open(struct genl *genl);
void genl_close(struct genl *genl);

void genl_begin(struct genl *genl, struct genl_request *req, int cmd, int flags);
void genl_put(struct genl_request *req, int type, const void *data, int len);

/* Called with the attributes of each message of an answer, by type; absent ones are NULL. */
typedef void genl_each(struct nlattr *const *attrs, int cmd, void *ctx);

/* Send and read the answer to its end. Returns 0 or the negative errno in it. */
int genl_ask(struct genl *genl, struct genl_request *req, genl_each *each, void *ctx);

/* The same for octets of any kind in place of a request. */
int genl_ask_raw(struct genl *genl, const void *octets, int len, genl_each *each, void *ctx);

int genl_join(struct genl *genl, int group);

/* The next notification within @ms: 1, 0 if there was none, or a negative errno. */
int genl_next(struct genl *genl, int ms, genl_each *each, void *ctx);

static inline void *genl_data(const struct nlattr *attr)
{
	return (char *)attr + NLA_HDRLEN;
}

static inline int genl_len(const struct nlattr *attr)
{
	return attr->nla_len - NLA_HDRLEN;
}

uint64_t genl_number(const struct nlattr *attr);

#endif

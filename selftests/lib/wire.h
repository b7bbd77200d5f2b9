/* SPDX-License-Identifier: GPL-2.0 */
/* wire.h -- segments as IP packets. */
#ifndef HRTCP_SELFTESTS_WIRE_H
#define HRTCP_SELFTESTS_WIRE_H

#include <sys/socket.h>

#include "script.h"

#define WIRE_MAX 65536

struct wire {
	const struct sockaddr_storage *from, *to;
	int from_port, to_port;
	uint32_t first;			/* sequence number of the stream's first octet; 0: unknown */
	const char *wrong;		/* why a packet was not to be believed */
};

/* Returns the packet's length, or a negative errno. */
int wire_build(uint8_t *packet, const struct wire *wire, const struct seg *seg);

/* 1: @seg is filled; 0: not of this connection; -1: damaged, see wire->wrong. */
int wire_read(const uint8_t *packet, int len, struct wire *wire, struct seg *seg);

/* Of an IPv4 packet: the option, or NULL. */
const uint8_t *wire_source_route(const uint8_t *packet);

int wire_build_icmp(uint8_t *packet, const struct sockaddr_storage *from,
		    const struct sockaddr_storage *to, int type, int code, uint32_t rest,
		    const uint8_t *quoted, int quoted_len);

#endif

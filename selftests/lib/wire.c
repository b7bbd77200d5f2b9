// SPDX-License-Identifier: GPL-2.0
/* wire.c -- IPv4, IPv6, TCP and ICMP headers, octet by octet. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "sock.h"
#include "wire.h"

#define TCP_HEADER 20

static void put16(uint8_t *at, uint16_t value)
{
	at[0] = value >> 8;
	at[1] = value;
}

static void put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value);
}

static uint16_t get16(const uint8_t *at)
{
	return at[0] << 8 | at[1];
}

static uint32_t get32(const uint8_t *at)
{
	return (uint32_t)get16(at) << 16 | get16(at + 2);
}

static uint32_t sum(const uint8_t *at, int len, uint32_t start)
{
	for (; len > 1; at += 2, len -= 2)
		start += get16(at);
	if (len)
		start += at[0] << 8;
	return start;
}

static uint16_t fold(uint32_t value)
{
	while (value >> 16)
		value = (value & 0xffff) + (value >> 16);
	return value;
}

static bool is_v4(const struct sockaddr_storage *addr)
{
	return addr->ss_family == AF_INET;
}

static int addr_size(const struct sockaddr_storage *addr)
{
	return is_v4(addr) ? 4 : 16;
}

static const uint8_t *octets(const struct sockaddr_storage *addr)
{
	return is_v4(addr) ? (uint8_t *)&((struct sockaddr_in *)addr)->sin_addr :
			     (uint8_t *)&((struct sockaddr_in6 *)addr)->sin6_addr;
}

/* The sum of the pseudo header. */
static uint32_t pseudo(const struct sockaddr_storage *from, const struct sockaddr_storage *to,
		       int protocol, int len)
{
	uint32_t value = sum(octets(from), addr_size(from), 0);

	return sum(octets(to), addr_size(to), value) + protocol + len;
}

static int ip_header(uint8_t *at, const struct sockaddr_storage *from,
		     const struct sockaddr_storage *to, int protocol, int len)
{
	int size = is_v4(from) ? 20 : 40;

	memset(at, 0, size);
	if (!is_v4(from)) {
		at[0] = 0x60;
		put16(at + 4, len);
		at[6] = protocol;
		at[7] = 64;
		memcpy(at + 8, octets(from), 16);
		memcpy(at + 24, octets(to), 16);
		return size;
	}
	at[0] = 0x45;
	put16(at + 2, size + len);
	at[6] = 0x40;		/* not to be fragmented */
	at[8] = 64;
	at[9] = protocol;
	memcpy(at + 12, octets(from), 4);
	memcpy(at + 16, octets(to), 4);
	put16(at + 10, ~fold(sum(at, size, 0)));
	return size;
}

static uint8_t *option(uint8_t *at, int kind, int len)
{
	at[0] = kind;
	at[1] = len;
	return at + 2;
}

/* Returns their length, a multiple of 4; gaps are no-operations. */
static int build_options(uint8_t *start, const struct seg *seg)
{
	uint8_t *at = start;
	int i;

	if (seg->raw_options) {
		memcpy(start, seg->raw_options, seg->raw_options_len);
		return seg->raw_options_len;
	}
	if (seg->options & OPT_MSS) {
		put16(option(at, 2, 4), seg->mss);
		at += 4;
	}
	if (seg->options & OPT_WSCALE) {
		*option(at, 3, 3) = seg->wscale;
		at += 3;
	}
	if (seg->options & OPT_SACKOK)
		at = option(at, 4, 2);
	if (seg->options & OPT_TS) {
		put32(option(at, 8, 10), seg->ts_val);
		put32(at + 6, seg->ts_ecr);
		at += 10;
	}
	if (seg->options & OPT_SACK) {
		option(at, 5, 2 + 8 * seg->n_sack);
		for (i = 0; i < 2 * seg->n_sack; i++)
			put32(at + 2 + 4 * i, seg->sack[i]);
		at += 2 + 8 * seg->n_sack;
	}
	if (seg->options & OPT_FAST) {
		memcpy(option(at, 34, 2 + seg->cookie_len), seg->cookie, seg->cookie_len);
		at += 2 + seg->cookie_len;
	}
	while ((at - start) % 4)
		*at++ = 1;
	return at - start;
}

/* What a test wants otherwise in the IP header; returns how much longer the packet is. */
static int amend_ip(uint8_t *packet, int len, const struct seg *seg)
{
	int more = seg->ip_options_len;

	if (packet[0] >> 4 == 6) {
		packet[0] |= seg->tos >> 4;
		packet[1] |= seg->tos << 4;
		return 0;
	}
	memmove(packet + 20 + more, packet + 20, len - 20);
	if (more)
		memcpy(packet + 20, seg->ip_options, more);
	packet[0] += more / 4;
	packet[1] = seg->tos;
	put16(packet + 2, len + more);
	put16(packet + 10, 0);
	put16(packet + 10, ~fold(sum(packet, 20 + more, 0)));
	return more;
}

int wire_build(uint8_t *packet, const struct wire *wire, const struct seg *seg)
{
	uint8_t *tcp = packet + (is_v4(wire->from) ? 20 : 40);
	int header, len;

	memset(tcp, 0, TCP_HEADER);
	header = TCP_HEADER + build_options(tcp + TCP_HEADER, seg);
	len = header + seg->len;
	if (len > WIRE_MAX - 60)
		return -EMSGSIZE;
	put16(tcp, wire->from_port);
	put16(tcp + 2, wire->to_port);
	put32(tcp + 4, seg->seq);
	put32(tcp + 8, seg->ack);
	tcp[12] = (seg->doff ? seg->doff : header / 4) << 4;
	tcp[13] = seg->flags;
	put16(tcp + 14, seg->win);
	put16(tcp + 18, seg->urg);
	pattern_fill(tcp + header, seg->seq + !!(seg->flags & F_SYN) - wire->first, seg->len);
	len -= seg->cut;
	put16(tcp + 16, ~fold(sum(tcp, len, pseudo(wire->from, wire->to, IPPROTO_TCP, len))) +
			seg->bad_sum);
	len += ip_header(packet, wire->from, wire->to, IPPROTO_TCP, len);
	return len + amend_ip(packet, len, seg);
}

static void read_blocks(const uint8_t *at, int len, struct seg *seg)
{
	int i;

	seg->options |= OPT_SACK;
	seg->n_sack = (len - 2) / 8 < 4 ? (len - 2) / 8 : 4;
	for (i = 0; i < 2 * seg->n_sack; i++)
		seg->sack[i] = get32(at + 2 + 4 * i);
}

static bool read_options(const uint8_t *at, const uint8_t *end, struct seg *seg)
{
	for (; at < end && at[0]; at += at[0] == 1 ? 1 : at[1]) {
		if (at[0] == 1)
			continue;
		if (at + 1 >= end || at[1] < 2 || at + at[1] > end)
			return false;
		if (at[0] == 2) {
			seg->options |= OPT_MSS;
			seg->mss = get16(at + 2);
		} else if (at[0] == 3) {
			seg->options |= OPT_WSCALE;
			seg->wscale = at[2];
		} else if (at[0] == 4) {
			seg->options |= OPT_SACKOK;
		} else if (at[0] == 34 && at[1] <= 18) {
			seg->options |= OPT_FAST;
			seg->cookie_len = at[1] - 2;
			memcpy(seg->cookie, at + 2, at[1] - 2);
		} else if (at[0] == 5) {
			read_blocks(at, at[1], seg);
		} else if (at[0] == 8) {
			seg->options |= OPT_TS;
			seg->ts_val = get32(at + 2);
			seg->ts_ecr = get32(at + 6);
		}
	}
	return true;
}

const uint8_t *wire_source_route(const uint8_t *packet)
{
	const uint8_t *at = packet + 20, *end = packet + (packet[0] & 15) * 4;

	if (packet[0] >> 4 != 4)
		return NULL;
	while (at < end && at[0]) {
		if (at[0] == 131 || at[0] == 137)
			return at;
		at += at[0] == 1 || at + 1 == end || !at[1] ? 1 : at[1];
	}
	return NULL;
}

/* The host that the packet is for in the end. */
static const uint8_t *destination(const uint8_t *packet, bool v4)
{
	const uint8_t *route = wire_source_route(packet);

	if (route)
		return route + route[1] - 4;
	return packet + (v4 ? 16 : 24);
}

/* Returns the length of the IP header if the packet goes from and to the right hosts. */
static int read_ip(const uint8_t *packet, int len, struct wire *wire, int *tcp_len)
{
	bool v4 = is_v4(wire->from);
	int size = v4 ? (packet[0] & 15) * 4 : 40, n = addr_size(wire->from);

	if (len < size + TCP_HEADER || packet[0] >> 4 != (v4 ? 4 : 6) ||
	    packet[v4 ? 9 : 6] != IPPROTO_TCP)
		return 0;
	if (memcmp(packet + (v4 ? 12 : 8), octets(wire->from), n) ||
	    memcmp(destination(packet, v4), octets(wire->to), n))
		return 0;
	*tcp_len = v4 ? get16(packet + 2) - size : get16(packet + 4);
	if (v4 && fold(sum(packet, size, 0)) != 0xffff)
		wire->wrong = "IP checksum";
	if (*tcp_len != len - size)
		wire->wrong = "IP length";
	return size;
}

int wire_read(const uint8_t *packet, int len, struct wire *wire, struct seg *seg)
{
	int tcp_len, header, ip = read_ip(packet, len, wire, &tcp_len);
	const uint8_t *tcp = packet + ip;

	if (!ip || get16(tcp) != wire->from_port || get16(tcp + 2) != wire->to_port)
		return 0;
	if (wire->wrong)
		return -1;
	memset(seg, 0, sizeof(*seg));
	header = (tcp[12] >> 4) * 4;
	seg->seq = get32(tcp + 4);
	seg->ack = get32(tcp + 8);
	seg->flags = tcp[13];
	seg->win = get16(tcp + 14);
	seg->urg = get16(tcp + 18);
	seg->len = tcp_len - header;
	if (fold(sum(tcp, tcp_len, pseudo(wire->from, wire->to, IPPROTO_TCP, tcp_len))) != 0xffff)
		wire->wrong = "TCP checksum";
	else if (header < TCP_HEADER || header > tcp_len)
		wire->wrong = "data offset";
	else if (!read_options(tcp + TCP_HEADER, tcp + header, seg))
		wire->wrong = "options";
	else if (wire->first && pattern_check(tcp + header, seg->seq - wire->first, seg->len) >= 0)
		wire->wrong = "payload";
	return wire->wrong ? -1 : 1;
}

int wire_build_icmp(uint8_t *packet, const struct sockaddr_storage *from,
		    const struct sockaddr_storage *to, int type, int code, uint32_t rest,
		    const uint8_t *quoted, int quoted_len)
{
	int protocol = is_v4(from) ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	uint8_t *icmp = packet + (is_v4(from) ? 20 : 40);
	int len = 8 + (quoted_len < 500 ? quoted_len : 500);

	memset(icmp, 0, 8);
	icmp[0] = type;
	icmp[1] = code;
	put32(icmp + 4, rest);
	memcpy(icmp + 8, quoted, len - 8);
	put16(icmp + 2, ~fold(sum(icmp, len, is_v4(from) ? 0 : pseudo(from, to, protocol, len))));
	return ip_header(packet, from, to, protocol, len) + len;
}

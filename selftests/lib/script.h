/* SPDX-License-Identifier: GPL-2.0 */
/*
 * script.h -- a TCP segment and its text, in packetdrill's notation:
 *
 *	P. 1:101(100) ack 1 win 320 <mss 1000,sackOK,wscale 7,TS val 5 ecr 7,sack 201:301>
 *	FLAGS SEQ:END(LEN) [ack N] [win FIELD] [urg N] [<OPTIONS>]
 *
 * Flags are S F R P . U E W, `-` for none. Numbers are relative to the initial sequence
 * number of their direction: a SYN stands at 0, the first octet of data at 1. In place of a
 * number may stand `nxt`, the sender's next one, with +N or -N behind it; `=N` is absolute.
 * `SEQ(LEN)` is short for SEQ:END(LEN). `TS N` has the value N and echoes the last one seen.
 * `FO` is the Fast Open option with whatever seg->cookie holds; when seen, with any.
 */
#ifndef HRTCP_SELFTESTS_SCRIPT_H
#define HRTCP_SELFTESTS_SCRIPT_H

#include <stdbool.h>
#include <stdint.h>

#define F_FIN 0x01
#define F_SYN 0x02
#define F_RST 0x04
#define F_PSH 0x08
#define F_ACK 0x10
#define F_URG 0x20

#define OPT_MSS 0x01
#define OPT_WSCALE 0x02
#define OPT_SACKOK 0x04
#define OPT_TS 0x08
#define OPT_SACK 0x10
#define OPT_FAST 0x20

struct seg {
	uint8_t flags;
	uint32_t seq, ack, len;
	uint16_t win, urg;
	uint8_t options;		/* OPT_* present */
	uint16_t mss;
	uint8_t wscale;
	uint32_t ts_val, ts_ecr;
	uint32_t sack[8];		/* edges */
	int n_sack;			/* of blocks */
	uint8_t cookie[16];		/* of Fast Open */
	int cookie_len;
	bool has_win, any_ts;		/* written in the text */
	/* set by hand to send what is wrong */
	uint8_t doff;			/* data offset field; 0: what the options need */
	uint16_t bad_sum;		/* added to the checksum */
	int cut;			/* octets missing at the end of the packet */
	const uint8_t *raw_options;
	int raw_options_len;
	uint8_t tos;			/* of IP: type of service or traffic class */
	const uint8_t *ip_options;	/* of IPv4, a multiple of four octets */
	int ip_options_len;
};

/* What the relative numbers of a direction are relative to, and its next one. */
struct base {
	uint32_t seq, seq_nxt, ack, ack_nxt, ts_echo;
};

/* Returns 0, or -EINVAL. */
int script_parse(const char *text, const struct base *base, struct seg *seg);
void script_print(char *to, int size, const struct seg *seg, const struct base *base);

/* Is all that the text said of @want true of @got? */
bool script_match(const struct seg *want, const struct seg *got);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/* wire.h -- a TCP header and its options as values, and as octets. RFC 9293 3.1, 3.2. */
#ifndef HRTCP_CORE_WIRE_H
#define HRTCP_CORE_WIRE_H

#include "seq.h"
#include "../uapi/hrtcp.h"

#define HRTCP_FIN 0x01
#define HRTCP_SYN 0x02
#define HRTCP_RST 0x04
#define HRTCP_PSH 0x08
#define HRTCP_ACK 0x10
#define HRTCP_URG 0x20
#define HRTCP_ECE 0x40
#define HRTCP_CWR 0x80

#define HRTCP_HDR_MIN 20
#define HRTCP_HDR_MAX 60
#define HRTCP_TS_SPACE 12	/* timestamps with two NOPs, RFC 7323 appendix A */
#define HRTCP_SACK_BLOCKS 4	/* all that fit in the option space */
#define HRTCP_WSCALE_MAX 14	/* RFC 7323 2.3 */

/* Which members of struct hrtcp_opts mean something. */
#define HRTCP_OPT_MSS 0x01
#define HRTCP_OPT_WSCALE 0x02
#define HRTCP_OPT_TS 0x04
#define HRTCP_OPT_SACK_OK 0x08
#define HRTCP_OPT_SACK 0x10
#define HRTCP_OPT_HR 0x20
#define HRTCP_OPT_FAST 0x40	/* Fast Open; on a SYN only */
#define HRTCP_OPT_ACCECN 0x80	/* counters of Accurate ECN; never on a SYN */

/*
 * The hrTCP option, SYN and SYN,ACK only: kind 254, length 8, this experiment id (RFC 6994), a bit
 * that says whether it answers one, and in 31 bits the longest time in microseconds for which the
 * sender withholds an ACK. See docs/option.md.
 */
#define HRTCP_EXID 0x6872		/* "hr" */
#define HRTCP_HR_ANSWER 0x80000000u

#define HRTCP_COOKIE_MIN 4
#define HRTCP_COOKIE_MAX 16

/* Of Fast Open, RFC 7413 4.1.1: an even number of octets; none asks for one. */
struct hrtcp_cookie {
	u8 len;
	u8 octets[HRTCP_COOKIE_MAX];
};

struct hrtcp_sack_block {
	struct seq start, end;		/* [start, end) */
};

#define HRTCP_ACCECN_FIELDS 3
#define HRTCP_ACCECN_MASK 0xffffffu	/* a field has 24 bits */

/* Octets that arrived with ECT(0), CE, ECT(1), or in the opposite order. RFC 9768 3.2.3 */
struct hrtcp_accecn_opt {
	bool order1;			/* kind 174: ECT(1) first */
	u8 n;				/* fields, the rest is unchanged */
	u32 field[HRTCP_ACCECN_FIELDS];
};

struct hrtcp_opts {
	u8 present;			/* mask of HRTCP_OPT_* */
	u8 wscale;
	u16 mss;
	u32 tsval, tsecr;
	u32 hr_delack_us;
	bool hr_answer;			/* it answers the option of a SYN */
	u8 n_sack;
	struct hrtcp_sack_block sack[HRTCP_SACK_BLOCKS];
	struct hrtcp_cookie fast;
	struct hrtcp_accecn_opt accecn;
};

#define HRTCP_ACCECN_SPACE_MAX 12

/* What such an option of @n fields takes of a header. */
static inline u32 hrtcp_accecn_opt_space(u32 n)
{
	return (2 + 3 * n + 3) / 4 * 4;
}

/* A segment without its payload. Ports and addresses stay with the caller. */
struct hrtcp_seg {
	struct seq seq, ack;
	u32 len;			/* octets of payload */
	u16 wnd;			/* the field as on the wire, not scaled */
	u16 urg;
	u8 flags;			/* HRTCP_FIN ... HRTCP_CWR */
	bool ae;			/* Accurate ECN, the bit before CWR; hrtcp_seg_ace() */
	u8 hdr_len;			/* octets, a multiple of 4 */
	u8 ip_ecn;			/* the two bits of the IP header, by the caller ... */
	u16 pkts;			/* ... as is how many packets it was merged of; 0: one */
	struct hrtcp_opts opt;
};

/* SEG.LEN of RFC 9293: payload plus one for SYN and one for FIN. */
static inline u32 hrtcp_seg_len(const struct hrtcp_seg *seg)
{
	return seg->len + !!(seg->flags & HRTCP_SYN) + !!(seg->flags & HRTCP_FIN);
}

/* AE, CWR and ECE as one number, RFC 9768 3.2.2. */
static inline u8 hrtcp_seg_ace(const struct hrtcp_seg *seg)
{
	return (u8)(seg->ae << 2 | seg->flags >> 6);
}

static inline void hrtcp_seg_set_ace(struct hrtcp_seg *seg, u8 ace)
{
	seg->ae = ace >> 2 & 1;
	seg->flags = (u8)((seg->flags & ~(HRTCP_ECE | HRTCP_CWR)) | ace << 6);
}

/**
 * hrtcp_wire_parse() - read a header and its options
 * @hdr: the first octet of the TCP header
 * @avail: octets readable there
 * @total: octets of the segment, header and payload
 * @seg: filled on success
 *
 * The checksum is the caller's. Unknown options are skipped; one whose length is below 2
 * or passes the header's end ends the parse with HRTCP_DROP_BAD_OPTION (RFC 9293 MUST-7).
 * If only the options are cut off by @avail the header counts as malformed.
 *
 * Return: HRTCP_DROP_NONE, HRTCP_DROP_MALFORMED or HRTCP_DROP_BAD_OPTION.
 */
enum hrtcp_drop hrtcp_wire_parse(const u8 *hdr, u32 avail, u32 total, struct hrtcp_seg *seg);

/**
 * hrtcp_wire_build() - write a header and its options, checksum field 0
 * @hdr: room for HRTCP_HDR_MAX octets
 * @sport: source port, host order
 * @dport: destination port, host order
 * @seg: what to write; @seg->hdr_len is not read
 *
 * Return: octets written, a multiple of 4.
 */
u32 hrtcp_wire_build(u8 *hdr, u16 sport, u16 dport, const struct hrtcp_seg *seg);

/* Octets of options that hrtcp_wire_build() writes for @opt. */
u32 hrtcp_wire_opt_len(const struct hrtcp_opts *opt);

/* The reset that answers @in where there is no connection, RFC 9293 3.10.7.1.
 * Return: whether one does. */
bool hrtcp_wire_reset_for(const struct hrtcp_seg *in, struct hrtcp_seg *rst);

#endif

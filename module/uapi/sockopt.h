/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * sockopt.h -- socket options of their own level, beside those of IPPROTO_TCP. Times are in
 * microseconds. A value is a __u64, or an int where it fits: setsockopt() takes either by its
 * length, getsockopt() gives the __u64 where there is room for it (EOVERFLOW: it does not fit
 * the int). What is not set is the namespace's, net.hrtcp.*; a connection accepted has what its
 * listener had. All can be set at any time and hold from then on. EINVAL: out of the range,
 * which stands behind each and includes its ends; ENOPROTOOPT: no such option. hrtcp(7).
 */
#ifndef _UAPI_HRTCP_SOCKOPT_H
#define _UAPI_HRTCP_SOCKOPT_H

#define SOL_HRTCP 0x4852

#define HRTCP_SO_RTO_INIT         1	/* RTO before a round trip was measured, 100 to 60 s */
#define HRTCP_SO_RTO_MIN          2	/* floor of the RTO beside the computed one, 0 to 60 s */
#define HRTCP_SO_RTO_MAX          3	/* where doubling ends, 1 s to 1 h */
#define HRTCP_SO_RTO_GRANULARITY  4	/* G of RFC 6298, 0 to 1 s */
#define HRTCP_SO_PEER_DELACK      5	/* assumed delay of the peer's ACKs, 0 to 1 s */
#define HRTCP_SO_DELACK           6	/* delay of ours, 0 to 500,000 */
#define HRTCP_SO_HR_DELACK        7	/* the same towards hrTCP, as the SYN says it */
#define HRTCP_SO_HR_GRANULARITY   8	/* G towards hrTCP, 0 to 1 s */
#define HRTCP_SO_TLP              9	/* tail loss probes, 0 or 1 */
#define HRTCP_SO_PTO_MIN         10	/* least time before one, 0 to 1 s */
#define HRTCP_SO_PERSIST_MAX     11	/* most between probes of a shut window, 1,000 to 1 h */
#define HRTCP_SO_KEEPALIVE_TIME  12	/* silence before a probe, 1,000 to 24 h */
#define HRTCP_SO_KEEPALIVE_INTVL 13	/* between probes, 1,000 to 24 h */
#define HRTCP_SO_KEEPALIVE_PROBES 14	/* unanswered ones that end it, 1 to 127 */
#define HRTCP_SO_RETRIES1        15	/* timeouts until IP is told, 3 to 255 */
#define HRTCP_SO_RETRIES2        16	/* timeouts that end it, 0 (no such limit) to 255 */
#define HRTCP_SO_ORPHAN_RETRIES  17	/* the same without a process */
#define HRTCP_SO_SYN_RETRIES     18	/* repeats of a SYN, 0 (no such limit) to 127 */
#define HRTCP_SO_SYNACK_RETRIES  19	/* of a SYN,ACK, 0 (no such limit) to 255 */
#define HRTCP_SO_R2              20	/* silence that ends it, 1,000 to 1 h, or HRTCP_FOREVER */
#define HRTCP_SO_ORPHAN_R2       21	/* the same without a process, 1,000 to 1 h */
#define HRTCP_SO_SYN_R2          22	/* the same of a SYN */
#define HRTCP_SO_SYNACK_R2       23	/* of a SYN,ACK */
#define HRTCP_SO_FIN_TIMEOUT     24	/* FIN-WAIT-2 without a process, 0 to 1 h */
#define HRTCP_SO_TIME_WAIT       25	/* 2 MSL, 0 to 1 h */
#define HRTCP_SO_USER_TIMEOUT    26	/* in place of R2 and its count, 0 (neither) to 24 h */

#define HRTCP_FOREVER (~0ull)

#endif

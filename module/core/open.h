/* SPDX-License-Identifier: GPL-2.0 */
/* open.h -- what an OPEN, or the request that an arriving SYN makes, needs to know of its host. */
#ifndef HRTCP_CORE_OPEN_H
#define HRTCP_CORE_OPEN_H

#include "fastopen.h"
#include "seq.h"

/* What a connection is opened with; randomness and the path come as numbers. */
struct hrtcp_open {
	struct seq iss;			/* RFC 6528, hrtcp_isn() */
	u32 ts_offset;
	u32 rcvbuf_bytes;		/* payload the caller is ready to hold */
	u32 rcvbuf_max_bytes;		/* what that may grow to: gives the window scale */
	u16 mss_path;			/* MTU less fixed IP and TCP headers */
	u16 mss_advertise;		/* what our MSS option says */
	u16 mss_default;		/* peer without MSS option: 536 or 1220 */
	u32 gso_max;			/* octets of payload sent at once, at least mss_path */
	struct hrtcp_fast_open fast;	/* RFC 7413; all 0: without */
	u16 mss_floor;			/* what every path takes: RFC 8201 4 for IPv6; 0: none */
	u64 synack_pto_ns;		/* of a request: hrtcp_metrics_pto_ns(); 0: no probe */
	bool gso_ace;			/* super-segments keep CWR in all segments, accecn.h */
};

/* ISN of RFC 6528 3: a keyed hash of the addresses and ports plus a 4 us clock. */
static inline struct seq hrtcp_isn(u32 keyed_hash, u64 now_ns)
{
	return seq_of(keyed_hash + (u32)div_u64(now_ns, 4000));
}

#endif

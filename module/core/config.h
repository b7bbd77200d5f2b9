/* SPDX-License-Identifier: GPL-2.0 */
/* config.h -- what an administrator may set; one a namespace, shared by its connections. */
#ifndef HRTCP_CORE_CONFIG_H
#define HRTCP_CORE_CONFIG_H

#include "env.h"

struct hrtcp_cc_ops;

/* cfg.mtu_probing, the values of net.ipv4.tcp_mtu_probing. */
enum hrtcp_mtu_probing {
	HRTCP_MTU_PROBING_NEVER,
	HRTCP_MTU_PROBING_BLACK_HOLE,	/* once a path seems to swallow large segments */
	HRTCP_MTU_PROBING_ALWAYS,
};

struct hrtcp_cfg {
	const struct hrtcp_cc_ops *cc;	/* of new connections; NULL: CUBIC */
	bool sack;			/* offer and accept SACK-permitted, RFC 2018 */
	bool timestamps;		/* RFC 7323 3 */
	bool window_scaling;		/* RFC 7323 2 */
	u32 max_syn_backlog;		/* half-open requests a listener holds */
	u8 syncookies;			/* HRTCP_SYNCOOKIES_*, core/syncookie.h */
	u8 fastopen;			/* mask of HRTCP_FAST_*, core/fastopen.h */
	u64 fastopen_blackhole_ns;	/* no Fast Open for so long after a failure, RFC 7413 4.1.3.1 */
	u32 init_cwnd_pkts;		/* IW10, RFC 6928 */
	u32 pacing_ss_ratio;		/* percent of cwnd a round trip in slow start, 0: unpaced */
	u32 pacing_ca_ratio;		/* the same after a recovery */
	bool slow_start_after_idle;	/* RFC 5681 4.1; without, RFC 7661 keeps cwnd for long */
	u8 ecn;				/* HRTCP_ECN_*, core/ecn.h */
	bool ecn_abe;			/* a mark reduces by less than a loss, RFC 8511 */
	bool hr_option;			/* tell and use the hrTCP option, core/wire.h */
	u8 mtu_probing;			/* enum hrtcp_mtu_probing, RFC 4821 */
	u32 base_mss;			/* where probing begins: most paths take it */
	u32 mtu_probe_floor;		/* a black hole shrinks segments to this at the most */
	u32 probe_threshold;		/* octets: a smaller range is not worth a probe */
	u64 probe_interval_ns;		/* until a path is probed anew; at least 5 min */
	bool metrics_save;		/* begin with what is known of the peer, core/metrics.h, ... */
	bool ssthresh_save;		/* ... and with its slow start threshold, too */
	bool repath;			/* leave a path that seems to have failed, core/repath.h */
	u32 retries1;			/* R1: retransmissions of one segment, RFC 9293 3.8.3 */
	u64 rto_init_ns;		/* before a sample, RFC 6298 2.1 */
	u64 rto_max_ns;			/* RFC 6298 2.5; at least 60 s */
	u64 rto_min_ns;			/* a floor beside the one that is computed, rtt.h */
	u64 rto_granularity_ns;		/* G of RFC 6298, of the peer's timers */
	u64 peer_delack_ns;		/* longest ACK delay to expect of a peer not measured yet */
	u64 delack_ns;			/* our own, RFC 9293 3.8.6.3: below 500 ms */
	u32 quick_acks;			/* segments of a peer that begins, or begins anew, without it */
	u64 sack_delay_ns;		/* of ACKs that only add to SACK blocks, 0: none; so many ... */
	u32 sack_merge;			/* ... become one with the next */
	u64 hr_delack_ns;		/* as delack_ns, towards an end with the hrTCP option */
	u64 hr_granularity_ns;		/* G towards such an end */
	u64 keepalive_time_ns;		/* idle before the first probe, RFC 9293 3.8.4: 2 h or more */
	u64 keepalive_intvl_ns;		/* between probes */
	u32 keepalive_probes;		/* unanswered ones that end the connection */
	bool tlp;			/* probe for a lost tail, RFC 8985 7 */
	u64 pto_min_ns;			/* least time before that probe */
	bool retrans_collapse;		/* small segments go again as one */
	u64 persist_max_ns;		/* between probes of a shut window */
	/* R2 of RFC 9293 3.8.3: whichever comes first; counts of 0: the time alone. */
	u32 retries2, orphan_retries, syn_retries, synack_retries;
	u64 r2_ns;			/* data and FIN: 100 s or more; HRTCP_NEVER: no end */
	u64 syn_r2_ns;			/* give-up of our SYN: 180 s or more */
	u64 synack_r2_ns;		/* give-up of a half-open request */
	u64 orphan_r2_ns;		/* as r2_ns where no process owns the connection */
	u64 fin_timeout_ns;		/* FIN-WAIT-2 of an orphan, RFC 6429 */
	u64 time_wait_ns;		/* 2 MSL */
	u64 tx_retry_ns;		/* after a failed local transmit */
	u64 challenge_ns;		/* in such a time a connection sends ... */
	u32 challenge_limit;		/* ... so many challenge ACKs at the most, RFC 5961 7 */
};

/* The defaults, every one with its reason in config.c. */
extern const struct hrtcp_cfg hrtcp_cfg_default;

#endif

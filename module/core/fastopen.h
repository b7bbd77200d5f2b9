/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fastopen.h -- TCP Fast Open, RFC 7413: data on the SYN for who shows a cookie.
 *
 * The server's cookie is a keyed hash of the addresses, which the caller computes, under the
 * key of today and the one before. What the client remembers of a server is an entry of the
 * caller's cache.
 */
#ifndef HRTCP_CORE_FASTOPEN_H
#define HRTCP_CORE_FASTOPEN_H

#include "config.h"
#include "wire.h"

struct hrtcp_conn;

/* Bits of cfg->fastopen, as of Linux's tcp_fastopen. */
#define HRTCP_FAST_CLIENT 1
#define HRTCP_FAST_SERVER 2
#define HRTCP_FAST_NO_COOKIE 4	/* the client sends data without a cookie */

#define HRTCP_FAST_RST_NS 60000000000ull

/* In struct hrtcp_open. */
struct hrtcp_fast_open {
	bool on;			/* active: the SYN waits for hrtcp_conn_send_syn(); passive:
					 * data flows from SYN-RECEIVED on */
	bool data;			/* data may ride on the SYN */
	bool option;			/* the SYN carries the cookie, or asks for one */
	u16 mss;			/* the peer's MSS option of last time; 0: not known */
	struct hrtcp_cookie cookie;	/* active: to show; passive: to give */
};

/* What became of it, once: HRTCP_EV_FAST. */
enum hrtcp_fast_outcome {
	HRTCP_FAST_NOTHING,
	HRTCP_FAST_TAKEN,		/* the SYN's data was acknowledged */
	HRTCP_FAST_GIVEN,		/* there is a new cookie */
	HRTCP_FAST_REFUSED,		/* the data was not taken */
	HRTCP_FAST_LOST,		/* no answer, or an ICMP error, to a SYN with the option */
};

/* In struct hrtcp_conn: Fast Open at either end, until the handshake is over. */
struct hrtcp_fast {
	struct hrtcp_cookie cookie;	/* to send; active: then what the peer gave */
	bool passive;			/* in SYN-RECEIVED data flows already */
	bool deferred;			/* the SYN waits for data */
	bool data;			/* may ride on the SYN */
	bool option;			/* the next SYN or SYN,ACK carries it */
	bool taken;			/* the SYN carried data that was taken */
	u8 outcome;			/* enum hrtcp_fast_outcome */
	u16 mss;
	u32 sent;			/* octets that left on the SYN */
};

/* -- server ------------------------------------------------------------------------ */

/*
 * Connections of one listener that the ACK of our SYN,ACK is still to come for. One that the
 * peer reset counts for a minute or two more: else resets would lift the limit (RFC 7413 5.1).
 */
struct hrtcp_fastq {
	u32 limit;			/* 0: no Fast Open */
	u32 pending;
	u32 reset[2];			/* in this minute and in the one before */
	u64 minute_ns;			/* when this minute began */
};

/* The two cookies that are good for the peer: of the key in use and of the last one. */
struct hrtcp_fast_macs {
	u64 now, before;
};

enum hrtcp_fast_verdict {
	HRTCP_FAST_NO,			/* the normal handshake, perhaps with open->cookie */
	HRTCP_FAST_YES,			/* a place is taken: hrtcp_fastq_leave() gives it back */
	HRTCP_FAST_FULL,		/* too many are pending: the normal handshake */
	HRTCP_FAST_WRONG,		/* not a cookie of ours, or not any more */
};

/* Is it worth to compute the macs for @syn? */
bool hrtcp_fastq_asks(const struct hrtcp_fastq *q, const struct hrtcp_cfg *cfg,
		      const struct hrtcp_seg *syn);

/* Judge @syn, for which hrtcp_fastq_asks(); fills @open for hrtcp_req_init(). */
enum hrtcp_fast_verdict hrtcp_fastq_on_syn(struct hrtcp_fastq *q, const struct hrtcp_seg *syn,
					   const struct hrtcp_fast_macs *macs, u64 now_ns,
					   struct hrtcp_fast_open *open);

/* SYN-RECEIVED is over, by a @reset of the peer's or otherwise. */
void hrtcp_fastq_leave(struct hrtcp_fastq *q, bool reset, u64 now_ns);

/* -- client ------------------------------------------------------------------------ */

/* What is known of a server, RFC 7413 4.1.3. */
struct hrtcp_fast_entry {
	struct hrtcp_cookie cookie;
	u16 mss;
	u8 failures;			/* in a row */
	u64 until_ns;			/* no Fast Open before this */
};

/* How to open towards the server of @entry, NULL where none is known. @no_cookie: the user
 * asks to send data without one. */
void hrtcp_fast_entry_use(const struct hrtcp_fast_entry *entry, const struct hrtcp_cfg *cfg,
			  bool no_cookie, u64 now_ns, struct hrtcp_fast_open *open);

/* HRTCP_EV_FAST: learn from @conn. */
void hrtcp_fast_entry_learn(struct hrtcp_fast_entry *entry, const struct hrtcp_conn *conn,
			    u64 now_ns);

#endif

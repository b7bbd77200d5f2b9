/* SPDX-License-Identifier: GPL-2.0 */
/*
 * peer.h -- a TCP that does exactly what the test says, one segment a line.
 *
 *      host under test                  the peer: this program
 *   +------------------+             +----------------------------+
 *   |             tun0 |=============| reads and writes packets   |
 *   +------------------+             +----------------------------+
 *     10.9.0.1, fd09::1                10.9.0.2, fd09::2
 *
 * All that arrives is checked: IP and TCP checksums, lengths, and payload, which on both
 * sides is the pattern of sock.h by its place in the stream.
 */
#ifndef HRTCP_SELFTESTS_PEER_H
#define HRTCP_SELFTESTS_PEER_H

#include "pair.h"
#include "script.h"

/* The peer's initial sequence number: every stream wraps around soon. */
#define PEER_ISS 0xffffff00u
#define PEER_PORT 4000
#define HOST_PORT 80

struct peer {
	struct end host, self;
	int tun;
	int port, host_port;
	uint32_t iss, irs;
	bool irs_known;
	uint32_t nxt, host_nxt;		/* next sequence number of each side, as said or seen */
	uint32_t ts_echo;
	uint16_t win;			/* of what is sent without `win` */
	int rcvbuf;			/* SO_RCVBUF of the host's sockets; 0: as it is */
	struct seg seen;		/* the last one */
	uint8_t packet[65536];
	int packet_len;			/* it, as it came */
	uint64_t seen_ms;
	char said[400];			/* what went wrong */
};

/*
 * The current namespace becomes the host's. A test is a slow peer, and silent on purpose: the host's
 * tail loss probes are switched off, or one might come between any two segments.
 */
int peer_open(struct peer *peer, enum stack stack, int ipv);

/* A new connection begins: other ports, numbers forgotten. 0: as it is. */
void peer_renew(struct peer *peer, int port, int host_port, uint32_t iss);

int peer_parse(struct peer *peer, const char *line, struct seg *seg);
int peer_put(struct peer *peer, const struct seg *seg);

/* Each returns whether it is so; peer->said tells why not. */
bool peer_sends(struct peer *peer, const char *line);
bool peer_sees(struct peer *peer, const char *line, int within_ms);
bool peer_hears_nothing(struct peer *peer, int for_ms);

/* The next segment to the peer's port, whatever it is: 1; 0: none came; or a negative errno. */
int peer_get(struct peer *peer, struct seg *seg, int within_ms);

/*
 * A connection: the peer opens it to the host's port, or the host opens it to the peer's and
 * @synack is the answer. Without options but mss 1000. Returns the host's socket.
 */
int peer_accepts(struct peer *peer);
int peer_connects(struct peer *peer, const char *synack);

#define PEER_SYNACK "S. 0:0(0) ack 1 <mss 1000>"

/* The connection's state at the host; 0: there is none. */
int peer_state(struct peer *peer);

/* Of the last segment seen; 0 over IPv4. */
int peer_flow_label(const struct peer *peer);

/* An ICMP error, IPv4 type 3 or IPv6 type 1, that quotes the last segment seen. */
int peer_icmp(struct peer *peer, int type, int code, uint32_t rest);

/* For the test harness: one line each. SEES ends the test where it does not hold. */
#define SENDS(line) ASSERT_TRUE(peer_sends(&self->peer, line)) { TH_LOG("%s", self->peer.said); }
#define SEES(line) ASSERT_TRUE(peer_sees(&self->peer, line, WAIT_MS)) { TH_LOG("%s", self->peer.said); }
#define STATE(state)								\
	ASSERT_TRUE(WAIT_FOR(peer_state(&self->peer) == (state)))		\
	{									\
		TH_LOG("it is %s, not %s", state_name(peer_state(&self->peer)),	\
		       state_name(state));					\
	}
#define SILENCE(ms) ASSERT_TRUE(peer_hears_nothing(&self->peer, ms)) { TH_LOG("%s", self->peer.said); }

#endif

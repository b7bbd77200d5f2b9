// SPDX-License-Identifier: GPL-2.0
/* peer.c -- the scripted peer: from segments to packets and back; see wire.c for those. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "net.h"
#include "peer.h"
#include "sock.h"
#include "wire.h"

static int without_probes(void)
{
	return testing_hrtcp() ? net_sysctl("hrtcp/tlp", "0") : 0;
}

int peer_open(struct peer *peer, enum stack stack, int ipv)
{
	int error;

	memset(peer, 0, sizeof(*peer));
	peer->host = (struct end){ .ns = net_new(), .stack = stack, .ipv = ipv };
	if (peer->host.ns < 0)
		return peer->host.ns;
	peer->self = peer->host;
	peer->tun = net_tun("tun0");
	if (peer->tun < 0)
		return peer->tun;
	peer->host.addr = addr_parse(ipv == 4 ? "10.9.0.1" : "fd09::1", 0);
	peer->self.addr = addr_parse(ipv == 4 ? "10.9.0.2" : "fd09::2", 0);
	error = net_addr("tun0", "10.9.0.1", 24);
	if (!error)
		error = net_addr("tun0", "fd09::1", 64);
	if (!error)
		error = net_up("tun0");
	if (!error)
		error = net_wait_local("fd09::1");
	if (!error)
		error = without_probes();
	peer_renew(peer, PEER_PORT, HOST_PORT, PEER_ISS);
	peer->win = 65535;
	return error;
}

void peer_renew(struct peer *peer, int port, int host_port, uint32_t iss)
{
	if (port)
		peer->port = port;
	if (host_port)
		peer->host_port = host_port;
	if (iss)
		peer->iss = iss;
	peer->nxt = peer->iss;
	peer->irs_known = false;
	peer->ts_echo = 0;
}

static struct base base_of(const struct peer *peer, bool sending)
{
	struct base own = { .seq = peer->iss, .seq_nxt = peer->nxt, .ack = peer->irs,
			    .ack_nxt = peer->host_nxt, .ts_echo = peer->ts_echo };
	struct base host = { .seq = peer->irs, .seq_nxt = peer->host_nxt, .ack = peer->iss,
			     .ack_nxt = peer->nxt };

	return sending ? own : host;
}

static uint32_t end_of(const struct seg *seg)
{
	return seg->seq + seg->len + !!(seg->flags & F_SYN) + !!(seg->flags & F_FIN);
}

int peer_parse(struct peer *peer, const char *line, struct seg *seg)
{
	struct base base = base_of(peer, true);
	int error = script_parse(line, &base, seg);

	if (!seg->has_win)
		seg->win = peer->win;
	if (error)
		snprintf(peer->said, sizeof(peer->said), "cannot read: %s", line);
	return error;
}

int peer_put(struct peer *peer, const struct seg *seg)
{
	uint8_t packet[WIRE_MAX];
	struct wire wire = { .from = &peer->self.addr, .to = &peer->host.addr,
			     .from_port = peer->port, .to_port = peer->host_port,
			     .first = peer->iss + 1 };
	int len = wire_build(packet, &wire, seg);

	if (len < 0)
		return len;
	if (!(seg->flags & F_RST) && (int32_t)(end_of(seg) - peer->nxt) > 0)
		peer->nxt = end_of(seg);
	return write(peer->tun, packet, len) == len ? 0 : -errno;
}

bool peer_sends(struct peer *peer, const char *line)
{
	struct seg seg;
	int error = peer_parse(peer, line, &seg);

	if (error)
		return false;
	error = peer_put(peer, &seg);
	if (error)
		snprintf(peer->said, sizeof(peer->said), "cannot send %s: %s", line,
			 strerror(-error));
	return !error;
}

/* A packet of the connection in @seg: 1; another packet: 0; a wrong one: negative. */
static int take(struct peer *peer, struct seg *seg)
{
	struct wire wire = { .from = &peer->host.addr, .to = &peer->self.addr,
			     .from_port = peer->host_port, .to_port = peer->port,
			     .first = peer->irs_known ? peer->irs + 1 : 0 };
	int found = wire_read(peer->packet, peer->packet_len, &wire, seg);

	if (found < 0)
		snprintf(peer->said, sizeof(peer->said), "a wrong packet: %s", wire.wrong);
	if (found <= 0)
		return found;
	if (seg->flags & F_SYN && !peer->irs_known) {
		peer->irs = seg->seq;
		peer->irs_known = true;
		peer->host_nxt = end_of(seg);
	}
	if (!(seg->flags & F_RST) && (int32_t)(end_of(seg) - peer->host_nxt) > 0)
		peer->host_nxt = end_of(seg);
	if (seg->options & OPT_TS)
		peer->ts_echo = seg->ts_val;
	peer->seen = *seg;
	peer->seen_ms = now_ms();
	return 1;
}

int peer_get(struct peer *peer, struct seg *seg, int within_ms)
{
	uint64_t end = now_ms() + within_ms;

	for (;;) {
		struct pollfd one = { .fd = peer->tun, .events = POLLIN };
		int64_t left = (int64_t)(end - now_ms());
		int found;

		if (poll(&one, 1, left > 0 ? left : 0) <= 0)
			return 0;
		peer->packet_len = read(peer->tun, peer->packet, sizeof(peer->packet));
		if (peer->packet_len < 0)
			continue;
		found = take(peer, seg);
		if (found)
			return found < 0 ? -EBADMSG : 1;
	}
}

bool peer_sees(struct peer *peer, const char *line, int within_ms)
{
	char text[200];
	struct seg want, got;
	struct base base;
	int n = peer_get(peer, &got, within_ms);

	if (n < 0)
		return false;
	base = base_of(peer, false);
	if (script_parse(line, &base, &want)) {
		snprintf(peer->said, sizeof(peer->said), "cannot read: %s", line);
		return false;
	}
	if (n && script_match(&want, &got))
		return true;
	snprintf(text, sizeof(text), "nothing in %d ms", within_ms);
	if (n)
		script_print(text, sizeof(text), &got, &base);
	snprintf(peer->said, sizeof(peer->said), "want: %s | seen: %s", line, text);
	return false;
}

bool peer_hears_nothing(struct peer *peer, int for_ms)
{
	struct base base;
	struct seg got;
	char text[200];
	int n = peer_get(peer, &got, for_ms);

	if (n <= 0)
		return !n;
	base = base_of(peer, false);
	script_print(text, sizeof(text), &got, &base);
	snprintf(peer->said, sizeof(peer->said), "want silence | seen: %s", text);
	return false;
}

int peer_accepts(struct peer *peer)
{
	int listener = sock_listen(&peer->host, peer->host_port, 1), fd = -EPROTO;

	if (listener < 0)
		return listener;
	if (peer->rcvbuf)
		sock_set(listener, SOL_SOCKET, SO_RCVBUF, peer->rcvbuf);
	if (peer_sends(peer, "S 0:0(0) <mss 1000>") && peer_sees(peer, "S. 0:0(0) ack 1", WAIT_MS) &&
	    peer_sends(peer, ". 1:1(0) ack 1"))
		fd = sock_accept(listener);
	sock_close(listener);
	return fd;
}

int peer_connects(struct peer *peer, const char *synack)
{
	int fd = sock_new(&peer->host);

	peer->host_port = 5000;
	if (sock_bind(fd, &peer->host, peer->host_port) || sock_nonblock(fd, true) ||
	    sock_connect(fd, &peer->self, peer->port) != -EINPROGRESS)
		return -EPROTO;
	if (!peer_sees(peer, "S 0:0(0)", WAIT_MS) || !peer_sends(peer, synack) ||
	    !peer_sees(peer, ". 1:1(0) ack 1", WAIT_MS))
		return -EPROTO;
	return sock_nonblock(fd, false) ? -EPROTO : fd;
}

int peer_state(struct peer *peer)
{
	return diag_state(&peer->host, peer->host_port, peer->port);
}

int peer_flow_label(const struct peer *peer)
{
	const uint8_t *p = peer->packet;

	return p[0] >> 4 == 6 ? (p[1] & 15) << 16 | p[2] << 8 | p[3] : 0;
}

int peer_icmp(struct peer *peer, int type, int code, uint32_t rest)
{
	uint8_t packet[WIRE_MAX];
	int len = wire_build_icmp(packet, &peer->self.addr, &peer->host.addr, type, code, rest,
				  peer->packet, peer->packet_len);

	return write(peer->tun, packet, len) == len ? 0 : -errno;
}

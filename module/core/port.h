/* SPDX-License-Identifier: GPL-2.0 */
/*
 * port.h -- which local port an active OPEN tries first: RFC 6056 3.3.4, algorithm 4. Each peer
 * has its own place in the range, by a keyed hash of the addresses and the remote port, from
 * where the ports of one counter of many are taken in turn: nobody can guess the next one, and
 * the same port towards the same peer comes back as late as possible.
 */
#ifndef HRTCP_CORE_PORT_H
#define HRTCP_CORE_PORT_H

#include "env.h"

#define HRTCP_PORT_COUNTERS 1024

/* The number of the counter for the keyed hash @g: RFC 6056's table[G()]. */
static inline u32 hrtcp_port_counter(u32 g)
{
	return g % HRTCP_PORT_COUNTERS;
}

/* The port at @step of a search in [@low, @high]; @f: keyed hash, @counter: of the table. */
static inline u16 hrtcp_port_at(u32 f, u32 counter, u32 step, u16 low, u16 high)
{
	u32 n = (u32)high - low + 1;

	return (u16)(low + (f % n + counter % n + step) % n);
}

#endif

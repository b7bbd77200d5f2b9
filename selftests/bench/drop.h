/* SPDX-License-Identifier: GPL-2.0 */
/*
 * drop.h -- a path that loses exactly what is wanted: a BPF filter on the receiving socket, which sees
 * a segment before its TCP does, whichever that is. No device, no clock and no chance in it.
 */
#ifndef HRTCP_SELFTESTS_DROP_H
#define HRTCP_SELFTESTS_DROP_H

#include <stdint.h>

/*
 * Read and written by the filter while it runs. Octets are those of sequence space but FIN: a
 * segment that has none always passes, unless there is a rate.
 */
struct drop {
	uint64_t skip;			/* octets to let through first */
	uint64_t count;			/* octets to drop then */
	uint64_t rate;			/* of all segments, of 2^31; 0: none */
	uint64_t seed;			/* of the segments chosen */
};

/* One on which nothing is dropped yet, and the filter's descriptor. */
struct drop *drop_new(int *filter);
void drop_attach(int fd, int filter);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/* proto.h -- struct proto, the accounting of memory, and the count of living sockets. */
#ifndef HRTCP_KERNEL_PROTO_H
#define HRTCP_KERNEL_PROTO_H

/* In pages as min, pressure, max: the net.hrtcp.mem sysctl. */
extern long hrtcp_sysctl_mem[3];

int hrtcp_proto_init(void);

/* Waits for the last socket, orphans included, and for RCU. */
void hrtcp_proto_exit(void);

/* A socket was made (1), or is about to be freed (-1). */
void hrtcp_proto_count(int change);

#endif

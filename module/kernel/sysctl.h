/* SPDX-License-Identifier: GPL-2.0 */
/* sysctl.h -- net.hrtcp.*, per namespace. */
#ifndef HRTCP_KERNEL_SYSCTL_H
#define HRTCP_KERNEL_SYSCTL_H

struct hrtcp_net;

/* Also sets the buffers' default sizes. */
int hrtcp_sysctl_init(struct hrtcp_net *hn);
void hrtcp_sysctl_exit(struct hrtcp_net *hn);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/* af.h -- the address family: socket() and what a struct socket can do. */
#ifndef HRTCP_KERNEL_AF_H
#define HRTCP_KERNEL_AF_H

int hrtcp_af_init(void);
void hrtcp_af_exit(void);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * net.h -- namespaces, wires and tun devices for a test, made by rtnetlink.
 *
 * Everything lives in namespaces of the test's own process and goes with it. Functions
 * return 0 or a descriptor, or a negative errno.
 */
#ifndef HRTCP_SELFTESTS_NET_H
#define HRTCP_SELFTESTS_NET_H

/* A new namespace with loopback up; the caller is in it afterwards. Returns its descriptor. */
int net_new(void);

/* The namespace the caller is in. */
int net_current(void);

int net_enter(int ns);

/* eth0 in both namespaces, joined. Ends up in @a. */
int net_veth(int a, int b);

/* A tun device of raw IP packets in the current namespace; reads do not block. */
int net_tun(const char *name);

/* @text: an address of either kind. */
int net_addr(const char *dev, const char *text, int prefix_len);

/* Until the current namespace takes packets for it; the device is up. */
int net_wait_local(const char *text);

/* Until what is sent by @dev of the current namespace is not lost; it and its peer are up. */
int net_wait_link(const char *dev);

int net_up(const char *dev);
int net_mtu(const char *dev, int mtu);
int net_route_blackhole(const char *text, int prefix_len);

/* Of the current namespace: write @value to /proc/sys/net/@name. */
int net_sysctl(const char *name, const char *value);

#endif

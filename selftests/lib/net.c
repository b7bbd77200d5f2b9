// SPDX-License-Identifier: GPL-2.0
/* net.c -- rtnetlink requests, one socket each. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>		/* before the kernel's */
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "net.h"

struct request {
	struct nlmsghdr head;
	char body[1024];
};

static void *put(struct request *req, int len)
{
	void *at = (char *)req + NLMSG_ALIGN(req->head.nlmsg_len);

	req->head.nlmsg_len = NLMSG_ALIGN(req->head.nlmsg_len) + NLMSG_ALIGN(len);
	return at;
}

static struct rtattr *put_attr(struct request *req, int type, const void *data, int len)
{
	struct rtattr *attr = put(req, RTA_LENGTH(len));

	attr->rta_type = type;
	attr->rta_len = RTA_LENGTH(len);
	if (len)
		memcpy(RTA_DATA(attr), data, len);
	return attr;
}

static void end_nest(struct request *req, struct rtattr *nest)
{
	nest->rta_len = (char *)req + req->head.nlmsg_len - (char *)nest;
}

static void *begin(struct request *req, int type, int flags, int len)
{
	memset(req, 0, sizeof(*req));
	req->head.nlmsg_len = NLMSG_HDRLEN;
	req->head.nlmsg_type = type;
	req->head.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	return put(req, len);
}

struct answer {
	struct nlmsghdr head;
	union {
		struct nlmsgerr err;
		struct rtmsg route;
		struct ifinfomsg link;
	};
	char rest[2048];
};

static int ask(struct request *req, struct answer *answer)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	int error = 0;

	if (fd < 0)
		return -errno;
	if (send(fd, req, req->head.nlmsg_len, 0) < 0 ||
	    recv(fd, answer, sizeof(*answer), 0) < 0)
		error = -errno;
	else if (answer->head.nlmsg_type == NLMSG_ERROR)
		error = answer->err.error;
	close(fd);
	return error;
}

static int talk(struct request *req)
{
	struct answer answer;

	return ask(req, &answer);
}

int net_current(void)
{
	int fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int net_new(void)
{
	int error;

	if (unshare(CLONE_NEWNET))
		return -errno;
	error = net_up("lo");
	return error ? error : net_current();
}

static bool is_current(int ns)
{
	struct stat here, there;

	return !stat("/proc/thread-self/ns/net", &here) && !fstat(ns, &there) &&
	       here.st_ino == there.st_ino;
}

/* Staying where one is needs no privilege. */
int net_enter(int ns)
{
	return is_current(ns) || !setns(ns, CLONE_NEWNET) ? 0 : -errno;
}

int net_up(const char *dev)
{
	struct request req;
	struct ifinfomsg *info = begin(&req, RTM_NEWLINK, 0, sizeof(*info));

	info->ifi_index = if_nametoindex(dev);
	info->ifi_flags = info->ifi_change = IFF_UP;
	return talk(&req);
}

int net_mtu(const char *dev, int mtu)
{
	struct request req;
	struct ifinfomsg *info = begin(&req, RTM_NEWLINK, 0, sizeof(*info));

	info->ifi_index = if_nametoindex(dev);
	put_attr(&req, IFLA_MTU, &mtu, sizeof(mtu));
	return talk(&req);
}

int net_veth(int a, int b)
{
	struct request req;
	struct rtattr *link, *data, *peer;
	int error = net_enter(a);

	if (error)
		return error;
	begin(&req, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sizeof(struct ifinfomsg));
	put_attr(&req, IFLA_IFNAME, "eth0", 5);
	link = put_attr(&req, IFLA_LINKINFO, NULL, 0);
	put_attr(&req, IFLA_INFO_KIND, "veth", 4);
	data = put_attr(&req, IFLA_INFO_DATA, NULL, 0);
	peer = put_attr(&req, VETH_INFO_PEER, NULL, 0);
	put(&req, sizeof(struct ifinfomsg));
	put_attr(&req, IFLA_IFNAME, "eth0", 5);
	put_attr(&req, IFLA_NET_NS_FD, &b, sizeof(b));
	end_nest(&req, peer);
	end_nest(&req, data);
	end_nest(&req, link);
	return talk(&req);
}

/* Without udev the node is not there before the module; opening the node loads the module. */
static int open_tun(void)
{
	int flags = O_RDWR | O_CLOEXEC | O_NONBLOCK;
	int fd = open("/dev/net/tun", flags);

	if (fd >= 0 || errno != ENOENT)
		return fd;
	mkdir("/dev/net", 0755);
	mknod("/dev/net/tun", S_IFCHR | 0600, makedev(10, 200));
	return open("/dev/net/tun", flags);
}

int net_tun(const char *name)
{
	struct ifreq ifr = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	int fd = open_tun();

	if (fd < 0)
		return -errno;
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	if (ioctl(fd, TUNSETIFF, &ifr)) {
		int error = -errno;

		close(fd);
		return error;
	}
	return fd;
}

/* Returns the address family and fills @to, which holds 16 octets; 0 if it is no address. */
static int parse(const char *text, void *to)
{
	if (inet_pton(AF_INET, text, to) == 1)
		return AF_INET;
	return inet_pton(AF_INET6, text, to) == 1 ? AF_INET6 : 0;
}

/* An IPv6 address receives only when the kernel got round to adding its route. */
int net_wait_local(const char *text)
{
	struct request req;
	struct answer answer;
	char addr[16];
	int tries;

	for (tries = 0; tries < 5000; tries++) {
		struct rtmsg *msg = begin(&req, RTM_GETROUTE, 0, sizeof(*msg));

		req.head.nlmsg_flags = NLM_F_REQUEST;
		msg->rtm_family = parse(text, addr);
		put_attr(&req, RTA_DST, addr, msg->rtm_family == AF_INET ? 4 : 16);
		if (!ask(&req, &answer) && answer.route.rtm_type == RTN_LOCAL)
			return 0;
		usleep(1000);
	}
	return -ETIMEDOUT;
}

/* The kernel says so in one go with taking the link's queues into use. */
static bool is_operational(struct answer *answer)
{
	struct rtattr *attr = IFLA_RTA(&answer->link);
	int left = answer->head.nlmsg_len - NLMSG_LENGTH(sizeof(answer->link));

	for (; RTA_OK(attr, left); attr = RTA_NEXT(attr, left))
		if (attr->rta_type == IFLA_OPERSTATE)
			return *(unsigned char *)RTA_DATA(attr) == IF_OPER_UP;
	return false;
}

/* The peer of a veth came up after it: the kernel gets round to its queues later, and what is
 * sent until then is lost. */
int net_wait_link(const char *dev)
{
	struct request req;
	struct answer answer;
	int tries;

	for (tries = 0; tries < 5000; tries++) {
		struct ifinfomsg *info = begin(&req, RTM_GETLINK, 0, sizeof(*info));

		req.head.nlmsg_flags = NLM_F_REQUEST;
		info->ifi_index = if_nametoindex(dev);
		if (!ask(&req, &answer) && answer.head.nlmsg_type == RTM_NEWLINK &&
		    is_operational(&answer))
			return 0;
		usleep(1000);
	}
	return -ETIMEDOUT;
}

int net_addr(const char *dev, const char *text, int prefix_len)
{
	struct request req;
	struct ifaddrmsg *msg = begin(&req, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL,
				      sizeof(*msg));
	char addr[16];
	int len;

	msg->ifa_family = parse(text, addr);
	msg->ifa_prefixlen = prefix_len;
	msg->ifa_index = if_nametoindex(dev);
	msg->ifa_flags = IFA_F_NODAD;
	len = msg->ifa_family == AF_INET ? 4 : 16;
	put_attr(&req, IFA_LOCAL, addr, len);
	put_attr(&req, IFA_ADDRESS, addr, len);
	return talk(&req);
}

int net_route_blackhole(const char *text, int prefix_len)
{
	struct request req;
	struct rtmsg *msg = begin(&req, RTM_NEWROUTE, NLM_F_CREATE, sizeof(*msg));
	char addr[16];

	msg->rtm_family = parse(text, addr);
	msg->rtm_dst_len = prefix_len;
	msg->rtm_table = RT_TABLE_MAIN;
	msg->rtm_protocol = RTPROT_STATIC;
	msg->rtm_type = RTN_BLACKHOLE;
	put_attr(&req, RTA_DST, addr, msg->rtm_family == AF_INET ? 4 : 16);
	return talk(&req);
}

int net_sysctl(const char *name, const char *value)
{
	char path[128];
	int fd, error = 0;

	snprintf(path, sizeof(path), "/proc/sys/net/%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, value, strlen(value)) < 0)
		error = -errno;
	close(fd);
	return error;
}

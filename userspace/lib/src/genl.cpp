// SPDX-License-Identifier: GPL-2.0
#include "genl.hpp"

#include <cerrno>
#include <string_view>
#include <system_error>

#include <linux/genetlink.h>

#include "uapi/hrtcp.h"

namespace hrtcp {
namespace {

[[noreturn]] void fail(int error, const std::string &what)
{
	throw std::system_error(error, std::system_category(), what);
}

mnl_socket *open_socket()
{
	mnl_socket *socket = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (socket == nullptr)
		fail(errno, "netlink socket");
	int on = 1;	// both are comforts of newer kernels
	mnl_socket_setsockopt(socket, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(socket, NETLINK_CAP_ACK, &on, sizeof(on));
	return socket;
}

using visitor = std::function<void(const nlattr *)>;

int visit(const nlattr *attr, void *function)
{
	(*static_cast<visitor *>(function))(attr);
	return MNL_CB_OK;
}

void each_attribute(const nlmsghdr *message, std::size_t skip, visitor function)
{
	mnl_attr_parse(message, static_cast<unsigned>(skip), visit, &function);
}

void each_nested(const nlattr *nest, visitor function)
{
	mnl_attr_parse_nested(nest, visit, &function);
}

// The kernel's own words, among the attributes that begin @skip octets into the payload.
std::string extack_text(const nlmsghdr *message, std::size_t skip)
{
	std::string text;
	if (!(message->nlmsg_flags & NLM_F_ACK_TLVS) || mnl_nlmsg_get_payload_len(message) < skip)
		return text;
	each_attribute(message, skip, [&](const nlattr *attr) {
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG &&
		    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
			text = mnl_attr_get_str(attr);
	});
	return text;
}

// Throws what @message, an NLMSG_ERROR or NLMSG_DONE, reports, unless it is success.
void check_verdict(const nlmsghdr *message)
{
	int error = 0;
	std::size_t skip = sizeof(error);
	if (mnl_nlmsg_get_payload_len(message) < sizeof(error))
		return;
	error = *static_cast<const int *>(mnl_nlmsg_get_payload(message));
	if (error == 0)
		return;
	if (message->nlmsg_type == NLMSG_ERROR) {
		const auto *report = static_cast<const nlmsgerr *>(mnl_nlmsg_get_payload(message));
		skip = sizeof(*report);
		if (!(message->nlmsg_flags & NLM_F_CAPPED) &&
		    mnl_nlmsg_get_payload_len(message) >= sizeof(*report))
			skip += report->msg.nlmsg_len - sizeof(nlmsghdr);
	}
	std::string text = extack_text(message, skip);
	fail(-error, text.empty() ? "request to hrtcp" : text);
}

} // namespace

genl_socket::genl_socket() : socket_(open_socket(), mnl_socket_close)
{
	if (mnl_socket_bind(socket_.get(), 0, MNL_SOCKET_AUTOPID) < 0)
		fail(errno, "netlink socket");
	auto add_name = [](nlmsghdr *request) {
		mnl_attr_put_strz(request, CTRL_ATTR_FAMILY_NAME, HRTCP_GENL_NAME);
	};
	try {
		ask(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, false, add_name,
		    [this](const nlmsghdr *answer) { take_family(answer); });
	} catch (const std::system_error &error) {
		if (error.code().value() != ENOENT)
			throw;
		fail(ENOENT, "netlink family hrtcp (is the module loaded?)");
	}
}

void genl_socket::take_group(const nlattr *group)
{
	std::string name;
	unsigned id = 0;
	each_nested(group, [&](const nlattr *attr) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_NAME)
			name = mnl_attr_get_str(attr);
		if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_ID)
			id = mnl_attr_get_u32(attr);
	});
	groups_[name] = id;
}

void genl_socket::take_family(const nlmsghdr *answer)
{
	each_attribute(answer, sizeof(genlmsghdr), [this](const nlattr *attr) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			family_ = mnl_attr_get_u16(attr);
		if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GROUPS)
			each_nested(attr, [this](const nlattr *group) { take_group(group); });
	});
}

void genl_socket::send(uint16_t family, uint8_t command, bool dump, const fill &add)
{
	nlmsghdr *request = mnl_nlmsg_put_header(buffer_.data());
	request->nlmsg_type = family;
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	if (dump)
		request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	request->nlmsg_seq = ++sequence_;

	auto *header = static_cast<genlmsghdr *>(
		mnl_nlmsg_put_extra_header(request, sizeof(genlmsghdr)));
	header->cmd = command;
	header->version = family == GENL_ID_CTRL ? 1 : HRTCP_GENL_VERSION;
	add(request);
	if (mnl_socket_sendto(socket_.get(), request, request->nlmsg_len) < 0)
		fail(errno, "netlink request");
}

bool genl_socket::ask(uint16_t family, uint8_t command, bool dump, const fill &add,
		      const take &on_answer)
{
	bool consistent = true;
	send(family, command, dump, add);
	for (;;) {
		ssize_t size = mnl_socket_recvfrom(socket_.get(), buffer_.data(), buffer_.size());
		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0)
			fail(errno, "netlink answer");
		int left = static_cast<int>(size);
		const auto *message = reinterpret_cast<const nlmsghdr *>(buffer_.data());
		for (; mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left)) {
			if (message->nlmsg_seq != sequence_)
				continue;
			if (message->nlmsg_flags & NLM_F_DUMP_INTR)
				consistent = false;
			if (message->nlmsg_type == NLMSG_ERROR || message->nlmsg_type == NLMSG_DONE) {
				check_verdict(message);
				return consistent;
			}
			on_answer(message);
		}
	}
}

bool genl_socket::ask(uint8_t command, bool dump, const fill &add, const take &on_answer)
{
	return ask(family_, command, dump, add, on_answer);
}

void genl_socket::join(const std::string &group)
{
	auto found = groups_.find(group);
	if (found == groups_.end())
		fail(ENOENT, "event group " + group);
	if (mnl_socket_setsockopt(socket_.get(), NETLINK_ADD_MEMBERSHIP, &found->second,
				  sizeof(found->second)) < 0)
		fail(errno, "events of group " + group);
}

} // namespace hrtcp

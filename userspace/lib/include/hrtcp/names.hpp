// SPDX-License-Identifier: GPL-2.0
// names.hpp -- the names of hrtcp.h's numbers. A number without a name, such as one of a newer
// module, becomes what it is and the number: "state(23)".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "uapi/hrtcp.h"

namespace hrtcp {

/// "ESTABLISHED", "FIN-WAIT-1", ... as RFC 9293 writes them.
std::string state_name(unsigned state);

/// Why a state changed; reads after "because". "" for HRTCP_C_NONE.
std::string cause_text(unsigned cause);

/// Lower case, words joined by underscores: "out_of_window", "active_opens", "retransmit".
std::string drop_name(unsigned drop);
std::string stat_name(unsigned stat);
std::string timer_name(unsigned timer);

/// The enumerator without its prefix in lower case: "synack_rcvd".
std::string cause_key(unsigned cause);

/// The number of a state's whole name, in any case. Nothing if there is none.
std::optional<unsigned> state_from_name(std::string_view name);

/// The flags of a segment as packetdrill and tcpdump write them: "S.", "F.", "P.", ".", "R".
std::string flags_text(unsigned tcp_flags);

/// Bits of the 14th octet of a TCP header (RFC 9293 3.1).
enum tcp_flag : uint16_t {
	flag_fin = 0x01,
	flag_syn = 0x02,
	flag_rst = 0x04,
	flag_psh = 0x08,
	flag_ack = 0x10,
	flag_urg = 0x20,
	flag_ece = 0x40,
	flag_cwr = 0x80,
	flag_ae = 0x100,
};

} // namespace hrtcp

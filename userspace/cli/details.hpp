// SPDX-License-Identifier: GPL-2.0
// details.hpp -- tcp_info in words: the same list gives the text of ss -i and the JSON.
#pragma once

#include <string>

#include "hrtcp/records.hpp"
#include "output.hpp"

// "rtt:50us cwnd:10 ...", what is 0 left out.
std::string details_text(const hrtcp::tcp_details &details);

// {"rtt_us": 50, "cwnd_segments": 10, ...}, what is 0 left out.
json details_json(const hrtcp::tcp_details &details);

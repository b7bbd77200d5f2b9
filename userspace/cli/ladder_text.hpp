// SPDX-License-Identifier: GPL-2.0
// ladder_text.hpp -- a step of a time-sequence diagram as lines of text or as JSON.
#pragma once

#include <string>

#include "ladder_steps.hpp"
#include "output.hpp"

// Columns between the two sides that make a diagram of @columns wide, at least 40.
std::size_t ladder_gap(std::size_t columns);

// Whole lines. What does not fit makes its line longer, nothing is cut.
std::string ladder_text(const step &s, std::size_t gap);

json ladder_json(const step &s);

// packetdrill's notation: "P. 1:11(10) ack 1 win 65535".
std::string segment_text(const hrtcp::segment &s);

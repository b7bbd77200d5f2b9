// SPDX-License-Identifier: GPL-2.0
// response.hpp -- is a long flow as fast as its loss rate allows a fair one, and no faster?
#pragma once

namespace sim {

// Return: how many of the flows were not; each is said.
int check_response();

} // namespace sim

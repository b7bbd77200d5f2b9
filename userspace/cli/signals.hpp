// SPDX-License-Identifier: GPL-2.0
// signals.hpp -- SIGINT and SIGTERM as a descriptor, so that a loop can end cleanly.
#pragma once

#include <csignal>

#include "hrtcp/socket.hpp"

// From construction to destruction the two signals no longer end the process.
class stop_signals {
public:
	stop_signals();
	~stop_signals();

	// Readable once one has come.
	int descriptor() const { return fd_.get(); }
	bool arrived() const;

private:
	sigset_t before_;
	hrtcp::fd fd_;
};

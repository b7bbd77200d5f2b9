// SPDX-License-Identifier: GPL-2.0
#include "signals.hpp"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

stop_signals::stop_signals()
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, &before_);
	fd_ = hrtcp::fd(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

// A signal that came is taken here and not left to end the process later.
stop_signals::~stop_signals()
{
	signalfd_siginfo taken;
	while (read(descriptor(), &taken, sizeof(taken)) > 0)
		;
	sigprocmask(SIG_SETMASK, &before_, nullptr);
}

bool stop_signals::arrived() const
{
	pollfd end = {descriptor(), POLLIN, 0};
	return poll(&end, 1, 0) > 0;
}

// SPDX-License-Identifier: GPL-2.0
#include "pump.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

bool try_again(int error)
{
	return error == EAGAIN || error == EINTR;
}

[[noreturn]] void fail(const char *what)
{
	throw std::system_error(errno, std::system_category(), what);
}

// Sockets are ours and set not to block. Standard output is shared with others and left as it
// is; a pipe takes PIPE_BUF octets without blocking once it polls as writable.
bool may_block(int descriptor)
{
	struct stat status = {};
	if ((fcntl(descriptor, F_GETFL) & O_NONBLOCK) != 0)
		return false;
	return fstat(descriptor, &status) == 0 && !S_ISREG(status.st_mode);
}

} // namespace

pump::pump(int from, int to, std::size_t block) : from_(from), to_(to), buffer_(block) {}

pump pump::copy(int from, int to, std::size_t block)
{
	pump p(from, to, block);
	p.to_may_block_ = may_block(to);
	return p;
}

pump pump::generate(uint64_t octets, int to, std::size_t block)
{
	pump p(none, to, block);
	p.generates_ = true;
	p.left_ = octets;
	p.refill();
	return p;
}

pump pump::swallow(int from, std::size_t block)
{
	pump p(from, none, block);
	p.swallows_ = true;
	return p;
}

int pump::wants_read() const
{
	return ended_ || generates_ || begin_ != end_ ? none : from_;
}

int pump::wants_write() const
{
	return begin_ != end_ ? to_ : none;
}

void pump::refill()
{
	begin_ = 0;
	end_ = static_cast<std::size_t>(std::min<uint64_t>(left_, buffer_.size()));
	fill_pattern(std::span(buffer_).first(end_), octets_);
	octets_ += end_;
	left_ -= end_;
	ended_ = left_ == 0;
}

void pump::on_readable()
{
	ssize_t count = read(from_, buffer_.data(), buffer_.size());
	if (count < 0 && try_again(errno))
		return;
	if (count < 0)
		fail("read");
	auto got = static_cast<std::size_t>(count);
	ended_ = got == 0;
	octets_ += got;
	if (swallows_)
		digest_.add(std::span(buffer_).first(got));
	else
		begin_ = 0, end_ = got;
}

std::size_t pump::write_limit() const
{
	return to_may_block_ ? std::min<std::size_t>(end_ - begin_, PIPE_BUF) : end_ - begin_;
}

void pump::on_writable()
{
	ssize_t count = write(to_, buffer_.data() + begin_, write_limit());
	if (count < 0 && try_again(errno))
		return;
	if (count < 0)
		fail("write");
	begin_ += static_cast<std::size_t>(count);
	if (begin_ == end_ && generates_ && !ended_)
		refill();
}

// SPDX-License-Identifier: GPL-2.0
// main.cpp -- the hrtcp command.

#include "context.hpp"

int main(int argc, char **argv)
{
	context ctx = real_context();
	return run_command_line(ctx, argc, argv);
}

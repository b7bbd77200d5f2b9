// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "shim.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_wanted(void)
{
	const char *value = getenv("HRTCP_RUN_DEBUG");

	return value != NULL && strcmp(value, "1") == 0;
}

void say(const char *format, ...)
{
	int saved = errno, used;
	char line[256];
	va_list values;

	if (!is_wanted())
		return;
	used = snprintf(line, sizeof(line), "hrtcp run[%d]: ", (int)getpid());
	va_start(values, format);
	vsnprintf(line + used, sizeof(line) - (size_t)used - 1, format, values);
	va_end(values);
	strcat(line, "\n");
	if (write(STDERR_FILENO, line, strlen(line)) < 0)
		errno = saved;
	errno = saved;
}

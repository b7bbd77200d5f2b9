// SPDX-License-Identifier: GPL-2.0
/* sysctl.c -- the settings: read, written, bounded. */
#include <dirent.h>

#include "harness.h"

#include "kernel/settings_list.h"
#include "uapi/sockopt.h"

static const struct {
	const char *name;
	uint64_t min, max;
} settings[] = {
#define X(name, kind, field, min, max, opt) { #name, min, max },
	HRTCP_SETTINGS(X)
#undef X
};

FIXTURE(sysctl)
{
	struct end host;
};

FIXTURE_SETUP(sysctl)
{
	ASSERT_EQ(0, host_up(&self->host, HR, 4));
}

FIXTURE_TEARDOWN(sysctl)
{
}

static int read_setting(const char *name, char *to, int size)
{
	char path[300];
	int fd, n;

	snprintf(path, sizeof(path), "/proc/sys/net/hrtcp/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, to, size - 1);
	to[n > 0 ? n : 0] = '\0';
	close(fd);
	return n < 0 ? -errno : 0;
}

static int write_setting(const char *name, const char *value)
{
	char path[300];

	snprintf(path, sizeof(path), "hrtcp/%s", name);
	return net_sysctl(path, value);
}

TEST_F(sysctl, every_setting_reads_and_takes_its_own_value_back)
{
	struct dirent *entry;
	char value[200];
	int n = 0;
	DIR *dir;

	ONLY_HRTCP();
	dir = opendir("/proc/sys/net/hrtcp");
	ASSERT_NE(NULL, dir);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.' || !strcmp(entry->d_name, "mem"))
			continue;
		EXPECT_EQ(0, read_setting(entry->d_name, value, sizeof(value)));
		if (!strcmp(entry->d_name, "available_congestion_control"))
			continue;
		EXPECT_EQ(0, write_setting(entry->d_name, value)) {
			TH_LOG("%s = %s", entry->d_name, value);
		}
		n++;
	}
	EXPECT_LT(15, n);
}

/* What setting an algorithm says to a user without privileges: 0 or a negative errno. */
static int choose(const struct end *host, const char *name)
{
	int fd = sock_new(host), status;
	pid_t pid = fork();

	if (!pid) {
		if (setuid(65534))
			_exit(255);
		_exit(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, strlen(name)) ? errno : 0);
	}
	waitpid(pid, &status, 0);
	sock_close(fd);
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
}

TEST_F(sysctl, R8257_01_dctcp_is_only_for_whom_an_administrator_lets_have_it)
{
	int fd = sock_new(&self->host);
	char value[200];

	ONLY_HRTCP();
	ASSERT_EQ(0, read_setting("congestion_control", value, sizeof(value)));
	EXPECT_EQ(0, strcmp(value, "cubic\n"));
	ASSERT_EQ(0, read_setting("allowed_congestion_control", value, sizeof(value)));
	EXPECT_EQ(NULL, strstr(value, "dctcp"));
	EXPECT_EQ(-EPERM, choose(&self->host, "dctcp"));
	EXPECT_EQ(0, choose(&self->host, "reno"));
	EXPECT_EQ(0, setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "dctcp", 5));	/* root's own */
	ASSERT_EQ(0, write_setting("allowed_congestion_control", "dctcp"));
	EXPECT_EQ(0, choose(&self->host, "dctcp"));
	EXPECT_EQ(0, choose(&self->host, "cubic"));		/* the default */
	EXPECT_EQ(-EPERM, choose(&self->host, "reno"));
	EXPECT_EQ(-ENOENT, write_setting("allowed_congestion_control", "cubic dct"));
	ASSERT_EQ(0, read_setting("allowed_congestion_control", value, sizeof(value)));
	EXPECT_EQ(0, strcmp(value, "cubic dctcp\n"));
	ASSERT_EQ(0, write_setting("allowed_congestion_control", "reno"));
	EXPECT_EQ(-EPERM, choose(&self->host, "dctcp"));
	ASSERT_EQ(0, write_setting("congestion_control", "dctcp"));
	EXPECT_EQ(0, choose(&self->host, "dctcp"));
	sock_close(fd);
	ASSERT_LE(0, net_new());				/* another one has its own */
	ASSERT_EQ(0, read_setting("congestion_control", value, sizeof(value)));
	EXPECT_EQ(0, strcmp(value, "cubic\n"));
	ASSERT_EQ(0, read_setting("allowed_congestion_control", value, sizeof(value)));
	EXPECT_EQ(NULL, strstr(value, "dctcp"));
}

static int write_number(const char *name, uint64_t value)
{
	char text[30];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	return write_setting(name, text);
}

static long long read_number(const char *name)
{
	char text[30];

	return read_setting(name, text, sizeof(text)) ? -1 : atoll(text);
}

TEST_F(sysctl, every_setting_takes_its_bounds_and_nothing_beyond)
{
	unsigned int i;
	char before[30];

	ONLY_HRTCP();
	for (i = 0; i < ARRAY_SIZE(settings); i++) {
		const char *name = settings[i].name;

		ASSERT_EQ(0, read_setting(name, before, sizeof(before))) {
			TH_LOG("%s", name);
		}
		EXPECT_EQ(0, write_number(name, settings[i].min)) { TH_LOG("%s", name); }
		EXPECT_EQ((long long)settings[i].min, read_number(name));
		EXPECT_EQ(0, write_number(name, settings[i].max)) { TH_LOG("%s", name); }
		EXPECT_EQ(-EINVAL, write_number(name, settings[i].max + 1)) { TH_LOG("%s", name); }
		if (settings[i].min)
			EXPECT_EQ(-EINVAL, write_number(name, settings[i].min - 1));
		EXPECT_EQ(-EINVAL, write_setting(name, "-1")) { TH_LOG("%s", name); }
		EXPECT_EQ((long long)settings[i].max, read_number(name));
		EXPECT_EQ(0, write_setting(name, before));
	}
}

TEST_F(sysctl, names_of_linux_have_linuxs_unit)
{
	static const struct {
		const char *name, *us;
		int64_t unit;
	} pairs[] = {
		{ "fin_timeout", "fin_timeout_us", 1000000 },
		{ "keepalive_time", "keepalive_time_us", 1000000 },
		{ "keepalive_intvl", "keepalive_intvl_us", 1000000 },
		{ "rto_max_ms", "rto_max_us", 1000 },
	};
	unsigned int i;

	ONLY_HRTCP();
	for (i = 0; i < ARRAY_SIZE(pairs); i++) {
		EXPECT_EQ(0, write_number(pairs[i].name, 3000));
		EXPECT_EQ(3000 * pairs[i].unit, read_number(pairs[i].us));
		EXPECT_EQ(0, write_number(pairs[i].us, 2000 * pairs[i].unit));
		EXPECT_EQ(2000, read_number(pairs[i].name));
	}
}

TEST_F(sysctl, garbage_and_what_is_out_of_bounds_is_refused_and_changes_nothing)
{
	static const char *const wrong[][2] = {
		{ "time_wait_us", "-1" }, { "time_wait_us", "x" },
		{ "time_wait_us", "99999999999999999999" },
		{ "sack", "2" }, { "sack", "-1" }, { "delack_us", "500001" },
		{ "max_syn_backlog", "0" }, { "rto_max_us", "1" }, { "init_cwnd", "65" },
	};
	char before[100], after[100];
	unsigned int i;

	ONLY_HRTCP();
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		ASSERT_EQ(0, read_setting(wrong[i][0], before, sizeof(before)));
		EXPECT_EQ(-EINVAL, write_setting(wrong[i][0], wrong[i][1])) {
			TH_LOG("%s = %s", wrong[i][0], wrong[i][1]);
		}
		ASSERT_EQ(0, read_setting(wrong[i][0], after, sizeof(after)));
		EXPECT_STREQ(before, after);
	}
}

TEST_F(sysctl, defaults_are_those_of_the_specifications)
{
	static const char *const want[][2] = {
		{ "time_wait_us", "120000000\n" }, { "fin_timeout_us", "60000000\n" },
		{ "syn_r2_us", "180000000\n" }, { "r2_us", "900000000\n" },
		{ "rto_init_us", "1000000\n" }, { "sack", "1\n" }, { "timestamps", "1\n" },
	};
	char value[100];
	unsigned int i;

	ONLY_HRTCP();
	for (i = 0; i < ARRAY_SIZE(want); i++) {
		ASSERT_EQ(0, read_setting(want[i][0], value, sizeof(value)));
		EXPECT_STREQ(want[i][1], value);
	}
}

TEST_F(sysctl, an_ordinary_user_reads_and_does_not_write)
{
	char value[100];

	ONLY_HRTCP();
	ASSERT_EQ(0, setuid(65534));
	EXPECT_EQ(0, read_setting("sack", value, sizeof(value)));
	EXPECT_EQ(-EACCES, write_setting("sack", "0"));
}

TEST_F(sysctl, what_is_switched_off_is_not_offered)
{
	struct tcp_info info = {};
	socklen_t len = sizeof(info);
	int fd;

	ONLY_HRTCP();
	ASSERT_EQ(0, write_setting("sack", "0"));
	ASSERT_EQ(0, write_setting("timestamps", "0"));
	ASSERT_EQ(0, write_setting("window_scaling", "0"));
	ASSERT_LE(0, sock_listen(&self->host, 80, 1));
	fd = sock_dial(&self->host, &self->host, 80);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len));
	EXPECT_EQ(0, info.tcpi_options & (TCPI_OPT_SACK | TCPI_OPT_TIMESTAMPS | TCPI_OPT_WSCALE));
}

TEST_F(sysctl, the_half_open_queue_is_bounded)
{
	struct peer *peer = calloc(1, sizeof(*peer));
	struct row row = {};
	int i;

	ONLY_HRTCP();
	ASSERT_EQ(0, peer_open(peer, HR, 4));
	ASSERT_EQ(0, write_setting("max_syn_backlog", "10"));
	ASSERT_EQ(0, write_setting("syncookies", "0"));
	ASSERT_LE(0, sock_listen(&peer->host, 80, 100));
	for (i = 0; i < 15; i++) {
		peer_renew(peer, 4000 + i, 80, PEER_ISS);
		ASSERT_TRUE(peer_sends(peer, "S 0:0(0)"));
		EXPECT_EQ(i < 10, peer_sees(peer, "S. 0:0(0) ack 1", i < 10 ? WAIT_MS : 50));
	}
	ASSERT_TRUE(diag_find(&peer->host, 80, 0, &row));
	EXPECT_EQ(10u, row.half_open);
	EXPECT_EQ(5, diag_counter(&peer->host, "half_open_queue_full"));
}

TEST_HARNESS_MAIN

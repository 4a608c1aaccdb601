/* SPDX-License-Identifier: MIT */
/* Every limit is met by a load, and seen by what the load could do. */
#include <fcntl.h>
#include <linux/loop.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "support/suite.h"
#include "support/world.h"

#define MIB (1ull << 20)

static ctr_error *err;
static ctr_spec *spec;

static void make(void)
{
	suite_need_root();
	err = ctr_error_new();
	world_rootfs("root");
	world_copy(LOAD, world_path("root/bin/load"));
}

static void drop(void)
{
	ctr_error_free(err);
}

static void done(int r)
{
	ck_assert_msg(r == 0, "%s", ctr_error_message(err));
}

/* A container that runs "load ARG...", with both kinds of child. */
static ctr_limits *load(int child, const char *what, const char *one, const char *two)
{
	spec = suite_spec(world_path("root"), "/bin/load", what, one, two, NULL);
	done(ctr_spec_set_child(spec, child, err));
	return ctr_spec_get_limits(spec);
}

/* ---- memory ---- */

START_TEST(test_memory__more_than_the_limit_is_killed)
{
	done(ctr_limits_set_memory_max(load(_i, "touch", "96", NULL), 32 * MIB, err));
	done(ctr_limits_set_swap_max(ctr_spec_get_limits(spec), 0, err));
	ck_assert_int_eq(suite_run_spec(spec, NULL), 128 + 9);
}
END_TEST

START_TEST(test_memory__less_than_the_limit_is_had)
{
	done(ctr_limits_set_memory_max(load(_i, "touch", "16", NULL), 32 * MIB, err));
	ck_assert_int_eq(suite_run_spec(spec, NULL), 0);
}
END_TEST

/* The kernel counts what the caller has at the start: so the load is rather more than that. */
#define RSS_MIB 192

START_TEST(test_max_rss__is_that_of_the_largest_process)
{
	ctr_container *c;
	uint64_t bytes;

	load(_i, "touch", "192", NULL);
	c = ctr_spawn(spec, err);
	ck_assert_msg(c, "%s", ctr_error_message(err));
	ck_assert_uint_eq(ctr_container_max_rss_bytes(c), 0);
	ck_assert_int_eq(ctr_container_wait(c, -1, err), 1);
	bytes = ctr_container_max_rss_bytes(c);
	ck_assert_uint_ge(bytes, RSS_MIB * MIB);
	ck_assert_uint_lt(bytes, RSS_MIB * MIB + 16 * MIB);
	ctr_container_free(c);
	ctr_spec_free(spec);
}
END_TEST

/* ---- processes ---- */

START_TEST(test_pids__are_as_many_as_the_limit)
{
	char *output;

	done(ctr_limits_set_pids_max(load(_i, "fork", "50", NULL), 10, err));
	ck_assert_int_eq(suite_run_spec(spec, &output), 0);
	ck_assert_str_eq(output, "9\n");
	free(output);
}
END_TEST

/* ---- CPU ---- */

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The share of a CPU that a container got; a busy machine makes it less, never more. */
static double measure_cpu(void)
{
	const double began = seconds();
	ctr_container *c = ctr_spawn(spec, err);
	double used;

	ck_assert_msg(c, "%s", ctr_error_message(err));
	ck_assert_msg(ctr_container_wait(c, -1, err) == 1, "%s", ctr_error_message(err));
	ck_assert_int_eq(ctr_container_exit_code(c), 0);
	used = (double)(ctr_container_user_time_us(c) + ctr_container_system_time_us(c)) / 1e6;
	ctr_container_free(c);
	ctr_spec_free(spec);
	return used / (seconds() - began);
}

START_TEST(test_cpu_max__is_not_exceeded)
{
	done(ctr_limits_set_cpu_max(load(_i, "spin", "1000", NULL), 20000, 100000, err));
	ck_assert_double_lt(measure_cpu(), 0.26);
}
END_TEST

START_TEST(test_cpuset__is_where_it_runs)
{
	char *output;

	done(ctr_limits_set_cpuset_cpus(load(_i, "cpus", NULL, NULL), "0", err));
	ck_assert_int_eq(suite_run_spec(spec, &output), 0);
	ck_assert_str_eq(output, "0 \n");
	free(output);
}
END_TEST

/* ---- input and output ---- */

static char disk[64];
static int disk_fd = -1;

/* A loop device over a file in memory, which goes with its last descriptor. */
static void make_disk(void)
{
	struct loop_config config = { .info.lo_flags = LO_FLAGS_AUTOCLEAR };
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC), number;

	if (control < 0)
		suite_skip("no /dev/loop-control");
	world_write("disk", "", 0600);
	config.fd = (unsigned)open(world_path("disk"), O_RDWR | O_CLOEXEC);
	ck_assert_int_eq(ftruncate((int)config.fd, 16 * MIB), 0);
	do {
		number = ioctl(control, LOOP_CTL_GET_FREE);
		ck_assert_int_ge(number, 0);
		snprintf(disk, sizeof(disk), "/dev/loop%d", number);
		disk_fd = open(disk, O_RDWR | O_CLOEXEC);
		ck_assert_int_ge(disk_fd, 0);
	} while (ioctl(disk_fd, LOOP_CONFIGURE, &config) && close(disk_fd) == 0);
	close((int)config.fd);
	close(control);
}

static void drop_disk(void)
{
	close(disk_fd);
}

/* 2 MiB at 1 MiB a second take two seconds, less what is allowed at once. */
START_TEST(test_io_max__is_not_exceeded)
{
	double began;

	make_disk();
	done(ctr_limits_set_io_max(load(_i, "read", "/dev/disk", "2048"), disk, CTR_IO_READ_BPS,
				   MIB, err));
	done(ctr_spec_set_base_mounts(spec, CTR_BASE_PROC, err));
	done(ctr_spec_add_bind(spec, disk, "/dev/disk", CTR_MOUNT_ALLOW_DEV, err));
	began = seconds();
	ck_assert_int_eq(suite_run_spec(spec, NULL), 0);
	ck_assert_double_gt(seconds() - began, 1.0);
	drop_disk();
}
END_TEST

/* ---- how it ends, and what it has used ---- */

static ctr_usage *usage;

static ctr_container *start(void)
{
	ctr_container *c = ctr_spawn(spec, err);

	ck_assert_msg(c, "%s", ctr_error_message(err));
	return c;
}

/* Waits, takes the numbers, and frees; how it ended. */
static uint32_t finish(ctr_container *c)
{
	uint32_t end;

	ck_assert_msg(ctr_container_wait(c, -1, err) == 1, "%s", ctr_error_message(err));
	usage = ctr_usage_new(err);
	done(ctr_container_stats(c, usage, err));
	end = ctr_container_end(c);
	ctr_container_free(c);
	ctr_spec_free(spec);
	return end;
}

static uint64_t used(uint32_t what)
{
	uint64_t value;

	ck_assert_msg(ctr_usage_get(usage, what, &value), "%s is not known", ctr_usage_name(what));
	return value;
}

START_TEST(test_end__of_a_program_that_exits)
{
	done(ctr_limits_set_memory_max(load(_i, "touch", "16", NULL), 64 * MIB, err));
	ck_assert_uint_eq(finish(start()), CTR_END_EXITED);
	ck_assert_uint_eq(used(CTR_USAGE_OOM_KILLS), 0);
	ctr_usage_free(usage);
}
END_TEST

START_TEST(test_end__out_of_memory)
{
	done(ctr_limits_set_memory_max(load(_i, "touch", "96", NULL), 32 * MIB, err));
	done(ctr_limits_set_swap_max(ctr_spec_get_limits(spec), 0, err));
	done(ctr_spec_set_accounting(spec, 1, err));
	ck_assert_uint_eq(finish(start()), CTR_END_OUT_OF_MEMORY);
	ck_assert_uint_eq(used(CTR_USAGE_OOM_KILLS), 1);
	ctr_usage_free(usage);
}
END_TEST

/* The lecture: page cache counts too. It is given up, where a process would be killed. */
START_TEST(test_memory__page_cache_counts_and_gives_way)
{
	uint64_t cache;

	done(ctr_limits_set_memory_max(load(_i, "write", "/file", "96"), 32 * MIB, err));
	ck_assert_uint_eq(finish(start()), CTR_END_EXITED);
	cache = used(CTR_USAGE_PAGE_CACHE_BYTES);
	ck_assert_uint_gt(cache, 8 * MIB);
	ck_assert_uint_le(cache, 32 * MIB);
	ctr_usage_free(usage);
	ck_assert_int_eq(unlink(world_path("root/file")), 0);
}
END_TEST

/* Both are counted from the program's start, but read one after the other, which takes a slow
 * machine a millisecond. What is counted twice is longer by 300. */
START_TEST(test_stats__count_cpu_time_and_memory)
{
	load(_i, "spin", "300", NULL);
	done(ctr_spec_set_accounting(spec, 1, err));
	ck_assert_uint_eq(finish(start()), CTR_END_EXITED);
	ck_assert_uint_ge(used(CTR_USAGE_WALL_US), 150000);
	ck_assert_uint_gt(used(CTR_USAGE_CPU_US), 1000);
	ck_assert_uint_le(used(CTR_USAGE_CPU_US), used(CTR_USAGE_WALL_US) + 100000);
	ck_assert_uint_gt(used(CTR_USAGE_MEMORY_PEAK_BYTES), 4096);
	ctr_usage_free(usage);
}
END_TEST

START_TEST(test_stats__throttled_time_is_told)
{
	done(ctr_limits_set_cpu_max(load(_i, "spin", "500", NULL), 10000, 100000, err));
	ck_assert_uint_eq(finish(start()), CTR_END_EXITED);
	ck_assert_uint_gt(used(CTR_USAGE_THROTTLED_US), 50000);
	ctr_usage_free(usage);
}
END_TEST

/* ---- limits on output ---- */

START_TEST(test_output_limit__ends_it)
{
	struct stat st;

	load(_i, "write", "/file", "8");
	done(ctr_spec_set_output_limit(spec, 3 * MIB, err));
	ck_assert_uint_eq(finish(start()), CTR_END_OUTPUT_LIMIT);
	ck_assert_str_eq(ctr_container_end_name(CTR_END_OUTPUT_LIMIT), "output_limit");
	ctr_usage_free(usage);
	ck_assert_int_eq(stat(world_path("root/file"), &st), 0);
	ck_assert_int_eq(st.st_size, 3 * MIB);
	ck_assert_int_eq(unlink(world_path("root/file")), 0);
}
END_TEST

/* What the program writes to is a file of the caller, whose size tells. */
static const struct {
	const char *script;
	off_t size; /* before */
	uint32_t end;
} outputs[] = {
	{ "trap '' 25; yes 2>/dev/null; exit 1", 0, CTR_END_OUTPUT_LIMIT },
	{ "yes 2>/dev/null; exit $?", 0, CTR_END_OUTPUT_LIMIT }, /* 153 */
	{ "trap '' 25; yes >&2; exit 1", 0, CTR_END_OUTPUT_LIMIT },
	{ "yes 2>/dev/null | head -c 65536; kill -TERM $$", 0, CTR_END_OUTPUT_LIMIT },
	{ "yes 2>/dev/null | head -c 65536; exit 0", 0, CTR_END_EXITED },
	{ "yes 2>/dev/null | head -c 65535; exit 1", 0, CTR_END_EXITED },
	{ "exit 1", 65536, CTR_END_EXITED },	 /* it was that large */
	{ "exit 153", 0, CTR_END_OUTPUT_LIMIT }, /* so a shell tells SIGXFSZ of its program */
};

#define OUTPUTS (int)(sizeof(outputs) / sizeof(outputs[0]))

START_TEST(test_output_limit__is_told_by_the_size_of_the_output)
{
	int file = memfd_create("output", MFD_CLOEXEC);

	ck_assert_int_eq(ftruncate(file, outputs[_i].size), 0);
	spec = suite_spec(NULL, "sh", "-c", outputs[_i].script, NULL);
	done(ctr_spec_set_output_limit(spec, 65536, err));
	done(ctr_process_set_fd(ctr_spec_get_process(spec), 1, file, err));
	done(ctr_process_set_fd(ctr_spec_get_process(spec), 2, file, err));
	ck_assert_uint_eq(finish(start()), outputs[_i].end);
	ctr_usage_free(usage);
	close(file);
}
END_TEST

START_TEST(test_output_limit__is_not_met_by_less)
{
	load(_i, "write", "/file", "8");
	done(ctr_spec_set_output_limit(spec, 8 * MIB, err));
	ck_assert_uint_eq(finish(start()), CTR_END_EXITED);
	ctr_usage_free(usage);
	ck_assert_int_eq(unlink(world_path("root/file")), 0);
	ck_assert_ptr_nonnull(spec = ctr_spec_new(err));
	ck_assert_int_eq(ctr_spec_set_output_limit(spec, UINT64_MAX, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "limit on output");
	ctr_spec_free(spec);
}
END_TEST

/* ---- devices ---- */

START_TEST(test_devices__are_those_that_are_allowed)
{
	char *output;

	spec = suite_spec(world_path("root"), "/bin/sh", "-c",
			  "echo >/dev/null; head -c 1 /dev/urandom | wc -c; "
			  "mknod /dev/shm/kmsg c 1 11 2>&1; head -c 1 /dev/zero || echo no zero",
			  NULL);
	done(ctr_spec_set_child(spec, _i, err));
	done(ctr_process_add_cap(ctr_spec_get_process(spec), "MKNOD", err));
	done(ctr_limits_allow_device(ctr_spec_get_limits(spec), "c 1:3 rw", err));
	done(ctr_limits_allow_device(ctr_spec_get_limits(spec), "c 1:9 r", err));
	ck_assert_int_eq(suite_run_spec(spec, &output), 0);
	ck_assert_ptr_nonnull(strstr(output, "1\n"));
	ck_assert_ptr_nonnull(strstr(output, "mknod: /dev/shm/kmsg: Operation not permitted"));
	ck_assert_ptr_nonnull(strstr(output, "no zero"));
	free(output);
}
END_TEST

START_TEST(test_devices__default_ones_do_for_a_terminal)
{
	char text[256] = "";
	ctr_container *c;
	int tty;

	spec = suite_spec(world_path("root"), "/bin/sh", "-c", "tty; : >/dev/tty && echo ok", NULL);
	done(ctr_spec_set_child(spec, _i, err));
	done(ctr_process_set_tty(ctr_spec_get_process(spec), 1, 25, 80, err));
	done(ctr_limits_allow_default_devices(ctr_spec_get_limits(spec), err));
	c = start();
	tty = ctr_container_take_tty(c);
	ck_assert_int_eq(ctr_container_wait(c, -1, err), 1);
	ck_assert_int_gt(read(tty, text, sizeof(text) - 1), 0);
	ck_assert_ptr_nonnull(strstr(text, "/dev/pts/0"));
	ck_assert_int_eq(ctr_container_exit_code(c), 0);
	close(tty);
	ctr_container_free(c);
	ctr_spec_free(spec);
}
END_TEST

/* ---- limits on time ---- */

START_TEST(test_wall_limit__ends_it)
{
	load(_i, "count", "/dev/null", NULL);
	done(ctr_spec_set_wall_limit_ms(spec, 200, err));
	ck_assert_uint_eq(finish(start()), CTR_END_WALL_LIMIT);
	ck_assert_uint_ge(used(CTR_USAGE_WALL_US), 200000);
	ctr_usage_free(usage);
}
END_TEST

START_TEST(test_cpu_limit__ends_it)
{
	load(_i, "spin", "100000", NULL);
	done(ctr_spec_set_cpu_limit_ms(spec, 200, err));
	ck_assert_uint_eq(finish(start()), CTR_END_CPU_LIMIT);
	ck_assert_uint_ge(used(CTR_USAGE_CPU_US), 200000);
	ctr_usage_free(usage);
}
END_TEST

START_TEST(test_cpu_limit__is_not_met_by_waiting)
{
	spec = suite_spec(world_path("root"), "/bin/sleep", "1", NULL);
	done(ctr_spec_set_cpu_limit_ms(spec, 500, err));
	ck_assert_uint_eq(finish(start()), CTR_END_EXITED);
	ctr_usage_free(usage);
}
END_TEST

/* An event loop only looks, when it is told to. */
START_TEST(test_wall_limit__is_kept_by_looking)
{
	ctr_container *c;
	int left;

	load(0, "count", "/dev/null", NULL);
	done(ctr_spec_set_wall_limit_ms(spec, 100, err));
	c = start();
	left = ctr_container_time_left_ms(c);
	ck_assert_int_le(left, 101);
	while (ctr_container_wait(c, 0, err) == 0)
		usleep(1000);
	ck_assert_int_eq(ctr_container_time_left_ms(c), -1);
	ck_assert_uint_eq(finish(c), CTR_END_WALL_LIMIT);
	ctr_usage_free(usage);
}
END_TEST

static int is_readable(int fd, int timeout_ms)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	return poll(&poll_fd, 1, timeout_ms);
}

/* A loop that does nothing but to wait for the descriptor: how often it was woken. */
static int loop(ctr_container *c)
{
	const int fd = ctr_container_event_fd(c, err);
	int woken = 0, r = 0;

	ck_assert_msg(fd >= 0, "%s", ctr_error_message(err));
	ck_assert_int_eq(ctr_container_event_fd(c, err), fd);
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	while (r == 0) {
		ck_assert_int_eq(is_readable(fd, 30000), 1);
		r = ctr_container_wait(c, 0, err);
		woken++;
	}
	ck_assert_msg(r == 1, "%s", ctr_error_message(err));
	ck_assert_int_eq(is_readable(fd, 0), 1);
	return woken;
}

START_TEST(test_event__is_the_end)
{
	ctr_container *c;

	load(0, "cpus", NULL, NULL);
	c = start();
	ck_assert_int_eq(loop(c), 1);
	ck_assert_uint_eq(finish(c), CTR_END_EXITED);
	ctr_usage_free(usage);
}
END_TEST

/* The time is up, it is killed, and ends: no more events than that, so nobody spins. */
START_TEST(test_event__is_a_limit_on_wall_time)
{
	ctr_container *c;

	load(0, "count", "/dev/null", NULL);
	done(ctr_spec_set_wall_limit_ms(spec, 200, err));
	c = start();
	ck_assert_int_eq(is_readable(ctr_container_event_fd(c, err), 50), 0);
	ck_assert_int_le(loop(c), 2);
	ck_assert_uint_eq(finish(c), CTR_END_WALL_LIMIT);
	ck_assert_uint_ge(used(CTR_USAGE_WALL_US), 200000);
	ctr_usage_free(usage);
}
END_TEST

/* It is looked at when it can have used up its time, and again after that. */
START_TEST(test_event__is_a_limit_on_cpu_time)
{
	ctr_container *c;

	load(0, "spin", "100000", NULL);
	done(ctr_spec_set_cpu_limit_ms(spec, 200, err));
	c = start();
	ck_assert_int_lt(loop(c), 100);
	ck_assert_uint_eq(finish(c), CTR_END_CPU_LIMIT);
	ctr_usage_free(usage);
}
END_TEST

/* It has used nearly all of its time, and sleeps: the caller looks, and not all the time. */
START_TEST(test_event__of_a_program_that_sleeps_is_seldom)
{
	const int64_t end = ctr__now_ms() + 900;
	int fd, woken = 0;
	ctr_container *c;

	load(0, "tire", "299000", NULL);
	done(ctr_spec_set_cpu_limit_ms(spec, 300, err));
	c = start();
	usleep(400000);
	fd = ctr_container_event_fd(c, err);
	for (; ctr__now_ms() < end && is_readable(fd, (int)(end - ctr__now_ms())) == 1; woken++)
		if (ctr_container_wait(c, 0, err) != 0)
			break;
	ck_assert_int_le(woken, 60);
	ctr_container_free(c);
	ctr_spec_free(spec);
}
END_TEST

START_TEST(test_event__is_none_of_what_was_detached)
{
	ctr_container *c;

	spec = suite_spec(world_path("root"), "/bin/sleep", "0.1", NULL);
	done(ctr_process_set_die_with_parent(ctr_spec_get_process(spec), 0, err));
	c = start();
	done(ctr_container_detach(c, err));
	ck_assert_int_eq(ctr_container_event_fd(c, err), -1);
	suite_expect_error(err, CTR_E_STATE, "it was detached");
	ck_assert_int_eq(is_readable(ctr_container_pidfd(c), 30000), 1);
	ck_assert_int_eq(waitpid(ctr_container_pid(c), NULL, 0), ctr_container_pid(c));
	ctr_container_free(c);
	ctr_spec_free(spec);
}
END_TEST

START_TEST(test_event__is_none_before)
{
	ctr_container *c;

	load(0, "count", "/dev/null", NULL);
	done(ctr_spec_set_wall_limit_ms(spec, 60000, err));
	c = start();
	ck_assert_int_eq(is_readable(ctr_container_event_fd(c, err), 100), 0);
	ck_assert_int_eq(ctr_container_wait(c, 0, err), 0);
	ck_assert_int_eq(is_readable(ctr_container_event_fd(c, err), 100), 0);
	done(ctr_container_kill_all(c, err));
	ck_assert_int_eq(loop(c), 1);
	ck_assert_uint_eq(finish(c), CTR_END_SIGNALLED);
	ctr_usage_free(usage);
}
END_TEST

START_TEST(test_event__needs_descriptors)
{
	ctr_container *c;
	struct rlimit before;

	load(0, "cpus", NULL, NULL);
	c = start();
	getrlimit(RLIMIT_NOFILE, &before);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 0, before.rlim_max }), 0);
	ck_assert_int_eq(ctr_container_event_fd(c, err), -1);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
	suite_expect_error(err, CTR_E_SYSTEM, "make an event descriptor");
	ck_assert_int_ge(ctr_container_event_fd(c, err), 0);
	ck_assert_uint_eq(finish(c), CTR_END_EXITED);
	ctr_usage_free(usage);
}
END_TEST

START_TEST(test_wall_limit__is_not_given_up_by_detaching)
{
	ctr_container *c;

	load(0, "count", "/dev/null", NULL);
	done(ctr_spec_set_wall_limit_ms(spec, 60000, err));
	done(ctr_process_set_die_with_parent(ctr_spec_get_process(spec), 0, err));
	c = start();
	ck_assert_int_eq(ctr_container_detach(c, err), -1);
	suite_expect_error(err, CTR_E_STATE, "time limit");
	ctr_container_free(c);
	ctr_spec_free(spec);
}
END_TEST

START_TEST(test_time_limits__are_none_by_themselves)
{
	ctr_container *c;

	load(0, "cpus", NULL, NULL);
	c = start();
	ck_assert_int_eq(ctr_container_time_left_ms(c), -1);
	ck_assert_uint_eq(finish(c), CTR_END_EXITED);
	ctr_usage_free(usage);
	spec = ctr_spec_new(err);
	ck_assert_int_eq(ctr_spec_set_wall_limit_ms(spec, 31536000001, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "31536000001");
	ctr_spec_free(spec);
}
END_TEST

/* ---- control ---- */

static uint64_t counted(void)
{
	uint64_t number = 0;
	int fd = open(world_path("root/number"), O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return 0;
	(void)!read(fd, &number, sizeof(number));
	close(fd);
	return number;
}

static void await_progress(void)
{
	const uint64_t before = counted();

	for (int turn = 0; counted() == before; turn++) {
		ck_assert_int_lt(turn, 20000);
		usleep(1000);
	}
}

START_TEST(test_freeze__stops_and_thaw_goes_on)
{
	ctr_container *c;
	uint64_t before;

	load(_i, "count", "/number", NULL);
	done(ctr_spec_set_accounting(spec, 1, err));
	c = start();
	await_progress();
	done(ctr_container_freeze(c, err));
	before = counted();
	usleep(50000);
	ck_assert_uint_eq(counted(), before);
	done(ctr_container_thaw(c, err));
	await_progress();
	ctr_container_free(c);
	ctr_spec_free(spec);
	ck_assert_int_eq(unlink(world_path("root/number")), 0);
}
END_TEST

/* Nothing that is frozen can die before it is thawed: on v1, by whom it frees. */
START_TEST(test_free__ends_what_is_frozen)
{
	ctr_container *c;

	load(_i, "count", "/number", NULL);
	done(ctr_spec_set_accounting(spec, 1, err));
	c = start();
	await_progress();
	done(ctr_container_freeze(c, err));
	ctr_container_free(c);
	ctr_spec_free(spec);
	ck_assert_int_eq(unlink(world_path("root/number")), 0);
}
END_TEST

START_TEST(test_freeze__needs_a_group)
{
	ctr_container *c;

	load(0, "count", "/dev/null", NULL);
	c = start();
	ck_assert_int_eq(ctr_container_freeze(c, err), -1);
	suite_expect_error(err, CTR_E_STATE, "accounting");
	ck_assert_int_eq(ctr_container_thaw(c, err), -1);
	suite_expect_error(err, CTR_E_STATE, "accounting");
	ctr_container_free(c);
	ctr_spec_free(spec);
}
END_TEST

static int go[2]; /* what is started waits for a line from here */

/* A container that runs "load ARG" when it is told to, with limits that are changed first. */
static ctr_container *start_waiting(const char *script)
{
	ctr_container *c;

	ck_assert_int_eq(pipe2(go, O_CLOEXEC), 0);
	done(ctr_process_set_fd(ctr_spec_get_process(spec), 0, go[0], err));
	done(ctr_process_add_arg(ctr_spec_get_process(spec), script, err));
	close(go[0]);
	c = start();
	return c;
}

static uint32_t tell_and_finish(ctr_container *c)
{
	ck_assert_int_eq(write(go[1], "\n", 1), 1);
	close(go[1]);
	return finish(c);
}

static ctr_limits *shell(void)
{
	spec = suite_spec(world_path("root"), "/bin/sh", "-c", NULL);
	return ctr_spec_get_limits(spec);
}

START_TEST(test_update__a_lower_limit_holds)
{
	ctr_limits *limits = ctr_limits_new(err);
	ctr_container *c;

	done(ctr_limits_set_pids_max(shell(), 40, err));
	c = start_waiting("read -r line; setsid /bin/load fork 50 >/number; :");
	done(ctr_limits_set_pids_max(limits, 5, err));
	done(ctr_container_update(c, limits, err));
	ck_assert_uint_eq(tell_and_finish(c), CTR_END_EXITED);
	ck_assert_str_eq(world_read(world_path("root/number")), "3\n");
	ck_assert_uint_eq(used(CTR_USAGE_PIDS), 0);
	ctr_usage_free(usage);
	ctr_limits_free(limits);
	ck_assert_int_eq(unlink(world_path("root/number")), 0);
}
END_TEST

static const struct {
	uint64_t from, to;
	uint32_t end;
} changes[] = {
	{ 128 * MIB, 32 * MIB, CTR_END_OUT_OF_MEMORY },
	{ 32 * MIB, 128 * MIB, CTR_END_EXITED }, /* v1: that of both has to grow first */
};

START_TEST(test_update__memory_grows_and_shrinks)
{
	ctr_limits *limits = ctr_limits_new(err);
	ctr_container *c;

	done(ctr_limits_set_memory_max(shell(), changes[_i].from, err));
	done(ctr_limits_set_swap_max(ctr_spec_get_limits(spec), 0, err));
	c = start_waiting("read -r line; exec /bin/load touch 64");
	done(ctr_limits_set_memory_max(limits, changes[_i].to, err));
	done(ctr_limits_set_swap_max(limits, 0, err));
	done(ctr_container_update(c, limits, err));
	ck_assert_uint_eq(tell_and_finish(c), changes[_i].end);
	ctr_usage_free(usage);
	ctr_limits_free(limits);
}
END_TEST

START_TEST(test_kill_all__ends_what_forks_without_pause)
{
	ctr_container *c;

	done(ctr_limits_set_pids_max(load(_i % 2, "flee", "4", NULL), 100, err));
	done(ctr_spec_set_namespace(spec, CTR_NS_PID, CTR_NS_MODE_HOST, err));
	c = start();
	usleep(20000);
	done(ctr_container_kill_all(c, err));
	ck_assert_uint_eq(finish(c), CTR_END_SIGNALLED);
	ctr_usage_free(usage);
}
END_TEST

/* ---- where ---- */

START_TEST(test_cgroup_parent__must_exist)
{
	done(ctr_limits_set_pids_max(load(0, "cpus", NULL, NULL), 10, err));
	done(ctr_spec_set_cgroup_parent(spec, "/no/such/group", err));
	ck_assert_ptr_null(ctr_spawn(spec, err));
	suite_expect_error(err, CTR_E_SYSTEM, "/no/such/group");
	ctr_spec_free(spec);
}
END_TEST

static const char *const bad_parents[] = { "", "jobs", "/a/../b", "/..", "//a" };

START_TEST(test_cgroup_parent__refuses_what_leads_elsewhere)
{
	spec = ctr_spec_new(err);
	ck_assert_int_eq(ctr_spec_set_cgroup_parent(spec, bad_parents[_i], err), -1);
	suite_expect_error(err, CTR_E_INVALID, "parent of the control group");
	ctr_spec_free(spec);
}
END_TEST

START_TEST(test_value__that_the_kernel_refuses_is_told)
{
	done(ctr_limits_set_value(load(0, "cpus", NULL, NULL), "pids.max", "many", err));
	ck_assert_ptr_null(ctr_spawn(spec, err));
	suite_expect_error(err, CTR_E_SYSTEM, "set pids.max of the control group to \"many\"");
	ctr_spec_free(spec);
}
END_TEST

START_TEST(test_value__of_a_file_that_is_not_there_is_told)
{
	done(ctr_limits_set_value(load(0, "cpus", NULL, NULL), "pids.nosuch", "1", err));
	ck_assert_ptr_null(ctr_spawn(spec, err));
	suite_expect_error(err, CTR_E_UNSUPPORTED, "pids.nosuch");
	ctr_spec_free(spec);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("container");
	TCase *tc = suite_case(s, "cgroup");

	tcase_add_checked_fixture(tc, make, drop);
	tcase_add_loop_test(tc, test_memory__more_than_the_limit_is_killed, 0, 2);
	tcase_add_loop_test(tc, test_memory__less_than_the_limit_is_had, 0, 2);
	tcase_add_loop_test(tc, test_max_rss__is_that_of_the_largest_process, 0, 2);
	tcase_add_loop_test(tc, test_pids__are_as_many_as_the_limit, 0, 2);
	tcase_add_loop_test(tc, test_cpu_max__is_not_exceeded, 0, 2);
	tcase_add_loop_test(tc, test_cpuset__is_where_it_runs, 0, 2);
	tcase_add_loop_test(tc, test_io_max__is_not_exceeded, 0, 2);
	tcase_add_loop_test(tc, test_end__of_a_program_that_exits, 0, 2);
	tcase_add_loop_test(tc, test_end__out_of_memory, 0, 2);
	tcase_add_loop_test(tc, test_memory__page_cache_counts_and_gives_way, 0, 2);
	tcase_add_loop_test(tc, test_stats__count_cpu_time_and_memory, 0, 2);
	tcase_add_loop_test(tc, test_stats__throttled_time_is_told, 0, 2);
	tcase_add_loop_test(tc, test_output_limit__ends_it, 0, 2);
	tcase_add_loop_test(tc, test_output_limit__is_not_met_by_less, 0, 2);
	tcase_add_loop_test(tc, test_output_limit__is_told_by_the_size_of_the_output, 0, OUTPUTS);
	tcase_add_loop_test(tc, test_devices__are_those_that_are_allowed, 0, 2);
	tcase_add_loop_test(tc, test_devices__default_ones_do_for_a_terminal, 0, 2);
	tcase_add_loop_test(tc, test_wall_limit__ends_it, 0, 2);
	tcase_add_loop_test(tc, test_cpu_limit__ends_it, 0, 2);
	tcase_add_test(tc, test_cpu_limit__is_not_met_by_waiting);
	tcase_add_test(tc, test_wall_limit__is_kept_by_looking);
	tcase_add_test(tc, test_event__is_the_end);
	tcase_add_test(tc, test_event__is_a_limit_on_wall_time);
	tcase_add_test(tc, test_event__is_a_limit_on_cpu_time);
	tcase_add_test(tc, test_event__of_a_program_that_sleeps_is_seldom);
	tcase_add_test(tc, test_event__is_none_of_what_was_detached);
	tcase_add_test(tc, test_event__is_none_before);
	tcase_add_test(tc, test_event__needs_descriptors);
	tcase_add_test(tc, test_wall_limit__is_not_given_up_by_detaching);
	tcase_add_test(tc, test_time_limits__are_none_by_themselves);
	tcase_add_loop_test(tc, test_freeze__stops_and_thaw_goes_on, 0, 2);
	tcase_add_loop_test(tc, test_free__ends_what_is_frozen, 0, 2);
	tcase_add_test(tc, test_freeze__needs_a_group);
	tcase_add_test(tc, test_update__a_lower_limit_holds);
	tcase_add_loop_test(tc, test_update__memory_grows_and_shrinks, 0, 2);
	tcase_add_loop_test(tc, test_kill_all__ends_what_forks_without_pause, 0, 20);
	tcase_add_test(tc, test_cgroup_parent__must_exist);
	tcase_add_loop_test(tc, test_cgroup_parent__refuses_what_leads_elsewhere, 0, 5);
	tcase_add_test(tc, test_value__that_the_kernel_refuses_is_told);
	tcase_add_test(tc, test_value__of_a_file_that_is_not_there_is_told);
	world_use_disk(); /* what is written to a tmpfs is no page cache that can be given up */
	return suite_run(s);
}

/* SPDX-License-Identifier: MIT */
/*
 * Every function of the library on a thread with a small stack, as hosts with many
 * threads have them: it must fit, with room left, and never pass the guard page.
 */
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <minictr/jail.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "support/setters.h"
#include "support/suite.h"
#include "support/world.h"

#ifdef CTR_HAVE_VALGRIND
#include <valgrind/memcheck.h>
#endif

#define PAINT 0xa5
#define BEHIND ((size_t)64 * 1024) /* what lies behind the guard page, and must stay as it is */

/*
 * What libminictr(3) promises; and what must be left of it for the thread's own data and
 * for a signal handler of the host's. A sanitizer's frames are several times as large.
 */
#ifdef SUITE_SANITIZED
#define STACK ((size_t)512 * 1024)
#define LEFT 0
#else
#define STACK ((size_t)64 * 1024)
#define LEFT ((size_t)16 * 1024)
#endif

static ctr_error *err;

/* ---- the thread ---- */

struct small {
	unsigned char *behind, *stack;
	size_t page;
};

static void make_small(struct small *s)
{
	s->page = (size_t)sysconf(_SC_PAGESIZE);
	s->behind = mmap(NULL, BEHIND + s->page + STACK, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(s->behind, MAP_FAILED);
	s->stack = s->behind + BEHIND + s->page;
	memset(s->behind, PAINT, BEHIND);
	memset(s->stack, PAINT, STACK);
	ck_assert_int_eq(mprotect(s->behind + BEHIND, s->page, PROT_NONE), 0);
}

/* The first byte from the far end that is not paint any more. */
static size_t untouched(const unsigned char *from, size_t size)
{
	size_t n = 0;

	while (n < size && from[n] == PAINT)
		n++;
	return n;
}

static void *run(void *function)
{
	void (*body)(void);

	memcpy(&body, &function, sizeof(body));
	body();
	return NULL;
}

/* Nothing but the library's own depth: the body makes no large frame itself. */
static void on_small_stack(const char *what, void (*body)(void))
{
	struct small s;
	pthread_attr_t attr;
	pthread_t thread;
	size_t left;
	void *function;

	make_small(&s);
	memcpy(&function, &body, sizeof(function));
	ck_assert_int_eq(pthread_attr_init(&attr), 0);
	ck_assert_int_eq(pthread_attr_setstack(&attr, s.stack, STACK), 0);
	ck_assert_int_eq(pthread_create(&thread, &attr, run, function), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	pthread_attr_destroy(&attr);

#ifdef CTR_HAVE_VALGRIND /* which takes the stack of a thread that has ended for no memory */
	(void)VALGRIND_MAKE_MEM_DEFINED(s.stack, STACK);
#endif
	left = untouched(s.stack, STACK);
	printf("%s: %zu bytes of stack\n", what, STACK - left);
	fflush(stdout);
	ck_assert_msg(untouched(s.behind, BEHIND) == BEHIND, "%s writes behind the guard page",
		      what);
	ck_assert_msg(left >= LEFT, "%s leaves %zu bytes of the stack", what, left);
	munmap(s.behind, BEHIND + s.page + STACK);
}

/* ---- what it is given ---- */

static ctr_spec *spec;
static ctr_jail *jail;
static ctr_cgroup *group;
static char root[PATH_MAX], bin[PATH_MAX], dir[PATH_MAX], profile[PATH_MAX], broken[PATH_MAX];
static char search[PATH_MAX + 32];

static const struct sock_filter let_all[] = {
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};
static const char json[] = "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": "
			   "[{\"names\": [\"sync\"], \"action\": \"SCMP_ACT_ERRNO\"}]}";

/* Scripts whose interpreter is a script: as deep as execve(2) goes, and one deeper. */
static void write_nested(void)
{
	char name[32], text[32];

	world_write(world_path("root/nested0"), "#!/bin/sh\n", 0755);
	world_write(world_path("bin/by-env0"), "#!/bin/sh\n", 0755);
	for (int i = 1; i <= 6; i++) {
		snprintf(name, sizeof(name), "root/nested%d", i);
		snprintf(text, sizeof(text), "#!/nested%d\n", i - 1);
		world_write(world_path("%s", name), text, 0755);
		snprintf(name, sizeof(name), "bin/by-env%d", i);
		snprintf(text, sizeof(text), "#!/usr/bin/env by-env%d\n", i - 1);
		world_write(world_path("%s", name), text, 0755);
	}
}

static void begin(void)
{
	suite_need_root();
	suite_need_real_processor(); /* what valgrind puts on a stack is not what is measured */
	err = ctr_error_new();
	world_rootfs("root");
	world_mkdir("bin");
	world_mkdir("other");
	world_write(world_path("script"), "#!/bin/sh\nexit 0\n", 0755);
	world_write(world_path("broken"), "#!/none\n", 0755);
	write_nested();
	world_write(world_path("profile"),
		    "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": [\"sync\", "
		    "\"mount\"], \"action\": \"SCMP_ACT_ERRNO\", \"args\": [{\"index\": 0, "
		    "\"value\": 1, \"op\": \"SCMP_CMP_EQ\"}]}]}",
		    0644);
	snprintf(root, sizeof(root), "%s", world_path("root"));
	snprintf(bin, sizeof(bin), "%s", world_path("bin"));
	snprintf(search, sizeof(search), "%s:/usr/bin:/bin", bin);
	snprintf(dir, sizeof(dir), "%s", world_path("other"));
	snprintf(profile, sizeof(profile), "%s", world_path("profile"));
	snprintf(broken, sizeof(broken), "%s", world_path("broken"));
	/* Another file system than the host's, where a copy is made byte by byte. */
	ck_assert_int_eq(mount("none", dir, "tmpfs", 0, "mode=0755"), 0);
}

static void end(void)
{
	ctr_spec_free(spec);
	ctr_jail_free(jail);
	ctr_cgroup_free(group);
	umount2(dir, MNT_DETACH);
	ctr_error_free(err);
}

static void done(int r)
{
	ck_assert_msg(r >= 0, "%s", ctr_error_message(err));
}

/* What this host may not have; the way to the error is as deep. */
static void tried(int r)
{
	if (r < 0)
		ck_assert_int_ne(ctr_error_code(err), CTR_E_NONE);
	ctr_error_clear(err);
}

static void fails(int r)
{
	ck_assert_int_eq(r, -1);
	ck_assert_str_ne(ctr_error_message(err), "");
	ctr_error_errno(err);
	ctr_error_step(err);
	ctr_error_object(err);
	ctr_error_hint(err);
	ctr_error_json(err, NULL, 0);
	ctr_error_clear(err);
}

/* ---- specs ---- */

static void copy_process(void)
{
	ctr_process *process = ctr_process_clone(ctr_spec_get_process(spec), err);

	ctr_process_clear_error(process);
	ctr_process_free(process);
	process = ctr_process_new(err);
	fails(ctr_process_set_umask(process, 01000, err));
	ctr_process_free(process);
}

static void fill_program(void)
{
	char program[] = "sh";

	copy_process();
	done(ctr_process_set_args(ctr_spec_get_process(spec), (char *[]){ program, NULL }, err));
	done(ctr_process_set_program_fd(ctr_spec_get_process(spec), 0, err));
	done(ctr_process_set_program_fd(ctr_spec_get_process(spec), -1, err));
	done(ctr_process_inherit_env(ctr_spec_get_process(spec), "HOME", err));
	done(ctr_process_add_arg(ctr_spec_get_process(spec), "-c", err));
	done(ctr_process_add_arg(ctr_spec_get_process(spec), "exit 0", err));
	done(ctr_spec_set_rootfs(spec, root, err));
	done(ctr_process_set_env(ctr_spec_get_process(spec), "NAME", "value", err));
	done(ctr_process_inherit_all_env(ctr_spec_get_process(spec), err));
	done(ctr_process_unset_env(ctr_spec_get_process(spec), "NAME", err));
	done(ctr_process_set_env(ctr_spec_get_process(spec), "PATH", "relative:/none:/new:/bin",
				 err));
	done(ctr_process_set_cwd(ctr_spec_get_process(spec), "/tmp", err));
	done(ctr_process_set_fd(ctr_spec_get_process(spec), 9, 0, err));
	done(ctr_process_set_dir_fd(ctr_spec_get_process(spec), 10, -1, err));
	done(ctr_spec_set_secure_execution(spec, 1, err));
	done(ctr_process_set_check_args(ctr_spec_get_process(spec), 1, err));
	done(ctr_process_set_umask(ctr_spec_get_process(spec), 027, err));
	done(ctr_process_set_rlimit(ctr_spec_get_process(spec), RLIMIT_MEMLOCK, 65536, 65536, err));
	done(ctr_process_set_priority(ctr_spec_get_process(spec), 3, err));
	done(ctr_process_set_signal_mask(ctr_spec_get_process(spec), 1u << (SIGUSR1 - 1), err));
	done(ctr_process_set_no_new_privs(ctr_spec_get_process(spec), 1, err));
	done(ctr_process_set_new_session(ctr_spec_get_process(spec), 1, err));
	done(ctr_process_set_die_with_parent(ctr_spec_get_process(spec), 1, err));
	done(ctr_spec_set_setup_timeout_ms(spec, 30000, err));
	done(ctr_spec_set_wall_limit_ms(spec, 60000, err));
	done(ctr_spec_set_cpu_limit_ms(spec, 60000, err));
	done(ctr_spec_set_output_limit(spec, 1 << 20, err));
}

static void fill_files(void)
{
	const int source = open(bin, O_PATH | O_CLOEXEC);

	done(ctr_spec_set_read_only(spec, 1, err));
	done(ctr_spec_set_base_mounts(spec, CTR_BASE_ALL, err));
	done(ctr_spec_add_bind(spec, bin, "/new/volume", CTR_MOUNT_READ_ONLY, err));
	done(ctr_spec_add_bind_fd(spec, source, "/new/by-fd", CTR_MOUNT_READ_ONLY, err));
	close(source);
	done(ctr_spec_add_tmpfs(spec, "/tmp", 65536, 01777, CTR_MOUNT_NOEXEC, err));
	done(ctr_spec_add_mount(spec, "tmpfs", NULL, "/new/any", 0, err));
	done(ctr_spec_add_mount_option(spec, "size", "64k", err));
	done(ctr_spec_add_proc(spec, "/new/proc", 0, err));
	done(ctr_spec_add_sysfs(spec, "/new/sys", 0, err));
	done(ctr_spec_add_devpts(spec, "/new/pts", 0, err));
	done(ctr_spec_add_mqueue(spec, "/new/mqueue", 0, err));
	done(ctr_spec_add_cgroup(spec, "/new/cgroup", 0, err));
	done(ctr_spec_add_dev(spec, "/new/dev", err));
	done(ctr_spec_add_mask(spec, "/etc/passwd", err));
	done(ctr_spec_unmask(spec, "/proc/keys", err));
}

static void fill_privileges(void)
{
	done(ctr_process_add_cap(ctr_spec_get_process(spec), "CAP_NET_RAW", err));
	done(ctr_process_drop_cap(ctr_spec_get_process(spec), "CAP_MKNOD", err));
	done(ctr_process_add_ambient_cap(ctr_spec_get_process(spec), "CAP_NET_RAW", err));
	done(ctr_process_set_keyring(ctr_spec_get_process(spec), 1, err));
	done(ctr_process_set_securebits(ctr_spec_get_process(spec), SECBIT_NOROOT, err));
	tried(ctr_process_set_apparmor(ctr_spec_get_process(spec), "unconfined", err));
	tried(ctr_process_set_selinux(ctr_spec_get_process(spec), "a:b:c", err));
	done(ctr_process_set_apparmor(ctr_spec_get_process(spec), NULL, err));
	done(ctr_process_set_selinux(ctr_spec_get_process(spec), NULL, err));
	done(ctr_process_add_group(ctr_spec_get_process(spec), 7, err));
	done(ctr_process_add_group_name(ctr_spec_get_process(spec), "0", err));
	done(ctr_process_set_user(ctr_spec_get_process(spec), 1000, 100, err));
	done(ctr_process_set_user_name(ctr_spec_get_process(spec), "1000", "100", err));
	done(ctr_process_set_seccomp(ctr_spec_get_process(spec), CTR_SECCOMP_DEFAULT, err));
	done(ctr_process_set_seccomp_bpf(ctr_spec_get_process(spec), let_all, 1, err));
	done(ctr_process_set_seccomp_json(ctr_spec_get_process(spec), json, err));
	tried(ctr_process_set_seccomp_file(ctr_spec_get_process(spec), broken, err));
	done(ctr_process_set_seccomp_file(ctr_spec_get_process(spec), profile, err));
}

static void fill_isolation(void)
{
	const int fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	done(ctr_spec_set_namespace(spec, CTR_NS_UTS, CTR_NS_MODE_NEW, err));
	done(ctr_spec_join_namespace_fd(spec, CTR_NS_NET, fd, err));
	done(ctr_spec_join_namespace_path(spec, CTR_NS_IPC, "/proc/self/ns/ipc", err));
	close(fd);
	done(ctr_spec_set_hostname(spec, "box", err));
	done(ctr_spec_set_domainname(spec, "domain", err));
	if (ctr_landlock_abi(NULL) >= 0)
		done(ctr_process_add_landlock_rule(ctr_spec_get_process(spec), "/",
						   CTR_LANDLOCK_READ | CTR_LANDLOCK_EXECUTE, err));
	done(ctr_spec_set_accounting(spec, 1, err));
	done(ctr_spec_set_delegate(spec, 1, err));
	fails(ctr_spec_set_cgroup(spec, NULL, err));
	ctr_spec_clear_error(spec);
	done(ctr_spec_set_cgroup_parent(spec, NULL, err));
}

/* Those that a host may lack the controller for are tried alone. */
static void fill_limits(ctr_limits *limits)
{
	done(ctr_limits_set_pids_max(limits, 20, err));
	done(ctr_limits_set_memory_max(limits, 64 << 20, err));
	done(ctr_limits_set_cpu_max(limits, 50000, 100000, err));
	done(ctr_limits_set_cpu_shares(limits, 512, err));
	done(ctr_limits_set_cpuset_cpus(limits, "0", err));
	done(ctr_limits_set_cpuset_mems(limits, "0", err));
	done(ctr_limits_allow_default_devices(limits, err));
	done(ctr_limits_allow_device(limits, "c 10:229 rwm", err));
	fails(ctr_limits_set_value(limits, "tasks", "30", err));
	ctr_limits_clear_error(limits);
}

static void new_spec(void)
{
	ctr_spec_free(spec);
	spec = ctr_spec_new(err);
	ck_assert_ptr_nonnull(spec);
	fill_program();
	fill_files();
	fill_privileges();
	fill_isolation();
	fill_limits(ctr_spec_get_limits(spec));
}

static void finish(ctr_container *c)
{
	ck_assert_msg(c, "%s", ctr_error_message(err));
	ck_assert_int_eq(ctr_container_wait(c, -1, err), 1);
	ck_assert_msg(ctr_container_exit_code(c) == 0, "%d", ctr_container_exit_code(c));
	ctr_container_free(c);
}

static void spawn_all(void)
{
	new_spec();
	finish(ctr_spawn(spec, err));
	done(ctr_process_set_init(ctr_spec_get_process(spec), 1, err));
	done(ctr_process_set_tty(ctr_spec_get_process(spec), 1, 24, 80, err));
	finish(ctr_spawn(spec, err));
	done(ctr_spec_set_child(spec, CTR_CHILD_HELPER, err));
	finish(ctr_spawn(spec, err));
}

/* Each row of setters.def alone, as far as it comes: what this host lacks is refused as deep. */
static void set_each(void)
{
	for (int i = 0; i < setters_count; i++) {
		ctr_spec *alone = ctr_spec_new(err);

		done(ctr_process_add_arg(ctr_spec_get_process(alone), "true", err));
		if (setters[i].take) {
			done(setters_take(&setters[i], alone, err));
			tried(ctr_spec_check(alone, err));
		}
		if (setters[i].refuse)
			fails(setters_refuse(&setters[i], alone, err));
		ctr_spec_free(alone);
	}
}

START_TEST(test_setters__fit)
{
	on_small_stack("each setter", set_each);
}
END_TEST

START_TEST(test_spawn__fits_with_all_settings)
{
	on_small_stack("ctr_spawn() of all settings", spawn_all);
}
END_TEST

static void spawn_defaults(void)
{
	spec = ctr_spec_new(err);
	done(ctr_process_add_arg(ctr_spec_get_process(spec), "true", err));
	finish(ctr_spawn(spec, err));
}

START_TEST(test_spawn__fits_with_defaults)
{
	on_small_stack("ctr_spawn() of the defaults", spawn_defaults);
}
END_TEST

static void spawn_mapped(void)
{
	spec = ctr_spec_new(err);
	done(ctr_process_add_arg(ctr_spec_get_process(spec), "true", err));
	done(ctr_idmap_add_uids(ctr_spec_get_idmap(spec), 0, 100000, 65536, err));
	done(ctr_spec_add_bind(spec, bin, "/mnt", CTR_MOUNT_IDMAP, err));
	done(ctr_spec_set_namespace(spec, CTR_NS_USER, CTR_NS_MODE_NEW, err));
	done(ctr_spec_set_disable_userns(spec, 1, err));
	done(ctr_spec_set_rootfs_idmap(spec, 0, err));
	finish(ctr_spawn(spec, err));
}

START_TEST(test_spawn__fits_with_a_map)
{
	on_small_stack("ctr_spawn() with a range of ids", spawn_mapped);
}
END_TEST

static ctr_given *make_given(void)
{
	char echo[] = "echo";
	ctr_given *given = ctr_given_new(err);

	done(ctr_given_set_fd(given, 9, 0, err));
	done(ctr_given_set_args(given, (char *[]){ echo, NULL }, err));
	done(ctr_given_set_env(given, "A", "1", err));
	done(ctr_given_set_cgroup(given, NULL, err));
	done(ctr_given_set_wall_limit_ms(given, 60000, err));
	done(ctr_given_set_cpu_limit_ms(given, 0, err));
	ck_assert_ptr_nonnull(ctr_given_get_limits(given));
	ctr_given_clear_error(given);
	return given;
}

static void use_pool(const ctr_plan *plan, const ctr_given *given)
{
	ctr_pool *pool = ctr_pool_new(plan, 1, err);

	ck_assert_msg(pool, "%s", ctr_error_message(err));
	ctr_plan_prepare_networks(plan, 1, err);
	ck_assert_uint_eq(ctr_pool_count(pool), 1);
	finish(ctr_pool_take(pool, given, err));
	ck_assert_int_eq(ctr_pool_refill(pool, 0, err), 0);
	ctr_pool_free(pool);
}

static void use_plan(void)
{
	char text[256];
	ctr_spec *copy;
	ctr_plan *plan;
	ctr_given *given;

	new_spec();
	copy = ctr_spec_clone(spec, err);
	ck_assert_ptr_nonnull(copy);
	done(ctr_spec_check(copy, err));
	plan = ctr_plan_compile(copy, err);
	ctr_spec_free(copy);
	ck_assert_msg(plan, "%s", ctr_error_message(err));
	for (size_t i = 0; i < ctr_plan_count(plan); i++)
		ctr_plan_describe(plan, i, text, sizeof(text));
	finish(ctr_plan_spawn(plan, err));
	given = make_given();
	finish(ctr_plan_spawn_with(plan, given, err));
	use_pool(plan, given);
	ctr_given_free(given);
	ctr_plan_free(plan);
}

START_TEST(test_plan__fits)
{
	on_small_stack("a plan of all settings", use_plan);
}
END_TEST

/* The ways to an error are deeper: each message is made in a buffer of its own. */
static void fail_to_compile(void)
{
	static const char *const programs[] = { "none",	   "/none/none", "/tmp",
						"/broken", "/nested6",	 NULL };

	for (size_t i = 0; programs[i]; i++) {
		spec = ctr_spec_new(err);
		done(ctr_process_add_arg(ctr_spec_get_process(spec), programs[i], err));
		done(ctr_spec_set_rootfs(spec, root, err));
		done(ctr_spec_add_bind(spec, broken, "/broken", 0, err));
		fails(ctr_spec_check(spec, err));
		ck_assert_ptr_null(ctr_spawn(spec, err));
		ctr_spec_free(spec);
	}
	spec = ctr_spec_new(err);
	done(ctr_process_add_arg(ctr_spec_get_process(spec), "/nested4", err));
	done(ctr_spec_set_rootfs(spec, root, err));
	tried(ctr_spec_check(spec, err));
	ctr_spec_free(spec);
	spec = ctr_spec_new(err);
	done(ctr_process_add_arg(ctr_spec_get_process(spec), "true", err));
	done(ctr_spec_add_bind(spec, "/none", "/broken", 0, err));
	fails(ctr_spec_check(spec, err));
	fails(ctr_spec_set_rootfs(spec, "", err));
	ctr_spec_clear_error(spec);
	done(ctr_spec_set_rootfs(spec, "relative", err));
	fails(ctr_spec_check(spec, err));
}

START_TEST(test_plan__fits_when_it_fails)
{
	on_small_stack("plans that can't be", fail_to_compile);
}
END_TEST

/* ---- containers ---- */

static void ask(ctr_container *c)
{
	ctr_usage *usage = ctr_usage_new(err);
	uint64_t value;

	done(ctr_container_stats(c, usage, err));
	for (uint32_t what = 0; ctr_usage_name(what); what++)
		ctr_usage_get(usage, what, &value);
	ctr_usage_free(usage);
	ctr_container_pid(c);
	ctr_container_program_pid(c);
	ctr_container_pidfd(c);
	ctr_container_time_left_ms(c);
	ck_assert_int_ge(ctr_container_event_fd(c, err), 0);
	ctr_container_take_tty(c);
	ctr_container_take_seccomp_fd(c);
	ctr_container_end_name(ctr_container_end(c));
	ctr_container_exit_signal(c);
	ctr_container_machine(c);
	ctr_container_user_time_us(c);
	ctr_container_system_time_us(c);
	ctr_container_max_rss_bytes(c);
}

static void use_container(void)
{
	ctr_limits *limits = ctr_limits_new(err);
	ctr_container *c;

	spec = ctr_spec_new(err);
	done(ctr_process_add_arg(ctr_spec_get_process(spec), "sleep", err));
	done(ctr_process_add_arg(ctr_spec_get_process(spec), "60", err));
	fill_limits(ctr_spec_get_limits(spec));
	fill_limits(limits);
	done(ctr_spec_set_accounting(spec, 1, err));
	c = ctr_spawn(spec, err);
	ck_assert_msg(c, "%s", ctr_error_message(err));
	ask(c);
	done(ctr_container_freeze(c, err));
	done(ctr_container_thaw(c, err));
	done(ctr_container_update(c, limits, err));
	done(ctr_container_send_signal_all(c, SIGCONT, err));
	done(ctr_container_send_signal(c, SIGCONT, err));
	done(ctr_container_wait(c, 0, err));
	done(ctr_container_kill_all(c, err));
	done(ctr_container_wait(c, -1, err));
	ask(c);
	ctr_container_free(c);
	ctr_limits_free(limits);
}

START_TEST(test_container__fits)
{
	on_small_stack("a container", use_container);
}
END_TEST

static void detach_container(void)
{
	ctr_container *c;

	spec = ctr_spec_new(err);
	done(ctr_process_add_arg(ctr_spec_get_process(spec), "true", err));
	done(ctr_process_set_die_with_parent(ctr_spec_get_process(spec), 0, err));
	c = ctr_spawn(spec, err);
	ck_assert_msg(c, "%s", ctr_error_message(err));
	/* What is detached can't be waited for: so it has ended before. */
	done(ctr_container_wait(c, -1, err));
	tried(ctr_container_detach(c, err));
	ctr_container_free(c);
}

START_TEST(test_container_detach__fits)
{
	on_small_stack("ctr_container_detach()", detach_container);
}
END_TEST

/* ---- jails ---- */

static void read_jail(void)
{
	char text[64];

	for (size_t i = 0; i < ctr_jail_count(jail); i++) {
		ctr_jail_path(jail, i);
		ctr_jail_kind(jail, i);
		ctr_jail_target(jail, i);
		ctr_jail_size_bytes(jail, i);
		ctr_jail_state(jail, i);
		for (size_t k = 0; k < ctr_jail_reason_count(jail, i); k++) {
			ctr_jail_reason(jail, i, k);
			ctr_jail_needed_by(jail, i, k);
		}
	}
	ctr_jail_json(jail, text, sizeof(text));
}

static void use_jail(void)
{
	jail = ctr_jail_new(err);
	done(ctr_jail_add_program(jail, "sh", "/usr/bin:/bin", err));
	done(ctr_jail_add_program(jail, "by-env4", search, err));
	done(ctr_jail_add_path(jail, "/etc/passwd", err));
	done(ctr_jail_add_path(jail, "/proc/version", err));
	for (size_t i = 0; ctr_jail_extra_name(i); i++) {
		ctr_jail_extra_summary(i);
		tried(ctr_jail_add_extra(jail, ctr_jail_extra_name(i), err));
	}
	fails(ctr_jail_add_program(jail, "none", "/usr/bin:/bin", err));
	fails(ctr_jail_add_program(jail, broken, NULL, err));
	fails(ctr_jail_add_path(jail, "/none", err));
	done(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err));
	read_jail();
	/* What is there already is compared. */
	done(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err));
	tried(ctr_jail_write(jail, dir, CTR_JAIL_REFLINK, err));
	tried(ctr_jail_write(jail, dir, CTR_JAIL_HARDLINK, err));
}

START_TEST(test_jail__fits)
{
	on_small_stack("a jail", use_jail);
}
END_TEST

#define LEVELS 1500

/* As deep as the length of a path allows, and rather deeper than a stack. */
static void make_deep(void)
{
	char path[PATH_MAX];
	size_t n = (size_t)snprintf(path, sizeof(path), "%s", world_path("deep"));

	for (int i = 0; i < LEVELS; i++) {
		ck_assert_int_eq(mkdir(path, 0755), 0);
		n += (size_t)snprintf(path + n, sizeof(path) - n, "/d");
	}
	/* What is named there and left out, and what is searched for, are at the far end. */
	ck_assert_int_lt(n + sizeof("/script"), sizeof(path));
	snprintf(path + n - 2, sizeof(path) - n + 2, "/out");
	ck_assert_int_eq(symlink("/etc/../none", path), 0);
	snprintf(path + n - 2, sizeof(path) - n + 2, "/script");
	world_write(path, "#!/usr/bin/env sh\n", 0755);
	snprintf(root, sizeof(root), "%s", world_path("deep"));
}

static void add_deep(void)
{
	jail = ctr_jail_new(err);
	done(ctr_jail_add_path(jail, root, err));
	done(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err));
}

START_TEST(test_jail__fits_with_deep_directories)
{
	make_deep();
	on_small_stack("a jail of deep directories", add_deep);
	ck_assert_uint_gt(ctr_jail_count(jail), LEVELS);
}
END_TEST

/* ---- control groups ---- */

static void use_cgroup(void)
{
	ctr_limits *limits = ctr_limits_new(err);
	ctr_usage *usage = ctr_usage_new(err);
	char text[64];
	uint64_t value, busy;

	fill_limits(limits);
	done(ctr_cgroup_find("pids", text, sizeof(text), err));
	group = ctr_cgroup_create(NULL, limits, 1, err);
	ck_assert_msg(group, "%s", ctr_error_message(err));
	ctr_cgroup_free(ctr_cgroup_open(ctr_cgroup_path(group, 0), NULL));
	tried(ctr_cgroup_add(group, INT_MAX, err));
	done(ctr_cgroup_list(group, NULL, 0, err));
	done(ctr_cgroup_update(group, limits, err));
	done(ctr_cgroup_get_limit(group, CTR_LIMIT_PIDS_MAX, &value, err));
	done(ctr_cgroup_get_value(group, "pids.max", text, sizeof(text), err));
	done(ctr_cgroup_stats(group, usage, err));
	done(ctr_cgroup_freeze(group, err));
	done(ctr_cgroup_thaw(group, err));
	done(ctr_cgroup_send_signal(group, SIGUSR1, err));
	done(ctr_cgroup_kill(group, err));
	done(ctr_cgroup_remove(group, err));
	done(ctr_cgroup_gc(0, &value, &busy, err));
	ctr_limits_free(limits);
	ctr_usage_free(usage);
}

START_TEST(test_cgroup__fits)
{
	on_small_stack("a control group", use_cgroup);
}
END_TEST

/* This host need not have what they are for. */
static void try_limits(void)
{
	static int (*const set[])(ctr_limits *, uint64_t, ctr_error *) = {
		ctr_limits_set_memory_low,
		ctr_limits_set_swap_max,
		ctr_limits_set_io_weight,
	};

	for (size_t i = 0; i < 8; i++) {
		ctr_limits *limits = ctr_limits_new(err);

		if (i < 3)
			done(set[i](limits, 100, err));
		else if (i == 3)
			done(ctr_limits_set_hugetlb_max(limits, 2 << 20, 2 << 20, err));
		else if (i == 4)
			done(ctr_limits_set_oom_group(limits, 1, err));
		else if (i == 5)
			done(ctr_limits_set_rdma_max(limits, "mlx5_0", 1, 1, err));
		else if (i == 6)
			done(ctr_limits_set_misc_max(limits, "sev", 1, err));
		else
			tried(ctr_limits_set_io_max(limits, "/dev/vda", CTR_IO_READ_BPS, 1 << 20,
						    err));
		group = ctr_cgroup_create(NULL, limits, 0, err);
		if (group)
			done(ctr_cgroup_remove(group, err));
		ctr_error_clear(err);
		ctr_cgroup_free(group);
		group = NULL;
		ctr_limits_free(limits);
	}
}

START_TEST(test_limits__fit)
{
	on_small_stack("limits", try_limits);
}
END_TEST

/* ---- the rest ---- */

static void probe(void)
{
	ctr_probe *found = ctr_probe_new(err);
	char text[64];

	ck_assert_msg(found, "%s", ctr_error_message(err));
	for (uint32_t feature = 0; ctr_probe_name(feature); feature++) {
		ctr_probe_get(found, feature);
		ctr_probe_value(found, feature);
		ctr_probe_why(found, feature);
		ctr_probe_hint(found, feature);
	}
	ctr_probe_json(found, text, sizeof(text));
	ctr_probe_free(found);
}

START_TEST(test_probe__fits)
{
	on_small_stack("a probe", probe);
}
END_TEST

static void use_mounts(void)
{
	const uint32_t read_only = CTR_MOUNT_READ_ONLY;

	done(ctr_mount_tmpfs(bin, 65536, 0755, 0, err));
	done(ctr_unmount(bin, err));
	done(ctr_mount_bind(root, bin, read_only, err));
	done(ctr_mount_set_flags(bin, CTR_MOUNT_NOEXEC, 0, err));
	done(ctr_mount_set_propagation(bin, CTR_PROPAGATION_PRIVATE, 1, err));
	done(ctr_unmount(bin, err));
	done(ctr_mount_dev(bin, err));
	done(ctr_mount_mask(bin, err));
	done(ctr_mount_proc(bin, 0, err));
	done(ctr_mount_sysfs(bin, 0, err));
	done(ctr_mount_devpts(bin, 0, err));
	done(ctr_mount_mqueue(bin, 0, err));
	fails(ctr_mount_bind("/none", bin, 0, err));
}

static void use_ids(void)
{
	ctr_idmap *map = ctr_idmap_new(err);
	int fd;

	tried(ctr_idmap_add_ranges(map, err));
	ctr_idmap_clear_error(map);
	ctr_idmap_free(map);
	map = ctr_idmap_new(err);
	done(ctr_idmap_add_uids(map, 0, 0, 65536, err));
	done(ctr_idmap_add_gids(map, 0, 0, 65536, err));
	fd = ctr_userns_create(map, err);
	done(fd);
	tried(ctr_mount_bind_idmapped(root, bin, 0, fd, err));
	close(fd);
	fails(ctr_userns_map(map, getpid(), err));
	ctr_idmap_free(map);
}

static void use_process(void)
{
	const int net = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	const uint32_t groups[] = { 7 };

	done(ctr_unshare(CTR_NS_UTS | CTR_NS_NET, err));
	done(ctr_set_hostname("box", err));
	done(ctr_set_domainname("domain", err));
	done(ctr_loopback_up(err));
	done(ctr_setns(net, CTR_NS_NET, err));
	close(net);
	done(ctr_set_no_new_privs(err));
	done(ctr_caps_limit(ctr_caps_default(), 0, err));
	done(ctr_caps_number("CAP_CHOWN", err));
	ctr_caps_name(0);
	done(ctr_set_ids(1000, 100, groups, 1, err));
}

static void parse_and_find(void)
{
	char *path = malloc(PATH_MAX), escaped[8];
	uint64_t value;

	done(ctr_program_find("/", "sh", "/none:/bin", path, PATH_MAX, err));
	fails(ctr_program_find("/", "none", "/none:/bin", path, PATH_MAX, err));
	fails(ctr_program_find("/", broken, NULL, path, PATH_MAX, err));
	free(path);
	ctr_text_escape("\033", escaped, sizeof(escaped));
	ctr_text_json("\033", escaped, sizeof(escaped));
	done(ctr_parse_size("1m", "size", 0, UINT64_MAX, &value, err));
	fails(ctr_parse_number("x", "number", 0, 1, &value, err));
	ctr_version();
}

static void in_mounts(void)
{
	on_small_stack("mounts", use_mounts);
	on_small_stack("ids", use_ids);
	on_small_stack("programs and numbers", parse_and_find);
	on_small_stack("the calling thread", use_process);
}

START_TEST(test_primitives__fit)
{
	suite_in_mounts(in_mounts);
}
END_TEST

static void pivot(void)
{
	done(ctr_mount_bind(root, root, 0, err));
	done(ctr_pivot_root(root, err));
	done(ctr_chroot("/", err));
}

static void pivot_in_mounts(void)
{
	on_small_stack("the root", pivot);
}

START_TEST(test_chroot__fits)
{
	suite_in_mounts(pivot_in_mounts);
}
END_TEST

static void load_filters(void)
{
	static const char *const paths[] = { "/" };
	static const uint32_t access[] = { CTR_LANDLOCK_READ | CTR_LANDLOCK_WRITE };

	done(ctr_set_no_new_privs(err));
	tried(ctr_landlock_restrict(paths, access, 1, err));
	done(ctr_seccomp_load_bpf(let_all, 1, err));
	fails(ctr_seccomp_load_json("{", 0, err));
	done(ctr_seccomp_load_json(json, 0, err));
	done(ctr_seccomp_load_default(ctr_caps_default(), err));
}

static void load_in_child(void)
{
	on_small_stack("filters", load_filters);
}

START_TEST(test_filters__fit)
{
	suite_in_child(load_in_child);
}
END_TEST

static void *nothing(void *unused)
{
	return unused;
}

/* The C library's handlers for threads come with the first one: leak.c would see them. */
static void start_threads(void)
{
	pthread_t first;

	if (pthread_create(&first, NULL, nothing, NULL) == 0)
		pthread_join(first, NULL);
}

int main(void)
{
	Suite *s = suite_create("stack");
	TCase *tests = suite_case(s, "stack");

	start_threads();
	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_test(tests, test_setters__fit);
	tcase_add_test(tests, test_spawn__fits_with_all_settings);
	tcase_add_test(tests, test_spawn__fits_with_defaults);
	tcase_add_test(tests, test_spawn__fits_with_a_map);
	tcase_add_test(tests, test_plan__fits);
	tcase_add_test(tests, test_plan__fits_when_it_fails);
	tcase_add_test(tests, test_container__fits);
	tcase_add_test(tests, test_container_detach__fits);
	tcase_add_test(tests, test_jail__fits);
	tcase_add_test(tests, test_jail__fits_with_deep_directories);
	tcase_add_test(tests, test_cgroup__fits);
	tcase_add_test(tests, test_limits__fit);
	tcase_add_test(tests, test_probe__fits);
	tcase_add_test(tests, test_primitives__fit);
	tcase_add_test(tests, test_chroot__fits);
	tcase_add_test(tests, test_filters__fit);
	return suite_run(s);
}

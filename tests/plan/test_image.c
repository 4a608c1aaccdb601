/* SPDX-License-Identifier: MIT */
/* The helper gets all of a plan, nothing of the caller's memory, and what the caller may do. */
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <linux/securebits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "compile/plan.h"
#include "plan/helper.h"
#include "plan/image.h"
#include "plan/launch.h"
#include "support/altered.h"
#include "support/suite.h"
#include "support/world.h"

static ctr_error *err;
static struct ctr__image *there; /* as the helper has it */

static void make(void)
{
	world_make();
	err = ctr_error_new();
}

static void drop(void)
{
	ctr_error_free(err);
	world_remove();
}

static void check(int r)
{
	ck_assert_msg(r == 0, "%s", ctr_error_message(err));
}

/* ---- what is in it ---- */

/* Of each kind of step that refers to something as much as one plan can have. */
static ctr_plan *compile_much(void)
{
	ctr_spec *spec = suite_spec(NULL, "sh", NULL);
	ctr_process *process = ctr_spec_get_process(spec);
	ctr_plan *plan;

	check(ctr_process_add_arg(process, "-c", err));
	check(ctr_process_add_arg(process, "exit 7", err));
	check(ctr_process_set_env(process, "NAME", "value", err));
	check(ctr_spec_set_hostname(spec, "box", err));
	check(ctr_spec_set_domainname(spec, "domain", err));
	check(ctr_process_set_cwd(process, "/tmp", err));
	check(ctr_process_set_user(process, 1000, 100, err));
	check(ctr_process_add_group(process, 7, err));
	check(ctr_process_set_init(process, 1, err));
	check(ctr_spec_add_tmpfs(spec, "/mnt", 4096, 0755, 0, err));
	check(ctr_spec_add_bind(spec, "/etc", "/new/etc", CTR_MOUNT_READ_ONLY, err));
	check(ctr_spec_add_mask(spec, "/etc/passwd", err));
	check(ctr_limits_set_pids_max(ctr_spec_get_limits(spec), 20, err));
	plan = ctr_plan_compile(spec, err);
	ck_assert_msg(plan, "%s", ctr_error_message(err));
	ctr_spec_free(spec);
	return plan;
}

/* Some that no plan has together, and that have a reference each. */
static const struct ctr__step odd[] = {
	{ .kind = CTR__STEP_SETNS,
	  .modes = CTR__MODE_ALL,
	  .setns = { 3, CLONE_NEWNET, "x", false, false } },
	{ .kind = CTR__STEP_LSM,
	  .modes = CTR__MODE_ALL,
	  .lsm = { .file = "/proc/self/attr/exec", .text = "exec a", .label = "a" } },
	{ .kind = CTR__STEP_LANDLOCK_RULE,
	  .modes = CTR__MODE_ALL,
	  .landlock = { .path = "/usr", .rights = LANDLOCK_ACCESS_FS_EXECUTE } },
	{ .kind = CTR__STEP_MAP_IDS,
	  .modes = CTR__MODE_ALL,
	  .map = { .uids = "0 0 1", .gids = "0 0 1" } },
	{ .kind = CTR__STEP_CHROOT, .modes = CTR__MODE_ALL, .path = "/srv" },
	{ .kind = CTR__STEP_TRY, .modes = CTR__MODE_ALL, .try = { .what = "try", .fd = 4 } },
};

struct range {
	uintptr_t from, to;
};

static struct range mapped[512];
static size_t n_mapped;

static void read_mappings(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512];

	ck_assert_ptr_nonnull(maps);
	while (n_mapped < sizeof(mapped) / sizeof(mapped[0]) && fgets(line, sizeof(line), maps)) {
		struct range *range = &mapped[n_mapped];

		if (sscanf(line, "%lx-%lx", &range->from, &range->to) == 2)
			n_mapped++;
	}
	fclose(maps);
}

/* Programs, heaps and stacks lie high; what sanitizers have below is no one's to refer to. */
static bool is_mapped(uintptr_t word)
{
	if (word >> 40 == 0)
		return false;
	for (size_t i = 0; i < n_mapped; i++)
		if (word >= mapped[i].from && word < mapped[i].to)
			return true;
	return false;
}

/* A filter's instructions can look like addresses too, but hardly like these. */
static void expect_closed(const struct ctr__image_file *image)
{
	const uintptr_t *words = (const void *)image->copy;

	read_mappings();
	for (size_t i = 0; i < image->size / sizeof(*words); i++)
		ck_assert_msg(!is_mapped(words[i]),
			      "at %zu of %zu: the address %lx is of the caller's memory",
			      i * sizeof(*words), image->size, (unsigned long)words[i]);
}

static void make_image(struct ctr__image_file *image, const struct ctr__step *steps, size_t n)
{
	struct ctr__run run = {
		.steps = steps,
		.n_steps = n,
		.mode = CTR__MODE_ONESHOT,
		.leaf = -1,
		.slots = { -1, -1, -1, -1, -1, -1, -1 },
	};
	const struct ctr__image_counts counts = { 0 };

	ck_assert_int_eq(ctr__image_make(image, &run, &counts), 0);
	ck_assert_uint_eq(image->copy->run.n_steps, n);
	there = altered_image(image->fd);
	ck_assert_ptr_nonnull(there);
	ck_assert_mem_eq(there, image->copy, image->size);
}

START_TEST(test_image__refers_to_itself_alone)
{
	ctr_plan *plan = _i ? NULL : compile_much();
	struct ctr__image_file image;

	suite_need_plain_programs(); /* a sanitizer's memory lies where texts seem to, */
	suite_need_real_processor(); /* and valgrind's where instructions do */
	make_image(&image, plan ? plan->steps.v : odd,
		   plan ? plan->steps.n : sizeof(odd) / sizeof(odd[0]));
	expect_closed(&image);
	ctr__image_free(&image);
	ctr_plan_free(plan);
}
END_TEST

START_TEST(test_image__names_the_descriptors_of_its_steps)
{
	struct ctr__image_file image;
	const int *fds;

	make_image(&image, odd, sizeof(odd) / sizeof(odd[0]));
	ck_assert_uint_eq(image.copy->n_fds, 2);
	fds = (const void *)((const char *)image.copy +
			     ((uintptr_t)image.copy->fds - CTR__IMAGE_ADDRESS));
	ck_assert_int_eq(fds[0], 3);
	ck_assert_int_eq(fds[1], 4);
	ctr__image_free(&image);
}
END_TEST

/* ---- what is none ---- */

static int execute_helper(int fd)
{
	int helper = ctr__helper_open(100), status;
	char number[16];
	char *argv[] = { (char[]){ "helper" }, number, NULL }, *envp[] = { NULL };
	pid_t pid;

	suite_need_real_exec();
	ck_assert_int_ge(helper, 0);
	snprintf(number, sizeof(number), "%d", fd);
	pid = fork();
	if (pid == 0) {
		fcntl(fd, F_SETFD, 0);
		fexecve(helper, argv, envp);
		_exit(99);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	close(helper);
	ck_assert_msg(WIFEXITED(status), "it was killed by signal %d", WTERMSIG(status));
	return WEXITSTATUS(status);
}

static const struct ctr__step nothing[] = {
	{ .kind = CTR__STEP_RESET_SIGNALS, .modes = CTR__MODE_ALL },
};

START_TEST(test_helper__walks_an_image)
{
	struct ctr__image_file image;

	make_image(&image, nothing, 1);
	sys_capget(&there->caps.sets);
	ck_assert_int_eq(execute_helper(image.fd), 0);
	ck_assert_int_eq(there->report.errnum, 0);
	ck_assert_int_eq(there->report.done, 1);
	ctr__image_free(&image);
}
END_TEST

/* Of another version, longer than its file, too short, empty. */
START_TEST(test_helper__refuses_what_is_no_image)
{
	struct ctr__image_file image;

	make_image(&image, nothing, 1);
	switch (_i) {
	case 0:
		there->layout++;
		break;
	case 1:
		there->size = image.size + 1;
		break;
	case 2:
		there->size = 16;
		break;
	default:
		there->size = 0;
		break;
	}
	ck_assert_int_eq(execute_helper(image.fd), 1);
	ck_assert_int_eq(there->report.errnum, ENOEXEC);
	ck_assert_int_eq(there->report.step, -1);
	ctr__image_free(&image);
}
END_TEST

START_TEST(test_helper__refuses_a_descriptor_that_is_not_open)
{
	ck_assert_int_eq(execute_helper(50), 1);
}
END_TEST

START_TEST(test_helper__can_not_be_written)
{
	int helper = ctr__helper_open(0);
	char path[64];

	ck_assert_int_ge(helper, 0);
	ck_assert_int_eq(write(helper, "x", 1), -1);
	ck_assert_int_eq(errno, EPERM);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", helper);
	ck_assert_int_eq(open(path, O_WRONLY | O_TRUNC | O_CLOEXEC), -1);
	ck_assert_int_eq(fcntl(helper, F_GETFD), FD_CLOEXEC);
	close(helper);
}
END_TEST

/* ---- what it may do ---- */

static const struct ctr__step needing[] = {
	{ .kind = CTR__STEP_UNSHARE, .modes = CTR__MODE_TEMPLATE, .unshare = CLONE_NEWUTS },
	{ .kind = CTR__STEP_HOSTNAME, .modes = CTR__MODE_TEMPLATE, .name = "box" },
};

static void launch_needing(struct ctr__outcome *outcome)
{
	struct ctr__launch l;

	ctr__launch_init(&l, needing, 2, CTR__MODE_TEMPLATE);
	l.timeout_ms = 30000;
	ck_assert_int_eq(ctr__launch(&l, outcome), 0);
}

/* Not root, but with all that root can; the kernel takes that from it in execve(2). */
static void become_capable_user(void)
{
	struct ctr__caps_sets sets;

	ck_assert_int_eq(sys_capget(&sets), 0);
	ck_assert_int_eq(prctl(PR_SET_KEEPCAPS, 1), 0);
	ck_assert_int_eq(sys_setresgid(65534, 65534, 65534), 0);
	ck_assert_int_eq(sys_setresuid(65534, 65534, 65534), 0);
	sets.inheritable = 0;
	ck_assert_int_eq(sys_capset(&sets), 0);
}

static void launch_as_capable_user(void)
{
	struct ctr__outcome outcome;

	become_capable_user();
	launch_needing(&outcome);
	ck_assert_int_eq(outcome.kind, CTR__OUTCOME_DONE);
}

START_TEST(test_helper__has_the_callers_capabilities)
{
	suite_need_root();
	suite_in_child(launch_as_capable_user);
}
END_TEST

/* Root that keeps nothing in execve(2) for being root: it needs what other users need. */
static void launch_as_root_in_name(void)
{
	struct ctr__outcome outcome;

	ck_assert_int_eq(prctl(PR_SET_SECUREBITS, SECBIT_NOROOT), 0);
	launch_needing(&outcome);
	ck_assert_int_eq(outcome.kind, CTR__OUTCOME_DONE);
}

START_TEST(test_helper__has_the_capabilities_of_root_in_name)
{
	suite_need_root();
	suite_in_child(launch_as_root_in_name);
}
END_TEST

static void launch_without_ambient(void)
{
	struct ctr__outcome outcome;

	ck_assert_int_eq(prctl(PR_SET_SECUREBITS, SECBIT_NO_CAP_AMBIENT_RAISE), 0);
	become_capable_user();
	launch_needing(&outcome);
	ck_assert_int_eq(outcome.kind, CTR__OUTCOME_FAILED);
	ck_assert_int_eq(outcome.step, -1);
	ck_assert_int_eq(outcome.errnum, EPERM);
}

START_TEST(test_helper__says_that_it_lost_them)
{
	suite_need_root();
	suite_in_child(launch_without_ambient);
}
END_TEST

static void spawn_without_ambient(void)
{
	ctr_spec *spec = suite_spec(NULL, "true", NULL);

	check(ctr_spec_set_child(spec, CTR_CHILD_HELPER, err));
	ck_assert_int_eq(prctl(PR_SET_SECUREBITS, SECBIT_NO_CAP_AMBIENT_RAISE), 0);
	become_capable_user();
	ck_assert_ptr_null(ctr_spawn(spec, err));
	suite_expect_error(err, CTR_E_SYSTEM, "a securebit keeps the caller's capabilities");
	ctr_spec_free(spec);
}

START_TEST(test_helper__is_named_in_the_error)
{
	suite_need_root();
	suite_in_child(spawn_without_ambient);
}
END_TEST

/* Root that is only root by its id gets no more by executing something than it had. */
static void launch_with_less(void)
{
	struct ctr__outcome outcome;
	struct ctr__caps_sets sets;

	ck_assert_int_eq(sys_capget(&sets), 0);
	sets.effective &= ~(1ull << CAP_SYS_ADMIN);
	sets.permitted &= ~(1ull << CAP_SYS_ADMIN);
	ck_assert_int_eq(sys_capset(&sets), 0);
	launch_needing(&outcome);
	ck_assert_int_eq(outcome.kind, CTR__OUTCOME_FAILED);
	ck_assert_int_eq(outcome.step, 0);
	ck_assert_int_eq(outcome.errnum, EPERM);
}

START_TEST(test_helper__has_no_more_than_the_caller)
{
	suite_need_root();
	suite_in_child(launch_with_less);
}
END_TEST

/* Root whose bounding set lacks what it has itself. */
static void launch_out_of_bounds(void)
{
	struct ctr__outcome outcome;

	ck_assert_int_eq(prctl(PR_CAPBSET_DROP, CAP_SYS_NICE), 0);
	launch_needing(&outcome);
	ck_assert_int_eq(outcome.kind, CTR__OUTCOME_DONE);
}

START_TEST(test_helper__works_with_a_smaller_bounding_set)
{
	suite_need_root();
	suite_in_child(launch_out_of_bounds);
}
END_TEST

/* The kernel would end the caller by SIGXFSZ. */
static void launch_with_small_files(void)
{
	const struct rlimit limit = { 8192, 8192 };
	struct ctr__outcome outcome;
	struct ctr__launch l;

	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	ctr__launch_init(&l, nothing, 1, CTR__MODE_TEMPLATE);
	l.timeout_ms = 30000;
	ck_assert_int_eq(ctr__launch(&l, &outcome), -EFBIG);
}

START_TEST(test_helper__does_not_fit_a_limit_on_files)
{
	suite_in_child(launch_with_small_files);
}
END_TEST

/* A process that another thread has forked meanwhile has a copy of the pipe that tells the end. */
static void *fork_without_pause(void *stop)
{
	while (!atomic_load((atomic_bool *)stop)) {
		pid_t pid = fork();

		if (pid == 0) {
			usleep(500000);
			_exit(0);
		}
		usleep(2000);
	}
	while (waitpid(-1, NULL, 0) > 0)
		;
	return NULL;
}

static void spawn_beside_forks(void)
{
	const uint32_t bound_ms = 20000;
	ctr_spec *spec = suite_spec(NULL, "true", NULL);
	atomic_bool stop = false;
	struct timespec begin, end;
	pthread_t thread;

	check(ctr_spec_set_setup_timeout_ms(spec, bound_ms, err));
	ck_assert_int_eq(pthread_create(&thread, NULL, fork_without_pause, &stop), 0);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (int i = 0; i < 5; i++) {
		ctr_container *c = ctr_spawn(spec, err);

		ck_assert_msg(c, "%s", ctr_error_message(err));
		ctr_container_free(c);
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	atomic_store(&stop, true);
	pthread_join(thread, NULL);
	ck_assert_int_lt(end.tv_sec - begin.tv_sec, bound_ms / 1000);
	ctr_spec_free(spec);
}

START_TEST(test_helper__is_not_waited_for_beside_forks)
{
	suite_need_real_processor(); /* valgrind has one thread at a time */
	suite_in_child(spawn_beside_forks);
}
END_TEST

/* The kernel keeps no status then: whether it was done is asked in the image. */
static void launch_unwaited(void)
{
	struct ctr__outcome outcome;
	struct ctr__launch l;

	signal(SIGCHLD, SIG_IGN);
	ctr__launch_init(&l, nothing, 1, CTR__MODE_TEMPLATE);
	l.timeout_ms = 30000;
	ck_assert_int_eq(ctr__launch(&l, &outcome), 0);
	ck_assert_int_eq(outcome.kind, CTR__OUTCOME_DONE);
	ck_assert_int_eq(outcome.left, -1);
}

START_TEST(test_helper__is_heard_where_children_are_not_waited_for)
{
	suite_in_child(launch_unwaited);
}
END_TEST

/* ---- where memory files can't be executed ---- */

/* The switch is one for each PID namespace, and can't be taken back there. False: an old kernel. */
static bool forbid_memory_files(void)
{
	int fd = open("/proc/sys/vm/memfd_noexec", O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, "2", 1) == 1;

	if (fd >= 0)
		close(fd);
	return done;
}

static void (*first_process)(void);

static void begin_as_first(void)
{
	if (forbid_memory_files())
		first_process();
}

static void in_own_pid_namespace(void)
{
	ck_assert_int_eq(unshare(CLONE_NEWPID), 0);
	suite_in_child(begin_as_first);
}

static void without_memory_files(void (*function)(void))
{
	suite_need_root();
	suite_need_real_exec();
	first_process = function;
	suite_in_child(in_own_pid_namespace);
}

static void look_at_tmpfs_helper(void)
{
	char path[64];
	int helper;

	umask(0777);
	ck_assert_int_eq(ctr__helper_open_in_memory(0), -EACCES);
	helper = ctr__helper_open(100);
	ck_assert_int_ge(helper, 100);
	ck_assert_int_eq(fcntl(helper, F_GETFD), FD_CLOEXEC);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", helper);
	ck_assert_int_eq(open(path, O_WRONLY | O_CLOEXEC), -1);
	ck_assert_int_eq(errno, EROFS);
	ck_assert_int_eq(fchmod(helper, 0777), -1);
	ck_assert_int_eq(errno, EROFS);
	ck_assert_int_eq(sys_open_tree(helper, "", AT_EMPTY_PATH | OPEN_TREE_CLONE), -EINVAL);
	close(helper);
}

START_TEST(test_helper__of_a_tmpfs_can_not_be_written)
{
	without_memory_files(look_at_tmpfs_helper);
}
END_TEST

static void run_by_helper(uint32_t id)
{
	ctr_spec *spec = suite_spec(NULL, "sh", "-c", "exit 7", NULL);

	check(ctr_spec_set_child(spec, CTR_CHILD_HELPER, err));
	check(ctr_process_set_user(ctr_spec_get_process(spec), id, id, err));
	ck_assert_int_eq(suite_run_spec(spec, NULL), 7);
}

static void spawn_from_tmpfs(void)
{
	run_by_helper(0);
	run_by_helper(1000);
	launch_as_capable_user();
}

START_TEST(test_helper__of_a_tmpfs_is_executed)
{
	without_memory_files(spawn_from_tmpfs);
}
END_TEST

static void spawn_as_user(void)
{
	ctr_spec *spec = suite_spec(NULL, "true", NULL);

	ck_assert_int_eq(setgid(65534), 0);
	ck_assert_int_eq(setuid(65534), 0);
	ck_assert_int_eq(ctr__helper_open(0), -EACCES);
	check(ctr_spec_set_child(spec, CTR_CHILD_HELPER, err));
	ck_assert_ptr_null(ctr_spawn(spec, err));
	suite_expect_error(err, CTR_E_UNSUPPORTED, "see the sysctl vm.memfd_noexec");
	ctr_spec_free(spec);
}

START_TEST(test_helper__has_no_place_without_privileges)
{
	without_memory_files(spawn_as_user);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("image");
	TCase *tc = suite_case(s, "image");

	tcase_add_checked_fixture(tc, make, drop);
	tcase_add_loop_test(tc, test_image__refers_to_itself_alone, 0, 2);
	tcase_add_test(tc, test_image__names_the_descriptors_of_its_steps);
	tcase_add_test(tc, test_helper__walks_an_image);
	tcase_add_loop_test(tc, test_helper__refuses_what_is_no_image, 0, 4);
	tcase_add_test(tc, test_helper__refuses_a_descriptor_that_is_not_open);
	tcase_add_test(tc, test_helper__can_not_be_written);
	tcase_add_test(tc, test_helper__has_the_callers_capabilities);
	tcase_add_test(tc, test_helper__has_the_capabilities_of_root_in_name);
	tcase_add_test(tc, test_helper__says_that_it_lost_them);
	tcase_add_test(tc, test_helper__is_named_in_the_error);
	tcase_add_test(tc, test_helper__has_no_more_than_the_caller);
	tcase_add_test(tc, test_helper__works_with_a_smaller_bounding_set);
	tcase_add_test(tc, test_helper__does_not_fit_a_limit_on_files);
	tcase_add_test(tc, test_helper__is_not_waited_for_beside_forks);
	tcase_add_test(tc, test_helper__is_heard_where_children_are_not_waited_for);
	tcase_add_test(tc, test_helper__of_a_tmpfs_can_not_be_written);
	tcase_add_test(tc, test_helper__of_a_tmpfs_is_executed);
	tcase_add_test(tc, test_helper__has_no_place_without_privileges);
	return suite_run(s);
}

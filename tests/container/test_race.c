/* SPDX-License-Identifier: MIT */
/* A directory and a link that leads outside change places all the time, during many launches. */
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/suite.h"
#include "support/world.h"

#define LAUNCHES 300
#define SECONDS 5 /* for a twentieth of them to succeed */
#define USER 1000

enum { ESCAPED = 9, LOST = 8, UNGUARDED = 7 };

enum { AS_ROOT, AS_USER, WAYS };

static ctr_error *err;
static int child, way, chosen, silence;

/*
 * What is exchanged, and what the container must have at one of two places: mounts go
 * where their directories go.
 */
static const struct place {
	const char *path; /* in the root file system, or else in the world */
	const char *has;
	int (*fill)(ctr_spec *);
	const char *instead; /* what the link leads to, if not outside; "" for a directory */
} places[];

/* ---- what uses the path ---- */

static int bind_on_it(ctr_spec *spec)
{
	return ctr_spec_add_bind(spec, world_path("data"), "/race/place", 0, err);
}

static int bind_below_it(ctr_spec *spec)
{
	return ctr_spec_add_bind(spec, world_path("data"), "/race/place/sub", 0, err);
}

static int make_below_it(ctr_spec *spec)
{
	return ctr_spec_add_tmpfs(spec, "/race/place/made/here", 65536, 0755, 0, err);
}

static int work_in_it(ctr_spec *spec)
{
	return ctr_process_set_cwd(ctr_spec_get_process(spec), "/race/place", err);
}

static int use_base(ctr_spec *spec)
{
	(void)spec;
	return 0;
}

static int use_terminal(ctr_spec *spec)
{
	return ctr_process_set_tty(ctr_spec_get_process(spec), 1, 24, 80, err);
}

static int mask_in_it(ctr_spec *spec)
{
	return ctr_spec_add_mask(spec, "/etc/passwd", err);
}

static int bind_it(ctr_spec *spec)
{
	return ctr_spec_add_bind(spec, world_path("source"), "/mnt", 0, err);
}

static const struct place places[] = {
	{ "root/race/place", "inside", bind_on_it, NULL },
	{ "root/race/place", "sub/inside", bind_below_it, NULL },
	{ "root/race/place", "sub", make_below_it, NULL },
	{ "root/race/place", "sub", work_in_it, NULL },
	{ "root/race/place", "sub", use_base, NULL }, /* the program is in it */
	{ "root/proc", "self/status", use_base, NULL },
	{ "root/proc", NULL, use_base, "evil" }, /* inside: its parts must be protected there too */
	{ "root/proc", NULL, use_base, "" },
	{ "root/dev", "null", use_base, NULL },
	{ "root/dev/pts", NULL, use_terminal, NULL },
	{ "root/etc", "hostname", mask_in_it, NULL },
	{ "source", NULL, bind_it, NULL },
};

enum { PLACES = sizeof(places) / sizeof(places[0]), PROGRAM = 4, SOURCE = PLACES - 1 };

/*
 * Built-in commands only. $1 and $2 are where what it must have is, at one or the other;
 * what is outside says so in a file, and would be changed by a new one.
 */
static const char script[] =
	"set -- \"$1\" \"$2\" . / /race/place /race/swap /race/place/sub /race/place/made/here \\\n"
	"  /proc /swap /dev /dev/pts /etc /mnt\n"
	"one=$1 other=$2; shift 2\n"
	"for d; do\n"
	"  read -r word <$d/secret && exit 9\n"
	"  echo x >$d/mark\n"
	"done\n"
	"for d in /proc /swap /evil; do echo -n >>$d/sys/kernel/core_pattern && exit 7; done\n"
	"i=0\n"
	"while [ $i -lt 1000 ]; do\n"
	"  [ -z \"$one\" ] && exit 0\n"
	"  [ -e \"$one\" ] && exit 0\n"
	"  [ -e \"$other\" ] && exit 0\n"
	"  i=$((i + 1))\n"
	"done\n"
	"exit 8\n";

/* ---- the outside ---- */

static const char *const witnesses[] = { "outside",    "outside/secret",   "outside/sub",
					 "outside/sh", "outside/hostname", "outside/passwd" };

enum { WITNESSES = sizeof(witnesses) / sizeof(witnesses[0]) };

struct outside {
	struct timespec changed[WITNESSES];
	nlink_t links[WITNESSES];
};

/* A change of names, content, mode or owner shows in the time of the last one. */
static struct outside look_outside(void)
{
	struct outside o;
	struct stat st;

	for (int i = 0; i < WITNESSES; i++) {
		ck_assert_int_eq(lstat(world_path("%s", witnesses[i]), &st), 0);
		o.changed[i] = st.st_ctim;
		o.links[i] = st.st_nlink;
	}
	return o;
}

static void expect_outside(const struct outside *before)
{
	const struct outside now = look_outside();

	for (int i = 0; i < WITNESSES; i++) {
		ck_assert_msg(now.changed[i].tv_sec == before->changed[i].tv_sec &&
				      now.changed[i].tv_nsec == before->changed[i].tv_nsec,
			      "%s was changed", witnesses[i]);
		ck_assert_uint_eq(now.links[i], before->links[i]);
	}
	ck_assert_int_eq(world_count(world_path("outside")), WITNESSES - 1);
	ck_assert_int_eq(world_count(world_path("outside/sub")), 0);
}

static void make(void)
{
	suite_need_root();
	err = ctr_error_new();
	silence = open("/dev/null", O_WRONLY | O_CLOEXEC);
	world_rootfs("root");
	world_mkdir("root/race/place/sub");
	world_mkdir("root/dev/pts");
	world_mkdir("root/evil");
	world_copy("/bin/busybox", world_path("root/race/place/sh"));
	world_write("data/inside", "", 0644);
	world_mkdir("source");
	world_mkdir("outside/sub");
	world_write("outside/secret", "secret\n", 0644);
	world_write("outside/hostname", "host\n", 0644);
	world_write("outside/passwd", "host\n", 0644);
	world_copy(LOAD, world_path("outside/sh")); /* which ends with 2 */
}

static void drop(void)
{
	close(silence);
	ctr_error_free(err);
}

/* ---- the race ---- */

/* The neighbour of the path that is a link at first. */
static const char *swap_of(const char *path)
{
	static char swap[PATH_MAX];

	snprintf(swap, sizeof(swap), "%.*s/swap", (int)(strrchr(path, '/') - path), path);
	return swap;
}

/* Some in a row, and now and then none for as long as a few steps take. */
static _Noreturn void exchange_for_ever(const char *a, const char *b)
{
	for (unsigned i = 1;; i++) {
		syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b, 2 /* RENAME_EXCHANGE */);
		if (i % 7 == 0)
			usleep(i * 37 % 400);
	}
}

static void make_swap(const struct place *p, bool relative)
{
	const char *swap = swap_of(world_path("%s", p->path));
	char to[PATH_MAX + 64];

	snprintf(to, sizeof(to), "%s%s", relative ? "../../../../../../../../../.." : "",
		 world_path("outside"));
	if (p->instead && !*p->instead)
		ck_assert_int_eq(mkdir(swap, 0755), 0);
	else
		ck_assert_int_eq(symlink(p->instead ? p->instead : to, swap), 0);
}

static pid_t start_exchange(const struct place *p)
{
	char path[PATH_MAX];
	pid_t pid;

	snprintf(path, sizeof(path), "%s", world_path("%s", p->path));
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		exchange_for_ever(path, swap_of(path));
	usleep(1000);
	return pid;
}

/* What a container's end must be, or the failure of a launch. */
static bool launch(const ctr_plan *plan, const ctr_spec *spec)
{
	ctr_container *c = plan ? ctr_plan_spawn(plan, err) : ctr_spawn(spec, err);
	int code;

	if (!c) {
		const char *message = ctr_error_message(err);

		ck_assert_msg(strlen(message) > 20 && ctr_error_code(err) != CTR_E_TIMEOUT &&
				      ctr_error_code(err) != CTR_E_KILLED,
			      "%s", message);
		return false;
	}
	ck_assert_msg(ctr_container_wait(c, 20000, err) == 1, "%s", ctr_error_message(err));
	code = ctr_container_exit_code(c);
	ck_assert_msg(ctr_container_exit_signal(c) == 0 && code == 0, "%s (%d)",
		      code == ESCAPED	  ? "the outside was reached"
		      : code == LOST	  ? "what was mounted is nowhere"
		      : code == UNGUARDED ? "settings of the kernel can be written"
					  : "another program was executed",
		      code);
	ctr_container_free(c);
	return true;
}

static ctr_spec *new_spec(void)
{
	const struct place *p = &places[chosen];
	const char *at = p->path + strlen("root");
	char one[2 * PATH_MAX] = "", other[2 * PATH_MAX] = "";
	ctr_spec *spec;

	if (p->has) {
		snprintf(one, sizeof(one), "%s/%s", at, p->has);
		snprintf(other, sizeof(other), "%s/%s", swap_of(at), p->has);
	}
	spec = suite_spec(world_path("root"), chosen == PROGRAM ? "/race/place/sh" : "/bin/sh",
			  "-c", script, "sh", one, other, NULL);
	ck_assert_msg(p->fill(spec) == 0, "%s", ctr_error_message(err));
	for (int fd = 1; fd <= 2 && p->fill != use_terminal; fd++) /* what the shell complains of */
		ck_assert_int_eq(ctr_process_set_fd(ctr_spec_get_process(spec), fd, silence, err),
				 0);
	return spec;
}

static void race(void)
{
	const int launches = suite_rounds(LAUNCHES);
	const struct outside before = look_outside();
	ctr_spec *spec = new_spec();
	ctr_plan *plan = NULL;
	const time_t end = time(NULL) + SECONDS;
	int succeeded = 0;
	pid_t racer;

	ck_assert_int_eq(ctr_spec_set_child(spec, child, err), 0);
	/*
	 * A source is the caller's word, and means what it was when the plan was made. In a
	 * user namespace there is no template, in which it would be bound once for all.
	 */
	if (chosen == SOURCE) {
		ck_assert_int_eq(ctr_spec_set_namespace(spec, CTR_NS_USER, CTR_NS_MODE_NEW, err),
				 0);
		plan = ctr_plan_compile(spec, err);
		ck_assert_msg(plan, "%s", ctr_error_message(err));
	}
	make_swap(&places[chosen], child == CTR_CHILD_HELPER);
	racer = start_exchange(&places[chosen]);
	/* What fails takes no time at all, and the other process its turn: so some must succeed. */
	for (int i = 0; i < launches || (succeeded <= launches / 20 && time(NULL) < end); i++)
		succeeded += launch(plan, spec);
	kill(racer, SIGKILL);
	ck_assert_int_eq(waitpid(racer, NULL, 0), racer);
	expect_outside(&before);
	ck_assert_int_gt(succeeded, 0);
	ctr_plan_free(plan);
	ctr_spec_free(spec);
}

static void race_as_user(void)
{
	/* Who changes ids is not dumpable, and its /proc/self root's: execve(2) makes up for it. */
	if (setgroups(0, NULL) || setresgid(USER, USER, USER) || setresuid(USER, USER, USER) ||
	    prctl(PR_SET_DUMPABLE, 1))
		_exit(98);
	setenv("GCOV_PREFIX", world_path("counts"), 1);
	race();
}

static int give_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return lchown(path, USER, USER);
}

static void make_user_namespace(void)
{
	if (setgroups(0, NULL) || setresgid(USER, USER, USER) || setresuid(USER, USER, USER))
		_exit(98);
	_exit(unshare(CLONE_NEWUSER) ? 1 : 0);
}

static bool users_have_namespaces(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		make_user_namespace();
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status == 0;
}

/* Each launch fails, and says why, or makes a container that knows nothing of the outside. */
START_TEST(test_race__does_not_lead_outside)
{
	suite_need_real_exec(); /* valgrind ends when execve(2) fails after it looked */
	child = _i % 2 ? CTR_CHILD_HELPER : CTR_CHILD_AUTO;
	chosen = _i / 2 % PLACES;
	way = _i / 2 / PLACES;
	if (way == AS_ROOT) {
		suite_in_child(race);
		return;
	}
	if (!users_have_namespaces())
		suite_skip("this kernel lets no ordinary user make a user namespace");
	ck_assert_int_eq(nftw(world_dir, give_entry, 16, FTW_PHYS | FTW_MOUNT), 0);
	suite_in_child(race_as_user);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("race");
	TCase *tc = suite_case(s, "race");

	tcase_add_checked_fixture(tc, make, drop);
	tcase_add_loop_test(tc, test_race__does_not_lead_outside, 0,
			    2 * PLACES * (suite_is_slow() ? 1 : WAYS));
	return suite_run(s);
}

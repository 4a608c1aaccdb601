/* SPDX-License-Identifier: MIT */
#include <linux/landlock.h>
#include <linux/mount.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/sys.h"
#include "plan/step.h"
#include "support/suite.h"
#include "support/world.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define HOSTILE "/a\nb\x1b[2J\\\x7f\r\tc"
#define ESCAPED "/a\\x0ab\\x1b[2J\\x5c\\x7f\\x0d\\x09c"

static char words[][16] = { "sh", "-c", "exit 1", HOSTILE, "\n" };
static char *const argv[] = { words[0], words[1], words[2], NULL };
static char *const hostile_argv[] = { words[3], words[4], NULL };
static const uint32_t groups[] = { 7, 4294967294 };
static const int targets[] = { 0, 1, 9 };

static const char *const more_options[][2] = { { "data", "ordered" }, { "lazytime", NULL } };

/* Of each kind, and of each way that one is worded. */
static const struct {
	struct ctr__step step;
	const char *text;
} samples[] = {
	{ { .kind = CTR__STEP_RESET_SIGNALS }, "set all signals to their default actions" },
	{ { .kind = CTR__STEP_SCHEDULING }, "reset real-time scheduling to the default" },
	{ { .kind = CTR__STEP_DIE_WITH_PARENT }, "die when the parent does" },
	{ { .kind = CTR__STEP_NO_CORE_DUMP }, "dump no core while memory is shared" },
	{ { .kind = CTR__STEP_NEW_SESSION },
	  "start a new session, without a controlling terminal" },
	{ { .kind = CTR__STEP_NEW_SESSION, .name = "for a reason" },
	  "start a new session, without a controlling terminal; for a reason" },
	{ { .kind = CTR__STEP_JOIN_LEAF },
	  "join the group in it that processes of a divided one are in" },
	{ { .kind = CTR__STEP_JOIN_CGROUP, .name = "a control group of its own (pids.max 20)" },
	  "join a control group of its own (pids.max 20)" },
	{ { .kind = CTR__STEP_UNSHARE, .unshare = CLONE_NEWUTS }, "create new namespaces: uts" },
	{ { .kind = CTR__STEP_UNSHARE,
	    .unshare = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET |
		       CLONE_NEWCGROUP | CLONE_NEWUSER | 0x80 },
	  "create new namespaces: mount,pid,uts,ipc,net,cgroup,user,time" },
	{ { .kind = CTR__STEP_SETNS, .setns = { 5, CLONE_NEWNET, "/run/netns/a", false, false } },
	  "join namespaces: net (/run/netns/a)" },
	{ { .kind = CTR__STEP_SETNS, .setns = { 5, CLONE_NEWNET, "/run/netns/a", true, false } },
	  "join namespaces: net (/run/netns/a), by the calling thread" },
	{ { .kind = CTR__STEP_KEEP_TEMPLATE }, "keep the mount namespace as a template" },
	{ { .kind = CTR__STEP_JOIN_TEMPLATE }, "start from a copy of the template's mounts" },
	{ { .kind = CTR__STEP_JOIN_BLANK }, "start from an empty mount namespace" },
	{ { .kind = CTR__STEP_PROPAGATION,
	    .flags = { "/", .propagation = MS_PRIVATE, .recursive = true } },
	  "make mounts from / down private" },
	{ { .kind = CTR__STEP_PROPAGATION, .flags = { "/a", .propagation = MS_SLAVE } },
	  "make mounts at /a slave" },
	{ { .kind = CTR__STEP_PROPAGATION, .flags = { "/a", .propagation = MS_SHARED } },
	  "make mounts at /a shared" },
	{ { .kind = CTR__STEP_PROPAGATION, .flags = { "/a", .propagation = MS_UNBINDABLE } },
	  "make mounts at /a unbindable" },
	{ { .kind = CTR__STEP_TAKE, .bind = { .source = "/", .target = "/host" } },
	  "copy / for a bind on /host" },
	{ { .kind = CTR__STEP_ROOT, .bind = { .source = "/r" } },
	  "take /r as the root file system" },
	{ { .kind = CTR__STEP_ROOT,
	    .bind = { .source = "/r", .attrs = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV } },
	  "take /r as the root file system (ro,nodev)" },
	{ { .kind = CTR__STEP_ROOT,
	    .bind = { .source = "/", .overlay = true, .attrs = MOUNT_ATTR_RDONLY } },
	  "take / as the root file system, by an overlay (ro)" },
	{ { .kind = CTR__STEP_ROOT,
	    .bind = { .source = "/", .note = "a reason", .attrs = MOUNT_ATTR_RDONLY } },
	  "take / as the root file system (ro); FIFOs, and sockets that are not masked, stay "
	  "reachable in it, for a reason" },
	{ { .kind = CTR__STEP_BIND, .bind = { .source = "/a", .target = "/a", .overlay = true } },
	  "show by an overlay /a on /a (bind)" },
	{ { .kind = CTR__STEP_BIND,
	    .hidden_by = "/b",
	    .bind = { .source = "/a", .target = "/b/c" } },
	  "bind /a on /b/c (bind), hidden by what is mounted on /b later" },
	{ { .kind = CTR__STEP_LAYER, .layer = { .path = "/etc" } },
	  "cover /etc with a layer for new mount points" },
	{ { .kind = CTR__STEP_LAYER,
	    .layer = { .path = "/", .instead = "/a/b", .directory = true, .number = 1 } },
	  "make the mount point /a/b (a directory), or, where that is refused, cover / with a layer" },
	{ { .kind = CTR__STEP_SET_FLAGS,
	    .flags = { .target = "/", .set = MOUNT_ATTR_RDONLY, .layer = 1 } },
	  "set the flags of / (ro), if it is that layer" },
	{ { .kind = CTR__STEP_MAKE_TARGET, .target = { "/new", true } },
	  "make the mount point /new (a directory)" },
	{ { .kind = CTR__STEP_MAKE_TARGET, .target = { "/new", false } },
	  "make the mount point /new (a file)" },
	{ { .kind = CTR__STEP_BIND, .bind = { .source = "/a", .target = "/b" } },
	  "bind /a on /b (bind)" },
	{ { .kind = CTR__STEP_BIND,
	    .bind = { .source = "/a",
		      .target = "/b",
		      .attrs = MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NOSYMFOLLOW | MOUNT_ATTR_NOSUID,
		      .recursive = true } },
	  "bind /a on /b (rbind,nosuid,noexec,nosymfollow)" },
	{ { .kind = CTR__STEP_BIND,
	    .bind = { .source = "/a", .given = "descriptor 5", .target = "/b" } },
	  "bind /a (descriptor 5) on /b (bind)" },
	{ { .kind = CTR__STEP_BIND,
	    .bind = { .source = "descriptor 5", .given = "descriptor 5", .target = "/b" } },
	  "bind descriptor 5 on /b (bind)" },
	{ { .kind = CTR__STEP_MOUNT,
	    .mount = { .type = "tmpfs",
		       .target = "/t",
		       .attrs = MOUNT_ATTR_NODEV,
		       .options = { { "size", "4096" },
				    { "noswap", NULL },
				    { "mode", "0700" } } } },
	  "mount tmpfs on /t (nodev,size=4096,noswap,mode=0700)" },
	{ { .kind = CTR__STEP_MOUNT,
	    .mount = { .type = "ext4",
		       .target = "/t",
		       .source = "/dev/a",
		       .more = more_options,
		       .n_more = 2 } },
	  "mount ext4 of /dev/a on /t (data=ordered,lazytime)" },
	{ { .kind = CTR__STEP_MOUNT,
	    .mount = { .type = "tmpfs", .target = "/t", .options = { { "size", "1" } } } },
	  "mount tmpfs on /t (size=1)" },
	{ { .kind = CTR__STEP_DEV, .path = "/dev" },
	  "mount a minimal /dev on /dev (nosuid,noexec)" },
	{ { .kind = CTR__STEP_FILE, .file = { .target = "/etc/hosts" } },
	  "show a file of its own on /etc/hosts (ro,nosuid,nodev,noexec)" },
	{ { .kind = CTR__STEP_MASK, .path = "/proc/keys" }, "mask /proc/keys" },
	{ { .kind = CTR__STEP_READ_ONLY, .path = "/proc/sys" }, "make /proc/sys read-only" },
	{ { .kind = CTR__STEP_SET_FLAGS, .flags = { "/a", .set = MOUNT_ATTR_RDONLY } },
	  "set the flags of /a (ro)" },
	{ { .kind = CTR__STEP_SET_FLAGS,
	    .flags = { "/a", .set = MOUNT_ATTR_NOEXEC, .clear = MOUNT_ATTR_RDONLY,
		       .recursive = true } },
	  "set the flags of /a (noexec, not ro), with all below" },
	{ { .kind = CTR__STEP_UNCOVER, .path = "/sys/fs/cgroup" },
	  "unmount what is mounted on /sys/fs/cgroup" },
	{ { .kind = CTR__STEP_UNMOUNT, .path = "/a" }, "unmount /a" },
	{ { .kind = CTR__STEP_PIVOT_ROOT }, "make it the root and let go of the old one" },
	{ { .kind = CTR__STEP_CHROOT, .path = "/r" }, "change the root directory to /r" },
	{ { .kind = CTR__STEP_HOSTNAME, .name = "box" }, "set the host name to box" },
	{ { .kind = CTR__STEP_DOMAINNAME, .name = "dom" }, "set the domain name to dom" },
	{ { .kind = CTR__STEP_LOOPBACK }, "bring up the loopback interface" },
	{ { .kind = CTR__STEP_TERMINAL }, "open a terminal from /dev/pts as descriptors 0 1 2" },
	{ { .kind = CTR__STEP_CHDIR, .path = "/tmp" }, "go to working directory /tmp" },
	{ { .kind = CTR__STEP_PRIORITY, .priority = -5 }, "set the nice value to -5" },
	{ { .kind = CTR__STEP_FDS, .fds = { .targets = targets, .n = 3 } },
	  "place descriptors 0 1 9" },
	{ { .kind = CTR__STEP_GATE, .gate = { .fds = { .targets = targets, .n = 3 } } },
	  "wait to be taken from the pool, and place descriptors 0 1 9" },
	{ { .kind = CTR__STEP_FDS }, "place descriptors none" },
	{ { .kind = CTR__STEP_RLIMIT, .rlimit = { RLIMIT_CORE, .inherited = true } },
	  "set resource limit core back to the caller's" },
	{ { .kind = CTR__STEP_RLIMIT, .rlimit = { RLIMIT_RTTIME, .limit = { 1, UINT64_MAX } } },
	  "set resource limit rttime to 1:unlimited" },
	{ { .kind = CTR__STEP_RLIMIT, .rlimit = { RLIMIT_CPU, .limit = { 0, UINT64_MAX - 1 } } },
	  "set resource limit cpu to 0:18446744073709551614" },
	{ { .kind = CTR__STEP_MAP_IDS, .map = { .uids = "0 1000 1", .gids = "0 100 1" } },
	  "map user ids (0 1000 1) and group ids (0 100 1)" },
	{ { .kind = CTR__STEP_IDS, .ids = { .keep_groups = true } },
	  "become uid 0 gid 0, supplementary groups: the caller's" },
	{ { .kind = CTR__STEP_IDS, .ids = { 4294967294, 100, false, groups, 2 } },
	  "become uid 4294967294 gid 100, supplementary groups: 7 4294967294" },
	{ { .kind = CTR__STEP_IDS }, "become uid 0 gid 0, supplementary groups: none" },
	{ { .kind = CTR__STEP_NO_NEW_PRIVS }, "never gain privileges (no_new_privs)" },
	{ { .kind = CTR__STEP_UMASK, .umask = 022 }, "set the umask to 0022" },
	{ { .kind = CTR__STEP_SIGNAL_MASK, .signal_mask = UINT64_MAX },
	  "set the signal mask to 0xffffffffffffffff" },
	{ { .kind = CTR__STEP_KEYRING }, "begin a session keyring of its own" },
	{ { .kind = CTR__STEP_KEYRING, .name = "a word" },
	  "begin a session keyring of its own; a word" },
	{ { .kind = CTR__STEP_CAP_BOUND, .caps = { .names = "CHOWN" } },
	  "limit what can be gained by executing to capabilities: CHOWN" },
	{ { .kind = CTR__STEP_CAPS, .caps = { .names = "none" } }, "keep capabilities: none" },
	{ { .kind = CTR__STEP_SECUREBITS, .securebits = 0 }, "set securebits none" },
	{ { .kind = CTR__STEP_SECUREBITS, .securebits = 0xef },
	  "set securebits noroot,noroot_locked,no_setuid_fixup,no_setuid_fixup_locked,"
	  "keep_caps_locked,no_cap_ambient_raise,no_cap_ambient_raise_locked" },
	{ { .kind = CTR__STEP_LSM, .lsm = { .label = "minictr-default" } },
	  "put what is executed under the label minictr-default" },
	{ { .kind = CTR__STEP_LANDLOCK_RULE,
	    .landlock = { .path = "/usr",
			  .rights = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |
				    LANDLOCK_ACCESS_FS_EXECUTE } },
	  "allow by landlock, below /usr: read,execute" },
	{ { .kind = CTR__STEP_LANDLOCK_RULE,
	    .landlock = { .path = "/tmp", .rights = LANDLOCK_ACCESS_FS_WRITE_FILE } },
	  "allow by landlock, below /tmp: write" },
	{ { .kind = CTR__STEP_LANDLOCK }, "refuse all other access to files by landlock" },
	{ { .kind = CTR__STEP_LANDLOCK, .landlock = { .scoped = 3 } },
	  "refuse all other access to files by landlock, and signals and abstract sockets to "
	  "outside" },
	{ { .kind = CTR__STEP_SECCOMP, .filter = { 0 } }, "filter system calls" },
	{ { .kind = CTR__STEP_SECCOMP, .filter = { .origin = "/p q.json", .listener = true } },
	  "filter system calls by /p q.json, and hand its listener to the caller" },
	{ { .kind = CTR__STEP_CAPS }, "keep capabilities" },
	{ { .kind = CTR__STEP_AWAIT_IDS,
	    .map = { .uids = "0 1000 1, 1 100000 5", .gids = "0 7 1" } },
	  "wait until the caller has mapped user ids (0 1000 1, 1 100000 5) and group ids (0 7 1)" },
	{ { .kind = CTR__STEP_STOP, .name = "run hooks" }, "wait until the caller has run hooks" },
	{ { .kind = CTR__STEP_SUCCESSOR },
	  "go on in a new process, which is in that PID namespace" },
	{ { .kind = CTR__STEP_NO_USER_NS }, "allow no user namespaces inside" },
	{ { .kind = CTR__STEP_BIND, .bind = { .source = "/a", .target = "/b", .idmap = true } },
	  "bind /a on /b (bind,idmap)" },
	{ { .kind = CTR__STEP_ROOT, .bind = { .source = "/a", .idmap = true } },
	  "take /a as the root file system (idmap)" },
	{ { .kind = CTR__STEP_TRY, .try = { .what = "make a child" } }, "make a child" },
	{ { .kind = CTR__STEP_LOOK, .path = "/bin/sh" },
	  "look at /bin/sh once more, through no link of the kernel's" },
	{ { .kind = CTR__STEP_VERIFY },
	  "verify ids, capabilities, no_new_privs, the root and the working directory" },
	{ { .kind = CTR__STEP_CLOSE }, "close all other descriptors" },
	{ { .kind = CTR__STEP_INIT }, "become the init, and start the program from it" },
	{ { .kind = CTR__STEP_EXEC, .exec = { .path = "/bin/sh", .argv = argv } },
	  "execute /bin/sh as: sh -c exit 1" },
	{ { .kind = CTR__STEP_TRY, .try = { .what = "send a signal through a pidfd" } },
	  "send a signal through a pidfd" },
};

START_TEST(test_step_describe__says_it_in_one_line)
{
	char text[256];

	ck_assert_uint_eq(ctr__step_describe(&samples[_i].step, text, sizeof(text)),
			  strlen(samples[_i].text));
	ck_assert_str_eq(text, samples[_i].text);
	ck_assert_uint_eq(ctr__step_describe_line(&samples[_i].step, text, sizeof(text)),
			  strlen(samples[_i].text));
	ck_assert_str_eq(text, samples[_i].text);
}
END_TEST

/* What a kind adds to its text, "NULL" and "add_name" the same for all that have them. */
static const char *const details[] = {
#define STEP(kind, executor, put, object, hint, calls, text, detail, rest) #detail,
#include "plan/steps.def"
};

static bool is_common(int kind)
{
	return strcmp(details[kind], "NULL") == 0 || strcmp(details[kind], "add_name") == 0;
}

/* A kind comes with its text, but nobody may have read what is added to that. */
START_TEST(test_step_describe__every_detail_has_a_sample)
{
	int found = 0;

	for (int i = 0; i < COUNT(samples); i++)
		found += samples[i].step.kind == (enum ctr__step_kind)_i;
	ck_assert_msg(found > 0 || is_common(_i), "%s", details[_i]);
}
END_TEST

START_TEST(test_step_describe__is_cut_to_the_room)
{
	char text[300];
	size_t whole = strlen(samples[_i].text);

	for (size_t size = 0; size <= whole + 1; size++) {
		memset(text, '#', sizeof(text));
		ck_assert_uint_eq(ctr__step_describe_line(&samples[_i].step, text, size), whole);
		ck_assert_int_eq(text[size], '#');
		if (size)
			ck_assert_uint_eq(strlen(text), size - 1);
	}
}
END_TEST

static const struct {
	struct ctr__step step;
	const char *text;
} hostile[] = {
	{ { .kind = CTR__STEP_SETNS, .setns = { 5, CLONE_NEWNET, HOSTILE, false, false } },
	  "join namespaces: net (" ESCAPED ")" },
	{ { .kind = CTR__STEP_PROPAGATION, .flags = { HOSTILE, .propagation = MS_PRIVATE } },
	  "make mounts at " ESCAPED " private" },
	{ { .kind = CTR__STEP_ROOT, .bind = { .source = HOSTILE } },
	  "take " ESCAPED " as the root file system" },
	{ { .kind = CTR__STEP_LAYER, .layer = { .path = HOSTILE } },
	  "cover " ESCAPED " with a layer for new mount points" },
	{ { .kind = CTR__STEP_MAKE_TARGET, .target = { HOSTILE, true } },
	  "make the mount point " ESCAPED " (a directory)" },
	{ { .kind = CTR__STEP_BIND, .bind = { .source = HOSTILE, .target = HOSTILE } },
	  "bind " ESCAPED " on " ESCAPED " (bind)" },
	{ { .kind = CTR__STEP_MOUNT, .mount = { .type = "proc", .target = HOSTILE } },
	  "mount proc on " ESCAPED " ()" },
	{ { .kind = CTR__STEP_DEV, .path = HOSTILE },
	  "mount a minimal /dev on " ESCAPED " (nosuid,noexec)" },
	{ { .kind = CTR__STEP_FILE, .file = { .target = HOSTILE } },
	  "show a file of its own on " ESCAPED " (ro,nosuid,nodev,noexec)" },
	{ { .kind = CTR__STEP_MASK, .path = HOSTILE }, "mask " ESCAPED },
	{ { .kind = CTR__STEP_READ_ONLY, .path = HOSTILE }, "make " ESCAPED " read-only" },
	{ { .kind = CTR__STEP_SET_FLAGS, .flags = { HOSTILE, .set = MOUNT_ATTR_RDONLY } },
	  "set the flags of " ESCAPED " (ro)" },
	{ { .kind = CTR__STEP_UNMOUNT, .path = HOSTILE }, "unmount " ESCAPED },
	{ { .kind = CTR__STEP_CHROOT, .path = HOSTILE }, "change the root directory to " ESCAPED },
	{ { .kind = CTR__STEP_HOSTNAME, .name = HOSTILE }, "set the host name to " ESCAPED },
	{ { .kind = CTR__STEP_DOMAINNAME, .name = HOSTILE }, "set the domain name to " ESCAPED },
	{ { .kind = CTR__STEP_LANDLOCK_RULE,
	    .landlock = { .path = HOSTILE, .rights = LANDLOCK_ACCESS_FS_EXECUTE } },
	  "allow by landlock, below " ESCAPED ": execute" },
	{ { .kind = CTR__STEP_LSM, .lsm = { .label = HOSTILE } },
	  "put what is executed under the label " ESCAPED },
	{ { .kind = CTR__STEP_CHDIR, .path = HOSTILE }, "go to working directory " ESCAPED },
	{ { .kind = CTR__STEP_EXEC, .exec = { .path = HOSTILE, .argv = hostile_argv } },
	  "execute " ESCAPED " as: " ESCAPED " \\x0a" },
};

START_TEST(test_step_describe_line__escapes_what_comes_from_outside)
{
	char text[512];

	ck_assert_uint_eq(ctr__step_describe_line(&hostile[_i].step, text, sizeof(text)),
			  strlen(hostile[_i].text));
	ck_assert_str_eq(text, hostile[_i].text);
}
END_TEST

/* An error's message escapes it: twice would be once too often. */
START_TEST(test_step_describe__leaves_it_to_the_error)
{
	char text[512];

	ctr__step_describe(&hostile[_i].step, text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text, HOSTILE));
}
END_TEST

static ctr_plan *compile(ctr_spec *spec)
{
	ctr_error *err = ctr_error_new();
	ctr_plan *plan = ctr_plan_compile(spec, err);

	ck_assert_msg(plan, "%s", ctr_error_message(err));
	ctr_error_free(err);
	ctr_spec_free(spec);
	return plan;
}

/* What its members would be read as is not known: none of them is looked at. */
START_TEST(test_step_describe__reads_nothing_of_an_unknown_kind)
{
	static const int kinds[] = { CTR__STEP_COUNT, CTR__STEP_COUNT + 1, 1000000, -1 };
	struct ctr__step step = { .path = (const char *)1 };
	char text[128];

	step.kind = (enum ctr__step_kind)kinds[_i];
	ctr__step_describe(&step, text, sizeof(text));
	ck_assert_msg(strncmp(text, "do a step of unknown kind ", 26) == 0, "%s", text);
	ctr__step_describe_line(&step, text, sizeof(text));
}
END_TEST

START_TEST(test_plan_describe__has_no_control_characters)
{
	const char *root = world_rootfs("ro\not");
	ctr_spec *spec = suite_spec(root, "sh", "-c", "a\nb\x1b[2J", NULL);
	ctr_plan *plan;
	char line[PATH_MAX];

	ck_assert_int_eq(ctr_spec_add_bind(spec, "/etc", "/mnt/\n\x7f", 0, NULL), 0);
	plan = compile(spec);
	for (size_t i = 0; i < ctr_plan_count(plan); i++) {
		size_t n = ctr_plan_describe(plan, i, line, sizeof(line));

		ck_assert_uint_eq(n, strlen(line));
		for (const char *p = line; *p; p++)
			ck_assert_msg((unsigned char)*p >= 0x20 && *p != 0x7f, "%s", line);
	}
	ctr_plan_free(plan);
}
END_TEST

START_TEST(test_plan_describe__cuts_a_long_line_and_tells_its_length)
{
	char *argument = calloc(1, 100001), line[64];
	ctr_plan *plan;
	size_t last;

	memset(argument, 'x', 100000);
	plan = compile(suite_spec(NULL, "true", argument, NULL));
	last = ctr_plan_count(plan) - 1;
	ck_assert_uint_gt(ctr_plan_describe(plan, last, line, sizeof(line)), 100000);
	ck_assert_uint_eq(strlen(line), sizeof(line) - 1);
	ctr_plan_free(plan);
	free(argument);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("describe");
	TCase *tc = suite_case(s, "describe");

	tcase_add_loop_test(tc, test_step_describe__says_it_in_one_line, 0, COUNT(samples));
	tcase_add_loop_test(tc, test_step_describe__every_detail_has_a_sample, 0, CTR__STEP_COUNT);
	tcase_add_loop_test(tc, test_step_describe__is_cut_to_the_room, 0, COUNT(samples));
	tcase_add_loop_test(tc, test_step_describe_line__escapes_what_comes_from_outside, 0,
			    COUNT(hostile));
	tcase_add_loop_test(tc, test_step_describe__leaves_it_to_the_error, 0, COUNT(hostile));
	tcase_add_loop_test(tc, test_step_describe__reads_nothing_of_an_unknown_kind, 0, 4);
	tcase_add_test(tc, test_plan_describe__has_no_control_characters);
	tcase_add_test(tc, test_plan_describe__cuts_a_long_line_and_tells_its_length);
	return suite_run(s);
}

/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sys.h"
#include "primitives/effect.h"
#include "support/suite.h"
#include "support/world.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* The first can't be gone back from; the last one's file is empty until there is a child. */
static const struct kind {
	uint32_t bit;
	const char *name, *file, *words;
} kinds[] = {
	{ CTR_NS_USER, "user", "user", "a user namespace" },
	{ CTR_NS_TIME, "time", "time_for_children", "a time namespace" },
	{ CTR_NS_MOUNT, "mount", "mnt", "a mount namespace" },
	{ CTR_NS_UTS, "uts", "uts", "a UTS namespace" },
	{ CTR_NS_IPC, "ipc", "ipc", "an IPC namespace" },
	{ CTR_NS_NET, "net", "net", "a network namespace" },
	{ CTR_NS_CGROUP, "cgroup", "cgroup", "a cgroup namespace" },
	{ CTR_NS_PID, "pid", "pid_for_children", "a PID namespace" },
};

static int open_namespace(const char *file)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/thread-self/ns/%s", file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_msg(fd >= 0, "%s: %s", path, strerror(errno));
	return fd;
}

/* ---- ctr_unshare() ---- */

TEST_IN_CHILD(test_unshare__makes_a_new_one)
{
	const char *before = effect_namespace(kinds[at].file);

	effect_done(ctr_unshare(kinds[at].bit, err));
	ck_assert_str_ne(effect_namespace(kinds[at].file), before);
}

TEST_IN_CHILD(test_unshare__keeps_the_others)
{
	char *before[COUNT(kinds)];

	for (int i = 0; i < COUNT(kinds); i++)
		before[i] = strdup(effect_namespace(kinds[i].file));
	effect_done(ctr_unshare(kinds[at].bit, err));
	for (int i = 0; i < COUNT(kinds); i++) {
		if (i != at)
			ck_assert_str_eq(effect_namespace(kinds[i].file), before[i]);
		free(before[i]);
	}
}

TEST_IN_CHILD(test_unshare__takes_many_at_once)
{
	const char *uts = effect_namespace("uts"), *net = effect_namespace("net");

	effect_done(ctr_unshare(CTR_NS_UTS | CTR_NS_NET, err));
	ck_assert_str_ne(effect_namespace("uts"), uts);
	ck_assert_str_ne(effect_namespace("net"), net);
}

TEST_IN_CHILD(test_unshare__pid_is_for_children)
{
	const char *before = effect_namespace("pid");
	pid_t child;
	int status;

	effect_done(ctr_unshare(CTR_NS_PID, err));
	ck_assert_str_eq(effect_namespace("pid"), before);
	child = fork();
	if (child == 0)
		_exit(getpid());
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(WEXITSTATUS(status), 1);
}

TEST_IN_CHILD(test_unshare__refuses_bad_bits)
{
	static const uint32_t bits[] = { 0, 1u << 8, 1u << 31, CTR_NS_UTS | 1u << 8, UINT32_MAX };

	effect_note();
	effect_refused(ctr_unshare(bits[at], err), CTR_E_INVALID, 0, "namespaces");
}

TEST_IN_CHILD(test_unshare__needs_privileges)
{
	effect_drop_privileges();
	effect_note();
	effect_refused(ctr_unshare(kinds[at].bit, err), CTR_E_SYSTEM, EPERM,
		       "create new namespaces: ");
	ck_assert_ptr_nonnull(strstr(ctr_error_step(err), kinds[at].name));
}

static void *unshare_in_thread(void *name)
{
	const char *before = effect_namespace("uts");

	effect_done(ctr_unshare(CTR_NS_UTS, err));
	ck_assert_str_ne(effect_namespace("uts"), before);
	effect_done(ctr_set_hostname("elsewhere", err));
	return name;
}

TEST_IN_CHILD(test_unshare__is_for_the_calling_thread)
{
	const char *before = effect_namespace("uts");
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, unshare_in_thread, NULL), 0);
	pthread_join(thread, NULL);
	ck_assert_str_eq(effect_namespace("uts"), before);
}

/* ---- ctr_setns() ---- */

TEST_IN_CHILD(test_setns__joins_by_file)
{
	int fd = open_namespace(kinds[at].file);
	const char *before = effect_namespace(kinds[at].file);

	effect_done(ctr_unshare(kinds[at].bit, err));
	effect_done(ctr_setns(fd, kinds[at].bit, err));
	ck_assert_str_eq(effect_namespace(kinds[at].file), before);
	close(fd);
}

TEST_IN_CHILD(test_setns__leaves_the_descriptor_to_the_caller)
{
	int fd = open_namespace("uts");

	effect_done(ctr_setns(fd, CTR_NS_UTS, err));
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	close(fd);
}

/* A process with UTS and IPC namespaces of its own; it ends with its parent's end of the pipe. */
static pid_t start_other(int *pidfd, int *pipe_end)
{
	int ready[2], go_on[2];
	char byte;
	pid_t pid;

	ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(go_on, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		close(go_on[1]);
		effect_done(ctr_unshare(CTR_NS_UTS | CTR_NS_IPC, err));
		effect_done(ctr_set_hostname("other", err));
		(void)!write(ready[1], "x", 1);
		_exit(read(go_on[0], &byte, 1) == 0 ? 0 : 1);
	}
	close(ready[1]);
	close(go_on[0]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	*pidfd = sys_pidfd_open(pid, 0);
	ck_assert_int_ge(*pidfd, 0);
	*pipe_end = go_on[1];
	return pid;
}

static void end_other(pid_t pid, int pipe_end)
{
	int status;

	close(pipe_end);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

TEST_IN_CHILD(test_setns__joins_by_process)
{
	const char *ipc = effect_namespace("ipc"), *net = effect_namespace("net");
	char name[65];
	int pidfd, pipe_end;
	pid_t pid = start_other(&pidfd, &pipe_end);

	effect_done(ctr_setns(pidfd, CTR_NS_UTS | CTR_NS_NET, err));
	ck_assert_int_eq(gethostname(name, sizeof(name)), 0);
	ck_assert_str_eq(name, "other");
	ck_assert_str_eq(effect_namespace("ipc"), ipc); /* not asked for */
	ck_assert_str_eq(effect_namespace("net"), net); /* the same in both */
	close(pidfd);
	end_other(pid, pipe_end);
}

TEST_IN_CHILD(test_setns__refuses_a_process_that_has_ended)
{
	int pidfd, pipe_end;
	pid_t pid = start_other(&pidfd, &pipe_end);

	end_other(pid, pipe_end);
	effect_note();
	effect_refused(ctr_setns(pidfd, CTR_NS_UTS, err), CTR_E_SYSTEM, ESRCH,
		       "join namespaces: uts");
	close(pidfd);
}

TEST_IN_CHILD(test_setns__refuses_another_kind)
{
	const struct kind *asked = &kinds[at], *got = &kinds[(at + 1) % COUNT(kinds)];
	int fd = open_namespace(got->file);
	char object[32];

	snprintf(object, sizeof(object), "descriptor %d", fd);
	effect_note();
	effect_refused(ctr_setns(fd, asked->bit, err), CTR_E_INVALID, 0, "expected the file of");
	ck_assert_str_eq(ctr_error_object(err), object);
	ck_assert_ptr_nonnull(strstr(ctr_error_hint(err), strchr(asked->words, ' ')));
	close(fd);
}

TEST_IN_CHILD(test_setns__refuses_two_kinds_of_one_file)
{
	int fd = open_namespace("uts");

	effect_note();
	effect_refused(ctr_setns(fd, CTR_NS_UTS | CTR_NS_IPC, err), CTR_E_INVALID, 0,
		       "a single namespace");
	close(fd);
}

TEST_IN_CHILD(test_setns__refuses_bad_bits)
{
	static const uint32_t bits[] = { 0, 1u << 8, CTR_NS_UTS | 1u << 31 };
	int fd = open_namespace("uts");

	effect_note();
	effect_refused(ctr_setns(fd, bits[at], err), CTR_E_INVALID, 0, "namespaces");
	close(fd);
}

TEST_IN_CHILD(test_setns__refuses_what_is_not_open)
{
	static const int fds[] = { -1, 987654 };

	effect_note();
	effect_refused(ctr_setns(fds[at], CTR_NS_UTS, err), CTR_E_SYSTEM, EBADF,
		       at ? "join namespaces: uts (descriptor 987654)" : "(descriptor -1)");
}

TEST_IN_CHILD(test_setns__refuses_an_ordinary_file)
{
	static const char *const paths[] = { "/dev/null", "/proc/self/status", "/" };
	int fd = open(paths[at], O_RDONLY | O_CLOEXEC);

	effect_note();
	effect_refused(ctr_setns(fd, CTR_NS_UTS, err), CTR_E_SYSTEM, EINVAL,
		       "join namespaces: uts");
	close(fd);
}

TEST_IN_CHILD(test_setns__needs_privileges)
{
	int fd = open_namespace("uts");

	effect_drop_privileges();
	effect_note();
	effect_refused(ctr_setns(fd, CTR_NS_UTS, err), CTR_E_SYSTEM, EPERM, "join namespaces: uts");
	close(fd);
}

/* ---- names ---- */

/* Host (0) and domain name (1) are set alike. */
static int set_name(const char *name)
{
	return at ? ctr_set_domainname(name, err) : ctr_set_hostname(name, err);
}

static const char *get_name(void)
{
	static char name[80];

	ck_assert_int_eq(at ? getdomainname(name, sizeof(name)) : gethostname(name, sizeof(name)),
			 0);
	return name;
}

TEST_IN_CHILD(test_set_name__sets_it)
{
	effect_done(ctr_unshare(CTR_NS_UTS, err));
	effect_done(set_name("box-1.example_x"));
	ck_assert_str_eq(get_name(), "box-1.example_x");
}

TEST_IN_CHILD(test_set_name__leaves_the_other_name)
{
	char before[80];

	effect_done(ctr_unshare(CTR_NS_UTS, err));
	snprintf(before, sizeof(before), "%s", get_name());
	at = !at;
	effect_done(set_name("box"));
	at = !at;
	ck_assert_str_eq(get_name(), before);
}

TEST_IN_CHILD(test_set_name__takes_64_bytes)
{
	char name[65] = { 0 };

	memset(name, 'n', 64);
	effect_done(ctr_unshare(CTR_NS_UTS, err));
	effect_done(set_name(name));
	ck_assert_str_eq(get_name(), name);
}

TEST_IN_CHILD(test_set_name__refuses_65_bytes)
{
	char name[66] = { 0 };

	memset(name, 'n', 65);
	effect_note();
	effect_refused(set_name(name), CTR_E_INVALID, 0, at ? "domain name" : "host name");
}

static const char *const bad_names[] = { NULL, "", "a b", "a/b", "a\n", "\xc3\xa9", "\x1b[31m" };

TEST_IN_CHILD(test_set_name__refuses_other_bytes)
{
	const char *name = bad_names[at / 2];

	at %= 2;
	effect_note();
	effect_refused(set_name(name), CTR_E_INVALID, 0, at ? "domain name" : "host name");
	ck_assert_str_eq(ctr_error_object(err), name ? name : "NULL");
}

TEST_IN_CHILD(test_set_name__needs_privileges)
{
	effect_drop_privileges();
	effect_note();
	effect_refused(set_name("box"), CTR_E_SYSTEM, EPERM,
		       at ? "set the domain name to box" : "set the host name to box");
	ck_assert_str_eq(ctr_error_object(err), "box");
}

/* ---- ctr_loopback_up() ---- */

static bool loopback_is_up(void)
{
	struct ifreq request = { .ifr_name = "lo" };
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(ioctl(sock, SIOCGIFFLAGS, &request), 0);
	close(sock);
	return request.ifr_flags & IFF_UP;
}

TEST_IN_CHILD(test_loopback_up__brings_it_up)
{
	effect_done(ctr_unshare(CTR_NS_NET, err));
	ck_assert(!loopback_is_up());
	effect_done(ctr_loopback_up(err));
	ck_assert(loopback_is_up());
}

TEST_IN_CHILD(test_loopback_up__can_be_used)
{
	struct sockaddr_in self = { .sin_family = AF_INET,
				    .sin_port = htons(7),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	close(sock);
	effect_done(ctr_unshare(CTR_NS_NET, err));
	effect_done(ctr_loopback_up(err));
	effect_done(ctr_loopback_up(err)); /* that it is up already is fine */
	sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(sock, (struct sockaddr *)&self, sizeof(self)), 0);
	ck_assert_int_eq(sendto(sock, "x", 1, 0, (struct sockaddr *)&self, sizeof(self)), 1);
	close(sock);
}

TEST_IN_CHILD(test_loopback_up__needs_privileges)
{
	effect_done(ctr_unshare(CTR_NS_NET, err));
	effect_drop_privileges();
	effect_note();
	effect_refused(ctr_loopback_up(err), CTR_E_SYSTEM, EPERM, "bring up the loopback");
	ck_assert(!loopback_is_up());
}

TEST_IN_CHILD(test_namespace__takes_a_null_error)
{
	ck_assert_int_eq(ctr_unshare(0, NULL), -1);
	ck_assert_int_eq(ctr_setns(-1, CTR_NS_UTS, NULL), -1);
	ck_assert_int_eq(ctr_set_hostname("", NULL), -1);
	ck_assert_int_eq(ctr_set_domainname("", NULL), -1);
}

static void add_name_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_set_name__sets_it, 0, 2);
	tcase_add_loop_test(tc, test_set_name__leaves_the_other_name, 0, 2);
	tcase_add_loop_test(tc, test_set_name__takes_64_bytes, 0, 2);
	tcase_add_loop_test(tc, test_set_name__refuses_65_bytes, 0, 2);
	tcase_add_loop_test(tc, test_set_name__refuses_other_bytes, 0, 2 * COUNT(bad_names));
	tcase_add_loop_test(tc, test_set_name__needs_privileges, 0, 2);
	tcase_add_test(tc, test_loopback_up__brings_it_up);
	tcase_add_test(tc, test_loopback_up__can_be_used);
	tcase_add_test(tc, test_loopback_up__needs_privileges);
	tcase_add_test(tc, test_namespace__takes_a_null_error);
}

int main(void)
{
	Suite *s = suite_create("namespace");
	TCase *tc = suite_case(s, "namespace");

	tcase_add_checked_fixture(tc, effect_begin, effect_end);
	tcase_add_loop_test(tc, test_unshare__makes_a_new_one, 0, COUNT(kinds) - 1);
	tcase_add_loop_test(tc, test_unshare__keeps_the_others, 0, COUNT(kinds));
	tcase_add_test(tc, test_unshare__takes_many_at_once);
	tcase_add_test(tc, test_unshare__pid_is_for_children);
	tcase_add_loop_test(tc, test_unshare__refuses_bad_bits, 0, 5);
	tcase_add_loop_test(tc, test_unshare__needs_privileges, 1, COUNT(kinds));
	tcase_add_test(tc, test_unshare__is_for_the_calling_thread);
	tcase_add_loop_test(tc, test_setns__joins_by_file, 1, COUNT(kinds));
	tcase_add_test(tc, test_setns__leaves_the_descriptor_to_the_caller);
	tcase_add_test(tc, test_setns__joins_by_process);
	tcase_add_test(tc, test_setns__refuses_a_process_that_has_ended);
	tcase_add_loop_test(tc, test_setns__refuses_another_kind, 0, COUNT(kinds));
	tcase_add_test(tc, test_setns__refuses_two_kinds_of_one_file);
	tcase_add_loop_test(tc, test_setns__refuses_bad_bits, 0, 3);
	tcase_add_loop_test(tc, test_setns__refuses_what_is_not_open, 0, 2);
	tcase_add_loop_test(tc, test_setns__refuses_an_ordinary_file, 0, 3);
	tcase_add_test(tc, test_setns__needs_privileges);
	add_name_tests(tc);
	return suite_run(s);
}

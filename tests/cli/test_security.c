/* SPDX-License-Identifier: MIT */
/* Mounts and the kernel's interfaces: what a container must not reach. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "cli/cli.h"
#include "support/leak.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* A path in the root file system, on the host. */
static const char *in_root(const char *name)
{
	return world_path("root/%s", name);
}

/* ---- mounts ---- */

static void mount_tmpfs(const char *path, unsigned long flags)
{
	ck_assert_int_eq(mount("none", path, "tmpfs", flags, NULL), 0);
}

static void try_read_only_root(void)
{
	mount_tmpfs(in_root("mnt"), 0);
	cli_expect("", CLI_RUN("touch", "/mnt/x", "/x"));
	ck_assert_int_eq(cli_run(CLI_RUN("--read-only", "touch", "/y")), 1);
	ck_assert_ptr_nonnull(strstr(cli_err, "Read-only"));
	ck_assert_int_eq(cli_run(CLI_RUN("--read-only", "touch", "/mnt/y")), 1);
	ck_assert_ptr_nonnull(strstr(cli_err, "Read-only"));
	ck_assert_int_ne(access(in_root("mnt/y"), F_OK), 0);
}

START_TEST(test_read_only__root_has_no_writable_submount)
{
	suite_in_mounts(try_read_only_root);
}
END_TEST

static void try_read_only_volume(void)
{
	mount_tmpfs(world_path("data/sub"), 0);
	cli_expect("", CLI_RUN("-v", world_path("data:/mnt"), "--", "touch", "/mnt/sub/x"));
	ck_assert_int_eq(
		cli_run(CLI_RUN("-v", world_path("data:/mnt:ro"), "--", "touch", "/mnt/sub/y")), 1);
	ck_assert_ptr_nonnull(strstr(cli_err, "Read-only"));
}

START_TEST(test_read_only__volume_has_no_writable_submount)
{
	world_mkdir("data/sub");
	suite_in_mounts(try_read_only_volume);
}
END_TEST

/* The flags of the mount on /mnt and below, one a line, sorted. */
static const char *const flags_of_mnt[] = { "sh", "-c",
					    "awk '$2 ~ \"^/mnt\" { print $4 }' /proc/mounts |"
					    "tr , '\\n' | grep -E '^(no|ro)' | grep -v atime |"
					    "sort | uniq -c | sed 's/^ *//'" };

#define FLAGS_OF_MNT flags_of_mnt[0], flags_of_mnt[1], flags_of_mnt[2]

static void try_weakened_volume(void)
{
	mount_tmpfs(world_path("data"), MS_NOSUID | MS_NODEV | MS_NOEXEC);
	cli_expect("1 nodev\n1 noexec\n1 nosuid\n",
		   CLI_RUN("-v", world_path("data:/mnt:suid,dev,exec,rw"), "--", FLAGS_OF_MNT));
}

START_TEST(test_volume__keeps_the_flags_of_its_source)
{
	world_mkdir("data");
	suite_in_mounts(try_weakened_volume);
}
END_TEST

static void try_volume_flags(void)
{
	mount_tmpfs(world_path("data/sub"), 0);
	cli_expect("2 nodev\n2 nosuid\n",
		   CLI_RUN("-v", world_path("data:/mnt"), "--", FLAGS_OF_MNT));
	cli_expect("2 nodev\n2 noexec\n2 nosuid\n2 ro\n",
		   CLI_RUN("-v", world_path("data:/mnt:ro,noexec"), "--", FLAGS_OF_MNT));
}

START_TEST(test_volume__flags_hold_for_submounts)
{
	world_mkdir("data/sub");
	suite_in_mounts(try_volume_flags);
}
END_TEST

/* A program of its own, for a busybox gives up what it gains. */
static void expect_set_user_id(const char *output, const char *volume, const char *option)
{
	world_copy(LOAD, world_path("data/load"));
	ck_assert_int_eq(chmod(world_path("data/load"), 04755), 0);
	cli_expect(output, CLI_ARGS("run", "--user=1000", "-v", world_path("%s", volume), option,
				    "--", "/tmp/data/load", "uid"));
}

#define NEW_PRIVILEGES "--security-opt=no-new-privileges=false"

START_TEST(test_volume__set_user_id_gains_nothing_without_suid)
{
	expect_set_user_id("1000\n", "data:/tmp/data", NEW_PRIVILEGES);
}
END_TEST

START_TEST(test_volume__set_user_id_gains_nothing_without_new_privileges)
{
	expect_set_user_id("1000\n", "data:/tmp/data:suid", "--rm");
}
END_TEST

START_TEST(test_volume__set_user_id_gains_where_both_are_asked_for)
{
	expect_set_user_id("0\n", "data:/tmp/data:suid", NEW_PRIVILEGES);
}
END_TEST

START_TEST(test_root__device_nodes_do_not_work)
{
	static const char *const places[] = { "/", "/mnt", "/home" };
	char script[128];

	world_mkdir("data");
	snprintf(script, sizeof(script), "mknod %s/zero c 1 5 && head -c 1 %s/zero", places[_i],
		 places[_i]);
	ck_assert_int_ne(cli_run(CLI_RUN("-v", world_path("data:/mnt"), "--tmpfs=/home",
					 "--cap-add=MKNOD", "--", "sh", "-c", script)),
			 0);
	ck_assert_ptr_nonnull(strstr(cli_err, "zero: Permission denied"));
}
END_TEST

START_TEST(test_dev__is_read_only)
{
	ck_assert_int_ne(cli_run(CLI_RUN("mknod", "/dev/disk", "c", "1", "5")), 0);
	ck_assert_ptr_nonnull(strstr(cli_err, "Read-only"));
	ck_assert_int_ne(cli_run(CLI_RUN("chmod", "0", "/dev/null")), 0);
	ck_assert_ptr_nonnull(strstr(cli_err, "Read-only"));
}
END_TEST

/* Changes to a mount of the host's do not come in, nor those of a container out. */
static const char *const owners[] = { "--userns=host", "--userns=auto", "--uidmap=0:100000:65536" };
static int owner;

static void try_shared_propagation(void)
{
	char *before, *after, *difference;

	mount_tmpfs(world_path("shared"), 0);
	ck_assert_int_eq(chmod(world_path("shared"), 0777), 0);
	ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL), 0);
	before = leak_snapshot();
	cli_expect("", CLI_RUN(owners[owner], "-v", world_path("shared:/mnt"),
			       "--cap-add=SYS_ADMIN", "--", "sh", "-c",
			       "mkdir /mnt/x && mount -t tmpfs none /mnt/x && touch /mnt/x/y"));
	cli_expect("", CLI_ARGS("run", owners[owner], "--", "true"));
	after = leak_snapshot();
	difference = leak_difference(before, after);
	ck_assert_str_eq(difference, "");
	ck_assert_int_eq(world_count(world_path("shared/x")), 0);
	free(before);
	free(after);
	free(difference);
}

START_TEST(test_mounts__do_not_propagate_to_a_shared_host)
{
	world_mkdir("shared");
	owner = _i;
	suite_in_mounts(try_shared_propagation);
}
END_TEST

START_TEST(test_mounts__of_the_host_are_gone)
{
	cli_expect("0\n",
		   CLI_RUN("sh", "-c",
			   "awk -v w=\"$1\" 'index($5, w) == 1' /proc/self/mountinfo | wc -l", "sh",
			   world_dir));
	ck_assert_int_ne(cli_run(CLI_RUN("umount", "/")), 0);
}
END_TEST

/* ---- the kernel's interfaces ---- */

static const char *const settings[] = {
	"/proc/sys/kernel/core_pattern",  "/proc/sys/kernel/hostname",
	"/proc/sys/vm/drop_caches",	  "/proc/sys/kernel/modprobe",
	"/proc/irq/default_smp_affinity", "/sys/kernel/profiling",
	"/sys/kernel/mm/ksm/run",	  "/sys/kernel/uevent_helper",
};

/* To open is enough to see, and harmless where it should succeed. */
START_TEST(test_kernel__settings_can_not_be_written)
{
	char *before = strdup(world_read(settings[_i]));

	ck_assert_int_ne(cli_run(CLI_RUN("sh", "-c", ": >\"$1\"", "sh", settings[_i])), 0);
	ck_assert_msg(strstr(cli_err, "Read-only") || strstr(cli_err, "nonexistent"), "%s",
		      cli_err);
	ck_assert_str_eq(world_read(settings[_i]), before);
	free(before);
}
END_TEST

static const char *const read_only[] = { "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
					 "/sys" };

/* Their files differ from kernel to kernel, and all of them are root's to write. */
START_TEST(test_kernel__trees_are_mounted_read_only)
{
	char path[64];

	snprintf(path, sizeof(path), "p=%s", read_only[_i]);
	cli_expect(access(read_only[_i], F_OK) == 0 ? "ro\n" : "\n",
		   CLI_RUN("awk", "-v", path, "$5 == p { o = substr($6, 1, 2) } END { print o }",
			   "/proc/self/mountinfo"));
}
END_TEST

static const char *const secrets[] = {
	"/proc/kcore",	    "/proc/keys",	 "/proc/timer_list",
	"/proc/interrupts", "/proc/sched_debug", "/proc/timer_stats",
	"/proc/acpi",	    "/proc/scsi",	 "/sys/firmware",
};

/* Nothing to be seen, whether this kernel has it or not. */
START_TEST(test_kernel__secrets_are_masked)
{
	cli_expect("0\n",
		   CLI_RUN("sh", "-c",
			   "if [ -d $1 ]; then ls $1; elif [ -e $1 ]; then cat $1; fi | wc -c",
			   "sh", secrets[_i]));
}
END_TEST

START_TEST(test_mask__hides_a_file_and_a_directory)
{
	world_write(world_path("%s/secret/file", cli_root), "secret", 0644);
	cli_expect("root\nfile\n", CLI_RUN("sh", "-c",
					   "cut -d: -f1 /etc/passwd | head -n 1; ls "
					   "/secret"));
	cli_expect("0\n0\n", CLI_RUN("--mask", "/etc/passwd", "--mask", "/secret", "--", "sh", "-c",
				     "wc -c </etc/passwd; ls /secret | wc -l"));
	ck_assert_int_ne(cli_run(CLI_RUN("--mask", "/secret", "--", "sh", "-c",
					 "umount /secret || >/secret/made")),
			 0);
}
END_TEST

START_TEST(test_kernel__processes_of_the_host_are_not_seen)
{
	cli_expect("1 /proc/1\n",
		   CLI_RUN("--init=false", "--", "sh", "-c", "set -- /proc/[0-9]*; echo $# $1"));
	cli_expect("2 /proc/1 /proc/2\n",
		   CLI_RUN("--init", "--", "sh", "-c", "set -- /proc/[0-9]*; echo $# $1 $2"));
}
END_TEST

START_TEST(test_kernel__a_fresh_proc_has_read_only_settings)
{
	static const char *const option[] = { "--mount=type=proc,dst=/mnt",
					      "--mount=type=proc,dst=/made/deep,ro" };

	ck_assert_int_ne(
		cli_run(CLI_RUN(option[_i], "--", "sh", "-c",
				"cd /mnt/sys || cd /made/deep/sys; : >kernel/core_pattern")),
		0);
	ck_assert_ptr_nonnull(strstr(cli_err, "Read-only"));
	cli_expect("0\n", CLI_RUN(option[_i], "--", "sh", "-c",
				  "cd /mnt/sys 2>/dev/null || cd /made/deep/sys; wc -c <../keys"));
}
END_TEST

START_TEST(test_kernel__a_fresh_sysfs_is_read_only)
{
	ck_assert_int_ne(cli_run(CLI_RUN("--mount=type=sysfs,dst=/mnt", "--", "sh", "-c",
					 ": >/mnt/kernel/mm/ksm/run")),
			 0);
	ck_assert_msg(strstr(cli_err, "Read-only") || strstr(cli_err, "nonexistent"), "%s",
		      cli_err);
	cli_expect("0\n", CLI_RUN("--mount=type=sysfs,dst=/mnt", "--", "sh", "-c",
				  "ls /mnt/firmware | wc -l"));
}
END_TEST

/* CVE-2019-5736: process 1 is the container's own program, never a file of the host's. */
START_TEST(test_exe__is_none_of_the_hosts)
{
	cli_expect("/bin/busybox\n", CLI_RUN("--init=false", "--", "readlink", "/proc/1/exe"));
	ck_assert_int_ne(cli_run(CLI_RUN("--init", "--", "readlink", "/proc/1/exe")), 0);
	ck_assert_int_eq(
		cli_run(CLI_RUN("--init", "--cap-add=SYS_PTRACE", "--", "readlink", "/proc/1/exe")),
		0);
	ck_assert_ptr_eq(strstr(cli_out, "/memfd:"), cli_out);
}
END_TEST

/* ---- namespaces of somebody else ---- */

static const struct {
	const char *option, *file;
} joined[] = {
	{ "--network", "net" },
	{ "--ipc", "ipc" },
	{ "--uts", "uts" },
};

/* Somebody who has one of each, until the pipe is closed. */
static pid_t start_owner(int ends[2])
{
	pid_t pid;
	char byte;

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		int r = unshare(CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS);

		close(ends[1]);
		raise(r == 0 ? SIGSTOP : SIGKILL);
		_exit(read(ends[0], &byte, 1) == 0 ? 0 : 1);
	}
	close(ends[0]);
	ck_assert_int_eq(waitpid(pid, NULL, WUNTRACED), pid);
	ck_assert_int_eq(kill(pid, SIGCONT), 0);
	return pid;
}

START_TEST(test_join__is_in_the_namespace_of_the_other_one)
{
	char path[64], value[80], expected[64] = "";
	ssize_t n;
	int ends[2];
	pid_t pid;

	suite_need_root();
	pid = start_owner(ends);
	snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)pid, joined[_i].file);
	snprintf(value, sizeof(value), "ns:%s", path);
	n = readlink(path, expected, sizeof(expected) - 2);
	ck_assert_int_gt(n, 0);
	expected[n] = '\n';
	snprintf(path, sizeof(path), "/proc/self/ns/%s", joined[_i].file);
	cli_expect(expected, CLI_RUN(joined[_i].option, value, "--", "readlink", path));
	close(ends[1]);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}
END_TEST

/* ---- networks ---- */

/* This program is also what looks for a way out, inside: "probe KIND NAME". */
static int connects(int family, const struct sockaddr *address, socklen_t size)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int r = fd < 0 ? -1 : connect(fd, address, size);

	if (fd >= 0)
		close(fd);
	return r == 0;
}

static socklen_t abstract_address(struct sockaddr_un *address, const char *name)
{
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	snprintf(address->sun_path + 1, sizeof(address->sun_path) - 1, "%s", name);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
}

static int probe(const char *kind, const char *name)
{
	const struct sockaddr_in tcp = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)atoi(name)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct sockaddr_un local;
	socklen_t size = abstract_address(&local, name);

	if (strcmp(kind, "tcp") == 0)
		return connects(AF_INET, (const void *)&tcp, sizeof(tcp)) ? 11 : 12;
	return connects(AF_UNIX, (const void *)&local, size) ? 11 : 12;
}

enum { REACHED = 11, NOT_REACHED = 12 };

/* On the host's files, for it needs its libraries. */
static int probe_inside(const char *network, const char *kind, const char *name)
{
	char self[PATH_MAX], volume[PATH_MAX + 64];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	ck_assert_int_gt(n, 0);
	self[n] = '\0';
	snprintf(volume, sizeof(volume), "type=bind,src=%s,dst=/run/probe,ro", self);
	return cli_run(CLI_ARGS("run", "--network", network, "--mount", volume, "--", "/run/probe",
				"probe", kind, name));
}

START_TEST(test_network__abstract_sockets_of_the_host_are_out_of_reach)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un address;
	char name[64];
	socklen_t size;

	snprintf(name, sizeof(name), "minictr-test-%d", getpid());
	size = abstract_address(&address, name);
	ck_assert_int_eq(bind(fd, (const void *)&address, size), 0);
	ck_assert_int_eq(listen(fd, 8), 0);
	ck_assert_int_eq(probe_inside("host", "abstract", name), REACHED);
	ck_assert_int_eq(probe_inside("none", "abstract", name), NOT_REACHED);
	close(fd);
}
END_TEST

START_TEST(test_network__loopback_of_the_host_is_out_of_reach)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t size = sizeof(address);
	char port[16];

	ck_assert_int_eq(bind(fd, (const void *)&address, size), 0);
	ck_assert_int_eq(getsockname(fd, (void *)&address, &size), 0);
	ck_assert_int_eq(listen(fd, 8), 0);
	snprintf(port, sizeof(port), "%d", ntohs(address.sin_port));
	ck_assert_int_eq(probe_inside("host", "tcp", port), REACHED);
	ck_assert_int_eq(probe_inside("none", "tcp", port), NOT_REACHED);
	close(fd);
}
END_TEST

START_TEST(test_network__loopback_of_its_own_is_up)
{
	cli_expect("ok\n", CLI_RUN("--cap-add=NET_RAW", "--", "sh", "-c",
				   "ping -c 1 127.0.0.1 >/dev/null && echo ok"));
}
END_TEST

/* ---- the host is as it was ---- */

static const struct {
	const char *args[4];
	int status;
} changes[] = {
	{ { "--hostname=evil", "true" }, 0 },
	{ { "hostname", "evil" }, 1 },
	{ { "--cap-add=SYS_ADMIN", "hostname", "evil" }, 0 },
	{ { "--pids-limit=3", "true" }, 0 },
	{ { "--pids-limit=3", "/bin/none" }, CLI_NOT_FOUND },
	{ { "--read-only", "--tmpfs=/new/dir", "true" }, 0 },
	{ { "--tmpfs=/new/dir", "--workdir=/none", "true" }, CLI_OURS },
	{ { "--pids-limit=3", "--ulimit=nofile=9999999999", "true" }, CLI_OURS },
	{ { "mount", "-t", "tmpfs", "/mnt" }, -1 },
	{ { "--nice=19", "--umask=777", "true" }, 0 },
};

START_TEST(test_host__is_as_it_was)
{
	const char *const *a = changes[_i].args;
	char *before = leak_snapshot(), *after, *difference;
	size_t entries = cli_count_below(world_dir);
	int status = cli_run(CLI_RUN(a[0], a[1], a[2], a[3]));

	ck_assert_msg(changes[_i].status < 0 || status == changes[_i].status, "status %d: %s",
		      status, cli_err);
	after = leak_snapshot();
	difference = leak_difference(before, after);
	ck_assert_str_eq(difference, "");
	ck_assert_uint_eq(cli_count_below(world_dir), entries);
	free(before);
	free(after);
	free(difference);
}
END_TEST

static void add_mount_tests(TCase *tc)
{
	tcase_add_test(tc, test_read_only__root_has_no_writable_submount);
	tcase_add_test(tc, test_read_only__volume_has_no_writable_submount);
	tcase_add_test(tc, test_volume__keeps_the_flags_of_its_source);
	tcase_add_test(tc, test_volume__flags_hold_for_submounts);
	tcase_add_test(tc, test_volume__set_user_id_gains_nothing_without_suid);
	tcase_add_test(tc, test_volume__set_user_id_gains_nothing_without_new_privileges);
	tcase_add_test(tc, test_volume__set_user_id_gains_where_both_are_asked_for);
	tcase_add_loop_test(tc, test_root__device_nodes_do_not_work, 0, 3);
	tcase_add_test(tc, test_dev__is_read_only);
	tcase_add_loop_test(tc, test_mounts__do_not_propagate_to_a_shared_host, 0, COUNT(owners));
	tcase_add_test(tc, test_mounts__of_the_host_are_gone);
}

static void add_kernel_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_kernel__settings_can_not_be_written, 0, COUNT(settings));
	tcase_add_loop_test(tc, test_kernel__trees_are_mounted_read_only, 0, COUNT(read_only));
	tcase_add_loop_test(tc, test_join__is_in_the_namespace_of_the_other_one, 0, COUNT(joined));
	tcase_add_loop_test(tc, test_kernel__secrets_are_masked, 0, COUNT(secrets));
	tcase_add_test(tc, test_mask__hides_a_file_and_a_directory);
	tcase_add_test(tc, test_kernel__processes_of_the_host_are_not_seen);
	tcase_add_loop_test(tc, test_kernel__a_fresh_proc_has_read_only_settings, 0, 2);
	tcase_add_test(tc, test_kernel__a_fresh_sysfs_is_read_only);
	tcase_add_test(tc, test_exe__is_none_of_the_hosts);
	tcase_add_test(tc, test_network__abstract_sockets_of_the_host_are_out_of_reach);
	tcase_add_test(tc, test_network__loopback_of_the_host_is_out_of_reach);
	tcase_add_test(tc, test_network__loopback_of_its_own_is_up);
	tcase_add_loop_test(tc, test_host__is_as_it_was, 0, COUNT(changes));
}

int main(int argc, char **argv)
{
	Suite *s;
	TCase *tc;

	if (argc == 4 && strcmp(argv[1], "probe") == 0)
		return probe(argv[2], argv[3]);
	s = suite_create("security");
	tc = cli_case(s, "security");
	add_mount_tests(tc);
	add_kernel_tests(tc);
	return suite_run(s);
}

/* SPDX-License-Identifier: MIT */
/*
 * The default root: what of the host's files it shows and what it hides, and that nobody
 * inside reaches the host through its sockets and FIFOs. What these tests put on the host lies
 * below a tmpfs that only they see.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "cli/cli.h"

#define PLACE "/opt" /* shown, and by no mount of the defaults */

static void mount_tmpfs(const char *path, unsigned long flags)
{
	ck_assert_int_eq(mount("test", path, "tmpfs", flags, "mode=0755"), 0);
}

static void write_file(const char *path, const char *text, mode_t mode)
{
	FILE *file = fopen(path, "we");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
	ck_assert_int_eq(chmod(path, mode), 0);
}

static int host_mounts, host_cwd;

/* What a test mounts on the host goes away with it. */
static void setup(void)
{
	suite_need_root();
	host_mounts = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	host_cwd = open(".", O_PATH | O_CLOEXEC);
	ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
	ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
}

static void teardown(void)
{
	ck_assert_int_eq(setns(host_mounts, CLONE_NEWNS), 0);
	ck_assert_int_eq(fchdir(host_cwd), 0);
	close(host_mounts);
	close(host_cwd);
}

static void copy_program(const char *path)
{
	char source[] = "/bin/cp", from[] = "/bin/true", to[128];
	char *const argv[] = { source, from, to, NULL };

	snprintf(to, sizeof(to), "%s", path);
	ck_assert_int_eq(suite_run_command(argv, NULL, NULL), 0);
	ck_assert_int_eq(chmod(path, 0755), 0);
}

static void expect_refusal(int status, const char *words, const char *const *args)
{
	ck_assert_int_eq(cli_run(args), status);
	cli_expect_line(&words, 1);
}

/* ---- sockets and FIFOs ---- */

static int listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(sock, 0);
	ck_assert_uint_lt(strlen(path), sizeof(address.sun_path));
	memcpy(address.sun_path, path, strlen(path) + 1);
	ck_assert_int_eq(bind(sock, (const struct sockaddr *)&address, sizeof(address)), 0);
	ck_assert_int_eq(listen(sock, 5), 0);
	ck_assert_int_eq(chmod(path, 0777), 0);
	return sock;
}

static const char connect_text[] = "import socket, sys\n"
				   "s = socket.socket(socket.AF_UNIX)\n"
				   "try:\n"
				   "    s.connect(sys.argv[1])\n"
				   "    print('connected')\n"
				   "except OSError as e:\n"
				   "    print(e.strerror)\n";

static void need_python(void)
{
	if (access("/usr/bin/python3", X_OK) < 0)
		suite_skip("there is no python3");
}

/* It listens in the caller's own network namespace, so that nothing else keeps it apart. */
static void try_socket(const char *dir, const char *const *options, const char *expected)
{
	const char *args[32] = { "run", "--network", "host" };
	char path[64];
	size_t n = 3;
	int sock;

	need_python();
	snprintf(path, sizeof(path), "%s/socket", dir);
	sock = listen_at(path);
	for (; *options; options++)
		args[n++] = *options;
	args[n++] = "--";
	args[n++] = "python3";
	args[n++] = "-c";
	args[n++] = connect_text;
	args[n++] = path;
	cli_expect(expected, args);
	close(sock);
	unlink(path);
}

static const struct {
	const char *options[4];
} ways[] = {
	{ { NULL } },
	{ { "--user", "1000", NULL } },
	{ { "--userns", "auto", NULL } },
	{ { "--uidmap", "0:100000:65536", NULL } },
	{ { "--init", NULL } },
	{ { "--cap-add", "ALL", NULL } },
};

START_TEST(test_default_root__sockets_of_the_host_refuse)
{
	mount_tmpfs(PLACE, 0);
	try_socket(PLACE, ways[_i].options, "Connection refused\n");
	try_socket("/var/tmp", ways[_i].options, "Connection refused\n");
}
END_TEST

START_TEST(test_default_root__a_volume_shows_a_socket)
{
	const char *const volume[] = { "-v", PLACE ":" PLACE ":ro", NULL };

	mount_tmpfs(PLACE, 0);
	try_socket(PLACE, volume, "connected\n");
}
END_TEST

START_TEST(test_default_root__fifos_of_the_host_lead_nowhere)
{
	static const char text[] = "import os\n"
				   "try:\n"
				   "    os.open('" PLACE "/fifo', os.O_WRONLY | os.O_NONBLOCK)\n"
				   "    print('opened')\n"
				   "except OSError as e:\n"
				   "    print(e.strerror)\n";
	int reader;

	need_python();
	mount_tmpfs(PLACE, 0);
	ck_assert_int_eq(mkfifo(PLACE "/fifo", 0777), 0);
	reader = open(PLACE "/fifo", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ck_assert_int_ge(reader, 0);
	cli_expect("No such device or address\n", CLI_ARGS("run", "--", "python3", "-c", text));
	close(reader);
}
END_TEST

/* Each plan of the library makes its overlays anew: one shows what it has looked up once. */
static void run_cat(const ctr_plan *plan, int status)
{
	ctr_error *err = ctr_error_new();
	ctr_container *c = ctr_plan_spawn(plan, err);

	ck_assert_msg(c != NULL, "%s", ctr_error_message(err));
	ck_assert_int_eq(ctr_container_wait(c, -1, err), 1);
	ck_assert_int_eq(ctr_container_exit_code(c), status);
	ctr_container_free(c);
	ctr_error_free(err);
}

START_TEST(test_default_root__a_plan_sees_files_that_are_new)
{
	ctr_error *err = ctr_error_new();
	ctr_spec *spec;
	ctr_plan *plan;

	mount_tmpfs(PLACE, 0);
	write_file(PLACE "/old", "one\n", 0644);
	spec = suite_spec(NULL, "sh", "-c",
			  "test -e " PLACE "/new && test \"$(cat " PLACE "/old)\" = two", NULL);
	plan = ctr_plan_compile(spec, err);
	ck_assert_msg(plan != NULL, "%s", ctr_error_message(err));
	run_cat(plan, 1);
	write_file(PLACE "/new", "", 0644);
	write_file(PLACE "/next", "two\n", 0644);
	ck_assert_int_eq(rename(PLACE "/next", PLACE "/old"), 0);
	run_cat(plan, 0);
	ctr_plan_free(plan);
	ctr_spec_free(spec);
	ctr_error_free(err);
}
END_TEST

/* ---- mounts of the host ---- */

START_TEST(test_default_root__shows_what_is_mounted_below)
{
	ck_assert_int_eq(cli_run(CLI_ARGS("run", "--", "true")), 0);
	mount_tmpfs(PLACE, 0);
	ck_assert_int_eq(mkdir(PLACE "/a:b, c\\d", 0755), 0);
	mount_tmpfs(PLACE "/a:b, c\\d", 0);
	write_file(PLACE "/a:b, c\\d/file", "here\n", 0644);
	write_file(PLACE "/name", "outer\n", 0644);
	cli_expect("here\nouter\n",
		   CLI_ARGS("run", "--", "cat", PLACE "/a:b, c\\d/file", PLACE "/name"));
}
END_TEST

/* What is covered on the host is covered inside, too. */
START_TEST(test_default_root__shows_the_mount_that_is_on_top)
{
	mount_tmpfs(PLACE, 0);
	write_file(PLACE "/below", "", 0644);
	mount_tmpfs(PLACE, 0);
	write_file(PLACE "/above", "", 0644);
	cli_expect("above\n", CLI_ARGS("run", "--", "ls", PLACE));
}
END_TEST

START_TEST(test_default_root__shows_a_file_that_is_mounted_on_a_file)
{
	mount_tmpfs(PLACE, 0);
	write_file(PLACE "/a", "a\n", 0644);
	write_file(PLACE "/b", "b\n", 0644);
	ck_assert_int_eq(mount(PLACE "/a", PLACE "/b", NULL, MS_BIND, NULL), 0);
	cli_expect("a\n", CLI_ARGS("run", "--", "cat", PLACE "/b"));
}
END_TEST

START_TEST(test_default_root__keeps_the_flags_of_a_mount)
{
	static const char script[] =
		"awk '$5 == \"" PLACE "\" { print $6 }' /proc/self/mountinfo; " PLACE "/true";

	mount_tmpfs(PLACE, MS_NOSUID | MS_NOEXEC);
	copy_program(PLACE "/true");
	ck_assert_int_eq(cli_run(CLI_ARGS("run", "--", "sh", "-c", script)), 126);
	ck_assert_ptr_nonnull(strstr(cli_out, "nosuid"));
	ck_assert_ptr_nonnull(strstr(cli_out, "nodev"));
	ck_assert_ptr_nonnull(strstr(cli_out, "noexec"));
	ck_assert_ptr_nonnull(strstr(cli_out, "ro"));
}
END_TEST

/* Through the links of one a program reaches the files of all processes. */
START_TEST(test_default_root__hides_a_proc_that_is_elsewhere)
{
	mount_tmpfs(PLACE, 0);
	ck_assert_int_eq(mkdir(PLACE "/proc", 0755), 0);
	ck_assert_int_eq(mount("test", PLACE "/proc", "proc", 0, NULL), 0);
	cli_expect("", CLI_ARGS("run", "--", "ls", PLACE "/proc"));
	cli_expect("self\n", CLI_ARGS("run", "--", "sh", "-c", "cd /proc; ls -d self"));
}
END_TEST

/* As a sandbox around this one hides a file. */
START_TEST(test_default_root__keeps_what_is_masked_on_the_host)
{
	mount_tmpfs(PLACE, 0);
	write_file(PLACE "/file", "secret\n", 0644);
	ck_assert_int_eq(mount("/dev/null", PLACE "/file", NULL, MS_BIND, NULL), 0);
	cli_expect("0\n", CLI_ARGS("run", "--", "sh", "-c", "wc -c <" PLACE "/file"));
}
END_TEST

/* Nobody answers for it: who looks at it waits for ever. */
static int mount_fuse(const char *path)
{
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	char options[96];

	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
	if (fd < 0 || mount("test", path, "fuse", 0, options) < 0)
		suite_skip("no FUSE file system can be mounted here");
	return fd;
}

START_TEST(test_hidden__what_may_block_is_not_looked_at)
{
	int fd = mount_fuse("/mnt");

	cli_expect("in\n", CLI_ARGS("run", "--timeout", "10", "--", "echo", "in"));
	close(fd);
}
END_TEST

START_TEST(test_default_root__hides_what_may_block)
{
	int fd;

	mount_tmpfs(PLACE, 0);
	ck_assert_int_eq(mkdir(PLACE "/fuse", 0755), 0);
	fd = mount_fuse(PLACE "/fuse");
	cli_expect("fuse\n", CLI_ARGS("run", "--", "sh", "-c", "ls " PLACE "; ls " PLACE "/fuse"));
	expect_refusal(CLI_NOT_FOUND,
		       "it is below " PLACE
		       "/fuse, which the default root hides; to show it, use -v " PLACE
		       "/fuse/a:" PLACE "/fuse/a:ro",
		       CLI_ARGS("run", "--", PLACE "/fuse/a"));
	expect_refusal(CLI_OURS, "-v " PLACE "/fuse/a:" PLACE "/fuse/a:ro",
		       CLI_ARGS("run", "--", "ls", PLACE "/fuse/a"));
	close(fd);
}
END_TEST

START_TEST(test_default_root__is_read_only)
{
	mount_tmpfs(PLACE, 0);
	cli_run(CLI_ARGS("run", "--", "sh", "-c",
			 "for d in / /etc /usr /home " PLACE "; do touch $d/x; done 2>&1 |"
			 "grep -c 'Read-only file system'"));
	ck_assert_str_eq(cli_out, "5\n");
}
END_TEST

/* ---- what is hidden ---- */

static const char *const hidden_dirs[] = { "/home", "/root", "/srv", "/mnt", "/media", "/boot" };

#define HIDDEN_DIRS (sizeof(hidden_dirs) / sizeof(hidden_dirs[0]))

static void fill_hidden(const char *dir, char path[64])
{
	if (access(dir, F_OK) < 0)
		suite_skip("the host has no such directory");
	if (strncmp(MINICTR_PROGRAM, dir, strlen(dir)) == 0)
		suite_skip("the command itself lies in it, and would be covered");
	mount_tmpfs(dir, 0);
	snprintf(path, 64, "%s/program", dir);
	copy_program(path);
}

START_TEST(test_hidden__directories_are_empty)
{
	const struct cli_start user = { .prepare = cli_become_user };
	const char *dir = hidden_dirs[_i];
	char path[64];

	suite_need_no_counts();
	fill_hidden(dir, path);
	cli_expect("", CLI_ARGS("run", "--", "ls", "-A", dir));
	cli_expect("", CLI_ARGS("run", "--userns", "auto", "--", "ls", "-A", dir));
	cli_expect_as("", CLI_ARGS("run", "--", "ls", "-A", dir), &user);
}
END_TEST

START_TEST(test_hidden__unmask_shows_a_directory)
{
	const char *dir = hidden_dirs[_i];
	char path[64];

	fill_hidden(dir, path);
	cli_expect("program\n", CLI_ARGS("run", "--unmask", dir, "--", "ls", dir));
	/* That is of /proc and /sys, as those who know it from podman expect. */
	cli_expect("", CLI_ARGS("run", "--security-opt", "unmask=ALL", "--", "ls", dir));
	cli_expect("", CLI_ARGS("run", "--unmask", dir, "--", path));
}
END_TEST

/* As completion and habit write a directory. */
START_TEST(test_hidden__unmask_takes_another_form_of_the_path)
{
	static const char *const forms[] = { "%s/", "/%s", "/.%s/.//" };
	const char *dir = hidden_dirs[0];
	char path[64], form[64], security[96];

	fill_hidden(dir, path);
	snprintf(form, sizeof(form), forms[_i], dir);
	cli_expect("program\n", CLI_ARGS("run", "--unmask", form, "--", "ls", dir));
	snprintf(security, sizeof(security), "unmask=%s:/proc/keys/", form);
	cli_expect("program\n", CLI_ARGS("run", "--security-opt", security, "--", "ls", dir));
}
END_TEST

START_TEST(test_hidden__unmask_takes_no_other_path)
{
	static const char *const paths[] = { "", "/", "home", "./home", "/home/..", "/homes/" };
	const char *words[] = { "--unmask", "expected one of" };

	ck_assert_int_eq(cli_run(CLI_ARGS("run", "--unmask", paths[_i], "--", "true")), CLI_OURS);
	cli_expect_line(words, 2);
}
END_TEST

/* Every word of the messages is meant to be copied to the command line. */
START_TEST(test_hidden__a_program_directory_or_argument_is_refused_with_the_volume)
{
	const char *dir = hidden_dirs[_i];
	char path[64], words[256], volume[160];

	fill_hidden(dir, path);
	snprintf(words, sizeof(words),
		 "it is below %s, which the default root hides; to show it, use -v "
		 "%s:%s:ro",
		 dir, path, path);
	expect_refusal(CLI_NOT_FOUND, words, CLI_ARGS("run", "--", path));
	expect_refusal(CLI_OURS, words, CLI_ARGS("run", "-w", path, "--", "true"));
	expect_refusal(CLI_OURS, words, CLI_ARGS("run", "--", "ls", path));
	snprintf(volume, sizeof(volume), "%s:%s:ro", path, path);
	cli_expect("", CLI_ARGS("run", "-v", volume, "--", path));
}
END_TEST

START_TEST(test_hidden__what_is_on_no_host_is_only_missing)
{
	expect_refusal(CLI_NOT_FOUND, "there is no such file in the root file system",
		       CLI_ARGS("run", "--", "/home/nobody-has-this"));
	cli_expect("/home/nobody-has-this\n",
		   CLI_ARGS("run", "--", "echo", "/home/nobody-has-this"));
}
END_TEST

START_TEST(test_hidden__scripts_whose_interpreter_is_hidden)
{
	char path[64];

	fill_hidden("/home", path);
	mount_tmpfs(PLACE, 0);
	write_file(PLACE "/script", "#!/home/program\n", 0755);
	expect_refusal(CLI_NOT_FOUND, "-v /home/program:/home/program:ro",
		       CLI_ARGS("run", "--", PLACE "/script"));
}
END_TEST

START_TEST(test_hidden__a_volume_below_shows_itself_alone)
{
	mount_tmpfs("/home", 0);
	ck_assert_int_eq(mkdir("/home/me", 0755), 0);
	ck_assert_int_eq(mkdir("/home/me/work", 0755), 0);
	write_file("/home/me/secret", "", 0644);
	write_file("/home/me/work/file", "", 0644);
	cli_expect("/home\n/home/me\n/home/me/work\n/home/me/work/file\n",
		   CLI_ARGS("run", "-v", "/home/me/work:/home/me/work", "--", "find", "/home"));
	cli_expect("", CLI_ARGS("run", "-v", "/home/me/work:/home/me/work", "--", "touch",
				"/home/me/work/new"));
	ck_assert_int_eq(access("/home/me/work/new", F_OK), 0);
	ck_assert_int_ne(cli_run(CLI_ARGS("run", "-v", "/home/me/work:/home/me/work", "--", "touch",
					  "/home/me/other")),
			 0);
}
END_TEST

START_TEST(test_hidden__a_volume_on_it_shows_all)
{
	char path[64];

	fill_hidden("/home", path);
	cli_expect("program\n", CLI_ARGS("run", "-v", "/home:/home:ro", "--", "ls", "/home"));
}
END_TEST

/* ---- what only root may read ---- */

static void make_secrets(void)
{
	static const char *const files[] = {
		"shadow",
		"shadow-",
		"gshadow",
		"gshadow-",
		"sudoers",
		"sudoers.d/one",
		"ssh/ssh_host_x_key",
		"ssl/private/key",
	};
	char path[64];

	mount_tmpfs(PLACE, 0);
	ck_assert_int_eq(mkdir(PLACE "/etc", 0755), 0);
	ck_assert_int_eq(mkdir(PLACE "/work", 0755), 0);
	ck_assert_int_eq(mount("test", "/etc", "overlay", 0,
			       "lowerdir=/etc,upperdir=" PLACE "/etc,workdir=" PLACE "/work"),
			 0);
	mkdir("/etc/sudoers.d", 0755);
	mkdir("/etc/ssh", 0755);
	mkdir("/etc/ssl", 0755);
	mkdir("/etc/ssl/private", 0755);
	chmod("/etc/ssl/private", 0755);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "/etc/%s", files[i]);
		write_file(path, "secret\n", 0644);
	}
	write_file("/etc/ssh/ssh_host_x_key.pub", "public\n", 0644);
}

#define SECRETS                                                                                    \
	"cat /etc/shadow /etc/shadow- /etc/gshadow /etc/gshadow- /etc/sudoers "                    \
	"/etc/sudoers.d/* /etc/ssh/ssh_host_x_key /etc/ssl/private/* 2>/dev/null | wc -l;"         \
	"cat /etc/ssh/ssh_host_x_key.pub"

START_TEST(test_hidden__what_only_root_may_read)
{
	make_secrets();
	cli_expect("0\npublic\n", CLI_ARGS("run", "--", "sh", "-c", SECRETS));
	cli_expect("0\npublic\n", CLI_ARGS("run", "--user", "0", "--", "sh", "-c", SECRETS));
	cli_expect("0\npublic\n", CLI_ARGS("run", "--user", "root", "--", "sh", "-c", SECRETS));
	cli_expect("0\npublic\n", CLI_ARGS("run", "--user", "1000", "--", "sh", "-c", SECRETS));
	cli_expect("0\npublic\n",
		   CLI_ARGS("run", "--user", "1000", "--cap-add", "DAC_OVERRIDE", "--cap-ambient",
			    "DAC_OVERRIDE", "--", "sh", "-c", SECRETS));
	cli_expect("0\npublic\n",
		   CLI_ARGS("run", "--userns", "keep-id", "--", "sh", "-c", SECRETS));
	cli_expect("0\npublic\n", CLI_ARGS("run", "--uidmap", "0:0:2000", "--user", "1000", "--",
					   "sh", "-c", SECRETS));
	cli_expect("1\npublic\n",
		   CLI_ARGS("run", "--unmask", "/etc/shadow", "--", "sh", "-c", SECRETS));
	cli_expect("1\npublic\n",
		   CLI_ARGS("run", "--security-opt", "unmask=/etc/ssh/ssh_host_*_key", "--", "sh",
			    "-c", SECRETS));
}
END_TEST

/* ---- names of hosts ---- */

/* As systemd-resolved has it: by a link that is relative and leads into /run. */
static void link_resolv_conf(const char *target)
{
	mount_tmpfs(PLACE, 0);
	ck_assert_int_eq(mkdir(PLACE "/etc", 0755), 0);
	ck_assert_int_eq(mkdir(PLACE "/work", 0755), 0);
	ck_assert_int_eq(mount("test", "/etc", "overlay", 0,
			       "lowerdir=/etc,upperdir=" PLACE "/etc,workdir=" PLACE "/work"),
			 0);
	mount_tmpfs("/run", 0);
	ck_assert_int_eq(mkdir("/run/resolve", 0755), 0);
	write_file("/run/resolve/stub.conf", "nameserver 127.0.0.53\n", 0644);
	write_file("/run/resolve/other", "", 0644);
	unlink("/etc/resolv.conf");
	ck_assert_int_eq(symlink(target, "/etc/resolv.conf"), 0);
}

START_TEST(test_network__resolv_conf_in_run_is_shown)
{
	static const char *const targets[] = { "../run/resolve/stub.conf",
					       "/run/resolve/stub.conf" };
	const struct cli_start user = { .prepare = cli_become_user };
	const char *const *args =
		CLI_ARGS("run", "--network", "host", "--", "sh", "-c",
			 "cat /etc/resolv.conf; ls /run/resolve; echo >/etc/resolv.conf");

	link_resolv_conf(targets[_i]);
	cli_run(args);
	ck_assert_str_eq(cli_out, "nameserver 127.0.0.53\nstub.conf\n");
	cli_run_as(args, &user);
	ck_assert_str_eq(cli_out, "nameserver 127.0.0.53\nstub.conf\n");
	cli_expect("nameserver 127.0.0.53\n", CLI_ARGS("run", "--network", "ns:/proc/self/ns/net",
						       "--", "cat", "/etc/resolv.conf"));
	cli_expect("", CLI_ARGS("run", "--", "ls", "/run"));
}
END_TEST

START_TEST(test_network__resolv_conf_that_leads_nowhere_is_no_error)
{
	link_resolv_conf("../run/resolve/none");
	cli_expect("", CLI_ARGS("run", "--network", "host", "--", "ls", "/run"));
}
END_TEST

/* ---- where no overlay can be made ---- */

START_TEST(test_default_root__masks_sockets_where_it_has_no_overlay)
{
	const struct cli_start user = { .prepare = cli_become_user };
	int sock;

	suite_need_no_counts();
	need_python();
	mount_tmpfs(PLACE, 0);
	sock = listen_at(PLACE "/socket");
	ck_assert_int_eq(cli_run_as(CLI_ARGS("explain", "--", "true"), &user), 0);
	ck_assert_ptr_nonnull(strstr(cli_out, "FIFOs, and sockets that are not masked, stay "
					      "reachable in it, for overlays of the host's files "
					      "need CAP_SYS_ADMIN"));
	ck_assert_ptr_nonnull(strstr(cli_out, "mask " PLACE "/socket"));
	cli_expect_as("Connection refused\n",
		      CLI_ARGS("run", "--network", "host", "--", "python3", "-c", connect_text,
			       PLACE "/socket"),
		      &user);
	close(sock);
}
END_TEST

START_TEST(test_default_root__is_told_by_explain)
{
	mount_tmpfs(PLACE, 0);
	ck_assert_int_eq(cli_run(CLI_ARGS("explain", "--", "true")), 0);
	ck_assert_ptr_nonnull(
		strstr(cli_out, "take / as the root file system, by an overlay (ro,nodev)"));
	ck_assert_ptr_nonnull(
		strstr(cli_out, "show by an overlay " PLACE " on " PLACE " (bind,ro,nodev)"));
	ck_assert_ptr_nonnull(strstr(cli_out, "mask /home"));
	ck_assert_ptr_null(strstr(cli_out, "reachable"));
}
END_TEST

/* A container in a container, until the kernel stacks overlays no deeper. */
START_TEST(test_default_root__works_in_itself)
{
	char *minictr = realpath(MINICTR_PROGRAM, NULL);
	char volume[PATH_MAX + 32];

	suite_need_no_counts();
	snprintf(volume, sizeof(volume), "%s:/run/minictr:ro", minictr);
	cli_expect("in\n",
		   CLI_ARGS("run", "--cap-add", "ALL", "--security-opt", "unmask=ALL",
			    "--security-opt", "seccomp=unconfined", "-v", volume, "--",
			    "/run/minictr", "run", "--network", "host", "--cap-add", "ALL",
			    "--security-opt", "unmask=ALL", "--security-opt", "seccomp=unconfined",
			    "-v", "/run/minictr:/run/minictr:ro", "--", "/run/minictr", "run",
			    "--network", "host", "--", "echo", "in"));
	free(minictr);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cli_default_root");
	TCase *tc = cli_case(s, "default_root");
	const int n_ways = sizeof(ways) / sizeof(ways[0]);

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, test_default_root__sockets_of_the_host_refuse, 0, n_ways);
	tcase_add_test(tc, test_default_root__a_volume_shows_a_socket);
	tcase_add_test(tc, test_default_root__fifos_of_the_host_lead_nowhere);
	tcase_add_test(tc, test_default_root__a_plan_sees_files_that_are_new);
	tcase_add_test(tc, test_default_root__shows_what_is_mounted_below);
	tcase_add_test(tc, test_default_root__shows_the_mount_that_is_on_top);
	tcase_add_test(tc, test_default_root__shows_a_file_that_is_mounted_on_a_file);
	tcase_add_test(tc, test_default_root__keeps_the_flags_of_a_mount);
	tcase_add_test(tc, test_default_root__hides_a_proc_that_is_elsewhere);
	tcase_add_test(tc, test_default_root__keeps_what_is_masked_on_the_host);
	tcase_add_test(tc, test_default_root__hides_what_may_block);
	tcase_add_test(tc, test_hidden__what_may_block_is_not_looked_at);
	tcase_add_test(tc, test_default_root__is_read_only);
	tcase_add_loop_test(tc, test_hidden__directories_are_empty, 0, HIDDEN_DIRS);
	tcase_add_loop_test(tc, test_hidden__unmask_shows_a_directory, 0, HIDDEN_DIRS);
	tcase_add_loop_test(tc, test_hidden__unmask_takes_another_form_of_the_path, 0, 3);
	tcase_add_loop_test(tc, test_hidden__unmask_takes_no_other_path, 0, 6);
	tcase_add_loop_test(tc,
			    test_hidden__a_program_directory_or_argument_is_refused_with_the_volume,
			    0, HIDDEN_DIRS);
	tcase_add_test(tc, test_hidden__what_is_on_no_host_is_only_missing);
	tcase_add_test(tc, test_hidden__scripts_whose_interpreter_is_hidden);
	tcase_add_test(tc, test_hidden__a_volume_below_shows_itself_alone);
	tcase_add_test(tc, test_hidden__a_volume_on_it_shows_all);
	tcase_add_test(tc, test_hidden__what_only_root_may_read);
	tcase_add_loop_test(tc, test_network__resolv_conf_in_run_is_shown, 0, 2);
	tcase_add_test(tc, test_network__resolv_conf_that_leads_nowhere_is_no_error);
	tcase_add_test(tc, test_default_root__masks_sockets_where_it_has_no_overlay);
	tcase_add_test(tc, test_default_root__is_told_by_explain);
	tcase_add_test(tc, test_default_root__works_in_itself);
	return suite_run(s);
}

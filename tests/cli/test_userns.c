/* SPDX-License-Identifier: MIT */
/* Ranges of ids, with and without newuidmap(1); idmapped mounts; no more user namespaces. */
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define FIRST 300000

static const struct cli_start user = { .prepare = cli_become_user };

static void replace(const char *path, const char *name, const char *text)
{
	world_write(name, text, 0644);
	ck_assert_int_eq(mount(world_path("%s", name), path, "none", MS_BIND, NULL), 0);
}

static void make(void)
{
	suite_need_root();
	world_mkdir("counts");
	ck_assert_int_eq(chmod(world_path("counts"), 0777), 0);
	replace("/etc/passwd", "passwd", "root:x:0:0::/:\nalice:x:1000:1000::/:\n");
	replace("/etc/subuid", "subuid", "alice:300000:65536\n");
	replace("/etc/subgid", "subgid", "alice:300000:65536\n");
	ck_assert_int_eq(lchown(world_path("root"), CLI_USER, CLI_USER), 0);
}

static void drop(void)
{
	umount2("/etc/passwd", MNT_DETACH);
	umount2("/etc/subuid", MNT_DETACH);
	umount2("/etc/subgid", MNT_DETACH);
}

static void need_helper(void)
{
	if (access("/usr/bin/newuidmap", X_OK))
		suite_skip("newuidmap is not installed");
}

#define MAPS "sh", "-c", "tr -s ' ' </proc/self/uid_map; tr -s ' ' </proc/self/gid_map"

static uid_t owner_of(const char *path)
{
	struct stat st;

	ck_assert_int_eq(lstat(path, &st), 0);
	return st.st_uid;
}

/* ---- of a user ---- */

static const char *const children[] = { "--child=auto", "--child=helper" };

START_TEST(test_ranges__are_those_of_subuid)
{
	need_helper();
	cli_expect_as(" 0 1000 1\n 1 300000 65536\n 0 1000 1\n 1 300000 65536\n",
		      CLI_RUN("--userns", "ranges", children[_i], "--", MAPS), &user);
}
END_TEST

/* What it makes there belongs to the user, and to the user's ids, on disk. */
START_TEST(test_ranges__files_have_their_owners)
{
	need_helper();
	ck_assert_int_eq(chmod(world_path("root"), 0777), 0);
	cli_expect_as("", CLI_RUN("--userns", "ranges", "--", "touch", "/mine"), &user);
	cli_expect_as("",
		      CLI_RUN("--userns", "ranges", "--user", "7:8", "--group-add", "9", "--",
			      "touch", "/other"),
		      &user);
	ck_assert_uint_eq(owner_of(world_path("root/mine")), CLI_USER);
	ck_assert_uint_eq(owner_of(world_path("root/other")), FIRST + 6);
	ck_assert_int_eq(unlink(world_path("root/mine")) | unlink(world_path("root/other")), 0);
}
END_TEST

START_TEST(test_ranges__let_groups_be_had)
{
	need_helper();
	cli_expect_as("7 8 9\n",
		      CLI_RUN("--userns", "ranges", "--user", "7:8", "--group-add", "9", "--", "sh",
			      "-c", "echo $(id -u) $(id -G)"),
		      &user);
}
END_TEST

/* newgidmap(1) denies setgroups(2) where one's own group is the only one. */
START_TEST(test_uidmap__with_one_group_starts)
{
	need_helper();
	cli_expect_as(" 0 1000 1\n 1 300000 5\n 0 1000 1\n",
		      CLI_RUN("--uidmap", "0:1000:1", "--uidmap", "1:300000:5", "--gidmap",
			      "0:1000:1", "--", MAPS),
		      &user);
}
END_TEST

START_TEST(test_userns__the_last_one_counts)
{
	need_helper();
	cli_expect_as(" 0 1000 1\n 0 1000 1\n",
		      CLI_RUN("--userns", "ranges", "--userns", "auto", "--", MAPS), &user);
	cli_expect_as(" 0 1000 1\n 1 300000 65536\n 0 1000 1\n 1 300000 65536\n",
		      CLI_RUN("--userns", "host", "--userns", "ranges", "--", MAPS), &user);
	cli_expect_as(" 7 1000 1\n 8 1000 1\n",
		      CLI_RUN("--userns", "keep-id", "--user", "7:8", "--", MAPS), &user);
}
END_TEST

START_TEST(test_ranges__are_no_key_to_the_host)
{
	need_helper();
	world_write("secret", "secret", 0600);
	ck_assert_int_ne(cli_run_as(CLI_RUN("--userns", "ranges", "--cap-add", "ALL", "-v",
					    world_path("secret:/secret"), "--", "cat", "/secret"),
				    &user),
			 0);
	ck_assert_ptr_nonnull(strstr(cli_err, "Permission denied"));
}
END_TEST

START_TEST(test_uidmap__of_a_users_own_id_needs_no_help)
{
	ck_assert_int_eq(mount("tmpfs", "/usr/bin", "tmpfs", 0, NULL), 0);
	cli_expect_as(" 5 1000 1\n 6 1000 1\n",
		      CLI_RUN("--uidmap", "5:1000:1", "--gidmap", "6:1000:1", "--user", "5:6", "--",
			      MAPS),
		      &user);
	ck_assert_int_eq(umount("/usr/bin"), 0);
}
END_TEST

static const struct {
	const char *map, *words;
} not_theirs[] = {
	{ "0:0:1", "user ids from 0 to 0" },
	{ "0:299999:2", "/etc/subuid grants 300000 to 365535 to user id 1000" },
	{ "0:300000:65537", "the caller may not map them" },
	{ "0:365536:1", "the caller may not map them" },
	{ "0:1000:2", "user ids from 1000 to 1001" },
};

START_TEST(test_uidmap__refuses_ids_of_others)
{
	const char *words[] = { not_theirs[_i].words };

	ck_assert_int_eq(cli_run_as(CLI_RUN("--uidmap", not_theirs[_i].map, "--", "true"), &user),
			 CLI_OURS);
	cli_expect_line(words, 1);
}
END_TEST

START_TEST(test_ranges__of_who_has_none_are_told)
{
	const char *words[] = { "/etc/subuid grants none to user id 0: see usermod(8)" };

	ck_assert_int_eq(cli_run(CLI_RUN("--userns", "ranges", "--", "true")), CLI_OURS);
	cli_expect_line(words, 1);
}
END_TEST

/* ---- of root ---- */

START_TEST(test_uidmap__of_root_is_any)
{
	cli_expect(" 0 100000 7\n 7 200000 9\n 0 500000 5\n",
		   CLI_RUN("--uidmap", "0:100000:7", "--uidmap", "7:200000:9", "--gidmap",
			   "0:500000:5", children[_i], "--", MAPS));
	cli_expect(" 0 100000 7\n 0 100000 7\n", CLI_RUN("--gidmap", "0:100000:7", "--", MAPS));
}
END_TEST

/* Root inside is nobody outside: what only root may enter is shown, and not to be opened. */
START_TEST(test_uidmap__root_inside_is_not_root)
{
	world_mkdir("closed");
	world_write("closed/file", "text", 0600);
	ck_assert_int_eq(chmod(world_path("closed"), 0700), 0);
	ck_assert_int_ne(cli_run(CLI_RUN("--uidmap", "0:100000:65536", "--cap-add", "ALL", "-v",
					 world_path("closed:/mnt"), "--", "cat", "/mnt/file")),
			 0);
	ck_assert_ptr_nonnull(strstr(cli_err, "Permission denied"));
	cli_expect("65534\n", CLI_RUN("--uidmap", "0:100000:65536", "-v", world_path("closed:/mnt"),
				      "--", "stat", "-c", "%u", "/mnt"));
}
END_TEST

START_TEST(test_uidmap__all_else_goes_with_it)
{
	cli_expect("5 6\nbox\n/tmp\n64\n",
		   CLI_RUN("--uidmap", "0:100000:65536", "--user", "5:6", "--hostname", "box",
			   "--init", "--tmpfs", "/new/tmp", "--tmpfs", "/tmp", "-w", "/tmp",
			   "--read-only", "--ulimit", "nofile=64", "--pids-limit", "9", "--mount",
			   "type=proc,dst=/new/proc", "--", "sh", "-c",
			   "echo $(id -u) $(id -g); hostname; pwd; ulimit -n; >/dev/null"));
}
END_TEST

START_TEST(test_uidmap__the_default_root_is_seen)
{
	cli_expect("0 0\n", CLI_ARGS("run", "--uidmap", "0:100000:65536", "--", "sh", "-c",
				     "echo $(id -u) $(id -g); cat /etc/shadow 2>/dev/null"
				     "; true"));
}
END_TEST

/* ---- idmapped mounts ---- */

START_TEST(test_rootfs_idmap__files_keep_their_owners)
{
	cli_expect("0\n0\n", CLI_RUN("--uidmap", "0:100000:65536", "--rootfs-idmap", "--", "sh",
				     "-c", "stat -c %u /bin/sh; touch /made; stat -c %u /made"));
	ck_assert_uint_eq(owner_of(world_path("root/made")), 0);
	ck_assert_int_eq(unlink(world_path("root/made")), 0);
}
END_TEST

START_TEST(test_volume__idmap_is_its_own)
{
	world_write("data/seven", "", 0600);
	ck_assert_int_eq(chown(world_path("data/seven"), 7, 8), 0);
	cli_expect("7 8\n65534 65534\n",
		   CLI_RUN("--uidmap", "0:100000:65536", "-v", world_path("data:/a:idmap"), "-v",
			   world_path("data:/b"), "--", "stat", "-c", "%u %g", "/a/seven",
			   "/b/seven"));
}
END_TEST

static const char *const idmap_refusals[][4] = {
	{ "--rootfs-idmap", "--rm", "--rm", "this container has none" },
	{ "--rootfs-idmap", "--userns=auto", "--rm",
	  "this container has only the caller's own id" },
	{ "--volume=/proc:/mnt:idmap", "--uidmap=0:100000:9", "--rm",
	  "does not support idmapped mounts" },
	{ "--volume=/tmp:/mnt:idmap", "--rm", "--rm", "this container has none" },
};

START_TEST(test_idmap__is_refused)
{
	const char *const *r = idmap_refusals[_i];
	const char *words[] = { r[3] };

	ck_assert_int_eq(cli_run(CLI_RUN(r[0], r[1], r[2], "--", "true")), CLI_OURS);
	cli_expect_line(words, 1);
}
END_TEST

START_TEST(test_idmap__needs_root)
{
	const char *words[] = { "only root (CAP_SYS_ADMIN) can create an idmapped mount" };

	need_helper();
	ck_assert_int_eq(
		cli_run_as(CLI_RUN("--userns", "ranges", "--rootfs-idmap", "--", "true"), &user),
		CLI_OURS);
	cli_expect_line(words, 1);
}
END_TEST

/* ---- refusals ---- */

static const struct {
	const char *option, *value, *words;
} refusals[] = {
	{ "--uidmap", "", "expected" },
	{ "--uidmap", "0", "expected INSIDE:OUTSIDE:COUNT" },
	{ "--uidmap", "0:1", "expected INSIDE:OUTSIDE:COUNT" },
	{ "--uidmap", "0:1:2:3", "expected INSIDE:OUTSIDE:COUNT" },
	{ "--uidmap", "0:1:", "a decimal number" },
	{ "--uidmap", "0::1", "a decimal number" },
	{ "--uidmap", ":0:1", "a decimal number" },
	{ "--uidmap", "-1:0:1", "a decimal number" },
	{ "--uidmap", "0:0x1:1", "a decimal number" },
	{ "--uidmap", "0: 1:1", "a decimal number" },
	{ "--uidmap", "0:4294967296:1", "a decimal number" },
	{ "--uidmap", "0:1:0", "at least one id" },
	{ "--uidmap", "0:4294967295:1", "none above 4294967294" },
	{ "--gidmap", "4294967295:0:1", "none above 4294967294" },
	{ "--uidmap", "1:100000:5", "user id \"0\"" },
	{ "--userns", "range", "auto|keep-id|ranges|host" },
	{ "--disable-userns=2", NULL, "true or false" },
	{ "--rootfs-idmap=yes", NULL, "true or false" },
};

START_TEST(test_userns__is_refused)
{
	const char *words[] = { refusals[_i].words };
	const char *const *args =
		refusals[_i].value ? CLI_RUN(refusals[_i].option, refusals[_i].value, "--", "true")
				   : CLI_RUN(refusals[_i].option, "--", "true");

	ck_assert_int_eq(cli_run(args), CLI_OURS);
	cli_expect_line(words, 1);
}
END_TEST

START_TEST(test_userns__ids_that_are_not_mapped_are_refused)
{
	const char *words[] = { "one that the map of ids has" };

	ck_assert_int_eq(cli_run(CLI_RUN("--uidmap", "0:100000:5", "--user", "5", "--", "true")),
			 CLI_OURS);
	cli_expect_line(words, 1);
	ck_assert_int_eq(cli_run(CLI_RUN("--uidmap", "0:100000:5", "--user", "4:5", "--", "true")),
			 CLI_OURS);
	cli_expect_line(words, 1);
	ck_assert_int_eq(
		cli_run(CLI_RUN("--uidmap", "0:100000:5", "--group-add", "5", "--", "true")),
		CLI_OURS);
	cli_expect_line(words, 1);
	ck_assert_int_eq(
		cli_run(CLI_RUN("--uidmap", "0:100000:5", "--userns", "host", "--", "true")),
		CLI_OURS);
	ck_assert_ptr_nonnull(strstr(cli_err, "the spec chooses the host's"));
}
END_TEST

/* ---- no more of them ---- */

#define UNSHARE "--cap-add", "SYS_ADMIN", "--", "busybox", "unshare", "-U", "true"

START_TEST(test_disable_userns__none_can_be_made_inside)
{
	cli_expect("", CLI_RUN("--userns", "auto", UNSHARE));
	ck_assert_int_ne(cli_run(CLI_RUN("--userns", "auto", "--disable-userns", UNSHARE)), 0);
	ck_assert_ptr_nonnull(strstr(cli_err, "No space left on device"));
	ck_assert_int_ne(cli_run(CLI_RUN("--uidmap", "0:100000:9", "--disable-userns", UNSHARE)),
			 0);
	ck_assert_int_ne(cli_run_as(CLI_RUN("--disable-userns", UNSHARE), &user), 0);
}
END_TEST

START_TEST(test_disable_userns__can_not_be_undone)
{
	const char *words[] = { "with CAP_SYS_RESOURCE the container could undo the limit" };

	ck_assert_int_ne(cli_run(CLI_RUN("--userns", "auto", "--disable-userns", "--cap-add",
					 "SYS_ADMIN", "--", "sh", "-c",
					 "mount -o remount,rw,bind /proc/sys && "
					 "echo 9 >/proc/sys/user/max_user_namespaces")),
			 0);
	ck_assert_ptr_nonnull(strstr(cli_err, "Permission denied"));
	ck_assert_int_eq(cli_run(CLI_RUN("--userns", "auto", "--disable-userns", "--cap-add",
					 "SYS_RESOURCE", "--", "true")),
			 CLI_OURS);
	cli_expect_line(words, 1);
}
END_TEST

START_TEST(test_disable_userns__leaves_the_host_alone)
{
	const char *words[] = { "the container has no new one" };

	ck_assert_int_eq(cli_run(CLI_RUN("--disable-userns", "--", "true")), CLI_OURS);
	cli_expect_line(words, 1);
	ck_assert_str_ne(world_read("/proc/sys/user/max_user_namespaces"), "0\n");
}
END_TEST

/* ---- the example ---- */

static const struct {
	const char *given, *output;
} ways[] = {
	{ "alice:300000:65536\n", "0 65537\n" },
	{ "bob:300000:65536\n", "rootless: one id, for map \"user ids\": /etc/subuid grants none to"
				" user id 1000: see usermod(8), --add-subuids and --add-subgids\n"
				"0 1\n" },
};

static int way;

static void run_example(void)
{
	char program[] = EXAMPLES_DIR "/rootless", sh[] = "sh", c[] = "-c";
	char script[] = "echo $(id -u) $(awk '{ n += $3 } END { print n }' /proc/self/uid_map)";
	char *const argv[] = { program, sh, c, script, NULL };
	char *output;

	world_write("subuid", ways[way].given, 0644);
	cli_become_user(NULL);
	ck_assert_int_eq(suite_run_command(argv, NULL, &output), 0);
	ck_assert_str_eq(output, ways[way].output);
	free(output);
}

START_TEST(test_example__rootless_takes_what_there_is)
{
	need_helper();
	way = _i;
	suite_in_child(run_example);
}
END_TEST

/* The caller's own, where it can be: the image knows no such user. */
START_TEST(test_keep_id__home_is_the_callers)
{
	static const char print[] = "echo $HOME";

	cli_use_way(CLI_AS_A_USER);
	cli_use_way(CLI_AS_ROOT);
	world_write(world_path("passwd"), "root:x:0:0::/:\nalice:x:1000:1000::/home/alice:\n",
		    0644);
	cli_expect_as("/tmp\n", CLI_RUN("--userns", "keep-id", "--", "sh", "-c", print), &user);
	world_mkdir("root/home/alice");
	cli_expect_as("/home/alice\n", CLI_RUN("--userns", "keep-id", "--", "sh", "-c", print),
		      &user);
}
END_TEST

/* ---- more than an ordinary user, less than root ---- */

/* What docker leaves root, and CAP_SYS_ADMIN: no CAP_NET_ADMIN. */
static void keep_dockers_and_admin(void *unused)
{
	static const int kept[] = {
		CAP_CHOWN,   CAP_DAC_OVERRIDE, CAP_FSETID,	     CAP_FOWNER,
		CAP_MKNOD,   CAP_NET_RAW,      CAP_SETGID,	     CAP_SETUID,
		CAP_SETFCAP, CAP_SETPCAP,      CAP_NET_BIND_SERVICE, CAP_SYS_CHROOT,
		CAP_KILL,    CAP_AUDIT_WRITE,  CAP_SYS_ADMIN
	};
	uint64_t keep = 0;

	(void)unused;
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		keep |= UINT64_C(1) << kept[i];
	for (int cap = 0; prctl(PR_CAPBSET_READ, cap) >= 0; cap++)
		if (!(keep >> cap & 1) && prctl(PR_CAPBSET_DROP, cap))
			_exit(99);
}

static const struct cli_start with_admin = { .prepare = keep_dockers_and_admin };

START_TEST(test_net_admin__is_not_needed_where_a_user_namespace_can_be_made)
{
	cli_use_way(CLI_AS_ROOT_IN_A_NAMESPACE); /* which is skipped where none can be */
	cli_use_way(CLI_AS_ROOT);
	cli_expect_as("0\nup\n",
		      CLI_RUN("--", "sh", "-c",
			      "id -u; ip link show lo | grep -q 'LOOPBACK,UP' && echo up"),
		      &with_admin);
	cli_expect_as("0\n", CLI_ARGS("run", "--", "id", "-u"), &with_admin);
	cli_expect_as("0\n", CLI_RUN("--network", "host", "--", "id", "-u"), &with_admin);
}
END_TEST

START_TEST(test_net_admin__is_named_where_it_is_missing)
{
	const char *const words[] = { "bring up the loopback interface", "CAP_NET_ADMIN",
				      "--network host" };

	suite_need_root();
	ck_assert_int_eq(cli_run_as(CLI_RUN("--userns", "host", "--", "true"), &with_admin),
			 CLI_OURS);
	cli_expect_line(words, 3);
	cli_run_as(CLI_ARGS("doctor"), &with_admin);
	ck_assert_msg(strstr(cli_out, "CAP_NET_ADMIN"), "%s", cli_out);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("userns");
	TCase *tc = cli_case(s, "userns");

	tcase_add_checked_fixture(tc, make, drop);
	tcase_add_loop_test(tc, test_ranges__are_those_of_subuid, 0, COUNT(children));
	tcase_add_test(tc, test_ranges__files_have_their_owners);
	tcase_add_test(tc, test_ranges__let_groups_be_had);
	tcase_add_test(tc, test_uidmap__with_one_group_starts);
	tcase_add_test(tc, test_userns__the_last_one_counts);
	tcase_add_test(tc, test_ranges__are_no_key_to_the_host);
	tcase_add_test(tc, test_uidmap__of_a_users_own_id_needs_no_help);
	tcase_add_loop_test(tc, test_uidmap__refuses_ids_of_others, 0, COUNT(not_theirs));
	tcase_add_test(tc, test_ranges__of_who_has_none_are_told);
	tcase_add_loop_test(tc, test_uidmap__of_root_is_any, 0, COUNT(children));
	tcase_add_test(tc, test_uidmap__root_inside_is_not_root);
	tcase_add_test(tc, test_uidmap__all_else_goes_with_it);
	tcase_add_test(tc, test_uidmap__the_default_root_is_seen);
	tcase_add_test(tc, test_rootfs_idmap__files_keep_their_owners);
	tcase_add_test(tc, test_volume__idmap_is_its_own);
	tcase_add_loop_test(tc, test_idmap__is_refused, 0, COUNT(idmap_refusals));
	tcase_add_test(tc, test_idmap__needs_root);
	tcase_add_loop_test(tc, test_userns__is_refused, 0, COUNT(refusals));
	tcase_add_test(tc, test_userns__ids_that_are_not_mapped_are_refused);
	tcase_add_test(tc, test_disable_userns__none_can_be_made_inside);
	tcase_add_test(tc, test_disable_userns__can_not_be_undone);
	tcase_add_test(tc, test_disable_userns__leaves_the_host_alone);
	tcase_add_loop_test(tc, test_example__rootless_takes_what_there_is, 0, COUNT(ways));
	tcase_add_test(tc, test_keep_id__home_is_the_callers);
	tcase_add_test(tc, test_net_admin__is_not_needed_where_a_user_namespace_can_be_made);
	tcase_add_test(tc, test_net_admin__is_named_where_it_is_missing);
	return suite_run(s);
}

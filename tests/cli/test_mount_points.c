/* SPDX-License-Identifier: MIT */
/* Mount points that a root file system lacks: where they are made, and what that changes. */
#include <stdio.h>
#include <sys/stat.h>

#include "cli.h"

static char volume[2 * PATH_MAX];

static void make(void)
{
	world_write(world_path("src/file"), "volume\n", 0644);
	snprintf(volume, sizeof(volume), "%s", world_path("src"));
}

static const char *on(const char *target)
{
	static char texts[4][3 * PATH_MAX];
	static unsigned next;
	char *text = texts[next++ % 4];

	snprintf(text, sizeof(texts[0]), "%s:%s", volume, target);
	return text;
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	ck_assert_msg(lstat(path, &st) == 0, "%s is not there", path);
	return st.st_mode;
}

START_TEST(test_mount_point__is_made_in_a_writable_root)
{
	char file[3 * PATH_MAX];

	make();
	cli_use_way(_i);
	snprintf(file, sizeof(file), "%s/file:/new/deep/file", volume);
	cli_expect("volume\nvolume\n", CLI_RUN("-v", on("/vol"), "-v", file, "--", "cat",
					       "/vol/file", "/new/deep/file"));
	ck_assert_int_eq(mode_of(world_path("root/vol")), S_IFDIR | 0755);
	ck_assert_int_eq(mode_of(world_path("root/new")), S_IFDIR | 0755);
	ck_assert_int_eq(mode_of(world_path("root/new/deep/file")), S_IFREG | 0644);
	ck_assert_str_eq(world_read(world_path("root/new/deep/file")), "");
}
END_TEST

START_TEST(test_mount_point__made_beside_it_nothing_is_lost)
{
	make();
	world_write(world_path("root/etc/moved"), "moved\n", 0644);
	cli_use_way(_i);
	cli_expect("", CLI_RUN("-v", on("/vol"), "--", "sh", "-c",
			       "mkdir /out && echo hi >/out/f && ln /etc/moved /linked && "
			       "mv /etc/moved /moved && rmdir /mnt"));
	ck_assert_str_eq(world_read(world_path("root/out/f")), "hi\n");
	ck_assert_str_eq(world_read(world_path("root/linked")), "moved\n");
	ck_assert_str_eq(world_read(world_path("root/moved")), "moved\n");
}
END_TEST

/* All that every container gets, too. */
START_TEST(test_mount_point__of_the_base_mounts_is_made)
{
	static const char *const names[] = { "proc", "sys", "dev" };

	for (size_t i = 0; i < 3; i++)
		ck_assert_int_eq(rmdir(world_path("root/%s", names[i])), 0);
	cli_use_way(_i);
	cli_expect("",
		   CLI_RUN("--", "sh", "-c", "test -e /proc/self -a -e /dev/null; echo x >/kept"));
	for (size_t i = 0; i < 3; i++)
		ck_assert_int_eq(mode_of(world_path("root/%s", names[i])), S_IFDIR | 0755);
	ck_assert_str_eq(world_read(world_path("root/kept")), "x\n");
}
END_TEST

/* What cannot be made is shown all the same, in a layer; nothing can be written there. */
START_TEST(test_mount_point__in_a_directory_of_somebody_else)
{
	make();
	cli_use_way(CLI_AS_A_USER);
	ck_assert_int_eq(chown(world_path("root"), 0, 0), 0);
	ck_assert_int_eq(chown(world_path("root/mnt"), 0, 0), 0);
	cli_expect("volume\nvolume\nvolume\nrefused\nrefused\nin etc\n",
		   CLI_RUN("-v", on("/vol"), "-v", on("/mnt/one"), "-v", on("/mnt/two/below"), "--",
			   "sh", "-c",
			   "cat /vol/file /mnt/one/file /mnt/two/below/file; "
			   "for d in / /mnt; do mkdir $d/out 2>/dev/null || echo refused; done; "
			   "echo in etc >/etc/new && cat /etc/new"));
	ck_assert_str_eq(world_read(world_path("root/etc/new")), "in etc\n");
	ck_assert_int_eq(access(world_path("root/vol"), F_OK), -1);
	ck_assert_int_eq(world_count(world_path("root/mnt")), 0);
}
END_TEST

START_TEST(test_mount_point__is_not_made_in_a_read_only_root)
{
	make();
	cli_use_way(_i);
	cli_expect("volume\n", CLI_RUN("--read-only", "-v", on("/vol"), "--", "sh", "-c",
				       "cat /vol/file; ! mkdir /out 2>/dev/null"));
	ck_assert_int_eq(access(world_path("root/vol"), F_OK), -1);
}
END_TEST

static const char *mount_of(const char *target)
{
	static char text[3 * PATH_MAX];

	snprintf(text, sizeof(text), "type=bind,src=%s,dst=%s,create=none", volume, target);
	return text;
}

START_TEST(test_mount_point__is_not_made_where_that_is_refused)
{
	make();
	ck_assert_int_eq(cli_run(CLI_RUN("--mount", mount_of("/vol"), "--", "true")), CLI_OURS);
	cli_expect_line((const char *const[]){ "/vol", "does not exist", "create=none" }, 3);
	ck_assert_int_eq(
		cli_run(CLI_RUN("--tmpfs", "/mnt", "--mount", mount_of("/mnt/a"), "--", "true")),
		CLI_OURS);
	ck_assert_int_eq(cli_run(CLI_RUN("--read-only", "--mount", "type=tmpfs,dst=/a,create=none",
					 "--", "true")),
			 CLI_OURS);
	cli_expect("volume\n", CLI_RUN("--mount", mount_of("/mnt"), "--", "cat", "/mnt/file"));
	ck_assert_int_eq(access(world_path("root/vol"), F_OK), -1);
}
END_TEST

START_TEST(test_mask__below_a_file_needs_none)
{
	world_write(world_path("root/.git"), "gitdir: /elsewhere\n", 0644);
	cli_use_way(_i);
	cli_expect("gitdir: /elsewhere\n",
		   CLI_RUN("--mask", "/.git/hooks", "--mask", "/.git/a/b", "--", "cat", "/.git"));
}
END_TEST

START_TEST(test_volume__of_dev_null_is_an_empty_file)
{
	world_write(world_path("root/etc/secret"), "secret\n", 0600);
	cli_use_way(_i);
	cli_expect("",
		   CLI_RUN("-v", "/dev/null:/etc/secret:ro", "-v", "/dev/null:/etc/new", "--", "sh",
			   "-c", "cat /etc/secret /etc/new; echo x >/etc/new; cat /etc/new"));
	ck_assert_str_eq(world_read(world_path("root/etc/secret")), "secret\n");
}
END_TEST

START_TEST(test_volume__of_another_device_needs_the_option)
{
	ck_assert_int_eq(cli_run(CLI_RUN("-v", "/dev/zero:/etc/zero", "--", "true")), CLI_OURS);
	cli_expect_line((const char *const[]){ "/dev/zero", "is a device", ":dev" }, 3);
	ck_assert_int_eq(access(world_path("root/etc/zero"), F_OK), -1);
	suite_need_root();
	cli_expect("0\n", CLI_RUN("-v", "/dev/zero:/etc/zero:dev", "--", "sh", "-c",
				  "head -c 1 /etc/zero | od -An -td1 | tr -d ' '"));
}
END_TEST

/* ---- volumes that another one hides ---- */

static void expect_warning(const char *first, const char *second)
{
	make();
	world_mkdir("src/sub");
	world_mkdir("root/mnt/sub");
	ck_assert_int_eq(cli_run(CLI_RUN("-v", on(first), "--mount", second, "--", "true")), 0);
	cli_expect_line((const char *const[]){ "warning", "--volume", first, "is hidden by --mount",
					       second },
			5);
}

START_TEST(test_volume__hidden_by_a_later_one_gives_a_warning)
{
	expect_warning("/mnt/sub", "type=tmpfs,dst=/mnt");
	expect_warning("/mnt", "type=tmpfs,dst=/mnt");
	expect_warning("//mnt/./sub", "type=tmpfs,dst=/mnt/");
}
END_TEST

START_TEST(test_volume__beside_or_over_an_earlier_one_gives_none)
{
	make();
	world_mkdir("src/sub");
	world_mkdir("root/mnt2");
	world_mkdir("root/mnt");
	cli_expect("", CLI_RUN("-v", on("/mnt"), "-v", on("/mnt/sub"), "-v", on("/mnt2"), "--",
			       "true"));
}
END_TEST

/* By where it lies in the container: there is a link on the way. */
START_TEST(test_volume__hidden_by_a_later_one_is_explained)
{
	make();
	ck_assert_int_eq(symlink("mnt", world_path("root/link")), 0);
	world_mkdir("root/mnt/sub");
	ck_assert_int_eq(cli_run(CLI_ARGS("explain", "--rootfs", cli_root, "-v", on("/link/sub"),
					  "--tmpfs", "/mnt", "--", "true")),
			 0);
	ck_assert_ptr_nonnull(strstr(cli_out, "src on /mnt/sub (rbind,nosuid,nodev), hidden by "
					      "what is mounted on /mnt later\n"));
}
END_TEST

/* A link on the way is the image's: nothing is made where it leads to on the host. */
START_TEST(test_mount_point__by_a_link_is_made_in_the_root)
{
	make();
	ck_assert_int_eq(symlink(world_path("outside"), world_path("root/link")), 0);
	world_mkdir("outside");
	cli_use_way(_i);
	cli_expect("volume\n", CLI_RUN("-v", on("/link/vol"), "--", "cat", "/link/vol/file"));
	ck_assert_int_eq(world_count(world_path("outside")), 0);
	ck_assert_int_eq(mode_of(world_path("root%s/vol", world_path("outside"))), S_IFDIR | 0755);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("mount_points");
	TCase *tc = cli_case(s, "mount_points");

	tcase_add_loop_test(tc, test_mount_point__is_made_in_a_writable_root, 0, CLI_WAYS);
	tcase_add_loop_test(tc, test_mount_point__made_beside_it_nothing_is_lost, 0, CLI_WAYS);
	tcase_add_loop_test(tc, test_mount_point__of_the_base_mounts_is_made, 0, CLI_WAYS);
	tcase_add_test(tc, test_mount_point__in_a_directory_of_somebody_else);
	tcase_add_loop_test(tc, test_mount_point__is_not_made_in_a_read_only_root, 0, CLI_WAYS);
	tcase_add_test(tc, test_mount_point__is_not_made_where_that_is_refused);
	tcase_add_loop_test(tc, test_mask__below_a_file_needs_none, 0, CLI_WAYS);
	tcase_add_loop_test(tc, test_volume__of_dev_null_is_an_empty_file, 0, CLI_WAYS);
	tcase_add_test(tc, test_volume__of_another_device_needs_the_option);
	tcase_add_test(tc, test_volume__hidden_by_a_later_one_gives_a_warning);
	tcase_add_test(tc, test_volume__beside_or_over_an_earlier_one_gives_none);
	tcase_add_test(tc, test_volume__hidden_by_a_later_one_is_explained);
	tcase_add_loop_test(tc, test_mount_point__by_a_link_is_made_in_the_root, 0, CLI_WAYS);
	return suite_run(s);
}

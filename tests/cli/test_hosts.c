/* SPDX-License-Identifier: MIT */
/* /etc/hosts inside: localhost and the host name resolve, and the file of the root stays. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/cli.h"

#define OWN "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost\n"
#define OLD "1.2.3.4 old\n"

static void make(void)
{
	world_write(world_path("root/etc/hosts"), OLD, 0644);
}

START_TEST(test_hosts__has_localhost_and_the_host_name)
{
	make();
	cli_use_way(_i);
	cli_expect(OWN "127.0.1.1\tcontainer\n", CLI_RUN("cat", "/etc/hosts"));
	cli_expect(OWN "127.0.1.1\tbox\n", CLI_RUN("--hostname=box", "--", "cat", "/etc/hosts"));
	cli_expect(OWN "127.0.1.1\tbox\n",
		   CLI_ARGS("run", "--hostname=box", "--", "cat", "/etc/hosts"));
	cli_expect(OWN, CLI_RUN("--hostname=localhost", "--", "cat", "/etc/hosts"));
	ck_assert_str_eq(world_read(world_path("root/etc/hosts")), OLD);
}
END_TEST

START_TEST(test_hosts__names_resolve)
{
	if (access("/usr/bin/getent", X_OK) < 0)
		suite_skip("there is no getent(1)");
	cli_run(CLI_ARGS("run", "--hostname=box", "--", "getent", "hosts", "box"));
	ck_assert_ptr_nonnull(strstr(cli_out, "127.0.1.1"));
	ck_assert_ptr_nonnull(strstr(cli_out, "box"));
}
END_TEST

START_TEST(test_hosts__can_not_be_written)
{
	make();
	cli_use_way(_i);
	ck_assert_int_ne(cli_run(CLI_RUN("sh", "-c", "echo x >>/etc/hosts")), 0);
	ck_assert_str_eq(world_read(world_path("root/etc/hosts")), OLD);
}
END_TEST

START_TEST(test_hosts__can_be_left_as_it_is)
{
	make();
	cli_expect(OLD, CLI_RUN("--no-hosts", "--", "cat", "/etc/hosts"));
	cli_expect(OWN "127.0.1.1\tcontainer\n", CLI_RUN("--no-hosts=false", "cat", "/etc/hosts"));
}
END_TEST

START_TEST(test_hosts__a_mount_of_the_callers_takes_its_place)
{
	char volume[PATH_MAX + 16];

	make();
	world_write(world_path("mine"), "5.6.7.8 mine\n", 0644);
	snprintf(volume, sizeof(volume), "%s:/etc/hosts", world_path("mine"));
	cli_expect("5.6.7.8 mine\n", CLI_RUN("-v", volume, "--", "cat", "/etc/hosts"));
	cli_expect("changed\n", CLI_RUN("-v", volume, "--", "sh", "-c",
					"echo changed >/etc/hosts; cat /etc/hosts"));
	ck_assert_str_eq(world_read(world_path("mine")), "changed\n");
}
END_TEST

/* With a network of the host's its names go on resolving. */
START_TEST(test_hosts__keeps_the_hosts_lines_with_its_network)
{
	char *host = strdup(world_read("/etc/hosts"));
	const size_t n = strlen(host);

	make();
	ck_assert_int_eq(
		cli_run(CLI_RUN("--network=host", "--hostname=box", "--", "cat", "/etc/hosts")), 0);
	ck_assert_int_eq(strncmp(cli_out, host, n), 0);
	ck_assert_ptr_nonnull(strstr(cli_out + n, "127.0.1.1\tbox\n"));
	free(host);
}
END_TEST

/* Nothing is made in a tree, and no directory that the program writes is covered. */
START_TEST(test_hosts__a_root_without_one)
{
	unlink(world_path("root/etc/hosts"));
	cli_expect("", CLI_RUN("sh", "-c", "cat /etc/hosts 2>/dev/null; echo x >/etc/new"));
	ck_assert_str_eq(world_read(world_path("root/etc/new")), "x\n");
	cli_expect(OWN "127.0.1.1\tcontainer\n", CLI_RUN("--read-only", "cat", "/etc/hosts"));
	ck_assert_int_ne(access(world_path("root/etc/hosts"), F_OK), 0);
}
END_TEST

/* A hostile root: what is there is no file, or leads elsewhere. */
START_TEST(test_hosts__a_root_with_something_else)
{
	world_write(world_path("root/outside"), OLD, 0644);
	unlink(world_path("root/etc/hosts"));
	ck_assert_int_eq(symlink("/outside", world_path("root/etc/hosts")), 0);
	cli_expect(OWN "127.0.1.1\tcontainer\n", CLI_RUN("cat", "/outside"));
	ck_assert_str_eq(world_read(world_path("root/outside")), OLD);
	ck_assert_int_eq(unlink(world_path("root/etc/hosts")), 0);
	world_mkdir("root/etc/hosts");
	cli_expect("", CLI_RUN("ls", "/etc/hosts"));
}
END_TEST

/* A plan makes it once, on the mounts that its containers share. */
START_TEST(test_hosts__of_a_plan)
{
	ctr_error *err = ctr_error_new();
	ctr_spec *spec;
	ctr_plan *plan;

	make();
	spec = suite_spec(cli_root, "sh", "-c",
			  "[ \"$(tail -n 1 /etc/hosts)\" = \"$(printf '127.0.1.1\\tcontainer')\" ]",
			  NULL);
	plan = ctr_plan_compile(spec, err);
	ck_assert_msg(plan != NULL, "%s", ctr_error_message(err));
	for (int i = 0; i < 3; i++) {
		ctr_container *c = ctr_plan_spawn(plan, err);

		ck_assert_msg(c != NULL, "%s", ctr_error_message(err));
		ck_assert_int_eq(ctr_container_wait(c, -1, err), 1);
		ck_assert_int_eq(ctr_container_exit_code(c), 0);
		ctr_container_free(c);
	}
	ctr_plan_free(plan);
	ctr_spec_free(spec);
	ctr_error_free(err);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cli_hosts");
	TCase *tc = cli_case(s, "hosts");

	tcase_add_loop_test(tc, test_hosts__has_localhost_and_the_host_name, 0, CLI_WAYS);
	tcase_add_test(tc, test_hosts__names_resolve);
	tcase_add_loop_test(tc, test_hosts__can_not_be_written, 0, CLI_WAYS);
	tcase_add_test(tc, test_hosts__can_be_left_as_it_is);
	tcase_add_test(tc, test_hosts__a_mount_of_the_callers_takes_its_place);
	tcase_add_test(tc, test_hosts__keeps_the_hosts_lines_with_its_network);
	tcase_add_test(tc, test_hosts__a_root_without_one);
	tcase_add_test(tc, test_hosts__a_root_with_something_else);
	tcase_add_test(tc, test_hosts__of_a_plan);
	return suite_run(s);
}

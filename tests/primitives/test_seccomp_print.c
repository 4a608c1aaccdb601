/* SPDX-License-Identifier: MIT */
/* The numbers of the default filter, which the build finds, do not depend on the machine that
 * builds. */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "support/suite.h"
#include "support/world.h"

/* As under an emulator of programs, which answers ENOSYS to seccomp(2). */
static void without_seccomp(void)
{
	static const struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_seccomp, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(insns) / sizeof(insns[0]),
				      (struct sock_filter *)(uintptr_t)insns };
	char generator[] = GENERATOR, *argv[] = { generator, NULL }, *output;

	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
	ck_assert_int_eq((int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program), -1);
	ck_assert_int_eq(errno, ENOSYS);
	ck_assert_msg(suite_run_command(argv, NULL, &output) == 0, "%s", output);
	ck_assert_str_eq(output, world_read(GENERATED));
	free(output);
}

START_TEST(test_print__is_the_same_where_the_build_has_no_seccomp)
{
	suite_need_real_exec(); /* valgrind makes calls of its own */
	suite_in_child(without_seccomp);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("seccomp_print");
	TCase *tc = suite_case(s, "seccomp_print");

	tcase_add_test(tc, test_print__is_the_same_where_the_build_has_no_seccomp);
	return suite_run(s);
}

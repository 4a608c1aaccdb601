/* SPDX-License-Identifier: MIT */
/* --security-opt seccomp=: which filter it comes to, and what is refused. */
#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>

#include "cli/cli.h"

#define PROFILE(action)                                                                            \
	"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"mkdir\",\"mkdirat\"],"  \
	"\"action\":\"SCMP_ACT_" action "\"}]}"

static const char *option(const char *text)
{
	static char room[PATH_MAX + 64];

	world_write(world_path("profile.json"), text, 0644);
	snprintf(room, sizeof(room), "seccomp=%s", world_path("profile.json"));
	return room;
}

static int make_directory(const char *security)
{
	return cli_run(CLI_RUN("--security-opt", security, "--", "mkdir", "/tmp/x"));
}

START_TEST(test_seccomp__takes_a_file)
{
	ck_assert_int_eq(make_directory(option(PROFILE("ERRNO"))), 1);
	ck_assert_msg(strstr(cli_err, "Operation not permitted"), "%s", cli_err);
	ck_assert_int_eq(make_directory(option(PROFILE("KILL_PROCESS"))), CLI_SIGNAL + SIGSYS);
}
END_TEST

static void enter_world(void *data)
{
	ck_assert_int_eq(chdir(data), 0);
}

START_TEST(test_seccomp__finds_a_relative_file)
{
	const struct cli_start start = { .prepare = enter_world, .data = world_dir };

	option(PROFILE("ERRNO"));
	ck_assert_int_eq(cli_run_as(CLI_RUN("--security-opt", "seccomp=profile.json", "--", "mkdir",
					    "/tmp/x"),
				    &start),
			 1);
}
END_TEST

static const struct {
	const char *word, *mode;
} modes[] = {
	{ "seccomp=default", "2\n" },
	{ "seccomp=log", "2\n" },
	{ "seccomp=unconfined", "0\n" },
};

START_TEST(test_seccomp__takes_words)
{
	cli_expect(modes[_i].mode,
		   CLI_RUN("--security-opt", "seccomp=unconfined", "--security-opt", modes[_i].word,
			   "--", "sed", "-n", "s/^Seccomp:.//p", "/proc/self/status"));
}
END_TEST

/* What the default one refuses is done: by arguments, by name, and of another architecture. */
START_TEST(test_seccomp__log_lets_through)
{
	static const char *const attacks[] = { "io_uring", "int80", "keyctl" };

	suite_need_root();
	world_copy(ATTACK, world_path("root/bin/attack"));
	for (size_t i = 0; i < sizeof(attacks) / sizeof(attacks[0]); i++) {
		int refused = cli_run(CLI_RUN("--", "attack", attacks[i]));
		int open = cli_run(CLI_RUN("--security-opt", "seccomp=unconfined", "--", "attack",
					   attacks[i]));
		int logged = cli_run(
			CLI_RUN("--security-opt", "seccomp=log", "--", "attack", attacks[i]));

		ck_assert_msg(logged == open, "%s: %d instead of %d", attacks[i], logged, open);
		ck_assert_msg(open == 2 || refused != open, "%s: %d", attacks[i], refused);
	}
}
END_TEST

/* Nobody is there to answer: the call fails at once, as the kernel has it then. */
START_TEST(test_seccomp__questions_are_not_answered)
{
	ck_assert_int_eq(make_directory(option(PROFILE("NOTIFY"))), 1);
	ck_assert_msg(strstr(cli_err, "Function not implemented"), "%s", cli_err);
}
END_TEST

START_TEST(test_seccomp__explain_names_it)
{
	ck_assert_int_eq(cli_run(CLI_ARGS("explain", "--rootfs", cli_root, "--security-opt",
					  option(PROFILE("NOTIFY")), "--", "true")),
			 0);
	ck_assert_msg(strstr(cli_out, "profile.json, and hand its listener to the caller\n"), "%s",
		      cli_out);
	ck_assert_msg(strstr(cli_out, "filter system calls by /"), "%s", cli_out);
}
END_TEST

/* A session keyring of its own leaves the user keyring, which takes keyctl(2). */
START_TEST(test_keyring__of_the_user_takes_keyctl)
{
	static const char note[] = "; keyctl(2) reaches the user keyring";
	static const char *const attack[] = { "--", "attack", "user_keyring" };

	suite_need_root();
	world_copy(ATTACK, world_path("root/bin/attack"));
	if (cli_run(CLI_RUN("--security-opt", "seccomp=unconfined", attack[0], attack[1],
			    attack[2])) != 1)
		suite_skip("this kernel has no keys");
	ck_assert_int_ne(
		cli_run(CLI_RUN("--cap-add", "SYS_ADMIN", attack[0], attack[1], attack[2])), 1);
	cli_run(CLI_RUN("--explain", "--cap-add", "SYS_ADMIN", "--", "true"));
	ck_assert_msg(!strstr(cli_out, note), "%s", cli_out);
	cli_run(CLI_RUN("--explain", "--security-opt", "seccomp=unconfined", "--", "true"));
	ck_assert_msg(strstr(cli_out, note), "%s", cli_out);
}
END_TEST

static const struct {
	const char *option, *word, *other;
} refusals[] = {
	{ "seccomp", "--security-opt", "expected seccomp=FILE, default, log or unconfined" },
	{ "seccomp=", "--security-opt", "expected seccomp=FILE, default, log or unconfined" },
	{ "seccomp=/nowhere/x.json", "/nowhere/x.json", "No such file or directory" },
	{ "seccomp=/", "regular file", "seccomp profile" },
	{ "seccomp=/dev/null", "regular file", "seccomp profile" },
	{ "seccomp=/etc/passwd", "/etc/passwd", "line 1 is not JSON" },
	{ "seccom=unconfined", "seccom", "expected one of no-new-privileges, seccomp" },
	{ "", "--security-opt", "expected one of no-new-privileges, seccomp" },
	{ "no-new-privileges=maybe", "maybe", "--security-opt" },
};

START_TEST(test_seccomp__refuses_what_is_none)
{
	const char *words[] = { refusals[_i].word, refusals[_i].other };

	ck_assert_int_eq(make_directory(refusals[_i].option), CLI_OURS);
	cli_expect_line(words, 2);
}
END_TEST

START_TEST(test_seccomp__names_the_place)
{
	const char *words[] = { "--security-opt", "profile.json: syscalls[0].action", "SCMP_ACT_X",
				"expected one of SCMP_ACT_ALLOW" };

	ck_assert_int_eq(make_directory(option(PROFILE("X"))), CLI_OURS);
	cli_expect_line(words, 4);
}
END_TEST

/* ---- what a filter has ended ---- */

#ifdef __x86_64__

/* exit(0) by int 0x80: what i386 programs make their calls with, and 64-bit ones can, too. */
#define CODE "\xb8\x01\x00\x00\x00\x31\xdb\xcd\x80"
#define CODE_AT 0x10000u

struct program32 {
	Elf32_Ehdr header;
	Elf32_Phdr segment;
	char code[sizeof(CODE)];
};

struct program64 {
	Elf64_Ehdr header;
	Elf64_Phdr segment;
	char code[sizeof(CODE)];
};

static void write_program(const char *name, const void *program, size_t n)
{
	const char *path = world_path("root/bin/%s", name);
	int fd;

	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	ck_assert_int_eq(write(fd, program, n), (ssize_t)n);
	close(fd);
}

static void make_program32(void)
{
	struct program32 p = {
		.header = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB, EV_CURRENT },
			    .e_type = ET_EXEC,
			    .e_machine = EM_386,
			    .e_version = EV_CURRENT,
			    .e_entry = CODE_AT + offsetof(struct program32, code),
			    .e_phoff = offsetof(struct program32, segment),
			    .e_ehsize = sizeof(Elf32_Ehdr),
			    .e_phentsize = sizeof(Elf32_Phdr),
			    .e_phnum = 1 },
		.segment = { .p_type = PT_LOAD,
			     .p_vaddr = CODE_AT,
			     .p_filesz = sizeof(p),
			     .p_memsz = sizeof(p),
			     .p_flags = PF_R | PF_X,
			     .p_align = 4096 },
		.code = CODE,
	};

	write_program("program32", &p, sizeof(p));
}

static void make_program64(void)
{
	struct program64 p = {
		.header = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
			    .e_type = ET_EXEC,
			    .e_machine = EM_X86_64,
			    .e_version = EV_CURRENT,
			    .e_entry = CODE_AT + offsetof(struct program64, code),
			    .e_phoff = offsetof(struct program64, segment),
			    .e_ehsize = sizeof(Elf64_Ehdr),
			    .e_phentsize = sizeof(Elf64_Phdr),
			    .e_phnum = 1 },
		.segment = { .p_type = PT_LOAD,
			     .p_vaddr = CODE_AT,
			     .p_filesz = sizeof(p),
			     .p_memsz = sizeof(p),
			     .p_flags = PF_R | PF_X,
			     .p_align = 4096 },
		.code = CODE,
	};

	write_program("program64", &p, sizeof(p));
}

static void make_programs(void)
{
	make_program32();
	make_program64();
	if (cli_run(CLI_RUN("--security-opt", "seccomp=unconfined", "program32")) != 0)
		suite_skip("this kernel executes no i386 programs");
	ck_assert_str_eq(cli_err, "");
}

/* Without and with an init. */
START_TEST(test_seccomp__end_names_the_architecture)
{
	static const char *const init[] = { "--init=false", "--init=true" };
	const char *const words[] = { "ended by SIGSYS", "i386" };

	make_programs();
	ck_assert_int_eq(cli_run(CLI_RUN(init[_i], "--report", world_path("report"), "program32")),
			 CLI_SIGNAL + SIGSYS);
	cli_expect_line(words, 2);
	ck_assert_ptr_nonnull(
		strstr(world_read(world_path("report")), ",\"program_machine\":\"i386\","));
}
END_TEST

static bool is_reported(const char *program, const char *text)
{
	ck_assert_int_eq(cli_run(CLI_RUN("--report", world_path("report"), program)),
			 CLI_SIGNAL + SIGSYS);
	return strstr(world_read(world_path("report")), text);
}

/* The kernel's log leaves lines out when there are many: ten in five seconds are the most. */
START_TEST(test_seccomp__end_names_the_call)
{
	static const char *const programs[] = { "program32", "program64" };
	static const char call[] = "\"refused_call\":{\"machine\":\"i386\",\"number\":1}";
	const char *const words[] = { "ended by SIGSYS", "call 1 of i386" };

	make_programs();
	for (int turn = 0; !is_reported(programs[_i], call); turn++) {
		ck_assert_ptr_nonnull(
			strstr(world_read(world_path("report")), "\"refused_call\":null"));
		if (turn == 30)
			suite_skip("the kernel's log tells of no refused call");
		usleep(200000);
	}
	cli_expect_line(words, 2);
}
END_TEST

/* A profile may let i386 programs make calls, and end them for another reason. */
START_TEST(test_seccomp__end_by_a_profile_blames_no_architecture)
{
	const char *const words[] = { "ended by SIGSYS" };

	ck_assert_int_eq(make_directory(option(PROFILE("KILL_PROCESS"))), CLI_SIGNAL + SIGSYS);
	cli_expect_line(words, 1);
	ck_assert_ptr_null(strstr(cli_err, "default filter"));
}
END_TEST

#endif

START_TEST(test_seccomp__end_by_another_signal_is_not_blamed_on_it)
{
	ck_assert_int_eq(cli_run(CLI_RUN("--init", "--report", world_path("report"), "sh", "-c",
					 "kill -TERM $$")),
			 CLI_SIGNAL + SIGTERM);
	ck_assert_str_eq(cli_err, "");
	ck_assert_ptr_null(strstr(world_read(world_path("report")), "refused_call"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cli_seccomp");
	TCase *tc = cli_case(s, "seccomp");

	tcase_add_test(tc, test_seccomp__takes_a_file);
	tcase_add_test(tc, test_seccomp__finds_a_relative_file);
	tcase_add_loop_test(tc, test_seccomp__takes_words, 0, sizeof(modes) / sizeof(modes[0]));
	tcase_add_test(tc, test_seccomp__log_lets_through);
	tcase_add_test(tc, test_seccomp__questions_are_not_answered);
	tcase_add_test(tc, test_seccomp__explain_names_it);
	tcase_add_loop_test(tc, test_seccomp__refuses_what_is_none, 0,
			    sizeof(refusals) / sizeof(refusals[0]));
	tcase_add_test(tc, test_seccomp__names_the_place);
#ifdef __x86_64__
	tcase_add_loop_test(tc, test_seccomp__end_names_the_architecture, 0, 2);
	tcase_add_loop_test(tc, test_seccomp__end_names_the_call, 0, 2);
	tcase_add_test(tc, test_seccomp__end_by_a_profile_blames_no_architecture);
#endif
	tcase_add_test(tc, test_seccomp__end_by_another_signal_is_not_blamed_on_it);
	tcase_add_test(tc, test_keyring__of_the_user_takes_keyctl);
	return suite_run(s);
}

/* SPDX-License-Identifier: MIT */
/*
 * A host program that is linked to the shared library: does what its argument says, and prints what
 * came of it, and which of the libraries that few programs need are in its memory.
 */
#include <minictr.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static const char profile[] =
	"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"mkdir\",\"mkdirat\"],"
	"\"action\":\"SCMP_ACT_ERRNO\"}]}";

static ctr_error *err;

/* The exit code of mkdir, or -1. */
static int spawn(ctr_spec *spec)
{
	ctr_process *process = ctr_spec_get_process(spec);
	ctr_container *container = NULL;
	int status = -1;

	if (ctr_process_add_arg(process, "mkdir", err) == 0 &&
	    ctr_process_add_arg(process, "/tmp/made", err) == 0)
		container = ctr_spawn(spec, err);
	if (container && ctr_container_wait(container, -1, err) > 0)
		status = ctr_container_exit_code(container);
	ctr_container_free(container);
	return status;
}

/* Each of these sets what the argument says, and says whether to spawn then. */
static int set_nothing(ctr_process *process)
{
	(void)process;
	return 1;
}

static int set_log(ctr_process *process)
{
	return ctr_process_set_seccomp(process, CTR_SECCOMP_LOG, err) == 0 ? 1 : -1;
}

static int set_capability(ctr_process *process)
{
	return ctr_process_add_cap(process, "CAP_SYS_ADMIN", err) == 0 ? 1 : -1;
}

/* One instruction, which allows everything: struct sock_filter, linux/filter.h. */
static int set_program(ctr_process *process)
{
	static const struct {
		unsigned short code;
		unsigned char yes, no;
		unsigned value;
	} allow = { 6, 0, 0, 0x7fff0000 };

	return ctr_process_set_seccomp_bpf(process, &allow, 1, err) == 0 ? 1 : -1;
}

static int set_profile(ctr_process *process)
{
	return ctr_process_set_seccomp_json(process, profile, err) == 0 ? 1 : -1;
}

static int check_profile(ctr_process *process)
{
	return ctr_process_set_seccomp_json(process, profile, err);
}

static pthread_barrier_t together;

static int compile_profile(ctr_process *process, ctr_spec *spec)
{
	ctr_plan *plan = NULL;

	if (ctr_process_add_arg(process, "true", NULL) == 0 &&
	    ctr_process_set_seccomp_json(process, profile, NULL) == 0)
		plan = ctr_plan_compile(spec, NULL);
	ctr_plan_free(plan);
	return plan ? 0 : -1;
}

static void *compile_in_thread(void *failed)
{
	ctr_spec *spec = ctr_spec_new(NULL);
	int r;

	pthread_barrier_wait(&together);
	r = compile_profile(ctr_spec_get_process(spec), spec);
	ctr_spec_free(spec);
	return r == 0 ? NULL : failed;
}

static int set_in_threads(ctr_process *process)
{
	pthread_t threads[8];
	void *failed;
	int r = 0;

	pthread_barrier_init(&together, NULL, 8);
	for (int i = 0; i < 8; i++)
		pthread_create(&threads[i], NULL, compile_in_thread, &together);
	for (int i = 0; i < 8; i++) {
		pthread_join(threads[i], &failed);
		if (failed)
			r = -1;
	}
	return r == 0 ? set_profile(process) : -1;
}

static const struct {
	const char *name;
	int (*set)(ctr_process *process);
} ways[] = {
	{ "nothing", set_nothing },    { "log", set_log },	   { "capability", set_capability },
	{ "program", set_program },    { "profile", set_profile }, { "check", check_profile },
	{ "threads", set_in_threads },
};

static void print_libraries(void)
{
	static const char *const few[] = { "/libjson-c.so", "/libseccomp.so" };
	FILE *maps = fopen("/proc/self/maps", "r");
	int found[2] = { 0 };
	char line[4096];

	while (maps && fgets(line, sizeof(line), maps))
		for (int i = 0; i < 2; i++)
			found[i] |= strstr(line, few[i]) != NULL;
	if (maps)
		fclose(maps);
	printf("json-c %d, seccomp %d\n", found[0], found[1]);
}

int main(int argc, char **argv)
{
	ctr_spec *spec;
	int result = -2;

	err = ctr_error_new();
	spec = ctr_spec_new(err);
	for (size_t i = 0; argc > 1 && i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(ways[i].name, argv[1]) == 0)
			result = ways[i].set(ctr_spec_get_process(spec));
	if (result > 0)
		result = spawn(spec);
	printf("%d: %s\n", result, ctr_error_message(err));
	print_libraries();
	ctr_spec_free(spec);
	ctr_error_free(err);
	return 0;
}

/* SPDX-License-Identifier: MIT */
#include "bench/spawn.h"

#include <spawn.h>
#include <sys/wait.h>

#include "bench/measure.h"

void fail(const char *what, const ctr_error *err)
{
	die(what, ctr_error_message(err));
}

ctr_spec *make_spec(const char *root, const char *program)
{
	ctr_error *err = ctr_error_new();
	ctr_spec *spec = ctr_spec_new(err);

	if (!spec || ctr_spec_set_rootfs(spec, root, err) ||
	    ctr_process_add_arg(ctr_spec_get_process(spec), program, err) ||
	    ctr_spec_set_hostname(spec, "box", err))
		fail("spec", err);
	ctr_error_free(err);
	return spec;
}

void make_bare(ctr_spec *spec)
{
	ctr_process *process = ctr_spec_get_process(spec);
	ctr_error *err = ctr_error_new();

	if (ctr_process_set_init(process, 0, err) || ctr_spec_set_base_mounts(spec, 0, err) ||
	    ctr_spec_add_proc(spec, "/proc", 0, err) ||
	    ctr_spec_set_namespace(spec, CTR_NS_NET, CTR_NS_MODE_HOST, err) ||
	    ctr_spec_set_namespace(spec, CTR_NS_IPC, CTR_NS_MODE_HOST, err) ||
	    ctr_spec_set_namespace(spec, CTR_NS_CGROUP, CTR_NS_MODE_HOST, err) ||
	    ctr_process_set_seccomp(process, CTR_SECCOMP_NONE, err) ||
	    ctr_process_set_keyring(process, 0, err) || ctr_process_add_cap(process, "ALL", err))
		fail("spec", err);
	ctr_error_free(err);
}

ctr_spec *make_full(const char *root, const char *program, int init, int network)
{
	ctr_error *err = ctr_error_new();
	ctr_spec *spec = make_spec(root, program);

	if (ctr_process_set_init(ctr_spec_get_process(spec), init, err) ||
	    (!network && ctr_spec_set_namespace(spec, CTR_NS_NET, CTR_NS_MODE_HOST, err)))
		fail("spec", err);
	ctr_error_free(err);
	return spec;
}

void add_argument(ctr_spec *spec, const char *argument)
{
	ctr_error *err = ctr_error_new();

	if (ctr_process_add_arg(ctr_spec_get_process(spec), argument, err))
		fail("spec", err);
	ctr_error_free(err);
}

ctr_plan *make_plan(const ctr_spec *spec)
{
	ctr_error *err = ctr_error_new();
	ctr_plan *plan = ctr_plan_compile(spec, err);

	if (!plan)
		fail("compile", err);
	ctr_error_free(err);
	return plan;
}

static void finish(ctr_container *c, ctr_error *err, const char *what)
{
	if (!c || ctr_container_wait(c, -1, err) != 1 || ctr_container_exit_code(c) != 0)
		fail(what, err);
	ctr_container_free(c);
}

void run_spawn(void *spec)
{
	ctr_error *err = ctr_error_new();

	finish(ctr_spawn(spec, err), err, "ctr_spawn");
	ctr_error_free(err);
}

void run_plan(void *plan)
{
	ctr_error *err = ctr_error_new();

	finish(ctr_plan_spawn(plan, err), err, "ctr_plan_spawn");
	ctr_error_free(err);
}

void run_posix_spawn(void *path)
{
	char *const argv[] = { path, NULL }, *const envp[] = { NULL };
	int status;
	pid_t pid;

	if (posix_spawn(&pid, path, NULL, NULL, argv, envp) || waitpid(pid, &status, 0) != pid ||
	    status != 0)
		die("posix_spawn", "failed");
}

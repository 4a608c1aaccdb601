/* SPDX-License-Identifier: 0BSD */
/*
 * The lecture's container: "lecture run ROOTFS CMD [ARG...]" runs CMD in new
 * UTS, PID and mount namespaces, on an Alpine-like tree, with /proc, as host
 * "container", with at most 20 processes.
 *
 * Its Go program has a second command, "child": the Go runtime has threads
 * before main() begins, so it can't fork; it starts itself again to have a
 * place in which to set the container up before CMD. Here that place is the
 * child that ctr_spawn() makes, so "child" has nothing left to do. The control
 * group goes when the container ends, without notify_on_release.
 */
#include <minictr.h>
#include <stdio.h>
#include <string.h>

static ctr_container *spawn(char **argv, ctr_spec *spec, ctr_error *err)
{
	static const unsigned shared[] = { CTR_NS_IPC, CTR_NS_NET, CTR_NS_CGROUP };

	if (!spec || ctr_spec_set_rootfs(spec, argv[0], err) ||
	    ctr_spec_set_hostname(spec, "container", err) ||
	    ctr_limits_set_pids_max(ctr_spec_get_limits(spec), 20, err) ||
	    ctr_spec_set_base_mounts(spec, CTR_BASE_PROC | CTR_BASE_DEV, err))
		return NULL;
	for (int i = 0; i < 3; i++)
		if (ctr_spec_set_namespace(spec, shared[i], CTR_NS_MODE_HOST, err))
			return NULL;
	ctr_process_set_args(ctr_spec_get_process(spec), argv + 1, err);
	return ctr_spawn(spec, err);
}

int main(int argc, char **argv)
{
	ctr_error *err = ctr_error_new();

	if (argc < 4 || strcmp(argv[1], "run") != 0)
		return fprintf(stderr, "usage: lecture run ROOTFS CMD [ARG...]\n"), 2;
	ctr_container *c = spawn(argv + 2, ctr_spec_new(err), err);
	if (!c || ctr_container_wait(c, -1, err) != 1)
		return fprintf(stderr, "lecture: %s\n", ctr_error_message(err)), 125;
	int signal = ctr_container_exit_signal(c);
	return signal ? 128 + signal : ctr_container_exit_code(c);
}

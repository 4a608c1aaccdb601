/* SPDX-License-Identifier: 0BSD */
/*
 * "rootless CMD [ARG...]" runs a command as root of a user namespace. It uses all ids that
 * /etc/subuid and /etc/subgid grant to the caller, as package managers and builds need them. If
 * there are none it uses the caller's own id alone. No privilege is needed.
 */
#include <minictr.h>
#include <stdio.h>

/* Without a range the container has one id, which is enough for many programs. */
static int choose_ids(ctr_spec *spec, ctr_error *err)
{
	if (ctr_idmap_add_ranges(ctr_spec_get_idmap(spec), err) == 0)
		return 0;
	if (ctr_error_code(err) != CTR_E_UNSUPPORTED)
		return -1;
	fprintf(stderr, "rootless: one id, for %s\n", ctr_error_message(err));
	ctr_idmap_clear_error(ctr_spec_get_idmap(spec)); /* or ctr_spawn() fails with it */
	return ctr_spec_set_namespace(spec, CTR_NS_USER, CTR_NS_MODE_NEW, err);
}

static ctr_spec *make_spec(char **argv, ctr_error *err)
{
	ctr_spec *spec = ctr_spec_new(err);

	if (!spec || choose_ids(spec, err) || ctr_spec_set_disable_userns(spec, 1, err) ||
	    ctr_process_set_args(ctr_spec_get_process(spec), argv, err)) {
		ctr_spec_free(spec);
		return NULL;
	}
	return spec;
}

static int fail(const ctr_error *err)
{
	fprintf(stderr, "rootless: %s\n", ctr_error_message(err));
	return 125;
}

int main(int argc, char **argv)
{
	ctr_error *err = ctr_error_new();
	ctr_container *c;
	ctr_spec *spec;
	int code;

	if (argc < 2)
		return fprintf(stderr, "usage: rootless CMD [ARG...]\n"), 2;
	spec = make_spec(argv + 1, err);
	if (!spec)
		return fail(err);
	c = ctr_spawn(spec, err);
	ctr_spec_free(spec);
	if (!c || ctr_container_wait(c, -1, err) != 1)
		return fail(err);
	code = ctr_container_exit_code(c);
	ctr_container_free(c);
	ctr_error_free(err);
	return code;
}

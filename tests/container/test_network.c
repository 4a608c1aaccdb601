/* SPDX-License-Identifier: MIT */
/* Network namespaces that are made ahead: a container has one of its own, as without them. */
#include "container/network.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/suite.h"
#include "support/world.h"

static ctr_error *err;
static ctr_plan *plan;

static void done(int r)
{
	ck_assert_msg(r == 0, "%s", ctr_error_message(err));
}

static void make(void)
{
	suite_need_root();
	err = ctr_error_new();
	world_rootfs("root");
}

static void drop(void)
{
	ctr_plan_free(plan);
	plan = NULL;
	ctr_error_free(err);
}

static ctr_spec *shell(const char *script)
{
	return suite_spec(world_path("root"), "/bin/sh", "-c", script, NULL);
}

static void begin(ctr_spec *spec)
{
	plan = ctr_plan_compile(spec, err);
	ck_assert_msg(plan, "%s", ctr_error_message(err));
	ctr_spec_free(spec);
}

enum { INIT, NO_INIT, HELPER, POOL, WAYS };

static ctr_spec *made_so(ctr_spec *spec, int way)
{
	done(ctr_process_set_init(ctr_spec_get_process(spec), way == INIT || way == POOL, err));
	done(ctr_spec_set_child(spec, way == HELPER ? CTR_CHILD_HELPER : CTR_CHILD_AUTO, err));
	return spec;
}

/* What a container of the plan writes to standard output. */
static const char *output_of(int way)
{
	static char text[4096];
	ctr_pool *pool = way == POOL ? ctr_pool_new(plan, 1, err) : NULL;
	ctr_given *given = ctr_given_new(err);
	ctr_container *c;
	ssize_t n;
	int out[2];

	ck_assert_int_eq(pipe(out), 0);
	done(ctr_given_set_fd(given, 1, out[1], err));
	c = pool ? ctr_pool_take(pool, given, err) : ctr_plan_spawn_with(plan, given, err);
	ck_assert_msg(c, "%s", ctr_error_message(err));
	ck_assert_int_eq(ctr_container_wait(c, -1, err), 1);
	ck_assert_int_eq(ctr_container_exit_code(c), 0);
	ctr_container_free(c);
	close(out[1]);
	n = read(out[0], text, sizeof(text) - 1);
	ck_assert_int_ge(n, 0);
	text[n] = '\0';
	close(out[0]);
	ctr_given_free(given);
	ctr_pool_free(pool);
	return text;
}

static void own_network(char *text)
{
	const ssize_t n = readlink("/proc/thread-self/ns/net", text, PATH_MAX - 2);

	ck_assert_int_gt(n, 0);
	memcpy(text + n, "\n", 2);
}

static const char script[] =
	"readlink /proc/self/ns/net; ifconfig lo | grep -c 'UP LOOPBACK RUNNING' >&2; "
	"ls /sys/class/net >&2";

/* The name of one that is ready: the last one is used first. */
static void name_ready(char *text, size_t size)
{
	struct stat st;

	ck_assert_int_eq(fstat(plan->networks->ready[plan->networks->n - 1], &st), 0);
	snprintf(text, size, "net:[%ju]\n", (uintmax_t)st.st_ino);
}

/* One is used for each container, and by the others one is made. */
START_TEST(test_networks__are_used_once)
{
	char host[PATH_MAX], ready[64], after[PATH_MAX];

	own_network(host);
	begin(made_so(shell(script), _i));
	done(ctr_plan_prepare_networks(plan, 2, err));
	for (size_t n = 2; n > 0; n--) {
		ck_assert_uint_eq(plan->networks->n, n);
		name_ready(ready, sizeof(ready));
		ck_assert_str_eq(output_of(_i), ready);
	}
	ck_assert_uint_eq(plan->networks->n, 0);
	ck_assert_str_ne(output_of(_i), host);
	own_network(after);
	ck_assert_str_eq(after, host);
}
END_TEST

START_TEST(test_networks__are_like_those_that_are_not_ahead)
{
	static const char look[] =
		"ifconfig lo | grep -o 'UP LOOPBACK RUNNING'; ls /sys/class/net; "
		"cut -d: -f1 /proc/net/dev; cat /proc/net/route /proc/sys/net/ipv4/ip_forward";
	char *ahead;

	begin(made_so(shell(look), _i));
	done(ctr_plan_prepare_networks(plan, 1, err));
	ahead = strdup(output_of(_i));
	ck_assert_uint_eq(plan->networks->n, 0);
	ck_assert_str_eq(ahead, output_of(_i));
	ck_assert_ptr_nonnull(strstr(ahead, "UP LOOPBACK RUNNING"));
	free(ahead);
}
END_TEST

/* The plan has as many as were asked for, and no more. */
START_TEST(test_networks__stay_ready)
{
	begin(shell("true"));
	done(ctr_plan_prepare_networks(plan, 3, err));
	done(ctr_plan_prepare_networks(plan, 2, err));
	ck_assert_uint_eq(plan->networks->n, 3);
	done(ctr_plan_prepare_networks(plan, 4, err));
	ck_assert_uint_eq(plan->networks->n, 4);
	done(ctr_plan_prepare_networks(plan, 0, err));
}
END_TEST

static void expect_refusal(int code, const char *words)
{
	ck_assert_int_eq(ctr_plan_prepare_networks(plan, 1, err), -1);
	suite_expect_error(err, code, words);
	ctr_error_clear(err);
}

START_TEST(test_networks__are_refused_where_they_can_not_be_used)
{
	ctr_spec *spec = shell("true");

	expect_refusal(CTR_E_INVALID, "plan");
	done(ctr_spec_set_namespace(spec, CTR_NS_NET, CTR_NS_MODE_HOST, err));
	begin(spec);
	expect_refusal(CTR_E_INVALID, "the plan creates none");
	ctr_plan_free(plan);
	spec = shell("true");
	done(ctr_spec_set_namespace(spec, CTR_NS_USER, CTR_NS_MODE_NEW, err));
	begin(spec);
	expect_refusal(CTR_E_INVALID, "in a user namespace");
	ctr_plan_free(plan);
	begin(shell("true"));
	ck_assert_int_eq(ctr_plan_prepare_networks(plan, 1025, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "expected 0 to 1024");
}
END_TEST

/* The original and the copy would share one. */
START_TEST(test_networks__are_not_for_a_forked_copy)
{
	pid_t pid;
	int status;

	begin(shell("true"));
	done(ctr_plan_prepare_networks(plan, 1, err));
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		const bool refused = ctr__networks_take(plan) == -1 &&
				     ctr_plan_prepare_networks(plan, 1, err) == -1 &&
				     ctr_error_code(err) == CTR_E_STATE;
		ctr_container *c = ctr_plan_spawn(plan, err);

		_exit(refused && c && ctr_container_wait(c, -1, err) == 1 ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert_uint_eq(plan->networks->n, 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("network");
	TCase *tc = suite_case(suite, "network");

	tcase_add_checked_fixture(tc, make, drop);
	tcase_add_loop_test(tc, test_networks__are_used_once, 0, WAYS);
	tcase_add_loop_test(tc, test_networks__are_like_those_that_are_not_ahead, 0, WAYS);
	tcase_add_test(tc, test_networks__stay_ready);
	tcase_add_test(tc, test_networks__are_refused_where_they_can_not_be_used);
	tcase_add_test(tc, test_networks__are_not_for_a_forked_copy);
	return suite_run(suite);
}

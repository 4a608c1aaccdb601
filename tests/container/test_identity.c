/* SPDX-License-Identifier: MIT */
/*
 * What another process than the parent can do to a container, by what a file could tell it: each
 * function of an identity, in a fork of the test, whose handle refuses everything.
 */
#include "container/identity.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sys.h"
#include "container/container.h"
#include "support/suite.h"
#include "support/world.h"

static ctr_error *err;
static ctr_cgroup *group;
static ctr_container *container;
static char group_path[PATH_MAX];

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
	ctr_container_free(container);
	container = NULL;
	if (group)
		done(ctr_cgroup_remove(group, err));
	ctr_cgroup_free(group);
	group = NULL;
	ctr_error_free(err);
}

static ctr_spec *shell(const char *script)
{
	return suite_spec(world_path("root"), "/bin/sh", "-c", script, NULL);
}

static void start(ctr_spec *spec)
{
	container = ctr_spawn(spec, err);
	ck_assert_msg(container, "%s", ctr_error_message(err));
	ctr_spec_free(spec);
}

static void await_members(const ctr_cgroup *of, int n)
{
	for (int turn = 0; ctr_cgroup_list(of, NULL, 0, err) != n; turn++) {
		ck_assert_int_lt(turn, 20000);
		usleep(1000);
	}
}

/* In a group that has this path in each hierarchy. */
static void start_in_group(const char *script)
{
	ctr_spec *spec = shell(script);

	snprintf(group_path, sizeof(group_path), "/minictr_test_%d", (int)getpid());
	group = ctr_cgroup_create(group_path, NULL, 1, err);
	ck_assert_msg(group, "%s", ctr_error_message(err));
	done(ctr_spec_set_cgroup(spec, group, err));
	done(ctr_process_set_init(ctr_spec_get_process(spec), 0, err));
	start(spec);
}

/* Of numbers and paths alone: nothing of the parent's is open in it. */
static struct ctr__identity identify(const char *path)
{
	struct ctr__identity id;

	ctr__identity_init(&id);
	id.pid = ctr_container_pid(container);
	id.pidfd = sys_pidfd_open(id.pid, 0);
	ck_assert_int_ge(id.pidfd, 0);
	id.own_pid_ns = container->id.own_pid_ns;
	id.began_us = container->id.began_us;
	id.before = container->id.before;
	if (path) {
		id.cgroup = ctr_cgroup_open(path, err);
		ck_assert_msg(id.cgroup, "%s", ctr_error_message(err));
	}
	return id;
}

static void send_kill(void)
{
	struct ctr__identity id = identify(NULL);

	ck_assert_int_eq(ctr_container_send_signal(container, SIGKILL, err), -1);
	suite_expect_error(err, CTR_E_STATE, "copy");
	done(ctr__identity_send_signal(&id, SIGKILL, err));
	ctr__identity_clear(&id);
}

START_TEST(test_signal__reaches_the_first_process)
{
	start(shell("sleep 100"));
	suite_in_child(send_kill);
	ck_assert_int_eq(ctr_container_wait(container, -1, err), 1);
	ck_assert_int_eq(ctr_container_exit_signal(container), SIGKILL);
}
END_TEST

/* Not the number: the descriptor goes on meaning the process that has ended. */
START_TEST(test_signal__does_not_reach_what_has_ended)
{
	struct ctr__identity id;

	start(shell("sleep 100"));
	id = identify(NULL);
	done(ctr_container_kill_all(container, err));
	ck_assert_int_eq(ctr_container_wait(container, -1, err), 1);
	ck_assert_int_eq(ctr__identity_send_signal(&id, SIGKILL, err), -1);
	suite_expect_error(err, CTR_E_SYSTEM, "it has ended");
	done(ctr__identity_kill(&id, err));
	ctr__identity_clear(&id);
}
END_TEST

static void freeze(void)
{
	struct ctr__identity id = identify(group_path);

	done(ctr__identity_freeze(&id, err));
	ctr__identity_clear(&id);
}

static void thaw(void)
{
	struct ctr__identity id = identify(group_path);

	done(ctr__identity_thaw(&id, err));
	ctr__identity_clear(&id);
}

START_TEST(test_freeze__is_undone_by_thaw)
{
	start_in_group("sleep 100");
	ck_assert(!ctr__cgroup_is_frozen(group));
	suite_in_child(freeze);
	ck_assert(ctr__cgroup_is_frozen(group));
	suite_in_child(thaw);
	ck_assert(!ctr__cgroup_is_frozen(group));
}
END_TEST

static void kill_frozen(void)
{
	struct ctr__identity id = identify(group_path);

	done(ctr__identity_freeze(&id, err));
	done(ctr__identity_kill(&id, err));
	done(ctr__identity_kill_rest(&id, err));
	ctr__identity_clear(&id);
}

START_TEST(test_kill__ends_what_is_frozen)
{
	start_in_group("sleep 100");
	suite_in_child(kill_frozen);
	ck_assert_int_eq(ctr_container_wait(container, -1, err), 1);
	ck_assert_int_eq(ctr_container_exit_signal(container), SIGKILL);
	done(ctr_cgroup_thaw(group, err));
}
END_TEST

static void kill_in_group(void)
{
	struct ctr__identity id = identify(group_path);

	ck_assert(!id.own_pid_ns);
	done(ctr__identity_kill(&id, err));
	done(ctr__identity_kill_rest(&id, err));
	ctr__identity_clear(&id);
}

/* Without a PID namespace the group alone tells whose the other processes are. */
START_TEST(test_kill__ends_the_others_of_the_group)
{
	ctr_spec *spec = shell("sleep 100 & wait");
	const struct ctr__member *m;

	done(ctr_spec_set_namespace(spec, CTR_NS_PID, CTR_NS_MODE_HOST, err));
	done(ctr_spec_set_accounting(spec, 1, err));
	start(spec);
	await_members(container->id.cgroup, 2);
	m = &container->id.cgroup->members[0];
	snprintf(group_path, sizeof(group_path), "%s", m->path + m->mount_length);
	suite_in_child(kill_in_group);
	await_members(container->id.cgroup, 0);
	ck_assert_int_eq(ctr_container_wait(container, -1, err), 1);
	ck_assert_int_eq(ctr_container_exit_signal(container), SIGKILL);
}
END_TEST

static void signal_all(void)
{
	struct ctr__identity id = identify(group_path);

	done(ctr__identity_send_signal_all(&id, SIGTERM, err));
	ctr__identity_clear(&id);
}

START_TEST(test_signal_all__reaches_the_whole_group)
{
	start_in_group("trap : TERM; (trap - TERM; exec sleep 100); exit $?");
	await_members(group, 2);
	usleep(50000); /* for the one inside to have executed */
	suite_in_child(signal_all);
	ck_assert_int_eq(ctr_container_wait(container, -1, err), 1);
	ck_assert_int_eq(ctr_container_exit_code(container), 128 + SIGTERM);
}
END_TEST

static void look(void)
{
	struct ctr__identity id = identify(group_path);
	ctr_usage *usage = ctr_usage_new(err);
	uint64_t value;

	ctr__identity_stats(&id, usage);
	ck_assert_int_eq(ctr_usage_get(usage, CTR_USAGE_WALL_US, &value), 1);
	ck_assert_uint_ge(value, 50000);
	ck_assert_uint_lt(value, 600000000);
	ck_assert_int_eq(ctr_usage_get(usage, CTR_USAGE_PIDS, &value), 1);
	ck_assert_uint_eq(value, 1);
	ctr_usage_free(usage);
	ctr__identity_clear(&id);
}

START_TEST(test_stats__are_known)
{
	start_in_group("exec sleep 100");
	usleep(50000);
	suite_in_child(look);
}
END_TEST

static void update(void)
{
	struct ctr__identity id = identify(group_path);
	ctr_limits *limits = ctr_limits_new(err);

	done(ctr_limits_set_pids_max(limits, 17, err));
	done(ctr__identity_update(&id, limits, err));
	ck_assert_int_eq(ctr__identity_update(&id, NULL, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "limits");
	ctr_limits_free(limits);
	ctr__identity_clear(&id);
}

START_TEST(test_update__changes_its_limits)
{
	uint64_t max;

	start_in_group("sleep 100");
	suite_in_child(update);
	done(ctr_cgroup_get_limit(group, CTR_LIMIT_PIDS_MAX, &max, err));
	ck_assert_uint_eq(max, 17);
}
END_TEST

START_TEST(test_group__is_missed)
{
	struct ctr__identity id;

	start(shell("sleep 100"));
	id = identify(NULL);
	ck_assert_int_eq(ctr__identity_freeze(&id, err), -1);
	suite_expect_error(err, CTR_E_STATE, "accounting");
	ck_assert_int_eq(ctr__identity_thaw(&id, err), -1);
	suite_expect_error(err, CTR_E_STATE, "accounting");
	ck_assert_int_eq(ctr__identity_send_signal_all(&id, SIGTERM, err), -1);
	suite_expect_error(err, CTR_E_STATE, "accounting");
	ck_assert_int_eq(ctr__identity_update(&id, NULL, err), -1);
	suite_expect_error(err, CTR_E_STATE, "accounting");
	done(ctr__identity_kill_rest(&id, err));
	ctr__identity_clear(&id);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("identity");
	TCase *tc = suite_case(s, "identity");

	tcase_add_checked_fixture(tc, make, drop);
	tcase_add_test(tc, test_signal__reaches_the_first_process);
	tcase_add_test(tc, test_signal__does_not_reach_what_has_ended);
	tcase_add_test(tc, test_freeze__is_undone_by_thaw);
	tcase_add_test(tc, test_kill__ends_what_is_frozen);
	tcase_add_test(tc, test_kill__ends_the_others_of_the_group);
	tcase_add_test(tc, test_signal_all__reaches_the_whole_group);
	tcase_add_test(tc, test_stats__are_known);
	tcase_add_test(tc, test_update__changes_its_limits);
	tcase_add_test(tc, test_group__is_missed);
	return suite_run(s);
}

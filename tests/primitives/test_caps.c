/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "primitives/effect.h"
#include "support/suite.h"
#include "support/world.h"

#define BIT(cap) (1ull << (cap))

/* What a container has by default, with what the tests still need to look at it. */
#define KEEP (BIT(CAP_SETUID) | BIT(CAP_SETGID) | BIT(CAP_NET_BIND_SERVICE) | BIT(CAP_DAC_OVERRIDE))
#define AMBIENT BIT(CAP_NET_BIND_SERVICE)

/* A line of /proc/thread-self/status that is a number of base 16. */
static uint64_t set_of(const char *name)
{
	const char *line = strstr(world_read("/proc/thread-self/status"), name);
	unsigned long long set = 0;

	ck_assert_ptr_nonnull(line);
	ck_assert_int_eq(sscanf(line + strlen(name), "%llx", &set), 1);
	return set;
}

/* glibc has no wrapper for it. */
static void lose_effective(uint64_t caps)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];

	ck_assert_int_eq(syscall(SYS_capget, &header, data), 0);
	data[0].effective &= ~(uint32_t)caps;
	data[1].effective &= ~(uint32_t)(caps >> 32);
	ck_assert_int_eq(syscall(SYS_capset, &header, data), 0);
}

static int keeps_caps(void)
{
	return prctl(PR_GET_KEEPCAPS, 0, 0, 0, 0);
}

/* ---- what is done ---- */

TEST_IN_CHILD(test_caps_limit__leaves_those_and_no_others)
{
	effect_done(ctr_caps_limit(KEEP, AMBIENT, err));
	ck_assert_uint_eq(set_of("\nCapPrm:"), KEEP);
	ck_assert_uint_eq(set_of("\nCapEff:"), KEEP);
	ck_assert_uint_eq(set_of("\nCapBnd:"), KEEP);
	ck_assert_uint_eq(set_of("\nCapInh:"), AMBIENT);
	ck_assert_uint_eq(set_of("\nCapAmb:"), AMBIENT);
}

TEST_IN_CHILD(test_caps_limit__may_be_called_again)
{
	effect_done(ctr_caps_limit(KEEP | BIT(CAP_SETPCAP), AMBIENT, err));
	effect_done(ctr_caps_limit(KEEP, 0, err));
	effect_done(ctr_caps_limit(KEEP, 0, err)); /* with nothing to give up it takes no right */
	ck_assert_uint_eq(set_of("\nCapBnd:"), KEEP);
	ck_assert_uint_eq(set_of("\nCapAmb:"), 0);
}

/* Capabilities that stay with another user would be those that ctr_set_ids() gives up. */
TEST_IN_CHILD(test_caps_limit__another_user_has_none_afterwards)
{
	effect_done(ctr_caps_limit(KEEP, at ? AMBIENT : 0, err));
	ck_assert_int_eq(keeps_caps(), 0);
	effect_done(ctr_set_ids(1000, 1000, NULL, 0, err));
	ck_assert_uint_eq(set_of("\nCapPrm:"), 0);
	ck_assert_uint_eq(set_of("\nCapAmb:"), 0);
}

/* As the header has it. */
TEST_IN_CHILD(test_caps_limit__leaves_another_user_some_if_its_ids_come_first)
{
	ck_assert_int_eq(prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0), 0);
	effect_done(ctr_set_ids(1000, 1000, NULL, 0, err));
	effect_done(ctr_caps_limit(AMBIENT, AMBIENT, err));
	ck_assert_uint_eq(set_of("\nCapPrm:"), AMBIENT);
	ck_assert_uint_eq(set_of("\nCapAmb:"), AMBIENT);
}

/* It is the caller's flag. */
TEST_IN_CHILD(test_caps_limit__leaves_keepcaps_as_it_is)
{
	ck_assert_int_eq(prctl(PR_SET_KEEPCAPS, at, 0, 0, 0), 0);
	effect_done(ctr_caps_limit(KEEP, AMBIENT, err));
	ck_assert_int_eq(keeps_caps(), at);
}

/* ---- what is refused, which changes nothing ---- */

TEST_IN_CHILD(test_caps_limit__refuses_ambient_ones_that_do_not_stay)
{
	effect_note();
	effect_refused(ctr_caps_limit(KEEP, BIT(CAP_SYS_ADMIN), err), CTR_E_INVALID, 0,
		       "ambient capabilities");
}

TEST_IN_CHILD(test_caps_limit__needs_the_right_to_lower_the_bounding_set)
{
	lose_effective(BIT(CAP_SETPCAP));
	effect_note();
	effect_refused(ctr_caps_limit(KEEP, at ? AMBIENT : 0, err), CTR_E_SYSTEM, EPERM,
		       "CAP_SETPCAP");
	ck_assert_int_eq(keeps_caps(), 0);
}

TEST_IN_CHILD(test_caps_limit__tells_that_nothing_may_be_ambient)
{
	ck_assert_int_eq(prctl(PR_SET_SECUREBITS, SECBIT_NO_CAP_AMBIENT_RAISE, 0, 0, 0), 0);
	effect_note();
	effect_refused(ctr_caps_limit(KEEP, AMBIENT, err), CTR_E_SYSTEM, EPERM,
		       "no_cap_ambient_raise");
	ck_assert_int_eq(keeps_caps(), 0);
	effect_done(ctr_caps_limit(KEEP, 0, err));
}

TEST_IN_CHILD(test_caps_limit__tells_that_the_bounding_set_lacks_what_is_to_be_ambient)
{
	ck_assert_int_eq(prctl(PR_CAPBSET_DROP, CAP_NET_BIND_SERVICE, 0, 0, 0), 0);
	effect_note();
	effect_refused(ctr_caps_limit(KEEP, AMBIENT, err), CTR_E_SYSTEM, EPERM, "bounding set");
	effect_done(ctr_caps_limit(KEEP, 0, err));
}

TEST_IN_CHILD(test_caps_limit__takes_a_null_error)
{
	lose_effective(BIT(CAP_SETPCAP));
	ck_assert_int_eq(ctr_caps_limit(KEEP, 0, NULL), -1);
	ck_assert_int_eq(ctr_caps_limit(KEEP, ~0ull, NULL), -1);
}

/* No check foretells what a filter of system calls answers; the flag is not left all the same. */
TEST_IN_CHILD(test_caps_limit__keeps_nothing_when_it_fails_halfway)
{
	effect_deny(SYS_capset, EPERM);
	ck_assert_int_eq(ctr_caps_limit(KEEP, AMBIENT, err), -1);
	suite_expect_error(err, CTR_E_SYSTEM, "keep capabilities");
	ck_assert_int_eq(keeps_caps(), 0);
}

int main(void)
{
	Suite *s = suite_create("caps");
	TCase *tc = suite_case(s, "caps_limit");

	tcase_add_checked_fixture(tc, effect_begin, effect_end);
	tcase_add_test(tc, test_caps_limit__leaves_those_and_no_others);
	tcase_add_test(tc, test_caps_limit__may_be_called_again);
	tcase_add_loop_test(tc, test_caps_limit__another_user_has_none_afterwards, 0, 2);
	tcase_add_test(tc, test_caps_limit__leaves_another_user_some_if_its_ids_come_first);
	tcase_add_loop_test(tc, test_caps_limit__leaves_keepcaps_as_it_is, 0, 2);
	tcase_add_test(tc, test_caps_limit__refuses_ambient_ones_that_do_not_stay);
	tcase_add_loop_test(tc, test_caps_limit__needs_the_right_to_lower_the_bounding_set, 0, 2);
	tcase_add_test(tc, test_caps_limit__tells_that_nothing_may_be_ambient);
	tcase_add_test(tc,
		       test_caps_limit__tells_that_the_bounding_set_lacks_what_is_to_be_ambient);
	tcase_add_test(tc, test_caps_limit__takes_a_null_error);
	tcase_add_test(tc, test_caps_limit__keeps_nothing_when_it_fails_halfway);
	return suite_run(s);
}

/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <string.h>

#include "base/parse.h"
#include "support/suite.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define UNCHANGED 4711

static ctr_error *err;
static uint64_t value;

static void make(void)
{
	err = ctr_error_new();
	value = UNCHANGED;
}

static void drop(void)
{
	ctr_error_free(err);
}

struct sample {
	const char *text;
	uint64_t value;
};

static const struct sample numbers[] = {
	{ "0", 0 },
	{ "7", 7 },
	{ "42", 42 },
	{ "007", 7 }, /* decimal: no octal */
	{ "010", 10 },
	{ "00000000000000000000000000000000001", 1 },
	{ "4294967296", UINT64_C(4294967296) },
	{ "18446744073709551615", UINT64_MAX },
};

START_TEST(test_parse_number__reads_decimal_numbers)
{
	ck_assert_int_eq(ctr_parse_number(numbers[_i].text, "n", 0, UINT64_MAX, &value, err), 0);
	ck_assert_uint_eq(value, numbers[_i].value);
}
END_TEST

static const char *const not_numbers[] = {
	NULL,
	"",
	" ",
	"-1",
	"-0",
	"+1",
	"0x10",
	"1x",
	"x",
	" 1",
	"1 ",
	"\t1",
	"1\n",
	"1.0",
	"1e3",
	"1,0",
	"1_000",
	"0b1",
	"1k",
	"--1",
	"1-",
	"\xd9\xa1", /* ARABIC-INDIC DIGIT ONE */
	"18446744073709551616",
	"18446744073709551620",
	"99999999999999999999999999999999",
};

START_TEST(test_parse_number__refuses_what_is_not_one)
{
	ck_assert_int_eq(ctr_parse_number(not_numbers[_i], "n", 0, UINT64_MAX, &value, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "a decimal number");
	ck_assert_uint_eq(value, UNCHANGED);
}
END_TEST

START_TEST(test_parse_number__takes_both_limits)
{
	ck_assert_int_eq(ctr_parse_number("5", "n", 5, 9, &value, err), 0);
	ck_assert_int_eq(ctr_parse_number("9", "n", 5, 9, &value, err), 0);
	ck_assert_uint_eq(value, 9);
}
END_TEST

START_TEST(test_parse_number__refuses_less_and_more)
{
	ck_assert_int_eq(ctr_parse_number("4", "n", 5, 9, &value, err), -1);
	ck_assert_int_eq(ctr_parse_number("10", "n", 5, 9, &value, err), -1);
	ck_assert_uint_eq(value, UNCHANGED);
}
END_TEST

START_TEST(test_parse_number__error_says_what_value_and_range)
{
	ck_assert_int_eq(ctr_parse_number("4x", "--limit", 5, 9, &value, err), -1);
	ck_assert_str_eq(ctr_error_step(err), "--limit");
	ck_assert_str_eq(ctr_error_object(err), "4x");
	suite_expect_error(err, CTR_E_INVALID, "from 5 to 9");
}
END_TEST

START_TEST(test_parse_number__error_has_room_for_the_largest_range)
{
	ck_assert_int_eq(ctr_parse_number("x", "n", UINT64_MAX, UINT64_MAX, &value, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "from 18446744073709551615 to 18446744073709551615");
}
END_TEST

START_TEST(test_parse_number__takes_a_null_error)
{
	ck_assert_int_eq(ctr_parse_number("x", "n", 0, 9, &value, NULL), -1);
}
END_TEST

static const struct sample sizes[] = {
	{ "0", 0 },
	{ "0t", 0 },
	{ "17", 17 },
	{ "17b", 17 },
	{ "17B", 17 },
	{ "3k", 3 << 10 },
	{ "3K", 3 << 10 },
	{ "3m", 3 << 20 },
	{ "3M", 3 << 20 },
	{ "3g", UINT64_C(3) << 30 },
	{ "3G", UINT64_C(3) << 30 },
	{ "3t", UINT64_C(3) << 40 },
	{ "3T", UINT64_C(3) << 40 },
	{ "010k", 10240 },
	{ "18446744073709551615", UINT64_MAX },
	{ "18014398509481983k", UINT64_MAX - 1023 }, /* 2^64 - 1 KiB */
	{ "16777215t", UINT64_MAX - (UINT64_C(1) << 40) + 1 },
};

START_TEST(test_parse_size__reads_numbers_with_units)
{
	ck_assert_int_eq(ctr_parse_size(sizes[_i].text, "n", 0, UINT64_MAX, &value, err), 0);
	ck_assert_uint_eq(value, sizes[_i].value);
}
END_TEST

static const char *const not_sizes[] = {
	NULL,
	"",
	"k",
	"-1k",
	"+1k",
	" 1k",
	"1k ",
	"1 k",
	"1kb",
	"1KiB",
	"1kk",
	"1p",
	"1e",
	"0x1k",
	"1.5m",
	"1\n",
	"1\x0b",
	"1\xcb",
	"1@",
	"1 ",
	"1\x02",
	"1\x07",
	"1\x14", /* unit letters without their high bits */
	"18446744073709551616",
	"18014398509481984k",
	"16777216t",
	"99999999999999999999t",
};

START_TEST(test_parse_size__refuses_what_is_not_one)
{
	ck_assert_int_eq(ctr_parse_size(not_sizes[_i], "n", 0, UINT64_MAX, &value, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "unit b, k, m, g or t");
	ck_assert_uint_eq(value, UNCHANGED);
}
END_TEST

START_TEST(test_parse_size__limits_are_in_bytes)
{
	ck_assert_int_eq(ctr_parse_size("1k", "n", 1024, 2048, &value, err), 0);
	ck_assert_int_eq(ctr_parse_size("2k", "n", 1024, 2048, &value, err), 0);
	ck_assert_uint_eq(value, 2048);
}
END_TEST

START_TEST(test_parse_size__refuses_less_and_more)
{
	ck_assert_int_eq(ctr_parse_size("1023", "n", 1024, 2048, &value, err), -1);
	ck_assert_int_eq(ctr_parse_size("3k", "n", 1024, 2048, &value, err), -1);
	ck_assert_uint_eq(value, UNCHANGED);
}
END_TEST

START_TEST(test_parse_size__error_says_what_value_and_range)
{
	ck_assert_int_eq(ctr_parse_size("9z", "--size", 5, 9, &value, err), -1);
	ck_assert_str_eq(ctr_error_step(err), "--size");
	ck_assert_str_eq(ctr_error_object(err), "9z");
	suite_expect_error(err, CTR_E_INVALID, "from 5 to 9");
}
END_TEST

static const char *const names[] = {
	"a", "Z", "0", "a-b", "a.b", "a_b", "-", ".", "box01.example"
};

START_TEST(test_is_uts_name__takes_names)
{
	ck_assert(ctr__is_uts_name(names[_i]));
}
END_TEST

static const char *const not_names[] = { NULL,	"",	   "a b", "a\n",   "a/b",
					 "a:b", "a@b",	   "a[b", "a`b",   "a{b",
					 "a,b", "a\x1b[m", "a\\", "a\x7f", "\xc3\xa9" };

START_TEST(test_is_uts_name__refuses_other_bytes)
{
	ck_assert(!ctr__is_uts_name(not_names[_i]));
}
END_TEST

START_TEST(test_is_uts_name__takes_64_bytes_and_no_more)
{
	char name[66] = { 0 };

	memset(name, 'x', 64);
	ck_assert(ctr__is_uts_name(name));
	name[64] = 'x';
	ck_assert(!ctr__is_uts_name(name));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("parse");
	TCase *tc = suite_case(s, "parse");

	tcase_add_checked_fixture(tc, make, drop);
	tcase_add_loop_test(tc, test_parse_number__reads_decimal_numbers, 0, COUNT(numbers));
	tcase_add_loop_test(tc, test_parse_number__refuses_what_is_not_one, 0, COUNT(not_numbers));
	tcase_add_test(tc, test_parse_number__takes_both_limits);
	tcase_add_test(tc, test_parse_number__refuses_less_and_more);
	tcase_add_test(tc, test_parse_number__error_says_what_value_and_range);
	tcase_add_test(tc, test_parse_number__error_has_room_for_the_largest_range);
	tcase_add_test(tc, test_parse_number__takes_a_null_error);
	tcase_add_loop_test(tc, test_parse_size__reads_numbers_with_units, 0, COUNT(sizes));
	tcase_add_loop_test(tc, test_parse_size__refuses_what_is_not_one, 0, COUNT(not_sizes));
	tcase_add_test(tc, test_parse_size__limits_are_in_bytes);
	tcase_add_test(tc, test_parse_size__refuses_less_and_more);
	tcase_add_test(tc, test_parse_size__error_says_what_value_and_range);
	tcase_add_loop_test(tc, test_is_uts_name__takes_names, 0, COUNT(names));
	tcase_add_loop_test(tc, test_is_uts_name__refuses_other_bytes, 0, COUNT(not_names));
	tcase_add_test(tc, test_is_uts_name__takes_64_bytes_and_no_more);
	return suite_run(s);
}

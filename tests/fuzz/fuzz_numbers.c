/* SPDX-License-Identifier: MIT */
/* Numbers and sizes: base/parse.c. What is said of them here is read by other means. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "fuzz.h"

#define UNCHANGED 4711

static ctr_error *err;

/* What strtoull(3) makes of digits alone; false above 2^64 - 1. */
static bool read_plainly(const char *digits, uint64_t *value)
{
	errno = 0;
	*value = strtoull(digits, NULL, 10);
	return errno == 0;
}

/* A number comes back as it was written, but for zeros before it. */
static void require_same(const char *text, uint64_t value)
{
	char printed[32];

	text += strspn(text, "0");
	snprintf(printed, sizeof(printed), "%" PRIu64, value);
	fuzz_require(strcmp(*text ? text : "0", printed) == 0, "a number prints as it was read");
}

static void check_number(const char *text, uint64_t min, uint64_t max)
{
	uint64_t plain, value = UNCHANGED;
	const bool is_number = fuzz_matches(text, "^[0-9]+$") && read_plainly(text, &plain);
	const bool read = fuzz_check(ctr_parse_number(text, "n", min, max, &value, err), err);

	fuzz_require(read == (is_number && plain >= min && plain <= max),
		     "digits in the range are a number, and nothing else is");
	if (read)
		require_same(text, value);
	else
		fuzz_require(value == UNCHANGED, "what is refused stores nothing");
}

/* A size divided by what its unit stands for is the number before the unit. */
static void check_size(const char *text, uint64_t min, uint64_t max)
{
	static const char units[] = "bkmgt";
	uint64_t plain, value = UNCHANGED;
	const bool read = fuzz_check(ctr_parse_size(text, "n", min, max, &value, err), err);
	const char unit = text[strspn(text, "0123456789")];

	if (!read) {
		fuzz_require(value == UNCHANGED, "what is refused stores nothing");
		return;
	}
	fuzz_require(fuzz_matches(text, "^[0-9]+[bkmgtBKMGT]?$"), "a size is digits and a unit");
	fuzz_require(value >= min && value <= max, "a size is in its range");
	for (const char *p = strchr(units, unit | 0x20); unit && p > units; p--) {
		fuzz_require(value % 1024 == 0, "a size is whole units");
		value /= 1024;
	}
	fuzz_require(read_plainly(text, &plain) && value == plain, "a size is what it says");
}

static void check_digits(const char *text)
{
	const char *p = text;
	uint64_t value = UNCHANGED;
	const bool taken = ctr__take_digits(&p, &value);

	fuzz_require(taken == (p > text), "what is taken is stepped over");
	fuzz_require(!taken || (size_t)(p - text) == strspn(text, "0123456789"),
		     "all digits are taken");
	fuzz_require(taken || value == UNCHANGED, "what is refused stores nothing");
}

/* 16 bytes are the range, the others the text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t range[2] = { 0, UINT64_MAX };
	char *text;

	if (!err)
		err = ctr_error_new();
	if (size >= sizeof(range) && data[0]) {
		memcpy(range, data, sizeof(range));
		data += sizeof(range);
		size -= sizeof(range);
	} else if (size) {
		data++;
		size--;
	}
	text = fuzz_text(data, size);
	check_number(text, range[0], range[1]);
	check_size(text, range[0], range[1]);
	check_digits(text);
	fuzz_require(ctr__is_uts_name(text) == fuzz_matches(text, "^[A-Za-z0-9._-]{1,64}$"),
		     "a host name has its characters alone");
	free(text);
	return 0;
}

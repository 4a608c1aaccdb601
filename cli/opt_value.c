/* SPDX-License-Identifier: MIT */
/* What values of options have in common. */
#include <errno.h>
#include <minictr.h>
#include <stdlib.h>
#include <string.h>

#include "opt.h"
#include "print.h"

enum { NANO_DIGITS = 9 };

int opt_read_bool(const struct opt *opt, const char *value, bool *answer)
{
	*answer = strcmp(value, "true") == 0;
	if (*answer || strcmp(value, "false") == 0)
		return 0;
	return print_refusal(opt->name, value, "expected true or false");
}

bool opt_is_unlimited(const char *text)
{
	return strcmp(text, "-1") == 0 || strcmp(text, "unlimited") == 0;
}

int opt_read_octal(const struct opt *opt, const char *text, uint32_t max, uint32_t *number)
{
	size_t digits = strspn(text, "01234567");
	unsigned long value;

	if (digits == 0 || text[digits] != '\0')
		return print_refusal(opt->name, text, "not an octal number");
	errno = 0;
	value = strtoul(text, NULL, 8);
	if (errno || value > max)
		return print_refusal(opt->name, text, "above %04o", max);
	*number = (uint32_t)value;
	return 0;
}

bool opt_read_decimal(const char *text, uint64_t *nano)
{
	const char *dot = strchr(text, '.');
	uint64_t whole, part = 0;
	char digits[NANO_DIGITS + 1] = "000000000", head[8];

	if (!dot)
		dot = text + strlen(text);
	if ((size_t)(dot - text) >= sizeof(head) || (*dot && !dot[1]) ||
	    (*dot && strlen(dot + 1) > NANO_DIGITS))
		return false;
	memcpy(head, text, (size_t)(dot - text));
	head[dot - text] = '\0';
	if (*dot)
		memcpy(digits, dot + 1, strlen(dot + 1));
	if (ctr_parse_number(head, "", 0, 100000, &whole, NULL) < 0 ||
	    ctr_parse_number(digits, "", 0, 999999999, &part, NULL) < 0)
		return false;
	*nano = whole * 1000000000 + part;
	return true;
}

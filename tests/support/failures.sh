#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: failures.sh LOG
# Why each failed test failed, by CTest's log: Check's lines on failures and errors, else the last
# lines. CTest prints them too, but amid the others, far from the end of a long output.
set -eu

awk '
	/^[0-9]+\/[0-9]+ Test: / { test = $3; lines = failures = 0 }
	/:[FE]:/ { failure[failures++] = $0 }
	{ line[lines++] = $0 }
	/^Test Failed\.$/ {
		print "== " test
		for (i = 0; i < failures; i++)
			print failure[i]
		for (i = lines > 30 ? lines - 30 : 0; !failures && i < lines; i++)
			print line[i]
	}
' "$1"

#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: english.sh SOURCE-DIRECTORY
# Sentences that a reader stumbles over in what is read by users, and in comments. The first is a
# relative clause whose noun is missing or is no person, as in "for who is not root". The subject
# is named: "for users other than root". The others are phrases that are never needed:
# "after the last", "vice versa" and "for compatibility" say the same.
set -eu
. "$(dirname "$0")/report.sh"

cd "$1"
found=$(grep -rnE '\<[Ww]ho (is|has|lacks|may|makes|takes|writes|can|mounted|never) ' \
	README.md CHANGELOG.md CONTRIBUTING.md docs include cli lib examples bindings \
	--include='*.md' --include='*.scd' --include='*.[ch]' --include='*.go' --include='*.py' || :)
phrases=$(grep -rnE '\<(for habit|by and by|the other way round|behind the last|without being asked)\>' \
	README.md CHANGELOG.md CONTRIBUTING.md docs include cli examples bindings \
	--include='*.md' --include='*.scd' --include='*.[ch]' --include='*.go' --include='*.py' || :)
report "a clause with \"who\": name the subject" "$found"
report "a phrase that has a plain word" "$phrases"
exit $broken

#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: english.sh SOURCE-DIRECTORY
# Sentences that a reader stumbles over in what is read by users, and in comments: a relative
# clause whose noun is missing or is no person, as in "for who is not root". The subject is named:
# "for users other than root".
set -eu
. "$(dirname "$0")/report.sh"

cd "$1"
found=$(grep -rnE '\<[Ww]ho (is|has|lacks|may|makes|takes|writes|can|mounted|never) ' \
	README.md CHANGELOG.md CONTRIBUTING.md docs include cli lib examples bindings \
	--include='*.md' --include='*.scd' --include='*.[ch]' --include='*.go' --include='*.py' || :)
report "a clause with \"who\": name the subject" "$found"
exit $broken

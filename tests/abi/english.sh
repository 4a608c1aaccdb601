#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: english.sh SOURCE-DIRECTORY
# Sentences that a reader stumbles over in what is read by users, and in comments. The first is a
# relative clause whose noun is missing or is no person, as in "for who is not root". The subject
# is named: "for users other than root". The others are phrases that are never needed:
# "after the last", "vice versa" and "for compatibility" say the same. In what users read there
# are more of them: a call is allowed and not let through, a filter reports and does not tell, and
# a default is automatic and not there "by itself".
set -eu
. "$(dirname "$0")/report.sh"

cd "$1"
found=$(grep -rnE '\<[Ww]ho (is|has|lacks|may|makes|takes|writes|can|mounted|never) ' \
	README.md CHANGELOG.md CONTRIBUTING.md docs include cli lib examples bindings \
	--include='*.md' --include='*.scd' --include='*.[ch]' --include='*.go' --include='*.py' || :)
phrases=$(grep -rnE '\<(for habit|by and by|the other way round|behind the last|without being asked)\>' \
	README.md CHANGELOG.md CONTRIBUTING.md docs include cli examples bindings \
	--include='*.md' --include='*.scd' --include='*.[ch]' --include='*.go' --include='*.py' || :)
words='lets? ([a-z]+ ){0,2}through|meanwhile|at once|whoever|somebody|by itself|one.s own|has not got'
words="$words|can't fail|looked at|(is|are) told|tells? (of|what|who|whose|how|that)"
plain=$(grep -rniE "\\<($words)\\>" README.md CHANGELOG.md docs include \
	--include='*.md' --include='*.scd' --include='*.h' || :)
report "a clause with \"who\": name the subject" "$found"
report "a phrase that has a plain word" "$phrases"
report "what a guide or a header says in plainer words" "$plain"
exit $broken

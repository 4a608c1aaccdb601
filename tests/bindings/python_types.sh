#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: python_types.sh, in the environment of CMakeLists.txt: the annotations of
# bindings/python, and what they say to a program that uses it.
set -eu
. "$(dirname "$0")/env.sh"

command -v mypy >/dev/null || skip "no mypy"

cd "$SRC/bindings/python"
mypy --strict --cache-dir=/dev/null minictr backend.py

# A package without py.typed would be one of which mypy knows nothing.
rm -rf "$WORK/types"
mkdir "$WORK/types"
cp -r minictr "$WORK/types/minictr"
cat >"$WORK/types/right.py" <<END
import minictr

done: minictr.CompletedProcess = minictr.run(["true"], timeout=0.3, umask=0o22, hostname="box")
code: int = minictr.call(["true"])
end: str = done.end or ""
with minictr.Popen(["true"], stdout=minictr.PIPE) as process:
    pid: int = process.wait()
spec = minictr.Spec(["true"], memory_bytes=1 << 20, binds=[minictr.Bind("/a", read_only=True)])
END
cat >"$WORK/types/wrong.py" <<END
import minictr

spec = minictr.Spec(["true"], hostname=7)
code: str = minictr.call(["true"])
END
cd "$WORK/types"
mypy --strict --cache-dir=/dev/null right.py
said=$(mypy --strict --cache-dir=/dev/null wrong.py | sed -n 's/^\(wrong.py:[0-9]*\): .*/\1/p')
expect "what mypy finds" "wrong.py:3
wrong.py:4" "$said"

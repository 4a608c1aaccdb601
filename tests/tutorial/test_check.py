#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: test_check.py CHAPTER CHECK [ARG...]

Does the checker miss a change? A chapter is changed in one place at a time, in a copy.
"""
import os
import re
import subprocess
import sys
import tempfile

# What is changed, into what, and what is said of it; None: nothing is wrong with it.
CHANGES = [
    # an output, a line of code, a command
    ("exited with 3\n", "exited with 4\n", "another output of: 01-spawn sh -c 'exit 3'"),
    (".exit_signal = SIGCHLD", ".exit_signal = SIGUSR1", "not here in examples/tutorial/01-spawn.c"),
    ("$ 01-spawn sh -c 'exit 3'", "$ 01-spawn sh -c 'exit 2'", "another output of: 01-spawn"),
    # a line more, a line less
    ("$ echo $?\n3\n", "$ echo $?\n3\n4\n", "another output of: echo $?"),
    ("$ echo $?\n3\n", "$ echo $?\n", "another output of: echo $?"),
    ("nothing: No such file or directory\n", "", "another output of: 01-spawn nothing"),
    ("\tperror(argv[0]);\n", "", "not here in examples/tutorial/01-spawn.c"),
    # a code line out of its order, with other blanks, or of another file
    ("\tperror(argv[0]);\n\t_exit(127);", "\t_exit(127);\n\tperror(argv[0]);", "not here in"),
    ("\tperror(argv[0]);", "        perror(argv[0]);", "not here in"),
    ("file: examples/getpid.c", "file: examples/judge.c", "not here in examples/judge.c"),
    ("file: examples/getpid.c", "file: examples/none.c", "there is no examples/none.c"),
    # what would not be checked
    ("<!-- file: examples/getpid.c -->\n", "", "nothing would check it"),
    ("```console\n$ getpid", "```sh\n$ getpid", "nothing would check it"),
    ("```console\n$ getpid", "```\n$ getpid", "nothing would check it"),
    ("```console\n$ getpid", "~~~\n$ getpid", "a fence is"),
    ("\n```console\n$ getpid", "\n    $ true\n\n```console\n$ getpid", "an indented block"),
    ("```console\n$ getpid", "```console later\n$ getpid", "not run"),
    ("```console\n$ getpid", "```console sometimes\n$ getpid", "console, console user or"),
    ("$ getpid\n", "", "before the first command"),
    # what wildcards may stand for, and what they must not hide
    ("process id: [...] (system", "...\nprocess id: [...] (system", None),
    ("process id: [...] (system", "process[...] id: [...] (system", None),
    ("process id: [...]", "...\nprocess number: [...]", "another output of: getpid"),
    ("process id: [...] (system", "[...] (sistem", "another output of: getpid"),
    # an end that comes too early
    ("$ getpid\n", "$ exit 0\n", "the shell has ended"),
    ("$ getpid\n", "$ if\n", "the shell has ended"),
]


def run(check, text):
    with tempfile.TemporaryDirectory() as directory:
        copy = os.path.join(directory, "copy.md")
        with open(copy, "w", encoding="utf-8") as file:
            file.write(text)
        done = subprocess.run(check + [copy], capture_output=True, text=True)
        return done.returncode, done.stdout.replace(copy, "copy.md") + done.stderr


def is_right(status, output, complaint):
    if complaint is None:
        return status == 0
    return status == 1 and re.search(r"^copy\.md:\d+: .*" + re.escape(complaint), output, re.M)


def main():
    chapter, check = sys.argv[1], sys.argv[2:]
    with open(chapter, encoding="utf-8") as file:
        text = file.read()
    status, output = run(check, text)
    if status != 0:
        print(output)
        sys.exit(status)
    wrong = 0
    for old, new, complaint in CHANGES:
        if old not in text:
            sys.exit(f"{chapter} has no {old!r} to be changed")
        status, output = run(check, text.replace(old, new, 1))
        if not is_right(status, output, complaint):
            print(f"{old!r} became {new!r}: status {status}, expected {complaint!r}\n{output}")
            wrong += 1
    print(f"{len(CHANGES)} changes, {wrong} not noticed as they should be")
    sys.exit(1 if wrong else 0)


main()

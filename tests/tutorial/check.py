#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run what a chapter of docs/tutorial shows, and compare.

A block whose fence says "console" is run: lines that begin with "$ " are commands, which
go on in lines that begin with "> " or follow a trailing "\\"; all other lines are the output
of the command above, stdout and stderr together. A whole line "..." stands for any number of
lines, "[...]" in a line for any text. One sh runs all blocks of a chapter, in one fresh
directory. "console user" is run by another one, as user 65534.

A block of code has a comment directly before its fence:
	<!-- file: examples/tutorial/02-escape.c -->
and each of its lines follows the one before in that file; a line "..." skips some. All other
blocks are errors, for nothing would check them.

Exit status: 0, or 1 if something differs, or 77 if this user can't run the chapter.
"""
import argparse
import difflib
import os
import re
import secrets
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

NOBODY = 65534
TIMEOUT = 120  # seconds: what hangs is ended
COMMENT = re.compile(r"<!-- file: (\S+) -->$")
# What a chapter gets wrong stays in here: its host is not changed.
APART = ["unshare", "--mount", "--uts", "--ipc"]


class Command:
    def __init__(self, text, line):
        self.text = text
        self.line = line
        self.output_line = line + 1
        self.expected = []


class Block:
    def __init__(self, line, words, file):
        self.line = line  # of the fence
        self.words = words
        self.file = file
        self.lines = []

    def is_console(self):
        return self.words[:1] == ["console"]


class Chapter:
    """The blocks of a page, and what is wrong with it."""

    def __init__(self, path):
        self.path = path
        self.errors = 0
        self.blocks = []
        with open(path, encoding="utf-8") as page:
            self.parse(page.read().split("\n"))
        if not self.blocks:
            self.error(1, "there is no block in it")

    def error(self, line, text):
        print(f"{self.path}:{line}: {text}")
        self.errors += 1

    def parse(self, lines):
        block, before = None, ""
        for number, line in enumerate(lines, 1):
            if block and line == "```":
                block = None
            elif block:
                block.lines.append(line)
            elif line.startswith("```"):
                block = self.open_block(number, line[3:].split(), COMMENT.match(before))
            elif COMMENT.match(before):
                self.error(number - 1, "no block follows")
            elif line.lstrip().startswith(("```", "~~~")):
                self.error(number, "a fence is ``` at the beginning of a line")
            elif line.startswith(("    ", "\t")) and not before.strip():
                self.error(number, "an indented block: nothing would check it")
            before = line
        if block:
            self.error(block.line, "the block does not end")

    def open_block(self, number, words, comment):
        block = Block(number, words, comment and comment[1])
        if block.is_console() and (block.file or set(words[1:]) - {"user"}):
            self.error(number, "console or console user, without a file")
        elif not block.is_console() and not block.file:
            self.error(number, "no <!-- file: ... --> before it: nothing would check it")
        self.blocks.append(block)
        return block


# ---- comparing ----


def pattern(lines):
    """What the lines of an expected output match."""
    text = ""
    for line in lines:
        if line == "...":
            text += r"(?:[^\n]*\n)*"
        else:
            text += "[^\n]*".join(re.escape(part) for part in line.split("[...]")) + "\n"
    return re.compile(text)


def holds(lines, output):
    return pattern(lines).fullmatch(output) is not None


def difference(expected, output):
    """For people: lines of the output take the place of the patterns that they match."""
    got = output.split("\n")
    if got[-1] == "":
        got.pop()
    else:
        got[-1] += "  (no newline at the end)"
    left, shown = list(got), []
    for line in expected:
        match = next((g for g in left if line != "..." and holds([line], g + "\n")), line)
        if match in left:
            left.remove(match)
        shown.append(match)
    diff = difflib.unified_diff(shown, got, "shown", "real", lineterm="", n=1)
    return "\n".join("    " + line for line in diff)


def compare(chapter, command, output):
    if not holds(command.expected, output):
        chapter.error(command.line, f"another output of: {command.text}")
        print(difference(command.expected, output))
        return
    # A line that could as well be another one would show nothing.
    for i, line in enumerate(command.expected):
        changed = command.expected[:i] + [line + "?"] + command.expected[i + 1 :]
        if line != "..." and holds(changed, output):
            chapter.error(command.output_line + i, f"nothing checks this line: {line}")


def compare_code(chapter, block, source):
    path = os.path.join(source, block.file)
    if not os.path.isfile(path):
        chapter.error(block.line - 1, f"there is no {block.file}")
        return
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    at, skip = 0, True
    for number, line in enumerate(block.lines, block.line + 1):
        if line.strip() == "...":
            skip = True
            continue
        end = len(lines) if skip else at + 1
        if line not in lines[at:end]:
            chapter.error(number, f"not here in {block.file}: {line}")
            follows = "".join(f"\n    +{l}" for l in lines[at : at + 1])
            print(f"    -{line}{follows}")
            return
        at, skip = lines.index(line, at) + 1, False
    if skip:
        chapter.error(block.line, "it shows nothing, or ends in a line that skips")


# ---- running ----


class Session:
    """A shell that commands are given to, one after the other."""

    def __init__(self, directory, path, user):
        env = dict(os.environ, PATH=path, HOME=directory, LC_ALL="C")
        root = os.geteuid() == 0
        as_user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if user and root else {}
        self.mark = f"--{secrets.token_hex(16)}--"
        self.shell = subprocess.Popen(
            (APART if root and not user else []) + ["sh"],
            cwd=directory,
            env=env,
            umask=0o022,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **as_user,
        )
        self.write(f"ctr_mark() {{ set -- $?; printf '\\n%s\\n' {self.mark}; return $1; }}\n")

    def write(self, text):
        self.shell.stdin.write(text.encode())
        self.shell.stdin.flush()

    def read(self, end):
        """Up to the end, or as far as it comes."""
        output, deadline = b"", time.monotonic() + TIMEOUT
        while not output.endswith(end):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.shell.stdout], [], [], left)[0]:
                return output, f"still running after {TIMEOUT} s"
            part = os.read(self.shell.stdout.fileno(), 65536)
            if not part:
                return output, "the shell has ended"
            output += part
        return output[: -len(end)], None

    def run(self, text):
        """The output, and what is wrong with the shell."""
        try:
            self.write(f"{{ {text}\n}} </dev/null\nctr_mark\n")
        except BrokenPipeError:
            return "", "the shell has ended"
        output, trouble = self.read(f"\n{self.mark}\n".encode())
        return output.decode(errors="backslashreplace"), trouble

    def end(self):
        try:
            os.killpg(self.shell.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.shell.wait()


def commands_of(chapter, block):
    found, more = [], False
    for number, line in enumerate(block.lines, block.line + 1):
        if line.startswith("$ "):
            found.append(Command(line[2:], number))
        elif not found:
            chapter.error(number, "this line is before the first command")
            continue
        elif not found[-1].expected and (more or line.startswith("> ")):
            found[-1].text += "\n" + line.removeprefix("> ")
            found[-1].output_line = number + 1
        else:
            found[-1].expected.append(line)
        more = line.endswith("\\") and not found[-1].expected
    if not found:
        chapter.error(block.line, "no command is in it")
    return found


def run(chapter, programs):
    """In a directory that ordinary users and containers see, unlike many of /tmp or /root."""
    os.umask(0o022)
    work = tempfile.mkdtemp(prefix="minictr-tutorial-", dir="/var/tmp")
    sessions, count = {}, 0
    try:
        os.chmod(work, 0o755)
        directory, programs_here = os.path.join(work, "chapter"), os.path.join(work, "bin")
        os.mkdir(directory, 0o755)
        os.mkdir(programs_here, 0o755)
        for program in programs:
            os.chmod(shutil.copy(program, programs_here), 0o755)
        path = f"{programs_here}:{os.environ['PATH']}:/usr/sbin:/sbin"
        if os.geteuid() == 0 and any(is_users(block) for block in chapter.blocks):
            os.chown(directory, NOBODY, NOBODY)
        for block in chapter.blocks:
            if not block.is_console():
                continue
            who = is_users(block)
            if who not in sessions:
                sessions[who] = Session(directory, path, who)
            for command in commands_of(chapter, block):
                output, trouble = sessions[who].run(command.text)
                compare(chapter, command, output)
                if trouble:
                    chapter.error(command.line, trouble)
                    return count
                count += 1
    finally:
        for session in sessions.values():
            session.end()
        shutil.rmtree(work)
    return count


def is_users(block):
    return "user" in block.words


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--source", required=True, help="where the files of code blocks are")
    parser.add_argument("--program", action="append", default=[], help="to be found in PATH")
    parser.add_argument("--skip", metavar="WHY", help="what it needs is not there")
    parser.add_argument("chapter")
    options = parser.parse_args()
    if options.skip:
        print(f"SKIPPED: {options.skip}")
        return 77

    chapter = Chapter(options.chapter)
    consoles = [block for block in chapter.blocks if block.is_console()]
    codes = [block for block in chapter.blocks if block.file]
    for block in codes:
        compare_code(chapter, block, options.source)
    if os.geteuid() != 0 and not all(is_users(block) for block in consoles):
        print("SKIPPED: its commands need root")
        return 1 if chapter.errors else 77
    count = run(chapter, options.program)
    print(f"{chapter.path}: {count} commands, {len(codes)} blocks of code, {chapter.errors} errors")
    return 1 if chapter.errors else 0


if __name__ == "__main__":
    sys.exit(main())

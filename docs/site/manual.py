# SPDX-License-Identifier: MIT
"""The manual pages as HTML, by mandoc, and what the public headers declare."""

import pathlib
import re
import subprocess

FUNCTION = re.compile(r"^ \* (ctr_[a-z0-9_]+)\(\) - (.*)$", re.MULTILINE)
SUMMARY = re.compile(r"^/\*\*\n \* [a-z_]+\.h - (.*)$", re.MULTILINE)


class Manual:
    """All pages of a directory as the build makes it."""

    def __init__(self, directory):
        self.files = {}  # "ctr_plan.3": its file
        self.page_of = {}  # "ctr_plan_spawn": "ctr_plan.3"
        for file in sorted(pathlib.Path(directory).glob("*.[1-9]")):
            first = file.read_text(encoding="utf-8").split("\n", 1)[0]
            shown = re.match(r"\.so man\d/(.*)", first)
            if not shown:
                self.files[file.name] = file
            self.page_of[file.stem] = shown.group(1) if shown else file.name

    def fragment(self, name):
        """A page without its first and last line, headings one level down."""
        command = ["mandoc", "-T", "html", "-O", "fragment"]
        roff = literal_as_it_is(self.files[name].read_text(encoding="utf-8"))
        page = subprocess.run(
            command, input=roff, capture_output=True, check=True, encoding="utf-8"
        ).stdout
        page = re.sub(r'<table class="(head|foot)">.*?</table>\n?', "", page, flags=re.DOTALL)
        page = re.sub(r"(</?h)2\b", r"\g<1>3", page)
        page = re.sub(r"(</?h)1\b", r"\g<1>2", page)
        return re.sub(r"(?<=\n)&#x00A0;(?=\n)", "", page)

    def summary(self, name):
        roff = self.files[name].read_text(encoding="utf-8")
        line = re.search(r"^\.SH NAME\n(?:\.P\n)?.* - (.*)$", roff, re.MULTILINE).group(1)
        return re.sub(r"\\&", "", line)


def literal_as_it_is(roff):
    """mandoc drops blank lines of literal text, and adds some before indented ones."""
    lines = []
    literal = False
    for line in roff.split("\n"):
        if line.startswith((".nf", ".fi")):
            literal = line.startswith(".nf")
        elif literal and not line:
            line = r"\~"
        elif literal and line.startswith(" "):
            line = r"\&" + line
        lines.append(line)
    return "\n".join(lines)


class Header:
    def __init__(self, file):
        text = file.read_text(encoding="utf-8")
        self.name = file.name
        self.summary = SUMMARY.search(text).group(1)
        self.functions = FUNCTION.findall(text)  # (name, what it does)


def headers(directory):
    return [Header(file) for file in sorted(pathlib.Path(directory).glob("*.h"))]

# SPDX-License-Identifier: MIT
"""Markdown as HTML, by cmark-gfm, with the anchors that code hosts give headings."""

import html
import re
import subprocess

HEADING = re.compile(r"<h([1-6])>(.*?)</h\1>", re.DOTALL)


def text_of(markup):
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


def slug(title):
    """The anchor of a heading: words in lower case, joined by hyphens."""
    kept = re.sub(r"[^\w\- ]", "", title.strip().lower())
    return kept.replace(" ", "-")


def render(text):
    """An XHTML fragment. Raw HTML in the text is left out."""
    command = ["cmark-gfm", "-e", "table", "-e", "autolink"]
    fragment = subprocess.run(
        command, input=text, capture_output=True, check=True, encoding="utf-8"
    ).stdout
    # HTML 5 has no such attribute.
    fragment = re.sub(r'(<t[dh]) align="', r'\1 class="', fragment)
    seen = {}

    def with_anchor(match):
        level, title = match.groups()
        name = slug(text_of(title))
        seen[name] = seen.get(name, -1) + 1
        if seen[name]:
            name += f"-{seen[name]}"
        name = html.escape(name)
        if "<a " not in title:
            title = f'<a class="permalink" href="#{name}">{title}</a>'
        return f'<h{level} id="{name}">{title}</h{level}>'

    return HEADING.sub(with_anchor, fragment)

# SPDX-License-Identifier: MIT
"""usage: links.py site|sources DIRECTORY

Complains, a line each, of links to files or anchors that do not exist, in a site or
in the Markdown files of a source tree. A site also is well-formed, loads nothing from
elsewhere and runs no script; its pictures have a title and a description.
"""

import pathlib
import posixpath
import re
import sys
import urllib.parse
import xml.parsers.expat

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "docs/site"))
import markdown

REFERENCES = ("href", "src", "data", "srcset", "xlink:href")
STYLE_LOADS = re.compile(r"@import|url\((?!#)")


class Document:
    """What a page or picture names, and what it refers to."""

    def __init__(self, text):
        self.ids = set()
        self.elements = set()
        self.references = []  # (element, target)
        self.complaints = []
        parser = xml.parsers.expat.ParserCreate()
        parser.StartElementHandler = self.start
        try:
            parser.Parse(text, True)
        except xml.parsers.expat.ExpatError as error:
            self.complaints.append(f"is malformed: {error}")

    def start(self, element, attributes):
        self.elements.add(element)
        name = attributes.get("id")
        if name in self.ids:
            self.complaints.append(f"has the anchor {name} twice")
        if name:
            self.ids.add(name)
        if element == "script" or any(key.startswith("on") for key in attributes):
            self.complaints.append("has a script")
        if STYLE_LOADS.search(attributes.get("style", "")):
            self.complaints.append("loads by its style")
        for key in REFERENCES:
            if key in attributes:
                self.references.append((element, attributes[key]))


class Tree:
    """A directory with pages in it."""

    def __init__(self, root, kind):
        self.root = pathlib.Path(root)
        self.kind = kind
        self.documents = {}

    def pages(self):
        suffixes = (".md",) if self.kind == "sources" else (".html", ".svg")
        for file in sorted(self.root.rglob("*")):
            path = file.relative_to(self.root)
            hidden = any(part == "build" or part.startswith(".") for part in path.parts)
            if file.suffix in suffixes and not hidden:
                yield path.as_posix()

    def document(self, path):
        """None for what has no anchors."""
        if path not in self.documents:
            text = None
            if path.endswith((".html", ".svg", ".md")):
                text = (self.root / path).read_text(encoding="utf-8")
            if path.endswith(".md"):
                text = f"<html>{markdown.render(text)}</html>"
            self.documents[path] = None if text is None else Document(text)
        return self.documents[path]

    def wrong(self, path, element, target):
        """What is wrong with a reference, or None."""
        parts = urllib.parse.urlsplit(target)
        if parts.scheme or parts.netloc:
            return None if element == "a" else f"loads {target}"
        if target.startswith("/"):
            return f"has a link that depends on where the files are: {target}"
        linked = path
        if parts.path:
            name = urllib.parse.unquote(parts.path)
            linked = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
        if linked.startswith("..") or not (self.root / linked).exists():
            return f"has a link to a file that does not exist: {target}"
        if (self.root / linked).is_dir():
            return f"has a link to a directory: {target}" if self.kind == "site" else None
        if not parts.fragment:
            return None
        document = self.document(linked)
        if not document or urllib.parse.unquote(parts.fragment) not in document.ids:
            return f"has a link to an anchor that does not exist: {target}"
        return None

    def check_page(self, path):
        document = self.document(path)
        yield from document.complaints
        for element, target in document.references:
            complaint = self.wrong(path, element, target)
            if complaint:
                yield complaint
        if path.endswith(".svg") and not {"title", "desc"} <= document.elements:
            yield "lacks a title or a description"

    def complaints(self):
        """All of them, as lines."""
        found = False
        for path in self.pages():
            found = True
            for complaint in self.check_page(path):
                yield f"{path} {complaint}"
        if not found:
            yield f"{self.root} has no pages"
        for file in sorted(self.root.rglob("*")) if self.kind == "site" else ():
            if file.suffix in (".css", ".svg"):
                if STYLE_LOADS.search(file.read_text(encoding="utf-8")):
                    yield f"{file.relative_to(self.root)} loads by its style"


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ("site", "sources"):
        sys.exit(__doc__)
    lines = list(Tree(sys.argv[2], sys.argv[1]).complaints())
    for line in lines:
        print(line)
    sys.exit(1 if lines else 0)

# SPDX-License-Identifier: MIT
"""usage: build.py SOURCE MAN VERSION OUT

Makes the site in OUT, which must not exist, from the Markdown files and headers
in SOURCE and the manual pages in MAN. Files lie in the site as they lie in
SOURCE: README.md becomes index.html, other.md other.html, and a source file that
a page links to a page that shows it. Whatever a page links to is in the site too.
A link that leads nowhere stays as it is, for the checker to find.
"""

import html
import pathlib
import posixpath
import re
import sys

import manual
import markdown

LINK = re.compile(r'(<a href|<img src)="([^"]*)"')
MAN_REFERENCE = re.compile(r"<b>([\w-]+)</b>\((\d)\)")
WORD = re.compile(r"\b(?:(ctr_\w+)(?=\()|(CTR_E_[A-Z_]+)\b|([\w-]+)\((\d)\))")
HEADING = re.compile(r'<h([23])[^>]* id="([^"]*)"[^>]*>(.*?)</h\1>', re.DOTALL)
HIDDEN = ("build", "__pycache__")

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<title>{title}</title>
<link rel="stylesheet" href="{style}" />
</head>
<body>
<header><nav>{navigation}</nav></header>
<main>
{content}</main>
<footer>{around}<p>libminictr {version}</p></footer>
</body>
</html>
"""


def natural(path):
    """Sorts chapter 2 before chapter 10, and a README before all."""
    parts = re.split(r"(\d+)", path.stem)
    return path.name != "README.md", [int(p) if p.isdigit() else p for p in parts]


def relative(target, page):
    """From one page of the site to another place in it."""
    path, mark, fragment = target.partition("#")
    return posixpath.relpath(path, posixpath.dirname(page) or ".") + mark + fragment


def link(target, page, content, extra=""):
    return f'<a href="{html.escape(relative(target, page))}"{extra}>{content}</a>'


def is_text(file):
    """What can be shown in a page."""
    data = file.read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text)


def contents(fragment):
    """The headings of a page as a list that unfolds, if there are several."""
    found = HEADING.findall(fragment)
    if len(found) < 4:
        return ""
    items = "".join(
        f'<li class="level{level}"><a href="#{name}">{re.sub("</?a[^>]*>", "", title)}</a></li>\n'
        for level, name, title in found
    )
    return f"<details><summary>On this page</summary>\n<ul>\n{items}</ul>\n</details>\n"


class Site:
    def __init__(self, source, man, version, out):
        self.source = pathlib.Path(source).resolve()
        self.manual = manual.Manual(man)
        self.headers = manual.headers(self.source / "include/minictr")
        self.version = version
        self.out = pathlib.Path(out)
        self.out.mkdir(parents=True)
        self.rendered = {}  # source path of a .md file: its HTML
        self.wanted = []  # source paths, in the order in which they were met
        self.chapters = self.list_of("docs/tutorial")
        self.guides = self.list_of("docs") + self.list_of("bindings/*")
        self.guides += [name for name in self.list_of(".") if name != "README.md"]
        self.codes = self.error_codes()

    def list_of(self, directory):
        files = sorted(self.source.glob(f"{directory}/*.md"), key=natural)
        return [file.relative_to(self.source).as_posix() for file in files]

    def error_codes(self):
        """Where docs/errors.md tells of each code."""
        errors = "docs/errors.md"
        if not (self.source / errors).exists():
            return {}
        found = HEADING.findall(self.html_of(errors))
        titles = ((name, markdown.text_of(title).split()[0]) for _, name, title in found)
        return {code: f"docs/errors.html#{name}" for name, code in titles}

    def html_of(self, path):
        if path not in self.rendered:
            text = (self.source / path).read_text(encoding="utf-8")
            self.rendered[path] = markdown.render(text)
        return self.rendered[path]

    def title_of(self, path):
        """In HTML, without its link to itself."""
        title = re.search(r"<h1[^>]*>(.*?)</h1>", self.html_of(path), re.DOTALL)
        return re.sub(r"</?a\b[^>]*>", "", title.group(1)) if title else html.escape(path)

    def place(self, path):
        """Where a source file or directory lies in the site."""
        if (self.source / path).is_dir():
            return posixpath.normpath(posixpath.join(path, "index.html"))
        if posixpath.basename(path) == "README.md":
            return posixpath.normpath(posixpath.join(posixpath.dirname(path), "index.html"))
        if path.endswith(".md"):
            return path[: -len(".md")] + ".html"
        if path.endswith((".svg", ".css")) or not is_text(self.source / path):
            return path
        return path + ".html"

    def want(self, path):
        if (self.source / path / "README.md").exists():
            path = posixpath.normpath(posixpath.join(path, "README.md"))
        if path not in self.wanted:
            self.wanted.append(path)
        return self.place(path)

    def redirect(self, fragment, path, page):
        """Links between sources, as links between the places that they have in the site."""

        def replace(match):
            attribute, target = match.group(1), html.unescape(match.group(2))
            file, mark, anchor = target.partition("#")
            linked = posixpath.normpath(posixpath.join(posixpath.dirname(path), file))
            if not file or ":" in file or file.startswith("/") or linked.startswith(".."):
                return match.group()
            if not (self.source / linked).exists():
                return match.group()
            target = relative(self.want(linked), page) + mark + anchor
            return f'{attribute}="{html.escape(target)}"'

        return LINK.sub(replace, fragment)

    def man_place(self, name, section=None):
        """Where a page or a function is told of, or None."""
        page = self.manual.page_of.get(name)
        if not page or (section and not page.endswith("." + section)):
            return None
        anchor = "" if page == f"{name}.{section}" else f"#{name}()"
        return f"man/{page}.html{anchor}"

    def cross_reference(self, fragment, page):
        """Links from functions, codes of errors and pages to where they are told of."""

        def reference(match):
            target = self.man_place(*match.groups())
            return link(target, page, match.group()) if target else match.group()

        def word(match):
            function, code, name, section = match.groups()
            if code:
                target = self.codes.get(code)
            else:
                target = self.man_place(function or name, section)
            return link(target, page, match.group()) if target else match.group()

        inside = 0  # links and headings
        parts = re.split(r"(<[^>]*>)", MAN_REFERENCE.sub(reference, fragment))
        for i, part in enumerate(parts):
            if re.match(r"<(a|h\d)\b", part):
                inside += 1
            elif re.match(r"</(a|h\d)>", part):
                inside -= 1
            elif not inside and not part.startswith("<"):
                parts[i] = WORD.sub(word, part)
        return "".join(parts)

    def write(self, page, title, content, around=""):
        file = self.out / page
        file.parent.mkdir(parents=True, exist_ok=True)
        content = self.cross_reference(content, page)
        file.write_text(
            PAGE.format(
                title=title if page == "index.html" else f"{title} - libminictr",
                style=relative("style.css", page),
                navigation=self.navigation(page),
                content=content if content.endswith("\n") else content + "\n",
                around=around,
                version=html.escape(self.version),
            ),
            encoding="utf-8",
        )

    def navigation(self, page):
        places = [("index.html", "libminictr")]
        if self.chapters:
            places.append((self.place(self.chapters[0]), "Tutorial"))
        places.append(("index.html#site-guides", "Guides"))
        places.append(("index.html#site-manual", "Manual pages"))
        places.append(("reference.html", "C reference"))
        return "\n".join(link(target, page, name) for target, name in places)

    def write_markdown(self, path):
        page = self.place(path)
        content = self.redirect(self.html_of(path), path, page)
        if path == "README.md":
            content += self.all_pages(page)
        content = re.sub("</h1>\n", lambda m: m.group() + contents(content), content, count=1)
        self.write(page, markdown.text_of(self.title_of(path)), content, self.around(path, page))

    def around(self, path, page):
        """From a chapter to those before and behind it."""
        if path not in self.chapters:
            return ""
        at = self.chapters.index(path)
        links = []
        for other, relation, arrow in ((at - 1, "prev", "← {}"), (at + 1, "next", "{} →")):
            if 0 <= other < len(self.chapters):
                title = arrow.format(self.title_of(self.chapters[other]))
                target = self.place(self.chapters[other])
                links.append(link(target, page, title, f' rel="{relation}"'))
        return f'<nav class="chapters">{" ".join(links)}</nav>\n' if links else ""

    def all_pages(self, page):
        def titles(paths):
            return [link(self.want(path), page, self.title_of(path)) for path in paths]

        def items(lines, tag="ul"):
            return f"<{tag}>\n" + "".join(f"<li>{line}</li>\n" for line in lines) + f"</{tag}>\n"

        parts = []
        if self.chapters:
            parts += ['<h2 id="site-tutorial">Tutorial</h2>\n', items(titles(self.chapters), "ol")]
        parts += ['<h2 id="site-guides">Guides</h2>\n', items(titles(self.guides))]
        parts += ['<h2 id="site-manual">Manual pages</h2>\n', items(self.man_links(page))]
        return "".join(parts)

    def man_links(self, page):
        for name in sorted(self.manual.files, key=lambda name: (name[-1], name)):
            title = f"{name[:-2]}({name[-1]})"
            summary = html.escape(self.manual.summary(name))
            yield link(f"man/{name}.html", page, title) + f": {summary}"

    def write_man(self, name):
        title = f"{name[:-2]}({name[-1]})"
        fragment = self.manual.fragment(name)
        content = f"<h1>{title}</h1>\n" + contents(fragment) + fragment
        self.write(f"man/{name}.html", title, content)

    def write_reference(self):
        """All functions, by header and by name."""
        page = "reference.html"
        parts = ["<h1>C reference</h1>\n"]
        names = []
        for header in self.headers:
            source = link(self.want(f"include/minictr/{header.name}"), page, header.name)
            parts.append(f'<h2 id="{header.name}">{source}</h2>\n')
            parts.append(f"<p>{html.escape(header.summary)}</p>\n<table>\n")
            for name, what in header.functions:
                function = link(self.man_place(name), page, f"{name}()")
                names.append((name, function))
                parts.append(f"<tr><td>{function}</td><td>{html.escape(what)}</td></tr>\n")
            parts.append("</table>\n")
        parts.append('<h2 id="by-name">By name</h2>\n<ul class="columns">\n')
        parts += [f"<li>{function}</li>\n" for _, function in sorted(names)]
        parts.append("</ul>\n")
        self.write(page, "C reference", "".join(parts))

    def write_directory(self, path):
        page = self.place(path)
        names = sorted(
            entry.name + "/" * entry.is_dir()
            for entry in (self.source / path).iterdir()
            if not entry.name.startswith(".") and entry.name not in HIDDEN
        )
        items = ""
        for name in names:
            target = self.want(posixpath.join(path, name.rstrip("/")))
            items += f"<li>{link(target, page, name)}</li>\n"
        self.write(page, path, f"<h1>{path}/</h1>\n<ul>\n{items}</ul>\n")

    def write_source(self, path):
        """Shown as it is; a picture or what is no text is copied."""
        file = self.source / path
        page = self.place(path)
        if page != path:
            text = html.escape(file.read_text(encoding="utf-8"))
            self.write(page, path, f"<h1>{path}</h1>\n<pre><code>{text}</code></pre>\n")
            return
        copy = self.out / page
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())

    def build(self):
        for path in ["README.md"] + self.chapters + self.guides:
            self.want(path)
        for name in self.manual.files:
            self.write_man(name)
        self.write_reference()
        for path in self.wanted:  # which grows meanwhile
            if path.endswith(".md"):
                self.write_markdown(path)
            elif (self.source / path).is_dir():
                self.write_directory(path)
            else:
                self.write_source(path)
        style = pathlib.Path(__file__).with_name("style.css").read_bytes()
        (self.out / "style.css").write_bytes(style)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    Site(*sys.argv[1:]).build()

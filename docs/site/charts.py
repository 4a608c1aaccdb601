# SPDX-License-Identifier: MIT
"""usage: charts.py BENCH-JSON DIRECTORY

Draws the main figures of ./dev bench as bar charts, DIRECTORY/bench-*.svg, and prints the lines
of Markdown that show them. A chart is left out if one of our own rows in it was not measured, and
so is a row of another tool that was not installed.

The pictures have no script, and colours for light and for dark pages. Their texts say all that
the bars say.
"""

import dataclasses
import html
import json
import pathlib
import sys

# ---- what is drawn ----

SMALL = "small host program"
END = "end of the program to the return of wait"
BUSY = "the same, all CPUs busy"
DESCRIPTORS = "open descriptors of the host"
ALIVE = "containers alive, own network"
THREADS = "many threads: time of one spawn"
BARE = "ctr_plan_spawn, same isolation as the floor"
LEAN = "ctr_plan_spawn, host's network, no init"
LIBRARY = ("program with the GNU C library", "program without a C library")


@dataclasses.dataclass
class Bar:
    """A row: where each series has its value, as (table, program, name)."""

    label: str
    at: list
    ours: bool = True


def both(table, name, label=None, ours=True):
    """A row with a value for each of the two programs."""
    return Bar(label or name, [(table, "G", name), (table, "N", name)], ours)


def one(table, name, label=None, ours=True):
    return Bar(label or name, [(table, "G", name)], ours)


def ends(name, label=None, ours=True):
    return Bar(label or name, [(END, "G", name), (BUSY, "G", name)], ours)


@dataclasses.dataclass
class Chart:
    file: str
    title: str
    bars: list
    series: tuple = ()
    per_second: bool = False  # of the time of one


CHARTS = [
    Chart("bench-spawn", "Time from the start to the end of one program, µs", [
        both(SMALL, "posix_spawn, no isolation", ours=False),
        both(SMALL, "floor: raw system calls", "raw system calls: the floor", ours=False),
        both(SMALL, "ctr_plan_spawn, same isolation", "plan, isolation of the floor"),
        both(SMALL, "ctr_spawn, same isolation", "ctr_spawn, isolation of the floor"),
        both(SMALL, LEAN, "plan, host's network, no init"),
        both(SMALL, "ctr_plan_spawn, no init", "plan, no init"),
        both(SMALL, "ctr_plan_spawn, prepared network", "plan, all defaults, prepared network"),
        both(SMALL, "ctr_plan_spawn, all defaults", "plan, all defaults"),
        both(SMALL, "ctr_spawn, all defaults"),
    ], LIBRARY),
    Chart("bench-pool", "Time from taking a container of a pool to its end, µs", [
        both("pool", "posix_spawn", ours=False),
        both("pool", "ctr_pool_take, no init"),
        both("pool", "ctr_pool_take"),
    ], LIBRARY),
    Chart("bench-commands", "Time of one command, µs", [
        both("commands", "minictr run, host's network"),
        both("commands", "bwrap, the same", "bwrap, the same isolation", ours=False),
        both("commands", "minictr run"),
        both("commands", "bwrap --unshare-net, the same", "bwrap, the same isolation", ours=False),
        both("commands", "unshare --root, no /dev, no masks", "unshare, less isolation",
             ours=False),
    ], LIBRARY),
    Chart("bench-runtimes", "Time of one command, µs: container runtimes", [
        one("slow commands", "minictr run"),
        one("slow commands", "crun run", ours=False),
        one("slow commands", "runc run", ours=False),
        one("slow commands", "systemd-nspawn", ours=False),
    ]),
    Chart("bench-limits", "Time of one command with limits, µs", [
        one("commands with limits", "minictr run, limits"),
        one("commands with limits", "crun run, limits", ours=False),
        one("commands with limits", "runc run, limits", ours=False),
        one("commands with limits", "cgcreate to cgdelete, no isolation", "cgcreate … cgdelete",
            ours=False),
    ]),
    Chart("bench-rootless", "Time of one command without root, µs", [
        one("commands without root", "minictr run --network host"),
        one("commands without root", "ctr_spawn(), the network the host's", "ctr_spawn"),
        one("commands without root", "bwrap --unshare-all --share-net", ours=False),
        one("commands without root", "crun run, spec --rootless", "crun run", ours=False),
        one("commands without root", "runc run, spec --rootless", "runc run", ours=False),
    ]),
    Chart("bench-end", "Time from the end of the program to the return of wait, µs", [
        ends("posix_spawn and waitpid", ours=False),
        ends(BARE, "plan, isolation of the floor"),
        ends("ctr_plan_spawn, all defaults, no init", "plan, no init"),
        ends("ctr_plan_spawn, all defaults", "plan, all defaults"),
    ], ("quiet machine", "all CPUs busy")),
    Chart("bench-descriptors", "Time of one spawn beside open descriptors of the host, µs", [
        both(DESCRIPTORS, f"posix_spawn, {n}", ours=False) for n in ("none", "1,000", "10,000")
    ] + [
        both(DESCRIPTORS, f"ctr_plan_spawn, all defaults, {n}", f"plan, all defaults, {n}")
        for n in ("none", "1,000", "10,000")
    ], LIBRARY),
    Chart("bench-alive", "Time of one spawn beside living containers, µs", [
        both(ALIVE, f"posix_spawn, {n} alive", f"posix_spawn, {n:,}", ours=False)
        for n in (0, 1000, 2000)
    ] + [
        both(ALIVE, f"ctr_plan_spawn, no init, {n} alive", f"plan, own network, {n:,}")
        for n in (0, 1000, 2000)
    ], LIBRARY),
    Chart("bench-threads", "Spawns a second from 8 threads", [
        both(THREADS, "posix_spawn, 8 threads", "posix_spawn", ours=False),
        both(THREADS, f"{BARE}, 8 threads", "plan, isolation of the floor"),
        both(THREADS, f"{LEAN}, 8 threads", "plan, host's network, no init"),
        both(THREADS, "ctr_plan_spawn, all defaults, 8 threads", "plan, all defaults"),
        both(THREADS, "bwrap, host's network, 8 threads", "bwrap, host's network", ours=False),
    ], LIBRARY, per_second=True),
]

# ---- how it is drawn ----

IMAGES = "img"  # DIRECTORY, from the page that shows them
WIDTH = 720
LABELS = 270  # the width of the column of labels
BARS = 360  # the longest bar
THICK = 16  # one bar
GAP = 10  # between rows
TOP = 48
LEGEND = 30

STYLE = """
    .paper { fill: #ffffff; }
    text { fill: #1c1c1c; }
    .ours { fill: #2f65a8; }
    .other { fill: #8d939b; }
    .second { opacity: 0.55; }
    .name { font-weight: bold; font-size: 16px; }
    @media (prefers-color-scheme: dark) {
      .paper { fill: #17181a; }
      text { fill: #dededa; }
      .ours { fill: #7fb0ee; }
      .other { fill: #80868e; }
    }
"""


def load(path):
    """The median of each row, by (table, program, name); of two, the later one."""
    found = {}
    for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
        figure = json.loads(line)
        if "median_us" in figure:
            found[figure["table"], figure.get("program", "G"), figure["name"]] = figure["median_us"]
    return found


def values(chart, bar, medians):
    """What each series has for the row; nothing if one has none."""
    if not all(key in medians for key in bar.at):
        return []
    if chart.per_second:
        return [1e6 / medians[key] for key in bar.at]
    return [medians[key] for key in bar.at]


def rows(chart, medians):
    """The rows that were measured, with their values; nothing if one of ours is missing."""
    found = [(bar, values(chart, bar, medians)) for bar in chart.bars]
    if any(bar.ours and not numbers for bar, numbers in found):
        return []
    return [(bar, numbers) for bar, numbers in found if numbers]


def text(x, y, content, extra=""):
    return f'<text x="{x}" y="{y}"{extra}>{html.escape(content)}</text>'


def draw_row(bar, numbers, y, largest):
    yield text(LABELS, y + len(numbers) * THICK / 2 + 5, bar.label, ' text-anchor="end"')
    for i, number in enumerate(numbers):
        width = round(number / largest * BARS, 1)
        kind = ("ours" if bar.ours else "other") + (" second" if i else "")
        yield (f'<rect class="{kind}" x="{LABELS + 10}" y="{y + i * THICK}" width="{width}" '
               f'height="{THICK - 2}"/>')
        yield text(round(LABELS + 16 + width, 1), y + i * THICK + 12, f"{number:,.0f}",
                   ' font-size="12"')


def draw_legend(series, y):
    x = LABELS + 10
    for i, name in enumerate(series):
        kind = "ours" + (" second" if i else "")
        yield f'<rect class="{kind}" x="{x}" y="{y}" width="12" height="12"/>'
        yield text(x + 18, y + 11, name, ' font-size="12"')
        x += 36 + 7 * len(name)


def describe(chart, found):
    """All that the bars say, in words."""
    names = f" ({'; '.join(chart.series)})" if chart.series else ""
    parts = [f"{bar.label}: {', '.join(f'{number:,.0f}' for number in numbers)}"
             for bar, numbers in found]
    return f"{chart.title}{names}. {'. '.join(parts)}."


def draw(chart, found):
    largest = max(max(numbers) for _, numbers in found)
    body, y = [], TOP
    for bar, numbers in found:
        body += draw_row(bar, numbers, y, largest)
        y += len(numbers) * THICK + GAP
    if chart.series:
        body += draw_legend(chart.series, y + 4)
        y += LEGEND
    height = y + 6
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}"'
        f' height="{height}" font-family="sans-serif" font-size="14" role="img"'
        ' aria-labelledby="t d">',
        "<!-- SPDX-License-Identifier: MIT -->",
        f'<title id="t">{html.escape(chart.title)}</title>',
        f'<desc id="d">{html.escape(describe(chart, found))}</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{height}" rx="6"/>',
        text(20, 28, chart.title, ' class="name"'),
        *body,
        "</svg>\n",
    ])


def main():
    medians = load(sys.argv[1])
    directory = pathlib.Path(sys.argv[2])
    for chart in CHARTS:
        found = rows(chart, medians)
        if not found:
            print(f"charts: {chart.file}: not measured", file=sys.stderr)
            continue
        file = directory / f"{chart.file}.svg"
        file.write_text(draw(chart, found), encoding="utf-8")
        print(f"[![{chart.title}; a table has the same]({IMAGES}/{file.name})]({IMAGES}/{file.name})")


if __name__ == "__main__":
    main()

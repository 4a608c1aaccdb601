# SPDX-License-Identifier: MIT
"""usage: report.py [--check] BENCH-JSON

Prints what ./dev bench measured as tables in Markdown, and then the figures that have a bound,
with the word "above" or "below" where one is missed. With --check it prints these alone, and
exits with 1 if one is missed. A figure whose rows were not measured says so, and is not missed.

A program is G, with the C library of GNU, or N, without any.
"""

import json
import sys

# One more bound is one more line: what it is about, its bound, and how it comes from the medians,
# which m(table, row) and n(table, row) give, of the programs G and N. The first bound is the
# largest value that is good; AT_LEAST turns it round.
SMALL = "small host program"
END = "end of the program to the return of wait"
BUSY = "the same, all CPUs busy"
DESCRIPTORS = "open descriptors of the host"
MOUNTS = "mounts of the host"
ALIVE = "containers alive, own network"
BARE = "ctr_plan_spawn, same isolation as the floor"
LEAN = "ctr_plan_spawn, host's network, no init"
AT_LEAST = "at least"
BOUNDS = [
    ("ctr_spawn, isolation of the floor / floor", 1.05, lambda m, n:
        m(SMALL, "ctr_spawn, same isolation") / m(SMALL, "floor: raw system calls")),
    ("ctr_spawn, 1,000 mounts on the host / few", 1.25, lambda m, n:
        m(MOUNTS, "ctr_spawn, same isolation as the floor, 1,000")
        / m(MOUNTS, "ctr_spawn, same isolation as the floor, few")),
    ("ctr_plan_spawn, all defaults, prepared network / posix_spawn, G", 2.4, lambda m, n:
        m(SMALL, "ctr_plan_spawn, prepared network") / m(SMALL, "posix_spawn, no isolation")),
    ("ctr_plan_spawn, host's network, no init / posix_spawn, G", 2.1, lambda m, n:
        m(SMALL, LEAN) / m(SMALL, "posix_spawn, no isolation")),
    ("pool: take to the end / posix_spawn to the end, G", 1.15, lambda m, n:
        m("pool", "ctr_pool_take") / m("pool", "posix_spawn")),
    ("pool: take to the end / posix_spawn to the end, N", 1.3, lambda m, n:
        n("pool", "ctr_pool_take") / n("pool", "posix_spawn")),
    ("end to the return of wait, CPUs busy / posix_spawn", 2.5, lambda m, n:
        m(BUSY, "ctr_plan_spawn, all defaults, no init") / m(BUSY, "posix_spawn and waitpid")),
    ("10,000 open descriptors / none, plan", 1.3, lambda m, n:
        m(DESCRIPTORS, f"{BARE}, 10,000") / m(DESCRIPTORS, f"{BARE}, none")),
    ("1,000 containers alive: cost of the next / of the first", 1.15, lambda m, n:
        m(ALIVE, "ctr_plan_spawn, no init, 1000 alive")
        / m(ALIVE, "ctr_plan_spawn, no init, 0 alive")),
    ("1,000 binds / 100 binds, per bind, ctr_spawn", 1.1, lambda m, n:
        (m("binds", "ctr_spawn, 1000 binds") - m("binds", "ctr_spawn, 0 binds")) / 10
        / (m("binds", "ctr_spawn, 100 binds") - m("binds", "ctr_spawn, 0 binds"))),
    ("all protections on / off, plan", 1.08, lambda m, n:
        m("protections", "all of them, the default, by plan")
        / m("protections", "none of them, by plan")),
    ("minictr run --network host / bwrap, the same isolation", 0.5, lambda m, n:
        m("commands", "minictr run, host's network") / m("commands", "bwrap, the same")),
    ("minictr run --pids-limit 20 / without", 1.06, lambda m, n:
        m("limits of the command", "--pids-limit 20")
        / m("limits of the command", "minictr run")),
    ("packaged command / static command", 1.1, lambda m, n:
        m("the command, and how it is linked", "packaged command")
        / m("the command, and how it is linked", "static command")),
    ("spawns a second from 8 threads, host's network / bwrap", (AT_LEAST, 4), lambda m, n:
        m("many threads: time of one spawn", "bwrap, host's network, 8 threads")
        / m("many threads: time of one spawn", f"{LEAN}, 8 threads")),
]


def load(path):
    """The lines of a bench.json, each a figure."""
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def program(figure):
    return figure.get("program", "G")


def medians(figures, wanted):
    """m(table, row) of one program. A later row of the same name counts."""
    found = {(f["table"], f["name"]): f["median_us"]
             for f in figures if "median_us" in f and program(f) == wanted}
    return lambda table, row: found[table, row]


def judge(value, bound):
    """The bound as text, and the word for a value that misses it."""
    if isinstance(bound, tuple):
        return f"{bound[0]} {bound[1]}", "" if value >= bound[1] else "below"
    return f"at most {bound}", "" if value <= bound else "above"


def judged(figures):
    """Each bound: name, value or None, text of the bound, word."""
    m, n = medians(figures, "G"), medians(figures, "N")
    for name, bound, function in BOUNDS:
        try:
            value = function(m, n)
        except KeyError:
            yield name, None, judge(0, bound)[0], ""
            continue
        yield (name, value, *judge(value, bound))


def table(header, rows):
    """A table in Markdown: the first column is text, the others are numbers."""
    yield "| " + " | ".join(header) + " |"
    yield "| --- |" + " --: |" * (len(header) - 1)
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def times(title, figures):
    return table([title, "median", "p99", "ratio"],
                 [[f["name"], f"{f['median_us']:.0f}", f"{f['p99_us']:.0f}", f"{f['ratio']:.2f}"]
                  for f in figures])


def within(figure):
    """"above" and "below" for a figure that has its bounds with it."""
    if 0 <= figure["at_most"] < figure["value"]:
        return "above"
    return "below" if figure["value"] < figure["at_least"] else ""


def values(title, figures):
    return table([title, "measured", "at least", "at most", ""],
                 [[f["name"], f"{f['value']:.4g}", f"{f['at_least']:.4g}",
                   f"{f['at_most']:.4g}" if f["at_most"] >= 0 else "", within(f)]
                  for f in figures])


def tables(figures):
    """All of them, in the order in which they were measured."""
    groups = {}
    for f in figures:
        groups.setdefault((f["table"], program(f)), []).append(f)
    for (title, letter), group in groups.items():
        make = times if "median_us" in group[0] else values
        yield from make(f"{title}, {letter}", group)
        yield ""


def bounds(results):
    return table(["figure", "measured", "bound", ""],
                 [[name, "not measured" if value is None else f"{value:.2f}", text, word]
                  for name, value, text, word in results])


def main():
    check = sys.argv[1] == "--check"
    figures = load(sys.argv[-1])
    results = list(judged(figures))
    lines = [] if check else tables(figures)
    for line in (*lines, *bounds(results)):
        print(line)
    return check and any(word for *_, word in results)


if __name__ == "__main__":
    sys.exit(main())

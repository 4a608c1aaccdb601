# SPDX-License-Identifier: MIT
"""usage: bench.py ROUNDS ROOT PROGRAM [COMMAND...]

What it costs a Python program to run PROGRAM of ROOT: by subprocess without a container, by
the package, and by subprocess as the last argument of COMMAND, which makes a container. In
turn, as measure.c does it, with its tables.
"""

import json
import os
import random
import subprocess
import sys
import time

import minictr

TITLE = "from Python"
WARM_UP = 10


def measure(subjects, rounds):
    """The sorted times of each, in microseconds."""
    times = {name: [] for name in subjects}
    order = list(subjects)
    for number in range(WARM_UP + rounds):
        random.shuffle(order)
        for name in order:
            began = time.perf_counter_ns()
            subjects[name]().check_returncode()
            if number >= WARM_UP:
                times[name].append((time.perf_counter_ns() - began) / 1000)
    return {name: sorted(taken) for name, taken in times.items()}


def report(times, rounds):
    print(f"\n{TITLE:40} {'median us':>10} {'p99 us':>10} {'ratio':>8}")
    first = None
    with open(os.environ["BENCH_JSON"], "a") as file:
        for name, taken in times.items():
            median, p99 = taken[rounds // 2], taken[rounds * 99 // 100]
            first = first or median
            print(f"  {name:38} {median:10.0f} {p99:10.0f} {median / first:8.2f}")
            json.dump({"table": TITLE, "name": name, "median_us": median, "p99_us": p99,
                       "ratio": median / first, "rounds": rounds}, file)
            file.write("\n")


def main():
    rounds, root, program, *command = sys.argv[1:]
    # The network is the host's, as the commands have it.
    spec = {"rootfs": root, "hostname": "box", "host_namespaces": ["net"]}
    with minictr.Plan([program], **spec) as plan:
        subjects = {
            "subprocess, no container": lambda: subprocess.run([root + program]),
            "minictr.Plan": plan.run,
            "minictr.run": lambda: minictr.run([program], **spec),
        }
        if command:
            subjects[f"subprocess, {command[0]}"] = lambda: subprocess.run([*command, program])
        report(measure(subjects, int(rounds)), int(rounds))


main()

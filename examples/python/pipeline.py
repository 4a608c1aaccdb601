#!/usr/bin/env python3
# SPDX-License-Identifier: 0BSD
"""Runs programs that nobody trusts: pipeline.py CODE... prints a verdict on each.

Each CODE is for sh, in a container of one plan, with limits; asyncio waits for all of them.
"""

import asyncio
import sys

import minictr


async def judge(plan, code):
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    with plan.popen(stdin=minictr.PIPE, stdout=minictr.DEVNULL) as process:
        process.stdin.write(code.encode())
        process.stdin.close()
        loop.add_reader(process.fileno(), ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(process.fileno())
    return process


async def main(codes):
    with minictr.Plan("sh", memory_bytes=64 << 20, no_swap=True, pids=20) as plan:
        for process in await asyncio.gather(*(judge(plan, code) for code in codes)):
            print(process.end, process.returncode)


asyncio.run(main(sys.argv[1:]))

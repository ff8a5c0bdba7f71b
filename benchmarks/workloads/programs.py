"""Runs one program of pyperformance, whose folder is the argument, and prints `name seconds -` for each of its parts: the best
time of one loop. In place of the package pyperf, which starts processes, stands what these programs use of it.
"""
import argparse
import asyncio
import os
import runpy
import sys
import time
import types

# One measurement takes at least this long, seconds, and the best of so many counts.
LEAST = 0.1
MEASUREMENTS = 5


class Runner:
    """As pyperf's, but it measures in this process."""

    def __init__(self, add_cmdline_args=None, **_):
        self.metadata = {}
        self.argparser = argparse.ArgumentParser()
        self.args = None

    def parse_args(self, args=None):
        if self.args is None:
            self.args = self.argparser.parse_args(args)
        return self.args

    def bench_time_func(self, name, function, *arguments, inner_loops=1, **_):
        self.parse_args([])
        loops = 1
        while (seconds := function(loops, *arguments)) < LEAST:
            loops *= 2
        best = min([seconds, *(function(loops, *arguments) for _ in range(MEASUREMENTS - 1))])
        print(name.replace(" ", "_"), f"{best / loops / inner_loops:.9f}", "-")

    def bench_func(self, name, function, *arguments, **options):
        def timed(loops):
            start = time.perf_counter()
            for _ in range(loops):
                function(*arguments)
            return time.perf_counter() - start
        self.bench_time_func(name, timed, **options)

    def bench_async_func(self, name, function, *arguments, **options):
        async def timed(loops):
            start = time.perf_counter()
            for _ in range(loops):
                await function(*arguments)
            return time.perf_counter() - start
        self.bench_time_func(name, lambda loops: asyncio.run(timed(loops)), **options)


def main():
    program = os.path.join(sys.argv.pop(1), "run_benchmark.py")
    sys.modules["pyperf"] = types.SimpleNamespace(
        Runner=Runner, perf_counter=time.perf_counter, python_implementation=lambda: sys.implementation.name)
    sys.path.insert(0, os.path.dirname(program))
    sys.argv[0] = program
    runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Compare what threads cost with a native CPython 3.13; see README.md beside this file."""
import statistics

import compare

PROGRAM = "demo"
# What the parts of workloads/threads.py time, their unit, and how many of it a second has.
NAMES = {
    "start_and_join": ("a thread, started and joined", "us", 1e6),
    "hand_over": ("a lock, handed over and back", "us", 1e6),
    "round_trip": ("a queue, there and back", "us", 1e6),
    "late": ("sleep(0.01) beside a busy thread", "ms", 1e3),
    "share": ("two busy threads, one to the other", "-", 1),
}


def main():
    options = compare.common_options(__doc__).parse_args()
    compare.check(options, [PROGRAM])
    compare.head(options.python)
    times = compare.inside(options, str((options.bench / PROGRAM).resolve()), "threads.py")
    for part, (name, unit, scale) in NAMES.items():
        compare.row(name, *(statistics.median(times[part][side]) * scale for side in ("pyapp", "native")), unit, 2)


if __name__ == "__main__":
    main()

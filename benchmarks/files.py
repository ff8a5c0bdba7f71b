#!/usr/bin/env python3
"""Compare work on files of a granted folder with a native CPython 3.13; see README.md beside this file."""
import pathlib
import statistics
import tempfile

import compare

PROGRAM = "doors"
# What the project of the executable may write to, below the folder that it is started in.
GRANTED = "writable"
# What the parts of workloads/files.py do.
NAMES = {
    "write": "write 256 MB, 64 KiB at a time",
    "read": "read it",
    "table": "csv, 100 MB",
    "walk": "os.walk, stat of 20,000 files",
    "small": "1,000 files with fsync",
    "sqlite_one": "SQLite, 100,000 inserts, 1 commit",
    "sqlite_many": "the same, 1,000 commits",
}


def prepare(folder):
    """What the parts find there: a table, and a tree of 20,000 files."""
    with open(folder / "table.csv", "w", encoding="utf-8", newline="") as file:
        size = row = 0
        while size < 100_000_000:
            size += file.write(f'{row},name {row % 997},"quoted, with a comma {row * 7 % 10007}",{row / 7:.4f},'
                               f"2024-{row % 12 + 1:02}-{row % 28 + 1:02},text of row {row}\n")
            row += 1
    for number in range(200):
        inner = folder / "tree" / str(number // 20) / str(number)
        inner.mkdir(parents=True)
        for name in range(100):
            (inner / f"{name}.txt").write_text("x" * (name * 37 % 500))


def main():
    parser = compare.common_options(__doc__)
    parser.add_argument("--folder", type=pathlib.Path, help="where to work (default: the folder for temporary files)")
    options = parser.parse_args()
    compare.check(options, [PROGRAM])
    program = str((options.bench / PROGRAM).resolve())
    compare.head(options.python)
    with tempfile.TemporaryDirectory(dir=options.folder) as place:
        folder = pathlib.Path(place) / GRANTED
        folder.mkdir()
        prepare(folder)
        for name, times in compare.inside(options, program, "files.py", [GRANTED], place).items():
            compare.row(NAMES[name], *(statistics.median(times[side]) * 1000 for side in ("pyapp", "native")), "ms", 0)
    mean = compare.geometric_mean(compare.cpu(options, program))
    print(f"| {'cpu, geometric mean':36} | {'':9} | {'':9} | {mean:5.2f}x |")


if __name__ == "__main__":
    main()

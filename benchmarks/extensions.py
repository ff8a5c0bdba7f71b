#!/usr/bin/env python3
"""Build programs with C and Rust extensions, and compare them with a native CPython 3.13; see README.md beside this file."""
import argparse
import pathlib
import statistics
import subprocess
import sys
import tempfile

import builds
import compare

SMALL = ["ciso8601==2.4.1", "frozenlist==1.8.0", "lru-dict==1.4.1", "markupsafe==3.0.4", "mmh3==5.3.1", "msgpack==1.2.4",
         "multidict==7.2.1", "ujson==6.1.0", "wrapt==2.5.2", "xxhash==4.1.0"]
# What each program asks for, what of it is built (by name: some have a wheel of Python only, too), and what it does.
PROGRAMS = {
    "arrays": (["numpy==2.5.5"], ["numpy"], "import numpy\n\n\ndef main():\n    print(numpy.arange(5).sum())\n"),
    "models": (
        ["pydantic==2.14.4"],
        ["pydantic-core"],
        "from pydantic import BaseModel\n\n\nclass Item(BaseModel):\n    name: str\n    price: float\n\n\n"
        "def main():\n    print(Item(name='tea', price='1.5'))\n",
    ),
    # What the ten import of the standard library.
    "none": (
        [],
        [],
        "import asyncio, copy, datetime, decimal, importlib.metadata, inspect, json, platform, typing\n\n\n"
        "def main():\n    print('hello')\n",
    ),
    "ten": (
        SMALL,
        [pin.split("==")[0] for pin in SMALL],
        "import ciso8601, frozenlist, lru, markupsafe, mmh3, msgpack, multidict, ujson, wrapt, xxhash\n\n\n"
        "def main():\n    print('hello')\n",
    ),
}
# What the parts of workloads/arrays.py time.
PARTS = {
    "total": "sum of a million floats",
    "add": "sum of two arrays of a million",
    "sine": "sine of a million",
    "sort": "sorting a million floats",
    "sort_integers": "sorting a million integers",
    "dot": "500 x 500 times 500 x 500",
    "fft": "real FFT of a million",
    "small_arrays": "20,000 operations on 8 floats",
}


def program(folder, name, dependencies, native, source):
    """A project in a folder; natively installed beside it."""
    pins, native = (", ".join(f'"{each}"' for each in names) for names in (dependencies, native))
    builds.write(folder / "pyproject.toml", f'[project]\nname = "{name}"\nversion = "1"\ndependencies = [{pins}]\n\n'
                                            f'[tool.pyapp]\nentry = "{name}_main:main"\nlibs = ["libs"]\nnative = [{native}]\n')
    builds.write(folder / f"libs/{name}_main.py", source)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default="python3.13", help="the native CPython 3.13 (default: python3.13)")
    parser.add_argument("--runs", type=int, default=60, help="runs of each start (default: 60)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of work on arrays (default: 5)")
    parser.add_argument("--work", type=pathlib.Path, help="a folder that is kept, for another run (default: a temporary one)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = options.work or pathlib.Path(temporary)
        for name, (dependencies, native, source) in PROGRAMS.items():
            folder = work / name
            if not (folder / name).is_file():
                program(folder, name, dependencies, native, source)
                if dependencies:
                    subprocess.run([options.python, "-m", "pip", "install", "-q", "--target", folder / "native", *dependencies], check=True)
                builds.measure(folder, name, folder / f"libs/{name}_main.py", 1)
        compare.head(options.python)

        def natively(name):
            paths = [str(work / name / part) for part in ("native", "libs")]
            return [options.python, "-c", f"import sys; sys.path[:0] = {paths!r}; from {name}_main import main; main()"]

        for name in ("arrays", "models"):
            ours, theirs = builds.starts([[str(work / name / name)], natively(name)], options.runs)
            compare.row(f"start: {name}", ours, theirs, "ms")
        with_ten, without = builds.starts([[str(work / name / name)] for name in ("ten", "none")], options.runs)
        compare.row("start: ten extensions, none", with_ten, without, "ms", 2)
        times = compare.inside(options, str(work / "arrays/arrays"), "arrays.py", native={"PYTHONPATH": str(work / "arrays/native")})
        for part, what in PARTS.items():
            compare.row(what, *(statistics.median(times[part][side]) * 1e3 for side in ("pyapp", "native")), "ms", 2)


if __name__ == "__main__":
    sys.exit(main())

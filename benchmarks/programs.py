#!/usr/bin/env python3
"""Compare the demo's interpreter with a native CPython 3.13 by the programs of pyperformance; see README.md beside this file."""
import pathlib
import subprocess
import sys
import tempfile
import zipfile

import compare

PIN = "pyperformance==1.14.0 --hash=sha256:94068ac2935b6952ccb5e8a302eb9cebc26e82454494bef6e53822738adf0049"
# Those that need the standard library alone, but for what starts processes or threads, opens sockets, measures files, takes arguments,
# or takes minutes. And not `logging`: what it does in a call is not the same in all versions of 3.13.
PROGRAMS = """
    async_generators barnes_hut chaos comprehensions coroutines deepcopy deltablue fannkuch float generators go hexiom json_dumps
    json_loads meteor_contest nbody nqueens pidigits pprint pyflate raytrace regex_compile regex_dna regex_effbot regex_v8
    richards richards_super scimark spectral_norm sqlite_synth telco typing_runtime_protocols unpack_sequence xml_etree
""".split()


def download(folder):
    """The folder with the programs."""
    pins = folder / "pins.txt"
    pins.write_text(PIN + "\n")
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--require-hashes", "-r", pins, "-d", folder]
    subprocess.run(command, check=True)
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder / "pyperformance/data-files/benchmarks"


def main():
    parser = compare.common_options(__doc__)
    parser.add_argument("programs", nargs="*", default=PROGRAMS, help="some of them (default: all)")
    options = parser.parse_args()
    compare.check(options, ["demo"])
    compare.head(options.python)
    ratios = {}
    with tempfile.TemporaryDirectory() as folder:
        programs = download(pathlib.Path(folder))
        for program in options.programs:
            parts = compare.inside(options, str(options.bench / "demo"), "programs.py", [str(programs / f"bm_{program}")])
            best = compare.best(parts)
            compare.row(program, *(sum(side) * 1e6 for side in zip(*best.values())), "us")
            # The parts of one program count as much together as another program.
            ratios[program] = compare.geometric_mean(best)
    total = compare.geometric_mean({program: (ratio, 1) for program, ratio in ratios.items()})
    print(f"geometric mean of {len(ratios)} programs: {total:.2f}x; the largest: {max(ratios.values()):.2f}x")


if __name__ == "__main__":
    sys.exit(main())

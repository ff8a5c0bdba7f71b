#!/usr/bin/env python3
"""Compare built executables with a native CPython 3.13; see README.md beside this file."""
import argparse
import json
import math
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
WORKLOADS = HERE / "workloads"
PROGRAMS = ("demo", "demo_small", "json_cli", "json_cli_plain")


def fail(message):
    sys.exit(f"{pathlib.Path(sys.argv[0]).name}: {message}")


def common_options(description):
    """A parser of what every comparison takes."""
    parser = argparse.ArgumentParser(description=description)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    parser.add_argument("--bench", type=pathlib.Path, default=target / "bench", help="folder that build.sh has filled")
    parser.add_argument("--python", default="python3.13", help="the native CPython 3.13 (default: python3.13)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of work that is timed inside programs (default: 3)")
    return parser


def check(options, programs):
    for program in programs:
        if not (options.bench / program).is_file():
            fail(f"{options.bench / program}: expected an executable, found nothing; run benchmarks/build.sh first")
    version = subprocess.run([options.python, "-c", "import sys; print(*sys.version_info[:2], sep='.')"],
                             capture_output=True, text=True, check=False) if shutil.which(options.python) else None
    if version is None or version.stdout.strip() != "3.13":
        fail(f"{options.python}: expected a native CPython 3.13, found none; name one with --python")


def arguments():
    parser = common_options(__doc__)
    parser.add_argument("--runs", type=int, default=50, help="runs of each start-up measurement (default: 50)")
    options = parser.parse_args()
    check(options, PROGRAMS)
    for tool, package in (("hyperfine", "hyperfine"), ("/usr/bin/time", "time")):
        if shutil.which(tool) is None:
            fail(f"expected {tool}, found none; Debian: apt-get install {package}")
    return options


def environment(**extra):
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYAPP_", "PYTHON"))}
    # The native Python finds its bytecode cached, but not beside the sources, which are the build's input.
    cached = {"PYTHONPYCACHEPREFIX": str(ROOT / "target/bench-pycache")}
    path = os.pathsep.join([str(ROOT / "python_libs"), str(WORKLOADS)])
    return {**clean, "PYTHONPATH": path, **cached, **extra}


def wall(options, commands, extra):
    """Medians of wall time, milliseconds, of commands that alternate."""
    times = [[] for _ in commands]
    with tempfile.TemporaryDirectory() as folder:
        result = pathlib.Path(folder) / "result.json"
        # Several short calls of hyperfine rather than one long one each, so that a busy moment hits all.
        for _ in range(max(1, options.runs // 5)):
            for which, command in enumerate(commands):
                call = ["hyperfine", "-N", "--warmup=2", "--runs=5", f"--export-json={result}", "--style=none", command]
                subprocess.run(call, env=environment(**extra), check=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                times[which] += json.loads(result.read_text())["results"][0]["times"]
    return [statistics.median(each) * 1000 for each in times]


def forget(paths):
    """Takes files out of the page cache: their next use reads them from the disk."""
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


def native_files(python):
    """What a native start reads that is Python's: interpreter, its library, standard library, bytecode of the demo."""
    code = "import os, sys, sysconfig; print(os.path.realpath(sys.executable)); print(sysconfig.get_path('stdlib')); " \
           "print(os.path.join(sysconfig.get_config_var('LIBDIR'), sysconfig.get_config_var('INSTSONAME') or '-'))"
    executable, stdlib, library = subprocess.run([python, "-c", code], check=True, capture_output=True,
                                                 text=True).stdout.split()
    roots = [stdlib, str(ROOT / "python_libs"), str(ROOT / "target/bench-pycache")]
    files = [os.path.join(root, name) for top in roots for root, _, names in os.walk(top) for name in names]
    return [path for path in [executable, library, *files] if os.path.isfile(path) and not os.path.islink(path)]


def first_starts(options, pyapp, native):
    """Medians of the first start after its files have left the page cache, milliseconds, alternating."""
    times = {"pyapp": [], "native": []}
    kinds = {"pyapp": (pyapp, [pyapp[0]]), "native": (native, native_files(options.python))}
    code = "import subprocess, sys, time; start = time.perf_counter(); " \
           "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True); print(time.perf_counter() - start)"
    for _ in range(max(5, options.runs // 5)):
        for kind, (command, files) in kinds.items():
            forget(files)
            run = subprocess.run([sys.executable, "-c", code, *command], env=environment(), check=True,
                                 capture_output=True, text=True)
            times[kind].append(float(run.stdout))
    return [statistics.median(times[kind]) * 1000 for kind in ("pyapp", "native")]


def peak(command):
    """Largest resident set, bytes. From a small parent: a process starts out with that of the one it is forked from."""
    run = subprocess.run(["/usr/bin/time", "-f", "%M", *command], env=environment(), check=True,
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    return int(run.stderr.split()[-1]) * 1024


def inside(options, pyapp, script, arguments=(), folder=None, native=None):
    """For each part of a script the times that both sides took, seconds, as the script tells them; rounds alternate. `native` are
    variables of the native side."""
    sides = {"pyapp": (pyapp, {"PYAPP_INTERPRETER": "1"}), "native": (options.python, native or {})}
    times, results = {}, {}
    for _ in range(options.rounds):
        for side, (program, extra) in sides.items():
            with open(WORKLOADS / script, encoding="utf-8") as file:
                output = subprocess.run([program, "-", *arguments], env=environment(**extra), stdin=file, check=True,
                                        capture_output=True, text=True, cwd=folder).stdout
            for line in output.splitlines():
                name, seconds, result = line.split()
                times.setdefault(name, {}).setdefault(side, []).append(float(seconds))
                if results.setdefault(name, result) != result:
                    fail(f"{script}, {name}: expected {results[name]} from both, found {result} from {side}")
    return times


def cpu(options, pyapp):
    """For each part of cpu.py the best time of each side, seconds."""
    return best(inside(options, pyapp, "cpu.py"))


def best(times):
    """For each part of a script the best time of each side."""
    return {name: (min(sides["pyapp"]), min(sides["native"])) for name, sides in times.items()}


def geometric_mean(parts):
    return math.exp(statistics.fmean(math.log(ours / theirs) for ours, theirs in parts.values()))


def where_the_time_goes(command, runs=9):
    """Median milliseconds of each stage of a run, as PYAPP_TIMING=1 tells them."""
    stages = {}
    for _ in range(runs):
        said = subprocess.run(command, env=environment(PYAPP_TIMING="1"), check=True, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True).stderr.splitlines()[0]
        for part in said.removeprefix("pyapp: ").removesuffix(" ms").split(", "):
            name, _, time = part.rpartition(" ")
            stages.setdefault(name, []).append(float(time))
    return {name: statistics.median(times) for name, times in stages.items()}


def head(python):
    """Says what is compared, and begins the table."""
    describe = "import sys, sysconfig; print(sys.version.split()[0], " \
               "'with PGO' if '--enable-optimizations' in (sysconfig.get_config_var('CONFIG_ARGS') or '') else 'without PGO')"
    native = subprocess.run([python, "-c", describe], check=True, capture_output=True, text=True).stdout.strip()
    print(f"native: CPython {native}\n")
    print(f"| {'':36} | {'pyapp':>9} | {'native':>9} | {'ratio':>6} |\n|{'-' * 38}|{'-' * 10}:|{'-' * 10}:|{'-' * 7}:|")


def row(name, ours, theirs, unit, digits=1):
    print(f"| {f'{name}, {unit}':36} | {ours:9.{digits}f} | {theirs:9.{digits}f} | {ours / theirs:5.2f}x |", flush=True)


def main():
    options = arguments()
    python, program = options.python, {name: str(options.bench / name) for name in PROGRAMS}
    head(python)

    fast, small, theirs = wall(options, [program["demo"], program["demo_small"], f"{python} -m demo_bytecode"], {})
    row("demo", fast, theirs, "ms")
    row("demo, size = small", small, theirs, "ms")
    row("demo, first start from disk", *first_starts(options, [program["demo"]], [python, "-m", "demo_bytecode"]), "ms")
    tool, plain, theirs = wall(options, [program["json_cli"], program["json_cli_plain"], f"{python} -m json_cli"], {})
    row("json_cli", tool, theirs, "ms")
    row("json_cli, as a module, no includes", plain, theirs, "ms")
    interpreter = [f"{program['demo']} -c pass", f"{python} -c pass"]
    row("-c pass, without a snapshot", *wall(options, interpreter, {"PYAPP_INTERPRETER": "1"}), "ms")
    native_peak = peak([python, "-m", "demo_bytecode"]) / 1e6
    row("peak memory, demo", peak([program["demo"]]) / 1e6, native_peak, "MB")
    row("peak memory, demo, size = small", peak([program["demo_small"]]) / 1e6, native_peak, "MB")
    parts = cpu(options, program["demo"])
    for name, (ours, theirs) in parts.items():
        row(f"cpu {name}", ours * 1000, theirs * 1000, "ms", 0)
    print(f"| {'cpu, geometric mean':36} | {'':9} | {'':9} | {geometric_mean(parts):5.2f}x |")

    print()
    for name in PROGRAMS:
        print(f"size of {name}: {os.path.getsize(program[name]) / 1e6:.2f} MB")
    for name in ("demo", "demo_small", "json_cli"):
        stages = where_the_time_goes([program[name]])
        print(f"{name}, ms: " + ", ".join(f"{stage} {time:.2f}" for stage, time in stages.items()))


if __name__ == "__main__":
    main()

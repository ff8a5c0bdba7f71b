#!/usr/bin/env python3
"""Compare the built executable with a native CPython 3.13; see README.md beside this file."""
import argparse
import json
import math
import os
import pathlib
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
WORKLOADS = HERE / "workloads"


def fail(message):
    sys.exit(f"compare.py: {message}")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pyapp", type=pathlib.Path, default=ROOT / "target/release/pyapp", help="the executable")
    parser.add_argument("--python", default="python3.13", help="the native CPython 3.13 (default: python3.13)")
    parser.add_argument("--runs", type=int, default=25, help="runs of each start-up measurement (default: 25)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of the CPU work (default: 3)")
    options = parser.parse_args()
    if not options.pyapp.is_file():
        fail(f"{options.pyapp}: expected the executable, found nothing; run cargo build --release first")
    if shutil.which("hyperfine") is None:
        fail("expected hyperfine, found none; Debian: apt-get install hyperfine")
    version = subprocess.run([options.python, "-c", "import sys; print(*sys.version_info[:2], sep='.')"],
                             capture_output=True, text=True, check=False) if shutil.which(options.python) else None
    if version is None or version.stdout.strip() != "3.13":
        fail(f"{options.python}: expected a native CPython 3.13, found none; name one with --python")
    return options


def environment(**extra):
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYAPP_", "PYTHON"))}
    # The native Python finds its bytecode cached (--warmup), but not beside the sources, which are the build's input.
    cached = {"PYTHONPYCACHEPREFIX": str(ROOT / "target/bench-pycache")}
    return {**clean, "PYTHONPATH": str(ROOT / "python_libs"), **cached, **extra}


def wall(options, name, pyapp, native):
    """Medians of wall time, milliseconds: (pyapp, native), runs alternating."""
    times = {"pyapp": [], "native": []}
    commands = {"pyapp": pyapp, "native": native}
    with tempfile.TemporaryDirectory() as folder:
        result = pathlib.Path(folder) / "result.json"
        # Several short calls of hyperfine rather than one long one each, so that a busy moment hits both.
        for _ in range(max(1, options.runs // 5)):
            for which, command in commands.items():
                call = ["hyperfine", "-N", "--warmup=2", "--runs=5", f"--export-json={result}", "--style=none", command]
                extra = {"PYAPP_INTERPRETER": "1"} if name != "demo" else {}
                subprocess.run(call, env=environment(**extra), check=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                times[which] += json.loads(result.read_text())["results"][0]["times"]
    return tuple(statistics.median(times[which]) * 1000 for which in ("pyapp", "native"))


def peak(command):
    """Largest resident set, bytes."""
    script = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True); " \
             "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    output = subprocess.run([sys.executable, "-c", script, *command], env=environment(), check=True, capture_output=True)
    unit = 1 if sys.platform == "darwin" else 1024
    return int(output.stdout) * unit


def cpu(options):
    """For each part of cpu.py the best time of each side, seconds, rounds alternating."""
    sides = {"pyapp": [str(options.pyapp), "-"], "native": [options.python, "-"]}
    best = {}
    results = {}
    for _ in range(options.rounds):
        for side, command in sides.items():
            extra = {"PYAPP_INTERPRETER": "1"} if side == "pyapp" else {}
            with open(WORKLOADS / "cpu.py", encoding="utf-8") as script:
                output = subprocess.run(command, env=environment(**extra), stdin=script, check=True,
                                        capture_output=True, text=True).stdout
            for line in output.splitlines():
                name, seconds, result = line.split()
                best.setdefault(name, {}).setdefault(side, []).append(float(seconds))
                if results.setdefault(name, result) != result:
                    fail(f"cpu.py, {name}: expected {results[name]} from both, found {result} from {side}")
    return {name: (min(sides["pyapp"]), min(sides["native"])) for name, sides in best.items()}


def native_size(python):
    """The interpreter with its standard library, bytes: what would have to be there without pyapp."""
    code = "import os, sys, sysconfig\n" \
           "folder = sysconfig.get_path('stdlib'); total = os.path.getsize(os.path.realpath(sys.executable))\n" \
           "for root, dirs, files in os.walk(folder):\n" \
           "    dirs[:] = [d for d in dirs if d not in ('__pycache__', 'site-packages', 'test')]\n" \
           "    total += sum(os.path.getsize(os.path.join(root, f)) for f in files)\n" \
           "print(total)"
    return int(subprocess.run([python, "-c", code], check=True, capture_output=True).stdout)


def main():
    options = arguments()
    python, pyapp = options.python, str(options.pyapp)
    describe = "import sys, sysconfig; print(sys.version.split()[0], " \
               "'with PGO' if '--enable-optimizations' in (sysconfig.get_config_var('CONFIG_ARGS') or '') else 'without PGO')"
    native = subprocess.run([python, "-c", describe], check=True, capture_output=True, text=True).stdout.strip()
    print(f"native: CPython {native}\n")
    print(f"| {'':22} | {'pyapp':>9} | {'native':>9} | {'ratio':>6} |\n|{'-' * 24}|{'-' * 10}:|{'-' * 10}:|{'-' * 7}:|")

    def row(name, ours, theirs, unit, digits=1):
        print(f"| {name + ', ' + unit:22} | {ours:9.{digits}f} | {theirs:9.{digits}f} | {ours / theirs:5.2f}x |", flush=True)

    row("demo", *wall(options, "demo", pyapp, f"{python} -m demo_bytecode"), "ms")
    # The text of the program as an argument: the guest sees no file of this machine.
    program = shlex.quote((WORKLOADS / "json_cli.py").read_text(encoding="utf-8"))
    row("json_cli", *wall(options, "json_cli", f"{pyapp} -c {program}", f"{python} -c {program}"), "ms")
    row("-c pass", *wall(options, "pass", f"{pyapp} -c pass", f"{python} -c pass"), "ms")
    row("peak memory, demo", peak([pyapp]) / 1e6, peak([python, "-m", "demo_bytecode"]) / 1e6, "MB")
    row("size", options.pyapp.stat().st_size / 1e6, native_size(python) / 1e6, "MB")
    parts = cpu(options)
    for name, (ours, theirs) in parts.items():
        row(f"cpu {name}", ours * 1000, theirs * 1000, "ms", 0)
    mean = math.exp(statistics.fmean(math.log(ours / theirs) for ours, theirs in parts.values()))
    print(f"| {'cpu, geometric mean':22} | {'':9} | {'':9} | {mean:5.2f}x |")


if __name__ == "__main__":
    main()

"""What an app imports at its start, and what those imports do that would not happen again in a run that resumes.

    python3 -I audit.py REPORT '{"entry": ENTRY, "include": [MODULE...], "exclude": [MODULE...]}'

Run by the build inside the finished bundle, on an interpreter that is thrown away. It imports what a start of the app
imports, and what is to be included, and writes to REPORT, as JSON: `modules`, the names to import for a snapshot, in
order, without those that import an excluded module, and `findings`, each with `kind`, `module` (whose top level did it) and `detail`.

An entry without a function is run as __main__: its own code does not run here, only what it imports does.
"""
import sys

BASE = set(sys.modules)

import builtins
import datetime
import dis
import gc
import importlib.util
import io
import json
import os
import posix
import random
import time
import traceback

REPORT = sys.argv[1]
WANTED = json.loads(sys.argv[2])

# What need not be told of the standard library.
RENEWED = {
    # `_pyapp.resume` makes it fresh in each run.
    ("logging", "time"),
    ("multiprocessing.process", "random"),
    ("random", "random"),
    ("wsgiref.handlers", "environ"),
    ("zoneinfo._tzpath", "environ"),
    # They look for translations of their messages and for CPython's build folder, of which there are none here.
    ("optparse", "environ"),
    ("sysconfig", "environ"),
}

FUNCTIONS = {
    function: kind
    for kind, functions in {
        "time": (time.time, time.time_ns, time.monotonic, time.monotonic_ns, time.perf_counter, time.perf_counter_ns),
        "random": (posix.urandom,),
    }.items()
    for function in functions
}
METHODS = {
    ("time", "now", datetime.datetime),
    ("time", "utcnow", datetime.datetime),
    ("time", "today", datetime.date),
}
CODES = {
    type(os.environ).__getitem__.__code__: "environ",
    type(os.environ).__iter__.__code__: "environ",
    type(os.environ).__len__.__code__: "environ",
}
SEED = random.Random.seed.__code__

findings = []
# Path to the module that last opened it, made it or went there.
touched = {}
# Module to what it has printed.
printed = {}
# Excluded modules that something wanted to import.
reached = set()


def find(kind, module, detail=""):
    finding = {"kind": kind, "module": module, "detail": detail}
    if (module, kind) not in RENEWED and finding not in findings:
        findings.append(finding)


def importing_module(frame):
    """The module whose top level is being run, innermost first."""
    while frame is not None:
        if frame.f_code.co_name == "<module>":
            return frame.f_globals.get("__name__", "?")
        frame = frame.f_back
    return "?"


def profile(frame, event, argument):
    kind = None
    if event == "c_call":
        kind = FUNCTIONS.get(argument)
        owner = argument.__self__
        if kind is None and isinstance(owner, type):
            kind = next((k for k, name, base in METHODS if argument.__name__ == name and issubclass(owner, base)), None)
    elif event == "call":
        kind = CODES.get(frame.f_code)
        # Without a seed of its own it takes one from the system.
        if frame.f_code.co_name == "seed" and frame.f_code == SEED and frame.f_locals.get("a") is None:
            kind = "random"
    if kind:
        find(kind, importing_module(frame))


def hear(event, arguments):
    if event in ("open", "os.mkdir", "os.chdir") and isinstance(arguments[0], str):
        touched[arguments[0]] = importing_module(sys._getframe(1))


class Said(io.RawIOBase):
    """Standard output or error, telling which module wrote to it."""

    def __init__(self, descriptor):
        self.descriptor = descriptor

    def writable(self):
        return True

    def fileno(self):
        return self.descriptor

    def write(self, data):
        module = importing_module(sys._getframe(1))
        printed[module] = printed.get(module, b"") + bytes(data)
        return len(data)


class Excluded(BaseException):
    """Not an ImportError: a library that could do without the module must not take that way for good."""


class Excluder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        for excluded in WANTED["exclude"]:
            if name == excluded or name.startswith(excluded + "."):
                reached.add(excluded)
                raise Excluded(name)


def main_module(module):
    """The module whose code runs as __main__, found as runpy finds it; its parent packages are imported."""
    spec = importlib.util.find_spec(module)
    if spec is not None and spec.submodule_search_locations is not None:
        module += ".__main__"
        spec = importlib.util.find_spec(module)
    return spec, module


def imports_of(code, package):
    """The imports at the top level of a module's code: (arguments of __import__, whether its failure is foreseen)."""
    bytecode = dis.Bytecode(code)
    guarded = [range(entry.start, entry.end) for entry in bytecode.exception_entries]
    constants = []
    for instruction in bytecode:
        if instruction.opname == "LOAD_CONST":
            constants.append(instruction.argval)
        elif instruction.opname == "IMPORT_NAME":
            level, names = constants[-2:]
            scope = {"__package__": package, "__name__": "__main__"}
            is_guarded = any(instruction.offset in offsets for offsets in guarded)
            yield (instruction.argval, scope, None, names or (), level), is_guarded


def attempt(action, foreseen=False):
    """Does one import; what it raises is a finding, unless the program itself foresees it."""
    try:
        return action()
    except Excluded:
        return None
    except BaseException as error:
        if not (foreseen and isinstance(error, Exception)):
            tell(error)
        return None


def tell(error):
    module, place = "?", ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_name == "<module>" and frame.f_globals is not globals():
            module, place = frame.f_globals.get("__name__", "?"), f" ({frame.f_code.co_filename}:{line})"
    text = traceback.format_exception_only(error)[-1].strip()
    find("failed", module if module != "?" else WANTED["entry"].partition(":")[0], text + place)


def follow(entry):
    module, colon, _ = entry.partition(":")
    if colon:
        attempt(lambda: __import__(module))
        return
    found = attempt(lambda: main_module(module))
    if found is None or found[0] is None:
        return
    spec, name = found
    get_code = getattr(spec.loader, "get_code", None)
    code = get_code(name) if get_code else None
    for arguments, foreseen in imports_of(code, name.rpartition(".")[0]) if code else ():
        attempt(lambda: __import__(*arguments), foreseen)


def left_behind():
    """What was printed, files that stay open, and what was written."""
    for module, data in printed.items():
        lines = data.decode("utf-8", "replace").strip().splitlines()
        if lines:
            find("output", module, lines[0][:80])
    for thing in gc.get_objects():
        if isinstance(thing, io.FileIO) and not thing.closed and thing.fileno() > 2:
            find("open", touched.get(thing.name, "?"), str(thing.name))
    for folder, folders, files in os.walk("/"):
        if folder == "/":
            folders[:] = [name for name in folders if name not in ("vfs", "dev")]
        for name in files + folders:
            path = os.path.join(folder, name)
            if path != "/tmp":
                find("written", touched.get(path, touched.get(name, "?")), path)
    if os.getcwd() != "/":
        find("chdir", touched.get(os.getcwd(), "?"), os.getcwd())


def main():
    # What this script needs is not what the app imports: the app gets its own.
    for name in set(sys.modules) - BASE:
        del sys.modules[name]
    sys.argv[:] = ["pyapp"]
    streams = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (
        io.TextIOWrapper(Said(descriptor), encoding="utf-8", write_through=True) for descriptor in (1, 2)
    )
    sys.meta_path.insert(0, Excluder)
    sys.addaudithook(hear)
    sys.setprofile(profile)
    follow(WANTED["entry"])
    for name in WANTED["include"]:
        attempt(lambda: __import__(name))
    sys.setprofile(None)
    sys.meta_path.remove(Excluder)
    sys.stdout, sys.stderr = streams
    left_behind()
    for name in WANTED["exclude"]:
        if name not in reached:
            find("unreached", name)
    # A module that a failed package has left behind could not be imported by its name.
    modules = [
        name for name in sys.modules if name not in BASE and all(
            name[:at] in sys.modules for at, character in enumerate(name) if character == "."
        )
    ]
    with open(REPORT, "w", encoding="utf-8") as file:
        json.dump({"modules": modules, "findings": findings}, file)


main()

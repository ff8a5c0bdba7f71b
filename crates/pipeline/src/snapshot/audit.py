"""What an app imports at its start, and what those imports do that would not happen again in a run that resumes.

    python3 -I audit.py REPORT '{"entry": ENTRY, "include": [MODULE...], "exclude": [MODULE...]}'

Run by the build inside the finished bundle, on an interpreter that is thrown away. It imports what a start of the app
imports, and what is to be included, and writes to REPORT, as JSON: `modules`, the names to import for a snapshot, in
order, without those that import an excluded module, and `findings`, each with `kind`, `module` (whose top level did it) and `detail`.

An entry without a function is run as __main__: its own code does not run here, only what it imports does.
"""
import sys

BASE = set(sys.modules)

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

import _pyapp

REPORT = sys.argv[1]
WANTED = json.loads(sys.argv[2])

# What need not be told of the standard library.
HARMLESS = {
    # They look for translations of their messages and for CPython's build folder, of which there are none here.
    ("optparse", "environ"),
    ("sysconfig", "environ"),
    # `_pyapp.resume` makes it fresh in each run.
    *((module, kind) for module, (_, kinds) in _pyapp.RENEWALS.items() for kind in kinds),
}

FUNCTIONS = {
    function: kind
    for kind, functions in {
        "time": [
            getattr(time, f"{name}{unit}")
            for name in ("time", "monotonic", "perf_counter", "process_time", "thread_time", "clock_gettime")
            for unit in ("", "_ns") if hasattr(time, f"{name}{unit}")
        ] + [time.ctime, time.localtime, time.gmtime],
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
# Modules whose import has begun, in order.
begun = {}
# Excluded modules that something wanted to import.
reached = set()


def find(kind, module, detail=""):
    finding = {"kind": kind, "module": module, "detail": detail}
    if (module, kind) not in HARMLESS and finding not in findings:
        findings.append(finding)


def importing_module(frame):
    """The module whose top level is being run, innermost first."""
    while frame is not None:
        if frame.f_code.co_name == "<module>":
            return frame.f_globals.get("__name__", "?")
        frame = frame.f_back
    return "?"


def shared_generator():
    """The one behind random.random() and its like, which each run seeds anew."""
    return getattr(sys.modules.get("random"), "_inst", None)


def profile(frame, event, argument):
    kind = None
    if event == "c_call":
        kind = FUNCTIONS.get(argument)
        owner = argument.__self__
        if owner is not None and owner is shared_generator():
            kind = "random"
        elif kind is None and isinstance(owner, type):
            kind = next((k for k, name, base in METHODS if argument.__name__ == name and issubclass(owner, base)), None)
    elif event == "call":
        kind = CODES.get(frame.f_code)
        # Without a seed of its own it takes one from the system.
        if frame.f_code.co_name == "seed" and frame.f_code == SEED and frame.f_locals.get("a") is None:
            kind = "random"
    if kind:
        find(kind, importing_module(frame))


def hear(event, arguments):
    # Looking at frames is an event, too.
    if event in ("open", "os.mkdir", "os.chdir") and isinstance(arguments[0], str):
        module = touched[arguments[0]] = importing_module(sys._getframe(1))
        if event == "open" and arguments[1] is None:
            # By os.open(), which gives a number and no object.
            touched[None] = module


class Said(io.RawIOBase):
    """The file below standard output or error, telling which module writes to it."""

    mode = "wb"
    closefd = False

    def __init__(self, descriptor):
        self.descriptor = descriptor
        self.name = ("<stdin>", "<stdout>", "<stderr>")[descriptor]

    def writable(self):
        return True

    def isatty(self):
        find("terminal", importing_module(sys._getframe(1)))
        return False

    def fileno(self):
        return self.descriptor

    def write(self, data):
        module = importing_module(sys._getframe(1))
        printed[module] = printed.get(module, b"") + bytes(data)
        return len(data)


class Through(io.BufferedWriter):
    """Holds nothing back, or the wrong module would be told."""

    def write(self, data):
        written = super().write(data)
        self.flush()
        return written


def recorder(descriptor):
    stream = io.TextIOWrapper(
        Through(Said(descriptor)), "utf-8", "backslashreplace" if descriptor == 2 else "surrogateescape", "\n",
        line_buffering=descriptor == 2, write_through=True,
    )
    stream.mode = "w"
    return stream


class Arguments(list):
    """sys.argv, telling which module looks into it."""

    def __getitem__(self, index):
        find("arguments", importing_module(sys._getframe(1)))
        return super().__getitem__(index)

    def __iter__(self):
        find("arguments", importing_module(sys._getframe(1)))
        return super().__iter__()

    def __contains__(self, item):
        find("arguments", importing_module(sys._getframe(1)))
        return super().__contains__(item)


class Excluded(BaseException):
    """Not an ImportError: a library that could do without the module must not take that way for good."""


class Witness:
    """Asked first for every module: keeps the order in which imports begin, and refuses those that are excluded.

    (sys.modules has the order in which they end.)
    """

    @staticmethod
    def find_spec(name, path=None, target=None):
        begun.setdefault(name)
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
    """The imports at the top level of a module's code: (arguments of __import__, whether its failure is foreseen).

    It is where the program would catch it, and where a condition decides whether it is reached at all.
    """
    bytecode = dis.Bytecode(code)
    guarded = [range(entry.start, entry.end) for entry in bytecode.exception_entries]
    guarded += [
        range(instruction.offset, instruction.jump_target)
        for instruction in bytecode if instruction.jump_target is not None
    ]
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
    """Does one import. What it raises is a finding; if the program itself foresees it, it is the result."""
    try:
        return action()
    except Excluded:
        return None
    except BaseException as error:
        if foreseen and isinstance(error, Exception):
            return error
        tell(error)
        return None


def tell(error):
    module, place = "?", ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_name == "<module>" and frame.f_globals is not globals():
            module, place = frame.f_globals.get("__name__", "?"), f" ({frame.f_code.co_filename}:{line})"
    text = traceback.format_exception_only(error)[-1].strip()
    find("failed", module if module != "?" else WANTED["entry"].partition(":")[0], text + place)


def include(name):
    """Imports what `snapshot-include` names."""
    try:
        __import__(name)
    except ModuleNotFoundError as error:
        if f"{name}.".startswith(f"{error.name}."):
            find("missing", name)
        else:
            raise


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
    lost = False
    for arguments, foreseen in imports_of(code, name.rpartition(".")[0]) if code else ():
        # Once one has failed, it is not known which way the program takes.
        lost = isinstance(attempt(lambda: __import__(*arguments), foreseen or lost), Exception) or lost


def open_descriptors():
    descriptors = set()
    for descriptor in range(256):
        try:
            os.fstat(descriptor)
        except OSError:
            continue
        descriptors.add(descriptor)
    return descriptors


DESCRIPTORS = open_descriptors()


def left_behind():
    """What was printed, files that stay open, and what was written."""
    for module, data in printed.items():
        lines = data.decode("utf-8", "replace").strip().splitlines()
        if lines:
            find("output", module, lines[0][:80])
    known = set()
    for thing in gc.get_objects():
        if isinstance(thing, io.FileIO) and not thing.closed and thing.fileno() > 2:
            known.add(thing.fileno())
            find("open", touched.get(thing.name, "?"), str(thing.name))
    found = open_descriptors()
    for descriptor in sorted(found - DESCRIPTORS - known):
        find("open", touched.get(None, "?"), f"descriptor {descriptor}")
    if DESCRIPTORS - found:
        find("detached", WANTED["entry"].partition(":")[0])
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
    sys.argv = Arguments(["pyapp"])
    streams = sys.stdout, sys.stderr
    recorders = [recorder(descriptor) for descriptor in (1, 2)]
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__ = recorders
    sys.meta_path.insert(0, Witness)
    sys.addaudithook(hear)
    sys.setprofile(profile)
    follow(WANTED["entry"])
    for name in WANTED["include"]:
        attempt(lambda: include(name))
    sys.setprofile(None)
    sys.meta_path.remove(Witness)
    sys.stdout, sys.stderr = streams
    if any(stream.buffer is None for stream in recorders):
        find("detached", WANTED["entry"].partition(":")[0])
    left_behind()
    for name in WANTED["exclude"]:
        if name not in reached:
            find("unreached", name)
    # A module that a failed package has left behind could not be imported by its name.
    modules = [
        name for name in begun if isinstance(sys.modules.get(name), type(sys)) and all(
            name[:at] in sys.modules for at, character in enumerate(name) if character == "."
        )
    ]
    with open(REPORT, "w", encoding="utf-8") as file:
        json.dump({"modules": modules, "findings": findings}, file)


main()

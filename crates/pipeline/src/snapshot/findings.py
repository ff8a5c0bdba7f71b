"""What imports do that would not happen again in a run that resumes: the first half of the audit's program; audit.py is the other.

A finding has a `kind`, a `module` (whose top level did it) and a `detail`.

While a module's top level runs, its name stands last on standard error, between an SOH and the end of the line, for whoever
waits (crates/pipeline/src/common/guest.rs).
"""
import sys

BASE = set(sys.modules)

import datetime
import dis
import gc
import importlib.machinery
import importlib.util
import io
import json
import os
import posix
import random
import time
import traceback

import _pyapp
import _pyapp_environ

WANTED = json.loads(sys.argv[2])
ENTRY = WANTED["entry"].partition(":")[0]

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
        "zone": (time.mktime,),
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
BUILTIN, METHOD = type(len), type(str.join)
# Of sys.monitoring: one that no debugger, profiler or coverage takes.
TOOL = 3
# Methods of os.environ that look things up for changing them, which a resumed run does with its own environment.
CHANGES = {
    getattr(type(os.environ), name).__code__ for name in ("setdefault", "pop", "popitem", "clear")
}
# What the module time tells of the zone.
ZONE = {"timezone", "altzone", "daylight", "tzname"}
# Events with paths that come into being, or become the current directory.
PATH_EVENTS = {"open", "os.mkdir", "os.chdir", "os.rename", "os.link", "os.symlink", "sqlite3.connect"}
# Events of the module socket that want the network, and which of their arguments tells to where. The build has none. (A socket
# that is only made, or bound to no port of its own, wants nothing of it: urllib3 asks so whether there is IPv6.)
NETWORK_EVENTS = {
    "socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1, "socket.bind": 1, "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0, "socket.gethostbyaddr": 0, "socket.getnameinfo": 0,
}

findings = []
# Path to the module that last opened it, made it or went there; None to the one that last opened something by its number.
touched = {}
# Descriptor to the module that opened it by its number.
owners = {}
# Module to what it has printed.
printed = {}
# Whether anybody has taken the program's name.
name_is_taken = False
# Modules whose top level is running, and the one told last.
running = []
told = None


def find(kind, module, detail=""):
    # Where nobody knows who it was, leaving the whole app out of the snapshot still helps.
    module = ENTRY if module == "?" else module
    finding = {"kind": kind, "module": module, "detail": detail}
    if (module, kind) not in HARMLESS and finding not in findings:
        findings.append(finding)


def importing_module(frame):
    """The module whose top level is being run, innermost first; the audit's own does not count."""
    variables = _pyapp_environ.top_level(frame)
    return "?" if variables is None or variables is globals() else variables.get("__name__", "?")


def builds_parser(frame):
    """Whether argparse is reading in order to make a parser.

    What stays of that is the program's name, which each run renews. (A width for lines and translations are used once.)
    """
    outermost = ""
    while frame is not None and frame.f_code.co_name != "<module>":
        if frame.f_globals.get("__name__") == "argparse":
            outermost = frame.f_code.co_name
        frame = frame.f_back
    return outermost == "__init__" or outermost.startswith("add_")


def only_changes(frame):
    """Whether a look-up in os.environ is part of a change, of whose result the program makes no use."""
    while frame is not None and frame.f_globals.get("__name__") in ("os", "_collections_abc", "collections.abc"):
        if frame.f_code in CHANGES and is_statement(frame.f_back):
            return True
        frame = frame.f_back
    return False


def is_statement(frame):
    """Whether the result of the call that a frame is making is dropped."""
    if frame is None:
        return False
    rest = (instruction for instruction in dis.get_instructions(frame.f_code) if instruction.offset > frame.f_lasti)
    return next((instruction.opname for instruction in rest), "") == "POP_TOP"


def tell_running():
    """Says whose top level is running, where another one's was."""
    global told
    name = running[-1] if running else ""
    if name != told:
        told = name
        os.write(2, b"\1" + name.encode("utf-8", "replace") + b"\n")


def shared_generator():
    """The one behind random.random() and its like, which each run seeds anew."""
    return getattr(sys.modules.get("random"), "_inst", None)


def called(code, offset, function, argument):
    """A call is being made, of anything."""
    if code.co_filename.startswith("<frozen importlib"):
        return sys.monitoring.DISABLE
    if type(function) is BUILTIN:
        kind, owner = FUNCTIONS.get(function), function.__self__
    elif type(function) is METHOD:
        kind, owner = None, argument
        # There is no event for it.
        if function.__name__ == "listen" and function.__objclass__.__module__ == "_socket":
            find("network", importing_module(sys._getframe(1)), "listen")
    else:
        return None
    if owner is not None and owner is shared_generator():
        kind = "random"
    elif kind is None and isinstance(owner, type):
        kind = next((k for k, name, base in METHODS if function.__name__ == name and issubclass(owner, base)), None)
    if kind:
        find(kind, importing_module(sys._getframe(1)))


def started(code, offset):
    """A function of Python, or the top level of a module, begins."""
    if code.co_name == "<module>":
        running.append(str(sys._getframe(1).f_globals.get("__name__")))
        tell_running()
        return None
    kind = CODES.get(code)
    is_seed = code.co_name == "seed" and code == SEED
    if kind is None and not is_seed:
        return sys.monitoring.DISABLE
    frame = sys._getframe(1)
    if kind and (builds_parser(frame) or only_changes(frame.f_back)):
        kind = None
    # Without a seed of its own it takes one from the system.
    if is_seed and frame.f_locals.get("a") is None:
        kind = "random"
    if kind:
        find(kind, importing_module(frame))


def ended(code, *_):
    """A function, or the top level of a module, has returned or raised."""
    if code.co_name != "<module>":
        return sys.monitoring.DISABLE
    if running:
        running.pop()
    tell_running()


def raised(code, *_):
    # This cannot be switched off for some code only.
    if code.co_name == "<module>":
        ended(code)


def watch():
    """Begins to look at what runs. Code that has nothing to tell is looked at once: most calls are the import system's own."""
    monitoring = sys.monitoring
    monitoring.use_tool_id(TOOL, "pyapp")
    events = monitoring.events
    callbacks = {events.CALL: called, events.PY_START: started, events.PY_RETURN: ended, events.PY_UNWIND: raised}
    for event, callback in callbacks.items():
        monitoring.register_callback(TOOL, event, callback)
    monitoring.set_events(TOOL, sum(callbacks))


def look_away():
    sys.monitoring.set_events(TOOL, 0)
    sys.monitoring.free_tool_id(TOOL)


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


def note_owners():
    """Gives descriptors that nobody has yet to the module that has last opened something by its number."""
    for descriptor in open_descriptors() - DESCRIPTORS:
        owners.setdefault(descriptor, touched.get(None, "?"))


def find_names(begun):
    """Finds text with the build's name for the program, but for what each run renews in objects of argparse.

    It is looked for from the globals of the app's modules on; the nearest counts, and of equals the one that began last. What
    only the standard library keeps is the app's.
    """
    if not name_is_taken:
        return
    argparse, logging = sys.modules.get("argparse"), sys.modules.get("logging")
    renewed = (argparse._AttributeHolder, argparse._ActionsContainer) if argparse else ()
    modules = [(name, sys.modules.get(name)) for name in reversed(begun)] + list(sys.modules.items())
    modules = [(name, vars(module)) for name, module in modules if type(module) is type(sys)]
    modules = [each for each in modules if each[1] is not globals()]
    visited = {id(names) for _, names in modules} | {id(globals()), id(sys.argv), id(sys.orig_argv)}
    # Through this one all know all others.
    registry = [logging.Logger.manager] if logging else []
    visited.update(map(id, registry))
    lookers = {finding["module"] for finding in findings if finding["kind"] == "arguments"}
    own = [each for each in modules if "/site-packages/" in (each[1].get("__file__") or "")]
    texts = set()
    for due in own, [("?", names) for _, names in modules] + [("?", each) for each in registry]:
        for name, thing in due:
            is_renewed = any(kind in type.__dict__["__mro__"].__get__(type(thing)) for kind in renewed)
            for inner in vars(thing).values() if is_renewed else gc.get_referents(thing):
                if isinstance(inner, str):
                    if WANTED["program"] in inner and not is_renewed and (due is own or inner not in texts):
                        texts.add(inner)
                        if name not in lookers:
                            find("program", name)
                elif id(inner) not in visited:
                    visited.add(id(inner))
                    due.append((name, inner))


def wanted_of_network(event, arguments):
    """To where an event wants the network, or None if it does not."""
    target = arguments[NETWORK_EVENTS[event]]
    host, *port = target if isinstance(target, tuple) and target else (target,)
    if event == "socket.bind":
        wants = bool(port) and port[0] != 0
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        # Who asks for no host, or for one by its number, asks nobody.
        wants = bool(host) and not is_address(host)
    else:
        wants = target is not None
    host = host.decode("ascii", "replace") if isinstance(host, (bytes, bytearray)) else str(host)
    return ":".join([host, *map(str, port[:1])]) if wants else None


def is_address(host):
    host = host.decode("ascii", "replace") if isinstance(host, (bytes, bytearray)) else str(host)
    return ":" in host or all(character in "0123456789." for character in host)


def hear(event, arguments):
    # Looking at frames is an event, too.
    if event in PATH_EVENTS:
        module = importing_module(sys._getframe(1))
        paths = arguments[:2] if event in ("os.rename", "os.link", "os.symlink") else arguments[:1]
        touched.update((path, module) for path in paths if isinstance(path, str))
        if event == "sqlite3.connect" or (event == "open" and arguments[1] is None):
            # What os.open() gives is a number and no object, and the number is not known yet.
            note_owners()
            touched[None] = module
    elif event == "socket.__new__":
        # Its number is not known yet.
        note_owners()
        touched[None] = importing_module(sys._getframe(1))
    elif event in NETWORK_EVENTS:
        target = wanted_of_network(event, arguments)
        if target is not None:
            find("network", importing_module(sys._getframe(1)), target)
    elif event == "pyapp.random":
        # An extension has drawn random bytes: wasm/src/drawn.h.
        find("random", importing_module(sys._getframe(1)))
    elif event == "syslog.openlog" and arguments[0] == WANTED["program"]:
        # In C, past what looks like a list.
        find("arguments", importing_module(sys._getframe(1)))


class Clock(type(time)):
    """The module time, telling which module takes the zone from it."""

    def __getattribute__(self, name):
        frame = sys._getframe(1)
        # _strptime looks each time whether what it knows still holds.
        if name in ZONE and frame.f_globals.get("__name__") != "_strptime":
            find("zone", importing_module(frame))
        return super().__getattribute__(name)


class Raw(io.RawIOBase):
    """The file below a standard stream, telling which module reads from it, writes to it or asks what it is."""

    closefd = False

    def __init__(self, descriptor):
        self.descriptor = descriptor
        self.mode = "wb" if descriptor else "rb"
        self.name = ("<stdin>", "<stdout>", "<stderr>")[descriptor]

    def readable(self):
        return self.descriptor == 0

    def writable(self):
        return self.descriptor != 0

    def isatty(self):
        find("terminal", importing_module(sys._getframe(1)))
        return False

    def fileno(self):
        return self.descriptor

    def readinto(self, buffer):
        find("input", importing_module(sys._getframe(1)))
        return 0

    def write(self, data):
        module = importing_module(sys._getframe(1))
        printed[module] = printed.get(module, b"") + bytes(data)
        return len(data)


class Detachable:
    """What can be taken apart, telling which module does so."""

    def detach(self):
        find("detached", importing_module(sys._getframe(1)))
        return super().detach()


class Reader(Detachable, io.BufferedReader):
    pass


class Writer(Detachable, io.BufferedWriter):
    """Holds nothing back, or the wrong module would be told."""

    def write(self, data):
        written = super().write(data)
        self.flush()
        return written


class Text(Detachable, io.TextIOWrapper):
    pass


def recorder(descriptor):
    buffer = (Writer if descriptor else Reader)(Raw(descriptor))
    stream = Text(
        buffer, "utf-8", "backslashreplace" if descriptor == 2 else "surrogateescape", "\n",
        line_buffering=descriptor == 2, write_through=descriptor != 0,
    )
    stream.mode = "w" if descriptor else "r"
    return stream


class Arguments(list):
    """sys.argv, telling which module looks into it."""

    def __getitem__(self, index):
        global name_is_taken
        name_is_taken = True
        if not builds_parser(sys._getframe(1)):
            find("arguments", importing_module(sys._getframe(1)))
        return super().__getitem__(index)

    def __iter__(self):
        find("arguments", importing_module(sys._getframe(1)))
        return super().__iter__()

    def __contains__(self, item):
        find("arguments", importing_module(sys._getframe(1)))
        return super().__contains__(item)

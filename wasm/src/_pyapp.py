"""Making a snapshot of an initialised interpreter, and resuming it: the Python half of pyapp.c.

`prepare` runs once, at build time; the memory that it leaves is the snapshot. `resume` runs first in every resumed run and
makes fresh what belongs to a run. Objects that a library may have got hold of at import (sys.argv, os.environ,
sys.stdout) stay the same objects and get new contents.
"""
import _weakref
import gc
import io
import os
import posix
import sys
import time

import _pyapp_environ

# Whether no object of the snapshot has a finaliser that needs it, so that the end of a run need not take them all apart.
finalizes_lightly = False

# By identity: what stands in sys.modules need not be hashable.
_snapshot_modules = frozenset()

# CPython specialises code in its second run; later runs settle what the specialised instructions look up.
_WARM_UP = 8

# Files in memory: their finaliser gives back the memory, which nobody sees.
_SILENT = {io.BytesIO, io.StringIO}

# Weak references to functions that an import has suspended.
_suspended = []

# What imports have done to the environment, which each run does again with its own.
_environment_steps = []

# What a program is called at build time: as no program is.
_NAME_AT_BUILD = sys.argv[0]

# What imports have made of the program's name: (weak reference to an object, attribute, text with the build's name in it).
_named = []

# stdout and stderr with their buffers, which a run may take apart.
_buffers = []

# The objects themselves, whatever a library has put in their place.
_environ = os.environ
_time, _localtime = time.time, time.localtime

# What the module time says of the zone.
_ZONE = "timezone", "altzone", "daylight", "tzname"

# Past what a metaclass may have to say about it.
_bases_of = type.__dict__["__mro__"].__get__
_names_of = type.__dict__["__dict__"].__get__

# Whether nobody has got hold of __main__ at import, so that each run can have one of its own.
_main_is_free = False

# Of stdin, stdout and stderr: whether lines are flushed and whether writes go through, where an import has changed it.
_DEFAULTS = ((False, False), (False, False), (True, False))
_reconfigured = [None, None, None]


def prepare(entry, modules):
    """Imports `modules`, in this order, and settles what a run will begin with."""
    global _snapshot_modules, _main_is_free
    environment = _pyapp_environ.Recorder()
    environment.start()
    for name in modules:
        # For whoever waits: crates/pipeline/src/common/guest.rs.
        posix.write(2, b"\1%s\n" % os.fsencode(name))
        __import__(name)
    _environment_steps.extend(environment.stop())
    # No run needs it.
    del environment, _pyapp_environ.Recorder
    if ":" not in entry:
        _find_main(entry)
    _snapshot_modules = frozenset(map(id, sys.modules.values()))
    _defer_zone()
    # Held by sys.modules, by the argument of the call, and by nobody else.
    _main_is_free = sys.getrefcount(sys.modules["__main__"]) == 2
    _find_named()
    _buffers.extend((stream, stream.buffer) for stream in _streams()[1:])
    for descriptor, stream in enumerate(_streams()):
        settings = stream.line_buffering, stream.write_through
        if settings != _DEFAULTS[descriptor]:
            _reconfigured[descriptor] = settings
    # In sys.modules they would be seen by those who look there; pyapp.c keeps this one.
    del sys.modules[__name__], sys.modules[_pyapp_environ.__name__]
    # What runs a few times is specialised by the interpreter; better here than in each run.
    for _ in range(_WARM_UP):
        _renew(list(sys.argv), [b"NAME=value"])
    _renew(list(sys.argv), [])


def freeze(suspendable):
    """Keeps all that there is out of the collector's sight. `suspendable` are the types of functions that can stop half-way: their
    finaliser is the rest of a function, which asks for nobody's end but its own.

    Returns the objects that pyapp.c is to make immortal, or None if the end of a run has to take them apart. Not part of
    `prepare`, whose frame an exception that was kept at import may hold.
    """
    global finalizes_lightly
    gc.collect()
    own = {id(part) for stream in _streams() for part in (stream, stream.buffer, stream.buffer.raw)}
    objects = gc.get_objects()
    _suspended.extend(_weakref.ref(thing) for thing in objects if type(thing) in suspendable)
    kinds = {type(thing) for thing in objects if id(thing) not in own} - _SILENT - set(suspendable)
    finalizes_lightly = not any("__del__" in _names_of(base) for kind in kinds for base in _bases_of(kind))
    gc.freeze()
    return objects if finalizes_lightly else None


def _find_main(module):
    """Has runpy find the code of `module` now, rather than when it is to run it as __main__.

    Not if that would import a package that is to be imported in each run, or if somebody imports the module too, of which
    runpy is to warn in the run.
    """
    import importlib.util
    import runpy
    parts = module.split(".")
    if any(".".join(parts[:depth]) not in sys.modules for depth in range(1, len(parts))):
        return
    spec = importlib.util.find_spec(module)
    is_package = spec is not None and spec.submodule_search_locations is not None
    main = module + ".__main__" if is_package else module
    if spec is None or main in sys.modules or (is_package and module not in sys.modules):
        return
    original = runpy._get_module_details
    details = original(module)

    def found(asked, *rest):
        runpy._get_module_details = original
        return details if asked == module else original(asked, *rest)

    runpy._get_module_details = found


def resume(arguments, environment):
    """Takes on the arguments, the environment (a list of b"NAME=value") and the standard streams of this run."""
    _renew(arguments, environment)
    # The files below the streams are not to be finalised with what the run makes.
    gc.freeze()
    if _main_is_free:
        # One that is not frozen, and goes at the end as it always does.
        main = type(sys)("__main__")
        vars(main).update(vars(sys.modules["__main__"]))
        sys.modules["__main__"] = main


def ignore(signals):
    """Goes on ignoring the signals that the process was started ignoring (bit 0 is signal 1), as Python does when it starts."""
    import _signal
    at_start = _signal.SIG_DFL, _signal.default_int_handler
    for number in range(1, _signal.NSIG):
        if signals >> (number - 1) & 1 and _signal.getsignal(number) in at_start:
            _signal.signal(number, _signal.SIG_IGN)


def _renew(arguments, environment):
    sys.argv[:] = arguments
    sys.orig_argv[:] = arguments
    variables = {}
    for item in environment:
        name, separator, value = item.partition(b"=")
        if separator:
            # As the C library finds it: the first of two counts.
            variables.setdefault(name, value)
    for mapping in (posix.environ, _environ._data):
        mapping.clear()
        mapping.update(variables)
    _pyapp_environ.replay(_environment_steps, _environ._data)
    for descriptor, stream in enumerate(_streams()):
        _renew_stream(stream, descriptor)
    for name, (renew, _) in RENEWALS.items():
        module = sys.modules.get(name)
        if module is not None:
            renew(module)


def _find_named():
    """Notes what argparse has made of the program's name, in parsers and in what belongs to them."""
    argparse = sys.modules.get("argparse")
    if argparse is None:
        return
    kinds = argparse._AttributeHolder, argparse._ActionsContainer
    for thing in gc.get_objects():
        if any(kind in _bases_of(type(thing)) for kind in kinds):
            for attribute, text in vars(thing).items():
                if isinstance(text, str) and _NAME_AT_BUILD in text:
                    _named.append((_weakref.ref(thing), attribute, text))


def _defer_zone():
    """Takes from the module time what it says of the zone, until a run asks for it: few do, and the host has to be asked."""
    names = vars(time)
    for name in _ZONE:
        names.pop(name, None)
    names.update(__getattr__=_zone_attribute, __dir__=_names_of_time)


def _zone_attribute(name):
    _name_zone()
    return getattr(time, name)


def _names_of_time():
    _name_zone()
    return dir(time)


def _name_zone():
    """Does what the module time does when it is imported, but keeps what the program has put there."""
    names = vars(time)
    names.pop("__getattr__", None)
    names.pop("__dir__", None)
    if names.keys() >= set(_ZONE):
        return
    year = (365 * 24 + 6) * 3600
    january = int(_time()) // year * year
    kinds = _localtime(january), _localtime(january + year // 2)
    standard, daylight = sorted(kinds, key=lambda kind: kind.tm_gmtoff)
    offsets = -standard.tm_gmtoff, -daylight.tm_gmtoff
    found = *offsets, int(offsets[0] != offsets[1]), (standard.tm_zone[:9], daylight.tm_zone[:9])
    for name, value in zip(_ZONE, found):
        names.setdefault(name, value)


def restore_streams():
    """At the end of a run, puts the streams back that it started with."""
    sys.stdin, sys.stdout, sys.stderr = _streams()


def flush_snapshot():
    """Flushes what the streams of the snapshot still hold, as their own end would: failures are nobody's concern."""
    for stream, buffer in _buffers:
        for each in (stream, buffer):
            try:
                each.flush()
            except Exception:
                continue


def suspended():
    """The functions that an import has suspended, as far as they are still there."""
    return [thing for thing in (reference() for reference in _suspended) if thing is not None]


def thaw():
    """Gives the objects of the snapshot back to the collector, for an end that takes them apart."""
    _buffers.clear()
    gc.unfreeze()


def release_modules():
    """Takes the modules that the snapshot does not have out of sys.modules; returns weak references to them, newest first."""
    released = []
    for name, module in list(sys.modules.items()):
        if id(module) not in _snapshot_modules and isinstance(module, type(sys)):
            released.append(_weakref.ref(module))
            sys.modules[name] = None
    return released[::-1]


def _streams():
    return sys.__stdin__, sys.__stdout__, sys.__stderr__


def _renew_stream(stream, descriptor):
    """As CPython's create_stdio() makes it, but in the same objects."""
    raw = io.FileIO(descriptor, "wb" if descriptor else "rb", closefd=False)
    is_terminal = raw.isatty()
    raw.name = ("<stdin>", "<stdout>", "<stderr>")[descriptor]
    stream.buffer.__init__(raw, raw._blksize)
    line_buffering, write_through = _reconfigured[descriptor] or (is_terminal or descriptor == 2, False)
    stream.__init__(stream.buffer, stream.encoding, stream.errors, "\n", line_buffering, write_through)


def _renew_argparse(argparse):
    name = os.path.basename(sys.argv[0])
    for reference, attribute, text in _named:
        thing = reference()
        if thing is not None:
            object.__setattr__(thing, attribute, text.replace(_NAME_AT_BUILD, name))


def _renew_random(random):
    random.seed()


def _renew_logging(logging):
    logging._startTime = time.time_ns()


def _renew_tempfile(tempfile):
    # The names come from a generator seeded when the first is made.
    tempfile._name_sequence = None


def _renew_uuid(uuid):
    # uuid1's node is a random number on a machine that hides its address.
    uuid._node = uuid._last_timestamp = None


def _renew_multiprocessing(process):
    process.current_process().authkey = os.urandom(32)


def _renew_wsgiref(handlers):
    handlers.BaseHandler.os_environ = handlers.read_environ()


def _renew_zoneinfo(tzpath):
    # PYTHONTZPATH counts in an isolated interpreter too.
    tzpath.reset_tzpath()


# What modules of the standard library took from the build when they were imported: what renews it, and which findings of the
# build's audit need not be told because of that (kinds of crates/pipeline/src/snapshot/audit.py, which reads this table).
RENEWALS = {
    "random": (_renew_random, ("random",)),
    "logging": (_renew_logging, ("time",)),
    # These two take nothing at import, but when an import of another module calls them.
    "tempfile": (_renew_tempfile, ()),
    "uuid": (_renew_uuid, ()),
    "multiprocessing.process": (_renew_multiprocessing, ("random",)),
    "wsgiref.handlers": (_renew_wsgiref, ("environ",)),
    "zoneinfo._tzpath": (_renew_zoneinfo, ("environ",)),
    "argparse": (_renew_argparse, ()),
}

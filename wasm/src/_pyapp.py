"""Making the image of an initialised interpreter, and resuming it: the Python half of pyapp.c.

`prepare` runs once, at build time; the memory behind it is the image. `resume` runs first in every run that starts from
it and makes fresh what belongs to a run. Objects that a library may have got hold of at import (sys.argv, os.environ,
sys.stdout) stay the same objects and get new contents.
"""
import gc
import io
import os
import posix
import sys

# Whether no object of the image has a finaliser, so that the end of a run need not take the image apart.
finalizes_lightly = False

# By identity: what stands in sys.modules need not be hashable.
_image_modules = frozenset()

# CPython specialises code in its second run; later runs settle what the specialised instructions look up.
_WARM_UP = 8


def prepare(entry, modules):
    """Imports `modules` and leaves the memory as small and still as it can be.

    Returns the objects that pyapp.c is to make immortal, or None if the end of a run has to take them apart.
    """
    global finalizes_lightly, _image_modules
    for name in modules:
        __import__(name)
    if ":" not in entry:
        _find_main(entry)
    _image_modules = frozenset(map(id, sys.modules.values()))
    # In sys.modules it would be seen by those who look there; pyapp.c keeps it.
    del sys.modules[__name__]
    # What runs a few times is specialised by the interpreter; better here than in each run.
    for _ in range(_WARM_UP):
        resume(list(sys.argv), [b"NAME=value"])
    resume(list(sys.argv), [])
    gc.collect()
    own = {id(part) for stream in _streams() for part in (stream, stream.buffer, stream.buffer.raw)}
    objects = gc.get_objects()
    finalizes_lightly = not any(hasattr(type(thing), "__del__") for thing in objects if id(thing) not in own)
    gc.freeze()
    return objects if finalizes_lightly else None


def _find_main(module):
    """Has runpy find the code of `module` now, rather than when it is to run it as __main__."""
    import runpy
    original = runpy._get_module_details
    try:
        name, _, code = details = original(module)
    except Exception:
        # It is not found, or cannot be, and runpy will say so at run time.
        return
    if name in sys.modules:
        # Somebody imports it too, of which runpy warns, at run time.
        return

    def found(asked, *rest):
        runpy._get_module_details = original
        return details if asked == module else original(asked, *rest)

    runpy._get_module_details = found


def resume(arguments, environment):
    """Takes on the arguments, the environment (a list of b"NAME=value") and the standard streams of this run."""
    sys.argv[:] = arguments
    sys.orig_argv[:] = arguments
    variables = dict(item.split(b"=", 1) for item in environment if b"=" in item[1:])
    for mapping in (posix.environ, os.environ._data):
        mapping.clear()
        mapping.update(variables)
    for descriptor, stream in enumerate(_streams()):
        _renew_stream(stream, descriptor)
    for name, renew in _RENEWALS.items():
        module = sys.modules.get(name)
        if module is not None:
            renew(module)


def thaw():
    """Gives the objects of the image back to the collector, for an end that takes them apart."""
    gc.unfreeze()


def modules_of_this_run():
    """Modules that the image does not have, newest first; __main__ is always one of them."""
    modules = [module for module in sys.modules.values() if id(module) not in _image_modules]
    return [module for module in modules[::-1] + [sys.modules.get("__main__")] if isinstance(module, type(sys))]


def _streams():
    return sys.__stdin__, sys.__stdout__, sys.__stderr__


def _renew_stream(stream, descriptor):
    """As CPython's create_stdio() makes it, but in the same objects."""
    raw = io.FileIO(descriptor, "wb" if descriptor else "rb", closefd=False)
    is_terminal = raw.isatty()
    raw.name = ("<stdin>", "<stdout>", "<stderr>")[descriptor]
    stream.buffer.__init__(raw, raw._blksize)
    line_buffering = is_terminal or descriptor == 2
    stream.__init__(stream.buffer, stream.encoding, stream.errors, "\n", line_buffering)


def _renew_random(random):
    random.seed()


def _renew_logging(logging):
    import time
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


# What modules of the standard library took from the build when they were imported.
_RENEWALS = {
    "random": _renew_random,
    "logging": _renew_logging,
    "tempfile": _renew_tempfile,
    "uuid": _renew_uuid,
    "multiprocessing.process": _renew_multiprocessing,
    "wsgiref.handlers": _renew_wsgiref,
    "zoneinfo._tzpath": _renew_zoneinfo,
}

"""What a program can tell about its start, its streams and its end, one function a case.

`start_modes.rs` runs each case in three start modes: native CPython, a cold start, and resumed from a snapshot in which this module is
imported already. All three must say the same. `cases.json` gives each case its arguments and its input.
"""
import atexit
import contextvars
import gc
import logging
import os
import random
import signal
import sys
import tempfile
import threading
import time
import uuid
import warnings
import weakref
import wsgiref.handlers
import zoneinfo

# Held since the import, as libraries hold them: they must serve the run, not the build.
held_stdout, held_stderr, held_stdin = sys.stdout, sys.stderr, sys.stdin
held_argv, held_environ, held_buffer = sys.argv, os.environ, sys.stdout.buffer
held_get = os.environ.get
variable = contextvars.ContextVar("variable", default="unset")
local = threading.local()
local.value = "set at import"
store = {}
os.environ["SET_AT_IMPORT"] = "yes"
os.environ.setdefault("FRUIT", "pear")
os.environ.setdefault("VEGETABLE", "leek")
os.environ.pop("DELETED", None)


class Loud:
    """Tells when it goes."""

    def __init__(self, name):
        self.name = name

    def __del__(self):
        # Names of this module may be gone by then.
        print("gone:", self.name)


def arguments():
    print(sys.argv[1:], held_argv is sys.argv, sys.orig_argv[-1])


def environment():
    print(os.environ.get("FRUIT"), held_get("FRUIT"), os.getenv("NOTHING"), held_environ is os.environ)
    os.environ["NEW"] = "1"
    print(os.environ["NEW"], "PYAPP_ENTRY" in os.environ, os.environb[b"FRUIT"])
    del os.environ["FRUIT"]
    print("FRUIT" in os.environ, os.getenv("FRUIT"))
    print(sorted(name for name in os.environ if name.isupper() and name.startswith("F")))


def set_at_import():
    print(os.environ["SET_AT_IMPORT"], os.getenv("SET_AT_IMPORT"))
    print(os.environ["FRUIT"], os.environ["VEGETABLE"], os.getenv("DELETED"))


def hold():
    """For two runs at once: marks what both have from the image, and looks again when told to."""
    who = input()
    for module in list(sys.modules.values()):
        module.mark = who
    print("marked", flush=True)
    input()
    print({module.mark for module in list(sys.modules.values())} == {who})


def streams():
    for name in ("stdin", "stdout", "stderr"):
        stream = getattr(sys, name)
        print(name, stream.name, stream.mode, stream.encoding, stream.newlines, stream.isatty(), stream.line_buffering)
        print(stream.fileno(), stream.buffer.raw.mode, stream.buffer.raw.closefd, stream.write_through)
    print(sys.stdout is sys.__stdout__, sys.stdin is sys.__stdin__, sys.stderr is sys.__stderr__)
    print(held_stdout is sys.stdout, held_stderr is sys.stderr, held_stdin is sys.stdin)


def output_in_order():
    sys.stdout.write("one ")
    held_stdout.write("two ")
    sys.stdout.flush()
    held_buffer.write(b"three ")
    print("four", file=held_stdout)
    print("to stderr", file=held_stderr)
    sys.stdout.write("without an end of line")


def unicode_output():
    print("grüße, 世界, \N{ROCKET}")
    print("\udcff", file=sys.stderr)
    sys.stdout.reconfigure(encoding="ascii", errors="replace")
    print("gr\u00fc\u00dfe \u4e16")


def input_lines():
    print(repr(input()), repr(sys.stdin.readline()), repr(held_stdin.readline()))
    print([line for line in sys.stdin])
    try:
        input("prompt> ")
    except EOFError as error:
        print("EOFError", error)


def input_bytes():
    print(sys.stdin.buffer.read(3), sys.stdin.buffer.readline(), sys.stdin.read())


def status_none():
    return None


def status_seven():
    return 7


def status_text():
    return "a message"


def status_raised():
    raise SystemExit(3)


def status_quick():
    print("lost, as it is not flushed")
    os._exit(9)


def uncaught():
    try:
        {}["key"]
    except KeyError as error:
        error.add_note("a note")
        raise ValueError("value") from error


def excepthook():
    sys.excepthook = lambda kind, value, trace: print("hook:", kind.__name__, value, trace is not None)
    raise ValueError("value")


def at_exit():
    atexit.register(print, "first registered, last run")
    atexit.register(lambda: 1 / 0)
    atexit.register(print, "last registered, first run")
    print("main")


def imported_at_exit():
    global say
    say = "said at exit"


@atexit.register
def _say():
    if "say" in globals():
        print(say)


def exit_in_at_exit():
    atexit.register(sys.exit, 4)
    return 2


def finalisers():
    global kept, cycle, suspended
    kept = Loud("a global")
    cycle = [Loud("in a cycle")]
    cycle.append(cycle)
    store["kept"] = Loud("in a container of the image")

    def generator():
        try:
            yield
        finally:
            print("gone: a generator")

    suspended = generator()
    next(suspended)
    weakref.finalize(kept, print, "gone: by weakref.finalize")
    Loud("at once")


def unflushed_file():
    global file
    file = open(1, "w", closefd=False)
    file.write("written to a file that nobody closes\n")


def finalizing():
    class Late:
        def __del__(self):
            print("finalizing:", sys.is_finalizing())

    global late
    late = Late()
    print("finalizing:", sys.is_finalizing())


def closed_stdout():
    print("before")
    sys.stdout.close()


def no_stdout():
    print("before")
    sys.stdout = None
    print("nobody hears this")


def other_stdout():
    print("before")
    sys.stdout = open("/tmp/elsewhere", "w", encoding="utf-8")
    print("elsewhere")


def fresh_time():
    # A start takes less than a minute on any machine.
    now = time.time()
    record = logging.LogRecord("name", logging.INFO, "path", 1, "message", (), None)
    print(now > 1.7e9, abs(now - float(os.environ["NOW"])) < 60, record.relativeCreated < 60_000)
    before = time.monotonic()
    time.sleep(0.01)
    print(0.009 < time.monotonic() - before < 60)


def library_environment():
    """Modules of the standard library that read the environment at import."""
    print(wsgiref.handlers.BaseHandler.os_environ.get("FRUIT"), zoneinfo.TZPATH == ("/zones",))


def random_numbers():
    print(random.Random(1).random(), random.Random("text").randrange(10**9))
    random.seed(5)
    print(random.random(), random.choice("abcdef"))


def logs():
    logging.basicConfig(format="%(levelname)s %(message)s")
    logging.warning("to stderr")
    logging.getLogger("x").info("not shown")


def warned():
    warnings.warn("mind this", stacklevel=2)
    warnings.warn("deprecated", DeprecationWarning, stacklevel=2)


def bottom_of_stack():
    """As libraries look for the module in which something is made: they walk up to a frame `<module>`."""
    frame = sys._getframe()
    while frame is not None:
        print(frame.f_code.co_name, frame.f_globals["__name__"], frame.f_locals is frame.f_globals)
        frame = frame.f_back
    with warnings.catch_warnings(record=True) as said:
        warnings.warn("shown, as it is of __main__", DeprecationWarning, stacklevel=3)
    print([(warning.lineno, warning.message) for warning in said])


def threads():
    print(threading.current_thread() is threading.main_thread(), threading.active_count(), local.value)
    print(variable.get(), variable.set("x") is not None, variable.get())


def collector():
    print(gc.isenabled(), gc.get_threshold())
    for _ in range(3000):
        cycle = []
        cycle.append(cycle)
    print(gc.collect() >= 0, gc.garbage)


def deep():
    def down(n):
        return down(n + 1)

    try:
        down(0)
    except RecursionError as error:
        print(error)
    print(sys.getrecursionlimit())


def signals():
    print(signal.getsignal(signal.SIGINT) is signal.default_int_handler, signal.getsignal(signal.SIGTERM))


def late_import():
    import fractions
    import late_module
    print(fractions.Fraction(1, 3), late_module.VALUE, late_module.__name__, "late_module" in sys.modules)
    print("_pyapp" in sys.modules, type(sys.modules["__main__"]).__name__)


def files():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "file")
        with open(path, "w", encoding="utf-8") as out:
            out.write("text")
        print(open(path, encoding="utf-8").read(), os.listdir(folder))
    print(os.path.exists(folder))


def unique():
    print(random.random(), uuid.uuid4(), uuid.uuid1().hex[:8], os.urandom(8).hex(), next(tempfile._get_candidate_names()))


def hashed():
    print(hash("text"))


def own():
    """What only our own two start modes share."""
    print(sys.flags, sys.path, sys.executable, sys.prefix, os.getcwd(), sys.orig_argv, sys.argv)
    print(sorted(sys.builtin_module_names), sys.meta_path, [hook.__qualname__ for hook in sys.path_hooks], sys.warnoptions, sys._xoptions)
    print(sorted(vars(sys.modules["__main__"])), sys.stdin.errors, sys.stdout.errors, sys.stderr.errors)
    print(sys.getfilesystemencoding(), sys.getdefaultencoding(), os.listdir("/"), os.listdir("/tmp"))


def main():
    return globals()[sys.argv[1]]()

"""What is not called, and why. A trap that is not explained here is a fault."""

_ENDS = "ends the process, as it should"
_WAITS = "waits, for ever if asked to"
_CRASHES = "is there to crash"
_STAYS = "what it sets cannot be taken back"
_TRACES = "traces the test, too"
_INTERRUPTS = "raises KeyboardInterrupt anywhere behind it"
_ENDLESS = "has no end, and what takes all of it has none"

EXCLUDED = {
    "posix._exit": _ENDS,
    "posix.abort": _ENDS,
    "posix.kill": _ENDS,
    "_signal.alarm": _ENDS,
    "_signal.pthread_kill": _ENDS,
    "_signal.raise_signal": _ENDS,
    "_signal.setitimer": _ENDS,
    "_signal.pause": _WAITS,
    "_signal.sigtimedwait": _WAITS,
    "_signal.sigwait": _WAITS,
    "_signal.sigwaitinfo": _WAITS,
    "_thread.interrupt_main": _INTERRUPTS,
    "faulthandler._fatal_error_c_thread": _CRASHES,
    "faulthandler._read_null": _CRASHES,
    "faulthandler._sigabrt": _CRASHES,
    "faulthandler._sigfpe": _CRASHES,
    "faulthandler._sigsegv": _CRASHES,
    "_queue.SimpleQueue.get": _WAITS,
    "select.poll.poll": _WAITS,
    "select.select": _WAITS,
    "time.sleep": _WAITS,
    "sys.addaudithook": _STAYS,
    "sys.settrace": _TRACES,
    "sys.setprofile": _TRACES,
    "sys._settraceallthreads": _TRACES,
    "sys._setprofileallthreads": _TRACES,
    "use itertools.count": _ENDLESS,
    "use itertools.cycle": _ENDLESS,
    "use itertools.repeat": _ENDLESS,
    "_ctypes": "reads and writes any memory that it is told to",
    "builtins.breakpoint": "starts the debugger, which reads from stdin",
}

# Types of which no program can have an instance.
WITHOUT_INSTANCE = {
    "builtins._buffer_wrapper",
    "builtins.stderrprinter",
    "_interpreters.CrossInterpreterBufferView",
    "sys.legacy_event_handler",
}

"""What is not called, and why. A trap that is not explained here is a fault."""

_ENDS = "ends the process, as it should"
_WAITS = "waits, for ever if asked to"
_CRASHES = "is there to crash"
_STAYS = "what it sets cannot be taken back"
_TRACES = "traces the test, too"
_INTERRUPTS = "raises KeyboardInterrupt anywhere behind it"
_ADDRESS = "takes any number for the address of an object"
_ENDLESS = "has no end, and what takes all of it has none"

EXCLUDED = {
    "posix._exit": _ENDS,
    "posix.abort": _ENDS,
    "posix.kill": _ENDS,
    "_signal.raise_signal": _ENDS,
    "_thread.interrupt_main": _INTERRUPTS,
    "faulthandler._fatal_error_c_thread": _CRASHES,
    "faulthandler._read_null": _CRASHES,
    "faulthandler._sigabrt": _CRASHES,
    "faulthandler._sigfpe": _CRASHES,
    "faulthandler._sigsegv": _CRASHES,
    "_ctypes.PyObj_FromPtr": _ADDRESS,
    "_ctypes.Py_DECREF": "takes away a reference that is not its own",
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
    "builtins.breakpoint": "starts the debugger, which reads from stdin",
}

# Types of which no program can have an instance.
WITHOUT_INSTANCE = {
    "_interpreters.CrossInterpreterBufferView",
    "builtins._buffer_wrapper",
    "builtins.stderrprinter",
    "sys.legacy_event_handler",
}

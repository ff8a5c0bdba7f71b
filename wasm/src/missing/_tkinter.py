"""Where there is no display: tkinter can be imported, and its first window fails as on any machine without one."""

class TclError(Exception):
    pass


class Tcl_Obj:
    pass


class TkappType:
    pass


class TkttType:
    pass


TK_VERSION = TCL_VERSION = "8.6"
READABLE, WRITABLE, EXCEPTION = 2, 4, 8
WINDOW_EVENTS, FILE_EVENTS, TIMER_EVENTS, IDLE_EVENTS, ALL_EVENTS, DONT_WAIT = 4, 8, 16, 32, -3, 2


def create(*arguments):
    raise TclError("no display; the sandbox has none, use the terminal")


_interval = 20


def getbusywaitinterval():
    return _interval


def setbusywaitinterval(new_val, /):
    global _interval
    if new_val < 0:
        raise ValueError("busywaitinterval must be >= 0")
    _interval = new_val

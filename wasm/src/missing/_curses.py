"""Where there is no terminal that belongs to the program alone: curses can be imported, and fails when it is to begin."""

class error(Exception):
    pass


version = __version__ = b"0"


def setupterm(term=None, fd=-1):
    raise error("curses needs a terminal of its own, which the sandbox has none of; print plain text, or escape sequences")


def initscr():
    setupterm()


def has_key(key):
    setupterm()

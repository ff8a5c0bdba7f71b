"""The state of GNU readline without its line editor: the history with its files, the completer, the hooks. input() reads whole
lines, as from a terminal without readline, and so fills no history and calls no completer or hook."""
import os as _os

backend = "readline"
_READLINE_LIBRARY_VERSION = "8.2"
_READLINE_VERSION = _READLINE_RUNTIME_VERSION = 0x0802

_history = []
_length = -1
_line = ""
_completer = None
_delimiters = " \t\n`~!@#$%^&*()-=+[{]}\\|;:'\",<>/?"


def _text(value):
    if not isinstance(value, str):
        raise TypeError(f"argument must be str, not {type(value).__name__}")
    return value


def _path(filename):
    return _os.path.expanduser("~/.history" if filename is None else _os.fsdecode(filename))


def _bytes(lines):
    return b"".join(line.encode("utf-8", "surrogateescape") + b"\n" for line in lines)


def _truncate(path):
    if _length < 0:
        return
    with open(path, "rb") as file:
        lines = file.read().splitlines(keepends=True)
    with open(path, "wb") as file:
        file.writelines(lines[len(lines) - min(_length, len(lines)):])


def read_history_file(filename=None, /):
    with open(_path(filename), "rb") as file:
        # The last line counts only if it is whole.
        lines = file.read().split(b"\n")[:-1]
    _history.extend(line.decode("utf-8", "surrogateescape") for line in lines if line)


def write_history_file(filename=None, /):
    path = _path(filename)
    with open(_os.open(path, _os.O_WRONLY | _os.O_CREAT | _os.O_TRUNC, 0o600), "wb") as file:
        file.write(_bytes(_history))
    _truncate(path)


def append_history_file(nelements, filename=None, /):
    if nelements < 0:
        raise ValueError("nelements must be positive")
    path = _path(filename)
    with open(_os.open(path, _os.O_WRONLY | _os.O_APPEND), "wb") as file:
        file.write(_bytes(_history[len(_history) - min(nelements, len(_history)):]))
    _truncate(path)


def get_history_length():
    return _length


def set_history_length(length, /):
    global _length
    _length = length.__index__()


def get_current_history_length():
    return len(_history)


def get_history_item(index, /):
    return _history[index - 1] if 0 < index <= len(_history) else None


def add_history(string, /):
    _history.append(_text(string))


def clear_history():
    _history.clear()


def _check(position):
    if position < 0:
        raise ValueError("History index cannot be negative")
    if position >= len(_history):
        raise ValueError(f"No history item at position {position}")


def remove_history_item(pos, /):
    _check(pos)
    del _history[pos]


def replace_history_item(pos, line, /):
    _text(line)
    _check(pos)
    _history[pos] = line


def set_auto_history(enabled, /):
    pass


def get_line_buffer():
    return _line


def insert_text(string, /):
    global _line
    _line += _text(string)


def redisplay():
    pass


def parse_and_bind(string, /):
    _text(string)


def read_init_file(filename=None, /):
    with open(_os.path.expanduser("~/.inputrc") if filename is None else filename, "rb"):
        pass


def _callable(name, function):
    if function is not None and not callable(function):
        raise TypeError(f"{name}(func): argument not callable")
    return function


def set_completer(function=None, /):
    global _completer
    _completer = _callable("set_completer", function)


def get_completer():
    return _completer


def set_startup_hook(function=None, /):
    _callable("set_startup_hook", function)


def set_pre_input_hook(function=None, /):
    _callable("set_pre_input_hook", function)


def set_completion_display_matches_hook(function=None, /):
    _callable("set_completion_display_matches_hook", function)


def set_completer_delims(string, /):
    global _delimiters
    _delimiters = _text(string)


def get_completer_delims():
    return _delimiters


def get_completion_type():
    return 0


def get_begidx():
    return 0


def get_endidx():
    return 0

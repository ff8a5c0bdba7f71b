"""GNU readline's state, and the editor of Python's own prompt in place of its line editor: on a terminal, input() and the basic
prompt let the user edit a line once this is imported. Key bindings and init files change nothing, but for the key Tab."""
import os as _os

backend = "readline"
_READLINE_LIBRARY_VERSION = "8.2"
_READLINE_VERSION = _READLINE_RUNTIME_VERSION = 0x0802

_history = []
_length = -1
_line = ""
_completer = _startup_hook = _pre_input_hook = None
_fills_history = True
_tab_completes = False
# What reads lines, once there is one, and whether it reads one now.
_reader = None
_reads = False
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
    global _fills_history
    _fills_history = bool(enabled)


def get_line_buffer():
    return _reader.get_unicode() if _reads else _line


def insert_text(string, /):
    global _line
    if _reads:
        _reader.insert(_text(string))
    else:
        _line += _text(string)


def redisplay():
    pass


def parse_and_bind(string, /):
    global _tab_completes
    words = _text(string).replace(":", " ").casefold().split()
    if words[:1] in (["tab"], ['"\\t"']):
        _tab_completes = words[1:2] == ["complete"]


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
    global _startup_hook
    _startup_hook = _callable("set_startup_hook", function)


def set_pre_input_hook(function=None, /):
    global _pre_input_hook
    _pre_input_hook = _callable("set_pre_input_hook", function)


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
    return _reader.pos - len(_reader.get_stem()) if _reads else 0


def get_endidx():
    return _reader.pos if _reads else 0


def _make_reader():
    """None where the terminal cannot do what editing takes."""
    global _completer
    import signal
    completer = _completer
    try:
        from _pyrepl import readline as editor
    except ImportError:
        # stdlib = "used" has left it out.
        return None
    # That may import rlcompleter, which sets its own.
    _completer = completer

    class Console(editor.Console):
        # What was typed or pasted ahead belongs to whoever reads next.
        def _UnixConsole__read(self, n):
            return _os.read(self.input_fd, n)

        def _UnixConsole__enable_bracketed_paste(self):
            pass

        _UnixConsole__disable_bracketed_paste = _UnixConsole__enable_bracketed_paste

    continued = signal.getsignal(signal.SIGCONT)
    try:
        console = Console(0, 1, encoding="utf-8")
        signal.signal(signal.SIGCONT, continued or signal.SIG_DFL)
    except editor._error:
        return None
    reader = editor.ReadlineAlikeReader(console=console, config=editor.ReadlineConfig())
    reader.history = _history
    reader.can_colorize = False
    # It would take what threads raise for itself.
    reader.threading_hook = lambda: None
    return reader


def _run_hooks():
    for hook in (_startup_hook, _pre_input_hook):
        try:
            if hook is not None:
                hook()
        except Exception:
            pass


def _read_line(prompt):
    """A line that the user has edited, as bytes with its end; nothing at the end of the input. None where there is no editing,
    which is also in all threads but the first. input() and the basic prompt call it (wasm/src/line_editor.h)."""
    global _reader, _reads
    import _thread
    import signal
    if _reads or _thread.get_ident() != _thread._get_main_thread_ident():
        return None
    if _reader is None:
        _reader = _make_reader()
    if _reader is None:
        return None
    # The editor counts the lines of a prompt wrongly: it gets the last one only.
    above, line_break, prompt = prompt.rpartition(b"\n")
    _os.write(1, above + line_break)
    _reader.ps1 = prompt.decode("utf-8", "surrogateescape")
    _reader.config.readline_completer = _completer
    _reader.config.completer_delims = frozenset(_delimiters)
    tab = (r"\t", "complete" if _tab_completes else "self-insert")
    if _reader.keymap[-1] != tab:
        _reader.bind(*tab)
    before, last = len(_history), _history[-1:]
    continued = signal.signal(signal.SIGCONT, _reader.console._sigcont_handler)
    _reads = True
    try:
        line = _reader.readline(_run_hooks)
    except EOFError:
        return b""
    except BaseException:
        # It may have been in the middle of anything.
        _reader = None
        raise
    finally:
        _reads = False
        signal.signal(signal.SIGCONT, continued or signal.SIG_DFL)
    if not _fills_history or last == [line]:
        del _history[before:]
    return line.encode("utf-8", "surrogateescape") + b"\n"

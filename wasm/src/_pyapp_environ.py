"""What imports do to the environment at build time, as steps that a resumed run takes again with its own environment.

The build's environment is empty, so what imports leave in it is not yet what they would have made of the user's. `Recorder`
notes what they do while they do it, and `replay` does it again. Used by _pyapp.py.
"""
import gc
import os
import posix
import sys

# Kinds of steps.
CLEAR, SET, DEFAULT, DELETE, PUTENV, UNSETENV = "clear", "set", "default", "delete", "putenv", "unsetenv"


def replay(steps, variables):
    """Takes the steps, with the dict `variables` (bytes to bytes) behind os.environ and with C's environment."""
    for kind, name, value in steps:
        if kind == SET or (kind == DEFAULT and name not in variables):
            posix.putenv(name, value)
            variables[name] = value
        elif kind == DELETE:
            posix.unsetenv(name)
            variables.pop(name, None)
        elif kind == CLEAR:
            for each in variables:
                posix.unsetenv(each)
            variables.clear()
        elif kind == PUTENV:
            posix.putenv(name, value)
        elif kind == UNSETENV:
            posix.unsetenv(name)


def top_level(frame):
    """The globals of the module whose top level is being run at `frame`, innermost first; None outside of imports."""
    while frame is not None and frame.f_code.co_name != "<module>":
        frame = frame.f_back
    return None if frame is None else frame.f_globals


def importing_module():
    """The name of the module whose top level is being run, innermost first."""
    variables = top_level(sys._getframe(1))
    return None if variables is None else variables.get("__name__")


class Recorder:
    """Between `start` and `stop`, stands in for the methods of os.environ and os.environb, and for putenv and unsetenv.

    What a program would have done with a variable of the user's it has to guess from what was done without one:

    - A value that follows a look-up, by the same module, which found none is a default: `if "X" not in os.environ: …`.
    - A default that is deleted again was put back.
    - What is cleared and then is as in a copy taken earlier was put back, too.
    """

    def __init__(self):
        self.steps = []
        # Whether a method is at work that calls others, which are not to be noted.
        self._is_busy = False
        # (module, name) of variables that were looked up.
        self._looked_up = set()
        # Contents and steps at the times when the environment was copied, or at least listed.
        self._copies = []
        self._variables = os.environ._data
        self._kind = type(os.environ)

    def start(self):
        kind = self._kind
        methods = {name: getattr(kind, name) for name in self._METHODS}
        self._own_methods = {name: method for name, method in methods.items() if name in vars(kind)}
        for name, method in methods.items():
            setattr(kind, name, self._method(method, self._METHODS[name]))
        self._functions = [
            (function, self._function(function, step))
            for function, step in ((posix.putenv, PUTENV), (posix.unsetenv, UNSETENV))
        ]
        for function, stand_in in self._functions:
            _replace(function, stand_in)

    def stop(self):
        """Ends the recording; the steps."""
        kind = self._kind
        for name in self._METHODS:
            delattr(kind, name)
        for name, method in self._own_methods.items():
            setattr(kind, name, method)
        for function, stand_in in self._functions:
            # Also for those who did `from os import putenv` meanwhile.
            _replace(stand_in, function)
        # What was done to the dict itself, past os.environ.
        expected = {}
        replay([step for step in self.steps if step[0] not in (PUTENV, UNSETENV)], expected)
        found = self._variables
        self.steps += [(DELETE, name, None) for name in expected if name not in found]
        self.steps += [(SET, name, value) for name, value in found.items() if expected.get(name) != value]
        return self.steps

    def _method(self, method, note):
        def stand_in(environ, *arguments, **keywords):
            if self._is_busy or environ._data is not self._variables:
                return method(environ, *arguments, **keywords)
            self._is_busy = True
            try:
                return note(self, method, environ, *arguments, **keywords)
            finally:
                self._is_busy = False
        return stand_in

    def _function(self, function, step):
        def stand_in(name, *value):
            function(name, *value)
            if not self._is_busy:
                self.steps.append((step, os.fsencode(name), os.fsencode(value[0]) if value else None))
        return stand_in

    def _getitem(self, method, environ, key):
        self._looked_up.add((importing_module(), _encoded(environ, key)))
        return method(environ, key)

    def _setitem(self, method, environ, key, value):
        name = _encoded(environ, key)
        before = self._variables.get(name)
        method(environ, key, value)
        after = self._variables[name]
        was_looked_up = (importing_module(), name) in self._looked_up
        if was_looked_up and before is None and not self._concerns(name):
            self.steps.append((DEFAULT, name, after))
        elif not (was_looked_up and before == after):
            self.steps.append((SET, name, after))

    def _setdefault(self, method, environ, key, value):
        name = _encoded(environ, key)
        was_there = name in self._variables
        result = method(environ, key, value)
        if not was_there:
            self.steps.append((DEFAULT, name, self._variables[name]))
        return result

    def _delitem(self, method, environ, key):
        self._delete(_encoded(environ, key))
        method(environ, key)

    def _pop(self, method, environ, key, *default, **named):
        self._delete(_encoded(environ, key))
        return method(environ, key, *default, **named)

    def _clear(self, method, environ):
        method(environ)
        self.steps = [(CLEAR, None, None)]

    def _update(self, method, environ, *arguments, **keywords):
        self._is_busy = False
        method(environ, *arguments, **keywords)
        if self._concerns(None):
            for variables, steps in reversed(self._copies):
                if variables == self._variables:
                    self.steps = list(steps)
                    break

    def _iter(self, method, environ):
        self._copies.append((dict(self._variables), list(self.steps)))
        return method(environ)

    def _delete(self, name):
        """Also where there is nothing to delete: the user may have it."""
        if name is None:
            return
        own = [step for step in self.steps if step[1] == name]
        if [step[0] for step in own] == [DEFAULT] and any(looked == name for _, looked in self._looked_up):
            self.steps.remove(own[0])
        else:
            self.steps.append((DELETE, name, None))

    def _concerns(self, name):
        """Whether a step has been taken with this variable, or with all of them."""
        return any(step[1] == name or step[0] == CLEAR for step in self.steps)

    _METHODS = {
        "__getitem__": _getitem,
        "__setitem__": _setitem,
        "__delitem__": _delitem,
        "__iter__": _iter,
        "setdefault": _setdefault,
        "pop": _pop,
        "clear": _clear,
        "update": _update,
    }


def _encoded(environ, key):
    """The name that a key stands for; None if no variable can be called so, which the method itself will say."""
    try:
        name = environ.encodekey(key)
    except (TypeError, ValueError):
        return None
    return name if name and b"=" not in name and b"\0" not in name else None


def _replace(old, new):
    """Puts `new` where modules and classes have `old`."""
    for holder in gc.get_referrers(old):
        if type(holder) is dict:
            for name in [name for name, value in holder.items() if value is old]:
                holder[name] = new

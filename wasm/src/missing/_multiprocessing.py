"""Semaphores of the one process that there is. No other can be started, so they need not be shared."""
import errno as _errno
import os as _os
import threading as _threading

flags = {"HAVE_SEM_OPEN": 1, "HAVE_SEM_TIMEDWAIT": 1}

_RECURSIVE, _COUNTING = range(2)
_names = set()


def sem_unlink(name, /):
    try:
        _names.remove(name)
    except KeyError:
        raise FileNotFoundError(_errno.ENOENT, _os.strerror(_errno.ENOENT)) from None


class SemLock:
    SEM_VALUE_MAX = 2**31 - 1

    def __init__(self, kind, value, maxvalue, name, unlink):
        if kind not in (_RECURSIVE, _COUNTING):
            raise ValueError("unrecognized kind")
        if name in _names:
            raise FileExistsError(_errno.EEXIST, _os.strerror(_errno.EEXIST))
        if not unlink:
            _names.add(name)
        self.kind, self.maxvalue, self.handle = kind, maxvalue, id(self)
        self.name = None if unlink else name
        self._value = value
        self._owner, self._held = None, 0
        self._changed = _threading.Condition(_threading.Lock())

    @classmethod
    def _rebuild(cls, handle, kind, maxvalue, name, /):
        raise OSError(_errno.ENOTSUP, "the sandbox starts no processes; call the function directly")

    def acquire(self, block=True, timeout=None):
        if self.kind == _RECURSIVE and self._is_mine():
            self._held += 1
            return True
        limit = 0 if not block else None if timeout is None else max(timeout, 0)
        with self._changed:
            if not self._changed.wait_for(lambda: self._value, limit):
                return False
            self._value -= 1
            self._owner = _threading.get_ident()
            self._held += 1
        return True

    def release(self):
        if self.kind == _RECURSIVE:
            if not self._is_mine():
                raise AssertionError("attempt to release recursive lock not owned by thread")
            if self._held > 1:
                self._held -= 1
                return
        with self._changed:
            if self._value >= self.maxvalue:
                raise ValueError("semaphore or lock released too many times")
            self._value += 1
            self._held -= 1
            self._changed.notify()

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *exception):
        self.release()

    def _count(self):
        return self._held

    def _is_mine(self):
        return self._held > 0 and self._owner == _threading.get_ident()

    def _get_value(self):
        return self._value

    def _is_zero(self):
        return self._value == 0

    def _after_fork(self):
        self._held = 0

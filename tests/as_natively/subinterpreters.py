"""Subinterpreters, which take turns in one thread."""
import _interpqueues
import _interpreters

first = _interpreters.create()
queue = _interpqueues.create(2, 0, 2)
_interpreters.set___main___attrs(first, {"queue": queue})
print(_interpreters.exec(first, "import _interpqueues; x = 42; _interpqueues.put(queue, x, 0, 2)"))
print(_interpqueues.get(queue)[0], "x" in globals())
error = _interpreters.exec(first, "1 / 0")
print(error.type.__name__, error.msg)
print(_interpreters.exec(first, "print(x + 1, flush=True)"))
print(len(_interpreters.list_all()), _interpreters.get_current() == _interpreters.get_main())
_interpqueues.destroy(queue)
_interpreters.destroy(first)
print(len(_interpreters.list_all()))

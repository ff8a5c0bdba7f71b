"""exceptiongroup: groups, split and caught by kind, and how they are printed."""

import io

from exceptiongroup import BaseExceptionGroup, ExceptionGroup, catch, print_exception, suppress

group = ExceptionGroup("all", [ValueError("v"), ExceptionGroup("in", [KeyError("k"), TypeError("t")])])
match, rest = group.split(KeyError)
print(repr(match), repr(rest), repr(group.subgroup(lambda error: isinstance(error, TypeError))))
with catch({ValueError: lambda caught: print("values", caught.exceptions), (KeyError, TypeError): lambda caught: print("others", len(caught.exceptions))}):
    raise group
with suppress(KeyError):
    raise ExceptionGroup("keys", [KeyError(1)])
said = io.StringIO()
print_exception(rest, file=said)
print(said.getvalue())
try:
    ExceptionGroup("wrong", [KeyboardInterrupt()])
except TypeError as error:
    print(error)
print(isinstance(group, BaseExceptionGroup), group.derive([OSError()]))

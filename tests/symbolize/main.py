"""Tracebacks of many forms. This comment is in no executable: marker-7b1f."""

import sys
import traceback


def fails(x):
    return 1 // x  # marker-7b1f


def deep(n):
    return deep(n - 1) if n else fails(0)


def chained():
    try:
        fails(0)
    except ZeroDivisionError as error:
        raise ValueError("worse") from error


def in_context():
    try:
        fails(0)
    except ZeroDivisionError:
        {}["missing"]


def group():
    errors = []
    for case in (chained, in_context):
        try:
            case()
        except Exception as error:
            errors.append(error)
    raise ExceptionGroup("several", [errors[0], ExceptionGroup("inner", errors[1:])])


def not_python():
    exec("def f(:")


for case in (fails, lambda x: deep(20), chained, in_context, group, not_python):
    try:
        case(0) if case.__code__.co_argcount else case()
    except Exception as error:
        error.add_note("a note")
        traceback.print_exc(file=sys.stdout)
fails(0)

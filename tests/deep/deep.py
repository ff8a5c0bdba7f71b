"""Deep recursion: where other builds for WASI exhaust their stack and trap, this must end in an exception, or not at all."""
import ast
import copy
import json
import pickle
import re
import sys


def expect(what, errors, action):
    try:
        action()
    except errors as error:
        print(what, type(error).__name__)
    else:
        print(what, "ended")


def nested_list(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


def nested_dict(depth):
    value = {}
    for _ in range(depth):
        value = {"k": value}
    return value


def recurse():
    recurse()


class Chain:
    def __getattr__(self, name):
        return getattr(self, name + "x")


class Equal:
    def __eq__(self, other):
        return other == self


def recursive_map():
    return map(lambda _: next(recursive_map()), [0])


expect("a function", RecursionError, recurse)
# cpython#111806 and #130319: calls that go through C.
expect("__getattr__", RecursionError, lambda: Chain().x)
expect("__eq__", RecursionError, lambda: Equal() == Equal())
expect("map", RecursionError, lambda: next(recursive_map()))
expect("repr", RecursionError, lambda: repr(nested_list(100_000)))
expect("comparison", RecursionError, lambda: nested_list(100_000) == nested_list(100_000))
expect("json.dumps", RecursionError, lambda: json.dumps(nested_dict(100_000)))
expect("json.loads", RecursionError, lambda: json.loads("[" * 100_000 + "]" * 100_000))
expect("pickle", RecursionError, lambda: pickle.dumps(nested_list(100_000)))
expect("deepcopy", RecursionError, lambda: copy.deepcopy(nested_list(100_000)))
# cpython#135721: the parser and the compiler.
expect("brackets", (MemoryError, RecursionError, SyntaxError), lambda: compile("(" * 5000 + ")" * 5000, "", "eval"))
expect("signs", (MemoryError, RecursionError, SyntaxError), lambda: compile("-" * 100_000 + "1", "", "eval"))
expect("attributes", (MemoryError, RecursionError, SyntaxError), lambda: compile("x" + ".y" * 100_000, "", "eval"))
expect("literal_eval", (MemoryError, RecursionError, SyntaxError), lambda: ast.literal_eval("[" * 2000 + "]" * 2000))
expect("a pattern", (RecursionError, re.error), lambda: re.compile("(" * 5000 + ")" * 5000))

# What is nested is freed without recursion.
for made in (nested_list(100_000), nested_dict(100_000)):
    del made
value = ()
for _ in range(100_000):
    value = (value,)
del value
print("freed")
sys.setrecursionlimit(1_000_000)
expect("a function without limit", (RecursionError, MemoryError), lambda: repr(nested_list(1_000_000)))

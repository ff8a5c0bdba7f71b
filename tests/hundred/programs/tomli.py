"""tomli: TOML to data, numbers as one likes, and its mistakes."""

import io
from decimal import Decimal

import tomli

TEXT = """
title = "ü\\u00e9" # comment
[owner]
when = 1979-05-27T07:32:00-08:00
day = 1979-05-27
at = 07:32:00.5
[nested.'a b']
list = [1, 0x1F, 1_000, [true, "x"], {y = 1.50}]
text = '''
two
lines'''
[[many]]
n = 1
[[many]]
n = -inf
"""
data = tomli.loads(TEXT, parse_float=Decimal)
print(data)
for text in ("a = 1\na = 2", "a = ", "[x]\n[x]", "a = 'x", "a = 2026-13-01", "\x00"):
    try:
        tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        print(error)
try:
    tomli.load(io.StringIO("a = 1"))
except TypeError as error:
    print(type(error).__name__)

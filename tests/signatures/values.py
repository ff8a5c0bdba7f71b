"""What the calls are made with: junk of every kind, and instances of the types that are written in C."""
import _blake2
import _codecs_jp
import _elementtree
import _lsprof
import _md5
import _queue
import _sha1
import _sha2
import _sha3
import _string
import _thread
import _tokenize
import array
import ast
import asyncio
import bz2
import codecs
import collections
import contextvars
import csv
import datetime
import decimal
import functools
import grp
import io
import itertools
import json
import lzma
import mmap
import operator
import os
import pyexpat
import pickle
import pwd
import random
import re
import select
import socket
import sqlite3
import struct
import symtable
import sys
import time
import traceback
import types
import typing
import unicodedata
import weakref
import zlib
import zoneinfo


class Plain:
    """Has a dictionary and can be referred to weakly."""


KEPT = Plain()
LOOP = asyncio.new_event_loop()


class Indexed:
    """Can be iterated over in the old way."""

    def __getitem__(self, index):
        return [1][index]


class Odd:
    """Answers what is asked of it, with something unexpected."""

    def __index__(self):
        return 3

    __len__ = __index__

    def __iter__(self):
        return iter(["odd"])

    def __call__(self, *arguments, **keywords):
        return self

    def __eq__(self, other):
        raise ValueError("odd")

    def __hash__(self):
        return -1

    def __fspath__(self):
        return "odd"

    def read(self, *size):
        return b""

    readline = read

    def write(self, data):
        return 0


def generator():
    yield 1


async def coroutine():
    return 1


async def async_generator():
    yield 1


# Made anew for each call: what one call changes must not matter to the next.
JUNK = {
    "None": lambda: None,
    "True": lambda: True,
    "0": lambda: 0,
    "-1": lambda: -1,
    "5": lambda: 5,
    "2**64": lambda: 1 << 64,
    "1.5": lambda: 1.5,
    "nan": lambda: float("nan"),
    "1j": lambda: 1j,
    "''": lambda: "",
    "'text'": lambda: "text",
    "'\\ud800'": lambda: "\ud800",
    "b'bytes'": lambda: b"bytes",
    "bytearray": lambda: bytearray(b"bytes"),
    "memoryview": lambda: memoryview(b"bytes"),
    "()": lambda: (),
    "(1, 'a')": lambda: (1, "a"),
    "[]": lambda: [],
    "[3, 1]": lambda: [3, 1],
    "{}": lambda: {},
    "{'a': 1}": lambda: {"a": 1},
    "{1, 2}": lambda: {1, 2},
    "iterator": lambda: iter([1, 2]),
    "slice": lambda: slice(1, 2),
    "int": lambda: int,
    "len": lambda: len,
    "lambda": lambda: lambda *arguments, **keywords: None,
    "exception": lambda: ValueError("text"),
    "code": lambda: generator.__code__,
    "module": lambda: types.ModuleType("text"),
    "plain": Plain,
    "odd": Odd,
}


def frame():
    return sys._getframe()


def raised():
    try:
        raise ValueError("text")
    except ValueError as error:
        return error


def suspended(make):
    thing = make()
    thing.send(None)
    return thing


def connection():
    made = sqlite3.connect(":memory:")
    made.execute("create table t(a, b blob)")
    made.execute("insert into t values (1, zeroblob(10))")
    return made


def element():
    root = _elementtree.Element("root", {"a": "1"})
    _elementtree.SubElement(root, "child").text = "text"
    return root


def future():
    return asyncio.Future(loop=LOOP)


def task():
    made = asyncio.Task(coroutine(), loop=LOOP)
    LOOP.run_until_complete(made)
    return made


def cell():
    return (lambda value: lambda: value)(1).__closure__[0]


def registered(poll):
    poll.register(1)
    return poll


def profiled():
    profiler = _lsprof.Profiler()
    profiler.enable()
    len([])
    profiler.disable()
    return profiler

"""Tries to escape: runs the attempts that the other files here list, inside the executable.

`tests/escapes.rs` puts the files together, this one first, and gives them to the executable as one program. What an attempt meets
is the name of an errno or of an exception, or `=` and the value that it gave. Each attempt says one line of JSON. One that
needs a process of its own is told instead of made, and made when it is the only one.

Attempts see these names:

    BASE       a folder with secret.txt, outside/ and here/
    HERE       the caller's folder: has neighbour.txt, and what is granted
    PROGRAM    the executable that runs this
    SECRET, NEIGHBOUR, OUTSIDE   what must not be reached; whatever is in them says CANARY
    READ       a folder that is granted for reading only, if this mode has one
    WRITE      a folder that is granted for writing, if this mode has one
    ANY        WRITE or READ; without any grant a folder that has links in it, and is not granted
    new        a path in WRITE that no other attempt uses
"""
import ast
import errno
import fcntl
import glob
import json
import os
import pathlib
import shutil
import sqlite3
import sys
import tarfile
import tempfile
import time

# What tests/escapes.rs has put in front: GIVEN. (Not in the environment, which may be denied.)
MODE, BASE, ONLY = GIVEN["mode"], GIVEN["base"], GIVEN["only"]
PROGRAM = GIVEN["program"]
# Which races are made, and how long each is.
SWAPS, SECONDS = GIVEN["swaps"], GIVEN["seconds"]

ALL = ["none", "read", "write", "arguments-read", "arguments-write"]
GRANTED = ALL[1:]
READING = ["read", "write", "arguments-read"]
WRITING = ["write", "arguments-write"]
ARGUMENTS = ["arguments-read", "arguments-write"]

HERE = BASE + "/here"
SECRET, NEIGHBOUR, OUTSIDE = BASE + "/secret.txt", HERE + "/neighbour.txt", BASE + "/outside"
READ = {"read": HERE + "/readable", "write": HERE + "/readable", "arguments-read": HERE + "/named"}.get(MODE)
WRITE = {"write": HERE + "/writable", "arguments-write": HERE + "/named"}.get(MODE)
ANY = WRITE or READ or HERE + "/readable"
# The folder in which a process outside moves things about.
RACE = ANY + "/race"
START = os.getcwd()

names, count = set(), 0


def read(path, **how):
    with open(path, "rb", **how) as file:
        return file.read()


def write(path, mode="wb"):
    with open(path, mode) as file:
        file.write(b"changed")


def opened(path, flags=os.O_RDONLY, **where):
    return os.open(path, flags, **where)


def ask(request):
    """Makes a request of the host as the C library does; what it answers."""
    fd = os.open("/dev/pyapp/" + request, os.O_RDONLY)
    return os.read(fd, 4096)


def make(path):
    """A new folder."""
    os.mkdir(path)
    return path


def met(code, name):
    """What a program meets: its last line's value, or its error."""
    own = dict(globals(), new=f"{WRITE}/new{count}")
    try:
        *lines, last = ast.parse(code).body
        exec(compile(ast.Module(lines, []), name, "exec"), own)
        if isinstance(last, ast.Expr):
            return "=" + repr(eval(compile(ast.Expression(last.value), name, "eval"), own))
        exec(compile(ast.Module([last], []), name, "exec"), own)
        return "=None"
    except OSError as error:
        return errno.errorcode.get(error.errno) or type(error).__name__
    except Exception as error:
        return type(error).__name__
    finally:
        # To go back takes a number, and an attempt may have used all of them up.
        os.closerange(5, 64)
        os.chdir(START)


def expected(meets):
    """The words that an attempt may meet; a value reaches to the end."""
    words, sign, value = meets.partition("=")
    return words.split() + [sign + value] * bool(sign)


def tell(**what):
    print(json.dumps(what), flush=True)


def counted(name):
    """Counts an attempt, whose name must be its own."""
    global count
    assert name not in names, name
    names.add(name)
    count += 1


def attempt(name, code, meets, where=ALL, fresh=False, env=None, arguments=None):
    """Lists an attempt: `code` may meet only what `meets` names, in the modes `where`. `fresh`: in a process of its own, as it
    spoils the one that it is in; also one that is started with variables or arguments of its own."""
    if MODE not in where or SECONDS:
        return
    counted(name)
    fresh = fresh or env is not None or arguments is not None
    if fresh and ONLY is None:
        tell(name=name, fresh=True, meets=expected(meets), env=env or {}, arguments=arguments)
    elif ONLY in (name, None):
        tell(name=name, meets=expected(meets), met=met(code, name))


def race(name, code, meets, where=GRANTED, swaps="inside"):
    """Lists an attempt that is made over and over while another process moves things about: `swaps` says which. Errors of the
    system's are no escape; each value must be one of those that `meets` names, with `|` between them."""
    if MODE not in where or SWAPS != swaps:
        return
    counted(name)
    if count == 1:
        tell(begun=True)
    seen, end = {}, time.monotonic() + SECONDS
    while time.monotonic() < end:
        outcome = met(code, name)
        if outcome[0] == "=" and len(seen) < 100:
            seen[outcome[1:]] = None
    allowed = [value.strip() for value in meets.split("|") if value.strip()]
    wrong = " ".join(value for value in seen if value not in allowed)
    # Whether it saw what it may: a race that meets nothing but errors says little.
    tell(name=name, meets=[], met=wrong, saw=any(value in seen for value in allowed) if allowed else None)


def finish():
    tell(done=count)
    # A status of its own: that the host has come to its end, and not to another one.
    sys.exit(7)

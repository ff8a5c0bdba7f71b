"""Takes a lock, and gives it back when it is told to.

    lock.py FOLDER KIND HOW

KIND is `lockf`, `range`, `flock` or `sqlite`. With HOW `try` it prints `refused`, or `taken` and `given back`, and ends. With `hold` it
prints `taken`, gives the lock back when it has read a line, prints `given back`, and ends at the end of stdin. With `wait` it prints
`waiting`, waits for the lock, and goes on as with `try`.
"""
import errno
import fcntl
import os
import sqlite3
import sys

folder, kind, how = sys.argv[1:]


def say(text):
    os.write(1, f"{text}\n".encode())


def lock(operation):
    if kind == "flock":
        fcntl.flock(file, operation)
    elif kind == "range":
        # Bytes of which others hold none.
        fcntl.lockf(file, operation, 10, 100)
    else:
        fcntl.lockf(file, operation)


def take(waits):
    if kind == "sqlite":
        # How long it waits, milliseconds.
        database.execute(f"PRAGMA busy_timeout = {20_000 if waits else 0}")
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO entries DEFAULT VALUES")
    else:
        lock(fcntl.LOCK_EX if waits else fcntl.LOCK_EX | fcntl.LOCK_NB)


def give_back():
    if kind == "sqlite":
        database.execute("COMMIT")
    else:
        lock(fcntl.LOCK_UN)


if kind == "sqlite":
    database = sqlite3.connect(f"{folder}/lock.db", isolation_level=None)
else:
    file = open(f"{folder}/lock", "r+b")
try:
    if how == "wait":
        say("waiting")
    take(how == "wait")
except sqlite3.OperationalError as error:
    assert error.sqlite_errorname == "SQLITE_BUSY", error
    say("refused")
except OSError as error:
    assert error.errno in (errno.EAGAIN, errno.EACCES), error
    say("refused")
else:
    say("taken")
    if how == "hold":
        sys.stdin.readline()
    give_back()
    say("given back")
    if how == "hold":
        sys.stdin.read()

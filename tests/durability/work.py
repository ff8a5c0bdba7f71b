"""Commits to a database, appends to a log and replaces a file, again and again. What is on the disk is said on stdout, and not before
the call that puts it there has returned.

    work.py FOLDER [ROUNDS]

Without ROUNDS it goes on for ever.
"""
import itertools
import os
import pathlib
import sqlite3
import sys

folder = pathlib.Path(sys.argv[1])


def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def sync_folder():
    fd = os.open(folder, os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)


database = sqlite3.connect(folder / "work.db", isolation_level=None)
database.execute("CREATE TABLE IF NOT EXISTS entries (number INTEGER PRIMARY KEY, part INTEGER, text TEXT)")
log = os.open(folder / "work.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
# What an earlier run was killed in the middle of is ended, so that the next line begins a line.
os.write(log, b"\n")
first = database.execute("SELECT coalesce(max(number) / 10, 0) + 1 FROM entries").fetchone()[0]
say("ready")
for number in itertools.count(first):
    if sys.argv[2:] == [str(number - first)]:
        break
    database.execute("BEGIN")
    for part in range(10):
        database.execute("INSERT INTO entries VALUES (?, ?, ?)", (number * 10 + part, part, f"entry {number}" * 20))
    database.execute("COMMIT")
    say("committed", number)
    os.write(log, f"line {number} ends\n".encode())
    os.fdatasync(log)
    say("logged", number)
    with open(folder / "work.new", "w", encoding="utf-8") as file:
        file.write(f"state {number}\n" * 1000)
        file.flush()
        os.fsync(file.fileno())
    os.replace(folder / "work.new", folder / "work.state")
    sync_folder()
    say("replaced", number)

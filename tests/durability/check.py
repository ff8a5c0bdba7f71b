"""Looks at what work.py has left: is the database sound, and is everything there that was said to be there?

    check.py FOLDER

stdin has all lines that it has said. Prints `sound`, and how many transactions it has found.
"""
import pathlib
import sqlite3
import sys

folder = pathlib.Path(sys.argv[1])
said = {"committed": [0], "logged": [0], "replaced": [0]}
for line in sys.stdin:
    what, number = line.split()
    said[what].append(int(number))

database = sqlite3.connect(folder / "work.db", isolation_level=None)
# This also takes back what a killed run has left half done.
entries = database.execute("SELECT number, part, text FROM entries ORDER BY number").fetchall()
problems = database.execute("PRAGMA integrity_check").fetchall()
assert problems == [("ok",)], problems
last = len(entries) // 10
assert last >= max(said["committed"]), f"{said['committed'][-1]} was committed, {last} are there"
expected = [(number * 10 + part, part, f"entry {number}" * 20) for number in range(1, last + 1) for part in range(10)]
assert entries == expected, "a transaction is there in part, or another one"

lines = set((folder / "work.log").read_text().split("\n"))
missing = [number for number in said["logged"][1:] if f"line {number} ends" not in lines]
assert not missing, f"lines that are missing: {missing}"

replaced = max(said["replaced"])
if replaced:
    state = (folder / "work.state").read_text().split("\n")
    assert len(state) == 1001 and len(set(state[:-1])) == 1, "a file that was replaced is not whole"
    assert int(state[0].split()[1]) >= replaced, f"{replaced} was in its place, {state[0]} is there"
print("sound", last)

"""Work on files of a granted folder, of the kinds that programs do. The one argument is the folder; `files.py` beside this
folder has put `table.csv` and `tree` there. Each part prints `name seconds result`, and leaves nothing behind.
"""
import csv
import os
import pathlib
import sqlite3
import sys
import time

PIECE = bytes(range(256)) * 256  # 64 KiB
PIECES = 256 * 1024 * 1024 // len(PIECE)


def write(folder):
    """256 MB in pieces of 64 KiB."""
    with open(folder / "large", "wb") as file:
        return sum(file.write(PIECE) for _ in range(PIECES))


def read(folder):
    """The same, back."""
    total = 0
    with open(folder / "large", "rb") as file:
        while piece := file.read(len(PIECE)):
            total += len(piece)
    return total


def table(folder):
    """csv over 100 MB of text."""
    rows = cells = 0
    with open(folder / "table.csv", newline="", encoding="utf-8") as file:
        for row in csv.reader(file):
            rows += 1
            cells += len(row)
    return rows * cells


def walk(folder):
    """os.walk with a stat of each of 20,000 files."""
    total = 0
    for root, _, names in os.walk(folder / "tree"):
        for name in names:
            total += os.stat(os.path.join(root, name)).st_size
    return total


def small(folder):
    """1,000 small files, each on the disk before the next is begun."""
    new = folder / "small"
    new.mkdir()
    for number in range(1000):
        with open(new / f"{number}.txt", "w", encoding="utf-8") as file:
            file.write(f"small file {number}\n" * 10)
            file.flush()
            os.fsync(file.fileno())
    return len(os.listdir(new))


def insert(path, transactions, rows):
    """Rows with SQLite's default journal."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("CREATE TABLE entries (id INTEGER PRIMARY KEY, name TEXT, value REAL)")
    for transaction in range(transactions):
        connection.execute("BEGIN")
        for row in range(rows):
            number = transaction * rows + row
            connection.execute("INSERT INTO entries (name, value) VALUES (?, ?)", (f"entry {number}", number / 7))
        connection.execute("COMMIT")
    total = connection.execute("SELECT count(*), round(sum(value)) FROM entries").fetchone()
    connection.close()
    return "/".join(map(str, total))


def sqlite_one(folder):
    """100,000 inserts in one transaction."""
    return insert(folder / "one.db", 1, 100_000)


def sqlite_many(folder):
    """100,000 inserts in 1,000 transactions."""
    return insert(folder / "many.db", 1000, 100)


def remove(folder, names):
    for name in names:
        path = folder / name
        if path.is_dir():
            for entry in path.iterdir():
                entry.unlink()
            path.rmdir()
        elif path.exists():
            path.unlink()


if __name__ == "__main__":
    where = pathlib.Path(sys.argv[1])
    wanted = sys.argv[2:]
    for part in (write, read, table, walk, small, sqlite_one, sqlite_many):
        if wanted and part.__name__ not in wanted:
            continue
        start = time.perf_counter()
        result = part(where)
        print(part.__name__, f"{time.perf_counter() - start:.6f}", result, flush=True)
    remove(where, ("large", "small", "one.db", "many.db"))

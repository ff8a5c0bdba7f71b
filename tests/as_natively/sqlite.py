"""The extras that SQLite has on Linux."""
import sqlite3

database = sqlite3.connect(":memory:")


def show(query):
    print(database.execute(query).fetchall())


for kind in ["fts3", "fts4", "fts5"]:
    database.execute(f"CREATE VIRTUAL TABLE {kind}_table USING {kind}(title, body)")
    database.executemany(
        f"INSERT INTO {kind}_table VALUES (?, ?)",
        [("one", "the quick brown fox"), ("two", "the lazy dog"), ("three", "a fox and a dog")],
    )
    show(f"SELECT title FROM {kind}_table WHERE {kind}_table MATCH 'fox NOT quick' ORDER BY title")
    show(f"SELECT title FROM {kind}_table WHERE {kind}_table MATCH '(quick OR lazy) AND the' ORDER BY title")
show("SELECT title, snippet(fts5_table, 1, '[', ']', '…', 3) FROM fts5_table('dog') ORDER BY bm25(fts5_table), title")
database.execute("CREATE VIRTUAL TABLE boxes USING rtree(id, x0, x1, y0, y1)")
database.executemany("INSERT INTO boxes VALUES (?, ?, ?, ?, ?)", [(1, 0, 1, 0, 1), (2, 5, 6, 5, 6), (3, 0.5, 5.5, 0, 9)])
show("SELECT id FROM boxes WHERE x1 >= 0.75 AND x0 <= 1 ORDER BY id")
show("SELECT soundex('pyapp'), sqrt(2), pow(2, 10), round(sin(pi() / 6), 9), ln(exp(1)), floor(-1.5), ceil(1.2), log(10, 1000), mod(7, 3)")
show("SELECT name, pagetype FROM dbstat WHERE name = 'sqlite_schema' LIMIT 1")
print(database.execute("SELECT " + ", ".join("?" * 1500), list(range(1500))).fetchone()[-1])
# Connections that share a database in memory.
shared = [sqlite3.connect("file:one?mode=memory&cache=shared", uri=True) for _ in range(2)]
shared[0].execute("CREATE TABLE kept (a)")
shared[0].execute("INSERT INTO kept VALUES (7)")
shared[0].commit()
print(shared[1].execute("SELECT * FROM kept").fetchall())
try:
    sqlite3.connect("file:other?mode=memory&cache=shared", uri=True).execute("SELECT * FROM kept")
except sqlite3.OperationalError as error:
    print(error)

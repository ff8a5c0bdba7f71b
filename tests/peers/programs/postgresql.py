# [requirements] pg8000==1.31.6 scramp==1.5.0 asn1crypto==1.5.1 python-dateutil==4.0.0 tzdata==2026.6
"""PostgreSQL by pg8000: with and without TLS, types, transactions, copies, notifications, errors."""

import datetime
import decimal
import io
import os
import ssl
import threading
import uuid

import pg8000.dbapi
import pg8000.native

WHERE = {"host": "localhost", "database": "postgres", "timeout": 30}


def connect(**more):
    given = {"user": "ada", "password": "the engine", "port": int(os.environ["POSTGRESQL"])}
    return pg8000.native.Connection(**{**WHERE, **given, "ssl_context": ssl.create_default_context(), **more})


def refused(what, call):
    try:
        print(f"{what}: {call()}")
    except pg8000.exceptions.Error as error:
        found = error.args[0]
        # A server's error is a mapping with its code.
        cause = type(error.__cause__ or error.__context__).__name__
        print(f"{what}: {type(error).__name__} {found.get('C') if isinstance(found, dict) else cause}")
    except OSError as error:
        print(f"{what}: {type(error).__name__} {getattr(error, 'verify_message', '')}".rstrip())


def types(connection):
    values = {
        "a": 7,
        "b": 1 << 40,
        "c": 0.25,
        "d": decimal.Decimal("12.3400"),
        "e": "Grüße, 世界",
        "f": b"\x00\xff bytes",
        "g": datetime.datetime(2026, 10, 25, 1, 2, 3, 456789, tzinfo=datetime.timezone.utc),
        "h": datetime.date(1815, 12, 10),
        "i": uuid.UUID(int=7),
        "j": [1, 2, None],
        "k": {"deep": [1, {"x": None}]},
        "l": True,
        "m": None,
    }
    kinds = "int, bigint, float8, numeric, text, bytea, timestamptz, date, uuid, int[], jsonb, bool, text".split(", ")
    columns = ", ".join(f"{name} {kind}" for name, kind in zip(values, kinds))
    connection.run(f"CREATE TEMPORARY TABLE t (number serial, {columns})")
    names = ", ".join(values)
    marks = ", ".join(f"cast(:{name} as {kind})" for name, kind in zip(values, kinds))
    for _ in range(3):
        connection.run(f"INSERT INTO t ({names}) VALUES ({marks})", **values)
    rows = connection.run(f"SELECT {names} FROM t ORDER BY number")
    print(len(rows), rows[0] == list(values.values()), rows[0])
    print([column["name"] for column in connection.columns])


def transactions(one, other):
    one.run("CREATE TABLE accounts (name text PRIMARY KEY, amount int CHECK (amount >= 0))")
    insert = one.prepare("INSERT INTO accounts VALUES (:name, :amount)")
    for number in range(200):
        insert.run(name=f"n{number}", amount=number)
    insert.close()
    one.run("START TRANSACTION")
    one.run("UPDATE accounts SET amount = amount + 1")
    print(other.run("SELECT sum(amount) FROM accounts"), one.run("SELECT sum(amount) FROM accounts"))
    one.run("ROLLBACK")
    print(one.run("SELECT sum(amount) FROM accounts"), one.row_count)
    refused("twice the same", lambda: one.run("INSERT INTO accounts VALUES ('n1', 1)"))
    refused("a check", lambda: one.run("UPDATE accounts SET amount = -1"))
    refused("no such table", lambda: one.run("SELECT * FROM nothing"))
    refused("syntax", lambda: one.run("SELEC 1"))
    print(one.run("SELECT count(*) FROM accounts"))


def copies(connection):
    connection.run("CREATE TEMPORARY TABLE big (number int, text text)")
    lines = "".join(f"{number}\t{'x' * (number % 100)}\n" for number in range(20_000))
    connection.run("COPY big FROM STDIN", stream=io.BytesIO(lines.encode()))
    out = io.BytesIO()
    connection.run("COPY (SELECT * FROM big ORDER BY number) TO STDOUT", stream=out)
    print(connection.run("SELECT count(*), sum(length(text)) FROM big"), out.getvalue().decode() == lines)
    print(len(connection.run("SELECT repeat('é', 2000000)")[0][0]))


def notifications(one, other):
    one.run("LISTEN news")
    other.run("NOTIFY news, 'hello'")
    one.run("SELECT 1")
    print([(channel, text) for _, channel, text in one.notifications])


def dbapi():
    connection = pg8000.dbapi.connect("ada", port=int(os.environ["POSTGRESQL"]), password="the engine", ssl_context=True, **WHERE)
    cursor = connection.cursor()
    cursor.execute("CREATE TEMPORARY TABLE book (id int, title text)")
    cursor.executemany("INSERT INTO book VALUES (%s, %s)", [(1, "Notes"), (2, "Sketch")])
    connection.commit()
    cursor.execute("SELECT * FROM book WHERE id >= %s ORDER BY id", (1,))
    print(cursor.fetchone(), cursor.fetchall(), cursor.rowcount, [column[0] for column in cursor.description])
    connection.close()


def at_once():
    """Connections in threads: each waits in the server while the others go on."""
    said = []

    def ask(number):
        with_own = connect()
        with_own.run("SELECT pg_sleep(0.1)")
        said.append(with_own.run("SELECT cast(:number as int) * 2", number=number)[0][0])
        with_own.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(sorted(said))


def main():
    one, other = connect(), connect(ssl_context=False)
    for connection in (one, other):
        print(connection.run("SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
        print(connection.parameter_statuses["server_encoding"], connection.parameter_statuses["TimeZone"])
    types(one)
    transactions(one, other)
    copies(other)
    copies(one)
    notifications(one, other)
    dbapi()
    at_once()
    refused("a wrong password", lambda: connect(password="wrong"))
    refused("nobody of that name", lambda: connect(user="nobody"))
    refused("no such database", lambda: connect(database="nothing"))
    refused("an authority that is not known", lambda: connect(ssl_context=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)))
    refused("TLS with one who has none", lambda: connect(port=int(os.environ["CLOSING"])))
    refused("no server", lambda: connect(port=int(os.environ["REFUSING"])))
    one.run("DROP TABLE accounts")
    one.close()
    other.close()
    refused("closed", lambda: one.run("SELECT 1"))


if __name__ == "__main__":
    main()

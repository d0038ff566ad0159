"""Files that Python's sqlite3 and pandas wrote, and what pandas reads from them."""

import base64
import pathlib
import sqlite3
import tempfile

import pandas as pd

TOOLS = ["pandas"]


def file(fill):
    """The bytes of a database, as base64, and what `fill` returns about it."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "data.db"
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA page_size = 512")
        content = fill(connection)
        connection.commit()
        connection.close()
        return {"file": base64.b64encode(path.read_bytes()).decode("ascii"), **content}


def affinities(connection):
    connection.execute(
        "CREATE TABLE things (id INTEGER PRIMARY KEY, amount REAL, whole INT, name TEXT, code VARCHAR(10), "
        "paid BOOLEAN, day DATE, moment DATETIME, blob BLOB, untyped, mixed, huge BIGINT, number NUMERIC)"
    )
    connection.executemany(
        "INSERT INTO things VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (1, 1.5, 3, "Ünal", "007", 1, "2024-02-29", "2024-02-29 12:30:05", b"\x00\xff", 1, 1, 2**63 - 1, "12"),
            (2, None, None, None, None, None, None, None, None, None, None, None, None),
            (3, 2, 4, "東京 😀", "08", 0, "1969-12-31", "1970-01-01 00:00:00.250", b"", 2.5, "two", -(2**63), "1.5"),
            (4, 1e300, -1, "", "x'\"y", 1, "2000-01-01", "1999-12-31 23:59:59", b"abc", 3, 4.25, 0, 7),
        ],
    )
    connection.execute("CREATE TABLE empty (a INTEGER, b TEXT, c)")
    connection.execute('CREATE TABLE "a ""quoted"" # name" ("x y" INTEGER)')
    connection.execute('INSERT INTO "a ""quoted"" # name" VALUES (5)')
    connection.execute("CREATE VIEW paid AS SELECT id, amount FROM things WHERE paid")
    return {"tables": ["a \"quoted\" # name", "empty", "paid", "things"]}


def from_pandas(connection):
    frame = pd.DataFrame({
        "k": [1, 2, 3],
        "x": [0.1, float("nan"), -2.5e-300],
        "s": ["a", None, "c"],
        "b": [True, False, True],
        "t": pd.to_datetime(["2024-01-01", "2024-01-02 03:04:05.678", None], format="ISO8601"),
    })
    frame.to_sql("frame", connection, index=False)
    back = pd.read_sql("SELECT * FROM frame", connection)
    return {
        "k": [int(v) for v in back["k"]], "x": back["x"].to_numpy(), "s": [v if isinstance(v, str) else "" for v in back["s"]],
        "b": [int(v) for v in back["b"]], "t": [v if isinstance(v, str) else "" for v in back["t"]],
    }


def fixtures():
    yield "affinities", file(affinities)
    yield "from-pandas", file(from_pandas)

"""Reading data."""
from . import Work, timed

WORKS = {"csv": Work("read a mixed CSV of 100 MB", [("pandas", 1.0), ("polars", 1.0)], sizes=())}


def csv(peer, data):
    path = data.path("mixed.csv")
    if peer == "pandas":
        import pandas

        frame, seconds = timed(lambda: pandas.read_csv(path))
    else:
        import polars

        frame, seconds = timed(lambda: polars.read_csv(path))
    return seconds, {"rows": len(frame), "total": float(frame["amount"].sum())}

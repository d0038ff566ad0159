"""Reading data, and preparing it: groups, counts, sorting, joining."""
from . import Work, timed

PEERS = [("polars", 1.0), ("pandas", None)]
WORKS = {
    "csv": Work("read a mixed CSV of 100 MB", [("pandas", 1.0), ("polars", 1.0)], sizes=()),
    "group-mean": Work("means of 1,000,000 rows by city", PEERS, sizes=()),
    "group-mean-keys": Work("means of 1,000,000 rows by 100,000 keys", PEERS, sizes=()),
    "value-counts": Work("count the cities of 1,000,000 rows", PEERS, sizes=()),
    "sort": Work("sort 1,000,000 rows of 10 columns", PEERS, sizes=()),
    "one-hot": Work("one-hot of 3 columns of 1,000,000 rows", [("pandas", 0.5), ("polars", None)], sizes=()),
    "join": Work("join 1,000,000 rows to 100,000", PEERS, sizes=()),
}


def csv(peer, data):
    frame, seconds = timed(lambda: read(peer, data))
    return seconds, {"rows": len(frame), "total": float(frame["amount"].sum())}


def read(peer, data):
    path = data.path("mixed.csv")
    if peer == "pandas":
        import pandas

        return pandas.read_csv(path)
    import polars

    return polars.read_csv(path)


def million(peer, data):
    """The first million rows, with keys that 100,000 rows share ten by ten."""
    frame = read(peer, data).head(1_000_000)
    key = frame["id"] * 7919 % 100_000
    return frame.assign(key=key) if peer == "pandas" else frame.with_columns(key=key)


def means(peer, data, column):
    frame = million(peer, data)
    if peer == "pandas":
        result, seconds = timed(lambda: frame.groupby(column)["amount"].mean())
    else:
        import polars

        grouped, seconds = timed(lambda: frame.group_by(column).agg(polars.col("amount").mean()))
        result = grouped["amount"]
    return seconds, {"groups": len(result), "total": float(result.sum())}


def group_mean(peer, data):
    return means(peer, data, "city")


def group_mean_keys(peer, data):
    return means(peer, data, "key")


def value_counts(peer, data):
    frame = million(peer, data)
    if peer == "pandas":
        counts, seconds = timed(lambda: frame["city"].value_counts())
    else:
        made, seconds = timed(lambda: frame["city"].drop_nulls().value_counts(sort=True))
        counts = made["count"]
    return seconds, {"values": len(counts), "total": float(counts.sum())}


def sort(peer, data):
    frame = million(peer, data)
    if peer == "pandas":
        result, seconds = timed(lambda: frame.sort_values("amount", kind="stable"))
    else:
        result, seconds = timed(lambda: frame.sort("amount", maintain_order=True, nulls_last=True))
    return seconds, {"rows": len(result), "first": float(result["amount"].head(100).sum())}


def one_hot(peer, data):
    frame = million(peer, data)[["city", "segment", "note"]]
    if peer == "pandas":
        import pandas

        made, seconds = timed(lambda: pandas.get_dummies(frame))
    else:
        # Missing values get no column, as in pandas.
        made, seconds = timed(lambda: frame.to_dummies())
        made = made.select([name for name in made.columns if not name.endswith("_null")])
    total = made.to_numpy().sum()
    return seconds, {"columns": made.shape[1], "total": float(total)}


def join(peer, data):
    frame = million(peer, data)
    right = frame.head(100_000)[["key", "score"]]
    if peer == "pandas":
        right = right.rename(columns={"score": "weight"})
        result, seconds = timed(lambda: frame.merge(right, on="key"))
    else:
        right = right.rename({"score": "weight"})
        result, seconds = timed(lambda: frame.join(right, on="key", maintain_order="left_right"))
    return seconds, {"rows": len(result), "total": float(result["weight"].sum())}

"""What pandas makes of a table: groups, joins, shapes, bins, windows, dates, dummies, text."""

import io

import numpy as np
import pandas as pd

TOOLS = ["pandas", "numpy"]


def table(frame):
    return {"rows": len(frame), "columns": [column(str(name), frame.iloc[:, place]) for place, name in enumerate(frame)]}


def column(name, series):
    missing = series.isna()
    described = {"name": name, "missing": [bool(m) for m in missing]}
    if isinstance(series.dtype, (pd.CategoricalDtype, pd.IntervalDtype)) or series.dtype == object or series.dtype.name == "str":
        texts = ["" if m else str(v) for v, m in zip(series, missing)]
        if isinstance(series.dtype, pd.CategoricalDtype):
            # Taking values out one by one would make whole edges of intervals floats.
            levels = [str(c) for c in series.cat.categories]
            texts = ["" if code < 0 else levels[code] for code in series.cat.codes]
        return {**described, "type": "text", "values": texts}
    if series.dtype.kind == "M":
        texts = ["" if m else v.isoformat() for v, m in zip(series, missing)]
        return {**described, "type": "time", "values": texts}
    return {**described, "type": "number", "values": series.astype(float).to_numpy()}


def people(rows, seed):
    random = np.random.RandomState(seed)
    cities = np.array(["Oslo", "Łódź", "東京", "Bern", "a b"], dtype=object)
    frame = pd.DataFrame({
        "id": random.permutation(rows),
        "city": cities[random.randint(0, 5, rows)],
        "kind": np.array(["x", "y", "z"], dtype=object)[random.randint(0, 3, rows)],
        "age": random.randint(18, 80, rows),
        "income": np.round(random.lognormal(3, 1, rows), 2),
        "score": random.standard_normal(rows),
        "when": pd.Timestamp("2019-11-25T22:15:30.25") + pd.to_timedelta(random.randint(0, 10**8, rows), unit="s"),
    })
    frame.loc[random.random_sample(rows) < 0.1, "city"] = None
    frame.loc[random.random_sample(rows) < 0.15, "income"] = np.nan
    return frame


def read(frame):
    """The CSV text of a frame, and the frame as read from it."""
    text = frame.to_csv(index=False, date_format="%Y-%m-%dT%H:%M:%S.%f")
    dates = ["when"] if "when" in frame else []
    return text, pd.read_csv(io.StringIO(text), float_precision="round_trip", parse_dates=dates)


def fixtures():
    text, frame = read(people(80, 1))
    kinds = ["count", "sum", "mean", "median", "min", "max", "std", "var", "first", "last", "nunique"]
    numeric = frame.groupby("city")[["income", "score", "age"]]
    two = frame.groupby(["kind", "city"], dropna=False)["income"]
    yield "groups", {
        "text": text,
        "kinds": [{"kind": "nUnique" if k == "nunique" else k, "table": table(numeric.agg(k).reset_index())} for k in kinds],
        "sizes": table(frame.groupby("city").size().reset_index(name="count")),
        "two": table(two.agg(["count", "mean"]).reset_index()),
        "unsorted": table(frame.groupby("city", sort=False)["score"].sum().reset_index()),
        "quantile": table(numeric.quantile(0.3).reset_index()),
        "range": table(frame.groupby("kind")["age"].agg(lambda s: s.max() - s.min()).reset_index()),
        "share": frame.groupby("city")["age"].transform("mean").to_numpy(),
        "counts": table(frame["city"].value_counts().reset_index()),
        "counts_missing": table(frame["city"].value_counts(dropna=False, normalize=True).reset_index()),
        "counts_ascending": table(frame["kind"].value_counts(ascending=True).reset_index()),
        "counts_bins": table(frame["age"].value_counts(bins=4).reset_index()),
    }

    left_text, left = read(people(24, 2)[["id", "city", "kind", "income"]])
    right_text, right = read(people(18, 3)[["id", "city", "kind", "score"]])
    left["id"] %= 12
    right["id"] = right["id"] % 9 + 5
    left_text, right_text = left.to_csv(index=False), right.to_csv(index=False)
    cases = []
    for keys in (["id"], ["city"], ["id", "kind"], ["kind", "city"]):
        for how in ("inner", "left", "right", "outer"):
            cases.append({"keys": keys, "how": how, "table": table(left.merge(right, on=keys, how=how))})
    renamed = right.rename(columns={"id": "key"})
    yield "joins", {
        "left": left_text, "right": right_text, "cases": cases,
        "other_names": table(left.merge(renamed, left_on="id", right_on="key", how="left", suffixes=("", "_right"))),
        "semi": table(left[left["id"].isin(right["id"])]), "anti": table(left[~left["id"].isin(right["id"])]),
    }

    small = frame.head(20)[["id", "city", "kind", "age", "income"]]
    wide = frame[["id", "kind", "score"]].head(10)
    unique = frame.drop_duplicates(["kind", "city"])
    yield "shapes", {
        "text": text,
        "melted": table(small.melt(id_vars=["id", "city"], value_vars=["age", "income"])),
        "pivoted": table(unique.dropna(subset="city").pivot(index="city", columns="kind", values="age").reset_index()),
        "pivot_table": table(frame.pivot_table(index="city", columns="kind", values="income").reset_index()),
        "pivot_sum": table(
            frame.pivot_table(index="city", columns="kind", values="income", aggfunc="sum", fill_value=0).reset_index()),
        "concatenated": table(pd.concat([small.tail(5), wide])),
        "concatenated_inner": table(pd.concat([small.tail(5), wide], join="inner")),
        "sorted": table(frame.sort_values(["city", "age"], ascending=[True, False], kind="stable")[["id", "city", "age"]]),
        "sorted_down": table(frame.sort_values("income", ascending=False, kind="stable")[["id", "income"]]),
        "deduplicated": table(frame.drop_duplicates(["kind", "city"])[["id"]]),
        "deduplicated_last": table(frame.drop_duplicates(["kind", "city"], keep="last")[["id"]]),
        "deduplicated_none": table(frame.drop_duplicates(["age"], keep=False)[["id"]]),
        "dropped": table(frame.dropna()[["id"]]), "dropped_city": table(frame.dropna(subset="city")[["id"]]),
        "dropped_all": table(frame.dropna(subset=["city", "income"], how="all")[["id"]]),
        "dropped_threshold": table(frame.dropna(thresh=7)[["id"]]),
        "dummies": table(pd.get_dummies(frame[["age", "city", "score", "kind"]])),
        "dummies_first": table(pd.get_dummies(frame[["age", "city"]], drop_first=True, dummy_na=True, prefix_sep="=")),
        "sample": frame.sample(10, random_state=7)["id"].tolist(),
        "sample_again": frame.sample(100, replace=True, random_state=8)["id"].tolist(),
        "sample_share": frame.sample(frac=0.43, random_state=9)["id"].tolist(),
        "sample_weights": frame.sample(15, weights="age", random_state=10)["id"].tolist(),
    }

    income, score = frame["income"], frame["score"]
    ramp = pd.Series([0.1, 0.2, 0.3, 1e16, 1.0, -1e16, 0.3, 0.3, 0.3, 0.3])
    windows = []
    for size, least, center in ((3, None, False), (5, 2, False), (4, 1, True), (1, None, False), (200, 5, False)):
        for name in ("sum", "mean", "std", "var", "min", "max", "median"):
            rolled = getattr(income.rolling(size, min_periods=least, center=center), name)()
            windows.append({
                "size": size, "least": size if least is None else least, "center": center, "name": name,
                "values": rolled.to_numpy()})
    yield "windows", {
        "text": text, "windows": windows,
        "ramp": ramp.to_numpy(), "ramp_mean": ramp.rolling(3).mean().to_numpy(),
        "ramp_std": ramp.rolling(3).std().to_numpy(),
        "expanding": income.expanding().mean().to_numpy(),
        "quantile": income.rolling(6, min_periods=3).quantile(0.4).to_numpy(),
        "shift": income.shift(2).to_numpy(), "shift_up": income.shift(-3).to_numpy(),
        "diff": income.diff().to_numpy(), "diff3": score.diff(3).to_numpy(),
        "change": score.pct_change(fill_method=None).to_numpy(),
        "cumsum": income.cumsum().to_numpy(), "cumprod": score.cumprod().to_numpy(),
        "cummax": income.cummax().to_numpy(), "cummin": income.cummin().to_numpy(),
        "rank": frame["age"].rank().to_numpy(),
        "mean_fill": income.fillna(income.mean()).to_numpy(), "median_fill": income.fillna(income.median()).to_numpy(),
        "forward": income.ffill().to_numpy(), "forward1": income.ffill(limit=1).to_numpy(),
        "backward": income.bfill().to_numpy(), "interpolated": income.interpolate().to_numpy(),
        "mode": frame["city"].fillna(frame["city"].mode()[0]).tolist(),
    }

    bins = []
    values = {"age": frame["age"], "income": frame["income"], "score": frame["score"]}
    for name, series in values.items():
        for count in (1, 4, 10):
            bins.append({"column": name, "bins": count, "right": True, "table": table(pd.DataFrame({"x": pd.cut(series, count)})),
                         "levels": [str(c) for c in pd.cut(series, count).cat.categories]})
            made = pd.cut(series, count, right=False)
            bins.append({"column": name, "bins": count, "right": False, "table": table(pd.DataFrame({"x": made})),
                         "levels": [str(c) for c in made.cat.categories]})
    quantiles = []
    for name, series in values.items():
        for count in (4, 5):
            made = pd.qcut(series, count)
            quantiles.append({"column": name, "bins": count, "table": table(pd.DataFrame({"x": made})),
                              "levels": [str(c) for c in made.cat.categories]})
    tiny = pd.Series([1e-5, 2.5e-5, 3.1e-5, 9e-5])
    flat = pd.Series([5.0, 5.0, 5.0])
    yield "bins", {
        "text": text, "cut": bins, "qcut": quantiles,
        "edges": table(pd.DataFrame({"x": pd.cut(frame["age"], [18, 30, 50, 70])})),
        "edges_lowest": table(pd.DataFrame({"x": pd.cut(frame["age"], [18, 30, 50, 70], include_lowest=True)})),
        "labels": table(pd.DataFrame({"x": pd.cut(frame["age"], [0, 30, 60, 100], labels=["young", "middle", "old"])})),
        "tiny": tiny.to_numpy(), "tiny_levels": [str(c) for c in pd.cut(tiny, 3).cat.categories],
        "flat": flat.to_numpy(), "flat_levels": [str(c) for c in pd.cut(flat, 2).cat.categories],
    }

    when = frame["when"]
    calendar = pd.Series(pd.to_datetime([
        "1969-12-31T23:59:59.5", "1970-01-01", "2000-02-29T12:00", "2016-01-03", "2020-12-31T23:59:59.999999", "1899-03-01",
        "2021-01-01", "2024-12-30", None], format="ISO8601"))
    both = pd.concat([when, calendar], ignore_index=True)
    parts = {
        "year": both.dt.year, "quarter": both.dt.quarter, "month": both.dt.month, "day": both.dt.day,
        "dayOfYear": both.dt.dayofyear, "weekday": both.dt.weekday, "hour": both.dt.hour, "minute": both.dt.minute,
        "second": both.dt.second, "microsecond": both.dt.microsecond, "week": both.dt.isocalendar().week,
    }
    yield "dates", {
        "times": ["" if pd.isna(t) else t.isoformat() for t in both],
        "parts": [{"name": name, "values": series.astype(float).to_numpy()} for name, series in parts.items()],
    }

    numbers = frame[["age", "income", "score"]]
    yield "numbers", {
        "text": text,
        "pearson": numbers.corr().to_numpy(), "spearman": numbers.corr("spearman").to_numpy(),
        "describe": table(numbers.describe().reset_index(names="statistic")),
        "describe_text": table(frame[["city", "kind"]].describe().reset_index(names="statistic")),
        "income": [float(getattr(income, name)()) for name in ("sum", "mean", "median", "min", "max", "std", "var")],
        "filtered": frame[(frame["age"] > 30) & (frame["city"] == "Oslo")]["id"].tolist(),
        "remainder": (frame["score"] % 0.3).to_numpy(),
        "area": (frame["age"] * frame["income"] - frame["score"] / 3).to_numpy(),
        "rounded": frame["score"].round(2).to_numpy(),
    }

"""Reading CSV text, describing columns, parsing numbers, and preparing columns for a model."""

import io

import numpy as np
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import OneHotEncoder, StandardScaler

TOOLS = ["pandas", "numpy", "scikit-learn"]

TEXT = '''age,income,city,member,code,note,big,score
39,1200.5,Łódź,True,007,"a, ""b""",12345678901234567890,1e3
NA,980.25,Paris,False,12,,1,-0.5
53,,Paris,True,9,"two
lines",2,.5
28,2e3,東京,False,-4,nan,3,7.
28,1200.5,Łódź,True,+5,x,4,1E-2
61,-3.75,,False,0,x,5,12
'''


def column(series):
    missing = series.isna()
    described = {"name": series.name, "missing": missing.to_numpy(), "count": int((~missing).sum())}
    if series.dtype == bool:
        return {**described, "type": "bool", "values": series.to_numpy()}
    if series.dtype.kind == "i":
        described |= {"type": "int", "values": series.tolist()}
    elif series.dtype.kind in "fu":
        described |= {"type": "double", "values": series.astype(float).to_numpy()}
    else:
        counts = series.value_counts()
        top = sorted(counts[counts == counts.max()].index)[0]
        return {
            **described, "type": "string", "values": series.fillna("").tolist(),
            "unique": int(series.nunique()), "top": top, "freq": int(counts.max()),
        }
    summary = series.describe()
    return {**described, "summary": [float(summary[key]) for key in summary.index]}


def fixtures():
    frame = pd.read_csv(io.StringIO(TEXT), float_precision="round_trip")
    yield "mixed", {"text": TEXT, "columns": [column(frame[name]) for name in frame.columns]}

    values = np.random.RandomState(3).lognormal(0, 2, size=201)
    described = pd.Series(values, name="x").describe()
    yield "quantiles", {"values": values, "summary": [float(described[key]) for key in described.index]}

    random = np.random.RandomState(4)
    texts = [repr(float(x)) for x in random.standard_normal(300) * 10.0 ** random.randint(-30, 30, size=300)]
    texts += [f"{random.randint(0, 10**9)}{random.randint(0, 10**9):09d}.{random.randint(0, 10**6)}" for _ in range(50)]
    texts += [f"{random.randint(1, 10**15)}e{random.randint(-330, 300)}" for _ in range(150)]
    texts += [
        "0.1", "1e22", "1e23", "9007199254740993", "9007199254740993.0", "2.2250738585072011e-308", "4.9e-324", "2e-324",
        "1.7976931348623157e308", "1.7976931348623159e308", "1e400", "-0.0", "0e99", "8.5e-45", "6250000000000000000e-3",
        "1.00000000000000011102230246251565404236316680908203125", "179769313486231580793e289", "5e-324", "-1e-5", "3.",
    ]
    yield "numbers", {"texts": texts, "values": np.array([float(text) for text in texts])}

    random = np.random.RandomState(5)
    x = np.column_stack([random.standard_normal(50) * 1e3, random.randint(0, 9, 50), random.standard_normal(50)])
    x = np.ascontiguousarray(x)
    holes = x.copy()
    holes[random.random_sample(x.shape) < 0.2] = np.nan
    city = np.array(["b", "a", "é", "Z", "a b"], dtype=object)[random.randint(0, 5, 50)]
    city[[3, 17]] = np.nan
    encoder = OneHotEncoder(sparse_output=False, handle_unknown="ignore").fit(city[:, None])
    yield "encoder", {
        "x": x, "holes": holes, "scaled": StandardScaler().fit_transform(x),
        "scaled_alone": StandardScaler().fit_transform(np.ascontiguousarray(x[:, :1])),
        "mean": SimpleImputer(strategy="mean").fit_transform(holes),
        "median": SimpleImputer(strategy="median").fit_transform(holes),
        "mostFrequent": SimpleImputer(strategy="most_frequent").fit_transform(holes),
        "imputed_scaled": StandardScaler().fit_transform(SimpleImputer().fit_transform(holes)),
        "city": ["" if isinstance(c, float) else c for c in city],
        "names": encoder.get_feature_names_out(["city"]).tolist(),
        "one_hot": encoder.transform(city[:, None]),
    }

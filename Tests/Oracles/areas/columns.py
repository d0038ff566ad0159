"""Columns of a frame prepared each in its own way: small worked examples, and Adult with missing values."""

import os
import pathlib
import warnings

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, PolynomialFeatures, StandardScaler, TargetEncoder

TOOLS = ["scikit-learn", "numpy", "pandas"]

warnings.simplefilter("ignore")


def printed(values):
    """Every number with as many digits as NumPy prints."""
    return [f"{value:.8f}" for value in np.asarray(values, dtype=float).ravel()]


PEOPLE = pd.DataFrame({
    "age": [25, np.nan, 47, 51, 62, 33, np.nan, 29],
    "income": [31000, 42000, np.nan, 58500, 72250, 39000, 40100, 28750.5],
    "gender": ["male", "female", "female", np.nan, "male", "female", "other", "male"],
    "bought": ["no", "yes", "yes", "yes", "no", "yes", "yes", "no"],
})

NEWCOMERS = pd.DataFrame({"age": [40, np.nan], "income": [np.nan, 50000.0], "gender": ["unknown", np.nan]})


def people():
    frame = PEOPLE
    prepare = ColumnTransformer([
        ("num", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), ["age", "income"]),
        ("cat", make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")),
         ["gender"]),
    ], sparse_threshold=0)
    x = prepare.fit_transform(frame)
    model = LogisticRegression().fit(x, frame["bought"])
    plain = ColumnTransformer(prepare.transformers, sparse_threshold=0, verbose_feature_names_out=False).fit(frame)
    missing = ColumnTransformer([
        ("cat", OneHotEncoder(handle_unknown="ignore", drop="if_binary"), ["gender"]),
        ("ord", OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), ["gender"]),
    ], remainder="passthrough", sparse_threshold=0)
    kept = missing.fit_transform(frame[["age", "income", "gender"]])
    coded = ColumnTransformer([("mean", TargetEncoder(cv=2, random_state=0), ["gender"])])
    return {
        "means": printed(frame[["age", "income"]].mean()), "medians": printed(frame[["age", "income"]].median()),
        "missing": frame.isna().sum().tolist(), "x": x, "printed": printed(x),
        "names": list(prepare.get_feature_names_out()), "plainNames": list(plain.get_feature_names_out()),
        "newcomers": prepare.transform(NEWCOMERS), "probabilities": printed(model.predict_proba(x)),
        "kept": kept, "keptNames": list(missing.get_feature_names_out()), "keptNewcomers": missing.transform(
            NEWCOMERS), "coded": coded.fit_transform(frame[["gender"]], frame["bought"]),
        "targetNewcomers": coded.transform(NEWCOMERS[["gender"]]),
    }


def boxes():
    frame = pd.DataFrame({
        "length": [2.0, 3.5, 1.25, 4.0, 5.1], "width": [1.0, 2.2, 0.75, 3.0, 2.4], "height": [0.5, 1.1, 2.0, 1.7, 0.9],
    })
    frame["area"] = frame["length"] * frame["width"]
    frame["volume"] = frame["area"] * frame["height"]
    weight = np.array([1.4, 9.1, 2.3, 21.9, 12.2])
    sides = ["length", "width", "height"]
    both = PolynomialFeatures(degree=2, include_bias=False).fit(frame[sides])
    products = PolynomialFeatures(degree=3, interaction_only=True, include_bias=False).fit(frame[sides])
    prepare = ColumnTransformer([("poly", both, sides)], remainder="passthrough")
    x = prepare.fit_transform(frame)
    line = LinearRegression().fit(frame[["area", "volume"]], weight)
    return {
        "area": printed(frame["area"]), "volume": printed(frame["volume"]), "both": printed(both.transform(frame[sides])),
        "bothNames": list(both.get_feature_names_out()), "products": printed(products.transform(frame[sides])),
        "productNames": list(products.get_feature_names_out()), "x": x, "names": list(prepare.get_feature_names_out()),
        "weight": weight, "predicted": printed(line.predict(frame[["area", "volume"]])),
    }


REVIEWS = [
    "Great phone, great battery!", "The battery died after two days.", "Love the screen; the phone is fast.",
    "Terrible screen, slow and heavy.", "Fast delivery and a great price.", "Slow delivery, terrible support.",
]


def reviews():
    frame = pd.DataFrame({"review": REVIEWS, "stars": [5, 1, 4, 1, 5, 2]})
    liked = ["yes", "no", "yes", "no", "yes", "no"]
    prepare = ColumnTransformer([("text", TfidfVectorizer(ngram_range=(1, 2)), "review"), ("num", "passthrough", ["stars"])])
    x = prepare.fit_transform(frame)
    counts = CountVectorizer(stop_words="english").fit(REVIEWS)
    model = MultinomialNB().fit(counts.transform(REVIEWS), liked)
    later = ["great screen", "slow battery", ""]
    return {
        "reviews": REVIEWS, "stars": [5, 1, 4, 1, 5, 2], "liked": liked, "names": list(prepare.get_feature_names_out()),
        "x": x.toarray(), "printed": printed(x.toarray()), "vocabulary": list(counts.get_feature_names_out()),
        "counts": counts.transform(REVIEWS).toarray(), "later": later,
        "probabilities": printed(model.predict_proba(counts.transform(later))),
    }


def adult_frame():
    folder = pathlib.Path(os.environ.get("APUS_DATA", "data")) / "adult"
    names = ["age", "workclass", "fnlwgt", "education", "education-num", "marital-status", "occupation", "relationship",
             "race", "sex", "capital-gain", "capital-loss", "hours-per-week", "native-country", "income"]
    parts = []
    for name in ["adult.data", "adult.test"]:
        part = pd.read_csv(folder / name, names=names, skipinitialspace=True, na_values="?", comment="|")
        part = part[part["age"].astype(str) != "age"]
        parts.append(part)
    frame = pd.concat(parts, ignore_index=True)
    numeric = ["age", "fnlwgt", "education-num", "capital-gain", "capital-loss", "hours-per-week"]
    frame[numeric] = frame[numeric].astype(float)
    frame["income"] = frame["income"].str.rstrip(".")
    return frame, numeric


def adult():
    frame, numeric = adult_frame()
    frame.loc[frame.index % 7 == 3, "age"] = np.nan
    frame.loc[frame.index % 11 == 5, "hours-per-week"] = np.nan
    train, test = frame[:6000], frame[32561:35561]
    texts = [name for name in frame.columns if name not in numeric and name != "income"]
    prepare = ColumnTransformer([
        ("num", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numeric),
        ("cat", make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")), texts),
    ])
    model = make_pipeline(prepare, LogisticRegression(max_iter=500)).fit(train, train["income"])
    predicted = model.predict(test)
    small = frame[:1500]
    folds = cross_val_score(
        make_pipeline(prepare, LogisticRegression(max_iter=500)), small, small["income"], cv=StratifiedKFold(3))
    return {
        "rows": len(frame), "accuracy": float((predicted == test["income"]).mean()),
        "predicted": "".join("1" if one == ">50K" else "0" for one in predicted),
        "names": list(model[0].get_feature_names_out()), "folds": folds,
    }


def fixtures():
    yield "people", people()
    yield "boxes", boxes()
    yield "reviews", reviews()
    yield "adult", adult()

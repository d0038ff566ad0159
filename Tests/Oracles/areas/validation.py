"""Cross-validation, curves and permutation tests of small models."""

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import (
    KFold, StratifiedKFold, cross_val_predict, cross_val_score, cross_validate, learning_curve,
    permutation_test_score, validation_curve,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

TOOLS = ["scikit-learn", "numpy"]


def fixtures():
    iris, diabetes = load_iris(return_X_y=True), load_diabetes(return_X_y=True)
    x, codes = load_breast_cancer(return_X_y=True)
    cancer = (x, 1 - codes)  # malignant is the second class
    tree = DecisionTreeClassifier(max_depth=3, random_state=0)
    folds = StratifiedKFold(4, shuffle=True, random_state=7)
    names = ["accuracy", "roc_auc", "f1", "neg_log_loss"]
    many = cross_validate(tree, *cancer, cv=folds, scoring=names, return_train_score=True)
    sizes, train, test = learning_curve(tree, *iris, shuffle=True, random_state=5)
    plain_sizes, plain_train, plain_test = learning_curve(LinearRegression(), *diabetes)
    curve_train, curve_test = validation_curve(
        DecisionTreeRegressor(random_state=0), *diabetes, param_name="max_depth", param_range=[1, 2, 4, 8],
        cv=KFold(3, shuffle=True, random_state=1))
    score, permuted, p = permutation_test_score(tree, *iris, n_permutations=12, random_state=3)
    groups = np.arange(150) % 3
    grouped = permutation_test_score(tree, *iris, n_permutations=5, random_state=3, groups=groups)
    yield "small", {
        "iris": cross_val_score(tree, *iris), "diabetes": cross_val_score(LinearRegression(), *diabetes),
        "diabetes_error": cross_val_score(
            LinearRegression(), *diabetes, scoring="neg_mean_absolute_error", cv=KFold(3, shuffle=True, random_state=1)),
        "cancer": {name: many["test_" + name] for name in names},
        "cancer_train": {name: many["train_" + name] for name in names},
        "predicted": cross_val_predict(tree, *iris), "predicted_numbers": cross_val_predict(LinearRegression(), *diabetes),
        "probabilities": cross_val_predict(tree, *iris, method="predict_proba", cv=KFold(5, shuffle=True, random_state=2)),
        "sizes": sizes, "train": train, "test": test,
        "plain_sizes": plain_sizes, "plain_train": plain_train, "plain_test": plain_test,
        "curve_train": curve_train, "curve_test": curve_test,
        "score": score, "permuted": permuted, "p": p, "grouped": grouped[1],
    }

"""The work of linear.swift with scikit-learn and scikit-learn-intelex: seconds of the fastest of five fits."""

import time
import warnings

import numpy as np
import sklearn.linear_model
import sklearnex.linear_model

warnings.simplefilter("ignore")


def fastest(rounds, work):
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def table(rows, columns):
    random = np.random.RandomState(0)
    X = random.random_sample((rows, columns)) * 2 - 1
    return X, random.random_sample(rows)


X, noise = table(500_000, 100)
y = X[:, 0] - 2 * X[:, 1] + noise
for peer, rounds in ((sklearnex.linear_model, 5), (sklearn.linear_model, 1)):
    seconds = fastest(rounds, lambda: peer.LinearRegression().fit(X, y))
    print(f"{peer.__name__} linear-regression 500000 x 100:", seconds, flush=True)

X, noise = table(80_000, 20)
for classes in (2, 5):
    y = np.clip(np.floor((X[:, 0] + X[:, 1] / 2 + noise + 1) / 3 * classes), 0, classes - 1).astype(int)
    for peer in (sklearnex.linear_model, sklearn.linear_model):
        iterations = peer.LogisticRegression().fit(X, y).n_iter_[0]
        seconds = fastest(5, lambda: peer.LogisticRegression().fit(X, y))
        print(f"{peer.__name__} logistic-regression 80000 x 20, {classes} classes:", seconds, "iterations", iterations,
              flush=True)

"""Texts: the reviews of rt-polarity ten times over as counts, and what is learned from them."""
from . import Work, estimator, timed

WORKS = {
    "count-vectorizer": Work("CountVectorizer, 106,620 short reviews", [("sklearn", 0.2)], sizes=(1 / 16, 1 / 4), needs="reviews.txt"),
    "tfidf-bigrams": Work("TfidfVectorizer with bigrams, 106,620 short reviews", [("sklearn", 0.25)], sizes=(1 / 16, 1 / 4), needs="reviews.txt"),
    "hashing-vectorizer": Work("HashingVectorizer, 106,620 short reviews", [("sklearn", None)], sizes=(1 / 16, 1 / 4), needs="reviews.txt"),
    "multinomial-nb": Work("multinomial naive Bayes, 106,620 short reviews", [("sklearn", None)], sizes=(1 / 16, 1 / 4), needs="reviews.txt"),
    "linear-svc-text": Work("linear SVC on tf-idf, 106,620 short reviews", [("sklearn", None)], sizes=(1 / 16, 1 / 4), needs="reviews.txt"),
    "linear-svc": Work("linear SVC 80,000 x 20", [("sklearn", None)]),
}


def reviews(data):
    with open(data.path("reviews.txt"), encoding="utf-8") as file:
        return file.read().split("\n")[: data.rows(106_620)]


def vectorized(peer, data, name, **arguments):
    documents = reviews(data)
    vectorizer = estimator(peer, "feature_extraction.text", name)(**arguments)
    rows, seconds = timed(lambda: vectorizer.fit_transform(documents))
    return seconds, {"terms": int(rows.shape[1]), "stored": int(rows.nnz)}


def count_vectorizer(peer, data):
    return vectorized(peer, data, "CountVectorizer")


def tfidf_bigrams(peer, data):
    return vectorized(peer, data, "TfidfVectorizer", ngram_range=(1, 2))


def hashing_vectorizer(peer, data):
    return vectorized(peer, data, "HashingVectorizer")


def multinomial_nb(peer, data):
    rows = estimator(peer, "feature_extraction.text", "CountVectorizer")().fit_transform(reviews(data))
    labels = data.vector("reviews-y", 106_620).astype(int)
    model = estimator(peer, "naive_bayes", "MultinomialNB")()
    answers, seconds = timed(lambda: model.fit(rows, labels).predict(rows))
    return seconds, {"accuracy": float((answers == labels).mean())}


def linear_svc_text(peer, data):
    rows = estimator(peer, "feature_extraction.text", "TfidfVectorizer")().fit_transform(reviews(data))
    labels = data.vector("reviews-y", 106_620).astype(int)
    model = estimator(peer, "svm", "LinearSVC")(random_state=0)
    _, seconds = timed(lambda: model.fit(rows, labels))
    return seconds, {"accuracy": float(model.score(rows, labels)), "iterations": int(model.n_iter_)}


def linear_svc(peer, data):
    x, y = data.matrix("classification", 20, 80_000), data.vector("classification-y", 80_000)
    model = estimator(peer, "svm", "LinearSVC")(random_state=0)
    _, seconds = timed(lambda: model.fit(x, y))
    return seconds, {"accuracy": float(model.score(x, y)), "iterations": int(model.n_iter_)}

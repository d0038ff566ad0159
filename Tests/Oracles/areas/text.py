"""Text as counts, tf-idf and hashes: vocabularies and rows, on plain English and on all of Unicode."""

import unicodedata
import warnings

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfTransformer, TfidfVectorizer
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import MultinomialNB

TOOLS = ["scikit-learn", "numpy"]

KINDS = {"count": CountVectorizer, "tfidf": TfidfVectorizer, "hashing": HashingVectorizer}

ENGLISH = [
    "The pizza was delicious, and the service was excellent!", "It wasn't good; the soup was cold & the bread old.",
    "", "A a I x 7 77", "snake_case and _private __init__ names", "well-known state-of-the-art e-mail@example.com",
    "Again and again and AGAIN: the the the THE", "one two three two one", "   spaces \t and\n\nnew   lines \r\n here ",
    "The movie isn't bad at all, it is good. The movie was made in 1999.", "don't stop believin'", "good good bad",
]

UNICODE = [
    "ΟΔΟΣ ΣΊΣΥΦΟΣ ΑΣ Σ ΣΣ Σ' 'ΑΣ ΑΣ'Α ΑΣ.Α ΑΣ\u0301 Α\u00adΣ\u00adΒ", "İstanbul ve İZMİR'de ışık ILIK I ı i̇", "naïve café résumé Ångström Å Å",
    "हिन्दी भाषा में पाठ", "中文分词 很难 日本語のテキスト ひらがな カタカナ ｶﾀｶﾅ", "한국어 텍스트 조합", "ไทย ภาษาไทย", "العربية ١٢٣ كِتَاب",
    "e\u0301te\u0301 vs été; nai\u0308ve", "Straße GROẞ ﬁnd ﬂow ﬀ Ǆ ǅ ǆ ŉ ẞ", "x² y³ ½ ¾ Ⅷ ⅷ ① ２０２４ Ｆｕｌｌ", "emoji 😀😀 👍🏽 🇩🇪 a😀b",
    "zero\u200dwidth non\u00a0breaking em\u2003space line\u2028sep ideographic\u3000space nel\u0085x fs\x1cy", "𝐁𝐨𝐥𝐝 𝟙𝟚 𐐀𐐁 𐐨", "ªº ʰʲ ˈ ‿ ⁀ _‿_ ＿x",
    "ǰ ΐ ᾳ ᾼ ῼ ᾈ Ῥ", "Ⓐⓐ Ⅿ ⅿ K Å Ω", "ꭰ Ꭰ Ꙁ Ა ა Ⴀ ⴀ",
]


def fuzz():
    """Characters of every category, drawn at random, in short runs."""
    random = np.random.RandomState(4)
    codes = [
        code for code in range(0x20, 0x3134F)
        if unicodedata.category(chr(code)) not in ("Cn", "Cs", "Co") and not 0x4E10 < code < 0x9F00
        and not 0xAC10 < code < 0xD700 and not 0x17010 < code < 0x1E000 and not 0x20010 < code < 0x2F800
        and not 0x3410 < code < 0x4DB0
    ]
    plain = "aAbBσΣςiIİ'.-_ 19"
    documents = []
    for _ in range(60):
        characters = [
            plain[random.randint(len(plain))] if random.random_sample() < 0.5 else chr(codes[random.randint(len(codes))])
            for _ in range(40)
        ]
        documents.append("".join(characters))
    return documents


def case(name, kind, documents, others=None, **arguments):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        vectorizer = KINDS[kind](**arguments)
        rows = vectorizer.fit_transform(documents)
        again = vectorizer.transform(others if others is not None else documents)
    for matrix in (rows, again):
        matrix.sort_indices()
    given = dict(arguments)
    if "ngram_range" in given:
        given["ngram_range"] = f"{given['ngram_range'][0]}-{given['ngram_range'][1]}"
    if isinstance(given.get("stop_words"), list):
        given["stop_words"] = ",".join(given["stop_words"])
    for key in ("max_df", "min_df"):
        # JSON alone would not tell 1 from 1.0.
        if isinstance(given.get(key), float):
            given[key] = f"{given[key]}"
    for key in ("strip_accents", "norm"):
        if key in given and given[key] is None:
            given[key] = "none"
    content = {
        "name": name, "kind": kind, "documents": documents, "others": others, "arguments": given,
        "columns": int(rows.shape[1]),
    }
    if kind != "hashing":
        content["vocabulary"] = list(vectorizer.get_feature_names_out())
    if kind == "tfidf" and vectorizer.use_idf:
        content["idf"] = vectorizer.idf_
    for key, matrix in (("rows", rows), ("again", again)):
        content[key] = {"offsets": matrix.indptr, "columns": matrix.indices, "values": matrix.data.astype(float)}
    return content


def english():
    others = ["the good, the bad and the ugly", "nothing known", "", "Pizza pizza PIZZA was good"]
    yield case("default", "count", ENGLISH, others)
    yield case("single letters too", "count", ENGLISH, others, token_pattern=r"(?u)\b\w+\b")
    yield case("with apostrophes", "count", ENGLISH, others, token_pattern=r"[a-z]+'?[a-z]+")
    yield case("a group", "count", ENGLISH, others, token_pattern=r"(\w)\w+")
    yield case("upper case stays", "count", ENGLISH, others, lowercase=False)
    yield case("pairs of words", "count", ENGLISH, others, ngram_range=(1, 2))
    yield case("two and three words", "count", ENGLISH, others, ngram_range=(2, 3))
    yield case("long runs of words", "count", ENGLISH, others, ngram_range=(6, 20))
    yield case("characters", "count", ENGLISH, others, analyzer="char", ngram_range=(1, 3))
    yield case("characters in words", "count", ENGLISH, others, analyzer="char_wb", ngram_range=(2, 4))
    yield case("long characters in words", "count", ENGLISH, others, analyzer="char_wb", ngram_range=(5, 6))
    yield case("English stop words", "count", ENGLISH, others, stop_words="english", ngram_range=(1, 2))
    yield case("stop words of one's own", "count", ENGLISH, others, stop_words=["the", "was", "and"])
    yield case("frequent terms", "count", ENGLISH, others, min_df=2)
    yield case("not too frequent terms", "count", ENGLISH, others, max_df=3, min_df=0.1)
    yield case("shares of documents", "count", ENGLISH, others, max_df=0.25, min_df=0.125)
    yield case("two terms", "count", ENGLISH[:1] + ENGLISH[6:8] + ["one two two the"], others, max_features=2)
    yield case("yes or no", "count", ENGLISH, others, binary=True)
    yield case("a given vocabulary", "count", ENGLISH, others, vocabulary=["pizza", "the", "good", "not there", "a"])
    yield case("default", "tfidf", ENGLISH, others)
    yield case("pairs, sublinear", "tfidf", ENGLISH, others, ngram_range=(1, 2), sublinear_tf=True)
    yield case("not smoothed, L1", "tfidf", ENGLISH, others, smooth_idf=False, norm="l1")
    yield case("no norm", "tfidf", ENGLISH, others, norm=None, min_df=2, stop_words="english")
    yield case("no idf, yes or no", "tfidf", ENGLISH, others, use_idf=False, binary=True)
    yield case("default", "hashing", ENGLISH, others)
    yield case("few columns", "hashing", ENGLISH, others, n_features=7)
    yield case("few columns without signs", "hashing", ENGLISH, others, n_features=10, alternate_sign=False, norm="l1")
    yield case("pairs, no norm", "hashing", ENGLISH, others, ngram_range=(1, 2), norm=None, n_features=1000)
    yield case("yes or no", "hashing", ENGLISH, others, binary=True, n_features=64)


def unicode():
    yield case("words", "count", UNICODE)
    yield case("upper case stays", "count", UNICODE, lowercase=False)
    yield case("marks left out", "count", UNICODE, strip_accents="unicode")
    yield case("ASCII left", "count", UNICODE, strip_accents="ascii")
    yield case("pairs of words", "count", UNICODE, ngram_range=(1, 2), token_pattern=r"(?u)\b\w+\b")
    yield case("characters", "count", UNICODE[:9], analyzer="char", ngram_range=(2, 2))
    yield case("characters in words", "count", UNICODE[9:], analyzer="char_wb", ngram_range=(3, 3), strip_accents="unicode")
    yield case("hashes", "hashing", UNICODE, n_features=500, norm=None)
    yield case("stop words", "count", UNICODE, stop_words=["été", "中文分词", "ılık"])


def random_unicode():
    documents = fuzz()
    yield case("words", "count", documents)
    yield case("marks left out", "count", documents[:30], strip_accents="unicode", token_pattern=r"(?u)\b\w+\b")


REVIEWS = [
    "a warm , funny and moving film", "dull , slow and far too long", "the best performance of the year",
    "i laughed until i cried", "an insult to the audience", "clever writing and a great cast", "nothing works in this mess",
    "a joy from start to finish", "bad jokes and worse acting", "simply wonderful", "tedious and pointless",
    "a smart and touching story", "the plot makes no sense", "beautiful images , great music", "i wanted my money back",
    "charming , witty and wise", "a long and dull evening", "one of the funniest films of the year", "poorly written and poorly acted",
    "moving and beautifully acted", "a complete waste of time", "fresh , clever and full of life", "clumsy and predictable",
    "great fun for the whole family", "no laughs , no heart , no point",
]


def reviews():
    labels = [1 - k % 2 for k in range(len(REVIEWS))]
    train, test, y_train, y_test = train_test_split(REVIEWS, labels, test_size=0.2, random_state=42)
    vectorizer = CountVectorizer()
    model = MultinomialNB().fit(vectorizer.fit_transform(train), y_train)
    rows = vectorizer.transform(test)
    return {
        "train": train, "test": test, "train_labels": y_train, "test_labels": y_test,
        "vocabulary": list(vectorizer.get_feature_names_out()), "probability": model.predict_proba(rows),
        "accuracy": float(model.score(rows, y_test)),
    }


def weighing():
    random = np.random.RandomState(5)
    counts = random.poisson(0.7, (12, 6)).astype(float)
    for arguments in ({}, {"norm": "l1", "sublinear_tf": True}, {"norm": None, "smooth_idf": False}, {"use_idf": False}):
        model = TfidfTransformer(**arguments).fit(counts)
        given = {key: "none" if value is None else value for key, value in arguments.items()}
        yield {"arguments": given, "X": counts, "rows": model.transform(counts).toarray()}


def shared(cases):
    """The cases; documents that one shares with the one before it are null."""
    last, result = {}, []
    for content in cases:
        same = {key: None for key in ("documents", "others") if content[key] == last.get(key)}
        result.append({**content, **same, "hasOthers": content["others"] is not None})
        last = content
    return {"cases": result}


def fixtures():
    yield "english", shared(english())
    yield "unicode", shared(unicode())
    yield "random-unicode", shared(random_unicode())
    yield "reviews", reviews()
    yield "weighing", {"cases": list(weighing())}

"""A peer of `apus serve`: a model of scikit-learn behind Flask, run by gunicorn. $MODEL is iris (logistic regression) or forest."""
import os

from flask import Flask, jsonify, request
from sklearn.datasets import load_iris, make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

if os.environ.get("MODEL", "iris") == "iris":
    x, y = load_iris(return_X_y=True)
    model = LogisticRegression(max_iter=1000).fit(x, y)
    names = load_iris().target_names
else:
    x, y = make_classification(n_samples=2000, n_features=20, n_informative=10, random_state=1)
    names = ["0", "1"]
    model = RandomForestClassifier(random_state=0).fit(x, y)
app = Flask(__name__)


@app.post("/predict")
def predict():
    data = request.get_json()["data"]
    rows = data if isinstance(data[0], list) else [data]
    return jsonify({"prediction": [str(names[k]) for k in model.predict(rows)]})

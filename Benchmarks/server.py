"""The peer of `apus serve`: the iris logistic regression of scikit-learn behind Flask, run by gunicorn."""
from flask import Flask, jsonify, request
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

x, y = load_iris(return_X_y=True)
model = LogisticRegression(max_iter=1000).fit(x, y)
names = load_iris().target_names
app = Flask(__name__)


@app.post("/predict")
def predict():
    data = request.get_json()["data"]
    rows = data if isinstance(data[0], list) else [data]
    return jsonify({"prediction": [str(names[k]) for k in model.predict(rows)]})

// The layer of fairness and explanation.

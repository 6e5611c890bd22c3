"""Reads {x, y, splits} from standard input, fits LogisticRegression(C=1) on each split's training rows, prints the test figures."""

import json
import sys

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

given = json.load(sys.stdin)
x, y = np.array(given["x"]), np.array(given["y"])
figures = []
for split in given["splits"]:
    train, test = split["train"], split["test"]
    model = make_pipeline(StandardScaler(), LogisticRegression(C=1, max_iter=10000)).fit(x[train], y[train])
    p = model.predict_proba(x[test])[:, 1]
    figures.append(
        {"accuracy": accuracy_score(y[test], p >= 0.5), "rocAuc": roc_auc_score(y[test], p), "logLoss": log_loss(y[test], p)}
    )
json.dump(figures, sys.stdout)

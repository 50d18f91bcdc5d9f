"""Train on data/processed/train.csv, evaluate on data/processed/test.csv"""
import json
import os
import pickle

import pandas as pd
import yaml
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import accuracy_score, classification_report, f1_score, roc_auc_score

params = yaml.safe_load(open("params.yaml"))["train"]

train = pd.read_csv("data/processed/train.csv")
test = pd.read_csv("data/processed/test.csv")

X_train, y_train = train.drop(columns="readmitted"), train["readmitted"]
X_test, y_test = test.drop(columns="readmitted"), test["readmitted"]

clf = HistGradientBoostingClassifier(
    max_iter=params["max_iter"],
    learning_rate=params["learning_rate"],
    max_leaf_nodes=params["max_leaf_nodes"],
    random_state=params["seed"],
)
clf.fit(X_train, y_train)

pred = clf.predict(X_test)
print(classification_report(y_test, pred))

metrics = {
    "accuracy": accuracy_score(y_test, pred),
    "f1_macro": f1_score(y_test, pred, average="macro"),
    "auc_ovr": roc_auc_score(y_test, clf.predict_proba(X_test), multi_class="ovr"),
}
print(metrics)

os.makedirs("models", exist_ok=True)
with open("models/model.pkl", "wb") as f:
    pickle.dump(clf, f)
with open("metrics.json", "w") as f:
    json.dump(metrics, f, indent=4)

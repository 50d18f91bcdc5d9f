"""Train a credit card default model.

Example:
    python train.py --data data/credit_default.csv --out model.joblib --seed 1
"""
import argparse
import json
import os

import joblib
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

TARGET = "default_next_month"
CATEGORICAL = ["SEX", "EDUCATION", "MARRIAGE"]


def parse_args():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", default="data/credit_default.csv", help="path to the csv file")
    p.add_argument("--out", default="output/model.joblib", help="where to save the model")
    p.add_argument("--model", choices=["rf", "logreg"], default="rf")
    p.add_argument("--n-estimators", type=int, default=300)
    p.add_argument("--max-depth", type=int, default=10)
    p.add_argument("--test-size", type=float, default=0.25)
    p.add_argument("--seed", type=int, default=42)
    return p.parse_args()


def load_data(path):
    df = pd.read_csv(path)
    df = df.drop(columns=["ID"])
    X = df.drop(columns=[TARGET])
    y = df[TARGET]
    return X, y


def build_model(args, numeric):
    pre = ColumnTransformer(
        [
            ("num", Pipeline([("imp", SimpleImputer(strategy="median")), ("sc", StandardScaler())]), numeric),
            (
                "cat",
                Pipeline(
                    [
                        ("imp", SimpleImputer(strategy="most_frequent")),
                        ("oh", OneHotEncoder(handle_unknown="ignore")),
                    ]
                ),
                CATEGORICAL,
            ),
        ]
    )
    if args.model == "rf":
        clf = RandomForestClassifier(
            n_estimators=args.n_estimators,
            max_depth=args.max_depth,
            class_weight="balanced",
            random_state=args.seed,
            n_jobs=-1,
        )
    else:
        clf = LogisticRegression(max_iter=2000, class_weight="balanced")
    return Pipeline([("pre", pre), ("clf", clf)])


def main():
    args = parse_args()
    X, y = load_data(args.data)
    print(f"Loaded {len(X)} rows, default rate {y.mean():.3f}")

    X_train, X_test, y_train, y_test = train_test_split(
        X, y, test_size=args.test_size, random_state=args.seed, stratify=y
    )

    numeric = [c for c in X.columns if c not in CATEGORICAL]
    model = build_model(args, numeric)
    model.fit(X_train, y_train)

    pred = model.predict(X_test)
    proba = model.predict_proba(X_test)[:, 1]
    metrics = {
        "accuracy": accuracy_score(y_test, pred),
        "f1": f1_score(y_test, pred),
        "roc_auc": roc_auc_score(y_test, proba),
    }
    for k, v in metrics.items():
        print(f"{k}: {v:.4f}")

    out_dir = os.path.dirname(args.out)
    if out_dir:
        os.makedirs(out_dir, exist_ok=True)
    joblib.dump(model, args.out)
    with open(os.path.join(out_dir, "metrics.json"), "w") as f:
        json.dump(metrics, f, indent=2)
    print("Saved model to", args.out)


if __name__ == "__main__":
    main()

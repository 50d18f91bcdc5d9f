import argparse
import json
from pathlib import Path

import joblib
from sklearn.model_selection import cross_val_score

from . import data
from .evaluate import evaluate
from .model import build_model


def main(argv=None):
    parser = argparse.ArgumentParser(prog="brca.train")
    parser.add_argument("--data", type=Path, default=data.DEFAULT_PATH)
    parser.add_argument("--artifacts", type=Path, default=Path("artifacts"))
    parser.add_argument("--C", type=float, default=2.0)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(argv)

    X, y = data.load(args.data)
    X_train, X_test, y_train, y_test = data.split(X, y, seed=args.seed)

    model = build_model(C=args.C, seed=args.seed)
    cv = cross_val_score(model, X_train, y_train, cv=10)
    print(f"10-fold CV accuracy: {cv.mean():.4f} +/- {cv.std():.4f}")

    model.fit(X_train, y_train)
    metrics = evaluate(model, X_test, y_test)
    metrics["cv_accuracy"] = float(cv.mean())
    print(json.dumps(metrics, indent=2))

    args.artifacts.mkdir(parents=True, exist_ok=True)
    joblib.dump(model, args.artifacts / "model.joblib")
    with open(args.artifacts / "metrics.json", "w") as f:
        json.dump(metrics, f, indent=2)


if __name__ == "__main__":
    main()

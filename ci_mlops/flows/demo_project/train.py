"""Train the tumour classifier. The team's own script: it knows nothing of ci-mlops."""

import argparse
from pathlib import Path

import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

MEASUREMENTS = ["mean radius", "mean texture"]
WEIGHTS = "balanced"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()

    rows = pd.read_csv(args.data)
    model = make_pipeline(StandardScaler(), LogisticRegression(class_weight=WEIGHTS, max_iter=1000))
    model.fit(rows[MEASUREMENTS], rows["diagnosis"])

    args.out.mkdir(parents=True, exist_ok=True)
    joblib.dump(model, args.out / "model.joblib")
    print(f"trained on {len(rows)} patients and {len(MEASUREMENTS)} measurements")


if __name__ == "__main__":
    main()

import sys

import joblib
import pandas as pd


def predict(csv_path, model_path="artifacts/model.joblib"):
    model = joblib.load(model_path)
    df = pd.read_csv(csv_path)
    X = df.drop(columns=["id", "diagnosis"], errors="ignore")
    df["predicted"] = ["M" if p == 1 else "B" for p in model.predict(X)]
    return df[["id", "predicted"]]


if __name__ == "__main__":
    print(predict(sys.argv[1]).to_csv(index=False))

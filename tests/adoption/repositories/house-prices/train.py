import json
import logging

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline

from config import DATA_PATH, OUTPUT_DIR, SEED, TARGET, settings
from features import add_features, build_preprocessor

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
log = logging.getLogger("train")


def build_model():
    feats = settings["features"]
    pipe = Pipeline([
        ("pre", build_preprocessor(feats["numeric"], feats["categorical"])),
        ("gbr", GradientBoostingRegressor(random_state=SEED, **settings["model"])),
    ])
    if settings["log_target"]:
        return TransformedTargetRegressor(pipe, func=np.log1p, inverse_func=np.expm1)
    return pipe


def main():
    df = pd.read_csv(DATA_PATH)
    log.info("read %d rows from %s", len(df), DATA_PATH)

    df = add_features(df)
    feats = settings["features"]
    X = df[feats["numeric"] + feats["categorical"]]
    y = df[TARGET]

    X_train, X_test, y_train, y_test = train_test_split(
        X, y, test_size=settings["data"]["test_size"], random_state=SEED
    )

    model = build_model()
    model.fit(X_train, y_train)

    pred = model.predict(X_test)
    metrics = {
        "rmse": root_mean_squared_error(y_test, pred),
        "rmsle": root_mean_squared_error(np.log1p(y_test), np.log1p(pred)),
        "mae": mean_absolute_error(y_test, pred),
        "r2": r2_score(y_test, pred),
    }
    for name, value in metrics.items():
        log.info("%s = %.4f", name, value)

    OUTPUT_DIR.mkdir(exist_ok=True)
    joblib.dump(model, OUTPUT_DIR / "house_price_model.joblib")
    (OUTPUT_DIR / "metrics.json").write_text(json.dumps(metrics, indent=2))
    log.info("saved to %s", OUTPUT_DIR)


if __name__ == "__main__":
    main()

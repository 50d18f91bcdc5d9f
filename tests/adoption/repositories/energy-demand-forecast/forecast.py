"""Hourly electricity demand forecast, one day ahead.

Features: calendar, weather, demand lags (24 h and older).
The last part of the series (from SPLIT_DATE on) is held out.
"""
import os

import joblib
import matplotlib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import mean_absolute_error, mean_absolute_percentage_error, root_mean_squared_error

matplotlib.use("Agg")
import matplotlib.pyplot as plt

DATA = "data/hourly_demand.csv"
SPLIT_DATE = "2022-10-01"
LAGS = [24, 25, 48, 72, 168]
TARGET = "demand_mw"


def load(path):
    df = pd.read_csv(path, parse_dates=["timestamp"], index_col="timestamp")
    df = df.sort_index().asfreq("h")
    df["temperature"] = df["temperature"].interpolate()
    return df


def make_features(df):
    out = df.copy()
    out["hour"] = out.index.hour
    out["dayofweek"] = out.index.weekday
    out["month"] = out.index.month
    out["weekend"] = (out["dayofweek"] >= 5).astype(int)
    out["hour_sin"] = np.sin(2 * np.pi * out["hour"] / 24)
    out["hour_cos"] = np.cos(2 * np.pi * out["hour"] / 24)
    for lag in LAGS:
        out[f"lag_{lag}"] = out[TARGET].shift(lag)
    out["roll_mean_24"] = out[TARGET].shift(24).rolling(24).mean()
    out["roll_std_24"] = out[TARGET].shift(24).rolling(24).std()
    out["roll_mean_168"] = out[TARGET].shift(24).rolling(168).mean()
    return out.dropna()


def report(name, y, p):
    print(f"{name:15s} MAE {mean_absolute_error(y, p):8.1f}  RMSE {root_mean_squared_error(y, p):8.1f}  "
          f"MAPE {100 * mean_absolute_percentage_error(y, p):5.2f}%")


def main():
    df = make_features(load(DATA))
    train = df[df.index < SPLIT_DATE]
    test = df[df.index >= SPLIT_DATE]
    print("train", train.index.min(), "-", train.index.max(), len(train))
    print("test ", test.index.min(), "-", test.index.max(), len(test))

    features = [c for c in df.columns if c != TARGET]
    model = HistGradientBoostingRegressor(max_iter=400, learning_rate=0.05, max_leaf_nodes=31, random_state=0)
    model.fit(train[features], train[TARGET])
    pred = model.predict(test[features])

    report("naive (lag 168)", test[TARGET], test["lag_168"])
    report("model", test[TARGET], pred)

    os.makedirs("plots", exist_ok=True)
    week = test.iloc[: 24 * 7]
    plt.figure(figsize=(12, 4))
    plt.plot(week.index, week[TARGET], label="actual")
    plt.plot(week.index, pred[: 24 * 7], label="forecast")
    plt.legend()
    plt.ylabel("MW")
    plt.tight_layout()
    plt.savefig("plots/first_week.png", dpi=100)

    joblib.dump({"model": model, "features": features}, "demand_model.joblib")


if __name__ == "__main__":
    main()

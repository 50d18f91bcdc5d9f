from pathlib import Path

import pandas as pd
from sklearn.model_selection import train_test_split

DEFAULT_PATH = Path("data") / "wdbc.csv"
LABELS = {"B": 0, "M": 1}


def load(path=DEFAULT_PATH):
    """Return features and 0/1 target (1 = malignant)."""
    df = pd.read_csv(path)
    y = df["diagnosis"].map(LABELS)
    X = df.drop(columns=["id", "diagnosis"])
    return X, y


def split(X, y, test_size=0.2, seed=0):
    return train_test_split(X, y, test_size=test_size, stratify=y, random_state=seed)

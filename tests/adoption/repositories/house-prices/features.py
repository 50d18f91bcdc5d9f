import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder


def add_features(df: pd.DataFrame) -> pd.DataFrame:
    df = df.copy()
    sale_date = pd.to_datetime(df["SaleDate"])
    df["HouseAge"] = sale_date.dt.year - df["YearBuilt"]
    df["YearsSinceRemod"] = sale_date.dt.year - df["YearRemodAdd"]
    df["SaleMonth"] = sale_date.dt.month
    df["TotalSF"] = df["TotalBsmtSF"] + df["GrLivArea"]
    # no garage is a category of its own
    df["GarageType"] = df["GarageType"].fillna("None")
    return df


def build_preprocessor(numeric, categorical) -> ColumnTransformer:
    categorical_pipe = Pipeline([
        ("impute", SimpleImputer(strategy="most_frequent")),
        ("onehot", OneHotEncoder(handle_unknown="ignore", min_frequency=10)),
    ])
    return ColumnTransformer([
        ("num", SimpleImputer(strategy="median"), numeric),
        ("cat", categorical_pipe, categorical),
    ])

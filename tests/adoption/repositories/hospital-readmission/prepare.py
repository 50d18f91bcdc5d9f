"""Clean the raw encounters and write data/processed/{train,test}.csv"""
import os

import pandas as pd
import yaml
from sklearn.model_selection import train_test_split

RAW = "data/raw/encounters.csv"
OUT = "data/processed"

params = yaml.safe_load(open("params.yaml"))["prepare"]

# question marks are missing values in this dataset
df = pd.read_csv(RAW, na_values="?")
print("raw:", df.shape)

df = df.drop_duplicates(subset="encounter_id")
print("after dropping duplicates:", df.shape)

# '[70-80)' -> 75
df["age"] = df["age"].str.extract(r"\[(\d+)-", expand=False).astype(int) + 5

dates = pd.to_datetime(df["admission_date"], format="%d/%m/%Y")
df["adm_month"] = dates.dt.month
df["adm_weekday"] = dates.dt.dayofweek

df["race"] = df["race"].fillna("Unknown")
df["medical_specialty"] = df["medical_specialty"].fillna("Unknown")
df["A1Cresult"] = df["A1Cresult"].fillna("NotMeasured")

df["gender"] = (df["gender"] == "Male").astype(int)
df["change"] = (df["change"] == "Ch").astype(int)
df["diabetesMed"] = (df["diabetesMed"] == "Yes").astype(int)
df["prior_visits"] = df["number_outpatient"] + df["number_emergency"] + df["number_inpatient"]

df = df.drop(columns=["encounter_id", "patient_nbr", "admission_date"])
df = pd.get_dummies(
    df,
    columns=["race", "admission_type", "discharge_to", "medical_specialty", "A1Cresult", "insulin"],
    dtype=int,
)

train, test = train_test_split(
    df, test_size=params["test_size"], random_state=params["seed"], stratify=df["readmitted"]
)

os.makedirs(OUT, exist_ok=True)
train.to_csv(os.path.join(OUT, "train.csv"), index=False)
test.to_csv(os.path.join(OUT, "test.csv"), index=False)
print("train:", train.shape, "test:", test.shape)

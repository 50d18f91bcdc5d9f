import os

import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.metrics import average_precision_score, confusion_matrix, roc_auc_score, roc_curve
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder
from xgboost import XGBClassifier

DATA_FILE = "data/loans.csv"
MODEL_DIR = "model"
PLOT_DIR = "plots"
SEED = 7


def preprocess(df):
    df["target"] = (df["loan_status"] == "Charged Off").astype(int)
    df = df.drop(columns=["id", "loan_status"])

    df["term"] = df["term"].str.strip().str.split(" ").str[0].astype(int)
    df["int_rate"] = df["int_rate"].str.rstrip("%").astype(float)
    emp = {"< 1 year": 0, "10+ years": 10}
    for i in range(1, 10):
        emp["%d year%s" % (i, "" if i == 1 else "s")] = i
    df["emp_length"] = df["emp_length"].map(emp)      # nan stays nan, xgboost can handle it

    issue = pd.to_datetime(df["issue_d"], format="%b-%Y")
    df["issue_year"] = issue.dt.year
    df["issue_month"] = issue.dt.month
    df = df.drop(columns=["issue_d"])

    df["loan_to_income"] = df["loan_amnt"] / df["annual_inc"]
    df["installment_to_income"] = df["installment"] * 12 / df["annual_inc"]
    df["log_annual_inc"] = np.log1p(df["annual_inc"])

    for col in ["grade", "home_ownership", "verification_status", "purpose", "addr_state"]:
        df[col] = LabelEncoder().fit_transform(df[col])
    return df


if __name__ == "__main__":
    df = pd.read_csv(DATA_FILE)
    df = preprocess(df)
    X = df.drop(columns=["target"])
    y = df["target"]

    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=SEED)

    ratio = (y_train == 0).sum() / (y_train == 1).sum()
    clf = XGBClassifier(
        n_estimators=600,
        learning_rate=0.04,
        max_depth=4,
        subsample=0.8,
        colsample_bytree=0.7,
        min_child_weight=3,
        scale_pos_weight=ratio,
        eval_metric="auc",
        early_stopping_rounds=40,
        random_state=SEED,
        n_jobs=2,
    )
    clf.fit(X_train, y_train, eval_set=[(X_train, y_train), (X_test, y_test)], verbose=50)
    print("best iteration:", clf.best_iteration)

    proba = clf.predict_proba(X_test)[:, 1]
    pred = (proba > 0.5).astype(int)
    print("AUC   : %.4f" % roc_auc_score(y_test, proba))
    print("PR AUC: %.4f" % average_precision_score(y_test, proba))
    print(confusion_matrix(y_test, pred))

    os.makedirs(PLOT_DIR, exist_ok=True)
    fpr, tpr, _ = roc_curve(y_test, proba)
    plt.plot(fpr, tpr)
    plt.plot([0, 1], [0, 1], "k--")
    plt.xlabel("FPR")
    plt.ylabel("TPR")
    plt.savefig(os.path.join(PLOT_DIR, "roc.png"))
    plt.close()
    xgb.plot_importance(clf, max_num_features=15)
    plt.tight_layout()
    plt.savefig(os.path.join(PLOT_DIR, "importance.png"))

    os.makedirs(MODEL_DIR, exist_ok=True)
    clf.save_model(os.path.join(MODEL_DIR, "xgb_model.json"))
    print("done")

import joblib
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import classification_report, confusion_matrix, roc_auc_score
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

df = pd.read_csv("data/bank.csv", sep=";")
print(df.shape)
print(df["y"].value_counts(normalize=True))

X = df.drop("y", axis=1)
y = df["y"].map({"no": 0, "yes": 1})

numeric_features = ["age", "balance", "day", "duration", "campaign", "pdays", "previous"]
categorical_features = ["job", "marital", "education", "default", "housing", "loan", "contact", "month", "poutcome"]

numeric_transformer = Pipeline(steps=[
    ("imputer", SimpleImputer(strategy="median")),
    ("scaler", StandardScaler()),
])
categorical_transformer = OneHotEncoder(handle_unknown="ignore")

preprocessor = ColumnTransformer(transformers=[
    ("num", numeric_transformer, numeric_features),
    ("cat", categorical_transformer, categorical_features),
])

pipe = Pipeline(steps=[
    ("preprocessor", preprocessor),
    ("classifier", LogisticRegression(max_iter=1000)),
])

X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=0, stratify=y)

param_grid = [
    {
        "preprocessor__num__imputer__strategy": ["mean", "median"],
        "classifier": [LogisticRegression(max_iter=1000)],
        "classifier__C": [0.01, 0.1, 1.0, 10],
        "classifier__class_weight": [None, "balanced"],
    },
    {
        "classifier": [RandomForestClassifier(n_estimators=100, random_state=0)],
        "classifier__max_depth": [6, 12],
        "classifier__min_samples_leaf": [1, 5],
    },
]

grid = GridSearchCV(pipe, param_grid, cv=5, scoring="roc_auc", n_jobs=-1, verbose=1)
grid.fit(X_train, y_train)

print("Best params:", grid.best_params_)
print("Best CV score: %.4f" % grid.best_score_)

y_pred = grid.predict(X_test)
y_prob = grid.predict_proba(X_test)[:, 1]
print(confusion_matrix(y_test, y_pred))
print(classification_report(y_test, y_pred))
print("Test ROC AUC: %.4f" % roc_auc_score(y_test, y_prob))

joblib.dump(grid.best_estimator_, "best_model.joblib")
pd.DataFrame(grid.cv_results_).sort_values("rank_test_score").to_csv("cv_results.csv", index=False)

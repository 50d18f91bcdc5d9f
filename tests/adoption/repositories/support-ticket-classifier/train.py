import os
import pickle

import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, classification_report, confusion_matrix
from sklearn.model_selection import train_test_split

from preprocessing import clean_text

print("Loading data...")
df = pd.read_csv("data/tickets.csv")
df = df.dropna(subset=["text"])
print(df["category"].value_counts())

print("Cleaning text...")
df["clean"] = df["text"].apply(clean_text)

X_train, X_test, y_train, y_test = train_test_split(df["clean"], df["category"], test_size=0.2)

vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=2, max_features=20000)
X_train_vec = vectorizer.fit_transform(X_train)
X_test_vec = vectorizer.transform(X_test)
print("Vocabulary size:", len(vectorizer.vocabulary_))

model = LogisticRegression(C=5, max_iter=1000)
model.fit(X_train_vec, y_train)

y_pred = model.predict(X_test_vec)
print("Accuracy:", accuracy_score(y_test, y_pred))
print(classification_report(y_test, y_pred))
print(pd.DataFrame(confusion_matrix(y_test, y_pred), index=model.classes_, columns=model.classes_))

os.makedirs("saved", exist_ok=True)
with open("saved/vectorizer.pkl", "wb") as f:
    pickle.dump(vectorizer, f)
with open("saved/model.pkl", "wb") as f:
    pickle.dump(model, f)
print("Model saved.")

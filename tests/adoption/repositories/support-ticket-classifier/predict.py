import pickle
import sys

from preprocessing import clean_text

vectorizer = pickle.load(open("saved/vectorizer.pkl", "rb"))
model = pickle.load(open("saved/model.pkl", "rb"))

text = " ".join(sys.argv[1:])
vec = vectorizer.transform([clean_text(text)])
for label, p in sorted(zip(model.classes_, model.predict_proba(vec)[0]), key=lambda x: -x[1]):
    print(f"{label:20s} {p:.3f}")

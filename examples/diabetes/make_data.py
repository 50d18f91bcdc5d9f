"""Write data/train.csv and data/test.csv: disease progression of 442 patients, every other one held out."""

from pathlib import Path

from sklearn.datasets import load_diabetes

rows = load_diabetes(as_frame=True, scaled=False).frame.rename(columns={"target": "progression"})
rows.insert(0, "patient", [f"D{number:03}" for number in range(1, len(rows) + 1)])
rows["sex"] = rows["sex"].astype(int)

folder = Path(__file__).parent / "data"
folder.mkdir(exist_ok=True)
rows[rows.index % 2 == 0].to_csv(folder / "train.csv", index=False, lineterminator="\n")
rows[rows.index % 2 == 1].to_csv(folder / "test.csv", index=False, lineterminator="\n")

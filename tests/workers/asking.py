"""The scoring worker, asked in an interpreter of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd

WORKERS = Path(__file__).parent.parent.parent / "ci_mlops" / "workers"
BLOCK = """\
import sys
class Without:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.split(".")[0] in {without!r}:
            raise ModuleNotFoundError("No module named " + repr(name), name=name)
sys.meta_path.insert(0, Without)
"""
FRAME = pd.DataFrame(
    {
        "id": ["a1", "a2", "a3", "a4", "a5", "a6"],
        "age": [20, 31, 44, 28, 60, 19],
        "debt": [1.0, 5.0, 2.0, 8.0, 9.0, 0.0],
    }
)
TRUE = np.array([0, 1, 0, 1, 1, 0])


def ask(
    folder,
    model,
    frame=FRAME,
    *,
    task="classification",
    classes=None,
    multilabel=False,
    without=(),
    kind="csv",
):
    """(answer, arrays); `without`: modules that the interpreter lacks."""
    features = folder / f"features.{kind}"
    frame.to_csv(features, index=False) if kind == "csv" else frame.to_parquet(features)
    request = {
        "model": str(model),
        "features": str(features),
        "delimiter": "," if kind == "csv" else None,
        "columns": list(frame.columns),
        "id": "id",
        "task": task,
        "classes": classes,
        "multilabel": multilabel,
        "output": str(folder / "out.npz"),
        "answer": str(folder / "answer.json"),
    }
    (folder / "request.json").write_text(json.dumps(request))
    (folder / "block").mkdir(exist_ok=True)
    (folder / "block" / "sitecustomize.py").write_text(BLOCK.format(without=without))
    done = subprocess.run(
        [sys.executable, str(WORKERS / "score.py"), str(folder / "request.json")],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "block")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (folder / "answer.json").exists(), done.stderr
    answer = json.loads((folder / "answer.json").read_text())
    if done.returncode:
        assert "what" in answer
        return answer, None
    with np.load(folder / "out.npz", allow_pickle=False) as arrays:
        return answer, dict(arrays)

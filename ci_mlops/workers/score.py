"""
Ask a model of every row of a feature file: `python score.py REQUEST.json`.

Runs in the team's environment, with the folder of the model's own code as working folder. Python 3.8 and newer,
numpy, and what the model needs; pandas or pyarrow where installed. Request: {model, features, delimiter, id,
columns, task, output, answer}; the answer: what was scored, or {kind, what, mend} for a refusal.

Its other files are loaded by path under private names: no module of ours may take a name that the team's code imports.
Each way to score is one of them, with `score(request) -> (arrays, answer)`: `predictions`, maybe `scores` and `seen`.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


def sibling(name: str) -> Any:
    """Another file of this folder; in it `sibling` is there too."""
    private = "_ci_mlops_" + name
    if private not in sys.modules:
        spec = importlib.util.spec_from_file_location(private, str(HERE / (name + ".py")))
        assert spec is not None  # noqa: S101 - the name ends with .py
        assert spec.loader is not None  # noqa: S101 - as above
        module = importlib.util.module_from_spec(spec)
        module.__dict__["sibling"] = sibling
        sys.modules[private] = module
        spec.loader.exec_module(module)
    return sys.modules[private]


def main() -> None:
    # the team's folder takes the place of ours: `import features` is to find theirs
    sys.path[0] = str(Path.cwd())
    request = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    refused = sibling("refusal").Refused
    try:
        answer = score(request)
    except refused as refusal:
        refusal.show_cause()
        answer = refusal.answer
    Path(request["answer"]).write_text(json.dumps(answer), encoding="utf-8")
    sys.exit(1 if "what" in answer else 0)


def score(request: dict[str, Any]) -> dict[str, Any]:
    import numpy as np

    arrays, answer = sibling(way_of(Path(request["model"]))).score(request)
    with Path(request["output"]).open("wb") as file:
        np.savez(file, **arrays)
    return {**answer, "libraries": sibling("answers").libraries()}


def way_of(model: Path) -> str:
    """The sibling that knows this kind of model."""
    if (model / "capture.json").is_file():
        return "captured"
    if (model / "MLmodel").is_file():
        return "mlflow_model"
    return "onnx_model" if sibling("estimators").model_file(model).suffix == ".onnx" else "estimators"


if __name__ == "__main__":
    main()

"""
Prove from which columns of the pinned files, prepared how, a captured model's rows came: `python match.py REQUEST.json`.

Runs in the team's environment after the training. Request: {raw, into, answer, train: [[path, delimiter or null]],
target, id, group, weight, slices, unproven}. Into `into` goes the model's folder; the answer: {findings, share} or
{kind, what, mend}. `unproven`: the team scores by a command of its own, so a model without a recipe is kept too.
"""

from __future__ import annotations

import importlib.util
import json
import pickle
import shutil
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
FORMAT = 1


def sibling(name: str) -> Any:
    """As score.py's: another file of this folder, under a private name."""
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
    # the team's folder takes the place of ours: a transformer may need their modules
    sys.path[0] = str(Path.cwd())
    request = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    refused = sibling("refusal").Refused
    try:
        answer = match(request, refused)
    except refused as refusal:
        refusal.show_cause()
        answer = refusal.answer
    Path(request["answer"]).write_text(json.dumps(answer), encoding="utf-8")
    sys.exit(1 if "what" in answer else 0)


def match(request: Any, refused: Any) -> Any:
    raw = Path(request["raw"])
    told = json.loads((raw / "raw.json").read_text(encoding="utf-8"))
    try:
        import numpy as np
        import pandas  # noqa: F401, ICN001 - is it there?
    except ImportError as error:
        raise refused(
            "model",
            f"`{error.name}` is not installed in the team's environment, and the rows of a captured model are told with it",
            f"Install {error.name} there, or use `train.model: path` and test rows of their own.",
        ) from error
    if not (raw / "keys.npy").is_file():
        raise refused(
            "model",
            "{} ({}) was fitted on rows of a kind that can't be told apart from outside".format(
                told["chosen"]["class"].rsplit(".", 1)[-1], told["chosen"]["where"]
            ),
            "Give it a frame or an array; or use `train.model: path` and test rows of their own.",
        )
    keys = np.load(raw / "keys.npy", allow_pickle=False)
    frames = _frames(request, refused)
    if not frames:
        raise refused(
            "data",
            "None of the pinned training files is a table that can be read here (CSV or Parquet)",
            "Pin the table that the script reads; or use `train.model: path` and test rows of their own.",
        )
    searches: list[Any] = []
    found: Any = None
    while found is None and len(searches) < len(frames):
        searches.append(_search(raw, told, keys, frames[len(searches)], request))
        found = searches[-1].run()
    if found is None:
        nearest = max(searches, key=lambda search: search.best[0])
        return _by_lineage(request, raw, told, frames, keys, nearest, refused)
    frame = frames[len(searches) - 1]
    there = _keys_in_file(found, frame)
    changed = _changed(raw, keys, there, frame, request["target"]) if found.share < 1 else keys[:0]
    fitted = np.isin(there, keys) | np.isin(there, changed)
    text = [name for name in found.recipe["columns"] if _holds_text(frame[name])]
    coding = None
    if request["target"] in frame.columns and not request["unproven"]:
        coding = sibling("match_labels").by_content(raw, frame[request["target"]], there, keys)
        if coding is not None and coding.name == "other":
            raise refused(
                "model",
                *sibling("match_refusals").other_labels(told["chosen"], request["target"], coding.told),
            )
    _write(request, raw, told, found, np.union1d(keys, changed), text, coding, file=(frame, there))
    return {
        "findings": sibling("match_findings").findings(told, frame, fitted, found, request),
        "share": found.share,
    }


def _by_lineage(
    request: Any, raw: Path, told: Any, frames: Any, keys: Any, nearest: Any, refused: Any
) -> Any:
    """The second witness: which rows they are may be known where their values can't be made from the file."""
    sample = sibling("match_tables").sample_in(raw)
    lineage = sibling("match_prepared").Lineage(request, raw, told, sample, frames, keys)
    prepared = request.get("prepared", False) and not request["unproven"]
    if not request["unproven"] and not (prepared and lineage.proven):
        raise refused(
            "model", *sibling("match_refusals").unproven(told, nearest, lineage.why if prepared else None)
        )
    if prepared:
        lineage.look_for_held_out(refused)
    text = [name for name in lineage.columns if _holds_text(lineage.proven.frame[name])]
    coding = lineage.proven.coding if lineage.proven else None
    _write(request, raw, told, None, keys, text, coding, lineage)
    if lineage.proven:
        lineage.write(Path(request["into"]), refused)
    return {"findings": lineage.findings(), "share": None}


def _frames(request: Any, refused: Any) -> Any:
    """The files of equal columns together, then each alone."""
    import pandas as pd

    frames = []
    for path, delimiter in request["train"]:
        try:
            if delimiter is None:
                frames.append(pd.read_parquet(path).reset_index(drop=True))
            else:
                frames.append(sibling("match_tables").read_text(path, delimiter))
        except Exception as error:
            raise refused(
                "data",
                f"{Path(path).name} can't be read by pandas: {type(error).__name__}: {error}",
                "Is pyarrow installed where Parquet is read?",
            ) from error
    together: dict[Any, list[Any]] = {}
    for frame in frames:
        together.setdefault(tuple(frame.columns), []).append(frame)
    joined = [pd.concat(group, ignore_index=True) for group in together.values() if len(group) > 1]
    return [*joined, *frames]


def _search(raw: Path, told: Any, keys: Any, frame: Any, request: Any) -> Any:
    import numpy as np

    sample = sibling("match_tables").sample_in(raw)
    chosen = told["chosen"]
    transformers = []
    if told["transformers"]:
        fitted = np.load(raw / "transformer_keys.npz", allow_pickle=False)
        objects = pickle.loads((raw / "transformers.pkl").read_bytes())
        for number, (one, item) in enumerate(zip(told["transformers"], objects)):
            if item is not None and str(number) in fitted.files:
                transformers.append((number, one, item, fitted[str(number)]))
    labels = np.load(raw / "y.npy", allow_pickle=False) if (raw / "y.npy").is_file() else None
    sought = sibling("match_columns").Sought(chosen, keys, sample["X"], labels)
    search: Any = sibling("match_search").Search(
        frame, sought, transformers, request["target"], request["id"]
    )
    return search


def _keys_in_file(found: Any, frame: Any) -> Any:
    x, _ = sibling("preparation").prepared(found.recipe, frame, found.objects)
    return sibling("row_keys").keys_of(x)


def _changed(raw: Path, keys: Any, there: Any, frame: Any, target: Any) -> Any:
    """Keys that the file has for those few fitted rows that the script has changed, where its index tells which they are."""
    lineage = sibling("match_lineage")
    numbers = lineage.Claims(raw).fitted
    for way in () if numbers is None else lineage.ways(frame, numbers, target):
        rows = way.rows(numbers)
        if rows is None or len(rows) != len(keys) or (rows < 0).any():
            continue
        same = there[rows] == keys
        if same.mean() >= sibling("match_columns").ENOUGH:
            return there[rows[~same]]
    return keys[:0]


def _texts_in(frame: Any, columns: Any) -> list[str]:
    return [name for name in columns if _holds_text(frame[name])]


def _holds_text(column: Any) -> bool:
    if not sibling("match_columns").is_text(column):
        return False
    return all(isinstance(value, str) for value in column.dropna().unique())


def _write(
    request: Any,
    raw: Path,
    told: Any,
    found: Any,
    keys: Any,
    text: Any,
    coding: Any,
    lineage: Any = None,
    file: Any = None,
) -> None:
    """Nothing in it differs between two runs that train the same: no time, no place of this machine."""
    import numpy as np

    into = Path(request["into"])
    into.mkdir(parents=True)
    shutil.copyfile(raw / "model.pkl", into / "model.pkl")
    evaluated = raw / "evaluated.npy"
    watched = np.load(evaluated, allow_pickle=False) if evaluated.is_file() else keys[:0]
    known = np.union1d(keys, watched)
    np.save(into / "rows.npy", known)
    whole = sibling("whole_rows").write(into, request, *file, known, watched) if file else None
    chosen = told["chosen"]
    card = {
        "format": FORMAT,
        "class": chosen["class"],
        "where": chosen["where"],
        "rows": chosen["rows"],
        "recipe": found.recipe if found else None,
        "text": text if whole is None else sorted({*text, *_texts_in(file[0], whole)}),
        "whole": whole,
        # what it was fitted on besides and nobody can look for: then it is not known what it has seen
        "knows_rows": _knows_rows(told["evaluated"].get("sets", ()), watched, file),
        "done": found.done if found else [],
        "coding": coding.told if coding else None,
        "lineage": lineage.card() if lineage and lineage.proven else None,
        "libraries": sibling("answers").libraries(),
    }
    if found and found.objects:
        shutil.copyfile(raw / "transformers.pkl", into / "steps.pkl")
    (into / "capture.json").write_text(json.dumps(card, indent=1, sort_keys=True), encoding="utf-8")


def _knows_rows(sets: Any, watched: Any, file: Any) -> bool:
    """What a step of a pipeline watched is as that step sees it: only where it is the file's own can it be found again."""
    import numpy as np

    if not all(one["comparable"] for one in sets):
        return False
    if not any(one.get("inner") for one in sets) or file is None:
        return True
    return bool(np.isin(watched, file[1]).mean() >= sibling("match_columns").ENOUGH)


if __name__ == "__main__":
    main()

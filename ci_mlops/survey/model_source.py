"""How the trained model is obtained: `train.model`."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from ci_mlops.survey.facts import Facts, Saved, Used
from ci_mlops.survey.guess import Guess, Notice
from ci_mlops.survey.preparation import keeping
from ci_mlops.survey.tree import Tree

_MODEL = re.compile(r"(?i)model|clf|classifier|regressor|pipe|estimator|booster|best|forest|grid|search")
_PREPARATION = re.compile(
    r"(?i)scaler|encoder|vectori[sz]er|imputer|preprocess|transformer|columns|features|metrics|labels|dict"
)
_PREBUILT = (".onnx", ".joblib", ".skops", ".pkl", ".pickle")
_FINAL = re.compile(
    r"(best|final|chosen|selected)(_?(model|clf|estimator|pipeline|pipe))?|model|clf|pipeline|pipe"
)


def prebuilt(tree: Tree) -> Guess | None:
    """A model that lies in the repository."""
    folders = [
        PurePosixPath(path).parent.as_posix() for path in tree.files if PurePosixPath(path).name == "MLmodel"
    ]
    if folders and folders[0] != ".":
        where = f"{folders[0]}/MLmodel"
        return Guess(
            subject="model-source",
            value={"uri": folders[0]},
            why="an MLflow model",
            where=where,
            sure=len(folders) == 1,
        )
    for ending in _PREBUILT:
        found = [
            path
            for path in tree.files
            if path.lower().endswith(ending) and not _PREPARATION.search(PurePosixPath(path).stem)
        ]
        if found:
            return Guess(
                subject="model-source",
                value={"uri": found[0]},
                why="a model file, and no script that trains one",
                where=found[0],
                sure=len(found) == 1,
                options=tuple(found),
            )
    return None


def source_of(facts: Facts, *, apart: bool, outside: Used | None) -> tuple[Guess, list[Notice]]:
    """
    Args:
        facts: Of the script that trains.
        apart: The test rows are a file of their own, which is not trained on.
        outside: Where rows are prepared outside of the model.
    """
    guess, notices = _source(facts, apart=apart, outside=outside)
    if outside is None or "capture" not in guess.value:
        return guess, notices
    kept, notice = keeping(guess, outside)
    return kept, [*notices, notice]


def _source(facts: Facts, *, apart: bool, outside: Used | None) -> tuple[Guess, list[Notice]]:
    saved = models_saved(facts.saves)
    paths = sorted({one.path for one in saved if one.path})
    if not apart:
        return _captured(
            facts, saved, "the script splits its data itself: this notes which rows it trained on"
        )
    if len(paths) == 1 and outside is None:
        (one,) = [one for one in saved if one.path == paths[0]][:1]
        why = f"the script saves `{one.name or 'a model'}` there, and takes rows as they are in the test file"
        return Guess(subject="model-source", value={"path": paths[0]}, why=why, where=one.where), []
    if facts.logs and not saved:
        return Guess(
            subject="model-source",
            value="mlflow",
            why="the script logs a model and saves none",
            where=facts.logs[0],
        ), []
    if outside is not None:
        guess, notices = _captured(facts, saved, "the model is noted while it is fitted")
        return replace(guess, where=outside.where), notices
    return _captured(
        facts, saved, "the script saves no model" if not saved else "the script saves several files"
    )


def models_saved(saves: Sequence[Saved]) -> list[Saved]:
    """Without scalers and other files of its own."""
    named = [
        one for one in saves if not _PREPARATION.search(one.name) and not _PREPARATION.search(_stem(one))
    ]
    sure = [one for one in named if _MODEL.search(one.name) or _MODEL.search(_stem(one))]
    return sure or named


def _captured(facts: Facts, saved: Sequence[Saved], why: str) -> tuple[Guess, list[Notice]]:
    where = saved[0].where if saved else facts.fits[0] if facts.fits else facts.module.path
    notices = []
    if facts.logs and not saved:
        notices.append(
            Notice(
                text="The script logs its model with MLflow; `model: mlflow` is possible where the test rows are a file of their own.",
                where=facts.logs[0],
            )
        )
    kinds = {one.name for one in facts.models}
    if len(kinds) > 1 and not saved and not facts.logs:
        named = [name for name in facts.module.bindings if _FINAL.fullmatch(name)]
        best = next(
            (name for name in named if name.startswith(("best", "final", "chosen", "selected"))), None
        )
        best = best or (named[0] if len(named) == 1 else None)
        if best:
            told = f"{why}; several models are fitted, and `{best}` is the one that is kept"
            return Guess(
                subject="model-source",
                value={"capture": {"variable": best}},
                why=told,
                where=where,
                sure=False,
            ), notices
        notices.append(
            Notice(
                text="Several models are fitted and none is saved: if it can't be told which one ships, write "
                "`model: {capture: {variable: NAME}}`.",
                where=where,
            )
        )
    return Guess(subject="model-source", value="capture", why=why, where=where), notices


def _stem(one: Saved) -> str:
    return PurePosixPath(one.path or "").stem

"""What types can't tell: whether the parts of a config fit each other."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from pydantic_core import PydanticCustomError

from ci_mlops.config.check_cost import check_cost
from ci_mlops.config.check_entry import check_entry
from ci_mlops.config.check_gates import check_gates, check_metrics
from ci_mlops.config.check_labels import check_labels
from ci_mlops.config.check_passport import check_passport
from ci_mlops.config.check_slices import check_search, check_slices
from ci_mlops.config.check_threshold import check_threshold
from ci_mlops.config.check_waivers import check_waivers
from ci_mlops.config.draft import Draft
from ci_mlops.config.fields import relative_path as _path
from ci_mlops.config.findings import Finding, close
from ci_mlops.config.train_settings import SOURCES

PLACEHOLDERS = ("model", "features", "output")
DECLARATIONS = (".txt", ".in", "pylock.toml", "uv.lock", ".yml", ".yaml")


def check(draft: Draft) -> Iterator[Finding]:
    yield from _environment(draft)
    yield from _test_data(draft)
    yield from check_labels(draft)
    yield from _train(draft)
    yield from _predict(draft)
    yield from check_metrics(draft)
    yield from check_cost(draft)
    yield from check_threshold(draft)
    yield from check_gates(draft)
    yield from check_waivers(draft)
    yield from _registry(draft)
    yield from check_entry(draft)
    yield from check_passport(draft)
    yield from _compare_with(draft)


def _environment(draft: Draft) -> Iterator[Finding]:
    declared = draft.environment
    if declared is None:
        return
    if declared == "current":
        if draft.python is not None:
            yield Finding(
                loc=("python",),
                what="`python` is for an environment that is made, and `environment` is `current`",
                mend="Name the file that declares the environment, or remove `python`.",
            )
        return
    try:
        _path(declared)
    except PydanticCustomError as error:
        told = error.context or {}
        yield Finding(loc=("environment",), what=str(told.get("what")), mend=str(told.get("mend")))
        return
    if not PurePosixPath(declared).name.endswith(DECLARATIONS):
        yield Finding(
            loc=("environment",),
            what=f"`{declared}` is no declaration of an environment that is known here",
            mend="Name `requirements.txt`, `pylock.toml`, `uv.lock` or `environment.yml`, or write `current`.",
        )


def _test_data(draft: Draft) -> Iterator[Finding]:
    test = draft.test
    if test is None:
        return
    place = ("data", "test")
    if test.id is not None and test.id == test.target:
        yield Finding(
            loc=(*place, "id"),
            what="`id` and `target` are the same column",
            mend="Name another column, or leave `id` out.",
        )
    named = {"weight": test.weight, "group": test.group, "time": test.time.column if test.time else None}
    for key, column in named.items():
        if column is not None and column in (test.target, test.id):
            yield Finding(
                loc=(*place, key),
                what=f"`{key}` is the {'target' if column == test.target else 'id'}",
                mend="Name another column.",
            )
    if test.group is not None and test.time is not None and test.time.block is not None:
        yield Finding(
            loc=(*place, "time", "block"),
            what="`block` and `group` both say which rows are drawn together",
            mend="Remove `block`: rows of one entity depend on each other at any time.",
        )
    yield from check_slices(test)
    yield from check_search(test)


def _train(draft: Draft) -> Iterator[Finding]:
    train = draft.train
    if train is None or not draft.holds("train", "model"):
        return
    given = [source for source in SOURCES if getattr(train.model, source) is not None]
    if len(given) != 1:
        yield Finding(
            loc=("train", "model"),
            what=f"`train.model` needs exactly one of {', '.join(f'`{source}`' for source in SOURCES)}",
            mend="Write `model: {path: FILE_OR_FOLDER}`, `model: {callable: package.module:function}`, `model: capture`, "
            "`model: mlflow` or `model: {uri: FILE_OR_ADDRESS}`.",
        )
        return
    source = given[0]
    if source == "uri":
        if train.run is not None:
            yield Finding(
                loc=("train", "run"),
                what="`train.run`, but a prebuilt model (`uri`) is not trained",
                mend="Remove `run`; or, if it writes the model, name that with `path`.",
            )
        return
    if source != "callable" and train.run is None and draft.holds("train", "run"):
        written = "writes `train.model.path`" if source == "path" else "trains"
        yield Finding(
            loc=("train",),
            what="`train.run` is missing: something has to write the model",
            mend=f"Add `run`, the command that {written}.",
        )
    if not draft.train_data and draft.holds("data"):
        yield Finding(
            loc=("data",),
            what="`data.train` is missing: only a prebuilt model (`uri`) has no training data",
            mend="Add `train`: files, globs or folders of the training data.",
        )


def _predict(draft: Draft) -> Iterator[Finding]:
    if draft.predict is None:
        return
    run = draft.predict.run
    text = run if isinstance(run, str) else " ".join(run)
    absent = [f"`{{{name}}}`" for name in PLACEHOLDERS if f"{{{name}}}" not in text]
    if absent:
        guesses = [
            f"`{{{guess}}}` for `{{{word}}}`"
            for word in re.findall(r"(?<!\$)\{(\w+)\}", text)
            if (guess := close(word, PLACEHOLDERS)) and word not in PLACEHOLDERS
        ]
        yield Finding(
            loc=("predict", "run"),
            what=f"`predict.run` does not say {', '.join(absent)}",
            mend=f"Did you mean {', '.join(guesses)}?"
            if guesses
            else "Write `python score.py {model} {features} {output}`.",
        )


def _registry(draft: Draft) -> Iterator[Finding]:
    if draft.registry is None:
        return
    try:
        uri = urlsplit(draft.registry.uri)
        # a token may stand alone, as `https://TOKEN@HOST`
        secret = uri.password is not None or (uri.scheme in ("http", "https") and uri.username is not None)
    except ValueError:
        yield Finding(
            loc=("registry", "uri"), what="`uri` is no URI", mend="Write `https://HOST`, or `sqlite:///FILE`."
        )
        return
    if secret:
        yield Finding(
            loc=("registry", "uri"),
            what="the URI holds a password or a token",
            mend="Remove it, change it, and give it as MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD.",
        )


def _compare_with(draft: Draft) -> Iterator[Finding]:
    champion = draft.compare_with
    if champion is None or champion == "base" or not draft.holds("registry"):
        return
    stages = draft.registry.stages if draft.registry is not None else ()
    if champion in stages:
        return
    guess = close(champion, (*stages, "base"))
    yield Finding(
        loc=("compare_with",),
        what=f"`{champion}` is neither a stage of the registry nor `base`",
        mend=f"Did you mean `{guess}`?" if guess else f"Write one of: {', '.join((*stages, 'base'))}.",
    )

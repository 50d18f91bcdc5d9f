"""One model of one checkout: known by its fingerprint, or trained now."""

import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

from ci_mlops.errors import BadData, TrainingFailed
from ci_mlops.flows import store
from ci_mlops.flows.checkout import Checkout, training_of
from ci_mlops.flows.fingerprint import Parts, fingerprint
from ci_mlops.flows.fitting import fit
from ci_mlops.flows.own_environment import resolved_of
from ci_mlops.flows.ready import check_imports
from ci_mlops.flows.tools import Tools
from ci_mlops.ports import Environment
from ci_mlops.records import TrainedModel

RECORD = "capture.json"
"""Of a captured model: how its rows are prepared, and which it was trained on."""
Apart = Callable[[Checkout], AbstractContextManager[Checkout]]
Known = Callable[[str, Path], tuple[TrainedModel, Path] | None]


def nowhere(mark: str, into: Path) -> None:
    """Of a model that no place but the cache may know."""


def make_model(
    tools: Tools,
    environment: Environment,
    checkout: Checkout,
    parts: Parts,
    output: Path,
    *,
    apart: Apart = nullcontext,
    elsewhere: Known = nowhere,
) -> TrainedModel:
    """
    Into `output/models/<role>`, from the cache if the fingerprint is known there, or from elsewhere, else by training.

    `apart`: where the training runs, if not in the checkout itself. `elsewhere`: (fingerprint, an empty folder) -> the card
    and the model, if it is known there.
    """
    mark = fingerprint(parts)
    kept = tools.cache / "models" / mark
    place = output / "models" / checkout.role
    source = training_of(checkout).model.kind
    # what is prebuilt costs nothing to fetch, and what a registry or an endpoint serves may have moved
    is_kept = source != "uri"
    known = _known(tools, kept) if is_kept else None
    if known is not None:
        tools.say(f"{checkout.role}: fingerprint {mark[:8]} is known, not trained again")
        return _kept(known, checkout, place)
    with tempfile.TemporaryDirectory(prefix="ci-mlops-") as private:
        found = elsewhere(mark, Path(private)) if is_kept else None
        if found is not None:
            store.put(*found, kept)
            return _kept(found, checkout, place)
    with tempfile.TemporaryDirectory(prefix="ci-mlops-") as private, apart(checkout) as workplace:
        with tools.group(f"{'Train' if is_kept else 'Fetch'} the {checkout.role}"):
            check_imports(tools, environment, checkout, resolved_of(checkout))
            fitted = fit(tools, environment, workplace, output, Path(private))
        if source not in ("capture", "uri"):
            _refuse_own_record(fitted.model, checkout)
        copied = store.copy_model(fitted.model, Path(private, "copy"))
        card = TrainedModel(
            role=checkout.role,
            name=checkout.config.model,
            model=copied,
            fingerprint=mark,
            origin="trained" if is_kept else "prebuilt",
            commit=checkout.commit,
            environment=environment.digest(),
            parts=parts,
            seconds=fitted.finished.seconds if fitted.finished else 0.0,
            peak_memory=fitted.finished.peak_memory if fitted.finished else 0,
            job=checkout.job,
            notices=(*checkout.notices, *fitted.notices),
            source=source,
            resolved=resolved_of(checkout),
            findings=fitted.findings,
        )
        files = Path(private, "copy", copied.path)
        if is_kept:
            store.put(card, files, kept)
        store.put(card, files, place)
    return card


def _kept(known: tuple[TrainedModel, Path], checkout: Checkout, place: Path) -> TrainedModel:
    card = _reused(known[0], checkout)
    store.put(card, known[1], place)
    return card


def _refuse_own_record(model: Path, checkout: Checkout) -> None:
    """Which rows a model has seen decides which are compared: nobody is asked who could leave out what it fails on."""
    if (model / RECORD).is_file():
        raise TrainingFailed(
            f"The {checkout.role}'s model holds a {RECORD}: that is our record of the rows that it was trained on",
            where=checkout.config.where("train", "model"),
            mend="Let the command write it elsewhere or not at all; with `train.model: capture` we write it.",
        )


def _known(tools: Tools, kept: Path) -> tuple[TrainedModel, Path] | None:
    try:
        return store.get(kept)
    except BadData as damage:
        tools.say(f"notice: a damaged model in the cache was dropped: {damage.what}")
        store.drop(kept)
        return None


def _reused(card: TrainedModel, checkout: Checkout) -> TrainedModel:
    return TrainedModel(
        role=checkout.role,
        name=checkout.config.model,
        model=card.model,
        fingerprint=card.fingerprint,
        origin="reused",
        commit=checkout.commit,
        environment=card.environment,
        parts=card.parts,
        job=checkout.job,
        notices=checkout.notices,
        source=card.source,
        resolved=resolved_of(checkout),
        # what was seen of its training holds for whoever reuses it
        findings=tuple(replace(finding, role=checkout.role) for finding in card.findings),
    )

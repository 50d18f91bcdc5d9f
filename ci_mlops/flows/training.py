"""One model of one checkout: known by its fingerprint, or trained now."""

import tempfile
from pathlib import Path

from ci_mlops.errors import BadData
from ci_mlops.flows import store
from ci_mlops.flows.checkout import Checkout
from ci_mlops.flows.fingerprint import Parts, fingerprint
from ci_mlops.flows.fitting import fit
from ci_mlops.flows.tools import Tools
from ci_mlops.ports import Environment
from ci_mlops.records import TrainedModel


def make_model(
    tools: Tools, environment: Environment, checkout: Checkout, parts: Parts, output: Path
) -> TrainedModel:
    """Into `output/models/<role>`, from the cache if the fingerprint is known there, else by training."""
    mark = fingerprint(parts)
    kept = tools.cache / "models" / mark
    place = output / "models" / checkout.role
    try:
        known = store.get(kept)
    except BadData as damage:
        tools.say(f"notice: a damaged model in the cache was dropped: {damage.what}")
        store.drop(kept)
        known = None
    if known is not None:
        card, model = known
        tools.say(f"{checkout.role}: fingerprint {mark[:8]} is known, not trained again")
        card = _reused(card, checkout)
        store.put(card, model, place)
        return card
    with tempfile.TemporaryDirectory(prefix="ci-mlops-") as private:
        finished, written = fit(tools, environment, checkout, output, Path(private))
        copied = store.copy_model(written, Path(private, "copy"))
        card = TrainedModel(
            role=checkout.role,
            name=checkout.config.model,
            model=copied,
            fingerprint=mark,
            origin="trained",
            commit=checkout.commit,
            environment=environment.digest(),
            parts=parts,
            seconds=finished.seconds,
            peak_memory=finished.peak_memory,
            job=checkout.job,
            notices=checkout.notices,
        )
        source = Path(private, "copy", copied.path)
        store.put(card, source, kept)
        store.put(card, source, place)
    return card


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
    )

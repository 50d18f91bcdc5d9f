"""Story of a push: the model that was judged in the pull request, if its verdict still stands today."""

from dataclasses import dataclass
from pathlib import Path

from ci_mlops.errors import BadData, PlatformFailed
from ci_mlops.flows import store
from ci_mlops.flows.artifact import artifact_name
from ci_mlops.flows.project import Project
from ci_mlops.flows.standing import read_today, why_judge_again
from ci_mlops.flows.tools import Tools
from ci_mlops.flows.train import open_output
from ci_mlops.report.codec import read_verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The verdict stands: register what `output` holds."""

    output: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeAgain:
    """Validate today, then register."""

    reason: str


def find_judged(tools: Tools, project: Project, output: Path) -> Judged | JudgeAgain:
    """
    Look in `output`, else among the artifacts of the repository's runs (unpacked into `output/judged`).

    A model whose verdict does not stand any more is known by its fingerprint all the same: it goes into the
    cache, so that it is judged again without being trained again.
    """
    today = read_today(tools, project)
    place = output if (output / "verdict.json").is_file() else _fetch(tools, today.fingerprint, output)
    if isinstance(place, JudgeAgain):
        return place
    try:
        verdict = read_verdict(place / "verdict.json")
        model = store.get(place / "models" / "candidate")
    except BadData as damage:
        return JudgeAgain(reason=f"what was judged can't be used: {damage.what}")
    if model is None:
        return JudgeAgain(reason="the artifact holds no model")
    card, files = model
    if verdict.candidate is None or card.model.digest != verdict.candidate.digest:
        return JudgeAgain(reason="the model in the artifact is not the one that its verdict is about")
    reason = why_judge_again(verdict, today)
    if not reason:
        return Judged(output=place)
    kept = tools.cache / "models" / today.fingerprint
    if card.fingerprint == today.fingerprint and store.get(kept) is None:
        store.put(card, files, kept)
    return JudgeAgain(reason=reason)


def _fetch(tools: Tools, fingerprint: str, output: Path) -> Path | JudgeAgain:
    name = artifact_name(fingerprint)
    open_output(output)
    store.drop(output / "judged")
    try:
        found = tools.platform.artifact(name, output / "judged")
    except PlatformFailed as failure:
        # judging again needs no platform, and 9 is the exit code of `publish` alone
        return JudgeAgain(reason=failure.what)
    missing = f"no run has left an artifact {name}: this code was not judged yet"
    return found or JudgeAgain(reason=missing)

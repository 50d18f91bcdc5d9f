"""What is to be registered, if anything. Pure: a value that `register` carries out or prints."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ci_mlops.errors import BadData
from ci_mlops.records import Registration, TrainedModel, Verdict, Version, tags
from ci_mlops.records.custom_metric import short_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Nothing is registered, and why."""

    reason: str
    version: Version | None = None
    """The version that is this very model already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would be carried out."""

    decision: Registration | Refusal
    verdict: Verdict
    unmoved: str
    """Why no pointer moves; empty: one does."""
    holder: Version | None
    """What the first stage points to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """The model that was judged, as it was handed over."""

    card: TrainedModel
    files: Path
    requirements: tuple[str, ...] = ()
    python: str = ""
    merged: str = ""
    """The commit that registers it."""
    merged_run: str = ""
    """Address of the run that registers it."""


def decide_registration(
    verdict: Verdict,
    candidate: Candidate,
    *,
    name: str,
    stage: str,
    holder: Version | None,
    evidence: tuple[Path, ...],
    outrun_by: Version | None = None,
) -> Registration | Refusal:
    """
    `holder` is the version that `stage` points to today; `outrun_by`: one with a stage that a later merge registered.

    Raises:
        BadData: the model is not the one that the verdict is about.
    """
    if verdict.verdict == "not_evaluated":
        what = f": {verdict.error.what}" if verdict.error else ""
        return Refusal(reason=f"nothing was judged{what}")
    check_judged(verdict, candidate)
    digest = candidate.card.model.digest
    if holder is not None and holder.digest == digest:
        return Refusal(
            reason=f"version {holder.number} at {stage} is this very model already", version=holder
        )
    return Registration(
        name=name,
        model=candidate.files,
        digest=digest,
        stage=stage if why_not_moved(verdict, holder, outrun_by) == "" else None,
        tags=registration_tags(verdict, candidate),
        evidence=evidence,
        requirements=candidate.requirements,
        python=candidate.python,
        metrics=plain_metrics(verdict),
    )


def why_not_moved(verdict: Verdict, holder: Version | None, outrun_by: Version | None = None) -> str:
    """Empty: the pointer moves. An undecided verdict moves it where the rules' policy says to go on (exit 0)."""
    if verdict.exit_code != 0:
        return f"its verdict is {verdict.verdict}"
    if outrun_by is not None:
        return outrun(outrun_by)
    if any(gate.blocks for gate in verdict.gates):
        # a first report ends with 0 whatever its rules say; a stage takes only what keeps them
        return "a blocking rule is not shown to hold"
    if verdict.verdict == "not_applicable" and holder is not None:
        # nothing was held against it, and something that may have been held against more is there
        return f"no rule was applied to it, and version {holder.number} holds the stage"
    return ""


def outrun(by: Version) -> str:
    return f"a later merge has registered version {by.number}, which holds a stage"


def check_judged(verdict: Verdict, candidate: Candidate) -> None:
    judged = verdict.candidate.digest if verdict.candidate else None
    if judged is None or candidate.card.model.digest != judged:
        raise BadData(
            f"The model is {candidate.card.model.digest[:19]}, but the verdict is about {(judged or 'none')[:19]}",
            where=str(candidate.files),
            mend="Run `ci-mlops validate` again: only the very model that was judged is registered.",
        )
    if verdict.fingerprint is not None and verdict.fingerprint != candidate.card.fingerprint:
        raise BadData(
            "The model and the verdict have different fingerprints",
            where=str(candidate.files),
            mend="Run `ci-mlops validate` again: they come from two different runs.",
        )


def registration_tags(verdict: Verdict, candidate: Candidate) -> Mapping[str, str]:
    """What is known; an unknown thing has no tag."""
    change, champion, judged = verdict.change, verdict.champion, verdict.candidate
    named = f"#{change.number}" if change and change.number else (change.event if change else "")
    told = {
        tags.DIGEST: candidate.card.model.digest,
        tags.FINGERPRINT: candidate.card.fingerprint,
        tags.VERDICT: verdict.verdict,
        tags.VERDICT_DIGEST: verdict.verdict_digest,
        tags.COMMIT: (judged.commit if judged else None) or candidate.card.commit or "",
        tags.MERGED: candidate.merged,
        tags.MERGED_RUN: candidate.merged_run,
        tags.CHANGE: named,
        tags.RUN: change.run_url if change else "",
        tags.CHAMPION: (champion.digest if champion else None) or "",
        tags.CHAMPION_VERSION: (champion.version if champion else None) or "",
        tags.ENVIRONMENT: candidate.card.environment,
        tags.ISOLATION: verdict.isolation,
        tags.THRESHOLD: f"{verdict.threshold.candidate.threshold!r}" if verdict.threshold else "",
        tags.POSITIVE: _positive(verdict) if verdict.threshold else "",
        tags.EVALUATED_AT: verdict.evaluated_at,
    }
    return {key: value for key, value in told.items() if value}


def _positive(verdict: Verdict) -> str:
    rules = verdict.policy.rules if verdict.policy else None
    return (rules.positive if rules else None) or "1"


# what MLflow takes in a metric's name; a class may be called anything, as in `recall of C++`
_REFUSED = re.compile(r"[^\w\-. ]")


def plain_metrics(verdict: Verdict) -> Mapping[str, float]:
    """`recall` and `champion.recall`, on all rows: MLflow's charts know no slices and no intervals."""
    overall = [measured for measured in verdict.measurements if measured.slice is None]
    named = [(short_name(measured.metric), measured.candidate) for measured in overall]
    named += [(f"champion.{short_name(measured.metric)}", measured.champion) for measured in overall]
    kept = {name: value for name, value in named if value is not None and math.isfinite(value)}
    return {_REFUSED.sub("_", name): value for name, value in kept.items()}

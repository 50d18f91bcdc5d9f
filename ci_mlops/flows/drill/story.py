"""Two doors into a drill: the hand-over of `train` and `predict`, or a prediction file that brings its labels."""

import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from ci_mlops.config import policy_digest
from ci_mlops.datasets.digest import data_digest
from ci_mlops.datasets.prediction_file import PredictionFile, Truth, open_predictions
from ci_mlops.errors import BadConfig, BadData
from ci_mlops.evaluation.drill.conclusion import conclude
from ci_mlops.evaluation.drill.drill import Ring, drilled, rules_of, summed_up, told_in
from ci_mlops.evaluation.drill.sabotage import Sabotage
from ci_mlops.flows.drill.features import Asked, feature_sabotage
from ci_mlops.flows.drill.refusals import file_sabotages
from ci_mlops.flows.drill.ring import drilled_rules, ring_of, undrilled
from ci_mlops.flows.drill.threshold import by_rules_at_hand, deciding
from ci_mlops.flows.hand_over import Side, read_candidate, read_champion
from ci_mlops.flows.pinned import test_files
from ci_mlops.flows.predict import predict
from ci_mlops.flows.project import Project
from ci_mlops.flows.proof import prove
from ci_mlops.flows.tools import Tools
from ci_mlops.flows.train import train
from ci_mlops.flows.writing import tool, written_at
from ci_mlops.records import Policy, Skip
from ci_mlops.records.drill import Drill

_NO_MODEL = Skip(
    what="A feature dealt to other rows", reason="a prediction file brings no model to be asked again"
)


def drill(tools: Tools, project: Project, output: Path, *, strict: bool = False) -> Drill:
    """
    The rules are those of the config at hand: a drill decides nothing, and whoever mends a rule wants to see it hold.

    Raises:
        CiMlopsError: whatever keeps `train` and `predict` from their end, where nothing is handed over yet.
    """
    policy = with_gates(project.config.policy(), project.config_name)
    project = _without_change(project)
    side = _handed(tools, project, output)
    if side is None:
        tools.say(
            f"drill: {output.name} holds no predictions of the champion that fit, so they are made first"
        )
        train(tools, project, output)
        predict(tools, project, output)
        side = _side(tools, project, output)
    test = project.config.data.test
    truth = Truth(
        title="the test data",
        files=test_files(project, tools.cache),
        label=test.target,
        id=test.id,
        slices=policy.slices,
        bins=policy.bins,
    )
    champion = deciding(project, tools.cache, output, side, policy)
    # what it was trained on proves no more of it here than where it is judged
    proved = prove(tools, by_rules_at_hand(project), [(side, champion)], truth)
    champion = proved.heard(champion, side.card.role)
    tools.say(f"drill: sabotaging the {side.card.role}")
    with tempfile.TemporaryDirectory(prefix="ci-mlops-") as private:
        ring = ring_of(truth, champion, policy)
        asked = Asked(
            tools=tools,
            project=project,
            output=output,
            private=Path(private),
            side=side,
            truth=truth,
            champion=champion,
        )
        more, skips = feature_sabotage(asked, ring)
        skips = (*skips, *undrilled(project.config.policy()))
        made = _told(ring, truth, champion, Path(private), more, skips, strict=strict)
    pins = project.policy_lock.data.get("test", ())
    summary = replace(
        made.summary,
        policy=policy_digest(project.config, project.metric_files),
        test=f"sha256:{data_digest(pins)}" if pins else "",
    )
    return replace(
        made,
        model=project.config.model,
        source=_whose(side),
        summary=summary,
        evaluated_at=written_at(tools.now()),
    )


def drill_file(path: Path, policy: Policy, *, config: str, model: str, strict: bool = False) -> Drill:
    """
    Raises:
        BadData: a file without labels, or that can't be compared.
        BadConfig: no rules, or a threshold that is to be chosen.
    """
    skips = (_NO_MODEL, *undrilled(policy))
    policy = with_gates(policy, config)
    if policy.threshold is not None and policy.threshold.by is not None:
        raise BadConfig(
            "a threshold is to be chosen on validation rows, and a prediction file brings none",
            where=f"{config} threshold",
            mend="Write the threshold as a number, `threshold: 0.2`, or drill the hand-over, without `--predictions`.",
        )
    champion = open_predictions(path, "champion", policy)
    if not champion.label:
        raise BadData(
            "the file has no column `label`, so nobody knows what is true",
            where=str(path),
            mend="Add the true value of each row as `label`.",
        )
    truth = Truth(
        title=path.name, files=(path,), label=champion.label, id="id", slices=policy.slices, bins=policy.bins
    )
    # the file that tells the truth has nothing to be held against it
    champion = replace(champion, label=None)
    with tempfile.TemporaryDirectory(prefix="ci-mlops-") as private:
        ring = ring_of(truth, champion, policy)
        made = _told(ring, truth, champion, Path(private), (), skips, strict=strict)
    return replace(made, model=model, source=f"the predictions in {path.name}")


def with_gates(policy: Policy, config: str) -> Policy:
    """
    Raises:
        BadConfig: there is nothing to drill.
    """
    policy = drilled_rules(policy)
    if not policy.gates:
        raise BadConfig(
            "there is no gate to drill",
            where=f"{config} gates",
            mend="Add `gates`: `ci-mlops init` proposes some.",
        )
    return policy


def _told(
    ring: Ring,
    truth: Truth,
    champion: PredictionFile,
    private: Path,
    more: Iterable[Sabotage],
    skips: tuple[Skip, ...],
    *,
    strict: bool,
) -> Drill:
    tried, left_out = drilled(ring, more)
    at = next(place for place, one in enumerate(tried) if one.name == "champion")
    done = (*tried[:at], *file_sabotages(truth, champion, ring.policy, private), *tried[at:])
    rules = rules_of(done, ring.policy)
    summary = summed_up(done, rules, policy="", test="")
    concluded = conclude(done, summary, strict=strict)
    effect = tried[at].effect
    return Drill(
        model="",
        task=ring.policy.task,
        source="",
        rows=len(ring.rows),
        unit=ring.policy.unit,
        currency=ring.policy.cost.unit if ring.policy.cost else "",
        metric=told_in(ring.policy),
        champion=effect.champion if effect else None,
        summary=summary,
        reason=concluded.reason,
        doubts=concluded.doubts,
        exit_code=concluded.exit_code,
        sabotages=done,
        rules=rules,
        left_out=(*skips, *left_out),
        tool=tool(),
    )


def _without_change(project: Project) -> Project:
    """A scheduled job has no change and no base: the model of its commit is what the next change is compared with."""
    return project if project.change.event in ("local", "pull_request") else replace(project, base=None)


def _handed(tools: Tools, project: Project, output: Path) -> Side | None:
    try:
        return _side(tools, project, output)
    except BadData:
        return None


def _side(tools: Tools, project: Project, output: Path) -> Side:
    """The champion; where there is none yet, the candidate, which would be the first."""
    champion, _ = read_champion(tools, project, output)
    return champion or read_candidate(project, output)


def _whose(side: Side) -> str:
    if side.card.role == "candidate":
        return "the model of this checkout, as there is no champion yet"
    if side.card.version:
        return f"the champion, version {side.card.version} of the registry"
    return f"the champion, trained from commit {(side.card.commit or 'unknown')[:8]}"

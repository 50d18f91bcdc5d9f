"""Story: labels join the predictions, base's policy decides. Runs no code of the change."""

from pathlib import Path

from ci_mlops.datasets.prediction_file import Truth
from ci_mlops.flows.changed import changed_parts
from ci_mlops.flows.court import evidence, with_rules
from ci_mlops.flows.drill.line import drill_line
from ci_mlops.flows.fair_hearing import findings_of, hear_fairly
from ci_mlops.flows.flipped import Pair, keep_flipped, unshown
from ci_mlops.flows.hand_over import Side, read_candidate, read_champion
from ci_mlops.flows.judged import (
    contender,
    isolation_of,
    notices_of,
    policy_source,
)
from ci_mlops.flows.metric_files import files_that_decide
from ci_mlops.flows.moved_hearing import hear_moved
from ci_mlops.flows.moved_pin import moved_pin
from ci_mlops.flows.pinned import test_files
from ci_mlops.flows.project import Project
from ci_mlops.flows.ruled import ruled
from ci_mlops.flows.threshold import opened, thresholds_of
from ci_mlops.flows.tools import Tools
from ci_mlops.flows.writing import tool, written_at
from ci_mlops.records import (
    Policy,
    Skip,
    Verdict,
)
from ci_mlops.records.verdict import Isolation
from ci_mlops.report.codec import seal


def judge(
    tools: Tools,
    project: Project,
    output: Path,
    *,
    isolation: Isolation | None = None,
    with_models: bool = True,
) -> Verdict:
    """
    Judge what `train` and `predict` handed over in `output`; nothing is written but `flipped.json`, where base allows it.

    `isolation` None: told by the jobs that the hand-over was made in. `with_models` False: it holds their cards alone.

    Raises:
        BadData: a hand-over that is not whole, a champion that is not the registry's, rows that can't be compared.
    """
    candidate = read_candidate(project, output, with_model=with_models)
    champion = read_champion(tools, project, output, with_model=with_models)
    return _judged(tools, project, output, candidate, *champion, isolation)


def _judged(
    tools: Tools,
    project: Project,
    output: Path,
    candidate: Side,
    champion: Side | None,
    absent: str,
    isolation: Isolation | None,
) -> Verdict:
    policy = project.policy.policy()
    pin = moved_pin(project, tools.cache)
    decides, curves = thresholds_of(project, tools.cache, output, candidate, champion)
    sides = [side for side in (candidate, champion) if side is not None]
    truth = truth_of(project, tools.cache, policy)
    files = [file for file in opened(candidate, champion, policy, decides) if file is not None]
    custom = files_that_decide(project, output / "logs")
    compute = project.policy.counts_on()
    hearing, proved, heard = hear_fairly(tools, project, truth, sides, files, policy, custom, compute)
    overlap, ruling = ruled(project, hearing, candidate, champion, proved)
    rows, theirs = hearing.comparison.rows.compared, heard[1] if champion else None
    digest = project.policy_digest
    with tools.step("Sabotage the champion"):
        asked = candidate.told.test
        drill, undrilled = drill_line(truth, theirs, policy, rows=rows, digest=digest, test=asked)
    registry, shown = project.policy.registry, project.shown_rows
    moved, unmeasured = hear_moved(project, output, pin, (candidate, champion), decides, custom)
    verdict = seal(
        Verdict(
            model=project.policy.model,
            task=policy.task,
            unit=policy.unit,
            verdict=ruling.outcome,
            reason=ruling.reason,
            exit_code=ruling.exit_code,
            candidate=contender(candidate.card, project),
            champion=contender(champion.card, project) if champion else None,
            change=project.change,
            **evidence(hearing, curves),
            threshold=decides,
            overlap=overlap,
            proof=proved.proof,
            drill=drill,
            policy=with_rules(policy_source(project), policy),
            custom_metrics=custom.used(policy.metrics),
            isolation=isolation or isolation_of(sides, project.change.job),
            pins=dict(project.policy_lock.data),
            environment=candidate.card.environment,
            fingerprint=candidate.card.fingerprint,
            changed=changed_parts(project, candidate.card, champion.card if champion else None),
            findings=findings_of(sides),
            moved=moved,
            skips=(*_no_champion(absent), *unmeasured, *undrilled, *unshown(shown, truth)),
            notices=notices_of(pin, [side.card for side in sides]),
            next_stage=registry.stages[0] if registry else None,
            evaluated_at=written_at(tools.now()),
            tool=tool(),
        )
    )
    keep_flipped(verdict, output, shown, Pair(truth=truth, candidate=heard[0], champion=theirs), policy)
    return verdict


def _no_champion(absent: str) -> tuple[Skip, ...]:
    return (Skip(what="champion", reason=absent),) if absent else ()


def truth_of(project: Project, cache: Path, policy: Policy) -> Truth:
    test = project.policy.data.test
    return Truth(
        title="the test data",
        files=test_files(project, cache),
        label=test.target,
        id=test.id,
        slices=policy.slices,
        bins=policy.bins,
        search=policy.search.columns if policy.search is not None else (),
    )

"""The court alone: two prediction files in, a verdict out. No training, registry or config needed."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from ci_mlops.datasets.costs import cost_columns
from ci_mlops.datasets.grouping import grouped_by
from ci_mlops.datasets.prediction_file import PredictionFile, Truth, open_predictions
from ci_mlops.datasets.tables import table_columns
from ci_mlops.errors import BadConfig, BadData
from ci_mlops.flows.counting import LOCAL
from ci_mlops.flows.court import evidence, hear, told_by_policy, with_rules
from ci_mlops.flows.custom_files import NOT_GIVEN, CustomFiles
from ci_mlops.flows.flipped import Pair, keep_flipped, unshown
from ci_mlops.flows.left_out import blocks, why_gone, why_lost, why_taken
from ci_mlops.flows.overlap import held_back
from ci_mlops.flows.writing import day_of, tool, written_at
from ci_mlops.records import Contender, Policy, PolicySource, Verdict
from ci_mlops.records.compute import Compute
from ci_mlops.records.flipped import ShownRows
from ci_mlops.records.slices import all_columns
from ci_mlops.report.codec import seal


def compare_files(
    champion_path: Path,
    candidate_path: Path,
    policy: Policy,
    *,
    model: str,
    source: PolicySource | None,
    now: datetime,
    custom: CustomFiles = NOT_GIVEN,
    compute: Compute = LOCAL,
    shown: ShownRows | None = None,
    output: Path | None = None,
) -> Verdict:
    """
    `shown`: single rows that are kept in `output`.

    Raises:
        BadData: files that can't be compared.
        BadConfig: a threshold that is to be chosen, for which there are no rows here.
    """
    _refuse_chosen(policy)
    champion = open_predictions(champion_path, "champion", policy)
    candidate = open_predictions(candidate_path, "candidate", policy)
    truth = _truth(champion, candidate, policy)
    # the file that tells the truth has nothing to be held against it
    sides = [
        replace(side, label=None) if side.files == truth.files else side for side in (candidate, champion)
    ]
    hearing = hear(truth, sides[0], sides[1], policy, custom, today=day_of(now), compute=compute)
    found = hearing.comparison
    # no pin tells here what a champion was not to see: where it has seen nothing, that is all of it
    own_rows = found.rows.seen == found.rows.taken
    doubt = (
        why_lost(found.rows)
        or why_taken(found, own_rows=own_rows)
        or why_gone(found, policy, own_rows=own_rows)
    )
    ruling = held_back(hearing.ruling, doubt if blocks(policy) else "")
    verdict = seal(
        Verdict(
            model=model,
            task=policy.task,
            unit=policy.unit,
            verdict=ruling.outcome,
            reason=ruling.reason,
            exit_code=ruling.exit_code,
            candidate=Contender(origin="file", label=candidate_path.name),
            champion=Contender(origin="file", label=champion_path.name),
            **evidence(hearing),
            threshold=told_by_policy(policy, has_champion=True),
            policy=with_rules(source, policy) if source else None,
            custom_metrics=custom.used(policy.metrics),
            evaluated_at=written_at(now),
            skips=unshown(shown, truth),
            tool=tool(),
        )
    )
    pair = Pair(truth=truth, candidate=sides[0], champion=sides[1])
    keep_flipped(verdict, output, shown, pair, policy)
    return verdict


def _refuse_chosen(policy: Policy) -> None:
    decided = policy.threshold
    if decided is not None and decided.by is not None:
        raise BadConfig(
            f"`threshold: {{by: {decided.by}}}` is chosen on validation rows, and `compare` has none",
            where="--config",
            mend="Write the threshold as a number; or `ci-mlops validate`, which scores the validation rows too.",
        )


def _truth(champion: PredictionFile, candidate: PredictionFile, policy: Policy) -> Truth:
    needed = {
        *all_columns(policy.slices),
        *(policy.search.columns if policy.search is not None else ()),
        *policy.columns,
        *cost_columns(policy),
        *filter(None, (policy.weight, grouped_by(policy))),
    }
    teller = champion if champion.label else candidate
    if not teller.label:
        raise BadData(
            "neither file has a column `label`, so nobody knows what is true",
            where=f"{champion.path}, {candidate.path}",
            mend="Add the true value of each row as `label` to one of them.",
        )
    # what counts and costs how much, and in which slice, is not for the candidate to say where the champion tells the truth
    missing = sorted(needed - set(table_columns(teller.files[0])))
    if teller is champion and set(missing) & set(table_columns(candidate.files[0])):
        raise BadData(
            f"this file tells what is true, and lacks columns that the rules need: {', '.join(missing)}",
            where=str(champion.path),
            mend="Add them to the champion's file: the candidate's can't stand in for it.",
        )
    return Truth(
        title=teller.title,
        files=teller.files,
        label=teller.label,
        id="id",
        slices=policy.slices,
        bins=policy.bins,
        search=policy.search.columns if policy.search is not None else (),
    )

"""The cause, by trying: what makes two trainings alike, or one like the registered model."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import get_args

from ci_mlops import workers
from ci_mlops.errors import BadData, TrainingFailed
from ci_mlops.evaluation.reproduction import is_repeatable, is_stopped, next_trial, trainings_of
from ci_mlops.flows.reproduce.bench import Bench, Kept
from ci_mlops.flows.reproduce.comparing import sameness_of
from ci_mlops.records.reproduction import Condition, Draw, Kind, Measured, Trial

SEEDS = str(Path(str(workers.__file__)).parent / "seeds")
_POOLS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "LOKY_MAX_CPU_COUNT",
)
# who draws without a seed is seen in the first of them, which seeds nothing
_SEEDED: Mapping[Condition, str] = {
    "again": "nothing",
    "split": "split",
    "estimator": "estimator",
    "seeds": "split estimator draws",
    "everything": "split estimator draws",
}
_SAID: Mapping[Condition, str] = {
    "again": "once more, as it is",
    "split": "with splits of a fixed seed",
    "estimator": "with estimators of a fixed seed",
    "seeds": "with every generator of a fixed seed",
    "hash_order": "with PYTHONHASHSEED=0",
    "threads": "on one thread",
    "everything": "with all of that at once",
}
_MOST_DRAWS = 24
_LONGEST = 120


def find_cause(bench: Bench, measured: Measured, fresh: Kept, registered: Kept, most: int) -> Measured:
    """`most`: trainings that may be spent on it. Each trial tells which is the next."""
    left = most
    while (condition := next_trial(measured, left)) is not None:
        count = trainings_of(condition, measured)
        bench.tools.say(f"reproduce: training {_SAID[condition]}, to find the cause")
        trial = _try(bench, condition, measured, fresh, registered)
        measured = replace(measured, trials=(*measured.trials, trial))
        left -= count
    return replace(measured, stopped=is_stopped(measured, left))


def _try(bench: Bench, condition: Condition, measured: Measured, fresh: Kept, registered: Kept) -> Trial:
    before = bench.trainings
    place = bench.work / f"trial-{condition}"
    draws = bench.work / f"draws-{condition}.jsonl"
    variables = variables_of(condition, draws)
    against_registered = is_repeatable(measured)
    plain = Trial(
        condition=condition,
        against="registered" if against_registered else "itself",
        trainings=0,
        sameness="failed",
    )
    try:
        one = bench.train(variables)
        other = (
            registered if against_registered else fresh if condition == "again" else bench.train(variables)
        )
        plain = replace(plain, sameness=sameness_of(bench, one, other, place))
    except (TrainingFailed, BadData) as error:
        # what was asked for is classified already; a trial that fails tells less of the cause
        plain = replace(plain, failure=in_short(error))
    return replace(plain, trainings=bench.trainings - before, draws=_drawn(draws))


def in_short(error: BadData | TrainingFailed) -> str:
    """Without the last lines of its log, which stays with the others'."""
    return error.what.splitlines()[0].partition("; its last lines")[0].rstrip(".")


def variables_of(condition: Condition, draws: Path) -> dict[str, str]:
    """What a training gets in its environment, to be tried under a condition."""
    found: dict[str, str] = {}
    every = condition == "everything"
    if seeded := _SEEDED.get(condition):
        found |= {"PYTHONPATH": SEEDS, "CI_MLOPS_SEEDS": seeded, "CI_MLOPS_DRAWS": str(draws.resolve())}
    if every or condition == "hash_order":
        found["PYTHONHASHSEED"] = "0"
    if every or condition == "threads":
        found |= dict.fromkeys(_POOLS, "1")
    return found


def _drawn(place: Path) -> tuple[Draw, ...]:
    """The team's own process may have written anything there."""
    if not place.is_file():
        return ()
    found: dict[tuple[str, str], Draw] = {}
    for line in place.read_text(encoding="utf-8", errors="replace").splitlines()[: 4 * _MOST_DRAWS]:
        try:
            told = json.loads(line)
            kind = next(kind for kind in get_args(Kind) if kind == told["kind"])
            draw = Draw(kind=kind, what=str(told["what"])[:_LONGEST], where=str(told["where"])[:_LONGEST])
        except (ValueError, KeyError, TypeError, StopIteration, RecursionError):
            continue
        found[draw.what, draw.where] = draw
    return tuple(found.values())[:_MOST_DRAWS]

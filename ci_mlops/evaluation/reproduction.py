"""How alike a registered version came out when it was trained again, what to try next, and what that tells. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final, get_args

from ci_mlops.records.reproduction import (
    Answers,
    Cause,
    CauseCode,
    ChangedPackage,
    Condition,
    Kind,
    Likeness,
    Measured,
    Trial,
)

LIKENESSES: Final[tuple[Likeness, ...]] = get_args(Likeness)
_CAUSES: Final[Mapping[Condition, CauseCode]] = {
    "split": "split",
    "estimator": "estimator",
    "seeds": "draws",
    "hash_order": "hash_order",
    "threads": "threads",
    "everything": "several",
}
_MOST_NAMES: Final = 12


def likeness_of(measured: Measured) -> Likeness:
    if measured.registered == measured.reproduced:
        return "bit_identical"
    if measured.answers is not None and measured.answers.rows and not measured.answers.changed:
        return "same_predictions"
    # what could not be measured is not shown to be alike
    is_told = any(one.is_measured for one in measured.differences)
    if is_told and not any(one.is_beyond for one in measured.differences):
        return "statistically_equivalent"
    return "different"


def next_trial(measured: Measured, left: int) -> Condition | None:
    """
    What would tell more of the cause; None: it is told, or nothing is left to try. The first change that makes two
    trainings alike ends the search.

    `left`: trainings that may still be spent.
    """
    wanted = _wanted(measured)
    return wanted if wanted is not None and trainings_of(wanted, measured) <= left else None


def is_stopped(measured: Measured, left: int) -> bool:
    """More could be tried, and it may not."""
    wanted = _wanted(measured)
    return wanted is not None and trainings_of(wanted, measured) > left


def trainings_of(condition: Condition, measured: Measured) -> int:
    return 1 if condition == "again" or is_repeatable(measured) else 2


def is_repeatable(measured: Measured) -> bool:
    """Two trainings of today are alike, as far as what is to be explained asks for it."""
    return any(one.condition == "again" and _is_alike(one, measured) for one in measured.trials)


def _is_alike(trial: Trial, measured: Measured) -> bool:
    # where no answer differs it is the files that are to be explained
    return trial.sameness == "bits" or (
        trial.sameness == "answers" and likeness_of(measured) != "same_predictions"
    )


def _decisive(measured: Measured) -> Trial | None:
    return next(
        (one for one in measured.trials if one.condition != "again" and _is_alike(one, measured)), None
    )


def _wanted(measured: Measured) -> Condition | None:
    likeness = likeness_of(measured)
    if likeness == "bit_identical":
        return None
    tried = {one.condition for one in measured.trials}
    if "again" not in tried:
        return "again"
    if is_repeatable(measured):
        # what is known to differ explains it
        return "threads" if measured.restored.is_whole and "threads" not in tried else None
    # of a training that fails when it is run again nothing more is learnt
    if _decisive(measured) is not None or measured.trials[0].sameness == "failed":
        return None
    ways = ("hash_order",) if likeness == "same_predictions" else _ways(_seen(measured))
    return next((way for way in ways if way not in tried), None)


def _ways(seen: set[Kind]) -> tuple[Condition, ...]:
    """A seed for what was not seen to draw changes nothing."""
    kinds: tuple[Condition, ...] = ("split", "estimator")
    alone = tuple(kind for kind in kinds if seen == {kind})
    together: tuple[Condition, ...] = ("seeds",) if seen and not alone else ()
    return (*alone, *together, "hash_order", "threads", "everything")


def _seen(measured: Measured) -> set[Kind]:
    return {draw.kind for trial in measured.trials for draw in trial.draws}


def causes_of(measured: Measured) -> tuple[Cause, ...]:
    """What was found by trying comes before what is only known to differ; changed training data before all."""
    likeness = likeness_of(measured)
    if likeness == "bit_identical":
        return ()
    restored = measured.restored
    found = [_cause("data", [one.path for one in restored.data])] if restored.data else []
    if any(one.condition == "again" for one in measured.trials):
        found += _by_trying(measured, likeness)
    if restored.why_environment:
        found.append(_cause("environment", [spelled(one) for one in restored.packages or ()]))
    if not restored.is_same_code:
        found.append(_cause("code", []))
    if not found:
        found.append(_cause("unknown", []))
    return tuple(found)


def _by_trying(measured: Measured, likeness: Likeness) -> list[Cause]:
    decisive = _decisive(measured)
    if decisive is not None:
        of_it = [draw for draw in decisive.draws if decisive.condition in (draw.kind, "seeds", "everything")]
        draws = list(dict.fromkeys(f"{draw.what} in {draw.where}" for draw in of_it))
        return [_cause(_CAUSES[decisive.condition], draws)]
    if is_repeatable(measured):
        return [_cause("elsewhere", [])] if measured.restored.is_whole else []
    if likeness == "same_predictions":
        return [_cause("files", measured.files)]
    return [_cause("unknown", [])]


def _cause(code: CauseCode, names: Sequence[str]) -> Cause:
    return Cause(code=code, names=tuple(names[:_MOST_NAMES]), more=max(0, len(names) - _MOST_NAMES))


def spelled(package: ChangedPackage) -> str:
    """
    From its version then to its version now.

    >>> spelled(ChangedPackage(name="lending", before="1.0", now="2.0"))
    'lending 1.0 -> 2.0'
    """
    return f"{package.name} {package.before or 'none'} -> {package.now or 'none'}"


def changed_packages(before: Sequence[str], now: Sequence[str]) -> tuple[ChangedPackage, ...]:
    """From and to `name==version`; what follows a `;` says where it is installed at all."""
    then, today = _versions(before), _versions(now)
    return tuple(
        ChangedPackage(name=name, before=then.get(name, ""), now=today.get(name, ""))
        for name in sorted({*then, *today})
        if then.get(name) != today.get(name)
    )


def _versions(lines: Sequence[str]) -> dict[str, str]:
    pairs = [line.partition(";")[0].strip().partition("==") for line in lines]
    return {name: version for name, equals, version in pairs if equals}


def reason_of(measured: Measured) -> str:
    """The class in one sentence."""
    likeness, answers = likeness_of(measured), measured.answers
    if likeness == "bit_identical":
        return "trained again, it is the same model, bit for bit"
    rows = f"{answers.rows} pinned rows" if answers else "pinned rows"
    if likeness == "same_predictions":
        return f"trained again, its files differ, and it says the same of all {rows}"
    changed = _changed(answers) if answers else ""
    if likeness == "statistically_equivalent":
        return f"trained again, {changed}, and no metric is shown to differ by more than its margin"
    beyond = list(dict.fromkeys(one.metric for one in measured.differences if one.is_beyond))
    if not beyond:
        return f"trained again, {changed}, and no metric could be measured that would show it to be as good"
    return f"trained again, {changed}, and is shown to differ by more than the margin in {', '.join(beyond)}"


def _changed(answers: Answers) -> str:
    if answers.decided is None:
        return f"it says something else of {answers.changed} of {answers.rows} pinned rows"
    return f"it decides {answers.decided} of {answers.rows} pinned rows otherwise"


def exit_code_of(likeness: Likeness, least: Likeness) -> int:
    """0: at least as alike as was asked for."""
    return int(LIKENESSES.index(likeness) > LIKENESSES.index(least))


def spent(trials: Sequence[Trial]) -> int:
    return sum(one.trainings for one in trials)

"""What was seen of how the models were made, as sentences: what makes a verdict doubtful comes first, at the top."""

from collections.abc import Callable, Iterable

from ci_mlops.records import Counted, Finding, Overlap, Verdict
from ci_mlops.report.blocks import Details, Items
from ci_mlops.report.inline import capital, name, strong
from ci_mlops.report.numbers import number
from ci_mlops.report.words import counted

DOUBTFUL = ("unseeded_split", "group_on_both_sides", "fitted_on_more_rows")
KEPT = "kept"
"""Detail of `prepared_outside`: nobody can do it again, so the rows were kept as the script prepared them."""
FEW_ROWS, FEW_OF_ALL = 30, 0.10
"""Below either, what is left of the rows shows little."""
MANY_MORE = 0.05
"""Share of all rows that a candidate leaves out beyond the champion, from which a reader is told at the top."""
_MENTIONED = 4


def doubts(verdict: Verdict) -> list[str]:
    """Told at the top: what a reader of a green or red mark must not miss."""
    told = [_sentence(found, who) for found, who in _by_whom(verdict.findings) if _is_doubtful(found)]
    return [*told, *_rows_lost(verdict), *_rows_left(verdict)]


def _is_doubtful(found: Finding) -> bool:
    return found.code in DOUBTFUL or found.detail == KEPT


def how_made(verdict: Verdict) -> Details | None:
    """The rest, for those who look closer."""
    lines = [
        _sentence(found, who)
        for found, who in _by_whom(verdict.findings)
        if not _is_doubtful(found) and found.code in _SENTENCES
    ]
    if not lines:
        return None
    return Details(
        f"{strong('How the models were made')}: {counted(len(lines), 'remark')}", (Items(tuple(lines)),)
    )


def rows_left_out(verdict: Verdict) -> list[str]:
    """For the line under the table."""
    rows, overlap = verdict.rows, verdict.overlap
    if rows is None:
        return []
    lines = []
    if rows.seen:
        lines.append(_seen(rows.seen, overlap, has_champion=verdict.champion is not None))
    if rows.unscored:
        both = " for both" if verdict.champion else ""
        who = _who_drops(overlap, _because(verdict))
        lines.append(f"Left out{both}: {counted(rows.unscored, 'row')} that {who}.")
    return lines


def _seen(seen: int, overlap: Overlap | None, *, has_champion: bool) -> str:
    if not has_champion or overlap is None:
        told = f"Left out: {counted(seen, 'row')} that the candidate was trained on"
    else:
        champion, candidate = (
            number(count) if count is not None else "an unknown number"
            for count in (overlap.champion, overlap.candidate)
        )
        told = (
            f"Left out for both: {counted(seen, 'row')} that one of them was trained on "
            f"(the champion {champion}, the candidate {candidate})"
        )
    if overlap is not None and overlap.duplicates:
        equal = "equals" if overlap.duplicates == 1 else "equal"
        told += f"; {number(overlap.duplicates)} of them only {equal} such a row"
    return f"{told}."


def _because(verdict: Verdict) -> tuple[str, str]:
    """Why a row can't be scored: of one script, of both."""
    if any(found.detail == KEPT for found in verdict.findings):
        return "its script prepared nothing for them", "the scripts prepared nothing for them"
    return "its script drops rows that miss a value", "the scripts drop rows that miss a value"


def _who_drops(overlap: Overlap | None, because: tuple[str, str]) -> str:
    own = [
        who
        for who, count in (
            ("the champion", overlap.champion_unscored if overlap else 0),
            ("the candidate", overlap.candidate_unscored if overlap else 0),
        )
        if count
    ]
    if len(own) == 1:
        return f"{own[0]} can't score, as {because[0]}"
    return f"can't be scored, as {because[1]}"


def _rows_lost(verdict: Verdict) -> list[str]:
    """What a candidate could hide hard rows with."""
    rows, overlap = verdict.rows, verdict.overlap
    if rows is None or overlap is None:
        return []
    told = []
    if rows.lost and verdict.champion is not None:
        told.append(
            f"The candidate can't score {counted(rows.lost, 'row')} that the champion can: {_because(verdict)[0]}."
        )
    elif verdict.champion is None and overlap.candidate_unscored:
        told.append(
            f"The candidate can't score {counted(overlap.candidate_unscored, 'row')}: {_because(verdict)[0]}. "
            "They are not in these numbers."
        )
    # of what its pinned files hold, and no record of its own says, the report tells elsewhere
    own = verdict.proof is None or all(one.noted for one in verdict.proof.models)
    if (
        own
        and overlap.champion is not None
        and overlap.candidate is not None
        and verdict.champion is not None
    ):
        more = overlap.candidate - overlap.champion
        if more > MANY_MORE * _all(rows):
            told.append(
                f"The candidate leaves out {counted(more, 'more row')} than the champion, as it says that it was trained on "
                f"them: {number(overlap.candidate)} against {number(overlap.champion)}."
            )
    return told


def _rows_left(verdict: Verdict) -> list[str]:
    rows = verdict.rows
    if rows is None or not (rows.seen or rows.unscored):
        return []
    if rows.compared >= FEW_ROWS and rows.compared >= FEW_OF_ALL * _all(rows):
        return []
    left = f"Only {number(rows.compared)} of the {number(_all(rows))} rows are left, which show little."
    if not rows.seen:
        return [left]
    if any(found.code == "unseeded_split" for found in verdict.findings):
        return [f"{left} Seed the split: with the same seed both models leave the same rows unseen."]
    same = "Keep the same seed, size and order of rows of the split in both versions (a shuffle before it needs a seed too)"
    return [f"{left} {same}, or pin test rows that no training sees."]


def _all(rows: Counted) -> int:
    return rows.compared + rows.missing_label + rows.seen + rows.unscored


def _by_whom(findings: Iterable[Finding]) -> list[tuple[Finding, str]]:
    """Each fact once, with whom it is true of."""
    whose: dict[tuple[object, ...], list[Finding]] = {}
    for found in findings:
        mark = (found.code, found.where, found.names, found.count, found.of, found.detail)
        whose.setdefault(mark, []).append(found)
    return [(same[0], _who({found.role for found in same})) for same in whose.values()]


def _who(roles: set[str]) -> str:
    return "both models" if len(roles) > 1 else f"the {next(iter(roles))}"


def _sentence(found: Finding, who: str) -> str:
    return _SENTENCES[found.code](found, who)


def _at(found: Finding) -> str:
    return f" ({name(found.where)})" if found.where else ""


def _names(found: Finding) -> str:
    shown = [name(one) for one in found.names[:_MENTIONED]]
    more = len(found.names) - _MENTIONED
    return ", ".join(shown) + (f" and {number(more)} more" if more > 0 else "")


def _unseeded_split(found: Finding, who: str) -> str:
    return (
        f"The split of {who} has no seed{_at(found)}: each run trains on other rows, so a run again may show other "
        f"numbers. Give it a {name('random_state')}."
    )


def _unseeded_model(found: Finding, who: str) -> str:
    return (
        f"{capital(who)}: {_names(found)}{_at(found)} draws random numbers without a seed, so a training again gives "
        "another model."
    )


def _group(found: Finding, who: str) -> str:
    of = f" of {number(found.of)}" if found.of else ""
    return (
        f"{number(found.count or 0)}{of} values of {_names(found)} in the rows that {who} did not see are also in the rows "
        f"that {'they were' if who == 'both models' else 'it was'} trained on: the numbers may flatter. Split by {_names(found)}."
    )


def _more_rows(found: Finding, who: str) -> str:
    rows = f" ({number(found.count)} instead of {number(found.of)})" if found.count and found.of else ""
    return (
        f"{capital(who)}: {_names(found)}{_at(found)} was fitted on more rows than the model{rows}, so it has seen rows that "
        "are held out. Fit it inside a Pipeline."
    )


def _duplicates(found: Finding, who: str) -> str:
    of = f" of {number(found.of)}" if found.of else ""
    count = found.count or 0
    rows = "held-out row equals" if count == 1 else "held-out rows equal"
    return f"{capital(who)}: {number(count)}{of} {rows} a training row, and count as seen."


def _prepared(found: Finding, who: str) -> str:
    if found.detail == KEPT:
        return _kept(found, who)
    return (
        f"{capital(who)}: what the script does before it fits is done again for every row ({_names(found)}), and was proven "
        "on the rows of the training."
    )


def _kept(found: Finding, who: str) -> str:
    by = f" ({_names(found)} among them)" if found.names else ""
    rows = f"The {counted(found.count, 'held-out row')}" if found.count else "Held-out rows"
    scores = "score" if who == "both models" else "scores"
    return (
        f"{rows} that {who} {scores} here {'are' if found.count != 1 else 'is'} as the script itself prepared them{_at(found)}: "
        f"its steps outside of the model{by} can't be repeated from outside. So the model alone can't score new rows, and it "
        "can't be excluded that the preparation used labels of held-out rows."
    )


def _coerced(found: Finding, who: str) -> str:
    detail = f" ({name(found.detail)})" if found.detail else ""
    return f"{capital(who)}: the types of {_names(found)} were changed to those that its signature names{detail}."


def _own_environment(found: Finding, who: str) -> str:
    if found.detail == "differs":
        return f"{capital(who)}: its own requirements name other versions than it is scored with here: {_names(found)}."
    return (
        f"{capital(who)}: there is no record of its own environment that can be made again, so it is scored in the "
        "candidate's."
    )


_SENTENCES: dict[str, Callable[[Finding, str], str]] = {
    "unseeded_split": _unseeded_split,
    "unseeded_model": _unseeded_model,
    "group_on_both_sides": _group,
    "fitted_on_more_rows": _more_rows,
    "duplicates_of_training_rows": _duplicates,
    "prepared_outside": _prepared,
    "schema_coerced": _coerced,
    "own_environment": _own_environment,
}

"""Whether the rows that are left out flatter the candidate: then what is left decides nothing."""

from ci_mlops.records import Comparison, Counted, LostPart, Policy
from ci_mlops.records.fairness_names import by_column
from ci_mlops.records.slices import is_of

MOST_LOST = 0.01
"""Share of the rows that a champion can score, and that a candidate may leave unscored, or have seen."""
MOST_GONE = 0.10
"""The same of one slice, where a row or two are more."""
A_FEW = 2
"""Rows of a class, or as much as so many rows have on average, may be lost however few there are."""
MOST_TOLD = 3
MOST_ERRORS_BEHIND = 2.0
"""A model that falls further behind on rows that it was trained on does so seldom by chance."""
MOST_ERRORS_UNLIKE = 3.3
"""Two-sided, one split in a thousand that was drawn by chance."""


def why_lost(rows: Counted, *, has_champion: bool = True) -> str:
    """Empty: the candidate says something of nearly every row that the champion does, and of what weighs most among them."""
    much = [part for part in rows.lost_parts if _is_much(part)]
    if rows.lost <= MOST_LOST * (rows.compared + rows.lost) and not much:
        return ""
    among = f" ({_listed([_share(part) for part in much])})" if much else ""
    return (
        f"The candidate can't score {rows.lost} rows{' that the champion can' if has_champion else ''}{among}: "
        "its script leaves them out. Scores on the rest would leave out the hard ones."
    )


def _is_much(part: LostPart, most: float = MOST_LOST) -> bool:
    # rows that miss a value are hard by their nature
    most = MOST_GONE if part.kind == "errors" else most
    return part.lost > max(most, A_FEW / max(part.rows, 1)) * part.total


def _share(part: LostPart) -> str:
    if part.kind == "class":
        return f"{part.lost:.0f} of {part.total:.0f} {part.label}"
    of = f"the sum of {part.column}" if part.kind == "column" else "the champion's errors"
    return f"{part.lost / part.total:.1%} of {of}{f' in {part.label}' if part.label else ''}"


def _listed(shares: list[str]) -> str:
    more = len(shares) - MOST_TOLD
    return "; ".join(shares[:MOST_TOLD]) + (f"; and {more} more" if more > 0 else "")


def why_taken(found: Comparison, *, own_rows: bool) -> str:
    """
    Empty: what the candidate takes away, by having been trained on it, can't flatter it.

    `own_rows`: test rows that the champion was not to see, so that nearly all of them should be compared. In a file
    that both split for themselves, other rows are left over with every seed; then they must be like the rest.
    """
    rows = found.rows
    # a hundredth of the rows, drawn by chance, is more than a hundredth of one class or other
    much = [part for part in found.taken_parts if _is_much(part, MOST_GONE)]
    if own_rows and (much or rows.taken > MOST_LOST * (rows.compared + rows.taken)):
        among = f" ({_listed([_share(part) for part in much])})" if much else ""
        return (
            f"The candidate was trained on {rows.taken} test rows that the champion was not, or on rows that equal "
            f"them{among}, so they prove nothing. The rest would be what it leaves over: keep test rows out of the training."
        )
    if found.behind_on_taken > MOST_ERRORS_BEHIND or found.unlike_on_taken > MOST_ERRORS_UNLIKE:
        how = (
            "it falls further behind the champion there"
            if found.behind_on_taken > MOST_ERRORS_BEHIND
            else "the champion errs otherwise there"
        )
        return (
            f"The candidate alone was trained on {rows.taken} rows that are not like the {rows.compared} that are compared: "
            f"{how}. So its split picks what it is measured on: draw it by chance, with the champion's seed."
        )
    return ""


def why_gone(found: Comparison, policy: Policy, *, own_rows: bool) -> str:
    """Empty: no slice that a rule blocks on loses many of its rows by the candidate alone."""
    for name, lost, taken, compared in found.gone:
        count = lost + (taken if own_rows else 0)
        of = count + compared
        if count > MOST_GONE * of and _is_ruled(name, of, policy):
            return (
                f"Of {of} rows of {name} the candidate alone leaves {count} out, as it can't score them or was trained on "
                "them; and a rule blocks on this slice."
            )
    return ""


def blocks(policy: Policy) -> bool:
    """Whether there is a rule that what is left out could be hidden from."""
    return bool(policy.gates) or _searches(policy)


def _searches(policy: Policy) -> bool:
    return policy.search is not None and policy.search.severity == "block"


def _is_ruled(name: str, rows: int, policy: Policy) -> bool:
    columns = list(policy.search.columns if policy.search is not None and _searches(policy) else ())
    own = policy.cost.slices if policy.cost is not None else ()
    for gate in policy.gates:
        if gate.severity != "block":
            continue
        between = by_column(gate.metric)
        if gate.slice is not None:
            if gate.slice in ("*", name) or is_of(name, gate.slice, policy.slices):
                return True
        elif between is not None:
            columns.append(between[1])
        elif gate.metric == "expected_cost" and any(name == priced.slice for priced in own):
            return True
    # neither a search nor a comparison of groups looks at fewer
    return rows >= policy.floor and any(is_of(name, column, policy.slices) for column in columns)

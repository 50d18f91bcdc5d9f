"""What the other columns are: the name of a row, an entity with several rows, groups worth a look of their own."""

import ast
import re

from ci_mlops.survey.expressions import columns_of
from ci_mlops.survey.facts import Facts
from ci_mlops.survey.guess import Guess, Subject
from ci_mlops.survey.tables import Column, Table, usable
from ci_mlops.survey.values import Place

MOST_SLICES = 3
MOST_VALUES = 12
FEWEST_ROWS = 20
_ID = re.compile(
    r"(?i)(^|[_ ])(id|uuid|guid|key|nr|nbr|num|no|number|index|ref|reference|code)$|[a-z]ID$|[a-z]Id$|^(row|record)_?(id|number)?$|^(rowid|udi|uid)$"
)
_ENTITY = re.compile(
    r"(?i)(patient|subject|person|customer|client|user|member|account|device|machine|household|driver|employee|borrower|student|player|vehicle|sensor|meter|ticket_?author|merchant|subscriber|participant|owner)"
)
_GROUP = re.compile(
    r"(?i)region|country|state|gender|sex|age_?(band|group|bin)|segment|plan|contract|channel|site|store|hospital|department|dept|branch|city|area|zone|product|tier|customer_?type|type|category|market|season|source|education|language|weekday|day_?type"
)
_UNITS = {
    "eur": "EUR", "usd": "USD", "gbp": "GBP", "chf": "CHF", "kwh": "kWh", "mwh": "MWh", "gwh": "GWh", "kw": "kW",
    "mw": "MW", "kg": "kg", "km": "km", "m2": "m2", "sqm": "m2", "celsius": "°C", "minutes": "minutes", "mins": "minutes",
    "hours": "hours", "days": "days", "seconds": "seconds", "secs": "seconds", "pct": "%", "percent": "%",
}  # fmt: skip


def id_of(table: Table, target: str) -> Guess | None:
    named = [
        column
        for column in table.columns
        if _ID.search(column.name) and column.name != target and usable(column.name) and column.is_unique
    ]
    named = [column for column in named if column.is_whole or not column.is_number]
    if not named:
        return None
    first = named[0]
    return Guess(
        subject="id", value=first.name, why="its name, and every row has another value", where=table.path
    )


def group_of(table: Table, target: str, taken: str | None, facts: Facts | None) -> Guess | None:
    told = _told("group", ("groups",), "the script splits by it", table, target, facts)
    if told is not None:
        return told
    for column in table.columns:
        if column.name in (target, taken) or not usable(column.name) or not _ENTITY.search(column.name):
            continue
        several = column.filled and len(column.counts) < 0.98 * column.filled
        if _ID.search(column.name) and several and len(column.counts) >= max(20, 0.02 * column.filled):
            times = column.filled / len(column.counts)
            why = f"an entity with {times:.1f} rows on average"
            return Guess(subject="group", value=column.name, why=why, where=table.path)
    return None


def weight_of(table: Table, target: str, facts: Facts | None) -> Guess | None:
    return _told("weight", ("sample_weight", "weight"), "what the script weighs by", table, target, facts)


def slices_of(table: Table, taken: set[str], rows: int) -> Guess | None:
    """
    Args:
        table: The test rows' table.
        taken: Columns that are something else already.
        rows: How many rows of it the comparison will have.
    """
    ranked = []
    for place, column in enumerate(table.columns):
        if column.name in taken or not _sliceable(column, rows):
            continue
        named = 0 if _GROUP.search(column.name) else 2
        ranked.append((named + (1 if column.is_number else 0), place, column))
    # a number with few values that nobody would call a group is left to the features
    best = [column for rank, _, column in sorted(ranked, key=lambda one: one[:2]) if rank < 3][:MOST_SLICES]
    if not best:
        return None
    told = ", ".join(f"`{column.name}` {len(column.counts)}" for column in best)
    return Guess(
        subject="slices",
        value=tuple(column.name for column in best),
        why=f"few values each: {told}",
        where=table.path,
    )


def smallest_slice(table: Table, slices: tuple[str, ...], rows: int) -> int:
    """Rows of the smallest value that still holds enough of them."""
    sizes = [
        int(rows * times / column.filled)
        for name in slices
        if (column := table.column(name)) is not None and column.filled
        for times in column.counts.values()
    ]
    enough = [size for size in sizes if size >= FEWEST_ROWS]
    return min(enough, default=0)


def unit_of(target: str) -> Guess | None:
    last = re.split(r"[_\s\[\]()]+", target.strip(" )]").lower())[-1]
    unit = _UNITS.get(last)
    return (
        Guess(subject="unit", value=unit, why=f"the name `{target}`")
        if unit and last != target.lower()
        else None
    )


def _sliceable(column: Column, rows: int) -> bool:
    if not usable(column.name) or column.name == "*" or "=" in column.name or not column.filled:
        return False
    if not 2 <= len(column.counts) <= MOST_VALUES or (column.is_number and not column.is_whole):
        return False
    large = [times for times in column.counts.values() if rows * times / column.filled >= FEWEST_ROWS]
    return len(large) >= 2


def _column_in(facts: Facts, node: ast.expr, place: Place, table: Table) -> str | None:
    found = {clue.column for clue in columns_of(facts, node, place)}
    names = {table.like(column) for column in found if isinstance(column, str)} - {None}
    return names.pop() if len(names) == 1 else None


def _told(
    subject: Subject, words: tuple[str, ...], why: str, table: Table, target: str, facts: Facts | None
) -> Guess | None:
    """The column that the script gives by one of these keywords."""
    for call, place in facts.calls if facts else ():
        for word in call.keywords:
            column = _column_in(facts, word.value, place, table) if facts and word.arg in words else None
            if column and column != target:
                return Guess(subject=subject, value=column, why=why, where=place.module.where(call))
    return None

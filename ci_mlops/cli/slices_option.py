"""`--slices region,age:25:40:65,"region & age"`: the config's `data.test.slices` on one line."""

from ci_mlops.errors import BadConfig
from ci_mlops.records.slices import MOST_CROSSED, Bins, columns_of, spelt

_WHERE = "--slices"


def sliced(entries: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[Bins, ...]]:
    """
    The cuts, and which of them are in bins.

    Raises:
        BadConfig: edges that do not ascend; a crossing of columns that are not listed.
    """
    found = tuple(dict.fromkeys(_entry(entry) for entry in entries))
    bins = tuple(entry for entry in found if isinstance(entry, Bins))
    cuts = tuple(entry.column if isinstance(entry, Bins) else entry for entry in found)
    twice = next((cut for cut in cuts if cuts.count(cut) > 1), None)
    if twice is not None:
        raise BadConfig(f"`{twice}` is listed twice", where=_WHERE, mend="Keep one of them.")
    for cut in cuts:
        _refuse_crossing(cut, cuts)
    return cuts, bins


def _entry(entry: str) -> str | Bins:
    column, *edges = entry.split(":")
    try:
        numbers = tuple(float(edge) for edge in edges)
    except ValueError:
        return spelt(entry)  # a colon of the column's own name
    if not numbers:
        return spelt(entry)
    if not all(low < high for low, high in zip(numbers, (*numbers[1:], float("inf")), strict=True)):
        raise BadConfig(
            f"the edges of `{entry}` are not ascending",
            where=_WHERE,
            mend="Write `age:25:40:65`, from the smallest to the largest.",
        )
    return Bins(column, numbers)


def _refuse_crossing(cut: str, cuts: tuple[str, ...]) -> None:
    columns = columns_of(cut)
    if len(columns) == 1:
        return
    if len(columns) > MOST_CROSSED or len(set(columns)) < len(columns):
        raise BadConfig(
            f"`{cut}` does not cross two or three columns",
            where=_WHERE,
            mend=f"Name at most {MOST_CROSSED}, each once.",
        )
    lacking = next((column for column in columns if column not in cuts), None)
    if lacking is not None:
        raise BadConfig(
            f"`{cut}` crosses `{lacking}`, which is not listed by itself",
            where=_WHERE,
            mend=f"Add it: `--slices '{lacking},{cut}'`.",
        )

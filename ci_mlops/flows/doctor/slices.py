"""The slices: do the rows hold what they are cut by, and is each of them large enough to decide anything?"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ci_mlops.config import Config
from ci_mlops.datasets.slicing import MOST_SLICES, Slicer
from ci_mlops.datasets.tables import read_columns
from ci_mlops.errors import BadData
from ci_mlops.flows.doctor.check import Check, fine, problem, warning
from ci_mlops.flows.doctor.labels import DATA, FEW, cells_of
from ci_mlops.records.slices import columns_of, nearest

_NAME = "data.slices"


def look(config: Config, files: tuple[Path, ...]) -> Iterator[Check]:
    present: list[str] = []
    uncounted = False
    for cut in config.data.test.cuts:
        where = config.where("data", "test", "slices")
        try:
            rows = _counted(config, cut, files)
        except BadData as error:
            uncounted = True
            yield problem(
                _NAME,
                _too_many(config, cut, files) or f"{error.what}.",
                exit_code=DATA,
                where=where,
                mend=error.mend,
            )
            continue
        present += rows
        least = min(rows, key=lambda name: rows[name])
        kind = "values" if len(columns_of(cut)) == 1 else "combinations"
        kind = "bins with rows" if any(bins.column == cut for bins in config.data.test.bins) else kind
        told = f"`{cut}` has {len(rows)} {kind}; the smallest, `{least}`, has {rows[least]:,} rows"
        if rows[least] < FEW:
            yield warning(
                _NAME,
                f"{told}: fewer than {FEW} decide nothing.",
                where=where,
                mend="Join small values.",
            )
        else:
            yield fine(_NAME, f"{told}.")
    if not uncounted:
        yield from _misspelt(config, present)


def _misspelt(config: Config, present: list[str]) -> Iterator[Check]:
    """A rule, or a price, of a slice that no row is in decides nothing, or stops every comparison."""
    policy = config.policy()
    named = [
        (rule.slice, rule.where) for rule in policy.gates if rule.slice not in (None, "*", *policy.slices)
    ]
    if policy.cost is not None:
        named += [(one.slice, config.where("cost", "slices", one.slice)) for one in policy.cost.slices]
    for slice_, where in named:
        if slice_ is None or slice_ in present:
            continue
        guess = nearest(slice_, present)
        yield problem(
            _NAME,
            f"No row of the test data is in slice `{slice_}`.",
            exit_code=DATA,
            where=where,
            mend=f"Did you mean `{guess}`?" if guess else "Write `COLUMN=VALUE` as the data has it.",
        )


def _counted(config: Config, cut: str, files: tuple[Path, ...]) -> Counter[str]:
    slicer = Slicer(cuts=(cut,), bins=config.data.test.bins, where=str(files[0]))
    rows: Counter[str] = Counter()
    for batch in read_columns(files, (*slicer.text, *slicer.numbers), as_text=slicer.text):
        found = slicer.slices(batch)[cut]
        counts = np.bincount(found.codes, minlength=len(found.names)).tolist()
        rows.update({name: count for name, count in zip(found.names, counts, strict=True) if count})
    return rows


def _too_many(config: Config, cut: str, files: tuple[Path, ...]) -> str:
    """How many there are, where it is a column of too many values."""
    if len(columns_of(cut)) > 1 or any(bins.column == cut for bins in config.data.test.bins):
        return ""
    return f"`{cut}` has {len(cells_of(files, cut)):,} values: that is no slice, the most are {MOST_SLICES}."

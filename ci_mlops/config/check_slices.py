"""Whether slices name columns that rows can be cut by, and gates name slices that there are."""

from collections.abc import Iterator, Mapping, Sequence

from ci_mlops.config.court_settings import Gate
from ci_mlops.config.data_settings import TestData
from ci_mlops.config.findings import Finding, close
from ci_mlops.config.marks import Loc
from ci_mlops.records.slices import CROSS, MISSING, MOST_CROSSED, Bins, columns_of, is_of, spelt


def check_slices(test: TestData) -> Iterator[Finding]:
    single = [cut for cut in test.cuts if len(columns_of(cut)) == 1]
    for number, cut in enumerate(test.cuts):
        loc = ("data", "test", "slices", number)
        if cut in single:
            yield from _column(cut, test, loc)
        else:
            yield from _crossing(cut, single, loc)


def check_search(test: TestData) -> Iterator[Finding]:
    for number, column in enumerate(test.search.columns if test.search is not None else ()):
        yield from _column(column, test, ("data", "test", "search", "columns", number), "search")


def _column(column: str, test: TestData, loc: Loc, kind: str = "slice") -> Iterator[Finding]:
    roles = {test.target: "target", test.id: "id"} | ({test.weight: "weight"} if test.weight else {})
    if column in roles:
        yield Finding(
            loc=loc,
            what=f"{kind} column `{column}` is the {roles[column]}",
            mend="Slice by another column." if kind == "slice" else "Remove it from the list.",
        )
    elif column == "*" or "=" in column:
        yield Finding(
            loc=loc,
            what=f"`{column}` can't be told from a gate's slice",
            mend="Rename the column: its name is `*` or holds `=`.",
        )


def _crossing(cut: str, single: Sequence[str], loc: Loc) -> Iterator[Finding]:
    columns = columns_of(cut)
    if len(columns) > MOST_CROSSED:
        yield Finding(
            loc=loc,
            what=f"`{cut}` crosses {len(columns)} columns, and few rows are left in each combination",
            mend=f"Cross at most {MOST_CROSSED}.",
        )
    elif len(set(columns)) < len(columns):
        yield Finding(loc=loc, what=f"`{cut}` crosses a column with itself", mend="Name each column once.")
    for column in dict.fromkeys(columns):
        if column not in single:
            guess = close(column, single)
            yield Finding(
                loc=loc,
                what=f"`{cut}` crosses `{column}`, which `data.test.slices` does not list by itself",
                mend=f"Did you mean `{guess}`?"
                if guess
                else f"List `{column}` there as well, with edges if it is a number.",
            )


def check_gate_slice(gate: Gate, number: int, test: TestData) -> Iterator[Finding]:
    yield from check_named_slice(gate.slice, ("gates", number, "slice"), test)


def check_named_slice(named: str | None, loc: Loc, test: TestData) -> Iterator[Finding]:
    if named is None:
        return
    cuts = test.cuts
    if named == "*":
        if not cuts:
            yield Finding(
                loc=loc,
                what='`slice: "*"`, but `data.test.slices` lists no column',
                mend="List the columns there.",
            )
    elif "=" not in named:
        if spelt(named) not in cuts:
            yield _unlisted(spelt(named), columns_of(named), cuts, loc)
    else:
        yield from _one_slice(named, cuts, {bins.column: bins for bins in test.bins}, loc)


def _one_slice(slice_: str, cuts: Sequence[str], bins: Mapping[str, Bins], loc: Loc) -> Iterator[Finding]:
    cut = next((cut for cut in cuts if is_of(slice_, cut, cuts)), None)
    parts = slice_.split(CROSS)
    if cut is None or (len(columns_of(cut)) == 1 and all("=" in part for part in parts) and len(parts) > 1):
        columns = tuple(part.partition("=")[0] for part in parts)
        yield _unlisted(CROSS.join(columns), columns, cuts, loc)
        return
    # a value may hold ` & `, so only crossings are taken apart
    for part in parts if len(columns_of(cut)) > 1 else [slice_]:
        column, _, value = part.partition("=")
        if not value:
            yield Finding(
                loc=loc,
                what=f"`{slice_}` names no value",
                mend=f"Write `{column}=VALUE`, or `{cut}` for all.",
            )
        elif column in bins and part not in (*bins[column].names, f"{column}={MISSING}"):
            yield Finding(
                loc=loc,
                what=f"`{column}` has no bin `{value}`",
                mend=f"Its bins: {', '.join(f'`{name}`' for name in bins[column].names)}.",
            )


def _unlisted(wanted: str, columns: Sequence[str], cuts: Sequence[str], loc: Loc) -> Finding:
    turned = next((cut for cut in cuts if sorted(columns_of(cut)) == sorted(columns)), None)
    guess = turned or close(wanted, cuts)
    listed = ", ".join(cuts) or "none"
    kind = "crossing" if len(columns) > 1 else "slice column"
    return Finding(
        loc=loc,
        what=f"{kind} `{wanted}` is not in `data.test.slices`",
        mend=f"Did you mean `{guess}`?" if guess else f"Add it there. Listed: {listed}.",
    )

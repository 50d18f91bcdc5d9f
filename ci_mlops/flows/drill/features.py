"""The champion without one of its features: asked again, in the team's environment, of rows whose column is dealt anew."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ci_mlops.datasets.dealt import with_column_dealt
from ci_mlops.datasets.prediction_file import PredictionFile, Truth, open_predictions
from ci_mlops.errors import CiMlopsError
from ci_mlops.evaluation.drill.drill import Ring, told_in
from ci_mlops.evaluation.drill.sabotage import Sabotage
from ci_mlops.evaluation.drill.scatter import dealt
from ci_mlops.evaluation.rows import Predictions
from ci_mlops.flows import store
from ci_mlops.flows.drill.ring import rows_of
from ci_mlops.flows.endpoints import endpoint_of_card
from ci_mlops.flows.hand_over import Side
from ci_mlops.flows.measuring_room import Room
from ci_mlops.flows.predicted import write_table
from ci_mlops.flows.project import Project
from ci_mlops.flows.rows_to_ask import Asking, TestRows, rows_to_ask
from ci_mlops.flows.tools import Tools
from ci_mlops.flows.train import base_checkout
from ci_mlops.records import Policy, Skip

if TYPE_CHECKING:
    import pyarrow as pa

MOST_ASKED = 500_000
"""Rows that the model is asked of in all, in one call."""
_WHAT = "A feature dealt to other rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Where the champion and its rows are found."""

    tools: Tools
    project: Project
    output: Path
    private: Path
    side: Side
    truth: Truth
    champion: PredictionFile
    """What it said, decided as it is judged: so is what it says of dealt rows."""


def feature_sabotage(asked: Asked, ring: Ring) -> tuple[tuple[Sabotage, ...], tuple[Skip, ...]]:
    """The most harmful of the features, or why there is none."""
    if why := _why_not(asked):
        return (), (Skip(what=_WHAT, reason=why),)
    try:
        said, left = _said(asked, ring.policy)
    except CiMlopsError as error:
        return (), (Skip(what=_WHAT, reason=f"the champion did not answer: {error.what}"),)
    harms = {column: _improvement(ring, answers) for column, answers in said.items()}
    known = {column: harm for column, harm in harms.items() if harm is not None}
    if not known:
        return (), (Skip(what=_WHAT, reason=f"{told_in(ring.policy)} can't be measured without any of them"),)
    worst = min(known, key=lambda column: (known[column], column))
    worst_of = f", the worst of {len(said)} features" if len(said) > 1 else ""
    sabotage = Sabotage(
        name="feature",
        title=f"Without {{}}{worst_of}",
        about=worst,
        intent="harm",
        apply=lambda _: said[worst],
    )
    skips = (
        (Skip(what="Further features", reason=f"{left} more were not tried: too many rows"),) if left else ()
    )
    return (sabotage,), skips


def _why_not(asked: Asked) -> str:
    project, card = asked.project, asked.side.card
    base = project.base.config if project.base else None
    config = base if card.role == "champion" and base else project.config
    if config.predict is not None:
        return "the `predict` command answers for the model, and is asked once of each row"
    if endpoint_of_card(project, card):
        return "an endpoint answers for the model, and is asked once of each row"
    if store.get(asked.output / "models" / card.role) is None:
        return "the model was not handed over"
    return ""


def _said(asked: Asked, policy: Policy) -> tuple[dict[str, Predictions], int]:
    """By feature, and how many were not tried."""
    role, project = asked.side.card.role, asked.project
    handed = store.get(asked.output / "models" / role)
    assert handed is not None  # noqa: S101 - asked for in `_why_not`
    rows = rows_to_ask(project, asked.tools.cache, asked.private / "plain").champion
    columns = _columns(asked, rows)
    tried = columns[: max(1, MOST_ASKED // max(1, rows.features.rows))]
    order = dealt(rows.features.rows).tolist()
    features = with_column_dealt(rows.features, asked.private / "dealt", columns=tried, order=order)
    many = replace(rows, features=features, ids=_repeated(rows, len(tried)))
    room = Room(asked.tools, project, asked.output, asked.private)
    with ExitStack() as stack:
        is_bases = role == "champion" and project.base is not None and project.base.config is not None
        folder = stack.enter_context(base_checkout(project)).folder if is_bases else project.folder
        [(table, _)] = room.ask(handed, role, folder, None, Asking(candidate=many, champion=many))
    found = {}
    for number, column in enumerate(tried):
        place = asked.private / f"{number}.parquet"
        part = table.slice(number * rows.features.rows, rows.features.rows)
        write_table(_marked(part, asked.side.predictions), place)
        file = open_predictions(place, "the candidate", policy)
        own = asked.champion
        file = replace(
            file,
            label=None,
            threshold=own.threshold,
            chosen=own.chosen,
            trained_on=own.trained_on,
            keeps_seen=own.keeps_seen,
        )
        found[column] = rows_of(asked.truth, file, policy).candidate
    return found, len(columns) - len(tried)


def _columns(asked: Asked, rows: TestRows) -> Sequence[str]:
    """What the model was given, where the worker told it by the names of the test rows' columns."""
    given = [column for column in asked.side.told.columns if column in rows.features.columns]
    plain = [column for column in rows.features.columns if column != asked.truth.id]
    return [column for column in given if column != asked.truth.id] or plain


def _repeated(rows: TestRows, times: int) -> pa.Array:
    import pyarrow as pa

    return pa.concat_arrays([rows.ids] * times)


def _marked(table: pa.Table, predictions: Path) -> pa.Table:
    """Which rows the champion was trained on is known of the rows as they are, not as they were dealt."""
    from pyarrow import parquet

    own = parquet.read_table(predictions)
    if "seen" in table.column_names:
        table = table.drop_columns(["seen"])
    return table.append_column("seen", own.column("seen")) if "seen" in own.column_names else table


def _improvement(ring: Ring, said: Predictions) -> float | None:
    try:
        tried = ring.tried(said)
    except CiMlopsError:
        return None
    metric = told_in(ring.policy)
    found = [m for m in tried.comparison.measurements if m.metric == metric and m.slice is None]
    return found[0].improvement if found else None

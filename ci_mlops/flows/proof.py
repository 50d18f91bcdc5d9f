"""Is the comparison fair? The pinned test rows, held against the pinned training data of both models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ci_mlops.datasets.moments import written
from ci_mlops.datasets.noted import noted_as_seen
from ci_mlops.datasets.prediction_file import PredictionFile, Truth
from ci_mlops.datasets.sought import TestTable
from ci_mlops.datasets.trained_rows import Met, equal_rows, meet
from ci_mlops.errors import BadConfig, BadData
from ci_mlops.evaluation.chance import by_chance, is_chance, repeats
from ci_mlops.flows.hand_over import Side
from ci_mlops.flows.merges import Merges, count_merges
from ci_mlops.flows.overlap import UNKNOWN, trains_on_test_rows
from ci_mlops.flows.project import Project
from ci_mlops.flows.tools import Tools
from ci_mlops.flows.training_files import TrainingFiles, training_files
from ci_mlops.records import FairnessProof, FilePin, TrainingOverlap

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]

ONE_FILE = "the test file is training data too, so only a record of the fit tells which rows were held out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    proof: FairnessProof
    marks: Mapping[str, Flags]
    """Role -> test rows that count as trained on, in the order of the pinned files."""
    noted: Mapping[str, int | None]
    """Role -> test rows that the launcher noted as trained on; None: no record."""

    def seen(self, role: str) -> int | None:
        """Test rows that this model has seen; None: nobody knows."""
        return int(self.marks[role].sum()) if role in self.marks else self.noted[role]

    def why_unknown(self, role: str) -> str:
        return next((one.reason for one in self.proof.models if one.role == role and one.reason), UNKNOWN)

    def copies(self) -> int | None:
        """Rows that are left out and only equal a training row; None: a launcher's record tells it."""
        if not self.marks or any(one.noted for one in self.proof.models):
            return None
        return max((one.content for one in self.proof.models if not one.is_chance), default=0)

    def heard(self, file: PredictionFile, role: str) -> PredictionFile:
        """With what the policy says of rows that the model has seen."""
        if role not in self.marks:
            return file
        if self.proof.overlap == "exclude":
            return replace(file, trained_on=self.marks[role])
        return replace(file, keeps_seen=True)


def prove(
    tools: Tools, project: Project, sides: Sequence[tuple[Side, PredictionFile]], truth: Truth
) -> Proved:
    """
    Raises:
        BadData: test rows that can't be read by the columns that the policy names.
    """
    test = project.policy.data.test
    time = test.time.column if test.time else None
    table = TestTable(files=truth.files, target=test.target, id=test.id, group=test.group, time=time)
    counts = equal_rows(table)
    merges = _merges(project)
    proof = FairnessProof(
        overlap=test.overlap,
        repeated=repeats(counts),
        rows=int(counts.sum()),
        merges=merges.count if merges else None,
        at_least=merges.at_least if merges else False,
        worn_out=test.worn_out,
    )
    found: dict[tuple[FilePin, ...], Met | str] = {}
    models: list[TrainingOverlap] = []
    marks: dict[str, Flags] = {}
    one_file = trains_on_test_rows(project)
    for side, file in sides:
        if one_file and side.told.seen is not None:
            # the launcher's record tells all that there is to know
            continue
        files = TrainingFiles(reason=ONE_FILE) if one_file else training_files(tools, project, side)
        if not files.reason and files.pins not in found:
            found[files.pins] = _met(table, files)
        met = found.get(files.pins, "") if not files.reason else files.reason
        if isinstance(met, str):
            models.append(TrainingOverlap(role=side.card.role, reason=met))
            continue
        overlap, flags = _overlap(met, side, proof.rows)
        if file.seen is not None:
            flags = flags | noted_as_seen(truth, file)
        models.append(replace(overlap, left_out=int(flags.sum())))
        marks[side.card.role] = flags
    noted: dict[str, int | None] = {side.card.role: side.told.seen for side, _ in sides}
    return Proved(proof=replace(proof, models=tuple(models)), marks=marks, noted=noted)


def _merges(project: Project) -> Merges | None:
    try:
        return count_merges(project)
    except BadConfig:
        # a clone without its history can be judged all the same
        return None


def _met(table: TestTable, files: TrainingFiles) -> Met | str:
    try:
        return meet(table, files.paths)
    except BadData as error:
        # what its owner's code alone can read is no fault; test rows were read before
        if any(error.where.startswith(str(path)) for path in table.files):
            raise
        return f"its training data can't be read as a table: {error.what}"


def _overlap(met: Met, side: Side, rows: int) -> tuple[TrainingOverlap, Flags]:
    content, same_id = int(met.content.sum()), int(met.same_id.sum())
    expected = min(float(rows), sum(by_chance(counts, drawn) for counts, drawn in met.kinds))
    likely = content > 0 and is_chance(content, expected)
    numbered = _is_numbering(met, rows)
    noted = side.told.seen is not None
    flags = met.same_group.copy()
    if not noted:
        # what a launcher noted is exact: a script may leave out rows of its file
        flags |= met.content & (not likely)
        flags |= met.same_id & (not numbered)
    overlap = TrainingOverlap(
        role=side.card.role,
        noted=noted,
        training_rows=met.rows,
        columns=met.columns,
        content=content,
        whole=int(met.whole.sum()),
        by_chance=round(expected, 1),
        is_chance=likely,
        same_id=same_id,
        respelt=int((met.same_id & ~met.spelt_alike).sum()),
        numbered=numbered,
        same_group=int(met.same_group.sum()),
        groups=met.groups,
        groups_of=met.groups_of,
        older=int(met.older.sum()),
        newest=written(met.newest) if met.newest is not None else "",
        lacks=met.lacks,
    )
    return overlap, flags


def _is_numbering(met: Met, rows: int) -> bool:
    """Both files count their rows from the beginning: then one id is of two rows that have nothing in common."""
    shared = int(met.same_id.sum())
    agreeing = int((met.same_id & met.content).sum())
    return 2 * shared >= min(rows, met.rows) and 2 * agreeing < shared


def refuse_overlap(proof: FairnessProof, project: Project) -> None:
    """
    Raises:
        BadData: the policy refuses to measure on rows that a model has seen, or that are older than its training.
    """
    if proof.overlap != "refuse":
        return
    told = [
        f"{count} {'is' if count == 1 else 'are'} {what} {one.role}"
        for one in proof.models
        for count, what in (
            (one.left_out, "not new to the"),
            (one.older, "older than the newest training row of the"),
        )
        if count
    ]
    if told:
        raise BadData(
            f"Of {proof.rows} test rows {', '.join(told)}, and `data.test.overlap` is `refuse`",
            where=project.policy.where("data", "test", "overlap"),
            mend="Take these rows out of the training data, or pin test rows that no training has seen.",
        )

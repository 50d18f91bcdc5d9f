"""Which test rows a captured model was trained on, where the team's own `predict` command scores it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ci_mlops import workers
from ci_mlops.errors import BadData
from ci_mlops.flows.fitted import failed, read_answer
from ci_mlops.flows.scoring import Scoring
from ci_mlops.ports import Environment

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

_SCORE = Path(str(workers.__file__)).with_name("score.py")
_LIMIT = 1800.0


def ask_seen(environment: Environment, scoring: Scoring) -> NDArray[Any] | None:
    """
    One mark a row; None: there is no record. The command is not asked: what it says of itself proves nothing.

    Raises:
        TrainingFailed: the record can't be read.
        BadData: the test rows lack a column that rows are known by.
    """
    if not (scoring.model / "capture.json").is_file():
        return None
    import numpy as np

    output, answer = scoring.private / "seen.npz", scoring.private / "seen-answer.json"
    request = scoring.private / "seen-request.json"
    request.write_text(
        json.dumps(
            {
                "only": "seen",
                "model": str(scoring.model),
                "features": str(scoring.features.path),
                "delimiter": scoring.features.delimiter,
                "columns": list(scoring.features.columns),
                "id": scoring.id,
                "own_rows": scoring.own_rows,
                "task": scoring.task,
                "output": str(output),
                "answer": str(answer),
            }
        ),
        encoding="utf-8",
    )
    # appended to no log of the command's: each has its own
    log = scoring.log.with_name(f"seen-{scoring.log.name}")
    finished = environment.run(
        [environment.python, str(_SCORE), str(request)], folder=scoring.folder, log=log, time_limit=_LIMIT
    )
    told = read_answer(answer)
    if "what" in told:
        raise BadData(
            f"The rows that the {scoring.role} was trained on: {told['what']}",
            where=str(log),
            mend=str(told.get("mend", "")),
        )
    if finished.exit_code != 0 or not told:
        raise failed(f"looking for the rows that the {scoring.role} was trained on", finished, log)
    with np.load(output, allow_pickle=False) as arrays:
        marks: NDArray[Any] | None = arrays.get("seen")
    if marks is not None and marks.shape != (scoring.features.rows,):
        raise failed(f"looking for the rows that the {scoring.role} was trained on", finished, log)
    return marks


def with_marks(table: pa.Table, marks: NDArray[Any] | None) -> pa.Table:
    import numpy as np
    import pyarrow as pa

    return table if marks is None else table.append_column("seen", pa.array(marks.astype(np.uint8)))

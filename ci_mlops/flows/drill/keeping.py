"""A drill and its report, in the folder of the hand-over."""

import json
from pathlib import Path

from ci_mlops.files.replacing import replace_file
from ci_mlops.records.drill import DRILL_SCHEMA, Drill
from ci_mlops.report.drill_rendering import render_drill

DRILL = "drill.json"
REPORT = "drill.md"


def keep_drill(drill: Drill, output: Path) -> None:
    output.mkdir(parents=True, exist_ok=True)
    replace_file(output / REPORT, render_drill(drill, "markdown").encode())
    # last: whoever finds a drill finds its report
    replace_file(output / DRILL, render_drill(drill, "json").encode())


def drop_drill(output: Path) -> None:
    """A run that is killed leaves no drill of the run before it; a team's own file of that name stays."""
    try:
        told = json.loads((output / DRILL).read_bytes())
    except (OSError, ValueError, RecursionError):
        return
    if isinstance(told, dict) and told.get("schema") == DRILL_SCHEMA:
        (output / DRILL).unlink()
        (output / REPORT).unlink(missing_ok=True)

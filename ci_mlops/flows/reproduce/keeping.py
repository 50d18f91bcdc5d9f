"""A reproduction and its report, in our folder."""

import json
from pathlib import Path

from ci_mlops.files.replacing import replace_file
from ci_mlops.flows.train import own_output
from ci_mlops.records.reproduction import REPRODUCTION_SCHEMA, Reproduction
from ci_mlops.report.reproduction_rendering import render_reproduction

REPRODUCTION = "reproduction.json"
REPORT = "reproduction.md"


def open_folder(output: Path, folder: Path) -> None:
    """
    Ours, without what an earlier run left; what `train` handed over stays. `folder`: the config's.

    Raises:
        BadConfig: it is a folder of the team's own; nothing in it was touched.
    """
    own_output(output, folder)
    try:
        told = json.loads((output / REPRODUCTION).read_bytes())
    except (OSError, ValueError, RecursionError):
        return
    if isinstance(told, dict) and told.get("schema") == REPRODUCTION_SCHEMA:
        (output / REPRODUCTION).unlink()
        (output / REPORT).unlink(missing_ok=True)


def keep_reproduction(made: Reproduction, output: Path) -> None:
    replace_file(output / REPORT, render_reproduction(made, "markdown").encode())
    # last: whoever finds it finds its report
    replace_file(output / REPRODUCTION, render_reproduction(made, "json").encode())

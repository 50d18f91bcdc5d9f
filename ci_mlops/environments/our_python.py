"""Run a worker in the interpreter that runs us: for base's text, in a job that has no environment of the team's."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from ci_mlops.environments.child_variables import child_variables
from ci_mlops.environments.running import Ended, run_command

# sums that threads take in another order would differ in their last bits from run to run
_ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS"), "1"
)


def run_here(
    worker: Path,
    request: Path,
    *,
    folder: Path,
    log: Path,
    time_limit: float,
    environ: Mapping[str, str] | None = None,
) -> Ended:
    """
    A child with an allow-listed environment; what it prints goes to the log alone.

    Raises:
        TrainingFailed: what watches over it was killed.
    """
    return run_command(
        # -I: no folder, variable or user's site of anybody's reaches into it
        [sys.executable, "-I", str(worker), str(request)],
        folder=folder,
        log=log,
        variables=child_variables(os.environ if environ is None else environ, _ONE_THREAD),
        say=lambda _line: None,
        time_limit=time_limit,
    )

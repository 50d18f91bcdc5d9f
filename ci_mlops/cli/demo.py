"""`ci-mlops demo`: nothing is asked for, nothing is sent anywhere, and a folder shows what was done."""

from __future__ import annotations  # the flow is loaded when the demo is run, not for `--help`

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ci_mlops.flows.demo import Shown

# what the demo takes from the surroundings: a CI around us must not be published to, nor a cache be written
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP")


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where to build it; default: a new one.",
)
def command(folder: Path | None) -> None:
    """See the loop on real data: one change that passes, one that is blocked."""
    from ci_mlops.cli.showing import show_file
    from ci_mlops.cli.wiring import tools_from
    from ci_mlops.flows.demo import demo
    from ci_mlops.flows.keeping import VERDICT, keep_verdict

    started = time.monotonic()
    folder = folder.resolve() if folder else Path(tempfile.mkdtemp(prefix="ci-mlops-demo-")) / "tumours"
    environ = {name: os.environ[name] for name in KEPT if name in os.environ}
    cache = folder.parent / f".{folder.name}-cache"
    tools = tools_from({**environ, "CI_MLOPS_PYTHON": sys.executable, "CI_MLOPS_CACHE": str(cache)})
    # where our own matplotlib notes the fonts that it finds; the team's code gets `environ`, which lacks it
    os.environ["MPLCONFIGDIR"] = str(cache / "matplotlib")

    click.echo(OPENING.format(folder=folder))
    told = []
    try:
        for shown in demo(tools, folder):
            told.append(shown)
            keep_verdict(shown.verdict, shown.output)
            click.echo(f"\n━━━ git switch {shown.edit.branch}: {shown.edit.title}\n")
            click.echo(f"  train.py  - {shown.edit.before}\n            + {shown.edit.after}\n")
            show_file(shown.verdict, "terminal", shown.output / VERDICT)
            click.echo()
    finally:
        shutil.rmtree(cache, ignore_errors=True)
    click.echo(ending(told, folder, time.monotonic() - started))


def ending(told: list[Shown], folder: Path, seconds: float) -> str:
    from ci_mlops.flows.demo import unseen_by_points

    lines = ["\n━━━ What you have seen\n"]
    for shown in told:
        verdict = shown.verdict
        lines.append(
            f"  {shown.edit.branch:8}{verdict.verdict}, exit code {verdict.exit_code}: {verdict.reason}"
        )
        if risen := unseen_by_points(verdict):
            lines.append(
                f"          Yet these rose: {', '.join(risen)}. A gate on one of these numbers would have let it pass."
            )
    return "\n".join(lines) + CLOSING.format(folder=folder, seconds=seconds)


OPENING = """\
A team classifies tumours (breast cancer data, as scikit-learn ships it). A third of the 569 patients is for training, the
rest is held out. On main the model knows two measurements. A missed cancer costs 5 000 EUR, a false alarm 500: an example.
The repository: {folder}\
"""

CLOSING = """

  Each branch was trained and scored beside main, on the same patients, by the policy that stands on main. Look around:
    cd {folder} && git log --oneline --all --graph && cat ci-mlops.yml
    cat {folder}/.ci-mlops/worse/report.md

  Next: "Add it to your repository" in the README. It took {seconds:.0f} s.
"""

"""`ci-mlops doctor`"""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ci_mlops.cli.judging import config_option, output_option

if TYPE_CHECKING:
    from ci_mlops.flows.doctor.check import Check

SCHEMA = "ci-mlops/doctor/v1"
_SIGNS = {"ok": "ok", "problem": "PROBLEM", "warning": "warning", "not_tried": "-"}


@click.command("doctor")
@config_option
@output_option
@click.option(
    "--fix", is_flag=True, help="Mend what can be mended: pin what is not pinned, propose a lock that works."
)
@click.option("--train", is_flag=True, help="Run the training too, for at most ten minutes.")
@click.option("--try-writes", is_flag=True, help="Make a scratch model in the registry, and remove it again.")
@click.option(
    "--format", "dialect", type=click.Choice(["terminal", "json"]), default="terminal", show_default=True
)
def command(config: Path, output: Path, fix: bool, train: bool, try_writes: bool, dialect: str) -> int:
    """Try every capability, and tell each problem with its mend. Nothing is changed without --fix.

    Ends with 0, or the code of the gravest problem: 2 configuration, 4 data, 5 registry, 6 training.
    """
    from ci_mlops.cli.lean import without_pandas
    from ci_mlops.cli.wiring import instruments_from, tools_from
    from ci_mlops.flows.doctor.check import exit_code_of
    from ci_mlops.flows.doctor.examination import examine
    from ci_mlops.flows.doctor.patient import Wishes, open_patient

    without_pandas()
    wishes = Wishes(fix=fix, train=train, try_writes=try_writes)
    patient = open_patient(
        tools_from(os.environ), instruments_from(os.environ), config, output.resolve(), wishes
    )
    checks = examine(patient)
    code = exit_code_of(checks)
    if dialect == "json":
        click.echo(json.dumps(as_document(checks, code), indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(as_lines(checks)))
    return code


def as_document(checks: "Sequence[Check]", code: int) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "exit_code": code,
        "checks": [
            {
                "name": check.name,
                "status": check.status,
                "what": check.what,
                "where": check.where,
                "mend": check.mend,
                "exit_code": check.exit_code,
            }
            for check in checks
        ],
    }


def as_lines(checks: "Sequence[Check]") -> list[str]:
    """One line a look; what is to be mended has its place and its mend below it."""
    sign = max(len(word) for word in _SIGNS.values())
    room = max((len(check.name) for check in checks), default=0)
    lines = []
    for check in checks:
        lines.append(f"{_SIGNS[check.status]:<{sign}}  {check.name:<{room}}  {_plain(check.what)}".rstrip())
        below = " " * (sign + room + 4)
        if check.status in ("problem", "warning") and check.where:
            lines.append(f"{below}where: {_plain(check.where)}")
        if check.mend:
            lines.append(f"{below}mend:  {_plain(check.mend)}")
    return [*lines, "", _summary(checks)]


def _summary(checks: "Sequence[Check]") -> str:
    counts = {status: sum(check.status == status for check in checks) for status in _SIGNS}
    problems = counts["problem"]
    found = f"{problems} problem{'s' * (problems != 1)}" if problems else "No problem"
    return f"{found}, {counts['warning']} warnings, {counts['ok']} in order, {counts['not_tried']} not tried."


def _plain(text: str) -> str:
    # what a file or a server says may hold anything, also what steers a terminal
    return "".join(letter if letter.isprintable() else " " for letter in " ".join(text.split()))

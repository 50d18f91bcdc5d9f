"""What the job `waive` does once it may run: `python -I -m ci_mlops.cli.waive`, with what it needs in the variable NEEDS."""

import os
from pathlib import Path

import click

from ci_mlops.errors import CiMlopsError
from ci_mlops.ladder.entry import WAIVED_IN


@click.command()
@click.option("--config", type=click.Path(path_type=Path), default="ci-mlops.yml")
@click.option("--verdicts", type=click.Path(path_type=Path), required=True)
def main(config: Path, verdicts: Path) -> int:
    from ci_mlops.cli.speaker import speaker
    from ci_mlops.cli.wiring import approvers_from, tools_from
    from ci_mlops.flows.handed import read_handed, read_needs
    from ci_mlops.flows.waive import waive

    try:
        platform = speaker(tools_from(os.environ))
        if platform is None:
            return 1
        handed = read_handed(platform, read_needs(os.environ.get("NEEDS", "")), config, verdicts)
        by = waive(platform, handed, approvers_from(os.environ, WAIVED_IN), WAIVED_IN)
    except CiMlopsError as error:
        click.echo(f"error: {error}", err=True)
        # a waiver that could not be told is none
        return error.exit_code
    click.echo(f"waived by {by}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(standalone_mode=False))

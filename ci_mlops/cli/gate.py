"""What the last job of a run asks: `python -I -m ci_mlops.cli.gate`, with what it needs in the variable NEEDS."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ci_mlops.errors import CiMlopsError, PlatformFailed
from ci_mlops.records import Annotation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ci_mlops.flows.gate import Needed, Ruling
    from ci_mlops.flows.handed import Handed
    from ci_mlops.ports import Platform


@click.command()
@click.option("--config", type=click.Path(path_type=Path), default="ci-mlops.yml")
@click.option("--verdicts", type=click.Path(path_type=Path), default=None)
def main(config: Path, verdicts: Path | None) -> int:
    from ci_mlops.cli.speaker import speaker
    from ci_mlops.cli.wiring import tools_from
    from ci_mlops.flows.gate import Ruling, rule
    from ci_mlops.flows.handed import Handed, read_handed, read_needs
    from ci_mlops.flows.last_word import confirmed

    try:
        platform = speaker(tools_from(os.environ))
        if platform is None:
            return 1
        needed = read_needs(os.environ.get("NEEDS", ""))
    except CiMlopsError as error:
        click.echo(f"error: {error}", err=True)
        return error.exit_code
    try:
        handed = read_handed(platform, needed, config, verdicts)
    except CiMlopsError as error:
        click.echo(f"error: {error}", err=True)
        # nothing that was handed over is believed, nor told
        broken = Ruling(passes=False, reason=f"{error.what}.")
        _say(platform, broken, needed, Handed(models=(), verdicts=()))
        return error.exit_code
    ruling = confirmed(platform.change(), rule(needed), needed, handed)
    click.echo(f"The gate {'passes' if ruling.passes else 'does not pass'}. {ruling.reason}")
    _say(platform, ruling, needed, handed)
    return 0 if ruling.passes else 1


def _say(platform: "Platform", ruling: "Ruling", needed: "Mapping[str, Needed]", handed: "Handed") -> None:
    from ci_mlops.flows.last_word import say_the_rest

    try:
        say_the_rest(platform, ruling, needed, handed)
    except PlatformFailed as error:
        # the verdict stands, whatever the platform does
        warning = Annotation(level="warning", title="The end of the run was not posted", message=error.what)
        platform.annotate((warning,))


if __name__ == "__main__":
    raise SystemExit(main(standalone_mode=False))

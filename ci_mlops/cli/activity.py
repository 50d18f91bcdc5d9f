"""The question that the action asks before anything else: `python -I -m ci_mlops.cli.activity >> "$GITHUB_OUTPUT"`."""

import os
import sys

import click

from ci_mlops.errors import CiMlopsError


def main() -> int:
    from ci_mlops.cli.wiring import tools_from
    from ci_mlops.flows.activity import find_activity

    try:
        activity = find_activity(tools_from(os.environ).platform.change())
    except CiMlopsError as error:
        click.echo(f"error: {error}", err=True)
        return error.exit_code
    click.echo(f"story={activity.story}\npublish={str(activity.publish).lower()}")
    click.echo(f"ci-mlops: {activity.story}, because {activity.reason}", err=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

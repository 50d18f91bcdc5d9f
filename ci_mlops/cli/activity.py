"""
The question that the action asks before anything else: `python -I -m ci_mlops.cli.activity >> "$GITHUB_OUTPUT"`.

On Azure the one step that asks it may ask the platform, and tells what the steps after it, which may not, need to know.
"""

import os
from pathlib import Path

import click

from ci_mlops.config.glance import Glance
from ci_mlops.errors import CiMlopsError


@click.command()
@click.option("--config", type=click.Path(path_type=Path), default="ci-mlops.yml")
@click.option(
    "--begin", "only_begins", is_flag=True, help="This job says that it begins, and judges nothing."
)
@click.option("--story", "known", default="", help="The story is known: what else there is to tell is told.")
def main(config: Path, only_begins: bool, known: str) -> int:
    from ci_mlops.cli.wiring import as_it_stands, tools_from
    from ci_mlops.flows.activity import beside, find_activity, how_it_begins
    from ci_mlops.flows.glimpse import glimpse
    from ci_mlops.flows.merged_head import is_asked_for, known_head

    try:
        change = as_it_stands(os.environ, tools_from(os.environ).platform.change())
        told = "".join(f"\n{name}={value}" for name, value in beside(change).items())
        if known:
            click.echo(f"story={known}\npublish=true{told}")
            return 0
        if only_begins and is_asked_for(change):
            known_head(change, Path())  # of another commit than the one that was read nothing is begun
            click.echo("story=begin\npublish=true")
            return 0
        # only a draft or a label makes the policy worth asking
        policy = glimpse(change, config) if change.draft or change.labels else Glance()
        activity = find_activity(change, drafts=policy.drafts)
    except CiMlopsError as error:
        click.echo(f"error: {error}", err=True)
        return error.exit_code
    story = how_it_begins(change, activity, skip_label=policy.skip_label) if only_begins else activity.story
    click.echo(f"story={story}\npublish={str(activity.publish).lower()}{told}")
    click.echo(f"ci-mlops: {activity.story}, because {activity.reason}", err=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(standalone_mode=False))

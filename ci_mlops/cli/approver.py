"""Who let a stage of Azure Pipelines run: `by="$(python -I -m ci_mlops.cli.approver --environment model-waiver)"`."""

import os

import click

from ci_mlops.errors import CiMlopsError, PlatformFailed


@click.command()
@click.option("--environment", required=True)
def main(environment: str) -> int:
    from ci_mlops.cli.wiring import approvers_from
    from ci_mlops.flows.waive import ON_AZURE, by_somebody, by_whom

    try:
        by = by_whom(approvers_from(os.environ, environment), environment, mend=ON_AZURE)
    except PlatformFailed as error:
        by = by_somebody(error.what.partition(": ")[2] or error.what, environment)
    except CiMlopsError as error:
        click.echo(f"error: {error}", err=True)
        # what nobody approved is not waived
        return error.exit_code
    click.echo(by)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(standalone_mode=False))

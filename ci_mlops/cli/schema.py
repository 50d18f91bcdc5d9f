"""`ci-mlops schema`: the JSON Schema of ci-mlops.yml."""

import json

import click


@click.command("schema")
def command() -> None:
    """
    Print the JSON Schema of ci-mlops.yml.

    For an editor: write it to a file and start ci-mlops.yml with
    `# yaml-language-server: $schema=FILE`.
    """
    from ci_mlops.config import json_schema

    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))

"""How far we are: lines to stderr, beside what a command prints."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

WORTH_TELLING = 0.5
"""Seconds; a line for each step that took less would hide those that took long."""


def say(line: str) -> None:
    click.echo(line, err=True)


@contextmanager
def group(title: str) -> Iterator[None]:
    """Folded in the log of a CI; then a line of its own with its seconds."""
    from contextlib import nullcontext

    from ci_mlops.platforms.log import Log

    began = time.monotonic()
    with sys.stderr.folded(title) if isinstance(sys.stderr, Log) else nullcontext():
        yield
    _tell(title, began)


@contextmanager
def step(title: str) -> Iterator[None]:
    """On a terminal it is seen while it lasts, and painted over by its seconds."""
    began = time.monotonic()
    paints = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    if paints:
        click.echo(f"{title} ...", err=True, nl=False)
    try:
        yield
    finally:
        if paints:
            click.echo("\r\x1b[K", err=True, nl=False, color=True)
    _tell(title, began)


def _tell(title: str, began: float) -> None:
    seconds = time.monotonic() - began
    if seconds >= WORTH_TELLING:
        say(f"{title}: {seconds:.1f} s")

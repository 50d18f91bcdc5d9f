"""What `--at` takes: a moment, or a day that is meant to its end."""

import click
import pytest

from ci_mlops.cli.history import Moment


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("2026-03-01", "2026-03-01T23:59:59.999999+00:00"),
        ("20260301", "2026-03-01T23:59:59.999999+00:00"),
        ("2026-W09-7", "2026-03-01T23:59:59.999999+00:00"),
        ("2026-03-01T00:00", "2026-03-01T00:00:59.999999+00:00"),
        ("2026-03-01 14:30", "2026-03-01T14:30:59.999999+00:00"),
        ("20260301T1430", "2026-03-01T14:30:59.999999+00:00"),
        ("2026-03-01T14:30+02:00", "2026-03-01T14:30:59.999999+02:00"),
        ("2026-03-01T14:30:00", "2026-03-01T14:30:00+00:00"),
        ("20260301T143000Z", "2026-03-01T14:30:00+00:00"),
        ("2026-03-01T14:30:00+02:00", "2026-03-01T14:30:00+02:00"),
    ],
)
def test_a_moment_or_the_end_of_the_minute_or_the_day(given, meant):
    assert Moment().convert(given, None, None).isoformat() == meant


@pytest.mark.parametrize("given", ["yesterday", "", "14:30", "2026-13-01"])
def test_what_is_no_time_says_how_it_is_written(given):
    with pytest.raises(click.BadParameter, match="write 2026-03-01"):
        Moment().convert(given, None, None)

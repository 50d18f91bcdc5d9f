"""Every column of the test data that a config names, and where it does."""

from collections.abc import Iterator

from ci_mlops.config import Config
from ci_mlops.records.slices import all_columns


def named_columns(config: Config) -> Iterator[tuple[str, str, str]]:
    """(name of the check, place in the config, column)."""
    test = config.data.test
    of_test = {
        "target": (test.target,),
        "id": (test.id,),
        "slices": all_columns(test.cuts),
        "search": test.search.columns if test.search else (),
        "columns": test.columns,
        "weight": (test.weight,),
        "group": (test.group,),
        "time": (test.time.column if test.time else None,),
    }
    for key, columns in of_test.items():
        for column in filter(None, columns):
            yield f"data.{key}", config.where("data", "test", key), column
    yield from _of_prices(config)
    shown = config.shown_rows()
    for column in shown.columns if shown is not None else ():
        yield "report.flipped_rows", config.where("report", "flipped_rows", "columns"), column


def _of_prices(config: Config) -> Iterator[tuple[str, str, str]]:
    cost = config.policy().cost
    if cost is None:
        return
    for kind, price in cost.columns:
        yield "data.cost", config.where("cost", kind), price.column
    for one in cost.slices:
        for kind, price in one.columns:
            yield "data.cost", config.where("cost", "slices", one.slice, kind), price.column

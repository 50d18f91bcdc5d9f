"""`ci-mlops plugins`: what ci-mlops.yml may name."""

from collections.abc import Iterator
from typing import Any

import click

from ci_mlops.records.metric_names import ONE_CLASS

_CLASSES = {
    "two": "two classes",
    "several": "three or more classes",
    "any": "two or more classes",
    "labels": "rows with several labels",
}
_NEEDS = {"decisions": "", "scores": "scores", "probabilities": "probabilities"}
_OWN = "A function of your own is named by its file, `metrics/mine.py:profit`, and is not installed: docs/custom-metrics.md."


@click.command("plugins")
def command() -> None:
    """
    List what ci-mlops.yml may name: metrics, platforms and registries that are installed.

    Ours and those that other packages bring; to be installed makes none of them act.
    """
    from ci_mlops import plugins

    kinds: tuple[plugins.Kind, ...] = ("metrics", "platforms", "registries")
    for kind in kinds:
        points = plugins.available(kind)
        click.echo(f"{kind} ({len(points)})")
        width = max(map(len, points), default=0)
        for name, point in sorted(points.items()):
            package = point.dist.name if point.dist else ""
            told = [*(_of_metric(plugins.load(kind, name)) if kind == "metrics" else ())]
            told += [f"from {package}"] if package not in ("", "ci-mlops") else []
            click.echo(f"  {name:<{width}}  {'; '.join(told)}".rstrip())
        click.echo()
    click.echo(_OWN)


def _of_metric(metric: Any) -> Iterator[str]:
    """Where a plugin does not tell, it is of two classes and heeds no weights."""
    if (told := getattr(metric, "told", None)) is not None:
        metric = told(metric.example)
        yield f"written as `{metric.name}`"
    classes = _CLASSES[_fitting(metric)] if metric.task == "classification" else ""
    classes += f", or `{metric.name} of LABEL` among more" if metric.name in ONE_CLASS else ""
    yield f"{metric.task} of {classes}" if classes else metric.task
    yield "higher is better" if metric.higher_is_better else "lower is better"
    if needs := _NEEDS[metric.need]:
        yield f"needs {needs}"
    if not getattr(metric, "weighs", False):
        yield "without weights"


def _fitting(metric: Any) -> str:
    found: str = getattr(metric, "classes", "two")
    # `accuracy` and its kin have a formula of their own for several
    return "any" if found == "two" and getattr(metric, "several", None) is not None else found

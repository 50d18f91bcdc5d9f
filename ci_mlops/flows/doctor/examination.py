"""Story: look at everything; what one look breaks on never hides the others."""

import traceback
from collections.abc import Callable, Iterator
from importlib import import_module

from ci_mlops.errors import CiMlopsError
from ci_mlops.flows.doctor.check import BUG, Check, not_tried, problem, problems_of
from ci_mlops.flows.doctor.patient import Patient

Look = Callable[[Patient], Iterator[Check]]
TOPICS = (
    "tools",
    "config",
    "git",
    "data",
    "shared_rows",
    "environment",
    "training",
    "model",
    "registry",
    "ci_file",
    "outer_lock",
    "power",
)
NEEDS_CONFIG = frozenset(
    ("data", "shared_rows", "environment", "training", "model", "registry", "outer_lock", "power")
)


def examine(patient: Patient, looks: dict[str, Look] | None = None) -> tuple[Check, ...]:
    """`looks`: topic -> its look; default: all of ours, in the order in which a run would need them."""
    found: list[Check] = []
    for topic in TOPICS if looks is None else looks:
        if patient.config is None and topic in NEEDS_CONFIG:
            found.append(
                not_tried(topic, "The config can't be read, so there is nothing to hold this against.")
            )
            continue
        try:
            look = _look(topic) if looks is None else looks[topic]
            # one by one: what was found before a look breaks is kept
            for check in look(patient):
                found.append(check)  # noqa: PERF402 - a list would be lost with the error
        except CiMlopsError as error:
            found += problems_of(topic, error)
        except Exception as error:  # noqa: BLE001 - a bug in one look must not hide what the others see
            found.append(_crashed(topic, error))
    return tuple(found)


def _look(topic: str) -> Look:
    look: Look = import_module(f"ci_mlops.flows.doctor.{topic}").look
    return look


def _crashed(topic: str, error: Exception) -> Check:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return problem(
        topic,
        f"This look itself broke: {type(error).__name__}: {error}",
        exit_code=BUG,
        where=f"{last.filename.rpartition('ci_mlops')[2].lstrip('/') or last.filename}:{last.lineno}",
        mend="It is a bug in ci-mlops; please report this line. What the other looks found holds.",
    )

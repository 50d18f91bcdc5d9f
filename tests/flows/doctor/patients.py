"""A patient: a real repository, and what the doctor looks at it with."""

import os

from ci_mlops.flows.doctor.examination import examine
from ci_mlops.flows.doctor.patient import Instruments, Wishes, open_patient


def patient_of(team, *, rules=None, try_registry=None, environ=None, **wishes):
    return open_patient(
        team.tools,
        Instruments(
            environ=dict(os.environ) if environ is None else environ, try_registry=try_registry, rules=rules
        ),
        team.folder / "ci-mlops.yml",
        team.output,
        Wishes(**wishes),
    )


def seen(team, topic, **options):
    """Name -> its checks, of one topic."""
    from importlib import import_module

    look = import_module(f"ci_mlops.flows.doctor.{topic}").look
    checks = examine(patient_of(team, **options), {topic: look})
    named = {}
    for check in checks:
        named.setdefault(check.name, []).append(check)
    return named


def one(team, topic, name, **options):
    found = seen(team, topic, **options)
    assert name in found, f"there are {sorted(found)}"
    assert len(found[name]) == 1, found[name]
    return found[name][0]

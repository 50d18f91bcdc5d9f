"""The registry: is it reached, can its pointers be read, and can they be set?"""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from ci_mlops.config import Config
from ci_mlops.errors import CiMlopsError
from ci_mlops.flows.doctor.check import Check, fine, not_tried, problem, problems_of, warning
from ci_mlops.flows.doctor.patient import Patient
from ci_mlops.flows.doctor.workflows import read_workflows
from ci_mlops.flows.open_registry import anchored, model_name, open_registry

_CODE = 5
_LOCAL = "sqlite:///"
_DATABRICKS = (".databricks.com", ".azuredatabricks.net")
_AZURE_ML = (".azureml.ms", ".ml.azure.com")


def look(patient: Patient) -> Iterator[Check]:
    config = patient.config
    assert config is not None  # noqa: S101 - the story asks for it
    if config.registry is None:
        yield fine(
            "registry", "There is none: the champion is the base branch's model, and nothing is registered."
        )
        return
    uri = anchored(config.registry.uri, patient.folder)
    if uri.startswith(_LOCAL):
        yield from _on_thrown_away_disk(patient, config)
        if not Path(uri.removeprefix(_LOCAL)).exists():
            # to open it would make it
            yield warning(
                "registry.reach",
                "The database is not there yet; the first `register` makes it.",
                where=config.where("registry", "uri"),
                mend="Nothing, if no model was registered yet.",
            )
            return
    try:
        yield _pointers(patient, config)
    except CiMlopsError as error:
        yield from problems_of("registry.reach", error)
        return
    if kind := unproven(uri):
        yield warning(
            "registry.unproven",
            f"It is {kind}, with which ci-mlops was never tried: unproven.",
            where=config.where("registry", "uri"),
            mend="`ci-mlops doctor --try-writes` tries the pointers and the audit trail there; an MLflow server and SQLite are "
            "tried with every release.",
        )
    yield from _writes(patient, uri)


def unproven(uri: str) -> str:
    """
    What nobody has tried; empty: an MLflow server, or SQLite.

    >>> unproven("databricks-uc"), unproven("https://adb-1.azuredatabricks.net"), unproven("https://mlflow.example")
    ('Databricks', 'Databricks', '')
    """
    parts = urlsplit(uri)
    scheme, host = parts.scheme or uri, parts.hostname or ""
    if scheme.startswith("databricks") or host.endswith(_DATABRICKS):
        return "Databricks"
    if scheme == "azureml" or host.endswith(_AZURE_ML):
        return "Azure ML"
    return "" if scheme in ("http", "https", "sqlite") else f"a registry by `{scheme}:`"


def _on_thrown_away_disk(patient: Patient, config: Config) -> Iterator[Check]:
    hosted = [job for flow in read_workflows(patient) for job in flow.jobs if job.ours and job.is_hosted]
    if hosted:
        yield problem(
            "registry.place",
            "The registry is a file, and CI runs on a hosted runner, whose disk is thrown away after the job.",
            exit_code=_CODE,
            where=f"{config.where('registry', 'uri')}; {hosted[0].where}",
            mend="Use a server (`registry.uri: https://...`), or a runner of your own that keeps its disk; or take "
            "`registry:` out: the champion is then the base branch.",
        )


def _pointers(patient: Patient, config: Config) -> Check:
    assert config.registry is not None  # noqa: S101 - asked for by `look`
    registry = open_registry(patient.tools, config, patient.folder)
    told = []
    for stage in config.registry.stages:
        held = registry.pointer(model_name(config), stage)
        told.append(f"{stage} -> {f'version {held.number}' if held else 'none'}")
    return fine("registry.reach", f"It is reached, and its pointers are read: {', '.join(told)}.")


def _writes(patient: Patient, uri: str) -> Iterator[Check]:
    if not (patient.wishes.fix or patient.wishes.try_writes):
        yield not_tried(
            "registry.writes",
            "Whether a version can be registered, a pointer moved and the audit trail kept was not tried.",
            mend="`ci-mlops doctor --try-writes` makes a scratch model and removes it again.",
        )
        return
    try:
        said = patient.instruments.try_registry(uri)
    except CiMlopsError as error:
        yield from problems_of("registry.writes", error)
        return
    yield fine("registry.writes", said)

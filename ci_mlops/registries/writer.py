"""Write one version through MLflow's client. The files go first and the version last, so no version is half there."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ci_mlops.files.digest import tree_digest
from ci_mlops.records import Registration
from ci_mlops.records.tags import DIGEST, STORED
from ci_mlops.registries import tags
from ci_mlops.registries.address import Address
from ci_mlops.registries.client import open_client, plainly
from ci_mlops.registries.mlmodel import ModelFolder, write_model_folder
from ci_mlops.registries.sqlite import artifact_folder
from ci_mlops.registries.store import Refused

if TYPE_CHECKING:
    from mlflow import MlflowClient


def write_version(address: Address, registration: Registration, experiment: str) -> str:
    """
    Number of the new version.

    A run that a killed job left behind carries the registration's key: it is taken up again, and its files
    are written over with the same ones. `log_model` is not used: not every server knows its endpoint.
    """
    client = open_client(address)
    key = tags.key(registration)
    with tempfile.TemporaryDirectory(prefix="ci-mlops-") as room, plainly(address.shown):
        folder = write_model_folder(registration, Path(room) / tags.PLACE)
        run, started = _run(client, _experiment(client, address, experiment), registration, key)
        client.log_artifacts(run, str(folder.path), tags.PLACE)
        for file in registration.evidence:
            client.log_artifact(run, str(file), tags.EVIDENCE)
        _log_metrics(client, run, registration.metrics, started)
        client.set_terminated(run, "FINISHED")
        _model(client, registration.name)
        source = f"runs:/{run}/{tags.PLACE}"
        made = client.create_model_version(
            registration.name, source, run, tags=_version_tags(registration, folder, key)
        )
    return str(made.version)


def write_evidence(address: Address, run: str, name: str, content: bytes) -> None:
    """Beside what was registered with the model; a file of that name is replaced."""
    client = open_client(address)
    with tempfile.TemporaryDirectory(prefix="ci-mlops-") as room, plainly(address.shown):
        file = Path(room) / name
        file.write_bytes(content)
        client.log_artifact(run, str(file), tags.EVIDENCE)


def remove_version(address: Address, name: str, number: str) -> None:
    client = open_client(address)
    with plainly(address.shown):
        client.delete_model_version(name, number)


def _version_tags(registration: Registration, folder: ModelFolder, key: str) -> dict[str, str]:
    # a judged folder that is stored as it is has its digest already
    stored = {} if folder.files == tags.WHOLE else {STORED: tree_digest(folder.path)}
    return {
        **registration.tags,
        **stored,
        DIGEST: registration.digest,
        tags.KEY: key,
        tags.FILES: folder.files,
        tags.KIND: folder.kind,
    }


def _experiment(client: "MlflowClient", address: Address, name: str) -> str:
    from mlflow.exceptions import MlflowException

    found = client.get_experiment_by_name(name)
    if found is None:
        root = artifact_folder(address.path) if address.kind == "sqlite" and address.path else None
        try:
            return str(client.create_experiment(name, root.as_uri() if root else None))
        except MlflowException as error:
            # somebody else was first
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
            found = client.get_experiment_by_name(name)
    if found is None or found.lifecycle_stage == "deleted":
        raise Refused(
            f"The experiment `{name}` was deleted in the registry, and MLflow keeps its name",
            where=address.shown,
            mend="Restore it (`mlflow gc` removes it for good), or set MLFLOW_EXPERIMENT_NAME to another name.",
        )
    return str(found.experiment_id)


def _run(client: "MlflowClient", experiment: str, registration: Registration, key: str) -> tuple[str, int]:
    left = client.search_runs(
        [experiment], f"tags.`{tags.KEY}` = '{key}'", order_by=["attributes.start_time"]
    )
    run = (
        left[0]
        if left
        else client.create_run(
            experiment,
            tags={**registration.tags, DIGEST: registration.digest, tags.KEY: key},
            run_name=f"{registration.name} {registration.digest.removeprefix('sha256:')[:12]}",
        )
    )
    return run.info.run_id, run.info.start_time


def _log_metrics(client: "MlflowClient", run: str, metrics: Mapping[str, float], at: int) -> None:
    from mlflow.entities import Metric

    # the run's own start as their time: written again after a kill they are the same points
    client.log_batch(run, metrics=[Metric(name, value, at, 0) for name, value in metrics.items()])


def _model(client: "MlflowClient", name: str) -> None:
    from mlflow.exceptions import MlflowException

    try:
        client.create_registered_model(name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise

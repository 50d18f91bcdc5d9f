"""The files of a version that somebody else registered, through MLflow's client: it knows every place they may lie."""

from pathlib import Path

from ci_mlops.errors import RegistryFailed
from ci_mlops.records import Version
from ci_mlops.registries.address import Address
from ci_mlops.registries.client import open_client, plainly

_BESIDE = "registered_model_meta"
"""What MLflow writes into the folder that it downloads to."""


def download_version(address: Address, version: Version, into: Path) -> Path:
    """
    Raises:
        RegistryFailed: the registry refuses, or the version holds no file.
    """
    client = open_client(address)
    into.mkdir(parents=True, exist_ok=True)
    with plainly(address.shown):
        from mlflow.artifacts import download_artifacts

        # runs:/ID/PATH, models:/m-ID, or wherever the version says that its files lie
        source = client.get_model_version_download_uri(version.name, version.number)
        place = Path(
            download_artifacts(
                artifact_uri=source,
                dst_path=str(into),
                tracking_uri=address.uri,
                registry_uri=address.uri,
            )
        )
    (place / _BESIDE).unlink(missing_ok=True)
    if not any(place.rglob("*")):
        raise RegistryFailed(
            f"Version {version.number} of {version.name} holds no file",
            where=version.uri,
            mend="Was its run deleted? Register the model again.",
        )
    return place

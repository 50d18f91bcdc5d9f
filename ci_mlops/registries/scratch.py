"""Try what `register` will do, on a model that is removed again."""

import secrets
from collections.abc import Mapping
from pathlib import Path

from ci_mlops.errors import RegistryFailed
from ci_mlops.registries.address import Address, read_address, refuse_throwaway_disk
from ci_mlops.registries.client import open_client, plainly
from ci_mlops.registries.refusals import explain

_ALIAS = "staging"


def try_writes(uri: str, environ: Mapping[str, str]) -> str:
    """
    What was shown, in one sentence.

    Raises:
        RegistryFailed: a version can't be made, or nothing can point to it; the scratch model is gone, or named.
    """
    address = read_address(uri, Path.cwd())
    refuse_throwaway_disk(address, environ, writing=True)
    client = open_client(address)
    name = f"ci-mlops-doctor-{secrets.token_hex(4)}"
    with plainly(address.shown):
        client.create_registered_model(name)
    try:
        with plainly(address.shown):
            version = str(client.create_model_version(name, source=f"runs:/{'0' * 32}/none").version)
        said = _point(client, name, version, address)
    finally:
        _remove(client, name, address)
    return said


def _point(client: object, name: str, version: str, address: Address) -> str:
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    assert isinstance(client, MlflowClient)  # noqa: S101 - mlflow is imported here, and nowhere above
    with plainly(address.shown):
        try:
            client.set_registered_model_alias(name, _ALIAS, version)
        except MlflowException as error:
            if error.error_code not in ("ENDPOINT_NOT_FOUND", "INTERNAL_ERROR"):
                raise
            client.set_model_version_tag(name, version, "ci_mlops.try", "1")
            return "A version was made and removed again; the server knows no aliases, so tags point to versions."
        held = str(client.get_model_version_by_alias(name, _ALIAS).version)
    if held != version:
        raise RegistryFailed(
            f"An alias was set to version {version}, and points to {held}",
            where=address.shown,
            mend="Ask whoever runs the server: a pointer must be what it was set to.",
        )
    return "A scratch model was made, an alias was set and read, and it was removed again."


def _remove(client: object, name: str, address: Address) -> None:
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    assert isinstance(client, MlflowClient)  # noqa: S101 - mlflow is imported here, and nowhere above
    try:
        client.delete_registered_model(name)
    except MlflowException as error:
        told = explain(error.error_code, str(error.message)[:200], address.shown)
        raise RegistryFailed(
            f"The scratch model {name} can't be removed: {told.what}",
            where=address.shown,
            mend=f"Remove {name} by hand. A token that can't delete is fine for ci-mlops: it never does.",
        ) from error

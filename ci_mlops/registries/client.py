"""MLflow's own client, imported when it is needed and told to be quiet: it costs two seconds of CPU."""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from ci_mlops.errors import RegistryFailed
from ci_mlops.registries.address import Address
from ci_mlops.registries.refusals import explain
from ci_mlops.registries.sqlite import make_database

if TYPE_CHECKING:
    from mlflow import MlflowClient

# what a team has set itself stays
QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    # seven tries with doubling waits are four minutes of silence in a CI job
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "3",
    "GIT_PYTHON_REFRESH": "quiet",
}


def open_client(address: Address) -> "MlflowClient":
    """
    Raises:
        RegistryFailed: the store can't be opened, or its plugin is not installed.
    """
    import logging

    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    with plainly(address.shown):
        # after the import, which sets them itself
        for name in ("mlflow", "alembic"):
            logging.getLogger(name).setLevel(logging.ERROR)
        if address.kind == "sqlite" and address.path is not None:
            make_database(address.path)
        return _client(address.uri)


@cache
def _client(uri: str) -> "MlflowClient":
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=uri, registry_uri=uri)


@contextmanager
def plainly(where: str) -> Iterator[None]:
    """MLflow's failures in our words, and nothing of what its parts tell each other about their next releases."""
    with warnings.catch_warnings():
        for category in (DeprecationWarning, FutureWarning):
            warnings.simplefilter("ignore", category)
        with _translated(where):
            yield


@contextmanager
def _translated(where: str) -> Iterator[None]:
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except MlflowException as error:
        message = " ".join(str(error.message).split())[:300]
        raise explain(error.error_code, message, where) from error
    except SQLAlchemyError as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise RegistryFailed(
            f"The registry's database can't be used: {first[:200]}",
            where=where,
            mend="Is it an MLflow database, whole, and held by nobody else for long? Then run this again.",
        ) from error
    except (OSError, ImportError) as error:
        raise RegistryFailed(
            f"MLflow can't use that registry: {str(error) or type(error).__name__}",
            where=where,
            mend="Is the address right, its plugin installed beside ci-mlops, and the folder writable?",
        ) from error

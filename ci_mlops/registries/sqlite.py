"""A new MLflow database, whole or not at all."""

import os
import tempfile
from pathlib import Path

from ci_mlops.errors import RegistryFailed


def make_database(path: Path) -> None:
    """
    Make the tables beside the place and link the file in: a kill amid MLflow's sixty migrations would leave a
    database that MLflow can't open again.
    """
    if path.exists():
        return
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".mlflow-", dir=path.parent) as folder:
            made = Path(folder) / "mlflow.db"
            store = SqlAlchemyStore(f"sqlite:///{made}", artifact_folder(path).as_uri())  # type: ignore[no-untyped-call]  # MLflow's stores carry no types
            store.engine.dispose()
            try:
                os.link(made, path)
            except FileExistsError:
                return  # somebody else made it meanwhile, whole as well
    except OSError as error:
        raise RegistryFailed(
            f"The registry's database can't be made: {error.strerror or error}",
            where=str(path),
            mend="Is the folder writable?",
        ) from error


def artifact_folder(database: Path) -> Path:
    """Beside the database, and absolute: MLflow would put artifacts into whatever folder it is started in."""
    return database.parent / "mlartifacts"
